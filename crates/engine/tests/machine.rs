//! What the machine promises, case by case.

mod support;

use support::*;
use waspnest::*;

const I32: fn(i32) -> Value = Value::I32;

#[test]
fn recursion_a_million_deep_returns() {
    let wat = r#"(module (func $down (export "run") (param i32) (result i32)
        (if (result i32) (local.get 0)
          (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
          (else (i32.const 0)))))"#;
    check(wat, &[I32(1_000_000)], &[I32(1_000_000)]);
}

#[test]
fn endless_recursion_is_a_trap_with_its_frames_readable() {
    let wat = r#"(module (func $f (export "run") (call $f)))"#;
    let config = Config {
        stack_slots: 3000,
        ..Config::default()
    };
    let (mut machine, instance) = machine(wat, config);
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no arguments");
    let Stop::Trapped(trap) = machine.run(u64::MAX, &Until::Finished) else {
        panic!("no trap")
    };
    assert_eq!(trap.kind(), TrapKind::CallStackExhausted);
    assert_eq!(machine.n_frames(), 3000);
    assert_eq!(machine.ticks(), 3000);
    assert_eq!(
        trap.to_string(),
        "call stack exhausted: 3000 frames fill the 3000 slots of the call stack"
    );
}

#[test]
fn ten_million_tail_calls_run_in_one_frame() {
    for call in [
        "(return_call $f (i32.sub (local.get 0) (i32.const 1)))",
        "(return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))",
    ] {
        let wat = format!(
            r#"(module (type $t (func (param i32) (result i32))) (table 1 funcref) (elem (i32.const 0) $f)
            (func $f (export "run") (type $t)
              (if (i32.eqz (local.get 0)) (then (return (i32.const 7)))) {call}))"#
        );
        let config = Config {
            stack_slots: 64,
            ..Config::default()
        };
        let (mut machine, instance) = machine(&wat, config);
        let run = func(&machine, instance, "run");
        machine.begin(run, &[I32(10_000_000)]).expect("one i32");
        assert_eq!(machine.run(20_000, &Until::Finished), Stop::Paused);
        assert_eq!(machine.n_frames(), 1);
        let stop = machine.run(u64::MAX, &Until::Finished);
        assert_eq!(stop, Stop::Finished(vec![I32(7)]));
    }
}

#[test]
fn an_endless_loop_stops_at_its_gas_limit_and_at_its_budget() {
    let wat = r#"(module (func (export "run") (loop (br 0))))"#;
    let config = Config {
        gas_limit: Some(Gas(100)),
        ..Config::default()
    };
    let (mut machine, instance) = machine(wat, config);
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no arguments");
    assert_eq!(machine.run(50, &Until::Finished), Stop::Paused);
    assert_eq!(machine.ticks(), 50);
    assert_eq!(machine.run(u64::MAX, &Until::Finished), Stop::OutOfGas);
    assert_eq!((machine.gas_used(), machine.ticks()), (Gas(100), 101));
    machine.abandon();
    machine.set_gas_limit(None);
    machine.begin(run, &[]).expect("no arguments");
    assert_eq!(machine.run(1000, &Until::Finished), Stop::Paused);
}

#[test]
fn a_start_function_is_a_metered_call_like_any_other() {
    let wat = r#"(module (func $s (loop (br 0))) (start $s))"#;
    let config = Config {
        gas_limit: Some(Gas(1000)),
        ..Config::default()
    };
    let (mut machine, instance) = machine(wat, config);
    assert_eq!(machine.ticks(), 0);
    let start = machine.start_func(instance).expect("has a start function");
    machine.begin(start, &[]).expect("no arguments");
    assert_eq!(machine.run(u64::MAX, &Until::Finished), Stop::OutOfGas);
}

#[test]
fn schedules_price_the_addition_of_two_parameters() {
    let wat = r#"(module (func (export "run") (param i32 i32) (result i32)
        local.get 0 local.get 1 i32.add))"#;
    for (schedule, expected) in Schedule::builtin().into_iter().zip(["3", "9", "0.9375"]) {
        let (mut machine, instance) = machine(wat, Config::default());
        let run = func(&machine, instance, "run");
        // Prices may be set before or after the first translation.
        for _ in 0..2 {
            machine.set_schedule(schedule.clone());
            machine.reset_gas();
            machine.begin(run, &[I32(2), I32(40)]).expect("two i32");
            assert_eq!(to_end(&mut machine, 1), Stop::Finished(vec![I32(42)]));
            assert_eq!(
                schedule.format(machine.gas_used()),
                expected,
                "{}",
                schedule.name()
            );
        }
    }
}

