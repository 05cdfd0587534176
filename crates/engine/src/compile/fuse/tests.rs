//! Shapes of the fast stream: what becomes of common code.

use crate::{Config, Machine, Module};

/// The ops of all paths of a function without imports, a line for each path.
fn paths(body: &str) -> Vec<String> {
    paths_of(&format!(
        "(module (memory 1) (func $f (param i32 i32) (result i32) {body}))"
    ))
}

/// The same of the first function of a module.
fn paths_of(wat: &str) -> Vec<String> {
    let bytes = wat::parse_str(wat).expect("the text is a module");
    let mut machine = Machine::new(Config::default());
    let module = Module::new(bytes).expect("valid");
    let instance = machine.instantiate(&module, &[]).expect("instantiates");
    machine.translate(machine.funcs(instance)[0]);
    let code = &machine.code;
    let ends = code.paths.iter().skip(1).map(|path| path.start);
    let ends = ends.chain([code.fast.len() as u32]);
    let ranges = code.paths.iter().zip(ends);
    ranges
        .map(|(path, end)| {
            let ops = &code.fast[path.start as usize + 1..end as usize];
            let names: Vec<String> = ops.iter().map(|op| format!("{:?}", op.code)).collect();
            names.join(" ")
        })
        .collect()
}

#[test]
fn a_loop_that_tests_at_its_top_branches_once_a_round() {
    let paths = paths(
        "(block $out (loop $next
            (br_if $out (i32.ge_u (local.get 0) (local.get 1)))
            (i32.store8 (local.get 0) (local.get 1))
            (local.set 0 (i32.add (local.get 0) (i32.const 1)))
            (br $next)))
        (local.get 0)",
    );
    // The test, then rounds that end with the test turned round, then the way out.
    let round = "BrI32GeURR I32Store8R IncI32LtURR Br";
    assert!(paths.iter().any(|path| path == round), "{paths:#?}");
}

#[test]
fn a_loop_that_tests_at_its_end_branches_once_a_round() {
    let paths = paths(
        "(loop $next
            (i32.store (local.get 0) (local.get 1))
            (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 4)))))
        (local.get 1)",
    );
    let round = "I32StoreR IncI32NeRI ReturnOne";
    assert!(paths.iter().any(|path| path == round), "{paths:#?}");
}

#[test]
fn the_end_of_an_if_is_copied_into_its_parts() {
    let paths = paths(
        "(if (result i32) (i32.eqz (local.get 0))
            (then (local.get 1))
            (else (i32.add (local.get 0) (local.get 1))))",
    );
    let both = ["BrIf ReturnOne", "I32AddRR ReturnOne"];
    assert!(
        both.iter().all(|path| paths.iter().any(|p| p == path)),
        "{paths:#?}"
    );
}

#[test]
fn operands_below_a_load_wait_and_are_put_in_place_only_when_it_traps() {
    let paths = paths("(i32.add (local.get 0) (i32.load (local.get 1)))");
    assert_eq!(paths, ["I32LoadR I32AddRR ReturnOne"]);
}

#[test]
fn what_a_jump_leaves_on_the_stack_is_never_put_there() {
    let paths = paths("(block $out (result i32) (local.get 0) (local.get 1) (br $out))");
    assert_eq!(paths[0], "ReturnOne");
}

#[test]
fn addresses_are_computed_by_the_access() {
    let element = "(i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2)))";
    let sum = "(i32.add (local.get 0) (i32.const 5))";
    for (body, expected) in [
        (
            format!("(i32.load offset=8 {element})"),
            "I32LoadX ReturnOne",
        ),
        (format!("(i32.load8_u {sum})"), "I32Load8UA ReturnOne"),
        ("(i32.load (i32.const 16))".to_owned(), "I32LoadK ReturnOne"),
        (
            format!("(i32.store {element} (local.get 1)) (local.get 0)"),
            "I32StoreX ReturnOne",
        ),
        (
            "(i32.store (local.get 1) (i32.const 7)) (local.get 0)".to_owned(),
            "I32StoreC ReturnOne",
        ),
    ] {
        assert_eq!(paths(&body), [expected], "{body}");
    }
}

#[test]
fn two_instructions_of_two_operands_are_one_op() {
    let rotated = "(i32.xor (local.get 1) (i32.rotl (local.get 0) (i32.const 7)))";
    assert_eq!(paths(rotated), ["I32XorRotrP ReturnOne"]);
    let sum = "(i32.add (i32.mul (local.get 0) (local.get 1)) (local.get 1))";
    assert_eq!(paths(sum), ["I32AddMulQ ReturnOne"]);
    // What a local keeps is not lost in the next instruction.
    let kept = "(i32.add (local.tee 1 (i32.mul (local.get 0) (local.get 1))) (local.get 1))";
    assert_eq!(paths(kept), ["I32MulRR I32AddRR ReturnOne"]);
}

#[test]
fn what_has_no_op_is_said_in_another_way() {
    for (body, expected) in [
        ("(i32.gt_s (local.get 0) (local.get 1))", "I32LtSRR"),
        ("(i32.gt_s (local.get 0) (i32.const 9))", "I32GeSRI"),
        ("(i32.gt_u (i32.const 9) (local.get 0))", "I32LtURI"),
        (
            "(i32.le_u (local.get 0) (i32.const -1))",
            "I64Const I32GeURR",
        ),
        ("(i32.sub (local.get 0) (i32.const 9))", "I32AddRI"),
        ("(i32.sub (i32.const 9) (local.get 0))", "I32SubIR"),
        ("(i32.mul (i32.const 9) (local.get 0))", "I32MulRI"),
        ("(i32.div_u (local.get 0) (i32.const 9))", "I32DivURI"),
    ] {
        assert_eq!(paths(body), [format!("{expected} ReturnOne")], "{body}");
    }
}

#[test]
fn vectors_wait_in_their_locals_as_numbers_do() {
    let body = "(local $v v128) (local $sum v128)
        (local.set $v (i32x4.shl (v128.load (local.get 0)) (i32.const 3)))
        (local.set $sum (i32x4.add (local.get $sum) (local.get $v)))
        (v128.store offset=16 (local.get 1) (local.get $sum))
        (i32x4.extract_lane 1 (local.get $v))";
    let ops = "V128Load I32x4Shl I32x4Add V128Store I32x4ExtractLane ReturnOne";
    assert_eq!(paths(body), [ops]);
}

#[test]
fn accesses_with_addresses_of_64_bits_read_them_from_locals() {
    let copy = "(i64.store offset=8 (local.get 0) (i64.load (local.get 1)))";
    let wat = format!("(module (memory i64 1) (func (param i64 i64) {copy}))");
    assert_eq!(paths_of(&wat), ["I64LoadFar I64StoreFar ReturnNone"]);
    // Those of another memory are not the loop's, and want all operands in place.
    let other = format!("(module (memory i64 1) (memory $m i64 1) (func (param i64 i64) {copy}))");
    let other = other.replace("i64.load", "i64.load $m");
    let ops = "MoveTwo I64LoadFar I64StoreFar ReturnNone";
    assert_eq!(paths_of(&other), [ops]);
}
