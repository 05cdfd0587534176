//! What instructions compute: pure functions from values to values, without the machine.
//!
//! Spec: [numerics](https://webassembly.github.io/spec/core/exec/numerics.html). Floats follow the
//! deterministic profile: every NaN that arithmetic makes is the positive canonical one.

pub(crate) mod convert;
pub(crate) mod float;
pub(crate) mod int;
pub(crate) mod wide;

/// `ref.is_null`: null is the slot 0.
#[inline(always)]
pub(crate) fn ref_is_null(reference: u64) -> u32 {
    u32::from(reference == 0)
}
