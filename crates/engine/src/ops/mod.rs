//! What instructions compute: pure functions from values to values, without the machine.
//!
//! Spec: [numerics](https://webassembly.github.io/spec/core/exec/numerics.html). Floats follow the
//! deterministic profile: every NaN that arithmetic makes is the positive canonical one.

pub(crate) mod convert;
pub(crate) mod float;
pub(crate) mod int;
pub(crate) mod reference;
pub(crate) mod wide;
