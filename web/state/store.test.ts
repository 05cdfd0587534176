import { afterEach, describe, expect, test } from "vitest";
import { FakeEngine, fakeScripts } from "../client/fake.ts";
import type { CheckReport, Schedule } from "../protocol/dto.ts";
import type { Limits, Project } from "../protocol/project.ts";
import { ensureExists } from "../base/assert.ts";
import type { EngineEvent, Language, Stubs } from "../protocol/engine.ts";
import type { Leeway } from "../protocol/compare.ts";
import { canOpenCompared, leftBehind } from "./losses.ts";
import { badge, chosenCall, effectLine, isStale, marksFor, problems, viewOf, wantsHigherLimit } from "./selectors.ts";
import { projectToKeep, projectToShare, readScreen, type Screen } from "./screen.ts";
import { emptyProject, initialState } from "./state.ts";
import { createStore, type Storage, type Store, type Work } from "./store.ts";

const SCHEDULES: readonly Schedule[] = [
  { name: "instructions", denominator: 1, costs: {}, base: 1, takenBranch: 0, perGrownPage: 0, perBulkByte: 0, perHostCall: 0, perCountedZero: 0, perCountedOne: 0 },
];

/** Finds one kind of error: the word "oops". */
class TestLanguage implements Language {
  checks = 0;

  check(_name: string, text: string): Promise<CheckReport> {
    this.checks += 1;
    const at = text.indexOf("oops");
    const diagnostics = at < 0 ? [] : [{ severity: "error" as const, span: { from: at, to: at + 4 }, line: 1, column: at + 1, message: "unknown instruction oops" }];
    return Promise.resolve({ diagnostics, outline: [], definitions: [], references: [] });
  }

  assemble(): ReturnType<Language["assemble"]> {
    return Promise.resolve({ kind: "ok", bytes: new Uint8Array(8) });
  }

  disassemble(bytes: Uint8Array): ReturnType<Language["disassemble"]> {
    if (bytes.length < 8) return Promise.resolve({ kind: "failed", message: "the module ends after 4 bytes", readable: false });
    if (bytes[0] === 1) return Promise.resolve({ kind: "failed", message: "its text is too long", readable: true });
    return Promise.resolve({ kind: "ok", text: '(module (func (export "main") nop nop))' });
  }

  reference(): ReturnType<Language["reference"]> {
    return Promise.resolve([]);
  }

  schedules(): ReturnType<Language["schedules"]> {
    return Promise.resolve(SCHEDULES);
  }

  stubs(_imports: unknown, _names: unknown, hostCode: string): Promise<Stubs> {
    if (hostCode.includes("(;")) return Promise.resolve({ kind: "misread", problem: { file: "host.js", message: "SyntaxError: no", line: 2, column: 3 } });
    return Promise.resolve({ kind: "ok", text: `${hostCode}// stub\n`, left: [] });
  }

  dispose(): void {
    // Nothing to end.
  }
}

class TestStorage implements Storage {
  readonly saved: Work[] = [];
  readonly aside: Work[] = [];
  refusal: string | undefined;

  save(work: Work): Promise<void> {
    if (this.refusal !== undefined) return Promise.reject(new Error(this.refusal));
    this.saved.push(work);
    return Promise.resolve();
  }

  saveNow(work: Work): void {
    this.saved.push(work);
  }

  putAside(work: Work): Promise<void> {
    this.aside.push(work);
    return Promise.resolve();
  }
}

const TEXT = '(module (func (export "main") i32.const local.set call i32.const i32.store nop nop))';

function project(text: string, more: Partial<Project> = {}): Project {
  return { ...emptyProject(), modules: [{ kind: "text", name: "m", text }], ...more };
}

let open: Store | undefined;
afterEach(() => open?.dispose());

interface Page {
  readonly store: Store;
  readonly engine: FakeEngine;
  readonly language: TestLanguage;
  readonly storage: TestStorage;
  ask(command: Extract<Parameters<Store["dispatch"]>[0], { kind: "ask" }>["command"]): Promise<void>;
}

async function openPage(first: Project, host: "own" | "asked" = "own", engine = new FakeEngine()): Promise<Page> {
  const language = new TestLanguage();
  const storage = new TestStorage();
  const store = createStore({ engine, language, scripts: fakeScripts, storage, checkDelay: 0, saveDelay: 0 }, initialState());
  open = store;
  store.dispatch({ kind: "projectOpened", project: first, origin: { kind: "example", id: "test" }, host });
  await store.idle();
  return {
    store,
    engine,
    language,
    storage,
    ask: async (command) => {
      store.dispatch({ kind: "ask", command });
      await store.idle();
    },
  };
}

const word = (store: Store): string => badge(store.state.peek()).word;

