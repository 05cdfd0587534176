//! What a module takes and gives: imports and exports with their types as the text format writes
//! them, read from its bytes.

use std::collections::HashMap;

use wasmparser::{
    CompositeInnerType, ElementItems, ExternalKind, GlobalType, KnownCustom, MemoryType, Name,
    NameMap, Parser, Payload, RefType, SubType, TableType, TypeRef,
};

use crate::Error;
use crate::assemble::COMPONENT;
use crate::outline::OutlineKind;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExternKind {
    Func,
    Table,
    Memory,
    Global,
    Tag,
}

impl ExternKind {
    /// As the page's `ExternKind` has it.
    pub const fn name(self) -> &'static str {
        match self {
            ExternKind::Func => "func",
            ExternKind::Table => "table",
            ExternKind::Memory => "memory",
            ExternKind::Global => "global",
            ExternKind::Tag => "tag",
        }
    }
}

/// Value types as the text format writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FuncType {
    pub params: Vec<String>,
    pub results: Vec<String>,
}

impl std::fmt::Display for FuncType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "(func")?;
        for (what, types) in [("param", &self.params), ("result", &self.results)] {
            if !types.is_empty() {
                write!(f, " ({what} {})", types.join(" "))?;
            }
        }
        write!(f, ")")
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub module: String,
    pub name: String,
    pub kind: ExternKind,
    /// `(func (param i32) (result i32))`, `(memory 1 2)`, `(global (mut i32))`.
    pub ty: String,
    /// For functions and tags.
    pub func: Option<FuncType>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub name: String,
    pub kind: ExternKind,
    /// In its index space.
    pub index: u32,
    /// As in [`Import::ty`].
    pub ty: String,
    /// For functions and tags.
    pub func: Option<FuncType>,
    /// For functions: the parameters' names from the name section, without `$`.
    pub param_names: Vec<Option<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    /// Index of the start function.
    pub start: Option<u32>,
}

/// Reads imports, exports and start function. The module need not be valid, only readable; an
/// index that leads nowhere gives an empty type.
///
/// # Errors
///
/// Bytes that are no module, with the offset where reading ended.
pub fn interface(wasm: &[u8]) -> Result<Interface, Error> {
    let types = Types::read(wasm)?;
    let names = Names::read(wasm);
    let mut interface = Interface::default();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(reader) => {
                for import in reader.into_imports() {
                    let import = import?;
                    let (kind, ty, func) = types.of_ref(&import.ty);
                    interface.imports.push(Import {
                        module: import.module.to_string(),
                        name: import.name.to_string(),
                        kind,
                        ty,
                        func,
                    });
                }
            }
            Payload::ExportSection(reader) => {
                for export in reader {
                    let export = export?;
                    let kind = of_external(export.kind);
                    let (ty, func) = types.of_index(kind, export.index);
                    let n_params = match kind {
                        ExternKind::Func => func.as_ref().map_or(0, |func| func.params.len()),
                        _ => 0,
                    };
                    let param_names = (0..n_params as u32)
                        .map(|param| names.local(export.index, param).map(str::to_string))
                        .collect();
                    interface.exports.push(Export {
                        name: export.name.to_string(),
                        kind,
                        index: export.index,
                        ty,
                        func,
                        param_names,
                    });
                }
            }
            Payload::StartSection { func, .. } => interface.start = Some(func),
            _ => {}
        }
    }
    Ok(interface)
}

fn of_external(kind: ExternalKind) -> ExternKind {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => ExternKind::Func,
        ExternalKind::Table => ExternKind::Table,
        ExternalKind::Memory => ExternKind::Memory,
        ExternalKind::Global => ExternKind::Global,
        ExternalKind::Tag => ExternKind::Tag,
    }
}

/// The types of everything in a module, by index; imports first.
#[derive(Default)]
pub(crate) struct Types {
    types: Vec<SubType>,
    funcs: Vec<u32>,
    tables: Vec<TableType>,
    memories: Vec<MemoryType>,
    globals: Vec<GlobalType>,
    tags: Vec<u32>,
    n_imported: [usize; 5],
    elems: Vec<String>,
    bodies: Vec<u32>,
}

