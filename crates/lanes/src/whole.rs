//! Operations on the whole vector, shuffles, and access to single lanes.

use crate::engine::swizzled;
use crate::lane::{Lane, build, map, zip};
use crate::{V128, operations};

operations! {
    /// The vector as it is: what a load without more gives.
    fn v128_same(a) *a;
    fn v128_not(a) build(|i| !u64::read(a, i));
    fn v128_and(a, b: &V128) zip(a, b, |x: u64, y: u64| x & y);
    fn v128_andnot(a, b: &V128) zip(a, b, |x: u64, y: u64| x & !y);
    fn v128_or(a, b: &V128) zip(a, b, |x: u64, y: u64| x | y);
    fn v128_xor(a, b: &V128) zip(a, b, |x: u64, y: u64| x ^ y);
    /// Bits of `a` where `c` has ones, of `b` elsewhere. Also every relaxed lane select.
    fn v128_bitselect(a, b: &V128, c: &V128) build(|i| {
        let mask = u64::read(c, i);
        u64::read(a, i) & mask | u64::read(b, i) & !mask
    });
}

operations! {
    fn v128_any_true(a) -> u32 {
        u32::from(u64::read(a, 0) | u64::read(a, 1) != 0)
    }
}

operations! {
    /// `lanes`: the sixteen lane indices of the immediate, each below 32.
    fn i8x16_shuffle(a, b: &V128, lanes: &V128) {
        let of_first = swizzled(a, lanes);
        let of_second = swizzled(b, &map(lanes, |lane: u8| lane.wrapping_sub(16)));
        zip(&of_first, &of_second, |x: u64, y: u64| x | y)
    };
    /// Lanes of `a` chosen by `s`; 0 where the index is past the end. Also the relaxed swizzle.
    fn i8x16_swizzle(a, s: &V128) swizzled(a, s);
}

/// The vector with all lanes equal, by the greatest value of a lane. A product, because of a loop over
/// bytes the compiler makes one over memory.
#[inline(always)]
fn splat(lane: u64, max: u64) -> V128 {
    build(|_| lane * (u64::MAX / max))
}

macro_rules! lane_access {
    ($($splat:ident $repeat:ident $replace:ident $lane:ident;)*) => {$(
        operations! {
            /// The low bits of a number in all lanes.
            fn $splat(a, value: u64) {
                let _ = &a;
                splat((value as $lane).into(), $lane::MAX.into())
            };
            /// The first lane in all lanes.
            fn $repeat(a) splat($lane::read(a, 0).into(), $lane::MAX.into());
        }

        /// The low bits of a number in one lane.
        pub fn $replace(a: &mut V128, value: u64, lane: usize) {
            (value as $lane).write(a, lane % <$lane as Lane>::COUNT);
        }
    )*};
}

lane_access! {
    i8x16_splat i8x16_repeat i8x16_replace_lane u8;
    i16x8_splat i16x8_repeat i16x8_replace_lane u16;
    i32x4_splat i32x4_repeat i32x4_replace_lane u32;
    i64x2_splat i64x2_repeat i64x2_replace_lane u64;
}

macro_rules! extract {
    ($($name:ident $lane:ident $(as $through:ident)*;)*) => {$(
        /// A lane as an integer in a slot: zero-extended from 32 bits.
        pub fn $name(a: &V128, lane: usize) -> u64 {
            ($lane::read(a, lane % <$lane as Lane>::COUNT) $(as $through)*).into()
        }
    )*};
}

extract! {
    i8x16_extract_lane_s i8 as i32 as u32;
    i8x16_extract_lane_u u8;
    i16x8_extract_lane_s i16 as i32 as u32;
    i16x8_extract_lane_u u16;
    i32x4_extract_lane u32;
    i64x2_extract_lane u64;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuffles_pick_from_both() {
        let mut a = std::array::from_fn(|i| i as u8);
        let mut b = std::array::from_fn(|i| 100 + i as u8);
        let lanes = std::array::from_fn(|i| if i < 8 { i as u8 } else { 16 + i as u8 });
        i8x16_shuffle(&mut a, &b, &lanes);
        assert_eq!(
            a,
            [
                0, 1, 2, 3, 4, 5, 6, 7, 108, 109, 110, 111, 112, 113, 114, 115
            ]
        );
        i8x16_swizzle(&mut b, &[16; 16]);
        assert_eq!(b, [0; 16]);
    }

    #[test]
    fn lanes_are_replaced_alone() {
        let mut a = [0xff; 16];
        i16x8_replace_lane(&mut a, 0x1_2345, 1);
        assert_eq!(a, (u128::MAX ^ 0xdcba_0000).to_le_bytes());
        let negative = (0x80u128 << 8).to_le_bytes();
        assert_eq!(i8x16_extract_lane_s(&negative, 1), 0xffff_ff80);
    }
}