describe("opening", () => {
  test("a_project_opens_paused_before_its_first_instruction", async () => {
    const { store } = await openPage(project(TEXT));
    expect(word(store)).toBe("PAUSED");
    expect(viewOf(store.state.peek())?.status).toEqual({ kind: "paused", reason: "start" });
    expect(marksFor(store.state.peek(), "m").next).toBeDefined();
    expect(viewOf(store.state.peek())?.ticks).toBe(0n);
  });

  test("a_text_that_does_not_assemble_is_broken_and_says_where", async () => {
    const { store } = await openPage(project("(module oops)"));
    expect(word(store)).toBe("BROKEN");
    expect(problems(store.state.peek())).toMatchObject([{ message: "unknown instruction oops", file: "m", severity: "error" }]);
  });

  test("names_that_every_object_knows_are_names_of_modules_too", async () => {
    for (const name of ["constructor", "__proto__", "toString"]) {
      const modules = [{ kind: "text" as const, name, text: TEXT }];
      const { store } = await openPage({ ...project(TEXT), modules, call: { module: name, export: "main", args: [] } });
      expect(word(store)).toBe("PAUSED");
      expect(chosenCall(store.state.peek())?.module).toBe(name);
      store.dispose();
    }
  });

  test("a_machine_that_is_refused_is_broken_with_the_reason_and_may_be_tried_with_another_schedule", async () => {
    const page = await openPage(emptyProject());
    const load = page.engine.load.bind(page.engine);
    page.engine.load = (loaded, options) => ("builtin" in loaded.schedule && loaded.schedule.builtin === "gone" ? Promise.reject(new Error("there is no schedule gone")) : load(loaded, options));
    page.store.dispatch({ kind: "projectOpened", project: project(TEXT, { schedule: { builtin: "gone" } }), origin: { kind: "link" }, host: "own" });
    await page.store.idle();
    expect(badge(page.store.state.peek())).toMatchObject({ word: "BROKEN", why: "there is no schedule gone" });
    page.store.dispatch({ kind: "scheduleChosen", schedule: { builtin: "instructions" } });
    await page.store.idle();
    expect(word(page.store)).toBe("PAUSED");
  });

  test("host_code_of_a_link_waits_until_it_is_allowed", async () => {
    const engineOptions: boolean[] = [];
    const page = await openPage(project(TEXT, { hostCode: "export const env = {}" }), "asked");
    const load = page.engine.load.bind(page.engine);
    page.engine.load = (loaded, options) => {
      engineOptions.push(options.hostCodeAllowed);
      return load(loaded, options);
    };
    expect(page.store.state.peek().host).toBe("asked");
    expect(page.store.state.peek().machine.loaded?.hostAllowed).toBe(false);
    page.store.dispatch({ kind: "hostAllowed" });
    await page.store.idle();
    expect(engineOptions).toEqual([true]);
    expect(page.store.state.peek().machine.loaded?.hostAllowed).toBe(true);
  });

  test("a_load_that_failed_before_host_code_was_allowed_is_tried_again_after_the_click", async () => {
    const page = await openPage(emptyProject());
    const load = page.engine.load.bind(page.engine);
    page.engine.load = (loaded, options) => (options.hostCodeAllowed ? load(loaded, options) : Promise.reject(new Error("env.start is not defined")));
    page.store.dispatch({ kind: "projectOpened", project: project(TEXT, { hostCode: "export const env = {}" }), origin: { kind: "link" }, host: "asked" });
    await page.store.idle();
    expect(badge(page.store.state.peek())).toMatchObject({ word: "BROKEN", why: "env.start is not defined" });
    page.store.dispatch({ kind: "hostAllowed" });
    await page.store.idle();
    expect(word(page.store)).toBe("PAUSED");
  });

  test("a_link_without_host_code_asks_nothing", async () => {
    const { store } = await openPage(project(TEXT), "asked");
    expect(store.state.peek().host).toBe("own");
  });

  test("a_binary_module_is_disassembled_and_a_change_makes_it_a_text", async () => {
    const bytes = new Uint8Array(8);
    const { store } = await openPage({ ...emptyProject(), modules: [{ kind: "binary", name: "b", bytes }] });
    expect(store.state.peek().binaryTexts["b"]).toMatchObject({ kind: "text" });
    store.dispatch({ kind: "textTyped", name: "b", text: TEXT });
    expect(store.state.peek().project.modules).toEqual([{ kind: "text", name: "b", text: TEXT }]);
  });

  test("a_binary_module_that_cannot_be_read_is_broken", async () => {
    const { store } = await openPage({ ...emptyProject(), modules: [{ kind: "binary", name: "b", bytes: new Uint8Array(4) }] });
    expect(word(store)).toBe("BROKEN");
    expect(problems(store.state.peek()).map((problem) => problem.message)).toEqual(["the module ends after 4 bytes"]);
    expect(badge(store.state.peek()).why).toBe("the module ends after 4 bytes");
  });

  test("what_keeps_a_module_that_cannot_be_printed_from_loading_is_told", async () => {
    const { store, engine, ask } = await openPage({ ...emptyProject(), modules: [{ kind: "binary", name: "b", bytes: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0) }] });
    const shown = (): unknown => problems(store.state.peek()).map(({ severity, message }) => `${severity}: ${message}`);
    expect(word(store)).not.toBe("BROKEN");
    expect(shown()).toEqual(["warning: its text is too long"]);
    engine.load = () => Promise.resolve({ kind: "failed", problems: [{ message: "its memory is above the limit", file: "b", limited: true }] });
    store.dispatch({ kind: "hostTyped", text: "// changed" });
    await ask({ kind: "restart" });
    expect(word(store)).toBe("BROKEN");
    expect(shown()).toEqual(["warning: its text is too long", "error: its memory is above the limit"]);
    expect(wantsHigherLimit(store.state.peek())).toBe(true);
  });
});

