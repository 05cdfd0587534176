//! The machine's own heap: structures, arrays and exceptions, as plain data.
//!
//! A reference is the number of an object in a table of objects; what an object holds lies in one
//! vector of bytes. Nothing else knows where, so whoever moves objects need not look for
//! references to them.
//!
//! Content is made of *cells* of 8 bytes. A structure has a cell for each field, two for a vector,
//! so that it is a copy of the slots of its operands; likewise an exception. The elements of an
//! array are packed by their size: 1, 2, 4, 8 or 16 bytes. A reference has the form of a slot.
//! Numbers are reused, the lowest first.

mod collect;
mod layout;

use std::ops::Range;

pub(crate) use collect::Marks;
pub(crate) use layout::Layout;

use crate::index::ObjectAddr;
use crate::machine::store::try_reserve;
use crate::types::{HeapType, TypeKind};

#[derive(Clone, Default)]
pub(crate) struct Heap {
    objects: Vec<Entry>,
    bytes: Vec<u8>,
    /// The objects in the order in which their content lies.
    order: Vec<u32>,
    /// Those of the objects that are exceptions, the newest last: few of many, and looked at alone.
    exceptions: Vec<u32>,
    /// Number of objects that are there.
    n_objects: u32,
    /// No number below this is free.
    next_free: u32,
    /// When so many bytes are in use, it is time to collect.
    due_at: u64,
    n_collections: u64,
}

/// An object as the table holds it.
#[derive(Clone, Copy)]
struct Entry {
    /// Kind in the lowest two bits (0 for a number that is free), above them a type or tag.
    head: u32,
    /// First cell of the content.
    start: u32,
    len: u32,
}

/// What an object is, and where its content lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) kind: ObjectKind,
    /// First cell of its content.
    start: u32,
    /// Number of elements of an array; else of cells.
    pub(crate) len: u32,
}

/// Kind of an object, with what tells how its content is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// A structure of a type of the store.
    Struct(u32),
    /// An array of a type of the store.
    Array(u32),
    /// An exception with a tag of the store.
    Exception(u32),
}

/// Bytes of a cell.
const CELL: usize = 8;

/// Bytes that an object takes beside its content: its entry and its place in the order.
pub(crate) const OBJECT_BYTES: u64 = (size_of::<Entry>() + size_of::<u32>()) as u64;

/// Most bytes of content: all cells have a number of 32 bits.
pub(crate) const MOST_BYTES: u64 = (u32::MAX as u64) * CELL as u64;

const FREE: Entry = Entry {
    head: 0,
    start: 0,
    len: 0,
};

impl ObjectKind {
    /// The most special type of references to it.
    pub(crate) fn heap_type(self) -> HeapType {
        match self {
            ObjectKind::Struct(ty) => HeapType::Type(TypeKind::Struct, ty),
            ObjectKind::Array(ty) => HeapType::Type(TypeKind::Array, ty),
            ObjectKind::Exception(_) => HeapType::Exn,
        }
    }

    fn head(self) -> u32 {
        match self {
            ObjectKind::Struct(ty) => ty << 2 | 1,
            ObjectKind::Array(ty) => ty << 2 | 2,
            ObjectKind::Exception(tag) => tag << 2 | 3,
        }
    }
}

impl Entry {
    fn object(self) -> Option<Object> {
        let number = self.head >> 2;
        let kind = match self.head & 3 {
            0 => return None,
            1 => ObjectKind::Struct(number),
            2 => ObjectKind::Array(number),
            _ => ObjectKind::Exception(number),
        };
        Some(Object {
            kind,
            start: self.start,
            len: self.len,
        })
    }
}

impl Heap {
    /// The object of an address; `None` if there is none.
    pub(crate) fn get(&self, addr: ObjectAddr) -> Option<Object> {
        self.objects.get(addr.index())?.object()
    }

