//! Much of something: what is looked at or set one by one costs no walk over all the rest.

mod support;

use support::*;
use waspnest::*;

/// Looking through all paths for each took minutes.
#[test]
fn ten_thousand_breakpoints_in_one_function_are_set_and_cleared() {
    let n = 10_000;
    let line = "(if (i32.eqz (local.get $n)) (then (local.set $n (i32.const 1))))\n";
    let text = format!(
        "(module (func (export \"run\") (local $n i32)\n{}))",
        line.repeat(n)
    );
    let (mut machine, instance) = machine(&text, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no arguments are wanted");
    let mut at = WasmOffset(0);
    for _ in 0..n {
        at = machine
            .set_breakpoint(run, at)
            .expect("an instruction follows");
        at.0 += 1;
    }
    assert_eq!(machine.breakpoints().len(), n);
    for _ in 0..3 {
        assert_eq!(machine.run(u64::MAX, &Until::Finished), Stop::Breakpoint);
    }
    machine.clear_breakpoints();
    assert_eq!(to_end(&mut machine, u64::MAX), Stop::Finished(Vec::new()));
}

#[test]
fn breakpoints_stand_at_each_instruction_of_functions_that_end_anyhow() {
    for end in [
        "unreachable",
        "(if (local.get 0) (then unreachable)) unreachable",
        "(loop $l (br $l))",
        "(if (local.get 0) (then (unreachable)) (else (return)))",
        "(block $b (br_table $b 0 (local.get 0)))",
        "(return)",
        "(global.set $g (i32.const 1)) (if (local.get 0) (then (call $last))) (unreachable)",
        "(return_call $last)",
        "(if (local.get 0) (then unreachable)) (global.set $g (i32.const 1)) (br 0)",
    ] {
        let text = format!(
            "(module (global $g (mut i32) (i32.const 0)) (func (export \"run\") (param i32) {end}) (func $last nop))"
        );
        let (mut machine, instance) = machine(&text, Config::default());
        let run = func(&machine, instance, "run");
        for value in [0, 1] {
            // The paths are there before the breakpoints, or made while they stand.
            machine.begin(run, &[Value::I32(value)]).expect("an i32");
            machine.run(100, &Until::Finished);
            machine.abandon();
            let mut at = WasmOffset(0);
            while let Some(next) = machine.set_breakpoint(run, at) {
                at = WasmOffset(next.0 + 1);
            }
            machine.begin(run, &[Value::I32(value)]).expect("an i32");
            assert_eq!(
                machine.run(100, &Until::Finished),
                Stop::Breakpoint,
                "{end}"
            );
            machine.clear_breakpoints();
            machine.abandon();
        }
    }
}
