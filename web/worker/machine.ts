// The machine worker: keeps one project's machine and answers the page's requests about it.
import { assertUnreachable, ensureExists, messageOf } from "../base/assert.ts";
import type { OurRemains } from "../protocol/compare.ts";
import type { GlobalRow, HostGlobal, MachineView, Problem, Schedule, Status, Value, View, Viewport } from "../protocol/dto.ts";
import type { BreakpointPlace, LoadOptions, Until } from "../protocol/engine.ts";
import type { Action, FromWorker, Journal, LoadReply, LoggedAction, Notice, ReplayTarget, Replies, Request } from "../protocol/messages.ts";
import { type BreakpointSpec, linkedModules, type Project, scriptNamed, type Stand } from "../protocol/project.ts";
import { Canvas } from "./canvas.ts";
import { type Core, readModules, type Session, type SessionModule, StopCode } from "./core.ts";
import { Handles } from "./handles.ts";
import { HostCalls, type LaterAnswer } from "./host-calls.ts";
import { HostCode, type ImportCode, bindFunctions, checkImports, hostFailure } from "./host-code.ts";
import { digest } from "./digest.ts";
import { AnswerReader, JournalWriter } from "./journal.ts";
import { Output } from "./output.ts";
import { Pace, Ration, SLICE_MILLIS, Speedometer } from "./pace.ts";
import { standOf } from "./stands.ts";

const VIEW_MILLIS = 100;
/** A host function that answers sooner is not shown as waiting (a frame of an animation takes 17). */
const WAITING_SHOWN_MILLIS = 150;
const LARGEST_READ = 1 << 20;
/** Instructions of a script between two looks at the clock: about a millisecond. */
const STAND_BUDGET = 1_000_000;

export interface MachineSurroundings {
  readonly core: Core;
  readonly importCode: ImportCode;
  post(message: FromWorker): void;
  /** Lets messages that have arrived be handled. */
  breathe(): Promise<void>;
  /** Resolves at the next frame of the screen. */
  nextFrame(): Promise<void>;
}

/** A call that is to be made: a module's start function or an export. */
interface Call {
  readonly module: string;
  readonly export: string;
  readonly args: readonly Value[];
  /** Number of the module whose start function it is. */
  readonly start?: number;
}

interface Loaded {
  readonly project: Project;
  readonly options: LoadOptions;
  readonly session: Session;
  readonly hostCode: HostCode;
  readonly handles: Handles;
  readonly modules: readonly SessionModule[];
  /** Values of the globals that host.js gave. */
  readonly given: readonly HostGlobal[];
}

/** A replay under way. */
interface Replay {
  readonly reader: AnswerReader;
  answered: number;
  /** What is still to be done. */
  readonly actions: LoggedAction[];
  readonly target: ReplayTarget;
}

const START = "(start)";
const OVERTAKEN = "another machine was asked for meanwhile";

export class MachineWorker {
  readonly #around: MachineSurroundings;
  readonly #journal = new JournalWriter();
  readonly #canvas = new Canvas();
  readonly #keys = new Set<string>();
  readonly #output: Output;
  readonly #pace = new Pace();
  readonly #speedometer = new Speedometer();
  readonly #ration = new Ration();
  /** Host functions that were called in the run under way. */
  readonly #called = new Set<string>();
  #loaded: Loaded | undefined;
  #hostCalls: HostCalls | undefined;
  #viewport: Viewport = { frame: 0, framesFrom: 0, framesCount: 50, memories: [], tables: [] };
  #status: Status = { kind: "ready" };
  /** The call under way, and those that follow it by themselves. */
  #call: Call | undefined;
  #next: Call[] = [];
  /** The call under way waits for the answer of a host function. */
  #hostPending = false;
  #later: LaterAnswer | undefined;
  #running = false;
  #pauseAsked = false;
  /** The tick at which the call under way began. */
  #beganAt = 0n;
  #wake: (() => void) | undefined;
  /** Resolves when the frame under way is over. */
  #frame: Promise<void> | undefined;
  #shownAgain = false;
  /** A replay that is not through. */
  #unfinished: Replay | undefined;
  /** It is on its way, of which nothing is shown. */
  #catchingUp = false;
  /** Counts machines; a run that sees another number is over. */
  #generation = 0;
  /** Counts machines that were asked for: only the last of them is put in place. */
  #making = 0;
  /** How long the machine ran for the call under way, without host functions. */
  #runMillis = 0;
  #loadedAt = 0;

