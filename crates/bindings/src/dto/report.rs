//! What is known of a text or a module without running it.

use std::collections::BTreeMap;

use super::{ExportInfo, ImportInfo, Span, crossing};

crossing! {
    #[derive(Copy)]
    #[serde(rename_all = "lowercase")]
    pub enum Severity {
        Error,
        Warning,
    }

    #[serde(rename_all = "camelCase")]
    pub struct Diagnostic {
        pub severity: Severity,
        pub span: Span,
        /// 1-based, for people.
        pub line: u32,
        pub column: u32,
        pub message: String,
    }

    /// Why a breakpoint does not stand at the instruction that was asked for.
    #[derive(Copy)]
    #[serde(rename_all = "lowercase")]
    pub enum Moved {
        /// No instruction follows in the function of the asked line: it stands in another one.
        Function,
        /// The `end` or `else` of a block, which has no step of its own: it stands at the
        /// instruction that comes after it.
        Delimiter,
        /// No way leads there: it stands at the next instruction in the text that is reached, if
        /// there is one in the function.
        Unreachable,
    }

    /// Where a breakpoint stands: without a span nowhere, and it never stops.
    #[derive(Copy, Default)]
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct BreakpointStand {
        /// Offset of the instruction in the module.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub offset: Option<u32>,
        /// The instruction in the text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub span: Option<Span>,
        /// Its line, 1-based, for people.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub line: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub moved: Option<Moved>,
    }

    #[derive(Copy)]
    #[serde(rename_all = "lowercase")]
    pub enum OutlineKind {
        Type,
        Import,
        Func,
        Export,
        Memory,
        Table,
        Global,
        Tag,
        Data,
        Elem,
        Custom,
        Start,
    }

    /// One entry of the module's outline.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct OutlineItem {
        pub kind: OutlineKind,
        pub index: u32,
        /// `$name` or `[index]`, for exports the quoted name.
        pub name: String,
        /// Signature or type, short.
        pub detail: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub span: Option<Span>,
        /// Size in bytes where the item has one (function body, data, custom section, memory).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(not(target_arch = "wasm32"), ts(type = "number", optional))]
        pub bytes: Option<u64>,
    }

    #[derive(Copy)]
    #[serde(rename_all = "lowercase")]
    pub enum SymbolKind {
        Func,
        Local,
        Label,
        Global,
        Table,
        Memory,
        Type,
        Data,
        Elem,
        Field,
        Tag,
    }

    #[serde(rename_all = "camelCase")]
    pub struct SymbolDefinition {
        pub kind: SymbolKind,
        /// With its `$`.
        pub name: String,
        /// The name itself.
        pub span: Span,
        /// Where the name may be used: whole text for module names, the function for locals, the block for labels.
        pub scope: Span,
        /// One line for the hover: `(func $fib (param $n i32) (result i32))`.
        pub detail: String,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct SymbolReference {
        pub span: Span,
        /// Index into `definitions`; undefined when nothing of that name is in scope.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub definition: Option<u32>,
    }

    /// What a check of one text gives; present also when it does not assemble (outline and symbols tolerate errors).
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct CheckReport {
        pub diagnostics: Vec<Diagnostic>,
        pub outline: Vec<OutlineItem>,
        pub definitions: Vec<SymbolDefinition>,
        pub references: Vec<SymbolReference>,
        /// Only when it assembles.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub imports: Option<Vec<ImportInfo>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub exports: Option<Vec<ExportInfo>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub wasm_bytes: Option<u32>,
    }

    /// Why a directive of a script failed.
    #[serde(rename_all = "camelCase")]
    pub struct ScriptFailure {
        /// Number of the directive.
        pub directive: u32,
        /// What the script asks for.
        pub expected: String,
        /// What happened instead.
        pub got: String,
    }

    #[serde(rename_all = "camelCase")]
    pub struct InstructionInfo {
        pub mnemonic: String,
        /// `[i32 i32] -> [i32]`
        pub stack: String,
        /// One line of what it does.
        pub summary: String,
        pub proposal: String,
        /// Link into the WebAssembly specification.
        pub spec_url: String,
        /// The immediates after the mnemonic as the text format writes them: `$label`, `offset=N align=N`.
        pub immediates: String,
    }

    /// A gas schedule. Costs are whole units; `denominator` units make one gas.
    #[serde(rename_all = "camelCase")]
    pub struct Schedule {
        pub name: String,
        pub denominator: u32,
        /// Units for each mnemonic that costs something other than `base`.
        #[cfg_attr(not(target_arch = "wasm32"), ts(type = "Record<string, number>"))]
        pub costs: BTreeMap<String, u32>,
        pub base: u32,
        pub taken_branch: u32,
        pub per_grown_page: u32,
        pub per_bulk_byte: u32,
        pub per_host_call: u32,
        /// For each zero bit that `clz` and `ctz` count.
        pub per_counted_zero: u32,
        /// For each one bit that `popcnt` counts.
        pub per_counted_one: u32,
    }
}

impl BreakpointStand {
    /// Offset plus one, start and end of the span, line, and the number of the reason plus one:
    /// 0 for what is not there.
    pub fn words(&self) -> [u32; 5] {
        let span = self.span.unwrap_or(Span { from: 0, to: 0 });
        [
            self.offset.map_or(0, |offset| offset + 1),
            span.from,
            span.to,
            self.line.unwrap_or(0),
            self.moved.map_or(0, |moved| moved as u32 + 1),
        ]
    }
}
