//! Which op of the fast stream an instruction becomes, alone or with the one before.

use super::forms::{Form, form, meaning, pair};
use super::fuser::{Emitted, Fuser};
use crate::isa::{Op, OpCode};

/// An operand of an instruction of two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operand {
    Slot(u16),
    Const(u64),
}

/// An instruction of two operands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binary {
    pub(super) code: OpCode,
    pub(super) left: Operand,
    pub(super) right: Operand,
}

impl Binary {
    /// The same in another way, for which there are ops: a constant on the right, no difference
    /// from a constant, no `gt` and `le`.
    pub(super) fn normal(self) -> Binary {
        use OpCode::*;
        use Operand::{Const, Slot};
        let Binary { code, left, right } = self;
        let mirrored = match (left, right) {
            (Const(_), Slot(_)) => mirror(code),
            // Of floats there are `lt` and `le`.
            (Slot(_), Slot(_)) => match code {
                I32GtS | I32GtU | I32LeS | I32LeU | I64GtS | I64GtU | I64LeS | I64LeU => {
                    mirror(code)
                }
                F32Gt | F32Ge | F64Gt | F64Ge => mirror(code),
                _ => None,
            },
            _ => None,
        };
        let Binary { code, left, right } = match mirrored {
            Some(code) => Binary {
                code,
                left: right,
                right: left,
            },
            None => self,
        };
        let Const(value) = right else {
            return Binary { code, left, right };
        };
        let narrow = value as u32;
        let changed = match code {
            I32Sub => Some((I32Add, u64::from(narrow.wrapping_neg()))),
            I64Sub => Some((I64Add, value.wrapping_neg())),
            I32Rotl => Some((I32Rotr, u64::from(narrow.wrapping_neg() % 32))),
            I64Rotl => Some((I64Rotr, value.wrapping_neg() % 64)),
            // More than `n` is at least `n + 1`, if there is that.
            I32GtS | I32LeS if narrow as i32 != i32::MAX => Some((
                if code == I32GtS { I32GeS } else { I32LtS },
                u64::from(narrow.wrapping_add(1)),
            )),
            I32GtU | I32LeU if narrow != u32::MAX => Some((
                if code == I32GtU { I32GeU } else { I32LtU },
                u64::from(narrow.wrapping_add(1)),
            )),
            I64GtS | I64LeS if value as i64 != i64::MAX => Some((
                if code == I64GtS { I64GeS } else { I64LtS },
                value.wrapping_add(1),
            )),
            I64GtU | I64LeU if value != u64::MAX => Some((
                if code == I64GtU { I64GeU } else { I64LtU },
                value.wrapping_add(1),
            )),
            _ => None,
        };
        match changed {
            Some((code, value)) => Binary {
                code,
                left,
                right: Const(value),
            },
            None => Binary { code, left, right },
        }
    }
}

/// The instruction that gives the same with its operands exchanged.
fn mirror(code: OpCode) -> Option<OpCode> {
    use OpCode::*;
    let mirrored = match code {
        I32Add | I32Mul | I32And | I32Or | I32Xor | I32Eq | I32Ne => code,
        I64Add | I64Mul | I64And | I64Or | I64Xor | I64Eq | I64Ne => code,
        F32Add | F32Mul | F32Eq | F32Ne | F64Add | F64Mul | F64Eq | F64Ne => code,
        I32LtS => I32GtS,
        I32LtU => I32GtU,
        I32GtS => I32LtS,
        I32GtU => I32LtU,
        I32LeS => I32GeS,
        I32LeU => I32GeU,
        I32GeS => I32LeS,
        I32GeU => I32LeU,
        I64LtS => I64GtS,
        I64LtU => I64GtU,
        I64GtS => I64LtS,
        I64GtU => I64LtU,
        I64LeS => I64GeS,
        I64LeU => I64GeU,
        I64GeS => I64LeS,
        I64GeU => I64LeU,
        F32Gt => F32Lt,
        F32Ge => F32Le,
        F64Gt => F64Lt,
        F64Ge => F64Le,
        _ => return None,
    };
    Some(mirrored)
}

/// The comparison that is true where another is false. Floats have none: all is false of a NaN.
fn inverse(code: OpCode) -> Option<OpCode> {
    use OpCode::*;
    let inverse = match code {
        I32Eq => I32Ne,
        I32Ne => I32Eq,
        I32LtS => I32GeS,
        I32GeS => I32LtS,
        I32LtU => I32GeU,
        I32GeU => I32LtU,
        I64Eq => I64Ne,
        I64Ne => I64Eq,
        I64LtS => I64GeS,
        I64GeS => I64LtS,
        I64LtU => I64GeU,
        I64GeU => I64LtU,
        _ => return None,
    };
    Some(inverse)
}

/// Whether the operands of an instruction are 32 bits wide, of which the upper half of a slot is
/// zero.
fn is_narrow(code: OpCode) -> bool {
    let mnemonic = code.mnemonic();
    mnemonic.starts_with("i32") || mnemonic.starts_with("f32")
}

