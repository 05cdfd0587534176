//! A hash of all live state: the same on every machine, in every mode, after every slicing.

use crate::hash::Hasher;
use crate::machine::{Machine, Status};

impl Machine {
    /// A hash of everything that decides what happens next, except limits and prices: frames (by
    /// function and offset, so that the order of translation does not matter), locals, operands,
    /// globals, tables, memories, dropped segments, gas used and ticks.
    pub fn state_hash(&self) -> u64 {
        let mut hasher = Hasher::new();
        hasher.word(match &self.thread.status {
            Status::Idle => 0,
            Status::Ready => 1,
            Status::HostCall(_) => 2,
            Status::Finished(_) => 3,
            Status::Trapped(trap) => 4 + ((trap.kind() as u64) << 8),
        });
        if let Status::Finished(results) = &self.thread.status {
            for value in results {
                for slot in value.to_slots() {
                    hasher.word(slot);
                }
            }
        }
        hasher.word(self.thread.gas_used);
        hasher.word(self.thread.ticks);
        for frame in self.walk() {
            hasher.word(u64::from(frame.func.0) << 32 | u64::from(frame.offset.0));
            let n_locals = self.store.funcs[frame.func.index()].n_local_slots as usize;
            let first_operand = self.first_operand(&frame);
            let n_operands = self.n_operand_slots(&frame) as usize;
            hasher.word((n_locals as u64) << 32 | n_operands as u64);
            let locals = &self.thread.stack[frame.base as usize..][..n_locals];
            let operands = &self.thread.stack[first_operand..][..n_operands];
            for slot in locals.iter().chain(operands) {
                hasher.word(*slot);
            }
        }
        let store = &self.store;
        for global in store.globals.iter().chain(&store.global_highs) {
            hasher.word(*global);
        }
        for elements in store
            .tables
            .iter()
            .map(|table| &table.elements)
            .chain(&store.elements)
        {
            hasher.word(elements.len() as u64);
            for element in elements {
                hasher.word(*element);
            }
        }
        for memory in &store.memories {
            hasher.bytes(&memory.bytes);
        }
        for segment in &store.data {
            hasher.bytes(segment);
        }
        hasher.finish()
    }
}
