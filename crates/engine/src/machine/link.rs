//! Instantiation: imports are matched, the instance's own things are made, segments are applied.
//!
//! Spec: [instantiation](https://webassembly.github.io/spec/core/exec/modules.html#instantiation).

use crate::error::{Error, ErrorKind};
use crate::index::{FuncAddr, FuncIdx, InstanceIdx, MemAddr, TableAddr, WasmOffset};
use crate::machine::Machine;
use crate::machine::stop::{Room, Trap, TrapKind};
use crate::machine::store::{
    Extern, Func, Instance, Memory, NO_ENTRY, Table, TagOrigin, try_repeat,
};
use crate::module::{ElementItems, ElementMode, Item, Module, read_const_exprs};
use crate::types::{ExternType, MapTypes, MemoryType, TableType};

impl Machine {
    /// Adds an instance of a module. The start function is not run: see
    /// [`Machine::start_func`].
    ///
    /// # Errors
    /// If an import is missing or has the wrong type, a limit of the configuration is too low, or
    /// an active segment does not fit. In the last case what earlier segments wrote stays, as the
    /// specification wants it.
    pub fn instantiate(
        &mut self,
        module: &Module,
        imports: &[Extern],
    ) -> Result<InstanceIdx, Error> {
        let mut instance = Instance {
            module: module.clone(),
            types: Vec::new(),
            funcs: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            tags: Vec::new(),
            first_element: self.store.elements.len() as u32,
            first_data: self.store.data.len() as u32,
        };
        instance.types = self.store.types.add_module(module);
        self.match_imports(module, imports, &mut instance)?;
        let data = module.data();
        let idx = self.store.instances.len() as u32;
        let n_funcs = self.store.funcs.len();
        for (func_idx, decl) in data.funcs.iter().enumerate().skip(instance.funcs.len()) {
            instance.funcs.push(FuncAddr(self.store.funcs.len() as u32));
            self.store.funcs.push(Func {
                ty: instance.types[decl.ty as usize],
                entry: NO_ENTRY,
                instance: idx,
                idx: FuncIdx(func_idx as u32),
                end: NO_ENTRY,
                n_local_slots: decl.n_local_slots,
            });
        }
        let before = self.store.sizes();
        if let Err(error) = self.make_parts(module, &mut instance) {
            // Nothing refers to what was made so far.
            self.store.truncate(before);
            self.store.funcs.truncate(n_funcs);
            return Err(error);
        }
        self.store.instances.push(instance);
        self.apply_segments(module, idx)?;
        Ok(InstanceIdx(idx))
    }

    fn match_imports(
        &self,
        module: &Module,
        imports: &[Extern],
        instance: &mut Instance,
    ) -> Result<(), Error> {
        let wanted = &module.data().imports;
        for (position, import) in wanted.iter().enumerate() {
            let link_error = |message: String| {
                let (module, name) = (import.module.clone(), import.name.clone());
                Error::new(
                    ErrorKind::Link {
                        module,
                        name,
                        message,
                    },
                    None,
                )
            };
            let wanted = module.item_type_of(import.item);
            let Some(given) = imports.get(position) else {
                return Err(link_error(format!("unknown import: {wanted} is missing")));
            };
            if !self.is_known(*given) {
                return Err(link_error(format!("{given:?} is not in this machine")));
            }
            let given_type = self.extern_type(*given);
            if !self.import_matches(module, instance, import.item, *given) {
                let message = format!(
                    "incompatible import type: the module asks for {wanted}, but gets {given_type}"
                );
                return Err(link_error(message));
            }
            match *given {
                Extern::Func(addr) => instance.funcs.push(addr),
                Extern::Table(addr) => instance.tables.push(addr),
                Extern::Memory(addr) => instance.memories.push(addr),
                Extern::Global(addr) => instance.globals.push(addr),
                Extern::Tag(addr) => instance.tags.push(addr),
            }
        }
        if imports.len() > wanted.len() {
            let message = format!(
                "the module has {} imports, but {} were given",
                wanted.len(),
                imports.len()
            );
            return Err(Error::usage(message));
        }
        Ok(())
    }

    fn is_known(&self, item: Extern) -> bool {
        match item {
            Extern::Func(addr) => addr.index() < self.store.funcs.len(),
            Extern::Table(addr) => addr.index() < self.store.tables.len(),
            Extern::Memory(addr) => addr.index() < self.store.memories.len(),
            Extern::Global(addr) => addr.index() < self.store.globals.len(),
            Extern::Tag(addr) => addr.index() < self.store.tags.len(),
        }
    }

