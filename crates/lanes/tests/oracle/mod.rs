//! What each operation must give, worked out from its name lane by lane in plain scalar code: integers
//! as `i128`, so that nothing wraps by itself, and 32-bit floats through 64-bit ones, which round
//! their sums, products, quotients and square roots as if once.

pub type V128 = [u8; 16];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    pub is_float: bool,
    pub bits: u32,
}

impl Shape {
    /// `i16x8`, at the start of a name or inside one.
    pub fn of(name: &str) -> Shape {
        Shape::find(name).unwrap_or_else(|| panic!("{name} names no shape"))
    }

    fn find(name: &str) -> Option<Shape> {
        let (is_float, number) = match name.strip_prefix('i') {
            Some(number) => (false, number),
            None => (true, name.strip_prefix('f')?),
        };
        let bits = number.split('x').next()?.parse().ok()?;
        Some(Shape { is_float, bits })
    }

    pub fn count(self) -> usize {
        128 / self.bits as usize
    }

    /// The bits of a lane, zero-extended.
    pub fn lane(self, vector: &V128, lane: usize) -> i128 {
        let n = self.bits as usize / 8;
        let bytes = vector[lane * n..][..n].iter().rev();
        bytes.fold(0, |bits, byte| bits << 8 | i128::from(*byte))
    }

    /// The lanes made of the low bits of numbers.
    pub fn vector(self, lane: impl Fn(usize) -> i128) -> V128 {
        let mut bits = 0u128;
        for number in (0..self.count()).rev() {
            let low = lane(number) as u128 & (u128::MAX >> (128 - self.bits));
            bits = if self.bits == 128 {
                0
            } else {
                bits << self.bits
            } | low;
        }
        bits.to_le_bytes()
    }
}

/// A number of so many bits read as signed.
fn signed(value: i128, bits: u32) -> i128 {
    match value >> (bits - 1) & 1 {
        1 => value - (1 << bits),
        _ => value,
    }
}

fn is_signed(operation: &str) -> bool {
    operation.ends_with("_s") || operation.ends_with("_s_zero")
}

/// Read as an operation does that ends in `_s` or `_u`.
fn read(value: i128, bits: u32, operation: &str) -> i128 {
    match is_signed(operation) {
        true => signed(value, bits),
        false => value,
    }
}

/// The nearest number that fits.
fn saturate(value: i128, bits: u32, to_signed: bool) -> i128 {
    let (low, high) = match to_signed {
        true => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        false => (0, (1 << bits) - 1),
    };
    value.max(low).min(high)
}

/// The shape that stands after the first part of a name: `i16x8_extend_low_i8x16_s` reads `i8x16`.
fn source(name: &str) -> Shape {
    let parts = name.split('_').skip(1);
    parts
        .filter_map(|part| part.contains('x').then(|| Shape::find(part)).flatten())
        .next()
        .unwrap_or_else(|| panic!("{name} reads no other shape"))
}

fn split(name: &str) -> (Shape, &str) {
    let (shape, operation) = name.split_once('_').expect("a shape and an operation");
    (Shape::of(shape), operation)
}

pub fn unary(name: &str, a: &V128) -> V128 {
    if name == "v128_not" {
        return a.map(|byte| 255 - byte);
    }
    if name == "v128_same" {
        return *a;
    }
    let (shape, operation) = split(name);
    let lane = |n| shape.lane(a, n);
    let bits = shape.bits;
    match operation {
        "repeat" => shape.vector(|_| lane(0)),
        "popcnt" => shape.vector(|n| (0..bits).map(|bit| lane(n) >> bit & 1).sum()),
        "abs" if !shape.is_float => shape.vector(|n| signed(lane(n), bits).abs()),
        "neg" if !shape.is_float => shape.vector(|n| -lane(n)),
        "abs" => shape.vector(|n| lane(n) & !(1 << (bits - 1))),
        "neg" => shape.vector(|n| lane(n) ^ (1 << (bits - 1))),
        "ceil" | "floor" | "trunc" | "nearest" | "sqrt" => shape.vector(|n| {
            let x = float(lane(n), bits);
            let rounded = match operation {
                "sqrt" => x.sqrt(),
                operation => rounded(x, operation),
            };
            bits_of(rounded, bits)
        }),
        _ => convert(name, shape, operation, a),
    }
}