describe("stepping", () => {
  test("each_step_moves_one_instruction_and_says_what_it_did", async () => {
    const { store, ask } = await openPage(project(TEXT));
    await ask({ kind: "step", way: "in" });
    expect(viewOf(store.state.peek())?.ticks).toBe(1n);
    expect(effectLine(store.state.peek())).toContain("i32.const");
    expect(marksFor(store.state.peek(), "m").last).toBeDefined();
  });

  test("held_keys_make_no_queue", async () => {
    const { store } = await openPage(project(TEXT));
    for (let press = 0; press < 20; press += 1) store.dispatch({ kind: "ask", command: { kind: "step", way: "in" } });
    await store.idle();
    expect(viewOf(store.state.peek())?.ticks).toBe(2n);
  });

  test("a_run_ends_with_typed_results_and_a_step_begins_the_next_call", async () => {
    const { store, ask } = await openPage(project(TEXT));
    await ask({ kind: "run" });
    expect(word(store)).toBe("FINISHED");
    expect(effectLine(store.state.peek())).toMatch(/^main\(0\) returned -?\d+ i32$/);
    await ask({ kind: "step", way: "in" });
    expect(word(store)).toBe("PAUSED");
    expect(viewOf(store.state.peek())?.ticks).toBe(0n);
  });

  test("restart_stands_before_the_first_instruction_again", async () => {
    const { store, ask } = await openPage(project(TEXT));
    await ask({ kind: "step", way: "in" });
    await ask({ kind: "restart" });
    expect(viewOf(store.state.peek())?.status).toEqual({ kind: "paused", reason: "start" });
  });

  test("an_argument_typed_at_the_start_is_the_argument_of_the_call", async () => {
    const { store } = await openPage(project(TEXT));
    store.dispatch({ kind: "argTyped", index: 0, text: "41" });
    await store.idle();
    expect(viewOf(store.state.peek())?.call?.args).toEqual([{ type: "i32", bits: 41 }]);
    store.dispatch({ kind: "argTyped", index: 0, text: "4x" });
    await store.idle();
    expect(viewOf(store.state.peek())?.call?.args).toEqual([{ type: "i32", bits: 41 }]);
    expect(chosenCall(store.state.peek())?.args).toEqual(["4x"]);
  });

  test("a_breakpoint_stops_a_run", async () => {
    const { store, ask } = await openPage(project(TEXT));
    store.dispatch({ kind: "breakpointsPlaced", module: "m", positions: [TEXT.indexOf("call")] });
    await ask({ kind: "run" });
    expect(viewOf(store.state.peek())?.status).toEqual({ kind: "paused", reason: "breakpoint" });
    await ask({ kind: "continue" });
    expect(word(store)).toBe("FINISHED");
  });

  test("a_change_in_the_middle_of_a_call_leaves_the_machine_and_says_so", async () => {
    const { store, ask } = await openPage(project(TEXT));
    await ask({ kind: "step", way: "in" });
    store.dispatch({ kind: "textTyped", name: "m", text: TEXT.replace("nop", "nop nop") });
    await store.idle();
    expect(isStale(store.state.peek())).toBe(true);
    expect(viewOf(store.state.peek())?.ticks).toBe(1n);
    expect(marksFor(store.state.peek(), "m")).toEqual({ trapped: false, dimmed: true });
    await ask({ kind: "restart" });
    expect(isStale(store.state.peek())).toBe(false);
    expect(viewOf(store.state.peek())?.status).toEqual({ kind: "paused", reason: "start" });
  });

  test("a_change_at_the_start_makes_a_new_machine_by_itself", async () => {
    const { store } = await openPage(project(TEXT));
    store.dispatch({ kind: "textTyped", name: "m", text: TEXT.replace("nop", "nop nop") });
    await store.idle();
    expect(isStale(store.state.peek())).toBe(false);
    expect(word(store)).toBe("PAUSED");
  });

  test("a_broken_change_keeps_the_last_good_machine_in_sight", async () => {
    const { store, ask } = await openPage(project(TEXT));
    store.dispatch({ kind: "textTyped", name: "m", text: "(module oops)" });
    await store.idle();
    expect(word(store)).toBe("BROKEN");
    expect(viewOf(store.state.peek())).toBeDefined();
    await ask({ kind: "run" });
    expect(store.state.peek().notices.at(-1)?.text).toBe("The text has errors, so there is nothing to run yet. What is wrong is listed under Problems.");
    expect(store.state.peek().layout.dock).toBe("problems");
  });

  test("run_right_after_typing_runs_the_new_text", async () => {
    const { store, ask } = await openPage(project(TEXT));
    store.dispatch({ kind: "textTyped", name: "m", text: '(module (func (export "main") nop))' });
    await ask({ kind: "run" });
    expect(word(store)).toBe("FINISHED");
    expect(viewOf(store.state.peek())?.ticks).toBe(1n);
  });
});

