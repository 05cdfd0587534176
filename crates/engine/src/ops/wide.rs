//! Wide arithmetic: integers of 128 bits as two of 64, the low half first.
//!
//! Spec: [the proposal](https://github.com/WebAssembly/wide-arithmetic/blob/main/proposals/wide-arithmetic/Overview.md).

pub(crate) fn i64_add128([a_low, a_high, b_low, b_high]: [u64; 4]) -> [u64; 2] {
    halves(join(a_low, a_high).wrapping_add(join(b_low, b_high)))
}

pub(crate) fn i64_sub128([a_low, a_high, b_low, b_high]: [u64; 4]) -> [u64; 2] {
    halves(join(a_low, a_high).wrapping_sub(join(b_low, b_high)))
}

pub(crate) fn i64_mul_wide_s([a, b]: [u64; 2]) -> [u64; 2] {
    let [a, b] = [a, b].map(|factor| i128::from(factor as i64));
    halves((a * b) as u128)
}

pub(crate) fn i64_mul_wide_u([a, b]: [u64; 2]) -> [u64; 2] {
    halves(u128::from(a) * u128::from(b))
}

fn join(low: u64, high: u64) -> u128 {
    u128::from(low) | u128::from(high) << 64
}

fn halves(wide: u128) -> [u64; 2] {
    [wide as u64, (wide >> 64) as u64]
}
