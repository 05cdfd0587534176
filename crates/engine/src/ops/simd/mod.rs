//! Vector operations: pure functions on the 128 bits of a vector, lane 0 in the lowest bits.
//!
//! Spec: [vector operations](https://webassembly.github.io/spec/core/exec/numerics.html#vector-operations).
//! Relaxed operations follow the deterministic profile
//! ([profiles](https://webassembly.github.io/spec/core/appendix/profiles.html)).

mod convert;
mod float;
mod int;
mod lanes;
mod whole;

pub(crate) use convert::*;
pub(crate) use float::*;
pub(crate) use int::*;
pub(crate) use whole::*;