describe("what the engine says", () => {
  test("a_crash_is_seen_and_a_restart_makes_a_fresh_machine", async () => {
    const { store, engine, ask } = await openPage(project(TEXT));
    const crash: EngineEvent = { kind: "crashed", message: "index out of bounds" };
    engine.play(crash);
    expect(store.state.peek().machine.crash).toBe("index out of bounds");
    await ask({ kind: "restart" });
    expect(store.state.peek().machine.crash).toBeUndefined();
    expect(word(store)).toBe("PAUSED");
  });

  test("out_of_gas_is_a_pause_and_added_gas_goes_with_a_restart", async () => {
    const { store, ask } = await openPage(project(TEXT, { limits: { ...emptyProject().limits, gas: 2n } }));
    await ask({ kind: "step", way: "in" });
    await ask({ kind: "step", way: "in" });
    expect(viewOf(store.state.peek())?.status).toMatchObject({ kind: "paused", reason: "gas" });
    await ask({ kind: "addGas", amount: 100n });
    expect(word(store)).toBe("FINISHED");
    expect(viewOf(store.state.peek())?.gas.limit).toBe(102n);
    await ask({ kind: "restart" });
    expect(viewOf(store.state.peek())?.gas.limit).toBe(2n);
    expect(store.state.peek().project.limits.gas).toBe(2n);
  });

  test("gas_that_was_added_belongs_to_its_call_alone", async () => {
    const { store, ask } = await openPage(project(TEXT, { limits: { ...emptyProject().limits, gas: 2n } }));
    await ask({ kind: "run" });
    await ask({ kind: "addGas", amount: 100n });
    expect(word(store)).toBe("FINISHED");
    expect(store.state.peek().machine.loaded?.extraGas).toBe(100n);
    await ask({ kind: "run" });
    expect(viewOf(store.state.peek())?.gas.limit).toBe(2n);
    expect(store.state.peek().machine.loaded?.extraGas).toBe(0n);
  });

  test("the_first_print_brings_the_console_into_sight_once", async () => {
    const { store, ask } = await openPage(project(TEXT));
    await ask({ kind: "run" });
    expect(store.state.peek().layout.dock).toBe("console");
    expect(store.state.peek().output.lines).toHaveLength(1);
    store.dispatch({ kind: "dockChosen", dock: "outline" });
    await ask({ kind: "run" });
    expect(store.state.peek().layout.dock).toBe("outline");
  });

  test("a_wish_that_fails_is_told", async () => {
    const { store, engine, ask } = await openPage(project(TEXT));
    engine.run = () => Promise.reject(new Error("the call is gone"));
    await ask({ kind: "step", way: "in" });
    expect(store.state.peek().notices.at(-1)).toMatchObject({ tone: "error", text: "the call is gone" });
    expect(store.state.peek().machine.command).toBeUndefined();
  });
});

describe("keeping", () => {
  test("each_change_is_saved_after_a_rest_with_call_and_arguments", async () => {
    const { store, storage } = await openPage(project(TEXT));
    store.dispatch({ kind: "argTyped", index: 0, text: "7" });
    await store.idle();
    expect(storage.saved.at(-1)?.project.call).toEqual({ module: "m", export: "main", args: ["7"] });
  });

  test("changed_work_is_put_aside_when_another_project_opens", async () => {
    const { store, storage } = await openPage(project(TEXT));
    store.dispatch({ kind: "textTyped", name: "m", text: `${TEXT} ` });
    store.dispatch({ kind: "projectOpened", project: project("(module)"), origin: { kind: "new" }, host: "own" });
    await store.idle();
    expect(storage.aside.map((work) => work.project.modules)).toEqual([[{ kind: "text", name: "m", text: `${TEXT} ` }]]);
  });

  test("what_could_not_be_kept_is_known_until_it_is_kept", async () => {
    const page = await openPage(project(TEXT));
    expect(page.store.flush()).toBeUndefined();
    page.storage.refusal = "the disk is full";
    page.store.dispatch({ kind: "textTyped", name: "m", text: "(module)" });
    await page.store.idle();
    expect(page.store.flush()).toBe("the disk is full");
    const told = (): readonly string[] => page.store.state.peek().notices.map(({ text }) => text);
    const text = "The browser does not keep this work: the disk is full. Save it to a file before you leave.";
    expect(told()).toEqual([text]);
    // Another project is not kept either.
    page.store.dispatch({ kind: "projectOpened", project: project(TEXT), origin: { kind: "new" }, host: "own" });
    await page.store.idle();
    expect(told()).toEqual([text]);
    page.storage.refusal = undefined;
    page.store.dispatch({ kind: "textTyped", name: "m", text: TEXT });
    await page.store.idle();
    expect(page.store.flush()).toBeUndefined();
    expect(told()).toEqual([]);
    page.storage.refusal = "the disk is full";
    page.store.dispatch({ kind: "textTyped", name: "m", text: "(module)" });
    await page.store.idle();
    expect(told()).toEqual([text]);
  });

  test("leaving_saves_what_the_rest_has_not_saved_yet", async () => {
    const { store, storage } = await openPage(project(TEXT));
    store.dispatch({ kind: "textTyped", name: "m", text: "(module)" });
    store.flush();
    expect(storage.saved.at(-1)?.project.modules).toEqual([{ kind: "text", name: "m", text: "(module)" }]);
  });
});

