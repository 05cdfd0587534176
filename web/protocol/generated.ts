// Generated from crates/bindings/src/dto by `npm run types`; do not edit.
// What crosses between the core and the page: plain data. Offsets in a text count UTF-16 units;
// 64-bit numbers are bigint.

/**
 * A half-open range in a text, in UTF-16 units.
 */
export type Span = { readonly from: number, readonly to: number, };

/**
 * A value with its type; numbers as their bits, read as unsigned.
 */
export type Value = { readonly "type": "i32", readonly bits: number, } | { readonly "type": "i64", readonly bits: bigint, } | { readonly "type": "f32", readonly bits: number, } | { readonly "type": "f64", readonly bits: bigint, } | { readonly "type": "v128", readonly low: bigint, readonly high: bigint, 
/**
 * That of the instructions that make or use it, where they tell one; never asked for.
 */
readonly shape?: Shape, } | { readonly "type": "ref", readonly refType: string, readonly target: RefTarget, };

export type RefTarget = { readonly "kind": "null" } | { readonly "kind": "func", readonly func: number, readonly name: string, } | { readonly "kind": "extern", readonly handle: number, } | { readonly "kind": "i31", readonly value: number, } | { readonly "kind": "object", readonly object: number, readonly text: string, } | { readonly "kind": "exception", readonly object: number, readonly text: string, };

/**
 * Type and number of the lanes in which a vector is read.
 */
export type Shape = "i8x16" | "i16x8" | "i32x4" | "i64x2" | "f32x4" | "f64x2";

export type FuncType = { readonly params: ReadonlyArray<string>, readonly results: ReadonlyArray<string>, };

export type ExternKind = "func" | "table" | "memory" | "global" | "tag";

export type ImportInfo = { readonly module: string, readonly name: string, readonly kind: ExternKind, 
/**
 * As the text format writes it: `(func (param i32) (result i32))`.
 */
readonly type: string, 
/**
 * Of functions; of tags with the values of an exception as parameters.
 */
readonly func?: FuncType, };

export type ExportInfo = { readonly name: string, readonly kind: ExternKind, readonly type: string, 
/**
 * Of functions; of tags with the values of an exception as parameters.
 */
readonly func?: FuncType, 
/**
 * Of functions: the parameters as `$name`, or `[index]` where the module has no name.
 */
readonly paramNames?: ReadonlyArray<string>, 
/**
 * Address in the machine: function, table, memory, global or tag. 0 before the module is linked.
 */
readonly address: number, };

export type Severity = "error" | "warning";

export type Diagnostic = { readonly severity: Severity, readonly span: Span, 
/**
 * 1-based, for people.
 */
readonly line: number, readonly column: number, readonly message: string, };

/**
 * Why a breakpoint does not stand at the instruction that was asked for.
 */
export type Moved = "function" | "delimiter" | "unreachable";

/**
 * Where a breakpoint stands: without a span nowhere, and it never stops.
 */
export type BreakpointStand = { 
/**
 * Offset of the instruction in the module.
 */
readonly offset?: number, 
/**
 * The instruction in the text.
 */
readonly span?: Span, 
/**
 * Its line, 1-based, for people.
 */
readonly line?: number, readonly moved?: Moved, };

export type OutlineKind = "type" | "import" | "func" | "export" | "memory" | "table" | "global" | "tag" | "data" | "elem" | "custom" | "start";

/**
 * One entry of the module's outline.
 */
export type OutlineItem = { readonly kind: OutlineKind, readonly index: number, 
/**
 * `$name` or `[index]`, for exports the quoted name.
 */
readonly name: string, 
/**
 * Signature or type, short.
 */
readonly detail: string, readonly span?: Span, 
/**
 * Size in bytes where the item has one (function body, data, custom section, memory).
 */
readonly bytes?: number, };

export type SymbolKind = "func" | "local" | "label" | "global" | "table" | "memory" | "type" | "data" | "elem" | "field" | "tag";

export type SymbolDefinition = { readonly kind: SymbolKind, 
/**
 * With its `$`.
 */
readonly name: string, 
/**
 * The name itself.
 */
readonly span: Span, 
/**
 * Where the name may be used: whole text for module names, the function for locals, the block for labels.
 */
readonly scope: Span, 
/**
 * One line for the hover: `(func $fib (param $n i32) (result i32))`.
 */
readonly detail: string, };

