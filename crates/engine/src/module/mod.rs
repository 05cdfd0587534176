//! Modules: decoded, validated as a whole, and never changed afterwards.

mod decode;
mod edition;
mod features;
mod names;
mod types;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use wasmparser::{BinaryReader, FuncToValidate, FunctionBody, ValidatorResources};

pub use edition::Edition;

use crate::error::Error;
use crate::index::{FuncIdx, WasmOffset};
use crate::types::{
    Composite, ExternType, FuncType, GlobalType, MemoryType, RefType, SubType, TableType,
};
pub(crate) use decode::read_const_exprs;
use names::{Names, pair};
pub(crate) use types::TypeReader;

/// A decoded and validated module. Cloning is cheap: clones share everything.
#[derive(Clone)]
pub struct Module(Arc<ModuleData>);

pub(crate) struct ModuleData {
    pub(crate) bytes: Vec<u8>,
    pub(crate) hash: u64,
    pub(crate) types: Vec<SubType>,
    /// The recursive groups that the types are in, in order.
    pub(crate) groups: Vec<Range<u32>>,
    /// Index of the first of the types that validation gave this identity, by identity.
    pub(crate) type_ids: Vec<(wasmparser::types::CoreTypeId, u32)>,
    pub(crate) imports: Vec<Import>,
    /// All functions, imported ones first.
    pub(crate) funcs: Vec<FuncDecl>,
    pub(crate) n_imported_funcs: u32,
    pub(crate) tables: Vec<TableDecl>,
    pub(crate) n_imported_tables: u32,
    pub(crate) memories: Vec<MemoryType>,
    pub(crate) n_imported_memories: u32,
    pub(crate) globals: Vec<GlobalDecl>,
    pub(crate) n_imported_globals: u32,
    /// Index of the type of each tag: its parameters are what an exception carries.
    pub(crate) tags: Vec<u32>,
    pub(crate) n_imported_tags: u32,
    pub(crate) exports: Vec<Export>,
    /// Positions of the exports in the order of their names.
    pub(crate) exports_by_name: Vec<u32>,
    pub(crate) start: Option<FuncIdx>,
    pub(crate) elements: Vec<ElementSegment>,
    pub(crate) data: Vec<DataSegment>,
    pub(crate) customs: Vec<CustomSection>,
    pub(crate) names: Names,
    pub(crate) resources: Option<ValidatorResources>,
}

pub(crate) struct Import {
    pub(crate) module: String,
    pub(crate) name: String,
    pub(crate) item: Item,
}

pub(crate) struct Export {
    pub(crate) name: String,
    pub(crate) item: Item,
}

/// One thing of an index space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Func(u32),
    Table(u32),
    Memory(u32),
    Global(u32),
    Tag(u32),
}

pub(crate) struct FuncDecl {
    /// Index of its type in the module.
    pub(crate) ty: u32,
    /// Bytes of its body (locals and instructions); empty for an imported function.
    pub(crate) body: Range<u32>,
    /// Number of locals, parameters included, and of the slots they take.
    pub(crate) n_locals: u32,
    pub(crate) n_local_slots: u32,
    /// Slots that its operands take at most.
    pub(crate) max_operand_slots: u32,
    /// Whether some of its values may be vectors, which take two slots.
    pub(crate) is_wide: bool,
}

pub(crate) struct TableDecl {
    pub(crate) ty: TableType,
    pub(crate) init: Option<ConstExpr>,
}

pub(crate) struct GlobalDecl {
    pub(crate) ty: GlobalType,
    pub(crate) init: Option<ConstExpr>,
}

pub(crate) struct ElementSegment {
    pub(crate) ty: RefType,
    pub(crate) items: ElementItems,
    pub(crate) mode: ElementMode,
    pub(crate) offset: WasmOffset,
}

/// A module may have ten million: functions by index take 4 bytes each, expressions are read when
/// they are needed.
pub(crate) enum ElementItems {
    Funcs(Vec<u32>),
    /// Bytes of the module that hold the list of expressions.
    Exprs(Range<u32>),
}

pub(crate) enum ElementMode {
    Passive,
    Declared,
    Active { table: u32, at: ConstExpr },
}

pub(crate) struct DataSegment {
    /// Bytes of the module.
    pub(crate) bytes: Range<u32>,
    /// Memory and address, for an active segment.
    pub(crate) active: Option<(u32, ConstExpr)>,
    pub(crate) offset: WasmOffset,
}

