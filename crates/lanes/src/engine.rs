//! Operations for which the engine below has an instruction that no loop becomes.

use crate::float::{canonical_f32, canonical_f64};
#[cfg(target_arch = "wasm32")]
use crate::lane::map;
use crate::{V128, operations};

#[cfg(target_arch = "wasm32")]
use std::arch::wasm32;

/// Lanes of `a` chosen by `s`; 0 where the index is past the end.
#[cfg(target_arch = "wasm32")]
#[inline]
#[target_feature(enable = "simd128")]
pub(crate) fn swizzled(a: &V128, s: &V128) -> V128 {
    bytes(wasm32::u8x16_swizzle(vector(a), vector(s)))
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn swizzled(a: &V128, s: &V128) -> V128 {
    s.map(|index| a.get(usize::from(index)).copied().unwrap_or(0))
}

/// Defines operations that are one instruction of the engine, and otherwise a loop.
macro_rules! by_engine {
    ($($(#[$doc:meta])* fn $name:ident($a:ident $(, $b:ident: $ty:ty)*) by $engine:path, $body:expr;)*) => {
        $crate::operations! {$(
            $(#[$doc])*
            fn $name($a $(, $b: $ty)*) {
                #[cfg(target_arch = "wasm32")]
                {
                    use $crate::engine::{bytes, vector};
                    bytes($engine(vector($a) $(, vector($b))*))
                }
                #[cfg(not(target_arch = "wasm32"))]
                $body
            };
        )*}
    };
}

pub(crate) use by_engine;

macro_rules! extremes {
    ($($name:ident $float:ident $bits:ident $canonical:ident $operator:tt $same:tt;)*) => {
        operations! {$(
            fn $name(a, b: &V128) {
                #[cfg(target_arch = "wasm32")]
                {
                    let found = bytes(wasm32::$name(vector(a), vector(b)));
                    map(&found, |x: $bits| $canonical($float::from_bits(x)))
                }
                #[cfg(not(target_arch = "wasm32"))]
                crate::lane::zip(a, b, |a: $bits, b: $bits| {
                    let (x, y) = ($float::from_bits(a), $float::from_bits(b));
                    match () {
                        () if x $operator y => a,
                        () if y $operator x => b,
                        // Only zeros of different sign differ: of these one is less.
                        () if x == y => a $same b,
                        () => $canonical($float::NAN),
                    }
                })
            };
        )*}
    };
}

extremes! {
    f32x4_min f32 u32 canonical_f32 < |;
    f32x4_max f32 u32 canonical_f32 > &;
    f64x2_min f64 u64 canonical_f64 < |;
    f64x2_max f64 u64 canonical_f64 > &;
}

macro_rules! bitmasks {
    ($($name:ident $lane:ident;)*) => {$(
        operations! {
            /// Bit `i` is the sign of lane `i`.
            fn $name(a) -> u32 {
                #[cfg(target_arch = "wasm32")]
                {
                    wasm32::$name(vector(a)).into()
                }
                #[cfg(not(target_arch = "wasm32"))]
                {
                    use crate::lane::Lane;
                    (0..<$lane as Lane>::COUNT)
                        .fold(0, |bits, i| bits | u32::from($lane::read(a, i) < 0) << i)
                }
            }
        }
    )*};
}

bitmasks! {
    i8x16_bitmask i8;
    i16x8_bitmask i16;
    i32x4_bitmask i32;
    i64x2_bitmask i64;
}

/// A vector as the engine has it: its bytes are one load.
#[cfg(target_arch = "wasm32")]
#[inline]
#[target_feature(enable = "simd128")]
pub(crate) fn vector(a: &V128) -> wasm32::v128 {
    let [low, high] = [0, 1].map(|half| <u64 as crate::lane::Lane>::read(a, half));
    wasm32::u64x2(low, high)
}

#[cfg(target_arch = "wasm32")]
#[inline]
#[target_feature(enable = "simd128")]
pub(crate) fn bytes(a: wasm32::v128) -> V128 {
    use wasm32::u64x2_extract_lane;
    crate::lane::build(|half| match half {
        0 => u64x2_extract_lane::<0>(a),
        _ => u64x2_extract_lane::<1>(a),
    })
}