    /// All objects, in the order of their numbers.
    pub(crate) fn objects(&self) -> impl Iterator<Item = (ObjectAddr, Object)> + '_ {
        let entries = (0..).zip(&self.objects);
        entries.filter_map(|(number, entry)| Some((ObjectAddr(number), entry.object()?)))
    }

    /// The objects that were added after so many, while no collection came between.
    pub(crate) fn since(&self, n_objects: u32) -> impl Iterator<Item = Object> + '_ {
        let numbers = self.order[n_objects as usize..].iter();
        numbers.filter_map(|number| self.objects[*number as usize].object())
    }

    /// All exceptions, the newest last.
    pub(crate) fn exceptions(&self) -> &[u32] {
        &self.exceptions
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.n_objects == 0
    }

    pub(crate) fn n_objects(&self) -> u32 {
        self.n_objects
    }

    /// Number of collections so far.
    pub(crate) fn n_collections(&self) -> u64 {
        self.n_collections
    }

    /// One more than the highest number that may be in use.
    pub(crate) fn n_numbers(&self) -> usize {
        self.objects.len()
    }

    /// Bytes in use, objects that nothing refers to any more included.
    pub(crate) fn used(&self) -> u64 {
        u64::from(self.n_objects) * OBJECT_BYTES + self.bytes.len() as u64
    }

    /// Makes room for an object with so many cells; `false` if the host gives none. The caller sees
    /// to the limit, above which no more is asked for than is needed.
    pub(crate) fn reserve(&mut self, n_cells: u64, limit: u64) -> bool {
        try_reserve(&mut self.bytes, n_cells.saturating_mul(CELL as u64), limit)
            && self.objects.try_reserve(1).is_ok()
            && self.order.try_reserve(1).is_ok()
    }

    /// Adds an object with so many cells, which hold zero. Room was made before.
    fn add(&mut self, kind: ObjectKind, len: u32, n_cells: usize) -> ObjectAddr {
        let entry = Entry {
            head: kind.head(),
            start: (self.bytes.len() / CELL) as u32,
            len,
        };
        self.bytes.resize(self.bytes.len() + n_cells * CELL, 0);
        let free = &self.objects[self.next_free as usize..];
        let number = match free.iter().position(|entry| entry.head == 0) {
            Some(distance) => self.next_free + distance as u32,
            None => {
                self.objects.push(FREE);
                self.objects.len() as u32 - 1
            }
        };
        self.objects[number as usize] = entry;
        self.next_free = number + 1;
        self.order.push(number);
        self.n_objects += 1;
        ObjectAddr(number)
    }

    /// Adds a structure or an exception whose content is these slots. Room was made before; an
    /// exception comes from [`Heap::add_exception`].
    pub(crate) fn add_slots(&mut self, kind: ObjectKind, slots: &[u64]) -> ObjectAddr {
        let addr = self.add(kind, slots.len() as u32, 0);
        for slot in slots {
            self.bytes.extend_from_slice(&slot.to_le_bytes());
        }
        addr
    }

    /// Adds an exception with the slots of its values; `None` if the host has no memory to list it.
    /// Room for the object itself was made before.
    pub(crate) fn add_exception(&mut self, tag: u32, slots: &[u64]) -> Option<ObjectAddr> {
        self.exceptions.try_reserve(1).ok()?;
        let addr = self.add_slots(ObjectKind::Exception(tag), slots);
        self.exceptions.push(addr.0);
        Some(addr)
    }

    /// Adds a structure whose fields are zero and null. Room was made before.
    pub(crate) fn add_struct(&mut self, ty: u32, layout: &Layout) -> ObjectAddr {
        let n_cells = layout.n_cells();
        self.add(ObjectKind::Struct(ty), n_cells, n_cells as usize)
    }

    /// Adds an array whose elements are zero and null. Room was made before.
    pub(crate) fn add_array(&mut self, ty: u32, layout: &Layout, len: u32) -> ObjectAddr {
        let n_cells = layout.array_cells(len);
        self.add(ObjectKind::Array(ty), len, n_cells as usize)
    }

    /// A cell of a structure or an exception.
    pub(crate) fn cell(&self, object: Object, cell: u32) -> u64 {
        let start = (object.start + cell) as usize * CELL;
        read(&self.bytes[start..start + CELL])
    }

    pub(crate) fn set_cell(&mut self, object: Object, cell: u32, value: u64) {
        let start = (object.start + cell) as usize * CELL;
        self.bytes[start..start + CELL].copy_from_slice(&value.to_le_bytes());
    }

    /// The entry of what a slot refers to; `None` if that is null.
    #[inline(always)]
    fn entry_of(&self, slot: u64) -> Option<Entry> {
        match slot {
            0 => None,
            _ => self.objects.get(slot as u32 as usize).copied(),
        }
    }

    /// A cell of the structure that a slot refers to; `None` if that is null. This and what
    /// follows are what the loop does itself.
    #[inline(always)]
    pub(crate) fn field(&mut self, slot: u64, cell: u16) -> Option<&mut [u8; CELL]> {
        let entry = self.entry_of(slot)?;
        let start = (entry.start as usize + usize::from(cell)) * CELL;
        self.bytes.get_mut(start..)?.first_chunk_mut()
    }

    /// The cell in which an element of at most 8 bytes lies, and the bit there at which it starts;
    /// `None` for null or beyond the end.
    #[inline(always)]
    pub(crate) fn cell_of(
        &mut self,
        slot: u64,
        index: u32,
        shift: u32,
    ) -> Option<(&mut [u8; CELL], u32)> {
        let entry = self.entry_of(slot)?;
        if index >= entry.len {
            return None;
        }
        let at = (index as usize) << shift;
        let start = (entry.start as usize + at / CELL) * CELL;
        let bytes = self.bytes.get_mut(start..)?.first_chunk_mut()?;
        Some((bytes, (at % CELL) as u32 * 8))
    }

    /// The length of the array that a slot refers to; `None` for null.
    #[inline(always)]
    pub(crate) fn length(&self, slot: u64) -> Option<u32> {
        Some(self.entry_of(slot)?.len)
    }

    /// The slots of an exception's values, or the cells of a structure.
    pub(crate) fn slots(&self, object: Object) -> impl ExactSizeIterator<Item = u64> + '_ {
        let content = self.content(object, object.len as usize * CELL);
        content
            .as_chunks()
            .0
            .iter()
            .map(|cell| u64::from_le_bytes(*cell))
    }

    /// All bytes of an object's content.
    pub(crate) fn content(&self, object: Object, n: usize) -> &[u8] {
        &self.bytes[object.start as usize * CELL..][..n]
    }

    /// Some bytes of an object's content.
    pub(crate) fn content_mut(&mut self, object: Object, range: Range<usize>) -> &mut [u8] {
        &mut self.bytes[object.start as usize * CELL..][range]
    }

    /// Cuts the packed fields of a structure to their bits.
    pub(crate) fn narrow(&mut self, addr: ObjectAddr, layout: &Layout) {
        if !layout.packed().is_empty()
            && let Some(object) = self.get(addr)
        {
            for (cell, bits) in layout.packed() {
                self.set_cell(object, *cell, self.cell(object, *cell) & bits);
            }
        }
    }

    /// Sets some bytes of an array's content to repetitions of an element's value.
    pub(crate) fn fill_elements(
        &mut self,
        array: Object,
        shift: u8,
        range: Range<usize>,
        value: [u64; 2],
    ) {
        // Every size of an element divides 16 bytes.
        let mut pattern = [0; 16];
        for element in pattern.chunks_exact_mut(1 << shift) {
            fill(element, value);
        }
        let (whole, rest) = self.content_mut(array, range).as_chunks_mut::<16>();
        whole.fill(pattern);
        rest.copy_from_slice(&pattern[..rest.len()]);
    }

    /// Sets elements of an array of references.
    pub(crate) fn set_references(&mut self, array: Object, start: u32, items: &[u64]) {
        let start = start as usize * CELL;
        let range = start..start + items.len() * CELL;
        let (cells, _) = self.content_mut(array, range).as_chunks_mut();
        for (cell, item) in cells.iter_mut().zip(items) {
            *cell = item.to_le_bytes();
        }
    }

    /// Copies bytes of one array's content to a byte of another's, or of its own.
    pub(crate) fn copy_content(
        &mut self,
        from: Object,
        range: Range<usize>,
        to: Object,
        to_start: usize,
    ) {
        let base = from.start as usize * CELL;
        let to = to.start as usize * CELL + to_start;
        self.bytes
            .copy_within(base + range.start..base + range.end, to);
    }

    /// The slots of an element of `1 << shift` bytes; the second counts only for a vector.
    pub(crate) fn element(&self, object: Object, shift: u8, index: u32) -> [u64; 2] {
        let start = object.start as usize * CELL + ((index as usize) << shift);
        let bytes = &self.bytes[start..start + (1 << shift)];
        match shift {
            4 => [read(&bytes[..8]), read(&bytes[8..])],
            _ => [read(bytes), 0],
        }
    }

    pub(crate) fn set_element(&mut self, object: Object, shift: u8, index: u32, slots: [u64; 2]) {
        let start = object.start as usize * CELL + ((index as usize) << shift);
        let bytes = &mut self.bytes[start..start + (1 << shift)];
        fill(bytes, slots);
    }
}

