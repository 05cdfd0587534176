//! Several memories, 64-bit addresses and indices, pages of one byte.

mod support;

use support::*;
use waspnest::*;

#[test]
fn accesses_reach_the_memory_that_they_name() {
    let wat = r#"(module (memory 1) (memory $b 1) (memory $c i64 1)
        (func (export "run") (result i32 i64 f32 i32)
            (i32.store $b offset=4 (i32.const 8) (i32.const -7))
            (i64.store $c offset=8 (i64.const 8) (i64.const 0x8877665544332211))
            (i32.load16_s $b offset=12 (i32.const 0))
            (i64.load32_s $c offset=20 (i64.const 0))
            (f32.load $c (i64.const 16))
            (i32.load offset=12 (i32.const 0))))"#;
    let f32 = Value::F32(0x4433_2211);
    check(
        wat,
        &[],
        &[
            Value::I32(-7),
            Value::I64(i64::from(0x8877_6655u32 as i32)),
            f32,
            Value::I32(0),
        ],
    );
}

#[test]
fn sums_of_address_and_offset_do_not_wrap() {
    let body = |memory: &str, code: &str| {
        format!(r#"(module (memory 1) (memory $b {memory}) (func (export "run") {code}))"#)
    };
    for (memory, code, expected) in [
        (
            "1",
            "(drop (i32.load $b offset=4294967295 (i32.const -1)))",
            "i32.load reads 4 bytes at 0x1_ffff_fffe, memory 1 ends at 0x1_0000 (1 page)",
        ),
        (
            "i64 2",
            "(drop (i64.load8_u $b offset=0xffff_ffff_ffff_ffff (i64.const 1)))",
            "i64.load8_u reads 1 byte at 0x1_0000_0000_0000_0000, memory 1 ends at 0x2_0000 (2 pages)",
        ),
        (
            "i64 1",
            "(i32.store16 $b (i64.const 0xffff) (i32.const 1))",
            "i32.store16 writes 2 bytes at 0xffff, memory 1 ends at 0x1_0000 (1 page)",
        ),
        (
            "3 (pagesize 1)",
            "(i32.store $b (i32.const 0) (i32.const 1))",
            "i32.store writes 4 bytes at 0x0, memory 1 ends at 0x3 (3 bytes)",
        ),
        (
            "i64 1",
            "(memory.fill $b (i64.const 2) (i32.const 0) (i64.const -1))",
            "memory.fill writes 18446744073709551615 bytes at 0x2, memory 1 ends at 0x1_0000 (1 page)",
        ),
        (
            "i64 1",
            "(memory.copy $b 0 (i64.const 2) (i32.const 65535) (i32.const 2))",
            "memory.copy reads 2 bytes at 0xffff, memory 0 ends at 0x1_0000 (1 page)",
        ),
    ] {
        let expected = format!("out of bounds memory access: {expected}");
        check_trap(&body(memory, code), &[], &expected);
    }
}

#[test]
fn sizes_are_in_pages_of_the_memory_and_as_wide_as_its_addresses() {
    let config = Config {
        memory_pages: 3,
        total_memory_pages: 4,
        ..Config::default()
    };
    let wat = r#"(module (memory $a i64 1) (memory $b 7 (pagesize 1)) (table $t i64 1 5 funcref)
        (func (export "a") (param i64) (result i64) (memory.grow $a (local.get 0)))
        (func (export "b") (param i32) (result i32) (memory.grow $b (local.get 0)))
        (func (export "t") (param i64) (result i64) (table.grow $t (ref.null func) (local.get 0)))
        (func (export "sizes") (result i64 i32 i64)
            (memory.size $a) (memory.size $b) (table.size $t)))"#;
    let (mut machine, instance) = machine(wat, config);
    let mut call = |name: &str, args: &[Value]| {
        let func = func(&machine, instance, name);
        machine.begin(func, args).expect("the arguments fit");
        match to_end(&mut machine, u64::MAX) {
            Stop::Finished(results) => results,
            other => panic!("{name} gave {other:?}"),
        }
    };
    let (i32, i64) = (Value::I32, Value::I64);
    assert_eq!(call("a", &[i64(2)]), [i64(1)]);
    assert_eq!(call("a", &[i64(1)]), [i64(-1)], "above the limit of one");
    assert_eq!(call("a", &[i64(-1)]), [i64(-1)], "no sum wraps");
    assert_eq!(call("b", &[i32(65_530)]), [i32(-1)], "above all together");
    assert_eq!(call("b", &[i32(65_529)]), [i32(7)]);
    assert_eq!(call("t", &[i64(-1)]), [i64(-1)]);
    assert_eq!(call("t", &[i64(4)]), [i64(1)]);
    assert_eq!(call("sizes", &[]), [i64(3), i32(65_536), i64(5)]);
}

