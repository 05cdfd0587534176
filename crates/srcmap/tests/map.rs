//! From byte offset to text and back.

use waspnest_srcmap::{LARGEST_CUSTOM, Span, assemble, disassemble};

/// The keywords in the order in which they run, each with its whole expression.
fn expect(text: &str, expected: &[(&str, &str)]) {
    let assembled = assemble(text).unwrap_or_else(|errors| panic!("{}", errors[0].message));
    let got: Vec<(&str, &str)> = assembled
        .map
        .iter()
        .map(|place| (place.keyword.slice(text), place.expression.slice(text)))
        .collect();
    assert_eq!(got, expected, "{text}");
}

#[test]
fn a_folded_expression_runs_from_the_inside() {
    expect(
        "(func (result i32) (i32.add (i32.const 1) (i32.mul (i32.const 2) (i32.const 3))))",
        &[
            ("i32.const", "(i32.const 1)"),
            ("i32.const", "(i32.const 2)"),
            ("i32.const", "(i32.const 3)"),
            ("i32.mul", "(i32.mul (i32.const 2) (i32.const 3))"),
            (
                "i32.add",
                "(i32.add (i32.const 1) (i32.mul (i32.const 2) (i32.const 3)))",
            ),
            (")", ")"),
        ],
    );
}

#[test]
fn folded_blocks_end_at_their_parenthesis() {
    expect(
        "(func (param i32) (if (local.get 0) (then nop) (else (block $b (br $b)))))",
        &[
            ("local.get", "(local.get 0)"),
            (
                "if",
                "(if (local.get 0) (then nop) (else (block $b (br $b))))",
            ),
            ("nop", "nop"),
            ("else", "(else (block $b (br $b)))"),
            ("block", "(block $b (br $b))"),
            ("br", "(br $b)"),
            (")", ")"),
            (")", ")"),
            (")", ")"),
        ],
    );
}

#[test]
fn flat_instructions_keep_their_immediates() {
    expect(
        "(memory 1)(table 1 funcref)(type $t (func)) (func (local $x i32)\n\
         i32.const 0 i32.load offset=4 align=1 (; note ;) local.set $x\n\
         block (result i32) i32.const 1 end call_indirect (type $t) ;; done\n)",
        &[
            ("i32.const", "i32.const 0"),
            ("i32.load", "i32.load offset=4 align=1"),
            ("local.set", "local.set $x"),
            ("block", "block (result i32)"),
            ("i32.const", "i32.const 1"),
            ("end", "end"),
            ("call_indirect", "call_indirect (type $t)"),
            (")", ")"),
        ],
    );
}

#[test]
fn places_are_found_by_position() {
    let text = "(func $a (i32.const 1)\n drop)\n;; between\n(func $b\n  (drop (i32.const 2))\n)";
    let map = assemble(text).expect("a valid module").map;
    let at = |needle: &str| text.find(needle).expect("part of the text") as u32;
    let keyword =
        |place: Option<waspnest_srcmap::Place>| place.map(|place| place.keyword.slice(text));

    assert_eq!(keyword(map.at_or_after(0)), Some("i32.const"));
    assert_eq!(keyword(map.at_or_after(at("drop)"))), Some("drop"));
    assert_eq!(keyword(map.at_or_after(at(";; between"))), Some("drop"));
    assert_eq!(keyword(map.at_or_after(text.len() as u32)), None);

    // A line's breakpoint belongs to what runs first on it.
    let line = Span::new(at("  (drop"), at("\n)"));
    let first = map.first_in(line).expect("instructions on the line");
    assert_eq!(first.instruction.slice(text), "i32.const 2");
    assert_eq!(
        map.first_in(Span::new(at(";; between"), at("(func $b"))),
        None
    );

    assert_eq!(keyword(map.at_position(at("1)"))), Some("i32.const"));
    assert_eq!(keyword(map.at_position(at("(drop") + 5)), Some("drop"));
    assert_eq!(keyword(map.at_position(at(";; between"))), None);
    assert_eq!(
        map.body_at_position(at("i32.const 2"))
            .map(|body| body.func),
        Some(1)
    );
}

