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
            "memory.copy copies 0xffff to 2 bytes at 0x2, memory 1 ends at 0x1_0000 (1 page)",
        ),
    ] {
        let expected = format!("out of bounds memory access: {expected}");
        check_trap(&body(memory, code), &[], &expected);
    }
}
