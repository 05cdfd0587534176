//! Reads the binary format into a [`ModuleData`], validating on the way.

use wasmparser::{
    DataKind, ElementKind, ExternalKind, FuncToValidate, FuncValidatorAllocations, FunctionBody,
    Operator, Parser, Payload, TypeRef, ValidPayload, Validator, ValidatorResources,
};

use super::features;
use super::*;
use crate::error::ErrorKind;
use crate::types::{Limits, RefType, ValType};

type Parsed<T> = Result<T, wasmparser::Error>;

/// Slots of a frame are numbered with 16 bits.
const MAX_FRAME_SLOTS: u64 = 65_000;

pub(super) fn read_module(bytes: Vec<u8>) -> Result<ModuleData, Error> {
    if bytes.len() > i32::MAX as usize {
        return Err(Error::limit("a module may have at most 2147483647 bytes"));
    }
    let mut module = ModuleData {
        hash: crate::hash::hash_bytes(&bytes),
        bytes: Vec::new(),
        types: Vec::new(),
        imports: Vec::new(),
        funcs: Vec::new(),
        n_imported_funcs: 0,
        tables: Vec::new(),
        n_imported_tables: 0,
        memories: Vec::new(),
        n_imported_memories: 0,
        globals: Vec::new(),
        n_imported_globals: 0,
        exports: Vec::new(),
        exports_by_name: Vec::new(),
        start: None,
        elements: Vec::new(),
        data: Vec::new(),
        customs: Vec::new(),
        names: Names::default(),
        resources: None,
    };
    if let Err(error) = read_sections(&bytes, &mut module) {
        return Err(features::explain(&bytes, &error));
    }
    check_frames(&module)?;
    let mut order: Vec<u32> = (0..module.exports.len() as u32).collect();
    order.sort_unstable_by_key(|position| module.exports[*position as usize].name.as_str());
    module.exports_by_name = order;
    module.bytes = bytes;
    Ok(module)
}

fn check_frames(module: &ModuleData) -> Result<(), Error> {
    for decl in &module.funcs {
        let n_slots = u64::from(decl.n_locals) + u64::from(decl.max_height) + 1;
        if n_slots > MAX_FRAME_SLOTS {
            let message = format!(
                "a function needs {n_slots} slots for its locals and operands; the limit is {MAX_FRAME_SLOTS}"
            );
            return Err(Error::new(
                ErrorKind::Limit(message),
                Some(WasmOffset(decl.body.start)),
            ));
        }
    }
    Ok(())
}

fn read_sections(bytes: &[u8], module: &mut ModuleData) -> Parsed<()> {
    let mut validator = Validator::new_with_features(features::SUPPORTED);
    let mut allocations = FuncValidatorAllocations::default();
    let mut n_bodies = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        if let ValidPayload::Func(to_validate, body) = validator.payload(&payload)? {
            let idx = module.n_imported_funcs as usize + n_bodies;
            n_bodies += 1;
            if module.resources.is_none() {
                module.resources = Some(to_validate.resources.clone());
            }
            allocations = read_body(&mut module.funcs[idx], to_validate, &body, allocations)?;
        }
        read_payload(payload, module)?;
    }
    Ok(())
}

fn read_body(
    decl: &mut FuncDecl,
    to_validate: FuncToValidate<ValidatorResources>,
    body: &FunctionBody<'_>,
    allocations: FuncValidatorAllocations,
) -> Parsed<FuncValidatorAllocations> {
    let mut validator = to_validate.into_validator(allocations);
    let mut reader = body.get_binary_reader();
    let mut max_height = 0;
    validator.read_locals(&mut reader)?;
    let mut operators = wasmparser::OperatorsReader::new(reader);
    while !operators.eof() {
        let (operator, offset) = operators.read_with_offset()?;
        validator.op(offset, &operator)?;
        max_height = max_height.max(validator.operand_stack_height());
    }
    operators.finish()?;
    let range = body.range();
    decl.body = range.start as u32..range.end as u32;
    decl.n_locals = validator.len_locals();
    decl.max_height = max_height;
    Ok(validator.into_allocations())
}

