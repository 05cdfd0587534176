//! Operations on the whole vector, shuffles, and access to single lanes.

use super::lanes::{Lane, build, splat, with_lane};

pub(crate) fn v128_not(a: u128) -> u128 {
    !a
}

pub(crate) fn v128_and(a: u128, b: u128) -> u128 {
    a & b
}

pub(crate) fn v128_andnot(a: u128, b: u128) -> u128 {
    a & !b
}

pub(crate) fn v128_or(a: u128, b: u128) -> u128 {
    a | b
}

pub(crate) fn v128_xor(a: u128, b: u128) -> u128 {
    a ^ b
}

/// Bits of `a` where `c` has ones, of `b` elsewhere. Also every relaxed lane select.
pub(crate) fn v128_bitselect(a: u128, b: u128, c: u128) -> u128 {
    a & c | b & !c
}

pub(crate) fn v128_any_true(a: u128) -> u32 {
    u32::from(a != 0)
}

/// `lanes`: the sixteen lane indices of the immediate, each below 32, lane 0 in the lowest byte.
pub(crate) fn i8x16_shuffle(a: u128, b: u128, lanes: u128) -> u128 {
    build::<u8>(|i| match u32::from(u8::read(lanes, i)) {
        lane if lane < 16 => u8::read(a, lane),
        lane => u8::read(b, lane & 15),
    })
}

/// Lanes of `a` chosen by `s`; 0 where the index is past the end. Also the relaxed swizzle.
pub(crate) fn i8x16_swizzle(a: u128, s: u128) -> u128 {
    build::<u8>(|i| match u32::from(u8::read(s, i)) {
        lane if lane < 16 => u8::read(a, lane),
        _ => 0,
    })
}

macro_rules! lane_access {
    ($($splat:ident $replace:ident $lane:ident $value:ident;)*) => {$(
        pub(crate) fn $splat(value: $value) -> u128 {
            splat(value as $lane)
        }

        pub(crate) fn $replace(a: u128, value: $value, lane: u32) -> u128 {
            with_lane(a, lane, value as $lane)
        }
    )*};
}

lane_access! {
    i8x16_splat i8x16_replace_lane u8 u32;
    i16x8_splat i16x8_replace_lane u16 u32;
    i32x4_splat i32x4_replace_lane u32 u32;
    i64x2_splat i64x2_replace_lane u64 u64;
}

macro_rules! extract {
    ($($name:ident $lane:ident as $($via:ident)? => $value:ident;)*) => {$(
        pub(crate) fn $name(a: u128, lane: u32) -> $value {
            $lane::read(a, lane) $(as $via)? as $value
        }
    )*};
}

extract! {
    i8x16_extract_lane_s i8 as i32 => u32;
    i8x16_extract_lane_u u8 as => u32;
    i16x8_extract_lane_s i16 as i32 => u32;
    i16x8_extract_lane_u u16 as => u32;
    i32x4_extract_lane u32 as => u32;
    i64x2_extract_lane u64 as => u64;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuffles_pick_from_both() {
        let a = u128::from_le_bytes(std::array::from_fn(|i| i as u8));
        let b = u128::from_le_bytes(std::array::from_fn(|i| 100 + i as u8));
        let lanes = u128::from_le_bytes(std::array::from_fn(|i| if i < 8 { i as u8 } else { 16 + i as u8 }));
        let shuffled = i8x16_shuffle(a, b, lanes).to_le_bytes();
        assert_eq!(shuffled, [0, 1, 2, 3, 4, 5, 6, 7, 108, 109, 110, 111, 112, 113, 114, 115]);
        assert_eq!(i8x16_swizzle(b, u128::from_le_bytes([16; 16])), 0);
    }

    #[test]
    fn lanes_are_replaced_alone() {
        assert_eq!(i16x8_replace_lane(u128::MAX, 0x1_2345, 1), u128::MAX ^ 0xdcba_0000);
        assert_eq!(i8x16_extract_lane_s(0x80 << 8, 1), (-128i32) as u32);
    }
}
