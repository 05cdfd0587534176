//! Vector instructions, out of line: one function for all of them, by shape.
//!
//! A vector lies in two slots, its first lane in the lowest bits of the first. Ops name in `a` the
//! lowest slot of their operands, which is also that of the result, and in `c` a lane. Loads and
//! stores are accesses as in [`super::access`]. They are computed where they lie.
//!
//! Spec: [vector instructions](https://webassembly.github.io/spec/core/exec/instructions.html#vector-instructions).

use waspnest_lanes::*;

use super::cells::Slots;
use crate::isa::{Op, OpCode, for_each_op};
use crate::machine::Machine;

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

/// Executes a vector instruction on the slots of its frame. `false` if it is none, or if it traps,
/// which is when it accesses bytes that are not there; then it has had no effect.
///
/// # Safety
/// The op is one of the function whose frame it is.
#[inline(always)]
pub(super) unsafe fn exec(m: &mut Machine, slots: Slots, op: &Op) -> bool {
    // Safety: as the caller says, the op's operands are slots of the frame. Those of one op do not
    // overlap.
    let operand = |above: u16| unsafe { slots.vector(op.a + above) };
    let number = |above: u16| unsafe { slots.get::<u64>(op.a + above) };
    let leave_number = |number: u64| unsafe { slots.set(op.a, number) };
    let lane = usize::from(op.c);
    match SHAPES[op.code as usize] {
        Shape::None => return false,
        Shape::Unary(f) => f(operand(0)),
        Shape::Binary(f) => f(operand(0), operand(2)),
        Shape::Ternary(f) => f(operand(0), operand(2), operand(4)),
        Shape::Shift(f) => f(operand(0), number(2) as u32),
        Shape::Test(f) => leave_number(f(operand(0)).into()),
        Shape::Splat(f) => f(operand(0), number(0)),
        Shape::Extract(f) => leave_number(f(operand(0), lane)),
        Shape::Replace(f) => f(operand(0), number(2), lane),
        Shape::Shuffle => i8x16_shuffle(operand(0), operand(2), &m.code.vectors[op.x as usize]),
        Shape::Constant => *operand(0) = m.code.vectors[op.x as usize],
        Shape::Load(n, f) => {
            let Some(bytes) = m.accessed_at(number(0), op, n.into()) else {
                return false;
            };
            let a = operand(0);
            *a = [0; 16];
            copy(a, bytes, n);
            f(a);
        }
        Shape::LoadLane(n) => {
            let Some(bytes) = m.accessed_at(number(0), op, n.into()) else {
                return false;
            };
            let mut a = *operand(1);
            copy(&mut a[lane * usize::from(n)..], bytes, n);
            *operand(0) = a;
        }
        Shape::StoreLane(n) => {
            let Some(bytes) = m.accessed_at(number(0), op, n.into()) else {
                return false;
            };
            copy(bytes, &operand(1)[lane * usize::from(n)..], n);
        }
        Shape::LocalGet => *operand(0) = unsafe { *slots.vector(op.b) },
        Shape::LocalSet => unsafe { *slots.vector(op.b) = *operand(0) },
        Shape::GlobalGet => {
            let global = op.x as usize;
            leave_number(m.store.globals[global]);
            unsafe { slots.set(op.a + 1, m.store.global_highs[global]) };
        }
        Shape::GlobalSet => {
            let global = op.x as usize;
            [m.store.globals[global], m.store.global_highs[global]] = [number(0), number(1)];
        }
        Shape::Select => {
            if number(4) as u32 == 0 {
                *operand(0) = *operand(2);
            }
        }
    }
    true
}

/// Copies some of the first bytes, by their number: a copy of as many as there happen to be is slow
/// inside a browser's engine.
#[inline(always)]
fn copy(to: &mut [u8], from: &[u8], n: u8) {
    match n {
        16 => to[..16].copy_from_slice(&from[..16]),
        8 => to[..8].copy_from_slice(&from[..8]),
        4 => to[..4].copy_from_slice(&from[..4]),
        2 => to[..2].copy_from_slice(&from[..2]),
        _ => to[0] = from[0],
    }
}