fn read_payload(payload: Payload<'_>, module: &mut ModuleData) -> Parsed<()> {
    match payload {
        Payload::TypeSection(section) => {
            for ty in section.into_iter_err_on_gc_types() {
                let ty = ty?;
                module.types.push(FuncType::new(
                    val_types(ty.params()),
                    val_types(ty.results()),
                ));
            }
        }
        Payload::ImportSection(section) => {
            for import in section.into_imports() {
                read_import(import?, module);
            }
        }
        Payload::FunctionSection(section) => {
            for ty in section {
                push_func(module, ty?);
            }
        }
        Payload::TableSection(section) => {
            for table in section {
                let table = table?;
                let init = match table.init {
                    wasmparser::TableInit::RefNull => None,
                    wasmparser::TableInit::Expr(expr) => Some(read_const_expr(&expr)?),
                };
                module.tables.push(TableDecl {
                    ty: table_type(table.ty),
                    init,
                });
            }
        }
        Payload::MemorySection(section) => {
            for ty in section {
                module.memories.push(memory_type(ty?));
            }
        }
        Payload::GlobalSection(section) => {
            for global in section {
                let global = global?;
                let init = Some(read_const_expr(&global.init_expr)?);
                module.globals.push(GlobalDecl {
                    ty: global_type(global.ty),
                    init,
                });
            }
        }
        Payload::ExportSection(section) => {
            for export in section {
                let export = export?;
                let item = match export.kind {
                    ExternalKind::Func => Item::Func(export.index),
                    ExternalKind::Table => Item::Table(export.index),
                    ExternalKind::Memory => Item::Memory(export.index),
                    ExternalKind::Global => Item::Global(export.index),
                    _ => unreachable!("validation refuses tags and exact functions"),
                };
                module.exports.push(Export {
                    name: export.name.to_string(),
                    item,
                });
            }
        }
        Payload::StartSection { func, .. } => module.start = Some(FuncIdx(func)),
        Payload::ElementSection(section) => {
            for element in section {
                module.elements.push(read_element(element?)?);
            }
        }
        Payload::DataSection(section) => {
            for data in section {
                let data = data?;
                let end = data.range.end as u32;
                let active = match data.kind {
                    DataKind::Passive => None,
                    DataKind::Active {
                        memory_index,
                        offset_expr,
                    } => Some((memory_index, read_const_expr(&offset_expr)?)),
                };
                module.data.push(DataSegment {
                    bytes: end - data.data.len() as u32..end,
                    active,
                    offset: WasmOffset(data.range.start as u32),
                });
            }
        }
        Payload::CustomSection(section) => {
            let start = section.data_offset() as u32;
            let end = start + section.data().len() as u32;
            module.customs.push(CustomSection {
                name: section.name().to_string(),
                range: WasmOffset(start)..WasmOffset(end),
            });
            if let wasmparser::KnownCustom::Name(names) = section.as_known() {
                module.names.read_section(names);
            }
        }
        _ => {}
    }
    Ok(())
}

fn read_import(import: wasmparser::Import<'_>, module: &mut ModuleData) {
    let item = match import.ty {
        TypeRef::Func(ty) => {
            push_func(module, ty);
            module.n_imported_funcs += 1;
            Item::Func(module.n_imported_funcs - 1)
        }
        TypeRef::Table(ty) => {
            module.tables.push(TableDecl {
                ty: table_type(ty),
                init: None,
            });
            module.n_imported_tables += 1;
            Item::Table(module.n_imported_tables - 1)
        }
        TypeRef::Memory(ty) => {
            module.memories.push(memory_type(ty));
            module.n_imported_memories += 1;
            Item::Memory(module.n_imported_memories - 1)
        }
        TypeRef::Global(ty) => {
            module.globals.push(GlobalDecl {
                ty: global_type(ty),
                init: None,
            });
            module.n_imported_globals += 1;
            Item::Global(module.n_imported_globals - 1)
        }
        _ => unreachable!("validation refuses tags and exact functions"),
    };
    let (module_name, name) = (import.module.to_string(), import.name.to_string());
    module.imports.push(Import {
        module: module_name,
        name,
        item,
    });
}

