//! The second real program among the benchmarks: it writes text, compresses it with deflate, and
//! unpacks it again. Bit buffers, hash chains, Huffman tables and copies of bytes, in 32-bit
//! integers and memory.

use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib;

const WORDS: [&str; 16] = [
    "wasp", "nest", "comb", "cell", "queen", "worker", "sting", "paper", "larva", "swarm", "hover",
    "wing", "stripe", "pollen", "meadow", "the",
];

/// The middle level, as programs choose it that do not choose (zlib's own default).
const LEVEL: u8 = 6;

/// Compresses `n` words and unpacks them; a checksum of what is between.
#[unsafe(no_mangle)]
pub extern "C" fn run(n: u32) -> u64 {
    let text = write_text(n);
    let packed = compress_to_vec_zlib(&text, LEVEL);
    let unpacked = decompress_to_vec_zlib(&packed).expect("what was packed can be unpacked");
    assert!(unpacked == text, "unpacked text is the text");
    packed
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |checksum, byte| {
            (checksum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// Words in an order that repeats now and then, as in text. The numbers between them are from a
/// generator (Numerical Recipes' LCG), so that the text need not lie in the module.
fn write_text(n: u32) -> Vec<u8> {
    let mut state = 7_u32;
    let mut text = Vec::new();
    for i in 0..n {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let word = WORDS[(state >> 28) as usize];
        text.extend_from_slice(word.as_bytes());
        match i % 9 {
            0 => text.extend_from_slice(format!(" {},", state >> 20).as_bytes()),
            8 => text.extend_from_slice(b".\n"),
            _ => text.push(b' '),
        }
    }
    text
}
