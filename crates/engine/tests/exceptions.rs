//! Exceptions: who catches what, what an uncaught one leaves, and what a step over one does.

mod support;

use support::*;
use waspnest::*;

fn i32s(values: &[i32]) -> Vec<Value> {
    values.iter().map(|value| Value::I32(*value)).collect()
}

/// A machine that stands before the first instruction of the export `run`.
fn begun(wat: &str, args: &[Value]) -> (Machine, InstanceIdx) {
    let (mut machine, instance) = machine(wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, args).expect("the arguments fit");
    (machine, instance)
}

fn trap_of(stop: Stop) -> Trap {
    match stop {
        Stop::Trapped(trap) => trap,
        other => panic!("{other:?} is no trap"),
    }
}

/// Runs until the host is called.
fn to_host_call(machine: &mut Machine) {
    match machine.run(u64::MAX, &Until::Finished) {
        Stop::HostCall(_) => {}
        other => panic!("{other:?} is no host call"),
    }
}

#[test]
fn the_innermost_block_and_its_first_clause_that_fits_catch() {
    let wat = r#"(module
        (tag $a (param i32)) (tag $b (param i32)) (tag $c)
        (func $throws (param $n i32)
            (if (i32.eq (local.get $n) (i32.const 0)) (then (throw $a (i32.const 10))))
            (if (i32.eq (local.get $n) (i32.const 1)) (then (throw $b (i32.const 20))))
            (throw $c))
        (func (export "run") (param $n i32) (result i32)
            (block $all
                (block $outer (result i32)
                    (block $inner (result i32)
                        (try_table (catch $b $outer) (catch_all $all) (catch $a $outer)
                            (try_table (catch $a $inner) (catch $a $outer)
                                (call $throws (local.get $n)))
                            (unreachable))
                        (unreachable))
                    (return (i32.add (i32.const 1))))
                (return (i32.add (i32.const 2))))
            (i32.const 3)))"#;
    for (n, expected) in [(0, 11), (1, 22), (2, 3)] {
        check(wat, &i32s(&[n]), &i32s(&[expected]));
    }
}

#[test]
fn a_block_beside_or_around_the_throw_in_another_place_does_not_catch() {
    // Before, after, in a sibling, and a clause's own block.
    let wat = r#"(module (tag $t)
        (func (export "run") (param $n i32) (result i32)
            (block $wrong (try_table (catch_all $wrong) (nop)))
            (block $right
                (try_table (catch_all $right)
                    (block $sibling (try_table (catch_all $sibling)))
                    (if (local.get $n) (then (throw $t)))
                    (block $sibling (try_table (catch_all $sibling))))
                (return (i32.const 1)))
            (block $wrong (try_table (catch_all $wrong)))
            (block $rethrown
                (try_table (catch_all $rethrown)
                    (block $h (try_table (catch_all $h) (throw $t)))
                    ;; Outside of its block the inner clause holds no longer.
                    (throw $t))
                (unreachable))
            (i32.const 2)))"#;
    check(wat, &i32s(&[0]), &i32s(&[1]));
    check(wat, &i32s(&[1]), &i32s(&[2]));
}

#[test]
fn an_exception_is_thrown_again_with_its_values() {
    let wat = r#"(module
        (tag $t (param i32 i64 f32 f64 funcref externref))
        (func $first (param i32 i64)
            (throw $t (local.get 0) (local.get 1) (f32.const 1.5) (f64.const -2)
                (ref.null func) (ref.null extern)))
        (func $second (param i32 i64) (local $e exnref)
            (block $h (result exnref)
                (try_table (catch_all_ref $h) (call $first (local.get 0) (local.get 1)))
                (return))
            (throw_ref (local.tee $e)))
        (func (export "run") (param i32 i64)
            (result i32 i64 f32 f64 funcref externref exnref)
            (block $h (result i32 i64 f32 f64 funcref externref exnref)
                (try_table (catch_ref $t $h) (call $second (local.get 0) (local.get 1)))
                (unreachable))))"#;
    let args = [Value::I32(-5), Value::I64(1 << 40)];
    let (mut machine, instance) = begun(wat, &args);
    let Stop::Finished(results) = to_end(&mut machine, u64::MAX) else {
        panic!("it returns")
    };
    let Value::Ref(Top::Exn, Ref::Exception(object)) = results[6] else {
        panic!("{:?} is no exception", results[6])
    };
    let exception = machine.exception(object).expect("it is there");
    assert_eq!(exception.tag, machine.tags(instance)[0]);
    assert_eq!(exception.values, results[..6]);
    assert_eq!(results[..2], args);
    assert_eq!(
        machine.exception_text(&exception),
        "$t (-5, 1099511627776, 1.5, -2.0, null, null)"
    );
}

