//! Every operation against scalar code that knows nothing of it but its name, on edge values, on
//! numbers by chance and, where there are few enough, on all there are.

mod oracle;

use std::collections::BTreeSet;

use waspnest_lanes::*;

/// Vectors for each operation (chosen: all tests together take about a second).
const N_CASES: usize = 3_000;

/// A small generator of numbers (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A vector whose lanes are edge values of one width, or anything.
    fn vector(&mut self) -> V128 {
        let n_bytes = 1 << ((self.next() >> 8) % 4);
        let mut vector = [0; 16];
        for lane in vector.chunks_mut(n_bytes) {
            let value = self.lane(n_bytes);
            lane.copy_from_slice(&value.to_le_bytes()[..n_bytes]);
        }
        vector
    }

    fn lane(&mut self, n_bytes: usize) -> u64 {
        let choice = self.next() >> 16;
        let value = self.next();
        match (choice % 4, n_bytes) {
            (0, 4) => F32_EDGES[(value >> 8) as usize % F32_EDGES.len()].into(),
            (0, 8) => F64_EDGES[(value >> 8) as usize % F64_EDGES.len()],
            // Numbers of the size that saturates, and about as large as what they meet.
            (1, 4) => u64::from(((value as i32 >> 8) as f32 * 0.37).to_bits()),
            (1, 8) => ((value as i64 >> 20) as f64 * 0.37).to_bits(),
            (0 | 2, _) => {
                // Around zero, and around the ends of both readings.
                let bits = 8 * n_bytes as u32;
                let end = [0, 1u64 << (bits - 1)][(value >> 8) as usize % 2];
                end.wrapping_add_signed((value >> 16) as i64 % 5 - 2)
            }
            _ => value,
        }
    }
}

/// Zeros, ends, halves, limits of the conversions, NaNs of both kinds and signs with payloads.
const F32_EDGES: &[u32] = &[
    0,
    0x8000_0000,
    0x3f00_0000,
    0xbf00_0000,
    0x3f80_0000,
    0xbf80_0000,
    0x3fc0_0000,
    0x4020_0000,
    0x4f00_0000,
    0xcf00_0000,
    0xcf00_0001,
    0x4eff_ffff,
    0x4f80_0000,
    0x4f7f_ffff,
    0x4b00_0001,
    0xcaff_ffff,
    1,
    0x8000_0001,
    0x007f_ffff,
    0x0080_0000,
    0x7f7f_ffff,
    0xff7f_ffff,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0xffc0_0000,
    0x7f80_0001,
    0xffa0_0001,
    0x7fff_ffff,
    0xffc1_2345,
];

const F64_EDGES: &[u64] = &[
    0,
    1 << 63,
    0x3fe0 << 48,
    0xbfe0 << 48,
    0x3ff0 << 48,
    0xbff0 << 48,
    0x3ff8 << 48,
    0x4004 << 48,
    0x41df_ffff_ffc0_0000,
    0x41e0 << 48,
    0xc1e0 << 48,
    0xc1e0_0000_0020_0000,
    0x41ef_ffff_ffe0_0000,
    0x41f0 << 48,
    0x4330_0000_0000_0001,
    0xc32f_ffff_ffff_ffff,
    1,
    0x8000_0000_0000_0001,
    0x000f_ffff_ffff_ffff,
    0x0010 << 48,
    0x7fef_ffff_ffff_ffff,
    0x47ef_ffff_e000_0000,
    0x47ef_ffff_f000_0000,
    0x36a0 << 48,
    0x3690 << 48,
    0x7ff0 << 48,
    0xfff0 << 48,
    0x7ff8 << 48,
    0xfff8 << 48,
    0x7ff0_0000_0000_0001,
    0xfff4_0000_0000_0001,
    0x7fff_ffff_ffff_ffff,
];

macro_rules! names {
    ($family:ident: $($name:ident)*) => {
        const $family: &[&str] = &[$(stringify!($name)),*];
    };
}

macro_rules! families {
    ($(fn $test:ident $names:ident ($case:ident) $body:block: $($name:ident)*;)*) => {
        /// All operations that a test here looks at.
        fn tested() -> BTreeSet<&'static str> {
            [$($names),*].into_iter().flatten().copied().collect()
        }

        $(
            names! { $names: $($name)* }

            #[test]
            fn $test() {
                $(families!(@ $name $case $body);)*
            }
        )*
    };
    (@ $name:ident $case:ident $body:block) => {{
        let $case = ($name, stringify!($name));
        $body
    }};
}

