//! Instructions on memories and tables as a whole, out of line.
//!
//! Spec: [memory](https://webassembly.github.io/spec/core/exec/instructions.html#memory-instructions)
//! and [table instructions](https://webassembly.github.io/spec/core/exec/instructions.html#table-instructions).
//! Bounds are checked first, then the cost that depends on the size is paid, then bytes move.

use std::ops::Range;

use super::{Exit, Flow};
use crate::isa::Op;
use crate::machine::{Machine, PAGE_SIZE, Room, Store, TrapKind, try_reserve};

/// Cost of a table element, in bytes of bulk work: a slot.
const ELEMENT_BYTES: u64 = 8;

impl Machine {
    pub(super) fn slot(&mut self, op: Op, n: u32) -> &mut u64 {
        &mut self.thread.stack[(self.thread.fp + u32::from(op.a) + n) as usize]
    }

    /// An address, an index or a size: slots are canonical, so the width does not matter.
    fn operand(&mut self, op: Op, n: u32) -> u64 {
        *self.slot(op, n)
    }

    /// Pays a cost that depends on values, or says that it cannot be paid.
    fn pay(&mut self, units: u32, n: u64) -> Result<(), Exit> {
        let cost = u64::from(units).saturating_mul(n);
        match i64::try_from(cost) {
            Ok(cost) if cost <= self.thread.run_gas => {
                self.thread.run_gas -= cost;
                Ok(())
            }
            _ => Err(Exit::Short),
        }
    }

    /// Pays a cost per unit for work on `n_bytes`, if the present slice allows more of it.
    fn pay_work(&mut self, units: u32, n: u64, n_bytes: u64) -> Result<(), Exit> {
        if self.slice_bytes == 0 {
            return Err(Exit::Short);
        }
        self.pay(units, n)?;
        // Only what is paid is done: otherwise it is tried again.
        self.slice_bytes = self.slice_bytes.saturating_sub(n_bytes);
        Ok(())
    }

    pub(super) fn pay_bytes(&mut self, n: u64) -> Result<(), Exit> {
        self.pay_work(self.config.schedule.dynamic().bulk_byte, n, n)
    }
}

/// `n` items from `start` on, if there are as many.
fn span(start: u64, n: u64, len: usize, kind: TrapKind) -> Result<Range<usize>, Exit> {
    match start.checked_add(n) {
        Some(end) if end <= len as u64 => Ok(start as usize..end as usize),
        _ => Err(Exit::Trap(kind)),
    }
}

/// Growth of a memory or a table that the limits allow.
struct Growth {
    room: Room,
    /// The memory or table.
    at: u32,
    /// Number of new items.
    n: u64,
    /// How many the limits would allow.
    left: u64,
    /// Cost of a unit, and number of units.
    price: (u32, u64),
}

impl Growth {
    /// Pays for the new items and adds them; if the host has no room for them nothing is paid.
    fn exec<T: Clone>(
        self,
        m: &mut Machine,
        items: fn(&mut Store, u32) -> &mut Vec<T>,
        value: T,
    ) -> Result<(), Exit> {
        let present = items(&mut m.store, self.at);
        let (len, item) = (present.len() as u64, size_of::<T>() as u64);
        // What is there moves if there is no reserve.
        let is_moved = len.saturating_add(self.n) > present.capacity() as u64;
        let n_moved = self.n.saturating_add(if is_moved { len } else { 0 });
        let account = (m.thread.run_gas, m.slice_bytes);
        let (units, n_units) = self.price;
        m.pay_work(units, n_units, n_moved.saturating_mul(item))?;
        let present = items(&mut m.store, self.at);
        if !try_reserve(present, self.n, len.saturating_add(self.left)) {
            (m.thread.run_gas, m.slice_bytes) = account;
            return Err(m.refuse(self.room, self.n.saturating_mul(item)));
        }
        present.resize((len + self.n) as usize, value);
        Ok(())
    }
}

