//! The name section. It is a help for people, so what is malformed in it is left out.

use std::collections::BTreeMap;

use wasmparser::{IndirectNameMap, Name, NameMap, NameSectionReader};

#[derive(Default)]
pub(crate) struct Names {
    pub(crate) module: Option<String>,
    pub(crate) funcs: BTreeMap<u32, String>,
    pub(crate) locals: BTreeMap<(u32, u32), String>,
    pub(crate) labels: BTreeMap<(u32, u32), String>,
    pub(crate) types: BTreeMap<u32, String>,
    pub(crate) fields: BTreeMap<(u32, u32), String>,
    pub(crate) tables: BTreeMap<u32, String>,
    pub(crate) memories: BTreeMap<u32, String>,
    pub(crate) globals: BTreeMap<u32, String>,
    pub(crate) tags: BTreeMap<u32, String>,
}

impl Names {
    pub(crate) fn read_section(&mut self, section: NameSectionReader<'_>) {
        for name in section.into_iter().flatten() {
            match name {
                Name::Module { name, .. } => self.module = Some(name.to_string()),
                Name::Function(map) => read_map(&mut self.funcs, map),
                Name::Type(map) => read_map(&mut self.types, map),
                Name::Table(map) => read_map(&mut self.tables, map),
                Name::Memory(map) => read_map(&mut self.memories, map),
                Name::Global(map) => read_map(&mut self.globals, map),
                Name::Tag(map) => read_map(&mut self.tags, map),
                Name::Local(map) => read_indirect(&mut self.locals, map),
                Name::Field(map) => read_indirect(&mut self.fields, map),
                Name::Label(map) => read_indirect(&mut self.labels, map),
                _ => {}
            }
        }
    }
}

fn read_map(into: &mut BTreeMap<u32, String>, map: NameMap<'_>) {
    for naming in map.into_iter().flatten() {
        into.insert(naming.index, naming.name.to_string());
    }
}

fn read_indirect(into: &mut BTreeMap<(u32, u32), String>, map: IndirectNameMap<'_>) {
    for outer in map.into_iter().flatten() {
        for naming in outer.names.flatten() {
            into.insert((outer.index, naming.index), naming.name.to_string());
        }
    }
}
