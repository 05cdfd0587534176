//! Structures and arrays.
//!
//! Spec: [reference instructions](https://webassembly.github.io/spec/core/exec/instructions.html#reference-instructions).
//! Bounds are checked first; then room is made, which may collect; then the cost that depends on
//! the size is paid. Until all of that has succeeded nothing changes, since the op may be tried
//! again.

use std::ops::Range;

use super::{Exit, Flow};
use crate::index::ObjectAddr;
use crate::isa::Op;
use crate::isa::field::{PACKED_8, PACKED_16, VECTOR};
use crate::machine::{Machine, Object, ObjectKind, TrapKind};
use crate::value::Ref;

impl Machine {
    /// The object that a reference among the operands points to.
    fn object(&mut self, op: Op, n: u32, null: TrapKind) -> Result<Object, Exit> {
        let slot = *self.slot(op, n);
        if slot == 0 {
            return Err(Exit::Trap(null));
        }
        match self.store.heap.get(ObjectAddr(slot as u32)) {
            Some(object) => Ok(object),
            None => unreachable!("a reference points to an object that is there"),
        }
    }

    fn structure(&mut self, op: Op) -> Result<Object, Exit> {
        self.object(op, 0, TrapKind::NullStructureReference)
    }

    /// An array, and the index operand after it.
    fn array(&mut self, op: Op, n: u32) -> Result<(Object, u32), Exit> {
        let array = self.object(op, n, TrapKind::NullArrayReference)?;
        Ok((array, *self.slot(op, n + 1) as u32))
    }

    /// An array, and an index operand that is found to be in range.
    fn element(&mut self, op: Op) -> Result<(Object, u32), Exit> {
        match self.array(op, 0)? {
            (array, index) if index < array.len => Ok((array, index)),
            _ => Err(Exit::Trap(TrapKind::ArrayOutOfBounds)),
        }
    }

    /// Makes room for an array of the op's type, pays for its bytes, and adds it, zeroed.
    fn new_array(&mut self, op: Op, len: u32) -> Result<Object, Exit> {
        self.make_room(self.store.types.layout(op.x).array_cells(len))?;
        self.pay_bytes(u64::from(len) << op.c)?;
        let layout = self.store.types.layout(op.x);
        let addr = self.store.heap.add_array(op.x, layout, len);
        *self.slot(op, 0) = Ref::Object(addr).to_slot();
        self.object(op, 0, TrapKind::NullArrayReference)
    }

    /// Adds the structure that `struct.new` makes. Room was made before.
    pub(super) fn add_struct(&mut self, op: Op) {
        let first = (self.thread.fp + u32::from(op.a)) as usize;
        let slots = &self.thread.stack[first..first + usize::from(op.c)];
        let heap = &mut self.store.heap;
        let addr = heap.add_slots(ObjectKind::Struct(op.x), slots);
        heap.narrow(addr, self.store.types.layout(op.x));
        self.set_new(op, addr);
    }

    /// The same for `struct.new_default`.
    pub(super) fn add_default_struct(&mut self, op: Op) {
        let layout = self.store.types.layout(op.x);
        let addr = self.store.heap.add_struct(op.x, layout);
        self.set_new(op, addr);
    }

    fn set_new(&mut self, op: Op, addr: ObjectAddr) {
        *self.slot(op, 0) = Ref::Object(addr).to_slot();
    }

    /// The value at a slot of the frame, as wide as the elements of the op's array.
    fn value(&mut self, op: Op, n: u32) -> [u64; 2] {
        let high = if op.c == 4 { *self.slot(op, n + 1) } else { 0 };
        [*self.slot(op, n), high]
    }
}

/// Number of elements that a new array is to have: on top of the value, if there is one.
pub(super) fn new_len(m: &mut Machine, op: Op, has_value: bool) -> u32 {
    let width = if op.c == 4 { 2 } else { 1 };
    *m.slot(op, if has_value { width } else { 0 }) as u32
}

/// Bytes of `n` elements from `start` on, if there are as many.
fn elements(array: Object, op: Op, start: u32, n: u32) -> Result<Range<usize>, Exit> {
    let kind = TrapKind::ArrayOutOfBounds;
    let range = span(start.into(), n.into(), array.len as usize, kind)?;
    Ok(range.start << op.c..range.end << op.c)
}

/// `n` items from `start` on, if there are as many.
fn span(start: u64, n: u64, len: usize, kind: TrapKind) -> Result<Range<usize>, Exit> {
    match start + n <= len as u64 {
        true => Ok(start as usize..(start + n) as usize),
        false => Err(Exit::Trap(kind)),
    }
}

fn sign_extend(value: u64, bits: u32) -> u64 {
    let shift = 32 - bits;
    u64::from((((value as u32) << shift) as i32 >> shift) as u32)
}

