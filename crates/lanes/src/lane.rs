//! A vector seen as lanes of one shape.

/// The bytes of a vector, lane 0 first.
pub type V128 = [u8; 16];

/// One lane: an integer of 8 to 64 bits, or the bits of a float.
pub(crate) trait Lane: Copy {
    /// How many there are in a vector.
    const COUNT: usize;
    /// A lane of a mask that is true.
    const ONES: Self;
    const ZERO: Self;

    /// The lane at an index below `COUNT`.
    fn read(vector: &V128, lane: usize) -> Self;

    fn write(self, vector: &mut V128, lane: usize);
}

macro_rules! lanes {
    ($($lane:ident $ones:expr;)*) => {$(
        impl Lane for $lane {
            const COUNT: usize = 16 / size_of::<$lane>();
            const ONES: $lane = $ones;
            const ZERO: $lane = 0;

            #[inline(always)]
            fn read(vector: &V128, lane: usize) -> $lane {
                let mut bytes = [0; size_of::<$lane>()];
                bytes.copy_from_slice(&vector[lane * size_of::<$lane>()..][..size_of::<$lane>()]);
                $lane::from_le_bytes(bytes)
            }

            #[inline(always)]
            fn write(self, vector: &mut V128, lane: usize) {
                vector[lane * size_of::<$lane>()..][..size_of::<$lane>()]
                    .copy_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

lanes! {
    u8 u8::MAX;
    i8 -1;
    u16 u16::MAX;
    i16 -1;
    u32 u32::MAX;
    i32 -1;
    u64 u64::MAX;
    i64 -1;
}

/// The vector whose lane `i` is `lane(i)`.
#[inline(always)]
pub(crate) fn build<R: Lane>(lane: impl Fn(usize) -> R) -> V128 {
    let mut vector = [0; 16];
    for i in 0..R::COUNT {
        lane(i).write(&mut vector, i);
    }
    vector
}

/// Applies a function to each lane.
#[inline(always)]
pub(crate) fn map<T: Lane, R: Lane>(a: &V128, f: impl Fn(T) -> R) -> V128 {
    build(|i| f(T::read(a, i)))
}

/// Applies a function to each pair of lanes.
#[inline(always)]
pub(crate) fn zip<T: Lane, R: Lane>(a: &V128, b: &V128, f: impl Fn(T, T) -> R) -> V128 {
    build(|i| f(T::read(a, i), T::read(b, i)))
}

/// Lanes of ones where a function holds, of zeros elsewhere.
#[inline(always)]
pub(crate) fn mask<T: Lane>(a: &V128, b: &V128, f: impl Fn(T, T) -> bool) -> V128 {
    zip(a, b, |x, y| if f(x, y) { T::ONES } else { T::ZERO })
}

/// Lanes of `R` whose lane `i` is made of the lanes `2 * i` and `2 * i + 1`.
#[inline(always)]
pub(crate) fn pairs<R: Lane>(product: impl Fn(usize) -> R, sum: impl Fn(R, R) -> R) -> V128 {
    build(|i| sum(product(2 * i), product(2 * i + 1)))
}
