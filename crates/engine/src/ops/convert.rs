//! Conversions between number types.
//!
//! Spec: [conversions](https://webassembly.github.io/spec/core/exec/numerics.html#conversions).

use crate::machine::TrapKind;
use crate::ops::float::{f32_canonical, f64_canonical};

#[inline(always)]
pub(crate) fn i32_wrap_i64(a: u64) -> u32 {
    a as u32
}

#[inline(always)]
pub(crate) fn i64_extend_i32_s(a: u32) -> u64 {
    i64::from(a as i32) as u64
}

#[inline(always)]
pub(crate) fn f32_demote_f64(a: u64) -> u32 {
    f32_canonical(f64::from_bits(a) as f32)
}

#[inline(always)]
pub(crate) fn f64_promote_f32(a: u32) -> u64 {
    f64_canonical(f64::from(f32::from_bits(a)))
}

macro_rules! extend {
    ($($name:ident $bits:ident $from:ident $to:ident;)*) => {$(
        #[inline(always)]
        pub(crate) fn $name(a: $bits) -> $bits {
            (a as $from as $to) as $bits
        }
    )*};
}

extend! {
    i32_extend8_s u32 i8 i32;
    i32_extend16_s u32 i16 i32;
    i64_extend8_s u64 i8 i64;
    i64_extend16_s u64 i16 i64;
    i64_extend32_s u64 i32 i64;
}

macro_rules! convert {
    ($($name:ident $bits:ident $int:ident $float:ident $out:ident;)*) => {$(
        #[inline(always)]
        pub(crate) fn $name(a: $bits) -> $out {
            (a as $int as $float).to_bits()
        }
    )*};
}

convert! {
    f32_convert_i32_s u32 i32 f32 u32;
    f32_convert_i32_u u32 u32 f32 u32;
    f32_convert_i64_s u64 i64 f32 u32;
    f32_convert_i64_u u64 u64 f32 u32;
    f64_convert_i32_s u32 i32 f64 u64;
    f64_convert_i32_u u32 u32 f64 u64;
    f64_convert_i64_s u64 i64 f64 u64;
    f64_convert_i64_u u64 u64 f64 u64;
}

/// The bounds are the floats next to the range, both outside it: a value truncates into the range
/// exactly if it lies strictly between them.
macro_rules! truncate {
    ($($name:ident $saturating:ident $float:ident $bits:ident $int:ident $out:ident $below:expr, $above:expr;)*) => {$(
        #[inline(always)]
        pub(crate) fn $name(a: $bits) -> Result<$out, TrapKind> {
            let value = $float::from_bits(a);
            if value > $below && value < $above {
                Ok(value as $int as $out)
            } else if value.is_nan() {
                Err(TrapKind::InvalidConversionToInteger)
            } else {
                Err(TrapKind::IntegerOverflow)
            }
        }

        #[inline(always)]
        pub(crate) fn $saturating(a: $bits) -> $out {
            $float::from_bits(a) as $int as $out
        }
    )*};
}

truncate! {
    i32_trunc_f32_s i32_trunc_sat_f32_s f32 u32 i32 u32 -2147483904.0, 2147483648.0;
    i32_trunc_f32_u i32_trunc_sat_f32_u f32 u32 u32 u32 -1.0, 4294967296.0;
    i32_trunc_f64_s i32_trunc_sat_f64_s f64 u64 i32 u32 -2147483649.0, 2147483648.0;
    i32_trunc_f64_u i32_trunc_sat_f64_u f64 u64 u32 u32 -1.0, 4294967296.0;
    i64_trunc_f32_s i64_trunc_sat_f32_s f32 u32 i64 u64 -9223373136366403584.0, 9223372036854775808.0;
    i64_trunc_f32_u i64_trunc_sat_f32_u f32 u32 u64 u64 -1.0, 18446744073709551616.0;
    i64_trunc_f64_s i64_trunc_sat_f64_s f64 u64 i64 u64 -9223372036854777856.0, 9223372036854775808.0;
    i64_trunc_f64_u i64_trunc_sat_f64_u f64 u64 u64 u64 -1.0, 18446744073709551616.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncation_stops_exactly_at_the_range() {
        let f = |value: f64| value.to_bits();
        assert_eq!(i32_trunc_f64_s(f(2147483647.9)), Ok(i32::MAX as u32));
        assert_eq!(
            i32_trunc_f64_s(f(2147483648.0)),
            Err(TrapKind::IntegerOverflow)
        );
        assert_eq!(i32_trunc_f64_s(f(-2147483648.9)), Ok(i32::MIN as u32));
        assert_eq!(i32_trunc_f64_u(f(-0.9)), Ok(0));
        assert_eq!(
            i64_trunc_f64_s(f(f64::NAN)),
            Err(TrapKind::InvalidConversionToInteger)
        );
        assert_eq!(i64_trunc_sat_f64_u(f(1e300)), u64::MAX);
        assert_eq!(i32_trunc_sat_f32_s(f32::NAN.to_bits()), 0);
    }
}
