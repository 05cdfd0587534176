//! Texts and bytes that mean harm: no panic, no overflow of a small stack, no long wait.

use waspnest_srcmap::{
    assemble, check, disassemble, interface, namespace_at, outline_binary, symbols,
};

/// The stack that the core has in a page.
const STACK: usize = 1024 * 1024;

fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run);
    let ended = thread.expect("a thread can be started").join();
    assert!(ended.is_ok(), "it panicked");
}

#[test]
fn deep_nesting_is_an_answer_not_a_crash() {
    for depth in [1_000, 100_000] {
        for unit in ["(", "(module ", "(; ", "(@a ", "\"", "(func ", "(type "] {
            let text = unit.repeat(depth);
            on_a_small_stack(move || assert!(check(&text).assembled.is_none()));
        }
        for (before, unit, after) in [
            ("(module (func ", "(block ", ")"),
            ("(module (func ", "block ", "end "),
            ("(module (func ", "(loop $l (br $l) ", ")"),
            ("(module (func (result i32) ", "(i32.eqz ", ")"),
        ] {
            let inner = if unit == "(i32.eqz " {
                "(i32.const 1)"
            } else {
                ""
            };
            let text = format!(
                "{before}{}{inner}{}))",
                unit.repeat(depth),
                after.repeat(depth)
            );
            let open = format!("{before}{}", unit.repeat(depth));
            on_a_small_stack(move || {
                assert!(check(&open).assembled.is_none());
                let wasm = check(&text).assembled.expect("a valid module").wasm;
                let printed = disassemble(&wasm).expect("a readable module");
                assert!(assemble(&printed.text).is_ok());
            });
        }
        for (before, unit) in [
            ("(module (type ", "(func (param "),
            ("(module (global ", "(ref "),
            ("(module (type ", "(sub "),
            ("(module (rec ", "(type (struct (field "),
            ("(module (import ", "(func "),
        ] {
            let text = format!("{before}{}", unit.repeat(depth));
            on_a_small_stack(move || assert!(check(&text).assembled.is_none()));
        }
    }
}

#[test]
fn many_functions_and_names() {
    let mut text = String::from("(module\n");
    for n in 0..50_000 {
        text.push_str(&format!("(func $f{n} (call $f{}))\n", n * 7 % 50_000));
    }
    text.push(')');
    let report = check(&text);
    assert_eq!(report.symbols.definitions.len(), 50_000);
    assert_eq!(report.symbols.unresolved().count(), 0);
    assert_eq!(report.outline.len(), 50_000);
    let map = report.assembled.expect("a valid module").map;
    assert_eq!(map.bodies().len(), 50_000);
}

#[test]
fn odd_names_survive_the_way_to_bytes_and_back() {
    let text = "(module (func $\"a\\nb\\u{202e}\\\"c\" (export \"\\00\\1f\u{2066}é世🐝\\7f\")) \
                (memory $m 1) (data $m \"\\ff\\fe\"))";
    let wasm = assemble(text).expect("a valid module").wasm;
    let printed = disassemble(&wasm).expect("a readable module");
    let again = assemble(&printed.text)
        .expect("the printed text is valid")
        .wasm;
    let names = |wasm: &[u8]| interface(wasm).expect("a readable module").exports;
    assert_eq!(names(&wasm), names(&again));
}

/// A small generator of pseudo-random numbers (xorshift64), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

const SEEDS: &[&str] = &[
    "(module (import \"m\" \"f\" (func $f (param i32) (result i32)))\n\
     (memory $m 1 2) (table $t 4 funcref) (global $g (mut i64) (i64.const -1))\n\
     (type $s (struct (field $x (mut i32)))) (tag $e (param i32))\n\
     (elem $el (table $t) (i32.const 0) func $f $main) (data $d (i32.const 8) \"a\\00\\\"b\")\n\
     (func $main (export \"main\") (param $n i32) (result i32) (local $r (ref null $s))\n\
       (block $b (result i32) (loop $l (br_if $l (local.get $n))) (i32.const 0x7f))\n\
       (if (result i32) (then (call $f (i32.const 1))) (else i32.const 2)) ;; é\n\
       (try_table (catch $e 0) (throw $e (i32.const 1))) i32.add local.tee $n\n\
       br_table 0 0 (; 世 ;) end) (start 2) (func))",
    "(module (func (param f64) (result f64 f64) local.get 0 f64.const nan:0x1 f64.const -0x1p-3 \
     f64.max block (param f64) (result f64) end) (export \"e\" (func 0)) \
     (@custom \"c\" \"data\") (rec (type $a (sub (array i8))) (type (sub $a (array i8)))))",
];

