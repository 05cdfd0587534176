//! New objects: room is made for them first, within the limit, by a collection if it is time.
//!
//! When that is follows from the heap's own numbers alone, so that the same run collects at the
//! same instructions in every mode and slicing.

use std::borrow::Cow;

use crate::error::Error;
use crate::exec::Exit;
use crate::index::ObjectAddr;
use crate::machine::heap::{MOST_BYTES, Marks, OBJECT_BYTES};
use crate::machine::{Machine, RefMaps, Room, TrapKind};
use crate::value::{Ref, Value};

/// How full the heap is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeapUse {
    /// Number of objects, those included that nothing refers to any more.
    pub objects: u32,
    /// Bytes that they take, as [`Config::heap_bytes`](crate::Config::heap_bytes) counts them.
    pub bytes: u64,
    /// The limit on them.
    pub limit: u64,
    /// How often what nothing refers to was collected.
    pub collections: u64,
}

impl Machine {
    /// How full the heap is. What nothing refers to any more is part of it until a collection.
    pub fn heap_use(&self) -> HeapUse {
        HeapUse {
            objects: self.store.heap.n_objects(),
            bytes: self.store.heap.used(),
            limit: self.config.heap_bytes,
            collections: self.store.heap.n_collections(),
        }
    }

    /// Keeps the object that a reference points to, until [`Machine::release`] was called as often.
    ///
    /// A reference to an object that the embedder was given, with a host call, a result or a
    /// value that it looked at, is good at least until the machine runs on: only a run collects.
    /// After that it is for as long as the program still reaches the object; then the object may
    /// go, and another one may get its number. Values that are no such references need not be
    /// kept, and nothing happens.
    ///
    /// # Errors
    /// If there is no such object.
    pub fn keep(&mut self, value: Value) -> Result<(), Error> {
        if let Some(slot) = self.object_slot(value)? {
            match self.store.kept.get_mut(slot) {
                Some(count) => *count += 1,
                None => self.store.kept.insert(slot, 1),
            }
        }
        Ok(())
    }

    /// Takes back one [`Machine::keep`].
    ///
    /// # Errors
    /// If the object is not kept.
    pub fn release(&mut self, value: Value) -> Result<(), Error> {
        let Some(slot) = self.object_slot(value)? else {
            return Ok(());
        };
        match self.store.kept.get_mut(slot) {
            None => return Err(Error::usage(format!("{value} is not kept"))),
            Some(1) => {
                self.store.kept.remove(slot);
            }
            Some(count) => *count -= 1,
        }
        Ok(())
    }

    /// The slot of a reference to an object that is there; `None` if it is no such reference.
    fn object_slot(&self, value: Value) -> Result<Option<u64>, Error> {
        let Value::Ref(_, target @ (Ref::Object(addr) | Ref::Exception(addr))) = value else {
            return Ok(None);
        };
        match self.store.heap.get(addr) {
            Some(_) => Ok(Some(target.to_slot())),
            None => Err(Error::usage(format!("there is no {value}"))),
        }
    }

    /// Makes room for an object with so many cells of 8 bytes. After this, one such object can be
    /// added to the heap; before it, nothing may have changed, since the op may be tried again.
    ///
    /// # Errors
    /// A trap if the heap has no room for it; a pause if it is time to collect, and the slice
    /// allows no such work; a refusal if the host has no room for it.
    pub(crate) fn make_room(&mut self, n_cells: u64) -> Result<(), Exit> {
        self.make_room_beside(&[], n_cells)
    }

    /// Whether there is room for an object with so many cells without collecting, made at once.
    pub(crate) fn has_room(&mut self, n_cells: u64) -> bool {
        let limit = self.heap_limit();
        let wanted = n_cells.saturating_mul(8).saturating_add(OBJECT_BYTES);
        let is_due = self.store.heap.is_due(wanted, limit) || self.config.collect_always;
        !is_due && self.store.heap.reserve(n_cells, limit)
    }

    /// The same where objects are in use to which references lie in slots that nobody else knows.
    pub(super) fn make_room_beside(&mut self, roots: &[u64], n_cells: u64) -> Result<(), Exit> {
        let wanted = n_cells.saturating_mul(8).saturating_add(OBJECT_BYTES);
        let limit = self.heap_limit();
        let is_due = self.store.heap.is_due(wanted, limit) || self.config.collect_always;
        if is_due && wanted <= limit {
            if self.slice_bytes == 0 {
                return Err(Exit::Short);
            }
            self.collect(roots, wanted)?;
        }
        let fits = self.store.heap.used().saturating_add(wanted) <= limit;
        if !fits {
            return Err(Exit::Trap(TrapKind::HeapExhausted));
        }
        match self.store.heap.reserve(n_cells, limit) {
            true => Ok(()),
            false => Err(self.refuse(Room::Heap, wanted)),
        }
    }

    /// What the configuration allows, and no more than can be numbered.
    fn heap_limit(&self) -> u64 {
        self.config.heap_bytes.min(MOST_BYTES)
    }

    /// A new exception with the slots of its values.
    ///
    /// # Errors
    /// As for [`Machine::make_room`].
    pub(crate) fn alloc_exception(&mut self, tag: u32, slots: &[u64]) -> Result<ObjectAddr, Exit> {
        self.make_room_beside(slots, slots.len() as u64)?;
        match self.store.heap.add_exception(tag, slots) {
            Some(addr) => Ok(addr),
            None => Err(self.refuse(Room::Heap, size_of::<u32>() as u64)),
        }
    }

    /// Drops all objects that nothing refers to any more. Slots that nobody else knows are in
    /// `more`. So many bytes are about to be added.
    ///
    /// # Errors
    /// A refusal if the host has no memory for it.
    fn collect(&mut self, more: &[u64], wanted: u64) -> Result<(), Exit> {
        if let Cow::Owned(maps) = self.ref_maps() {
            self.maps = maps;
        }
        let Some(marks) = self.mark(&self.maps, more) else {
            let n_objects = self.store.heap.n_objects();
            return Err(self.refuse(Room::Heap, u64::from(n_objects) * 4));
        };
        let n_bytes = self.store.heap.sweep(&marks, wanted);
        self.slice_bytes = self.slice_bytes.saturating_sub(n_bytes);
        Ok(())
    }

    /// Which of the embedder's handles below a number the program still reaches: all others are
    /// its own again. This looks at the whole heap and the whole stack. `None` if the host has no
    /// memory for it.
    pub fn held_handles(&self, n_handles: u32) -> Option<Vec<bool>> {
        let mut marks = self.store.heap.marks()?;
        if !marks.ask_for_handles(n_handles) {
            return None;
        }
        Some(self.mark_from(marks, &self.ref_maps(), &[]).handles())
    }

    /// Marks the objects that the program can reach, and those that `more` slots refer to. `None`
    /// if the host has no memory for it.
    pub(crate) fn mark(&self, maps: &RefMaps, more: &[u64]) -> Option<Marks> {
        Some(self.mark_from(self.store.heap.marks()?, maps, more))
    }

    fn mark_from(&self, mut marks: Marks, maps: &RefMaps, more: &[u64]) -> Marks {
        self.for_each_root(maps, &mut |slot| marks.visit(slot));
        more.iter().for_each(|slot| marks.visit(*slot));
        let (types, tags) = (&self.store.types, &self.store.tags);
        self.store.heap.mark_reachable(&mut marks, types, tags);
        marks
    }
}
