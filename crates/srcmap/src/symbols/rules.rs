//! Which index space a name belongs to, by the keyword before it (specification, Text Format,
//! Instructions and Modules).

use crate::symbols::SymbolKind;

use SymbolKind::{Data, Elem, Field, Func, Global, Label, Local, Memory, Table, Tag, Type};

/// Name spaces of the `$names` after an instruction or keyword: the `nth` of `count` in a row.
pub(super) fn immediate(keyword: &str, nth: usize, count: usize) -> Option<SymbolKind> {
    let of = |kinds: &[SymbolKind]| kinds.get(nth).copied();
    match keyword {
        "call" | "return_call" | "ref.func" | "start" => of(&[Func]),
        "local.get" | "local.set" | "local.tee" => of(&[Local]),
        "global.get" | "global.set" => of(&[Global]),
        "br" | "br_if" | "br_on_null" | "br_on_non_null" | "br_on_cast" | "br_on_cast_fail"
        | "delegate" | "rethrow" | "end" | "else" => of(&[Label]),
        "br_table" => Some(Label),
        "catch" | "catch_ref" => of(&[Tag, Label]),
        "catch_all" | "catch_all_ref" => of(&[Label]),
        "throw" => of(&[Tag]),
        "call_indirect"
        | "return_call_indirect"
        | "table.get"
        | "table.set"
        | "table.size"
        | "table.grow"
        | "table.fill" => of(&[Table]),
        "table.copy" => of(&[Table, Table]),
        "table.init" if count == 1 => of(&[Elem]),
        "table.init" => of(&[Table, Elem]),
        "elem.drop" => of(&[Elem]),
        "memory.size" | "memory.grow" | "memory.fill" => of(&[Memory]),
        "memory.copy" => of(&[Memory, Memory]),
        "memory.init" if count == 1 => of(&[Data]),
        "memory.init" => of(&[Memory, Data]),
        "data.drop" => of(&[Data]),
        "call_ref" | "return_call_ref" | "ref.null" | "ref" | "sub" | "type" => of(&[Type]),
        "array.copy" => of(&[Type, Type]),
        "array.new_data" | "array.init_data" => of(&[Type, Data]),
        "array.new_elem" | "array.init_elem" => of(&[Type, Elem]),
        "struct.get" | "struct.get_s" | "struct.get_u" | "struct.set" => of(&[Type, Field]),
        keyword if keyword.starts_with("struct.") || keyword.starts_with("array.") => of(&[Type]),
        keyword if accesses_memory(keyword) => of(&[Memory]),
        _ => None,
    }
}

/// Loads and stores of every width.
fn accesses_memory(keyword: &str) -> bool {
    let Some((_, access)) = keyword.split_once('.') else {
        return false;
    };
    access.starts_with("load") || access.starts_with("store") || access.starts_with("atomic.")
}

/// What a name right after the keyword of a form defines.
pub(super) fn defined(head: &str) -> Option<SymbolKind> {
    Some(match head {
        "func" => Func,
        "param" | "local" => Local,
        "global" => Global,
        "table" => Table,
        "memory" => Memory,
        "type" => Type,
        "data" => Data,
        "elem" => Elem,
        "field" => Field,
        "tag" => Tag,
        "block" | "loop" | "if" | "try_table" => Label,
        _ => return None,
    })
}
