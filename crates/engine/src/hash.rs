//! A small 64-bit hash, the same on every machine and in every build.

/// Feeds words into a 64-bit state; every input bit reaches every output bit.
#[derive(Clone, Copy)]
pub(crate) struct Hasher(u64);

/// Odd constants without structure: the fractional bits of the square roots of 2 and 3.
const SEED: u64 = 0x6a09_e667_f3bc_c908;
const FACTOR: u64 = 0xbb67_ae85_84ca_a73b;

impl Hasher {
    pub(crate) fn new() -> Hasher {
        Hasher(SEED)
    }

    #[inline]
    pub(crate) fn word(&mut self, word: u64) {
        // The full product of 64 by 64 bits, folded: one multiplication mixes all bits.
        let product = u128::from(self.0 ^ word) * u128::from(FACTOR);
        self.0 = (product as u64 ^ (product >> 64) as u64)
            .wrapping_add(SEED)
            .rotate_left(23);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.word(u64::from_le_bytes(last));
    }

    pub(crate) fn finish(mut self) -> u64 {
        self.word(FACTOR);
        self.0
    }
}

pub(crate) fn hash_bytes(bytes: &[u8]) -> u64 {
    let mut hasher = Hasher::new();
    hasher.bytes(bytes);
    hasher.finish()
}
