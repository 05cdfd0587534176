//! What is said after a run about its last instruction is what a step would have said.

mod support;

use support::*;
use waspnest::*;

/// A machine before the call of a program, with a limit on gas.
fn begun(wat: &str, n: i32, gas: Option<u64>) -> (Machine, InstanceIdx) {
    let config = Config {
        gas_limit: gas.map(Gas),
        ..Config::default()
    };
    let (mut machine, instance) = machine(wat, config);
    let run = func(&machine, instance, "run");
    machine.begin(run, &[Value::I32(n)]).expect("an i32");
    (machine, instance)
}

/// Steps up to a tick and gives what the last step did.
fn step_to(machine: &mut Machine, tick: u64) -> Effect {
    loop {
        if let Stop::HostCall(call) = machine.run(1, &Until::Step) {
            answer(machine, &call);
        }
        if machine.ticks() == tick {
            return machine.effect().expect("steps are watched").clone();
        }
        assert!(machine.ticks() < tick, "the steps went past {tick}");
    }
}

/// Whether it says that a call has come back as a whole.
fn is_call_back(effect: &Effect) -> bool {
    effect.mnemonic.starts_with("call") && effect.control == Control::Next
}

/// Compares what is said after a run with what the steps there say.
fn check_said(said: &Effect, stepped: &Effect, what: &str) {
    if is_call_back(said) {
        let comes_back = matches!(stepped.control, Control::Return | Control::HostCall(_));
        assert!(comes_back, "{what}: {said:?} after {stepped:?}");
        if stepped.control == Control::Return {
            assert_eq!(said.pushed, stepped.pushed, "{what}");
        }
        return;
    }
    let mut stepped = stepped.clone();
    if let Control::Call(_) = said.control {
        stepped.gas = Gas(0);
        if said.popped.is_empty() {
            stepped.popped.clear();
        }
    }
    assert_eq!(*said, stepped, "{what}");
}

#[test]
fn what_is_said_at_a_breakpoint_is_what_the_step_there_says() {
    let (mut n_said, mut n_stops) = (0, 0);
    for (name, wat, n) in PROGRAMS {
        let (mut watched, instance) = begun(wat, *n, None);
        let mut stepped = watched.clone();
        let mut random = Random(7);
        for func in watched.funcs(instance).to_vec() {
            for _ in 0..4 {
                watched.set_breakpoint(func, WasmOffset(random.below(600) as u32));
            }
        }
        for _ in 0..60 {
            match watched.run(u64::MAX, &Until::Finished) {
                Stop::HostCall(call) => answer(&mut watched, &call),
                Stop::Breakpoint if watched.ticks() == 0 => {
                    assert_eq!(watched.effect(), None, "{name}: nothing has run");
                }
                Stop::Breakpoint if watched.ticks() > stepped.ticks() => {
                    n_stops += 1;
                    let step = step_to(&mut stepped, watched.ticks());
                    if watched.effect().is_none() {
                        println!("NONE {} {:?}", step.mnemonic, step.control);
                    }
                    if let Some(said) = watched.effect() {
                        n_said += 1;
                        check_said(said, &step, &format!("{name}, tick {}", watched.ticks()));
                    }
                }
                Stop::Breakpoint => {}
                _ => break,
            }
        }
    }
    assert!(n_said * 2 > n_stops, "{n_said} of {n_stops}");
}

#[test]
fn what_is_said_when_the_gas_is_used_up_is_what_the_step_there_says() {
    let mut n_stops = 0;
    for (name, wat, n) in PROGRAMS {
        for gas in [1, 2, 13, 40, 77, 500, 2_001] {
            let (mut watched, _) = begun(wat, *n, Some(gas));
            let mut stepped = watched.clone();
            stepped.set_gas_limit(None);
            if to_end(&mut watched, u64::MAX) == Stop::OutOfGas && watched.ticks() > 0 {
                n_stops += 1;
                let what = format!("{name} with {gas}");
                let step = step_to(&mut stepped, watched.ticks());
                match watched.effect() {
                    Some(said) => assert_eq!(*said, step, "{what}"),
                    // The answer of the host came last.
                    None => assert!(
                        matches!(step.control, Control::HostCall(_)),
                        "{what}: {step:?}"
                    ),
                }
            }
        }
    }
    assert!(n_stops > 50, "{n_stops}");
}

#[test]
fn what_is_said_after_a_run_over_a_call_is_what_it_came_back_with() {
    let mut n_calls = 0;
    for (name, wat, n) in PROGRAMS {
        let (mut machine, _) = begun(wat, *n, None);
        for way in 0..200 {
            // Now and then into the function, to come out of it.
            let (noted, until) = match way % 7 {
                3 => (None, Until::Step),
                6 if machine.n_frames() > 1 => (machine.note_call(1), machine.until_out()),
                _ => (machine.note_call(0), machine.until_over()),
            };
            let mut stepped = machine.clone();
            let mut stop = machine.run(u64::MAX, &until);
            while let Stop::HostCall(call) = &stop {
                answer(&mut machine, call);
                stop = machine.run(u64::MAX, &until);
            }
            let Stop::StepDone = stop else { break };
            let Some(noted) = noted else { continue };
            machine.tell_call(noted);
            let step = step_to(&mut stepped, machine.ticks());
            let Some(said) = machine.effect() else {
                assert!(
                    matches!(step.control, Control::Caught(..)),
                    "{name}: {step:?}"
                );
                continue;
            };
            check_said(said, &step, name);
            n_calls += u32::from(is_call_back(said));
        }
    }
    assert!(n_calls > 60, "{n_calls}");
}

#[test]
fn what_was_said_stays_while_nothing_runs() {
    let (mut machine, instance) = begun(
        "(module (func (export \"run\") (param i32)
            (drop (i32.add (local.get 0) (i32.const 2)))))",
        5,
        None,
    );
    let run = func(&machine, instance, "run");
    machine.run(3, &Until::Finished);
    assert_eq!(machine.effect(), None, "a run by ticks is not watched");
    let (_, drop) = machine.current_instruction().expect("a drop");
    machine.run(0, &Until::Finished);
    machine.set_breakpoint(run, drop);
    machine.abandon();
    machine.begin(run, &[Value::I32(5)]).expect("an i32");
    assert_eq!(machine.run(u64::MAX, &Until::Finished), Stop::Breakpoint);
    let said = machine.effect().cloned();
    assert_eq!(said.as_ref().map(|said| said.mnemonic), Some("i32.add"));
    assert_eq!(machine.run(0, &Until::Finished), Stop::Paused);
    assert_eq!(machine.effect(), said.as_ref());
}

#[test]
fn a_run_without_ticks_runs_nothing_also_when_the_gas_is_nearly_out() {
    let wat = r#"(module (func (export "run") (param i32) (result i32)
        (loop $again
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br_if $again (local.get 0)))
        (local.get 0)))"#;
    let (mut machine, _) = begun(wat, 1_000, Some(20));
    loop {
        let tick = machine.ticks();
        machine.run(0, &Until::Finished);
        assert_eq!(machine.ticks(), tick);
        match machine.run(1, &Until::Finished) {
            Stop::Paused => assert_eq!(machine.ticks(), tick + 1),
            stop => break assert_eq!(stop, Stop::OutOfGas),
        }
    }
    assert_eq!(machine.gas_used(), Gas(20));
}