describe("files", () => {
  test("names_of_modules_stay_apart", async () => {
    const { store, storage } = await openPage(project(TEXT));
    store.dispatch({ kind: "moduleAdded", source: { kind: "text", name: "m", text: TEXT } });
    expect(store.state.peek().project.modules.map((module) => module.name)).toEqual(["m", "m-2"]);
    store.dispatch({ kind: "moduleRenamed", name: "m-2", to: "m" });
    expect(store.state.peek().project.modules.map((module) => module.name)).toEqual(["m", "m-2"]);
    store.dispatch({ kind: "moduleMoved", name: "m-2", by: -1 });
    expect(store.state.peek().project.modules.map((module) => module.name)).toEqual(["m-2", "m"]);
    store.dispatch({ kind: "moduleRemoved", name: "m-2" });
    expect(store.state.peek().active).toEqual({ kind: "module", name: "m" });
    await store.idle();
    expect(storage.aside.map((work) => work.project.modules.length)).toEqual([2]);
  });

  test("a_renamed_module_keeps_its_breakpoints_and_arguments", async () => {
    const { store } = await openPage(project(TEXT));
    store.dispatch({ kind: "argTyped", index: 0, text: "5" });
    store.dispatch({ kind: "breakpointsPlaced", module: "m", positions: [30] });
    store.dispatch({ kind: "moduleRenamed", name: "m", to: "n" });
    await store.idle();
    expect(projectToKeep(store.state.peek()).call).toEqual({ module: "n", export: "main", args: ["5"] });
    expect(store.state.peek().project.breakpoints).toEqual([{ module: "n", position: 30 }]);
  });

  test("a_rename_says_nothing_and_the_call_begins_anew", async () => {
    const { store } = await openPage(project(TEXT));
    store.dispatch({ kind: "moduleRenamed", name: "m", to: "n" });
    await store.idle();
    expect(store.state.peek().notices).toEqual([]);
    expect(word(store)).toBe("PAUSED");
    store.dispatch({ kind: "textTyped", name: "n", text: "oops" });
    await store.idle();
    store.dispatch({ kind: "moduleRenamed", name: "n", to: "m" });
    await store.idle();
    expect(store.state.peek().notices).toEqual([]);
  });

  test("a_removed_module_can_be_put_back_with_its_breakpoints", async () => {
    const { store, ask } = await openPage(project(TEXT));
    store.dispatch({ kind: "moduleAdded", source: { kind: "text", name: "other", text: TEXT } });
    store.dispatch({ kind: "breakpointsPlaced", module: "m", positions: [30] });
    const before = store.state.peek().project;
    store.dispatch({ kind: "moduleRemoved", name: "m" });
    await store.idle();
    await ask({ kind: "restart" });
    const [notice] = store.state.peek().notices;
    expect(notice?.text).toMatch(/^m was removed/);
    if (notice?.undo) store.dispatch(notice.undo);
    await store.idle();
    expect(store.state.peek().project).toEqual(before);
    expect(store.state.peek().active).toEqual({ kind: "module", name: "m" });
  });

  test("work_that_was_restored_or_shared_is_put_aside_when_another_takes_its_place", async () => {
    const { store, storage } = await openPage(project(TEXT));
    const open = (kind: "restored" | "new"): void => store.dispatch({ kind: "projectOpened", project: project(TEXT), origin: { kind }, host: "own" });
    open("restored");
    expect(storage.aside.length).toBe(0);
    open("new");
    expect(storage.aside.length).toBe(1);
    open("new");
    expect(storage.aside.length).toBe(1);
    store.dispatch({ kind: "textTyped", name: "m", text: "(module)" });
    store.dispatch({ kind: "projectSaved" });
    open("new");
    await store.idle();
    expect(storage.aside.length).toBe(2);
  });

  test("stubs_go_to_host_js", async () => {
    const { store, ask } = await openPage(project(TEXT));
    await ask({ kind: "stubs" });
    expect(store.state.peek().project.hostCode).toBe("// stub\n");
    expect(store.state.peek().active).toEqual({ kind: "host" });
  });

  test("no_stub_is_added_to_a_host_js_that_cannot_be_read_and_its_mistake_is_shown", async () => {
    const { store, ask } = await openPage(project(TEXT));
    store.dispatch({ kind: "hostTyped", text: "let a;\n (;" });
    await ask({ kind: "stubs" });
    expect(store.state.peek().project.hostCode).toBe("let a;\n (;");
    expect(store.state.peek().notices.at(-1)).toMatchObject({ tone: "error", text: "No stub was added, since host.js cannot be read: SyntaxError: no (line 2). Mend it first." });
    expect(store.state.peek().eyes.reveal).toMatchObject({ file: { kind: "host" }, from: 9 });
  });

  test("while_a_host_function_works_its_call_is_marked_and_what_is_shown_from_before_says_so", async () => {
    const { store, engine, ask } = await openPage(project(TEXT));
    await ask({ kind: "step", way: "in" });
    const view = ensureExists(viewOf(store.state.peek()), "view");
    const status = { kind: "running", instructionsPerSecond: 0, importName: "env.x" } as const;
    engine.play({ kind: "view", view: { ...view, status } });
    expect(badge(store.state.peek())).toEqual({ word: "RUNNING", why: "in env.x" });
    expect(marksFor(store.state.peek(), "m").next).toEqual(view.next?.span);
    engine.play({ kind: "view", view: { ...view, status: { ...status, behind: 1_234n } } });
    expect(badge(store.state.peek()).why).toBe("in env.x; what is shown is from 1,234 instructions before");
    expect(marksFor(store.state.peek(), "m").next).toBeUndefined();
  });
});

