//! What the loop leaves out of line: rare instructions, and the rare cases of frequent ones.

use super::{Exit, Flow, access, aggregate, atomic, bulk, calls, casts, cells};
use crate::isa::{Atomic, Op, OpCode, for_each_op};
use crate::machine::Machine;

/// Executes the op at the thread's position and moves the thread on. `false` if the loop is to be
/// left; the thread then says why.
#[inline(never)]
pub(super) fn exec<const EXACT: bool>(m: &mut Machine) -> bool {
    let stream = match EXACT {
        true => &m.code.ops,
        false => &m.code.fast,
    };
    let op = stream[m.thread.pc as usize];
    match dispatch(m, op) {
        Flow::Next => m.thread.pc += 1,
        Flow::Jump => {}
        Flow::Exit(exit) => {
            m.thread.exit = exit;
            return false;
        }
    }
    true
}

fn dispatch(m: &mut Machine, op: Op) -> Flow {
    macro_rules! exec {
        (rare $f:ident) => {
            $f(m, op)
        };
        (far_load $base:ident $f:ident $n:literal) => {
            access::load(m, op, $n, cells::$f)
        };
        (far_store $base:ident $f:ident $n:literal) => {
            access::store(m, op, $n, cells::$f)
        };
        (atomic $kind:ident $n:literal) => {
            atomic::exec(m, op, Atomic::$kind, $n)
        };
        (wide $f:ident $n:literal) => {
            wide(m, op, crate::ops::wide::$f)
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
            count(m, op, crate::ops::int::$f(slot_as(m, op)).into())
        };
        (load_r $($rest:tt)*) => {
            Flow::Exit(Exit::Unfuse)
        };
        (store_r $($rest:tt)*) => {
            Flow::Exit(Exit::Unfuse)
        };
        ($($other:tt)*) => {
            unreachable!("{:?} is not rare", op.code)
        };
    }
    macro_rules! dispatch {
        ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
            match op.code {
                $(OpCode::$name => exec!($($handler)*),)*
            }
        };
    }
    use aggregate::*;
    use bulk::*;
    use calls::{
        call_indirect, call_ref, call_slow, return_call, return_call_indirect, return_call_ref,
    };
    use casts::*;
    for_each_op!(dispatch)
}

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

fn slot_as<O: Operand>(m: &Machine, op: Op) -> O {
    O::from_slot(m.thread.stack[(m.thread.fp + u32::from(op.a)) as usize])
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
    let choice = slot_as::<u32>(m, op).min(op.x);
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
fn wide<const N: usize>(m: &mut Machine, op: Op, f: fn([u64; N]) -> [u64; 2]) -> Flow {
    let first = (m.thread.fp + u32::from(op.a)) as usize;
    let mut operands = [0; N];
    operands.copy_from_slice(&m.thread.stack[first..first + N]);
    m.thread.stack[first..first + 2].copy_from_slice(&f(operands));
    Flow::Next
}
