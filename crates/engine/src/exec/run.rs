//! The loop.
//!
//! One set of handlers, compiled twice: over the fast stream, where the way ahead is paid as a
//! whole at branches, and over the step stream, where each op is paid before it runs. Only `ip`,
//! `slots`, the memory and what is left to spend live in the loop. It calls nothing and has one
//! way out: whatever is rare leaves it, to be done in [`super::light`] or [`super::rare`] and
//! entered again. Each value more, and each call, would cost every op its registers.

use super::cells::{self, Slots};
use super::{Exit, FUEL_GUARD};
use crate::isa::{Op, for_each_op};
use crate::machine::{Machine, SPECIAL};
use crate::ops::convert::*;
use crate::ops::float::*;
use crate::ops::int::*;
use crate::ops::reference::*;
use waspnest_lanes::*;

/// Runs from the thread's position in the stream until an op is not the loop's, or there is not
/// enough fuel for the way that it takes. The thread then stands at it. In the step stream, the
/// thread says in `exit` whether the op is to be done ([`Exit::Rare`]) or why it is not to run yet.
#[inline(never)]
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
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
    // Safety, here and below: see the head of this room. `ip` is always an op of the stream, at
    // the head of the loop the one before the next: so it is the only position to keep.
    let mut ip: *const Op = unsafe { base!().add(m.thread.pc as usize).sub(1) };
    let mut slots = unsafe { Slots::at(m.thread.stack.as_mut_ptr(), m.thread.fp) };
    let mut gas: i64 = m.thread.run_gas;
    let mut ticks: i64 = m.thread.run_ticks;
    let mut fuel: u32 = m.thread.fuel;
    let (memory, memory_len): (*mut u8, u64) = memory_of(m);

    /// Position of an op.
    macro_rules! pc_of {
        ($ip:expr) => {
            unsafe { $ip.offset_from(base!()) as u32 }
        };
    }
    let exit = 'leave: loop {
        ip = unsafe { ip.add(1) };
        if EXACT {
            let mut op = unsafe { &*ip };
            while op.is_meter() {
                if op.starts_path() && gas >= i64::from(op.x) && ticks >= i64::from(op.y) {
                    break 'leave Exit::GoFast;
                }
                ip = unsafe { ip.add(1) };
                op = unsafe { &*ip };
            }
            if ticks == 0 {
                break 'leave Exit::Paused;
            }
            let cost = i64::from(m.code.infos[pc_of!(ip) as usize].gas);
            if gas < cost {
                break 'leave Exit::OutOfGas;
            }
            gas -= cost;
            ticks -= 1;
        }
        let op = unsafe { &*ip };
        'rare: {
            /// Leaves the loop at this op, for it to be done out of line.
            macro_rules! rare {
                () => {
                    break 'rare
                };
            }
            /// Pays for the way ahead. The op must not have done anything yet.
            macro_rules! pay {
                ($cost:expr) => {
                    if !EXACT {
                        let after = fuel.wrapping_sub($cost);
                        if after & FUEL_GUARD != 0 {
                            break 'rare;
                        }
                        fuel = after;
                    }
                };
            }
            /// The meter that the distance in an op leads to.
            macro_rules! ahead {
                ($op:expr) => {{
                    let from: *const Op = $op;
                    let distance = $op.x as i32 as isize;
                    match EXACT {
                        true => unsafe { from.offset(distance) },
                        false => unsafe { from.byte_offset(distance) },
                    }
                }};
            }
            /// Goes to a meter, which in the fast stream has been paid.
            macro_rules! go {
                ($meter:expr) => {{
                    let meter: *const Op = $meter;
                    ip = match EXACT {
                        true => unsafe { meter.sub(1) },
                        false => meter,
                    };
                    continue 'leave;
                }};
            }
            /// Takes the branch that an op describes.
            macro_rules! branch {
                ($op:expr) => {{
                    pay!($op.y);
                    go!(ahead!($op))
                }};
            }
            /// Takes the branch to the target that follows, or goes on after that.
            macro_rules! branch_on {
                ($is_taken:expr) => {{
                    let target = unsafe { &*ip.add(1) };
                    if $is_taken {
                        if target.c > 1 || EXACT && target.y != 0 {
                            rare!();
                        }
                        pay!(target.y);
                        if target.c != 0 {
                            unsafe { slots.set(target.b, slots.get::<u64>(target.a)) };
                        }
                        go!(ahead!(target))
                    }
                    ip = target;
                }};
            }
            /// Where a position of the step stream is in this stream.
            macro_rules! place {
                ($pc:expr) => {{
                    let pc = $pc as usize;
                    match EXACT {
                        true => unsafe { base!().add(pc) },
                        // Safety: a place that is called or returned to starts a path.
                        false => unsafe { base!().add(*m.code.fast_at.get_unchecked(pc) as usize) },
                    }
                }};
            }
            /// Enters a function of the same instance whose arguments start at a slot.
            macro_rules! call {
                ($entry:expr, $first:expr, $return_to:expr) => {{
                    let (entry, first): (*const Op, u16) = ($entry, $first);
                    let entered = unsafe { &*entry };
                    let callee = unsafe { slots.moved(first as isize) };
                    let stack = &m.thread.stack;
                    if callee.after(entered.c) > stack.as_ptr().wrapping_add(stack.len()) {
                        rare!();
                    }
                    let link = u64::from($return_to) | u64::from(first) << 32;
                    pay!(entered.y);
                    slots = callee;
                    unsafe {
                        slots.clear(entered.a, entered.b);
                        slots.set(entered.b, link);
                    }
                    go!(entry)
                }};
            }
            /// Returns over the link in a slot; before the frame goes, the results are put in place.
            macro_rules! go_back {
                ($link:expr, $put_results:block) => {{
                    let link: u64 = unsafe { slots.get($link) };
                    if link & SPECIAL != 0 {
                        rare!();
                    }
                    let back: *const Op = place!(link as u32);
                    pay!(unsafe { (*back).y });
                    $put_results
                    slots = unsafe { slots.moved(-((link >> 32) as u32 as isize)) };
                    go!(back)
                }};
            }
            /// The bytes of an access that an address and an offset give, if they lie in the memory.
            macro_rules! bytes {
                ($n:literal at $address:expr) => {{
                    let address: u32 = $address;
                    let start = u64::from(address) + u64::from(op.x);
                    if start + $n > memory_len {
                        rare!();
                    }
                    // Safety: that was just found.
                    unsafe { memory.add(start as usize) }
                }};
            }
            /// The same of an access with an address of 64 bits, or one of vectors.
            macro_rules! wide_bytes {
                ($n:literal at $address:expr) => {{
                    let address: u64 = unsafe { slots.get($address) };
                    let start = address.wrapping_add(u64::from(op.x));
                    // Of another memory, or with an offset of more bits, it is not the loop's.
                    let is_far = u32::from(op.b) | op.y != 0;
                    if is_far || address > memory_len || start + $n > memory_len {
                        rare!();
                    }
                    // Safety: that was just found. An address in the memory and an offset of 32
                    // bits have no sum beyond 64 bits.
                    unsafe { memory.add(start as usize) }
                }};
            }
            /// Replaces a copy of the vector in a slot by what is computed, and puts that in place.
            macro_rules! vector {
                (|$vector:ident| $compute:expr) => {
                    unsafe {
                        let mut copy = *slots.vector(op.b);
                        let $vector = &mut copy;
                        $compute;
                        *slots.vector(op.a) = *$vector;
                    }
                };
            }
            /// Handlers of vector instructions. Vectors lie in two slots.
            macro_rules! lanes {
                (unary $f:ident) => {
                    vector!(|vector| $f(vector))
                };
                (binary $f:ident) => {
                    vector!(|vector| $f(vector, slots.vector(op.c)))
                };
                (ternary $f:ident) => {
                    vector!(|vector| $f(vector, slots.vector(op.c), slots.vector(op.x as u16)))
                };
                (shift $f:ident) => {
                    vector!(|vector| {
                        // In the fast stream, a constant.
                        let amount = match op.y {
                            0 => slots.get(op.c),
                            _ => op.x,
                        };
                        $f(vector, amount)
                    })
                };
                (test $f:ident) => {
                    unsafe { slots.set(op.a, $f(slots.vector(op.b))) }
                };
                (splat $f:ident) => {
                    unsafe {
                        let number = slots.get(op.b);
                        $f(slots.vector(op.a), number)
                    }
                };
                (extract $f:ident) => {
                    unsafe { slots.set(op.a, $f(slots.vector(op.b), op.x as usize)) }
                };
                (replace $f:ident) => {
                    unsafe {
                        let number = slots.get(op.c);
                        *slots.vector(op.a) = *slots.vector(op.b);
                        $f(slots.vector(op.a), number, op.x as usize)
                    }
                };
                (shuffle) => {
                    vector!(|vector| {
                        // Safety: translation puts them there.
                        let lanes = m.code.vectors.get_unchecked(op.x as usize);
                        i8x16_shuffle(vector, slots.vector(op.c), lanes)
                    })
                };
                (constant) => {
                    // Safety: as for a shuffle.
                    unsafe { *slots.vector(op.a) = *m.code.vectors.get_unchecked(op.x as usize) }
                };
                (load $f:ident $n:literal) => {{
                    let bytes = wide_bytes!($n at op.c);
                    unsafe {
                        let vector = &mut [0; 16];
                        std::ptr::copy_nonoverlapping(bytes, vector.as_mut_ptr(), $n);
                        $f(vector);
                        *slots.vector(op.a) = *vector;
                    }
                }};
                (store_lane 16) => {{
                    let bytes = wide_bytes!(16 at op.a);
                    unsafe { *bytes.cast() = *slots.vector(op.c) }
                }};
                (local_get) => {
                    unsafe { *slots.vector(op.a) = *slots.vector(op.b) }
                };
                (local_set) => {
                    unsafe { *slots.vector(op.b) = *slots.vector(op.a) }
                };
                (select) => {
                    unsafe {
                        let chosen = match slots.get::<u32>(op.x as u16) {
                            0 => op.c,
                            _ => op.b,
                        };
                        *slots.vector(op.a) = *slots.vector(chosen)
                    }
                };
                ($($other:tt)*) => {
                    rare!()
                };
            }
            /// A slot plus another that is shifted.
            macro_rules! indexed {
                ($base:expr) => {
                    unsafe {
                        let index = slots.get::<u32>(op.c).wrapping_shl(op.y);
                        slots.get::<u32>($base).wrapping_add(index)
                    }
                };
            }
            /// Adds a step to a slot and branches if that satisfies a condition.
            macro_rules! add_and_branch {
                ($step:expr, $f:ident, $other:expr) => {{
                    let sum = unsafe { slots.get::<u32>(op.a) }.wrapping_add($step);
                    if $f(sum, $other) != 0 {
                        pay!(op.y);
                        unsafe { slots.set(op.a, sum) };
                        go!(ahead!(op))
                    }
                    unsafe { slots.set(op.a, sum) };
                }};
            }
            /// Handlers of ops that are in the fast stream alone.
            macro_rules! fused {
                (r $base:ident $f:ident) => {
                    unsafe { slots.set(op.a, $f(slots.get(op.b))) }
                };
                (rr $base:ident $f:ident) => {
                    unsafe { slots.set(op.a, $f(slots.get(op.b), slots.get(op.c))) }
                };
                (ri $base:ident $f:ident) => {
                    unsafe { slots.set(op.a, $f(slots.get(op.b), immediate(op.imm64()))) }
                };
                (ir $base:ident $f:ident) => {
                    unsafe { slots.set(op.a, $f(immediate(op.imm64()), slots.get(op.c))) }
                };
                (try_rr $base:ident $f:ident) => {
                    match unsafe { $f(slots.get(op.b), slots.get(op.c)) } {
                        Ok(value) => unsafe { slots.set(op.a, value) },
                        Err(_) => rare!(),
                    }
                };
                (try_ri $base:ident $f:ident) => {
                    match unsafe { $f(slots.get(op.b), immediate(op.imm64())) } {
                        Ok(value) => unsafe { slots.set(op.a, value) },
                        Err(_) => rare!(),
                    }
                };
                (pair_ri $second:ident $g:ident $first:ident $f:ident) => {
                    unsafe {
                        let first = $f(slots.get(op.c), immediate(op.imm64()));
                        slots.set(op.a, $g(slots.get(op.b), first))
                    }
                };
                (pair_rr $second:ident $g:ident $first:ident $f:ident) => {
                    unsafe {
                        let first = $f(slots.get(op.b), slots.get(op.c));
                        slots.set(op.a, $g(first, slots.get(op.x as u16)))
                    }
                };
                (br_rr $base:ident $f:ident) => {
                    if unsafe { $f(slots.get(op.b), slots.get(op.c)) } != 0 {
                        branch!(op)
                    }
                };
                (br_ri $base:ident $f:ident) => {
                    if unsafe { $f(slots.get(op.b), immediate(op.narrow_immediate())) } != 0 {
                        branch!(op)
                    }
                };
                (if_rr $base:ident $f:ident) => {
                    if unsafe { $f(slots.get(op.b), slots.get(op.c)) } == 0 {
                        branch!(op)
                    }
                };
                (if_ri $base:ident $f:ident) => {
                    if unsafe { $f(slots.get(op.b), immediate(op.narrow_immediate())) } == 0 {
                        branch!(op)
                    }
                };
                (inc_rr $base:ident $f:ident) => {
                    add_and_branch!(short(op.c), $f, unsafe { slots.get(op.b) })
                };
                (inc_ri $base:ident $f:ident) => {
                    add_and_branch!(short(op.c), $f, short(op.b))
                };
                (step_rr $base:ident $f:ident) => {
                    add_and_branch!(unsafe { slots.get(op.c) }, $f, unsafe { slots.get(op.b) })
                };
                (load_r $base:ident $f:ident $n:literal) => {{
                    let bytes = bytes!($n at unsafe { slots.get(op.b) });
                    unsafe { slots.set(op.a, cells::$f(bytes)) }
                }};
                (load_x $base:ident $f:ident $n:literal) => {{
                    let bytes = bytes!($n at indexed!(op.b));
                    unsafe { slots.set(op.a, cells::$f(bytes)) }
                }};
                (load_a $base:ident $f:ident $n:literal) => {{
                    let bytes = bytes!($n at unsafe { slots.get::<u32>(op.b) }.wrapping_add(op.y));
                    unsafe { slots.set(op.a, cells::$f(bytes)) }
                }};
                (load_k $base:ident $f:ident $n:literal) => {{
                    let bytes = bytes!($n at op.y);
                    unsafe { slots.set(op.a, cells::$f(bytes)) }
                }};
                (store_r $base:ident $f:ident $n:literal) => {{
                    let bytes = bytes!($n at unsafe { slots.get(op.a) });
                    unsafe { cells::$f(bytes, slots.get(op.b)) }
                }};
                (store_x $base:ident $f:ident $n:literal) => {{
                    let bytes = bytes!($n at indexed!(op.a));
                    unsafe { cells::$f(bytes, slots.get(op.b)) }
                }};
                (store_a $base:ident $f:ident $n:literal) => {{
                    let bytes = bytes!($n at unsafe { slots.get::<u32>(op.a) }.wrapping_add(op.y));
                    unsafe { cells::$f(bytes, slots.get(op.b)) }
                }};
                (store_k $base:ident $f:ident $n:literal) => {{
                    let bytes = bytes!($n at op.y);
                    unsafe { cells::$f(bytes, slots.get(op.b)) }
                }};
                (store_c $base:ident $f:ident $n:literal) => {{
                    let bytes = bytes!($n at unsafe { slots.get(op.a) });
                    unsafe { cells::$f(bytes, op.y as i32 as u64) }
                }};
                (move_two) => {
                    unsafe {
                        slots.set(op.a, slots.get::<u64>(op.b));
                        slots.set(op.c, slots.get::<u64>(op.x as u16));
                    }
                };
                (global_add) => {
                    // Safety: as for reading a global.
                    unsafe {
                        let global = m.store.globals.get_unchecked_mut(op.x as usize);
                        let sum = (*global as u32).wrapping_add(op.y);
                        *global = u64::from(sum);
                        slots.set(op.a, sum);
                    }
                };
                (global_set_ri) => {
                    // Safety: as for reading a global.
                    unsafe {
                        let sum = slots.get::<u32>(op.b).wrapping_add(op.y);
                        *m.store.globals.get_unchecked_mut(op.x as usize) = u64::from(sum);
                    }
                };
                (select_r) => {
                    unsafe {
                        match slots.get::<u32>(op.x as u16) {
                            0 => slots.set(op.a, slots.get::<u64>(op.c)),
                            _ => slots.set(op.a, slots.get::<u64>(op.b)),
                        }
                    }
                };
                (struct_get_r) => {
                    match m.store.heap.field(unsafe { slots.get(op.c) }, op.b) {
                        Some(cell) => unsafe { slots.set(op.a, u64::from_le_bytes(*cell)) },
                        None => rare!(),
                    }
                };
                (struct_set_r) => {
                    match m.store.heap.field(unsafe { slots.get(op.a) }, op.b) {
                        Some(cell) => *cell = unsafe { slots.get::<u64>(op.c) }.to_le_bytes(),
                        None => rare!(),
                    }
                };
                (array_get_r) => {{
                    let index = unsafe { slots.get(op.c) };
                    match m.store.heap.cell_of(unsafe { slots.get(op.b) }, index, op.x) {
                        Some((cell, bit)) => {
                            let element = u64::from_le_bytes(*cell) >> bit & bits_of(op.x);
                            unsafe { slots.set(op.a, element) }
                        }
                        None => rare!(),
                    }
                }};
                (array_set_r) => {{
                    let index = unsafe { slots.get(op.b) };
                    match m.store.heap.cell_of(unsafe { slots.get(op.a) }, index, op.x) {
                        Some((cell, bit)) => {
                            let others = u64::from_le_bytes(*cell) & !(bits_of(op.x) << bit);
                            let element = unsafe { slots.get::<u64>(op.c) } & bits_of(op.x);
                            *cell = (others | element << bit).to_le_bytes();
                        }
                        None => rare!(),
                    }
                }};
                (array_len_r) => {
                    match m.store.heap.length(unsafe { slots.get(op.b) }) {
                        Some(len) => unsafe { slots.set(op.a, len) },
                        None => rare!(),
                    }
                };
                (return_none) => {
                    go_back!(op.b, {})
                };
                (return_one) => {
                    go_back!(op.b, {
                        unsafe { slots.set(0, slots.get::<u64>(op.a)) }
                    })
                };
                (far_load $base:ident $f:ident $n:literal) => {{
                    let bytes = wide_bytes!($n at op.c);
                    unsafe { slots.set(op.a, cells::$f(bytes)) }
                }};
                (far_store $base:ident $f:ident $n:literal) => {{
                    let bytes = wide_bytes!($n at op.a);
                    unsafe { cells::$f(bytes, slots.get(op.c)) }
                }};
                (v $($shape:tt)*) => {
                    lanes!($($shape)*)
                };
                // All else is out of line, or never reached.
                ($($other:tt)*) => {
                    rare!()
                };
            }
            /// What each handler of the table does.
            macro_rules! exec {
                (unary $f:ident) => {
                    unsafe { slots.set(op.a, $f(slots.get(op.a))) }
                };
                (binary $f:ident) => {
                    unsafe { slots.set(op.a, $f(slots.get(op.a), slots.get_after(op.a, 1))) }
                };
                (try_unary $f:ident) => {
                    match unsafe { $f(slots.get(op.a)) } {
                        Ok(value) => unsafe { slots.set(op.a, value) },
                        Err(_) => rare!(),
                    }
                };
                (try_binary $f:ident) => {
                    match unsafe { $f(slots.get(op.a), slots.get_after(op.a, 1)) } {
                        Ok(value) => unsafe { slots.set(op.a, value) },
                        Err(_) => rare!(),
                    }
                };
                (count $f:ident) => {{
                    if op.x != 0 {
                        rare!();
                    }
                    unsafe { slots.set(op.a, $f(slots.get(op.a))) }
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
                    let bytes = bytes!($n at unsafe { slots.get(op.a) });
                    unsafe { slots.set(op.a, cells::$f(bytes)) }
                }};
                (store $f:ident $n:literal) => {{
                    let bytes = bytes!($n at unsafe { slots.get(op.a) });
                    unsafe { cells::$f(bytes, slots.get_after(op.a, 1)) }
                }};
                (nop) => {{}};
                (jump) => {
                    branch!(op)
                };
                (br_copy) => {{
                    if op.c != 1 {
                        rare!();
                    }
                    pay!(op.y);
                    unsafe { slots.set(op.b, slots.get::<u64>(op.a)) };
                    go!(ahead!(op))
                }};
                (br_if) => {
                    if unsafe { slots.get::<u32>(op.a) } != 0 {
                        // In the step stream, a price of its own for a taken branch is rare.
                        if EXACT && op.y != 0 {
                            rare!();
                        }
                        branch!(op)
                    }
                };
                (br_if_copy) => {{
                    if op.c != 1 || EXACT && op.y != 0 {
                        rare!();
                    }
                    if unsafe { slots.get_after::<u32>(op.a, 1) } != 0 {
                        pay!(op.y);
                        unsafe { slots.set(op.b, slots.get::<u64>(op.a)) };
                        go!(ahead!(op))
                    }
                }};
                (br_table) => {{
                    let choice = unsafe { slots.get::<u32>(op.a) }.min(op.x);
                    // The targets follow the op, the default last.
                    let target = unsafe { &*ip.add(1 + choice as usize) };
                    if target.c != 0 || EXACT && target.y != 0 {
                        rare!();
                    }
                    branch!(target)
                }};
                (if) => {
                    if unsafe { slots.get::<u32>(op.a) } == 0 {
                        branch!(op)
                    }
                };
                (call) => {
                    match EXACT {
                        true => call!(ahead!(op), op.a, pc_of!(ip) + 1),
                        false => call!(ahead!(op), op.a, op.y),
                    }
                };
                (call_indirect) => {{
                    let table = match EXACT {
                        true => op.y as usize,
                        false => op.c as usize,
                    };
                    // Safety: translation only names tables that are there; they are never
                    // removed. A reference only points to a function that is there.
                    let elements = unsafe { &m.store.tables.get_unchecked(table).elements };
                    let index = unsafe { slots.get::<u32>(op.b) } as usize;
                    let element = elements.get(index).copied().unwrap_or(0);
                    if element == 0 {
                        rare!();
                    }
                    let func = unsafe { m.store.funcs.get_unchecked(element as usize - 1) };
                    if func.ty != op.x || !func.is_ready_in(m.thread.instance) {
                        rare!();
                    }
                    let entry: *const Op = place!(func.entry);
                    match EXACT {
                        true => call!(entry, op.a, pc_of!(ip) + 1),
                        false => call!(entry, op.a, op.y),
                    }
                }};
                (rare call_ref) => {{
                    let reference = unsafe { slots.get::<u32>(op.b) };
                    if reference == 0 {
                        rare!();
                    }
                    // Safety: as for `call_indirect`.
                    let func = unsafe { m.store.funcs.get_unchecked(reference as usize - 1) };
                    if !func.is_ready_in(m.thread.instance) {
                        rare!();
                    }
                    let entry: *const Op = place!(func.entry);
                    match EXACT {
                        true => call!(entry, op.a, pc_of!(ip) + 1),
                        false => call!(entry, op.a, op.y),
                    }
                }};
                (rare br_on_null) => {
                    branch_on!(unsafe { slots.get::<u64>(op.a) } == 0)
                };
                (rare br_on_non_null) => {
                    branch_on!(unsafe { slots.get::<u64>(op.a) } != 0)
                };
                (return) => {{
                    if !EXACT || op.c > 1 {
                        rare!();
                    }
                    go_back!(op.b, {
                        if op.c != 0 {
                            unsafe { slots.set(0, slots.get::<u64>(op.a)) };
                        }
                    })
                }};
                ($($other:tt)*) => {
                    match EXACT {
                        true => rare!(),
                        false => fused!($($other)*),
                    }
                };
            }
            macro_rules! dispatch {
                ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
                    #[allow(unreachable_code)]
                    match op.code as u16 {
                        $(codes::$name => {
                            if cfg!(feature = "scalar-loop") && !is_scalar!($proposal) {
                                rare!();
                            }
                            exec!($($handler)*)
                        })*
                        _ => rare!(),
                    }
                };
            }
            for_each_op!(dispatch);
            continue 'leave;
        }
        break 'leave Exit::Rare;
    };
    m.thread.pc = pc_of!(ip);
    m.thread.fp = unsafe { slots.pointer().offset_from(m.thread.stack.as_ptr()) as u32 };
    match EXACT {
        true => {
            (m.thread.run_gas, m.thread.run_ticks) = (gas, ticks);
            m.thread.exit = exit;
        }
        false => m.thread.fuel = fuel,
    }
}

