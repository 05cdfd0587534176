// What crosses between the core and the page: plain data, made by crates/bindings.
// Offsets in a text count UTF-16 units; 64-bit numbers are bigint.

/** A half-open range in a text, in UTF-16 units. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type Value =
  /** `bits`: the value read as unsigned. */
  | { readonly type: "i32"; readonly bits: number }
  | { readonly type: "i64"; readonly bits: bigint }
  | { readonly type: "f32"; readonly bits: number }
  | { readonly type: "f64"; readonly bits: bigint }
  /** `type` is the reference type as the text format writes it: `funcref`, `externref`, `(ref null $t)`. */
  | { readonly type: "ref"; readonly refType: string; readonly target: RefTarget };

export type RefTarget =
  | { readonly kind: "null" }
  /** `func`: address in the machine; `name`: `$name` or `module:[index]`. */
  | { readonly kind: "func"; readonly func: number; readonly name: string }
  | { readonly kind: "extern"; readonly handle: number };

export interface FuncType {
  readonly params: readonly string[];
  readonly results: readonly string[];
}

export type ExternKind = "func" | "table" | "memory" | "global" | "tag";

export interface ImportInfo {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternKind;
  /** As the text format writes it: `(func (param i32) (result i32))`. */
  readonly type: string;
  readonly func?: FuncType;
}

export interface ExportInfo {
  readonly name: string;
  readonly kind: ExternKind;
  readonly type: string;
  readonly func?: FuncType;
  readonly paramNames?: readonly (string | undefined)[];
  /** Address in the machine: function, table, memory or global. */
  readonly address: number;
}

export type Severity = "error" | "warning";

