//! Reads the binary format into a [`ModuleData`], validating on the way.

use wasmparser::{
    BinaryReader, DataKind, ElementKind, ExternalKind, FuncToValidate, FuncValidatorAllocations,
    FunctionBody, Operator, Parser, Payload, SectionLimited, TypeRef, ValidPayload, Validator,
    ValidatorResources,
};

use super::features;
use super::types::{kind_of, memory_type};
use super::*;
use crate::error::ErrorKind;
use crate::types::{StorageType, ValType, width_of};

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
        groups: Vec::new(),
        type_ids: Vec::new(),
        imports: Vec::new(),
        funcs: Vec::new(),
        n_imported_funcs: 0,
        tables: Vec::new(),
        n_imported_tables: 0,
        memories: Vec::new(),
        n_imported_memories: 0,
        globals: Vec::new(),
        n_imported_globals: 0,
        tags: Vec::new(),
        n_imported_tags: 0,
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
        let n_slots = u64::from(decl.n_local_slots) + u64::from(decl.max_operand_slots) + 1;
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
    let mut mentions_vectors = false;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        check_counts(&payload, bytes)?;
        if let ValidPayload::Func(to_validate, body) = validator.payload(&payload)? {
            let idx = module.n_imported_funcs as usize + n_bodies;
            n_bodies += 1;
            if module.resources.is_none() {
                module.resources = Some(to_validate.resources.clone());
                module.type_ids = type_ids(&validator);
                mentions_vectors = module.mentions_vectors();
            }
            let decl = &mut module.funcs[idx];
            decl.is_wide = mentions_vectors;
            allocations = read_body(decl, to_validate, &body, allocations)?;
        }
        read_payload(payload, module)?;
    }
    Ok(())
}

/// Refuses a section or a group of types that says it has more items than there are bytes: the
/// parser would make room for a million of them before it finds the first one missing.
pub(super) fn check_counts(payload: &Payload<'_>, bytes: &[u8]) -> Parsed<()> {
    let (count, range) = match payload {
        Payload::TypeSection(section) => (section.count(), section.range()),
        Payload::ImportSection(section) => (section.count(), section.range()),
        Payload::FunctionSection(section) => (section.count(), section.range()),
        Payload::TableSection(section) => (section.count(), section.range()),
        Payload::MemorySection(section) => (section.count(), section.range()),
        Payload::TagSection(section) => (section.count(), section.range()),
        Payload::GlobalSection(section) => (section.count(), section.range()),
        Payload::ExportSection(section) => (section.count(), section.range()),
        Payload::ElementSection(section) => (section.count(), section.range()),
        _ => return Ok(()),
    };
    let end_of_bytes = || BinaryReader::new(&[], range.end).read_u8().map(|_| ());
    if u64::from(count) > range.end - range.start {
        return end_of_bytes();
    }
    if let Payload::TypeSection(_) = payload {
        const GROUP: u8 = 0x4e;
        let content = &bytes[range.start as usize..range.end as usize];
        let mut reader = BinaryReader::new(content, range.start);
        reader.read_var_u32()?;
        for _ in 0..count {
            let mut head = reader.clone();
            if head.read_u8()? == GROUP && head.read_var_u32()? as usize > head.bytes_remaining() {
                return end_of_bytes();
            }
            reader.read::<wasmparser::RecGroup>()?;
        }
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
    let mut is_wide = decl.is_wide;
    validator.read_locals(&mut reader)?;
    let mut operators = wasmparser::OperatorsReader::new(reader);
    while !operators.eof() {
        let (operator, offset) = operators.read_with_offset()?;
        validator.op(offset, &operator)?;
        max_height = max_height.max(validator.operand_stack_height());
        // Where no type of the module has a vector, one first comes from an instruction that
        // leaves just it on top.
        is_wide |= validator.get_operand_type(0) == Some(Some(wasmparser::ValType::V128));
    }
    operators.finish()?;
    let range = body.range();
    let n_locals = validator.len_locals();
    let local = |idx| validator.get_local_type(idx);
    let n_vectors = (0..n_locals)
        .filter(|idx| local(*idx) == Some(wasmparser::ValType::V128))
        .count() as u32;
    decl.body = range.start as u32..range.end as u32;
    decl.n_locals = n_locals;
    decl.n_local_slots = n_locals + n_vectors;
    decl.is_wide = is_wide || n_vectors > 0;
    decl.max_operand_slots = if decl.is_wide {
        max_height * 2
    } else {
        max_height
    };
    Ok(validator.into_allocations())
}

fn read_payload(payload: Payload<'_>, module: &mut ModuleData) -> Parsed<()> {
    match payload {
        Payload::TypeSection(section) => {
            let mut kinds = Vec::new();
            for group in section.clone() {
                kinds.extend(group?.types().map(kind_of));
            }
            let reader = TypeReader::of_kinds(&kinds);
            for group in section {
                let start = module.types.len() as u32;
                let group = group?;
                module
                    .types
                    .extend(group.types().map(|ty| reader.sub_type(ty)));
                module.groups.push(start..module.types.len() as u32);
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
                    ty: module.type_reader().table_type(table.ty),
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
                    ty: module.type_reader().global_type(global.ty),
                    init,
                });
            }
        }
        Payload::TagSection(section) => {
            for tag in section {
                module.tags.push(tag?.func_type_idx);
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
                    ExternalKind::Tag => Item::Tag(export.index),
                    _ => unreachable!("validation refuses exact functions"),
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
                let element = read_element(element?, &module.type_reader())?;
                module.elements.push(element);
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
                ty: module.type_reader().table_type(ty),
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
                ty: module.type_reader().global_type(ty),
                init: None,
            });
            module.n_imported_globals += 1;
            Item::Global(module.n_imported_globals - 1)
        }
        TypeRef::Tag(ty) => {
            module.tags.push(ty.func_type_idx);
            module.n_imported_tags += 1;
            Item::Tag(module.n_imported_tags - 1)
        }
        _ => unreachable!("validation refuses exact functions"),
    };
    let (module_name, name) = (import.module.to_string(), import.name.to_string());
    module.imports.push(Import {
        module: module_name,
        name,
        item,
    });
}