/// Up to 8 bytes, the lowest first.
fn read(bytes: &[u8]) -> u64 {
    let mut cell = [0; CELL];
    cell[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(cell)
}

/// Writes a value's slots into as many bytes as it has there.
fn fill(bytes: &mut [u8], [low, high]: [u64; 2]) {
    let value = (u128::from(low) | u128::from(high) << 64).to_le_bytes();
    bytes.copy_from_slice(&value[..bytes.len()]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Composite, FieldType, StorageType, ValType};

    fn array_of(storage: StorageType) -> Layout {
        let mutable = true;
        Layout::of(&Composite::Array(FieldType { storage, mutable }))
    }

    #[test]
    fn what_was_set_is_read_back() {
        let mut heap = Heap::default();
        let kind = ObjectKind::Exception(7);
        let slots = [1, u64::MAX, 3];
        assert!(heap.reserve(3, 1 << 20));
        let exception = heap.add_slots(kind, &slots);
        for (shift, storage) in [
            StorageType::I8,
            StorageType::I16,
            StorageType::Val(ValType::F32),
            StorageType::Val(ValType::I64),
            StorageType::Val(ValType::V128),
        ]
        .into_iter()
        .enumerate()
        {
            let layout = array_of(storage);
            assert_eq!(usize::from(layout.shift), shift);
            let n_cells = layout.array_cells(3);
            assert_eq!(n_cells, (3_u64 << shift).div_ceil(8));
            assert!(heap.reserve(n_cells, 1 << 20));
            let addr = heap.add_array(1, &layout, 3);
            let object = heap.get(addr).unwrap();
            assert_eq!((object.kind, object.len), (ObjectKind::Array(1), 3));
            let bits = if shift < 3 {
                (1 << (8 << shift)) - 1
            } else {
                u64::MAX
            };
            let high = if shift == 4 { 5 } else { 0 };
            heap.set_element(object, layout.shift, 1, [u64::MAX, 5]);
            for (index, wanted) in [(0, [0, 0]), (1, [bits, high]), (2, [0, 0])] {
                assert_eq!(heap.element(object, layout.shift, index), wanted);
            }
        }
        let object = heap.get(exception).unwrap();
        assert_eq!(object.kind, kind);
        assert_eq!(heap.slots(object).collect::<Vec<_>>(), slots);
        heap.set_cell(object, 1, 2);
        assert_eq!(heap.cell(object, 1), 2);
        assert_eq!(heap.used(), 6 * OBJECT_BYTES + 24 + 8 + 8 + 16 + 24 + 48);
    }

    #[test]
    fn more_bytes_than_there_are_have_no_room() {
        let mut heap = Heap::default();
        assert!(!heap.reserve(u64::MAX, u64::MAX));
        assert!(!heap.reserve(u64::MAX / 8, u64::MAX));
    }
}
