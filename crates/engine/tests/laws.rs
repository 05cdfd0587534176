//! The laws of the machine, on a handful of programs and all schedules.

mod support;

use support::*;
use waspnest::*;

/// Runs a program in slices of a size and gives outcome, gas, ticks and state.
fn outcome(wat: &str, n: i32, schedule: &Schedule, slice: u64) -> (Stop, u64, u64, u64) {
    let config = Config {
        schedule: schedule.clone(),
        ..Config::default()
    };
    let (mut machine, instance) = machine(wat, config);
    let run = func(&machine, instance, "run");
    machine.begin(run, &[Value::I32(n)]).expect("one i32");
    let stop = to_end(&mut machine, slice);
    (
        stop,
        machine.gas_used().0,
        machine.ticks(),
        machine.state_hash(),
    )
}

#[test]
fn sliced_run_equals_whole_run() {
    for (name, wat, n) in PROGRAMS {
        for schedule in Schedule::builtin() {
            let whole = outcome(wat, *n, &schedule, u64::MAX);
            for slice in [1, 2, 3, 7, 64, 1000] {
                let sliced = outcome(wat, *n, &schedule, slice);
                assert_eq!(
                    sliced,
                    whole,
                    "{name}, {}, slices of {slice}",
                    schedule.name()
                );
            }
        }
    }
}

/// Gas, ticks and state after each instruction of a run of single ticks.
fn every_stop(wat: &str, n: i32, schedule: &Schedule) -> Vec<(u64, u64, u64)> {
    let config = Config {
        schedule: schedule.clone(),
        ..Config::default()
    };
    let (mut machine, instance) = machine(wat, config);
    let run = func(&machine, instance, "run");
    machine.begin(run, &[Value::I32(n)]).expect("one i32");
    let mut stops = Vec::new();
    loop {
        let stop = machine.run(1, &Until::Finished);
        stops.push((machine.gas_used().0, machine.ticks(), machine.state_hash()));
        match stop {
            Stop::Paused => {}
            Stop::HostCall(call) => answer(&mut machine, &call),
            _ => return stops,
        }
    }
}

#[test]
fn a_pause_at_any_tick_shows_the_gas_and_state_of_single_ticks() {
    for (name, wat, n) in PROGRAMS {
        for schedule in Schedule::builtin() {
            for (_, ticks, hash) in every_stop(wat, *n, &schedule).into_iter().step_by(5) {
                let config = Config {
                    schedule: schedule.clone(),
                    ..Config::default()
                };
                let (mut machine, instance) = machine(wat, config);
                let run = func(&machine, instance, "run");
                machine
                    .begin(run, &[Value::I32(n.to_owned())])
                    .expect("one i32");
                while machine.ticks() < ticks {
                    match machine.run(ticks - machine.ticks(), &Until::Finished) {
                        Stop::HostCall(call) if machine.ticks() < ticks => {
                            answer(&mut machine, &call);
                        }
                        _ => break,
                    }
                }
                assert_eq!(
                    machine.state_hash(),
                    hash,
                    "{name}, {}, tick {ticks}",
                    schedule.name()
                );
            }
        }
    }
}

#[test]
fn any_gas_limit_stops_before_the_instruction_that_does_not_fit_and_continues_to_the_same_end() {
    for (name, wat, n) in PROGRAMS {
        for schedule in Schedule::builtin() {
            let whole = outcome(wat, *n, &schedule, u64::MAX);
            let total = whole.1;
            let stops = every_stop(wat, *n, &schedule);
            for limit in (0..total)
                .step_by((total / 150).max(1) as usize)
                .chain([total])
            {
                let config = Config {
                    schedule: schedule.clone(),
                    gas_limit: Some(Gas(limit)),
                    ..Config::default()
                };
                let (mut machine, instance) = machine(wat, config);
                let run = func(&machine, instance, "run");
                machine.begin(run, &[Value::I32(*n)]).expect("one i32");
                let stop = to_end(&mut machine, u64::MAX);
                let place = format!("{name}, {}, limit {limit} of {total}", schedule.name());
                assert!(machine.gas_used().0 <= limit, "overdrawn: {place}");
                if limit == total {
                    assert_eq!(stop, whole.0, "a total equal to the limit passes: {place}");
                } else {
                    assert_eq!(stop, Stop::OutOfGas, "{place}");
                    let last = stops.iter().rfind(|(gas, ..)| *gas <= limit);
                    let expected = last.map_or((0, 0), |(gas, ticks, _)| (*gas, *ticks));
                    assert_eq!((machine.gas_used().0, machine.ticks()), expected, "{place}");
                    machine.set_gas_limit(None);
                    let stop = to_end(&mut machine, u64::MAX);
                    let end = (
                        stop,
                        machine.gas_used().0,
                        machine.ticks(),
                        machine.state_hash(),
                    );
                    assert_eq!(end, whole, "{place}");
                }
            }
        }
    }
}

