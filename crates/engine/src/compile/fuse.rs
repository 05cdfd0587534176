//! The fast stream: the same positions as the step stream, fewer ops.
//!
//! Between two meters nobody looks, so a block's ops may be others than the source's instructions
//! as long as the frame is right at its end. Pushes of locals and constants wait until something
//! consumes them, which then names the local or the constant itself; results go straight into the
//! local that is set next; a comparison and the branch on it are one op. What is left is put at
//! the end of the block's positions, and the meter says how many to skip: branches, calls and the
//! meters themselves stand where the step stream has them, so both streams use one set of
//! positions and any meter is a place to change from one to the other.
//!
//! An op that may leave the loop does so as if nothing of its group had run: its origin is the
//! first instruction it stands for, all before it is in the slots, and the exact mode goes on
//! there with the step stream. For that, only pushes that directly precede such an op join it,
//! and none may wait across it.

use crate::compile::code::Code;
use crate::isa::{Op, OpCode, for_each_op};

/// How an op takes part, by its handler in the loop.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Nothing,
    Get,
    Set,
    Const,
    Unary,
    Binary,
    Load,
    Store,
    GlobalGet,
    GlobalSet,
    Branch,
    Select,
    Return,
    Other,
}

macro_rules! kind_of {
    (nop) => {
        Kind::Nothing
    };
    (local_get) => {
        Kind::Get
    };
    (local_set) => {
        Kind::Set
    };
    (const32) => {
        Kind::Const
    };
    (const64) => {
        Kind::Const
    };
    (unary $f:ident) => {
        Kind::Unary
    };
    (binary $f:ident) => {
        Kind::Binary
    };
    (load $f:ident $n:literal) => {
        Kind::Load
    };
    (store $f:ident $n:literal) => {
        Kind::Store
    };
    (global_get) => {
        Kind::GlobalGet
    };
    (global_set) => {
        Kind::GlobalSet
    };
    (br_if) => {
        Kind::Branch
    };
    (if) => {
        Kind::Branch
    };
    (select) => {
        Kind::Select
    };
    (return) => {
        Kind::Return
    };
    ($($other:tt)*) => {
        Kind::Other
    };
}

/// `return` the op, if a row's handler is of the form asked for and has the base.
macro_rules! form_row {
    (r $code:ident $name:ident [r $base:ident $f:ident]) => {
        if let OpCode::$base = $code {
            return Some(OpCode::$name);
        }
    };
    (rr $code:ident $name:ident [rr $base:ident $f:ident]) => {
        if let OpCode::$base = $code {
            return Some(OpCode::$name);
        }
    };
    (ri $code:ident $name:ident [ri $base:ident $f:ident]) => {
        if let OpCode::$base = $code {
            return Some(OpCode::$name);
        }
    };
    (br_rr $code:ident $name:ident [br_rr $base:ident $f:ident]) => {
        if let OpCode::$base = $code {
            return Some(OpCode::$name);
        }
    };
    (br_ri $code:ident $name:ident [br_ri $base:ident $f:ident]) => {
        if let OpCode::$base = $code {
            return Some(OpCode::$name);
        }
    };
    (if_rr $code:ident $name:ident [if_rr $base:ident $f:ident]) => {
        if let OpCode::$base = $code {
            return Some(OpCode::$name);
        }
    };
    (if_ri $code:ident $name:ident [if_ri $base:ident $f:ident]) => {
        if let OpCode::$base = $code {
            return Some(OpCode::$name);
        }
    };
    (load_r $code:ident $name:ident [load_r $base:ident $f:ident $n:literal]) => {
        if let OpCode::$base = $code {
            return Some(OpCode::$name);
        }
    };
    (store_r $code:ident $name:ident [store_r $base:ident $f:ident $n:literal]) => {
        if let OpCode::$base = $code {
            return Some(OpCode::$name);
        }
    };
    ($form:ident $code:ident $name:ident [$($other:tt)*]) => {};
}

