//! What is shown of objects: traps, steps, constant expressions, and the objects themselves.

mod support;

use support::*;
use waspnest::*;

#[test]
fn traps_of_objects_say_what_and_the_numbers() {
    let module = |body: &str| {
        format!(
            r#"(module
            (type $point (struct (field $x (mut i32)) (field $y (mut i8))))
            (type $line (struct (field (ref null $point))))
            (type $row (array (mut i32)))
            (type $anys (array (mut anyref)))
            (type $binary (func (param i32 i32) (result i32)))
            (data $d "abcdefgh")
            (elem $e anyref (ref.null any) (ref.i31 (i32.const 1)))
            (elem declare func $id)
            (func $id (param i32) (result i32) (local.get 0))
            (func $row (result (ref $row)) (array.new_default $row (i32.const 3)))
            (func $anys (result (ref $anys)) (array.new_default $anys (i32.const 3)))
            (func (export "run") {body}))"#
        )
    };
    let check = |body: &str, expected: &str| check_trap(&module(body), &[], expected);
    check(
        "(drop (ref.as_non_null (ref.null any)))",
        "null reference: ref.as_non_null of null",
    );
    check(
        "(drop (call_ref $binary (i32.const 1) (i32.const 2) (ref.null $binary)))",
        "null function reference: call_ref of null, the call wants (func (param i32 i32) (result i32))",
    );
    check(
        "(return (drop (struct.get $point $x (ref.null $point))))",
        "null structure reference: struct.get of field $x of a $point that is null",
    );
    check(
        "(struct.set $point 1 (ref.null none) (i32.const 1))",
        "null structure reference: struct.set of field $y of a $point that is null",
    );
    check(
        "(drop (array.len (ref.null $row)))",
        "null array reference: array.len of null",
    );
    check(
        "(drop (i31.get_u (ref.null i31)))",
        "null i31 reference: i31.get_u of null",
    );
    check(
        "(drop (array.get $row (call $row) (i32.const 3)))",
        "out of bounds array access: array.get of element 3, the array has 3",
    );
    check(
        "(array.set $row (call $row) (i32.const -1) (i32.const 0))",
        "out of bounds array access: array.set of element 4294967295, the array has 3",
    );
    check(
        "(array.fill $row (call $row) (i32.const 2) (i32.const 0) (i32.const 2))",
        "out of bounds array access: array.fill of 2 elements from 2, the array has 3",
    );
    check(
        "(array.copy $row $row (call $row) (i32.const 1) (call $row) (i32.const 2) (i32.const 2))",
        "out of bounds array access: array.copy of 2 elements from 2 (of 3) to 1, the array has 3",
    );
    check(
        "(array.init_data $row $d (call $row) (i32.const 2) (i32.const 0) (i32.const 2))",
        "out of bounds array access: array.init_data of 2 elements to 2, the array has 3",
    );
    check(
        "(array.init_data $row $d (call $row) (i32.const 0) (i32.const 4) (i32.const 2))",
        "out of bounds memory access: array.init_data of 2 elements of 4 bytes from byte 4 of a data segment of 8 bytes",
    );
    check(
        "(drop (array.new_data $row $d (i32.const 1) (i32.const 2)))",
        "out of bounds memory access: array.new_data of 2 elements of 4 bytes from byte 1 of a data segment of 8 bytes",
    );
    check(
        "(drop (array.new_elem $anys $e (i32.const 1) (i32.const 2)))",
        "out of bounds table access: array.new_elem of 2 elements from 1 of an element segment of 2",
    );
    check(
        "(array.init_elem $anys $e (call $anys) (i32.const 0) (i32.const 2) (i32.const 1))",
        "out of bounds table access: array.init_elem of 1 elements from 2 of an element segment of 2",
    );
    check(
        "(drop (ref.cast (ref $line) (struct.new_default $point)))",
        "cast failure: ref.cast of $point #0 to (ref $line)",
    );
    check(
        "(drop (ref.cast (ref null $row) (ref.i31 (i32.const -3))))",
        "cast failure: ref.cast of i31 -3 to (ref null $row)",
    );
    check(
        "(drop (ref.cast (ref eq) (ref.null any)))",
        "cast failure: ref.cast of null to (ref eq)",
    );
    check(
        "(drop (ref.cast (ref $binary) (ref.func $id)))",
        "cast failure: ref.cast of $id, which is of type 5, to (ref $binary)",
    );
}