const OURS = { outcome: { kind: "finished", results: [{ type: "i32", bits: 7 }] }, meters: { ticks: 12n, gas: 9n, denominator: 1 } } as const;

/** Finds another result on the browser's own engine; its machines end with 7. */
class DifferingEngine extends FakeEngine {
  opened = 0;
  brought = 0;
  endsOurs = false;
  refusal: string | undefined;
  leeway: Leeway | undefined;
  begins = 0;
  stopped = false;
  endless = false;

  override begin(...call: Parameters<FakeEngine["begin"]>): Promise<void> {
    this.begins += 1;
    return super.begin(...call);
  }

  override async compare(...[asked, tell, signal]: Parameters<FakeEngine["compare"]>): ReturnType<FakeEngine["compare"]> {
    tell({ where: "ours", meters: { ticks: 1_000n, gas: 900n, denominator: 1 } });
    if (this.endsOurs) tell({ where: "theirs", ours: OURS });
    if (this.refusal !== undefined) throw new Error(this.refusal);
    if (this.endless) await this.#aborted(signal);
    const same = await super.compare(asked, tell, signal);
    const leeway = this.leeway === undefined ? {} : { leeway: this.leeway };
    return { ...same, differences: [{ kind: "result", index: 0, ours: { type: "i32", bits: 7 }, theirs: { type: "i32", bits: 8 }, ...leeway }] };
  }

  override async bringCompared(signal: AbortSignal): Promise<void> {
    this.brought += 1;
    if (this.endless) await this.#aborted(signal);
  }

  async #aborted(signal: AbortSignal): Promise<never> {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    this.stopped = true;
    throw new Error("the comparison was stopped");
  }

  override async openCompared(): ReturnType<FakeEngine["openCompared"]> {
    this.opened += 1;
    const result = await this.load(project(TEXT), { hostCodeAllowed: true });
    if (result.kind === "failed") throw new Error("it loads");
    await super.begin("m", "main", []);
    await this.run({ kind: "end" });
    return { result, said: [{ kind: "print", lines: [{ text: "from the other machine", source: "print.i32", ticks: 1n }] }] };
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve));
}