#[test]
fn a_catch_crosses_a_million_frames() {
    let wat = r#"(module (tag $t (param i32))
        (func $down (param $n i32) (result i32)
            (if (i32.eqz (local.get $n)) (then (throw $t (i32.const 42))))
            (i32.add (i32.const 1) (call $down (i32.sub (local.get $n) (i32.const 1)))))
        ;; A block around each frame that catches something else.
        (tag $other)
        (func $guarded (param $n i32) (result i32)
            (block $h
                (try_table (catch $other $h)
                    (if (i32.eqz (local.get $n)) (then (throw $t (i32.const 43))))
                    (return (call $guarded (i32.sub (local.get $n) (i32.const 1)))))
                (unreachable))
            (unreachable))
        (func (export "run") (param $n i32) (param $which i32) (result i32)
            (block $h (result i32)
                (try_table (catch $t $h)
                    (if (local.get $which) (then (drop (call $guarded (local.get $n)))))
                    (drop (call $down (local.get $n))))
                (unreachable))))"#;
    for (n, which, expected) in [(100_000, 1, 43), (100_000, 0, 42), (1_000_000, 0, 42)] {
        check(wat, &i32s(&[n, which]), &i32s(&[expected]));
    }
}

#[test]
fn a_throw_far_below_asks_each_block_for_its_tag_at_once() {
    // Ten thousand clauses around each of 100,000 frames: a thousand million to compare, were they
    // compared one by one.
    let tags = "(tag)".repeat(9_998);
    let clauses: String = (2..10_000).map(|tag| format!("(catch {tag} $h)")).collect();
    let wat = format!(
        r#"(module (tag $t) (tag $u) {tags}
        (func $down (param $n i32)
            (block $h
                (try_table {clauses}
                    (if (i32.eqz (local.get $n)) (then (throw $t)))
                    (call $down (i32.sub (local.get $n) (i32.const 1))))))
        (func (export "run") (param $n i32)
            (block $h
                (try_table (catch $u $h) (catch $t $h) (call $down (local.get $n)))
                (unreachable))))"#
    );
    check(&wat, &i32s(&[100_000]), &[]);
}

#[test]
fn an_exception_crosses_instances_and_finds_its_tag_by_identity() {
    let mut machine = Machine::new(Config::default());
    let module = |wat: &str| Module::new(wat::parse_str(wat).unwrap()).unwrap();
    let thrower = module(
        r#"(module (tag $own (export "t") (param i32)) (tag $twin (export "twin") (param i32))
            (memory 1) (data (i32.const 0) "thrower")
            (func (export "throw") (param i32) (throw $own (local.get 0)))
            (func (export "throw twin") (param i32) (throw $twin (local.get 0))))"#,
    );
    let first = machine.instantiate(&thrower, &[]).unwrap();
    let second = machine.instantiate(&thrower, &[]).unwrap();
    let catcher = module(
        r#"(module
            (import "m" "t" (tag $t (param i32)))
            (import "m" "throw" (func $throw (param i32)))
            (memory 1) (data (i32.const 0) "catcher")
            (func (export "run") (param i32) (result i32 i32)
                (block $h (result i32)
                    (try_table (catch $t $h) (call $throw (local.get 0)))
                    (unreachable))
                ;; The memory at hand is this instance's again.
                (i32.load8_u (i32.const 0))))"#,
    );
    let exported = |machine: &Machine, instance, name| machine.export(instance, name).unwrap();
    for (tag_of, func_of, name, is_caught) in [
        (first, first, "throw", true),
        (second, second, "throw", true),
        (first, second, "throw", false),
        (first, first, "throw twin", false),
    ] {
        let imports = [
            exported(&machine, tag_of, "t"),
            exported(&machine, func_of, name),
        ];
        let instance = machine.instantiate(&catcher, &imports).unwrap();
        let run = func(&machine, instance, "run");
        machine.begin(run, &i32s(&[7])).unwrap();
        let stop = machine.run(u64::MAX, &Until::Finished);
        match is_caught {
            true => assert_eq!(stop, Stop::Finished(i32s(&[7, i32::from(b'c')]))),
            false => {
                let trap = trap_of(stop);
                assert_eq!(trap.kind(), TrapKind::UncaughtException);
                let tag = trap.exception().expect("it says which").tag;
                assert_ne!(Extern::Tag(tag), imports[0]);
                // The machine stands in the instance that threw.
                assert_eq!(machine.frames(0, 9).len(), 2);
                assert_eq!(machine.frames(0, 1)[0].instance, func_of);
            }
        }
        machine.abandon();
    }
}