fn convert(name: &str, shape: Shape, operation: &str, a: &V128) -> V128 {
    let from = source(name);
    let lane = |n| from.lane(a, n);
    let is_there = |n: usize| n < from.count();
    match operation {
        _ if operation.starts_with("extadd_pairwise") => shape.vector(|n| {
            read(lane(2 * n), from.bits, operation) + read(lane(2 * n + 1), from.bits, operation)
        }),
        _ if operation.starts_with("extend_low") => {
            shape.vector(|n| read(lane(n), from.bits, operation))
        }
        _ if operation.starts_with("extend_high") => {
            shape.vector(|n| read(lane(n + shape.count()), from.bits, operation))
        }
        _ if operation.starts_with("trunc_sat") => shape.vector(|n| {
            if !is_there(n) {
                return 0;
            }
            let x = rounded(float(lane(n), from.bits), "trunc");
            let limits = [-2f64.powi(40), 2f64.powi(40)];
            let whole = match x {
                _ if x.is_nan() => 0,
                _ => x.max(limits[0]).min(limits[1]) as i64,
            };
            saturate(whole.into(), 32, is_signed(operation))
        }),
        _ if operation.starts_with("convert") => {
            shape.vector(|n| bits_of(read(lane(n), 32, operation) as f64, shape.bits))
        }
        "demote_f64x2_zero" => shape.vector(|n| match is_there(n) {
            true => bits_of(float(lane(n), 64), 32),
            false => 0,
        }),
        "promote_low_f32x4" => shape.vector(|n| bits_of(float(lane(n), 32), 64)),
        _ => panic!("{name} has no oracle"),
    }
}

pub fn binary(name: &str, a: &V128, b: &V128) -> V128 {
    let bitwise = |f: fn(u8, u8) -> u8| std::array::from_fn(|n| f(a[n], b[n]));
    match name {
        "v128_and" => return bitwise(|x, y| x & y),
        "v128_andnot" => return bitwise(|x, y| x & (255 - y)),
        "v128_or" => return bitwise(|x, y| x | y),
        "v128_xor" => return bitwise(|x, y| x ^ y),
        "i8x16_swizzle" => {
            return std::array::from_fn(|n| match b[n] {
                index @ 0..16 => a[usize::from(index)],
                _ => 0,
            });
        }
        _ => {}
    }
    let (shape, operation) = split(name);
    match shape.is_float {
        true => binary_float(name, shape, operation, a, b),
        false => binary_int(name, shape, operation, a, b),
    }
}

