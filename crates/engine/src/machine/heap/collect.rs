//! Collection: what is reachable is marked, everything else goes, and what stays moves together.
//!
//! Marking has a list of its own to work off, never more than one entry for each object, so that
//! neither long lists nor cycles cost any of the host's stack. Numbers of objects do not change.

use super::{CELL, FREE, Heap, Object, ObjectKind};
use crate::index::ObjectAddr;
use crate::machine::types::Types;
use crate::value::OBJECT;

/// Least number of bytes between two collections (chosen: small enough for a page, and far more
/// than the frames of common programs).
const MIN_BYTES: u64 = 1 << 20;

/// The objects found to be reachable so far.
pub(crate) struct Marks {
    /// A bit for each number.
    bits: Vec<u64>,
    /// Marked objects whose content was not looked at yet.
    open: Vec<u32>,
    /// Bytes that were looked at, roots included.
    n_bytes: u64,
    /// Whether each handle of the embedder was come across; empty where that is not asked.
    handles: Vec<bool>,
}

impl Marks {
    /// Marks what a slot refers to, if it is a reference to an object.
    pub(crate) fn visit(&mut self, slot: u64) {
        self.n_bytes += CELL as u64;
        let number = slot as u32;
        if slot & !u64::from(u32::MAX) != OBJECT {
            let handle = slot.wrapping_sub(1);
            if let Some(is_held) = (self.handles).get_mut(handle.min(u64::from(u32::MAX)) as usize)
            {
                *is_held = true;
            }
            return;
        }
        let (word, bit) = ((number / 64) as usize, 1 << (number % 64));
        if self.bits[word] & bit == 0 {
            self.bits[word] |= bit;
            self.open.push(number);
        }
    }

    /// Has handles below a number found besides. `false` if the host has no memory for it.
    pub(crate) fn ask_for_handles(&mut self, n_handles: u32) -> bool {
        let is_room = self.handles.try_reserve_exact(n_handles as usize).is_ok();
        self.handles
            .resize(if is_room { n_handles as usize } else { 0 }, false);
        is_room
    }

    pub(crate) fn handles(self) -> Vec<bool> {
        self.handles
    }

    pub(crate) fn is_marked(&self, number: u32) -> bool {
        self.bits[(number / 64) as usize] & 1 << (number % 64) != 0
    }
}

impl Heap {
    /// Whether it is time to collect before an object of so many bytes is added: when twice as
    /// much is in use as the last collection left, or looked at where that is more.
    pub(crate) fn is_due(&self, wanted: u64, limit: u64) -> bool {
        let due_at = self.due_at.max(MIN_BYTES).min(limit);
        self.used().saturating_add(wanted) > due_at
    }

    /// Begins a collection. `None` if the host has no memory for it.
    pub(crate) fn marks(&self) -> Option<Marks> {
        let n_words = self.objects.len().div_ceil(64);
        let mut marks = Marks {
            bits: Vec::new(),
            open: Vec::new(),
            n_bytes: 0,
            handles: Vec::new(),
        };
        marks.bits.try_reserve_exact(n_words).ok()?;
        marks.bits.resize(n_words, 0);
        marks.open.try_reserve_exact(self.n_objects as usize).ok()?;
        Some(marks)
    }

    /// Marks all that marked objects refer to.
    pub(crate) fn mark_reachable(&self, marks: &mut Marks, types: &Types, tags: &[u32]) {
        while let Some(number) = marks.open.pop() {
            if let Some(object) = self.get(ObjectAddr(number)) {
                self.for_each_reference(object, types, tags, &mut |slot| marks.visit(slot));
            }
        }
    }

    /// Gives every slot of an object that may hold a reference to an object.
    pub(crate) fn for_each_reference(
        &self,
        object: Object,
        types: &Types,
        tags: &[u32],
        then: &mut dyn FnMut(u64),
    ) {
        let layout = match object.kind {
            ObjectKind::Struct(ty) => types.layout(ty),
            ObjectKind::Exception(tag) => types.layout(tags[tag as usize]),
            ObjectKind::Array(ty) => {
                if !types.layout(ty).refs().is_empty() {
                    self.slots(object).for_each(then);
                }
                return;
            }
        };
        for cell in layout.refs() {
            then(self.cell(object, *cell));
        }
    }

    /// Ends a collection: drops all that is not marked, and moves the rest together. `wanted`
    /// bytes are about to be added. Gives the bytes that were looked at or moved.
    pub(crate) fn sweep(&mut self, marks: &Marks, wanted: u64) -> u64 {
        let before = self.used();
        let n_cells = self.bytes.len() / CELL;
        let mut order = std::mem::take(&mut self.order);
        let (mut from, mut to, mut n_kept) = (0, 0, 0);
        for position in 0..order.len() {
            let number = order[position];
            let end = match order.get(position + 1) {
                Some(next) => self.objects[*next as usize].start as usize,
                None => n_cells,
            };
            if marks.is_marked(number) {
                if to < from {
                    self.bytes.copy_within(from * CELL..end * CELL, to * CELL);
                    self.objects[number as usize].start = to as u32;
                }
                to += end - from;
                order[n_kept] = number;
                n_kept += 1;
            } else {
                self.objects[number as usize] = FREE;
            }
            from = end;
        }
        order.truncate(n_kept);
        self.order = order;
        (self.exceptions).retain(|number| marks.is_marked(*number));
        self.n_objects = n_kept as u32;
        self.bytes.truncate(to * CELL);
        while self.objects.last().is_some_and(|entry| entry.head == 0) {
            self.objects.pop();
        }
        self.next_free = 0;
        self.n_collections += 1;
        let live = self.used();
        self.due_at = (live + wanted).saturating_add(live.max(marks.n_bytes).max(MIN_BYTES));
        before + marks.n_bytes
    }
}