#[test]
fn tags_are_matched_by_their_types() {
    let mut machine = Machine::new(Config::default());
    let wat = r#"(module (import "m" "t" (tag (param i32 f64))) (export "t" (tag 0)))"#;
    let module = Module::new(wat::parse_str(wat).unwrap()).unwrap();
    let fits = machine.host_tag([ValType::I32, ValType::F64], ("m", "t"));
    let other = machine.host_tag([ValType::I32], ("m", "t"));
    let instance = machine.instantiate(&module, &[Extern::Tag(fits)]).unwrap();
    assert_eq!(machine.export(instance, "t"), Some(Extern::Tag(fits)));
    assert_eq!(machine.tag_name(fits), "m.t");
    let error = machine.instantiate(&module, &[Extern::Tag(other)]);
    assert_eq!(
        error.unwrap_err().to_string(),
        "import \"m\" \"t\": incompatible import type: the module asks for \
         (tag (param i32 f64)), but gets (tag (param i32))"
    );
    let unknown = machine.instantiate(&module, &[Extern::Tag(TagAddr(99))]);
    assert!(
        unknown
            .unwrap_err()
            .to_string()
            .contains("not in this machine")
    );
    let export = module.exports().next().unwrap();
    assert_eq!((export.name, export.index), ("t", 0));
    assert_eq!(export.ty.to_string(), "(tag (param i32 f64))");
    assert_eq!(module.tag_types().len(), 1);
}

#[test]
fn a_frame_that_a_tail_call_left_does_not_catch() {
    let wat = r#"(module (tag $t)
        (type $f (func (result i32)))
        (table funcref (elem $throws))
        (func $throws (result i32) (throw $t))
        (func $direct (result i32)
            (block $h (try_table (catch_all $h) (return_call $throws)))
            (i32.const 1))
        (func $indirect (result i32)
            (block $h
                (try_table (catch_all $h) (return_call_indirect (type $f) (i32.const 0))))
            (i32.const 1))
        (func $called (result i32)
            (block $h (try_table (catch_all $h) (return (call $throws))))
            (i32.const 1))
        (func (export "run") (param i32) (result i32)
            (block $h
                (try_table (catch_all $h)
                    (if (i32.eqz (local.get 0)) (then (return (call $direct))))
                    (if (i32.eq (local.get 0) (i32.const 1)) (then (return (call $indirect))))
                    (return (call $called))))
            (i32.const 2)))"#;
    for (which, expected) in [(0, 2), (1, 2), (2, 1)] {
        check(wat, &i32s(&[which]), &i32s(&[expected]));
    }
}

#[test]
fn an_uncaught_exception_traps_where_it_is_thrown_and_all_is_readable() {
    let wat = r#"(module (tag $boom (param i32 f64)) (tag $other)
        (func $inner (param $n i32) (result i32)
            (i32.const 99)
            (block $h
                (try_table (catch $other $h)
                    (throw $boom (local.get $n) (f64.const 2.5)))
                (unreachable)))
        (func (export "run") (param $n i32) (result i32)
            (i32.add (i32.const 1) (call $inner (i32.add (local.get $n) (i32.const 1))))))"#;
    let (mut machine, instance) = begun(wat, &i32s(&[41]));
    let trap = trap_of(machine.run(u64::MAX, &Until::Finished));
    assert_eq!(
        trap.to_string(),
        "uncaught exception: throw of $boom (42, 2.5), which none of the 2 frames catches"
    );
    let boom = machine.tags(instance)[0];
    let expected = Exception {
        tag: boom,
        values: vec![Value::I32(42), Value::f64(2.5)],
    };
    assert_eq!(trap.exception(), Some(&expected));
    assert_eq!(machine.thrown(), Some(expected));
    assert_eq!(machine.handler_of(boom), None);
    let frames = machine.frames(0, 9);
    assert_eq!(frames.len(), 2);
    let operands = machine.operands(&frames[0]);
    assert_eq!(operands, [Value::I32(99), Value::I32(42), Value::f64(2.5)]);
    let kinds: Vec<LabelKind> = machine.labels(&frames[0]).iter().map(|l| l.kind).collect();
    assert_eq!(
        kinds,
        [LabelKind::TryTable, LabelKind::Block, LabelKind::Func]
    );
    assert_eq!(machine.next_instruction().unwrap().mnemonic, "throw");
    // The throw was paid and counted, nothing after it.
    let mut stepped = begun(wat, &i32s(&[41])).0;
    while stepped.run(1, &Until::Finished) == Stop::Paused {}
    assert_eq!(stepped.gas_used(), machine.gas_used());
    assert_eq!(stepped.ticks(), machine.ticks());
    assert_eq!(stepped.state_hash(), machine.state_hash());
}

