//! Text services: check, assemble, disassemble, and the references of instructions and schedules.

use serde::Serialize;
use wasm_bindgen::prelude::*;
use waspnest_srcmap as srcmap;

use crate::convert::{json, param_name, schedule_out, to_js};
use crate::dto::{
    CheckReport, Diagnostic, ExportInfo, ExternKind, FuncType, ImportInfo, InstructionInfo,
    OutlineItem, OutlineKind, Severity, SymbolDefinition, SymbolKind, SymbolReference,
};
use crate::source::{span_of, unsupported};

/// Bytes of text from which a report lists the names of the module's own items only, and no uses
/// of them: finding all takes longer than a person waits (chosen).
const LARGE_TEXT: usize = 1 << 20;

/// Parses, assembles and validates a text; gives a `CheckReport` as JSON, which crosses from worker
/// to page several times faster than its objects.
#[wasm_bindgen]
pub fn check(text: &str) -> String {
    json(&check_report(text))
}

/// Checks the text of a script; gives a `CheckReport` as JSON, with the names of its modules.
#[wasm_bindgen(js_name = checkScript)]
pub fn check_script(text: &str) -> String {
    let check = waspnest_script::check(text);
    let index = &check.index;
    let diagnostics = check.diagnostics.into_iter();
    json(&report(
        text,
        index,
        Found {
            diagnostics: diagnostics
                .map(|found| diagnostic(text, index, found))
                .collect(),
            outline: check.outline,
            symbols: check.symbols,
            interface: None,
            wasm_bytes: None,
        },
    ))
}

/// Everything that is known of a text.
pub fn check_report(text: &str) -> CheckReport {
    let check = match text.len() < LARGE_TEXT {
        true => srcmap::check(text),
        false => srcmap::check_large(text),
    };
    let index = &check.index;
    let mut diagnostics: Vec<Diagnostic> = check
        .diagnostics
        .into_iter()
        .map(|found| diagnostic(text, index, found))
        .collect();
    let mut interface = None;
    let mut wasm_bytes = None;
    if let Some(assembled) = &check.assembled {
        match unsupported(text, index, assembled) {
            Some(found) => diagnostics.push(found),
            None => {
                interface = srcmap::interface(&assembled.wasm).ok();
                wasm_bytes = Some(assembled.wasm.len() as u32);
            }
        }
    }
    report(
        text,
        index,
        Found {
            diagnostics,
            outline: check.outline,
            symbols: check.symbols,
            interface,
            wasm_bytes,
        },
    )
}

/// The report of a large module's printed text; whether the machine takes the module is said when
/// it is loaded.
fn printed_report(bytes: &[u8], text: &str) -> CheckReport {
    let outline = srcmap::outline_printed(bytes, text);
    let definitions = srcmap::definitions_of(&outline, text);
    report(
        text,
        &srcmap::TextIndex::new(text),
        Found {
            diagnostics: Vec::new(),
            outline,
            symbols: srcmap::Symbols {
                definitions,
                references: Vec::new(),
            },
            interface: srcmap::interface(bytes).ok(),
            wasm_bytes: Some(bytes.len() as u32),
        },
    )
}

/// What a report is made of.
struct Found {
    diagnostics: Vec<Diagnostic>,
    outline: Vec<srcmap::OutlineItem>,
    symbols: srcmap::Symbols,
    interface: Option<srcmap::Interface>,
    wasm_bytes: Option<u32>,
}

