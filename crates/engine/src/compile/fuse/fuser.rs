//! From the steps of a path to fewer ops.
//!
//! Between two branches nobody looks, so the ops may be others than the source's instructions as
//! long as the frame is right where the path is left. Pushes of locals and constants wait until
//! something consumes them, which then names the local or the constant itself; results go straight
//! into the local that is set next; a comparison and the branch on it are one op.
//!
//! An op that leaves the loop does so as if nothing of the instructions it stands for had run: the
//! step stream goes on at the first of them, its origin. What waits there is put into its place
//! when that happens, which is why a path can be fused again with notes of it.

use super::forms::{Form, Kind, form, kind};
use super::path::{Cost, Role, Step};
use crate::isa::{Op, OpCode};

/// Where a value is that an instruction pushed and nothing has consumed yet.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// In a slot: that of a local.
    Slot(u16),
    /// In the op that pushes it.
    Const(Op),
}

/// A value that waits, and the slot of the operand that it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub(crate) slot: u16,
    pub(crate) source: Source,
}

/// Where an op goes, by positions of the step stream.
#[derive(Clone, Copy, Debug)]
pub(super) enum Link {
    /// To the path of a meter; besides what that costs the edge costs something itself.
    Path { meter: u32, extra: Cost },
    /// Into the path of a loop's meter, after its head.
    AfterHead { meter: u32 },
    /// To the entry of a function. What that costs is paid from there.
    Entry { entry: u32 },
}

impl Link {
    /// The meter of the path to which it goes.
    pub(super) fn meter(&self) -> u32 {
        match *self {
            Link::Path { meter, .. } | Link::AfterHead { meter } => meter,
            Link::Entry { entry } => entry,
        }
    }
}

/// An op of the fast stream, on its way there.
#[derive(Clone, Debug)]
pub(super) struct Emitted {
    pub(super) op: Op,
    /// The step at which to go on if the op leaves the loop.
    pub(super) origin: usize,
    /// What waits at the origin, if it was asked for.
    pub(super) pending: Vec<Pending>,
    pub(super) link: Option<Link>,
}

/// A fused path.
pub(super) struct Fused {
    pub(super) ops: Vec<Emitted>,
    /// Number of ops up to the first branch.
    pub(super) n_head: usize,
}

struct Fuser<'a> {
    steps: &'a [Step],
    out: Vec<Emitted>,
    n_head: usize,
    pending: Vec<Pending>,
    /// The step at hand, and what waits at it.
    origin: usize,
    before: Vec<Pending>,
}

/// Fuses a path, with or without notes of what waits.
pub(super) fn fuse(steps: &[Step], with_notes: bool) -> Fused {
    let mut fuser = Fuser {
        steps,
        out: Vec::with_capacity(steps.len()),
        n_head: 0,
        pending: Vec::new(),
        origin: 0,
        before: Vec::new(),
    };
    let mut i = 0;
    while let Some(step) = steps.get(i) {
        fuser.origin = i;
        if with_notes {
            fuser.before = fuser.pending.clone();
        }
        i = fuser.visit(step, i);
    }
    Fused {
        ops: fuser.out,
        n_head: fuser.n_head,
    }
}

/// The condition of a branch: whether an op of two operands gives a number that is not zero.
struct Condition {
    base: OpCode,
    left: u16,
    right: Right,
    /// Whether it holds if the number is zero instead.
    is_negated: bool,
}

