//! Values that belong to neither engine: what is given to both, and what both are asked for.

use std::fmt;

use crate::interface::{Interface, Kind, Ty};
use crate::random::Random;

/// A value. Functions are told by their index in the module; objects by their place in the list of
/// objects that a look at the state has met.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Val {
    I32(u32),
    I64(u64),
    F32(u32),
    F64(u64),
    V128(u128),
    Null,
    Func(u32),
    /// A host function, or one of an instance that is not there (yet).
    OtherFunc,
    Extern(u32),
    I31(u32),
    Object(u32),
}

impl Val {
    /// Whether two engines may have given these for the same value.
    pub fn is_same(self, other: Val) -> bool {
        match (self, other) {
            (Val::OtherFunc, Val::Func(_)) | (Val::Func(_), Val::OtherFunc) => true,
            (a, b) => a == b,
        }
    }
}

/// Whether two lists of values are the same.
pub fn are_same(a: &[Val], b: &[Val]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same(*b))
}

/// Values for parameters; `None` if there is a type of which no value can be made.
pub fn arguments(types: &[Ty], interface: &Interface, random: &mut Random) -> Option<Vec<Val>> {
    types
        .iter()
        .map(|ty| argument(*ty, interface, random))
        .collect()
}

/// A value of a type, if one can be made: often one at a border.
pub fn argument(ty: Ty, interface: &Interface, random: &mut Random) -> Option<Val> {
    Some(match ty.kind {
        Kind::I32 => Val::I32(integer(random) as u32),
        Kind::I64 => Val::I64(integer(random)),
        Kind::F32 => Val::F32(float32(random)),
        Kind::F64 => Val::F64(float64(random)),
        Kind::V128 => Val::V128(vector(random)),
        _ if ty.nullable && random.one_in(3) => Val::Null,
        Kind::Func(id) => {
            let fits = |index: &usize| id.is_none_or(|id| interface.funcs[*index].id == id);
            let funcs: Vec<usize> = (0..interface.funcs.len()).filter(fits).collect();
            match funcs.is_empty() {
                true if ty.nullable => Val::Null,
                true => return None,
                false => Val::Func(*random.pick(&funcs) as u32),
            }
        }
        Kind::Extern => Val::Extern(random.below(10) as u32),
        Kind::Any => Val::I31(integer(random) as u32 & 0x7fff_ffff),
        Kind::Object | Kind::Exception if ty.nullable => Val::Null,
        Kind::Object | Kind::Exception => return None,
    })
}

fn integer(random: &mut Random) -> u64 {
    const BORDERS: [u64; 14] = [
        0,
        1,
        u64::MAX,
        0x7f,
        0x80,
        0x7fff,
        0x8000,
        0xffff,
        0x1_0000,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
        0x7fff_ffff_ffff_ffff,
        0x8000_0000_0000_0000,
    ];
    match random.below(4) {
        0 => *random.pick(&BORDERS),
        // Small numbers are addresses, indices and counts.
        1 => random.below(70) as u64,
        2 => (random.below(70) as u64).wrapping_neg(),
        _ => random.magnitude(u64::MAX),
    }
}

fn float32(random: &mut Random) -> u32 {
    match random.below(3) {
        0 => random.word() as u32,
        1 => (*random.pick(&FLOATS) as f32).to_bits(),
        _ => (integer(random) as i64 as f32).to_bits(),
    }
}

fn float64(random: &mut Random) -> u64 {
    match random.below(3) {
        0 => random.word(),
        1 => random.pick(&FLOATS).to_bits(),
        _ => (integer(random) as i64 as f64).to_bits(),
    }
}

const FLOATS: [f64; 16] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MIN_POSITIVE,
    f32::MIN_POSITIVE as f64,
    2_147_483_647.5,
    4_294_967_295.9,
    9_223_372_036_854_775_807.0,
];

/// Lanes of one kind, since instructions on lanes have borders in each of them.
fn vector(random: &mut Random) -> u128 {
    match random.below(5) {
        0 => lanes(8, random, integer),
        1 => lanes(16, random, integer),
        2 => lanes(32, random, integer),
        3 => lanes(32, random, |random| u64::from(float32(random))),
        _ => lanes(64, random, float64),
    }
}

fn lanes(bits: u32, random: &mut Random, lane: fn(&mut Random) -> u64) -> u128 {
    let mask = (1 << bits) - 1;
    (0..128 / bits).fold(0, |vector, _| {
        vector << bits | u128::from(lane(random)) & mask
    })
}

impl fmt::Display for Val {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Val::I32(value) => write!(f, "i32:{:#x}", value),
            Val::I64(value) => write!(f, "i64:{:#x}", value),
            Val::F32(bits) => write!(f, "f32:{bits:#010x} ({:?})", f32::from_bits(bits)),
            Val::F64(bits) => write!(f, "f64:{bits:#018x} ({:?})", f64::from_bits(bits)),
            Val::V128(bits) => write!(f, "v128:{bits:#034x}"),
            Val::Null => f.write_str("null"),
            Val::Func(index) => write!(f, "f{index}"),
            Val::OtherFunc => f.write_str("a function"),
            Val::Extern(handle) => write!(f, "extern:{handle}"),
            Val::I31(value) => write!(f, "i31:{value:#x}"),
            Val::Object(number) => write!(f, "object {number}"),
        }
    }
}

/// A list of values for people.
pub struct List<'a>(pub &'a [Val]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (position, value) in self.0.iter().enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            write!(f, "{comma}{value}")?;
        }
        f.write_str(")")
    }
}
