//! The module `spectest` that every script may import from.
//!
//! Its contents are fixed by the README of the specification's reference interpreter.
//! The printing functions take their arguments and do nothing: no script can see what they print.

use waspnest::{
    AddressType, Extern, FuncType, GlobalType, Limits, Machine, MemoryType, RefType, TableType,
    ValType, Value,
};

pub(crate) const MODULE: &str = "spectest";

const PRINTS: &[(&str, &[ValType])] = &[
    ("print", &[]),
    ("print_i32", &[ValType::I32]),
    ("print_i64", &[ValType::I64]),
    ("print_f32", &[ValType::F32]),
    ("print_f64", &[ValType::F64]),
    ("print_i32_f32", &[ValType::I32, ValType::F32]),
    ("print_f64_f64", &[ValType::F64, ValType::F64]),
];

/// What the module has, by name; what the limits of the machine do not allow is its sentence.
pub(crate) type Contents = Vec<(&'static str, Result<Extern, String>)>;

/// Puts the contents of `spectest` into the store.
pub(crate) fn define(machine: &mut Machine) -> Contents {
    let mut contents = Contents::new();
    for (name, params) in PRINTS {
        let ty = FuncType::new(*params, []);
        let func = machine.host_func(ty, (MODULE, name));
        contents.push((*name, Ok(Extern::Func(func))));
    }
    let globals = [
        ("global_i32", Value::I32(666)),
        ("global_i64", Value::I64(666)),
        ("global_f32", Value::f32(666.6)),
        ("global_f64", Value::f64(666.6)),
    ];
    for (name, value) in globals {
        let ty = GlobalType {
            content: value.ty(),
            mutable: false,
        };
        let global = machine.host_global(ty, value).map(Extern::Global);
        contents.push((name, global.map_err(|error| error.to_string())));
    }
    let table = TableType::new(RefType::FUNC, limits(10, 20));
    let table64 = TableType {
        address: AddressType::I64,
        ..table
    };
    for (name, ty) in [("table", table), ("table64", table64)] {
        let table = machine.host_table(ty).map(Extern::Table);
        contents.push((name, table.map_err(|error| error.to_string())));
    }
    let memory = MemoryType::new(limits(1, 2));
    let shared = MemoryType {
        shared: true,
        ..memory
    };
    for (name, ty) in [("memory", memory), ("shared_memory", shared)] {
        let memory = machine.host_memory(ty).map(Extern::Memory);
        contents.push((name, memory.map_err(|error| error.to_string())));
    }
    contents
}

fn limits(min: u64, max: u64) -> Limits {
    Limits {
        min,
        max: Some(max),
    }
}
