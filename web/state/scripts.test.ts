import { afterEach, describe, expect, test } from "vitest";
import { FakeEngine, fakeLanguage } from "../client/fake.ts";
import type { LoadOptions, LoadResult } from "../protocol/engine.ts";
import type { Project } from "../protocol/project.ts";
import { DIRECTIVE_WORDS, FAILED, PASSED, type ScriptEvent, type ScriptOptions, type Scripts } from "../protocol/script.ts";
import { activeScript, allTotals, chosenSpan, failureMarks, isAnyRunning, isOutdated, listed, directiveRow, runOf, scriptsOf, totalsOf } from "./scripts.ts";
import { badge, callables, formInUse, isBroken, isShown } from "./selectors.ts";
import { projectToKeep } from "./screen.ts";
import { emptyProject, initialState, type Origin } from "./state.ts";
import { createStore, type Store } from "./store.ts";

/** Lets a test decide how each run goes on. */
class TestScripts implements Scripts {
  readonly runs: { readonly text: string; readonly options: ScriptOptions; readonly tell: (event: ScriptEvent) => void; readonly end: (whole: boolean) => void; readonly fail: (error: Error) => void }[] = [];
  cancelled = 0;

  run(text: string, options: ScriptOptions, tell: (event: ScriptEvent) => void): Promise<boolean> {
    return new Promise((resolve, reject) => this.runs.push({ text, options, tell, end: resolve, fail: reject }));
  }

  cancel(): void {
    this.cancelled += 1;
    this.runs.at(-1)?.end(false);
  }

  dispose(): void {
    // Nothing to end.
  }
}

/** Remembers what it was asked to load; gives a module for a machine of a script. */
class TestEngine extends FakeEngine {
  readonly loads: LoadOptions[] = [];
  readonly ran: string[] = [];
  result: LoadResult | undefined;

  override load(project: Project, options: LoadOptions): Promise<LoadResult> {
    this.loads.push(options);
    if (options.stand === undefined || this.result === undefined) return super.load(project, options);
    return Promise.resolve(this.result);
  }

  override run(until: Parameters<FakeEngine["run"]>[0]): Promise<void> {
    this.ran.push(until.kind);
    return Promise.resolve();
  }
}

const A = '(module (func (export "f")))\n(invoke "f")\n(invoke "g")';
const B = "(module)";

let open: Store | undefined;
afterEach(() => {
  open?.dispose();
  open = undefined;
});

function project(texts: Readonly<Record<string, string>>, more: Partial<Project> = {}): Project {
  return { ...emptyProject(), modules: Object.entries(texts).map(([name, text]) => ({ kind: "script", name, text })), ...more };
}

