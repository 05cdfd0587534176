//! Integer lanes.

#[cfg(target_arch = "wasm32")]
use std::arch::wasm32;

use crate::engine::by_engine;
use crate::lane::{Lane, build, map, mask, pairs, zip};
use crate::{V128, operations};

macro_rules! shapes {
    ($($unsigned:ident $signed:ident: $all_true:ident $abs:ident $neg:ident $add:ident $sub:ident
       $shl:ident $shr_s:ident $shr_u:ident $eq:ident $ne:ident $lt_s:ident $gt_s:ident $le_s:ident $ge_s:ident;)*) => {$(
        operations! {
            fn $all_true(a) -> u32 {
                let zeros = (0..<$unsigned as Lane>::COUNT).map(|i| $unsigned::read(a, i) == 0);
                u32::from(!zeros.fold(false, |any, is_zero| any | is_zero))
            }
        }


        operations! {
            fn $abs(a) map(a, $signed::wrapping_abs);
            fn $neg(a) map(a, $signed::wrapping_neg);
            fn $add(a, b: &V128) zip(a, b, $unsigned::wrapping_add);
            fn $sub(a, b: &V128) zip(a, b, $unsigned::wrapping_sub);
            /// The amount counts modulo the width of a lane.
            fn $shl(a, amount: u32) map(a, |lane: $unsigned| lane.wrapping_shl(amount));
            fn $shr_s(a, amount: u32) map(a, |lane: $signed| lane.wrapping_shr(amount));
            fn $shr_u(a, amount: u32) map(a, |lane: $unsigned| lane.wrapping_shr(amount));
        }

        compare!($unsigned: $eq ==, $ne !=);
        compare!($signed: $lt_s <, $gt_s >, $le_s <=, $ge_s >=);
    )*};
}

macro_rules! compare {
    ($lane:ident: $($name:ident $operator:tt),*) => {
        operations! {$(
            fn $name(a, b: &V128) mask(a, b, |x: $lane, y: $lane| x $operator y);
        )*}
    };
}

shapes! {
    u8 i8: i8x16_all_true i8x16_abs i8x16_neg i8x16_add i8x16_sub i8x16_shl i8x16_shr_s
        i8x16_shr_u i8x16_eq i8x16_ne i8x16_lt_s i8x16_gt_s i8x16_le_s i8x16_ge_s;
    u16 i16: i16x8_all_true i16x8_abs i16x8_neg i16x8_add i16x8_sub i16x8_shl i16x8_shr_s
        i16x8_shr_u i16x8_eq i16x8_ne i16x8_lt_s i16x8_gt_s i16x8_le_s i16x8_ge_s;
    u32 i32: i32x4_all_true i32x4_abs i32x4_neg i32x4_add i32x4_sub i32x4_shl i32x4_shr_s
        i32x4_shr_u i32x4_eq i32x4_ne i32x4_lt_s i32x4_gt_s i32x4_le_s i32x4_ge_s;
    u64 i64: i64x2_all_true i64x2_abs i64x2_neg i64x2_add i64x2_sub i64x2_shl i64x2_shr_s
        i64x2_shr_u i64x2_eq i64x2_ne i64x2_lt_s i64x2_gt_s i64x2_le_s i64x2_ge_s;
}

compare!(u8: i8x16_lt_u <, i8x16_gt_u >, i8x16_le_u <=, i8x16_ge_u >=);
compare!(u16: i16x8_lt_u <, i16x8_gt_u >, i16x8_le_u <=, i16x8_ge_u >=);
compare!(u32: i32x4_lt_u <, i32x4_gt_u >, i32x4_le_u <=, i32x4_ge_u >=);

macro_rules! binary {
    ($($lane:ident: $($name:ident $f:expr),*;)*) => {
        operations! {$($(
            fn $name(a, b: &V128) zip::<$lane, $lane>(a, b, $f);
        )*)*}
    };
}