export interface Diagnostic {
  readonly severity: Severity;
  readonly span: Span;
  /** 1-based, for people. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** One entry of the module's outline. */
export interface OutlineItem {
  readonly kind: "type" | "import" | "func" | "export" | "memory" | "table" | "global" | "tag" | "data" | "elem" | "custom" | "start";
  readonly index: number;
  /** `$name` or `[index]`, for exports the quoted name. */
  readonly name: string;
  /** Signature or type, short. */
  readonly detail: string;
  readonly span?: Span;
  /** Size in bytes where the item has one (function body, data, custom section). */
  readonly bytes?: number;
}

export interface SymbolDefinition {
  readonly kind: "func" | "local" | "label" | "global" | "table" | "memory" | "type" | "data" | "elem" | "field" | "tag";
  /** With its `$`. */
  readonly name: string;
  /** The name itself. */
  readonly span: Span;
  /** Where the name may be used: whole text for module names, the function for locals, the block for labels. */
  readonly scope: Span;
  /** One line for the hover: `(func $fib (param $n i32) (result i32))`. */
  readonly detail: string;
}

export interface SymbolReference {
  readonly span: Span;
  /** Index into `definitions`; undefined when nothing of that name is in scope. */
  readonly definition?: number;
}

/** What a check of one text gives; present also when it does not assemble (outline and symbols tolerate errors). */
export interface CheckReport {
  readonly diagnostics: readonly Diagnostic[];
  readonly outline: readonly OutlineItem[];
  readonly definitions: readonly SymbolDefinition[];
  readonly references: readonly SymbolReference[];
  /** Only when it assembles. */
  readonly imports?: readonly ImportInfo[];
  readonly exports?: readonly ExportInfo[];
  readonly wasmBytes?: number;
}

export interface InstructionInfo {
  readonly mnemonic: string;
  /** `[i32 i32] -> [i32]` */
  readonly stack: string;
  /** One line of what it does. */
  readonly summary: string;
  readonly proposal: string;
  /** Link into the WebAssembly specification. */
  readonly specUrl: string;
  /** The immediates after the mnemonic as the text format writes them: `$label`, `offset=N align=N`. */
  readonly immediates: string;
}

/** A gas schedule. Costs are whole units; `denominator` units make one gas. */
export interface Schedule {
  readonly name: string;
  readonly denominator: number;
  /** Units for each mnemonic that costs something other than `base`. */
  readonly costs: Readonly<Record<string, number>>;
  readonly base: number;
  readonly takenBranch: number;
  readonly perGrownPage: number;
  readonly perBulkByte: number;
  readonly perHostCall: number;
}

export interface GasView {
  /** In units; divide by `denominator` to show. */
  readonly used: bigint;
  readonly limit?: bigint;
  readonly denominator: number;
}

export interface FrameRow {
  /** 0 is the innermost frame. */
  readonly index: number;
  readonly func: number;
  /** `$fib` or `[3]`. */
  readonly name: string;
  /** Name of the module in the project. */
  readonly module: string;
  /** Byte offset in the module of the instruction it stands at. */
  readonly offset: number;
  readonly span?: Span;
  /** 1-based line in the module's text. */
  readonly line?: number;
}

export interface SlotRow {
  readonly index: number;
  readonly name?: string;
  readonly type: string;
  readonly value: Value;
}

export interface LabelRow {
  readonly name?: string;
  readonly kind: "func" | "block" | "loop" | "if" | "try_table";
  readonly arity: number;
  readonly span?: Span;
  /** Where a branch to it continues. */
  readonly target?: Span;
}

export interface FrameDetail {
  readonly index: number;
  readonly locals: readonly SlotRow[];
  /** Top of the stack first. */
  readonly operands: readonly SlotRow[];
  /** Innermost first; label 0 is the first. */
  readonly labels: readonly LabelRow[];
}

export interface GlobalRow {
  readonly address: number;
  readonly module: string;
  readonly index: number;
  readonly name?: string;
  readonly type: string;
  readonly mutable: boolean;
  readonly value: Value;
}

export interface TableRow {
  readonly address: number;
  readonly module: string;
  readonly index: number;
  readonly name?: string;
  readonly type: string;
  readonly size: bigint;
  readonly maximum?: bigint;
}

export interface MemoryRow {
  readonly address: number;
  readonly module: string;
  readonly index: number;
  readonly name?: string;
  /** In bytes. */
  readonly size: bigint;
  readonly pages: bigint;
  readonly maximumPages?: bigint;
}

export interface MemoryWindow {
  readonly memory: number;
  readonly from: bigint;
  readonly length: number;
}

export interface MemoryBytes {
  readonly memory: number;
  readonly from: bigint;
  /** Shorter than asked for where the memory ends. */
  readonly bytes: Uint8Array;
}

export interface TableWindow {
  readonly table: number;
  readonly from: number;
  readonly count: number;
}

export interface TableElements {
  readonly table: number;
  readonly from: number;
  readonly elements: readonly Value[];
}

export interface MemoryAccess {
  readonly kind: "read" | "write";
  readonly memory: number;
  readonly address: bigint;
  readonly length: bigint;
  /** For writes: the bytes before (capped at 64 KiB). */
  readonly before?: Uint8Array;
}

/** What the last single step did. */
export interface Effect {
  readonly mnemonic: string;
  readonly module: string;
  readonly offset: number;
  readonly span?: Span;
  /** `i32.add popped 2 and 40, pushed 42` */
  readonly sentence: string;
  readonly popped: readonly Value[];
  readonly pushed: readonly Value[];
  readonly accesses: readonly MemoryAccess[];
  readonly localsWritten: readonly { readonly index: number; readonly before: Value }[];
  readonly globalsWritten: readonly { readonly address: number; readonly before: Value }[];
  readonly tablesWritten: readonly { readonly table: number; readonly index: number; readonly before: Value }[];
}

export interface NextInstruction {
  readonly mnemonic: string;
  readonly module: string;
  readonly func: number;
  readonly funcName: string;
  readonly offset: number;
  readonly span?: Span;
  readonly line?: number;
  /** Units of gas it will cost, dynamic costs included where they are known. */
  readonly gas: bigint;
}

export type PauseReason = "start" | "step" | "breakpoint" | "pause" | "gas" | "host" | "cursor" | "restarted";

export interface TrapView {
  /** The specification's wording: `integer divide by zero`. */
  readonly kind: string;
  /** One sentence with the numbers and the place. */
  readonly sentence: string;
  /** When host code threw: its message with line and column in host.js. */
  readonly host?: { readonly message: string; readonly line?: number; readonly column?: number };
}

export type Status =
  /** Linked, no call under way. */
  | { readonly kind: "ready" }
  | { readonly kind: "running"; readonly instructionsPerSecond: number }
  /** An async host function has not answered yet. */
  | { readonly kind: "waiting"; readonly importName: string }
  | { readonly kind: "paused"; readonly reason: PauseReason; readonly note?: string }
  | { readonly kind: "finished"; readonly results: readonly Value[] }
  | { readonly kind: "trapped"; readonly trap: TrapView };

/** One consistent picture of the machine: sent at each stop, after each change of the viewport, and about ten times a second while running. */
export interface View {
  readonly status: Status;
  readonly ticks: bigint;
  readonly gas: GasView;
  readonly call?: { readonly module: string; readonly export: string; readonly args: readonly Value[] };
  readonly next?: NextInstruction;
  readonly effect?: Effect;
  readonly frameCount: number;
  readonly frames: readonly FrameRow[];
  readonly frame?: FrameDetail;
  readonly globals: readonly GlobalRow[];
  readonly tables: readonly TableRow[];
  readonly tableWindows: readonly TableElements[];
  readonly memories: readonly MemoryRow[];
  readonly memoryWindows: readonly MemoryBytes[];
  readonly traceOn: boolean;
  readonly traceEntries: number;
}
