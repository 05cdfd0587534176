// Effects of the machine: the only code that talks to the engine. Commands run one after the other; only pause and keys overtake.

import { assertUnreachable, messageOf } from "../base/assert.ts";
import type { Value } from "../protocol/dto.ts";
import type { BreakpointPlace, Engine, Language, LoadResult, Until, Viewport } from "../protocol/engine.ts";
import type { Command, Dispatch } from "./actions.ts";
import { linkedModules, type ModuleSource } from "../protocol/project.ts";
import { CompareEffects } from "./effect-compare.ts";
import { canOpenCompared, leftBehind } from "./losses.ts";
import type { ScriptEffects } from "./effect-scripts.ts";
import {
  breakpointsOf,
  brokenReason,
  callOfHost,
  chosenCall,
  formInUse,
  freshReport,
  hasErrors,
  isBroken,
  isRunning,
  isStale,
  isUnderWay,
  latestReport,
  readyArgs,
  runLimits,
  isTried,
  scheduleOf,
  textOf,
  viewOf,
  viewport,
  wantsMachine,
  wrongArg,
} from "./selectors.ts";
import type { Callable, State } from "./state.ts";
import { sameHeapWindow } from "./heap.ts";
import { movedText } from "./moved-breakpoints.ts";
import type { Tasks } from "./tasks.ts";
import { sameValue } from "./values.ts";

/** Host code is not checked as it is typed, so a new machine waits until the keys rest, in milliseconds. */
const HOST_REST = 500;
/** Steps that wait behind the one under way; a held key makes no longer queue than this. */
const STEPS_WAITING = 1;

export class MachineEffects {
  readonly #engine: Engine;
  readonly #language: Language;
  readonly #scripts: ScriptEffects;
  readonly #get: () => State;
  readonly #dispatch: Dispatch;
  readonly #tasks: Tasks;
  readonly #unsubscribe: () => void;
  readonly #compare: CompareEffects;
  #queue: Promise<void> = Promise.resolve();
  #stepsWaiting = 0;
  #watched: Viewport | undefined;
  #loadTimer: { readonly timer: ReturnType<typeof setTimeout>; readonly end: () => void } | undefined;
  #loadQueued = false;
  #beginQueued = false;
  #crashed = false;
  #afterChange: (() => void)[] = [];

