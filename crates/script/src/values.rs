//! Values as scripts write them: arguments, and patterns for results.

use waspnest::{HeapType, Ref, Shape, Top, TypeKind, Value};

use crate::session::Session;

const F32_CANONICAL_NAN: u64 = 0x7fc0_0000;
const F64_CANONICAL_NAN: u64 = 0x7ff8_0000_0000_0000;

/// A value, or what a result should be.
pub(crate) enum Pattern {
    I32(i32),
    I64(i64),
    F32(Lane),
    F64(Lane),
    V128(Shape, Vec<Lane>),
    /// Null, of a family if one is given.
    Null(Option<Top>),
    /// Any external reference, or the one with this handle.
    Extern(Option<u32>),
    /// The handle of the embedder made internal.
    Host(u32),
    /// Any function, or the one of this index in the current instance.
    Func(Option<u32>),
    /// A reference that is not null, of a kind.
    Any(RefKind),
    Either(Vec<Pattern>),
}

/// A number by its bits, zero-extended, or one of the kinds of NaN.
#[derive(Clone, Copy)]
pub(crate) enum Lane {
    CanonicalNan,
    ArithmeticNan,
    Bits(u64),
}

/// Kinds of references that a script can ask for without naming one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefKind {
    Any,
    Eq,
    I31,
    Struct,
    Array,
}

/// The value that a script passes; `None` for what stands for no single one.
pub(crate) fn argument(pattern: &Pattern) -> Option<Value> {
    Some(match pattern {
        Pattern::I32(value) => Value::I32(*value),
        Pattern::I64(value) => Value::I64(*value),
        Pattern::F32(Lane::Bits(bits)) => Value::F32(*bits as u32),
        Pattern::F64(Lane::Bits(bits)) => Value::F64(*bits),
        Pattern::V128(shape, lanes) => {
            let mut vector = 0;
            for (number, lane) in lanes.iter().enumerate() {
                let Lane::Bits(bits) = lane else {
                    return None;
                };
                vector |= u128::from(*bits) << (number as u32 * shape.bits());
            }
            Value::V128(vector)
        }
        Pattern::Null(Some(top)) => Value::Ref(*top, Ref::Null),
        Pattern::Extern(Some(handle)) => Value::host(Some(*handle)),
        Pattern::Host(handle) => Value::Ref(Top::Any, Ref::Host(*handle)),
        _ => return None,
    })
}

/// Whether `results` are what a script expects, one by one.
pub(crate) fn all_match(results: &[Value], expected: &[Pattern], session: &Session) -> bool {
    let mut pairs = results.iter().zip(expected);
    results.len() == expected.len() && pairs.all(|(result, one)| matches(*result, one, session))
}

fn matches(result: Value, pattern: &Pattern, session: &Session) -> bool {
    match (pattern, result) {
        (Pattern::I32(expected), Value::I32(got)) => *expected == got,
        (Pattern::I64(expected), Value::I64(got)) => *expected == got,
        (Pattern::F32(expected), Value::F32(got)) => lane_matches(got.into(), *expected, 32),
        (Pattern::F64(expected), Value::F64(got)) => lane_matches(got, *expected, 64),
        (Pattern::V128(shape, lanes), Value::V128(got)) => v128_matches(got, *shape, lanes),
        (Pattern::Null(top), Value::Ref(got, Ref::Null)) => top.is_none_or(|top| top == got),
        (Pattern::Extern(None), Value::Ref(Top::Extern, target)) => target != Ref::Null,
        (Pattern::Extern(Some(expected)), Value::Ref(Top::Extern, Ref::Host(got))) => {
            *expected == got
        }
        (Pattern::Host(expected), Value::Ref(Top::Any, Ref::Host(got))) => *expected == got,
        (Pattern::Func(None), Value::Ref(_, Ref::Func(_))) => true,
        (Pattern::Func(Some(idx)), Value::Ref(_, Ref::Func(got))) => {
            session.func_of_current(*idx) == Some(got)
        }
        (Pattern::Any(kind), Value::Ref(Top::Any, target)) => is_of_kind(target, *kind, session),
        (Pattern::Either(patterns), _) => patterns
            .iter()
            .any(|pattern| matches(result, pattern, session)),
        _ => false,
    }
}

