//! A vector seen as lanes of one shape.

/// One lane: an integer of 8 to 64 bits, or the bits of a float.
pub(super) trait Lane: Copy {
    /// Width in bits.
    const BITS: u32;
    /// How many there are in a vector.
    const COUNT: u32 = 128 / Self::BITS;

    /// The lane at an index below `COUNT`.
    fn read(vector: u128, lane: u32) -> Self;

    /// The lane's bits, zero-extended.
    fn bits(self) -> u128;
}

macro_rules! lanes {
    ($($lane:ident $unsigned:ident),*) => {$(
        impl Lane for $lane {
            const BITS: u32 = $lane::BITS;

            #[inline(always)]
            fn read(vector: u128, lane: u32) -> $lane {
                (vector >> (lane * $lane::BITS)) as $lane
            }

            #[inline(always)]
            fn bits(self) -> u128 {
                u128::from(self as $unsigned)
            }
        }
    )*};
}

lanes! { u8 u8, i8 u8, u16 u16, i16 u16, u32 u32, i32 u32, u64 u64, i64 u64 }

/// The vector whose lane `i` is `lane(i)`.
#[inline(always)]
pub(super) fn build<R: Lane>(lane: impl Fn(u32) -> R) -> u128 {
    (0..R::COUNT).fold(0, |vector, i| vector | lane(i).bits() << (i * R::BITS))
}

/// Applies a function to each lane.
#[inline(always)]
pub(super) fn map<T: Lane, R: Lane>(a: u128, f: impl Fn(T) -> R) -> u128 {
    build(|i| f(T::read(a, i)))
}

/// Applies a function to each pair of lanes.
#[inline(always)]
pub(super) fn zip<T: Lane, R: Lane>(a: u128, b: u128, f: impl Fn(T, T) -> R) -> u128 {
    build(|i| f(T::read(a, i), T::read(b, i)))
}

/// The vector with one lane replaced.
#[inline(always)]
pub(super) fn with_lane<T: Lane>(a: u128, lane: u32, value: T) -> u128 {
    let shift = lane * T::BITS;
    let mask = (u128::MAX >> (128 - T::BITS)) << shift;
    a & !mask | value.bits() << shift
}

/// The vector with all lanes equal.
#[inline(always)]
pub(super) fn splat<T: Lane>(value: T) -> u128 {
    build(|_| value)
}

/// A mask lane: all ones or all zeros.
#[inline(always)]
pub(super) fn mask<T: Lane>(a: u128, b: u128, f: impl Fn(T, T) -> bool) -> u128 {
    (0..T::COUNT).fold(0, |vector, i| {
        let ones = if f(T::read(a, i), T::read(b, i)) { u128::MAX >> (128 - T::BITS) } else { 0 };
        vector | ones << (i * T::BITS)
    })
}
