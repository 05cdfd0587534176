//! A hash of all live state: the same on every machine, in every mode, after every slicing.

use crate::hash::Hasher;
use crate::index::ObjectAddr;
use crate::machine::{Heap, Machine, ObjectKind, Status, Types};
use crate::types::Top;
use crate::value::{OBJECT, Value};

impl Machine {
    /// A hash of everything that decides what happens next, except limits and prices: frames (by
    /// function and offset, so that the order of translation does not matter), locals, operands,
    /// globals, tables, memories, dropped segments, gas used and ticks. Objects count if something
    /// refers to them, whatever their numbers; that the embedder keeps one does not count.
    pub fn state_hash(&self) -> u64 {
        let mut hasher = StateHasher::new(&self.store.heap);
        hasher.word(match &self.thread.status {
            Status::Idle => 0,
            Status::Ready => 1,
            Status::HostCall(_) => 2,
            Status::Finished(_) => 3,
            Status::Trapped(trap) => 4 + ((trap.kind() as u64) << 8),
        });
        if let Status::Finished(results) = &self.thread.status {
            for value in results {
                let may_refer = matches!(value, Value::Ref(top, _) if *top != Top::Func);
                let [low, high] = value.to_slots();
                hasher.slot(low, may_refer);
                hasher.word(high);
            }
        }
        hasher.word(self.thread.gas_used);
        hasher.word(self.thread.ticks);
        self.hash_frames(&mut hasher);
        let store = &self.store;
        for (global, ty) in store.globals.iter().zip(&store.global_types) {
            hasher.slot(*global, ty.content.may_refer());
        }
        for high in &store.global_highs {
            hasher.word(*high);
        }
        let tables = store.tables.iter();
        let tables = tables.map(|table| (&table.elements, table.element));
        let segments = store
            .elements
            .iter()
            .zip(store.element_types.iter().copied());
        for (elements, ty) in tables.chain(segments) {
            hasher.word(elements.len() as u64);
            let may_refer = ty.heap.top() != Top::Func;
            for element in elements {
                hasher.slot(*element, may_refer);
            }
        }
        for memory in &store.memories {
            hasher.inner.bytes(&memory.bytes);
        }
        for segment in &store.data {
            hasher.inner.bytes(segment);
        }
        hasher.objects(&store.types, &store.tags);
        hasher.inner.finish()
    }

    fn hash_frames(&self, hasher: &mut StateHasher<'_>) {
        // Where there are no objects, nothing can refer to one.
        let maps = (!self.store.heap.is_empty()).then(|| self.ref_maps());
        for frame in self.walk() {
            hasher.word(u64::from(frame.func.0) << 32 | u64::from(frame.offset.0));
            let n_locals = self.store.funcs[frame.func.index()].n_local_slots as usize;
            let n_operands = self.n_operand_slots(&frame) as usize;
            hasher.word((n_locals as u64) << 32 | n_operands as u64);
            let references = maps.as_ref().map_or(&[][..], |maps| maps.at(frame.pc));
            let references = references.iter().map(|slot| usize::from(*slot));
            let mut references = references.peekable();
            // The slot between them is the link.
            let slots = (0..n_locals).chain(n_locals + 1..n_locals + 1 + n_operands);
            for slot in slots {
                let may_refer = references.next_if_eq(&slot).is_some();
                hasher.slot(self.thread.stack[frame.base as usize + slot], may_refer);
            }
        }
    }
}

/// Hashes references to objects by the order in which the objects are come across.
struct StateHasher<'a> {
    inner: Hasher,
    heap: &'a Heap,
    /// By object: its place in `found`, from 1; 0 if it was not found yet.
    places: Vec<u32>,
    found: Vec<u32>,
}

impl StateHasher<'_> {
    fn new(heap: &Heap) -> StateHasher<'_> {
        StateHasher {
            inner: Hasher::new(),
            heap,
            places: vec![0; heap.n_numbers()],
            found: Vec::new(),
        }
    }

    fn word(&mut self, word: u64) {
        self.inner.word(word);
    }

    fn slot(&mut self, slot: u64, may_refer: bool) {
        let is_object = may_refer && slot & !u64::from(u32::MAX) == OBJECT;
        let place = match self.places.get_mut(slot as u32 as usize) {
            Some(place) if is_object => place,
            _ => return self.inner.word(slot),
        };
        if *place == 0 {
            self.found.push(slot as u32);
            *place = self.found.len() as u32;
        }
        self.inner.word(OBJECT | u64::from(*place));
    }

    /// The content of all objects found, and of what they refer to.
    fn objects(&mut self, types: &Types, tags: &[u32]) {
        let mut next = 0;
        while let Some(number) = self.found.get(next).copied() {
            next += 1;
            let Some(object) = self.heap.get(ObjectAddr(number)) else {
                continue;
            };
            let (kind, ty) = match object.kind {
                ObjectKind::Struct(ty) => (0, ty),
                ObjectKind::Array(ty) => (1, ty),
                ObjectKind::Exception(tag) => (2, tag),
            };
            self.word(kind << 32 | u64::from(ty));
            self.word(object.len.into());
            let layout = match object.kind {
                ObjectKind::Exception(tag) => types.layout(tags[tag as usize]),
                _ => types.layout(ty),
            };
            let is_array = matches!(object.kind, ObjectKind::Array(_));
            match is_array {
                true if layout.refs().is_empty() => {
                    let n_bytes = (object.len as usize) << layout.shift;
                    self.inner.bytes(self.heap.content(object, n_bytes));
                }
                true => {
                    for slot in self.heap.slots(object) {
                        self.slot(slot, true);
                    }
                }
                false => {
                    let mut references = layout.refs().iter().copied().peekable();
                    for (cell, slot) in (0..).zip(self.heap.slots(object)) {
                        self.slot(slot, references.next_if_eq(&cell).is_some());
                    }
                }
            }
        }
    }
}
