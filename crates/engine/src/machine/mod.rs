//! The machine: a store, its code, and one thread of execution, all plain data.

mod alloc;
mod call;
mod config;
mod constant;
mod exception;
mod heap;
mod import;
mod link;
mod roots;
mod stop;
mod store;
mod thread;
mod types;

pub use crate::compile::ClauseKind;
pub use alloc::HeapUse;
pub use config::{Config, MEMORY_PAGES, PAGE_SIZE};
pub use exception::{Exception, Handler};
pub use heap::ObjectKind;
pub(crate) use heap::{Heap, OBJECT_BYTES, Object};
pub use import::ModuleTypes;
pub(crate) use roots::{RefMaps, Site};
pub use stop::{HostCall, NoMemory, Room, Status, Stop, Trap, TrapKind, Until};
pub use store::Extern;
pub(crate) use store::{Instance, NO_ENTRY, Store, try_reserve};
pub(crate) use thread::{SPECIAL, Thread};
pub(crate) use types::Types;

use crate::compile::Code;
use crate::error::Error;
use crate::gas::{Gas, OutOfGas, Schedule};
use crate::index::{FuncAddr, FuncIdx, GlobalAddr, InstanceIdx, MemAddr, TableAddr, TagAddr};
use crate::module::{Item, Module};
use crate::types::{
    FuncType, GlobalType, HeapType, MemoryType, RefType, TableType, TypeKind, ValType,
};
use crate::value::{Ref, Value};

/// A store (instances, functions, tables, memories, globals) and one thread of execution.
///
/// All of it is plain data: cloning a machine in the middle of a call gives a second one that
/// goes on by itself.
#[derive(Clone)]
pub struct Machine {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) code: Code,
    pub(crate) thread: Thread,
    /// Bytes that instructions on whole memories and tables may still move in this slice.
    pub(crate) slice_bytes: u64,
    pub(crate) maps: RefMaps,
    host_names: Vec<(String, String)>,
}

impl Machine {
    /// An empty machine.
    pub fn new(config: Config) -> Machine {
        Machine {
            thread: Thread::new(config.gas_limit),
            code: Code::new(&config.schedule),
            store: Store::default(),
            slice_bytes: u64::MAX,
            maps: RefMaps::default(),
            host_names: Vec::new(),
            config,
        }
    }

    /// Adds a global that modules can import.
    ///
    /// # Errors
    /// If the value is not of the type.
    pub fn host_global(&mut self, ty: GlobalType, value: Value) -> Result<GlobalAddr, Error> {
        if let Err(error) = self.check_value(value, ty.content) {
            let message = format!("a global of type {} cannot hold {value}", ty.content);
            return Err(match error.kind() {
                crate::ErrorKind::TypeMismatch(_) => Error::type_mismatch(message),
                _ => error,
            });
        }
        Ok(self.store.add_global(ty, value.to_slots()))
    }

    /// Adds a memory that modules can import.
    ///
    /// # Errors
    /// If the limits of the configuration do not allow it.
    pub fn host_memory(&mut self, ty: MemoryType) -> Result<MemAddr, Error> {
        self.add_memory(ty)
    }

    /// Adds a table that modules can import, filled with null.
    ///
    /// # Errors
    /// If the limits of the configuration do not allow it.
    pub fn host_table(&mut self, ty: TableType) -> Result<TableAddr, Error> {
        self.add_table(ty, 0)
    }

    /// Module name and name of a host function.
    pub fn host_func_name(&self, func: FuncAddr) -> Option<(&str, &str)> {
        let found = self
            .store
            .funcs
            .get(func.index())
            .filter(|func| func.is_host())?;
        let (module, name) = &self.host_names[found.idx.index()];
        Some((module, name))
    }

    /// What an instance exports by a name.
    pub fn export(&self, instance: InstanceIdx, name: &str) -> Option<Extern> {
        let instance = self.store.instances.get(instance.index())?;
        Some(match instance.module.export_item(name)? {
            Item::Func(idx) => Extern::Func(instance.funcs[idx as usize]),
            Item::Table(idx) => Extern::Table(instance.tables[idx as usize]),
            Item::Memory(idx) => Extern::Memory(instance.memories[idx as usize]),
            Item::Global(idx) => Extern::Global(instance.globals[idx as usize]),
            Item::Tag(idx) => Extern::Tag(instance.tags[idx as usize]),
        })
    }

