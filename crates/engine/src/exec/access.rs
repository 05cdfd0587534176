//! Access to memory out of line: to any memory of the instance, with addresses and offsets of up
//! to 64 bits. The loop's own loads and stores only know the first memory with 32-bit addresses.
//!
//! Ops of this kind name in `a` the slot of the address, in `b` the memory by its index in the
//! module, and in `x` and `y` the offset; `c` is free. Slots are canonical, so that the slot of
//! an address has its value whatever its width.
//!
//! Spec: [memory instructions](https://webassembly.github.io/spec/core/exec/instructions.html#memory-instructions).

use super::Flow;
use crate::index::MemAddr;
use crate::isa::Op;
use crate::machine::{Machine, TrapKind};

impl Machine {
    /// The memory that such an op accesses, and where: the sum may need 65 bits.
    pub(crate) fn access_place(&self, op: Op) -> (MemAddr, u128) {
        let instance = &self.store.instances[self.thread.instance as usize];
        let memory = instance.memories[usize::from(op.b)];
        let address = u128::from(self.thread.stack[(self.thread.fp + u32::from(op.a)) as usize]);
        (memory, address + u128::from(op.imm64()))
    }

    /// The `n` bytes that such an op accesses, if all of them lie in the memory.
    pub(super) fn accessed(&mut self, op: Op, n: usize) -> Result<&mut [u8], TrapKind> {
        let (memory, start) = self.access_place(op);
        let bytes = &mut self.store.memories[memory.index()].bytes;
        let start = usize::try_from(start).map_err(|_| TrapKind::MemoryOutOfBounds)?;
        let end = start.checked_add(n);
        let range = end.and_then(|end| bytes.get_mut(start..end));
        range.ok_or(TrapKind::MemoryOutOfBounds)
    }
}

/// Replaces the address by what is read there.
pub(super) fn load(m: &mut Machine, op: Op, n: usize, read: unsafe fn(*const u8) -> u64) -> Flow {
    match m.accessed(op, n) {
        Ok(bytes) => {
            // Safety: all `n` bytes that it reads are there.
            let value = unsafe { read(bytes.as_ptr()) };
            m.thread.stack[(m.thread.fp + u32::from(op.a)) as usize] = value;
            Flow::Next
        }
        Err(kind) => kind.into(),
    }
}

/// Writes the value above the address there.
pub(super) fn store(m: &mut Machine, op: Op, n: usize, write: unsafe fn(*mut u8, u64)) -> Flow {
    let value = m.thread.stack[(m.thread.fp + u32::from(op.a)) as usize + 1];
    match m.accessed(op, n) {
        Ok(bytes) => {
            // Safety: all `n` bytes that it writes are there.
            unsafe { write(bytes.as_mut_ptr(), value) };
            Flow::Next
        }
        Err(kind) => kind.into(),
    }
}