const PIECES: &[&str] = &[
    "(",
    ")",
    "((",
    "\"",
    "$",
    "$x",
    "(;",
    ";)",
    ";;",
    "\\",
    "(func",
    "(param",
    "i32",
    "i32.add",
    "end",
    "else",
    "block $b",
    "br $b",
    "(module",
    "(@",
    "(ref",
    "\u{202e}",
    "🐝",
    "\0",
    "0x",
    "99999999999999999999",
    "offset=4294967296",
    "(type 9)",
    "(catch $e",
    "$\"",
    "(export \"e\"",
    "(memory 70000)",
    "(import \"\" \"\"",
    "br_table",
    "nan:0x",
    "select (result",
    "ref.null",
];

#[test]
fn random_edits_never_panic() {
    on_a_small_stack(|| {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for round in 0..4_000 {
            let mut text = SEEDS[round % SEEDS.len()].to_string();
            for _ in 0..1 + random.below(5) {
                let mut at = random.below(text.len() + 1);
                while !text.is_char_boundary(at) {
                    at -= 1;
                }
                let mut end = (at + random.below(12)).min(text.len());
                while !text.is_char_boundary(end) {
                    end -= 1;
                }
                match random.below(3) {
                    0 => text.replace_range(at..end.max(at), ""),
                    1 => text.insert_str(at, PIECES[random.below(PIECES.len())]),
                    _ => {
                        let copied = text[at..end.max(at)].to_string();
                        let to = random.below(text.len() + 1);
                        if text.is_char_boundary(to) {
                            text.insert_str(to, &copied);
                        }
                    }
                }
            }
            let report = check(&text);
            for found in &report.diagnostics {
                let span = found.span;
                assert!(
                    span.start <= span.end && span.end as usize <= text.len(),
                    "{text}"
                );
                assert!(
                    text.get(span.start as usize..span.end as usize).is_some(),
                    "{text}"
                );
                assert!(!found.message.is_empty(), "{text}");
            }
            for definition in &report.symbols.definitions {
                assert_eq!(definition.span.slice(&text), definition.name, "{text}");
                assert!(definition.scope.end as usize <= text.len(), "{text}");
            }
            let mut at = random.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            namespace_at(&text, at as u32);
            if let Some(assembled) = report.assembled {
                assert!(disassemble(&assembled.wasm).is_ok(), "{text}");
            }
        }
    });
}

#[test]
fn random_bytes_never_panic() {
    on_a_small_stack(|| {
        let mut random = Random(0x2545_f491_4f6c_dd1d);
        let wasm = assemble(SEEDS[1]).expect("a valid module").wasm;
        for _ in 0..20_000 {
            let mut bytes = wasm.clone();
            for _ in 0..1 + random.below(4) {
                let at = 8 + random.below(bytes.len() - 8);
                match random.below(3) {
                    0 => bytes[at] = random.below(256) as u8,
                    1 => bytes.insert(at, random.below(256) as u8),
                    _ => bytes.truncate(at.max(9)),
                }
            }
            if let Ok(printed) = disassemble(&bytes) {
                // It need not be valid, but every place lies in the text.
                for place in printed.map.iter() {
                    assert!(place.instruction.end as usize <= printed.text.len());
                }
                let _ = assemble(&printed.text);
            }
            let _ = outline_binary(&bytes);
            let _ = interface(&bytes);
        }
        for length in 0..2_000 {
            let junk: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
            assert!(disassemble(&junk).is_err());
            check(&String::from_utf8_lossy(&junk));
            symbols(&String::from_utf8_lossy(&junk));
        }
    });
}

#[test]
fn a_file_that_was_cut_off_says_in_which_section() {
    let wasm = assemble("(module (func (export \"f\")) (memory 1))")
        .expect("a valid module")
        .wasm;
    // Type, function, memory, export and code follow each other.
    let told = |length: usize| disassemble(&wasm[..length]).unwrap_err().to_string();
    assert_eq!(
        told(wasm.len() - 1),
        "the file ends in the middle of its code section, which has 3 of its 4 bytes (at byte 0x1e)"
    );
    assert_eq!(
        told(11),
        "the file ends in the middle of its type section, which has 1 of its 4 bytes (at byte 0x8)"
    );
    for length in 8..wasm.len() {
        // A whole number of sections is a module that may lack some.
        if let Err(error) = disassemble(&wasm[..length]) {
            assert!((error.offset as usize) <= length, "{length}: {error}");
        }
    }
}

#[test]
fn however_many_errors_a_text_has_a_few_hundred_are_told() {
    for wrong in ["call $nobody ", "i32.add "] {
        let text = format!("(module (func {}))", wrong.repeat(20_000));
        let told = check(&text).diagnostics.len();
        assert!((1..=201).contains(&told), "{told} for {wrong}");
        let texts = format!("(module {})", format!("(func {wrong})").repeat(5_000));
        let told = check(&texts).diagnostics.len();
        assert!((2..=201).contains(&told), "{told} for functions of {wrong}");
    }
}
