//! The page's examples run on the machine itself, under their gas limits and in single steps too.

mod support;

use support::{func, machine, to_end};
use waspnest::*;

const fn i32(value: core::primitive::i32) -> Value {
    Value::I32(value)
}

/// Text, gas limit, export, arguments, results.
type Row = (
    &'static str,
    u64,
    &'static str,
    &'static [Value],
    &'static [Value],
);

macro_rules! example {
    ($name:literal) => {
        include_str!(concat!("../../../web/examples/", $name, ".wat"))
    };
}

const FINISHED: &[Row] = &[
    (
        example!("first-steps"),
        1_000_000,
        "add",
        &[i32(40), i32(2)],
        &[i32(42)],
    ),
    (
        example!("numbers"),
        1_000_000,
        "tour",
        &[i32(-1)],
        &[Value::I64(0x3ff0_0000_0000_0000)],
    ),
    (
        example!("loops"),
        1_000_000,
        "sum_to",
        &[i32(10)],
        &[i32(55)],
    ),
    (
        example!("factorial"),
        1_000_000,
        "factorial",
        &[Value::I64(10)],
        &[Value::I64(3_628_800)],
    ),
    (
        example!("sieve"),
        1_000_000,
        "sieve",
        &[i32(1024)],
        &[i32(172)],
    ),
    (
        example!("bubble-sort"),
        1_000_000,
        "sort",
        &[i32(19)],
        &[i32(77)],
    ),
    (example!("strings"), 1_000_000, "play", &[], &[i32(12)]),
    (
        example!("br-table"),
        1_000_000,
        "run",
        &[i32(1)],
        &[i32(148)],
    ),
    (
        example!("indirect-calls"),
        1_000_000,
        "apply_all",
        &[i32(20), i32(3)],
        &[i32(120)],
    ),
    (
        example!("deep-recursion"),
        10_000_000,
        "dive",
        &[i32(100_000)],
        &[i32(100_000)],
    ),
    (
        example!("tail-calls"),
        10_000_000,
        "is_even",
        &[i32(100_000)],
        &[i32(1)],
    ),
    (
        example!("tail-calls"),
        10_000_000,
        "is_even_plain",
        &[i32(100_001)],
        &[i32(0)],
    ),
    (
        example!("allocator"),
        1_000_000,
        "fill",
        &[i32(24_000)],
        &[i32(21)],
    ),
    (
        example!("four-pixels"),
        10_000_000,
        "fade",
        &[i32(2)],
        &[i32(2048)],
    ),
    // A quarter of the way from 0 to 255 and from 200 to 100; the ends are exact.
    (
        example!("four-pixels"),
        10_000_000,
        "blend",
        &[
            Value::V128(0xc800_c800_c800_c800_c800_c800_c800_c800),
            Value::V128(0x64ff_64ff_64ff_64ff_64ff_64ff_64ff_64ff),
            i32(64),
        ],
        &[Value::V128(0xaf3f_af3f_af3f_af3f_af3f_af3f_af3f_af3f)],
    ),
    (
        example!("four-pixels"),
        10_000_000,
        "blend",
        &[Value::V128(0), Value::V128(u128::MAX - 5), i32(256)],
        &[Value::V128(u128::MAX - 5)],
    ),
    (
        example!("mandelbrot"),
        100_000_000,
        "draw",
        &[i32(60)],
        &[i32(3952)],
    ),
    (example!("life"), 10_000_000, "generation", &[], &[i32(0)]),
    (
        example!("traps"),
        1_000_000,
        "memory_bomb",
        &[],
        &[i32(1009)],
    ),
];

fn run(text: &str, gas: u64, export: &str, args: &[Value], slice: u64) -> (Stop, Gas, u64) {
    let config = Config {
        gas_limit: Some(Gas(gas)),
        memory_pages: 1024,
        stack_slots: 8_000_000,
        ..Config::default()
    };
    let (mut machine, instance) = machine(text, config);
    let export = func(&machine, instance, export);
    machine.begin(export, args).expect("the arguments fit");
    let stop = to_end(&mut machine, slice);
    (stop, machine.gas_used(), machine.ticks())
}

#[test]
fn examples_give_their_results_within_their_gas() {
    for (text, gas, export, args, results) in FINISHED {
        let (stop, used, ticks) = run(text, *gas, export, args, u64::MAX);
        assert_eq!(stop, Stop::Finished(results.to_vec()), "{export}");
        println!("{export}: {} gas, {ticks} ticks", used.0);
    }
}

#[test]
fn examples_in_single_steps_equal_whole_runs() {
    for (text, gas, export, args, _) in FINISHED {
        let whole = run(text, *gas, export, args, u64::MAX);
        // The longer ones would take minutes by single steps in a debug build.
        if whole.2 < 200_000 {
            assert_eq!(run(text, *gas, export, args, 1), whole, "{export}");
        }
    }
}

#[test]
fn the_gallery_of_traps_gives_each_trap() {
    use TrapKind::*;
    let rows: [(&str, Vec<Value>, TrapKind); 10] = [
        ("out_of_bounds", vec![i32(65_533)], MemoryOutOfBounds),
        ("divide", vec![i32(1), i32(0)], IntegerDivideByZero),
        (
            "divide",
            vec![i32(core::primitive::i32::MIN), i32(-1)],
            IntegerOverflow,
        ),
        (
            "convert",
            vec![Value::f64(f64::NAN)],
            InvalidConversionToInteger,
        ),
        ("convert", vec![Value::f64(3e9)], IntegerOverflow),
        ("unreachable", vec![], Unreachable),
        ("wrong_call", vec![i32(0)], IndirectCallTypeMismatch),
        ("wrong_call", vec![i32(1)], UninitializedElement),
        ("wrong_call", vec![i32(2)], UndefinedElement),
        ("endless_recursion", vec![i32(0)], CallStackExhausted),
    ];
    for (export, args, kind) in rows {
        let stop = run(example!("traps"), 100_000_000, export, &args, u64::MAX).0;
        match stop {
            Stop::Trapped(trap) => {
                assert_eq!(trap.kind(), kind, "{export}");
                println!("{export}: {trap}");
            }
            other => panic!("{export} gave {other:?}"),
        }
    }
    let (stop, used, _) = run(example!("traps"), 5_000, "endless_loop", &[], u64::MAX);
    assert_eq!((stop, used), (Stop::OutOfGas, Gas(5_000)));
}
