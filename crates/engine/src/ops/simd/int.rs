//! Integer lanes.

use super::lanes::{Lane, build, map, mask, zip};

macro_rules! shapes {
    ($($unsigned:ident $signed:ident: $all_true:ident $bitmask:ident $abs:ident $neg:ident $add:ident $sub:ident
       $shl:ident $shr_s:ident $shr_u:ident $eq:ident $ne:ident $lt_s:ident $gt_s:ident $le_s:ident $ge_s:ident;)*) => {$(
        pub(crate) fn $all_true(a: u128) -> u32 {
            u32::from((0..$unsigned::COUNT).all(|i| $unsigned::read(a, i) != 0))
        }

        /// Bit `i` is the sign of lane `i`.
        pub(crate) fn $bitmask(a: u128) -> u32 {
            (0..$signed::COUNT).fold(0, |bits, i| bits | u32::from($signed::read(a, i) < 0) << i)
        }

        pub(crate) fn $abs(a: u128) -> u128 {
            map(a, $signed::wrapping_abs)
        }

        pub(crate) fn $neg(a: u128) -> u128 {
            map(a, $signed::wrapping_neg)
        }

        pub(crate) fn $add(a: u128, b: u128) -> u128 {
            zip(a, b, $unsigned::wrapping_add)
        }

        pub(crate) fn $sub(a: u128, b: u128) -> u128 {
            zip(a, b, $unsigned::wrapping_sub)
        }

        /// The amount counts modulo the width of a lane.
        pub(crate) fn $shl(a: u128, amount: u32) -> u128 {
            map(a, |lane: $unsigned| lane.wrapping_shl(amount))
        }

        pub(crate) fn $shr_s(a: u128, amount: u32) -> u128 {
            map(a, |lane: $signed| lane.wrapping_shr(amount))
        }

        pub(crate) fn $shr_u(a: u128, amount: u32) -> u128 {
            map(a, |lane: $unsigned| lane.wrapping_shr(amount))
        }

        shapes!(@compare $unsigned: $eq ==, $ne !=);
        shapes!(@compare $signed: $lt_s <, $gt_s >, $le_s <=, $ge_s >=);
    )*};
    (@compare $lane:ident: $($name:ident $operator:tt),*) => {$(
        pub(crate) fn $name(a: u128, b: u128) -> u128 {
            mask(a, b, |x: $lane, y: $lane| x $operator y)
        }
    )*};
}

shapes! {
    u8 i8: i8x16_all_true i8x16_bitmask i8x16_abs i8x16_neg i8x16_add i8x16_sub i8x16_shl i8x16_shr_s
        i8x16_shr_u i8x16_eq i8x16_ne i8x16_lt_s i8x16_gt_s i8x16_le_s i8x16_ge_s;
    u16 i16: i16x8_all_true i16x8_bitmask i16x8_abs i16x8_neg i16x8_add i16x8_sub i16x8_shl i16x8_shr_s
        i16x8_shr_u i16x8_eq i16x8_ne i16x8_lt_s i16x8_gt_s i16x8_le_s i16x8_ge_s;
    u32 i32: i32x4_all_true i32x4_bitmask i32x4_abs i32x4_neg i32x4_add i32x4_sub i32x4_shl i32x4_shr_s
        i32x4_shr_u i32x4_eq i32x4_ne i32x4_lt_s i32x4_gt_s i32x4_le_s i32x4_ge_s;
    u64 i64: i64x2_all_true i64x2_bitmask i64x2_abs i64x2_neg i64x2_add i64x2_sub i64x2_shl i64x2_shr_s
        i64x2_shr_u i64x2_eq i64x2_ne i64x2_lt_s i64x2_gt_s i64x2_le_s i64x2_ge_s;
}

macro_rules! binary {
    ($($lane:ident: $($name:ident $f:expr),*;)*) => {$($(
        pub(crate) fn $name(a: u128, b: u128) -> u128 {
            zip::<$lane, $lane>(a, b, $f)
        }
    )*)*};
}

macro_rules! unsigned_compare {
    ($($lane:ident: $lt:ident $gt:ident $le:ident $ge:ident;)*) => {$(
        shapes!(@compare $lane: $lt <, $gt >, $le <=, $ge >=);
    )*};
}

unsigned_compare! {
    u8: i8x16_lt_u i8x16_gt_u i8x16_le_u i8x16_ge_u;
    u16: i16x8_lt_u i16x8_gt_u i16x8_le_u i16x8_ge_u;
    u32: i32x4_lt_u i32x4_gt_u i32x4_le_u i32x4_ge_u;
}

/// The product of two Q15 fixed-point numbers, rounded and saturated.
fn q15mulr_sat(a: i16, b: i16) -> i16 {
    let product = (i32::from(a) * i32::from(b) + 0x4000) >> 15;
    product.min(i32::from(i16::MAX)) as i16
}