#[test]
fn growth_by_bytes_pays_for_the_64_kib_it_begins() {
    let wat = r#"(module (memory 0 (pagesize 1))
        (func (export "run") (param i32) (result i32) (memory.grow (local.get 0))))"#;
    for (n, n_units) in [(0, 0), (1, 1), (65_536, 1), (65_537, 2)] {
        let mut schedule = Schedule::instructions();
        schedule.set("grown page", 100).expect("a small cost");
        let config = Config {
            schedule,
            ..Config::default()
        };
        let (mut machine, instance) = machine(wat, config);
        let run = func(&machine, instance, "run");
        machine.begin(run, &[Value::I32(n)]).expect("one i32");
        let stop = to_end(&mut machine, u64::MAX);
        assert_eq!(stop, Stop::Finished(vec![Value::I32(0)]));
        assert_eq!(machine.gas_used(), Gas(2 + n_units * 100), "{n} bytes");
    }
}

#[test]
fn imports_match_by_index_type_page_size_and_sharing() {
    let kinds = [
        ("(memory 1 2)", "(memory (export \"x\") 1 2)"),
        ("(memory i64 1 2)", "(memory (export \"x\") i64 1 2)"),
        ("(memory 1 2 shared)", "(memory (export \"x\") 1 2 shared)"),
        (
            "(memory i64 1 2 (pagesize 1))",
            "(memory (export \"x\") i64 1 2 (pagesize 1))",
        ),
        ("(table 1 2 funcref)", "(table (export \"x\") 1 2 funcref)"),
        (
            "(table i64 1 2 funcref)",
            "(table (export \"x\") i64 1 2 funcref)",
        ),
    ];
    for (given, definition) in kinds {
        for (wanted, _) in kinds {
            let (mut machine, lib) = machine(&format!("(module {definition})"), Config::default());
            let user = format!("(module (import \"lib\" \"x\" {wanted}))");
            let user = Module::new(wat::parse_str(user).expect("text")).expect("valid");
            let x = machine.export(lib, "x").expect("it is exported");
            match machine.instantiate(&user, &[x]) {
                Ok(_) => assert_eq!(given, wanted),
                Err(error) => {
                    assert_ne!(given, wanted);
                    let expected = format!(
                        "import \"lib\" \"x\": incompatible import type: \
                         the module asks for {wanted}, but gets {given}"
                    );
                    assert_eq!(error.to_string(), expected);
                }
            }
        }
    }
}

#[test]
fn segments_lie_at_64_bit_offsets_of_the_memory_and_table_they_name() {
    let wat = r#"(module (memory 1) (memory $b i64 1) (table $t i64 4 funcref) (type $f (func (result i32)))
        (global $at i64 (i64.const 2))
        (data (memory $b) (offset (i64.add (i64.mul (i64.const 3) (i64.const 4)) (i64.const 4))) "\05")
        (elem (table $t) (offset (i64.sub (i64.const 5) (i64.const 3))) func $seven)
        (func $seven (type $f) (i32.const 7))
        (func (export "run") (result i32)
            (i32.add (i32.load8_u $b (i64.const 16)) (call_indirect $t (type $f) (global.get $at)))))"#;
    check(wat, &[], &[Value::I32(12)]);
    let (mut machine, _) = machine("(module)", Config::default());
    for (part, expected) in [
        (
            r#"(memory i64 1) (data (offset (i64.const -1)) "ab")"#,
            "out of bounds memory access: a data segment of 2 bytes at 0xffffffffffffffff does not fit a memory of 65536 bytes",
        ),
        (
            r#"(table i64 3 funcref) (elem (offset (i64.const 0x1_0000_0000)) func $f) (func $f)"#,
            "out of bounds table access: an element segment of 1 elements at 4294967296 does not fit a table of 3",
        ),
    ] {
        let bytes = wat::parse_str(format!("(module {part})")).expect("text");
        let module = Module::new(bytes).expect("valid");
        let error = machine
            .instantiate(&module, &[])
            .expect_err("it does not fit");
        assert!(error.to_string().ends_with(expected), "{error}");
    }
}

