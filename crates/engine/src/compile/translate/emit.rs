//! Emission: ops with their places beside, in metered blocks.

use wasmparser::MemArg;

use super::{MAX_BLOCK_OPS, Translator, memory_of};
use crate::compile::code::OpInfo;
use crate::isa::{Op, OpCode};

impl Translator<'_> {
    pub(super) fn emit_enter(&mut self, n_param_slots: u16, max_operand_slots: u32) {
        let n_slots = (self.n_local_slots + 1 + max_operand_slots).max(self.n_result_slots);
        self.push(Op {
            a: n_param_slots,
            b: self.n_local_slots as u16,
            c: n_slots as u16,
            ..Op::new(OpCode::Enter)
        });
    }

    pub(super) fn emit_return(&mut self, code: OpCode, n_results: u32) {
        let (b, c) = (self.n_local_slots as u16, self.n_result_slots as u16);
        self.emit(Op {
            a: self.top(n_results),
            b,
            c,
            ..Op::new(code)
        });
    }

    pub(super) fn emit_local(&mut self, code: OpCode, n_pops: u32, local: u32) {
        let (b, width) = self.local_slots(local);
        self.emit(Op {
            a: self.top(n_pops),
            b,
            ..Op::new(self.by_width(code, width))
        });
    }

    pub(super) fn emit_global(&mut self, code: OpCode, n_pops: u32, global: u32) {
        let global = self.instance.globals[global as usize];
        let width = self.store.global_types[global.index()].content.width();
        self.emit_at(self.by_width(code, width), n_pops, global.0, 0);
    }

    pub(super) fn emit_at(&mut self, code: OpCode, n_pops: u32, x: u32, y: u32) {
        self.emit(Op {
            a: self.top(n_pops),
            x,
            y,
            ..Op::new(code)
        });
    }

    /// Emits an access to any memory: [`Machine::access_place`] reads it.
    ///
    /// [`Machine::access_place`]: crate::machine::Machine::access_place
    pub(super) fn emit_access(&mut self, code: OpCode, n_pops: u32, memarg: &MemArg, c: u16) {
        self.emit(Op {
            a: self.top(n_pops),
            b: memory_of(memarg) as u16,
            c,
            x: memarg.offset as u32,
            y: (memarg.offset >> 32) as u32,
            ..Op::new(code)
        });
    }

    pub(super) fn emit_const64(&mut self, code: OpCode, value: u64) {
        self.emit_at(code, 0, value as u32, (value >> 32) as u32);
    }

    /// Emits the op of an instruction.
    pub(super) fn emit(&mut self, op: Op) {
        self.prepare_emit();
        self.n_block_ops += 1;
        self.push(op);
    }

    /// Starts another block if the present one is full. After this the next op is the
    /// instruction's.
    pub(super) fn prepare_emit(&mut self) {
        if self.n_block_ops >= MAX_BLOCK_OPS {
            self.start_block();
        }
    }

    /// Starts a metered block here, unless one has just started, and gives its meter.
    pub(super) fn start_block(&mut self) -> u32 {
        if self.n_block_ops > 0 || self.meter != self.last() {
            self.push(Op::new(OpCode::Meter));
            self.meter = self.last();
            self.n_block_ops = 0;
        }
        self.meter
    }

    pub(super) fn push(&mut self, op: Op) {
        self.code.ops.push(op);
        let height = self.operand_slots.below_unchanged(self.height) as u16;
        self.code.infos.push(OpInfo {
            offset: self.offset,
            gas: 0,
            height,
        });
    }

    pub(super) fn last(&self) -> u32 {
        self.code.ops.len() as u32 - 1
    }

    /// The slot of an operand.
    pub(super) fn slot(&self, operand: u32) -> u16 {
        (self.n_local_slots + 1 + self.operand_slots.below(operand)) as u16
    }

    /// The first slot of a local, and how many it takes.
    fn local_slots(&self, local: u32) -> (u16, u32) {
        match &self.local_slots {
            Some(slots) => {
                let (first, end) = (slots[local as usize], slots[local as usize + 1]);
                (first, u32::from(end - first))
            }
            None => (local as u16, 1),
        }
    }

    /// The slot of the lowest of the top operands; 0 of them gives the slot of the next push.
    pub(super) fn top(&self, n: u32) -> u16 {
        self.slot(self.height - n)
    }
}
