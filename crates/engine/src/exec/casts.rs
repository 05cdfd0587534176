//! What a reference points to: tests, casts, and branches on them.
//!
//! Spec: [reference instructions](https://webassembly.github.io/spec/core/exec/instructions.html#reference-instructions).

use super::rare::branch;
use super::{Exit, Flow};
use crate::isa::{Op, ref_type_of_bits};
use crate::machine::{Machine, TrapKind};
use crate::value::Ref;

/// Whether the reference at the op's slot is of the type in its immediates.
pub(super) fn is_of_type(m: &mut Machine, op: Op) -> bool {
    let wanted = ref_type_of_bits(op.x, op.y);
    let target = Ref::from_slot(*m.slot(op, 0), wanted.heap.top());
    m.ref_is(target, wanted)
}

pub(super) fn ref_test(m: &mut Machine, op: Op) -> Flow {
    *m.slot(op, 0) = u64::from(is_of_type(m, op));
    Flow::Next
}

pub(super) fn ref_cast(m: &mut Machine, op: Op) -> Flow {
    match is_of_type(m, op) {
        true => Flow::Next,
        false => Flow::Exit(Exit::Trap(TrapKind::CastFailure)),
    }
}

pub(super) fn br_on_null(m: &mut Machine, op: Op) -> Flow {
    let is_null = *m.slot(op, 0) == 0;
    branch_if(m, is_null)
}

pub(super) fn br_on_non_null(m: &mut Machine, op: Op) -> Flow {
    let is_null = *m.slot(op, 0) == 0;
    branch_if(m, !is_null)
}

pub(super) fn br_on_cast(m: &mut Machine, op: Op) -> Flow {
    let is_taken = is_of_type(m, op);
    branch_if(m, is_taken)
}

pub(super) fn br_on_cast_fail(m: &mut Machine, op: Op) -> Flow {
    let is_taken = !is_of_type(m, op);
    branch_if(m, is_taken)
}

/// Goes to the target that follows the op, or past it.
fn branch_if(m: &mut Machine, is_taken: bool) -> Flow {
    if is_taken {
        let target = m.code.ops[m.thread.pc as usize + 1];
        return branch(m, 1, target);
    }
    m.thread.pc += 2;
    Flow::Jump
}
