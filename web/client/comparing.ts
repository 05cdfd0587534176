// A call on a machine of its own and on the browser's own engine: each in a worker that is watched over and can be ended. Loaded when first asked for.
import { ensureExists, messageOf } from "../base/assert.ts";
import nativePart from "inline:../worker/native-part.ts";
import { type ComparedCall, type CompareProgress, type Comparison, DIGEST_BYTES, type MemoryDigest, type Outcome } from "../protocol/compare.ts";
import type { Status, View } from "../protocol/dto.ts";
import type { EngineEvent, LoadResult, PrintLine } from "../protocol/engine.ts";
import type { LoadReply } from "../protocol/messages.ts";
import type { Assets } from "./assets.ts";
import { differencesOf, timesFaster } from "./differences.ts";
import { hasUserCode, History, loadResultOf } from "./history.ts";
import { EngineError, type Listener, WorkerPort } from "./worker-port.ts";

/** How long a call may take on the browser's own engine: that is ten times what a person waits for (chosen). */
const NATIVE_MILLIS = 10_000;

type Loaded = Extract<LoadResult, { readonly kind: "loaded" }>;
type Message = Parameters<Listener["onMessage"]>[0];
type CanvasEvent = Extract<EngineEvent, { readonly kind: "canvas" }>;

/** A machine beside the one that is looked at. What it prints and draws is kept, and shown when it takes that one's place. */
export class SideMachine {
  readonly port: WorkerPort;
  readonly #onView: (view: View) => void;
  #loaded: { readonly result: Loaded; readonly history: History } | undefined;
  #view: View | undefined;
  readonly #lines: PrintLine[] = [];
  #canvas: CanvasEvent | undefined;
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

  get history(): History {
    return ensureExists(this.#loaded, "machine").history;
  }

  get view(): View {
    return ensureExists(this.#view, "view");
  }

  /** From here on it is the owner's, who hears all that it says. */
  handOver(heir: Listener): { readonly result: Loaded; readonly said: readonly EngineEvent[] } {
    if (this.#ended !== undefined) throw new EngineError(`the machine of the comparison has ended: ${this.#ended}`);
    const { result } = ensureExists(this.#loaded, "machine");
    this.#heir = heir;
    const lines = this.#lines.splice(0);
    return { result, said: [...(lines.length === 0 ? [] : [{ kind: "print" as const, lines }]), ...(this.#canvas === undefined ? [] : [this.#canvas])] };
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

/** The comparison, and our machine at the end of the call where there is a difference to look at. */
export interface Compared {
  readonly comparison: Comparison;
  readonly side?: SideMachine;
}

export async function compareCall(assets: Assets, asked: ComparedCall, tell: (progress: CompareProgress) => void, signal: AbortSignal): Promise<Compared> {
  signal.throwIfAborted();
  const side = new SideMachine(assets, ({ status, ticks }) => {
    if (status.kind === "running") tell({ where: "ours", ticks });
    if (status.kind === "waiting") tell({ where: "ours", waitsFor: status.importName });
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
    const ours = await runOurs(side, asked);
    tell({ where: "theirs" });
    const comparison = await compareWith(side, native, asked, ours);
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
    });
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

function outcomeOf(status: Status): Outcome | undefined {
  if (status.kind === "finished") return { kind: "finished", results: status.results };
  return status.kind === "trapped" ? { kind: "trapped", message: status.trap.sentence } : undefined;
}

function unendedText(status: Status): string {
  if (status.kind === "paused" && status.reason === "gas") return "The call ran out of gas on this machine, so there is no end to compare. Raise the limit and try again.";
  return "The call did not come to its end on this machine, so there is nothing to compare yet.";
}
