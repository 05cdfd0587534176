// The real engine: a machine in a sandboxed worker, watched over, and brought back from its journal when it had to be ended.
import { ensureExists } from "../base/assert.ts";
import { Emitter } from "../base/emitter.ts";
import { type Comparison, DIGEST_BYTES, type MemoryDigest } from "../protocol/compare.ts";
import type { Edit, Limits, MemoryWindow, Schedule, Value, Viewport } from "../protocol/dto.ts";
import type { BreakpointPlace, EndedCall, Engine, EngineEvent, LoadedModule, LoadOptions, LoadResult, Until } from "../protocol/engine.ts";
import type { JournalPiece, LoadReply, LoggedAction, Notice, Replies, ReplayTarget, Request } from "../protocol/messages.ts";
import type { BreakpointSpec, Project } from "../protocol/project.ts";
import type { Assets } from "./assets.ts";
import { Words } from "./words.ts";
import { EngineError, LEFT_OVER, WorkerEnded, WorkerPort } from "./worker-port.ts";

/** Words of the history that are kept, 64 MiB; a longer one cannot be replayed. */
const MOST_WORDS = 8 * 1024 * 1024;
/** What an action weighs in words: an object with a few small ones in it (chosen). */
const ACTION_WORDS = 32;
/** Said when a restart could not bring the state back. */
const TOO_LONG = "so many host calls had been answered by then that the answers were no longer kept: it begins anew";

/** How long a call may take on the browser's own engine: that is ten times what a person waits for (chosen). */
const NATIVE_MILLIS = 10_000;

/** Ends in a row, with no request answered between them, after which no worker is started but by a person (chosen). */
const MOST_ENDS = 3;

/** What a fresh worker needs to stand where the old one stood. */
interface History {
  readonly project: Project;
  readonly options: LoadOptions;
  readonly modules: readonly LoadedModule[];
  actions: LoggedAction[];
  answers: Words;
  /** False once the history became too long to keep. */
  whole: boolean;
}

export function createEngine(assets: Assets | Promise<Assets>): Engine {
  return new RealEngine(Promise.resolve(assets));
}

function loadResultOf(reply: LoadReply): LoadResult {
  if (reply.kind === "failed") return reply;
  const modules: readonly LoadedModule[] = JSON.parse(reply.modules);
  return { ...reply, modules };
}

function hasUserCode(project: Project, options: LoadOptions): boolean {
  return options.hostCodeAllowed && project.hostCode.trim() !== "";
}

class RealEngine implements Engine {
  readonly #assets: Promise<Assets>;
  readonly #events = new Emitter<EngineEvent>();
  #port: Promise<WorkerPort>;
  #current: WorkerPort | undefined;
  #history: History | undefined;
  #viewport: Viewport | undefined;
  #breakpoints: readonly BreakpointSpec[] = [];
  #traceOn = false;
  #ticks = 0n;
  #disposed = false;
  #loading = false;
  #replaying = false;
  #endsInARow = 0;
  /** No worker is there any more; the next load starts one. */
  #stopped = false;

  constructor(assets: Promise<Assets>) {
    this.#assets = assets;
    this.#port = this.#start();
    // Each request reports the failure to its caller.
    this.#port.catch(() => undefined);
  }

  async load(project: Project, options: LoadOptions): Promise<LoadResult> {
    if (this.#stopped) {
      this.#stopped = false;
      this.#port = this.#start();
    }
    const port = await this.#port;
    try {
      const reply = await this.#askToLoad(port, project, options);
      this.#endsInARow = 0;
      const result = loadResultOf(reply);
      if (result.kind === "loaded") {
        this.#history = { project, options, modules: result.modules, actions: [], answers: new Words(), whole: true };
        this.#breakpoints = project.breakpoints;
      }
      return result;
    } catch (thrown) {
      if (!(thrown instanceof WorkerEnded)) throw thrown;
      return { kind: "failed", problems: [{ message: thrown.message, ...(thrown.message.startsWith("host.js") ? { file: "host.js" } : {}) }] };
    }
  }