#[test]
fn breakpoints_on_every_instruction_change_nothing() {
    for (name, wat, n) in PROGRAMS {
        for schedule in Schedule::builtin() {
            let whole = outcome(wat, *n, &schedule, u64::MAX);
            let config = Config {
                schedule: schedule.clone(),
                ..Config::default()
            };
            let (mut machine, instance) = machine(wat, config);
            let mut n_set = 0;
            for func in machine.funcs(instance).to_vec() {
                let Some((_, idx)) = machine.func_origin(func) else {
                    continue;
                };
                let range = machine
                    .module(instance)
                    .func_body_range(idx)
                    .expect("has a body");
                for offset in range.start.0..range.end.0 {
                    n_set += u32::from(machine.set_breakpoint(func, WasmOffset(offset)).is_some());
                }
            }
            assert!(n_set > 10);
            let run = func(&machine, instance, "run");
            machine.begin(run, &[Value::I32(*n)]).expect("one i32");
            let mut hits = 0;
            let stop = loop {
                match machine.run(u64::MAX, &Until::Finished) {
                    Stop::Breakpoint => hits += 1,
                    Stop::HostCall(call) => answer(&mut machine, &call),
                    stop => break stop,
                }
            };
            let end = (
                stop,
                machine.gas_used().0,
                machine.ticks(),
                machine.state_hash(),
            );
            assert_eq!(end, whole, "{name}, {}", schedule.name());
            assert_eq!(
                hits,
                machine.ticks(),
                "every instruction was reported once: {name}"
            );
        }
    }
}

#[test]
fn a_clone_in_the_middle_goes_on_by_itself() {
    for (name, wat, n) in PROGRAMS {
        let whole = outcome(wat, *n, &Schedule::waspvm(), u64::MAX);
        let config = Config {
            schedule: Schedule::waspvm(),
            ..Config::default()
        };
        let (mut machine, instance) = machine(wat, config);
        let run = func(&machine, instance, "run");
        machine.begin(run, &[Value::I32(*n)]).expect("one i32");
        while machine.ticks() < whole.2 / 2 {
            match machine.run(whole.2 / 2 - machine.ticks(), &Until::Finished) {
                Stop::HostCall(call) => answer(&mut machine, &call),
                _ => break,
            }
        }
        let mut clone = machine.clone();
        for machine in [&mut clone, &mut machine] {
            let stop = to_end(machine, 100);
            let end = (
                stop,
                machine.gas_used().0,
                machine.ticks(),
                machine.state_hash(),
            );
            assert_eq!(end, whole, "{name}");
        }
    }
}

#[test]
fn traced_run_equals_plain_run() {
    for (name, wat, n) in PROGRAMS {
        let whole = outcome(wat, *n, &Schedule::alchemy(), u64::MAX);
        let config = Config {
            schedule: Schedule::alchemy(),
            ..Config::default()
        };
        let (mut machine, instance) = machine(wat, config);
        let run = func(&machine, instance, "run");
        machine.begin(run, &[Value::I32(*n)]).expect("one i32");
        let mut ticks = Vec::new();
        let stop = loop {
            let mut sink = |line: TraceLine| {
                ticks.push(line.tick);
                true
            };
            match machine.run_traced(u64::MAX, &Until::Finished, &mut sink) {
                Stop::HostCall(call) => answer(&mut machine, &call),
                stop => break stop,
            }
        };
        let end = (
            stop,
            machine.gas_used().0,
            machine.ticks(),
            machine.state_hash(),
        );
        assert_eq!(end, whole, "{name}");
        assert_eq!(ticks, (1..=machine.ticks()).collect::<Vec<_>>(), "{name}");
    }
}
