//! Numbers that depend on a seed alone, so that every case can be made again.

/// A small generator (SplitMix64).
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// A generator of its own for a part of the work, told apart by a number.
    pub fn branch(&self, number: u64) -> Random {
        Random(mix(self.0 ^ mix(number)))
    }

    /// Any number.
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number less than `n`, which is not zero.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.word()) * n as u128) >> 64) as usize
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// A number up to `max` of which every magnitude is as likely as any other.
    pub fn magnitude(&mut self, max: u64) -> u64 {
        let bits = self.below(64 - max.leading_zeros() as usize) + 1;
        (self.word() >> (64 - bits)).min(max)
    }

    /// One of the things in a list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// Bytes without structure.
    pub fn bytes(&mut self, n: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(n + 8);
        while bytes.len() < n {
            bytes.extend_from_slice(&self.word().to_le_bytes());
        }
        bytes.truncate(n);
        bytes
    }
}

/// Every bit of the input reaches every bit of the output.
fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