macro_rules! define_forms {
    ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
        fn kind(code: OpCode) -> Kind {
            match code {
                $(OpCode::$name => kind_of!($($handler)*),)*
            }
        }

        fn form_r(code: OpCode) -> Option<OpCode> {
            $(form_row!(r code $name [$($handler)*]);)*
            None
        }

        fn form_rr(code: OpCode) -> Option<OpCode> {
            $(form_row!(rr code $name [$($handler)*]);)*
            None
        }

        fn form_ri(code: OpCode) -> Option<OpCode> {
            $(form_row!(ri code $name [$($handler)*]);)*
            None
        }

        fn form_br_rr(code: OpCode) -> Option<OpCode> {
            $(form_row!(br_rr code $name [$($handler)*]);)*
            None
        }

        fn form_br_ri(code: OpCode) -> Option<OpCode> {
            $(form_row!(br_ri code $name [$($handler)*]);)*
            None
        }

        fn form_if_rr(code: OpCode) -> Option<OpCode> {
            $(form_row!(if_rr code $name [$($handler)*]);)*
            None
        }

        fn form_if_ri(code: OpCode) -> Option<OpCode> {
            $(form_row!(if_ri code $name [$($handler)*]);)*
            None
        }

        fn form_load_r(code: OpCode) -> Option<OpCode> {
            $(form_row!(load_r code $name [$($handler)*]);)*
            None
        }

        fn form_store_r(code: OpCode) -> Option<OpCode> {
            $(form_row!(store_r code $name [$($handler)*]);)*
            None
        }
    };
}

for_each_op!(define_forms);

/// Where a value is that an instruction pushed and nothing has consumed yet.
#[derive(Clone, Copy)]
enum Source {
    /// In a slot: mostly that of a local.
    Slot(u16),
    /// In the op that pushes it.
    Const(Op),
}

#[derive(Clone, Copy)]
struct Pending {
    /// Slot of the operand.
    slot: u16,
    source: Source,
    /// Position of the push. A value that `local.tee` left has none: nothing that may leave the
    /// loop takes it along, because what comes before would then run again.
    at: Option<u32>,
}

struct Fuser<'a> {
    steps: &'a [Op],
    /// Position of the first of them.
    first: u32,
    /// The ops and, for each, its origin.
    out: Vec<(Op, u32)>,
    pending: Vec<Pending>,
}

/// The ops of a block, from after its meter to its end, each with its origin.
fn fuse(steps: &[Op], first: u32) -> Vec<(Op, u32)> {
    let mut fuser = Fuser {
        steps,
        first,
        out: Vec::with_capacity(steps.len()),
        pending: Vec::new(),
    };
    let mut i = 0;
    while i < steps.len() {
        i = fuser.visit(i);
    }
    fuser.flush();
    fuser.out
}