function openPage(first: Project, origin: Origin = { kind: "file", name: "suite" }) {
  const [engine, scripts] = [new TestEngine(), new TestScripts()];
  const storage = { save: () => Promise.resolve(), saveNow: () => undefined, putAside: () => Promise.resolve() };
  const store = createStore({ engine, language: fakeLanguage, scripts, storage, checkDelay: 0, saveDelay: 0 }, initialState());
  open = store;
  store.dispatch({ kind: "projectOpened", project: first, origin, host: "own" });
  return { store, engine, scripts, state: () => store.state.peek() };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Directives of one line each, as the core tells them. */
function begun(text: string): ScriptEvent {
  const lines = text.split("\n");
  const words: number[] = [];
  let from = 0;
  for (const [index, line] of lines.entries()) {
    words.push(index === 0 ? 0 : 5, index + 1, from, from + line.length, index === 0 ? 0 : 1);
    from += line.length + 1;
  }
  return { kind: "begun", directives: Uint32Array.from(words) };
}

const went = (verdicts: readonly number[], ...failed: readonly number[]): ScriptEvent => ({
  kind: "went",
  verdicts: Uint8Array.from(verdicts),
  failures: failed.map((directive) => ({ directive, expected: "a", got: "b" })),
});

describe("running", () => {
  test("scripts_from_files_run_one_after_the_other_and_add_up", async () => {
    const { scripts, state } = openPage(project({ a: A, b: B }));
    expect(state().layout.dock).toBe("script");
    expect(state().active).toEqual({ kind: "module", name: "a" });
    expect(scripts.runs.map(({ text }) => text)).toEqual([A]);
    expect(runOf(state(), "b")?.phase).toBe("waiting");
    expect(isAnyRunning(state())).toBe(true);

    scripts.runs[0]?.tell(begun(A));
    expect(runOf(state(), "a")?.phase).toBe("running");
    expect(totalsOf(runOf(state(), "a"))).toEqual({ passed: 0, failed: 0, pending: 3 });
    scripts.runs[0]?.tell(went([PASSED]));
    scripts.runs[0]?.tell(went([PASSED, FAILED], 2));
    scripts.runs[0]?.end(true);
    await turn();
    expect(runOf(state(), "a")).toMatchObject({ phase: "done", passed: 2 });
    // The first failure of the script that is looked at is marked.
    expect(state().scripts.chosen).toEqual({ script: "a", directive: 2 });
    expect(chosenSpan(state(), "a")).toEqual({ from: A.lastIndexOf("(invoke"), to: A.length });

    expect(scripts.runs[1]?.text).toBe(B);
    scripts.runs[1]?.tell(begun(B));
    scripts.runs[1]?.tell(went([PASSED]));
    scripts.runs[1]?.end(true);
    await turn();
    expect(allTotals(state())).toEqual({ passed: 3, failed: 1, pending: 0 });
    expect(isAnyRunning(state())).toBe(false);
  });

  test("nothing_runs_because_a_link_was_opened_or_the_page_came_back", () => {
    for (const kind of ["link", "restored"] as const) {
      const { scripts, state } = openPage(project({ a: A }), { kind });
      expect(scripts.runs).toEqual([]);
      expect(runOf(state(), "a")).toBeUndefined();
    }
  });

  test("a_script_that_is_added_runs_and_one_that_is_changed_waits_for_a_hand", async () => {
    const { store, scripts, state } = openPage(project({ a: A }));
    scripts.runs[0]?.tell(begun(A));
    scripts.runs[0]?.end(true);
    await turn();
    store.dispatch({ kind: "textTyped", name: "a", text: B });
    expect(activeScript(state())).toEqual({ kind: "script", name: "a", text: B });
    expect(scripts.runs.length).toBe(1);
    const [script] = scriptsOf(state());
    const run = runOf(state(), "a");
    expect(script && run && isOutdated(run, script)).toBe(true);
    expect(chosenSpan(state(), "a")).toBeUndefined();
    store.dispatch({ kind: "moduleAdded", source: { kind: "script", name: "b", text: B } });
    expect(scripts.runs.length).toBe(2);
    scripts.runs[1]?.end(true);
    await turn();
    store.dispatch({ kind: "scriptOptionsChosen", options: { mode: "gas", edition: "1", ticks: 5 } });
    store.dispatch({ kind: "ask", command: { kind: "runScripts", names: ["a"] } });
    expect(scripts.runs[2]).toMatchObject({ text: B, options: { mode: "gas", edition: "1", ticks: 5 } });
  });

  test("stopping_ends_the_run_under_way_and_leaves_the_others_unrun", async () => {
    const { store, scripts, state } = openPage(project({ a: A, b: B }));
    scripts.runs[0]?.tell(begun(A));
    scripts.runs[0]?.tell(went([PASSED]));
    store.dispatch({ kind: "ask", command: { kind: "stopScripts" } });
    await turn();
    expect(runOf(state(), "a")).toMatchObject({ phase: "stopped", passed: 1 });
    expect(runOf(state(), "b")?.phase).toBe("stopped");
    expect(scripts.runs.length).toBe(1);
    expect(totalsOf(runOf(state(), "a")).pending).toBe(2);
  });

  test("a_run_whose_worker_ends_says_why_and_the_next_one_goes_on", async () => {
    const { scripts, state } = openPage(project({ a: A, b: B }));
    scripts.runs[0]?.fail(new Error("the core ended"));
    await turn();
    expect(runOf(state(), "a")).toMatchObject({ phase: "stopped", why: "the core ended" });
    expect(scripts.runs.length).toBe(2);
  });

  test("what_an_earlier_project_still_tells_is_no_news", async () => {
    const { store, scripts, state } = openPage(project({ a: A }));
    const [old] = scripts.runs;
    store.dispatch({ kind: "projectOpened", project: project({ a: A }), origin: { kind: "link" }, host: "own" });
    old?.tell(begun(A));
    old?.end(true);
    await turn();
    expect(runOf(state(), "a")).toBeUndefined();
  });

  test("what_is_known_of_a_script_goes_with_its_name", async () => {
    const { store, scripts, state } = openPage(project({ a: A, b: B }));
    scripts.runs[0]?.tell(begun(A));
    scripts.runs[0]?.end(true);
    await turn();
    store.dispatch({ kind: "directiveChosen", script: "a", directive: 1 });
    store.dispatch({ kind: "moduleRenamed", name: "a", to: "c" });
    expect(runOf(state(), "c")?.phase).toBe("done");
    expect(state().scripts.chosen).toEqual({ script: "c", directive: 1 });
    store.dispatch({ kind: "moduleRemoved", name: "c" });
    expect(runOf(state(), "c")).toBeUndefined();
    expect(state().scripts.chosen).toBeUndefined();
  });
});

describe("looking", () => {
  test("rows_say_kind_line_place_and_verdict", () => {
    const { scripts, state } = openPage(project({ a: A }));
    scripts.runs[0]?.tell(begun(A));
    scripts.runs[0]?.tell(went([PASSED, FAILED], 1));
    const run = runOf(state(), "a");
    if (run === undefined) throw new Error("no run");
    expect(directiveRow(run, 0)).toEqual({ number: 0, kind: "module", line: 1, span: { from: 0, to: 28 }, calls: false, verdict: "pass" });
    expect([1, 2].map((number) => directiveRow(run, number).verdict)).toEqual(["fail", "pending"]);
    expect(listed(run, false)).toEqual([0, 1, 2]);
    expect(listed(run, true)).toEqual([1]);
    expect(run.directives.length / DIRECTIVE_WORDS).toBe(3);
    const [script] = scriptsOf(state());
    expect(script && failureMarks(state(), script)).toEqual([{ severity: "error", span: { from: 29, to: 36 }, line: 2, column: 1, message: "failed: expected a, got b" }]);
  });

  test("a_project_of_scripts_alone_has_no_machine_and_is_not_broken", async () => {
    const { store, engine, scripts, state } = openPage(project({ a: A }));
    scripts.runs[0]?.end(true);
    await store.idle();
    expect(engine.loads).toEqual([]);
    expect(isBroken(state())).toBe(false);
    expect(badge(state())).toMatchObject({ word: "READY" });
    expect(projectToKeep(state()).modules).toEqual([{ kind: "script", name: "a", text: A }]);
  });
});

describe("standing before an action", () => {
  const result: LoadResult = {
    kind: "loaded",
    modules: [
      { name: "a:1 $m", file: "a", exports: [{ name: "f", kind: "func", type: "(func (param i32))", func: { params: ["i32"], results: [] }, address: 0 }], imports: [], funcs: { imported: [], first: 0, count: 0 }, hasStart: true },
      { name: "a:9", text: "(module)", exports: [], imports: [], funcs: { imported: [], first: 0, count: 0 }, hasStart: false },
    ],
    warnings: [],
    call: { module: "a:1 $m", export: "f", args: [{ type: "i32", bits: 0xffff_ffff }] },
  };

  async function stood(toEnd = false) {
    const page = openPage(project({ a: A }));
    page.scripts.runs[0]?.end(true);
    page.engine.result = result;
    await page.store.idle();
    page.store.dispatch({ kind: "standChosen", stand: { script: "a", directive: 1 }, toEnd });
    await page.store.idle();
    return page;
  }

  test("the_machine_of_the_script_is_loaded_and_its_call_is_the_form's", async () => {
    const { engine, state } = await stood();
    expect(engine.loads).toEqual([{ hostCodeAllowed: true, stand: { script: "a", directive: 1 } }]);
    expect(engine.ran).toEqual([]);
    expect(callables(state()).map(({ module, info }) => `${module} ${info.name}`)).toEqual(["a:1 $m f"]);
    expect(formInUse(state())).toEqual({ choice: { module: "a:1 $m", export: "f" }, args: { "a:1 $m/f": ["-1"] } });
    expect(projectToKeep(state()).call).toBeUndefined();
    expect(isShown(state(), "a:9")).toBe(true);
    expect(state().scripts.chosen).toEqual({ script: "a", directive: 1 });
  });

  test("it_runs_to_its_end_if_that_was_asked_for", async () => {
    const { engine } = await stood(true);
    expect(engine.ran).toEqual(["end"]);
  });

  test("an_edit_waits_for_restart_and_the_same_action_again_is_a_new_machine", async () => {
    const { store, engine } = await stood();
    store.dispatch({ kind: "textTyped", name: "a", text: `${A}\n` });
    await store.idle();
    expect(engine.loads.length).toBe(1);
    store.dispatch({ kind: "ask", command: { kind: "restart" } });
    await store.idle();
    expect(engine.loads.length).toBe(2);
    store.dispatch({ kind: "standChosen", stand: { script: "a", directive: 1 }, toEnd: false });
    await store.idle();
    expect(engine.loads.length).toBe(3);
  });

  test("what_cannot_be_stood_before_is_a_problem_of_the_script", async () => {
    const { store, engine, state } = await stood();
    engine.result = { kind: "failed", problems: [{ message: "this directive calls no function", file: "a" }] };
    store.dispatch({ kind: "standChosen", stand: { script: "a", directive: 0 }, toEnd: false });
    await store.idle();
    expect(engine.loads.length).toBe(2);
    expect(badge(state())).toMatchObject({ word: "BROKEN", why: "this directive calls no function; the machine below is the one before" });
    store.dispatch({ kind: "standChosen", stand: undefined, toEnd: false });
    await store.idle();
    expect(badge(state()).word).toBe("READY");
    expect(state().machine.loaded).toBeUndefined();
  });

  test("the_modules_come_back_when_the_script_is_left", async () => {
    const page = openPage(project({ a: A }));
    page.engine.result = result;
    page.scripts.runs[0]?.end(true);
    page.store.dispatch({ kind: "moduleAdded", source: { kind: "text", name: "m", text: '(module (func (export "main") nop))' } });
    await page.store.idle();
    expect(page.state().machine.loaded?.modules.map(({ name }) => name)).toContain("m");
    page.store.dispatch({ kind: "standChosen", stand: { script: "a", directive: 1 }, toEnd: false });
    await page.store.idle();
    expect(page.state().machine.loaded?.stand).toEqual({ script: "a", directive: 1 });
    page.store.dispatch({ kind: "standChosen", stand: undefined, toEnd: false });
    await page.store.idle();
    expect(page.state().machine.loaded?.stand).toBeUndefined();
    expect(page.engine.loads.at(-1)).toEqual({ hostCodeAllowed: true });
  });
});
