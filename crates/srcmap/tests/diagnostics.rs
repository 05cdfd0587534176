//! What is wrong with a text: the sentence and its place, as people see them.

use waspnest_srcmap::{Severity, assemble, check};

/// Each expected line is `line:column [marked text] sentence`.
fn expect(text: &str, expected: &[&str]) {
    let report = check(text);
    let got: Vec<String> = report
        .diagnostics
        .iter()
        .map(|found| {
            let marked = found.span.slice(text);
            format!(
                "{}:{} [{marked}] {}",
                found.line, found.column, found.message
            )
        })
        .collect();
    assert_eq!(got, expected, "{text}");
    let errors = report
        .diagnostics
        .iter()
        .any(|found| found.severity == Severity::Error);
    assert_eq!(report.assembled.is_none(), errors, "{text}");
    assert_eq!(assemble(text).is_err(), errors, "{text}");
}

#[test]
fn a_sound_module_has_no_findings() {
    expect("(module)", &[]);
    expect("(func (result i32) (i32.const 1))", &[]);
    expect("", &[]);
    expect(" \n;; nothing yet (; ;)\n(; (module ;)", &[]);
    expect("(module binary \"\\00asm\" \"\\01\\00\\00\\00\")", &[]);
}

#[test]
fn operands_that_do_not_fit() {
    expect(
        "(module (func (result i32)\n  (i32.add (i32.const 1) (i64.const 2))))",
        &["2:4 [i32.add] i32.add expects i32 on top of the stack, found i64"],
    );
    expect(
        "(func (result i32) (i32.add (i64.const 1) (i32.const 2)))",
        &["1:21 [i32.add] i32.add expects i32 below the top of the stack, found i64"],
    );
    expect(
        "(func i32.add drop)",
        &["1:7 [i32.add] i32.add expects i32 on the stack, which is empty here"],
    );
    expect(
        "(func i32.const 1 i32.add drop)",
        &["1:19 [i32.add] i32.add expects one more operand (i32); the stack has 1 value here"],
    );
    expect(
        "(func $f (param i32 i64)) (func (call $f (i64.const 1) (i64.const 1)))",
        &["1:34 [call $f] call $f expects i32 below the top of the stack, found i64"],
    );
    expect(
        "(func (drop (select (i32.const 1) (i64.const 1) (i32.const 1))))",
        &["1:14 [select] select: both operands must have the same type"],
    );
}

#[test]
fn blocks_that_leave_the_wrong_values() {
    expect(
        "(func (result i32))",
        &["1:19 [)] the function must leave i32 on the stack, but it leaves nothing"],
    );
    expect(
        "(func i32.const 1)",
        &[
            "1:18 [)] the function ends with 1 value too many on the stack (i32); remove with drop, \
           or declare a result",
        ],
    );
    expect(
        "(func block (result i32) i64.const 1 end drop)",
        &["1:38 [end] the block must leave i32, but it leaves i64"],
    );
    expect(
        "(func (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.const 1))))",
        &["1:83 [)] this if leaves i32, so it needs an else branch that leaves it too"],
    );
}

#[test]
fn each_broken_function_is_reported_once() {
    expect(
        "(func call 9 call 8)\n(func)\n(func local.get 3 drop)",
        &[
            "1:7 [call 9] call 9: there is no function 9 in this module",
            "3:7 [local.get 3] local.get 3: there is no local 3 in this function",
        ],
    );
}

#[test]
fn indices_and_names_that_lead_nowhere() {
    expect(
        "(func $a call $b local.get $x br $q)",
        &[
            "1:15 [$b] there is no function called $b",
            "1:28 [$x] there is no local called $x",
            "1:34 [$q] no block around this is called $q",
        ],
    );
    expect(
        "(func (drop (i32.load (i32.const 0))))",
        &["1:14 [i32.load] i32.load: this module has no memory; declare one with (memory 1)"],
    );
    expect(
        "(func br 5)",
        &["1:7 [br 5] br 5: there are not so many blocks around it"],
    );
    expect(
        "(func $a) (func $a)",
        &["1:17 [$a] there is another function called $a"],
    );
}

#[test]
fn errors_outside_of_functions() {
    expect(
        "(global $g i32 (i64.const 1))",
        &["1:17 [i64.const] i32 is expected here, found i64"],
    );
    expect(
        "(memory $m 2 1)",
        &["1:1 [(memory $m] the minimum size is greater than the maximum"],
    );
    expect(
        "(func $f (param i32))\n(start $f)",
        &["2:8 [$f] the start function must have neither parameters nor results"],
    );
    expect(
        "(func) (export \"a\" (func 0)) (export \"a\" (func 0))",
        &["1:30 [(export] the name \"a\" is exported twice"],
    );
    expect(
        "(func) (memory 1) (import \"a\" \"b\" (func))",
        &["1:20 [import] imports must come before the first memory"],
    );
}