/// Calls `check` with vectors to try, three at a time.
fn for_cases(name: &str, mut check: impl FnMut([V128; 3], u64)) {
    // The name as the seed, so that a new operation does not change the cases of another.
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut random = Random(seed);
    for _ in 0..N_CASES {
        let operands = [random.vector(), random.vector(), random.vector()];
        check(operands, random.next());
    }
    // Operands that are the same, and the same but for one bit.
    for number in 0..N_CASES / 10 {
        let a = random.vector();
        let mut b = a;
        b[number % 16] ^= 1 << (number / 16 % 8);
        check([a, a, a], number as u64);
        check([a, b, a], number as u64);
    }
}

/// All pairs of bytes, sixteen at a time; all numbers of 16 bits among them.
fn for_all_bytes(mut check: impl FnMut(V128, V128)) {
    for x in 0..=255u8 {
        for first in (0..=255u8).step_by(16) {
            let y: V128 = std::array::from_fn(|n| first + n as u8);
            check([x; 16], y);
            check(y, [x; 16]);
            check(
                std::array::from_fn(|n| if n % 2 == 0 { y[n] } else { x }),
                y,
            );
        }
    }
}

families! {
fn unary_operations_are_those_of_their_lanes UNARY (case) {
    let (f, name) = case;
    let check = |a: V128| {
        let mut got = a;
        f(&mut got);
        assert_eq!(got, oracle::unary(name, &a), "{name} of {a:02x?}");
    };
    for_cases(name, |[a, ..], _| check(a));
    for_all_bytes(|a, _| check(a));
}:
    v128_same v128_not i8x16_repeat i16x8_repeat i32x4_repeat i64x2_repeat
    i8x16_abs i8x16_neg i8x16_popcnt i16x8_abs i16x8_neg i32x4_abs i32x4_neg i64x2_abs i64x2_neg
    f32x4_ceil f32x4_floor f32x4_trunc f32x4_nearest f32x4_sqrt f32x4_abs f32x4_neg
    f64x2_ceil f64x2_floor f64x2_trunc f64x2_nearest f64x2_sqrt f64x2_abs f64x2_neg
    i16x8_extend_low_i8x16_s i16x8_extend_high_i8x16_s i16x8_extend_low_i8x16_u i16x8_extend_high_i8x16_u
    i32x4_extend_low_i16x8_s i32x4_extend_high_i16x8_s i32x4_extend_low_i16x8_u i32x4_extend_high_i16x8_u
    i64x2_extend_low_i32x4_s i64x2_extend_high_i32x4_s i64x2_extend_low_i32x4_u i64x2_extend_high_i32x4_u
    i16x8_extadd_pairwise_i8x16_s i16x8_extadd_pairwise_i8x16_u
    i32x4_extadd_pairwise_i16x8_s i32x4_extadd_pairwise_i16x8_u
    i32x4_trunc_sat_f32x4_s i32x4_trunc_sat_f32x4_u i32x4_trunc_sat_f64x2_s_zero i32x4_trunc_sat_f64x2_u_zero
    f32x4_convert_i32x4_s f32x4_convert_i32x4_u f64x2_convert_low_i32x4_s f64x2_convert_low_i32x4_u
    f32x4_demote_f64x2_zero f64x2_promote_low_f32x4;

fn binary_operations_are_those_of_their_lanes BINARY (case) {
    let (f, name) = case;
    let check = |a: V128, b: V128| {
        let mut got = a;
        f(&mut got, &b);
        assert_eq!(got, oracle::binary(name, &a, &b), "{name} of {a:02x?} and {b:02x?}");
    };
    for_cases(name, |[a, b, _], _| check(a, b));
    for_all_bytes(check);
}:
    v128_and v128_andnot v128_or v128_xor i8x16_swizzle
    i8x16_add i8x16_sub i8x16_eq i8x16_ne i8x16_lt_s i8x16_gt_s i8x16_le_s i8x16_ge_s i8x16_lt_u i8x16_gt_u
    i8x16_le_u i8x16_ge_u i8x16_add_sat_u i8x16_sub_sat_u i8x16_min_u i8x16_max_u i8x16_avgr_u i8x16_add_sat_s
    i8x16_sub_sat_s i8x16_min_s i8x16_max_s i8x16_narrow_i16x8_s i8x16_narrow_i16x8_u
    i16x8_add i16x8_sub i16x8_eq i16x8_ne i16x8_lt_s i16x8_gt_s i16x8_le_s i16x8_ge_s i16x8_lt_u i16x8_gt_u
    i16x8_le_u i16x8_ge_u i16x8_add_sat_u i16x8_sub_sat_u i16x8_min_u i16x8_max_u i16x8_mul i16x8_avgr_u
    i16x8_add_sat_s i16x8_sub_sat_s i16x8_min_s i16x8_max_s i16x8_q15mulr_sat_s i16x8_narrow_i32x4_s
    i16x8_narrow_i32x4_u i16x8_extmul_low_i8x16_s i16x8_extmul_high_i8x16_s i16x8_extmul_low_i8x16_u
    i16x8_extmul_high_i8x16_u i16x8_relaxed_dot_i8x16_i7x16_s
    i32x4_add i32x4_sub i32x4_eq i32x4_ne i32x4_lt_s i32x4_gt_s i32x4_le_s i32x4_ge_s i32x4_lt_u i32x4_gt_u
    i32x4_le_u i32x4_ge_u i32x4_mul i32x4_min_u i32x4_max_u i32x4_min_s i32x4_max_s i32x4_dot_i16x8_s
    i32x4_extmul_low_i16x8_s i32x4_extmul_high_i16x8_s i32x4_extmul_low_i16x8_u i32x4_extmul_high_i16x8_u
    i64x2_add i64x2_sub i64x2_eq i64x2_ne i64x2_lt_s i64x2_gt_s i64x2_le_s i64x2_ge_s i64x2_mul
    i64x2_extmul_low_i32x4_s i64x2_extmul_high_i32x4_s i64x2_extmul_low_i32x4_u i64x2_extmul_high_i32x4_u
    f32x4_add f32x4_sub f32x4_mul f32x4_div f32x4_min f32x4_max f32x4_pmin f32x4_pmax
    f32x4_eq f32x4_ne f32x4_lt f32x4_gt f32x4_le f32x4_ge
    f64x2_add f64x2_sub f64x2_mul f64x2_div f64x2_min f64x2_max f64x2_pmin f64x2_pmax
    f64x2_eq f64x2_ne f64x2_lt f64x2_gt f64x2_le f64x2_ge;

fn ternary_operations_are_those_of_their_lanes TERNARY (case) {
    let (f, name) = case;
    for_cases(name, |[a, b, c], _| {
        let mut got = a;
        f(&mut got, &b, &c);
        assert_eq!(got, oracle::ternary(name, &a, &b, &c), "{name} of {a:02x?}, {b:02x?} and {c:02x?}");
    });
}:
    v128_bitselect f32x4_relaxed_madd f32x4_relaxed_nmadd f64x2_relaxed_madd f64x2_relaxed_nmadd
    i32x4_relaxed_dot_i8x16_i7x16_add_s;

fn shifts_count_modulo_the_width_of_a_lane SHIFTS (case) {
    let (f, name) = case;
    for_cases(name, |[a, ..], number| {
        for amount in [number as u32, number as u32 % 130] {
            let mut got = a;
            f(&mut got, amount);
            assert_eq!(got, oracle::shift(name, &a, amount), "{name} of {a:02x?} by {amount}");
        }
    });
}:
    i8x16_shl i8x16_shr_s i8x16_shr_u i16x8_shl i16x8_shr_s i16x8_shr_u
    i32x4_shl i32x4_shr_s i32x4_shr_u i64x2_shl i64x2_shr_s i64x2_shr_u;

fn tests_look_at_every_lane TESTS (case) {
    let (f, name) = case;
    let check = |a: V128| assert_eq!(f(&a), oracle::test(name, &a), "{name} of {a:02x?}");
    for_cases(name, |[a, ..], _| check(a));
    // One bit alone, and all but one.
    for bit in 0..128 {
        check((1u128 << bit).to_le_bytes());
        check((!(1u128 << bit)).to_le_bytes());
    }
    check([0; 16]);
    for lane in 0..16 {
        let mut a = [0xff; 16];
        a[lane] = 0;
        check(a);
        a[lane ^ 1] = 0;
        check(a);
    }
}:
    v128_any_true i8x16_all_true i8x16_bitmask i16x8_all_true i16x8_bitmask i32x4_all_true i32x4_bitmask
    i64x2_all_true i64x2_bitmask;

fn a_splat_has_the_low_bits_in_every_lane SPLATS (case) {
    let (f, name) = case;
    for_cases(name, |[a, ..], value| {
        let mut got = a;
        f(&mut got, value);
        assert_eq!(got, oracle::splat(name, value), "{name} of {value:#x}");
    });
}:
    i8x16_splat i16x8_splat i32x4_splat i64x2_splat;

fn a_lane_is_taken_out_as_a_slot_holds_it EXTRACTS (case) {
    let (f, name) = case;
    for_cases(name, |[a, ..], _| {
        for lane in 0..oracle::Shape::of(name).count() {
            assert_eq!(f(&a, lane), oracle::extract(name, &a, lane), "{name} {lane} of {a:02x?}");
        }
    });
}:
    i8x16_extract_lane_s i8x16_extract_lane_u i16x8_extract_lane_s i16x8_extract_lane_u i32x4_extract_lane
    i64x2_extract_lane;

fn a_lane_is_replaced_and_the_others_kept REPLACES (case) {
    let (f, name) = case;
    for_cases(name, |[a, ..], value| {
        for lane in 0..oracle::Shape::of(name).count() {
            let mut got = a;
            f(&mut got, value, lane);
            assert_eq!(got, oracle::replace(name, &a, value, lane), "{name} {lane} of {a:02x?}");
        }
    });
}:
    i8x16_replace_lane i16x8_replace_lane i32x4_replace_lane i64x2_replace_lane;

fn a_shuffle_picks_from_both_operands SHUFFLES (case) {
    let (f, name) = case;
    for_cases(name, |[a, b, c], _| {
        let lanes = c.map(|index| index % 32);
        let mut got = a;
        f(&mut got, &b, &lanes);
        assert_eq!(got, oracle::shuffle(&a, &b, &lanes), "{lanes:?} of {a:02x?} and {b:02x?}");
    });
}:
    i8x16_shuffle;
}