#[test]
fn sentences_name_tags_by_what_there_is() {
    check_trap(
        r#"(module (tag (export "seen") (param i64)) (func (export "run") (throw 0 (i64.const -1))))"#,
        &[],
        "uncaught exception: throw of seen (-1), which nothing catches",
    );
    check_trap(
        r#"(module (tag) (tag) (func (export "run") (throw 1)))"#,
        &[],
        "uncaught exception: throw of tag 1, which nothing catches",
    );
    check_trap(
        r#"(module (func (export "run") (throw_ref (ref.null exn))))"#,
        &[],
        "null exception reference",
    );
    check_trap(
        r#"(module (tag $t (param i32)) (func (export "run")
            (block $h (result exnref)
                (try_table (catch_all_ref $h) (throw $t (i32.const 5))) (unreachable))
            (throw_ref)))"#,
        &[],
        "uncaught exception: throw_ref of $t (5), which nothing catches",
    );
    // What it carries is named, too.
    check_trap(
        r#"(module (tag $t (param funcref exnref)) (elem declare func $f) (func $f)
            (func (export "run") (local $e exnref)
                (block $h (result exnref)
                    (try_table (catch_all_ref $h) (throw $t (ref.func $f) (ref.null exn)))
                    (unreachable))
                (local.set $e)
                (throw $t (ref.func $f) (local.get $e))))"#,
        &[],
        "uncaught exception: throw of $t ($f, $t #0), which nothing catches",
    );
}

#[test]
fn only_exceptions_that_are_referred_to_need_room() {
    let wat = r#"(module (tag $t (param i64))
        (func (export "run") (param i32) (result i64)
            (block $h (result i64)
                (try_table (catch $t $h)
                    (block $r (result i64 exnref)
                        (if (local.get 0) (then
                            (try_table (catch_ref $t $r) (throw $t (i64.const 1)))))
                        (throw $t (i64.const 2)))
                    (drop) (drop))
                (i64.const 3))))"#;
    let config = Config {
        heap_bytes: 8,
        ..Config::default()
    };
    for (arg, stop_in_words) in [(0, ""), (1, "heap exhausted: throw wants more")] {
        let (mut machine, instance) = machine(wat, config.clone());
        let run = func(&machine, instance, "run");
        machine.begin(run, &i32s(&[arg])).unwrap();
        match machine.run(u64::MAX, &Until::Finished) {
            Stop::Finished(results) => {
                assert_eq!((arg, results), (0, vec![Value::I64(2)]));
            }
            stop => {
                let trap = trap_of(stop);
                assert!(trap.to_string().starts_with(stop_in_words), "{trap}");
                assert_eq!(arg, 1);
                assert_eq!(trap.exception(), None);
                // It stands at the throw.
                assert_eq!(machine.next_instruction().unwrap().mnemonic, "throw");
                assert_eq!(machine.thrown().unwrap().values, [Value::I64(1)]);
            }
        }
    }
}

