// A scripted engine for tests and for building panes: it "executes" the instruction words of any text in order.
import type { ComparedCall, Comparison, CompareProgress, OpenedMachine } from "../protocol/compare.ts";
import type { ExportInfo, FrameDetail, MemoryBytes, PauseReason, Schedule, Span, Status, Value, View } from "../protocol/dto.ts";
import type { BreakpointPlace, Edit, Engine, EngineEvent, Language, LoadOptions, LoadResult, Problem, Until, Viewport } from "../protocol/engine.ts";
import type { BreakpointSpec, Limits, Project } from "../protocol/project.ts";
import type { Scripts } from "../protocol/script.ts";
import { Emitter } from "../base/emitter.ts";

interface FakeStep {
  readonly mnemonic: string;
  readonly span: Span;
  readonly line: number;
}

const INSTRUCTION = /\b(?:(?:i32|i64|f32|f64|local|global|memory|table)\.[a-z0-9_]+|br_table|br_if|br|call_indirect|call|return|drop|select|nop|unreachable|loop|block|if)\b/g;
const PAGE = 65536;
const SPEED = 40; // Steps for each simulated slice; chosen to be watched.

const i32 = (value: number): Value => ({ type: "i32", bits: value >>> 0 });

function stepsOf(text: string): FakeStep[] {
  const steps: FakeStep[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(INSTRUCTION)) {
    for (; counted < match.index; counted += 1) if (text[counted] === "\n") line += 1;
    steps.push({ mnemonic: match[0], span: { from: match.index, to: match.index + match[0].length }, line });
  }
  return steps;
}

/** Behaves like an engine as far as a page can see: views, stops, breakpoints, edits. Its results mean nothing. */
export class FakeEngine implements Engine {
  readonly #events = new Emitter<EngineEvent>();
  readonly #memory = new Uint8Array(2 * PAGE);
  #steps: readonly FakeStep[] = [];
  #moduleName = "module";
  #exportName = "main";
  #args: readonly Value[] = [];
  #at = 0;
  #status: Status = { kind: "ready" };
  #stack: number[] = [];
  #locals: Value[] = [];
  #global = 1024;
  #gasLimit: bigint | undefined = undefined;
  #breakpoints = new Set<number>();
  #viewport: Viewport = { frame: 0, framesFrom: 0, framesCount: 20, memories: [], tables: [] };
  #trace: string[] | undefined;
  #stopRequested = false;