fn push_func(module: &mut ModuleData, ty: u32) {
    let n_locals = module.types[ty as usize].params.len() as u32;
    module.funcs.push(FuncDecl {
        ty,
        body: 0..0,
        n_locals,
        max_height: 0,
    });
}

fn read_element(element: wasmparser::Element<'_>) -> Parsed<ElementSegment> {
    let items = match element.items {
        wasmparser::ElementItems::Functions(section) => {
            ElementItems::Funcs(section.into_iter().collect::<Parsed<_>>()?)
        }
        wasmparser::ElementItems::Expressions(_, section) => {
            let exprs = section.into_iter().map(|expr| read_const_expr(&expr?));
            ElementItems::Exprs(exprs.collect::<Parsed<_>>()?)
        }
    };
    let mode = match element.kind {
        ElementKind::Passive => ElementMode::Passive,
        ElementKind::Declared => ElementMode::Declared,
        ElementKind::Active {
            table_index,
            offset_expr,
        } => ElementMode::Active {
            table: table_index.unwrap_or(0),
            at: read_const_expr(&offset_expr)?,
        },
    };
    Ok(ElementSegment {
        items,
        mode,
        offset: WasmOffset(element.range.start as u32),
    })
}

fn read_const_expr(expr: &wasmparser::ConstExpr<'_>) -> Parsed<ConstExpr> {
    let mut ops = Vec::new();
    for operator in expr.get_operators_reader() {
        ops.push(match operator? {
            Operator::I32Const { value } => ConstOp::Slot(u64::from(value as u32)),
            Operator::I64Const { value } => ConstOp::Slot(value as u64),
            Operator::F32Const { value } => ConstOp::Slot(u64::from(value.bits())),
            Operator::F64Const { value } => ConstOp::Slot(value.bits()),
            Operator::RefNull { .. } => ConstOp::Slot(0),
            Operator::RefFunc { function_index } => ConstOp::FuncRef(function_index),
            Operator::GlobalGet { global_index } => ConstOp::GlobalGet(global_index),
            Operator::I32Add => ConstOp::I32Add,
            Operator::I32Sub => ConstOp::I32Sub,
            Operator::I32Mul => ConstOp::I32Mul,
            Operator::I64Add => ConstOp::I64Add,
            Operator::I64Sub => ConstOp::I64Sub,
            Operator::I64Mul => ConstOp::I64Mul,
            Operator::End => continue,
            // Without the operator's own text: that would carry the names of all operators into the core.
            _ => unreachable!("validation refuses this operator in a constant expression"),
        });
    }
    Ok(ConstExpr(ops))
}

fn val_types(types: &[wasmparser::ValType]) -> Vec<ValType> {
    types.iter().map(|ty| val_type(*ty)).collect()
}

fn val_type(ty: wasmparser::ValType) -> ValType {
    match ValType::from_parser(ty) {
        Some(ty) => ty,
        None => unreachable!("validation refuses the type {ty}"),
    }
}

fn ref_type(ty: wasmparser::RefType) -> RefType {
    match RefType::from_parser(ty) {
        Some(ty) => ty,
        None => unreachable!("validation refuses the type {ty}"),
    }
}

fn table_type(ty: wasmparser::TableType) -> TableType {
    let limits = Limits {
        min: ty.initial,
        max: ty.maximum,
    };
    TableType {
        element: ref_type(ty.element_type),
        limits,
    }
}

fn memory_type(ty: wasmparser::MemoryType) -> MemoryType {
    MemoryType {
        limits: Limits {
            min: ty.initial,
            max: ty.maximum,
        },
    }
}

fn global_type(ty: wasmparser::GlobalType) -> GlobalType {
    GlobalType {
        content: val_type(ty.content_type),
        mutable: ty.mutable,
    }
}