/// A constant expression in postfix order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ConstExpr(pub(crate) Vec<ConstOp>);

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ConstOp {
    /// A constant as its slots: the first is the lower half.
    Slots(u128),
    FuncRef(u32),
    GlobalGet(u32),
    RefI31,
    /// A structure of a type of the module; so for all below.
    StructNew(u32),
    StructNewDefault(u32),
    ArrayNew(u32),
    ArrayNewDefault(u32),
    /// An array of so many values.
    ArrayNewFixed(u32, u32),
    I32Add,
    I32Sub,
    I32Mul,
    I64Add,
    I64Sub,
    I64Mul,
}

/// A custom section: its name and where its content lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomSection {
    /// Name of the section.
    pub name: String,
    /// Bytes of the module that hold the content, the name not included.
    pub range: Range<WasmOffset>,
}

/// An import: the two names and the type that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportInfo<'a> {
    /// Module name.
    pub module: &'a str,
    /// Name in that module.
    pub name: &'a str,
    /// What is asked for.
    pub ty: ExternType,
}

/// An export: its name and type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportInfo<'a> {
    /// Name of the export.
    pub name: &'a str,
    /// What it is.
    pub ty: ExternType,
    /// Its index in the index space of its kind.
    pub index: u32,
}

impl Module {
    /// Decodes and validates a module in the binary format.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with the byte offset, or
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a proposal the machine lacks.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Module, Error> {
        Ok(Module(Arc::new(decode::read_module(bytes.into())?)))
    }

    pub(crate) fn data(&self) -> &ModuleData {
        &self.0
    }

    /// The bytes the module was read from.
    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// A 64-bit hash of the bytes, the same on every machine. It tells modules apart; it is no
    /// protection against somebody who makes two modules collide on purpose.
    pub fn hash(&self) -> u64 {
        self.0.hash
    }