  constructor(around: MachineSurroundings) {
    this.#around = around;
    this.#output = new Output((lines) => around.post({ kind: "event", event: { kind: "print", lines } }));
  }

  async answer(request: Request): Promise<Replies[Request["kind"]]> {
    // A run goes in slices of milliseconds. Whatever else is asked may take the core long, and then it is not host code that hangs.
    if (request.kind !== "run") this.#around.post({ kind: "coreBusy" });
    switch (request.kind) {
      case "load":
        this.#unfinished = undefined;
        return this.#load(request.project, request.options);
      case "replay":
        return this.#replay(request.project, request.options, request.journal, request.target);
      case "begin":
        return this.#begin(request.module, request.exportName, request.args);
      case "run":
        return this.#run(request.until);
      case "reset":
        return this.#reset();
      case "setBreakpoints":
        return this.#setBreakpoints(request.breakpoints);
      case "setLimits":
        return this.#act({ kind: "limits", limits: request.limits });
      case "setSchedule":
        return this.#act({ kind: "schedule", schedule: request.schedule });
      case "edit":
        return this.#act({ kind: "edit", edit: request.edit });
      case "takeHostCode":
        return this.#takeHostCode(request.hostCode);
      case "search":
        return this.#session().search(request.memory, request.from, request.needle);
      case "readMemory": {
        const { memory, from, length } = request.window;
        const size = this.#session().memorySize(memory);
        const start = Math.min(Number(from), size);
        return this.#session().readMemory(memory, start, Math.min(length, LARGEST_READ, size - start));
      }
      case "setTrace":
        this.#session().setTrace(request.on);
        // A traced run is a hundred times slower: the first slice must not last seconds.
        this.#pace.restart();
        return this.#show();
      case "trace":
        return this.#session().trace();
      case "remains":
        return this.#remains();
      default:
        return assertUnreachable(request);
    }
  }

  notice(notice: Notice): void {
    switch (notice.kind) {
      case "pause":
        this.#pauseAsked = true;
        this.#wake?.();
        return;
      case "watch":
        this.#viewport = notice.viewport;
        this.#show();
        return;
      case "keys":
        this.#keys.clear();
        for (const code of notice.codes) this.#keys.add(code);
        return;
      case "ping":
        this.#around.post({ kind: "alive" });
        return;
      default:
        assertUnreachable(notice);
    }
  }

  /** Something that host code threw in a timer or a promise: no call of it ends, and nothing else either. */
  uncaught(thrown: unknown): void {
    const { message, line } = this.#loaded?.hostCode.failure(thrown) ?? hostFailure(thrown);
    const place = line === undefined ? "" : ` (host.js line ${line})`;
    this.#output.line(`nothing caught this: ${message}${place}`, "host.js", this.#loaded?.session.ticks() ?? 0n);
    this.#output.flush();
  }

  #remains(): OurRemains {
    const { session, modules, given } = ensureExists(this.#loaded, "machine");
    const numberOf = (name: string): number => modules.findIndex((module) => module.name === name);
    const { memories, globals } = everything(session);
    const place = ({ address, module, index }: { readonly address: number; readonly module: string; readonly index: number }) => ({ address, module: numberOf(module), index });
    return {
      given,
      millis: this.#runMillis,
      memoryPlaces: memories.map(place),
      globalPlaces: globals.map(place),
      tagPlaces: session.tags(),
      memories: memories.map(({ address, module, index }) => {
        const size = session.memorySize(address);
        return { module: numberOf(module), index, size, hashes: digest(size, (from, length) => session.readMemory(address, from, length)) };
      }),
      globals: globals
        .filter(({ value }) => !(value.type === "ref" && value.refType === "exnref"))
        .map(({ module, index, value }) => ({ module: numberOf(module), index, value })),
    };
  }