binary! {
    u8: i8x16_add_sat_u u8::saturating_add, i8x16_sub_sat_u u8::saturating_sub, i8x16_min_u u8::min,
        i8x16_max_u u8::max;
    i8: i8x16_add_sat_s i8::saturating_add, i8x16_sub_sat_s i8::saturating_sub, i8x16_min_s i8::min,
        i8x16_max_s i8::max;
    u16: i16x8_add_sat_u u16::saturating_add, i16x8_sub_sat_u u16::saturating_sub, i16x8_min_u u16::min,
        i16x8_max_u u16::max, i16x8_mul u16::wrapping_mul;
    i16: i16x8_add_sat_s i16::saturating_add, i16x8_sub_sat_s i16::saturating_sub, i16x8_min_s i16::min,
        i16x8_max_s i16::max;
    u32: i32x4_mul u32::wrapping_mul, i32x4_min_u u32::min, i32x4_max_u u32::max;
    i32: i32x4_min_s i32::min, i32x4_max_s i32::max;
    u64: i64x2_mul u64::wrapping_mul;
}

by_engine! {
    fn i8x16_avgr_u(a, b: &V128) by wasm32::u8x16_avgr, zip(a, b, |a: u8, b: u8| {
        (u16::from(a) + u16::from(b)).div_ceil(2) as u8
    });
    fn i16x8_avgr_u(a, b: &V128) by wasm32::u16x8_avgr, zip(a, b, |a: u16, b: u16| {
        (u32::from(a) + u32::from(b)).div_ceil(2) as u16
    });
    /// The product of two fixed-point numbers with 15 fractional bits, rounded and saturated.
    fn i16x8_q15mulr_sat_s(a, b: &V128) by wasm32::i16x8_q15mulr_sat, zip(a, b, |a: i16, b: i16| {
        let product = (i32::from(a) * i32::from(b) + 0x4000) >> 15;
        product.min(i16::MAX.into()) as i16
    });
    /// Sums of products of neighbours; only -32768 four times wraps.
    fn i32x4_dot_i16x8_s(a, b: &V128) by wasm32::i32x4_dot_i16x8, pairs(
        |i| i32::from(i16::read(a, i)) * i32::from(i16::read(b, i)),
        i32::wrapping_add,
    );
}

macro_rules! narrow {
    ($($name:ident $engine:path, $from:ident $to:ident;)*) => {
        by_engine! {$(
            /// Lanes of `a`, then of `b`, read as signed and saturated to the narrow lane.
            fn $name(a, b: &V128) by $engine, build(|i| {
                let half = <$from as Lane>::COUNT;
                let lane = match i < half {
                    true => $from::read(a, i),
                    false => $from::read(b, i - half),
                };
                lane.clamp($from::from($to::MIN), $from::from($to::MAX)) as $to
            });
        )*}
    };
}

narrow! {
    i8x16_narrow_i16x8_s wasm32::i8x16_narrow_i16x8, i16 i8;
    i8x16_narrow_i16x8_u wasm32::u8x16_narrow_i16x8, i16 u8;
    i16x8_narrow_i32x4_s wasm32::i16x8_narrow_i32x4, i32 i16;
    i16x8_narrow_i32x4_u wasm32::u16x8_narrow_i32x4, i32 u16;
}

macro_rules! widen {
    ($($from:ident $to:ident: $low:ident $high:ident $mul_low:ident $mul_high:ident;)*) => {
        operations! {$(
            fn $low(a) build(|i| $to::from($from::read(a, i)));
            fn $high(a) build(|i| $to::from($from::read(a, i + <$to as Lane>::COUNT)));
            /// Products of the low lanes; they cannot overflow the wide lane.
            fn $mul_low(a, b: &V128) build(|i| {
                $to::from($from::read(a, i)).wrapping_mul($to::from($from::read(b, i)))
            });
            fn $mul_high(a, b: &V128) build(|i| {
                let lane = i + <$to as Lane>::COUNT;
                $to::from($from::read(a, lane)).wrapping_mul($to::from($from::read(b, lane)))
            });
        )*}
    };
}

widen! {
    i8 i16: i16x8_extend_low_i8x16_s i16x8_extend_high_i8x16_s i16x8_extmul_low_i8x16_s i16x8_extmul_high_i8x16_s;
    u8 u16: i16x8_extend_low_i8x16_u i16x8_extend_high_i8x16_u i16x8_extmul_low_i8x16_u i16x8_extmul_high_i8x16_u;
    i16 i32: i32x4_extend_low_i16x8_s i32x4_extend_high_i16x8_s i32x4_extmul_low_i16x8_s i32x4_extmul_high_i16x8_s;
    u16 u32: i32x4_extend_low_i16x8_u i32x4_extend_high_i16x8_u i32x4_extmul_low_i16x8_u i32x4_extmul_high_i16x8_u;
    i32 i64: i64x2_extend_low_i32x4_s i64x2_extend_high_i32x4_s i64x2_extmul_low_i32x4_s i64x2_extmul_high_i32x4_s;
    u32 u64: i64x2_extend_low_i32x4_u i64x2_extend_high_i32x4_u i64x2_extmul_low_i32x4_u i64x2_extmul_high_i32x4_u;
}