binary! {
    u8: i8x16_add_sat_u u8::saturating_add, i8x16_sub_sat_u u8::saturating_sub, i8x16_min_u u8::min,
        i8x16_max_u u8::max, i8x16_avgr_u |a, b| (u16::from(a) + u16::from(b)).div_ceil(2) as u8;
    i8: i8x16_add_sat_s i8::saturating_add, i8x16_sub_sat_s i8::saturating_sub, i8x16_min_s i8::min,
        i8x16_max_s i8::max;
    u16: i16x8_add_sat_u u16::saturating_add, i16x8_sub_sat_u u16::saturating_sub, i16x8_min_u u16::min,
        i16x8_max_u u16::max, i16x8_mul u16::wrapping_mul,
        i16x8_avgr_u |a, b| (u32::from(a) + u32::from(b)).div_ceil(2) as u16;
    i16: i16x8_add_sat_s i16::saturating_add, i16x8_sub_sat_s i16::saturating_sub, i16x8_min_s i16::min,
        i16x8_max_s i16::max, i16x8_q15mulr_sat_s q15mulr_sat;
    u32: i32x4_mul u32::wrapping_mul, i32x4_min_u u32::min, i32x4_max_u u32::max;
    i32: i32x4_min_s i32::min, i32x4_max_s i32::max;
    u64: i64x2_mul u64::wrapping_mul;
}

pub(crate) fn i8x16_popcnt(a: u128) -> u128 {
    map(a, |lane: u8| lane.count_ones() as u8)
}

macro_rules! narrow {
    ($($name:ident $from:ident $to:ident;)*) => {$(
        /// Lanes of `a`, then of `b`, read as signed and saturated to the narrow lane.
        pub(crate) fn $name(a: u128, b: u128) -> u128 {
            build(|i| {
                let half = $from::COUNT;
                let lane = if i < half { $from::read(a, i) } else { $from::read(b, i - half) };
                lane.clamp($from::from($to::MIN), $from::from($to::MAX)) as $to
            })
        }
    )*};
}

narrow! {
    i8x16_narrow_i16x8_s i16 i8;
    i8x16_narrow_i16x8_u i16 u8;
    i16x8_narrow_i32x4_s i32 i16;
    i16x8_narrow_i32x4_u i32 u16;
}

macro_rules! widen {
    ($($from:ident $to:ident: $low:ident $high:ident $mul_low:ident $mul_high:ident;)*) => {$(
        pub(crate) fn $low(a: u128) -> u128 {
            build(|i| $to::from($from::read(a, i)))
        }

        pub(crate) fn $high(a: u128) -> u128 {
            build(|i| $to::from($from::read(a, i + $to::COUNT)))
        }

        /// Products of the low lanes; they cannot overflow the wide lane.
        pub(crate) fn $mul_low(a: u128, b: u128) -> u128 {
            zip($low(a), $low(b), $to::wrapping_mul)
        }

        pub(crate) fn $mul_high(a: u128, b: u128) -> u128 {
            zip($high(a), $high(b), $to::wrapping_mul)
        }
    )*};
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
    ($($name:ident $from:ident $to:ident;)*) => {$(
        /// Sums of neighbours, widened.
        pub(crate) fn $name(a: u128) -> u128 {
            build(|i| $to::from($from::read(a, 2 * i)) + $to::from($from::read(a, 2 * i + 1)))
        }
    )*};
}

pairwise! {
    i16x8_extadd_pairwise_i8x16_s i8 i16;
    i16x8_extadd_pairwise_i8x16_u u8 u16;
    i32x4_extadd_pairwise_i16x8_s i16 i32;
    i32x4_extadd_pairwise_i16x8_u u16 u32;
}

/// Sums of products of neighbours; only -32768 four times wraps.
pub(crate) fn i32x4_dot_i16x8_s(a: u128, b: u128) -> u128 {
    let product = |i| i32::from(i16::read(a, i)) * i32::from(i16::read(b, i));
    build(|i| product(2 * i).wrapping_add(product(2 * i + 1)))
}

/// Deterministic profile: both operands are read as signed, the sum wraps.
pub(crate) fn i16x8_relaxed_dot_i8x16_i7x16_s(a: u128, b: u128) -> u128 {
    let product = |i| i16::from(i8::read(a, i)) * i16::from(i8::read(b, i));
    build(|i| product(2 * i).wrapping_add(product(2 * i + 1)))
}

pub(crate) fn i32x4_relaxed_dot_i8x16_i7x16_add_s(a: u128, b: u128, c: u128) -> u128 {
    let sums = i32x4_extadd_pairwise_i16x8_s(i16x8_relaxed_dot_i8x16_i7x16_s(a, b));
    i32x4_add(sums, c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saturation_stops_at_the_ends() {
        assert_eq!(i8x16_add_sat_s(0x7f, 1) as u8, 0x7f);
        assert_eq!(i8x16_sub_sat_u(1, 2) as u8, 0);
        assert_eq!(i16x8_q15mulr_sat_s(0x8000, 0x8000) as u16, 0x7fff);
        assert_eq!(i8x16_narrow_i16x8_u(0xffff, 0x0100), 0xff << 64);
    }

    #[test]
    fn shifts_count_modulo_the_lane() {
        assert_eq!(i8x16_shl(0x01, 9) as u8, 2);
        assert_eq!(i64x2_shr_s(1 << 63, 127) as u64, u64::MAX);
    }

    #[test]
    fn products_of_extremes() {
        let low = 0x8000_8000u128;
        assert_eq!(i32x4_dot_i16x8_s(low, low) as u32, 0x8000_0000);
        assert_eq!(i64x2_extmul_low_i32x4_u(0xffff_ffff, 0xffff_ffff) as u64, 0xffff_fffe_0000_0001);
        assert_eq!(i8x16_bitmask(0x80 << 120 | 0x80), 0x8001);
    }
}