export type SymbolReference = { readonly span: Span, 
/**
 * Index into `definitions`; undefined when nothing of that name is in scope.
 */
readonly definition?: number, };

/**
 * What a check of one text gives; present also when it does not assemble (outline and symbols tolerate errors).
 */
export type CheckReport = { readonly diagnostics: ReadonlyArray<Diagnostic>, readonly outline: ReadonlyArray<OutlineItem>, readonly definitions: ReadonlyArray<SymbolDefinition>, readonly references: ReadonlyArray<SymbolReference>, 
/**
 * Only when it assembles.
 */
readonly imports?: ReadonlyArray<ImportInfo>, readonly exports?: ReadonlyArray<ExportInfo>, readonly wasmBytes?: number, };

/**
 * Why a directive of a script failed.
 */
export type ScriptFailure = { 
/**
 * Number of the directive.
 */
readonly directive: number, 
/**
 * What the script asks for.
 */
readonly expected: string, 
/**
 * What happened instead.
 */
readonly got: string, };

export type InstructionInfo = { readonly mnemonic: string, 
/**
 * `[i32 i32] -> [i32]`
 */
readonly stack: string, 
/**
 * One line of what it does.
 */
readonly summary: string, readonly proposal: string, 
/**
 * Link into the WebAssembly specification.
 */
readonly specUrl: string, 
/**
 * The immediates after the mnemonic as the text format writes them: `$label`, `offset=N align=N`.
 */
readonly immediates: string, };

/**
 * A gas schedule. Costs are whole units; `denominator` units make one gas.
 */
export type Schedule = { readonly name: string, readonly denominator: number, 
/**
 * Units for each mnemonic that costs something other than `base`.
 */
readonly costs: Readonly<Record<string, number>>, readonly base: number, readonly takenBranch: number, readonly perGrownPage: number, readonly perBulkByte: number, readonly perHostCall: number, 
/**
 * For each zero bit that `clz` and `ctz` count.
 */
readonly perCountedZero: number, 
/**
 * For each one bit that `popcnt` counts.
 */
readonly perCountedOne: number, };

/**
 * What of the heap a view is to show.
 */
export type HeapWindow = { 
/**
 * Only objects of the kind with this key; undefined: all.
 */
readonly kind?: string, 
/**
 * Place of the first object among those.
 */
readonly from: number, readonly count: number, 
/**
 * The object to show in full.
 */
readonly object?: number, 
/**
 * The first of its fields or elements.
 */
readonly partsFrom: number, readonly partsCount: number, 
/**
 * Also what can still be reached, and what refers to the object: looks at the whole heap.
 */
readonly survey: boolean, };

/**
 * How full the heap is.
 */
export type HeapUse = { readonly objects: number, readonly bytes: bigint, readonly limit: bigint, 
/**
 * How often what nothing refers to was collected.
 */
readonly collections: bigint, };

export type ObjectKind = "struct" | "array" | "exception";

/**
 * The objects of one type or tag.
 */
export type HeapKindRow = { readonly key: string, readonly kind: ObjectKind, 
/**
 * `$point`, or `type 3` without a name.
 */
readonly name: string, readonly objects: number, readonly bytes: bigint, };

export type ObjectRow = { readonly object: number, 
/**
 * `$point #12 {x 1, y 2}`
 */
readonly text: string, 
/**
 * Undefined if that was not looked for.
 */
readonly reachable?: boolean, };

/**
 * A field of a structure, an element of an array or a value of an exception.
 */
export type PartRow = { readonly index: number, readonly name?: string, readonly type: string, readonly value: Value, };

/**
 * A place that refers to an object.
 */
export type HolderRow = { 
/**
 * `local $p of $main`, `field $next of $node #3`
 */
readonly text: string, 
/**
 * The frame it is in.
 */
readonly frame?: number, 
/**
 * The object it is in.
 */
readonly object?: number, 
/**
 * Undefined if it is in no object, or that was not looked for.
 */
readonly reachable?: boolean, 
/**
 * The table it is in, and the element.
 */
readonly table?: number, readonly element?: number, };