    /// The start function of an instance, which the embedder begins like any other call.
    pub fn start_func(&self, instance: InstanceIdx) -> Option<FuncAddr> {
        let instance = self.store.instances.get(instance.index())?;
        Some(instance.funcs[instance.module.start()?.index()])
    }

    /// Number of instances.
    pub fn n_instances(&self) -> u32 {
        self.store.instances.len() as u32
    }

    /// The module of an instance.
    ///
    /// # Panics
    /// If there is no such instance.
    pub fn module(&self, instance: InstanceIdx) -> &Module {
        &self.store.instances[instance.index()].module
    }

    /// Type of a function.
    ///
    /// # Panics
    /// If there is no such function.
    pub fn func_type(&self, func: FuncAddr) -> &FuncType {
        self.store.func_type(func)
    }

    /// Instance and index of a function; `None` for a host function.
    pub fn func_origin(&self, func: FuncAddr) -> Option<(InstanceIdx, FuncIdx)> {
        let func = self.store.funcs.get(func.index())?;
        Some((func.instance_idx()?, func.idx))
    }

    /// Addresses of the functions of an instance, in index order.
    ///
    /// # Panics
    /// If there is no such instance.
    pub fn funcs(&self, instance: InstanceIdx) -> &[FuncAddr] {
        &self.store.instances[instance.index()].funcs
    }

    /// Addresses of the memories of an instance, in index order.
    ///
    /// # Panics
    /// If there is no such instance.
    pub fn memories(&self, instance: InstanceIdx) -> &[MemAddr] {
        &self.store.instances[instance.index()].memories
    }

    /// Addresses of the tables of an instance, in index order.
    ///
    /// # Panics
    /// If there is no such instance.
    pub fn tables(&self, instance: InstanceIdx) -> &[TableAddr] {
        &self.store.instances[instance.index()].tables
    }

    /// Addresses of the globals of an instance, in index order.
    ///
    /// # Panics
    /// If there is no such instance.
    pub fn globals(&self, instance: InstanceIdx) -> &[GlobalAddr] {
        &self.store.instances[instance.index()].globals
    }

    /// Addresses of the tags of an instance, in index order.
    ///
    /// # Panics
    /// If there is no such instance.
    pub fn tags(&self, instance: InstanceIdx) -> &[TagAddr] {
        &self.store.instances[instance.index()].tags
    }

    /// Type of a tag: the parameters are what its exceptions carry.
    ///
    /// # Panics
    /// If there is no such tag.
    pub fn tag_type(&self, tag: TagAddr) -> &FuncType {
        self.store.tag_type(tag)
    }

    /// State of the call under way.
    pub fn state(&self) -> &Status {
        &self.thread.status
    }

    /// Gas used since the machine was made, or since [`Machine::reset_gas`].
    pub fn gas_used(&self) -> Gas {
        Gas(self.thread.gas_used)
    }

    /// The limit on [`Machine::gas_used`].
    pub fn gas_limit(&self) -> Option<Gas> {
        self.thread.gas_limit.map(Gas)
    }

    /// Sets the limit on [`Machine::gas_used`]; a run that was out of gas goes on within it.
    pub fn set_gas_limit(&mut self, limit: Option<Gas>) {
        self.thread.gas_limit = limit.map(|gas| gas.0);
    }

    /// Sets the limits of a configuration for what comes, also in the middle of a call. What the
    /// program has already stays, also where it is more: then nothing is added to it. The stack of
    /// a call under way may go on to use up to 65,535 slots that it has in reserve.
    ///
    /// A limit decides what the program is told, so setting one is an input: a run that is made
    /// again must have it at the same tick.
    pub fn set_limits(&mut self, limits: &Config) {
        let config = &mut self.config;
        config.stack_slots = limits.stack_slots;
        config.memory_pages = limits.memory_pages;
        config.total_memory_pages = limits.total_memory_pages;
        config.table_elements = limits.table_elements;
        config.heap_bytes = limits.heap_bytes;
        self.set_gas_limit(limits.gas_limit);
        // No frame of the call reaches further, since the slots of one are numbered in 16 bits.
        let held = self.thread.fp as usize + usize::from(u16::MAX);
        let most = limits.stack_slots as usize;
        self.thread.stack.truncate(most.max(held));
    }

