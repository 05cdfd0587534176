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
