//! What the runner reports: that it notices each way in which a script can be wrong.

use waspnest::Edition;
use waspnest_wast_runner::{Mode, Options, Report, run_script};

const MODULE: &str = r#"(module
  (func (export "nan") (result f32) f32.const nan)
  (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
  (func (export "two") (result i32 i64) i32.const 1 i64.const 2)
  (func (export "null") (result externref) ref.null extern)
  (func (export "same") (param externref) (result externref) local.get 0)
  (func (export "spin") (loop $l (br $l)))
  (func $deep (export "deep") (call $deep))
  (func (export "trap") unreachable)
  (global (export "g") i64 (i64.const -7)))
"#;

fn run(directives: &str) -> Report {
    let options = Options {
        tick_limit: 10_000_000,
        ..Options::default()
    };
    run_script("it.wast", &format!("{MODULE}{directives}"), options)
}

fn check_passes(directives: &str) {
    let report = run(directives);
    assert_eq!(report.failures, [], "{directives}");
    assert_eq!(report.n_passed, 2, "{directives}");
}

fn check_fails(directive: &str, expected: &str) {
    let report = run(directive);
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert_eq!(failures, [expected], "{directive}");
    assert_eq!(report.n_passed, 1, "{directive}");
}

#[test]
fn true_statements_pass() {
    check_passes(r#"(assert_return (invoke "add" (i32.const 1) (i32.const -2)) (i32.const -1))"#);
    check_passes(r#"(assert_return (invoke "two") (i32.const 1) (i64.const 2))"#);
    check_passes(r#"(assert_return (invoke "nan") (f32.const nan:canonical))"#);
    check_passes(r#"(assert_return (invoke "nan") (f32.const nan:arithmetic))"#);
    check_passes(r#"(assert_return (invoke "null") (ref.null extern))"#);
    check_passes(r#"(assert_return (invoke "same" (ref.extern 7)) (ref.extern 7))"#);
    check_passes(
        r#"(assert_return (invoke "two") (either (i32.const 9) (i32.const 1)) (i64.const 2))"#,
    );
    check_passes(r#"(assert_return (get "g") (i64.const -7))"#);
    check_passes(r#"(assert_trap (invoke "trap") "unreachable")"#);
    check_passes(r#"(assert_exhaustion (invoke "deep") "call stack exhausted")"#);
    check_passes(r#"(assert_invalid (module (func (result i32))) "type mismatch")"#);
    check_passes(r#"(assert_malformed (module quote "(func") "unexpected end")"#);
    check_passes(r#"(assert_malformed (module binary "") "unexpected end")"#);
    check_passes(r#"(assert_unlinkable (module (import "no" "thing" (func))) "unknown import")"#);
    check_passes(
        r#"(assert_unlinkable (module (import "spectest" "print" (memory 1))) "incompatible import type")"#,
    );
    check_passes(
        r#"(assert_trap (module (memory 1) (data (i32.const 65536) "x")) "out of bounds memory access")"#,
    );
    check_passes(r#"(assert_trap (module (func $f unreachable) (start $f)) "unreachable")"#);
}

#[test]
fn false_statements_fail_with_line_expectation_and_outcome() {
    check_fails(
        r#"(assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 4))"#,
        "it.wast:11: expected i32.const 4, got i32.const 3",
    );
    check_fails(
        r#"(assert_return (invoke "two") (i32.const 1))"#,
        "it.wast:11: expected i32.const 1, got i32.const 1, i64.const 2",
    );
    check_fails(
        r#"(assert_return (invoke "same" (ref.extern 7)) (ref.extern 8))"#,
        "it.wast:11: expected ref.extern 8, got ref.extern 7",
    );
    check_fails(
        r#"(assert_trap (invoke "two") "unreachable")"#,
        "it.wast:11: expected the trap \"unreachable\", got i32.const 1, i64.const 2",
    );
    check_fails(
        r#"(assert_invalid (module) "type mismatch")"#,
        "it.wast:11: expected an invalid module (\"type mismatch\"), got a valid module",
    );
    check_fails(
        r#"(invoke "spin")"#,
        "it.wast:11: expected a return, got no end within 10000000 instructions",
    );
    check_fails(
        r#"(invoke "gone")"#,
        "it.wast:11: expected an exported function \"gone\", got no such export",
    );
    check_fails(
        r#"(invoke $M "add")"#,
        "it.wast:11: expected an instance $M, got none of that name",
    );
}

#[test]
fn a_wrong_trap_is_not_the_right_one() {
    let report = run(r#"(assert_trap (invoke "trap") "integer overflow")"#);
    let failure = report.failures[0].to_string();
    assert!(
        failure.starts_with(
            "it.wast:11: expected the trap \"integer overflow\", got the trap \"unreachable\""
        ),
        "{failure}"
    );
}

#[test]
fn actions_after_a_failed_module_do_not_reach_the_one_before() {
    let report = run("(module (func (result i32)))\n(invoke \"two\")");
    assert_eq!(report.failures.len(), 2);
    assert_eq!(
        report.failures[1].to_string(),
        "it.wast:12: expected an instance, got none, since the module before failed"
    );
}

#[test]
fn definitions_are_instantiated_by_name_and_each_instance_has_its_own_state() {
    let script = r#"
        (module definition $counter
          (global $g (mut i32) (i32.const 0))
          (func (export "next") (result i32)
            (global.set $g (i32.add (global.get $g) (i32.const 1)))
            (global.get $g)))
        (module instance $a $counter)
        (module instance $b $counter)
        (assert_return (invoke $a "next") (i32.const 1))
        (assert_return (invoke $a "next") (i32.const 2))
        (assert_return (invoke $b "next") (i32.const 1))
        (register "a" $a)
        (module (import "a" "next" (func $next (result i32))) (export "next" (func $next)))
        (assert_return (invoke "next") (i32.const 3))
    "#;
    for mode in Mode::ALL {
        let report = run_script(
            "it.wast",
            script,
            Options {
                mode: *mode,
                ..Options::default()
            },
        );
        assert_eq!((report.failures, report.n_passed), (vec![], 9));
    }
}

#[test]
fn old_scripts_are_judged_by_the_rules_of_their_edition() {
    let script = r#"(assert_invalid
        (module (func (result i32 i32) i32.const 1 i32.const 2)) "invalid result arity")"#;
    let n_passed = |edition| {
        run_script(
            "it.wast",
            script,
            Options {
                edition: Some(edition),
                ..Options::default()
            },
        )
        .n_passed
    };
    assert_eq!((n_passed(Edition::Wasm1), n_passed(Edition::Wasm2)), (1, 0));
}

#[test]
fn a_directive_that_cannot_be_read_leaves_the_others() {
    let report = run_script(
        "it.wast",
        "(module)\n(assert_whatever)\nstray\n(assert_return 1)\n(module $m)\n(register",
        Options::default(),
    );
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert_eq!(report.n_passed, 2);
    assert_eq!(
        failures,
        [
            "it.wast:2: expected a directive, got text that is not a directive: assert_whatever is no directive of a script; known are module, register, invoke, get and assertions",
            "it.wast:3: expected a directive, got text that is not a directive: a directive in parentheses is expected here, found stray",
            "it.wast:4: expected a directive, got text that is not a directive: ( is expected here, found 1",
            "it.wast:6: expected a directive, got text that is not a directive: (register is never closed",
        ]
    );
}