describe("comparing", () => {
  const where = (store: Store): string => {
    const { comparison } = store.state.peek();
    return comparison.kind === "done" ? comparison.place : comparison.kind;
  };

  test("the_machine_that_is_looked_at_stays_as_it_is", async () => {
    const engine = new DifferingEngine();
    const { store, ask } = await openPage(project(TEXT), "own", engine);
    await ask({ kind: "step", way: "in" });
    const before = viewOf(store.state.peek());
    const { begins } = engine;
    await ask({ kind: "compare" });
    expect(where(store)).toBe("beside");
    expect(viewOf(store.state.peek())).toEqual(before);
    expect([engine.begins, engine.opened]).toEqual([begins, 0]);
    expect(leftBehind(store.state.peek())).toMatch(/^the call of main that is paused in \$main, line 1$/);
    await ask({ kind: "openCompared" });
    expect([where(store), word(store), engine.opened]).toEqual(["here", "FINISHED", 1]);
    expect(store.state.peek().output.lines.map((line) => line.text)).toEqual(["from the other machine"]);
    await ask({ kind: "openCompared" });
    expect(engine.opened).toBe(1);
    await ask({ kind: "restart" });
    expect(where(store)).toBe("left");
    // It has gone on from there, and is made again.
    await ask({ kind: "openCompared" });
    expect([where(store), word(store), engine.opened]).toEqual(["here", "FINISHED", 2]);
  });

  test("what_is_made_again_can_be_stopped_on_the_way", async () => {
    const engine = new DifferingEngine();
    const { store, ask } = await openPage(project(TEXT), "own", engine);
    await ask({ kind: "compare" });
    await ask({ kind: "restart" });
    engine.endless = true;
    store.dispatch({ kind: "ask", command: { kind: "openCompared" } });
    await until(() => where(store) === "coming");
    expect(canOpenCompared(store.state.peek())).toBe(false);
    store.dispatch({ kind: "ask", command: { kind: "stopComparing" } });
    await store.idle();
    expect([where(store), engine.stopped, engine.opened, store.state.peek().notices]).toEqual(["left", true, 1, []]);
    expect(canOpenCompared(store.state.peek())).toBe(true);
  });

  test("a_difference_that_the_specification_allows_does_not_open_by_itself", async () => {
    for (const sure of [true, false]) {
      const engine = new DifferingEngine();
      engine.leeway = { what: "nan", sure };
      const { store, ask } = await openPage(project(TEXT), "own", engine);
      await ask({ kind: "compare" });
      expect([where(store), engine.opened, canOpenCompared(store.state.peek())]).toEqual(["beside", 0, true]);
    }
  });

  test("what_keeps_a_call_from_being_compared_is_named", async () => {
    const engine = new DifferingEngine();
    const { store, ask } = await openPage(project(TEXT), "own", engine);
    store.dispatch({ kind: "argTyped", index: 0, text: "seven" });
    await ask({ kind: "compare" });
    expect(store.state.peek().comparison).toMatchObject({ kind: "failed", message: expect.stringMatching(/^There is no call to compare: \$n of main cannot be read: ./) });
    expect(store.state.peek().refusedArg).toMatchObject({ index: 0 });
    store.dispatch({ kind: "textTyped", name: "m", text: "(module oops)" });
    await ask({ kind: "compare" });
    expect(store.state.peek().comparison).toMatchObject({ kind: "failed", message: expect.stringMatching(/the text has errors/) });
  });

  test("what_ours_had_found_stays_when_the_other_engine_is_stopped_or_fails", async () => {
    const engine = new DifferingEngine();
    engine.endless = true;
    engine.endsOurs = true;
    const { store, ask } = await openPage(project(TEXT), "own", engine);
    store.dispatch({ kind: "ask", command: { kind: "compare" } });
    await until(() => where(store) === "running");
    await ask({ kind: "stopComparing" });
    expect(store.state.peek().comparison).toMatchObject({ kind: "stopped", call: "main(0)", where: "theirs", ours: OURS });
    engine.refusal = "it hangs";
    await ask({ kind: "compare" });
    expect(store.state.peek().comparison).toEqual({ kind: "failed", message: "it hangs", ours: OURS });
  });

  test("a_difference_opens_at_once_where_nothing_is_lost", async () => {
    const engine = new DifferingEngine();
    const { store, ask } = await openPage(project(TEXT), "own", engine);
    await ask({ kind: "compare" });
    expect([where(store), engine.opened]).toEqual(["here", 1]);
    await ask({ kind: "edit", edit: { kind: "bytes", memory: 0, address: 0n, bytes: new Uint8Array([1]) } });
    await ask({ kind: "compare" });
    expect([where(store), engine.opened, leftBehind(store.state.peek())]).toEqual(["beside", 1, "what was changed by hand"]);
    store.dispatch({ kind: "textTyped", name: "m", text: `${TEXT} ` });
    expect(canOpenCompared(store.state.peek())).toBe(false);
  });

  test("what_is_changed_by_hand_is_no_more_as_the_call_left_it_and_a_restart_that_is_refused_keeps_it", async () => {
    const { store, ask } = await openPage(project(TEXT), "own", new DifferingEngine());
    await ask({ kind: "compare" });
    expect(where(store)).toBe("here");
    await ask({ kind: "edit", edit: { kind: "bytes", memory: 0, address: 0n, bytes: new Uint8Array([1]) } });
    expect([where(store), canOpenCompared(store.state.peek())]).toEqual(["left", true]);
    store.dispatch({ kind: "textTyped", name: "m", text: "(module oops)" });
    await ask({ kind: "restart" });
    expect(leftBehind(store.state.peek())).toBe("what was changed by hand");
    store.dispatch({ kind: "textTyped", name: "m", text: TEXT });
    await ask({ kind: "restart" });
    expect(leftBehind(store.state.peek())).toBe("");
    expect(store.state.peek().notices.filter(({ text }) => text.includes("by hand"))).toEqual([]);
  });

  test("it_can_be_stopped_and_another_project_stops_it", async () => {
    const engine = new DifferingEngine();
    engine.endless = true;
    const { store } = await openPage(project(TEXT), "own", engine);
    const began = (): Promise<void> => until(() => where(store) === "running");
    store.dispatch({ kind: "ask", command: { kind: "compare" } });
    await began();
    const soFar = { call: "main(0)", where: "ours", meters: { ticks: 1_000n, gas: 900n, denominator: 1 } };
    expect(store.state.peek().comparison).toEqual({ kind: "running", ...soFar });
    store.dispatch({ kind: "ask", command: { kind: "stopComparing" } });
    await store.idle();
    expect([store.state.peek().comparison, engine.stopped]).toEqual([{ kind: "stopped", ...soFar }, true]);
    store.dispatch({ kind: "ask", command: { kind: "compare" } });
    await began();
    store.dispatch({ kind: "projectOpened", project: project(TEXT), origin: { kind: "new" }, host: "own" });
    await store.idle();
    expect(where(store)).toBe("none");
  });
});

