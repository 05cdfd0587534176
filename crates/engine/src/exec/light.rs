//! Rare ops of which many stand in a row, or among those of the loop: objects, memories beyond the
//! first. They leave neither the function nor move the stack or a memory: so a run of them is done at
//! once, and the loop goes on where it was left.
//!
//! What is not done here has had no effect, and [`super::rare`] does it: so traps, limits and costs
//! that depend on values are seen to in one place alone. The loop itself calls none of this: values
//! that a call may need are kept out of registers at every op (measured in Firefox: twice the time
//! of a loop of stores).
//!
//! Vectors are the other way round: only the loop over the fast stream has them, and does them one by
//! one for the step stream.

use super::cells::{self, Slots};
use super::driver::LOOPS;
use super::{FUEL_GUARD, Flow, access, aggregate, atomic, bulk, casts, rare};
use crate::compile::ALONE;
use crate::isa::{Atomic, Op, OpCode, for_each_op};
use crate::machine::Machine;

impl Machine {
    /// Does the op of the fast stream at which the loop was left, and those after it, as long as
    /// they are light. `false` if the first is not.
    pub(super) fn do_light(&mut self) -> bool {
        let first = self.thread.pc;
        // Safety: the frame is one in the stack, and a path ends with an op that is not light.
        unsafe {
            let slots = Slots::at(self.thread.stack.as_mut_ptr(), self.thread.fp);
            let start: *const Op = self.code.fast.as_ptr();
            let mut ip = start.add(first as usize);
            loop {
                if other(self, slots, &*ip) {
                    ip = ip.add(1);
                } else if is_paid((*ip).code)
                    && let Some(next) = paid(self, slots, ip)
                {
                    ip = next;
                } else {
                    break;
                }
            }
            self.thread.pc = ip.offset_from(start) as u32;
        }
        self.thread.pc != first
    }

    /// Does an op that only the loop over the fast stream knows, if it does not trap.
    fn do_in_loop(&mut self, op: Op) -> bool {
        let pc = self.thread.pc;
        self.code.fast[ALONE as usize] = op;
        self.thread.pc = ALONE;
        LOOPS[0](self);
        let is_done = self.thread.pc != ALONE;
        self.thread.pc = pc;
        is_done
    }

    /// Does one op of the step stream, if that is light; else nothing.
    pub(super) fn do_light_step(&mut self, op: Op) -> bool {
        // Safety: the frame is one in the stack.
        unsafe {
            let slots = Slots::at(self.thread.stack.as_mut_ptr(), self.thread.fp);
            other(self, slots, &op) || is_vector(op.code) && self.do_in_loop(op)
        }
    }
}

/// Does an op that is light and not the loop's; else nothing.
///
/// # Safety
/// The op is one of the function whose frame it is.
#[inline(never)]
unsafe fn other(m: &mut Machine, slots: Slots, op: &Op) -> bool {
    macro_rules! is_done {
        (far_load $base:ident $f:ident $n:literal) => {
            // Safety: as the caller says.
            unsafe { access::load(m, slots, op, $n, cells::$f) }
        };
        (far_store $base:ident $f:ident $n:literal) => {
            // Safety: as the caller says.
            unsafe { access::store(m, slots, op, $n, cells::$f) }
        };
        (v load $f:ident $n:literal) => {
            // Safety: as the caller says.
            unsafe { vector_access(m, slots, *op, op.c) }
        };
        (v store_lane 16) => {
            // Safety: as the caller says.
            unsafe { vector_access(m, slots, *op, op.a) }
        };
        (v load_lane $n:literal) => {
            // Safety: as the caller says.
            unsafe { access::load_lane(m, slots, op, $n) }
        };
        (v store_lane $n:literal) => {
            // Safety: as the caller says.
            unsafe { access::store_lane(m, slots, op, $n) }
        };
        (v global_get) => {{
            let global = op.x as usize;
            // Safety: as the caller says.
            unsafe {
                slots.set(op.a, m.store.globals[global]);
                slots.set(op.a + 1, m.store.global_highs[global]);
            }
            true
        }};
        (v global_set) => {{
            let global = op.x as usize;
            // Safety: as the caller says.
            unsafe {
                m.store.globals[global] = slots.get(op.a);
                m.store.global_highs[global] = slots.get(op.a + 1);
            }
            true
        }};
        (rare struct_new) => {{
            let has_room = m.has_room(op.c.into());
            if has_room {
                m.add_struct(*op);
            }
            has_room
        }};
        (rare struct_new_default) => {{
            let n_cells = m.store.types.layout(op.x).n_cells();
            let has_room = m.has_room(n_cells.into());
            if has_room {
                m.add_default_struct(*op);
            }
            has_room
        }};
        (rare array_new_fixed) => {{
            let n_cells = m.store.types.layout(op.x).array_cells(op.y);
            m.has_room(n_cells) && next(aggregate::array_new_fixed(m, *op))
        }};
        (rare struct_get) => {
            next(aggregate::struct_get(m, *op))
        };
        (rare struct_get_s) => {
            next(aggregate::struct_get_s(m, *op))
        };
        (rare struct_set) => {
            next(aggregate::struct_set(m, *op))
        };
        (rare array_get) => {
            next(aggregate::array_get(m, *op))
        };
        (rare array_get_s) => {
            next(aggregate::array_get_s(m, *op))
        };
        (rare array_set) => {
            next(aggregate::array_set(m, *op))
        };
        (rare array_len) => {
            next(aggregate::array_len(m, *op))
        };
        (rare ref_test) => {
            next(casts::ref_test(m, *op))
        };
        (rare ref_cast) => {
            next(casts::ref_cast(m, *op))
        };
        (rare memory_size) => {
            next(bulk::memory_size(m, *op))
        };
        (rare table_get) => {
            next(bulk::table_get(m, *op))
        };
        (rare table_set) => {
            next(bulk::table_set(m, *op))
        };
        (atomic $kind:ident $n:literal) => {
            next(atomic::exec(m, *op, Atomic::$kind, $n))
        };
        (wide $f:ident $n:literal) => {
            next(rare::wide(m, *op, crate::ops::wide::$f))
        };
        ($($other:tt)*) => {
            false
        };
    }
    macro_rules! dispatch {
        ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
            match op.code {
                $(OpCode::$name => is_done!($($handler)*),)*
            }
        };
    }
    for_each_op!(dispatch)
}

