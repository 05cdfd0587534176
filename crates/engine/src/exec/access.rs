//! Access to memory out of line: to any memory of the instance, with addresses and offsets of up
//! to 64 bits. The loop's own loads and stores only know the first memory, with offsets of 32 bits:
//! for 32-bit addresses they are ops of their own, all others are those done here.
//!
//! Ops of this kind name in `a` the slot of the address, in which a load also leaves its result, in
//! `b` the memory by its index in the module, and in `x` and `y` the offset. In `c` a load names the
//! slot of the address once more, which in the fast stream may be another than that of the result;
//! a store the slot of the value; an access of one lane names the lane. Slots are canonical, so that
//! the slot of an address has its value whatever its width.
//!
//! Spec: [memory instructions](https://webassembly.github.io/spec/core/exec/instructions.html#memory-instructions).

use super::cells::Slots;
use crate::index::MemAddr;
use crate::isa::Op;
use crate::machine::Machine;

impl Machine {
    /// The memory that such an op accesses, and where: the sum may need 65 bits.
    pub(crate) fn access_place(&self, op: Op) -> (MemAddr, u128) {
        let instance = &self.store.instances[self.thread.instance as usize];
        let memory = instance.memories[usize::from(op.b)];
        let address = u128::from(self.thread.stack[(self.thread.fp + u32::from(op.a)) as usize]);
        (memory, address + u128::from(op.imm64()))
    }

    /// The `n` bytes that such an op accesses, if all of them lie in the memory.
    pub(super) fn accessed(&mut self, op: Op, n: usize) -> Option<&mut [u8]> {
        let address = self.thread.stack[(self.thread.fp + u32::from(op.a)) as usize];
        self.accessed_at(address, &op, n)
    }

    /// The same where the address is known. In line it would be most of the code of all accesses.
    #[inline(never)]
    pub(super) fn accessed_at(&mut self, address: u64, op: &Op, n: usize) -> Option<&mut [u8]> {
        let memory = match op.b {
            0 => self.thread.memory as usize,
            _ => self.store.instances[self.thread.instance as usize].memories[usize::from(op.b)]
                .index(),
        };
        let bytes = &mut self.store.memories[memory].bytes;
        let start = address.checked_add(op.imm64())?;
        let end = start.checked_add(n as u64)?;
        match end <= bytes.len() as u64 {
            true => bytes.get_mut(start as usize..end as usize),
            false => None,
        }
    }
}

/// Replaces the address by what is read there. `false` if that is not in the memory.
#[inline(always)]
pub(super) unsafe fn load(
    m: &mut Machine,
    slots: Slots,
    op: &Op,
    n: usize,
    read: unsafe fn(*const u8) -> u64,
) -> bool {
    // Safety: the op is one of the frame's function; all `n` bytes that it reads are there.
    unsafe {
        match m.accessed_at(slots.get(op.c), op, n) {
            Some(bytes) => slots.set(op.a, read(bytes.as_ptr())),
            None => return false,
        }
    }
    true
}

/// Writes the value above the address there. `false` if that is not in the memory.
#[inline(always)]
pub(super) unsafe fn store(
    m: &mut Machine,
    slots: Slots,
    op: &Op,
    n: usize,
    write: unsafe fn(*mut u8, u64),
) -> bool {
    // Safety: the op is one of the frame's function; all `n` bytes that it writes are there.
    unsafe {
        match m.accessed_at(slots.get(op.a), op, n) {
            Some(bytes) => write(bytes.as_mut_ptr(), slots.get(op.c)),
            None => return false,
        }
    }
    true
}

/// Reads the lane of the vector above the address, and leaves the vector in the place of both.
/// `false` if that is not in the memory.
pub(super) unsafe fn load_lane(m: &mut Machine, slots: Slots, op: &Op, n: usize) -> bool {
    // Safety: the op is one of the frame's function.
    unsafe {
        let Some(bytes) = m.accessed_at(slots.get(op.a), op, n) else {
            return false;
        };
        let mut vector = *slots.vector(op.a + 1);
        vector[usize::from(op.c) * n..][..n].copy_from_slice(bytes);
        *slots.vector(op.a) = vector;
    }
    true
}

/// Writes the lane of the vector above the address there. `false` if that is not in the memory.
pub(super) unsafe fn store_lane(m: &mut Machine, slots: Slots, op: &Op, n: usize) -> bool {
    // Safety: the op is one of the frame's function.
    unsafe {
        let Some(bytes) = m.accessed_at(slots.get(op.a), op, n) else {
            return false;
        };
        bytes.copy_from_slice(&slots.vector(op.a + 1)[usize::from(op.c) * n..][..n]);
    }
    true
}