macro_rules! pairwise {
    ($($name:ident $engine:path, $from:ident $to:ident;)*) => {
        by_engine! {$(
            /// Sums of neighbours, widened.
            fn $name(a) by $engine, pairs(|i| $to::from($from::read(a, i)), $to::wrapping_add);
        )*}
    };
}

pairwise! {
    i16x8_extadd_pairwise_i8x16_s wasm32::i16x8_extadd_pairwise_i8x16, i8 i16;
    i16x8_extadd_pairwise_i8x16_u wasm32::u16x8_extadd_pairwise_u8x16, u8 u16;
    i32x4_extadd_pairwise_i16x8_s wasm32::i32x4_extadd_pairwise_i16x8, i16 i32;
    i32x4_extadd_pairwise_i16x8_u wasm32::u32x4_extadd_pairwise_u16x8, u16 u32;
}

operations! {
    fn i8x16_popcnt(a) map(a, |lane: u8| lane.count_ones() as u8);
    fn i16x8_relaxed_dot_i8x16_i7x16_s(a, b: &V128) products(a, b);
}

operations! {
    /// The same, with neighbouring sums added and a third operand on top.
    fn i32x4_relaxed_dot_i8x16_i7x16_add_s(a, b: &V128, c: &V128) {
        let sums = products(a, b);
        let sums = pairs(|i| i32::from(i16::read(&sums, i)), i32::wrapping_add);
        zip(&sums, c, i32::wrapping_add)
    };
}

/// Sums of products of neighbours. Deterministic profile: both operands are read as signed; the sum
/// saturates, which only -128 four times makes it do.
#[inline(always)]
fn products(a: &V128, b: &V128) -> V128 {
    zip(a, b, |x: i16, y: i16| {
        // Of two bytes in a lane, the lower and the upper.
        let lower = (x << 8 >> 8) * (y << 8 >> 8);
        lower.saturating_add((x >> 8) * (y >> 8))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i8x16_bitmask;

    /// What an operation makes of two vectors.
    fn apply(f: fn(&mut V128, &V128), a: u128, b: u128) -> u128 {
        let mut vector = a.to_le_bytes();
        f(&mut vector, &b.to_le_bytes());
        u128::from_le_bytes(vector)
    }

    #[test]
    fn saturation_stops_at_the_ends() {
        assert_eq!(apply(i8x16_add_sat_s, 0x7f, 1), 0x7f);
        assert_eq!(apply(i8x16_sub_sat_u, 1, 2), 0);
        assert_eq!(apply(i16x8_q15mulr_sat_s, 0x8000, 0x8000), 0x7fff);
        assert_eq!(apply(i8x16_narrow_i16x8_u, 0xffff, 0x0100), 0xff << 64);
        assert_eq!(
            apply(i16x8_relaxed_dot_i8x16_i7x16_s, 0x8080, 0x8080),
            0x7fff
        );
    }

    #[test]
    fn shifts_count_modulo_the_lane() {
        let mut one = 1u128.to_le_bytes();
        i8x16_shl(&mut one, 9);
        assert_eq!(one[0], 2);
        let mut sign = (1u128 << 63).to_le_bytes();
        i64x2_shr_s(&mut sign, 127);
        assert_eq!(sign, u128::from(u64::MAX).to_le_bytes());
    }

    #[test]
    fn products_of_extremes() {
        assert_eq!(
            apply(i32x4_dot_i16x8_s, 0x8000_8000, 0x8000_8000),
            0x8000_0000
        );
        assert_eq!(
            apply(i64x2_extmul_low_i32x4_u, 0xffff_ffff, 0xffff_ffff),
            0xffff_fffe_0000_0001
        );
        assert_eq!(
            i8x16_bitmask(&(0x80u128 << 120 | 0x80).to_le_bytes()),
            0x8001
        );
    }
}
