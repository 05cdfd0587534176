//! What a module takes and gives, read with the parser alone, so that both engines are asked the
//! same; and the rewriting of its exports.

use std::ops::Range;

use wasm_encoder::{ExportKind, ExportSection, RawSection};
use wasmparser::types::{CoreTypeId, EntityType, Types};
use wasmparser::{
    AbstractHeapType, CompositeInnerType, HeapType, Parser, Payload, RefType, ValType, Validator,
    WasmFeatures,
};

/// Type of a value, as far as values can be made for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    I32,
    I64,
    F32,
    F64,
    V128,
    /// A function; of one type, if it is given.
    Func(Option<CoreTypeId>),
    Extern,
    /// A reference that a small integer is one of.
    Any,
    /// A reference whose values, but for null, are made by the program alone.
    Object,
    /// An exception. JavaScript cannot see one.
    Exception,
}

/// Type of a parameter, result or global.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ty {
    pub kind: Kind,
    /// Whether null is one of the values.
    pub nullable: bool,
}

/// Parameters and results of a function.
#[derive(Clone, Debug)]
pub struct Signature {
    pub id: CoreTypeId,
    pub params: Vec<Ty>,
    pub results: Vec<Ty>,
}

/// What kind of thing an import is.
#[derive(Clone, Debug)]
pub enum Import {
    Func(Signature),
    Global(Ty),
    Table,
    Memory,
    Tag,
}

/// What a module takes and gives.
pub struct Interface {
    /// In order.
    pub imports: Vec<Import>,
    /// All functions, by index; those imported come first.
    pub funcs: Vec<Signature>,
    /// All globals, by index.
    pub globals: Vec<Ty>,
    /// Numbers of tables and memories, those imported included.
    pub n_tables: u32,
    pub n_memories: u32,
    /// Whether it waits for another thread somewhere, which the other engine would do by the clock.
    pub waits: bool,
}

impl Interface {
    /// Reads the interface of a module.
    ///
    /// # Errors
    /// If it is not valid, with all proposals there are.
    pub fn read(wasm: &[u8]) -> Result<Interface, wasmparser::BinaryReaderError> {
        let types = Validator::new_with_features(WasmFeatures::all()).validate_all(wasm)?;
        let types_ref = types.as_ref();
        let mut imports = Vec::new();
        let mut waits = false;
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let entity = types_ref.entity_type_from_import(&import?);
                        imports.push(match entity {
                            Some(EntityType::Func(id) | EntityType::FuncExact(id)) => {
                                Import::Func(signature(&types, id))
                            }
                            Some(EntityType::Global(ty)) => {
                                Import::Global(kind(&types, ty.content_type))
                            }
                            Some(EntityType::Table(_)) => Import::Table,
                            Some(EntityType::Memory(_)) => Import::Memory,
                            Some(EntityType::Tag(_)) => Import::Tag,
                            None => unreachable!("a valid import has a type"),
                        });
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let mut operators = body.get_operators_reader()?;
                    while !operators.eof() {
                        use wasmparser::Operator::{MemoryAtomicWait32, MemoryAtomicWait64};
                        let operator = operators.read()?;
                        waits |= matches!(
                            operator,
                            MemoryAtomicWait32 { .. } | MemoryAtomicWait64 { .. }
                        );
                    }
                }
                _ => {}
            }
        }
        let func = |index| signature(&types, types_ref.core_function_at(index));
        let global = |index| kind(&types, types_ref.global_at(index).content_type);
        Ok(Interface {
            imports,
            funcs: (0..types_ref.function_count()).map(func).collect(),
            n_tables: types_ref.table_count(),
            n_memories: types_ref.memory_count(),
            globals: (0..types_ref.global_count()).map(global).collect(),
            waits: waits && (0..types_ref.memory_count()).any(|at| types_ref.memory_at(at).shared),
        })
    }
}

fn signature(types: &Types, id: CoreTypeId) -> Signature {
    let ty = types[id].unwrap_func();
    let all = |list: &[ValType]| list.iter().map(|ty| kind(types, *ty)).collect();
    Signature {
        id,
        params: all(ty.params()),
        results: all(ty.results()),
    }
}

fn kind(types: &Types, ty: ValType) -> Ty {
    let (kind, nullable) = match ty {
        ValType::I32 => (Kind::I32, false),
        ValType::I64 => (Kind::I64, false),
        ValType::F32 => (Kind::F32, false),
        ValType::F64 => (Kind::F64, false),
        ValType::V128 => (Kind::V128, false),
        ValType::Ref(ty) => (ref_kind(types, ty), ty.is_nullable()),
    };
    Ty { kind, nullable }
}

fn ref_kind(types: &Types, ty: RefType) -> Kind {
    match ty.heap_type() {
        HeapType::Abstract { ty, .. } => match ty {
            AbstractHeapType::Func => Kind::Func(None),
            AbstractHeapType::Extern => Kind::Extern,
            AbstractHeapType::Any | AbstractHeapType::Eq | AbstractHeapType::I31 => Kind::Any,
            AbstractHeapType::Exn | AbstractHeapType::NoExn => Kind::Exception,
            _ => Kind::Object,
        },
        HeapType::Concrete(index) | HeapType::Exact(index) => match index.as_core_type_id() {
            Some(id) => match &types[id].composite_type.inner {
                CompositeInnerType::Func(_) => Kind::Func(Some(id)),
                _ => Kind::Object,
            },
            None => Kind::Object,
        },
    }
}

/// Exports all functions, tables, memories and globals of a module, by the names `f0`, `t0`, `m0`,
/// `g0` and so on, in place of what it exported before.
pub fn export_all(wasm: &[u8]) -> Vec<u8> {
    let types = Validator::new_with_features(WasmFeatures::all())
        .validate_all(wasm)
        .expect("generated modules are valid");
    let types = types.as_ref();
    let mut exports = ExportSection::new();
    let mut add = |letter: &str, kind: ExportKind, n: u32| {
        for index in 0..n {
            exports.export(&format!("{letter}{index}"), kind, index);
        }
    };
    add("f", ExportKind::Func, types.function_count());
    add("t", ExportKind::Table, types.table_count());
    add("m", ExportKind::Memory, types.memory_count());
    add("g", ExportKind::Global, types.global_count());

    const CUSTOM: u8 = 0;
    const EXPORT: u8 = 7;
    const AFTER_EXPORT: [u8; 5] = [8, 9, 12, 10, 11];
    let mut module = wasm_encoder::Module::new();
    let mut is_written = false;
    for (id, range) in sections(wasm) {
        if AFTER_EXPORT.contains(&id) && !is_written {
            module.section(&exports);
            is_written = true;
        }
        // Custom sections would have to be told of the change.
        if id != EXPORT && id != CUSTOM {
            let data = &wasm[range];
            module.section(&RawSection { id, data });
        }
    }
    if !is_written {
        module.section(&exports);
    }
    module.finish()
}

/// Number and content of each section.
pub fn sections(wasm: &[u8]) -> Vec<(u8, Range<usize>)> {
    let sections = Parser::new(0).parse_all(wasm).filter_map(|payload| {
        let (id, range) = payload.ok()?.as_section()?;
        Some((id, range.start as usize..range.end as usize))
    });
    sections.collect()
}
