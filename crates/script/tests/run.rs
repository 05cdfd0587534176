//! A run goes on in slices of any size, and stands still before any action.

use waspnest::{Config, Stop, Until, Value};
use waspnest_script::{Options, Run, Verdict};

const SCRIPT: &str = r#"
(module $M
  (global $n (mut i32) (i32.const 0))
  (func $start (global.set $n (i32.const 5)))
  (start $start)
  (func (export "bump") (param $by i32) (result i32)
    (global.set $n (i32.add (global.get $n) (local.get $by)))
    (global.get $n))
  (func (export "spin") (loop $l (br $l)))
  (func (export "trap") unreachable))
(assert_return (invoke "bump" (i32.const 2)) (i32.const 7))
(register "m" $M)
(module definition $D
  (import "m" "bump" (func $bump (param i32) (result i32)))
  (func (export "twice") (result i32)
    (drop (call $bump (i32.const 10)))
    (call $bump (i32.const 10))))
(module instance $I $D)
(assert_return (invoke $I "twice") (i32.const 27))
(assert_trap (invoke $M "trap") "unreachable")
(assert_return (invoke $M "bump" (i32.const 0)) (i32.const 28))
(assert_invalid (module (func (result i32))) "type mismatch")
"#;

fn slice(ticks: u64) -> Run {
    let mut run = Run::new(SCRIPT, Options::default());
    while run.advance(ticks) {}
    run
}

#[test]
fn sliced_run_equals_whole_run() {
    let whole = slice(u64::MAX);
    assert_eq!(whole.failures().len(), 1);
    assert_eq!(whole.failures()[0].directive, 7);
    assert_eq!(whole.failures()[0].expected, "i32.const 28");
    assert_eq!(whole.failures()[0].got, "i32.const 27");
    for ticks in [1, 2, 3, 5, 8] {
        let sliced = slice(ticks);
        assert_eq!(sliced.verdicts(), whole.verdicts());
        assert_eq!(sliced.failures(), whole.failures());
        assert_eq!(sliced.ticks(), whole.ticks());
        assert_eq!(sliced.state_hash(), whole.state_hash());
    }
}

#[test]
fn an_endless_action_takes_its_slices_and_then_fails() {
    let text = format!("{SCRIPT}(invoke $M \"spin\")(invoke $M \"bump\" (i32.const 0))");
    let options = Options {
        tick_limit: 1_000,
        ..Options::default()
    };
    let mut run = Run::new(text, options);
    let mut n_slices = 0;
    while run.advance(100) {
        n_slices += 1;
    }
    assert!(n_slices > 18, "{n_slices} slices");
    assert_eq!(run.failures()[1].directive, 9);
    assert_eq!(run.failures()[1].got, "no end within 1000 instructions");
    assert_eq!(run.verdicts()[10], Verdict::Passed);
}

/// The run of the script up to a directive.
fn before(directive: usize) -> Run {
    let mut run = Run::new(SCRIPT, Options::default());
    while run.position() < directive {
        assert!(run.advance(1));
    }
    run
}

#[test]
fn a_stand_is_the_machine_before_the_action() {
    let mut stand = before(5).into_stand().expect("the directive is a call");
    assert_eq!(stand.call.export.as_deref(), Some("twice"));
    assert_eq!(stand.call.instance.0, 1);
    let instances: Vec<_> = stand
        .instances
        .iter()
        .map(|instance| {
            (
                instance.directive,
                instance.source,
                instance.name.as_deref(),
            )
        })
        .collect();
    assert_eq!(instances, [(0, 0, Some("M")), (4, 3, Some("I"))]);
    let ticks = stand.machine.ticks();
    assert_eq!(stand.machine.run(1, &Until::Step), Stop::StepDone);
    assert_eq!(stand.machine.ticks(), ticks + 1);
    let stop = stand.machine.run(1_000, &Until::Finished);
    assert_eq!(stop, Stop::Finished(vec![Value::I32(27)]));
}

#[test]
fn a_start_function_can_be_stood_before() {
    let stand = before(0).into_stand().expect("the module has a start");
    assert_eq!(stand.call.export, None);
    assert_eq!(stand.machine.n_frames(), 1);
}

