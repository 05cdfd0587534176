//! What is wrong with a script's text, told without running it.

use waspnest_script::check;

#[test]
fn a_script_is_checked_where_it_does_not_assert_something_wrong() {
    let told = |text: &str| -> Vec<String> {
        check(text)
            .diagnostics
            .iter()
            .map(|found| format!("{}:{} {}", found.line, found.column, found.message))
            .collect()
    };
    assert_eq!(
        told(
            "(module $a (func $f (result i32) i32.const 1))\n\
             (assert_invalid (module (func (result i32))) \"type mismatch\")\n\
             (assert_malformed (module quote \"(func\") \"end\")\n\
             (module definition (func (export \"g\")))\n"
        ),
        Vec::<String>::new()
    );
    assert_eq!(
        told(
            "(module (func))\n\n(module (func (result i32)\n  i64.const 1))\n(assert_retur 1)\n\
             (assert_return (invoke \"f\" (i32.cons 1)))\n(invoke"
        ),
        [
            "4:14 the function must leave i32, but it leaves i64",
            "5:2 assert_retur is no directive of a script; known are module, register, invoke, get and assertions",
            "6:29 a value such as (i32.const 1) is expected here, found i32.cons",
            "7:1 (invoke is never closed",
        ]
    );
}

#[test]
fn symbols_of_each_module_keep_to_their_place() {
    let text = "(module (func $f))\n(module (func $g) (start $g))";
    let found = check(text);
    let symbols: Vec<_> = found
        .symbols
        .references
        .iter()
        .map(|reference| {
            let definition = reference.definition.expect("the name is defined");
            let definition = &found.symbols.definitions[definition as usize];
            (reference.span.slice(text), definition.span.start)
        })
        .collect();
    assert_eq!(symbols, [("$g", 33)]);
}