const HOST: &str = r#"(module
    (import "env" "risk" (func $risk (param i32) (result i32)))
    (import "env" "trouble" (tag $trouble (param i32 i64)))
    (func $tail (param i32) (result i32)
        (block $h (try_table (catch_all $h) (return_call $risk (local.get 0))))
        (i32.const -1))
    (func $call (param i32) (result i32) (i32.add (i32.const 1) (call $risk (local.get 0))))
    (func (export "run") (param $n i32) (result i32 i64 exnref)
        (block $h (result i32 i64 exnref)
            (try_table (catch_ref $trouble $h)
                (drop
                    (if (result i32) (local.get $n)
                        (then (call $call (local.get $n)))
                        (else (call $tail (local.get $n)))))
                (return (i32.const 0) (i64.const 0) (ref.null exn)))
            (unreachable)))
    (func (export "unguarded") (param i32) (result i32) (call $call (local.get 0)))
    (export "direct" (func $risk)))"#;

/// The module above, before a call; its tag comes from the host.
fn host_machine(export: &str, config: Config) -> (Machine, TagAddr) {
    let mut machine = Machine::new(config);
    let module = Module::new(wat::parse_str(HOST).unwrap()).unwrap();
    let ty = FuncType::new([ValType::I32], [ValType::I32]);
    let risk = machine.host_func(ty, ("env", "risk"));
    let tag = machine.host_tag([ValType::I32, ValType::I64], ("env", "trouble"));
    let imports = [Extern::Func(risk), Extern::Tag(tag)];
    let instance = machine.instantiate(&module, &imports).unwrap();
    let run = func(&machine, instance, export);
    machine.begin(run, &i32s(&[1])).unwrap();
    (machine, tag)
}

#[test]
fn a_host_function_throws_into_the_guest() {
    for arg in [1, 0] {
        let (mut machine, tag) = host_machine("run", Config::default());
        let run = machine.frames(0, 1)[0].func;
        machine.abandon();
        machine.begin(run, &i32s(&[arg])).unwrap();
        to_host_call(&mut machine);
        let before = (machine.gas_used(), machine.ticks());
        let handler = machine.handler_of(tag).expect("it is caught");
        assert_eq!((handler.func, handler.depth), (run, 1));
        assert_eq!(handler.kind, ClauseKind::CatchRef);
        let values = [Value::I32(3), Value::I64(-4)];
        machine.throw_from_host(tag, &values).unwrap();
        // That it is caught costs nothing.
        assert_eq!((machine.gas_used(), machine.ticks()), before);
        let Stop::Finished(results) = machine.run(u64::MAX, &Until::Finished) else {
            panic!("it is caught, also past the frame of a tail call: {arg}")
        };
        assert_eq!(results[..2], values);
        assert!(matches!(
            results[2],
            Value::Ref(Top::Exn, Ref::Exception(_))
        ));
    }
}

#[test]
fn a_host_function_throws_again_what_was_caught() {
    let (mut machine, tag) = host_machine("run", Config::default());
    let run = machine.frames(0, 1)[0].func;
    to_host_call(&mut machine);
    let values = [Value::I32(3), Value::I64(-4)];
    machine.throw_from_host(tag, &values).unwrap();
    let Stop::Finished(first) = machine.run(u64::MAX, &Until::Finished) else {
        panic!("it is caught")
    };
    let Value::Ref(Top::Exn, Ref::Exception(exception)) = first[2] else {
        panic!("{first:?}")
    };
    machine.keep(first[2]).unwrap();
    let error = machine.rethrow_from_host(exception).unwrap_err();
    assert_eq!(error.to_string(), "no host function waits for an answer");
    machine.begin(run, &i32s(&[1])).unwrap();
    to_host_call(&mut machine);
    let error = machine.rethrow_from_host(ObjectAddr(77)).unwrap_err();
    assert_eq!(error.to_string(), "there is no exception 77");
    machine.rethrow_from_host(exception).unwrap();
    let again = machine.run(u64::MAX, &Until::Finished);
    assert_eq!(again, Stop::Finished(first), "it is the same one");
    assert_eq!(machine.heap_use().objects, 1);

    let unguarded = machine.export(InstanceIdx(0), "unguarded");
    let Some(Extern::Func(unguarded)) = unguarded else {
        panic!("{unguarded:?}")
    };
    machine.begin(unguarded, &i32s(&[1])).unwrap();
    to_host_call(&mut machine);
    machine.rethrow_from_host(exception).unwrap();
    let trap = trap_of(machine.run(u64::MAX, &Until::Finished));
    assert_eq!(
        trap.to_string(),
        "uncaught exception: the host function env.risk threw env.trouble (3, -4), \
         which none of the 2 frames catches"
    );
}