/// Whether a reference that is seen as internal is of a kind.
fn is_of_kind(target: Ref, kind: RefKind, session: &Session) -> bool {
    let object = match target {
        Ref::Object(object) => session.machine.object_type(object),
        _ => None,
    };
    match kind {
        RefKind::Any => target != Ref::Null,
        RefKind::Eq => matches!(target, Ref::I31(_) | Ref::Object(_)),
        RefKind::I31 => matches!(target, Ref::I31(_)),
        RefKind::Struct => matches!(object, Some(HeapType::Type(TypeKind::Struct, _))),
        RefKind::Array => matches!(object, Some(HeapType::Type(TypeKind::Array, _))),
    }
}

fn lane_matches(got: u64, expected: Lane, bits: u32) -> bool {
    let nan = match bits {
        32 => F32_CANONICAL_NAN,
        _ => F64_CANONICAL_NAN,
    };
    match expected {
        Lane::CanonicalNan => got & !(1 << (bits - 1)) == nan,
        Lane::ArithmeticNan => got & nan == nan,
        Lane::Bits(bits) => got == bits,
    }
}

fn v128_matches(got: u128, shape: Shape, lanes: &[Lane]) -> bool {
    let mut numbered = lanes.iter().enumerate();
    numbered.all(|(number, lane)| lane_matches(shape.lane(got, number as u32), *lane, shape.bits()))
}

/// What a script expects, in the words of the text format.
pub(crate) fn describe_expected(expected: &[Pattern]) -> String {
    let mut text = String::new();
    for pattern in expected {
        separate(&mut text, ", ");
        describe_pattern(&mut text, pattern);
    }
    or_none(text)
}

/// Values that were returned, in the words of the text format; vectors in the shape that the
/// pattern beside them has.
pub(crate) fn describe_results(results: &[Value], expected: &[Pattern]) -> String {
    let mut text = String::new();
    for (at, result) in results.iter().enumerate() {
        separate(&mut text, ", ");
        match (*result, expected.get(at)) {
            (Value::V128(vector), Some(Pattern::V128(shape, lanes))) => {
                text.push_str("v128.const ");
                text.push_str(shape.name());
                for number in 0..lanes.len() {
                    push_lane(
                        &mut text,
                        Lane::Bits(shape.lane(vector, number as u32)),
                        *shape,
                    );
                }
            }
            (result, _) => describe(&mut text, result),
        }
    }
    or_none(text)
}

fn separate(text: &mut String, separator: &str) {
    if !text.is_empty() {
        text.push_str(separator);
    }
}

fn or_none(text: String) -> String {
    match text.is_empty() {
        true => "no result".to_owned(),
        false => text,
    }
}

fn describe_pattern(text: &mut String, pattern: &Pattern) {
    match pattern {
        Pattern::F32(Lane::CanonicalNan) => text.push_str("f32.const nan:canonical"),
        Pattern::F32(Lane::ArithmeticNan) => text.push_str("f32.const nan:arithmetic"),
        Pattern::F64(Lane::CanonicalNan) => text.push_str("f64.const nan:canonical"),
        Pattern::F64(Lane::ArithmeticNan) => text.push_str("f64.const nan:arithmetic"),
        Pattern::V128(shape, lanes) => {
            text.push_str("v128.const ");
            text.push_str(shape.name());
            for lane in lanes {
                push_lane(text, *lane, *shape);
            }
        }
        Pattern::Null(None) => text.push_str("ref.null"),
        Pattern::Extern(None) => text.push_str("ref.extern"),
        Pattern::Func(None) => text.push_str("ref.func"),
        Pattern::Func(Some(idx)) => {
            text.push_str("ref.func ");
            text.push_str(&idx.to_string());
        }
        Pattern::Any(kind) => text.push_str(match kind {
            RefKind::Any => "ref.any",
            RefKind::Eq => "ref.eq",
            RefKind::I31 => "ref.i31",
            RefKind::Struct => "ref.struct",
            RefKind::Array => "ref.array",
        }),
        Pattern::Either(patterns) => {
            for (number, pattern) in patterns.iter().enumerate() {
                if number > 0 {
                    text.push_str(" or ");
                }
                describe_pattern(text, pattern);
            }
        }
        pattern => {
            if let Some(value) = argument(pattern) {
                describe(text, value);
            }
        }
    }
}

