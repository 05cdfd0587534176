//! Float operations on the bits of floats.
//!
//! Spec: [floating-point operations](https://webassembly.github.io/spec/core/exec/numerics.html#floating-point-operations).

macro_rules! floats {
    ($float:ident $bits:ident $canonical:literal: $eq:ident $ne:ident $lt:ident $gt:ident $le:ident
     $ge:ident $abs:ident $neg:ident $ceil:ident $floor:ident $trunc:ident $nearest:ident $sqrt:ident
     $add:ident $sub:ident $mul:ident $div:ident $min:ident $max:ident $copysign:ident $canon:ident) => {
        /// The bits of a result; every NaN becomes the positive canonical one.
        #[inline(always)]
        pub(crate) fn $canon(value: $float) -> $bits {
            if value.is_nan() { $canonical } else { value.to_bits() }
        }
        floats!(@compare $float $bits: $eq ==, $ne !=, $lt <, $gt >, $le <=, $ge >=);
        floats!(@round $float $bits $canon: $ceil ceil, $floor floor, $trunc trunc,
            $nearest round_ties_even, $sqrt sqrt);
        floats!(@arithmetic $float $bits $canon: $add +, $sub -, $mul *, $div /);
        #[inline(always)]
        pub(crate) fn $abs(a: $bits) -> $bits {
            a & ($bits::MAX >> 1)
        }
        #[inline(always)]
        pub(crate) fn $neg(a: $bits) -> $bits {
            a ^ (1 << ($bits::BITS - 1))
        }
        #[inline(always)]
        pub(crate) fn $copysign(a: $bits, b: $bits) -> $bits {
            (a & ($bits::MAX >> 1)) | (b & (1 << ($bits::BITS - 1)))
        }
        #[inline(always)]
        pub(crate) fn $min(a: $bits, b: $bits) -> $bits {
            let (x, y) = ($float::from_bits(a), $float::from_bits(b));
            match () {
                () if x < y => a,
                () if y < x => b,
                // Equal: only zeros of different sign differ, and the negative one is smaller.
                () if x == y => a | b,
                () => $canonical,
            }
        }
        #[inline(always)]
        pub(crate) fn $max(a: $bits, b: $bits) -> $bits {
            let (x, y) = ($float::from_bits(a), $float::from_bits(b));
            match () {
                () if x > y => a,
                () if y > x => b,
                () if x == y => a & b,
                () => $canonical,
            }
        }
    };
    (@compare $float:ident $bits:ident: $($name:ident $operator:tt),*) => {$(
        #[inline(always)]
        pub(crate) fn $name(a: $bits, b: $bits) -> u32 {
            u32::from($float::from_bits(a) $operator $float::from_bits(b))
        }
    )*};
    (@round $float:ident $bits:ident $canon:ident: $($name:ident $method:ident),*) => {$(
        #[inline(always)]
        pub(crate) fn $name(a: $bits) -> $bits {
            $canon($float::from_bits(a).$method())
        }
    )*};
    (@arithmetic $float:ident $bits:ident $canon:ident: $($name:ident $operator:tt),*) => {$(
        #[inline(always)]
        pub(crate) fn $name(a: $bits, b: $bits) -> $bits {
            $canon($float::from_bits(a) $operator $float::from_bits(b))
        }
    )*};
}

floats! { f32 u32 0x7fc0_0000: f32_eq f32_ne f32_lt f32_gt f32_le f32_ge f32_abs f32_neg f32_ceil
f32_floor f32_trunc f32_nearest f32_sqrt f32_add f32_sub f32_mul f32_div f32_min f32_max
f32_copysign f32_canonical }

floats! { f64 u64 0x7ff8_0000_0000_0000: f64_eq f64_ne f64_lt f64_gt f64_le f64_ge f64_abs f64_neg
f64_ceil f64_floor f64_trunc f64_nearest f64_sqrt f64_add f64_sub f64_mul f64_div f64_min f64_max
f64_copysign f64_canonical }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_nan_of_arithmetic_is_canonical() {
        let signalling = 0xffa0_0001;
        for result in [
            f32_add(signalling, 0),
            f32_min(signalling, 0),
            f32_max(0, signalling),
            f32_ceil(signalling),
            f32_div(0, 0),
            f32_sqrt((-1f32).to_bits()),
        ] {
            assert_eq!(result, 0x7fc0_0000);
        }
        assert_eq!(f32_neg(signalling), 0x7fa0_0001);
        assert_eq!(f64_abs(u64::MAX), u64::MAX >> 1);
    }

    #[test]
    fn zeros_have_signs() {
        let (plus, minus) = (0, (-0f64).to_bits());
        assert_eq!(f64_min(plus, minus), minus);
        assert_eq!(f64_max(minus, plus), plus);
        assert_eq!(f64_nearest((-0.4f64).to_bits()), minus);
    }

    #[test]
    fn nearest_rounds_ties_to_even() {
        assert_eq!(f64_nearest(2.5f64.to_bits()), 2f64.to_bits());
        assert_eq!(f32_nearest(3.5f32.to_bits()), 4f32.to_bits());
    }
}