rare_ops! {
    fn memory_size(m, op) {
        *m.slot(op, 0) = m.store.memories[op.x as usize].n_pages();
    }

    fn memory_grow(m, op) {
        let wanted = m.operand(op, 0);
        let ty = m.store.memories[op.x as usize].ty();
        let (n_pages, log2) = (ty.limits.min, ty.page_size_log2);
        // Nothing overflows: the configuration's limits are far from the ends of 64 bits.
        let limit = ty.most_pages().min(m.config.memory_bytes() >> log2);
        let free = m.config.total_memory_bytes().saturating_sub(m.store.total_bytes());
        let fits = wanted <= limit.saturating_sub(n_pages) && wanted <= free >> log2;
        let mut result = ty.address.no_growth();
        if fits {
            // The price is for 64 KiB; smaller growth pays for as much.
            let n_units = (wanted << log2).div_ceil(PAGE_SIZE);
            let growth = Growth {
                room: Room::Memory,
                at: op.x,
                n: wanted << log2,
                left: (limit.saturating_sub(n_pages) << log2).min(free),
                price: (m.config.schedule.dynamic().grown_page, n_units),
            };
            growth.exec(m, |store, at| &mut store.memories[at as usize].bytes, 0)?;
            result = n_pages;
        }
        *m.slot(op, 0) = result;
    }

    fn memory_fill(m, op) {
        let (start, value, n) = (m.operand(op, 0), m.operand(op, 1), m.operand(op, 2));
        let len = m.store.memories[op.x as usize].bytes.len();
        let range = span(start, n, len, TrapKind::MemoryOutOfBounds)?;
        m.pay_bytes(n)?;
        m.store.memories[op.x as usize].bytes[range].fill(value as u8);
    }

    fn memory_copy(m, op) {
        let (to, from, n) = (m.operand(op, 0), m.operand(op, 1), m.operand(op, 2));
        let (to_idx, from_idx) = (op.x as usize, op.y as usize);
        let from_len = m.store.memories[from_idx].bytes.len();
        let to_len = m.store.memories[to_idx].bytes.len();
        let from = span(from, n, from_len, TrapKind::MemoryOutOfBounds)?;
        let to = span(to, n, to_len, TrapKind::MemoryOutOfBounds)?;
        m.pay_bytes(n)?;
        if to_idx == from_idx {
            m.store.memories[to_idx].bytes.copy_within(from, to.start);
        } else if let Ok([to_memory, from_memory]) =
            m.store.memories.get_disjoint_mut([to_idx, from_idx])
        {
            to_memory.bytes[to].copy_from_slice(&from_memory.bytes[from]);
        }
    }

    fn memory_init(m, op) {
        let (to, from, n) = (m.operand(op, 0), m.operand(op, 1), m.operand(op, 2));
        let from_len = m.store.data[op.y as usize].len();
        let to_len = m.store.memories[op.x as usize].bytes.len();
        let from = span(from, n, from_len, TrapKind::MemoryOutOfBounds)?;
        let to = span(to, n, to_len, TrapKind::MemoryOutOfBounds)?;
        m.pay_bytes(n)?;
        let source = &m.store.data[op.y as usize][from];
        m.store.memories[op.x as usize].bytes[to].copy_from_slice(source);
    }

    fn data_drop(m, op) {
        m.store.data[op.y as usize] = Vec::new();
    }

    fn table_get(m, op) {
        let index = m.operand(op, 0);
        let Some(element) = m.store.tables[op.x as usize].get(index) else {
            return Err(Exit::Trap(TrapKind::TableOutOfBounds));
        };
        *m.slot(op, 0) = element;
    }

    fn table_set(m, op) {
        let (index, value) = (m.operand(op, 0), *m.slot(op, 1));
        match m.store.tables[op.x as usize].get_mut(index) {
            Some(element) => *element = value,
            None => return Err(Exit::Trap(TrapKind::TableOutOfBounds)),
        }
    }

    fn table_size(m, op) {
        *m.slot(op, 0) = m.store.tables[op.x as usize].elements.len() as u64;
    }

    fn table_grow(m, op) {
        let (value, wanted) = (*m.slot(op, 0), m.operand(op, 1));
        let table = &m.store.tables[op.x as usize];
        let n_elements = table.elements.len() as u64;
        let limit = table.max.unwrap_or(u64::MAX);
        let free = m.config.table_elements.saturating_sub(m.store.total_elements());
        let fits = wanted <= limit.saturating_sub(n_elements) && wanted <= free;
        let mut result = table.address.no_growth();
        if fits {
            let n_bytes = wanted.saturating_mul(ELEMENT_BYTES);
            let growth = Growth {
                room: Room::Table,
                at: op.x,
                n: wanted,
                left: limit.saturating_sub(n_elements).min(free),
                price: (m.config.schedule.dynamic().bulk_byte, n_bytes),
            };
            growth.exec(m, |store, at| &mut store.tables[at as usize].elements, value)?;
            result = n_elements;
        }
        *m.slot(op, 0) = result;
    }

    fn table_fill(m, op) {
        let (start, value, n) = (m.operand(op, 0), *m.slot(op, 1), m.operand(op, 2));
        let len = m.store.tables[op.x as usize].elements.len();
        let range = span(start, n, len, TrapKind::TableOutOfBounds)?;
        m.pay_bytes(n * ELEMENT_BYTES)?;
        m.store.tables[op.x as usize].elements[range].fill(value);
    }

    fn table_copy(m, op) {
        let (to, from, n) = (m.operand(op, 0), m.operand(op, 1), m.operand(op, 2));
        let (to_idx, from_idx) = (op.x as usize, op.y as usize);
        let from_len = m.store.tables[from_idx].elements.len();
        let to_len = m.store.tables[to_idx].elements.len();
        let from = span(from, n, from_len, TrapKind::TableOutOfBounds)?;
        let to = span(to, n, to_len, TrapKind::TableOutOfBounds)?;
        m.pay_bytes(n * ELEMENT_BYTES)?;
        if to_idx == from_idx {
            m.store.tables[to_idx].elements.copy_within(from, to.start);
        } else if let Ok([to_table, from_table]) =
            m.store.tables.get_disjoint_mut([to_idx, from_idx])
        {
            to_table.elements[to].copy_from_slice(&from_table.elements[from]);
        }
    }

    fn table_init(m, op) {
        let (to, from, n) = (m.operand(op, 0), m.operand(op, 1), m.operand(op, 2));
        let from_len = m.store.elements[op.y as usize].len();
        let to_len = m.store.tables[op.x as usize].elements.len();
        let from = span(from, n, from_len, TrapKind::TableOutOfBounds)?;
        let to = span(to, n, to_len, TrapKind::TableOutOfBounds)?;
        m.pay_bytes(n * ELEMENT_BYTES)?;
        let source = &m.store.elements[op.y as usize][from];
        m.store.tables[op.x as usize].elements[to].copy_from_slice(source);
    }

    fn elem_drop(m, op) {
        m.store.elements[op.y as usize] = Vec::new();
    }
}