#[test]
fn what_a_host_function_throws_and_nobody_catches_is_a_trap_at_its_call() {
    let (mut machine, tag) = host_machine("unguarded", Config::default());
    to_host_call(&mut machine);
    let values = [Value::I32(3), Value::I64(-4)];
    machine.throw_from_host(tag, &values).unwrap();
    let trap = trap_of(machine.run(u64::MAX, &Until::Finished));
    assert_eq!(
        trap.to_string(),
        "uncaught exception: the host function env.risk threw env.trouble (3, -4), \
         which none of the 2 frames catches"
    );
    assert_eq!(trap.exception().unwrap().values, values);
    assert_eq!(machine.frames(0, 9).len(), 2);
    assert_eq!(machine.next_instruction().unwrap().mnemonic, "call");

    let (mut machine, tag) = host_machine("direct", Config::default());
    to_host_call(&mut machine);
    machine.throw_from_host(tag, &values).unwrap();
    let trap = trap_of(machine.run(u64::MAX, &Until::Finished));
    assert!(
        trap.to_string().ends_with("which nothing catches"),
        "{trap}"
    );

    let config = Config {
        heap_bytes: 8,
        ..Config::default()
    };
    let (mut machine, tag) = host_machine("run", config);
    to_host_call(&mut machine);
    machine.throw_from_host(tag, &values).unwrap();
    let trap = trap_of(machine.run(u64::MAX, &Until::Finished));
    assert_eq!(trap.kind(), TrapKind::HeapExhausted);
    assert_eq!(trap.exception(), None);
}

#[test]
fn a_host_function_must_throw_what_there_is() {
    let (mut machine, tag) = host_machine("run", Config::default());
    let error = machine.throw_from_host(tag, &[]).unwrap_err();
    assert_eq!(error.to_string(), "no host function waits for an answer");
    to_host_call(&mut machine);
    let error = machine.throw_from_host(TagAddr(77), &[]).unwrap_err();
    assert_eq!(error.to_string(), "there is no tag 77 in this machine");
    let error = machine.throw_from_host(tag, &i32s(&[1])).unwrap_err();
    assert_eq!(error.to_string(), "2 values are wanted, 1 were given");
    let error = machine.throw_from_host(tag, &i32s(&[1, 2])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "value 2: a value of type i64 is wanted, not i32"
    );
    // The call still waits.
    machine.answer(&i32s(&[5])).unwrap();
    assert!(matches!(
        machine.run(u64::MAX, &Until::Finished),
        Stop::Finished(_)
    ));
}

#[test]
fn an_exception_out_of_the_start_function_is_a_trap() {
    let wat =
        r#"(module (tag $t (param i32)) (func $start (throw $t (i32.const 1))) (start $start))"#;
    let (mut machine, instance) = machine(wat, Config::default());
    let start = machine.start_func(instance).unwrap();
    machine.begin(start, &[]).unwrap();
    let trap = trap_of(machine.run(u64::MAX, &Until::Finished));
    assert_eq!(trap.exception().unwrap().values, i32s(&[1]));
}

const STEPS: &str = r#"(module (tag $t (param i32))
    (func $throws (param i32) (throw $t (local.get 0)))
    (func $passes (param i32) (call $throws (local.get 0)) (nop))
    (func $catches (param i32) (result i32)
        (block $h (result i32)
            (try_table (catch $t $h) (call $passes (local.get 0)))
            (unreachable)))
    (func (export "run") (param i32) (result i32 exnref)
        (drop (call $catches (local.get 0)))
        (block $h (result i32 exnref)
            (try_table (catch_ref $t $h) (call $passes (local.get 0)))
            (unreachable))))"#;

/// Steps until the next instruction has a name in a function by depth of frames.
fn step_to(machine: &mut Machine, mnemonic: &str, n_frames: u32) {
    for _ in 0..100 {
        let next = machine.next_instruction().expect("a call is under way");
        if next.mnemonic == mnemonic && machine.n_frames() == n_frames {
            return;
        }
        assert_eq!(machine.run(1, &Until::Step), Stop::StepDone);
    }
    panic!("{mnemonic} does not come");
}