  /** What the host code of the project before left behind may hang in place of this load: a fresh worker does it then. */
  async #askToLoad(port: WorkerPort, project: Project, options: LoadOptions): Promise<LoadReply> {
    const ask = async (asked: WorkerPort): Promise<LoadReply> => {
      asked.hostMillis = project.limits.hostMillis;
      const reply = await asked.request<"load">({ kind: "load", project, options });
      // What the project before left behind is still in there.
      if (hasUserCode(project, options)) asked.hasUserCode = true;
      return reply;
    };
    this.#loading = true;
    try {
      return await ask(port);
    } catch (thrown) {
      if (!(thrown instanceof WorkerEnded) || thrown.hung !== LEFT_OVER) throw thrown;
      return await ask(await this.#port);
    } finally {
      this.#loading = false;
    }
  }

  begin(module: string, exportName: string, args: readonly Value[]): Promise<void> {
    return this.#ask<"begin">({ kind: "begin", module, exportName, args });
  }

  async run(until: Until): Promise<void> {
    try {
      await this.#ask<"run">({ kind: "run", until });
    } catch (thrown) {
      if (!(thrown instanceof WorkerEnded)) throw thrown;
      // The run stopped where the fresh worker now stands; its view was sent before.
      await this.#port;
    }
  }

  pause(): void {
    this.#tell({ kind: "pause" });
  }

  reset(): Promise<void> {
    return this.#ask<"reset">({ kind: "reset" });
  }

  watch(viewport: Viewport): void {
    this.#viewport = viewport;
    this.#tell({ kind: "watch", viewport });
  }

  setBreakpoints(breakpoints: readonly BreakpointSpec[]): Promise<readonly BreakpointPlace[]> {
    this.#breakpoints = breakpoints;
    return this.#ask<"setBreakpoints">({ kind: "setBreakpoints", breakpoints });
  }

  async setLimits(limits: Limits): Promise<void> {
    const port = await this.#port;
    port.hostMillis = limits.hostMillis;
    await port.request<"setLimits">({ kind: "setLimits", limits });
  }

  setSchedule(schedule: Schedule): Promise<void> {
    return this.#ask<"setSchedule">({ kind: "setSchedule", schedule });
  }

  edit(edit: Edit): Promise<void> {
    return this.#ask<"edit">({ kind: "edit", edit });
  }

  search(memory: number, from: bigint, needle: Uint8Array): Promise<bigint | undefined> {
    return this.#ask<"search">({ kind: "search", memory, from, needle });
  }

  readMemory(window: MemoryWindow): Promise<Uint8Array> {
    return this.#ask<"readMemory">({ kind: "readMemory", window });
  }

  async compare({ outcome, ...call }: EndedCall): Promise<Comparison> {
    const history = this.#history;
    if (history === undefined) throw new EngineError("no machine is loaded");
    if (!history.whole) throw new EngineError("host functions were called too often for their answers to be kept, so the call cannot be made again elsewhere");
    const { project, modules, answers } = history;
    const ours = await this.#ask<"remains">({ kind: "remains" });
    const port = new WorkerPort(await this.#assets, "native", { onMessage: () => undefined, onEnd: () => undefined });
    port.hostMillis = NATIVE_MILLIS;
    try {
      const theirs = await port.native<"call">({ kind: "call", call: { project, modules, answers: [answers.all()], ours, ...call } });
      const addressOf = ({ module, index }: MemoryDigest): number => ensureExists(ours.memoryPlaces.find((place) => place.module === module && place.index === index), "memory").address;
      const { differencesOf } = await import("./differences.ts");
      const differences = await differencesOf(outcome, ours, theirs, {
        ours: (memory, page) => this.readMemory({ memory: addressOf(memory), from: BigInt(page * DIGEST_BYTES), length: DIGEST_BYTES }),
        theirs: ({ module, index }, page) => port.native<"page">({ kind: "page", module, index, page }),
      });
      return { millis: ours.millis, theirs, differences };
    } finally {
      port.end("the comparison is over");
    }
  }

  setTrace(on: boolean): Promise<void> {
    this.#traceOn = on;
    return this.#ask<"setTrace">({ kind: "setTrace", on });
  }

  trace(): Promise<string> {
    return this.#ask<"trace">({ kind: "trace" });
  }

  setKeys(codes: readonly string[]): void {
    this.#tell({ kind: "keys", codes });
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    return this.#events.subscribe(listener);
  }

  dispose(): void {
    this.#disposed = true;
    this.#current?.end("the engine was disposed of");
  }

  async #ask<K extends Request["kind"]>(request: Extract<Request, { kind: K }>): Promise<Replies[K]> {
    const port = await this.#port;
    const reply = await port.request<K>(request);
    this.#endsInARow = 0;
    return reply;
  }

