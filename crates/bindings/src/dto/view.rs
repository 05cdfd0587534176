//! What can be seen of a machine.

use serde_bytes::ByteBuf;

use super::{HeapUse, HeapView, ObjectAccess, ObjectRow, Span, Value, crossing};

crossing! {
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct GasView {
        /// In units; divide by `denominator` to show.
        pub used: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub limit: Option<u64>,
        pub denominator: u32,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct FrameRow {
        /// 0 is the innermost frame.
        pub index: u32,
        pub func: u32,
        /// `$fib` or `[3]`.
        pub name: String,
        /// Name of the module in the project.
        pub module: String,
        /// Byte offset in the module of the instruction it stands at.
        pub offset: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub span: Option<Span>,
        /// 1-based line in the module's text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub line: Option<u32>,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct SlotRow {
        pub index: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        pub r#type: String,
        pub value: Value,
    }

    #[derive(Copy)]
    #[serde(rename_all = "snake_case")]
    pub enum LabelKind {
        Func,
        Block,
        Loop,
        If,
        TryTable,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct LabelRow {
        /// Of a branch to it: 0 is the innermost one.
        pub index: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        pub kind: LabelKind,
        pub arity: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub span: Option<Span>,
        /// Where a branch to it continues.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub target: Option<Span>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub target_line: Option<u32>,
        /// What a `try_table` catches of what is thrown here; the first that fits does. The first
        /// ones of more than 64.
        pub catches: Vec<CatchRow>,
        pub catch_count: u32,
    }

    #[derive(Copy)]
    #[serde(rename_all = "snake_case")]
    pub enum Clause {
        Catch,
        CatchRef,
        CatchAll,
        CatchAllRef,
    }

    /// A clause of a `try_table`.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct CatchRow {
        pub clause: Clause,
        /// Name of its tag; undefined if it catches all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tag: Option<String>,
        /// The label that it branches to, by its place among those of the frame.
        pub label: u32,
    }

    #[serde(rename_all = "camelCase")]
    pub struct FrameDetail {
        pub index: u32,
        pub local_count: u32,
        /// Those of the window, and the one that the last step wrote.
        pub locals: Vec<SlotRow>,
        pub operand_count: u32,
        /// Those of the window, top of the stack first.
        pub operands: Vec<SlotRow>,
        pub label_count: u32,
        /// Those of the window, innermost first.
        pub labels: Vec<LabelRow>,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct GlobalRow {
        pub address: u32,
        pub module: String,
        pub index: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        pub r#type: String,
        pub mutable: bool,
        pub value: Value,
    }

    /// Type of the addresses of a memory, or of the indices of a table.
    #[derive(Copy)]
    #[serde(rename_all = "lowercase")]
    pub enum AddressType {
        I32,
        I64,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct TableRow {
        pub address: u32,
        pub module: String,
        pub index: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        pub r#type: String,
        pub address_type: AddressType,
        pub size: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub maximum: Option<u64>,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct MemoryRow {
        pub address: u32,
        pub module: String,
        pub index: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        pub address_type: AddressType,
        /// Whether threads could share it.
        pub shared: bool,
        /// In bytes.
        pub size: u64,
        /// Bytes of a page: 65,536 or 1.
        pub page_size: u32,
        pub pages: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub maximum_pages: Option<u64>,
    }

    #[serde(rename_all = "camelCase")]
    pub struct MemoryWindow {
        pub memory: u32,
        pub from: u64,
        pub length: u32,
    }

    #[serde(rename_all = "camelCase")]
    pub struct MemoryBytes {
        pub memory: u32,
        pub from: u64,
        /// Shorter than asked for where the memory ends.
        #[cfg_attr(not(target_arch = "wasm32"), ts(type = "Uint8Array"))]
        pub bytes: ByteBuf,
    }

    #[serde(rename_all = "camelCase")]
    pub struct TableWindow {
        pub table: u32,
        pub from: u32,
        pub count: u32,
    }

    #[serde(rename_all = "camelCase")]
    pub struct TableElements {
        pub table: u32,
        pub from: u32,
        pub elements: Vec<Value>,
    }

    #[derive(Copy)]
    #[serde(rename_all = "lowercase")]
    pub enum AccessKind {
        Read,
        Write,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct MemoryAccess {
        pub kind: AccessKind,
        pub memory: u32,
        pub address: u64,
        pub length: u64,
        /// For writes: the bytes before (capped at 64 KiB).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(not(target_arch = "wasm32"), ts(type = "Uint8Array"))]
        pub before: Option<ByteBuf>,
    }

    #[serde(rename_all = "camelCase")]
    pub struct LocalChange {
        pub index: u32,
        pub before: Value,
    }

    #[serde(rename_all = "camelCase")]
    pub struct GlobalChange {
        pub address: u32,
        pub before: Value,
    }

    #[serde(rename_all = "camelCase")]
    pub struct TableChange {
        pub table: u32,
        pub index: u32,
        pub before: Value,
    }

    /// What the last single step did.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct Effect {
        pub mnemonic: String,
        pub module: String,
        pub offset: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub span: Option<Span>,
        /// `i32.add popped 2 and 40, pushed 42`
        pub sentence: String,
        pub popped: Vec<Value>,
        pub pushed: Vec<Value>,
        pub accesses: Vec<MemoryAccess>,
        pub locals_written: Vec<LocalChange>,
        pub globals_written: Vec<GlobalChange>,
        pub tables_written: Vec<TableChange>,
        pub objects: Vec<ObjectAccess>,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct NextInstruction {
        pub mnemonic: String,
        pub module: String,
        pub func: u32,
        pub func_name: String,
        pub offset: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub span: Option<Span>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub line: Option<u32>,
        /// Units of gas it will cost, dynamic costs included where they are known.
        pub gas: u64,
    }

    /// An exception: its tag and what it carries.
    #[serde(rename_all = "camelCase")]
    pub struct ExceptionInfo {
        /// `$tag`, or the name of its export or import.
        pub tag: String,
        pub values: Vec<Value>,
        /// `$tag (1, 2)`
        pub text: String,
    }

    /// Where an exception is caught.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct HandlerRow {
        /// Number of frames inside of the one that catches.
        pub frame: u32,
        pub func_name: String,
        pub module: String,
        pub clause: Clause,
        /// The `try_table`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub span: Option<Span>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub line: Option<u32>,
        /// Where control goes on.
        pub offset: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub target: Option<Span>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub target_line: Option<u32>,
    }

    /// Why an exception is in sight.
    #[derive(Copy)]
    #[serde(rename_all = "lowercase")]
    pub enum ExceptionState {
        /// The next instruction throws it.
        Next,
        /// The last step threw it, and it was caught.
        Caught,
        /// It was thrown, and nothing caught it.
        Uncaught,
        /// Something in sight refers to it.
        Held,
    }

    /// An exception that is or was just thrown, or that something in sight refers to.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct ExceptionRow {
        pub state: ExceptionState,
        /// `local $e`, `operand 2`, `$kept`.
        pub holders: Vec<String>,
        pub exception: ExceptionInfo,
        /// Where it was caught, or is caught when it is thrown here; undefined: nowhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub handler: Option<HandlerRow>,
    }

    /// One consistent picture of the machine, without what only its embedder knows.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct MachineView {
        pub ticks: u64,
        pub gas: GasView,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next: Option<NextInstruction>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub effect: Option<Effect>,
        pub frame_count: u32,
        pub frames: Vec<FrameRow>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub frame: Option<FrameDetail>,
        pub global_count: u32,
        /// Those of the window, and the one that the last step wrote.
        pub globals: Vec<GlobalRow>,
        pub tables: Vec<TableRow>,
        pub table_windows: Vec<TableElements>,
        pub memories: Vec<MemoryRow>,
        pub memory_windows: Vec<MemoryBytes>,
        /// Whether a module of it has tags, so that there may be exceptions at all.
        pub has_tags: bool,
        /// Those of the next instruction and the last step, the chosen frame and the globals.
        pub exceptions: Vec<ExceptionRow>,
        /// How many exceptions of the heap are not among those, and those of the window, the newest
        /// first. What refers to one is found out with the heap.
        pub other_exception_count: u32,
        pub other_exceptions: Vec<ObjectRow>,
        pub heap: HeapUse,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub heap_window: Option<HeapView>,
    }

    /// Why the machine can go no further in this call.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct TrapInfo {
        /// The specification's wording: `integer divide by zero`.
        pub kind: String,
        /// One sentence with the numbers and the place.
        pub sentence: String,
        /// The exception that nothing caught.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub exception: Option<ExceptionInfo>,
    }
}
