//! The three schedules that come with the machine.

use crate::gas::Schedule;

/// Prices by name: a cost, then the instructions it holds for.
type Prices = [(u32, &'static [&'static str])];

/// Both integer types with each operator.
const INT: [&str; 2] = ["i32", "i64"];
const FLOAT: [&str; 2] = ["f32", "f64"];
/// Where the names of vector instructions begin.
const VECTOR: [&str; 7] = ["v128", "i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2"];

pub(super) fn instructions() -> Schedule {
    let mut schedule = Schedule::flat("instructions", 1, 1);
    apply(
        &mut schedule,
        &[(
            0,
            &[
                "block",
                "loop",
                "try_table",
                "else",
                "end",
                "end of function",
                "nop",
            ],
        )],
    );
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
        if VECTOR.contains(&ty) {
            return false;
        }
        let is_int = INT.contains(&ty);
        let is_narrow_load = operator.starts_with("load") && operator.len() > 4;
        operator == "mul"
            || is_narrow_load
            || (is_int && (operator.starts_with("div") || operator.starts_with("rem")))
            || name == "f32.div"
            || [
                "shl", "shr_s", "shr_u", "rotl", "rotr", "clz", "ctz", "popcnt",
            ]
            .contains(&operator)
            || [
                "min", "max", "copysign", "neg", "abs", "sqrt", "ceil", "floor", "trunc", "nearest",
            ]
            .contains(&operator)
            || ["i64.store16", "i64.store32"].contains(&name)
            || is_conversion(operator)
    };
    apply_where(&mut schedule, 5, fives);
    apply(
        &mut schedule,
        &[
            (2, &["block", "loop", "if", "try_table"]),
            (
                0,
                &[
                    "call",
                    "call_indirect",
                    "return_call",
                    "return_call_indirect",
                    "call_ref",
                    "return_call_ref",
                    "return",
                    "drop",
                    "select",
                    "nop",
                    "unreachable",
                    "else",
                    "end",
                    "end of function",
                    "br",
                    "br_if",
                    "br_table",
                    "br_on_null",
                    "br_on_non_null",
                    "br_on_cast",
                    "br_on_cast_fail",
                ],
            ),
        ],
    );
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
    let mut cycles =
        |cost: u32, is: &dyn Fn(&str) -> bool| apply_where(&mut schedule, cost * CYCLE, is);
    let one_of = |names: &'static [&'static str]| move |name: &str| names.contains(&name);
    let float = |operators: &'static [&'static str]| {
        move |name: &str| {
            name.split_once('.')
                .is_some_and(|(ty, operator)| FLOAT.contains(&ty) && operators.contains(&operator))
        }
    };
    cycles(
        0,
        &one_of(&[
            "nop",
            "unreachable",
            "return",
            "else",
            "end of function",
            "i32.wrap_i64",
        ]),
    );
    cycles(0, &|name| name.contains(".reinterpret_"));
    cycles(3, &one_of(&["i64.mul", "f64.mul"]));
    cycles(
        4,
        &one_of(&[
            "i32.const",
            "i64.const",
            "drop",
            "f32.add",
            "f32.sub",
            "f32.mul",
        ]),
    );
    cycles(
        4,
        &one_of(&["f64.add", "f64.sub", "f64.neg", "f64.promote_f32"]),
    );
    cycles(
        4,
        &float(&["eq", "ne", "lt", "gt", "le", "ge", "min", "max"]),
    );
    cycles(4, &one_of(&["f64.convert_i32_s", "f64.convert_i64_s"]));
    cycles(
        5,
        &one_of(&[
            "i32.mul",
            "f32.neg",
            "select",
            "f32.convert_i32_s",
            "f32.convert_i64_s",
        ]),
    );
    cycles(5, &one_of(&["f64.convert_i32_u", "f64.convert_i64_u"]));
    cycles(6, &one_of(&["f32.convert_i32_u", "f32.convert_i64_u"]));
    cycles(6, &|name| {
        INT.iter()
            .any(|ty| name.starts_with(&format!("{ty}.trunc_")))
    });
    cycles(
        8,
        &one_of(&[
            "block",
            "loop",
            "try_table",
            "end",
            "br",
            "i64.extend_i32_s",
            "i64.extend_i32_u",
        ]),
    );
    cycles(9, &one_of(&["br_if"]));
    cycles(10, &one_of(&["f32.demote_f64"]));
    cycles(11, &one_of(&["f32.div"]));
    cycles(13, &one_of(&["f32.sqrt"]));
    cycles(14, &one_of(&["f64.div"]));
    cycles(18, &one_of(&["f64.sqrt"]));
    cycles(
        20,
        &one_of(&["i32.div_s", "i32.div_u", "i32.rem_s", "i32.rem_u"]),
    );
    cycles(80, &one_of(&["i64.div_u", "i64.rem_u"]));
    cycles(85, &one_of(&["i64.div_s", "i64.rem_s"]));
    // Counting costs by what is counted: two cycles for each zero, or the width plus the ones.
    cycles(0, &one_of(&["i32.clz", "i32.ctz", "i64.clz", "i64.ctz"]));
    cycles(32, &one_of(&["i32.popcnt"]));
    cycles(64, &one_of(&["i64.popcnt"]));
    schedule.dynamic.counted_zero = 2 * CYCLE;
    schedule.dynamic.counted_one = CYCLE;
    // A taken branch costs 2 gas more, not cycles.
    schedule.dynamic.taken_branch = 2 * 16;
    schedule
}

fn is_conversion(operator: &str) -> bool {
    [
        "wrap_",
        "extend",
        "trunc_",
        "convert_",
        "demote_",
        "promote_",
        "reinterpret_",
    ]
    .iter()
    .any(|start| operator.starts_with(start))
}

fn apply(schedule: &mut Schedule, prices: &Prices) {
    for (cost, names) in prices {
        apply_where(schedule, *cost, |name| names.contains(&name));
    }
}

fn apply_where(schedule: &mut Schedule, cost: u32, is: impl Fn(&str) -> bool) {
    for (name, place) in schedule.costs.iter_mut() {
        if is(name) {
            *place = cost;
        }
    }
}