macro_rules! define_codes {
    ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
        /// The codes as numbers. A `match` on the enum would make one of the handlers its default,
        /// and code to subtract the first of the others.
        #[allow(non_upper_case_globals)]
        mod codes {
            use crate::isa::OpCode;

            $(pub(super) const $name: u16 = OpCode::$name as u16;)*
        }
    };
}

for_each_op!(define_codes);

/// Whether an op is in the loop of the `scalar-loop` feature: WebAssembly 1.0, and what compilers
/// have emitted as a matter of course since.
macro_rules! is_scalar {
    (mvp) => {
        true
    };
    (sign_extension) => {
        true
    };
    (saturating_float_to_int) => {
        true
    };
    ($other:ident) => {
        false
    };
}
use is_scalar;

/// The bits of an element of `1 << shift` bytes, 8 at most.
#[inline(always)]
fn bits_of(shift: u32) -> u64 {
    u64::MAX >> (64 - (8 << shift))
}

/// A constant operand as its instruction takes it.
#[inline(always)]
fn immediate<C: cells::Cell>(bits: u64) -> C {
    C::from_slot(bits)
}

/// A constant that an op has 16 bits for.
#[inline(always)]
fn short(bits: u16) -> u32 {
    bits as i16 as i32 as u32
}

/// The bytes of the running instance's first memory.
#[inline(always)]
fn memory_of(m: &mut Machine) -> (*mut u8, u64) {
    match m.store.memories.get_mut(m.thread.memory as usize) {
        Some(memory) => (memory.bytes.as_mut_ptr(), memory.bytes.len() as u64),
        None => (std::ptr::null_mut(), 0),
    }
}