  #session(): Session {
    if (this.#loaded === undefined) throw new Error("no machine is loaded");
    return this.#loaded.session;
  }

  #schedule(choice: Project["schedule"]): Schedule {
    if (!("builtin" in choice)) return choice;
    const found = this.#around.core.schedules().find((schedule) => schedule.name === choice.builtin);
    if (found === undefined) throw new Error(`there is no built-in schedule "${choice.builtin}"`);
    return found;
  }

  async #load(project: Project, options: LoadOptions): Promise<LoadReply> {
    const making = this.#nextMaking();
    const session = this.#around.core.newSession();
    const handles = new Handles(session);
    const fail = (problems: readonly Problem[]): LoadReply => {
      session.free();
      return { kind: "failed", problems };
    };
    if (options.stand !== undefined) return this.#loadStand(project, options, options.stand, session);
    const problems = session.prepare(linkedModules(project.modules), project.limits, this.#schedule(project.schedule));
    if (problems.length > 0) return fail(problems);
    const hostCode = await this.#loadHostCode(project.hostCode, project, options);
    if (making !== this.#making) return fail([{ message: OVERTAKEN }]);
    if (!(hostCode instanceof HostCode)) return fail([hostCode]);
    const needs = checkImports(session.hostImports(), hostCode, options.hostCodeAllowed, handles);
    if (needs.problems.length > 0) return fail(needs.problems);
    handles.pin();
    const unlinked = session.link(needs.globals);
    if (unlinked.length > 0) return fail(unlinked);

    this.#loaded?.session.free();
    const modules = session.modules();
    this.#loaded = { project, options, session, hostCode, handles, modules: readModules(modules), given: needs.globals };
    this.#standFresh();
    this.#setBreakpoints(project.breakpoints);
    this.#flush();
    return { kind: "loaded", modules, warnings: needs.warnings };
  }

  #nextMaking(): number {
    this.#making += 1;
    return this.#making;
  }

  /** Runs a script up to a directive and stands before its action. */
  async #loadStand(project: Project, options: LoadOptions, stand: Stand, session: Session): Promise<LoadReply> {
    const script = scriptNamed(project.modules, stand.script);
    try {
      if (script === undefined) throw new Error(`the project has no script "${stand.script}"`);
      session.prepareScript(script.name, script.text, stand.directive, project.limits, this.#schedule(project.schedule));
      this.#interrupt();
      const generation = this.#generation;
      this.#pauseAsked = false;
      let sliceStart = performance.now();
      while (session.advanceScript(STAND_BUDGET)) {
        if (performance.now() - sliceStart < SLICE_MILLIS) continue;
        await this.#around.breathe();
        if (generation !== this.#generation) throw new Error(OVERTAKEN);
        if (this.#pauseAsked) throw new Error("it was stopped on the way to the directive");
        sliceStart = performance.now();
      }
      const call = session.standScript();
      this.#loaded?.session.free();
      const modules = session.modules();
      const sessionModules = readModules(modules);
      this.#loaded = { project, options, session, hostCode: HostCode.none(), handles: new Handles(session), modules: sessionModules, given: [] };
      const module = ensureExists(sessionModules[call.module], "module of the call").name;
      const begun: Call = call.export === undefined ? { module, export: START, args: [], start: call.module } : { module, export: call.export, args: call.args };
      this.#standFresh(begun);
      this.#setBreakpoints(project.breakpoints);
      this.#flush();
      return { kind: "loaded", modules, warnings: [], ...(begun.start === undefined ? { call: { module, export: begun.export, args: begun.args } } : {}) };
    } catch (thrown) {
      // A trap of the core itself is told as such.
      if (thrown instanceof WebAssembly.RuntimeError) throw thrown;
      session.free();
      return { kind: "failed", problems: [{ message: messageOf(thrown), file: stand.script }] };
    }
  }

  async #loadHostCode(source: string, { limits }: Project, { hostCodeAllowed }: LoadOptions): Promise<HostCode | Problem> {
    if (!hostCodeAllowed) return HostCode.none();
    this.#around.post({ kind: "hostCode", what: "host.js" });
    const code = await HostCode.load(source, this.#around.importCode, limits.hostMillis);
    this.#around.post({ kind: "hostCodeDone" });
    this.#around.post({ kind: "coreBusy" });
    return code;
  }

  /** Everything as it is before the first call; a machine with start functions stands before the first of them. */
  #standFresh(begun?: Call): void {
    const { session, hostCode, handles, modules } = ensureExists(this.#loaded, "machine");
    this.#interrupt();
    this.#journal.restart();
    this.#output.restart();
    this.#canvas.clear();
    this.#shownAgain = false;
    this.#loadedAt = performance.now();
    this.#hostCalls = new HostCalls({
      session,
      bindings: bindFunctions(session.hostFuncs(), hostCode),
      hostCode,
      moduleNames: modules.map((module) => module.name),
      handles,
      output: this.#output,
      canvas: this.#canvas,
      keys: this.#keys,
      journal: this.#journal,
      showCanvas: () => this.#showCanvas(),
      now: () => performance.now() - this.#loadedAt,
      beforeUserCode: (what) => {
        // Should it never come back, all that was done and printed before is with the page.
        this.#output.flush();
        const piece = this.#journal.take();
        const view = this.#viewOfCall(what);
        this.#around.post({ kind: "hostCode", what, ticks: session.ticks(), ...(piece === undefined ? {} : { piece }), ...(view === undefined ? {} : { view }) });
      },
    });
    this.#call = begun;
    this.#next = [];
    this.#status = begun === undefined ? { kind: "ready" } : { kind: "paused", reason: "start" };
    this.#beganAt = session.ticks();
    session.openAccount();
    if (begun !== undefined) return;
    this.#next = modules.flatMap((module, index) => (module.hasStart ? [{ module: module.name, export: START, args: [], start: index }] : []));
    if (this.#next.length > 0) this.#beginNext();
  }

  /** Ends what is under way: a run resolves, late answers are dropped. */
  #interrupt(): void {
    this.#generation += 1;
    this.#hostCalls?.retire();
    this.#later = undefined;
    this.#hostPending = false;
    this.#wake?.();
  }

  #beginNext(): void {
    const session = this.#session();
    const call = ensureExists(this.#next.shift(), "next call");
    if (call.start !== undefined) session.beginStart(call.start);
    else session.begin(call.module, call.export, call.args);
    this.#call = call;
    this.#runMillis = 0;
    this.#hostPending = false;
    this.#status = { kind: "paused", reason: "start" };
    this.#beganAt = session.ticks();
  }

  #begin(module: string, exportName: string, args: readonly Value[]): undefined {
    this.#overtakeReplay();
    const session = this.#session();
    this.#hostCalls?.logOpen();
    this.#journal.action(session.ticks(), { kind: "begin", module, exportName, args });
    this.#beginCall(module, exportName, args);
    this.#flush();
    return undefined;
  }

  #beginCall(module: string, exportName: string, args: readonly Value[]): void {
    const session = this.#session();
    const call: Call = { module, export: exportName, args };
    const startUnderWay = this.#call?.start !== undefined && this.#isUnderWay();
    if (startUnderWay) {
      // A start function runs once and to its end before any export is called.
      this.#next = [...this.#next.filter((next) => next.start !== undefined), call];
      return;
    }
    const hostCalls = this.#hostCalls;
    this.#interrupt();
    this.#hostCalls = hostCalls?.renewed();
    session.abandon();
    session.openAccount();
    this.#output.restart();
    this.#next = [call];
    this.#beginNext();
  }

  #isUnderWay(): boolean {
    return this.#status.kind === "paused" || this.#status.kind === "running" || this.#status.kind === "waiting";
  }

  async #reset(): Promise<undefined> {
    this.#unfinished = undefined;
    const making = this.#nextMaking();
    const loaded = ensureExists(this.#loaded, "machine");
    if (loaded.options.stand !== undefined) {
      const reply = await this.#loadStand(loaded.project, loaded.options, loaded.options.stand, this.#around.core.newSession());
      if (reply.kind === "failed") throw new Error(reply.problems[0]?.message);
      return undefined;
    }
    // Host code keeps state of its own, so it starts anew as well.
    const hostCode = await this.#loadHostCode(loaded.project.hostCode, loaded.project, loaded.options);
    if (making !== this.#making) throw new Error(OVERTAKEN);
    if (!(hostCode instanceof HostCode)) throw new Error(hostCode.message);
    loaded.session.reset();
    loaded.handles.forget();
    this.#loaded = { ...loaded, hostCode };
    this.#standFresh();
    this.#flush();
    return undefined;
  }

  /**
   * Other host code answers from here on, also the call that has no answer yet. What the function before did on the way to
   * its answer stays done.
   */
  async #takeHostCode(source: string): Promise<readonly Problem[]> {
    const loaded = ensureExists(this.#loaded, "machine");
    if (this.#running) throw new Error("the machine is running");
    const making = this.#nextMaking();
    const options = { ...loaded.options, hostCodeAllowed: true };
    const hostCode = source === loaded.hostCode.source ? loaded.hostCode : await this.#loadHostCode(source, loaded.project, options);
    if (making !== this.#making) throw new Error(OVERTAKEN);
    if (!(hostCode instanceof HostCode)) return [hostCode];
    const { problems } = checkImports(loaded.session.hostImports(), hostCode, true, loaded.handles);
    if (problems.length > 0) return problems;
    this.#overtakeReplay();
    this.#hostCalls?.logOpen();
    if (hostCode !== loaded.hostCode) this.#journal.action(loaded.session.ticks(), { kind: "hostCode", hostCode: source });
    this.#loaded = { ...loaded, options };
    this.#answerBy(hostCode);
    if (this.#hostPending) this.#status = { kind: "paused", reason: "host" };
    this.#flush();
    return [];
  }

  /** What is done now takes the place of what a replay had left to do. */
  #overtakeReplay(): void {
    if (this.#unfinished === undefined) return;
    this.#unfinished = undefined;
    this.#loaded?.handles.takeOver();
  }

  /** Does again what the log says of other host code. */
  async #replayHostCode(source: string): Promise<void> {
    const { project, options, session, handles } = ensureExists(this.#loaded, "machine");
    const hostCode = await this.#loadHostCode(source, project, options);
    // From here on the core works in slices again.
    this.#around.post({ kind: "hostCodeDone" });
    if (!(hostCode instanceof HostCode)) throw new Error(hostCode.message);
    const [problem] = checkImports(session.hostImports(), hostCode, options.hostCodeAllowed, handles).problems;
    if (problem !== undefined) throw new Error(problem.message);
    this.#answerBy(hostCode);
  }

  #answerBy(hostCode: HostCode): void {
    const loaded = ensureExists(this.#loaded, "machine");
    const hostCalls = ensureExists(this.#hostCalls, "host calls");
    hostCalls.retire();
    this.#later = undefined;
    this.#hostCalls = hostCalls.renewed({ hostCode, bindings: bindFunctions(loaded.session.hostFuncs(), hostCode) });
    this.#loaded = { ...loaded, hostCode };
  }

  /** A change from outside: done, logged, shown. */
  #act(action: Exclude<Action, { kind: "begin" | "hostCode" }>): undefined {
    this.#overtakeReplay();
    const session = this.#session();
    const ticks = session.ticks();
    this.#hostCalls?.logOpen();
    this.#apply(action);
    this.#journal.action(ticks, action);
    this.#flushJournal();
    this.#show();
    return undefined;
  }

  #apply(action: Exclude<Action, { kind: "hostCode" }>): void {
    const session = this.#session();
    switch (action.kind) {
      case "begin":
        return this.#beginCall(action.module, action.exportName, action.args);
      case "edit":
        return session.edit(action.edit);
      case "limits":
        return session.setLimits(action.limits);
      case "schedule":
        return session.setSchedule(action.schedule);
      default:
        return assertUnreachable(action);
    }
  }

  #setBreakpoints(breakpoints: readonly BreakpointSpec[]): readonly BreakpointPlace[] {
    const session = this.#session();
    session.clearBreakpoints();
    return breakpoints.map((asked) => ({ asked, ...standOf(session.addBreakpoint(asked.module, asked.position)) }));
  }

  async #run(until: Until): Promise<undefined> {
    const session = this.#session();
    if (this.#running) throw new Error("the machine is running already");
    if (this.#status.kind !== "paused") throw new Error("there is no call to continue; begin one first");
    if (until.kind === "cursor") {
      if (!session.setUntilPosition(until.module, until.position)) throw new Error("no instruction follows the cursor in its function");
    } else session.setUntil(until.kind);
    this.#running = true;
    this.#pauseAsked = false;
    this.#ration.start(performance.now());
    this.#called.clear();
    try {
      if (this.#unfinished === undefined) await this.#drive(until);
      else await this.#catchUp(this.#unfinished);
    } finally {
      this.#running = false;
    }
    return undefined;
  }

  /** Runs in slices until there is a reason to stop. */
  async #drive(until: Until): Promise<void> {
    const generation = this.#generation;
    const { session, handles } = ensureExists(this.#loaded, "machine");
    let sliceStart = performance.now();
    let shownAt = sliceStart;
    /** One instruction more, as a step, and the run is over: so it is known exactly which was the last and what it did. */
    let pausing = false;
    this.#speedometer.start(session.ticks(), sliceStart);
    for (;;) {
      if (this.#hostPending) {
        await this.#answerHostCall();
        if (generation !== this.#generation) return;
        if (this.#hostPending) {
          const name = ensureExists(this.#hostCalls, "host calls").pendingName();
          return this.#stop({ kind: "paused", reason: "unanswered", note: `${name} has not answered yet; continue to go on waiting` });
        }
      }
      handles.runOn();
      const { budget } = this.#pace;
      const ranFrom = performance.now();
      const code = pausing ? session.pause() : session.run(budget);
      const now = performance.now();
      this.#runMillis += now - ranFrom;
      if (code === StopCode.hostCall) this.#hostPending = true;
      else if (code === StopCode.paused) {
        if (pausing) return this.#stop({ kind: "paused", reason: "pause" });
        this.#pace.learn(budget, now - sliceStart);
      }
      else if (code === StopCode.finished && this.#next.length > 0) {
        this.#beginNext();
        if (until.kind !== "end" || pausing) return this.#show();
        session.setUntil("end");
      } else return this.#stop(this.#stopped(code, until));
      if (now - sliceStart < SLICE_MILLIS) continue;
      if (now - shownAt >= VIEW_MILLIS) {
        shownAt = now;
        this.#status = { kind: "running", instructionsPerSecond: this.#speedometer.read(session.ticks(), now) };
        this.#flush();
      }
      await this.#around.breathe();
      if (generation !== this.#generation) return;
      pausing ||= this.#pauseAsked;
      sliceStart = performance.now();
    }
  }

  /** The status of a run that ended by itself. */
  #stopped(code: StopCode, until: Until): Status {
    const session = this.#session();
    switch (code) {
      case StopCode.finished:
        // A start function leaves nothing behind but the instance.
        return this.#call?.start === undefined ? { kind: "finished", results: session.results() } : { kind: "ready" };
      case StopCode.trapped: {
        const trap = ensureExists(session.trap(), "trap");
        const host = this.#hostCalls?.failure;
        return { kind: "trapped", trap: host === undefined ? trap : { ...trap, host } };
      }
      case StopCode.outOfGas:
        return { kind: "paused", reason: "gas", note: "the gas limit is reached; add gas and continue" };
      case StopCode.noMemory:
        return { kind: "paused", reason: "memory", note: `${session.refused()}; continue to ask again` };
      case StopCode.breakpoint:
        return { kind: "paused", reason: "breakpoint" };
      default:
        return { kind: "paused", reason: until.kind === "cursor" ? "cursor" : "step" };
    }
  }

  /** Has the pending host call answered; it stays pending when the visitor pauses meanwhile. */
  async #answerHostCall(): Promise<void> {
    const calls = ensureExists(this.#hostCalls, "host calls");
    this.#later ??= calls.call();
    const later = this.#later;
    if (later === undefined) {
      this.#hostPending = false;
      return;
    }
    const name = later.name;
    const timer = setTimeout(() => {
      this.#status = { kind: "waiting", importName: name };
      this.#flush();
    }, WAITING_SHOWN_MILLIS);
    let answered = false;
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#pauseAsked) this.#wake?.();
    await Promise.race([
      woken,
      later.done.then(() => {
        answered = true;
      }),
    ]);
    clearTimeout(timer);
    this.#wake = undefined;
    if (answered && this.#later === later) {
      this.#later = undefined;
      this.#hostPending = false;
    }
  }

  #stop(status: Status): void {
    this.#status = status;
    if (status.kind === "trapped") this.#next = [];
    this.#output.endLine(this.#session().ticks());
    this.#flush();
  }

  #flush(): void {
    this.#flushJournal();
    this.#output.flush();
    this.#show();
  }

  #flushJournal(): void {
    // Until a replay is through, the page has more of the log than this.
    if (this.#unfinished !== undefined) return;
    const piece = this.#journal.take();
    if (piece !== undefined) this.#around.post({ kind: "journal", piece });
  }

  /** One picture a frame, however often it is asked for; what was drawn meanwhile is shown at its end. */
  #showCanvas(): Promise<void> {
    if (this.#frame !== undefined) {
      this.#shownAgain = true;
      return this.#frame;
    }
    this.#sendPicture();
    this.#frame = this.#around.nextFrame().then(() => {
      this.#frame = undefined;
      if (this.#shownAgain) this.#sendPicture();
    });
    return this.#frame;
  }

  #sendPicture(): void {
    this.#shownAgain = false;
    if (this.#output.muted) return;
    const { width, height } = this.#canvas;
    this.#around.post({ kind: "event", event: { kind: "canvas", width, height, pixels: this.#canvas.picture() } });
    this.#output.flush();
  }

  #show(): undefined {
    if (this.#loaded === undefined || this.#catchingUp) return undefined;
    this.#around.post({ kind: "event", event: { kind: "view", view: this.#view(this.#loaded.session, this.#status) } });
    return undefined;
  }

  /** The machine as it stands in a call of user code, which can show nothing itself: of the first call in a run, and of as many more as cost no time. */
  #viewOfCall(what: string): View | undefined {
    const now = performance.now();
    if (!this.#ration.allows(now) && this.#called.has(what)) return undefined;
    this.#called.add(what);
    const view = this.#view(this.#session(), { kind: "running", instructionsPerSecond: 0, importName: what });
    this.#ration.spend(performance.now() - now);
    return view;
  }

  #view(session: Session, status: Status): View {
    const call = this.#call;
    return {
      ...session.view(this.#viewport),
      status,
      hasRun: session.ticks() !== this.#beganAt,
      ...(call === undefined || status.kind === "ready" ? {} : { call: { module: call.module, export: call.export, args: call.args } }),
      traceEntries: session.traceEntries(),
      traceOn: session.traceOn(),
    };
  }

  async #replay(project: Project, options: LoadOptions, journal: Journal, target: ReplayTarget): Promise<LoadReply> {
    const replay: Replay = { reader: new AnswerReader(journal), answered: 0, actions: [...journal.actions], target };
    this.#unfinished = replay;
    this.#catchingUp = true;
    try {
      const result = await this.#load(project, options);
      // From here on the core works in slices again.
      this.#around.post({ kind: "hostCodeDone" });
      if (result.kind === "failed") this.#unfinished = undefined;
      else await this.#catchUp(replay);
      return result;
    } finally {
      this.#catchingUp = false;
    }
  }

  /** Goes on with a replay: to where it ends, or to where the host gives no memory for it. */
  async #catchUp(replay: Replay): Promise<void> {
    this.#output.muted = true;
    this.#catchingUp = true;
    try {
      for (let next = replay.actions[0]; next !== undefined; next = replay.actions[0]) {
        const { ticks, answered, action } = next;
        if (this.#call !== undefined && (await this.#advance(replay, ticks, answered)) === StopCode.noMemory) return this.#standShort();
        replay.actions.shift();
        this.#journal.action(this.#session().ticks(), action);
        if (action.kind === "hostCode") await this.#replayHostCode(action.hostCode);
        else this.#apply(action);
      }
      if (this.#call !== undefined && this.#status.kind === "paused") {
        const { ticks, note } = replay.target;
        const code = await this.#advance(replay, ticks, undefined);
        if (code === StopCode.noMemory) return this.#standShort();
        if (code === undefined) this.#status = { kind: "paused", reason: this.#hostPending ? "host" : "restarted", note };
      }
    } finally {
      this.#output.muted = false;
      this.#catchingUp = false;
    }
    this.#unfinished = undefined;
    ensureExists(this.#loaded, "machine").handles.takeOver();
    this.#flush();
  }

  /** Stands on the way of a replay; the log is with the page until it is through. */
  #standShort(): void {
    this.#catchingUp = false;
    this.#status = { kind: "paused", reason: "memory", note: `${this.#session().refused()}, on the way back to where the call stood; continue to ask again` };
    this.#show();
  }

  /**
   * To a tick after so many answers; without a number of them, with all there are on the way. Gives why it stands
   * elsewhere, if it does.
   */
  async #advance(replay: Replay, ticks: bigint | undefined, answers: number | undefined): Promise<StopCode | undefined> {
    const session = this.#session();
    session.setUntil("end");
    for (;;) {
      if (this.#hostPending) {
        if (answers !== undefined && replay.answered >= answers) return undefined;
        const answer = replay.reader.next();
        if (answer === undefined) return undefined;
        ensureExists(this.#hostCalls, "host calls").replay(answer);
        replay.answered += 1;
        if (answer.pending === true) continue;
        this.#hostPending = false;
      }
      const left = ticks === undefined ? this.#pace.budget : Number(ticks - session.ticks());
      if (left <= 0 && (answers === undefined || replay.answered >= answers)) return undefined;
      const code = session.run(Math.max(1, Math.min(left, this.#pace.budget)));
      if (code === StopCode.hostCall) this.#hostPending = true;
      else if (code === StopCode.finished && this.#next.length > 0) this.#beginNext();
      else if (code !== StopCode.paused && code !== StopCode.breakpoint && code !== StopCode.reached) {
        this.#status = this.#stopped(code, { kind: "end" });
        return code;
      }
      await this.#around.breathe();
    }
  }
}

/** All memories and globals: a view carries so many at once. */
function everything(session: Session): Pick<MachineView, "memories" | "globals"> {
  const count = 4096;
  const globals = new Map<number, GlobalRow>();
  for (let from = 0; ; from += count) {
    const rows = { count, localsFrom: 0, operandsFrom: 0, labelsFrom: 0, globalsFrom: from, exceptionsFrom: 0 };
    const view = session.view({ frame: 0, framesFrom: 0, framesCount: 0, rows, memories: [], tables: [] });
    for (const row of view.globals) globals.set(row.address, row);
    if (from + count >= view.globalCount) return { memories: view.memories, globals: [...globals.values()] };
  }
}
