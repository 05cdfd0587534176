//! The store: everything that instances share and that calls change, as plain data.
//!
//! Spec: [runtime structure](https://webassembly.github.io/spec/core/exec/runtime.html).

use std::ops::Range;

use crate::index::{FuncAddr, FuncIdx, GlobalAddr, InstanceIdx, MemAddr, TableAddr, TagAddr};
use crate::machine::heap::Heap;
use crate::machine::types::Types;
use crate::module::Module;
use crate::sorted::SortedMap;
use crate::types::{AddressType, FuncType, GlobalType, Limits, MemoryType, RefType, TableType};

/// A thing that can be imported or exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extern {
    /// A function.
    Func(FuncAddr),
    /// A table.
    Table(TableAddr),
    /// A memory.
    Memory(MemAddr),
    /// A global.
    Global(GlobalAddr),
    /// A tag of exceptions.
    Tag(TagAddr),
}

#[derive(Clone, Default)]
pub(crate) struct Store {
    pub(crate) types: Types,
    pub(crate) instances: Vec<Instance>,
    pub(crate) funcs: Vec<Func>,
    pub(crate) tables: Vec<Table>,
    pub(crate) memories: Vec<Memory>,
    /// The values of the globals; of vectors the low halves.
    pub(crate) globals: Vec<u64>,
    /// The high halves of vectors; 0 for all other globals.
    pub(crate) global_highs: Vec<u64>,
    pub(crate) global_types: Vec<GlobalType>,
    /// Element segments; a dropped one is empty.
    pub(crate) elements: Vec<Vec<u64>>,
    pub(crate) element_types: Vec<RefType>,
    /// Data segments; a dropped one is empty.
    pub(crate) data: Vec<Vec<u8>>,
    /// Number of the function type of each tag.
    pub(crate) tags: Vec<u32>,
    pub(crate) tag_origins: Vec<TagOrigin>,
    pub(crate) heap: Heap,
    /// References to objects that the embedder keeps, as slots, and how often.
    pub(crate) kept: SortedMap<u32>,
}

/// A module with the addresses of all that its indices stand for.
#[derive(Clone)]
pub(crate) struct Instance {
    pub(crate) module: Module,
    /// Number in the store of each of the module's types.
    pub(crate) types: Vec<u32>,
    pub(crate) funcs: Vec<FuncAddr>,
    pub(crate) tables: Vec<TableAddr>,
    pub(crate) memories: Vec<MemAddr>,
    pub(crate) globals: Vec<GlobalAddr>,
    pub(crate) tags: Vec<TagAddr>,
    /// Address of the first of its element segments; the rest follow.
    pub(crate) first_element: u32,
    pub(crate) first_data: u32,
}

/// Entry of a function that is not translated.
pub(crate) const NO_ENTRY: u32 = u32::MAX;
/// Instance of a host function or tag.
pub(crate) const HOST: u32 = u32::MAX;

#[derive(Clone)]
pub(crate) struct Func {
    /// Number of its type in the store.
    pub(crate) ty: u32,
    /// Position of its first op, or [`NO_ENTRY`].
    pub(crate) entry: u32,
    /// Its instance, or [`HOST`].
    pub(crate) instance: u32,
    /// Index in the module; for a host function its number in [`Store::host_names`].
    pub(crate) idx: FuncIdx,
    /// Position after its last op.
    pub(crate) end: u32,
    /// Slots that its parameters and locals take.
    pub(crate) n_local_slots: u32,
}

impl Func {
    pub(crate) fn is_host(&self) -> bool {
        self.instance == HOST
    }

    /// Whether a call from an instance can go straight to the ops.
    #[inline(always)]
    pub(crate) fn is_ready_in(&self, instance: u32) -> bool {
        self.instance == instance && self.entry != NO_ENTRY
    }

    /// Positions of its ops; none before it is translated.
    pub(crate) fn ops(&self) -> Range<u32> {
        match self.entry {
            NO_ENTRY => 0..0,
            entry => entry..self.end,
        }
    }

    pub(crate) fn instance_idx(&self) -> Option<InstanceIdx> {
        (!self.is_host()).then_some(InstanceIdx(self.instance))
    }
}

/// Where a tag comes from.
#[derive(Clone, Copy)]
pub(crate) struct TagOrigin {
    /// The instance that made it, or [`HOST`].
    pub(crate) instance: u32,
    /// Index in the module; for a tag of the host its number among the names of the host's things.
    pub(crate) idx: u32,
}

#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) address: AddressType,
    pub(crate) element: RefType,
    pub(crate) max: Option<u64>,
    pub(crate) elements: Vec<u64>,
}

