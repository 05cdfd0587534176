//! The name section. It is a help for people, so what is malformed in it is left out: also what
//! is not in order, as the specification wants it to be.

use wasmparser::{IndirectNameMap, Name, NameMap, NameSectionReader};

use crate::sorted::SortedMap;

#[derive(Default)]
pub(crate) struct Names {
    pub(crate) module: Option<String>,
    pub(crate) funcs: SortedMap<String>,
    /// By [`pair`] of function and local.
    pub(crate) locals: SortedMap<String>,
    /// By [`pair`] of function and block.
    pub(crate) labels: SortedMap<String>,
    pub(crate) types: SortedMap<String>,
    /// By [`pair`] of type and field.
    pub(crate) fields: SortedMap<String>,
    pub(crate) tables: SortedMap<String>,
    pub(crate) memories: SortedMap<String>,
    pub(crate) globals: SortedMap<String>,
    pub(crate) tags: SortedMap<String>,
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

/// The key of what has a number within a thing that has a number.
pub(crate) fn pair(outer: u32, inner: u32) -> u64 {
    u64::from(outer) << 32 | u64::from(inner)
}

fn read_map(into: &mut SortedMap<String>, map: NameMap<'_>) {
    for naming in map.into_iter().flatten() {
        into.push(naming.index, naming.name.to_string());
    }
}

fn read_indirect(into: &mut SortedMap<String>, map: IndirectNameMap<'_>) {
    for outer in map.into_iter().flatten() {
        for naming in outer.names.flatten() {
            into.push(pair(outer.index, naming.index), naming.name.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use wasmparser::{BinaryReader, NameSectionReader};

    use super::{Names, pair};

    fn check(section: &[u8], expected: &dyn Fn(&Names) -> bool) {
        let mut names = Names::default();
        names.read_section(NameSectionReader::new(BinaryReader::new(section, 0)));
        assert!(expected(&names));
    }

    #[test]
    fn names_are_found_by_number_and_those_out_of_order_are_left_out() {
        check(b"\x01\x0a\x03\x01\x01b\x00\x01a\x07\x01h", &|names| {
            let find = |func: u32| names.funcs.get(func).map(String::as_str);
            [find(0), find(1), find(7)] == [None, Some("b"), Some("h")]
        });
        check(
            b"\x02\x0e\x02\x00\x01\x01\x01x\x03\x02\x00\x01y\x02\x01z",
            &|names| {
                let find = |func, local| names.locals.get(pair(func, local)).map(String::as_str);
                let found = [find(0, 1), find(3, 0), find(3, 2), find(3, 1)];
                found == [Some("x"), Some("y"), Some("z"), None]
            },
        );
    }
}
