//! Damage: small changes to the bytes of a module, of the kinds that readers get wrong.

use std::ops::Range;

use crate::interface::sections;
use crate::random::Random;

/// Bytes that mean something in many places: ends of ranges, lengths, opcodes, types.
const BYTES: [u8; 24] = [
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x0b, 0x10, 0x11, 0x20, 0x40, 0x41, 0x60, 0x64, 0x6f, 0x70,
    0x7b, 0x7f, 0x80, 0xc0, 0xfb, 0xfc, 0xfd, 0xff,
];

/// Numbers at the ends of what a field may hold.
const NUMBERS: [u64; 14] = [
    0,
    1,
    0x7f,
    0x80,
    0xffff,
    0x1_0000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    u64::MAX,
    50_000,
];

/// Damages a module in a few places; `other` gives what is spliced in.
pub fn damage(wasm: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    // One change alone is the most likely to leave a module that still runs.
    let n = if random.one_in(2) {
        1
    } else {
        random.magnitude(8)
    };
    for _ in 0..n {
        if !wasm.is_empty() {
            damage_once(wasm, other, random);
        }
    }
}

fn damage_once(wasm: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    // Damage to a header or to section sizes is found at once, so most of it goes elsewhere.
    let at = random.below(wasm.len());
    match random.below(16) {
        0 => wasm[at] ^= 1 << random.below(8),
        1 => wasm[at] = random.word() as u8,
        2..=4 => wasm[at] = *random.pick(&BYTES),
        5 => wasm[at] = wasm[at].wrapping_add(1),
        6 => wasm[at] = wasm[at].wrapping_sub(1),
        7 => wasm.truncate(at),
        8 => {
            wasm.drain(some_range(wasm, 16, random));
        }
        9 => {
            let range = some_range(wasm, 64, random);
            let copy = wasm[range].to_vec();
            insert(wasm, at, &copy);
        }
        10 if !other.is_empty() => {
            let copy = other[some_range(other, 200, random)].to_vec();
            insert(wasm, at, &copy);
        }
        11 => rewrite_section(wasm, other, random),
        12 | 13 => rewrite_number(wasm, at, random),
        14 => {
            let n = random.below(8) + 1;
            let bytes = random.bytes(n);
            insert(wasm, at, &bytes);
        }
        _ => {
            // Over what is there, so that sizes stay right.
            let range = some_range(wasm, 8, random);
            let from = some_range(wasm, 8, random);
            let n = range.len().min(from.len());
            let copy = wasm[from][..n].to_vec();
            wasm[range][..n].copy_from_slice(&copy);
        }
    }
}

fn some_range(bytes: &[u8], max: u64, random: &mut Random) -> Range<usize> {
    let start = random.below(bytes.len());
    start..(start + random.magnitude(max) as usize).min(bytes.len())
}

fn insert(wasm: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    wasm.splice(at..at, bytes.iter().copied());
}

/// Puts another number in the place of a LEB128, as long as it is or longer.
fn rewrite_number(wasm: &mut Vec<u8>, at: usize, random: &mut Random) {
    let n = wasm[at..].iter().take_while(|byte| **byte >= 0x80).count() + 1;
    let end = (at + n).min(wasm.len());
    let mut value = *random.pick(&NUMBERS);
    let min_bytes = if random.one_in(2) {
        n
    } else {
        random.below(11)
    };
    let mut bytes = Vec::new();
    loop {
        let byte = value as u8 & 0x7f;
        value >>= 7;
        let is_last = value == 0 && bytes.len() + 1 >= min_bytes;
        bytes.push(if is_last { byte } else { byte | 0x80 });
        if is_last {
            break;
        }
    }
    if random.one_in(2) {
        // In the same number of bytes, so that sizes stay right.
        bytes.truncate(end - at);
        if let Some(last) = bytes.last_mut() {
            *last &= 0x7f;
        }
    }
    wasm.splice(at..end, bytes);
}

/// Leaves out a section, doubles it, moves it, or takes that of another module; its size is written
/// anew.
fn rewrite_section(wasm: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let copy = |bytes: &[u8]| -> Vec<(u8, Vec<u8>)> {
        let sections = sections(bytes).into_iter();
        sections
            .filter_map(|(id, range)| Some((id, bytes.get(range)?.to_vec())))
            .collect()
    };
    let mut parts = copy(wasm);
    if parts.is_empty() {
        return;
    }
    let position = random.below(parts.len());
    match random.below(4) {
        0 => {
            parts.remove(position);
        }
        1 => parts.insert(position, parts[position].clone()),
        2 => {
            let to = random.below(parts.len());
            parts.swap(position, to);
        }
        _ => {
            let id = parts[position].0;
            if let Some(part) = copy(other).into_iter().find(|part| part.0 == id) {
                parts[position] = part;
            }
        }
    }
    let mut module = wasm_encoder::Module::new();
    for (id, data) in &parts {
        module.section(&wasm_encoder::RawSection { id: *id, data });
    }
    *wasm = module.finish();
}
