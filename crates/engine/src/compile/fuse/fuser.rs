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

use super::forms::{Kind, kind};
use super::path::{Cost, Step};
use crate::isa::{Op, OpCode};

/// Where a value is that an instruction pushed and nothing has consumed yet.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// In a slot: that of a local.
    Slot(u16),
    /// In two slots, those of a local that is a vector.
    Vector(u16),
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

pub(super) struct Fuser<'a> {
    pub(super) steps: &'a [Step],
    pub(super) out: Vec<Emitted>,
    /// Number of ops up to the first branch, which stay where they are.
    pub(super) n_head: usize,
    pub(super) pending: Vec<Pending>,
    /// The step at hand, and what waits at it.
    pub(super) origin: usize,
    pub(super) before: Vec<Pending>,
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

/// The value that a constant's op pushes, as a slot holds it.
pub(crate) fn constant(push: Op) -> u64 {
    match push.code {
        OpCode::I64Const | OpCode::F64Const | OpCode::RefFunc => push.imm64(),
        _ => u64::from(push.x),
    }
}

impl Fuser<'_> {
    pub(super) fn push(&mut self, slot: u16, source: Source) {
        self.pending.push(Pending { slot, source });
    }

    /// Takes the value that waits for a slot, if one does; else it is in the slot.
    pub(super) fn take(&mut self, slot: u16) -> Option<Pending> {
        let position = self.pending.iter().rposition(|value| value.slot == slot)?;
        Some(self.pending.remove(position))
    }

    /// The slot to read an operand from; a constant is put into its place first.
    pub(super) fn operand(&mut self, slot: u16) -> u16 {
        let value = self.take(slot);
        self.slot_of(slot, value)
    }

    pub(super) fn slot_of(&mut self, slot: u16, value: Option<Pending>) -> u16 {
        match value {
            Some(Pending {
                source: Source::Slot(from) | Source::Vector(from),
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
    pub(super) fn destination(&mut self, slot: u16, i: usize) -> (u16, usize) {
        match self.steps.get(i + 1) {
            Some(next)
                if matches!(kind(next.op.code), Kind::Set | Kind::VectorSet)
                    && next.op.a == slot =>
            {
                self.flush_reads(next.op.b);
                (next.op.b, i + 2)
            }
            _ => (slot, i + 1),
        }
    }

    /// After a result went where [`Self::destination`] said.
    pub(super) fn leave(&mut self, slot: u16, to: u16, next: usize) -> usize {
        match self.steps[next - 1].op.code {
            OpCode::LocalTee => self.push(slot, Source::Slot(to)),
            OpCode::LocalTeeV => self.push(slot, Source::Vector(to)),
            _ => {}
        }
        next
    }

    pub(super) fn emit(&mut self, op: Op) {
        self.out.push(Emitted {
            op,
            origin: self.origin,
            pending: self.before.clone(),
            link: None,
        });
    }

    pub(super) fn emit_linked(&mut self, op: Op, link: Link) {
        self.emit(op);
        if let Some(emitted) = self.out.last_mut() {
            emitted.link = Some(link);
        }
    }

    pub(super) fn emit_move(&mut self, to: u16, source: Source) {
        match source {
            Source::Slot(from) => self.emit_move_slot(to, from),
            Source::Vector(from) if from == to => {}
            Source::Vector(from) => self.emit(Op {
                a: to,
                b: from,
                ..Op::new(OpCode::LocalGetV)
            }),
            Source::Const(push) => self.emit(Op { a: to, ..push }),
        }
    }

    pub(super) fn emit_const(&mut self, to: u16, value: u64) {
        self.emit(Op {
            a: to,
            x: value as u32,
            y: (value >> 32) as u32,
            ..Op::new(OpCode::I64Const)
        });
    }

    pub(super) fn emit_move_slot(&mut self, to: u16, from: u16) {
        if from == to {
            return;
        }
        match self.last_op() {
            // A move never leaves the loop: nobody asks for its origin.
            Some(first) if first.code == OpCode::LocalGet => {
                self.out.pop();
                self.emit(Op {
                    code: OpCode::MoveTwo,
                    c: to,
                    x: u32::from(from),
                    ..first
                });
            }
            _ => self.emit(Op {
                a: to,
                b: from,
                ..Op::new(OpCode::LocalGet)
            }),
        }
    }

    /// Puts all that waits into its place.
    pub(super) fn flush(&mut self) {
        for value in std::mem::take(&mut self.pending) {
            self.emit_move(value.slot, value.source);
        }
    }

    /// Puts what waits to be read from a local into its place, before the local changes.
    pub(super) fn flush_reads(&mut self, local: u16) {
        let is_read = |value: &Pending| matches!(value.source, Source::Slot(from) | Source::Vector(from) if from == local);
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
    pub(super) fn drop_from(&mut self, slot: u16) {
        self.pending.retain(|value| value.slot < slot);
    }
}
