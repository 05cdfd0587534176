// The real engine: a machine in a sandboxed worker, watched over, and brought back from its journal when it had to be ended.
import { Emitter } from "../base/emitter.ts";
import type { ComparedCall, CompareProgress, Comparison, OpenedMachine } from "../protocol/compare.ts";
import type { Edit, Limits, MemoryWindow, Problem, Schedule, Value, View, Viewport } from "../protocol/dto.ts";
import type { BreakpointPlace, Engine, EngineEvent, LoadOptions, LoadResult, Until } from "../protocol/engine.ts";
import type { LoadReply, Notice, Replies, ReplayTarget, Request } from "../protocol/messages.ts";
import type { BreakpointSpec, Project } from "../protocol/project.ts";
import type { Assets } from "./assets.ts";
import type { EndedCall, SideMachine } from "./comparing.ts";
import { hasUserCode, History, loadResultOf } from "./history.ts";
import { EngineError, LEFT_OVER, type Listener, WorkerEnded, WorkerPort } from "./worker-port.ts";

/** Said when a restart could not bring the state back. */
const TOO_LONG = "so many host calls had been answered by then that the answers were no longer kept: it begins anew";

const NOT_THERE = "the machine of the comparison is no longer there; run the call on both again";

/** Ends in a row, with no request answered between them, after which no worker is started but by a person (chosen). */
const MOST_ENDS = 3;

/** As much of a history as a replay takes. */
type Past = Pick<History, "project" | "options" | "actions" | "answers" | "whole">;

