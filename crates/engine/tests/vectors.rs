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