#[test]
fn a_step_over_or_out_ends_at_the_handler() {
    // Over a call whose exception is caught here.
    let (mut machine, _) = begun(STEPS, &i32s(&[5]));
    step_to(&mut machine, "call", 2);
    let over = machine.until_over();
    let mut sliced = machine.clone();
    let mut traced = machine.clone();
    assert_eq!(machine.run(u64::MAX, &over), Stop::StepDone);
    assert_eq!(machine.next_instruction().unwrap().mnemonic, "end");
    let frame = &machine.frames(0, 1)[0];
    assert_eq!(machine.operands(frame), i32s(&[5]));
    assert_eq!(machine.n_frames(), 2);
    // The same by slices and with a trace.
    let stop = loop {
        match sliced.run(1, &over) {
            Stop::Paused => {}
            stop => break stop,
        }
    };
    let mut n_lines = 0;
    let mut sink = |_: &Machine, _: TraceLine| {
        n_lines += 1;
        true
    };
    assert_eq!(traced.run_traced(u64::MAX, &over, &mut sink), stop);
    assert_eq!(stop, Stop::StepDone);
    assert_eq!(n_lines, 5);
    for other in [&sliced, &traced] {
        assert_eq!(other.state_hash(), machine.state_hash());
        assert_eq!(other.ticks(), machine.ticks());
    }
    // Going on does not stop there again.
    let stop = machine.run(u64::MAX, &machine.until_out());
    assert_eq!(stop, Stop::StepDone);
    assert_eq!(machine.n_frames(), 1);

    // Out of a function that the exception leaves, to a handler further out.
    let (mut machine, _) = begun(STEPS, &i32s(&[5]));
    step_to(&mut machine, "local.get", 4);
    let out = machine.until_out();
    assert_eq!(machine.run(u64::MAX, &out), Stop::StepDone);
    assert_eq!((machine.n_frames(), machine.ticks()), (2, 10));

    // Over a call within which it is caught: no stop at that handler.
    let (mut machine, _) = begun(STEPS, &i32s(&[5]));
    step_to(&mut machine, "call", 1);
    let over = machine.until_over();
    assert_eq!(machine.run(u64::MAX, &over), Stop::StepDone);
    assert_eq!(machine.next_instruction().unwrap().mnemonic, "drop");
    // A run to a place, in whatever frame, is no step over.
    let (mut machine, instance) = begun(STEPS, &i32s(&[5]));
    let until = Until::Location {
        func: func(&machine, instance, "run"),
        offset: WasmOffset(u32::MAX),
        frame: None,
    };
    assert!(matches!(machine.run(u64::MAX, &until), Stop::Finished(_)));
}

#[test]
fn a_step_over_a_host_call_that_throws_ends_at_the_handler() {
    let (mut machine, tag) = host_machine("run", Config::default());
    step_to(&mut machine, "call", 1);
    let over = machine.until_over();
    assert!(matches!(machine.run(u64::MAX, &over), Stop::HostCall(_)));
    let values = [Value::I32(3), Value::I64(-4)];
    machine.throw_from_host(tag, &values).unwrap();
    let ticks = machine.ticks();
    let mut unwatched = machine.clone();
    assert_eq!(machine.run(u64::MAX, &over), Stop::StepDone);
    assert_eq!(machine.ticks(), ticks);
    assert_eq!(machine.run(u64::MAX, &over), machine.run(1, &over));
    assert!(matches!(
        unwatched.run(u64::MAX, &Until::Finished),
        Stop::Finished(_)
    ));
}

