//! Conversions between lane shapes.

use super::lanes::{Lane, build, map};
use crate::ops::float::{f32_canonical, f64_canonical};

// Rust's `as` from a float saturates and sends NaN to zero, which is what the saturating
// truncations ask for; the relaxed ones are the same in the deterministic profile.

pub(crate) fn i32x4_trunc_sat_f32x4_s(a: u128) -> u128 {
    map(a, |bits: u32| f32::from_bits(bits) as i32)
}

pub(crate) fn i32x4_trunc_sat_f32x4_u(a: u128) -> u128 {
    map(a, |bits: u32| f32::from_bits(bits) as u32)
}

pub(crate) fn i32x4_trunc_sat_f64x2_s_zero(a: u128) -> u128 {
    build(|i| if i < 2 { f64::from_bits(u64::read(a, i)) as i32 } else { 0 })
}

pub(crate) fn i32x4_trunc_sat_f64x2_u_zero(a: u128) -> u128 {
    build(|i| if i < 2 { f64::from_bits(u64::read(a, i)) as u32 } else { 0 })
}

pub(crate) fn f32x4_convert_i32x4_s(a: u128) -> u128 {
    map(a, |lane: i32| (lane as f32).to_bits())
}

pub(crate) fn f32x4_convert_i32x4_u(a: u128) -> u128 {
    map(a, |lane: u32| (lane as f32).to_bits())
}

pub(crate) fn f64x2_convert_low_i32x4_s(a: u128) -> u128 {
    build(|i| f64::from(i32::read(a, i)).to_bits())
}

pub(crate) fn f64x2_convert_low_i32x4_u(a: u128) -> u128 {
    build(|i| f64::from(u32::read(a, i)).to_bits())
}

pub(crate) fn f32x4_demote_f64x2_zero(a: u128) -> u128 {
    build(|i| if i < 2 { f32_canonical(f64::from_bits(u64::read(a, i)) as f32) } else { 0 })
}

pub(crate) fn f64x2_promote_low_f32x4(a: u128) -> u128 {
    build(|i| f64_canonical(f64::from(f32::from_bits(u32::read(a, i)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncation_saturates() {
        let lanes = u128::from(f32::NAN.to_bits()) | u128::from((-3e9f32).to_bits()) << 32;
        assert_eq!(i32x4_trunc_sat_f32x4_s(lanes), u128::from(i32::MIN as u32) << 32);
        let big = u128::from(5e9f64.to_bits());
        assert_eq!(i32x4_trunc_sat_f64x2_u_zero(big), 0xffff_ffff);
    }
}
