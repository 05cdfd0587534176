//! Integer operations.
//!
//! Spec: [integer operations](https://webassembly.github.io/spec/core/exec/numerics.html#integer-operations).

use crate::machine::TrapKind;

macro_rules! integers {
    ($unsigned:ident $signed:ident: $eqz:ident $eq:ident $ne:ident $lt_s:ident $lt_u:ident $gt_s:ident
     $gt_u:ident $le_s:ident $le_u:ident $ge_s:ident $ge_u:ident $clz:ident $ctz:ident $popcnt:ident
     $add:ident $sub:ident $mul:ident $div_s:ident $div_u:ident $rem_s:ident $rem_u:ident $and:ident
     $or:ident $xor:ident $shl:ident $shr_s:ident $shr_u:ident $rotl:ident $rotr:ident) => {
        #[inline(always)]
        pub(crate) fn $eqz(a: $unsigned) -> u32 {
            u32::from(a == 0)
        }
        integers!(@compare $unsigned $unsigned: $eq ==, $ne !=, $lt_u <, $gt_u >, $le_u <=, $ge_u >=);
        integers!(@compare $unsigned $signed: $lt_s <, $gt_s >, $le_s <=, $ge_s >=);
        #[inline(always)]
        pub(crate) fn $clz(a: $unsigned) -> $unsigned {
            $unsigned::from(a.leading_zeros() as u8)
        }
        #[inline(always)]
        pub(crate) fn $ctz(a: $unsigned) -> $unsigned {
            $unsigned::from(a.trailing_zeros() as u8)
        }
        #[inline(always)]
        pub(crate) fn $popcnt(a: $unsigned) -> $unsigned {
            $unsigned::from(a.count_ones() as u8)
        }
        #[inline(always)]
        pub(crate) fn $add(a: $unsigned, b: $unsigned) -> $unsigned {
            a.wrapping_add(b)
        }
        #[inline(always)]
        pub(crate) fn $sub(a: $unsigned, b: $unsigned) -> $unsigned {
            a.wrapping_sub(b)
        }
        #[inline(always)]
        pub(crate) fn $mul(a: $unsigned, b: $unsigned) -> $unsigned {
            a.wrapping_mul(b)
        }
        #[inline(always)]
        pub(crate) fn $div_s(a: $unsigned, b: $unsigned) -> Result<$unsigned, TrapKind> {
            if b == 0 {
                return Err(TrapKind::IntegerDivideByZero);
            }
            match (a as $signed).checked_div(b as $signed) {
                Some(quotient) => Ok(quotient as $unsigned),
                None => Err(TrapKind::IntegerOverflow),
            }
        }
        #[inline(always)]
        pub(crate) fn $div_u(a: $unsigned, b: $unsigned) -> Result<$unsigned, TrapKind> {
            a.checked_div(b).ok_or(TrapKind::IntegerDivideByZero)
        }
        #[inline(always)]
        pub(crate) fn $rem_s(a: $unsigned, b: $unsigned) -> Result<$unsigned, TrapKind> {
            if b == 0 {
                return Err(TrapKind::IntegerDivideByZero);
            }
            Ok((a as $signed).wrapping_rem(b as $signed) as $unsigned)
        }
        #[inline(always)]
        pub(crate) fn $rem_u(a: $unsigned, b: $unsigned) -> Result<$unsigned, TrapKind> {
            a.checked_rem(b).ok_or(TrapKind::IntegerDivideByZero)
        }
        #[inline(always)]
        pub(crate) fn $and(a: $unsigned, b: $unsigned) -> $unsigned {
            a & b
        }
        #[inline(always)]
        pub(crate) fn $or(a: $unsigned, b: $unsigned) -> $unsigned {
            a | b
        }
        #[inline(always)]
        pub(crate) fn $xor(a: $unsigned, b: $unsigned) -> $unsigned {
            a ^ b
        }
        #[inline(always)]
        pub(crate) fn $shl(a: $unsigned, b: $unsigned) -> $unsigned {
            a.wrapping_shl(b as u32)
        }
        #[inline(always)]
        pub(crate) fn $shr_s(a: $unsigned, b: $unsigned) -> $unsigned {
            (a as $signed).wrapping_shr(b as u32) as $unsigned
        }
        #[inline(always)]
        pub(crate) fn $shr_u(a: $unsigned, b: $unsigned) -> $unsigned {
            a.wrapping_shr(b as u32)
        }
        #[inline(always)]
        pub(crate) fn $rotl(a: $unsigned, b: $unsigned) -> $unsigned {
            a.rotate_left(b as u32 % $unsigned::BITS)
        }
        #[inline(always)]
        pub(crate) fn $rotr(a: $unsigned, b: $unsigned) -> $unsigned {
            a.rotate_right(b as u32 % $unsigned::BITS)
        }
    };
    (@compare $unsigned:ident $as:ident: $($name:ident $operator:tt),*) => {$(
        #[inline(always)]
        pub(crate) fn $name(a: $unsigned, b: $unsigned) -> u32 {
            u32::from((a as $as) $operator (b as $as))
        }
    )*};
}

integers! { u32 i32: i32_eqz i32_eq i32_ne i32_lt_s i32_lt_u i32_gt_s i32_gt_u i32_le_s i32_le_u
i32_ge_s i32_ge_u i32_clz i32_ctz i32_popcnt i32_add i32_sub i32_mul i32_div_s i32_div_u i32_rem_s
i32_rem_u i32_and i32_or i32_xor i32_shl i32_shr_s i32_shr_u i32_rotl i32_rotr }

integers! { u64 i64: i64_eqz i64_eq i64_ne i64_lt_s i64_lt_u i64_gt_s i64_gt_u i64_le_s i64_le_u
i64_ge_s i64_ge_u i64_clz i64_ctz i64_popcnt i64_add i64_sub i64_mul i64_div_s i64_div_u i64_rem_s
i64_rem_u i64_and i64_or i64_xor i64_shl i64_shr_s i64_shr_u i64_rotl i64_rotr }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_traps_where_the_specification_says() {
        let min = i32::MIN as u32;
        assert_eq!(i32_div_s(min, u32::MAX), Err(TrapKind::IntegerOverflow));
        assert_eq!(i32_rem_s(min, u32::MAX), Ok(0));
        assert_eq!(i32_div_s(7, 0), Err(TrapKind::IntegerDivideByZero));
        assert_eq!(i64_rem_u(7, 0), Err(TrapKind::IntegerDivideByZero));
        assert_eq!(i32_div_s(-7i32 as u32, 2), Ok(-3i32 as u32));
        assert_eq!(i64_rem_s(-7i64 as u64, 2), Ok(-1i64 as u64));
    }

    #[test]
    fn shift_counts_wrap_at_the_width() {
        assert_eq!(i32_shl(1, 33), 2);
        assert_eq!(i64_shr_s(-8i64 as u64, 65), -4i64 as u64);
        assert_eq!(i32_rotl(0x8000_0001, 33), 3);
        assert_eq!(i64_rotr(1, 65), 1 << 63);
    }

    #[test]
    fn counting_zero_gives_the_width() {
        assert_eq!(
            (i32_clz(0), i32_ctz(0), i64_clz(0), i64_ctz(0)),
            (32, 32, 64, 64)
        );
        assert_eq!((i32_popcnt(u32::MAX), i64_popcnt(u64::MAX)), (32, 64));
    }
}
