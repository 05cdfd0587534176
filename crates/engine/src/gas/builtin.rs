//! The three schedules that come with the machine.

use crate::gas::Schedule;

/// Both integer types with each operator.
const INT: &str = "i32,i64";
/// Where the names of vector instructions begin.
const VECTOR: &str = "v128,i8x16,i16x8,i32x4,i64x2,f32x4,f64x2";

pub(super) fn instructions() -> Schedule {
    let mut schedule = Schedule::flat("instructions", 1, 1);
    let free = "block,loop,try_table,else,end,end of function,nop";
    apply(&mut schedule, &[(0, free)]);
    schedule
}

/// Table A. Everything that WaspVM had not (bulk memory, tables, references, objects, exceptions,
/// tail calls, `br_table`, `call_indirect`) follows its nearest relative: 3 for what moves a value,
/// makes an object or throws, 5 for conversions, `try_table` like `block`, and calls and branches
/// free like `call` and `br`. A vector
/// instruction costs 3 whatever it does, like an `i32.add`: it is one instruction of the processor.
pub(super) fn waspvm() -> Schedule {
    let mut schedule = Schedule::flat("waspvm-0.8.1", 1, 3);
    let fives = |name: &str| {
        let (ty, operator) = name.split_once('.').unwrap_or(("", name));
        if is_among(VECTOR, ty) {
            return false;
        }
        let is_int = is_among(INT, ty);
        let is_narrow_load = operator.starts_with("load") && operator.len() > 4;
        is_narrow_load
            || (is_int && (operator.starts_with("div") || operator.starts_with("rem")))
            || is_among("f32.div,i64.store16,i64.store32", name)
            || is_among(
                "mul,shl,shr_s,shr_u,rotl,rotr,clz,ctz,popcnt,min,max,copysign,neg,abs,sqrt,ceil,\
                 floor,trunc,nearest,wrap_*,extend*,trunc_*,convert_*,demote_*,promote_*,\
                 reinterpret_*",
                operator,
            )
    };
    apply_where(&mut schedule, 5, fives);
    let free = "call,call_indirect,return_call,return_call_indirect,call_ref,return_call_ref,\
                return,drop,select,nop,unreachable,else,end,end of function,br,br_if,br_table,\
                br_on_null,br_on_non_null,br_on_cast,br_on_cast_fail";
    apply(&mut schedule, &[(2, "block,loop,if,try_table"), (0, free)]);
    // A taken branch costs 2; one that is not taken is free.
    schedule.dynamic.taken_branch = 2;
    schedule
}

/// Table B, exact: a cycle is 5 units of a sixteenth, which is 0.3125 gas.
///
/// Slips of the original that were decided here: `f64.convert` has its own listed price (4 cycles
/// signed, 5 unsigned), not that of `f32.convert`; `f64.reinterpret_i64`, which had no price and
/// crashed, is free like the other reinterpretations; `try_table` costs what `block` does; what
/// else the original did not have, vectors among it, costs one cycle, its default.
pub(super) fn alchemy() -> Schedule {
    const CYCLE: u32 = 5;
    let mut schedule = Schedule::flat("alchemy-cycles", 16, CYCLE);
    let cycles = [
        (
            0,
            "nop,unreachable,return,else,end of function,i32.wrap_i64,i32.reinterpret_f32,\
             i64.reinterpret_f64,f32.reinterpret_i32,f64.reinterpret_i64",
        ),
        (3, "i64.mul,f64.mul"),
        (
            4,
            "i32.const,i64.const,drop,f32.add,f32.sub,f32.mul,f64.add,f64.sub,f64.neg,\
             f64.promote_f32,f32.eq,f32.ne,f32.lt,f32.gt,f32.le,f32.ge,f32.min,f32.max,f64.eq,\
             f64.ne,f64.lt,f64.gt,f64.le,f64.ge,f64.min,f64.max,f64.convert_i32_s,\
             f64.convert_i64_s",
        ),
        (
            5,
            "i32.mul,f32.neg,select,f32.convert_i32_s,f32.convert_i64_s,f64.convert_i32_u,\
             f64.convert_i64_u",
        ),
        (
            6,
            "f32.convert_i32_u,f32.convert_i64_u,i32.trunc_*,i64.trunc_*",
        ),
        (
            8,
            "block,loop,try_table,end,br,i64.extend_i32_s,i64.extend_i32_u",
        ),
        (9, "br_if"),
        (10, "f32.demote_f64"),
        (11, "f32.div"),
        (13, "f32.sqrt"),
        (14, "f64.div"),
        (18, "f64.sqrt"),
        (20, "i32.div_s,i32.div_u,i32.rem_s,i32.rem_u"),
        (80, "i64.div_u,i64.rem_u"),
        (85, "i64.div_s,i64.rem_s"),
        // Counting costs by what is counted: two cycles for each zero, or the width plus the ones.
        (0, "i32.clz,i32.ctz,i64.clz,i64.ctz"),
        (32, "i32.popcnt"),
        (64, "i64.popcnt"),
    ];
    for (cost, names) in cycles {
        apply(&mut schedule, &[(cost * CYCLE, names)]);
    }
    schedule.dynamic.counted_zero = 2 * CYCLE;
    schedule.dynamic.counted_one = CYCLE;
    // A taken branch costs 2 gas more, not cycles.
    schedule.dynamic.taken_branch = 2 * 16;
    schedule
}

/// Whether a name is in a list; `*` at the end of one stands for anything.
fn is_among(list: &str, name: &str) -> bool {
    (list.split(',')).any(|one| match one.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == one,
    })
}

/// Sets costs, each for a list of names.
fn apply(schedule: &mut Schedule, prices: &[(u32, &str)]) {
    for (cost, names) in prices {
        apply_where(schedule, *cost, |name| is_among(names, name));
    }
}

fn apply_where(schedule: &mut Schedule, cost: u32, is: impl Fn(&str) -> bool) {
    for (name, place) in schedule.costs.iter_mut() {
        if is(name) {
            *place = cost;
        }
    }
}
