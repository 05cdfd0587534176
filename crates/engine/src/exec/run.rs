//! The loop.
//!
//! One set of handlers, compiled twice: fast, in which blocks are paid as a whole at their meters,
//! and exact, in which each op is paid before it runs. Only `ip`, `slots`, the memory, `gas` and
//! `ticks` live in the loop. Whatever is rare leaves it at one place for [`super::rare`], and all
//! exits share one block: each value more, and each call more, would cost every op its registers.

use super::cells::{self, Slots};
use super::{Exit, rare};
use crate::isa::{Op, OpCode, for_each_op};
use crate::machine::{Machine, SPECIAL, TrapKind};
use crate::ops::convert::*;
use crate::ops::float::*;
use crate::ops::int::*;
use crate::ops::reference::*;

/// Runs from the thread's position until something ends the run. Entered in the fast mode, the
/// position must be a meter. Why it ended is left in the thread: a value to return through memory
/// would cost the loop a register.
#[inline(never)]
pub(super) fn run<const EXACT: bool>(m: &mut Machine) {
    /// The first op of the stream that this mode executes.
    macro_rules! base {
        () => {
            match EXACT {
                true => m.code.ops.as_ptr(),
                false => m.code.fast.as_ptr(),
            }
        };
    }
    // Safety, here and below: see the head of this room. `ip` is always an op of the stream.
    let mut ip: *const Op = unsafe { base!().add(m.thread.pc as usize) };
    let mut slots = unsafe { Slots::at(m.thread.stack.as_mut_ptr(), m.thread.fp) };
    let mut gas: i64 = m.thread.run_gas;
    let mut ticks: i64 = m.thread.run_ticks;
    let (mut memory, mut memory_len): (*mut u8, u64) = memory_of(m);

    /// Position of an op.
    macro_rules! pc_of {
        ($ip:expr) => {
            unsafe { $ip.offset_from(base!()) as u32 }
        };
    }
    macro_rules! save {
        () => {
            m.thread.pc = pc_of!(ip);
            m.thread.fp = unsafe { slots.pointer().offset_from(m.thread.stack.as_ptr()) as u32 };
            m.thread.run_gas = gas;
            m.thread.run_ticks = ticks;
        };
    }
    let exit = 'exit: loop {
        if EXACT {
            let mut op = unsafe { &*ip };
            while op.is_meter() {
                let is_paid = gas >= i64::from(op.x) && ticks >= i64::from(op.y);
                if is_paid && !m.config.step_stream_only {
                    break 'exit Exit::GoFast;
                }
                ip = ip.wrapping_add(1);
                op = unsafe { &*ip };
            }
            if ticks == 0 {
                break 'exit Exit::Paused;
            }
            let cost = i64::from(m.code.infos[pc_of!(ip) as usize].gas);
            if gas < cost {
                break 'exit Exit::OutOfGas;
            }
            gas -= cost;
            ticks -= 1;
        }
        // While a handler runs, `ip` is past its op: each handler goes straight back to this place.
        let op = unsafe { &*ip };
        ip = ip.wrapping_add(1);
        'rare: {
            /// Goes to a block by its meter, which is paid here.
            macro_rules! enter {
                ($meter:expr) => {{
                    ip = $meter;
                    if !EXACT {
                        let (x, y) = unsafe { ((*ip).x, (*ip).y) };
                        let (gas_after, ticks_after) =
                            (gas - i64::from(x), ticks - i64::from(y as u16));
                        if (gas_after | ticks_after) < 0 {
                            break 'exit Exit::GoExact;
                        }
                        (gas, ticks) = (gas_after, ticks_after);
                        ip = unsafe { ip.add(1 + (y >> 16) as usize) };
                    }
                    continue 'exit;
                }};
            }
            /// Leaves the loop at this op.
            macro_rules! stop {
                ($exit:expr) => {{
                    ip = op;
                    break 'exit $exit;
                }};
            }
            /// The op that lies a number of ops ahead of (or behind) another.
            macro_rules! ahead {
                ($op:expr, $distance:expr) => {
                    unsafe { std::ptr::from_ref::<Op>($op).offset($distance as i32 as isize) }
                };
            }
            /// Enters a function of the same instance whose arguments start at a slot.
            macro_rules! call {
                ($entry:expr, $first:expr) => {{
                    let (entry, first): (*const Op, u16) = ($entry, $first);
                    let (n_params, n_locals, n_slots) =
                        unsafe { ((*entry).a, (*entry).b, (*entry).c) };
                    let callee = unsafe { slots.moved(first as isize) };
                    let stack = m.thread.stack.as_ptr();
                    let used = unsafe { callee.pointer().offset_from(stack) as usize };
                    if used + n_slots as usize > m.thread.stack.len() {
                        break 'rare;
                    }
                    let return_to = u64::from(pc_of!(ip));
                    slots = callee;
                    unsafe {
                        slots.clear(n_params, n_locals);
                        slots.set(n_locals, return_to | u64::from(first) << 32);
                    }
                    enter!(entry)
                }};
            }
            /// What each handler of the table does.
            macro_rules! exec {
                (rare $f:ident) => {
                    break 'rare
                };
                (atomic $kind:ident $n:literal) => {
                    break 'rare
                };
                (wide $f:ident $n:literal) => {
                    break 'rare
                };
                (far_load $base:ident $f:ident $n:literal) => {
                    break 'rare
                };
                (far_store $base:ident $f:ident $n:literal) => {
                    break 'rare
                };
                (unary $f:ident) => {
                    unsafe { slots.set(op.a, $f(slots.get(op.a))) }
                };
                (binary $f:ident) => {
                    unsafe { slots.set(op.a, $f(slots.get(op.a), slots.get_after(op.a, 1))) }
                };
                (try_unary $f:ident) => {
                    match unsafe { $f(slots.get(op.a)) } {
                        Ok(value) => unsafe { slots.set(op.a, value) },
                        Err(kind) => stop!(Exit::Trap(kind)),
                    }
                };
                (try_binary $f:ident) => {
                    match unsafe { $f(slots.get(op.a), slots.get_after(op.a, 1)) } {
                        Ok(value) => unsafe { slots.set(op.a, value) },
                        Err(kind) => stop!(Exit::Trap(kind)),
                    }
                };
                (count $f:ident) => {{
                    let n = unsafe { $f(slots.get(op.a)) };
                    if op.x != 0 {
                        break 'rare;
                    }
                    unsafe { slots.set(op.a, n) };
                }};
                (const32) => {
                    unsafe { slots.set(op.a, op.x) }
                };
                (const64) => {
                    unsafe { slots.set(op.a, op.imm64()) }
                };
                (local_get) => {
                    unsafe { slots.set(op.a, slots.get::<u64>(op.b)) }
                };
                (local_set) => {
                    unsafe { slots.set(op.b, slots.get::<u64>(op.a)) }
                };
                (global_get) => {
                    // Safety: translation only names globals that are there; they are never removed.
                    unsafe { slots.set(op.a, *m.store.globals.get_unchecked(op.x as usize)) }
                };
                (global_set) => {
                    // Safety: as for reading.
                    unsafe { *m.store.globals.get_unchecked_mut(op.x as usize) = slots.get(op.a) }
                };
                (select) => {
                    unsafe {
                        if slots.get_after::<u32>(op.a, 2) == 0 {
                            slots.set(op.a, slots.get_after::<u64>(op.a, 1));
                        }
                    }
                };
                (load $f:ident $n:literal) => {{
                    let address = unsafe { u64::from(slots.get::<u32>(op.a)) } + u64::from(op.x);
                    if address + $n > memory_len {
                        stop!(Exit::Trap(TrapKind::MemoryOutOfBounds));
                    }
                    // Safety: the bytes were just found to lie in the memory.
                    unsafe { slots.set(op.a, cells::$f(memory, address)) }
                }};
                (store $f:ident $n:literal) => {{
                    let address = unsafe { u64::from(slots.get::<u32>(op.a)) } + u64::from(op.x);
                    if address + $n > memory_len {
                        stop!(Exit::Trap(TrapKind::MemoryOutOfBounds));
                    }
                    // Safety: the bytes were just found to lie in the memory.
                    unsafe { cells::$f(memory, address, slots.get_after(op.a, 1)) }
                }};
                (r $base:ident $f:ident) => {
                    unsafe { slots.set(op.a, $f(slots.get(op.b))) }
                };
                (rr $base:ident $f:ident) => {
                    unsafe { slots.set(op.a, $f(slots.get(op.b), slots.get(op.c))) }
                };
                (ri $base:ident $f:ident) => {
                    unsafe { slots.set(op.a, $f(slots.get(op.b), immediate(op.imm64()))) }
                };
                (br_rr $base:ident $f:ident) => {{
                    if unsafe { $f(slots.get(op.b), slots.get(op.c)) } == 0 {
                        enter!(ip)
                    }
                    enter!(ahead!(op, op.x))
                }};
                (br_ri $base:ident $f:ident) => {{
                    if unsafe { $f(slots.get(op.b), immediate(op.narrow_immediate())) } == 0 {
                        enter!(ip)
                    }
                    enter!(ahead!(op, op.x))
                }};
                (if_rr $base:ident $f:ident) => {{
                    if unsafe { $f(slots.get(op.b), slots.get(op.c)) } == 0 {
                        enter!(ahead!(op, op.x))
                    }
                    enter!(ip)
                }};
                (if_ri $base:ident $f:ident) => {{
                    if unsafe { $f(slots.get(op.b), immediate(op.narrow_immediate())) } == 0 {
                        enter!(ahead!(op, op.x))
                    }
                    enter!(ip)
                }};
                (load_r $base:ident $f:ident $n:literal) => {{
                    let address = unsafe { u64::from(slots.get::<u32>(op.b)) } + u64::from(op.x);
                    if address + $n > memory_len {
                        break 'rare;
                    }
                    // Safety: the bytes were just found to lie in the memory.
                    unsafe { slots.set(op.a, cells::$f(memory, address)) }
                }};
                (store_r $base:ident $f:ident $n:literal) => {{
                    let address = unsafe { u64::from(slots.get::<u32>(op.a)) } + u64::from(op.x);
                    if address + $n > memory_len {
                        break 'rare;
                    }
                    // Safety: the bytes were just found to lie in the memory.
                    unsafe { cells::$f(memory, address, slots.get(op.b)) }
                }};
                (nop) => {{}};
                (unreachable) => {
                    stop!(Exit::Trap(TrapKind::Unreachable))
                };
                (jump) => {
                    enter!(ahead!(op, op.x))
                };
                (br_copy) => {{
                    if op.c != 1 {
                        break 'rare;
                    }
                    unsafe { slots.set(op.b, slots.get::<u64>(op.a)) };
                    enter!(ahead!(op, op.x))
                }};
                (br_if) => {{
                    if unsafe { slots.get::<u32>(op.a) } == 0 {
                        enter!(ip)
                    }
                    // A price of its own for a taken branch is rare.
                    if op.y != 0 {
                        break 'rare;
                    }
                    enter!(ahead!(op, op.x))
                }};
                (br_if_copy) => {
                    break 'rare
                };
                (br_table) => {{
                    let choice = unsafe { slots.get::<u32>(op.a) }.min(op.x);
                    // The targets follow the op, the default last.
                    let target = unsafe { &*ip.add(choice as usize) };
                    if u32::from(target.c) | target.y != 0 {
                        break 'rare;
                    }
                    enter!(ahead!(target, target.x))
                }};
                (if) => {{
                    if unsafe { slots.get::<u32>(op.a) } == 0 {
                        enter!(ahead!(op, op.x))
                    }
                    enter!(ip)
                }};
                (call) => {
                    call!(ahead!(op, op.x), op.a)
                };
                (call_indirect) => {{
                    // Safety: translation only names tables that are there; they are never
                    // removed. A reference only points to a function that is there.
                    let elements = unsafe { &m.store.tables.get_unchecked(op.y as usize).elements };
                    let index = unsafe { slots.get::<u32>(op.b) } as usize;
                    let element = elements.get(index).copied().unwrap_or(0);
                    if element == 0 {
                        break 'rare;
                    }
                    let func = unsafe { m.store.funcs.get_unchecked(element as usize - 1) };
                    if func.ty != op.x || !func.is_ready_in(m.thread.instance) {
                        break 'rare;
                    }
                    call!(unsafe { base!().add(func.entry as usize) }, op.a)
                }};
                (return) => {{
                    let link: u64 = unsafe { slots.get(op.b) };
                    if link & SPECIAL != 0 || op.c > 1 {
                        break 'rare;
                    }
                    if op.c != 0 {
                        unsafe { slots.set(0, slots.get::<u64>(op.a)) };
                    }
                    slots = unsafe { slots.moved(-((link >> 32) as u32 as isize)) };
                    enter!(unsafe { base!().add(link as u32 as usize) })
                }};
                (meter) => {
                    if EXACT {
                        unreachable!("the exact mode passes meters before it takes an op")
                    } else {
                        enter!(op)
                    }
                };
                (break) => {
                    stop!(Exit::Break)
                };
                (pseudo) => {
                    unreachable!("no path of control leads to this op")
                };
            }
            macro_rules! dispatch {
                ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
                    #[allow(unreachable_code)]
                    match op.code {
                        $(OpCode::$name => { exec!($($handler)*) })*
                    }
                };
            }
            for_each_op!(dispatch);
            continue 'exit;
        }
        ip = op;
        save!();
        if !rare::exec::<EXACT>(m) {
            return;
        }
        ip = unsafe { base!().add(m.thread.pc as usize) };
        slots = unsafe { Slots::at(m.thread.stack.as_mut_ptr(), m.thread.fp) };
        gas = m.thread.run_gas;
        (memory, memory_len) = memory_of(m);
    };
    save!();
    m.thread.exit = exit;
}

/// A constant operand as its instruction takes it.
#[inline(always)]
fn immediate<C: cells::Cell>(bits: u64) -> C {
    C::from_slot(bits)
}

/// The bytes of the running instance's first memory.
#[inline(always)]
fn memory_of(m: &mut Machine) -> (*mut u8, u64) {
    match m.store.memories.get_mut(m.thread.memory as usize) {
        Some(memory) => (memory.bytes.as_mut_ptr(), memory.bytes.len() as u64),
        None => (std::ptr::null_mut(), 0),
    }
}
