//! Branches and calls: ops that end a block and name another place.

use super::{Control, ControlKind, Jump, Translator};
use crate::index::FuncAddr;
use crate::isa::{Op, OpCode};
use crate::machine::NO_ENTRY;
use crate::types::width_of;

impl Translator<'_> {
    pub(super) fn visit_br(&mut self, depth: u32) {
        let op = match self.copied(depth, 0) {
            Some((a, b, c)) => Op {
                a,
                b,
                c,
                ..Op::new(OpCode::BrCopy)
            },
            None => Op {
                b: self.first_left(depth),
                ..Op::new(OpCode::Br)
            },
        };
        self.emit(op);
        self.link(Jump::Op(self.last()), depth);
        self.reachable = false;
    }

    pub(super) fn visit_br_if(&mut self, depth: u32) {
        let op = match self.copied(depth, 1) {
            Some((a, b, c)) => Op {
                a,
                b,
                c,
                ..Op::new(OpCode::BrIfCopy)
            },
            None => Op {
                a: self.top(1),
                ..Op::new(OpCode::BrIf)
            },
        };
        self.emit(op);
        self.link(Jump::Op(self.last()), depth);
        self.start_block();
    }

    pub(super) fn visit_br_table(&mut self, targets: &wasmparser::BrTable<'_>) {
        self.emit(Op {
            a: self.top(1),
            x: targets.len(),
            ..Op::new(OpCode::BrTable)
        });
        let depths = targets.targets().map(|depth| match depth {
            Ok(depth) => depth,
            Err(error) => unreachable!("the module was validated when it was read: {error}"),
        });
        for depth in depths.chain([targets.default()]) {
            let (a, b, c) = self.copied(depth, 1).unwrap_or((0, 0, 0));
            self.push(Op {
                a,
                b,
                c,
                ..Op::new(OpCode::BrTarget)
            });
            self.link(Jump::Op(self.last()), depth);
        }
        self.reachable = false;
    }

    /// The first operand slot that a jump leaves behind.
    pub(super) fn first_left(&self, depth: u32) -> u16 {
        let n_values = self.n_values(depth);
        let n_slots = self.top(0) - self.top(n_values);
        self.slot(self.control(depth).height) + n_slots
    }

    fn control(&self, depth: u32) -> &Control {
        &self.controls[self.controls.len() - 1 - depth as usize]
    }

    /// Number of the values that a branch takes along.
    fn n_values(&self, depth: u32) -> u32 {
        let control = self.control(depth);
        match control.kind {
            ControlKind::Loop { .. } => control.n_params,
            _ => control.n_results,
        }
    }

    /// Source slot, destination slot and number of slots of the values that a branch takes along, if they
    /// have to move. `n_above` operands lie above them.
    pub(super) fn copied(&self, depth: u32, n_above: u32) -> Option<(u16, u16, u16)> {
        let n_values = self.n_values(depth);
        let from = self.top(n_values + n_above);
        let n_slots = self.top(n_above) - from;
        let to = self.slot(self.control(depth).height);
        (n_values > 0 && from != to).then_some((from, to, n_slots))
    }

    /// Lets something go to a label.
    pub(super) fn link(&mut self, from: Jump, depth: u32) {
        let position = self.controls.len() - 1 - depth as usize;
        match self.controls[position].kind {
            ControlKind::Loop { start } => self.bind(from, start),
            _ => self.controls[position].to_end.push(from),
        }
    }

    pub(super) fn bind(&mut self, from: Jump, target: u32) {
        match from {
            Jump::Op(from) => self.code.ops[from as usize].x = target.wrapping_sub(from),
            Jump::Clause(clause) => self.code.handlers.bind(clause, target),
        }
    }

    pub(super) fn visit_call(&mut self, func: FuncAddr) {
        let n_params = self.store.func_type(func).params.len() as u32;
        let callee = &self.store.funcs[func.index()];
        let a = self.top(n_params);
        self.prepare_emit();
        if callee.instance == self.instance_idx && callee.entry != NO_ENTRY {
            let x = callee.entry.wrapping_sub(self.code.ops.len() as u32);
            self.emit(Op {
                a,
                x,
                ..Op::new(OpCode::Call)
            });
        } else {
            self.emit(Op {
                a,
                x: func.0,
                ..Op::new(OpCode::CallSlow)
            });
        }
        self.start_block();
    }

    pub(super) fn indirect(&self, code: OpCode, type_idx: u32, table_idx: u32) -> Op {
        let ty = self.instance.types[type_idx as usize];
        let params = &self.store.types.func(ty).params;
        let table = self.instance.tables[table_idx as usize].0;
        Op {
            a: self.top(params.len() as u32 + 1),
            c: width_of(params) as u16,
            x: ty,
            y: table,
            ..Op::new(code)
        }
    }
}
