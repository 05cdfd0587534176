// One sandboxed worker: requests with ids, replies, a watch over its answers. A worker that ended is never used again.
import { startSandboxedWorker, type SandboxedWorker } from "../sandbox/frame.ts";
import type { NativeReplies, NativeRequest } from "../protocol/compare.ts";
import type { FromWorker, Notice, Replies, Request, TextReplies, TextRequest, ToWorker, WorkerRole } from "../protocol/messages.ts";
import type { ScriptOptions } from "../protocol/script.ts";
import type { Assets } from "./assets.ts";

/** A sentence for people about a request that was refused. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

/** The worker ended before it answered; `hung`: the user code that did not come back. */
export class WorkerEnded extends EngineError {
  constructor(
    message: string,
    readonly hung?: string,
  ) {
    super(message);
  }
}

/** User code that runs when nobody called it: a timer or promise of host.js. */
export const LEFT_OVER = "a timer or promise that host.js left behind";

const CHECK_MILLIS = 100;
/** A run is silent for no longer than a slice and its view, but where others need the processor; what is shorter than this says nothing about user code (chosen). */
const SLICE_PATIENCE_MILLIS = 1_000;
/** User code that takes longer is told of (chosen: what a hand does shows progress by then). */
const TOLD_MILLIS = 200;
/** So long user code may go on that was asked to pause (chosen: long enough to come back from most work, and no long wait for a hand). */
const PAUSE_MILLIS = 500;
/** The core answers between slices of a few milliseconds; only huge modules take it longer. */
const CORE_MILLIS = 20_000;
/** The core starts within a second; a slow phone that is busy takes many times that (chosen: far above). */
const START_MILLIS = 60_000;

export interface Listener {
  onMessage(message: Exclude<FromWorker, { kind: "reply" | "refused" | "started" | "alive" | "hostCodeDone" | "coreBusy" | "panic" }>): void;
  /** User code that was called has not come back for a while. */
  onUserCode?(what: string): void;
  /** The worker is of no use any more: it panicked, or `what` (user code) did not come back in time. */
  onEnd(message: string, hung: string | undefined): void;
}

/** The user code that may still be running after a message; signs of life alone say nothing about it. */
function userCodeAfter(message: FromWorker, before: string | undefined): string | undefined {
  switch (message.kind) {
    case "hostCode":
      return message.what;
    case "hostCodeDone":
    case "reply":
    case "refused":
      return undefined;
    case "event":
      return message.event.kind === "view" && message.event.view.status.kind !== "waiting" ? undefined : before;
    default:
      return before;
  }
}