#[test]
fn dynamic_costs_are_paid_before_anything_happens() {
    let wat = r#"(module (import "env" "host" (func $host)) (memory 1 4)
      (func (export "run") (param i32) (result i32)
        (memory.fill (i32.const 0) (i32.const 1) (local.get 0))
        (call $host)
        (memory.grow (i32.const 2))))"#;
    let mut schedule = Schedule::free("dynamic", 1).expect("a denominator of 1");
    for (name, cost) in [
        ("bulk byte", 1),
        ("host call", 1000),
        ("grown page", 10_000),
    ] {
        schedule.set(name, cost).expect("a known name");
    }
    let config = Config {
        schedule,
        gas_limit: Some(Gas(99)),
        ..Config::default()
    };
    let (mut machine, instance) = machine(wat, config);
    let run = func(&machine, instance, "run");
    machine.begin(run, &[I32(100)]).expect("one i32");
    let memory = machine.memories(instance)[0];
    for (limit, n_bytes, n_pages) in [(99, 0, 1), (1099, 100, 1), (21_099, 100, 1)] {
        machine.set_gas_limit(Some(Gas(limit)));
        assert_eq!(to_end(&mut machine, u64::MAX), Stop::OutOfGas);
        assert_eq!(
            machine
                .memory(memory)
                .iter()
                .filter(|byte| **byte == 1)
                .count(),
            n_bytes
        );
        assert_eq!(machine.memory(memory).len(), n_pages << 16);
    }
    machine.set_gas_limit(Some(Gas(21_100)));
    assert_eq!(to_end(&mut machine, u64::MAX), Stop::Finished(vec![I32(1)]));
    assert_eq!(machine.gas_used(), Gas(21_100));
}

/// A recursion that counts its depth in a global, and never ends by itself.
const DEEPER: &str = r#"(module (global $depth (export "depth") (mut i32) (i32.const 0))
    (func $down (export "run")
      (global.set $depth (i32.add (global.get $depth) (i32.const 1))) (call $down)))"#;

#[test]
fn the_limit_on_the_stack_changes_in_the_middle_of_a_call() {
    let reached = |machine: &mut Machine| {
        let stop = machine.run(u64::MAX, &Until::Finished);
        let Stop::Trapped(trap) = stop else {
            panic!("{stop:?}")
        };
        assert_eq!(trap.kind(), TrapKind::CallStackExhausted);
        machine.n_frames()
    };
    let limited = |stack_slots| Config {
        stack_slots,
        ..Config::default()
    };
    let (mut machine, instance) = machine(DEEPER, limited(3000));
    let run = func(&machine, instance, "run");
    let in_reserve = u32::from(u16::MAX);
    let mut depth = |first, then| {
        machine.set_limits(&limited(first));
        machine.begin(run, &[]).expect("no arguments");
        assert_eq!(machine.run(3000, &Until::Finished), Stop::Paused);
        machine.set_limits(&limited(then));
        reached(&mut machine)
    };
    let (few, many) = (depth(3000, 3000), depth(3_000_000, 3_000_000));
    assert_eq!(depth(3000, 3_000_000), many);
    assert!(depth(3_000_000, 64) < in_reserve + few);
    assert_eq!(depth(3000, 3000), few);
}

#[test]
fn limits_on_memories_tables_and_objects_change_in_the_middle_of_a_call() {
    let wat = r#"(module (memory 2) (table 10 funcref) (type $bytes (array (mut i8)))
      (func (export "run") (param i32 i32) (result i32 i32)
        (memory.grow (local.get 0))
        (table.grow (ref.null func) (local.get 0))
        (drop (array.new $bytes (i32.const 0) (local.get 1)))))"#;
    let mut limits = Config {
        memory_pages: 2,
        total_memory_pages: 2,
        table_elements: 10,
        heap_bytes: 1000,
        ..Config::default()
    };
    let few = limits.clone();
    let (mut machine, instance) = machine(wat, few.clone());
    let run = func(&machine, instance, "run");
    let results = |machine: &mut Machine, limits: &Config, args: [i32; 2]| {
        machine.begin(run, &args.map(I32)).expect("two i32");
        assert_eq!(machine.run(1, &Until::Step), Stop::StepDone);
        machine.set_limits(limits);
        to_end(machine, 1)
    };
    let refused = Stop::Finished(vec![I32(-1), I32(-1)]);
    assert_eq!(results(&mut machine, &few, [1, 8]), refused);
    (limits.memory_pages, limits.total_memory_pages) = (3, 3);
    (limits.table_elements, limits.heap_bytes) = (11, 100_000);
    let grown = Stop::Finished(vec![I32(2), I32(10)]);
    assert_eq!(results(&mut machine, &limits, [1, 50_000]), grown);
    // What is there stays, also where it is more than the limit.
    assert_eq!(results(&mut machine, &few, [1, 8]), refused);
    let stop = results(&mut machine, &few, [0, 50_000]);
    assert!(
        matches!(&stop, Stop::Trapped(trap) if trap.kind() == TrapKind::HeapExhausted),
        "{stop:?}"
    );
    assert_eq!(machine.memory(machine.memories(instance)[0]).len(), 3 << 16);
}