    /// Type of a thing of the store; sizes are the present ones.
    ///
    /// # Panics
    /// If it is not in this machine.
    pub fn extern_type(&self, item: Extern) -> ExternType {
        match item {
            Extern::Func(addr) => ExternType::Func(self.store.func_type(addr).clone()),
            Extern::Table(addr) => ExternType::Table(self.store.tables[addr.index()].ty()),
            Extern::Memory(addr) => ExternType::Memory(self.store.memories[addr.index()].ty()),
            Extern::Global(addr) => ExternType::Global(self.store.global_types[addr.index()]),
            Extern::Tag(addr) => ExternType::Tag(self.store.tag_type(addr).clone()),
        }
    }

    /// Spec: [import matching](https://webassembly.github.io/spec/core/valid/matching.html).
    fn import_matches(
        &self,
        module: &Module,
        instance: &Instance,
        wanted: Item,
        given: Extern,
    ) -> bool {
        let types = &self.store.types;
        let number = |idx: u32| instance.types[idx as usize];
        match (given, wanted) {
            (Extern::Func(addr), Item::Func(idx)) => {
                let wanted = number(module.data().funcs[idx as usize].ty);
                types.is_below(self.store.funcs[addr.index()].ty, wanted)
            }
            (Extern::Table(addr), Item::Table(idx)) => {
                let given = self.store.tables[addr.index()].ty();
                let wanted = module.data().tables[idx as usize].ty.map_types(&number);
                given.matches(&wanted)
            }
            (Extern::Memory(addr), Item::Memory(idx)) => {
                let given = self.store.memories[addr.index()].ty();
                given.matches(&module.data().memories[idx as usize])
            }
            (Extern::Global(addr), Item::Global(idx)) => {
                let given = self.store.global_types[addr.index()];
                let wanted = module.data().globals[idx as usize].ty.map_types(&number);
                given.mutable == wanted.mutable
                    && match wanted.mutable {
                        true => given.content == wanted.content,
                        false => types.val_matches(given.content, wanted.content),
                    }
            }
            (Extern::Tag(addr), Item::Tag(idx)) => {
                let wanted = number(module.data().tags[idx as usize]);
                self.store.tags[addr.index()] == wanted
            }
            _ => false,
        }
    }

    fn make_parts(&mut self, module: &Module, instance: &mut Instance) -> Result<(), Error> {
        let data = module.data();
        let instance_idx = self.store.instances.len() as u32;
        for idx in instance.tags.len()..data.tags.len() {
            let origin = TagOrigin {
                instance: instance_idx,
                idx: idx as u32,
            };
            let ty = instance.types[data.tags[idx] as usize];
            instance.tags.push(self.store.add_tag(ty, origin));
        }
        // Globals may refer to earlier globals, tables to all of them.
        for decl in &data.globals[instance.globals.len()..] {
            let value = match &decl.init {
                Some(init) => self.eval(init, instance)?,
                None => unreachable!("only imported globals have no initial value"),
            };
            let number = |idx: u32| instance.types[idx as usize];
            let ty = decl.ty.map_types(&number);
            let halves = [value as u64, (value >> 64) as u64];
            let global = self.store.add_global(ty, halves);
            instance.globals.push(global);
        }
        for decl in &data.tables[instance.tables.len()..] {
            let value = match &decl.init {
                Some(init) => self.eval(init, instance)?,
                None => 0,
            };
            let number = |idx: u32| instance.types[idx as usize];
            let ty = decl.ty.map_types(&number);
            instance.tables.push(self.add_table(ty, value as u64)?);
        }
        for ty in &data.memories[instance.memories.len()..] {
            instance.memories.push(self.add_memory(*ty)?);
        }
        for segment in &data.elements {
            let number = |idx: u32| instance.types[idx as usize];
            self.store.element_types.push(segment.ty.map_types(&number));
            let address = self.store.elements.len();
            self.store.elements.push(Vec::new());
            match &segment.items {
                ElementItems::Funcs(funcs) => {
                    let slot = |func: &u32| u64::from(instance.funcs[*func as usize].0) + 1;
                    self.store.elements[address] = funcs.iter().map(slot).collect();
                }
                // One by one: a collection on the way finds those that are there.
                ElementItems::Exprs(range) => {
                    for expr in read_const_exprs(&data.bytes, range.clone()) {
                        let item = self.eval(&expr, instance)? as u64;
                        self.store.elements[address].push(item);
                    }
                }
            }
        }
        for segment in &data.data {
            let range = segment.bytes.start as usize..segment.bytes.end as usize;
            self.store.data.push(data.bytes[range].to_vec());
        }
        Ok(())
    }

