// A call on a machine of its own and on the browser's own engine: each in a worker that is watched over and can be ended. Loaded when first asked for.
import { ensureExists, messageOf } from "../base/assert.ts";
import nativePart from "inline:../worker/native-part.ts";
import { type ComparedCall, type CompareProgress, type Comparison, DIGEST_BYTES, type MemoryDigest, type Meters, type Outcome } from "../protocol/compare.ts";
import type { Status, View } from "../protocol/dto.ts";
import type { EngineEvent, LoadResult, PrintLine } from "../protocol/engine.ts";
import type { Journal, LoadReply } from "../protocol/messages.ts";
import type { Assets } from "./assets.ts";
import { differencesOf, timesFaster } from "./differences.ts";
import { hasUserCode, History, loadResultOf } from "./history.ts";
import { EngineError, type Listener, WorkerEnded, WorkerPort } from "./worker-port.ts";

/** How long a call may take on the browser's own engine: that is ten times what a person waits for (chosen). */
const NATIVE_MILLIS = 10_000;

type Loaded = Extract<LoadResult, { readonly kind: "loaded" }>;
type Message = Parameters<Listener["onMessage"]>[0];
type CanvasEvent = Extract<EngineEvent, { readonly kind: "canvas" }>;

/** A call that has ended on a machine: all that it takes to stand there again. */
export interface EndedCall extends Pick<History, "project" | "options"> {
  readonly result: Loaded;
  readonly journal: Journal;
  /** What it printed and drew. */
  readonly said: readonly EngineEvent[];
}

/** A machine beside the one that is looked at. What it prints and draws is kept, and shown when it takes that one's place. */
export class SideMachine {
  readonly port: WorkerPort;
  readonly #onView: (view: View) => void;
  #loaded: { readonly result: Loaded; readonly history: History } | undefined;
  #view: View | undefined;
  readonly #lines: PrintLine[] = [];
  #canvas: CanvasEvent | undefined;
  /** What it had printed and drawn before, where it was made again. */
  #saidBefore: readonly EngineEvent[] = [];
  #heir: Listener | undefined;
  #ended: string | undefined;