#[test]
fn growing_memory_honours_every_limit() {
    let wat = r#"(module (memory 1 5) (func (export "run") (param i32) (result i32)
        (memory.grow (local.get 0))))"#;
    check(wat, &[I32(4)], &[I32(1)]);
    check(wat, &[I32(5)], &[I32(-1)]);
    check(wat, &[I32(-1)], &[I32(-1)]);
    let huge =
        Module::new(wat::parse_str("(module (memory 65536))").expect("text")).expect("valid");
    let error = Machine::new(Config::default())
        .instantiate(&huge, &[])
        .expect_err("too large");
    assert!(matches!(error.kind(), ErrorKind::Limit(_)), "{error}");
}

#[test]
fn traps_say_what_where_and_the_numbers() {
    check_trap(
        r#"(module (memory 1) (func (export "run") (result i32) (i32.load offset=4 (i32.const 65536))))"#,
        &[],
        "out of bounds memory access: i32.load reads 4 bytes at 0x1_0004, memory ends at 0x1_0000 (1 page)",
    );
    check_trap(
        r#"(module (memory 1) (func (export "run") (i64.store8 (i32.const -1) (i64.const 1))))"#,
        &[],
        "out of bounds memory access: i64.store8 writes 1 byte at 0xffff_ffff, memory ends at 0x1_0000 (1 page)",
    );
    check_trap(
        r#"(module (func (export "run") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const 0))))"#,
        &[I32(-7)],
        "integer divide by zero: i32.div_s of -7 by 0",
    );
    check_trap(
        r#"(module (func (export "run") (result i64) (i64.div_s (i64.const 0x8000000000000000) (i64.const -1))))"#,
        &[],
        "integer overflow: i64.div_s of -9223372036854775808 by -1 does not fit i64",
    );
    check_trap(
        r#"(module (func (export "run") (result i32) (i32.trunc_f64_s (f64.const 1e10))))"#,
        &[],
        "integer overflow: i32.trunc_f64_s of 10000000000.0 does not fit i32",
    );
    check_trap(
        r#"(module (func (export "run") unreachable))"#,
        &[],
        "unreachable",
    );
    check_trap(
        r#"(module (table 3 funcref) (func (export "run") (call_indirect (i32.const 3))))"#,
        &[],
        "undefined element: element 3 is asked for, the table has 3",
    );
    check_trap(
        r#"(module (table 3 funcref) (elem (i32.const 1) $f) (func $f (param i64))
          (func (export "run") (call_indirect (i32.const 1))))"#,
        &[],
        "indirect call type mismatch: the call wants (func), element 1 of the table is (func (param i64))",
    );
    check_trap(
        r#"(module (memory 1) (func (export "run") (memory.fill (i32.const 65530) (i32.const 0) (i32.const 7))))"#,
        &[],
        "out of bounds memory access: memory.fill writes 7 bytes at 0xfffa, memory ends at 0x1_0000 (1 page)",
    );
}

#[test]
fn a_trap_leaves_everything_readable() {
    let (mut machine, instance) = machine(PROGRAMS[3].1, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[I32(5)]).expect("one i32");
    let Stop::Trapped(trap) = to_end(&mut machine, u64::MAX) else {
        panic!("no trap")
    };
    assert_eq!(trap.kind(), TrapKind::MemoryOutOfBounds);
    let frames = machine.frames(0, 10);
    assert_eq!(frames.len(), 2);
    assert_eq!(Some(frames[0].offset), trap.offset());
    assert_eq!(machine.operands(&frames[0]), [I32(7), I32(0), I32(-3)]);
    assert_eq!(machine.locals(&frames[0])[0].value, I32(0));
    assert_eq!(machine.locals(&frames[0])[0].name.as_deref(), Some("n"));
    assert_eq!(machine.locals(&frames[1])[1].name.as_deref(), Some("i"));
    assert!(
        machine.begin(run, &[I32(0)]).is_ok(),
        "a new call starts after a trap"
    );
}