#[test]
fn a_step_shows_the_fields_and_elements_it_touched() {
    let wat = r#"(module
        (type $point (struct (field $x (mut i32)) (field $y (mut i8))))
        (type $row (array (mut i16)))
        (func (export "run") (local $p (ref null $point)) (local $r (ref null $row))
            (local.set $p (struct.new $point (i32.const 5) (i32.const 511)))
            (struct.set $point $y (local.get $p) (i32.const 300))
            (drop (struct.get_s $point $y (local.get $p)))
            (local.set $r (array.new_fixed $row 2 (i32.const 1) (i32.const -1)))
            (array.set $row (local.get $r) (i32.const 1) (i32.const 70000))
            (array.copy $row $row (local.get $r) (i32.const 0) (local.get $r) (i32.const 1) (i32.const 1))
            (block $null (br_on_null $null (local.get $p)) (drop))
            (block $null (br_on_null $null (ref.null any)) (drop))))"#;
    let (mut machine, instance) = machine(wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no argument");
    let mut seen = Vec::new();
    while let Stop::StepDone = machine.run(1, &Until::Step) {
        let effect = machine.effect().expect("a step");
        if !effect.objects.is_empty() || effect.mnemonic.starts_with("br_on") {
            seen.push((
                effect.mnemonic,
                effect.objects.clone(),
                effect.pushed.len(),
                effect.control,
            ));
        }
    }
    let access = |object, part, kind, before, after| ObjectAccess {
        object: ObjectAddr(object),
        part,
        kind,
        before,
        after,
    };
    let (i32_, read, write) = (
        |value| Some(Value::I32(value)),
        AccessKind::Read,
        AccessKind::Write,
    );
    let (field, element) = (ObjectPart::Field(1), |at| ObjectPart::Elements(at, 1));
    let expected = [
        (
            "struct.new",
            vec![access(0, ObjectPart::New, write, None, None)],
            1,
        ),
        (
            "struct.set",
            vec![access(0, field, write, i32_(255), i32_(44))],
            0,
        ),
        (
            "struct.get_s",
            vec![access(0, field, read, None, i32_(44))],
            1,
        ),
        (
            "array.new_fixed",
            vec![access(1, ObjectPart::New, write, None, None)],
            1,
        ),
        (
            "array.set",
            vec![access(1, element(1), write, i32_(65_535), i32_(4_464))],
            0,
        ),
        (
            "array.copy",
            vec![
                access(1, element(1), read, None, i32_(4_464)),
                access(1, element(0), write, i32_(1), i32_(4_464)),
            ],
            0,
        ),
        ("br_on_null", vec![], 1),
        ("br_on_null", vec![], 0),
    ];
    for (position, (mnemonic, objects, n_pushed)) in expected.into_iter().enumerate() {
        let (seen_mnemonic, seen_objects, seen_pushed, control) = &seen[position];
        assert_eq!(
            (*seen_mnemonic, seen_objects, *seen_pushed),
            (mnemonic, &objects, n_pushed)
        );
        let is_taken = position == 7;
        assert_eq!(
            matches!(control, Control::Branch(_)),
            is_taken,
            "{position}"
        );
    }
    assert_eq!(seen.len(), 8);
}

