//! Which proposals the machine has, and how one that it has not is named.

use wasmparser::{BinaryReader, FunctionBody, Operator, Parser, Payload, WasmFeatures};

use super::edition;
use crate::error::{Error, ErrorKind};
use crate::index::WasmOffset;

/// WebAssembly 2.0 plus relaxed SIMD, tail calls, extended constant expressions, typed function
/// references, garbage-collected objects, exceptions, several memories, 64-bit memories and
/// tables, custom page sizes, atomics and wide arithmetic.
pub(super) const SUPPORTED: WasmFeatures = WasmFeatures::WASM2
    .union(WasmFeatures::RELAXED_SIMD)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::FUNCTION_REFERENCES)
    .union(WasmFeatures::GC)
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::MEMORY64)
    .union(WasmFeatures::CUSTOM_PAGE_SIZES)
    .union(WasmFeatures::THREADS)
    .union(WasmFeatures::WIDE_ARITHMETIC)
    .union(WasmFeatures::EXCEPTIONS);

/// Turns a validation error into ours: a module that is valid with more proposals is refused by
/// the name of what it uses, any other one by what is wrong with it.
#[cold]
pub(super) fn explain(bytes: &[u8], error: &wasmparser::Error) -> Error {
    let offset = WasmOffset(error.offset() as u32);
    // A tag with results is a slip, though a proposal that is not ours allows it.
    let is_slip = error.message().contains("tag result type");
    if is_slip || edition::validate(bytes, later()).is_err() {
        let kind = ErrorKind::Invalid(error.message().to_string());
        return Error::new(kind, Some(offset));
    }
    let operator = operator_at(bytes, u64::from(offset.0));
    let feature = match &operator {
        Some((proposal, _)) if *proposal != "mvp" => feature_name(proposal).to_string(),
        _ => feature_of_message(error.message()),
    };
    let instruction = operator.map(|(_, name)| name);
    Error::new(
        ErrorKind::Unsupported {
            feature,
            instruction,
        },
        Some(offset),
    )
}

/// Everything that the parser knows of core WebAssembly.
fn later() -> WasmFeatures {
    WasmFeatures::all()
        .difference(WasmFeatures::COMPONENT_MODEL)
        // It loosens a rule of `br_on_cast` that WebAssembly 3.0 has.
        .difference(WasmFeatures::CUSTOM_DESCRIPTORS)
        .difference(WasmFeatures::SHARED_EVERYTHING_THREADS)
}

/// Proposal and name of the instruction that starts at an offset or, where the error stands on
/// one of its immediates, that holds it.
fn operator_at(bytes: &[u8], offset: u64) -> Option<(&'static str, String)> {
    let body = Parser::new(0)
        .parse_all(bytes)
        .flatten()
        .find_map(|payload| match payload {
            Payload::CodeSectionEntry(body) if body.range().contains(&offset) => Some(body),
            _ => None,
        })?;
    let range = body.range();
    let slice = bytes.get(range.start as usize..range.end as usize)?;
    let body = FunctionBody::new(BinaryReader::new(slice, range.start));
    let mut found = None;
    for item in body.get_operators_reader().ok()?.into_iter_with_offsets() {
        let (operator, start) = item.ok()?;
        if start > offset {
            break;
        }
        found = Some(operator);
    }
    found.map(|operator| (proposal(&operator), text_name(&operator)))
}

macro_rules! define_proposal {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        fn proposal(operator: &Operator<'_>) -> &'static str {
            match operator {
                $(Operator::$op { .. } => stringify!($proposal),)*
                _ => "mvp",
            }
        }
    };
}

wasmparser::for_each_operator!(define_proposal);

/// Name in the text format, of an instruction that our table has not: from the parser's own name,
/// `I32Load8S` to `i32.load8_s`. The part before the first `_` is followed by a dot where it names a
/// type or an index space.
fn text_name(operator: &Operator<'_>) -> String {
    const SPACES: &[&str] = &[
        "i32", "i64", "f32", "f64", "v128", "i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2",
        "local", "global", "table", "memory", "ref", "struct", "array", "i31", "any", "extern",
        "data", "elem", "atomic", "cont",
    ];
    let mut name = String::new();
    let parsers = format!("{operator:?}");
    for letter in parsers
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric())
    {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            let is_first = !name.contains(['.', '_']);
            name.push(if is_first && SPACES.contains(&name.as_str()) {
                '.'
            } else {
                '_'
            });
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// The name people use for a proposal that the parser calls by a word of its own.
fn feature_name(proposal: &str) -> &str {
    match proposal {
        "gc" => "garbage-collected objects",
        "legacy_exceptions" => "legacy exceptions",
        "threads" => "threads",
        "function_references" => "typed function references",
        "memory_control" => "memory control",
        "wide_arithmetic" => "wide arithmetic",
        "stack_switching" => "stack switching",
        "custom_descriptors" => "custom descriptors",
        other => other,
    }
}

/// The proposal named by a message on something that is no instruction.
fn feature_of_message(message: &str) -> String {
    let table: &[(&str, &str)] = &[
        ("multiple memories", "several memories"),
        ("multi-memory", "several memories"),
        ("memory64", "64-bit memories"),
        ("64-bit tables", "64-bit tables"),
        ("shared", "shared memories"),
        ("threads", "threads"),
        ("gc", "garbage-collected types"),
        ("rec group", "garbage-collected types"),
        ("function references", "typed function references"),
        ("custom page size", "custom page sizes"),
    ];
    match table.iter().find(|(word, _)| message.contains(word)) {
        Some((_, feature)) => (*feature).to_string(),
        None => format!("a proposal of later WebAssembly ({message})"),
    }
}