#[test]
fn stepping_shows_what_each_instruction_did() {
    let wat = r#"(module (memory 1) (global $g (mut i64) (i64.const 3))
      (func $id (param i32) (result i32) (local.get 0))
      (func (export "run") (param $p i32) (result i32) (local $l i32)
        (local.set $l (i32.add (i32.const 2) (local.get $p)))
        (i32.store offset=8 (i32.const 4) (local.get $l))
        (global.set $g (i64.const 9))
        (call $id (i32.const 5))))"#;
    let (mut machine, instance) = machine(wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[I32(40)]).expect("one i32");
    let mut effects = Vec::new();
    let stop = loop {
        let stop = machine.run(10, &Until::Step);
        effects.push(machine.effect().expect("a step leaves an effect").clone());
        if stop != Stop::StepDone {
            break stop;
        }
    };
    assert_eq!(stop, Stop::Finished(vec![I32(5)]));
    let names: Vec<&str> = effects.iter().map(|effect| effect.mnemonic).collect();
    let expected = "i32.const local.get i32.add local.set i32.const local.get i32.store i64.const \
        global.set i32.const call local.get end end";
    assert_eq!(names.join(" "), expected);
    assert_eq!(
        (&effects[2].popped[..], &effects[2].pushed[..]),
        (&[I32(2), I32(40)][..], &[I32(42)][..])
    );
    assert_eq!(effects[1].pushed, [I32(40)]);
    assert_eq!(effects[3].local, Some((1, I32(0))));
    let access = &effects[6].memory[0];
    assert_eq!(
        (access.address, access.len, access.kind),
        (12, 4, AccessKind::Write)
    );
    assert_eq!(effects[8].global.map(|(_, old)| old), Some(Value::I64(3)));
    assert!(matches!(effects[10].control, Control::Call(_)));
    assert_eq!(effects[10].popped, [I32(5)]);
    assert_eq!(
        (effects[12].control, &effects[12].pushed[..]),
        (Control::Return, &[I32(5)][..])
    );
    assert_eq!(machine.ticks(), effects.len() as u64);
}

