//! Vector instructions, out of line: one function for all of them, by shape.
//!
//! A vector lies in two slots, its first lane in the lowest bits of the first. Ops name in `a` the
//! lowest slot of their operands, which is also that of the result, and in `c` a lane. Loads and
//! stores are accesses as in [`super::access`].
//!
//! Spec: [vector instructions](https://webassembly.github.io/spec/core/exec/instructions.html#vector-instructions).

use waspnest_lanes::*;

use super::Flow;
use crate::isa::{Op, OpCode, for_each_op};
use crate::machine::{Machine, TrapKind};

/// How an op uses the stack and the memory, with what it computes.
#[derive(Clone, Copy)]
enum Shape {
    /// No vector instruction.
    None,
    Unary(fn(&mut V128)),
    Binary(fn(&mut V128, &V128)),
    Ternary(fn(&mut V128, &V128, &V128)),
    Shift(fn(&mut V128, u32)),
    Test(fn(&V128) -> u32),
    Splat(fn(&mut V128, u64)),
    Extract(fn(&V128, usize) -> u64),
    Replace(fn(&mut V128, u64, usize)),
    /// The indices of the lanes are in the pool of the code.
    Shuffle,
    /// The constant is there too.
    Constant,
    /// Reads so many bytes as the first of a vector, and makes the rest.
    Load(u8, fn(&mut V128)),
    LoadLane(u8),
    /// Also of a whole vector, as its only lane.
    StoreLane(u8),
    LocalGet,
    LocalSet,
    GlobalGet,
    GlobalSet,
    Select,
}

macro_rules! shape {
    (v unary $f:ident) => {
        Shape::Unary($f)
    };
    (v binary $f:ident) => {
        Shape::Binary($f)
    };
    (v ternary $f:ident) => {
        Shape::Ternary($f)
    };
    (v shift $f:ident) => {
        Shape::Shift($f)
    };
    (v test $f:ident) => {
        Shape::Test($f)
    };
    (v splat $f:ident) => {
        Shape::Splat($f)
    };
    (v extract $f:ident) => {
        Shape::Extract($f)
    };
    (v replace $f:ident) => {
        Shape::Replace($f)
    };
    (v shuffle) => {
        Shape::Shuffle
    };
    (v constant) => {
        Shape::Constant
    };
    (v load $f:ident $n:literal) => {
        Shape::Load($n, $f)
    };
    (v load_lane $n:literal) => {
        Shape::LoadLane($n)
    };
    (v store_lane $n:literal) => {
        Shape::StoreLane($n)
    };
    (v local_get) => {
        Shape::LocalGet
    };
    (v local_set) => {
        Shape::LocalSet
    };
    (v global_get) => {
        Shape::GlobalGet
    };
    (v global_set) => {
        Shape::GlobalSet
    };
    (v select) => {
        Shape::Select
    };
    ($($other:tt)*) => {
        Shape::None
    };
}

macro_rules! define_shapes {
    ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
        /// By the number of the op. A table, because it is a third of the code that a `match` makes.
        static SHAPES: [Shape; OpCode::COUNT] = [$(shape!($($handler)*),)*];
    };
}

for_each_op!(define_shapes);

/// Executes a vector instruction.
pub(super) fn exec(m: &mut Machine, op: &Op) -> Flow {
    match work(m, op) {
        Ok(()) => Flow::Next,
        Err(kind) => kind.into(),
    }
}

fn work(m: &mut Machine, op: &Op) -> Result<(), TrapKind> {
    let lane = usize::from(op.c);
    let mut a = [0; 16];
    match SHAPES[op.code as usize] {
        Shape::None => unreachable!("{} is no vector instruction", op.code.mnemonic()),
        Shape::Unary(f) => {
            a = m.vector(op, 0);
            f(&mut a);
        }
        Shape::Binary(f) => {
            a = m.vector(op, 0);
            f(&mut a, &m.vector(op, 2));
        }
        Shape::Ternary(f) => {
            a = m.vector(op, 0);
            f(&mut a, &m.vector(op, 2), &m.vector(op, 4));
        }
        Shape::Shift(f) => {
            a = m.vector(op, 0);
            f(&mut a, m.number(op, 2) as u32);
        }
        Shape::Test(f) => {
            let result = f(&m.vector(op, 0));
            return m.leave_number(op, result.into());
        }
        Shape::Splat(f) => f(&mut a, m.number(op, 0)),
        Shape::Extract(f) => {
            let result = f(&m.vector(op, 0), lane);
            return m.leave_number(op, result);
        }
        Shape::Replace(f) => {
            a = m.vector(op, 0);
            f(&mut a, m.number(op, 2), lane);
        }
        Shape::Shuffle => {
            a = m.vector(op, 0);
            i8x16_shuffle(&mut a, &m.vector(op, 2), &m.code.vectors[op.x as usize]);
        }
        Shape::Constant => a = m.code.vectors[op.x as usize],
        Shape::Load(n, f) => {
            let n = usize::from(n);
            a[..n].copy_from_slice(m.accessed(*op, n)?);
            f(&mut a);
        }
        Shape::LoadLane(n) => {
            let n = usize::from(n);
            a = m.vector(op, 1);
            a[lane * n..][..n].copy_from_slice(m.accessed(*op, n)?);
        }
        Shape::StoreLane(n) => {
            let n = usize::from(n);
            a = m.vector(op, 1);
            m.accessed(*op, n)?.copy_from_slice(&a[lane * n..][..n]);
            return Ok(());
        }
        Shape::LocalGet => a = vector_of(&m.thread.stack[m.at(op.b, 0)..]),
        Shape::LocalSet => {
            let (from, to) = (m.at(op.a, 0), m.at(op.b, 0));
            m.thread.stack.copy_within(from..from + 2, to);
            return Ok(());
        }
        Shape::GlobalGet => {
            let global = op.x as usize;
            a = vector_of(&[m.store.globals[global], m.store.global_highs[global]]);
        }
        Shape::GlobalSet => {
            let global = op.x as usize;
            [m.store.globals[global], m.store.global_highs[global]] = slots_of(m.vector(op, 0));
            return Ok(());
        }
        Shape::Select => {
            let operand = match m.number(op, 4) as u32 {
                0 => 2,
                _ => 0,
            };
            a = m.vector(op, operand);
        }
    }
    let at = m.at(op.a, 0);
    m.thread.stack[at..at + 2].copy_from_slice(&slots_of(a));
    Ok(())
}

impl Machine {
    /// Index of the slot that lies some above one of the frame.
    fn at(&self, slot: u16, above: usize) -> usize {
        self.thread.fp as usize + usize::from(slot) + above
    }

    /// The vector that starts some slots above the first of an op.
    fn vector(&self, op: &Op, above: usize) -> V128 {
        vector_of(&self.thread.stack[self.at(op.a, above)..])
    }

    /// The number there.
    fn number(&self, op: &Op, above: usize) -> u64 {
        self.thread.stack[self.at(op.a, above)]
    }

    /// Leaves a number as the result of an op.
    fn leave_number(&mut self, op: &Op, number: u64) -> Result<(), TrapKind> {
        let at = self.at(op.a, 0);
        self.thread.stack[at] = number;
        Ok(())
    }
}

/// The vector in the first two slots.
fn vector_of(slots: &[u64]) -> V128 {
    (u128::from(slots[0]) | u128::from(slots[1]) << 64).to_le_bytes()
}

fn slots_of(vector: V128) -> [u64; 2] {
    let bits = u128::from_le_bytes(vector);
    [bits as u64, (bits >> 64) as u64]
}
