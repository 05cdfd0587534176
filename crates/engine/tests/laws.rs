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

#[test]
fn slices_by_bytes_equal_a_whole_run_and_bound_each_slice() {
    let wat = r#"(module (memory 2 8) (table $t 4 funcref)
        (func (export "run") (param $n i32) (result i32)
            (loop $again
                (memory.fill (i32.const 5) (local.get $n) (i32.const 1000))
                (memory.copy (i32.const 2000) (i32.const 0) (i32.const 500))
                (drop (memory.grow (i32.const 1)))
                (drop (table.grow $t (ref.null func) (i32.const 3)))
                (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (memory.size)))"#;
    let mut schedule = Schedule::waspvm();
    schedule.set("bulk byte", 2).expect("a small cost");
    schedule.set("grown page", 70).expect("a small cost");
    for gas_limit in [None, Some(1_900), Some(3_100), Some(40_000)] {
        let run = |slice: Option<(u64, u64)>| {
            let config = Config {
                schedule: schedule.clone(),
                gas_limit: gas_limit.map(Gas),
                ..Config::default()
            };
            let (mut machine, instance) = machine(wat, config);
            let run = func(&machine, instance, "run");
            machine.begin(run, &[Value::I32(20)]).expect("one i32");
            let mut n_slices = 1;
            let stop = loop {
                let stop = match slice {
                    Some((budget, bytes)) => machine.run_slice(budget, bytes, &Until::Finished),
                    None => machine.run(u64::MAX, &Until::Finished),
                };
                if stop != Stop::Paused {
                    break stop;
                }
                n_slices += 1;
            };
            let (gas, ticks) = (machine.gas_used(), machine.ticks());
            ((stop, gas, ticks, machine.state_hash()), n_slices)
        };
        let (whole, _) = run(None);
        for budget in [2, 13, u64::MAX] {
            for bytes in [0, 1, 1_200, 1 << 30] {
                let (sliced, _) = run(Some((budget, bytes)));
                assert_eq!(
                    sliced, whole,
                    "gas {gas_limit:?}, {budget} ticks, {bytes} bytes"
                );
            }
        }
        if gas_limit.is_none() {
            // Each slice has one instruction of the 66 that move bytes, and perhaps the end.
            let (_, n_slices) = run(Some((u64::MAX, 1)));
            assert!((66..=67).contains(&n_slices), "{n_slices} slices");
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
            let mut sink = |_: &Machine, line: TraceLine| {
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
