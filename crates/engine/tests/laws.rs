//! The laws of the machine, on a handful of programs and all schedules.

mod support;

use support::*;
use waspnest::*;

/// Runs a program in slices of a size and gives outcome, gas, ticks and state.
fn outcome(wat: &str, n: i32, schedule: &Schedule, slice: u64) -> (Stop, u64, u64, u64) {
    let config = Config { schedule: schedule.clone(), ..Config::default() };
    let (mut machine, instance) = machine(wat, config);
    let run = func(&machine, instance, "run");
    machine.begin(run, &[Value::I32(n)]).expect("one i32");
    let stop = to_end(&mut machine, slice);
    (stop, machine.gas_used().0, machine.ticks(), machine.state_hash())
}

#[test]
fn sliced_run_equals_whole_run() {
    for (name, wat, n) in PROGRAMS {
        for schedule in Schedule::builtin() {
            let whole = outcome(wat, *n, &schedule, u64::MAX);
            for slice in [1, 2, 3, 7, 64, 1000] {
                let sliced = outcome(wat, *n, &schedule, slice);
                assert_eq!(sliced, whole, "{name}, {}, slices of {slice}", schedule.name());
            }
        }
    }
}