    /// Sets the gas used back to zero. The limit stays.
    pub fn reset_gas(&mut self) {
        self.thread.gas_used = 0;
    }

    /// Instructions executed since the machine was made.
    pub fn ticks(&self) -> u64 {
        self.thread.ticks
    }

    /// Charges gas on behalf of a host function.
    ///
    /// # Errors
    /// If more is asked for than is left. Nothing is charged then.
    pub fn charge(&mut self, gas: Gas) -> Result<(), OutOfGas> {
        let left = self.thread.gas_left();
        if gas.0 > left {
            return Err(OutOfGas {
                wanted: gas,
                left: Gas(left),
            });
        }
        self.thread.gas_used += gas.0;
        Ok(())
    }

    /// The prices in force.
    pub fn schedule(&self) -> &Schedule {
        &self.config.schedule
    }

    /// Sets the prices for all instructions that run from now on. Units used so far are kept as
    /// they are.
    pub fn set_schedule(&mut self, schedule: Schedule) {
        self.config.schedule = schedule;
        self.code.reprice(&self.config.schedule);
    }

    /// Whether a value is of a type, whose defined types are numbers of the store.
    ///
    /// # Errors
    /// If it is not, or a reference points to nothing that is there.
    pub(crate) fn check_value(&self, value: Value, ty: ValType) -> Result<(), Error> {
        // The family it is seen through is that of the type: only what it points to counts.
        let (ValType::Ref(wanted), Value::Ref(_, target)) = (ty, value) else {
            return match value.ty() == ty {
                true => Ok(()),
                false => Err(mismatch(value, ty)),
            };
        };
        match target {
            Ref::Func(addr) if addr.index() >= self.store.funcs.len() => {
                return Err(Error::type_mismatch(format!("there is no function {addr}")));
            }
            Ref::Host(u32::MAX) => {
                return Err(Error::type_mismatch("a handle must be below 4294967295"));
            }
            Ref::I31(value) if value >> 31 != 0 => {
                return Err(Error::type_mismatch(format!(
                    "{value} has more than 31 bits"
                )));
            }
            Ref::Object(addr) | Ref::Exception(addr) if self.store.heap.get(addr).is_none() => {
                return Err(Error::type_mismatch(format!("there is no object {addr}")));
            }
            _ => {}
        }
        match self.ref_is(target, wanted) {
            true => Ok(()),
            false => Err(mismatch(value, ty)),
        }
    }

    /// Whether a reference is of a type, whose defined types are numbers of the store.
    pub(crate) fn ref_is(&self, target: Ref, wanted: RefType) -> bool {
        let heap = match target {
            Ref::Null => return wanted.nullable,
            // All internal values may be made external.
            Ref::Host(_) | Ref::I31(_) | Ref::Object(_) if wanted.heap == HeapType::Extern => {
                return true;
            }
            Ref::Func(addr) => HeapType::Type(TypeKind::Func, self.store.funcs[addr.index()].ty),
            // Seen through `any` it is nothing more special.
            Ref::Host(_) => HeapType::Any,
            Ref::I31(_) => HeapType::I31,
            Ref::Object(addr) | Ref::Exception(addr) => match self.store.heap.get(addr) {
                Some(object) => object.kind.heap_type(),
                None => return false,
            },
        };
        self.store.types.heap_matches(heap, wanted.heap)
    }
}

fn mismatch(value: Value, ty: ValType) -> Error {
    let given = match value {
        Value::Ref(_, Ref::Null) => String::from("null"),
        value => value.ty().to_string(),
    };
    Error::type_mismatch(format!("a value of type {ty} is wanted, not {given}"))
}