impl Fuser<'_> {
    /// Handles the instruction at an index and maybe the next ones; gives the index after them.
    fn visit(&mut self, i: usize) -> usize {
        let op = self.steps[i];
        let at = self.first + i as u32;
        match kind(op.code) {
            Kind::Nothing => {
                if op.code == OpCode::Drop {
                    self.take(op.a);
                }
                i + 1
            }
            Kind::Get => {
                self.push(op.a, Source::Slot(op.b), Some(at));
                i + 1
            }
            Kind::Const => {
                self.push(op.a, Source::Const(op), Some(at));
                i + 1
            }
            Kind::Set => self.visit_set(op, i),
            Kind::Unary if matches!(op.code, OpCode::I32Eqz | OpCode::I64Eqz) => {
                let equal = match op.code {
                    OpCode::I32Eqz => OpCode::I32Eq,
                    _ => OpCode::I64Eq,
                };
                let left = self.operand(op.a);
                self.emit_binary(equal, op.a, left, Some(0), op.a, i)
            }
            Kind::Unary => self.visit_unary(op, i),
            Kind::Binary => self.visit_binary(op, i),
            Kind::Load => self.visit_load(op, i),
            Kind::Store => self.visit_store(op, i),
            Kind::GlobalGet => {
                let (to, next) = self.destination(op.a, i);
                self.emit(Op { a: to, ..op }, at);
                self.leave(op.a, to, next)
            }
            Kind::GlobalSet => {
                let from = self.operand(op.a);
                self.emit(Op { a: from, ..op }, at);
                i + 1
            }
            Kind::Branch => {
                // A branch with a price may leave the loop, and then wants its condition in place.
                let condition = match op.y {
                    0 => self.operand(op.a),
                    _ => op.a,
                };
                self.flush();
                self.emit(Op { a: condition, ..op }, at);
                i + 1
            }
            Kind::Return => {
                let from = match op.c {
                    1 => self.operand(op.a),
                    _ => op.a,
                };
                self.flush();
                self.emit(Op { a: from, ..op }, at);
                i + 1
            }
            Kind::Select => {
                for slot in op.a..op.a + 3 {
                    let value = self.take(slot);
                    self.slot_of_in_place(slot, value);
                }
                self.emit(op, at);
                i + 1
            }
            Kind::Other => {
                self.flush();
                self.emit(op, at);
                i + 1
            }
        }
    }

    fn visit_set(&mut self, op: Op, i: usize) -> usize {
        let value = self.take(op.a);
        self.flush_local(op.b);
        let at = self.first + i as u32;
        let source = value.map_or(Source::Slot(op.a), |value| value.source);
        self.emit_move(op.b, source, at);
        // Without a value that waited, the operand stays where it is.
        if op.code == OpCode::LocalTee && value.is_some() {
            self.push(op.a, Source::Slot(op.b), None);
        }
        i + 1
    }

    fn visit_unary(&mut self, op: Op, i: usize) -> usize {
        let at = self.first + i as u32;
        let from = self.operand(op.a);
        match form_r(op.code) {
            Some(code) => {
                let (to, next) = self.destination(op.a, i);
                self.emit(
                    Op {
                        code,
                        a: to,
                        b: from,
                        ..op
                    },
                    at,
                );
                self.leave(op.a, to, next)
            }
            None => {
                self.emit_move(op.a, Source::Slot(from), at);
                self.emit(op, at);
                i + 1
            }
        }
    }

    fn visit_binary(&mut self, op: Op, i: usize) -> usize {
        let (second, first) = (self.take(op.a + 1), self.take(op.a));
        let immediate = match second {
            Some(Pending {
                source: Source::Const(push),
                ..
            }) if form_ri(op.code).is_some() => Some(constant(push)),
            _ => None,
        };
        let left = self.slot_of(op.a, first);
        let right = match immediate {
            Some(_) => op.a + 1,
            None => self.slot_of(op.a + 1, second),
        };
        self.emit_binary(op.code, op.a, left, immediate, right, i)
    }

    /// Emits `left code right` (or the constant) and what directly follows from it.
    fn emit_binary(
        &mut self,
        base: OpCode,
        slot: u16,
        left: u16,
        immediate: Option<u64>,
        right: u16,
        i: usize,
    ) -> usize {
        let at = self.first + i as u32;
        let value = immediate.unwrap_or(0);
        let (x, y) = (value as u32, (value >> 32) as u32);
        if let Some(next) = self.steps.get(i + 1)
            && kind(next.code) == Kind::Branch
            && next.a == slot
            && next.y == 0
        {
            let code = match (next.code, immediate) {
                (OpCode::If, None) => form_if_rr(base),
                (OpCode::If, Some(_)) => form_if_ri(base),
                (_, None) => form_br_rr(base),
                (_, Some(_)) => form_br_ri(base),
            };
            // The branch has room for 32 bits, which are sign-extended.
            let fits = i64::from(x as i32) as u64 == value || y == 0 && is_narrow(base);
            if let Some(code) = code.filter(|_| fits) {
                let (a, c) = match immediate {
                    Some(_) => (x as u16, (x >> 16) as u16),
                    None => (0, right),
                };
                self.flush();
                self.emit(
                    Op {
                        code,
                        a,
                        b: left,
                        c,
                        x: next.x,
                        y: 0,
                    },
                    at,
                );
                return i + 2;
            }
        }
        let code = match immediate {
            Some(_) => form_ri(base),
            None => form_rr(base),
        };
        match code {
            Some(code) => {
                let (to, next) = self.destination(slot, i);
                self.emit(
                    Op {
                        code,
                        a: to,
                        b: left,
                        c: right,
                        x,
                        y,
                    },
                    at,
                );
                self.leave(slot, to, next)
            }
            None => {
                self.emit_move(slot, Source::Slot(left), at);
                self.emit_move(slot + 1, Source::Slot(right), at);
                self.emit(
                    Op {
                        a: slot,
                        ..Op::new(base)
                    },
                    at,
                );
                i + 1
            }
        }
    }

    fn visit_load(&mut self, op: Op, i: usize) -> usize {
        let at = self.first + i as u32;
        self.flush_below(op.a);
        let (from, origin) = match self.take(op.a) {
            Some(Pending {
                source: Source::Slot(from),
                at: Some(pushed),
                ..
            }) if pushed + 1 == at => (from, pushed),
            value => (self.slot_of_in_place(op.a, value), at),
        };
        match form_load_r(op.code) {
            Some(code) => {
                let (to, next) = self.destination(op.a, i);
                self.emit(
                    Op {
                        code,
                        a: to,
                        b: from,
                        ..op
                    },
                    origin,
                );
                self.leave(op.a, to, next)
            }
            None => unreachable!("every load has a form with slots"),
        }
    }

    fn visit_store(&mut self, op: Op, i: usize) -> usize {
        let at = self.first + i as u32;
        self.flush_below(op.a);
        let (value, address) = (self.take(op.a + 1), self.take(op.a));
        let direct = |pending: Option<Pending>, expected: u32| match pending {
            Some(Pending {
                source: Source::Slot(from),
                at: Some(pushed),
                ..
            }) if pushed == expected => Some(from),
            _ => None,
        };
        let value_from = direct(value, at - 1);
        let address_from = value_from.and_then(|_| direct(address, at - 2));
        let origin = match (value_from, address_from) {
            (Some(_), Some(_)) => at - 2,
            (Some(_), None) => at - 1,
            _ => at,
        };
        let a = address_from.unwrap_or_else(|| self.slot_of_in_place(op.a, address));
        let b = value_from.unwrap_or_else(|| self.slot_of_in_place(op.a + 1, value));
        match form_store_r(op.code) {
            Some(code) => self.emit(Op { code, a, b, ..op }, origin),
            None => unreachable!("every store has a form with slots"),
        }
        i + 1
    }

    fn push(&mut self, slot: u16, source: Source, at: Option<u32>) {
        self.pending.push(Pending { slot, source, at });
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
            value => self.slot_of_in_place(slot, value),
        }
    }

    /// Puts an operand into its place.
    fn slot_of_in_place(&mut self, slot: u16, value: Option<Pending>) -> u16 {
        if let Some(value) = value {
            self.emit_move(slot, value.source, self.first);
        }
        slot
    }

    /// Where a result for a slot goes: straight into the local that the next instruction sets.
    /// Gives the index of what comes after.
    fn destination(&mut self, slot: u16, i: usize) -> (u16, usize) {
        match self.steps.get(i + 1) {
            Some(next) if kind(next.code) == Kind::Set && next.a == slot => {
                self.flush_local(next.b);
                (next.b, i + 2)
            }
            _ => (slot, i + 1),
        }
    }

    /// After a result went where [`Self::destination`] said.
    fn leave(&mut self, slot: u16, to: u16, next: usize) -> usize {
        if self.steps[next - 1].code == OpCode::LocalTee {
            self.push(slot, Source::Slot(to), None);
        }
        next
    }

    fn emit(&mut self, op: Op, origin: u32) {
        self.out.push((op, origin));
    }

    fn emit_move(&mut self, to: u16, source: Source, origin: u32) {
        match source {
            Source::Slot(from) if from == to => {}
            Source::Slot(from) => {
                let op = Op {
                    a: to,
                    b: from,
                    ..Op::new(OpCode::LocalGet)
                };
                self.emit(op, origin);
            }
            Source::Const(push) => self.emit(Op { a: to, ..push }, origin),
        }
    }

    /// Puts all that waits into its place.
    fn flush(&mut self) {
        for value in std::mem::take(&mut self.pending) {
            self.emit_move(value.slot, value.source, self.first);
        }
    }

    /// Puts what waits for slots below one into its place.
    fn flush_below(&mut self, slot: u16) {
        let (below, rest) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|value: &Pending| value.slot < slot);
        self.pending = below;
        self.flush();
        self.pending = rest;
    }

    /// Puts what waits to be read from a local into its place, before the local changes.
    fn flush_local(&mut self, local: u16) {
        let is_read = |value: &Pending| matches!(value.source, Source::Slot(from) if from == local);
        let (reads, rest) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(is_read);
        self.pending = reads;
        self.flush();
        self.pending = rest;
    }
}