  constructor(assets: Assets, onView: (view: View) => void) {
    this.#onView = onView;
    this.port = new WorkerPort(assets, "machine", {
      onMessage: (message) => (this.#heir === undefined ? this.#hear(message) : this.#heir.onMessage(message)),
      onUserCode: (what) => this.#heir?.onUserCode?.(what),
      onEnd: (message, hung) => {
        this.#ended = message;
        this.#heir?.onEnd(message, hung);
      },
    });
  }

  async load({ project: { breakpoints: _none, ...rest }, hostCodeAllowed }: ComparedCall): Promise<LoadResult> {
    const project = { ...rest, breakpoints: [] };
    const options = { hostCodeAllowed };
    this.port.hostMillis = project.limits.hostMillis;
    const reply: LoadReply = await this.port.request<"load">({ kind: "load", project, options });
    this.port.hasUserCode = hasUserCode(project, options);
    const result = loadResultOf(reply);
    if (result.kind === "loaded") this.#loaded = { result, history: new History(project, options, result.modules) };
    return result;
  }

  /** Another machine for a call that has ended, brought to its end by what the first one was answered. */
  async again({ project, options, result, journal, said }: EndedCall): Promise<void> {
    this.#saidBefore = said;
    this.port.hostMillis = project.limits.hostMillis;
    this.port.hasUserCode = hasUserCode(project, options);
    // The log comes back before the reply does.
    this.#loaded = { result, history: new History(project, options, result.modules) };
    const reply = await this.port.request<"replay">({ kind: "replay", project, options, journal, target: { note: "" } });
    if (reply.kind === "failed") throw new EngineError(`The machine could not be made again: ${reply.problems[0]?.message ?? "nobody says why"}`);
  }

  get history(): History {
    return ensureExists(this.#loaded, "machine").history;
  }

  get view(): View {
    return ensureExists(this.#view, "view");
  }

  /** It is there no more. */
  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  endedCall(): EndedCall {
    const { result, history } = ensureExists(this.#loaded, "machine");
    const { project, options, actions, answers } = history;
    const lines = this.#lines.length === 0 ? [] : [{ kind: "print" as const, lines: [...this.#lines] }];
    const said = [...this.#saidBefore, ...lines, ...(this.#canvas === undefined ? [] : [this.#canvas])];
    return { project, options, result, journal: { actions: [...actions], answers: [answers.all()] }, said };
  }

  /** From here on it is the owner's, who hears all that it says. */
  handOver(heir: Listener): void {
    if (this.#ended !== undefined) throw new EngineError(`the machine of the comparison has ended: ${this.#ended}`);
    this.#heir = heir;
  }

  #hear(message: Message): void {
    if ((message.kind === "journal" || message.kind === "hostCode") && message.piece !== undefined) this.#loaded?.history.keep(message.piece);
    if (message.kind !== "event") return;
    const { event } = message;
    if (event.kind === "print") this.#lines.push(...event.lines);
    if (event.kind === "canvas") this.#canvas = event;
    if (event.kind !== "view") return;
    this.#view = event.view;
    this.#onView(event.view);
  }
}

/** A machine that stands at the end of a call again; `signal` ends it on the way. */
export async function callAgain(assets: Assets, call: EndedCall, signal: AbortSignal): Promise<SideMachine> {
  signal.throwIfAborted();
  const side = new SideMachine(assets, () => undefined);
  const end = (): void => side.port.end("it was stopped on the way");
  signal.addEventListener("abort", end);
  try {
    await side.again(call);
    return side;
  } catch (thrown) {
    side.port.end("it could not be made again");
    throw thrown instanceof WorkerEnded ? new EngineError(thrown.message) : thrown;
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** The comparison, and our machine at the end of the call where there is a difference to look at. */
export interface Compared {
  readonly comparison: Comparison;
  readonly side?: SideMachine;
}

export async function compareCall(assets: Assets, asked: ComparedCall, tell: (progress: CompareProgress) => void, signal: AbortSignal): Promise<Compared> {
  signal.throwIfAborted();
  let beganAt: bigint | undefined;
  const side = new SideMachine(assets, (view) => {
    const { status } = view;
    // What start functions ran before is no part of the call's account.
    beganAt ??= status.kind === "paused" ? view.ticks : undefined;
    const meters = metersOf(view, beganAt);
    if (status.kind === "running") tell({ where: "ours", meters });
    if (status.kind === "waiting") tell({ where: "ours", meters, waitsFor: status.importName });
  });
  const native = new WorkerPort({ ...assets, workerScript: `${assets.workerScript}\n${nativePart}` }, "native", { onMessage: () => undefined, onEnd: () => undefined });
  native.hostMillis = NATIVE_MILLIS;
  const end = (): void => {
    side.port.end("the comparison was stopped");
    native.end("the comparison was stopped");
  };
  signal.addEventListener("abort", end);
  let kept = false;
  try {
    const outcome = await runOurs(side, asked);
    tell({ where: "theirs", ours: { outcome, meters: metersOf(side.view, beganAt) } });
    const comparison = await compareWith(side, native, asked, outcome);
    kept = comparison.differences.length > 0;
    return kept ? { comparison, side } : { comparison };
  } finally {
    signal.removeEventListener("abort", end);
    native.end("the comparison is over");
    if (!kept) side.port.end("the comparison is over");
  }
}

async function runOurs(side: SideMachine, asked: ComparedCall): Promise<Outcome> {
  const result = await side.load(asked);
  if (result.kind === "failed") throw new EngineError(`No machine could be made of what is there now: ${result.problems[0]?.message ?? "nobody says why"}`);
  const { module, export: exportName, args } = asked.call;
  await side.port.request<"begin">({ kind: "begin", module, exportName, args });
  await side.port.request<"run">({ kind: "run", until: { kind: "end" } });
  const { status } = side.view;
  const outcome = outcomeOf(status);
  if (outcome === undefined) throw new EngineError(unendedText(status));
  return outcome;
}

async function compareWith(side: SideMachine, native: WorkerPort, { call }: ComparedCall, outcome: Outcome): Promise<Comparison> {
  const { project, modules, answers, whole } = side.history;
  if (!whole) throw new EngineError("Host functions were called too often for their answers to be kept, so the call cannot be made again elsewhere.");
  const ours = await side.port.request<"remains">({ kind: "remains" });
  const addressOf = ({ module, index }: MemoryDigest): number => ensureExists(ours.memoryPlaces.find((place) => place.module === module && place.index === index), "memory").address;
  try {
    const theirs = await native.native<"call">({ kind: "call", call: { project, modules, answers: [answers.all()], ours, module: call.module, exportName: call.export, args: call.args } });
    const differences = await differencesOf(outcome, ours, theirs, {
      ours: (memory, page) => side.port.request<"readMemory">({ kind: "readMemory", window: { memory: addressOf(memory), from: BigInt(page * DIGEST_BYTES), length: DIGEST_BYTES } }),
      theirs: ({ module, index }, page) => native.native<"page">({ kind: "page", module, index, page }),
    }, () => native.native<"traits">({ kind: "traits", project }));
    const faster = timesFaster(outcome, ours.millis, theirs);
    const names = new Map(side.view.memories.map(({ address, name }) => [address, name]));
    const memories = ours.memories.map((memory) => {
      const name = names.get(addressOf(memory));
      return { module: memory.module, index: memory.index, size: memory.size, ...(name === undefined ? {} : { name }) };
    });
    return { ours: outcome, millis: ours.millis, memories, theirs, differences, ...(faster === undefined ? {} : { timesFaster: faster }) };
  } catch (thrown) {
    throw new EngineError(`Nothing to compare with: ${messageOf(thrown)}.`);
  }
}

function metersOf({ ticks, gas }: View, from = 0n): Meters {
  return { ticks: ticks - from, gas: gas.used, denominator: gas.denominator };
}

function outcomeOf(status: Status): Outcome | undefined {
  if (status.kind === "finished") return { kind: "finished", results: status.results };
  return status.kind === "trapped" ? { kind: "trapped", message: status.trap.sentence } : undefined;
}

function unendedText(status: Status): string {
  if (status.kind === "paused" && status.reason === "gas") return "The call ran out of gas on this machine, so there is no end to compare. Raise the limit and try again.";
  return "The call did not come to its end on this machine, so there is nothing to compare yet.";
}