  load(project: Project, _options: LoadOptions): Promise<LoadResult> {
    const shown = project.modules.at(-1);
    if (shown === undefined) return Promise.resolve({ kind: "failed", problems: [{ message: "the project has no module" }] });
    if (shown.kind === "binary" && shown.bytes.length < 8) {
      return Promise.resolve({ kind: "failed", problems: [{ message: "unexpected end of the module", file: shown.name }] });
    }
    const text = shown.kind === "text" ? shown.text : "(module (func (export \"main\") nop))";
    if (!text.trimStart().startsWith("(")) {
      const problem = { message: "expected `(module`", file: shown.name, span: { from: 0, to: 1 }, line: 1, column: 1 };
      return Promise.resolve({ kind: "failed", problems: [problem] });
    }
    this.#moduleName = shown.name;
    this.#steps = stepsOf(text);
    this.#gasLimit = project.limits.gas;
    this.#restart({ kind: "ready" });
    const exports: ExportInfo[] = [...text.matchAll(/\(export\s+"([^"]*)"/g)].map((match, index) => ({
      name: match[1] ?? "",
      kind: "func",
      type: "(func (param i32) (result i32))",
      func: { params: ["i32"], results: ["i32"] },
      paramNames: ["$n"],
      address: index,
    }));
    return Promise.resolve({
      kind: "loaded",
      modules: project.modules.map((module) => ({
        name: module.name,
        exports: module === shown ? exports : [],
        imports: [],
        funcs: { imported: [], first: 0, count: exports.length },
        hasStart: false,
      })),
      warnings: [],
    });
  }

  begin(module: string, exportName: string, args: readonly Value[]): Promise<void> {
    if (module !== this.#moduleName) return Promise.reject(new Error(`the project has no module "${module}"`));
    this.#exportName = exportName;
    this.#args = args;
    this.#restart({ kind: "paused", reason: "start" });
    return Promise.resolve();
  }

  async run(until: Until): Promise<void> {
    if (this.#status.kind !== "paused") throw new Error("there is no call to continue");
    if (until.kind === "step" || until.kind === "over" || until.kind === "out") {
      this.#stepOnce();
      this.#stop("step");
      return;
    }
    this.#stopRequested = false;
    for (;;) {
      this.#status = { kind: "running", instructionsPerSecond: SPEED * 60 };
      for (let count = 0; count < SPEED; count += 1) {
        this.#stepOnce();
        if (this.#at >= this.#steps.length) return this.#stop("step");
        const span = this.#steps[this.#at]?.span;
        if (span !== undefined && this.#breakpoints.has(span.from)) return this.#stop("breakpoint");
        if (until.kind === "cursor" && span !== undefined && span.from >= until.position) return this.#stop("cursor");
      }
      this.#show();
      await new Promise((resolve) => setTimeout(resolve, 16));
      if (this.#stopRequested) return this.#stop("pause");
    }
  }

  pause(): void {
    this.#stopRequested = true;
  }

  reset(): Promise<void> {
    this.#restart({ kind: "ready" });
    return Promise.resolve();
  }

  watch(viewport: Viewport): void {
    this.#viewport = viewport;
    this.#show();
  }

  setBreakpoints(breakpoints: readonly BreakpointSpec[]): Promise<readonly BreakpointPlace[]> {
    const places = breakpoints.map((asked): BreakpointPlace => {
      const step = this.#steps.find((candidate) => candidate.span.to > asked.position);
      return step === undefined ? { asked } : { asked, span: step.span };
    });
    this.#breakpoints = new Set(places.flatMap((place) => (place.span === undefined ? [] : [place.span.from])));
    return Promise.resolve(places);
  }

  setLimits(limits: Limits): Promise<void> {
    this.#gasLimit = limits.gas;
    this.#show();
    return Promise.resolve();
  }

  setSchedule(_schedule: Schedule): Promise<void> {
    this.#show();
    return Promise.resolve();
  }

  edit(edit: Edit): Promise<void> {
    if (edit.kind === "bytes") this.#memory.set(edit.bytes, Number(edit.address));
    else if (edit.kind === "local") this.#locals[edit.index] = edit.value;
    else if (edit.kind === "global" && edit.value.type === "i32") this.#global = edit.value.bits;
    else if (edit.kind === "operand" && edit.value.type === "i32") this.#stack[edit.index] = edit.value.bits;
    this.#show();
    return Promise.resolve();
  }

  takeHostCode(_hostCode: string): Promise<readonly Problem[]> {
    return Promise.resolve([]);
  }

  search(_memory: number, from: bigint, needle: Uint8Array): Promise<bigint | undefined> {
    const start = Number(from);
    for (let turn = 0; turn < this.#memory.length; turn += 1) {
      const address = (start + turn) % this.#memory.length;
      if (needle.every((byte, index) => this.#memory[address + index] === byte)) return Promise.resolve(BigInt(address));
    }
    return Promise.resolve(undefined);
  }

  readMemory(window: { readonly memory: number; readonly from: bigint; readonly length: number }): Promise<Uint8Array> {
    return Promise.resolve(this.#memory.slice(Number(window.from), Number(window.from) + window.length));
  }

  compare({ call }: ComparedCall, tell: (progress: CompareProgress) => void, _signal: AbortSignal): Promise<Comparison> {
    const outcome = { kind: "finished" as const, results: call.args };
    tell({ where: "theirs", ours: { outcome, meters: { ticks: 3n, gas: 3n, denominator: 1 } } });
    return Promise.resolve({ ours: outcome, millis: 1, memories: [], theirs: { outcome, millis: 1, remains: { memories: [], globals: [] } }, differences: [] });
  }

  bringCompared(_signal: AbortSignal): Promise<void> {
    return Promise.resolve();
  }

  openCompared(): Promise<OpenedMachine> {
    return Promise.reject(new Error("the script finds no differences"));
  }

  dropCompared(): void {
    // The script has no other machine.
  }

  setTrace(on: boolean): Promise<void> {
    this.#trace = on ? (this.#trace ?? []) : undefined;
    this.#show();
    return Promise.resolve();
  }

  trace(): Promise<string> {
    return Promise.resolve((this.#trace ?? []).join("\n"));
  }

  setKeys(_codes: readonly string[]): void {
    // The script reads no keys.
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    return this.#events.subscribe(listener);
  }

  dispose(): void {
    this.#stopRequested = true;
  }

  /** Lets a test play an event the script never makes, such as a crash. */
  play(event: EngineEvent): void {
    this.#events.emit(event);
  }

  #restart(status: Status): void {
    this.#at = 0;
    this.#stack = [];
    this.#locals = [this.#args[0] ?? i32(0), i32(0)];
    this.#memory.fill(0);
    this.#status = status;
    this.#show();
  }

  #stepOnce(): void {
    const step = this.#steps[this.#at];
    if (step === undefined) return;
    if (step.mnemonic.endsWith(".const") || step.mnemonic.endsWith(".get")) this.#stack.push(this.#at);
    else if (step.mnemonic.endsWith(".set") || step.mnemonic === "drop") this.#locals[1] = i32(this.#stack.pop() ?? 0);
    else if (step.mnemonic.includes("store")) this.#memory[this.#at] = this.#at & 0xff;
    else if (step.mnemonic === "call") this.#events.emit({ kind: "print", lines: [{ text: `call at line ${step.line}`, source: "print.i32", ticks: BigInt(this.#at) }] });
    this.#trace?.push(`${this.#at}\t${step.mnemonic}`);
    this.#at += 1;
  }

  #stop(reason: PauseReason): void {
    const gasGone = this.#gasLimit !== undefined && BigInt(this.#at) >= this.#gasLimit;
    if (this.#at >= this.#steps.length) this.#status = { kind: "finished", results: [i32(this.#stack.at(-1) ?? 0)] };
    else if (this.#steps[this.#at - 1]?.mnemonic === "unreachable")
      this.#status = { kind: "trapped", trap: { kind: "unreachable", sentence: "unreachable was executed" } };
    else this.#status = gasGone ? { kind: "paused", reason: "gas", note: "the gas limit is reached" } : { kind: "paused", reason };
    this.#show();
  }

  #show(): void {
    this.#events.emit({ kind: "view", view: this.#view() });
  }

  #view(): View {
    const place = { module: this.#moduleName, func: 0, funcName: `$${this.#exportName}` };
    const next = this.#steps[this.#at];
    const last = this.#steps[this.#at - 1];
    const underWay = this.#status.kind !== "ready" && this.#status.kind !== "finished";
    const frame: FrameDetail = {
      index: 0,
      localCount: this.#locals.length,
      locals: this.#locals.map((value, index) => ({ index, name: index === 0 ? "$n" : "$i", type: "i32", value })),
      operandCount: this.#stack.length,
      operands: this.#stack.map((value, index) => ({ index, type: "i32", value: i32(value) })).reverse(),
      labelCount: 1,
      labels: [{ index: 0, kind: "func", arity: 1, catches: [], catchCount: 0 }],
    };
    const wrote = last?.mnemonic.includes("store") === true;
    const address = this.#at - 1;
    return {
      status: this.#status,
      ticks: BigInt(this.#at),
      gas: { used: BigInt(this.#at), denominator: 1, ...(this.#gasLimit === undefined ? {} : { limit: this.#gasLimit }) },
      ...(this.#status.kind === "ready" ? {} : { call: { module: this.#moduleName, export: this.#exportName, args: this.#args } }),
      ...(underWay && next !== undefined
        ? { next: { ...place, mnemonic: next.mnemonic, offset: this.#at, span: next.span, line: next.line, gas: 1n } }
        : {}),
      ...(last === undefined || !underWay
        ? {}
        : {
            effect: {
              mnemonic: last.mnemonic,
              module: this.#moduleName,
              offset: address,
              span: last.span,
              sentence: `${last.mnemonic} at line ${last.line}`,
              popped: [],
              pushed: [],
              accesses: wrote
                ? [{ kind: "write" as const, memory: 0, address: BigInt(address), length: 1n, before: new Uint8Array(1) }]
                : [],
              localsWritten: last.mnemonic === "local.set" ? [{ index: 1, before: i32(0) }] : [],
              globalsWritten: [],
              tablesWritten: [],
              objects: [],
            },
          }),
      frameCount: underWay ? 1 : 0,
      frames: underWay
        ? [
            {
              index: 0,
              func: 0,
              name: place.funcName,
              module: this.#moduleName,
              offset: this.#at,
              ...(next === undefined ? {} : { span: next.span, line: next.line }),
            },
          ]
        : [],
      ...(underWay ? { frame } : {}),
      globalCount: 1,
      globals: [{ address: 0, module: this.#moduleName, index: 0, name: "$top", type: "(mut i32)", mutable: true, value: i32(this.#global) }],
      tables: [{ address: 0, module: this.#moduleName, index: 0, type: "funcref", addressType: "i32", size: 2n }],
      tableWindows: this.#viewport.tables.map((window) => ({
        table: window.table,
        from: window.from,
        elements: [{ type: "ref" as const, refType: "funcref", target: { kind: "null" as const } }],
      })),
      heap: { objects: 0, bytes: 0n, limit: 1n << 27n, collections: 0n },
      memories: [{ address: 0, module: this.#moduleName, index: 0, name: "$memory", addressType: "i32", shared: false, size: BigInt(this.#memory.length), pageSize: 65_536, pages: 2n }],
      memoryWindows: this.#viewport.memories.map((window): MemoryBytes => {
        const from = Number(window.from);
        return { memory: window.memory, from: window.from, bytes: this.#memory.slice(from, from + window.length) };
      }),
      hasTags: false,
      exceptions: [],
      otherExceptionCount: 0,
      otherExceptions: [],
      traceOn: this.#trace !== undefined,
      hasRun: this.#at > 0,
      traceEntries: this.#trace?.length ?? 0,
    };
  }
}

/** Finds no errors, and knows one module. */
export const fakeLanguage: Language = {
  check: () => Promise.resolve({ diagnostics: [], outline: [], definitions: [], references: [] }),
  assemble: () => Promise.resolve({ kind: "ok", bytes: new Uint8Array(8) }),
  disassemble: () => Promise.resolve({ kind: "ok", text: "(module)" }),
  reference: () => Promise.resolve([]),
  schedules: () => Promise.resolve([]),
  stubs: (_imports, _names, text) => Promise.resolve({ kind: "ok", text, left: [] }),
  dispose: () => undefined,
};

/** Every script runs to its end, and says nothing. */
export const fakeScripts: Scripts = { run: () => Promise.resolve(true), cancel: () => undefined, dispose: () => undefined };
