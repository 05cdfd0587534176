//! The defined types of a store: each once, however many modules define it.
//!
//! Spec: [type equivalence](https://webassembly.github.io/spec/core/valid/conventions.html#rolling-and-unrolling)
//! is equality of whole recursive groups in which references within the group are positions; and
//! [matching](https://webassembly.github.io/spec/core/valid/matching.html).

use std::collections::BTreeMap;

use crate::machine::heap::Layout;
use crate::module::Module;
use crate::types::{Composite, FuncType, HeapType, MapTypes, RefType, SubType, TypeKind, ValType};

/// In the key of a group: a type of the group itself, by its position. Chosen above every number
/// that a store reaches.
const IN_GROUP: u32 = 1 << 31;

#[derive(Clone, Default)]
pub(crate) struct Types {
    defined: Vec<Defined>,
    /// The first type of each group, by the group.
    groups: BTreeMap<Vec<SubType>, u32>,
}

#[derive(Clone)]
struct Defined {
    /// The type, naming other types by their numbers in the store.
    ty: SubType,
    /// Its supertypes, the most general one first.
    supers: Box<[u32]>,
    layout: Layout,
}

impl Types {
    /// Numbers in the store of all types of a module.
    pub(crate) fn add_module(&mut self, module: &Module) -> Vec<u32> {
        let data = module.data();
        let mut numbers: Vec<u32> = Vec::with_capacity(data.types.len());
        for group in &data.groups {
            let map = |idx: u32| match idx.checked_sub(group.start) {
                Some(position) => IN_GROUP + position,
                None => numbers[idx as usize],
            };
            let types = &data.types[group.start as usize..group.end as usize];
            let key: Vec<SubType> = types.iter().map(|ty| ty.map_types(&map)).collect();
            let first = self.add_group(key);
            numbers.extend(first..first + types.len() as u32);
        }
        numbers
    }

    /// The number of a function type that stands alone and has no subtypes.
    pub(crate) fn add_func(&mut self, ty: &FuncType) -> u32 {
        self.add_group(vec![SubType {
            is_final: true,
            supertype: None,
            composite: Composite::Func(ty.clone()),
        }])
    }

    fn add_group(&mut self, key: Vec<SubType>) -> u32 {
        if let Some(first) = self.groups.get(&key) {
            return *first;
        }
        let first = self.defined.len() as u32;
        let map = |idx: u32| match idx.checked_sub(IN_GROUP) {
            Some(position) => first + position,
            None => idx,
        };
        for ty in &key {
            let ty = ty.map_types(&map);
            let supers = match ty.supertype {
                Some(parent) => {
                    let above = &self.defined[parent as usize].supers;
                    above.iter().copied().chain([parent]).collect()
                }
                None => Box::default(),
            };
            let layout = Layout::of(&ty.composite);
            self.defined.push(Defined { ty, supers, layout });
        }
        self.groups.insert(key, first);
        first
    }

    /// Number of types.
    pub(crate) fn len(&self) -> usize {
        self.defined.len()
    }

    pub(crate) fn get(&self, number: u32) -> &SubType {
        &self.defined[number as usize].ty
    }

    /// Layout of the objects of a type.
    pub(crate) fn layout(&self, number: u32) -> &Layout {
        &self.defined[number as usize].layout
    }

    /// The function type of a number.
    pub(crate) fn func(&self, number: u32) -> &FuncType {
        match &self.get(number).composite {
            Composite::Func(ty) => ty,
            _ => unreachable!("validation wants a function type here"),
        }
    }

    /// Whether a defined type is another one or declared below it.
    pub(crate) fn is_below(&self, number: u32, above: u32) -> bool {
        let depth = self.defined[above as usize].supers.len();
        number == above || self.defined[number as usize].supers.get(depth) == Some(&above)
    }

    pub(crate) fn heap_matches(&self, given: HeapType, wanted: HeapType) -> bool {
        use HeapType::*;
        match (given, wanted) {
            (Type(_, given), Type(_, wanted)) => self.is_below(given, wanted),
            (None, wanted) => wanted.top() == Any.top(),
            (NoFunc, wanted) => wanted.top() == Func.top(),
            (NoExtern, wanted) => wanted.top() == Extern.top(),
            (NoExn, wanted) => wanted.top() == Exn.top(),
            (Type(TypeKind::Struct, _), Struct) | (Type(TypeKind::Array, _), Array) => true,
            (I31 | Struct | Array | Type(TypeKind::Struct | TypeKind::Array, _), Eq) => true,
            (I31 | Struct | Array | Eq | Type(TypeKind::Struct | TypeKind::Array, _), Any) => true,
            (Type(TypeKind::Func, _), Func) => true,
            (given, wanted) => given == wanted,
        }
    }

    pub(crate) fn ref_matches(&self, given: RefType, wanted: RefType) -> bool {
        (wanted.nullable || !given.nullable) && self.heap_matches(given.heap, wanted.heap)
    }

    pub(crate) fn val_matches(&self, given: ValType, wanted: ValType) -> bool {
        match (given, wanted) {
            (ValType::Ref(given), ValType::Ref(wanted)) => self.ref_matches(given, wanted),
            (given, wanted) => given == wanted,
        }
    }
}