#[test]
fn constant_expressions_make_objects_within_the_limit() {
    let instantiate = |wat: &str, heap_bytes| {
        let config = Config {
            heap_bytes,
            ..Config::default()
        };
        let mut machine = Machine::new(config);
        let module = Module::new(wat::parse_str(wat).expect("the text is a module"));
        let result = machine.instantiate(&module.expect("valid"), &[]);
        (machine, result)
    };
    let huge = "(module (type $t (array i64)) (global (ref $t) (array.new $t (i64.const 1) (i32.const -1))))";
    let (_, result) = instantiate(huge, 1 << 20);
    assert_eq!(
        result.expect_err("too large").to_string(),
        "a constant expression makes an object of 34359738360 bytes; 0 of 1048576 bytes of the heap are in use"
    );
    // Each makes as much garbage as it keeps; what is kept just fits.
    let mut items = String::new();
    for n in 0..100 {
        items.push_str(&format!(
            "(item (struct.new $pair (array.new $longs (i64.const {n}) (i32.const 10)) (ref.i31 (i32.const {n}))))"
        ));
    }
    let wat = format!(
        r#"(module (type $longs (array i64)) (type $pair (struct (field (ref $longs)) (field anyref)))
            (table $t 100 (ref null $pair))
            (elem (table $t) (i32.const 0) (ref $pair) {items})
            (func (export "get") (param i32) (result i64)
                (array.get $longs (struct.get $pair 0 (table.get $t (local.get 0))) (i32.const 9))))"#
    );
    let needed = 100 * (16 + 16 + 16 + 80);
    let (mut machine, result) = instantiate(&wat, needed);
    result.expect("it fits exactly");
    assert_eq!(machine.heap_use().bytes, needed);
    for n in [0, 1, 50, 99] {
        let got = invoke(&mut machine, "get", &i32s(&[n]));
        assert_eq!(got, Some(Value::I64(n as i64)));
    }
    let (_, result) = instantiate(&wat, needed - 1);
    assert!(matches!(
        result.expect_err("too large").kind(),
        ErrorKind::Limit(_)
    ));
}