fn report(text: &str, index: &srcmap::TextIndex, found: Found) -> CheckReport {
    let (imports, exports) = match found.interface {
        Some(interface) => (
            Some(interface.imports.into_iter().map(import).collect()),
            Some(interface.exports.into_iter().map(export).collect()),
        ),
        None => (None, None),
    };
    CheckReport {
        diagnostics: found.diagnostics,
        outline: found
            .outline
            .into_iter()
            .map(|item| outline_item(text, index, item))
            .collect(),
        definitions: found
            .symbols
            .definitions
            .into_iter()
            .map(|found| SymbolDefinition {
                kind: symbol_kind(found.kind),
                name: found.name,
                span: span_of(text, index, found.span),
                scope: span_of(text, index, found.scope),
                detail: found.detail,
            })
            .collect(),
        references: found
            .symbols
            .references
            .into_iter()
            .map(|found| SymbolReference {
                span: span_of(text, index, found.span),
                definition: found.definition,
            })
            .collect(),
        imports,
        exports,
        wasm_bytes: found.wasm_bytes,
    }
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Assembly {
    Ok { bytes: serde_bytes::ByteBuf },
    Failed { diagnostics: Vec<Diagnostic> },
}

/// The module a text stands for, or its diagnostics.
#[wasm_bindgen]
pub fn assemble(text: &str) -> JsValue {
    let index = srcmap::TextIndex::new(text);
    to_js(&match srcmap::assemble(text) {
        Ok(assembled) => Assembly::Ok {
            bytes: assembled.wasm.into(),
        },
        Err(found) => Assembly::Failed {
            diagnostics: found
                .into_iter()
                .map(|found| diagnostic(text, &index, found))
                .collect(),
        },
    })
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Printed {
    Ok {
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        report: Option<String>,
    },
    Failed {
        message: String,
        /// The machine reads it all the same.
        readable: bool,
    },
}

/// The text of a module in the binary format. A large one comes with its report as JSON, since
/// reading the text again would take seconds.
#[wasm_bindgen]
pub fn disassemble(bytes: &[u8]) -> JsValue {
    to_js(&match srcmap::disassemble(bytes) {
        Ok(printed) => Printed::Ok {
            report: (printed.text.len() >= LARGE_TEXT)
                .then(|| json(&printed_report(bytes, &printed.text))),
            text: printed.text,
        },
        Err(error) => Printed::Failed {
            message: error.to_string(),
            readable: waspnest::Module::new(bytes).is_ok(),
        },
    })
}

/// All instructions.
#[wasm_bindgen]
pub fn reference() -> JsValue {
    to_js(&instructions())
}

const SPECIFICATION: &str = "https://webassembly.github.io/spec/core/exec/instructions.html";

/// All instructions of the machine, for hover, completion and prices.
pub fn instructions() -> Vec<InstructionInfo> {
    waspnest::reference()
        .into_iter()
        .map(|info| InstructionInfo {
            mnemonic: info.mnemonic.to_owned(),
            stack: stack_effect(info.stack_effect),
            summary: info.doc.to_owned(),
            proposal: info.proposal.to_owned(),
            spec_url: format!("{SPECIFICATION}{}", info.spec_anchor),
            immediates: immediates(info.mnemonic).to_owned(),
        })
        .collect()
}

/// `a b -> c` as the page shows it: `[a b] -> [c]`.
fn stack_effect(effect: &str) -> String {
    match effect.split_once("->") {
        Some((pops, pushes)) => format!("[{}] -> [{}]", pops.trim(), pushes.trim()),
        None => effect.to_owned(),
    }
}

/// What follows the mnemonic in the text format.
fn immediates(mnemonic: &str) -> &'static str {
    match mnemonic {
        "block" | "loop" | "if" => "$label (result …)",
        "br" | "br_if" | "br_on_null" | "br_on_non_null" => "$label",
        "br_on_cast" | "br_on_cast_fail" => "$label type type",
        "throw" => "$tag",
        "try_table" => "$label (result …) (catch $tag $label) …",
        "br_table" => "$label … $default",
        "call" | "return_call" | "ref.func" => "$func",
        "call_indirect" | "return_call_indirect" => "$table (type $type)",
        "local.get" | "local.set" | "local.tee" => "$local",
        "global.get" | "global.set" => "$global",
        "i32.const" | "i64.const" => "integer",
        "f32.const" | "f64.const" => "float",
        "select" => "(result type)",
        "ref.null" => "func | extern",
        "memory.init" => "$memory $data",
        "data.drop" => "$data",
        "atomic.fence" => "",
        "memory.size" | "memory.grow" | "memory.fill" => "$memory",
        "memory.copy" => "$to $from",
        "table.init" => "$table $elem",
        "elem.drop" => "$elem",
        "table.copy" => "$to $from",
        _ if mnemonic.starts_with("table.") => "$table",
        _ if [".load", ".store", ".atomic."]
            .iter()
            .any(|part| mnemonic.contains(part)) =>
        {
            "$memory offset=N align=N"
        }
        _ => "",
    }
}

/// The built-in gas schedules.
#[wasm_bindgen]
pub fn schedules() -> JsValue {
    to_js(
        &waspnest::Schedule::builtin()
            .iter()
            .map(schedule_out)
            .collect::<Vec<_>>(),
    )
}

fn diagnostic(text: &str, index: &srcmap::TextIndex, found: srcmap::Diagnostic) -> Diagnostic {
    Diagnostic {
        severity: match found.severity {
            srcmap::Severity::Error => Severity::Error,
            srcmap::Severity::Warning => Severity::Warning,
        },
        span: span_of(text, index, found.span),
        line: found.line,
        column: found.column,
        message: found.message,
    }
}

fn outline_item(text: &str, index: &srcmap::TextIndex, item: srcmap::OutlineItem) -> OutlineItem {
    OutlineItem {
        kind: match item.kind {
            srcmap::OutlineKind::Type => OutlineKind::Type,
            srcmap::OutlineKind::Import => OutlineKind::Import,
            srcmap::OutlineKind::Func => OutlineKind::Func,
            srcmap::OutlineKind::Export => OutlineKind::Export,
            srcmap::OutlineKind::Memory => OutlineKind::Memory,
            srcmap::OutlineKind::Table => OutlineKind::Table,
            srcmap::OutlineKind::Global => OutlineKind::Global,
            srcmap::OutlineKind::Tag => OutlineKind::Tag,
            srcmap::OutlineKind::Data => OutlineKind::Data,
            srcmap::OutlineKind::Elem => OutlineKind::Elem,
            srcmap::OutlineKind::Custom => OutlineKind::Custom,
            srcmap::OutlineKind::Start => OutlineKind::Start,
        },
        index: item.index,
        name: item.name,
        detail: item.detail,
        span: item.span.map(|span| span_of(text, index, span)),
        bytes: item.bytes,
    }
}

fn symbol_kind(kind: srcmap::SymbolKind) -> SymbolKind {
    match kind {
        srcmap::SymbolKind::Func => SymbolKind::Func,
        srcmap::SymbolKind::Local => SymbolKind::Local,
        srcmap::SymbolKind::Label => SymbolKind::Label,
        srcmap::SymbolKind::Global => SymbolKind::Global,
        srcmap::SymbolKind::Table => SymbolKind::Table,
        srcmap::SymbolKind::Memory => SymbolKind::Memory,
        srcmap::SymbolKind::Type => SymbolKind::Type,
        srcmap::SymbolKind::Data => SymbolKind::Data,
        srcmap::SymbolKind::Elem => SymbolKind::Elem,
        srcmap::SymbolKind::Field => SymbolKind::Field,
        srcmap::SymbolKind::Tag => SymbolKind::Tag,
    }
}

fn extern_kind(kind: srcmap::ExternKind) -> ExternKind {
    match kind {
        srcmap::ExternKind::Func => ExternKind::Func,
        srcmap::ExternKind::Table => ExternKind::Table,
        srcmap::ExternKind::Memory => ExternKind::Memory,
        srcmap::ExternKind::Global => ExternKind::Global,
        srcmap::ExternKind::Tag => ExternKind::Tag,
    }
}

fn func_type(ty: srcmap::FuncType) -> FuncType {
    FuncType {
        params: ty.params,
        results: ty.results,
    }
}

fn import(import: srcmap::Import) -> ImportInfo {
    ImportInfo {
        module: import.module,
        name: import.name,
        kind: extern_kind(import.kind),
        r#type: import.ty,
        func: import.func.map(func_type),
    }
}

fn export(export: srcmap::Export) -> ExportInfo {
    ExportInfo {
        name: export.name,
        kind: extern_kind(export.kind),
        r#type: export.ty,
        func: export.func.map(func_type),
        param_names: (!export.param_names.is_empty()).then_some(
            export
                .param_names
                .iter()
                .enumerate()
                .map(|(index, name)| param_name(index, name.as_deref()))
                .collect(),
        ),
        address: 0,
    }
}
