//! The TypeScript declarations of everything in [`crate::dto`].

use ts_rs::{Config, TS};

use crate::dto::*;

const HEAD: &str = "// Generated from crates/bindings/src/dto by `npm run types`; do not edit.\n\
// What crosses between the core and the page: plain data. Offsets in a text count UTF-16 units;\n\
// 64-bit numbers are bigint.\n";

/// The declarations as one module, ending in a newline.
pub fn typescript() -> String {
    let config = Config::new().with_large_int("bigint");
    let mut out = String::from(HEAD);
    macro_rules! declare {
        ($($name:ty),* $(,)?) => {
            $(
                out.push('\n');
                if let Some(docs) = <$name as TS>::docs() {
                    out.push_str(docs.trim_end());
                    out.push('\n');
                }
                out.push_str("export ");
                out.push_str(&read_only(&<$name as TS>::decl(&config)));
                out.push('\n');
            )*
        };
    }
    declare!(
        Span,
        Value,
        RefTarget,
        Shape,
        FuncType,
        ExternKind,
        ImportInfo,
        ExportInfo,
        Severity,
        Diagnostic,
        Moved,
        BreakpointStand,
        OutlineKind,
        OutlineItem,
        SymbolKind,
        SymbolDefinition,
        SymbolReference,
        CheckReport,
        ScriptFailure,
        InstructionInfo,
        Schedule,
        HeapWindow,
        HeapUse,
        ObjectKind,
        HeapKindRow,
        ObjectRow,
        PartRow,
        HolderRow,
        ObjectDetail,
        HeapView,
        ObjectAccess,
        GasView,
        FrameRow,
        SlotRow,
        LabelKind,
        LabelRow,
        Clause,
        CatchRow,
        FrameDetail,
        GlobalRow,
        AddressType,
        TableRow,
        MemoryRow,
        MemoryWindow,
        MemoryBytes,
        TableWindow,
        TableElements,
        AccessKind,
        MemoryAccess,
        LocalChange,
        GlobalChange,
        TableChange,
        Effect,
        NextInstruction,
        MachineView,
        ExceptionInfo,
        HandlerRow,
        ExceptionState,
        ExceptionRow,
        TrapInfo,
        ModuleSource,
        Limits,
        Problem,
        HostImport,
        HostGlobal,
        ScriptCall,
        RowWindows,
        Viewport,
        Edit,
    );
    out
}

/// The declaration with every field, array and record read-only.
fn read_only(declaration: &str) -> String {
    let mut out = String::with_capacity(declaration.len() * 2);
    let mut rest = declaration.replace("Array<", "ReadonlyArray<");
    // A field begins after `{` or `,` (or a doc comment behind one of them).
    let mut at_field = false;
    while !rest.is_empty() {
        if at_field {
            let blank = rest.len() - rest.trim_start().len();
            out.push_str(&rest[..blank]);
            rest.drain(..blank);
            if rest.starts_with("/*") {
                let end = rest.find("*/").map_or(rest.len(), |end| end + 2);
                out.push_str(&rest[..end]);
                rest.drain(..end);
                continue;
            }
            if !rest.starts_with('}') {
                out.push_str("readonly ");
            }
        }
        let cut = rest.find(['{', ',']).map_or(rest.len(), |found| found + 1);
        at_field = cut <= rest.len() && matches!(rest.as_bytes().get(cut - 1), Some(b'{' | b','));
        out.push_str(&rest[..cut]);
        rest.drain(..cut);
    }
    out.replace(
        "Record<string, readonly number>",
        "Readonly<Record<string, number>>",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_declarations_are_up_to_date() {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../web/protocol/generated.ts"
        );
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(file, typescript()).expect("web/protocol can be written");
        }
        let kept = std::fs::read_to_string(file).expect("web/protocol/generated.ts exists");
        assert!(
            kept == typescript(),
            "web/protocol/generated.ts is stale: run `npm run types`"
        );
    }
}