macro_rules! is_vector {
    (v $($shape:tt)*) => {
        true
    };
    ($($other:tt)*) => {
        false
    };
}

macro_rules! define_is_vector {
    ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
        fn is_vector(code: OpCode) -> bool {
            match code {
                $(OpCode::$name => is_vector!($($handler)*),)*
            }
        }
    };
}

for_each_op!(define_is_vector);

/// Whether [`paid`] may do it.
#[inline(always)]
fn is_paid(code: OpCode) -> bool {
    use OpCode::{ArrayNew, ArrayNewDefault, BrOnCast, BrOnCastFail};
    matches!(code, ArrayNew | ArrayNewDefault | BrOnCast | BrOnCastFail)
}

/// Does an op of the fast stream that pays out of what the loop may spend: a branch on a type, or a
/// new array. Gives the op to go on with; `None` if nothing was done.
///
/// # Safety
/// The op is one of the function whose frame it is.
#[inline(never)]
unsafe fn paid(m: &mut Machine, slots: Slots, ip: *const Op) -> Option<*const Op> {
    // Safety: as the caller says; a branch is followed by its target, and that by another op.
    unsafe {
        let op = *ip;
        match op.code {
            OpCode::BrOnCast | OpCode::BrOnCastFail => {
                let target = &*ip.add(1);
                if casts::is_of_type(m, op) != (op.code == OpCode::BrOnCast) {
                    return Some(ip.add(2));
                }
                let after = m.thread.fuel.wrapping_sub(target.y);
                if target.c > 1 || after & FUEL_GUARD != 0 {
                    return None;
                }
                m.thread.fuel = after;
                if target.c != 0 {
                    slots.set(target.b, slots.get::<u64>(target.a));
                }
                let from: *const Op = target;
                // The meter of a path that was paid.
                Some(from.byte_offset(target.x as i32 as isize).add(1))
            }
            OpCode::ArrayNew | OpCode::ArrayNewDefault => {
                let is_filled = op.code == OpCode::ArrayNew;
                let len = aggregate::new_len(m, op, is_filled);
                let n_cells = m.store.types.layout(op.x).array_cells(len);
                if !m.has_room(n_cells) {
                    return None;
                }
                let fuel = m.thread.fuel;
                let gas = i64::from(fuel >> 16);
                m.thread.run_gas += gas;
                let is_done = next(match is_filled {
                    true => aggregate::array_new(m, op),
                    false => aggregate::array_new_default(m, op),
                });
                let left = m.thread.run_gas.min(gas);
                m.thread.run_gas -= left;
                m.thread.fuel = (left as u32) << 16 | fuel & 0xffff;
                is_done.then(|| ip.add(1))
            }
            _ => None,
        }
    }
}

/// Does the load or store of a vector whose address is in a slot. The loop knows the first memory:
/// for this op that is the one which it names, and its offset is added to the address.
///
/// # Safety
/// The op is one of the function whose frame it is, and its operands are in their places.
unsafe fn vector_access(m: &mut Machine, slots: Slots, op: Op, slot: u16) -> bool {
    if op.b == 0 && op.y == 0 {
        return m.do_in_loop(op);
    }
    // Safety: as the caller says.
    let address: u64 = unsafe { slots.get(slot) };
    let Some(start) = address.checked_add(op.imm64()) else {
        return false;
    };
    let first = m.thread.memory;
    let (memory, _) = m.access_place(op);
    m.thread.memory = memory.0;
    // Safety: as the caller says.
    unsafe { slots.set(slot, start) };
    let is_done = m.do_in_loop(Op {
        b: 0,
        x: 0,
        y: 0,
        ..op
    });
    m.thread.memory = first;
    if !is_done {
        // Safety: as the caller says.
        unsafe { slots.set(slot, address) };
    }
    is_done
}

fn next(flow: Flow) -> bool {
    matches!(flow, Flow::Next)
}