export type ObjectDetail = { readonly object: number, readonly kind: ObjectKind, 
/**
 * `$point`, or `type 3` without a name.
 */
readonly name: string, 
/**
 * Place among the objects of the window's kind.
 */
readonly place: number, 
/**
 * Number of its fields, elements or values.
 */
readonly length: number, readonly partsFrom: number, readonly parts: ReadonlyArray<PartRow>, 
/**
 * Undefined if that was not looked for.
 */
readonly reachable?: boolean, 
/**
 * Undefined if that was not looked for; at most 50.
 */
readonly holders?: ReadonlyArray<HolderRow>, };

export type HeapView = { readonly kinds: ReadonlyArray<HeapKindRow>, 
/**
 * Key of the kind that the rows are of; undefined: all.
 */
readonly kind?: string, 
/**
 * Number of objects of that kind.
 */
readonly total: number, readonly from: number, readonly rows: ReadonlyArray<ObjectRow>, 
/**
 * The object that was to be shown in full.
 */
readonly object?: number, 
/**
 * That object, if it is there.
 */
readonly detail?: ObjectDetail, };

/**
 * What the last step touched of an object.
 */
export type ObjectAccess = { readonly kind: AccessKind, readonly object: number, 
/**
 * The first field or element; undefined: the object is new.
 */
readonly index?: number, readonly count: number, 
/**
 * Of one field or element that was written: the value before.
 */
readonly before?: Value, };

export type GasView = { 
/**
 * In units; divide by `denominator` to show.
 */
readonly used: bigint, readonly limit?: bigint, readonly denominator: number, };

export type FrameRow = { 
/**
 * 0 is the innermost frame.
 */
readonly index: number, readonly func: number, 
/**
 * `$fib` or `[3]`.
 */
readonly name: string, 
/**
 * Name of the module in the project.
 */
readonly module: string, 
/**
 * Byte offset in the module of the instruction it stands at.
 */
readonly offset: number, readonly span?: Span, 
/**
 * 1-based line in the module's text.
 */
readonly line?: number, };

export type SlotRow = { readonly index: number, readonly name?: string, readonly type: string, readonly value: Value, };

export type LabelKind = "func" | "block" | "loop" | "if" | "try_table";

export type LabelRow = { 
/**
 * Of a branch to it: 0 is the innermost one.
 */
readonly index: number, readonly name?: string, readonly kind: LabelKind, readonly arity: number, readonly span?: Span, 
/**
 * Where a branch to it continues.
 */
readonly target?: Span, readonly targetLine?: number, 
/**
 * What a `try_table` catches of what is thrown here; the first that fits does. The first
 * ones of more than 64.
 */
readonly catches: ReadonlyArray<CatchRow>, readonly catchCount: number, };

export type Clause = "catch" | "catch_ref" | "catch_all" | "catch_all_ref";

/**
 * A clause of a `try_table`.
 */
export type CatchRow = { readonly clause: Clause, 
/**
 * Name of its tag; undefined if it catches all.
 */
readonly tag?: string, 
/**
 * The label that it branches to, by its place among those of the frame.
 */
readonly label: number, };

export type FrameDetail = { readonly index: number, readonly localCount: number, 
/**
 * Those of the window, and the one that the last step wrote.
 */
readonly locals: ReadonlyArray<SlotRow>, readonly operandCount: number, 
/**
 * Those of the window, top of the stack first.
 */
readonly operands: ReadonlyArray<SlotRow>, readonly labelCount: number, 
/**
 * Those of the window, innermost first.
 */
readonly labels: ReadonlyArray<LabelRow>, };

export type GlobalRow = { readonly address: number, readonly module: string, readonly index: number, readonly name?: string, readonly type: string, readonly mutable: boolean, readonly value: Value, };

/**
 * Type of the addresses of a memory, or of the indices of a table.
 */
export type AddressType = "i32" | "i64";

export type TableRow = { readonly address: number, readonly module: string, readonly index: number, readonly name?: string, readonly type: string, readonly addressType: AddressType, readonly size: bigint, readonly maximum?: bigint, };