#[test]
fn what_calls_nothing_cannot_be_stood_before() {
    let why = |directive| before(directive).into_stand().err();
    assert_eq!(
        why(8).as_deref(),
        Some("this directive calls no function, so there is nothing to step")
    );
    let mut run = Run::new("(invoke \"nothing\")", Options::default());
    assert_eq!(
        Run::new(run.text(), Options::default())
            .into_stand()
            .err()
            .as_deref(),
        Some(
            "this call cannot begin: expected an instance, got none, since the module before failed"
        )
    );
    assert!(run.advance(1));
    assert_eq!(
        run.into_stand().err().as_deref(),
        Some("the script has no such directive")
    );
}

#[test]
fn a_call_that_cannot_begin_says_why() {
    let module = "(module (func (export \"add\") (param i32 i32) (result i32) local.get 0))";
    for (directive, why) in [
        (
            "(invoke \"ad\" (i32.const 1) (i32.const 2))",
            "expected an exported function \"ad\", got no such export",
        ),
        (
            "(assert_return (invoke \"add\" (i32.const 1)) (i32.const 1))",
            "expected i32.const 1, got a refusal: 2 arguments are wanted, 1 were given",
        ),
        (
            "(assert_return (invoke \"add\" (i32.const 1) (i32.const 2)) (i32.cons 1))",
            "expected a directive, got text that is not a directive: a value such as (i32.const 1) is expected here, found i32.cons",
        ),
    ] {
        let mut run = Run::new(format!("{module}\n{directive}"), Options::default());
        run.advance(1);
        let said = run.into_stand().err();
        assert_eq!(said, Some(format!("this call cannot begin: {why}")));
    }
}

#[test]
fn a_thread_has_names_of_its_own_and_shares_one_instance() {
    let script = r#"
        (module $M (global (export "g") (mut i32) (i32.const 1)))
        (register "main" $M)
        (thread $T (shared (module $M))
          (register "mine" $M)
          (module (import "mine" "g" (global $g (mut i32)))
            (func (export "set") (global.set $g (i32.const 7))))
          (invoke "set")
          (module (import "main" "g" (global (mut i32)))))
        (wait $T)
        (assert_return (get $M "g") (i32.const 7))
        (wait $U)
    "#;
    let mut run = Run::new(script, Options::default());
    while run.advance(u64::MAX) {}
    let failed: Vec<_> = run
        .failures()
        .iter()
        .map(|failure| (failure.directive, failure.got.as_str()))
        .collect();
    assert_eq!(
        failed,
        [
            (6, "the link error \"unknown import \"main\" \"g\"\""),
            (9, "none")
        ]
    );
    assert_eq!(run.directives().len(), 10);
}

#[test]
fn limits_that_leave_no_room_for_spectest_are_named() {
    let options = Options {
        config: Config {
            memory_pages: 0,
            ..Config::default()
        },
        ..Options::default()
    };
    let mut run = Run::new(
        r#"(module (import "spectest" "print" (func))) (module (import "spectest" "memory" (memory 1)))"#,
        options,
    );
    while run.advance(1) {}
    assert_eq!(run.verdicts(), [Verdict::Passed, Verdict::Failed]);
    assert_eq!(
        run.failures()[0].got,
        "a refusal: a memory of 1 pages is asked for; the limit is 0 pages"
    );
}

#[test]
fn vectors_are_told_lane_by_lane() {
    let mut run = Run::new(
        r#"(module (func (export "v") (result i32) i32.const 1))
           (assert_return (invoke "v") (v128.const i32x4 1 -2 3 4))
           (assert_return (invoke "v") (v128.const f32x4 nan:canonical 1.5 -0 inf))
           (assert_return (invoke "v") (either (i32.const 2) (ref.null func)))"#,
        Options::default(),
    );
    while run.advance(1) {}
    let expected: Vec<_> = (run.failures().iter())
        .map(|failure| failure.expected.as_str())
        .collect();
    assert_eq!(
        expected,
        [
            "v128.const i32x4 1 -2 3 4",
            "v128.const f32x4 nan:canonical 1.5 -0.0 inf",
            "i32.const 2 or ref.null func"
        ]
    );
}
