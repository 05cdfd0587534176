//! What the loop leaves out of line and what is not light: rare instructions, the rare cases of
//! frequent ones, and every trap.

use super::{Exit, Flow, aggregate, atomic, bulk, calls, casts, throw};
use crate::isa::{Atomic, Op, OpCode, for_each_op};
use crate::machine::{Machine, TrapKind};

/// Executes an op that the loop was left for; the thread stands at it.
#[inline(never)]
pub(super) fn exec(m: &mut Machine, op: Op) -> Flow {
    macro_rules! exec {
        (rare $f:ident) => {
            $f(m, op)
        };
        // Of these, those that do not trap are light, or the loop's.
        (far_load $base:ident $f:ident $n:literal) => {
            TrapKind::MemoryOutOfBounds.into()
        };
        (far_store $base:ident $f:ident $n:literal) => {
            TrapKind::MemoryOutOfBounds.into()
        };
        (atomic $kind:ident $n:literal) => {
            atomic::exec(m, op, Atomic::$kind, $n)
        };
        (wide $f:ident $n:literal) => {
            wide(m, op, crate::ops::wide::$f)
        };
        (v $($shape:tt)*) => {
            TrapKind::MemoryOutOfBounds.into()
        };
        (br_copy) => {
            branch(m, 0, op)
        };
        (br_if) => {
            branch(m, 0, op)
        };
        (br_if_copy) => {
            br_if_copy(m, op)
        };
        (br_table) => {
            br_table(m, op)
        };
        (call) => {
            calls::call_again(m, op)
        };
        (call_indirect) => {
            calls::call_indirect(m, op)
        };
        (return) => {
            calls::return_rare(m, op)
        };
        (count $f:ident) => {
            count(m, op, $f(slot_as(m, op, 0)).into())
        };
        (try_unary $f:ident) => {
            match $f(slot_as(m, op, 0)) {
                Err(kind) => kind.into(),
                Ok(_) => unreachable!("the loop does what does not trap"),
            }
        };
        (try_binary $f:ident) => {
            match $f(slot_as(m, op, 0), slot_as(m, op, 1)) {
                Err(kind) => kind.into(),
                Ok(_) => unreachable!("the loop does what does not trap"),
            }
        };
        (load $f:ident $n:literal) => {
            TrapKind::MemoryOutOfBounds.into()
        };
        (store $f:ident $n:literal) => {
            TrapKind::MemoryOutOfBounds.into()
        };
        (unreachable) => {
            TrapKind::Unreachable.into()
        };
        (break) => {
            Flow::Exit(Exit::Break)
        };
        (load_r $($rest:tt)*) => {
            Flow::Exit(Exit::GoExact)
        };
        (store_r $($rest:tt)*) => {
            Flow::Exit(Exit::GoExact)
        };
        (leave) => {
            Flow::Exit(Exit::GoExact)
        };
        (struct_get_r) => {
            Flow::Exit(Exit::GoExact)
        };
        (struct_set_r) => {
            Flow::Exit(Exit::GoExact)
        };
        (array_get_r) => {
            Flow::Exit(Exit::GoExact)
        };
        (array_set_r) => {
            Flow::Exit(Exit::GoExact)
        };
        (array_len_r) => {
            Flow::Exit(Exit::GoExact)
        };
        // All that is left does not leave the loop but for want of fuel.
        ($($other:tt)*) => {
            Flow::Exit(Exit::Refill)
        };
    }
    macro_rules! dispatch {
        ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
            match op.code {
                $(OpCode::$name => exec!($($handler)*),)*
            }
        };
    }
    use crate::ops::convert::*;
    use crate::ops::int::*;
    use crate::ops::reference::*;
    use aggregate::*;
    use bulk::*;
    use calls::{
        call_indirect, call_ref, call_slow, return_call, return_call_indirect, return_call_ref,
    };
    use casts::*;
    use throw::{throw, throw_ref};
    for_each_op!(dispatch)
}

macro_rules! define_in_loop {
    ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$handler:ident $($rest:tt)*] $effect:literal $doc:literal;)*) => {
        /// Whether the loop does the instruction itself as long as it does not trap: then operands
        /// that it reads in the fast stream need not be in their places.
        pub(super) fn is_in_loop(code: OpCode) -> bool {
            let handler = match code {
                $(OpCode::$name => stringify!($handler),)*
            };
            matches!(
                handler,
                "try_unary"
                    | "try_binary"
                    | "load"
                    | "store"
                    | "far_load"
                    | "far_store"
                    | "v"
                    | "unreachable"
                    | "call"
                    | "call_indirect"
            )
        }
    };
}

for_each_op!(define_in_loop);

/// The operand of an op as one of the integer types.
trait Operand {
    fn from_slot(slot: u64) -> Self;
}

impl Operand for u32 {
    fn from_slot(slot: u64) -> u32 {
        slot as u32
    }
}

impl Operand for u64 {
    fn from_slot(slot: u64) -> u64 {
        slot
    }
}

fn slot_as<O: Operand>(m: &Machine, op: Op, n: u32) -> O {
    O::from_slot(m.thread.stack[(m.thread.fp + u32::from(op.a) + n) as usize])
}

/// A branch that is taken: the op, or the target of a table that lies `distance` ops ahead, says
/// where to and what it takes along.
pub(super) fn branch(m: &mut Machine, distance: u32, target: Op) -> Flow {
    // An unconditional branch has its price in its static cost.
    let price = match target.code {
        OpCode::BrCopy => 0,
        _ => i64::from(target.y),
    };
    if m.thread.run_gas < price {
        return Flow::Exit(Exit::Short);
    }
    m.thread.run_gas -= price;
    let from = m.thread.fp as usize + usize::from(target.a);
    let to = m.thread.fp as usize + usize::from(target.b);
    m.thread
        .stack
        .copy_within(from..from + usize::from(target.c), to);
    m.thread.pc = m.thread.pc.wrapping_add(distance).wrapping_add(target.x);
    Flow::Jump
}

fn br_if_copy(m: &mut Machine, op: Op) -> Flow {
    let condition = m.thread.fp as usize + usize::from(op.a) + usize::from(op.c);
    match m.thread.stack[condition] as u32 {
        0 => Flow::Next,
        _ => branch(m, 0, op),
    }
}

fn br_table(m: &mut Machine, op: Op) -> Flow {
    let choice = slot_as::<u32>(m, op, 0).min(op.x);
    let distance = choice + 1;
    let target = m.code.ops[(m.thread.pc + distance) as usize];
    branch(m, distance, target)
}

/// Counts bits at a price for each.
fn count(m: &mut Machine, op: Op, n: u64) -> Flow {
    let price = i64::from(op.x) * n as i64;
    if m.thread.run_gas < price {
        return Flow::Exit(Exit::Short);
    }
    m.thread.run_gas -= price;
    m.thread.stack[(m.thread.fp + u32::from(op.a)) as usize] = n;
    Flow::Next
}

/// Arithmetic on numbers of two slots.
pub(super) fn wide<const N: usize>(m: &mut Machine, op: Op, f: fn([u64; N]) -> [u64; 2]) -> Flow {
    let first = (m.thread.fp + u32::from(op.a)) as usize;
    let mut operands = [0; N];
    operands.copy_from_slice(&m.thread.stack[first..first + N]);
    m.thread.stack[first..first + 2].copy_from_slice(&f(operands));
    Flow::Next
}