fn push_func(module: &mut ModuleData, ty: u32) {
    let params = &module.func_type(ty).params;
    let (n_locals, n_local_slots) = (params.len() as u32, width_of(params));
    module.funcs.push(FuncDecl {
        ty,
        body: 0..0,
        n_locals,
        n_local_slots,
        max_operand_slots: 0,
        is_wide: false,
    });
}

fn read_element(
    element: wasmparser::Element<'_>,
    types: &TypeReader<'_>,
) -> Parsed<ElementSegment> {
    let (ty, items) = match element.items {
        wasmparser::ElementItems::Functions(section) => {
            let funcs = section.into_iter().collect::<Parsed<_>>()?;
            (RefType::FUNC, ElementItems::Funcs(funcs))
        }
        wasmparser::ElementItems::Expressions(ty, section) => {
            let range = section.range();
            let items = ElementItems::Exprs(range.start as u32..range.end as u32);
            (types.ref_type(ty), items)
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
        ty,
        items,
        mode,
        offset: WasmOffset(element.range.start as u32),
    })
}

/// The constant expressions of a list that was validated.
pub(crate) fn read_const_exprs(
    bytes: &[u8],
    range: Range<u32>,
) -> impl Iterator<Item = ConstExpr> + '_ {
    const VALIDATED: &str = "the module was validated when it was read";
    let list = &bytes[range.start as usize..range.end as usize];
    let section = SectionLimited::new(BinaryReader::new(list, range.start.into()));
    let exprs = section.expect(VALIDATED).into_iter();
    exprs.map(|expr| (expr.and_then(|expr| read_const_expr(&expr))).expect(VALIDATED))
}

fn read_const_expr(expr: &wasmparser::ConstExpr<'_>) -> Parsed<ConstExpr> {
    let mut ops = Vec::new();
    for operator in expr.get_operators_reader() {
        ops.push(match operator? {
            Operator::I32Const { value } => ConstOp::Slots(u128::from(value as u32)),
            Operator::I64Const { value } => ConstOp::Slots(u128::from(value as u64)),
            Operator::F32Const { value } => ConstOp::Slots(u128::from(value.bits())),
            Operator::F64Const { value } => ConstOp::Slots(u128::from(value.bits())),
            Operator::V128Const { value } => ConstOp::Slots(u128::from_le_bytes(*value.bytes())),
            Operator::RefNull { .. } => ConstOp::Slots(0),
            Operator::RefFunc { function_index } => ConstOp::FuncRef(function_index),
            Operator::GlobalGet { global_index } => ConstOp::GlobalGet(global_index),
            Operator::RefI31 => ConstOp::RefI31,
            Operator::StructNew { struct_type_index } => ConstOp::StructNew(struct_type_index),
            Operator::StructNewDefault { struct_type_index } => {
                ConstOp::StructNewDefault(struct_type_index)
            }
            Operator::ArrayNew { array_type_index } => ConstOp::ArrayNew(array_type_index),
            Operator::ArrayNewDefault { array_type_index } => {
                ConstOp::ArrayNewDefault(array_type_index)
            }
            Operator::ArrayNewFixed {
                array_type_index,
                array_size,
            } => ConstOp::ArrayNewFixed(array_type_index, array_size),
            Operator::I32Add => ConstOp::I32Add,
            Operator::I32Sub => ConstOp::I32Sub,
            Operator::I32Mul => ConstOp::I32Mul,
            Operator::I64Add => ConstOp::I64Add,
            Operator::I64Sub => ConstOp::I64Sub,
            Operator::I64Mul => ConstOp::I64Mul,
            // The slot of a reference is the same for both.
            Operator::AnyConvertExtern | Operator::ExternConvertAny | Operator::End => continue,
            // Without the operator's own text: that would carry the names of all operators into the core.
            _ => unreachable!("validation refuses this operator in a constant expression"),
        });
    }
    Ok(ConstExpr(ops))
}

/// The module's types by the identity that validation gave them.
fn type_ids(validator: &Validator) -> Vec<(wasmparser::types::CoreTypeId, u32)> {
    let Some(types) = validator.types(0) else {
        unreachable!("a module is being validated")
    };
    // A type that is new to validation gets a greater identity than all before it.
    let mut ids: Vec<(wasmparser::types::CoreTypeId, u32)> = Vec::new();
    for idx in 0..types.core_type_count_in_module() {
        let id = types.core_type_at_in_module(idx);
        if ids.last().is_none_or(|(last, _)| *last < id) {
            ids.push((id, idx));
        }
    }
    ids
}

impl ModuleData {
    /// Whether a type, a global or a table has to do with vectors.
    fn mentions_vectors(&self) -> bool {
        let is_vector = |ty: &ValType| *ty == ValType::V128;
        let of_field =
            |field: &crate::types::FieldType| field.storage == StorageType::Val(ValType::V128);
        let in_types = self.types.iter().any(|ty| match &ty.composite {
            Composite::Func(ty) => ty.params.iter().chain(&ty.results).any(is_vector),
            Composite::Struct(fields) => fields.iter().any(of_field),
            Composite::Array(element) => of_field(element),
        });
        in_types
            || self
                .globals
                .iter()
                .any(|global| is_vector(&global.ty.content))
    }
}