rare_ops! {
    fn struct_new(m, op) {
        m.make_room(op.c.into())?;
        m.add_struct(op);
    }

    fn struct_new_default(m, op) {
        let layout = m.store.types.layout(op.x);
        m.make_room(layout.n_cells().into())?;
        m.add_default_struct(op);
    }

    /// `struct.get` and `struct.get_u`.
    fn struct_get(m, op) {
        let object = m.structure(op)?;
        *m.slot(op, 0) = m.store.heap.cell(object, op.b.into());
        if op.c == VECTOR {
            *m.slot(op, 1) = m.store.heap.cell(object, u32::from(op.b) + 1);
        }
    }

    fn struct_get_s(m, op) {
        let object = m.structure(op)?;
        let bits = if op.c == PACKED_8 { 8 } else { 16 };
        *m.slot(op, 0) = sign_extend(m.store.heap.cell(object, op.b.into()), bits);
    }

    fn struct_set(m, op) {
        let object = m.structure(op)?;
        let value = *m.slot(op, 1);
        let value = match op.c {
            PACKED_8 => u64::from(value as u8),
            PACKED_16 => u64::from(value as u16),
            _ => value,
        };
        let high = (op.c == VECTOR).then(|| *m.slot(op, 2));
        m.store.heap.set_cell(object, op.b.into(), value);
        if let Some(high) = high {
            m.store.heap.set_cell(object, u32::from(op.b) + 1, high);
        }
    }

    fn array_new(m, op) {
        let value = m.value(op, 0);
        let len = new_len(m, op, true);
        let array = m.new_array(op, len)?;
        m.store.heap.fill_elements(array, op.c as u8, 0..(len as usize) << op.c, value);
    }

    fn array_new_default(m, op) {
        let len = new_len(m, op, false);
        m.new_array(op, len)?;
    }

    fn array_new_fixed(m, op) {
        let layout = m.store.types.layout(op.x);
        m.make_room(layout.array_cells(op.y))?;
        let addr = m.store.heap.add_array(op.x, m.store.types.layout(op.x), op.y);
        let width = if op.c == 4 { 2 } else { 1 };
        if let Some(array) = m.store.heap.get(addr) {
            for index in 0..op.y {
                let value = m.value(op, index * width);
                m.store.heap.set_element(array, op.c as u8, index, value);
            }
        }
        m.set_new(op, addr);
    }

    fn array_new_data(m, op) {
        let (from, len) = (*m.slot(op, 0) as u32, *m.slot(op, 1) as u32);
        let n_data = m.store.data[op.y as usize].len();
        let n = u64::from(len) << op.c;
        let from = span(from.into(), n, n_data, TrapKind::MemoryOutOfBounds)?;
        let array = m.new_array(op, len)?;
        let data = &m.store.data[op.y as usize][from];
        m.store.heap.content_mut(array, 0..data.len()).copy_from_slice(data);
    }

    fn array_new_elem(m, op) {
        let (from, len) = (*m.slot(op, 0) as u32, *m.slot(op, 1) as u32);
        let n_items = m.store.elements[op.y as usize].len();
        let from = span(from.into(), len.into(), n_items, TrapKind::TableOutOfBounds)?;
        let array = m.new_array(op, len)?;
        let items = &m.store.elements[op.y as usize][from];
        m.store.heap.set_references(array, 0, items);
    }

    /// `array.get` and `array.get_u`.
    fn array_get(m, op) {
        let (array, index) = m.element(op)?;
        let [low, high] = m.store.heap.element(array, op.c as u8, index);
        *m.slot(op, 0) = low;
        if op.c == 4 {
            *m.slot(op, 1) = high;
        }
    }

    fn array_get_s(m, op) {
        let (array, index) = m.element(op)?;
        let [low, _] = m.store.heap.element(array, op.c as u8, index);
        *m.slot(op, 0) = sign_extend(low, 8 << op.c);
    }

    fn array_set(m, op) {
        let (array, index) = m.element(op)?;
        let value = m.value(op, 2);
        m.store.heap.set_element(array, op.c as u8, index, value);
    }

    fn array_len(m, op) {
        let array = m.object(op, 0, TrapKind::NullArrayReference)?;
        *m.slot(op, 0) = array.len.into();
    }

    fn array_fill(m, op) {
        let (array, start) = m.array(op, 0)?;
        let value = m.value(op, 2);
        let n = *m.slot(op, if op.c == 4 { 4 } else { 3 }) as u32;
        let range = elements(array, op, start, n)?;
        m.pay_bytes(u64::from(n) << op.c)?;
        m.store.heap.fill_elements(array, op.c as u8, range, value);
    }

    fn array_copy(m, op) {
        let (to, to_start) = m.array(op, 0)?;
        let (from, from_start) = m.array(op, 2)?;
        let n = *m.slot(op, 4) as u32;
        let to_range = elements(to, op, to_start, n)?;
        let from_range = elements(from, op, from_start, n)?;
        m.pay_bytes(u64::from(n) << op.c)?;
        m.store.heap.copy_content(from, from_range, to, to_range.start);
    }

    fn array_init_data(m, op) {
        let (array, start) = m.array(op, 0)?;
        let (from, n) = (*m.slot(op, 2) as u32, *m.slot(op, 3) as u32);
        let to = elements(array, op, start, n)?;
        let n_data = m.store.data[op.y as usize].len();
        let from = span(from.into(), u64::from(n) << op.c, n_data, TrapKind::MemoryOutOfBounds)?;
        m.pay_bytes(u64::from(n) << op.c)?;
        let data = &m.store.data[op.y as usize][from];
        m.store.heap.content_mut(array, to).copy_from_slice(data);
    }

    fn array_init_elem(m, op) {
        let (array, start) = m.array(op, 0)?;
        let (from, n) = (*m.slot(op, 2) as u32, *m.slot(op, 3) as u32);
        elements(array, op, start, n)?;
        let n_items = m.store.elements[op.y as usize].len();
        let from = span(from.into(), n.into(), n_items, TrapKind::TableOutOfBounds)?;
        m.pay_bytes(u64::from(n) << op.c)?;
        let items = &m.store.elements[op.y as usize][from];
        m.store.heap.set_references(array, start, items);
    }
}
