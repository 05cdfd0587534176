//! What each kind of instruction becomes.

use super::combine::{Binary, Operand};
use super::forms::{Form, Kind, Operands, form, kind};
use super::fuser::{Fuser, Link, Pending, Source, constant};
use super::path::{Cost, Role, Step};
use crate::isa::field::{PLAIN, VECTOR};
use crate::isa::{Op, OpCode};

/// In an op on an array: the elements are vectors.
const WIDE: u16 = 4;

impl Fuser<'_> {
    /// Handles a step and maybe the next ones; gives the index after them.
    pub(super) fn visit(&mut self, step: &Step, i: usize) -> usize {
        let op = step.op;
        match kind(op.code) {
            _ if step.role == Role::Target => self.emit_linked(op, side_link(step)),
            Kind::Nothing => {
                if op.code == OpCode::Drop {
                    self.take(op.a);
                }
            }
            Kind::Get => self.push(op.a, Source::Slot(op.b)),
            Kind::VectorGet => self.push(op.a, Source::Vector(op.b)),
            Kind::Const | Kind::VectorConst => self.push(op.a, Source::Const(op)),
            Kind::Set => self.visit_set(op, Source::Slot),
            Kind::VectorSet => self.visit_set(op, Source::Vector),
            Kind::Unary => return self.visit_unary(op, i),
            Kind::Count if op.x == 0 => return self.visit_unary(op, i),
            Kind::Binary => return self.visit_binary(op, i),
            Kind::TryBinary => return self.visit_try_binary(op, i),
            Kind::Load => return self.visit_load(op, i),
            Kind::Store => self.visit_store(op),
            Kind::FarLoad | Kind::VectorLoad if is_first(op) => {
                let c = self.operand(op.c);
                return self.emit_at_destination(Op { c, ..op }, i);
            }
            Kind::FarStore if is_first(op) => {
                let c = self.operand(op.c);
                let a = self.operand(op.a);
                self.emit(Op { a, c, ..op });
            }
            Kind::VectorOp(operands) => return self.visit_vector(op, operands, i),
            Kind::VectorShift => return self.visit_vector_shift(op, i),
            Kind::GlobalGet => return self.visit_global_get(op, i),
            Kind::GlobalSet => self.visit_global_set(op),
            Kind::Select => return self.visit_select(op, i),
            Kind::Branch => {
                let slot = self.operand(op.a);
                let is_emitted = self.emit_branch(step, zero_test(OpCode::I32Ne, slot), false);
                debug_assert!(is_emitted);
            }
            Kind::BranchCopy => {
                self.flush();
                match op.c {
                    1 => self.emit_linked(op, side_link(step)),
                    _ => self.emit(op),
                }
            }
            Kind::Jump => self.visit_jump(step),
            Kind::JumpCopy => self.visit_jump_copy(step),
            Kind::Table => self.visit_table(op, i),
            Kind::Call => {
                self.flush();
                match op.code {
                    OpCode::Call => {
                        let entry = step.at.wrapping_add(op.x);
                        let y = step.at + 1;
                        self.emit_linked(Op { y, ..op }, Link::Entry { entry });
                    }
                    OpCode::CallRef => self.emit(Op {
                        y: step.at + 1,
                        ..op
                    }),
                    _ => self.emit(op),
                }
            }
            Kind::CallIndirect => self.visit_call_indirect(step),
            Kind::Return => self.visit_return(op),
            Kind::FieldGet if op.c != VECTOR => return self.visit_field_get(op, i),
            Kind::FieldSet if op.c == PLAIN => self.visit_field_set(op),
            Kind::ElementGet if op.c != WIDE => return self.visit_element_get(op, i),
            Kind::ElementSet if op.c != WIDE => self.visit_element_set(op),
            Kind::Length => return self.visit_length(op, i),
            // What wants all operands in place.
            _ => {
                self.flush();
                self.emit(op);
            }
        }
        i + 1
    }

    /// Sets a local, of which `local` makes a source.
    fn visit_set(&mut self, op: Op, local: fn(u16) -> Source) {
        let value = self.take(op.a);
        self.flush_reads(op.b);
        let source = value.map_or(local(op.a), |value| value.source);
        self.emit_move(op.b, source);
        // Without a value that waited, the operand stays where it is.
        if matches!(op.code, OpCode::LocalTee | OpCode::LocalTeeV) && value.is_some() {
            self.push(op.a, local(op.b));
        }
    }

    /// Emits an op whose result goes where the next instruction wants it.
    fn emit_at_destination(&mut self, op: Op, i: usize) -> usize {
        let (a, next) = self.destination(op.a, i);
        self.emit(Op { a, ..op });
        self.leave(op.a, a, next)
    }

    /// The amount is mostly a constant.
    fn visit_vector_shift(&mut self, op: Op, i: usize) -> usize {
        let read = match self.take(op.c) {
            Some(Pending {
                source: Source::Const(push),
                ..
            }) => Op {
                x: push.x,
                y: 1,
                ..op
            },
            amount => Op {
                c: self.slot_of(op.c, amount),
                ..op
            },
        };
        let b = self.operand(op.b);
        self.emit_at_destination(Op { b, ..read }, i)
    }

    fn visit_vector(&mut self, op: Op, operands: Operands, i: usize) -> usize {
        let mut read = op;
        if operands == Operands::Bcx {
            read.x = self.operand(op.x as u16).into();
        }
        if operands != Operands::B {
            read.c = self.operand(op.c);
        }
        read.b = self.operand(op.b);
        self.emit_at_destination(read, i)
    }

    fn visit_unary(&mut self, op: Op, i: usize) -> usize {
        let from = self.operand(op.a);
        match op.code {
            OpCode::I32Eqz => return self.emit_result(zero_test(OpCode::I32Eq, from), op.a, i),
            // No reference but null is zero.
            OpCode::I64Eqz | OpCode::RefIsNull => {
                return self.emit_result(zero_test(OpCode::I64Eq, from), op.a, i);
            }
            _ => {}
        }
        match form(Form::r, op.code) {
            Some(code) => {
                let (to, next) = self.destination(op.a, i);
                self.emit(Op {
                    code,
                    a: to,
                    b: from,
                    ..op
                });
                self.leave(op.a, to, next)
            }
            None => {
                self.emit_move_slot(op.a, from);
                self.emit(op);
                i + 1
            }
        }
    }

    fn visit_binary(&mut self, op: Op, i: usize) -> usize {
        let binary = self.take_binary(op);
        self.emit_result(binary, op.a, i)
    }

    /// Takes the operands of an instruction of two.
    fn take_binary(&mut self, op: Op) -> Binary {
        let (second, first) = (self.take(op.a + 1), self.take(op.a));
        let operand = |slot, value: Option<Pending>| match value.map(|value| value.source) {
            Some(Source::Const(push)) => Operand::Const(constant(push)),
            Some(Source::Slot(slot) | Source::Vector(slot)) => Operand::Slot(slot),
            None => Operand::Slot(slot),
        };
        Binary {
            code: op.code,
            left: operand(op.a, first),
            right: operand(op.a + 1, second),
        }
    }

    /// Emits an instruction of two operands and what directly follows from its result.
    fn emit_result(&mut self, binary: Binary, slot: u16, i: usize) -> usize {
        let binary = binary.normal();
        // The result may be negated before something branches on it.
        let mut is_negated = false;
        let mut next = i + 1;
        while let Some(step) = self.steps.get(next)
            && step.op.a == slot
            && matches!(step.op.code, OpCode::I32Eqz | OpCode::I64Eqz)
        {
            is_negated = !is_negated;
            next += 1;
        }
        if let Some(step) = self.steps.get(next).copied()
            && kind(step.op.code) == Kind::Branch
            && step.op.a == slot
        {
            let comparable = self.comparable(binary, slot);
            if self.emit_branch(&step, comparable, is_negated) {
                return next + 1;
            }
        }
        let (to, next) = self.destination(slot, i);
        self.emit_binary(binary, slot, to);
        self.leave(slot, to, next)
    }

    fn visit_try_binary(&mut self, op: Op, i: usize) -> usize {
        let binary = self.take_binary(op);
        let Binary { code, left, right } = self.formed(binary, op.a);
        let (to, next) = self.destination(op.a, i);
        let (form_of, left, c, value) = match (left, right) {
            (Operand::Slot(left), Operand::Slot(right)) => (Form::try_rr, left, right, 0),
            (Operand::Slot(left), Operand::Const(value)) => (Form::try_ri, left, 0, value),
            (Operand::Const(_), _) => unreachable!("no quotient of a constant has a form"),
        };
        match form(form_of, code) {
            Some(code) => self.emit(Op {
                code,
                a: to,
                b: left,
                c,
                x: value as u32,
                y: (value >> 32) as u32,
            }),
            None => unreachable!("every quotient has forms"),
        }
        self.leave(op.a, to, next)
    }

    /// Emits a branch of the path on what an instruction gives being zero or not. `false` if there
    /// is no op for that.
    fn emit_branch(&mut self, step: &Step, binary: Binary, is_negated: bool) -> bool {
        let is_closing = matches!(step.role, Role::Closing { .. });
        let if_not_zero = (step.op.code == OpCode::BrIf) != (is_negated != is_closing);
        let Some(alone) = self.branch_on(binary, if_not_zero) else {
            return false;
        };
        self.flush();
        let (origin, before) = (self.origin, self.before.clone());
        let op = self.counting_branch(binary, if_not_zero).unwrap_or(alone);
        if let Role::Closing { head } = step.role {
            self.emit_linked(op, Link::AfterHead { meter: head });
            // What the branch did with the op before it is done.
            (self.origin, self.before) = (origin, before);
            self.emit_linked(Op::new(OpCode::Br), side_link(step));
        } else {
            self.emit_linked(op, side_link(step));
        }
        if self.n_head == 0 {
            self.n_head = self.out.len();
        }
        true
    }

    fn visit_load(&mut self, op: Op, i: usize) -> usize {
        let address = self.operand(op.a);
        match self.load(op, address) {
            Some(load) => {
                let (to, next) = self.destination(op.a, i);
                self.emit(Op { a: to, ..load });
                self.leave(op.a, to, next)
            }
            None => unreachable!("every load has a form of slots"),
        }
    }

    fn visit_store(&mut self, op: Op) {
        let value = match self.take(op.a + 1) {
            Some(Pending {
                source: Source::Const(push),
                ..
            }) if has_short_form(op.code, constant(push)) => Operand::Const(constant(push)),
            value => Operand::Slot(self.slot_of(op.a + 1, value)),
        };
        let address = self.operand(op.a);
        match self.store(op, address, value) {
            Some(store) => self.emit(store),
            None => unreachable!("every store has a form of slots"),
        }
    }

    fn visit_field_get(&mut self, op: Op, i: usize) -> usize {
        let c = self.operand(op.a);
        let code = OpCode::StructGetR;
        self.emit_at_destination(Op { code, c, ..op }, i)
    }

    fn visit_field_set(&mut self, op: Op) {
        let c = self.operand(op.a + 1);
        let a = self.operand(op.a);
        self.emit(Op {
            code: OpCode::StructSetR,
            a,
            c,
            ..op
        });
    }

    fn visit_element_get(&mut self, op: Op, i: usize) -> usize {
        let c = self.operand(op.a + 1);
        let b = self.operand(op.a);
        let read = Op {
            a: op.a,
            b,
            c,
            x: u32::from(op.c),
            ..Op::new(OpCode::ArrayGetR)
        };
        self.emit_at_destination(read, i)
    }

    fn visit_element_set(&mut self, op: Op) {
        let c = self.operand(op.a + 2);
        let b = self.operand(op.a + 1);
        let a = self.operand(op.a);
        self.emit(Op {
            a,
            b,
            c,
            x: u32::from(op.c),
            ..Op::new(OpCode::ArraySetR)
        });
    }

    fn visit_length(&mut self, op: Op, i: usize) -> usize {
        let b = self.operand(op.a);
        let code = OpCode::ArrayLenR;
        self.emit_at_destination(Op { code, b, ..op }, i)
    }

    fn visit_global_get(&mut self, op: Op, i: usize) -> usize {
        if let Some([_, push, sum, tee, set]) = self.steps.get(i..i + 5)
            && push.op.code == OpCode::I32Const
            && matches!(sum.op.code, OpCode::I32Add | OpCode::I32Sub)
            && tee.op.code == OpCode::LocalTee
            && kind(set.op.code) == Kind::GlobalSet
            && (sum.op.a, tee.op.a, set.op.a, set.op.x) == (op.a, op.a, op.a, op.x)
        {
            let y = match sum.op.code {
                OpCode::I32Sub => push.op.x.wrapping_neg(),
                _ => push.op.x,
            };
            let a = tee.op.b;
            self.flush_reads(a);
            self.emit(Op {
                a,
                x: op.x,
                y,
                ..Op::new(OpCode::GlobalAdd)
            });
            return i + 5;
        }
        self.emit_at_destination(op, i)
    }

    fn visit_global_set(&mut self, op: Op) {
        let from = self.operand(op.a);
        match self.last_op() {
            Some(last) if last.code == OpCode::I32AddRI && last.a == op.a && from == op.a => {
                self.retract();
                self.emit(Op {
                    b: last.b,
                    x: op.x,
                    y: last.x,
                    ..Op::new(OpCode::GlobalSetRI)
                });
            }
            _ => self.emit(Op { a: from, ..op }),
        }
    }

    fn visit_select(&mut self, op: Op, i: usize) -> usize {
        let condition = self.operand(op.a + 2);
        let second = self.operand(op.a + 1);
        let first = self.operand(op.a);
        let select = Op {
            a: op.a,
            b: first,
            c: second,
            x: u32::from(condition),
            ..Op::new(OpCode::SelectR)
        };
        self.emit_at_destination(select, i)
    }

    fn visit_jump(&mut self, step: &Step) {
        match step.role {
            Role::Followed => self.drop_from(step.op.b),
            _ => {
                self.flush();
                self.emit_linked(step.op, jump_link(step));
            }
        }
    }

    fn visit_jump_copy(&mut self, step: &Step) {
        let op = step.op;
        match (step.role, op.c) {
            (Role::Followed, _) => {
                let value = self.take(op.a);
                self.drop_from(op.b);
                match value {
                    Some(value) => self.push(op.b, value.source),
                    None => self.emit_move(op.b, Source::Slot(op.a)),
                }
            }
            (_, 1) => {
                self.flush();
                self.emit_linked(op, jump_link(step));
            }
            _ => {
                self.flush();
                self.emit(op);
            }
        }
    }

    /// A `br_table`, after which come its targets.
    fn visit_table(&mut self, op: Op, i: usize) {
        let with_copies = self.steps[i + 1..].iter().any(|target| target.op.c != 0);
        let a = match with_copies {
            // That is done out of line, with the index in its place.
            true => op.a,
            false => self.operand(op.a),
        };
        self.flush();
        self.emit(Op { a, ..op });
    }

    fn visit_call_indirect(&mut self, step: &Step) {
        let index = self.operand(step.op.b);
        self.flush();
        let op = match u16::try_from(step.op.y) {
            Ok(table) => Op {
                b: index,
                c: table,
                y: step.at + 1,
                ..step.op
            },
            Err(_) => Op::new(OpCode::Leave),
        };
        self.emit(op);
    }

    fn visit_return(&mut self, op: Op) {
        match op.c {
            0 => self.emit(Op {
                code: OpCode::ReturnNone,
                ..op
            }),
            1 => {
                let a = self.operand(op.a);
                self.emit(Op {
                    code: OpCode::ReturnOne,
                    a,
                    ..op
                });
            }
            _ => {
                self.flush();
                self.emit(op);
            }
        }
    }
}

/// Where a branch out of a path goes.
fn side_link(step: &Step) -> Link {
    let price = Cost {
        gas: i64::from(step.op.y),
        ticks: 0,
    };
    Link::Path {
        meter: step.at.wrapping_add(step.op.x),
        extra: price.minus(step.rest),
    }
}

/// Where a jump at the end of a path goes.
fn jump_link(step: &Step) -> Link {
    Link::Path {
        meter: step.at.wrapping_add(step.op.x),
        extra: Cost::default(),
    }
}

/// Whether a number of an integer type is not zero (`ne`) or is (`eq`).
fn zero_test(code: OpCode, slot: u16) -> Binary {
    Binary {
        code,
        left: Operand::Slot(slot),
        right: Operand::Const(0),
    }
}

/// Whether an access with an address of 64 bits, or one of vectors, is the loop's: one to the first
/// memory, with an offset of 32 bits.
fn is_first(op: Op) -> bool {
    op.b == 0 && op.y == 0
}

/// Whether there is an op that stores a constant.
fn has_short_form(code: OpCode, value: u64) -> bool {
    let fits = code != OpCode::I64Store || value as i32 as i64 as u64 == value;
    fits && form(Form::store_c, code).is_some()
}