#[test]
fn objects_are_shown_with_what_they_hold_and_what_holds_them() {
    let wat = r#"(module
        (type $point (struct (field $x (mut i32)) (field $y (mut f64))))
        (type $node (struct (field $at (ref null $point)) (field $next (mut (ref null $node))) (field anyref)))
        (type $text (array (mut i8)))
        (type $row (array (mut anyref)))
        (import "host" "ask" (func $ask (param anyref)))
        (table $t 3 anyref)
        (global $g (mut (ref null $point)) (ref.null $point))
        (elem $e anyref (ref.i31 (i32.const 5)))
        (data $d "hello")
        (func $inner (param $row (ref $row)) (param $n i64) (call $ask (local.get $row)))
        (func (export "run") (local $p (ref null $point)) (local $row (ref null $row))
            (local.set $p (struct.new $point (i32.const -4) (f64.const 0.5)))
            (global.set $g (local.get $p))
            (struct.new $node (local.get $p) (ref.null $node) (ref.i31 (i32.const -1)))
            (drop (struct.new $node (local.get $p) (ref.null $node) (ref.null any)))
            (local.set $row (array.new $row (local.get $p) (i32.const 8)))
            (array.set $row (local.get $row) (i32.const 1) (array.new_data $text $d (i32.const 0) (i32.const 5)))
            (array.set $row (local.get $row) (i32.const 2) (extern.convert_any (ref.null any)) (any.convert_extern))
            (table.set $t (i32.const 2) (local.get $row))
            (call $inner (ref.as_non_null (local.get $row)) (i64.const 8589934592))
            (drop)))"#
        .replace("(extern.convert_any (ref.null any)) (any.convert_extern)", "(any.convert_extern (extern.convert_any (ref.null any)))");
    let (mut machine, instance) = machine(&wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no argument");
    let Stop::HostCall(_) = machine.run(u64::MAX, &Until::Finished) else {
        panic!("no host call")
    };
    let [point, node, lost, row, text] = [0, 1, 2, 3, 4].map(ObjectAddr);
    let texts = [point, node, lost, row, text].map(|object| machine.object_text(object));
    assert_eq!(
        texts,
        [
            "$point #0 {x -4, y 0.5}",
            "$node #1 {at $point #0, next null, i31 -1}",
            "$node #2 {at $point #0, next null, null}",
            "$row #3 [$point #0, $text #4, null, $point #0, $point #0, $point #0, and 2 more]",
            "$text #4 \"hello\"",
        ]
    );
    let counts = machine.object_counts(&mut ObjectTally::default());
    let counts = counts
        .iter()
        .map(|count| (machine.kind_text(count.kind), count.objects, count.bytes));
    assert_eq!(
        counts.collect::<Vec<_>>(),
        [
            ("$point".to_string(), 1, 32),
            ("$node".to_string(), 2, 80),
            ("$text".to_string(), 1, 24),
            ("$row".to_string(), 1, 80),
        ]
    );
    let nodes = machine.object_kind(node);
    assert_eq!(machine.objects(nodes, 0, 9), [node, lost]);
    assert_eq!(machine.objects(nodes, 1, 9), [lost]);
    assert_eq!(machine.objects(None, 3, 1), [row]);
    assert_eq!(machine.objects_before(None, row), 3);
    assert_eq!(machine.objects_before(nodes, lost), 1);
    let all = [point, node, lost, row, text];
    let reachable = machine.reachable(&all).expect("memory");
    assert_eq!(reachable, [true, true, false, true, true]);
    assert_eq!(
        machine.holders(row, 99),
        [
            Holder::Local(0, 0),
            Holder::Operand(0, 0),
            Holder::Local(1, 1),
            Holder::Argument(0),
            Holder::Element(TableAddr(0), 2),
        ]
    );
    assert_eq!(machine.holders(node, 99), [Holder::Operand(1, 0)]);
    let holders = machine.holders(point, 99);
    assert_eq!(
        holders[..2],
        [Holder::Local(1, 0), Holder::Global(GlobalAddr(0))]
    );
    assert_eq!(
        holders[2..4],
        [Holder::Field(node, 0), Holder::Field(lost, 0)]
    );
    assert_eq!(holders.len(), 4 + 6);
    assert_eq!(machine.holders(point, 3), holders[..3]);
    // By hand, what is not mutable too.
    machine
        .set_object_field(point, 0, Value::I32(9))
        .expect("an i32");
    machine
        .set_object_field(text, 0, Value::I32(0x148))
        .expect("an i32");
    let to_text = Value::Ref(Top::Any, Ref::Object(text));
    machine
        .set_object_field(row, 7, to_text)
        .expect("any reference");
    assert_eq!(machine.object_text(text), "$text #4 \"Hello\"");
    assert_eq!(machine.object_field(point, 0), Some(Value::I32(9)));
    assert_eq!(machine.object_field(row, 7), Some(to_text));
    for (object, field, value) in [
        (row, 8, to_text),
        (point, 2, Value::I32(1)),
        (point, 0, Value::I64(1)),
        (node, 0, to_text),
        (ObjectAddr(5), 0, Value::I32(1)),
    ] {
        machine
            .set_object_field(object, field, value)
            .expect_err("no such field");
    }
}

#[test]
fn objects_are_counted_on_from_the_last_look() {
    // Every eighth structure is kept, beside the newest; the rest is collected now and then.
    let wat = "(module
        (type $one (struct (field (ref null $one)) (field i64)))
        (type $bytes (array i8))
        (global $kept (mut (ref null $one)) (ref.null $one))
        (func (export \"run\") (local $n i32)
            (loop $again
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (drop (array.new_default $bytes (i32.and (local.get $n) (i32.const 63))))
                (drop (struct.new $one (global.get $kept) (i64.const 1)))
                (if (i32.eqz (i32.and (local.get $n) (i32.const 7)))
                    (then (global.set $kept (struct.new $one (global.get $kept) (i64.const 2)))))
                (br $again))))";
    let (mut machine, instance) = machine(wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no argument");
    let mut tally = ObjectTally::default();
    let mut random = Random(3);
    while machine.heap_use().collections < 4 {
        let budget = *random.pick(&[1, 30, 5_000, 90_000]);
        assert_eq!(machine.run(budget, &Until::Finished), Stop::Paused);
        let anew = machine.object_counts(&mut ObjectTally::default());
        assert_eq!(machine.object_counts(&mut tally), anew);
        assert_eq!(machine.object_counts(&mut tally), anew);
    }
}
