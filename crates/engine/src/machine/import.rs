//! Things of the host for the imports of a module, whose types may be defined in the module.

use crate::index::{FuncAddr, FuncIdx, TagAddr};
use crate::machine::Machine;
use crate::machine::store::{Func, HOST, NO_ENTRY, TagOrigin};
use crate::module::{Item, Module};
use crate::types::{ExternType, FuncType, MapTypes, ValType, width_of};

/// The numbers that the types of a module have in a machine.
pub struct ModuleTypes {
    module: Module,
    numbers: Vec<u32>,
}

impl Machine {
    /// Makes the types that a module defines known to the machine, so that things of the host can
    /// be made of them before the module is instantiated.
    pub fn types_of(&mut self, module: &Module) -> ModuleTypes {
        ModuleTypes {
            module: module.clone(),
            numbers: self.store.types.add_module(module),
        }
    }

    /// Adds a host function for what a module imports at a position, with exactly the type that
    /// the module asks for, which may have supertypes or be one of a recursive group. It is known
    /// by the names of the import. `None` if no function is imported there.
    pub fn host_func_for(&mut self, types: &ModuleTypes, position: usize) -> Option<FuncAddr> {
        let data = types.module.data();
        let import = data.imports.get(position)?;
        let Item::Func(idx) = import.item else {
            return None;
        };
        let ty = types.numbers[data.funcs[idx as usize].ty as usize];
        Some(self.add_host_func(ty, (&import.module, &import.name)))
    }

    /// Adds a tag for what a module imports at a position, with exactly the type that the module
    /// asks for. `None` if no tag is imported there.
    pub fn host_tag_for(&mut self, types: &ModuleTypes, position: usize) -> Option<TagAddr> {
        let data = types.module.data();
        let import = data.imports.get(position)?;
        let Item::Tag(idx) = import.item else {
            return None;
        };
        let ty = types.numbers[data.tags[idx as usize] as usize];
        Some(self.add_host_tag(ty, (&import.module, &import.name)))
    }

    /// Adds a tag that modules can import: what its exceptions carry and the two names it is known
    /// by.
    pub fn host_tag(&mut self, params: impl Into<Box<[ValType]>>, name: (&str, &str)) -> TagAddr {
        let ty = self.store.types.add_func(&FuncType::new(params, []));
        self.add_host_tag(ty, name)
    }

    fn add_host_tag(&mut self, ty: u32, name: (&str, &str)) -> TagAddr {
        let origin = TagOrigin {
            instance: HOST,
            idx: self.host_names.len() as u32,
        };
        self.host_names
            .push((name.0.to_string(), name.1.to_string()));
        self.store.add_tag(ty, origin)
    }

    /// Adds a host function: a type and the two names it is known by. A call of it stops the run
    /// with [`Stop::HostCall`](crate::Stop::HostCall).
    pub fn host_func(&mut self, ty: FuncType, name: (&str, &str)) -> FuncAddr {
        let ty = self.store.types.add_func(&ty);
        self.add_host_func(ty, name)
    }

    fn add_host_func(&mut self, ty: u32, name: (&str, &str)) -> FuncAddr {
        let n_local_slots = width_of(&self.store.types.func(ty).params);
        let idx = FuncIdx(self.host_names.len() as u32);
        self.host_names
            .push((name.0.to_string(), name.1.to_string()));
        let func = Func {
            ty,
            entry: NO_ENTRY,
            instance: HOST,
            idx,
            end: NO_ENTRY,
            n_local_slots,
        };
        self.store.funcs.push(func);
        FuncAddr(self.store.funcs.len() as u32 - 1)
    }
}

impl ModuleTypes {
    /// What the module imports at a position, in words that are the same for imports of the same
    /// type and for no others: functions and tags by the number that the machine gives their type.
    /// `None` if there is no such import.
    pub fn import_identity(&self, position: usize) -> Option<String> {
        let data = self.module.data();
        Some(match data.imports.get(position)?.item {
            Item::Func(idx) => {
                format!(
                    "func {}",
                    self.numbers[data.funcs[idx as usize].ty as usize]
                )
            }
            Item::Tag(idx) => format!("tag {}", self.numbers[data.tags[idx as usize] as usize]),
            _ => self.import(position)?.to_string(),
        })
    }

    /// Type of what the module imports at a position, with the numbers that defined types have in
    /// the machine: for [`Machine::host_global`] and its like. `None` if there is no such import.
    pub fn import(&self, position: usize) -> Option<ExternType> {
        let item = self.module.data().imports.get(position)?.item;
        let number = |idx: u32| self.numbers[idx as usize];
        Some(match self.module.item_type_of(item) {
            ExternType::Func(ty) => ExternType::Func(ty.map_types(&number)),
            ExternType::Table(ty) => ExternType::Table(ty.map_types(&number)),
            ExternType::Global(ty) => ExternType::Global(ty.map_types(&number)),
            ExternType::Tag(ty) => ExternType::Tag(ty.map_types(&number)),
            ty @ ExternType::Memory(_) => ty,
        })
    }
}
