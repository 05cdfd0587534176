//! Shapes: the ways to read a vector as lanes.

use crate::value::Value;

/// Shape of a vector: type and number of its lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Sixteen integers of 8 bits.
    I8x16,
    /// Eight integers of 16 bits.
    I16x8,
    /// Four integers of 32 bits.
    I32x4,
    /// Two integers of 64 bits.
    I64x2,
    /// Four floats of 32 bits.
    F32x4,
    /// Two floats of 64 bits.
    F64x2,
}

impl Shape {
    /// All of them.
    pub const ALL: [Shape; 6] = [
        Shape::I8x16,
        Shape::I16x8,
        Shape::I32x4,
        Shape::I64x2,
        Shape::F32x4,
        Shape::F64x2,
    ];

    /// Name in the text format.
    pub fn name(self) -> &'static str {
        match self {
            Shape::I8x16 => "i8x16",
            Shape::I16x8 => "i16x8",
            Shape::I32x4 => "i32x4",
            Shape::I64x2 => "i64x2",
            Shape::F32x4 => "f32x4",
            Shape::F64x2 => "f64x2",
        }
    }

    /// Width of a lane.
    pub fn bits(self) -> u32 {
        match self {
            Shape::I8x16 => 8,
            Shape::I16x8 => 16,
            Shape::I32x4 | Shape::F32x4 => 32,
            Shape::I64x2 | Shape::F64x2 => 64,
        }
    }

    /// A lane of a vector by its bits, zero-extended.
    pub fn lane(self, vector: u128, number: u32) -> u64 {
        let bits = self.bits();
        let lane = (vector >> (number * bits)) as u64;
        lane & (u64::MAX >> (64 - bits))
    }

    /// A lane by its bits as a value; narrow integers sign-extended.
    pub fn value(self, bits: u64) -> Value {
        match self {
            Shape::I8x16 => Value::I32((bits as i8).into()),
            Shape::I16x8 => Value::I32((bits as i16).into()),
            Shape::I32x4 => Value::I32(bits as i32),
            Shape::I64x2 => Value::I64(bits as i64),
            Shape::F32x4 => Value::F32(bits as u32),
            Shape::F64x2 => Value::F64(bits),
        }
    }

    /// The lanes of a vector as values, lane 0 first.
    pub fn values(self, vector: u128) -> Vec<Value> {
        let lanes = 0..128 / self.bits();
        lanes
            .map(|number| self.value(self.lane(vector, number)))
            .collect()
    }

    /// The shape of the vector that an instruction makes, as far as its name tells.
    pub fn made_by(mnemonic: &str) -> Option<Shape> {
        let (before, after) = mnemonic.split_once('.')?;
        let shape = match before {
            // `load16x4_s` fills lanes of twice the width; `load16_splat` and `store16_lane` are
            // about lanes of that.
            "v128" => {
                let width = after.strip_prefix("load").or(after.strip_prefix("store"))?;
                return Some(match &width.as_bytes()[..width.len().min(3)] {
                    b"8x8" | b"16_" => Shape::I16x8,
                    b"16x" | b"32_" => Shape::I32x4,
                    b"32x" | b"64_" => Shape::I64x2,
                    [b'8', ..] => Shape::I8x16,
                    _ => return None,
                });
            }
            before => Shape::named(before)?,
        };
        // A comparison makes masks.
        Some(match (shape, after) {
            (Shape::F32x4, "eq" | "ne" | "lt" | "gt" | "le" | "ge") => Shape::I32x4,
            (Shape::F64x2, "eq" | "ne" | "lt" | "gt" | "le" | "ge") => Shape::I64x2,
            _ => shape,
        })
    }

    /// The shape in which an instruction reads its vectors, as far as its name tells:
    /// `i16x8.extend_low_i8x16_s` reads bytes.
    pub fn used_by(mnemonic: &str) -> Option<Shape> {
        let (before, after) = mnemonic.split_once('.')?;
        let named = after.split('_').skip(1).find_map(Shape::named);
        named.or(Shape::named(before)).or(Shape::made_by(mnemonic))
    }

    fn named(name: &str) -> Option<Shape> {
        Shape::ALL.into_iter().find(|shape| shape.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_instruction_tells_shapes() {
        let of = |mnemonic| {
            let names = [Shape::made_by(mnemonic), Shape::used_by(mnemonic)];
            names
                .map(|shape| shape.map_or("any", Shape::name))
                .join(" from ")
        };
        for (mnemonic, expected) in [
            ("i32x4.add", "i32x4 from i32x4"),
            ("i8x16.swizzle", "i8x16 from i8x16"),
            ("f32x4.lt", "i32x4 from f32x4"),
            ("f64x2.pmin", "f64x2 from f64x2"),
            ("i16x8.extend_low_i8x16_s", "i16x8 from i8x16"),
            ("i8x16.narrow_i16x8_u", "i8x16 from i16x8"),
            ("i32x4.dot_i16x8_s", "i32x4 from i16x8"),
            ("i32x4.relaxed_dot_i8x16_i7x16_add_s", "i32x4 from i8x16"),
            ("i32x4.trunc_sat_f64x2_u_zero", "i32x4 from f64x2"),
            ("f64x2.promote_low_f32x4", "f64x2 from f32x4"),
            ("i16x8.extadd_pairwise_i8x16_u", "i16x8 from i8x16"),
            ("v128.load8x8_u", "i16x8 from i16x8"),
            ("v128.load32x2_s", "i64x2 from i64x2"),
            ("v128.load8_splat", "i8x16 from i8x16"),
            ("v128.load64_zero", "i64x2 from i64x2"),
            ("v128.store16_lane", "i16x8 from i16x8"),
            ("v128.load", "any from any"),
            ("v128.bitselect", "any from any"),
            ("local.get", "any from any"),
            ("i32.add", "any from any"),
            ("end", "any from any"),
        ] {
            assert_eq!(of(mnemonic), expected, "{mnemonic}");
        }
    }

    #[test]
    fn lanes_are_read_lane_0_first() {
        let bytes: [u8; 16] = std::array::from_fn(|n| (n as u8).wrapping_add(0xf8));
        let vector = u128::from_le_bytes(bytes);
        assert_eq!(
            Shape::I8x16.values(vector)[..2],
            [Value::I32(-8), Value::I32(-7)]
        );
        assert_eq!(Shape::I16x8.values(vector)[4], Value::I32(0x100));
        assert_eq!(
            Shape::F64x2.values(vector)[1],
            Value::F64(0x0706_0504_0302_0100)
        );
        assert!(
            Shape::ALL
                .iter()
                .all(|shape| shape.values(0).len() as u32 * shape.bits() == 128)
        );
    }
}
