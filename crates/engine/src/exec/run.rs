//! The loop.
//!
//! One set of handlers, compiled twice: fast, in which blocks are paid as a whole at their meters,
//! and exact, in which each op is paid before it runs. Only `ip`, `slots`, the memory, `gas` and
//! `ticks` live in the loop; everything rare is a call out of line.

use super::cells::{self, Slots};
use super::{Exit, Flow, bulk, calls};
use crate::isa::{Op, OpCode, for_each_op};
use crate::machine::{Machine, SPECIAL, TrapKind};
use crate::ops::convert::*;
use crate::ops::float::*;
use crate::ops::int::*;
use crate::ops::ref_is_null;

/// Runs from the thread's position until something ends the run. Entered in the fast mode, the
/// position must be a meter.
#[inline(never)]
pub(super) fn run<const EXACT: bool>(m: &mut Machine) -> Exit {
    let mut code: *const Op = m.code.ops.as_ptr();
    // Safety, here and below: see the head of this room. `ip` is always an op of the code.
    let mut ip: *const Op = unsafe { code.add(m.thread.pc as usize) };
    let mut slots = unsafe { Slots::at(m.thread.stack.as_mut_ptr(), m.thread.fp) };
    let mut gas: i64 = m.thread.run_gas;
    let mut ticks: i64 = m.thread.run_ticks;
    let (mut memory, mut memory_len): (*mut u8, u64) = memory_of(m);

    /// Position of an op.
    macro_rules! pc_of {
        ($ip:expr) => {
            unsafe { $ip.offset_from(code) as u32 }
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
    macro_rules! reload {
        () => {
            code = m.code.ops.as_ptr();
            ip = unsafe { code.add(m.thread.pc as usize) };
            slots = unsafe { Slots::at(m.thread.stack.as_mut_ptr(), m.thread.fp) };
            gas = m.thread.run_gas;
            (memory, memory_len) = memory_of(m);
        };
    }
    macro_rules! exit {
        ($exit:expr) => {{
            let exit = $exit;
            save!();
            return exit;
        }};
    }
    /// Goes to a block by its meter, which is paid here.
    macro_rules! enter {
        ($meter:expr) => {{
            ip = $meter;
            if !EXACT {
                let (x, y) = unsafe { ((*ip).x, (*ip).y) };
                let (gas_after, ticks_after) = (gas - i64::from(x), ticks - i64::from(y));
                if (gas_after | ticks_after) < 0 {
                    exit!(Exit::GoExact);
                }
                (gas, ticks) = (gas_after, ticks_after);
                ip = unsafe { ip.add(1) };
            }
            continue;
        }};
    }
    /// The op that lies a number of ops ahead of (or behind) another.
    macro_rules! ahead {
        ($ip:expr, $distance:expr) => {
            unsafe { $ip.offset($distance as i32 as isize) }
        };
    }
    macro_rules! pay {
        ($cost:expr) => {{
            let cost: i64 = $cost;
            if cost != 0 {
                if gas < cost {
                    exit!(Exit::Short);
                }
                gas -= cost;
            }
        }};
    }
    /// Enters a function of the same instance whose arguments start at a slot.
    macro_rules! call {
        ($entry:expr, $first:expr) => {{
            let (entry, first): (*const Op, u16) = ($entry, $first);
            let (n_params, n_locals, n_slots) = unsafe { ((*entry).a, (*entry).b, (*entry).c) };
            let callee = unsafe { slots.moved(first as isize) };
            let used = unsafe { callee.pointer().offset_from(m.thread.stack.as_ptr()) as usize };
            if used + n_slots as usize > m.thread.stack.len() {
                save!();
                if !calls::grow_stack(m, used + n_slots as usize) {
                    exit!(Exit::Trap(TrapKind::CallStackExhausted));
                }
                reload!();
                continue_call!(entry, first, n_params, n_locals);
            }
            continue_call!(entry, first, n_params, n_locals);
        }};
    }
    macro_rules! continue_call {
        ($entry:expr, $first:expr, $n_params:expr, $n_locals:expr) => {{
            let return_to = u64::from(pc_of!(ip)) + 1;
            unsafe {
                slots = slots.moved($first as isize);
                slots.clear($n_params, $n_locals);
                slots.set($n_locals, return_to | u64::from($first) << 32);
            }
            enter!($entry);
        }};
    }
    /// What each handler of the table does.
    macro_rules! exec {
        ($op:ident unary $f:ident) => {
            unsafe { slots.set($op.a, $f(slots.get($op.a))) }
        };
        ($op:ident binary $f:ident) => {
            unsafe { slots.set($op.a, $f(slots.get($op.a), slots.get_after($op.a, 1))) }
        };
        ($op:ident try_unary $f:ident) => {
            match unsafe { $f(slots.get($op.a)) } {
                Ok(value) => unsafe { slots.set($op.a, value) },
                Err(kind) => exit!(Exit::Trap(kind)),
            }
        };
        ($op:ident try_binary $f:ident) => {
            match unsafe { $f(slots.get($op.a), slots.get_after($op.a, 1)) } {
                Ok(value) => unsafe { slots.set($op.a, value) },
                Err(kind) => exit!(Exit::Trap(kind)),
            }
        };
        ($op:ident count $f:ident) => {{
            let n = unsafe { $f(slots.get($op.a)) };
            pay!(i64::from($op.x) * n as i64);
            unsafe { slots.set($op.a, n) };
        }};
        ($op:ident const32) => {
            unsafe { slots.set($op.a, $op.x) }
        };
        ($op:ident const64) => {
            unsafe { slots.set($op.a, $op.imm64()) }
        };
        ($op:ident local_get) => {
            unsafe { slots.set($op.a, slots.get::<u64>($op.b)) }
        };
        ($op:ident local_set) => {
            unsafe { slots.set($op.b, slots.get::<u64>($op.a)) }
        };
        ($op:ident global_get) => {
            // Safety: translation only names globals that are there; they are never removed.
            unsafe { slots.set($op.a, *m.store.globals.get_unchecked($op.x as usize)) }
        };
        ($op:ident global_set) => {
            // Safety: as for reading.
            unsafe { *m.store.globals.get_unchecked_mut($op.x as usize) = slots.get($op.a) }
        };
        ($op:ident select) => {
            unsafe {
                if slots.get_after::<u32>($op.a, 2) == 0 {
                    slots.set($op.a, slots.get_after::<u64>($op.a, 1));
                }
            }
        };
        ($op:ident load $f:ident $n:literal) => {{
            let address = unsafe { u64::from(slots.get::<u32>($op.a)) } + u64::from($op.x);
            if address + $n > memory_len {
                exit!(Exit::Trap(TrapKind::MemoryOutOfBounds));
            }
            // Safety: the bytes were just found to lie in the memory.
            unsafe { slots.set($op.a, cells::$f(memory, address)) }
        }};
        ($op:ident store $f:ident $n:literal) => {{
            let address = unsafe { u64::from(slots.get::<u32>($op.a)) } + u64::from($op.x);
            if address + $n > memory_len {
                exit!(Exit::Trap(TrapKind::MemoryOutOfBounds));
            }
            // Safety: the bytes were just found to lie in the memory.
            unsafe { cells::$f(memory, address, slots.get_after($op.a, 1)) }
        }};
        ($op:ident nop) => {{}};
        ($op:ident unreachable) => {
            exit!(Exit::Trap(TrapKind::Unreachable))
        };
        ($op:ident jump) => {
            enter!(ahead!(ip, $op.x))
        };
        ($op:ident br_copy) => {{
            unsafe { slots.copy_down($op.a, $op.b, $op.c) };
            enter!(ahead!(ip, $op.x))
        }};
        ($op:ident br_if) => {
            if unsafe { slots.get::<u32>($op.a) } != 0 {
                pay!(i64::from($op.y));
                enter!(ahead!(ip, $op.x))
            } else {
                enter!(ip.wrapping_add(1))
            }
        };
        ($op:ident br_if_copy) => {
            if unsafe { slots.get_after::<u32>($op.a, $op.c as usize) } != 0 {
                pay!(i64::from($op.y));
                unsafe { slots.copy_down($op.a, $op.b, $op.c) };
                enter!(ahead!(ip, $op.x))
            } else {
                enter!(ip.wrapping_add(1))
            }
        };
        ($op:ident br_table) => {{
            let choice = unsafe { slots.get::<u32>($op.a) }.min($op.x);
            // The targets follow the op, the default last.
            let target = ip.wrapping_add(1 + choice as usize);
            let (a, b, c, x, y) = unsafe {
                (
                    (*target).a,
                    (*target).b,
                    (*target).c,
                    (*target).x,
                    (*target).y,
                )
            };
            pay!(i64::from(y));
            unsafe { slots.copy_down(a, b, c) };
            enter!(ahead!(target, x))
        }};
        ($op:ident if) => {
            if unsafe { slots.get::<u32>($op.a) } != 0 {
                enter!(ip.wrapping_add(1))
            } else {
                enter!(ahead!(ip, $op.x))
            }
        };
        ($op:ident call) => {
            call!(ahead!(ip, $op.x), $op.a)
        };
        ($op:ident call_indirect) => {{
            // Safety: translation only names tables that are there; they are never removed.
            let elements = unsafe { &m.store.tables.get_unchecked($op.y as usize).elements };
            let element = match elements.get(unsafe { slots.get::<u32>($op.b) } as usize) {
                None => exit!(Exit::Trap(TrapKind::UndefinedElement)),
                Some(0) => exit!(Exit::Trap(TrapKind::UninitializedElement)),
                Some(element) => *element as u32 - 1,
            };
            // Safety: a reference only points to a function that is there.
            let func = unsafe { m.store.funcs.get_unchecked(element as usize) };
            if func.ty != $op.x {
                exit!(Exit::Trap(TrapKind::IndirectCallTypeMismatch));
            }
            if func.is_ready_in(m.thread.instance) {
                call!(unsafe { code.add(func.entry as usize) }, $op.a)
            }
            let first = $op.a;
            save!();
            match calls::call(m, element, first) {
                Flow::Exit(exit) => return exit,
                Flow::Next | Flow::Jump => {
                    reload!();
                    continue;
                }
            }
        }};
        ($op:ident return) => {{
            let (from, n_results) = ($op.a, $op.c);
            let link: u64 = unsafe { slots.get($op.b) };
            unsafe { slots.copy_down(from, 0, n_results) };
            if link & SPECIAL != 0 {
                save!();
                if !calls::leave(m, link) {
                    return Exit::Finished;
                }
                reload!();
                enter!(ip);
            }
            slots = unsafe { slots.moved(-((link >> 32) as u32 as isize)) };
            enter!(unsafe { code.add(link as u32 as usize) });
        }};
        ($op:ident slow $f:ident) => {{
            let op = *$op;
            save!();
            match bulk::$f(m, op) {
                Flow::Exit(exit) => return exit,
                Flow::Next | Flow::Jump => {}
            }
            gas = m.thread.run_gas;
            (memory, memory_len) = memory_of(m);
        }};
        ($op:ident control $f:ident) => {{
            let op = *$op;
            save!();
            match calls::$f(m, op) {
                Flow::Exit(exit) => return exit,
                Flow::Next | Flow::Jump => {
                    reload!();
                    continue;
                }
            }
        }};
        ($op:ident meter) => {
            if EXACT {
                unreachable!("the exact mode passes meters before it takes an op")
            } else {
                enter!(ip)
            }
        };
        ($op:ident break) => {
            exit!(Exit::Break)
        };
        ($op:ident pseudo) => {
            unreachable!("no path of control leads to this op")
        };
    }

    loop {
        if EXACT {
            let mut op = unsafe { &*ip };
            while op.is_meter() {
                if gas >= i64::from(op.x) && ticks >= i64::from(op.y) {
                    exit!(Exit::GoFast);
                }
                ip = ip.wrapping_add(1);
                op = unsafe { &*ip };
            }
            if ticks == 0 {
                exit!(Exit::Paused);
            }
            let cost = i64::from(m.code.infos[pc_of!(ip) as usize].gas);
            if gas < cost {
                exit!(Exit::OutOfGas);
            }
            gas -= cost;
            ticks -= 1;
        }
        let op = unsafe { &*ip };
        macro_rules! dispatch {
            ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
                match op.code {
                    $(OpCode::$name => { exec!(op $($handler)*) })*
                }
            };
        }
        #[allow(unreachable_code)]
        {
            for_each_op!(dispatch);
        }
        ip = ip.wrapping_add(1);
    }
}

/// The bytes of the running instance's first memory.
#[inline(always)]
fn memory_of(m: &mut Machine) -> (*mut u8, u64) {
    match m.store.memories.get_mut(m.thread.memory as usize) {
        Some(memory) => (memory.bytes.as_mut_ptr(), memory.bytes.len() as u64),
        None => (std::ptr::null_mut(), 0),
    }
}
