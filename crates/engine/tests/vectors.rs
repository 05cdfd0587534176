//! Vectors wherever the machine keeps values: all 128 bits come back, in every way of running.

mod support;

use support::*;
use waspnest::*;

/// All bytes differ, and each half is a NaN with a payload when it is read as a float.
const VECTOR: u128 = 0x7ff1_a3a4_a5a6_a7a8_fff2_b3b4_b5b6_b7b8;

/// Puts a vector somewhere and takes it out again, between numbers that must not be touched.
const PLACES: &[(&str, &str, &str)] = &[
    (
        "a local",
        "",
        "(local.set $x (local.get $v)) (local.get $x)",
    ),
    (
        "a local that is copied",
        "",
        "(local.tee $x (local.get $v)) (local.set $x) (local.get $x)",
    ),
    (
        "a global",
        "(global $g (mut v128) (v128.const i64x2 0 0))",
        "(global.set $g (local.get $v)) (global.get $g)",
    ),
    (
        "a memory",
        "(memory 1)",
        "(v128.store (i32.const 7) (local.get $v)) (v128.load (i32.const 7))",
    ),
    (
        "a field",
        "(type $s (struct (field i8) (field (mut v128)) (field i64)))",
        "(struct.get $s 1 (struct.new $s (i32.const 1) (local.get $v) (i64.const 2)))",
    ),
    (
        "a field that is set",
        "(type $s (struct (field i8) (field (mut v128)) (field i64)))
         (global $s (ref $s) (struct.new_default $s))",
        "(struct.set $s 1 (global.get $s) (local.get $v)) (struct.get $s 1 (global.get $s))",
    ),
    (
        "an element",
        "(type $a (array (mut v128)))",
        "(array.get $a (array.new_fixed $a 2 (v128.const i64x2 1 2) (local.get $v)) (i32.const 1))",
    ),
    (
        "an exception",
        "(tag $t (param i32 v128 f32))",
        "(block $h (result i32 v128 f32)
            (try_table (catch $t $h) (throw $t (i32.const 3) (local.get $v) (f32.const 4)))
            (unreachable))
         (drop) (local.set $x) (drop) (local.get $x)",
    ),
    (
        "a call",
        "(func $f (param i32 v128 i64) (result v128) (local.get 1))",
        "(call $f (i32.const 1) (local.get $v) (i64.const 2))",
    ),
    (
        "a call in place of the present one",
        "(func $f (param i32 v128) (result v128)
            (return_call $g (i64.const 1) (local.get 1) (f32.const 2) (local.get 0)))
         (func $g (param i64 v128 f32 i32) (result v128) (local.get 1))",
        "(call $f (i32.const 1) (local.get $v))",
    ),
    ("the host", "", "(call $host (i32.const 1) (local.get $v))"),
];

#[test]
fn a_vector_comes_back_whole_from_wherever_it_is_kept() {
    for (place, fields, body) in PLACES {
        let import = match *place {
            "the host" => r#"(import "env" "same" (func $host (param i32 v128) (result v128)))"#,
            _ => "",
        };
        let wat = format!(
            r#"(module {import} {fields}
                (func (export "run") (param $before i64) (param $v v128) (param $after i32)
                      (result i64 v128 i32)
                    (local $x v128)
                    (local.get $before) {body} (local.get $after)))"#
        );
        let args = [Value::I64(-5), Value::V128(VECTOR), Value::I32(6)];
        let mut ends = Vec::new();
        for slice in [u64::MAX, 1, 2, 3] {
            let (mut machine, instance) = machine(&wat, Config::default());
            let run = func(&machine, instance, "run");
            machine.begin(run, &args).expect("the arguments fit");
            let stop = to_end(&mut machine, slice);
            assert_eq!(stop, Stop::Finished(args.to_vec()), "{place}");
            ends.push((machine.ticks(), machine.gas_used(), machine.state_hash()));
        }
        assert!(ends.iter().all(|end| *end == ends[0]), "{place}: {ends:?}");
    }
}

