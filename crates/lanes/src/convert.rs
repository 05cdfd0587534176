//! Conversions between lane shapes.

use crate::float::{canonical_f32, canonical_f64};
use crate::lane::{Lane, build, map};
use crate::operations;

// Rust's `as` from a float saturates and sends NaN to zero, which is what the saturating
// truncations ask for; the relaxed ones are the same in the deterministic profile.
operations! {
    fn i32x4_trunc_sat_f32x4_s(a) map(a, |bits: u32| f32::from_bits(bits) as i32);
    fn i32x4_trunc_sat_f32x4_u(a) map(a, |bits: u32| f32::from_bits(bits) as u32);
    fn i32x4_trunc_sat_f64x2_s_zero(a) build(|i| match i < 2 {
        true => f64::from_bits(u64::read(a, i)) as i32,
        false => 0,
    });
    fn i32x4_trunc_sat_f64x2_u_zero(a) build(|i| match i < 2 {
        true => f64::from_bits(u64::read(a, i)) as u32,
        false => 0,
    });
    fn f32x4_convert_i32x4_s(a) map(a, |lane: i32| (lane as f32).to_bits());
    fn f32x4_convert_i32x4_u(a) map(a, |lane: u32| (lane as f32).to_bits());
    fn f64x2_convert_low_i32x4_s(a) build(|i| f64::from(i32::read(a, i)).to_bits());
    fn f64x2_convert_low_i32x4_u(a) build(|i| f64::from(u32::read(a, i)).to_bits());
    fn f32x4_demote_f64x2_zero(a) build(|i| match i < 2 {
        true => canonical_f32(f64::from_bits(u64::read(a, i)) as f32),
        false => 0,
    });
    fn f64x2_promote_low_f32x4(a) {
        build(|i| canonical_f64(f64::from(f32::from_bits(u32::read(a, i)))))
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncation_saturates() {
        let lanes = u128::from(f32::NAN.to_bits()) | u128::from((-3e9f32).to_bits()) << 32;
        let mut a = lanes.to_le_bytes();
        i32x4_trunc_sat_f32x4_s(&mut a);
        assert_eq!(a, (u128::from(i32::MIN as u32) << 32).to_le_bytes());
        let mut big = u128::from(5e9f64.to_bits()).to_le_bytes();
        i32x4_trunc_sat_f64x2_u_zero(&mut big);
        assert_eq!(big, 0xffff_ffffu128.to_le_bytes());
    }
}