#[test]
fn calls_through_a_table_take_all_64_bits_of_the_index() {
    let wat = |index: &str| {
        format!(
            r#"(module (table $t i64 2 funcref) (elem (table $t) (i64.const 0) func $f)
            (type $f (func (result i32))) (func $f (type $f) (i32.const 3))
            (func (export "run") (result i32) (call_indirect $t (type $f) (i64.const {index}))))"#
        )
    };
    check(&wat("0"), &[], &[Value::I32(3)]);
    check_trap(
        &wat("0x1_0000_0000"),
        &[],
        "undefined element: element 4294967296 is asked for, the table has 2",
    );
    check_trap(
        &wat("1"),
        &[],
        "uninitialized element: element 1 of the table is null",
    );
    check_trap(
        &wat("0")
            .replace("call_indirect", "return_call_indirect")
            .replace("(i64.const 0))))", "(i64.const -1))))"),
        &[],
        "undefined element: element 18446744073709551615 is asked for, the table has 2",
    );
}

#[test]
fn atomic_traps_say_what_is_wrong() {
    let body = |memory: &str, code: &str| {
        format!(r#"(module (memory {memory}) (func (export "run") {code}))"#)
    };
    for (memory, code, expected) in [
        (
            "1 1 shared",
            "(drop (i64.atomic.rmw.add offset=4 (i32.const 8) (i64.const 1)))",
            "unaligned atomic: i64.atomic.rmw.add at 0xc wants an address that is a multiple of 8",
        ),
        (
            "1 1 shared",
            "(drop (i32.atomic.rmw16.cmpxchg_u (i32.const 0x10000) (i32.const 1) (i32.const 1)))",
            "out of bounds memory access: i32.atomic.rmw16.cmpxchg_u changes 2 bytes at 0x1_0000, memory ends at 0x1_0000 (1 page)",
        ),
        (
            "1",
            "(drop (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const 1)))",
            "expected shared memory: memory.atomic.wait32 on memory, which is not shared",
        ),
        (
            "1 1 shared",
            "(drop (memory.atomic.wait64 (i32.const 0x10008) (i64.const 0) (i64.const -1)))",
            "out of bounds memory access: memory.atomic.wait64 reads 8 bytes at 0x1_0008, memory ends at 0x1_0000 (1 page)",
        ),
        (
            "1 1 shared",
            "(drop (memory.atomic.wait64 (i32.const 16) (i64.const 0) (i64.const -1)))",
            "endless wait: memory.atomic.wait64 at 0x10 waits without a time, and no other thread can wake it",
        ),
        (
            "i64 1",
            "(drop (memory.atomic.notify (i64.const 0x10000) (i32.const 1)))",
            "out of bounds memory access: memory.atomic.notify looks at 4 bytes at 0x1_0000, memory ends at 0x1_0000 (1 page)",
        ),
    ] {
        check_trap(&body(memory, code), &[], expected);
    }
}

#[test]
fn a_wait_is_over_at_once() {
    let wait = |expected: i32, time: i64| {
        let wat = format!(
            r#"(module (memory 1 1 shared) (func (export "run") (result i32)
                (i32.store (i32.const 8) (i32.const 5))
                (memory.atomic.wait32 (i32.const 8) (i32.const {expected}) (i64.const {time}))))"#
        );
        call(&wat, &[])
    };
    let gives = |result: i32| Stop::Finished(vec![Value::I32(result)]);
    assert_eq!(wait(4, -1), gives(1), "another value is there");
    assert_eq!(wait(5, 0), gives(2), "the time is over");
    assert_eq!(wait(5, i64::MAX), gives(2), "no clock reaches the guest");
}