/// The value that a constant's op pushes, as a slot holds it.
fn constant(push: Op) -> u64 {
    match push.code {
        OpCode::I64Const | OpCode::F64Const | OpCode::RefFunc => push.imm64(),
        _ => u64::from(push.x),
    }
}

/// Whether a comparison is of 32-bit integers, of which the upper half of a slot is zero.
fn is_narrow(code: OpCode) -> bool {
    code.mnemonic().starts_with("i32")
}

impl Code {
    /// Makes the fast stream from a position on, which must be the start of a function or of the
    /// code.
    pub(crate) fn fuse_from(&mut self, start: u32) {
        let n_ops = self.ops.len();
        self.fast.truncate(start as usize);
        self.origins.truncate(start as usize);
        self.fast.extend_from_slice(&self.ops[start as usize..]);
        self.origins.extend(start..n_ops as u32);
        let meters: Vec<u32> = (start..n_ops as u32)
            .filter(|pc| self.ops[*pc as usize].is_meter())
            .collect();
        for meter in meters {
            self.fuse_block(meter);
        }
    }

    /// Makes the fast stream of the block that holds a position anew.
    pub(crate) fn fuse_around(&mut self, pc: u32) {
        let is_meter = |pc: &u32| self.ops[*pc as usize].is_meter();
        if let Some(meter) = (0..=pc).rev().find(is_meter) {
            self.fuse_block(meter);
        }
    }

    fn fuse_block(&mut self, meter: u32) {
        let first = meter + 1;
        let n_steps = self.ops[first as usize..]
            .iter()
            .take_while(|op| !op.is_pseudo())
            .count() as u32;
        let (from, to) = (first as usize, (first + n_steps) as usize);
        self.fast[meter as usize] = self.ops[meter as usize];
        if self.hidden.range(first..first + n_steps).next().is_some() {
            // A breakpoint is seen op by op.
            self.fast[from..to].copy_from_slice(&self.ops[from..to]);
            for pc in first..first + n_steps {
                self.origins[pc as usize] = pc;
            }
            return;
        }
        let fused = fuse(&self.ops[from..to], first);
        debug_assert!(fused.len() as u32 <= n_steps);
        let skipped = n_steps - fused.len() as u32;
        self.fast[meter as usize].skip_after_meter(skipped);
        for (i, (op, origin)) in fused.into_iter().enumerate() {
            let place = from + skipped as usize + i;
            self.fast[place] = op;
            self.origins[place] = origin;
        }
    }
}