#[derive(Clone)]
pub(crate) struct Memory {
    pub(crate) address: AddressType,
    pub(crate) shared: bool,
    pub(crate) page_size_log2: u8,
    pub(crate) max: Option<u64>,
    pub(crate) bytes: Vec<u8>,
}

impl Table {
    pub(crate) fn get(&self, index: u64) -> Option<u64> {
        self.elements.get(usize::try_from(index).ok()?).copied()
    }

    pub(crate) fn get_mut(&mut self, index: u64) -> Option<&mut u64> {
        self.elements.get_mut(usize::try_from(index).ok()?)
    }

    /// Its type; the minimum is the present size.
    pub(crate) fn ty(&self) -> TableType {
        TableType {
            address: self.address,
            element: self.element,
            limits: Limits {
                min: self.elements.len() as u64,
                max: self.max,
            },
        }
    }
}

impl Memory {
    pub(crate) fn n_pages(&self) -> u64 {
        self.bytes.len() as u64 >> self.page_size_log2
    }

    /// Its type; the minimum is the present size.
    pub(crate) fn ty(&self) -> MemoryType {
        MemoryType {
            address: self.address,
            limits: Limits {
                min: self.n_pages(),
                max: self.max,
            },
            shared: self.shared,
            page_size_log2: self.page_size_log2,
        }
    }
}

/// Makes room for `n` more items, or reports that the host gives none. So that growing in small
/// steps does not move what is there each time, it is asked for half as much again as there was,
/// but for no more than `most` items, and for no more than are needed if the host gives less.
pub(crate) fn try_reserve<T>(vector: &mut Vec<T>, n: u64, most: u64) -> bool {
    let (len, most) = (vector.len(), usize::try_from(most).unwrap_or(usize::MAX));
    let needed = usize::try_from(n).ok().and_then(|n| len.checked_add(n));
    let Some(needed) = needed else {
        return false;
    };
    if needed <= vector.capacity() {
        return true;
    }
    let wanted = len.saturating_add(len / 2).min(most).max(needed);
    vector.try_reserve_exact(wanted - len).is_ok() || vector.try_reserve_exact(needed - len).is_ok()
}

/// `n` copies of a value, or `None` if the host gives no room for them.
pub(crate) fn try_repeat<T: Clone>(n: u64, value: T) -> Option<Vec<T>> {
    let mut vector = Vec::new();
    try_reserve(&mut vector, n, n).then(|| {
        vector.resize(n as usize, value);
        vector
    })
}

impl Store {
    /// Numbers of tables, memories, globals, segments and tags.
    pub(crate) fn sizes(&self) -> [usize; 6] {
        [
            self.tables.len(),
            self.memories.len(),
            self.globals.len(),
            self.elements.len(),
            self.data.len(),
            self.tags.len(),
        ]
    }

    /// Drops all that was added since the sizes were taken.
    pub(crate) fn truncate(
        &mut self,
        [tables, memories, globals, elements, data, tags]: [usize; 6],
    ) {
        self.tables.truncate(tables);
        self.memories.truncate(memories);
        self.globals.truncate(globals);
        self.global_highs.truncate(globals);
        self.global_types.truncate(globals);
        self.elements.truncate(elements);
        self.element_types.truncate(elements);
        self.data.truncate(data);
        self.tags.truncate(tags);
        self.tag_origins.truncate(tags);
    }

    pub(crate) fn func_type(&self, func: FuncAddr) -> &FuncType {
        self.types.func(self.funcs[func.index()].ty)
    }

    /// Adds a tag.
    pub(crate) fn add_tag(&mut self, ty: u32, origin: TagOrigin) -> TagAddr {
        self.tags.push(ty);
        self.tag_origins.push(origin);
        TagAddr(self.tags.len() as u32 - 1)
    }

    /// What exceptions of a tag carry, as parameters.
    pub(crate) fn tag_type(&self, tag: TagAddr) -> &FuncType {
        self.types.func(self.tags[tag.index()])
    }

    /// Adds a global with the slots of its value.
    pub(crate) fn add_global(&mut self, ty: GlobalType, [low, high]: [u64; 2]) -> GlobalAddr {
        self.globals.push(low);
        self.global_highs.push(high);
        self.global_types.push(ty);
        GlobalAddr(self.globals.len() as u32 - 1)
    }

    pub(crate) fn total_elements(&self) -> u64 {
        self.tables
            .iter()
            .map(|table| table.elements.len() as u64)
            .sum()
    }

    pub(crate) fn total_bytes(&self) -> u64 {
        let len = |memory: &Memory| memory.bytes.len() as u64;
        self.memories.iter().map(len).sum()
    }
}
