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