#[test]
fn words_that_mean_nothing() {
    expect(
        "(func i32.ad)",
        &["1:7 [i32.ad] i32.ad is no instruction; did you mean i32.add"],
    );
    expect(
        "(func get_local 0)",
        &["1:7 [get_local] get_local is an old name; it is now local.get"],
    );
    expect(
        "(func frobnicate)",
        &["1:7 [frobnicate] frobnicate is no instruction"],
    );
    expect(
        "(func i32.const 99999999999)",
        &["1:17 [99999999999] 99999999999 is out of range; i32 holds -2147483648 to 4294967295"],
    );
    expect(
        "(func i32.const)",
        &["1:16 [)] a number (i32) is expected here, found )"],
    );
    expect(
        "(module (i32.add))",
        &["1:10 [i32.add] the instruction i32.add must stand inside of a (func ...)"],
    );
}

#[test]
fn texts_that_end_too_early_or_too_late() {
    expect("(module (func", &["1:9 [(func] (func is never closed"]);
    expect(
        "(func))",
        &["1:7 [)] ) is too many here; no parenthesis is open"],
    );
    expect("(; a", &["1:1 [(;] this comment is never closed with ;)"]);
    expect("(func \"abc", &["1:7 [\"abc] this string is not closed"]);
    expect(
        "(module (func $a (drop (i32.const 1)) (func $b))",
        &["1:40 [func] func may not stand here; a ) may be missing before it"],
    );
}

#[test]
fn texts_that_are_something_else() {
    expect("hello", &["1:1 [hello] ( is expected here, found hello"]);
    expect(
        "(module) (assert_return (invoke \"a\"))",
        &["1:10 [(assert_return] the module ends before this; ( is too much"],
    );
    expect(
        "(assert_return (invoke \"a\"))",
        &[
            "1:2 [assert_return] assert_return belongs to a test script (.wast); a module's text has \
           no commands",
        ],
    );
    expect(
        "(component)",
        &["1:1 [(component] this is a component; only modules are run here"],
    );
}

#[test]
fn proposals_that_are_not_there() {
    expect(
        "(memory 1) (func (memory.discard (i32.const 0) (i32.const 0)))",
        &[
            "1:19 [memory.discard] memory.discard: this needs the memory control proposal, which is \
           not there",
        ],
    );
    // These are.
    expect("(memory 1 1 shared) (memory i64 7 (pagesize 1))", &[]);
    expect(
        "(memory 1) (func (param i64 i64) (result i64 i64)
           (drop (i32.atomic.rmw8.add_u offset=4 (i32.const 0) (i32.const 1)))
           (i64.mul_wide_u (local.get 0) (local.get 1)))",
        &[],
    );
}

#[test]
fn memories_of_every_kind() {
    expect(
        "(memory 1) (func (drop (i32.atomic.load align=2 (i32.const 0))))",
        &[
            "1:25 [i32.atomic.load align=2] i32.atomic.load: align of an atomic access is the \
           number of bytes it accesses; leave it out",
        ],
    );
    expect(
        "(memory 1 shared)",
        &[
            "1:1 [(memory] a shared memory must say how large it may become, as in (memory 1 2 \
           shared)",
        ],
    );
    expect(
        "(memory 1 (pagesize 4096))",
        &["1:1 [(memory] a page has 65536 bytes or 1: (pagesize 1)"],
    );
    expect(
        "(memory i64 1) (func (drop (i32.load (i32.const 0))))",
        &["1:29 [i32.load] i32.load expects i64 on top of the stack, found i32"],
    );
    expect(
        "(memory 1) (func (drop (i32.load 1 (i32.const 0))))",
        &["1:25 [i32.load 1] i32.load: there is no memory 1 in this module"],
    );
    expect(
        "(table i64 1 funcref) (func (drop (table.get 0 (i32.const 0))))",
        &["1:36 [table.get 0] table.get expects i64 on top of the stack, found i32"],
    );
}

#[test]
fn characters_that_mislead_are_a_warning() {
    expect(
        "(func (export \"a\u{202e}b\"))",
        &[
            "1:17 [\u{202e}] the invisible character U+202E changes the order in which this line is \
           shown",
        ],
    );
    // Control characters, names in any script, and characters outside of the BMP are fine.
    expect("(func (export \"\\00\\07\\u{7f}é世🐝\"))", &[]);
}
