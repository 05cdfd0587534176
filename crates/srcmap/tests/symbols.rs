//! Names: where they are defined and what a place refers to.

use waspnest_srcmap::{SymbolKind, namespace_at, outline, symbols};

/// Each expected line is `name -> detail of its definition`, or `name -> ?`.
fn expect(text: &str, expected: &[&str]) {
    let found = symbols(text);
    let got: Vec<String> = found
        .references
        .iter()
        .map(|reference| {
            let name = reference.span.slice(text);
            match reference.definition {
                Some(at) => format!("{name} -> {}", found.definitions[at as usize].detail),
                None => format!("{name} -> ?"),
            }
        })
        .collect();
    assert_eq!(got, expected, "{text}");
}

#[test]
fn names_of_the_module_may_be_used_before_their_definition() {
    expect(
        "(module (start $s) (export \"g\" (global $g)) (elem $e func $s)\n\
         (func $s (param $n i32) (result i32) call $s table.init $t $e global.get $g)\n\
         (global $g (mut i32) (i32.const 1)) (table $t 1 funcref))",
        &[
            "$s -> (func $s (param $n i32) (result i32))",
            "$g -> (global $g (mut i32))",
            "$s -> (func $s (param $n i32) (result i32))",
            "$s -> (func $s (param $n i32) (result i32))",
            "$t -> (table $t 1 funcref)",
            "$e -> (elem $e func $s)",
            "$g -> (global $g (mut i32))",
        ],
    );
}

#[test]
fn locals_and_labels_end_with_their_scope() {
    expect(
        "(func $a (param $x i32) block $l (loop $l (br $l)) br $l end $l br $l)\n\
         (func $b local.get $x)",
        &[
            "$l -> loop $l",
            "$l -> block $l",
            "$l -> block $l",
            "$l -> ?",
            "$x -> ?",
        ],
    );
}

#[test]
fn types_fields_and_tags() {
    expect(
        "(type $p (struct (field $x i32) (field $y (mut i32)))) (tag $e (param i32))\n\
         (func (param $r (ref null $p)) (struct.set $p $y (local.get $r) (i32.const 1))\n\
         (block $h (try_table $h (catch $e $h) (throw $e (i32.const 1)))) ref.null $p drop)",
        &[
            "$p -> (type $p (struct (field $x i32) (field $y (mut i32))))",
            "$p -> (type $p (struct (field $x i32) (field $y (mut i32))))",
            "$y -> (field $y (mut i32))",
            "$r -> (param $r (ref null $p))",
            "$e -> (tag $e (param i32))",
            "$h -> block $h",
            "$e -> (tag $e (param i32))",
            "$p -> (type $p (struct (field $x i32) (field $y (mut i32))))",
        ],
    );
}

#[test]
fn a_text_with_errors_keeps_its_names() {
    expect(
        "(module (func $a (i32.add (call $b\n(func $b (local $x i32) local.get $x !! call $a",
        &["$b -> (func $b)", "$x -> (local $x i32)", "$a -> (func $a)"],
    );
}

#[test]
fn imports_show_where_they_come_from() {
    expect(
        "(import \"env\" \"print\" (func $print (param i32))) (func call $print)",
        &["$print -> (import \"env\" \"print\" (func $print (param i32)))"],
    );
}

#[test]
fn what_a_place_asks_for() {
    let check = |text: &str, expected: Option<SymbolKind>| {
        let position = text.find('|').expect("a cursor") as u32;
        assert_eq!(
            namespace_at(&text.replace('|', ""), position),
            expected,
            "{text}"
        );
    };
    check("(func call |)", Some(SymbolKind::Func));
    check("(func call $fo|o)", Some(SymbolKind::Func));
    check("(func (local.get $|", Some(SymbolKind::Local));
    check("(func block $b br |", Some(SymbolKind::Label));
    check("(func global.set |", Some(SymbolKind::Global));
    check("(func (type |", Some(SymbolKind::Type));
    check("(func i32.load |", Some(SymbolKind::Memory));
    check("(func i32.const |", None);
    check("(func $|", None);
    check("|", None);
}

#[test]
fn an_outline_has_a_row_for_each_part() {
    let text = "(module (import \"m\" \"f\" (func $f (param i32)))\n\
                (func $g (export \"g\") (result i32) i32.const 1)\n\
                (memory 1) (data (i32.const 0) \"hi\") (start $g) (broken";
    let rows: Vec<String> = outline(text, None)
        .iter()
        .map(|item| {
            format!(
                "{} {} {} {}",
                item.kind.name(),
                item.index,
                item.name,
                item.detail
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "import 0 \"m\" \"f\" (func $f (param i32))",
            "func 1 $g (export \"g\") (result i32)",
            "export 0 \"g\" (func $g)",
            "memory 0 [0] 1",
            "data 0 [0] \"hi\"",
            "start 0 $g ",
        ]
    );
}

#[test]
fn an_outline_has_the_sizes_of_memories() {
    let text = "(module (import \"m\" \"m\" (memory 3)) (memory $w i64 2 9)
                (memory $b 7 (pagesize 1)) (memory i64 0x1_0000_0000_0000))";
    let wasm = waspnest_srcmap::assemble(text).expect("it is valid").wasm;
    let sizes = |items: Vec<waspnest_srcmap::OutlineItem>| -> Vec<(String, Option<u64>)> {
        let memories = items
            .into_iter()
            .filter(|item| item.kind.name() == "memory");
        memories.map(|item| (item.detail, item.bytes)).collect()
    };
    let expected = |details: [&str; 3]| -> Vec<(String, Option<u64>)> {
        let bytes = [131_072, 7, u64::MAX].map(Some);
        details.map(str::to_owned).into_iter().zip(bytes).collect()
    };
    assert_eq!(
        sizes(outline(text, Some(&wasm))),
        expected(["i64 2 9", "7 (pagesize 1)", "i64 0x1_0000_0000_0000"])
    );
    assert_eq!(
        sizes(waspnest_srcmap::outline_binary(&wasm).expect("it is a module")),
        expected([
            "(memory i64 2 9)",
            "(memory 7 (pagesize 1))",
            "(memory i64 281474976710656)"
        ])
    );
}
