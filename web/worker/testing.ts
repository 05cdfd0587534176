// A machine worker for tests, without the worker around it.
import { ensureExists } from "../base/assert.ts";
import type { View } from "../protocol/dto.ts";
import type { PrintLine } from "../protocol/engine.ts";
import type { FromWorker, Journal, JournalPiece, LoadReply, Replies, Request } from "../protocol/messages.ts";
import type { Project } from "../protocol/project.ts";
import { coreOf } from "./glue.ts";
import type { ImportCode } from "./host-code.ts";
import { MachineWorker } from "./machine.ts";

const importCode: ImportCode = (source) => {
  const url = `data:text/javascript;base64,${Buffer.from(source).toString("base64")}`;
  return { url, namespace: import(/* @vite-ignore */ url) };
};

/** A machine worker without its worker, and what it posts. */
export class Bench {
  readonly printed: PrintLine[] = [];
  readonly pieces: JournalPiece[] = [];
  readonly hostCode: string[] = [];
  /** What came with the calls of user code. */
  readonly calls: { readonly ticks: bigint; readonly view?: View }[] = [];
  pictures = 0;
  view: View | undefined;
  readonly worker = new MachineWorker({
    core: coreOf(),
    importCode,
    post: (message) => this.#receive(message),
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    nextFrame: () => Promise.resolve(),
  });

  ask<K extends Request["kind"]>(request: Extract<Request, { kind: K }>): Promise<Replies[K]> {
    return this.worker.answer(request) as Promise<Replies[K]>;
  }

  load(text: string | Readonly<Record<string, string>>, hostCode = "", more: Partial<Project> = {}): Promise<LoadReply> {
    return this.ask<"load">({ kind: "load", project: project(text, hostCode, more), options: { hostCodeAllowed: true } });
  }

  begin(exportName: string, ...args: readonly number[]): Promise<unknown> {
    const module = ensureExists(this.moduleName, "module");
    return this.ask<"begin">({ kind: "begin", module, exportName, args: args.map((bits) => ({ type: "i32", bits })) });
  }

  moduleName = "m";

  async run(kind: "end" | "step" | "over" | "out" = "end"): Promise<View> {
    await this.ask<"run">({ kind: "run", until: { kind } });
    return ensureExists(this.view, "view");
  }

  /** The journal as the page would have it. */
  journal(): Journal {
    const last = this.pieces.findLastIndex((piece) => piece.fresh);
    const pieces = this.pieces.slice(last);
    return { actions: pieces.flatMap((piece) => piece.actions), answers: pieces.map((piece) => piece.answers) };
  }

  #receive(message: FromWorker): void {
    if ((message.kind === "journal" || message.kind === "hostCode") && message.piece !== undefined) this.pieces.push(structuredClone(message.piece));
    if (message.kind === "hostCode" && message.ticks !== undefined) this.calls.push({ ticks: message.ticks, ...(message.view === undefined ? {} : { view: message.view }) });
    if (message.kind === "hostCode") this.hostCode.push(message.what);
    else if (message.kind === "event" && message.event.kind === "view") this.view = structuredClone(message.event.view);
    else if (message.kind === "event" && message.event.kind === "canvas") this.pictures += 1;
    else if (message.kind === "event" && message.event.kind === "print") this.printed.push(...message.event.lines);
  }
}

export function project(text: string | Readonly<Record<string, string>>, hostCode: string, more: Partial<Project>): Project {
  const texts = typeof text === "string" ? { m: text } : text;
  return {
    title: "test",
    modules: Object.entries(texts).map(([name, source]) => ({ kind: "text", name, text: source })),
    hostCode,
    schedule: { builtin: "instructions" },
    limits: { stackSlots: 1 << 20, memoryPages: 256, tableElements: 1000, heapMib: 64, hostMillis: 2000 },
    breakpoints: [],
    ...more,
  };
}
