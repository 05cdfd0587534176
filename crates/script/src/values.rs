//! Values as scripts write them: arguments, and patterns for results.

use waspnest::{HeapType as Heap, Ref, Top, TypeKind, Value};
use wast::core::{AbstractHeapType, HeapType, NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::token::Index;
use wast::{WastArg, WastRet};

use crate::session::Session;

const F32_CANONICAL_NAN: u32 = 0x7fc0_0000;
const F64_CANONICAL_NAN: u64 = 0x7ff8_0000_0000_0000;

/// The arguments of an invocation.
///
/// # Errors
///
/// A sentence, if the machine has no such value.
pub(crate) fn arguments(args: &[WastArg<'_>]) -> Result<Vec<Value>, String> {
    args.iter().map(argument).collect()
}

fn argument(arg: &WastArg<'_>) -> Result<Value, String> {
    let unknown = || "an argument that the machine does not know".to_owned();
    let WastArg::Core(arg) = arg else {
        return Err(unknown());
    };
    match arg {
        WastArgCore::I32(value) => Ok(Value::I32(*value)),
        WastArgCore::I64(value) => Ok(Value::I64(*value)),
        WastArgCore::F32(value) => Ok(Value::F32(value.bits)),
        WastArgCore::F64(value) => Ok(Value::F64(value.bits)),
        WastArgCore::V128(value) => Ok(Value::V128(u128::from_le_bytes(value.to_le_bytes()))),
        WastArgCore::RefNull(heap) => match top_of(heap) {
            Some(top) => Ok(Value::Ref(top, Ref::Null)),
            None => Err(unknown()),
        },
        WastArgCore::RefExtern(handle) => Ok(Value::host(Some(*handle))),
        WastArgCore::RefHost(handle) => Ok(Value::Ref(Top::Any, Ref::Host(*handle))),
    }
}

/// What a result should be.
pub(crate) enum Pattern {
    I32(i32),
    I64(i64),
    F32(Float<u32>),
    F64(Float<u64>),
    V128(V128Pattern),
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
    /// What the machine has no values for.
    Unknown,
}

/// A float by its bits, or one of the kinds of NaN.
#[derive(Clone, Copy)]
pub(crate) enum Float<B> {
    CanonicalNan,
    ArithmeticNan,
    Bits(B),
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

impl Pattern {
    pub(crate) fn of(ret: &WastRet<'_>) -> Pattern {
        match ret {
            WastRet::Core(ret) => Pattern::of_core(ret),
            _ => Pattern::Unknown,
        }
    }

    fn of_core(ret: &WastRetCore<'_>) -> Pattern {
        match ret {
            WastRetCore::I32(value) => Pattern::I32(*value),
            WastRetCore::I64(value) => Pattern::I64(*value),
            WastRetCore::F32(pattern) => Pattern::F32(float(pattern, |value| value.bits)),
            WastRetCore::F64(pattern) => Pattern::F64(float(pattern, |value| value.bits)),
            WastRetCore::V128(pattern) => Pattern::V128(pattern.clone()),
            WastRetCore::RefNull(heap) => Pattern::Null(heap.as_ref().and_then(top_of)),
            WastRetCore::RefExtern(handle) => Pattern::Extern(*handle),
            WastRetCore::RefFunc(None) => Pattern::Func(None),
            WastRetCore::RefFunc(Some(Index::Num(idx, _))) => Pattern::Func(Some(*idx)),
            WastRetCore::RefAny => Pattern::Any(RefKind::Any),
            WastRetCore::RefEq => Pattern::Any(RefKind::Eq),
            WastRetCore::RefI31 => Pattern::Any(RefKind::I31),
            WastRetCore::RefStruct => Pattern::Any(RefKind::Struct),
            WastRetCore::RefArray => Pattern::Any(RefKind::Array),
            WastRetCore::Either(patterns) => {
                Pattern::Either(patterns.iter().map(Pattern::of_core).collect())
            }
            WastRetCore::RefHost(handle) => Pattern::Host(*handle),
            WastRetCore::RefI31Shared | WastRetCore::RefFunc(Some(Index::Id(_))) => {
                Pattern::Unknown
            }
        }
    }
}

fn float<F, B>(pattern: &NanPattern<F>, bits: impl Fn(&F) -> B) -> Float<B> {
    match pattern {
        NanPattern::CanonicalNan => Float::CanonicalNan,
        NanPattern::ArithmeticNan => Float::ArithmeticNan,
        NanPattern::Value(value) => Float::Bits(bits(value)),
    }
}

/// The family of a heap type; `None` for a defined type and for what the machine does not have.
fn top_of(heap: &HeapType<'_>) -> Option<Top> {
    let HeapType::Abstract { shared: false, ty } = heap else {
        return None;
    };
    use AbstractHeapType as Abstract;
    match ty {
        Abstract::Func | Abstract::NoFunc => Some(Top::Func),
        Abstract::Extern | Abstract::NoExtern => Some(Top::Extern),
        Abstract::Exn | Abstract::NoExn => Some(Top::Exn),
        Abstract::Any
        | Abstract::None
        | Abstract::Eq
        | Abstract::I31
        | Abstract::Struct
        | Abstract::Array => Some(Top::Any),
        _ => None,
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
        RefKind::Struct => matches!(object, Some(Heap::Type(TypeKind::Struct, _))),
        RefKind::Array => matches!(object, Some(Heap::Type(TypeKind::Array, _))),
    }
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
        (Pattern::F32(expected), Value::F32(got)) => f32_matches(got, *expected),
        (Pattern::F64(expected), Value::F64(got)) => f64_matches(got, *expected),
        (Pattern::V128(expected), Value::V128(got)) => v128_matches(got, expected),
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

fn f32_matches(got: u32, expected: Float<u32>) -> bool {
    match expected {
        Float::CanonicalNan => got & 0x7fff_ffff == F32_CANONICAL_NAN,
        Float::ArithmeticNan => got & F32_CANONICAL_NAN == F32_CANONICAL_NAN,
        Float::Bits(bits) => got == bits,
    }
}

fn f64_matches(got: u64, expected: Float<u64>) -> bool {
    match expected {
        Float::CanonicalNan => got & 0x7fff_ffff_ffff_ffff == F64_CANONICAL_NAN,
        Float::ArithmeticNan => got & F64_CANONICAL_NAN == F64_CANONICAL_NAN,
        Float::Bits(bits) => got == bits,
    }
}

fn v128_matches(got: u128, expected: &V128Pattern) -> bool {
    lanes(expected)
        .into_iter()
        .zip(lanes_of(got, expected))
        .all(|(lane, got)| match lane {
            Pattern::F32(expected) => f32_matches(got as u32, expected),
            Pattern::F64(expected) => f64_matches(got, expected),
            Pattern::I32(expected) => expected as u32 == got as u32,
            Pattern::I64(expected) => expected as u64 == got,
            _ => false,
        })
}

/// The lanes of a vector, the narrow ones extended to 32 bits.
fn lanes(pattern: &V128Pattern) -> Vec<Pattern> {
    let narrow = |lane: i32| Pattern::I32(lane);
    match pattern {
        V128Pattern::I8x16(lanes) => lanes.iter().map(|lane| narrow((*lane).into())).collect(),
        V128Pattern::I16x8(lanes) => lanes.iter().map(|lane| narrow((*lane).into())).collect(),
        V128Pattern::I32x4(lanes) => lanes.iter().map(|lane| Pattern::I32(*lane)).collect(),
        V128Pattern::I64x2(lanes) => lanes.iter().map(|lane| Pattern::I64(*lane)).collect(),
        V128Pattern::F32x4(lanes) => lanes
            .iter()
            .map(|lane| Pattern::F32(float(lane, |value| value.bits)))
            .collect(),
        V128Pattern::F64x2(lanes) => lanes
            .iter()
            .map(|lane| Pattern::F64(float(lane, |value| value.bits)))
            .collect(),
    }
}

/// Name of the shape, and the bits of a lane.
fn shape(pattern: &V128Pattern) -> (&'static str, u32) {
    match pattern {
        V128Pattern::I8x16(_) => ("i8x16", 8),
        V128Pattern::I16x8(_) => ("i16x8", 16),
        V128Pattern::I32x4(_) => ("i32x4", 32),
        V128Pattern::I64x2(_) => ("i64x2", 64),
        V128Pattern::F32x4(_) => ("f32x4", 32),
        V128Pattern::F64x2(_) => ("f64x2", 64),
    }
}

/// The lanes of a value in the shape of a pattern, the narrow ones sign-extended to 32 bits.
fn lanes_of(value: u128, like: &V128Pattern) -> impl Iterator<Item = u64> {
    let bits = shape(like).1;
    (0..128 / bits).map(move |lane| {
        let lane = (value >> (lane * bits)) as u64;
        match bits {
            8 => u64::from(i32::from(lane as i8) as u32),
            16 => u64::from(i32::from(lane as i16) as u32),
            32 => u64::from(lane as u32),
            _ => lane,
        }
    })
}

/// What a script expects, in the words of the text format.
pub(crate) fn describe_expected(expected: &[Pattern]) -> String {
    describe_list(expected.iter().map(describe_pattern))
}

fn describe_pattern(pattern: &Pattern) -> String {
    match pattern {
        Pattern::I32(value) => describe(Value::I32(*value)),
        Pattern::I64(value) => describe(Value::I64(*value)),
        Pattern::F32(expected) => format!("f32.const {}", describe_f32(*expected)),
        Pattern::F64(expected) => format!("f64.const {}", describe_f64(*expected)),
        Pattern::V128(expected) => {
            let mut text = format!("v128.const {}", shape(expected).0);
            for lane in lanes(expected) {
                text.push(' ');
                text.push_str(&match lane {
                    Pattern::I32(value) => value.to_string(),
                    Pattern::I64(value) => value.to_string(),
                    Pattern::F32(expected) => describe_f32(expected),
                    Pattern::F64(expected) => describe_f64(expected),
                    _ => String::new(),
                });
            }
            text
        }
        Pattern::Null(None) => "ref.null".to_owned(),
        Pattern::Null(Some(top)) => describe(Value::Ref(*top, Ref::Null)),
        Pattern::Extern(None) => "ref.extern".to_owned(),
        Pattern::Extern(Some(handle)) => format!("ref.extern {handle}"),
        Pattern::Host(handle) => format!("ref.host {handle}"),
        Pattern::Func(None) => "ref.func".to_owned(),
        Pattern::Func(Some(idx)) => format!("ref.func {idx}"),
        Pattern::Any(kind) => match kind {
            RefKind::Any => "ref.any",
            RefKind::Eq => "ref.eq",
            RefKind::I31 => "ref.i31",
            RefKind::Struct => "ref.struct",
            RefKind::Array => "ref.array",
        }
        .to_owned(),
        Pattern::Either(patterns) => {
            let patterns: Vec<String> = patterns.iter().map(describe_pattern).collect();
            patterns.join(" or ")
        }
        Pattern::Unknown => "a value that the machine does not know".to_owned(),
    }
}

fn describe_f32(expected: Float<u32>) -> String {
    match expected {
        Float::CanonicalNan => "nan:canonical".to_owned(),
        Float::ArithmeticNan => "nan:arithmetic".to_owned(),
        Float::Bits(bits) => Value::F32(bits).to_string(),
    }
}

fn describe_f64(expected: Float<u64>) -> String {
    match expected {
        Float::CanonicalNan => "nan:canonical".to_owned(),
        Float::ArithmeticNan => "nan:arithmetic".to_owned(),
        Float::Bits(bits) => Value::F64(bits).to_string(),
    }
}

/// Values that were returned, in the words of the text format; vectors in the shape that the
/// pattern beside them has.
pub(crate) fn describe_results(results: &[Value], expected: &[Pattern]) -> String {
    describe_list(results.iter().enumerate().map(|(at, result)| {
        match (*result, expected.get(at)) {
            (Value::V128(bits), Some(Pattern::V128(like))) => describe_v128(bits, like),
            (result, _) => describe(result),
        }
    }))
}

fn describe_v128(bits: u128, like: &V128Pattern) -> String {
    let mut text = format!("v128.const {}", shape(like).0);
    for lane in lanes_of(bits, like) {
        let value = match like {
            V128Pattern::F32x4(_) => Value::F32(lane as u32),
            V128Pattern::F64x2(_) => Value::F64(lane),
            V128Pattern::I64x2(_) => Value::I64(lane as i64),
            _ => Value::I32(lane as i32),
        };
        text.push(' ');
        text.push_str(&value.to_string());
    }
    text
}

fn describe_list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        "no result".to_owned()
    } else {
        items.join(", ")
    }
}

fn describe(value: Value) -> String {
    match value {
        Value::I32(_) => format!("i32.const {value}"),
        Value::I64(_) => format!("i64.const {value}"),
        Value::F32(_) => format!("f32.const {value}"),
        Value::F64(_) => format!("f64.const {value}"),
        Value::V128(_) => format!("v128.const {value}"),
        Value::Ref(top, Ref::Null) => format!("ref.null {}", top.ref_type().heap),
        Value::Ref(_, Ref::Func(_)) => "ref.func".to_owned(),
        Value::Ref(Top::Any, Ref::Host(handle)) => format!("ref.host {handle}"),
        Value::Ref(_, Ref::Host(handle)) => format!("ref.extern {handle}"),
        Value::Ref(_, Ref::I31(value)) => format!("ref.i31 {value}"),
        Value::Ref(_, Ref::Object(object)) => format!("object {object}"),
        Value::Ref(_, Ref::Exception(object)) => format!("exception {object}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a vector fits a pattern as a script writes it.
    fn fits(bits: u128, pattern: &str) -> bool {
        let buffer = wast::parser::ParseBuffer::new(pattern).expect("the pattern has tokens");
        let pattern = wast::parser::parse::<V128Pattern>(&buffer).expect("it is a pattern");
        v128_matches(bits, &pattern)
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
