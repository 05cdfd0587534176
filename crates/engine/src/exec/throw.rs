//! Instructions that throw.

use super::Flow;
use crate::index::ObjectAddr;
use crate::isa::Op;
use crate::machine::{Machine, ObjectKind, TrapKind};

/// `throw`.
pub(super) fn throw(m: &mut Machine, op: Op) -> Flow {
    let first = m.thread.fp as usize + usize::from(op.a);
    let slots = m.thread.stack[first..first + usize::from(op.c)].to_vec();
    m.deliver(op.x, &slots, None)
}

/// `throw_ref`.
pub(super) fn throw_ref(m: &mut Machine, op: Op) -> Flow {
    let slot = m.thread.stack[m.thread.fp as usize + usize::from(op.a)];
    if slot == 0 {
        return TrapKind::NullExceptionReference.into();
    }
    let heap = &m.store.heap;
    let object = heap.get(ObjectAddr(slot as u32));
    let Some((object, ObjectKind::Exception(tag))) = object.map(|object| (object, object.kind))
    else {
        unreachable!("a reference to an exception keeps it there")
    };
    let slots: Vec<u64> = heap.slots(object).collect();
    m.deliver(tag, &slots, Some(slot))
}
