//! References. Spec: [reference instructions](https://webassembly.github.io/spec/core/exec/instructions.html#reference-instructions).

use crate::machine::TrapKind;
use crate::value::I31;

/// `ref.is_null`: null is the slot 0.
#[inline(always)]
pub(crate) fn ref_is_null(reference: u64) -> u32 {
    u32::from(reference == 0)
}

/// `ref.as_non_null`.
#[inline(always)]
pub(crate) fn ref_as_non_null(reference: u64) -> Result<u64, TrapKind> {
    match reference {
        0 => Err(TrapKind::NullReference),
        reference => Ok(reference),
    }
}

/// `ref.eq`: slots are canonical.
#[inline(always)]
pub(crate) fn ref_eq(a: u64, b: u64) -> u32 {
    u32::from(a == b)
}

/// `ref.i31`.
#[inline(always)]
pub(crate) fn ref_i31(value: u32) -> u64 {
    I31 | u64::from(value & 0x7fff_ffff)
}

/// `i31.get_s`: the sign is the 31st bit.
#[inline(always)]
pub(crate) fn i31_get_s(reference: u64) -> Result<u32, TrapKind> {
    match reference {
        0 => Err(TrapKind::NullI31Reference),
        reference => Ok((((reference as u32) << 1) as i32 >> 1) as u32),
    }
}

/// `i31.get_u`.
#[inline(always)]
pub(crate) fn i31_get_u(reference: u64) -> Result<u32, TrapKind> {
    match reference {
        0 => Err(TrapKind::NullI31Reference),
        reference => Ok(reference as u32),
    }
}