export type MemoryRow = { readonly address: number, readonly module: string, readonly index: number, readonly name?: string, readonly addressType: AddressType, 
/**
 * Whether threads could share it.
 */
readonly shared: boolean, 
/**
 * In bytes.
 */
readonly size: bigint, 
/**
 * Bytes of a page: 65,536 or 1.
 */
readonly pageSize: number, readonly pages: bigint, readonly maximumPages?: bigint, };

export type MemoryWindow = { readonly memory: number, readonly from: bigint, readonly length: number, };

export type MemoryBytes = { readonly memory: number, readonly from: bigint, 
/**
 * Shorter than asked for where the memory ends.
 */
readonly bytes: Uint8Array, };

export type TableWindow = { readonly table: number, readonly from: number, readonly count: number, };

export type TableElements = { readonly table: number, readonly from: number, readonly elements: ReadonlyArray<Value>, };

export type AccessKind = "read" | "write";

export type MemoryAccess = { readonly kind: AccessKind, readonly memory: number, readonly address: bigint, readonly length: bigint, 
/**
 * For writes: the bytes before (capped at 64 KiB).
 */
readonly before?: Uint8Array, };

export type LocalChange = { readonly index: number, readonly before: Value, };

export type GlobalChange = { readonly address: number, readonly before: Value, };

export type TableChange = { readonly table: number, readonly index: number, readonly before: Value, };

/**
 * What the last single step did.
 */
export type Effect = { readonly mnemonic: string, readonly module: string, readonly offset: number, readonly span?: Span, 
/**
 * `i32.add popped 2 and 40, pushed 42`
 */
readonly sentence: string, readonly popped: ReadonlyArray<Value>, readonly pushed: ReadonlyArray<Value>, readonly accesses: ReadonlyArray<MemoryAccess>, readonly localsWritten: ReadonlyArray<LocalChange>, readonly globalsWritten: ReadonlyArray<GlobalChange>, readonly tablesWritten: ReadonlyArray<TableChange>, readonly objects: ReadonlyArray<ObjectAccess>, };

export type NextInstruction = { readonly mnemonic: string, readonly module: string, readonly func: number, readonly funcName: string, readonly offset: number, readonly span?: Span, readonly line?: number, 
/**
 * Units of gas it will cost, dynamic costs included where they are known.
 */
readonly gas: bigint, };

/**
 * One consistent picture of the machine, without what only its embedder knows.
 */
export type MachineView = { readonly ticks: bigint, readonly gas: GasView, readonly next?: NextInstruction, readonly effect?: Effect, readonly frameCount: number, readonly frames: ReadonlyArray<FrameRow>, readonly frame?: FrameDetail, readonly globalCount: number, 
/**
 * Those of the window, and the one that the last step wrote.
 */
readonly globals: ReadonlyArray<GlobalRow>, readonly tables: ReadonlyArray<TableRow>, readonly tableWindows: ReadonlyArray<TableElements>, readonly memories: ReadonlyArray<MemoryRow>, readonly memoryWindows: ReadonlyArray<MemoryBytes>, 
/**
 * Whether a module of it has tags, so that there may be exceptions at all.
 */
readonly hasTags: boolean, 
/**
 * Those of the next instruction and the last step, the chosen frame and the globals.
 */
readonly exceptions: ReadonlyArray<ExceptionRow>, 
/**
 * How many exceptions of the heap are not among those, and those of the window, the newest
 * first. What refers to one is found out with the heap.
 */
readonly otherExceptionCount: number, readonly otherExceptions: ReadonlyArray<ObjectRow>, readonly heap: HeapUse, readonly heapWindow?: HeapView, };

/**
 * An exception: its tag and what it carries.
 */
export type ExceptionInfo = { 
/**
 * `$tag`, or the name of its export or import.
 */
readonly tag: string, readonly values: ReadonlyArray<Value>, 
/**
 * `$tag (1, 2)`
 */
readonly text: string, };

/**
 * Where an exception is caught.
 */
export type HandlerRow = { 
/**
 * Number of frames inside of the one that catches.
 */
readonly frame: number, readonly funcName: string, readonly module: string, readonly clause: Clause, 
/**
 * The `try_table`.
 */
readonly span?: Span, readonly line?: number, 
/**
 * Where control goes on.
 */
readonly offset: number, readonly target?: Span, readonly targetLine?: number, };