    fn apply_segments(&mut self, module: &Module, instance_idx: u32) -> Result<(), Error> {
        let data = module.data();
        let instance = self.store.instances[instance_idx as usize].clone();
        for (position, segment) in data.elements.iter().enumerate() {
            let address = instance.first_element as usize + position;
            match &segment.mode {
                ElementMode::Passive => {}
                ElementMode::Declared => self.store.elements[address].clear(),
                ElementMode::Active { table, at } => {
                    let at = self.eval(at, &instance)? as u64;
                    let items = std::mem::take(&mut self.store.elements[address]);
                    let table = &mut self.store.tables[instance.tables[*table as usize].index()];
                    let n_elements = table.elements.len();
                    let Some(place) = slice_at(&mut table.elements, at, items.len()) else {
                        let detail = format!(
                            "an element segment of {} elements at {at} does not fit a table of {n_elements}",
                            items.len()
                        );
                        return Err(segment_trap(
                            TrapKind::TableOutOfBounds,
                            segment.offset,
                            detail,
                        ));
                    };
                    place.copy_from_slice(&items);
                }
            }
        }
        for (position, segment) in data.data.iter().enumerate() {
            let Some((memory, at)) = &segment.active else {
                continue;
            };
            let at = self.eval(at, &instance)? as u64;
            let bytes =
                std::mem::take(&mut self.store.data[instance.first_data as usize + position]);
            let memory = &mut self.store.memories[instance.memories[*memory as usize].index()];
            let n_bytes = memory.bytes.len();
            let Some(place) = slice_at(&mut memory.bytes, at, bytes.len()) else {
                let detail = format!(
                    "a data segment of {} bytes at {at:#x} does not fit a memory of {n_bytes} bytes",
                    bytes.len()
                );
                return Err(segment_trap(
                    TrapKind::MemoryOutOfBounds,
                    segment.offset,
                    detail,
                ));
            };
            place.copy_from_slice(&bytes);
        }
        Ok(())
    }

    pub(super) fn add_table(&mut self, ty: TableType, value: u64) -> Result<TableAddr, Error> {
        let limit = self.config.table_elements;
        let used = self.store.total_elements();
        if ty.limits.min > limit.saturating_sub(used) {
            let others = match used {
                0 => String::new(),
                _ => format!(", and other tables have {used}"),
            };
            let message = format!(
                "a table of {} elements is asked for; the limit is {limit}{others}",
                ty.limits.min
            );
            return Err(Error::limit(message));
        }
        let Some(elements) = try_repeat(ty.limits.min, value) else {
            let n_bytes = ty.limits.min.saturating_mul(size_of::<u64>() as u64);
            return Err(Error::no_memory(Room::Table, n_bytes));
        };
        self.store.tables.push(Table {
            address: ty.address,
            element: ty.element,
            max: ty.limits.max,
            elements,
        });
        Ok(TableAddr(self.store.tables.len() as u32 - 1))
    }

    pub(super) fn add_memory(&mut self, ty: MemoryType) -> Result<MemAddr, Error> {
        let n_pages = ty.limits.min;
        let total = self.config.total_memory_bytes();
        let left = total.saturating_sub(self.store.total_bytes());
        let limit = self.config.memory_bytes().min(left) >> ty.page_size_log2;
        if n_pages > limit {
            let unit = match ty.page_size_log2 {
                16 => "pages",
                _ => "bytes",
            };
            let message =
                format!("a memory of {n_pages} {unit} is asked for; the limit is {limit} {unit}");
            return Err(Error::limit(message));
        }
        let n_bytes = n_pages << ty.page_size_log2;
        let Some(bytes) = try_repeat(n_bytes, 0) else {
            return Err(Error::no_memory(Room::Memory, n_bytes));
        };
        self.store.memories.push(Memory {
            address: ty.address,
            shared: ty.shared,
            page_size_log2: ty.page_size_log2,
            max: ty.limits.max,
            bytes,
        });
        Ok(MemAddr(self.store.memories.len() as u32 - 1))
    }
}

fn slice_at<T>(items: &mut [T], at: u64, n: usize) -> Option<&mut [T]> {
    let start = usize::try_from(at).ok()?;
    items.get_mut(start..start.checked_add(n)?)
}

#[cold]
fn segment_trap(kind: TrapKind, offset: WasmOffset, detail: String) -> Error {
    let trap = Trap::new(kind, None, Some(offset), detail);
    Error::new(ErrorKind::Instantiation(trap), Some(offset))
}