#[derive(Clone, Copy)]
enum Right {
    Slot(u16),
    Const(u64),
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

/// The value that a constant's op pushes, as a slot holds it.
pub(crate) fn constant(push: Op) -> u64 {
    match push.code {
        OpCode::I64Const | OpCode::F64Const | OpCode::RefFunc => push.imm64(),
        _ => u64::from(push.x),
    }
}

/// Whether an instruction is of 32-bit integers, of which the upper half of a slot is zero.
fn is_narrow(code: OpCode) -> bool {
    code.mnemonic().starts_with("i32")
}

impl Fuser<'_> {
    /// Handles a step and maybe the next ones; gives the index after them.
    fn visit(&mut self, step: &Step, i: usize) -> usize {
        let op = step.op;
        match kind(op.code) {
            _ if step.role == Role::Target => self.emit_linked(op, side_link(step)),
            Kind::Nothing => {
                if op.code == OpCode::Drop {
                    self.take(op.a);
                }
            }
            Kind::Get => self.push(op.a, Source::Slot(op.b)),
            Kind::Const => self.push(op.a, Source::Const(op)),
            Kind::Set => self.visit_set(op),
            Kind::Unary => return self.visit_unary(op, i),
            Kind::Binary => return self.visit_binary(op, i),
            Kind::Load => return self.visit_load(op, i),
            Kind::Store => self.visit_store(op),
            Kind::GlobalGet => {
                let (to, next) = self.destination(op.a, i);
                self.emit(Op { a: to, ..op });
                return self.leave(op.a, to, next);
            }
            Kind::GlobalSet => {
                let from = self.operand(op.a);
                self.emit(Op { a: from, ..op });
            }
            Kind::Select => return self.visit_select(op, i),
            Kind::Branch => {
                let slot = self.operand(op.a);
                self.emit_branch(step, Op::new(op.code), |code, op| Op {
                    code,
                    a: slot,
                    ..op
                });
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
                    _ => self.emit(op),
                }
            }
            Kind::CallIndirect => self.visit_call_indirect(step),
            Kind::Return => self.visit_return(op),
            Kind::Stop | Kind::Other => {
                self.flush();
                self.emit(op);
            }
        }
        i + 1
    }

    fn visit_set(&mut self, op: Op) {
        let value = self.take(op.a);
        self.flush_reads(op.b);
        let source = value.map_or(Source::Slot(op.a), |value| value.source);
        self.emit_move(op.b, source);
        // Without a value that waited, the operand stays where it is.
        if op.code == OpCode::LocalTee && value.is_some() {
            self.push(op.a, Source::Slot(op.b));
        }
    }

    fn visit_unary(&mut self, op: Op, i: usize) -> usize {
        let equal = match op.code {
            OpCode::I32Eqz => Some(OpCode::I32Eq),
            OpCode::I64Eqz => Some(OpCode::I64Eq),
            _ => None,
        };
        let from = self.operand(op.a);
        if let Some(base) = equal {
            return self.emit_binary(base, op.a, from, Right::Const(0), i);
        }
        match form(Form::R, op.code) {
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
                self.emit_move(op.a, Source::Slot(from));
                self.emit(op);
                i + 1
            }
        }
    }

    fn visit_binary(&mut self, op: Op, i: usize) -> usize {
        let (second, first) = (self.take(op.a + 1), self.take(op.a));
        let left = self.slot_of(op.a, first);
        let right = match second {
            Some(Pending {
                source: Source::Const(push),
                ..
            }) if form(Form::RI, op.code).is_some() => Right::Const(constant(push)),
            second => Right::Slot(self.slot_of(op.a + 1, second)),
        };
        self.emit_binary(op.code, op.a, left, right, i)
    }

    /// Emits an op of two operands and what directly follows from its result.
    fn emit_binary(&mut self, base: OpCode, slot: u16, left: u16, right: Right, i: usize) -> usize {
        // The result may be negated before something branches on it.
        let mut is_negated = false;
        let mut next = i + 1;
        while let Some(step) = self.steps.get(next)
            && step.op.a == slot
            && (step.op.code == OpCode::I32Eqz || step.op.code == OpCode::I64Eqz && next == i + 1)
        {
            is_negated = !is_negated;
            next += 1;
        }
        if let Some(step) = self.steps.get(next)
            && kind(step.op.code) == Kind::Branch
            && step.op.a == slot
        {
            let condition = Condition {
                base,
                left,
                right,
                is_negated,
            };
            if self.emit_condition(&step.clone(), &condition) {
                return next + 1;
            }
        }
        let code = match right {
            Right::Const(_) => form(Form::RI, base),
            Right::Slot(_) => form(Form::RR, base),
        };
        let (c, value) = match right {
            Right::Slot(right) => (right, 0),
            Right::Const(value) => (0, value),
        };
        match code {
            Some(code) => {
                let (to, next) = self.destination(slot, i);
                self.emit(Op {
                    code,
                    a: to,
                    b: left,
                    c,
                    x: value as u32,
                    y: (value >> 32) as u32,
                });
                self.leave(slot, to, next)
            }
            None => {
                self.emit_move(slot, Source::Slot(left));
                self.emit_move(slot + 1, Source::Slot(c));
                self.emit(Op {
                    a: slot,
                    ..Op::new(base)
                });
                i + 1
            }
        }
    }

    /// Emits a comparison and the branch on it as one op, if there is such an op.
    fn emit_condition(&mut self, step: &Step, condition: &Condition) -> bool {
        let base = condition.base;
        let [if_not_zero, if_zero] = match condition.right {
            Right::Slot(_) => [Form::BrRR, Form::IfRR].map(|form_of| form(form_of, base)),
            Right::Const(_) => [Form::BrRI, Form::IfRI].map(|form_of| form(form_of, base)),
        };
        let (Some(if_not_zero), Some(if_zero)) = (if_not_zero, if_zero) else {
            return false;
        };
        let (a, c) = match condition.right {
            Right::Slot(right) => (0, right),
            // The branch has room for 32 bits, which are sign-extended.
            Right::Const(value) => match is_narrow(base) || value as i32 as i64 as u64 == value {
                true => (value as u16, (value >> 16) as u16),
                false => return false,
            },
        };
        let code = match (step.op.code == OpCode::If) == condition.is_negated {
            true => OpCode::BrIf,
            false => OpCode::If,
        };
        let b = condition.left;
        self.emit_branch(step, Op::new(code), |code, op| Op {
            code: match code {
                OpCode::BrIf => if_not_zero,
                _ => if_zero,
            },
            a,
            b,
            c,
            ..op
        });
        true
    }

    /// Emits a branch of the path: `like` says by its code whether it is taken if the condition is
    /// not zero (`br_if`) or if it is (`if`), and `make` makes it of either code.
    fn emit_branch(&mut self, step: &Step, like: Op, make: impl Fn(OpCode, Op) -> Op) {
        self.flush();
        if let Role::Closing { head } = step.role {
            let back = match like.code {
                OpCode::BrIf => OpCode::If,
                _ => OpCode::BrIf,
            };
            self.emit_linked(make(back, like), Link::AfterHead { meter: head });
            self.emit_linked(Op::new(OpCode::Br), side_link(step));
        } else {
            self.emit_linked(make(like.code, like), side_link(step));
        }
        if self.n_head == 0 {
            self.n_head = self.out.len();
        }
    }

    fn visit_load(&mut self, op: Op, i: usize) -> usize {
        let from = self.operand(op.a);
        match form(Form::LoadR, op.code) {
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
                self.emit_move(op.a, Source::Slot(from));
                self.emit(op);
                i + 1
            }
        }
    }

    fn visit_store(&mut self, op: Op) {
        let value = self.operand(op.a + 1);
        let address = self.operand(op.a);
        match form(Form::StoreR, op.code) {
            Some(code) => self.emit(Op {
                code,
                a: address,
                b: value,
                ..op
            }),
            None => {
                self.emit_move(op.a, Source::Slot(address));
                self.emit_move(op.a + 1, Source::Slot(value));
                self.emit(op);
            }
        }
    }

    fn visit_select(&mut self, op: Op, i: usize) -> usize {
        let condition = self.operand(op.a + 2);
        let second = self.operand(op.a + 1);
        let first = self.operand(op.a);
        let (to, next) = self.destination(op.a, i);
        self.emit(Op {
            a: to,
            b: first,
            c: second,
            x: u32::from(condition),
            ..Op::new(OpCode::SelectR)
        });
        self.leave(op.a, to, next)
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

    fn push(&mut self, slot: u16, source: Source) {
        self.pending.push(Pending { slot, source });
    }

    /// Takes the value that waits for a slot, if one does; else it is in the slot.
    fn take(&mut self, slot: u16) -> Option<Pending> {
        let position = self.pending.iter().rposition(|value| value.slot == slot)?;
        Some(self.pending.remove(position))
    }

    /// The slot to read an operand from; a constant is put into its place first.
    fn operand(&mut self, slot: u16) -> u16 {
        let value = self.take(slot);
        self.slot_of(slot, value)
    }

    fn slot_of(&mut self, slot: u16, value: Option<Pending>) -> u16 {
        match value {
            Some(Pending {
                source: Source::Slot(from),
                ..
            }) => from,
            Some(Pending { source, .. }) => {
                self.emit_move(slot, source);
                slot
            }
            None => slot,
        }
    }

    /// Where a result for a slot goes: straight into the local that the next instruction sets.
    /// Gives the index of what comes after.
    fn destination(&mut self, slot: u16, i: usize) -> (u16, usize) {
        match self.steps.get(i + 1) {
            Some(next) if kind(next.op.code) == Kind::Set && next.op.a == slot => {
                self.flush_reads(next.op.b);
                (next.op.b, i + 2)
            }
            _ => (slot, i + 1),
        }
    }

    /// After a result went where [`Self::destination`] said.
    fn leave(&mut self, slot: u16, to: u16, next: usize) -> usize {
        if self.steps[next - 1].op.code == OpCode::LocalTee {
            self.push(slot, Source::Slot(to));
        }
        next
    }

    fn emit(&mut self, op: Op) {
        self.out.push(Emitted {
            op,
            origin: self.origin,
            pending: self.before.clone(),
            link: None,
        });
    }

    fn emit_linked(&mut self, op: Op, link: Link) {
        self.emit(op);
        if let Some(emitted) = self.out.last_mut() {
            emitted.link = Some(link);
        }
    }

    fn emit_move(&mut self, to: u16, source: Source) {
        match source {
            Source::Slot(from) if from == to => {}
            Source::Slot(from) => self.emit(Op {
                a: to,
                b: from,
                ..Op::new(OpCode::LocalGet)
            }),
            Source::Const(push) => self.emit(Op { a: to, ..push }),
        }
    }

    /// Puts all that waits into its place.
    fn flush(&mut self) {
        for value in std::mem::take(&mut self.pending) {
            self.emit_move(value.slot, value.source);
        }
    }

    /// Puts what waits to be read from a local into its place, before the local changes.
    fn flush_reads(&mut self, local: u16) {
        let is_read = |value: &Pending| matches!(value.source, Source::Slot(from) if from == local);
        if self.pending.iter().any(is_read) {
            let (reads, rest) = std::mem::take(&mut self.pending)
                .into_iter()
                .partition(is_read);
            self.pending = reads;
            self.flush();
            self.pending = rest;
        }
    }

    /// Forgets what waits for slots from one on: a jump leaves it behind.
    fn drop_from(&mut self, slot: u16) {
        self.pending.retain(|value| value.slot < slot);
    }
}
