//! Atomic instructions. There is one thread, so each is atomic by itself, and one that would wait
//! for another thread either is over at once or would never end.
//!
//! Spec: [threads](https://webassembly.github.io/threads/core/exec/instructions.html#atomic-memory-instructions).

use super::Flow;
use crate::isa::{Atomic, Op};
use crate::machine::{Machine, TrapKind};

/// Results of a wait.
const NOT_EQUAL: u64 = 1;
const TIMED_OUT: u64 = 2;

pub(super) fn exec(m: &mut Machine, op: Op, kind: Atomic, n: usize) -> Flow {
    match work(m, op, kind, n) {
        Ok(()) => Flow::Next,
        Err(trap) => trap.into(),
    }
}

fn work(m: &mut Machine, op: Op, kind: Atomic, n: usize) -> Result<(), TrapKind> {
    let first = (m.thread.fp + u32::from(op.a)) as usize;
    let operand = |i: u32| match i < kind.n_pops() {
        true => m.thread.stack[first + i as usize],
        false => 0,
    };
    let (operand, second) = (operand(1), operand(2));
    let (memory, address) = m.access_place(op);
    if address % n as u128 != 0 {
        return Err(TrapKind::UnalignedAtomic);
    }
    let is_shared = m.store.memories[memory.index()].shared;
    let bytes = m.accessed(op, n).ok_or(TrapKind::MemoryOutOfBounds)?;
    let mut old = [0; 8];
    old[..n].copy_from_slice(bytes);
    let old = u64::from_le_bytes(old);
    if let Some(new) = kind.replacement(old, operand, second) {
        bytes.copy_from_slice(&new.to_le_bytes()[..n]);
    }
    m.thread.stack[first] = match kind {
        Atomic::Store => return Ok(()),
        // Nobody waits.
        Atomic::Notify => 0,
        Atomic::Wait if !is_shared => return Err(TrapKind::ExpectedSharedMemory),
        Atomic::Wait if old != operand => NOT_EQUAL,
        // A negative time is none.
        Atomic::Wait if (second as i64) < 0 => return Err(TrapKind::EndlessWait),
        // No clock reaches the guest: any time is over at once.
        Atomic::Wait => TIMED_OUT,
        _ => old,
    };
    Ok(())
}