/// The effects of the steps of a call of `run`.
fn effects(wat: &str) -> Vec<Effect> {
    let (mut machine, instance) = machine(wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no arguments");
    let mut effects = Vec::new();
    while let Stop::StepDone | Stop::Paused = machine.run(1, &Until::Step) {
        effects.push(machine.effect().expect("a step leaves an effect").clone());
    }
    effects
}

fn effect_of(wat: &str, mnemonic: &str) -> Effect {
    let found = effects(wat)
        .into_iter()
        .find(|effect| effect.mnemonic == mnemonic);
    found.expect("the instruction ran")
}

#[test]
fn effects_name_the_memory_the_bytes_and_all_results() {
    let touched = |effect: &Effect| -> Vec<(u32, u64, u64, bool)> {
        let accesses = effect.memory.iter();
        let plain = |access: &MemoryAccess| {
            let writes = access.kind == AccessKind::Write;
            (access.memory.0, access.address, access.len, writes)
        };
        accesses.map(plain).collect()
    };
    let wat = r#"(module (memory 1) (memory $b i64 1) (memory $c 1)
        (func (export "run")
            (i64.store16 $b offset=0x100 (i64.const 7) (i64.const 3))
            (drop (i64.load32_u $b offset=0x100 (i64.const 8)))
            (drop (i32.atomic.rmw.add $c (i32.const 12) (i32.const 2)))
            (drop (i32.atomic.rmw8.cmpxchg_u $c (i32.const 12) (i32.const 2) (i32.const 3)))
            (drop (i32.atomic.rmw16.cmpxchg_u $c (i32.const 12) (i32.const 2) (i32.const 3)))
            (memory.copy $c $b (i32.const 20) (i64.const 30) (i32.const 4))
            (memory.fill $b (i64.const 40) (i32.const 1) (i64.const 6))
            (drop (memory.size $b))
            (i64.mul_wide_u (i64.const -1) (i64.const 3)) (drop) (drop)
            (i64.add128 (i64.const -1) (i64.const 0) (i64.const 1) (i64.const 1)) (drop) (drop)))"#;
    let effect = effect_of(wat, "i64.store16");
    assert_eq!(effect.popped, [Value::I64(7), Value::I64(3)]);
    assert_eq!(touched(&effect), [(1, 0x107, 2, true)]);
    assert_eq!(effect.memory[0].old, [0, 0]);
    let effect = effect_of(wat, "i64.load32_u");
    assert_eq!(touched(&effect), [(1, 0x108, 4, false)]);
    assert_eq!(effect.pushed, [Value::I64(0)]);
    let effect = effect_of(wat, "i32.atomic.rmw.add");
    assert_eq!(touched(&effect), [(2, 12, 4, false), (2, 12, 4, true)]);
    assert_eq!(effect.popped, [Value::I32(12), Value::I32(2)]);
    assert_eq!(effect.pushed, [Value::I32(0)]);
    assert_eq!(
        touched(&effect_of(wat, "i32.atomic.rmw8.cmpxchg_u")),
        [(2, 12, 1, false), (2, 12, 1, true)]
    );
    assert_eq!(
        touched(&effect_of(wat, "i32.atomic.rmw16.cmpxchg_u")),
        [(2, 12, 2, false)],
        "it compares with another value"
    );
    let effect = effect_of(wat, "memory.copy");
    assert_eq!(
        effect.popped,
        [Value::I32(20), Value::I64(30), Value::I32(4)]
    );
    assert_eq!(touched(&effect), [(1, 30, 4, false), (2, 20, 4, true)]);
    assert_eq!(touched(&effect_of(wat, "memory.fill")), [(1, 40, 6, true)]);
    assert_eq!(effect_of(wat, "memory.size").pushed, [Value::I64(1)]);
    assert_eq!(
        effect_of(wat, "i64.mul_wide_u").pushed,
        [Value::I64(-3), Value::I64(2)]
    );
    let effect = effect_of(wat, "i64.add128");
    assert_eq!(effect.popped.len(), 4);
    assert_eq!(effect.pushed, [Value::I64(0), Value::I64(2)]);
}