/// Names of operations in the sources, before their tests.
fn defined() -> BTreeSet<&'static str> {
    let sources = [
        include_str!("../src/convert.rs"),
        include_str!("../src/engine.rs"),
        include_str!("../src/float.rs"),
        include_str!("../src/int.rs"),
        include_str!("../src/whole.rs"),
    ];
    let is_end = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let code = sources.map(|source| source.split("#[cfg(test)]").next().unwrap_or(source));
    // What the engine below has is not defined here.
    let ours = code.into_iter().flat_map(|code| {
        let named = |part: &'static str| part.trim_start_matches(|c: char| !is_end(c));
        code.split("wasm32::").map(named)
    });
    let words = ours.flat_map(|part| part.split(is_end));
    words
        .filter(|word| {
            let shape = word.split('_').next().unwrap_or(word);
            let is_shape =
                ["i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2", "v128"].contains(&shape);
            is_shape && word.len() > shape.len()
        })
        .collect()
}

#[test]
fn every_operation_has_an_oracle() {
    let (defined, tested) = (defined(), tested());
    let missing: Vec<_> = defined.symmetric_difference(&tested).collect();
    assert!(missing.is_empty(), "not in both lists: {missing:?}");
    assert!(tested.len() > 200, "only {} operations", tested.len());
}

#[test]
fn arithmetic_gives_the_canonical_nan_and_moves_keep_the_bits() {
    let signalling = [0xffa0_0001u32; 4].map(u32::to_le_bytes).concat();
    let nan: V128 = signalling.try_into().expect("16 bytes");
    let canonical = [0x7fc0_0000u32; 4].map(u32::to_le_bytes).concat();
    for f in [
        f32x4_add, f32x4_sub, f32x4_mul, f32x4_div, f32x4_min, f32x4_max,
    ] {
        let mut a = nan;
        f(&mut a, &[0; 16]);
        assert_eq!(a.as_slice(), canonical);
    }
    for f in [f32x4_pmin, f32x4_pmax] {
        let mut a = nan;
        f(&mut a, &[0; 16]);
        assert_eq!(a, nan);
    }
}