/// The shapes that are told before each instruction of `run`: of the vectors among locals and
/// operands, lowest first.
fn told(wat: &str) -> Vec<String> {
    let (mut machine, instance) = machine(wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no arguments");
    let mut lines = Vec::new();
    while matches!(machine.state(), Status::Ready) {
        let frame = machine.frames(0, 1).pop().expect("a frame");
        let locals: Vec<ValType> = machine
            .locals(&frame)
            .iter()
            .map(|local| local.value.ty())
            .collect();
        let operands: Vec<ValType> = machine.operands(&frame).iter().map(Value::ty).collect();
        let names = |types: &[ValType], shapes: Shapes| {
            assert_eq!(types.len(), shapes.len());
            let vectors = types
                .iter()
                .zip(shapes)
                .filter(|(ty, _)| **ty == ValType::V128);
            let names: Vec<&str> = vectors
                .map(|(_, shape)| shape.map_or("?", Shape::name))
                .collect();
            names.join(" ")
        };
        let next = machine.next_instruction().expect("one");
        lines.push(format!(
            "{}: {} | {}",
            next.mnemonic,
            names(&locals, machine.local_shapes(&frame, &locals)),
            names(&operands, machine.operand_shapes(&frame, &operands)),
        ));
        machine.run(1, &Until::Step);
    }
    lines
}

#[test]
fn vectors_are_read_in_the_shape_of_the_instructions_that_make_and_use_them() {
    let wat = r#"(module (memory 1) (global $g (mut v128) (v128.const i64x2 0 0))
        (func (export "run") (result v128)
            (local $bytes v128) (local $n i64) (local $floats v128) (local $unused v128)
            (v128.load (i32.const 0))
            (local.set $bytes)
            (i16x8.extend_low_i8x16_u (local.get $bytes))
            (v128.const i32x4 1 2 3 4)
            (i16x8.mul)
            (drop)
            (global.get $g)
            (local.tee $floats)
            (drop)
            (v128.xor (f64x2.sqrt (local.get $floats)) (local.get $floats))))"#;
    assert_eq!(
        told(wat),
        [
            "i32.const: i8x16 f64x2 ? | ",
            "v128.load: i8x16 f64x2 ? | ",
            "local.set: i8x16 f64x2 ? | i8x16",
            "local.get: i8x16 f64x2 ? | ",
            "i16x8.extend_low_i8x16_u: i8x16 f64x2 ? | i8x16",
            "v128.const: i8x16 f64x2 ? | i16x8",
            "i16x8.mul: i8x16 f64x2 ? | i16x8 i16x8",
            "drop: i8x16 f64x2 ? | i16x8",
            "global.get: i8x16 f64x2 ? | ",
            "local.tee: i8x16 f64x2 ? | f64x2",
            "drop: i8x16 f64x2 ? | f64x2",
            "local.get: i8x16 f64x2 ? | ",
            "f64x2.sqrt: i8x16 f64x2 ? | f64x2",
            "local.get: i8x16 f64x2 ? | f64x2",
            "v128.xor: i8x16 f64x2 ? | f64x2 f64x2",
            "end: i8x16 f64x2 ? | f64x2",
        ]
    );
}

#[test]
fn a_step_tells_the_shapes_of_what_it_popped_and_pushed() {
    let wat = r#"(module (memory 1) (global $g (mut v128) (v128.const i64x2 0 0))
        (func $half (param v128) (result v128) (i16x8.shr_u (local.get 0) (i32.const 1)))
        (func (export "run") (result i32 v128)
            (local $v v128)
            (local.set $v (f32x4.lt (f32x4.splat (f32.const 1)) (v128.load (i32.const 0))))
            (global.set $g (i8x16.neg (local.get $v)))
            (i32x4.replace_lane 2 (call $half (local.get $v)) (i32.const 3))
            (drop)
            (i32.const 1)
            (v128.and (i64x2.splat (i64.const 3)) (global.get $g))))"#;
    let (mut machine, instance) = machine(wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no arguments");
    let mut lines = Vec::new();
    while matches!(machine.state(), Status::Ready) {
        machine.run(1, &Until::Step);
        let effect = machine.effect().expect("a step");
        let shapes = machine.effect_shapes(effect);
        let names = |shapes: &[Option<Shape>]| {
            let names: Vec<&str> = shapes
                .iter()
                .map(|shape| shape.map_or("-", Shape::name))
                .collect();
            names.join(" ")
        };
        let line = format!(
            "{}: {} -> {}",
            effect.mnemonic,
            names(&shapes.popped),
            names(&shapes.pushed)
        );
        if line.contains('x') {
            lines.push(line);
        }
    }
    assert_eq!(
        lines,
        [
            "f32x4.splat: - -> f32x4",
            "v128.load: - -> f32x4",
            "f32x4.lt: f32x4 f32x4 -> i32x4",
            "local.set: i32x4 -> ",
            "local.get:  -> i32x4",
            "i8x16.neg: i8x16 -> i8x16",
            "global.set: i8x16 -> ",
            "local.get:  -> i32x4",
            "call: i32x4 -> ",
            "local.get:  -> i16x8",
            "i16x8.shr_u: i16x8 - -> i16x8",
            "end: i16x8 -> i16x8",
            "i32x4.replace_lane: i32x4 - -> i32x4",
            "drop: i32x4 -> ",
            "i64x2.splat: - -> i64x2",
            "v128.and: i64x2 - -> i64x2",
            "end: - i64x2 -> - i64x2",
        ]
    );
    assert_eq!(machine.result_shapes(run), [None, Some(Shape::I64x2)]);
}