/** Shows that the worker's own loop is alive. Pictures, lines and pieces of the journal come from within user code that may never return. */
function isSignOfLife(message: FromWorker): boolean {
  return message.kind !== "journal" && (message.kind !== "event" || message.event.kind === "view");
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class WorkerPort {
  readonly #worker: SandboxedWorker;
  readonly #listener: Listener;
  readonly #waiting = new Map<number, Waiting>();
  readonly #timer: ReturnType<typeof setInterval>;
  #nextId = 1;
  #ended = false;
  #reason = "";
  #hung: string | undefined;
  #started = false;
  #beforeStart: ToWorker[] = [];
  /** User code that is running, as far as is known. */
  #userCode: string | undefined;
  #pauseAsked = false;
  #pinged = false;
  #silentMillis = 0;
  #checkedAt = performance.now();
  /** How long user code may take. */
  hostMillis = 2_000;
  /** There is user code in this worker, so a timer or promise of it may run whenever the core does not. */
  hasUserCode = false;
  #coreBusy = false;
  /** From the first run on, what host code leaves behind is watched also while nothing is owed. */
  #hasRun = false;

  constructor(assets: Assets, role: WorkerRole, listener: Listener) {
    this.#listener = listener;
    this.#worker = startSandboxedWorker(assets.workerScript, (message) => this.#finish(message, undefined));
    this.#worker.port.onmessage = (event: MessageEvent<FromWorker>) => this.#receive(event.data);
    this.#worker.port.postMessage({ kind: "start", role, core: assets.core } satisfies ToWorker);
    this.#timer = setInterval(() => this.#watch(), CHECK_MILLIS);
  }

  request<K extends Request["kind"]>(request: Extract<Request, { kind: K }>): Promise<Replies[K]> {
    if (request.kind === "run") {
      this.#hasRun = true;
      this.#pauseAsked = false;
    }
    return this.#ask<Replies[K]>((id) => ({ kind: "request", id, request }));
  }

  text<K extends TextRequest["kind"]>(request: Extract<TextRequest, { kind: K }>): Promise<TextReplies[K]> {
    return this.#ask<TextReplies[K]>((id) => ({ kind: "text", id, request }));
  }

  native<K extends NativeRequest["kind"]>(request: Extract<NativeRequest, { kind: K }>): Promise<NativeReplies[K]> {
    return this.#ask<NativeReplies[K]>((id) => ({ kind: "native", id, request }));
  }

  script(text: string, options: ScriptOptions): Promise<boolean> {
    return this.#ask<boolean>((id) => ({ kind: "script", id, text, options }));
  }

  notice(notice: Notice): void {
    if (notice.kind === "pause") this.#pauseAsked = true;
    this.#post({ kind: "notice", notice });
  }

  /** Ends the worker; what it still owes is rejected with `reason`. */
  end(reason: string, hung?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reason = reason;
    this.#hung = hung;
    clearInterval(this.#timer);
    this.#worker.end();
    for (const waiting of this.#waiting.values()) waiting.reject(new WorkerEnded(reason, hung));
    this.#waiting.clear();
  }

  #ask<T>(message: (id: number) => ToWorker): Promise<T> {
    if (this.#ended) return Promise.reject(new WorkerEnded(this.#reason, this.#hung));
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise<T>((resolve, reject) => {
      // The reply's type follows from the request's kind; the worker's side is checked against the same table.
      this.#waiting.set(id, { resolve: (value) => resolve(value as T), reject });
      if (this.#waiting.size === 1 && this.#started) this.#silentMillis = 0;
      this.#post(message(id));
    });
  }

  #post(message: ToWorker): void {
    if (this.#ended) return;
    if (this.#started) this.#worker.port.postMessage(message);
    else this.#beforeStart.push(message);
  }

  #receive(message: FromWorker): void {
    if (this.#ended) return;
    if (isSignOfLife(message)) {
      this.#pinged = false;
      this.#silentMillis = 0;
    }
    this.#userCode = userCodeAfter(message, this.#userCode);
    this.#coreBusy = message.kind === "coreBusy" || (this.#coreBusy && (message.kind === "alive" || message.kind === "event"));
    switch (message.kind) {
      case "started":
        this.#started = true;
        for (const waiting of this.#beforeStart) this.#worker.port.postMessage(waiting);
        this.#beforeStart = [];
        return;
      case "alive":
      case "hostCodeDone":
      case "coreBusy":
        return;
      case "panic":
        return this.#finish(message.message, undefined);
      case "reply":
        this.#pauseAsked = false;
        this.#settle(message.id)?.resolve(message.value);
        return;
      case "refused":
        this.#settle(message.id)?.reject(new EngineError(message.message));
        return;
      default:
        this.#listener.onMessage(message);
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /** Asks for a sign of life while something is owed. Time in which this page slept does not count. */
  #watch(): void {
    const now = performance.now();
    const passed = Math.min(now - this.#checkedAt, 2 * CHECK_MILLIS);
    this.#checkedAt = now;
    if (!this.#started) {
      this.#silentMillis += passed;
      if (this.#silentMillis > START_MILLIS) this.#finish(`the worker did not start within ${START_MILLIS / 1000} s`, undefined);
      return;
    }
    if (this.#waiting.size === 0 && !(this.hasUserCode && this.#hasRun)) {
      this.#silentMillis = 0;
      return;
    }
    if (!this.#pinged) {
      this.#pinged = true;
      this.#worker.port.postMessage({ kind: "notice", notice: { kind: "ping" } } satisfies ToWorker);
    }
    const silentBefore = this.#silentMillis;
    this.#silentMillis += passed;
    if (this.#userCode !== undefined && silentBefore < TOLD_MILLIS && this.#silentMillis >= TOLD_MILLIS) this.#listener.onUserCode?.(this.#userCode);
    // Whose silence it is. What nobody called can only run between slices of the core.
    const hung = this.#userCode ?? (this.hasUserCode && !this.#coreBusy ? LEFT_OVER : undefined);
    const least = hung === undefined ? CORE_MILLIS : hung === LEFT_OVER ? SLICE_PATIENCE_MILLIS : 0;
    if (this.#pauseAsked && this.#userCode !== undefined && this.#silentMillis >= PAUSE_MILLIS)
      return this.#finish(`${this.#userCode} had not come back when it was asked to pause, and was ended`, this.#userCode);
    if (this.#silentMillis <= Math.max(least, this.hostMillis)) return;
    const message = hung === undefined ? "the machine did not answer and was ended" : `${hung} did not come back within ${this.hostMillis / 1000} s and was ended`;
    this.#finish(message, hung);
  }

  #finish(message: string, hung: string | undefined): void {
    if (this.#ended) return;
    // The listener decides about what is owed before it is rejected.
    this.#listener.onEnd(message, hung);
    this.end(message, hung);
  }
}