export function createEngine(assets: Assets | Promise<Assets>): Engine {
  return new RealEngine(Promise.resolve(assets));
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
  /** How long a host function may take, of the limits set last. */
  #hostMillis = 2_000;
  #view: View | undefined;
  /** The tick of the last call of user code. */
  #calledAt: bigint | undefined;
  #running = false;
  #disposed = false;
  #loading = false;
  /** A machine that stands at a host call is to take other host code. */
  #taking = false;
  #replaying = false;
  #endsInARow = 0;
  /** No worker is there any more; the next load starts one. */
  #stopped = false;
  /** Of the last comparison, where it found a difference: the machine while it is beside this one, else what it takes to make it again. */
  #compared: SideMachine | EndedCall | undefined;

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
        this.#history = new History(project, options, result.modules);
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
      this.#hostMillis = project.limits.hostMillis;
      asked.hostMillis = this.#hostMillis;
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
    this.#running = true;
    try {
      await this.#ask<"run">({ kind: "run", until });
    } catch (thrown) {
      if (!(thrown instanceof WorkerEnded)) throw thrown;
      // The run stopped where the fresh worker now stands; its view was sent before.
      await this.#port;
    } finally {
      this.#running = false;
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
    this.#hostMillis = limits.hostMillis;
    port.hostMillis = this.#hostMillis;
    await port.request<"setLimits">({ kind: "setLimits", limits });
  }

  setSchedule(schedule: Schedule): Promise<void> {
    return this.#ask<"setSchedule">({ kind: "setSchedule", schedule });
  }

  edit(edit: Edit): Promise<void> {
    return this.#ask<"edit">({ kind: "edit", edit });
  }

  async takeHostCode(hostCode: string): Promise<readonly Problem[]> {
    const port = await this.#port;
    const status = this.#view?.status;
    this.#taking = status?.kind === "paused" && (status.reason === "host" || status.reason === "unanswered");
    try {
      const problems = await this.#ask<"takeHostCode">({ kind: "takeHostCode", hostCode });
      port.hasUserCode ||= hostCode.trim() !== "";
      return problems;
    } catch (thrown) {
      if (!(thrown instanceof WorkerEnded)) throw thrown;
      await this.#port;
      return [{ file: "host.js", message: thrown.message }];
    } finally {
      this.#taking = false;
    }
  }

  search(memory: number, from: bigint, needle: Uint8Array): Promise<bigint | undefined> {
    return this.#ask<"search">({ kind: "search", memory, from, needle });
  }

  readMemory(window: MemoryWindow): Promise<Uint8Array> {
    return this.#ask<"readMemory">({ kind: "readMemory", window });
  }

  async compare(asked: ComparedCall, tell: (progress: CompareProgress) => void, signal: AbortSignal): Promise<Comparison> {
    this.dropCompared();
    const { compareCall } = await import("./comparing.ts");
    const { comparison, side } = await compareCall(await this.#assets, asked, tell, signal);
    this.#compared = side;
    return comparison;
  }

  async bringCompared(signal: AbortSignal): Promise<void> {
    const compared = this.#compared;
    if (compared === undefined) throw new EngineError(NOT_THERE);
    if ("port" in compared && !compared.hasEnded) return;
    const { callAgain } = await import("./comparing.ts");
    const side = await callAgain(await this.#assets, "port" in compared ? compared.endedCall() : compared, signal);
    if (this.#compared === compared) this.#compared = side;
    else side.port.end("another comparison took its place");
  }

  async openCompared(): Promise<OpenedMachine> {
    const side = this.#compared;
    if (side === undefined || !("port" in side)) throw new EngineError(NOT_THERE);
    const ended = side.endedCall();
    side.handOver(this.#listener());
    this.#compared = ended;
    this.#current?.end("the machine of the comparison took its place");
    this.#history = side.history;
    this.#view = side.view;
    this.#current = side.port;
    this.#hostMillis = side.port.hostMillis;
    this.#port = Promise.resolve(side.port);
    this.#stopped = false;
    if (this.#viewport !== undefined) side.port.notice({ kind: "watch", viewport: this.#viewport });
    await this.setBreakpoints(this.#breakpoints);
    if (this.#traceOn) await this.setTrace(true);
    return { result: ended.result, said: ended.said };
  }

  dropCompared(): void {
    if (this.#compared !== undefined && "port" in this.#compared) this.#compared.port.end("another comparison took its place");
    this.#compared = undefined;
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
    this.dropCompared();
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
    const port = new WorkerPort(assets, "machine", this.#listener());
    this.#current = port;
    if (this.#disposed) port.end("the engine was disposed of");
    if (this.#viewport !== undefined) port.notice({ kind: "watch", viewport: this.#viewport });
    return port;
  }

  #listener(): Listener {
    return {
      onMessage: (message) => {
        switch (message.kind) {
          case "event":
            if (message.event.kind === "view") this.#view = message.event.view;
            this.#events.emit(message.event);
            return;
          case "journal":
            this.#history?.keep(message.piece);
            return;
          case "hostCode":
            if (message.piece !== undefined) this.#history?.keep(message.piece);
            if (message.view !== undefined) this.#view = message.view;
            this.#calledAt = message.ticks;
            return;
          case "script":
            return;
        }
      },
      onUserCode: (what) => {
        const view = this.#view;
        if (view === undefined || !this.#running) return;
        // The worker cannot say it itself while the function does not come back.
        const behind = (this.#calledAt ?? view.ticks) - view.ticks;
        const status = { kind: "running", instructionsPerSecond: 0, importName: what } as const;
        this.#events.emit({ kind: "view", view: { ...view, status: behind > 0n ? { ...status, behind } : status } });
      },
      onEnd: (message, hung) => this.#recover(message, hung),
    };
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
    const atCall = hung !== undefined && hung !== LEFT_OVER && (hung !== "host.js" || this.#taking);
    const target: ReplayTarget = atCall ? { note: message } : { note: message, ticks: this.#view?.ticks ?? 0n };
    this.#port = this.#restart(this.#historyAfter(hung), target);
    this.#port.catch(() => undefined);
    const lost = this.#history !== undefined && !this.#history.whole;
    this.#events.emit(lost ? { kind: "crashed", message: `${message}; ${TOO_LONG}` } : { kind: "crashed", message, ...(atCall ? { atCall } : {}) });
  }

  /** What the fresh worker replays. A new project needs nothing of the one before; host code that hangs by itself again is left out, since all its answers are known. */
  #historyAfter(hung: string | undefined): Past | undefined {
    const history = this.#history;
    if (history === undefined || (hung === LEFT_OVER && this.#loading)) return undefined;
    if (hung !== LEFT_OVER || !this.#replaying) return { ...history };
    return { ...history, options: { ...history.options, hostCodeAllowed: false } };
  }

  async #restart(history: Past | undefined, target: ReplayTarget): Promise<WorkerPort> {
    const port = await this.#start();
    if (history === undefined) return port;
    const { project, options, actions, answers, whole } = history;
    port.hostMillis = this.#hostMillis;
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
