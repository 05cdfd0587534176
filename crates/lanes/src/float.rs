//! Float lanes.

use crate::lane::{map, mask, zip};
use crate::{V128, operations};

macro_rules! floats {
    ($float:ident $bits:ident $canonical_nan:literal: $canonical:ident
     $ceil:ident $floor:ident $trunc:ident $nearest:ident $sqrt:ident $abs:ident $neg:ident
     $add:ident $sub:ident $mul:ident $div:ident $pmin:ident $pmax:ident
     $eq:ident $ne:ident $lt:ident $gt:ident $le:ident $ge:ident $madd:ident $nmadd:ident) => {
        /// The bits of a result.
        #[inline(always)]
        pub(crate) fn $canonical(value: $float) -> $bits {
            if value.is_nan() { $canonical_nan } else { value.to_bits() }
        }
        floats!(@unary $float $bits $canonical: $ceil ceil, $floor floor, $trunc trunc,
            $nearest round_ties_even, $sqrt sqrt);
        floats!(@binary $float $bits $canonical: $add +, $sub -, $mul *, $div /);
        floats!(@compare $float $bits: $eq ==, $ne !=, $lt <, $gt >, $le <=, $ge >=);
        operations! {
            fn $abs(a) map(a, |x: $bits| x & ($bits::MAX >> 1));
            fn $neg(a) map(a, |x: $bits| x ^ (1 << ($bits::BITS - 1)));
            /// `b < a ? b : a`: an operand is returned as it is, also a NaN.
            fn $pmin(a, b: &V128) zip(a, b, |x: $bits, y: $bits| {
                if $float::from_bits(y) < $float::from_bits(x) { y } else { x }
            });
            /// `a < b ? b : a`.
            fn $pmax(a, b: &V128) zip(a, b, |x: $bits, y: $bits| {
                if $float::from_bits(x) < $float::from_bits(y) { y } else { x }
            });
        }

        /// Deterministic profile: the product is rounded, then the sum.
        pub fn $madd(a: &mut V128, b: &V128, c: &V128) {
            $mul(a, b);
            $add(a, c);
        }

        /// The same with `a` negated.
        pub fn $nmadd(a: &mut V128, b: &V128, c: &V128) {
            $neg(a);
            $madd(a, b, c);
        }
    };
    (@unary $float:ident $bits:ident $canonical:ident: $($name:ident $method:ident),*) => {
        operations! {$(
            fn $name(a) map(a, |x: $bits| $canonical($float::from_bits(x).$method()));
        )*}
    };
    (@binary $float:ident $bits:ident $canonical:ident: $($name:ident $operator:tt),*) => {
        operations! {$(
            fn $name(a, b: &V128) zip(a, b, |x: $bits, y: $bits| {
                $canonical($float::from_bits(x) $operator $float::from_bits(y))
            });
        )*}
    };
    (@compare $float:ident $bits:ident: $($name:ident $operator:tt),*) => {
        operations! {$(
            fn $name(a, b: &V128) mask(a, b, |x: $bits, y: $bits| {
                $float::from_bits(x) $operator $float::from_bits(y)
            });
        )*}
    };
}

floats! { f32 u32 0x7fc0_0000: canonical_f32
f32x4_ceil f32x4_floor f32x4_trunc f32x4_nearest f32x4_sqrt f32x4_abs f32x4_neg
f32x4_add f32x4_sub f32x4_mul f32x4_div f32x4_pmin f32x4_pmax
f32x4_eq f32x4_ne f32x4_lt f32x4_gt f32x4_le f32x4_ge f32x4_relaxed_madd f32x4_relaxed_nmadd }

floats! { f64 u64 0x7ff8_0000_0000_0000: canonical_f64
f64x2_ceil f64x2_floor f64x2_trunc f64x2_nearest f64x2_sqrt f64x2_abs f64x2_neg
f64x2_add f64x2_sub f64x2_mul f64x2_div f64x2_pmin f64x2_pmax
f64x2_eq f64x2_ne f64x2_lt f64x2_gt f64x2_le f64x2_ge f64x2_relaxed_madd f64x2_relaxed_nmadd }

#[cfg(test)]
mod tests {
    use super::*;

    fn low32(bits: u32) -> V128 {
        u128::from(bits).to_le_bytes()
    }

    #[test]
    fn pseudo_minimum_keeps_the_first_operand() {
        let nan = low32(0x7fa0_0001);
        let mut a = nan;
        f32x4_pmin(&mut a, &[0; 16]);
        assert_eq!(a, nan);
        crate::f32x4_min(&mut a, &[0; 16]);
        assert_eq!(a, low32(0x7fc0_0000));
        a = [0; 16];
        f32x4_pmax(&mut a, &nan);
        assert_eq!(a, [0; 16]);
    }

    #[test]
    fn multiply_add_rounds_twice() {
        let tiny = low32((1.0 + f32::EPSILON).to_bits());
        let mut sum = tiny;
        f32x4_relaxed_madd(
            &mut sum,
            &tiny,
            &low32((-1.0 - 2.0 * f32::EPSILON).to_bits()),
        );
        assert_eq!(sum, [0; 16]);
        let mut difference = tiny;
        f32x4_relaxed_nmadd(
            &mut difference,
            &tiny,
            &low32((1.0 + 2.0 * f32::EPSILON).to_bits()),
        );
        assert_eq!(difference, [0; 16]);
    }
}
