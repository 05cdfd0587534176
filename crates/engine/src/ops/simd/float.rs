//! Float lanes, through the scalar operations: NaNs are canonical the same way.

use super::lanes::{Lane, build, map, mask, zip};
use crate::ops::float as scalar;

macro_rules! unary {
    ($($bits:ident: $($name:ident $scalar:ident),*;)*) => {$($(
        pub(crate) fn $name(a: u128) -> u128 {
            map::<$bits, $bits>(a, scalar::$scalar)
        }
    )*)*};
}

unary! {
    u32: f32x4_abs f32_abs, f32x4_neg f32_neg, f32x4_sqrt f32_sqrt, f32x4_ceil f32_ceil, f32x4_floor f32_floor,
        f32x4_trunc f32_trunc, f32x4_nearest f32_nearest;
    u64: f64x2_abs f64_abs, f64x2_neg f64_neg, f64x2_sqrt f64_sqrt, f64x2_ceil f64_ceil, f64x2_floor f64_floor,
        f64x2_trunc f64_trunc, f64x2_nearest f64_nearest;
}

macro_rules! binary {
    ($($bits:ident: $($name:ident $scalar:ident),*;)*) => {$($(
        pub(crate) fn $name(a: u128, b: u128) -> u128 {
            zip::<$bits, $bits>(a, b, scalar::$scalar)
        }
    )*)*};
}

binary! {
    u32: f32x4_add f32_add, f32x4_sub f32_sub, f32x4_mul f32_mul, f32x4_div f32_div, f32x4_min f32_min,
        f32x4_max f32_max;
    u64: f64x2_add f64_add, f64x2_sub f64_sub, f64x2_mul f64_mul, f64x2_div f64_div, f64x2_min f64_min,
        f64x2_max f64_max;
}

macro_rules! compare {
    ($($bits:ident $float:ident: $($name:ident $operator:tt),*;)*) => {$($(
        pub(crate) fn $name(a: u128, b: u128) -> u128 {
            mask(a, b, |x: $bits, y: $bits| $float::from_bits(x) $operator $float::from_bits(y))
        }
    )*)*};
}

compare! {
    u32 f32: f32x4_eq ==, f32x4_ne !=, f32x4_lt <, f32x4_gt >, f32x4_le <=, f32x4_ge >=;
    u64 f64: f64x2_eq ==, f64x2_ne !=, f64x2_lt <, f64x2_gt >, f64x2_le <=, f64x2_ge >=;
}

macro_rules! pseudo {
    ($($bits:ident $float:ident: $pmin:ident $pmax:ident $madd:ident $nmadd:ident $canonical:ident;)*) => {$(
        /// `b < a ? b : a`: an operand is returned as it is, also a NaN.
        pub(crate) fn $pmin(a: u128, b: u128) -> u128 {
            zip(a, b, |x: $bits, y: $bits| if $float::from_bits(y) < $float::from_bits(x) { y } else { x })
        }

        /// `a < b ? b : a`.
        pub(crate) fn $pmax(a: u128, b: u128) -> u128 {
            zip(a, b, |x: $bits, y: $bits| if $float::from_bits(x) < $float::from_bits(y) { y } else { x })
        }

        /// Deterministic profile: `a * b + c` with one rounding.
        pub(crate) fn $madd(a: u128, b: u128, c: u128) -> u128 {
            build(|i| {
                let lane = |vector| $float::from_bits($bits::read(vector, i));
                scalar::$canonical(lane(a).mul_add(lane(b), lane(c)))
            })
        }

        /// Deterministic profile: `-(a * b) + c` with one rounding.
        pub(crate) fn $nmadd(a: u128, b: u128, c: u128) -> u128 {
            build(|i| {
                let lane = |vector| $float::from_bits($bits::read(vector, i));
                scalar::$canonical((-lane(a)).mul_add(lane(b), lane(c)))
            })
        }
    )*};
}

pseudo! {
    u32 f32: f32x4_pmin f32x4_pmax f32x4_relaxed_madd f32x4_relaxed_nmadd f32_canonical;
    u64 f64: f64x2_pmin f64x2_pmax f64x2_relaxed_madd f64x2_relaxed_nmadd f64_canonical;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudo_minimum_keeps_the_first_operand() {
        let nan = u128::from(0x7fa0_0001u32);
        assert_eq!(f32x4_pmin(nan, 0) as u32, 0x7fa0_0001);
        assert_eq!(f32x4_pmax(0, nan) as u32, 0);
        assert_eq!(f32x4_min(nan, 0) as u32, 0x7fc0_0000);
    }

    #[test]
    fn multiply_add_rounds_once() {
        let lane = |value: f32| u128::from(value.to_bits());
        let tiny = 1.0 + f32::EPSILON;
        let sum = f32x4_relaxed_madd(lane(tiny), lane(tiny), lane(-1.0 - 2.0 * f32::EPSILON));
        assert_eq!(f32::from_bits(sum as u32), f32::EPSILON * f32::EPSILON);
    }
}
