//! What is seen of exceptions before something is thrown.

mod support;

use support::*;
use waspnest::*;

/// A machine that stands before the first instruction of the export `run`.
fn begun(wat: &str) -> (Machine, InstanceIdx) {
    let (mut machine, instance) = machine(wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("it takes nothing");
    (machine, instance)
}

/// Steps until the next instruction has a name.
fn step_to(machine: &mut Machine, mnemonic: &str) {
    while machine.next_instruction().expect("under way").mnemonic != mnemonic {
        assert_eq!(machine.run(1, &Until::Step), Stop::StepDone);
    }
}

#[test]
fn a_null_reference_to_an_exception_is_none_of_those_that_there_are() {
    let wat = r#"(module (tag $t) (global $first (mut exnref) (ref.null exn))
        (func (export "run")
            (block $h (result exnref)
                (try_table (catch_all_ref $h) (throw $t))
                (unreachable))
            (global.set $first)
            (throw_ref (ref.null exn))))"#;
    let (mut machine, _) = begun(wat);
    step_to(&mut machine, "throw_ref");
    assert_eq!(machine.thrown(), None);
    assert!(matches!(machine.run(1, &Until::Step), Stop::Trapped(_)));
    assert_eq!(machine.effect().unwrap().exception, None);
}

#[test]
fn labels_tell_what_their_blocks_catch_and_where_it_goes_on() {
    let wat = r#"(module (tag $a (param i32)) (tag $b)
        (func (export "run")
            (block $outer (result i32)
                (block $inner
                    (try_table $try (catch $a $outer) (catch $b $inner) (catch_all $inner)
                        (loop $again (nop)))
                    (return))
                (return))
            (drop)))"#;
    let (mut machine, instance) = begun(wat);
    step_to(&mut machine, "nop");
    let labels = machine.labels(&machine.frames(0, 1)[0]);
    let tags = machine.tags(instance);
    let catches = |kind, tag, label| Catch { kind, tag, label };
    assert_eq!(labels[1].kind, LabelKind::TryTable);
    assert_eq!(
        labels[1].catches,
        [
            catches(ClauseKind::Catch, Some(tags[0]), 3),
            catches(ClauseKind::Catch, Some(tags[1]), 2),
            catches(ClauseKind::CatchAll, None, 2),
        ]
    );
    let names: Vec<_> = labels.iter().map(|label| label.name.as_deref()).collect();
    assert_eq!(
        names,
        [
            Some("again"),
            Some("try"),
            Some("inner"),
            Some("outer"),
            None
        ]
    );
    assert!(
        labels
            .iter()
            .all(|label| label.kind == LabelKind::TryTable || label.catches.is_empty())
    );
    let handler = machine.handler_of(tags[0]).expect("it is caught");
    assert_eq!(handler.offset, labels[3].continuation);
}

#[test]
fn the_exceptions_of_the_heap_are_listed_without_its_other_objects() {
    let wat = r#"(module (tag $t (param i32))
        (type $box (struct (field exnref)))
        (table $kept 4 exnref)
        (func $thrown (param i32) (result exnref) (local exnref)
            (block $h (result i32 exnref)
                (try_table (catch_ref $t $h) (throw $t (local.get 0)))
                (unreachable))
            (local.set 1)
            (drop)
            (local.get 1))
        (func (export "run")
            (drop (struct.new $box (call $thrown (i32.const 1))))
            (table.set (i32.const 2) (call $thrown (i32.const 2)))
            (drop (call $thrown (i32.const 3)))
            (nop)
            (drop (call $thrown (i32.const 4)))
            (nop)))"#;
    let config = Config::default();
    let listed = |machine: &Machine| -> Vec<i32> {
        let number = |object| match machine.exception(object).expect("it is there").values[..] {
            [Value::I32(number)] => number,
            ref other => panic!("{other:?}"),
        };
        machine.exceptions().map(number).collect()
    };
    let (mut machine, _) = begun(wat);
    assert_eq!(listed(&machine), []);
    step_to(&mut machine, "nop");
    assert_eq!(listed(&machine), [1, 2, 3]);
    assert_eq!(machine.heap_use().objects, 4);
    assert_eq!(machine.run(1, &Until::Step), Stop::StepDone);
    step_to(&mut machine, "nop");
    assert_eq!(listed(&machine), [1, 2, 3, 4]);

    // With a collection before each object, only what is held stays, and what is newest.
    let (mut machine, instance) = self::machine(
        wat,
        Config {
            collect_always: true,
            ..config
        },
    );
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("it takes nothing");
    step_to(&mut machine, "nop");
    assert_eq!(listed(&machine), [2, 3]);
    assert_eq!(machine.run(1, &Until::Step), Stop::StepDone);
    step_to(&mut machine, "nop");
    assert_eq!(listed(&machine), [2, 4]);
}
