//! New objects: room is made for them first, within the limit.

use crate::exec::Exit;
use crate::index::ObjectAddr;
use crate::machine::heap::{OBJECT_BYTES, ObjectKind};
use crate::machine::{Machine, TrapKind};

impl Machine {
    /// Makes room for an object with so many cells of 8 bytes. After this, one such object can be
    /// added to the heap; before it, nothing may have changed, since the op may be tried again.
    ///
    /// # Errors
    /// A trap if the heap has no room for it.
    pub(crate) fn make_room(&mut self, n_cells: u64) -> Result<(), Exit> {
        let wanted = n_cells.saturating_mul(8).saturating_add(OBJECT_BYTES);
        let limit = self.config.heap_bytes;
        let fits = self.store.heap.used().saturating_add(wanted) <= limit;
        match fits && self.store.heap.reserve(n_cells, limit) {
            true => Ok(()),
            false => Err(Exit::Trap(TrapKind::HeapExhausted)),
        }
    }

    /// A new exception with the slots of its values.
    ///
    /// # Errors
    /// A trap if the heap has no room for it.
    pub(crate) fn alloc_exception(&mut self, tag: u32, slots: &[u64]) -> Result<ObjectAddr, Exit> {
        self.make_room(slots.len() as u64)?;
        let kind = ObjectKind::Exception(tag);
        Ok(self.store.heap.add_slots(kind, slots))
    }
}