/// A lane after a blank; integers signed.
fn push_lane(text: &mut String, lane: Lane, shape: Shape) {
    text.push(' ');
    let bits = match lane {
        Lane::CanonicalNan => return text.push_str("nan:canonical"),
        Lane::ArithmeticNan => return text.push_str("nan:arithmetic"),
        Lane::Bits(bits) => bits,
    };
    text.push_str(&shape.value(bits).to_string());
}

fn describe(text: &mut String, value: Value) {
    let (what, number) = match value {
        Value::I32(_) => ("i32.const ", value.to_string()),
        Value::I64(_) => ("i64.const ", value.to_string()),
        Value::F32(_) => ("f32.const ", value.to_string()),
        Value::F64(_) => ("f64.const ", value.to_string()),
        Value::V128(_) => ("v128.const ", value.to_string()),
        Value::Ref(top, Ref::Null) => ("ref.null ", top.ref_type().heap.to_string()),
        Value::Ref(_, Ref::Func(_)) => ("ref.func", String::new()),
        Value::Ref(Top::Any, Ref::Host(handle)) => ("ref.host ", handle.to_string()),
        Value::Ref(_, Ref::Host(handle)) => ("ref.extern ", handle.to_string()),
        Value::Ref(_, Ref::I31(value)) => ("ref.i31 ", value.to_string()),
        Value::Ref(_, Ref::Object(object)) => ("object ", object.to_string()),
        Value::Ref(_, Ref::Exception(object)) => ("exception ", object.to_string()),
    };
    text.push_str(what);
    text.push_str(&number);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Parts;

    /// Whether a vector fits a pattern as a script writes it.
    fn fits(vector: u128, pattern: &str) -> bool {
        let text = format!("(assert_return (invoke \"\") (v128.const {pattern}))");
        let parts = Parts::read(&text).expect("it is a pattern");
        match &parts.results[..] {
            [Pattern::V128(shape, lanes)] => v128_matches(vector, *shape, lanes),
            _ => panic!("{pattern} is no vector"),
        }
    }

    #[test]
    fn vectors_match_lane_by_lane_in_every_shape() {
        let bytes = u128::from_le_bytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xff]);
        assert!(fits(bytes, "i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 -1"));
        assert!(!fits(bytes, "i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 1"));
        assert!(fits(
            bytes,
            "i16x8 0x201 0x403 0x605 0x807 0xa09 0xc0b 0xe0d 0xff0f"
        ));
        assert!(!fits(
            bytes,
            "i16x8 0x201 0x403 0x605 0x807 0xa09 0xc0b 0xe0d 0x7f0f"
        ));
        assert!(fits(
            bytes,
            "i32x4 0x04030201 0x08070605 0x0c0b0a09 0xff0f0e0d"
        ));
        assert!(fits(bytes, "i64x2 0x0807060504030201 0xff0f0e0d0c0b0a09"));
        assert!(!fits(bytes, "i64x2 0x0807060504030201 0x7f0f0e0d0c0b0a09"));
        let float = |value: f32| u128::from(value.to_bits());
        let nan = u128::from(0xffc0_0000_u32);
        let vector = float(1.5) | nan << 32 | float(-0.0) << 64 | (nan | 1) << 96;
        assert!(fits(vector, "f32x4 1.5 nan:canonical -0 nan:arithmetic"));
        assert!(!fits(vector, "f32x4 1.5 nan:canonical 0 nan:arithmetic"));
        assert!(!fits(vector, "f32x4 1.5 nan:canonical -0 nan:canonical"));
        let pair = u128::from(1.5_f64.to_bits()) | u128::from(F64_CANONICAL_NAN) << 64;
        assert!(fits(pair, "f64x2 1.5 nan:canonical"));
        assert!(!fits(pair, "f64x2 -1.5 nan:canonical"));
    }
}