fn binary_int(name: &str, shape: Shape, operation: &str, a: &V128, b: &V128) -> V128 {
    let bits = shape.bits;
    let each = |f: &dyn Fn(i128, i128) -> i128| {
        shape.vector(|n| {
            let x = read(shape.lane(a, n), bits, operation);
            f(x, read(shape.lane(b, n), bits, operation))
        })
    };
    let mask = |f: fn(&i128, &i128) -> bool| each(&|x, y| -i128::from(f(&x, &y)));
    match operation {
        "add" => each(&|x, y| x + y),
        "sub" => each(&|x, y| x - y),
        "mul" => each(&|x, y| x.wrapping_mul(y)),
        "add_sat_s" | "add_sat_u" => each(&|x, y| saturate(x + y, bits, is_signed(operation))),
        "sub_sat_s" | "sub_sat_u" => each(&|x, y| saturate(x - y, bits, is_signed(operation))),
        "min_s" | "min_u" => each(&|x, y| if y < x { y } else { x }),
        "max_s" | "max_u" => each(&|x, y| if y > x { y } else { x }),
        "avgr_u" => each(&|x, y| (x + y + 1) / 2),
        "q15mulr_sat_s" => each(&|x, y| saturate((x * y + (1 << 14)) >> 15, bits, true)),
        "eq" => mask(i128::eq),
        "ne" => mask(i128::ne),
        "lt_s" | "lt_u" => mask(i128::lt),
        "gt_s" | "gt_u" => mask(i128::gt),
        "le_s" | "le_u" => mask(i128::le),
        "ge_s" | "ge_u" => mask(i128::ge),
        _ => {
            let from = source(name);
            let half = shape.count();
            let product = |n| {
                let x = read(from.lane(a, n), from.bits, operation);
                x * read(from.lane(b, n), from.bits, operation)
            };
            match operation {
                _ if operation.starts_with("extmul_low") => shape.vector(product),
                _ if operation.starts_with("extmul_high") => shape.vector(|n| product(n + half)),
                "dot_i16x8_s" => shape.vector(|n| product(2 * n) + product(2 * n + 1)),
                "relaxed_dot_i8x16_i7x16_s" => {
                    shape.vector(|n| saturate(product(2 * n) + product(2 * n + 1), bits, true))
                }
                _ if operation.starts_with("narrow") => shape.vector(|n| {
                    let wide = match n < from.count() {
                        true => from.lane(a, n),
                        false => from.lane(b, n - from.count()),
                    };
                    saturate(signed(wide, from.bits), bits, is_signed(operation))
                }),
                _ => panic!("{name} has no oracle"),
            }
        }
    }
}

fn binary_float(name: &str, shape: Shape, operation: &str, a: &V128, b: &V128) -> V128 {
    let bits = shape.bits;
    shape.vector(|n| {
        let (x_bits, y_bits) = (shape.lane(a, n), shape.lane(b, n));
        let (x, y) = (float(x_bits, bits), float(y_bits, bits));
        let mask = |is_true: bool| -i128::from(is_true);
        match operation {
            "add" => bits_of(x + y, bits),
            "sub" => bits_of(x - y, bits),
            "mul" => bits_of(x * y, bits),
            "div" => bits_of(x / y, bits),
            "min" | "max" if x.is_nan() || y.is_nan() => bits_of(f64::NAN, bits),
            // The first of -0 and 0 is the less.
            "min" => bits_of(if less(y, x) { y } else { x }, bits),
            "max" => bits_of(if less(x, y) { y } else { x }, bits),
            "pmin" => {
                if y < x {
                    y_bits
                } else {
                    x_bits
                }
            }
            "pmax" => {
                if x < y {
                    y_bits
                } else {
                    x_bits
                }
            }
            "eq" => mask(x == y),
            "ne" => mask(x != y),
            "lt" => mask(x < y),
            "gt" => mask(x > y),
            "le" => mask(x <= y),
            "ge" => mask(x >= y),
            _ => panic!("{name} has no oracle"),
        }
    })
}

fn less(x: f64, y: f64) -> bool {
    x < y || x == y && x.is_sign_negative() && !y.is_sign_negative()
}

pub fn ternary(name: &str, a: &V128, b: &V128, c: &V128) -> V128 {
    match name {
        "v128_bitselect" => std::array::from_fn(|n| a[n] & c[n] | b[n] & (255 - c[n])),
        "i32x4_relaxed_dot_i8x16_i7x16_add_s" => {
            let (bytes, pairs, words) =
                (Shape::of("i8x16"), Shape::of("i16x8"), Shape::of("i32x4"));
            let product = |n| signed(bytes.lane(a, n), 8) * signed(bytes.lane(b, n), 8);
            let pair = |n| saturate(product(2 * n) + product(2 * n + 1), pairs.bits, true);
            words.vector(|n| pair(2 * n) + pair(2 * n + 1) + words.lane(c, n))
        }
        _ => {
            let (shape, operation) = split(name);
            let a = match operation {
                "relaxed_madd" => *a,
                "relaxed_nmadd" => shape.vector(|n| shape.lane(a, n) ^ (1 << (shape.bits - 1))),
                _ => panic!("{name} has no oracle"),
            };
            shape.vector(|n| {
                let lane = |vector| float(shape.lane(vector, n), shape.bits);
                let product = bits_of(lane(&a) * lane(b), shape.bits);
                bits_of(float(product, shape.bits) + lane(c), shape.bits)
            })
        }
    }
}