#[test]
fn places_are_found_by_offset() {
    let text = "(import \"m\" \"f\" (func)) (func i32.const 1000000 drop)";
    let assembled = assemble(text).expect("a valid module");
    let first = assembled.map.iter().next().expect("an instruction");
    // The opcode, and each byte of its immediate.
    for offset in first.offset..first.offset + 4 {
        assert_eq!(assembled.map.covering_offset(offset), Some(first));
    }
    assert_eq!(assembled.map.at_offset(first.offset + 1), None);
    assert_eq!(assembled.map.covering_offset(0), None);
    assert_eq!(assembled.map.covering_offset(u32::MAX), None);
    let body = assembled.map.body_at_offset(first.offset).expect("a body");
    assert_eq!(
        (body.func, body.span.slice(text)),
        (1, "(func i32.const 1000000 drop)")
    );
}

#[test]
fn a_printed_module_maps_to_its_lines() {
    let text = "(func $f (param $n i32) (result i32) (if (result i32) (local.get $n) \
                (then (i32.const 1)) (else (i32.const 2)))) (func $empty)";
    let wasm = assemble(text).expect("a valid module").wasm;
    let printed = disassemble(&wasm).expect("a readable module");
    let lines: Vec<&str> = printed
        .map
        .iter()
        .map(|place| place.instruction.slice(&printed.text))
        .collect();
    assert_eq!(
        lines,
        [
            "local.get $n",
            "if (result i32)",
            "i32.const 1",
            "else",
            "i32.const 2",
            "end",
            ")",
            ")",
        ]
    );
    let bodies: Vec<&str> = printed
        .map
        .bodies()
        .iter()
        .map(|body| body.span.slice(&printed.text))
        .collect();
    assert!(
        bodies[0].starts_with("(func $f ") && bodies[0].ends_with("\n  )"),
        "{bodies:?}"
    );
    assert!(
        bodies[1].starts_with("(func $empty ") && bodies[1].ends_with(')'),
        "{bodies:?}"
    );
}

#[test]
fn bytes_that_are_no_module_are_refused() {
    for (bytes, message) in [
        (&b""[..], "the file is empty (at byte 0x0)"),
        (
            b"hello",
            "this is no WebAssembly module: it does not begin with \\0asm (at byte 0x0)",
        ),
        (
            b"\0asm",
            "the file ends in the middle of its header (at byte 0x4)",
        ),
        (
            b"\0asm\x0d\0\x01\0",
            "this is a component; only modules are run here (at byte 0x4)",
        ),
        (
            b"\0asm\x02\0\0\0",
            "this is not version 1 of the binary format (at byte 0x4)",
        ),
    ] {
        let error = disassemble(bytes).expect_err("no module");
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn long_segments_are_printed_in_many_lines_and_mean_the_same() {
    let bytes: String = (0..20_000)
        .map(|n| format!("\\{:02x}q\\\"", n % 256))
        .collect();
    let text = format!(
        "(@custom \"note\" \"{}\") (memory 2) (export \"{}\" (memory 0)) (data (i32.const 0) \"{bytes}\")",
        "n".repeat(500),
        "e".repeat(500)
    );
    let wasm = assemble(&text).expect("a valid module").wasm;
    let printed = disassemble(&wasm).expect("a readable module").text;
    let longest = printed.lines().map(str::len).max();
    assert!(longest < Some(600), "{longest:?}");
    assert_eq!(assemble(&printed).expect("its own text").wasm, wasm);
}

#[test]
fn large_custom_sections_are_named_but_not_printed() {
    let text = format!(
        "(@custom \"debug\\n\" \"{}\") (func)",
        "d".repeat(LARGEST_CUSTOM + 1)
    );
    let wasm = assemble(&text).expect("a valid module").wasm;
    let printed = disassemble(&wasm).expect("a readable module").text;
    let comment = ";; custom section \"debug\\n\": its 65537 bytes are not shown\n";
    assert!(printed.contains(comment), "{printed}");
    assert!(assemble(&printed).is_ok());
}