#[test]
fn what_a_step_did_is_told_until_the_next_run() {
    let wat = r#"(module (func (export "run") (nop) (nop) (nop)))"#;
    let (mut machine, instance) = machine(wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no arguments");
    machine.run(1, &Until::Step);
    assert!(machine.effect().is_some());
    machine.run(1, &Until::Finished);
    assert_eq!(machine.effect(), None);
}

#[test]
fn step_over_and_out_survive_slices_and_host_calls() {
    let wat = r#"(module (import "env" "ask" (func $ask (param i32) (result i32)))
      (func $work (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
        (i32.add (call $ask (local.get 0)) (call $work (i32.sub (local.get 0) (i32.const 1)))))
      (func (export "run") (param i32) (result i32)
        (call $work (local.get 0))))"#;
    let (mut machine, instance) = machine(wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[I32(4)]).expect("one i32");
    machine.run(1, &Until::Step);
    assert_eq!(
        machine.next_instruction().expect("under way").mnemonic,
        "call"
    );
    let go = |machine: &mut Machine, until: Until| loop {
        match machine.run(3, &until) {
            Stop::Paused => {}
            Stop::HostCall(call) => answer(machine, &call),
            stop => return stop,
        }
    };
    let mut over = machine.clone();
    let until = over.until_over();
    assert_eq!(go(&mut over, until), Stop::StepDone);
    assert_eq!(
        (
            over.n_frames(),
            over.next_instruction().expect("under way").mnemonic
        ),
        (1, "end")
    );
    let frame = &over.frames(0, 1)[0];
    assert_eq!(over.operands(frame), [I32(10)]);

    // Into the third level, then out of it, level by level.
    while machine.n_frames() < 4 {
        if let Stop::HostCall(call) = machine.run(1, &Until::Step) {
            answer(&mut machine, &call);
        }
    }
    for n_frames in [3, 2, 1] {
        let until = machine.until_out();
        assert_eq!(go(&mut machine, until), Stop::StepDone);
        assert_eq!(machine.n_frames(), n_frames);
    }
    let until = machine.until_out();
    assert_eq!(go(&mut machine, until), Stop::Finished(vec![I32(10)]));
}

#[test]
fn a_breakpoint_stops_each_time_it_is_reached() {
    let (mut machine, instance) = machine(PROGRAMS[0].1, Config::default());
    let run = func(&machine, instance, "run");
    let start = machine
        .module(instance)
        .func_body_range(FuncIdx(0))
        .expect("a body")
        .start;
    let offset = machine
        .set_breakpoint(run, start)
        .expect("has instructions");
    assert_eq!(machine.breakpoints(), [(run, offset)]);
    machine.begin(run, &[I32(3)]).expect("one i32");
    for n_hits in 1.. {
        match machine.run(u64::MAX, &Until::Finished) {
            Stop::Breakpoint => assert!(n_hits <= 5),
            stop => {
                assert_eq!((stop, n_hits), (Stop::Finished(vec![I32(2)]), 6));
                break;
            }
        }
    }
    machine.clear_breakpoint(run, offset);
    machine.begin(run, &[I32(3)]).expect("one i32");
    assert_eq!(
        machine.run(u64::MAX, &Until::Finished),
        Stop::Finished(vec![I32(2)])
    );
}

#[test]
fn labels_tell_kind_arity_and_where_a_branch_goes_on() {
    let wat = r#"(module (func (export "run") (result i32)
        (block $outer (result i32)
          (loop $again (nop))
          (i32.const 1)
          (if (result i32) (i32.const 0) (then (i32.const 2)) (else (nop) (i32.const 3)))
          (i32.add))))"#;
    let (mut machine, instance) = machine(wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no arguments");
    let labels_at = |machine: &mut Machine, mnemonic: &str, nth: usize| {
        for _ in 0..=nth {
            machine.run(1, &Until::Step);
            while machine.next_instruction().expect("under way").mnemonic != mnemonic {
                machine.run(1, &Until::Step);
            }
        }
        let frame = machine.frames(0, 1).remove(0);
        machine.labels(&frame)
    };
    let labels = labels_at(&mut machine, "nop", 0);
    let kinds: Vec<LabelKind> = labels.iter().map(|label| label.kind).collect();
    assert_eq!(kinds, [LabelKind::Loop, LabelKind::Block, LabelKind::Func]);
    assert_eq!(labels[0].name.as_deref(), Some("again"));
    assert_eq!(
        (labels[0].arity, labels[1].arity, labels[2].arity),
        (0, 1, 1)
    );
    assert_eq!(labels[1].continuation, labels[2].continuation);
    let labels = labels_at(&mut machine, "nop", 0);
    assert_eq!(labels[0].kind, LabelKind::Else);
}

#[test]
fn state_is_changed_by_hand_while_paused() {
    let wat = r#"(module (memory 1) (global (mut f32) (f32.const 1)) (table 2 externref)
      (func (export "run") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))"#;
    let (mut machine, instance) = machine(wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[I32(1)]).expect("one i32");
    let frame = machine.frames(0, 1).remove(0);
    machine.set_local(&frame, 0, I32(10)).expect("an i32");
    assert!(machine.set_local(&frame, 0, Value::I64(10)).is_err());
    assert!(machine.set_local(&frame, 1, I32(10)).is_err());
    machine.run(2, &Until::Finished);
    assert!(
        machine.set_local(&frame, 0, I32(3)).is_err(),
        "the frame has gone on"
    );
    let frame = machine.frames(0, 1).remove(0);
    machine.set_operand(&frame, 1, I32(32)).expect("an i32");
    assert!(machine.set_operand(&frame, 2, I32(32)).is_err());
    assert_eq!(
        machine.run(9, &Until::Finished),
        Stop::Finished(vec![I32(42)])
    );
    let (global, table) = (machine.globals(instance)[0], machine.tables(instance)[0]);
    machine.set_global(global, Value::f32(2.5)).expect("an f32");
    assert_eq!(machine.global(global), Value::f32(2.5));
    machine
        .table_set(table, 1, Value::host(Some(8)))
        .expect("an externref");
    assert_eq!(machine.table_get(table, 1), Some(Value::host(Some(8))));
    assert!(machine.table_set(table, 2, Value::host(None)).is_err());
    let memory = machine.memories(instance)[0];
    assert!(machine.write_memory(memory, 65_535, &[1]));
    assert!(!machine.write_memory(memory, 65_535, &[1, 2]));
}