impl Types {
    pub(crate) fn read(wasm: &[u8]) -> Result<Types, Error> {
        let mut types = Types::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::Version { encoding, .. } if encoding != wasmparser::Encoding::Module => {
                    return Err(Error {
                        message: COMPONENT.to_string(),
                        offset: 0,
                    });
                }
                Payload::TypeSection(reader) => {
                    for group in reader {
                        types.types.extend(group?.into_types());
                    }
                }
                Payload::ImportSection(reader) => {
                    for import in reader.into_imports() {
                        types.push_import(&import?.ty);
                    }
                }
                Payload::FunctionSection(reader) => {
                    for ty in reader {
                        types.funcs.push(ty?);
                    }
                }
                Payload::TableSection(reader) => {
                    for table in reader {
                        types.tables.push(table?.ty);
                    }
                }
                Payload::MemorySection(reader) => {
                    for memory in reader {
                        types.memories.push(memory?);
                    }
                }
                Payload::GlobalSection(reader) => {
                    for global in reader {
                        types.globals.push(global?.ty);
                    }
                }
                Payload::TagSection(reader) => {
                    for tag in reader {
                        types.tags.push(tag?.func_type_idx);
                    }
                }
                Payload::ElementSection(reader) => {
                    for elem in reader {
                        let (count, ty) = match elem?.items {
                            ElementItems::Functions(items) => (items.count(), RefType::FUNCREF),
                            ElementItems::Expressions(ty, items) => (items.count(), ty),
                        };
                        types.elems.push(format!("{count} {ty}"));
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let range = body.range();
                    types.bodies.push((range.end - range.start) as u32);
                }
                _ => {}
            }
        }
        Ok(types)
    }

    fn push_import(&mut self, ty: &TypeRef) {
        let kind = match ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                self.funcs.push(*ty);
                ExternKind::Func
            }
            TypeRef::Table(ty) => {
                self.tables.push(*ty);
                ExternKind::Table
            }
            TypeRef::Memory(ty) => {
                self.memories.push(*ty);
                ExternKind::Memory
            }
            TypeRef::Global(ty) => {
                self.globals.push(*ty);
                ExternKind::Global
            }
            TypeRef::Tag(ty) => {
                self.tags.push(ty.func_type_idx);
                ExternKind::Tag
            }
        };
        self.n_imported[kind as usize] += 1;
    }

    /// All types of the type section.
    pub(crate) fn all(&self) -> impl Iterator<Item = String> + '_ {
        self.types.iter().map(|ty| match &ty.composite_type.inner {
            CompositeInnerType::Func(ty) => of_func_type(ty).to_string(),
            CompositeInnerType::Struct(ty) => format!("(struct {} fields)", ty.fields.len()),
            CompositeInnerType::Array(ty) => format!("(array {})", ty.0.element_type),
            CompositeInnerType::Cont(_) => "(cont)".to_string(),
        })
    }

    /// What the module itself defines: kind, position among the definitions of its kind, type
    /// and, for functions, the size of the body in bytes, for memories that at the start.
    pub(crate) fn defined(
        &self,
    ) -> impl Iterator<Item = (ExternKind, u32, String, Option<u64>)> + '_ {
        let counts = [
            (ExternKind::Func, self.funcs.len()),
            (ExternKind::Table, self.tables.len()),
            (ExternKind::Memory, self.memories.len()),
            (ExternKind::Global, self.globals.len()),
            (ExternKind::Tag, self.tags.len()),
        ];
        counts.into_iter().flat_map(move |(kind, count)| {
            let first = self.n_imported[kind as usize];
            (first..count).map(move |index| {
                let nth = index - first;
                let bytes = match kind {
                    ExternKind::Func => self.bodies.get(nth).map(|bytes| u64::from(*bytes)),
                    ExternKind::Memory => self.memories.get(index).map(memory_bytes),
                    _ => None,
                };
                (kind, nth as u32, self.of_index(kind, index as u32).0, bytes)
            })
        })
    }

    /// Number of elements and type of each element segment.
    pub(crate) fn elems(&self) -> &[String] {
        &self.elems
    }

    fn func_type(&self, ty: u32) -> Option<FuncType> {
        match &self.types.get(ty as usize)?.composite_type.inner {
            CompositeInnerType::Func(ty) => Some(of_func_type(ty)),
            _ => None,
        }
    }

    fn of_ref(&self, ty: &TypeRef) -> (ExternKind, String, Option<FuncType>) {
        match ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                let func = self.func_type(*ty);
                (ExternKind::Func, of_func(func.as_ref()), func)
            }
            TypeRef::Table(ty) => (ExternKind::Table, of_table(ty), None),
            TypeRef::Memory(ty) => (ExternKind::Memory, of_memory(ty), None),
            TypeRef::Global(ty) => (ExternKind::Global, of_global(ty), None),
            TypeRef::Tag(ty) => {
                let func = self.func_type(ty.func_type_idx);
                (ExternKind::Tag, of_tag(func.as_ref()), func)
            }
        }
    }

    fn of_index(&self, kind: ExternKind, index: u32) -> (String, Option<FuncType>) {
        let at = index as usize;
        match kind {
            ExternKind::Func => {
                let func = self.funcs.get(at).and_then(|ty| self.func_type(*ty));
                (of_func(func.as_ref()), func)
            }
            ExternKind::Tag => {
                let func = self.tags.get(at).and_then(|ty| self.func_type(*ty));
                (of_tag(func.as_ref()), func)
            }
            ExternKind::Table => (self.tables.get(at).map(of_table).unwrap_or_default(), None),
            ExternKind::Memory => {
                let memory = self.memories.get(at);
                (memory.map(of_memory).unwrap_or_default(), None)
            }
            ExternKind::Global => {
                let global = self.globals.get(at);
                (global.map(of_global).unwrap_or_default(), None)
            }
        }
    }
}