    /// Whether both are the same decoded module, not only equal ones.
    pub fn is_same(&self, other: &Module) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The imports in order.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = ImportInfo<'_>> {
        self.0.imports.iter().map(|import| ImportInfo {
            module: &import.module,
            name: &import.name,
            ty: self.item_type(import.item),
        })
    }

    /// The exports in order.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = ExportInfo<'_>> {
        self.0.exports.iter().map(|export| ExportInfo {
            name: &export.name,
            ty: self.item_type(export.item),
            index: match export.item {
                Item::Func(i)
                | Item::Table(i)
                | Item::Memory(i)
                | Item::Global(i)
                | Item::Tag(i) => i,
            },
        })
    }

    /// The thing exported by a name.
    pub(crate) fn export_item(&self, name: &str) -> Option<Item> {
        let export = |position: &u32| &self.0.exports[*position as usize];
        let order = &self.0.exports_by_name;
        let found = order.binary_search_by(|position| export(position).name.as_str().cmp(name));
        Some(export(&order[found.ok()?]).item)
    }

    /// Number of functions, imported ones included.
    pub fn n_funcs(&self) -> u32 {
        self.0.funcs.len() as u32
    }

    /// Number of imported functions; they have the lowest indices.
    pub fn n_imported_funcs(&self) -> u32 {
        self.0.n_imported_funcs
    }

    /// Type of a function.
    ///
    /// # Panics
    /// If the module has no such function.
    pub fn func_type(&self, func: FuncIdx) -> &FuncType {
        self.0.func_type(self.0.funcs[func.index()].ty)
    }

    /// The defined types in index order.
    pub fn types(&self) -> &[SubType] {
        &self.0.types
    }

    /// Number of locals of a function, parameters included; those of an imported one are its
    /// parameters.
    pub fn n_locals(&self, func: FuncIdx) -> u32 {
        self.0.funcs[func.index()].n_locals
    }

    /// The bytes of a function's body (its locals and instructions); `None` for an imported one.
    pub fn func_body_range(&self, func: FuncIdx) -> Option<Range<WasmOffset>> {
        let decl = self.0.funcs.get(func.index())?;
        let range = WasmOffset(decl.body.start)..WasmOffset(decl.body.end);
        (func.0 >= self.0.n_imported_funcs).then_some(range)
    }

    /// The function whose body holds a byte of the module.
    pub fn func_at(&self, offset: WasmOffset) -> Option<FuncIdx> {
        let first = self.0.n_imported_funcs as usize;
        let bodies = &self.0.funcs[first..];
        let position = bodies.partition_point(|decl| decl.body.end <= offset.0);
        let found = bodies.get(position)?.body.contains(&offset.0);
        found.then_some(FuncIdx((first + position) as u32))
    }

    /// The start function.
    pub fn start(&self) -> Option<FuncIdx> {
        self.0.start
    }

    /// The custom sections in order.
    pub fn custom_sections(&self) -> &[CustomSection] {
        &self.0.customs
    }

    /// Name of the module in its name section.
    pub fn name(&self) -> Option<&str> {
        self.0.names.module.as_deref()
    }

    /// Name of a function in the name section, without `$`.
    pub fn func_name(&self, func: FuncIdx) -> Option<&str> {
        self.0.names.funcs.get(func.0).map(String::as_str)
    }

    /// Name of a local.
    pub fn local_name(&self, func: FuncIdx, local: u32) -> Option<&str> {
        self.0
            .names
            .locals
            .get(pair(func.0, local))
            .map(String::as_str)
    }

    /// Name of a global.
    pub fn global_name(&self, global: u32) -> Option<&str> {
        self.0.names.globals.get(global).map(String::as_str)
    }

    /// Name of a table.
    pub fn table_name(&self, table: u32) -> Option<&str> {
        self.0.names.tables.get(table).map(String::as_str)
    }

    /// Name of a memory.
    pub fn memory_name(&self, memory: u32) -> Option<&str> {
        self.0.names.memories.get(memory).map(String::as_str)
    }

    /// Name of a tag.
    pub fn tag_name(&self, tag: u32) -> Option<&str> {
        self.0.names.tags.get(tag).map(String::as_str)
    }

    /// Name of a type.
    pub fn type_name(&self, ty: u32) -> Option<&str> {
        self.0.names.types.get(ty).map(String::as_str)
    }

    /// Name of a field of a structure type.
    pub fn field_name(&self, ty: u32, field: u32) -> Option<&str> {
        self.0.names.fields.get(pair(ty, field)).map(String::as_str)
    }

    /// Name of a label: the n-th block instruction of a function.
    pub fn label_name(&self, func: FuncIdx, label: u32) -> Option<&str> {
        self.0
            .names
            .labels
            .get(pair(func.0, label))
            .map(String::as_str)
    }

    /// Types of the globals in index order, imported ones first.
    pub fn global_types(&self) -> impl ExactSizeIterator<Item = GlobalType> + '_ {
        self.0.globals.iter().map(|global| global.ty)
    }

    /// Types of the memories in index order, imported ones first.
    pub fn memory_types(&self) -> &[MemoryType] {
        &self.0.memories
    }

    /// Types of the tables in index order, imported ones first.
    pub fn table_types(&self) -> impl ExactSizeIterator<Item = TableType> + '_ {
        self.0.tables.iter().map(|table| table.ty)
    }

    /// Types of the tags in index order, imported ones first; the parameters of each are what its
    /// exceptions carry.
    pub fn tag_types(&self) -> impl ExactSizeIterator<Item = &FuncType> + '_ {
        self.0.tags.iter().map(|ty| self.0.func_type(*ty))
    }

    fn item_type(&self, item: Item) -> ExternType {
        match item {
            Item::Func(idx) => ExternType::Func(self.func_type(FuncIdx(idx)).clone()),
            Item::Table(idx) => ExternType::Table(self.0.tables[idx as usize].ty),
            Item::Memory(idx) => ExternType::Memory(self.0.memories[idx as usize]),
            Item::Global(idx) => ExternType::Global(self.0.globals[idx as usize].ty),
            Item::Tag(idx) => ExternType::Tag(self.0.func_type(self.0.tags[idx as usize]).clone()),
        }
    }

    pub(crate) fn item_type_of(&self, item: Item) -> ExternType {
        self.item_type(item)
    }

    /// The body of a function that is not imported, and what validates it once more.
    pub(crate) fn body(
        &self,
        func: FuncIdx,
    ) -> (FunctionBody<'_>, FuncToValidate<ValidatorResources>) {
        let decl = &self.0.funcs[func.index()];
        let range = decl.body.start as usize..decl.body.end as usize;
        let reader = BinaryReader::new(&self.0.bytes[range], u64::from(decl.body.start));
        let resources = match &self.0.resources {
            Some(resources) => resources.clone(),
            None => unreachable!("a module with a body has had a code section"),
        };
        let to_validate = FuncToValidate {
            resources,
            index: func.0,
            ty: decl.ty,
            features: features::SUPPORTED,
        };
        (FunctionBody::new(reader), to_validate)
    }
}

impl ModuleData {
    /// The function type of an index of the module.
    pub(crate) fn func_type(&self, ty: u32) -> &FuncType {
        match &self.types[ty as usize].composite {
            Composite::Func(ty) => ty,
            _ => unreachable!("validation wants a function type here"),
        }
    }

    /// Turns the parser's types into ours.
    pub(crate) fn type_reader(&self) -> TypeReader<'_> {
        TypeReader::new(&self.types, &self.type_ids)
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Module({:016x}, {} bytes)",
            self.0.hash,
            self.0.bytes.len()
        )
    }
}
