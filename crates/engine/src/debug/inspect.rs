//! Reading and changing what stands in the store and in frames, while nothing runs.

use crate::debug::frames::Frame;
use crate::error::Error;
use crate::index::{GlobalAddr, MemAddr, TableAddr};
use crate::machine::Machine;
use crate::types::{GlobalType, MapTypes, MemoryType, TableType, ValType, width_of};
use crate::value::Value;

impl Machine {
    /// Bytes of a memory: its whole content.
    ///
    /// # Panics
    /// If there is no such memory.
    pub fn memory(&self, memory: MemAddr) -> &[u8] {
        &self.store.memories[memory.index()].bytes
    }

    /// Bytes of a memory, to be changed in place.
    ///
    /// # Panics
    /// If there is no such memory.
    pub fn memory_mut(&mut self, memory: MemAddr) -> &mut [u8] {
        &mut self.store.memories[memory.index()].bytes
    }

    /// `n` bytes from an address on; `None` if they do not all lie in the memory.
    pub fn read_memory(&self, memory: MemAddr, address: u64, n: u64) -> Option<&[u8]> {
        let bytes = &self.store.memories.get(memory.index())?.bytes;
        let start = usize::try_from(address).ok()?;
        bytes.get(start..start.checked_add(usize::try_from(n).ok()?)?)
    }

    /// Writes bytes at an address; `false`, and nothing is written, if they do not all fit.
    #[must_use]
    pub fn write_memory(&mut self, memory: MemAddr, address: u64, bytes: &[u8]) -> bool {
        let Some(memory) = self.store.memories.get_mut(memory.index()) else {
            return false;
        };
        let Ok(start) = usize::try_from(address) else {
            return false;
        };
        let Some(end) = start.checked_add(bytes.len()) else {
            return false;
        };
        match memory.bytes.get_mut(start..end) {
            Some(place) => {
                place.copy_from_slice(bytes);
                true
            }
            None => false,
        }
    }

    /// Type of a memory; the minimum is the present size.
    ///
    /// # Panics
    /// If there is no such memory.
    pub fn memory_type(&self, memory: MemAddr) -> MemoryType {
        self.store.memories[memory.index()].ty()
    }

    /// The largest number of pages a memory may have, by its own type and the configuration.
    ///
    /// # Panics
    /// If there is no such memory.
    pub fn memory_page_limit(&self, memory: MemAddr) -> u64 {
        let ty = self.store.memories[memory.index()].ty();
        ty.most_pages()
            .min(self.config.memory_bytes() >> ty.page_size_log2)
    }

    /// Type of a global.
    ///
    /// # Panics
    /// If there is no such global.
    pub fn global_type(&self, global: GlobalAddr) -> GlobalType {
        self.store.global_types[global.index()]
    }

    /// Value of a global.
    ///
    /// # Panics
    /// If there is no such global.
    pub fn global(&self, global: GlobalAddr) -> Value {
        let ty = self.store.global_types[global.index()].content;
        let index = global.index();
        Value::from_slots(
            &[self.store.globals[index], self.store.global_highs[index]],
            ty,
        )
    }

    /// Sets a global, whether or not the program may.
    ///
    /// # Errors
    /// If the value is not of the global's type.
    ///
    /// # Panics
    /// If there is no such global.
    pub fn set_global(&mut self, global: GlobalAddr, value: Value) -> Result<(), Error> {
        let ty = self.store.global_types[global.index()].content;
        self.check_value(value, ty)?;
        let [low, high] = value.to_slots();
        self.store.globals[global.index()] = low;
        self.store.global_highs[global.index()] = high;
        Ok(())
    }

    /// Type of a table; the minimum is the present size.
    ///
    /// # Panics
    /// If there is no such table.
    pub fn table_type(&self, table: TableAddr) -> TableType {
        self.store.tables[table.index()].ty()
    }

    /// Number of elements of a table.
    ///
    /// # Panics
    /// If there is no such table.
    pub fn table_size(&self, table: TableAddr) -> u64 {
        self.store.tables[table.index()].elements.len() as u64
    }

    /// An element of a table.
    ///
    /// # Panics
    /// If there is no such table.
    pub fn table_get(&self, table: TableAddr, index: u64) -> Option<Value> {
        let table = &self.store.tables[table.index()];
        let slot = table.elements.get(usize::try_from(index).ok()?)?;
        Some(Value::from_slots(&[*slot], ValType::Ref(table.element)))
    }

    /// Sets an element of a table.
    ///
    /// # Errors
    /// If there is no such element, or the value is not of the table's type.
    ///
    /// # Panics
    /// If there is no such table.
    pub fn table_set(&mut self, table: TableAddr, index: u64, value: Value) -> Result<(), Error> {
        let ty = ValType::Ref(self.store.tables[table.index()].element);
        self.check_value(value, ty)?;
        let [slot, _] = value.to_slots();
        let elements = &mut self.store.tables[table.index()].elements;
        match usize::try_from(index)
            .ok()
            .and_then(|index| elements.get_mut(index))
        {
            Some(element) => {
                *element = slot;
                Ok(())
            }
            None => Err(Error::usage(format!("the table has no element {index}"))),
        }
    }

    /// Sets a local of a frame.
    ///
    /// # Errors
    /// If there is no such local, or the value is not of its type.
    pub fn set_local(&mut self, frame: &Frame, local: u32, value: Value) -> Result<(), Error> {
        self.check_frame(frame)?;
        let types = self.typing(frame).locals;
        let Some(ty) = types.get(local as usize).copied() else {
            return Err(Error::usage(format!("the frame has no local {local}")));
        };
        let slot = frame.base + width_of(&types[..local as usize]);
        self.set_slots(frame, slot, value, ty)
    }

    /// Sets an operand of a frame; 0 is the lowest one.
    ///
    /// # Errors
    /// If there is no such operand, or the value is not of its type.
    pub fn set_operand(&mut self, frame: &Frame, operand: u32, value: Value) -> Result<(), Error> {
        self.check_frame(frame)?;
        let types = self.operand_types(frame);
        let Some(ty) = types.get(operand as usize).copied() else {
            return Err(Error::usage(format!("the frame has no operand {operand}")));
        };
        let slot = self.first_operand(frame) as u32 + width_of(&types[..operand as usize]);
        self.set_slots(frame, slot, value, ty)
    }

    /// Sets the value that starts at a slot of the stack.
    fn set_slots(
        &mut self,
        frame: &Frame,
        slot: u32,
        value: Value,
        ty: ValType,
    ) -> Result<(), Error> {
        // The types of a frame are its module's.
        let numbers = &self.store.instances[frame.instance.index()].types;
        self.check_value(value, ty.map_types(&|idx| numbers[idx as usize]))?;
        let slots = &value.to_slots()[..ty.width() as usize];
        self.thread.stack[slot as usize..][..slots.len()].copy_from_slice(slots);
        Ok(())
    }

    /// A frame is a description; the machine may have gone on since it was made.
    fn check_frame(&self, frame: &Frame) -> Result<(), Error> {
        match self.frames(frame.depth, 1).first() == Some(frame) {
            true => Ok(()),
            false => Err(Error::usage("the frame is not there any more")),
        }
    }
}