/**
 * Why an exception is in sight.
 */
export type ExceptionState = "next" | "caught" | "uncaught" | "held";

/**
 * An exception that is or was just thrown, or that something in sight refers to.
 */
export type ExceptionRow = { readonly state: ExceptionState, 
/**
 * `local $e`, `operand 2`, `$kept`.
 */
readonly holders: ReadonlyArray<string>, readonly exception: ExceptionInfo, 
/**
 * Where it was caught, or is caught when it is thrown here; undefined: nowhere.
 */
readonly handler?: HandlerRow, };

/**
 * Why the machine can go no further in this call.
 */
export type TrapInfo = { 
/**
 * The specification's wording: `integer divide by zero`.
 */
readonly kind: string, 
/**
 * One sentence with the numbers and the place.
 */
readonly sentence: string, 
/**
 * The exception that nothing caught.
 */
readonly exception?: ExceptionInfo, };

export type ModuleSource = { readonly "kind": "text", 
/**
 * File name without extension; also the name under which other modules import its exports.
 */
readonly name: string, readonly text: string, } | { readonly "kind": "binary", readonly name: string, readonly bytes: Uint8Array, };

export type Limits = { 
/**
 * In units of the schedule; undefined: no limit.
 */
readonly gas?: bigint, 
/**
 * Stack of the machine, in slots of 8 bytes.
 */
readonly stackSlots: number, 
/**
 * For one memory, in pages of 64 KiB.
 */
readonly memoryPages: number, readonly tableElements: number, 
/**
 * For all objects together, in MiB.
 */
readonly heapMib: number, 
/**
 * A host function that takes longer is ended, in milliseconds.
 */
readonly hostMillis: number, };

/**
 * Something that keeps a project from running.
 */
export type Problem = { readonly message: string, 
/**
 * Which file it is in: a module's name, or `host.js`.
 */
readonly file?: string, readonly span?: Span, readonly line?: number, readonly column?: number, 
/**
 * A limit is the reason, and it can be set higher.
 */
readonly limited?: boolean, };

/**
 * An import that no module of the project gives: the embedder answers for it.
 */
export type HostImport = { readonly import: ImportInfo, 
/**
 * The module that imports it, and the place in its text.
 */
readonly importer: string, readonly span?: Span, readonly line?: number, readonly column?: number, };

/**
 * A value for an imported global.
 */
export type HostGlobal = { readonly module: string, readonly name: string, readonly value: Value, };

/**
 * The call before which the machine of a script stands.
 */
export type ScriptCall = { 
/**
 * Number of the module among those of the machine.
 */
readonly module: number, 
/**
 * Undefined: its start function.
 */
readonly export?: string, readonly args: ReadonlyArray<Value>, };

/**
 * Which part of the long lists of a view is sent: so many rows of each, each from a place on.
 * Where fewer are left after that, the last ones.
 */
export type RowWindows = { 
/**
 * At most 4096.
 */
readonly count: number, readonly localsFrom: number, 
/**
 * From the top of the stack.
 */
readonly operandsFrom: number, readonly labelsFrom: number, readonly globalsFrom: number, 
/**
 * At most 128 of those that are not in sight.
 */
readonly exceptionsFrom: number, };

export type Viewport = { 
/**
 * 0 is the innermost frame.
 */
readonly frame: number, readonly framesFrom: number, readonly framesCount: number, 
/**
 * Undefined: the first 4096 of each list.
 */
readonly rows?: RowWindows, readonly memories: ReadonlyArray<MemoryWindow>, readonly tables: ReadonlyArray<TableWindow>, 
/**
 * Undefined: the heap is not looked at.
 */
readonly heap?: HeapWindow, };

export type Edit = { readonly "kind": "local", readonly frame: number, readonly index: number, readonly value: Value, } | { readonly "kind": "operand", readonly frame: number, readonly index: number, readonly value: Value, } | { readonly "kind": "global", readonly address: number, readonly value: Value, } | { readonly "kind": "element", readonly table: number, readonly index: number, readonly value: Value, } | { readonly "kind": "part", readonly object: number, readonly index: number, readonly value: Value, } | { readonly "kind": "bytes", readonly memory: number, readonly address: bigint, readonly bytes: Uint8Array, };