/// A constant that an op has 16 bits for, to be sign-extended to the width of its operand.
fn short(value: u64) -> Option<u16> {
    let short = value as u16;
    (short as i16 as i32 as u32 == value as u32).then_some(short)
}

impl Fuser<'_> {
    /// Adds the op for an instruction of two operands, whose places begin at a slot, with the result
    /// in a slot.
    pub(super) fn emit_binary(&mut self, binary: Binary, slot: u16, to: u16) {
        if let Some(op) = self.pair(binary, slot) {
            self.emit(Op { a: to, ..op });
            return;
        }
        let Binary { code, left, right } = self.formed(binary, slot);
        let (form_of, b, c, value) = match (left, right) {
            (Operand::Slot(left), Operand::Slot(right)) => (Form::rr, left, right, 0),
            (Operand::Slot(left), Operand::Const(value)) => (Form::ri, left, 0, value),
            (Operand::Const(value), Operand::Slot(right)) => (Form::ir, 0, right, value),
            (Operand::Const(_), Operand::Const(_)) => unreachable!("one is in a slot"),
        };
        match form(form_of, code) {
            Some(code) => self.emit(Op {
                code,
                a: to,
                b,
                c,
                x: value as u32,
                y: (value >> 32) as u32,
            }),
            // There is no op of slots for this one.
            None => {
                self.emit_move_slot(slot, b);
                self.emit_move_slot(slot + 1, c);
                self.emit(Op {
                    a: slot,
                    ..Op::new(code)
                });
                self.emit_move_slot(to, slot);
            }
        }
    }

    /// An instruction with as few constants put into the places of operands as there are ops for.
    pub(super) fn formed(&mut self, binary: Binary, slot: u16) -> Binary {
        let Binary { code, left, right } = binary;
        let has = |form_of| form(form_of, code).is_some();
        let left = match (left, right) {
            (Operand::Const(value), Operand::Const(_)) => self.placed(slot, value, right),
            (Operand::Const(value), _) if !has(Form::ir) => self.placed(slot, value, right),
            _ => left,
        };
        let right = match right {
            Operand::Const(value) if !has(Form::ri) && !has(Form::try_ri) => {
                self.placed(slot, value, left)
            }
            _ => right,
        };
        // What a constant in its place leaves may have a better form.
        let placed = Binary { code, left, right };
        match (left, right) {
            (Operand::Slot(_), Operand::Slot(_)) => placed.normal(),
            _ => placed,
        }
    }

    /// Puts a constant into that of the two places, from a slot on, where the other operand is not.
    pub(super) fn placed(&mut self, slot: u16, value: u64, other: Operand) -> Operand {
        let place = match other == Operand::Slot(slot) {
            true => slot + 1,
            false => slot,
        };
        self.emit_const(place, value);
        Operand::Slot(place)
    }

    /// An instruction of two operands and the one before, of which one operand is the result, as
    /// one op. That result is in the place of an operand, where nothing else reads it.
    fn pair(&mut self, binary: Binary, slot: u16) -> Option<Op> {
        mirror(binary.code).filter(|mirrored| *mirrored == binary.code)?;
        let (Operand::Slot(left), Operand::Slot(right)) = (binary.left, binary.right) else {
            return None;
        };
        let last = self.last_op()?;
        let other = match last.a {
            result if result == right && right == slot + 1 => left,
            result if result == left && left == slot => right,
            _ => return None,
        };
        let first = meaning(last.code)?;
        let op = match first.form {
            Form::ri => Op {
                code: pair(Form::pair_ri, binary.code, first.base)?,
                b: other,
                c: last.b,
                ..last
            },
            Form::rr => Op {
                code: pair(Form::pair_rr, binary.code, first.base)?,
                x: u32::from(other),
                ..last
            },
            _ => return None,
        };
        self.retract();
        Some(op)
    }

    /// A comparison with its constant in place if there is no branch that holds it.
    pub(super) fn comparable(&mut self, binary: Binary, slot: u16) -> Binary {
        match binary.right {
            Operand::Const(value)
                if form(Form::br_rr, binary.code).is_some()
                    && self.branch_on(binary, true).is_none() =>
            {
                let right = self.placed(slot, value, binary.left);
                Binary { right, ..binary }.normal()
            }
            _ => binary,
        }
    }

    /// The branch on what an instruction gives being, or not being, zero: without its target.
    pub(super) fn branch_on(&self, binary: Binary, if_not_zero: bool) -> Option<Op> {
        let (code, forms) = match (if_not_zero, inverse(binary.code)) {
            (true, _) => (binary.code, [Form::br_rr, Form::br_ri]),
            (false, Some(inverse)) => (inverse, [Form::br_rr, Form::br_ri]),
            (false, None) => (binary.code, [Form::if_rr, Form::if_ri]),
        };
        let Operand::Slot(left) = binary.left else {
            return None;
        };
        match binary.right {
            Operand::Const(0) if code == OpCode::I32Ne => Some(Op {
                a: left,
                ..Op::new(OpCode::BrIf)
            }),
            Operand::Const(0) if code == OpCode::I32Eq => Some(Op {
                a: left,
                ..Op::new(OpCode::If)
            }),
            Operand::Slot(right) => Some(Op {
                b: left,
                c: right,
                ..Op::new(form(forms[0], code)?)
            }),
            // The branch has room for 32 bits, which are sign-extended.
            Operand::Const(value) if is_narrow(code) || value as i32 as i64 as u64 == value => {
                Some(Op {
                    a: value as u16,
                    b: left,
                    c: (value >> 16) as u16,
                    ..Op::new(form(forms[1], code)?)
                })
            }
            Operand::Const(_) => None,
        }
    }

    /// The branch on a comparison of a local to which the op before adds something.
    pub(super) fn counting_branch(&mut self, binary: Binary, if_not_zero: bool) -> Option<Op> {
        let code = match if_not_zero {
            true => binary.code,
            false => inverse(binary.code)?,
        };
        let (Operand::Slot(local), right) = (binary.left, binary.right) else {
            return None;
        };
        let last = self.last_op()?;
        if last.a != local || right == Operand::Slot(local) {
            return None;
        }
        let step = match last.code {
            OpCode::I32AddRI if last.b == local => Operand::Const(u64::from(last.x)),
            OpCode::I32AddRR if last.b == local => Operand::Slot(last.c),
            OpCode::I32AddRR if last.c == local => Operand::Slot(last.b),
            _ => return None,
        };
        let op = match (step, right) {
            (Operand::Const(step), Operand::Slot(right)) => Op {
                b: right,
                c: short(step)?,
                ..Op::new(form(Form::inc_rr, code)?)
            },
            (Operand::Const(step), Operand::Const(right)) => Op {
                b: short(right)?,
                c: short(step)?,
                ..Op::new(form(Form::inc_ri, code)?)
            },
            (Operand::Slot(step), Operand::Slot(right)) => Op {
                b: right,
                c: step,
                ..Op::new(form(Form::step_rr, code)?)
            },
            (Operand::Slot(_), Operand::Const(_)) => return None,
        };
        self.retract();
        Some(Op { a: local, ..op })
    }

    /// A load of which the address is in a slot, perhaps by the op before.
    pub(super) fn load(&mut self, op: Op, address: u16) -> Option<Op> {
        if let Some(last) = self
            .last_op()
            .filter(|last| last.a == op.a && address == op.a)
        {
            let x = form(Form::load_x, op.code);
            let a = form(Form::load_a, op.code);
            let combined = match last.code {
                OpCode::I32AddRR => x.map(|code| (code, last.b, last.c, 0)),
                OpCode::I32AddShlP => x.map(|code| (code, last.b, last.c, last.x)),
                OpCode::I32AddRI => a.map(|code| (code, last.b, 0, last.x)),
                OpCode::I32Const => form(Form::load_k, op.code).map(|code| (code, 0, 0, last.x)),
                _ => None,
            };
            if let Some((code, b, c, y)) = combined {
                self.retract();
                return Some(Op {
                    code,
                    b,
                    c,
                    y,
                    ..op
                });
            }
        }
        let code = form(Form::load_r, op.code)?;
        Some(Op {
            code,
            b: address,
            ..op
        })
    }

    /// A store to an address in a slot, perhaps by the op before.
    pub(super) fn store(&mut self, op: Op, address: u16, value: Operand) -> Option<Op> {
        let value = match value {
            Operand::Slot(value) => value,
            Operand::Const(value) => {
                // The op has room for 32 bits, which are sign-extended.
                return Some(Op {
                    code: form(Form::store_c, op.code)?,
                    a: address,
                    y: value as u32,
                    ..op
                });
            }
        };
        if let Some(last) = self
            .last_op()
            .filter(|last| last.a == op.a && address == op.a)
        {
            let x = form(Form::store_x, op.code);
            let a = form(Form::store_a, op.code);
            let combined = match last.code {
                OpCode::I32AddRR => x.map(|code| (code, last.b, last.c, 0)),
                OpCode::I32AddShlP => x.map(|code| (code, last.b, last.c, last.x)),
                OpCode::I32AddRI => a.map(|code| (code, last.b, 0, last.x)),
                OpCode::I32Const => form(Form::store_k, op.code).map(|code| (code, 0, 0, last.x)),
                _ => None,
            };
            if let Some((code, a, c, y)) = combined {
                self.retract();
                return Some(Op {
                    code,
                    a,
                    b: value,
                    c,
                    y,
                    ..op
                });
            }
        }
        Some(Op {
            code: form(Form::store_r, op.code)?,
            a: address,
            b: value,
            ..op
        })
    }

    /// The last op, if nothing refers to its place.
    pub(super) fn last_op(&self) -> Option<Op> {
        let last = self.out.last()?;
        (last.link.is_none() && self.out.len() > self.n_head).then_some(last.op)
    }

    /// Takes the last op back, to become part of one that does its work too: which therefore has its
    /// origin.
    pub(super) fn retract(&mut self) {
        if let Some(Emitted {
            origin, pending, ..
        }) = self.out.pop()
        {
            self.origin = origin;
            self.before = pending;
        }
    }
}