#[test]
fn a_step_says_what_was_thrown_and_where_it_went() {
    let (mut machine, instance) = begun(STEPS, &i32s(&[5]));
    step_to(&mut machine, "throw", 4);
    let tag = machine.tags(instance)[0];
    let catches = machine.frames(2, 1)[0].func;
    let handler = machine.handler_of(tag).unwrap();
    assert_eq!((handler.func, handler.depth), (catches, 2));
    assert_eq!(handler.kind, ClauseKind::Catch);
    assert_eq!(machine.run(1, &Until::Step), Stop::StepDone);
    let effect = machine.effect().unwrap();
    assert_eq!(effect.mnemonic, "throw");
    assert_eq!(effect.popped, i32s(&[5]));
    assert_eq!(effect.pushed, i32s(&[5]));
    assert_eq!(effect.control, Control::Caught(catches, handler.offset));
    assert_eq!(effect.handler, Some(handler));
    let exception = effect.exception.clone().unwrap();
    assert_eq!(exception.values, i32s(&[5]));
    assert_eq!(
        machine.current_instruction(),
        Some((catches, handler.offset))
    );
    // With a reference, in another function.
    step_to(&mut machine, "throw", 3);
    assert_eq!(machine.run(1, &Until::Step), Stop::StepDone);
    let effect = machine.effect().unwrap();
    let [Value::I32(5), Value::Ref(Top::Exn, Ref::Exception(object))] = effect.pushed[..] else {
        panic!("{:?}", effect.pushed)
    };
    assert_eq!(machine.exception(object), Some(exception));
    // The end of `run` is reached by the handler alone, and its operands are known.
    let frame = &machine.frames(0, 1)[0];
    assert_eq!(machine.operands(frame), effect.pushed);

    let (mut machine, _) = begun("(module (tag $t) (func (export \"run\") (throw $t)))", &[]);
    assert!(matches!(machine.run(1, &Until::Step), Stop::Trapped(_)));
    let effect = machine.effect().unwrap();
    assert_eq!(effect.control, Control::Trap);
    assert!(effect.exception.is_some());
    assert_eq!(effect.handler, None);
}

#[test]
fn a_breakpoint_at_a_handler_stops_there() {
    let (mut machine, instance) = begun(STEPS, &i32s(&[5]));
    step_to(&mut machine, "throw", 4);
    let handler = machine.handler_of(machine.tags(instance)[0]).unwrap();
    let plain = to_end(&mut machine.clone(), u64::MAX);
    machine.set_breakpoint(handler.func, handler.offset);
    assert_eq!(machine.run(u64::MAX, &Until::Finished), Stop::Breakpoint);
    assert_eq!(
        machine.current_instruction(),
        Some((handler.func, handler.offset))
    );
    assert_eq!(machine.run(u64::MAX, &Until::Finished), plain);
}

#[test]
fn a_clone_with_an_exception_in_hand_throws_it_by_itself() {
    let wat = r#"(module (tag $t (param i32)) (global $kept (mut exnref) (ref.null exn))
        (func (export "run") (param i32) (result i32)
            (block $first (result exnref)
                (try_table (catch_all_ref $first) (throw $t (local.get 0)))
                (unreachable))
            (global.set $kept)
            (nop)
            (block $second (result i32)
                (try_table (catch $t $second) (throw_ref (global.get $kept)))
                (unreachable))))"#;
    let (mut machine, instance) = begun(wat, &i32s(&[9]));
    step_to(&mut machine, "nop", 1);
    let mut clone = machine.clone();
    assert_eq!(clone.state_hash(), machine.state_hash());
    for machine in [&mut clone, &mut machine] {
        assert_eq!(to_end(machine, 1), Stop::Finished(i32s(&[9])));
    }
    assert_eq!(clone.state_hash(), machine.state_hash());
    let Value::Ref(_, Ref::Exception(object)) = clone.global(clone.globals(instance)[0]) else {
        panic!("the global holds it")
    };
    assert_eq!(clone.exception(object).unwrap().values, i32s(&[9]));
}

#[test]
fn prices_of_the_built_in_schedules() {
    let costs = |name: &str| Schedule::builtin().map(|schedule| schedule.cost(name));
    assert_eq!(costs("throw"), [Some(1), Some(3), Some(5)]);
    assert_eq!(costs("throw_ref"), [Some(1), Some(3), Some(5)]);
    assert_eq!(costs("try_table"), costs("block"));
    // A block that catches costs what a block costs, whether or not something was thrown far away.
    let (mut machine, _) = begun(STEPS, &i32s(&[5]));
    to_end(&mut machine, u64::MAX);
    // 5 calls, 2 throws, 7 local.get, 1 drop.
    assert_eq!(machine.gas_used(), Gas(15));
}

#[test]
fn legacy_exceptions_are_refused_by_name() {
    // (module (func try catch_all end))
    let wasm = [
        0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // header
        0x01, 0x04, 0x01, 0x60, 0x00, 0x00, // type
        0x03, 0x02, 0x01, 0x00, // function
        0x0a, 0x08, 0x01, 0x06, 0x00, 0x06, 0x40, 0x19, 0x0b, 0x0b, // code
    ];
    let error = Module::new(wasm).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("uses legacy exceptions (try at offset"),
        "{error}"
    );
}