  constructor(engine: Engine, language: Language, scripts: ScriptEffects, get: () => State, dispatch: Dispatch, tasks: Tasks) {
    this.#engine = engine;
    this.#language = language;
    this.#scripts = scripts;
    this.#get = get;
    this.#dispatch = dispatch;
    this.#tasks = tasks;
    this.#compare = new CompareEffects(engine, get, dispatch, tasks);
    this.#unsubscribe = engine.subscribe((event) => {
      if (event.kind === "crashed") this.#crashed = true;
      dispatch({ kind: "engineSaid", event });
    });
  }

  dispose(): void {
    this.#unsubscribe();
    this.#compare.stop();
    this.#cancelLoad();
  }

  follow(before: State, after: State): void {
    const waiting = this.#afterChange;
    this.#afterChange = [];
    for (const resolve of waiting) resolve();
    this.#compare.follow(before, after);

    if (after.machine.loaded) {
      const wanted = viewport(after);
      if (!sameViewport(this.#watched, wanted)) {
        this.#watched = wanted;
        this.#engine.watch(wanted);
      }
      this.#followSettings(before, after);
      if (formInUse(before) !== formInUse(after)) this.#followForm();
    }
    if (before.scripts.stand !== after.scripts.stand && before.origin === after.origin) this.#followStand(after);
    const edited = before.project !== after.project || before.reports !== after.reports || before.host !== after.host || before.binaryTexts !== after.binaryTexts;
    if (edited) this.#considerLoad(before.project.hostCode !== after.project.hostCode && before.origin === after.origin ? HOST_REST : 0);
  }

  obey(command: Command): void {
    switch (command.kind) {
      case "pause":
        this.#engine.pause();
        return;
      case "keys":
        this.#engine.setKeys(command.codes);
        return;
      case "step":
        return this.#step(command.way);
      case "continue":
        return this.#enqueue("continue", () => this.#go({ kind: "end" }));
      case "runToCursor":
        return this.#enqueue("run to cursor", () => this.#runToCursor(command.module, command.position));
      case "run":
        return this.#enqueue("run", () => this.#run());
      case "restart":
        if (isRunning(this.#get()) || this.#get().machine.command !== undefined) this.#engine.pause();
        return this.#enqueue("restart", () => this.#restart());
      case "callAgain":
        return this.#enqueue("continue", async () => {
          if (await this.#takeHost()) await this.#engine.run({ kind: "end" });
        });
      case "addGas":
        return this.#enqueue("add gas", () => this.#addGas(command.amount));
      case "edit":
        return this.#enqueue("edit", () => this.#engine.edit(command.edit));
      case "trace":
        return this.#enqueue("trace", () => this.#engine.setTrace(command.on));
      case "fetchTrace":
        return this.#enqueue("read trace", async () => this.#dispatch({ kind: "traceFetched", text: await this.#engine.trace() }));
      case "compare":
        return this.#enqueue("compare", async () => {
          await this.#settle();
          this.#compare.start(() => this.#enqueue("open ours", () => this.#openCompared("itself"), "itself"));
        });
      case "stopComparing":
        return this.#compare.stop();
      case "openCompared":
        return this.#compare.bring(() => {
          if (isRunning(this.#get())) this.#engine.pause();
          this.#enqueue("open ours", () => this.#openCompared("hand"));
        });
      case "search":
        return this.#enqueue("search", () => this.#search(command.memory, command.from, command.needle));
      case "stubs":
        return this.#enqueue("stubs", () => this.#stubs());
      case "runScripts":
        return this.#scripts.run(command.names);
      case "stopScripts":
        return this.#scripts.stop();
      default:
        return assertUnreachable(command);
    }
  }

  /** Runs `job` after all before it; what it rejects with is told to the person. */
  #enqueue(name: string, job: () => Promise<void>, by: "hand" | "itself" = "hand"): void {
    const run = async (): Promise<void> => {
      // A single step is over before anything could be offered meanwhile: it draws the page once, with its view.
      const { machine, notices } = this.#get();
      const quiet = name === "step in" && machine.crash === undefined && notices.length === 0;
      if (!quiet) this.#dispatch({ kind: "asked", command: name, by });
      try {
        await job();
      } catch (thrown) {
        this.#dispatch({ kind: "noticed", tone: "error", text: messageOf(thrown), about: "machine" });
      } finally {
        if (!quiet) this.#dispatch({ kind: "answered" });
      }
    };
    this.#queue = this.#tasks.track(this.#queue.then(run));
  }

  #step(way: "in" | "over" | "out"): void {
    if (this.#stepsWaiting > STEPS_WAITING) return;
    this.#stepsWaiting += 1;
    const until: Until = way === "in" ? { kind: "step" } : { kind: way };
    this.#enqueue(`step ${way}`, async () => {
      try {
        await this.#go(until);
      } finally {
        this.#stepsWaiting -= 1;
      }
    });
  }

  /** Goes on with the call under way; without one, begins the call of the form and stands before its first instruction. */
  async #go(until: Until): Promise<void> {
    const view = viewOf(this.#get());
    // A call that has not begun begins with the arguments of the form, never with others than it shows.
    if (view?.status.kind === "paused" && view.status.reason === "start" && view.call !== undefined && this.#refusesArgs()) return;
    if (view?.status.kind === "paused") {
      if (callOfHost(this.#get()) === "before" && !(await this.#takeHost())) return;
      return this.#engine.run(until);
    }
    await this.#settle();
    // A machine that was made just now stands before its first instruction: that is where this step leads.
    if (viewOf(this.#get())?.status.kind === "paused") return;
    const begun = !this.#refusesArgs() && (await this.#begin());
    if (begun && until.kind === "end") await this.#engine.run(until);
  }

  /** The host call that is to be made again is answered by host.js as it is now; false where that cannot be, and it is said why. */
  async #takeHost(): Promise<boolean> {
    const { project, host } = this.#get();
    // What may not run has not been called.
    if (host === "asked") return true;
    const [problem] = await this.#engine.takeHostCode(project.hostCode);
    if (problem === undefined) this.#dispatch({ kind: "hostTaken", hostCode: project.hostCode });
    else this.#dispatch({ kind: "noticed", tone: "error", text: `The host function was not called again: ${problem.message}${problem.file === "host.js" && problem.line !== undefined ? ` (host.js line ${problem.line})` : ""}.`, about: "sources" });
    return problem === undefined;
  }

  async #runToCursor(module: string, position: number): Promise<void> {
    const status = viewOf(this.#get())?.status.kind;
    if (status === "paused" && isStale(this.#get())) {
      this.#dispatch({ kind: "noticed", tone: "info", text: "The cursor is in the new text, and the call goes on with the one from before your change. Run takes the new one.", about: "machine" });
      return;
    }
    if (status !== "paused" && (this.#refusesArgs() || !(await this.#begin()))) return;
    await this.#engine.run({ kind: "cursor", module, position });
  }

  /** Begins the call of the form, with the text as it is now: a machine of the text before goes, also in the middle of a call. */
  async #run(): Promise<void> {
    await this.#settle("begins");
    const state = this.#get();
    if (isBroken(state)) return this.#refuse();
    const view = viewOf(state);
    const atStart = view?.status.kind === "paused" && view.status.reason === "start";
    if (this.#refusesArgs()) return;
    if (atStart && view.call === undefined) {
      await this.#engine.run({ kind: "end" });
      if (viewOf(this.#get())?.status.kind !== "ready" && viewOf(this.#get())?.status.kind !== "finished") return;
      if (await this.#begin()) await this.#engine.run({ kind: "end" });
      return;
    }
    if (atStart && this.#isCallOfForm(view.call)) return this.#engine.run({ kind: "end" });
    if (await this.#begin()) await this.#engine.run({ kind: "end" });
  }

  #refuse(): void {
    if (this.#get().idle === true) return this.#dispatch({ kind: "noticed", tone: "info", text: "The project was opened without a machine, so that nothing of it runs. Run or Restart makes one.", about: "idle" });
    this.#dispatch({ kind: "dockChosen", dock: "problems" });
    const why = brokenReason(this.#get());
    const text = why === "" ? "There is nothing to run yet." : `${why.charAt(0).toUpperCase()}${why.slice(1)}. What is wrong is listed under Problems.`;
    this.#dispatch({ kind: "noticed", tone: "info", text, about: "sources" });
  }

  /** Says which argument of the form is none of its type, and leads there. */
  #refusesArgs(): boolean {
    const state = this.#get();
    const call = chosenCall(state);
    const wrong = call && wrongArg(state, call);
    if (wrong === undefined) return false;
    this.#dispatch({ kind: "noticed", tone: "info", text: `Nothing was run: ${wrong.text}`, about: "call" });
    this.#dispatch({ kind: "argRefused", index: wrong.index });
    return true;
  }

  #isCallOfForm(call: { readonly module: string; readonly export: string; readonly args: readonly Value[] } | undefined): boolean {
    const chosen = chosenCall(this.#get());
    const args = chosen && readyArgs(this.#get(), chosen);
    if (!call || !chosen || !args) return false;
    return (
      call.module === chosen.module &&
      call.export === chosen.info.name &&
      call.args.length === args.length &&
      call.args.every((arg, index) => {
        const other = args[index];
        return other !== undefined && sameValue(arg, other);
      })
    );
  }

  async #begin(): Promise<boolean> {
    const call = chosenCall(this.#get());
    const args = call && readyArgs(this.#get(), call);
    if (!call || !args) return false;
    if (!isKnown(this.#get(), call)) {
      this.#refuse();
      return false;
    }
    await this.#withoutAddedGas();
    await this.#engine.begin(call.module, call.info.name, args);
    return true;
  }

  /** Gas added by hand belongs to the call it was added to: the next one has the limit of the project. */
  async #withoutAddedGas(): Promise<void> {
    const extra = this.#get().machine.loaded?.extraGas ?? 0n;
    if (extra === 0n) return;
    this.#dispatch({ kind: "gasAdded", total: 0n });
    await this.#engine.setLimits(runLimits(this.#get()));
  }

  async #restart(): Promise<void> {
    await this.#settle();
    const state = this.#get();
    if (isBroken(state) && isStale(state)) return this.#refuse();
    const { loaded } = state.machine;
    // A script is run again by hand, not as it is typed.
    const outdated = loaded?.stand !== undefined && isStale(state);
    const { limits, schedule } = state.project;
    const isOther = loaded?.source.limits !== limits || loaded.source.schedule !== schedule;
    // Where another machine cannot be made, this one stays.
    if (!loaded || this.#crashed || loaded.hostTaken || outdated || isOther || needsLoad(state)) return this.#load("anew");
    await this.#withoutAddedGas();
    this.#dispatch({ kind: "outputCleared" });
    this.#dispatch({ kind: "resetBegan" });
    await this.#engine.reset();
    if (loaded.stand === undefined && !loaded.modules.some((module) => module.hasStart)) await this.#begin();
  }

  /** Another action of a script, or the modules again; what runs meanwhile is stopped. */
  #followStand(state: State): void {
    if (isRunning(state) || state.machine.phase === "loading" || state.machine.command !== undefined) this.#engine.pause();
    this.#enqueue("open paused", async () => {
      const now = this.#get();
      if (wantsMachine(now) && now.machine.loaded?.stand !== now.scripts.stand) await this.#load();
    });
  }

  async #addGas(amount: bigint): Promise<void> {
    const extra = this.#get().machine.loaded?.extraGas ?? 0n;
    this.#dispatch({ kind: "gasAdded", total: extra + amount });
    await this.#engine.setLimits(runLimits(this.#get()));
    await this.#engine.run({ kind: "end" });
  }

  async #search(memory: number, from: bigint, needle: Uint8Array): Promise<void> {
    const found = await this.#engine.search(memory, from, needle);
    if (found === undefined) this.#dispatch({ kind: "searchMissed" });
    else this.#dispatch({ kind: "gotoAsked", address: found, length: needle.length });
  }

  async #stubs(): Promise<void> {
    await this.#settle();
    const { addStubs } = await import("./effect-stubs.ts");
    await addStubs(this.#language, this.#get, this.#dispatch);
  }

  // Loading.

  /** Makes the machine of these texts if it is not there, once each text has its report. A call under way goes on with its own unless another begins. */
  async #settle(then: "begins" | "goes on" = "goes on"): Promise<void> {
    const checked = (): readonly ModuleSource[] => (this.#get().scripts.stand === undefined ? linkedModules(this.#get().project.modules) : []);
    while (needsLoad(this.#get()) && checked().some((module) => textOf(this.#get(), module) !== undefined && !freshReport(this.#get(), module))) {
      await new Promise<void>((resolve) => this.#afterChange.push(resolve));
    }
    const state = this.#get();
    // A script is run again by hand, not as it is typed.
    const outdated = needsLoad(state) || (then === "begins" && isStale(state));
    if (outdated && !isBroken(state) && (then === "begins" || !isUnderWay(state))) await this.#load();
  }

  #considerLoad(delay: number): void {
    if (this.#loadTimer) {
      // A longer rest asked for by host code is not cut short by a report that comes in meanwhile.
      if (delay === 0) return;
      this.#cancelLoad();
    }
    if (!this.#mayLoad()) return;
    const end = this.#tasks.begin();
    const timer = setTimeout(() => {
      this.#loadTimer = undefined;
      end();
      this.#queueLoad();
    }, delay);
    this.#loadTimer = { timer, end };
  }

  #cancelLoad(): void {
    if (!this.#loadTimer) return;
    clearTimeout(this.#loadTimer.timer);
    this.#loadTimer.end();
    this.#loadTimer = undefined;
  }

  #queueLoad(): void {
    if (this.#loadQueued || !this.#mayLoad()) return;
    this.#loadQueued = true;
    this.#enqueue("load", async () => {
      this.#loadQueued = false;
      if (this.#mayLoad()) await this.#load();
    }, "itself");
  }

  #mayLoad(): boolean {
    const state = this.#get();
    return needsLoad(state) && mayAssemble(state) && !isUnderWay(state);
  }

  /** `anew`: that what was changed by hand goes is what was asked for. */
  async #load(why: "anew" | "for the texts" = "for the texts"): Promise<void> {
    const { project, host, scripts } = this.#get();
    const { stand, toEnd } = scripts;
    const hostAllowed = host !== "asked";
    this.#crashed = false;
    this.#dispatch({ kind: "loadBegan", project, stand, hostAllowed });
    const result = await this.#engine.load(project, { hostCodeAllowed: hostAllowed, ...(stand === undefined ? {} : { stand }) }).catch((thrown: unknown): LoadResult => ({ kind: "failed", problems: [{ message: messageOf(thrown) }] }));
    // Another project was opened meanwhile: its own load follows.
    if (this.#get().machine.tried !== project || this.#get().scripts.stand !== stand) return;
    const touched = why !== "anew" && this.#get().machine.loaded?.touched === true;
    this.#dispatch({ kind: "loadEnded", project, stand, hostAllowed, result });
    if (result.kind === "failed") return;
    if (touched) this.#dispatch({ kind: "noticed", tone: "info", text: "This is a new machine: what was changed by hand went with the one before.", about: "machine" });
    this.#watched = viewport(this.#get());
    this.#engine.watch(this.#watched);
    await this.#setBreakpoints();
    if (stand !== undefined) {
      if (toEnd) await this.#engine.run({ kind: "end" });
    } else if (!result.modules.some((module) => module.hasStart)) await this.#begin();
  }

  /** By itself only where nothing is lost by it. */
  async #openCompared(by: "hand" | "itself"): Promise<void> {
    const { comparison } = this.#get();
    if (comparison.kind !== "done" || !canOpenCompared(this.#get()) || (by === "itself" && leftBehind(this.#get()) !== "")) return;
    const { result, said } = await this.#engine.openCompared();
    const made = { project: comparison.project, stand: undefined, hostAllowed: comparison.hostCodeAllowed };
    this.#dispatch({ kind: "loadBegan", ...made });
    this.#dispatch({ kind: "loadEnded", ...made, result });
    for (const event of said) this.#dispatch({ kind: "engineSaid", event });
    this.#dispatch({ kind: "compared", comparison: { ...comparison, place: "here" } });
    this.#watched = viewport(this.#get());
    this.#engine.watch(this.#watched);
    await this.#setBreakpoints();
    await this.#engine.setLimits(this.#get().project.limits);
    const schedule = scheduleOf(this.#get());
    if (schedule) await this.#engine.setSchedule(schedule);
  }

  // Settings.

  async #setBreakpoints(): Promise<readonly BreakpointPlace[]> {
    const places = await this.#engine.setBreakpoints(breakpointsOf(this.#get()));
    this.#dispatch({ kind: "breakpointsStand", places });
    return places;
  }

  #followSettings(before: State, after: State): void {
    if (before.origin !== after.origin) return;
    const placed = before.project.breakpoints !== after.project.breakpoints || before.scripts.breakpoints !== after.scripts.breakpoints;
    if (placed && !isStale(after)) {
      const known = breakpointsOf(before);
      this.#enqueue("breakpoints", async () => {
        const added = (await this.#setBreakpoints()).filter(({ asked }) => !known.some(({ module, position }) => module === asked.module && position === asked.position));
        const text = added.map(movedText).find((said) => said !== undefined);
        if (text !== undefined) this.#dispatch({ kind: "noticed", tone: "info", text, about: "breakpoints" });
      }, "itself");
    }
    if (before.project.limits !== after.project.limits) {
      const set = (): Promise<void> => this.#engine.setLimits(runLimits(this.#get()));
      // A run takes them on its way; in the queue they would wait for its end.
      if (isRunning(after)) this.#tasks.track(set()).catch((thrown: unknown) => this.#dispatch({ kind: "noticed", tone: "error", text: messageOf(thrown) }));
      else this.#enqueue("limits", set);
    }
    if (before.project.schedule !== after.project.schedule) {
      this.#enqueue("schedule", async () => {
        const schedule = scheduleOf(this.#get());
        if (schedule) await this.#engine.setSchedule(schedule);
      });
    }
  }

  /** A machine that stands before the first instruction stands there with the arguments of the form. */
  #followForm(): void {
    if (this.#beginQueued || !this.#standsBeforeOtherCall()) return;
    this.#beginQueued = true;
    this.#enqueue("begin", async () => {
      this.#beginQueued = false;
      if (this.#standsBeforeOtherCall()) await this.#begin();
    }, "itself");
  }

  #standsBeforeOtherCall(): boolean {
    const state = this.#get();
    const view = viewOf(state);
    const call = chosenCall(state);
    // A module that was renamed or added is called once the machine of the new texts is there; its load begins the call.
    if (call && !isKnown(state, call)) return false;
    if (view?.status.kind === "ready") return true;
    return view?.status.kind === "paused" && view.status.reason === "start" && view.call !== undefined && !this.#isCallOfForm(view.call);
  }
}

/** The machine there is has the function of the call. */
function isKnown(state: State, call: Callable): boolean {
  const module = state.machine.loaded?.modules.find((known) => known.name === call.module);
  return module?.exports.some((known) => known.name === call.info.name && known.kind === "func") ?? false;
}

/** The machine there is was made of other sources, or under another rule for host code. */
function needsLoad(state: State): boolean {
  const { loaded, tried, triedHost, phase } = state.machine;
  const { stand } = state.scripts;
  if (phase === "loading" || state.idle === true) return false;
  // Trying again helps when something has changed, be it a limit, the schedule or what host code may do.
  const { limits, schedule } = state.project;
  const hostAllowed = state.host !== "asked";
  if (phase === "failed" && isTried(state) && tried?.limits === limits && tried.schedule === schedule && triedHost === hostAllowed) return false;
  if (stand !== undefined) return loaded?.stand !== stand;
  if (!wantsMachine(state)) return false;
  return !loaded || loaded.stand !== undefined || isStale(state) || loaded.hostAllowed !== hostAllowed;
}

function mayAssemble(state: State): boolean {
  if (state.scripts.stand !== undefined) return true;
  return (
    wantsMachine(state) &&
    linkedModules(state.project.modules).every((module) => {
      const report = freshReport(state, module);
      // What has just been opened is read by the machine and checked at the same time; as it is typed, the check comes first.
      return report === undefined ? latestReport(state, module.name) === undefined : !hasErrors(report);
    })
  );
}

function sameViewport(left: Viewport | undefined, right: Viewport): boolean {
  if (!left) return false;
  const a = left.memories[0];
  const b = right.memories[0];
  return (
    left.frame === right.frame &&
    left.framesFrom === right.framesFrom &&
    left.rows?.localsFrom === right.rows?.localsFrom &&
    left.rows?.operandsFrom === right.rows?.operandsFrom &&
    left.rows?.labelsFrom === right.rows?.labelsFrom &&
    left.rows?.globalsFrom === right.rows?.globalsFrom &&
    left.rows?.exceptionsFrom === right.rows?.exceptionsFrom &&
    sameHeapWindow(left.heap, right.heap) &&
    a?.memory === b?.memory &&
    a?.from === b?.from &&
    a?.length === b?.length &&
    left.tables.length === right.tables.length &&
    left.tables.every((table, index) => table.table === right.tables[index]?.table && table.from === right.tables[index]?.from)
  );
}