  #tell(notice: Notice): void {
    this.#current?.notice(notice);
  }

  async #start(): Promise<WorkerPort> {
    const assets = await this.#assets;
    const port: WorkerPort = new WorkerPort(assets, "machine", {
      onMessage: (message) => {
        switch (message.kind) {
          case "event":
            if (message.event.kind === "view") this.#ticks = message.event.view.ticks;
            this.#events.emit(message.event);
            return;
          case "journal":
            this.#keep(message.piece);
            return;
          case "hostCode":
            if (message.piece !== undefined) this.#keep(message.piece);
            return;
          case "script":
            return;
        }
      },
      onEnd: (message, hung) => this.#recover(message, hung),
    });
    this.#current = port;
    if (this.#disposed) port.end("the engine was disposed of");
    if (this.#viewport !== undefined) port.notice({ kind: "watch", viewport: this.#viewport });
    return port;
  }

  #keep(piece: JournalPiece): void {
    const history = this.#history;
    if (history === undefined) return;
    if (piece.fresh) {
      history.actions = [];
      history.answers = new Words();
      history.whole = true;
    }
    if (!history.whole) return;
    history.actions.push(...piece.actions);
    history.answers.add(piece.answers);
    if (history.answers.length + history.actions.length * ACTION_WORDS <= MOST_WORDS) return;
    history.whole = false;
    history.answers = new Words();
    history.actions = [];
  }

  /** A fresh worker takes the place of the one that ended, unless that has been in vain. */
  #recover(message: string, hung: string | undefined): void {
    if (this.#disposed) return;
    // User code that hangs is not called again by itself.
    if (hung === undefined) this.#endsInARow += 1;
    if (this.#endsInARow >= MOST_ENDS) {
      this.#stopped = true;
      this.#port = Promise.reject(new EngineError(`the machine has ended and was not started again (${message}); Restart tries once more`));
      this.#port.catch(() => undefined);
      this.#events.emit({ kind: "crashed", message, stopped: true });
      return;
    }
    // A call that hangs is found again by its missing answer; anything else ends at the last tick that was seen.
    const atCall = hung !== undefined && hung !== "host.js" && hung !== LEFT_OVER;
    const target: ReplayTarget = atCall ? { note: message } : { note: message, ticks: this.#ticks };
    this.#port = this.#restart(this.#historyAfter(hung), target);
    this.#port.catch(() => undefined);
    const lost = this.#history !== undefined && !this.#history.whole;
    this.#events.emit({ kind: "crashed", message: lost ? `${message}; ${TOO_LONG}` : message });
  }

  /** What the fresh worker replays. A new project needs nothing of the one before; host code that hangs by itself again is left out, since all its answers are known. */
  #historyAfter(hung: string | undefined): History | undefined {
    const history = this.#history;
    if (history === undefined || (hung === LEFT_OVER && this.#loading)) return undefined;
    if (hung !== LEFT_OVER || !this.#replaying) return { ...history };
    return { ...history, options: { ...history.options, hostCodeAllowed: false } };
  }

  async #restart(history: History | undefined, target: ReplayTarget): Promise<WorkerPort> {
    const port = await this.#start();
    if (history === undefined) return port;
    const { project, options, actions, answers, whole } = history;
    port.hostMillis = project.limits.hostMillis;
    port.hasUserCode = hasUserCode(project, options);
    this.#replaying = true;
    try {
      if (whole) await port.request<"replay">({ kind: "replay", project, options, journal: { actions, answers: [answers.all()] }, target });
      else await port.request<"load">({ kind: "load", project, options });
      if (this.#breakpoints !== project.breakpoints) await port.request<"setBreakpoints">({ kind: "setBreakpoints", breakpoints: this.#breakpoints });
      if (this.#traceOn) await port.request<"setTrace">({ kind: "setTrace", on: true });
    } catch (thrown) {
      if (!(thrown instanceof WorkerEnded)) throw thrown;
      // The fresh worker ended as well, and `onEnd` has started the next one.
      if (thrown.hung !== LEFT_OVER) this.#history = undefined;
      return this.#port;
    } finally {
      this.#replaying = false;
    }
    return port;
  }
}