pub fn shift(name: &str, a: &V128, amount: u32) -> V128 {
    let (shape, operation) = split(name);
    let by = amount % shape.bits;
    shape.vector(|n| match operation {
        "shl" => shape.lane(a, n) << by,
        "shr_s" | "shr_u" => read(shape.lane(a, n), shape.bits, operation) >> by,
        _ => panic!("{name} has no oracle"),
    })
}

pub fn test(name: &str, a: &V128) -> u32 {
    if name == "v128_any_true" {
        return u32::from(a.iter().any(|byte| *byte > 0));
    }
    let (shape, operation) = split(name);
    let mut lanes = (0..shape.count()).map(|n| shape.lane(a, n));
    match operation {
        "all_true" => u32::from(lanes.all(|lane| lane != 0)),
        "bitmask" => lanes
            .enumerate()
            .filter(|(_, lane)| signed(*lane, shape.bits) < 0)
            .map(|(n, _)| 1 << n)
            .sum(),
        _ => panic!("{name} has no oracle"),
    }
}

pub fn splat(name: &str, value: u64) -> V128 {
    split(name).0.vector(|_| value.into())
}

/// As a slot holds it: an i32 is zero-extended.
pub fn extract(name: &str, a: &V128, lane: usize) -> u64 {
    let (shape, operation) = split(name);
    let value = read(shape.lane(a, lane), shape.bits, operation);
    match shape.bits {
        64 => value as u64,
        _ => u64::from(value as u32),
    }
}

pub fn replace(name: &str, a: &V128, value: u64, lane: usize) -> V128 {
    let shape = split(name).0;
    shape.vector(|n| match n == lane {
        true => value.into(),
        false => shape.lane(a, n),
    })
}

pub fn shuffle(a: &V128, b: &V128, lanes: &V128) -> V128 {
    let both: Vec<u8> = a.iter().chain(b).copied().collect();
    lanes.map(|index| both[usize::from(index)])
}

fn float(bits: i128, width: u32) -> f64 {
    match width {
        32 => f32::from_bits(bits as u32).into(),
        _ => f64::from_bits(bits as u64),
    }
}

/// Rounded to its width; every NaN is the positive canonical one.
fn bits_of(value: f64, width: u32) -> i128 {
    match (width, value.is_nan()) {
        (32, true) => 0x7fc0_0000,
        (32, false) => (value as f32).to_bits().into(),
        (_, true) => 0x7ff8_0000_0000_0000,
        (_, false) => value.to_bits().into(),
    }
}

/// A whole number beside `x`, with the sign of `x` also when it is zero.
fn rounded(x: f64, way: &str) -> f64 {
    let magnitude = x.abs();
    // From here on all floats are whole; also infinity and NaN.
    if x.is_nan() || magnitude >= 4_503_599_627_370_496.0 {
        return x;
    }
    let below = magnitude as i64;
    let rest = magnitude - below as f64;
    let up = match way {
        "trunc" => false,
        "ceil" => rest > 0.0 && x > 0.0,
        "floor" => rest > 0.0 && x < 0.0,
        _ => rest > 0.5 || rest == 0.5 && below % 2 == 1,
    };
    (below + i64::from(up)) as f64 * x.signum()
}