describe("limits", () => {
  class LimitedEngine extends FakeEngine {
    loads = 0;
    resets = 0;
    readonly limits: Limits[] = [];

    override load(...asked: Parameters<FakeEngine["load"]>): ReturnType<FakeEngine["load"]> {
      this.loads += 1;
      return super.load(...asked);
    }

    override reset(): Promise<void> {
      this.resets += 1;
      return super.reset();
    }

    override setLimits(limits: Limits): Promise<void> {
      this.limits.push(limits);
      return super.setLimits(limits);
    }
  }

  const few = { ...emptyProject().limits, memoryPages: 3 };

  test("a_run_has_new_limits_at_once", async () => {
    const engine = new LimitedEngine();
    const { store } = await openPage(project(`(module (func (export "main") ${"nop ".repeat(5_000)}))`), "own", engine);
    store.dispatch({ kind: "ask", command: { kind: "run" } });
    await until(() => word(store) === "RUNNING");
    store.dispatch({ kind: "limitsChosen", limits: few });
    expect([engine.limits.at(-1), word(store)]).toEqual([few, "RUNNING"]);
    store.dispatch({ kind: "ask", command: { kind: "pause" } });
    await store.idle();
  });

  test("a_restart_with_other_limits_makes_another_machine_so_that_the_one_before_stays_where_that_fails", async () => {
    const engine = new LimitedEngine();
    const { store, ask } = await openPage(project(TEXT), "own", engine);
    await ask({ kind: "restart" });
    expect([engine.loads, engine.resets]).toEqual([1, 1]);
    store.dispatch({ kind: "limitsChosen", limits: few });
    await ask({ kind: "restart" });
    expect([engine.loads, engine.resets]).toEqual([2, 1]);
    await ask({ kind: "restart" });
    expect([engine.loads, engine.resets]).toEqual([2, 2]);
  });

  test("gas_added_to_the_most_there_is_is_the_most_there_is", async () => {
    const engine = new LimitedEngine();
    const { store, ask } = await openPage(project(TEXT), "own", engine);
    store.dispatch({ kind: "limitsChosen", limits: { ...few, gas: 2n ** 64n - 2n } });
    await ask({ kind: "step", way: "in" });
    await ask({ kind: "addGas", amount: 1_000n });
    expect(engine.limits.at(-1)?.gas).toBe(2n ** 64n - 1n);
  });
});

describe("the screen of a link", () => {
  const screenOf = (layout: string): Screen => readScreen(project(TEXT, { layout }));

  test("what_is_shared_opens_to_the_same_screen", async () => {
    const { store } = await openPage(project(TEXT));
    store.dispatch({ kind: "fileChosen", file: { kind: "host" } });
    store.dispatch({ kind: "paneToggled", pane: "Call stack" });
    store.dispatch({ kind: "cardChosen", card: "memory" });
    store.dispatch({ kind: "formatChosen", format: "hex" });
    store.dispatch({ kind: "memoryChosen", memory: 0 });
    store.dispatch({ kind: "gotoAsked", address: 0x1f0n, length: 1 });
    const shared = projectToShare(store.state.peek());
    const { layout, active, eyes } = store.state.peek();
    store.dispatch({ kind: "projectOpened", project: project("(module)"), origin: { kind: "new" }, host: "own" });
    store.dispatch({ kind: "cardChosen", card: "step" });
    store.dispatch({ kind: "paneToggled", pane: "Call stack" });
    store.dispatch({ kind: "projectOpened", project: shared, origin: { kind: "link" }, host: "own", screen: readScreen(shared) });
    const after = store.state.peek();
    expect(after.active).toEqual(active);
    expect(after.layout).toEqual({ ...layout, dock: "problems" });
    expect([after.eyes.format, after.eyes.memory, after.eyes.goto?.address]).toEqual([eyes.format, 0, 0x1f0n]);
    expect(after.eyes.goto?.turn).toBeGreaterThan(0);
  });

  test("the_usual_screen_needs_no_letters", async () => {
    const { store } = await openPage(project(TEXT));
    expect(projectToShare(store.state.peek()).layout).toBeUndefined();
  });

  test("what_a_link_says_wrongly_is_left_out", () => {
    expect(screenOf("p=none&d=%00&c=x&n=roman&t=gone&l=-1&m=1e9&a=zz&f=<b>,Locals")).toEqual({ layout: { collapsed: ["Locals"] }, eyes: {} });
    expect(screenOf('{"preset":"debug"}')).toEqual({ layout: {}, eyes: {} });
    expect(screenOf("t=m&l=5&a=ffffffffffffffff")).toEqual({ layout: {}, eyes: {}, active: { kind: "module", name: "m" }, cursor: 5, address: 0xffffffffffffffffn });
  });
});
