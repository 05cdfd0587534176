//! Vector operations: pure functions on the 16 bytes of a vector, lane 0 first.
//!
//! Spec: [vector operations](https://webassembly.github.io/spec/core/exec/numerics.html#vector-operations).
//! Relaxed operations follow the deterministic profile: of what the specification allows they take
//! the first choice ([relaxed operations](https://webassembly.github.io/spec/core/exec/numerics.html#relaxed-operations)).
//! Every NaN that arithmetic makes is the positive canonical one.
//!
//! All are plain loops over lanes. They are a crate of their own because only this code is compiled
//! for speed alone and, in the core, with the vector instructions of the engine below: then most of
//! these loops become a single instruction (measured: 27 kB of code, where the machine's own
//! settings made 75 kB).
//!
//! The machine's loop has each of them in line, and may call nothing. So one that has two users must
//! stay small, and only one that is given its result's place may write there by a number that is not
//! known: what would be a call, or needs memory of its own, takes registers from every instruction
//! (measured in Firefox: a fifth more time for all of the loop, for eight such operations).

mod convert;
mod engine;
mod float;
mod int;
mod lane;
mod whole;

pub use convert::*;
pub use engine::*;
pub use float::*;
pub use int::*;
pub use lane::V128;
pub use whole::*;

/// Defines operations that may use the engine's vector instructions. They replace their first
/// operand by the result, or give one that is no vector.
macro_rules! operations {
    ($($(#[$doc:meta])* fn $name:ident($a:ident $(, $b:ident: $ty:ty)*) $body:expr;)*) => {$(
        $(#[$doc])*
        #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
        pub fn $name($a: &mut $crate::V128 $(, $b: $ty)*) {
            *$a = $body;
        }
    )*};
    ($($(#[$doc:meta])* fn $name:ident($a:ident $(, $b:ident: $ty:ty)*) -> $result:ty $body:block)*) => {$(
        $(#[$doc])*
        #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
        pub fn $name($a: &$crate::V128 $(, $b: $ty)*) -> $result {
            $body
        }
    )*};
}

use operations;