#[test]
fn modules_link_by_their_exports_and_errors_are_named() {
    let mut machine = Machine::new(Config::default());
    let library = r#"(module (memory (export "m") 1) (global (export "g") i32 (i32.const 5))
      (func (export "poke") (param i32) (i32.store8 (i32.const 0) (local.get 0))))"#;
    let user = r#"(module (import "lib" "poke" (func $poke (param i32))) (import "lib" "m" (memory 1))
      (func (export "run") (result i32) (call $poke (i32.const 77)) (i32.load8_u (i32.const 0))))"#;
    let module = |wat: &str| Module::new(wat::parse_str(wat).expect("text")).expect("valid");
    let lib = machine
        .instantiate(&module(library), &[])
        .expect("no imports");
    let export = |machine: &Machine, name: &str| machine.export(lib, name).expect("exported");
    let imports = [export(&machine, "poke"), export(&machine, "m")];
    let instance = machine.instantiate(&module(user), &imports).expect("links");
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no arguments");
    assert_eq!(
        machine.run(100, &Until::Finished),
        Stop::Finished(vec![I32(77)])
    );
    let wrong = [export(&machine, "g"), export(&machine, "m")];
    let error = machine
        .instantiate(&module(user), &wrong)
        .expect_err("a global is no function");
    assert_eq!(
        error.to_string(),
        "import \"lib\" \"poke\": incompatible import type: the module asks for (func (param i32)), but gets (global i32)"
    );
    let error = machine
        .instantiate(&module(user), &[])
        .expect_err("nothing is given");
    assert!(error.to_string().contains("unknown import"), "{error}");
}

#[test]
fn host_calls_are_checked_and_may_fail() {
    let (mut machine, instance) = machine(PROGRAMS[5].1, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[I32(6)]).expect("one i32");
    let Stop::HostCall(call) = machine.run(u64::MAX, &Until::Finished) else {
        panic!("no host call")
    };
    assert_eq!(call.args, [I32(6), Value::I64(-1)]);
    assert_eq!(machine.host_func_name(call.func), Some(("env", "tell")));
    assert!(machine.answer(&[I32(1)]).is_err(), "it has no result");
    assert!(
        machine.begin(run, &[I32(6)]).is_err(),
        "a call is under way"
    );
    assert_eq!(machine.run(5, &Until::Finished), Stop::HostCall(call));
    machine.answer(&[]).expect("no result");
    let Stop::HostCall(_) = machine.run(u64::MAX, &Until::Finished) else {
        panic!("no host call")
    };
    assert!(
        machine.answer(&[Value::I64(1)]).is_err(),
        "an i32 is wanted"
    );
    machine.fail_host_call("it threw").expect("one is pending");
    let Status::Trapped(trap) = machine.state() else {
        panic!("no trap")
    };
    assert_eq!(trap.to_string(), "host function failed: it threw");
    assert_eq!(machine.frames(0, 9).len(), 1);
}

#[test]
fn what_is_not_there_yet_is_refused_by_name() {
    let refuse = |wat: &str| {
        let bytes = wat::parse_str(wat).expect("text");
        Module::new(bytes).expect_err("not there yet").to_string()
    };
    let switching = refuse("(module (type $f (func)) (type $c (cont $f)))");
    assert!(switching.contains("which is not there yet"), "{switching}");
    let bad = Module::new(&b"\0asm\x01\0\0\0\xff"[..]).expect_err("truncated");
    assert!(matches!(bad.kind(), ErrorKind::Invalid(_)), "{bad}");
}

#[test]
fn the_reference_names_every_instruction_once() {
    let list = reference();
    let mut names: Vec<&str> = list.iter().map(|info| info.mnemonic).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), list.len());
    assert!(list.len() > 190, "{}", list.len());
    let add = list
        .iter()
        .find(|info| info.mnemonic == "i32.add")
        .expect("listed");
    assert_eq!(add.stack_effect, "i32 i32 -> i32");
    for schedule in Schedule::builtin() {
        assert!(
            list.iter()
                .all(|info| schedule.cost(info.mnemonic).is_some())
        );
    }
}

#[test]
fn deep_nesting_and_wide_functions_work() {
    let nested = "(block ".repeat(1000) + &")".repeat(1000);
    check(
        &format!("(module (func (export \"run\") (result i32) {nested} (i32.const 3)))"),
        &[],
        &[I32(3)],
    );
    let locals = "i64 ".repeat(40_000);
    let wide = format!(
        "(module (func (export \"run\") (result i64) (local {locals})
          (local.set 39999 (i64.const 8)) (local.get 39999)))"
    );
    check(&wide, &[], &[Value::I64(8)]);
}