fn of_func_type(ty: &wasmparser::FuncType) -> FuncType {
    FuncType {
        params: ty.params().iter().map(ToString::to_string).collect(),
        results: ty.results().iter().map(ToString::to_string).collect(),
    }
}

fn of_func(ty: Option<&FuncType>) -> String {
    ty.map(FuncType::to_string).unwrap_or_default()
}

fn of_tag(ty: Option<&FuncType>) -> String {
    of_func(ty).replacen("(func", "(tag", 1)
}

fn of_limits(initial: u64, maximum: Option<u64>, is_64: bool) -> String {
    let prefix = if is_64 { "i64 " } else { "" };
    match maximum {
        Some(maximum) => format!("{prefix}{initial} {maximum}"),
        None => format!("{prefix}{initial}"),
    }
}

fn of_table(ty: &TableType) -> String {
    let limits = of_limits(ty.initial, ty.maximum, ty.table64);
    format!("(table {limits} {})", ty.element_type)
}

/// Size of a memory at the start; what 64 bits cannot tell is the most they can.
pub(crate) fn memory_bytes(ty: &MemoryType) -> u64 {
    let page = 1u64 << ty.page_size_log2.unwrap_or(16).min(63);
    ty.initial.saturating_mul(page)
}

fn of_memory(ty: &MemoryType) -> String {
    let shared = if ty.shared { " shared" } else { "" };
    let page = match ty.page_size_log2 {
        Some(log2) if log2 != 16 => format!(" (pagesize {})", 1u64 << log2),
        _ => String::new(),
    };
    let limits = of_limits(ty.initial, ty.maximum, ty.memory64);
    format!("(memory {limits}{shared}{page})")
}

fn of_global(ty: &GlobalType) -> String {
    if ty.mutable {
        format!("(global (mut {}))", ty.content_type)
    } else {
        format!("(global {})", ty.content_type)
    }
}

/// The name section (specification, Appendix, Name Section); a broken one counts as far as it
/// can be read.
#[derive(Default)]
pub(crate) struct Names {
    names: HashMap<(OutlineKind, u32), String>,
    locals: HashMap<(u32, u32), String>,
}

impl Names {
    pub(crate) fn read(wasm: &[u8]) -> Names {
        let mut names = Names::default();
        for payload in Parser::new(0).parse_all(wasm) {
            let Ok(payload) = payload else {
                break;
            };
            let Payload::CustomSection(section) = payload else {
                continue;
            };
            if let KnownCustom::Name(reader) = section.as_known() {
                for name in reader.into_iter().flatten() {
                    names.push(name);
                }
            }
        }
        names
    }

    fn push(&mut self, name: Name<'_>) {
        match name {
            Name::Function(map) => self.push_map(OutlineKind::Func, map),
            Name::Type(map) => self.push_map(OutlineKind::Type, map),
            Name::Table(map) => self.push_map(OutlineKind::Table, map),
            Name::Memory(map) => self.push_map(OutlineKind::Memory, map),
            Name::Global(map) => self.push_map(OutlineKind::Global, map),
            Name::Element(map) => self.push_map(OutlineKind::Elem, map),
            Name::Data(map) => self.push_map(OutlineKind::Data, map),
            Name::Tag(map) => self.push_map(OutlineKind::Tag, map),
            Name::Local(map) => {
                for func in map.into_iter().flatten() {
                    for local in func.names.flatten() {
                        let name = local.name.to_string();
                        self.locals.insert((func.index, local.index), name);
                    }
                }
            }
            _ => {}
        }
    }

    fn push_map(&mut self, kind: OutlineKind, map: NameMap<'_>) {
        for naming in map.into_iter().flatten() {
            self.names
                .insert((kind, naming.index), naming.name.to_string());
        }
    }

    /// `$name` or `[index]`.
    pub(crate) fn of(&self, kind: OutlineKind, index: u32) -> String {
        match self.names.get(&(kind, index)) {
            Some(name) => format!("${name}"),
            None => format!("[{index}]"),
        }
    }

    pub(crate) fn local(&self, func: u32, local: u32) -> Option<&str> {
        self.locals.get(&(func, local)).map(String::as_str)
    }
}
