//! Values as scripts write them: arguments, and patterns for results.

use waspnest::{Ref, Top, Value};
use wast::core::{AbstractHeapType, HeapType, NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64, Index};
use wast::{WastArg, WastRet};

use crate::action::Session;
use crate::report::Mismatch;

const F32_CANONICAL_NAN: u32 = 0x7fc0_0000;
const F64_CANONICAL_NAN: u64 = 0x7ff8_0000_0000_0000;

/// The arguments of an invocation.
pub(crate) fn arguments(args: &[WastArg<'_>]) -> Result<Vec<Value>, Mismatch> {
    args.iter().map(argument).collect()
}

fn argument(arg: &WastArg<'_>) -> Result<Value, Mismatch> {
    let unknown = || Mismatch::new("an argument that the machine knows", format!("{arg:?}"));
    let WastArg::Core(arg_core) = arg else {
        return Err(unknown());
    };
    match arg_core {
        WastArgCore::I32(value) => Ok(Value::I32(*value)),
        WastArgCore::I64(value) => Ok(Value::I64(*value)),
        WastArgCore::F32(value) => Ok(Value::F32(value.bits)),
        WastArgCore::F64(value) => Ok(Value::F64(value.bits)),
        WastArgCore::RefNull(heap) => null(heap).ok_or_else(unknown),
        WastArgCore::RefExtern(handle) => Ok(Value::host(Some(*handle))),
        WastArgCore::V128(value) => Ok(Value::V128(u128::from_le_bytes(value.to_le_bytes()))),
        WastArgCore::RefHost(_) => Err(unknown()),
    }
}

fn null(heap: &HeapType<'_>) -> Option<Value> {
    match heap {
        HeapType::Abstract {
            shared: false,
            ty: AbstractHeapType::Func,
        } => Some(Value::func(None)),
        HeapType::Abstract {
            shared: false,
            ty: AbstractHeapType::Extern,
        } => Some(Value::host(None)),
        _ => None,
    }
}

/// Whether `results` are what a script expects, one by one.
pub(crate) fn all_match(results: &[Value], expected: &[WastRet<'_>], session: &Session) -> bool {
    results.len() == expected.len()
        && results
            .iter()
            .zip(expected)
            .all(|(result, pattern)| match pattern {
                WastRet::Core(pattern) => matches(*result, pattern, session),
                _ => false,
            })
}

fn matches(result: Value, pattern: &WastRetCore<'_>, session: &Session) -> bool {
    match (pattern, result) {
        (WastRetCore::I32(expected), Value::I32(got)) => *expected == got,
        (WastRetCore::I64(expected), Value::I64(got)) => *expected == got,
        (WastRetCore::F32(expected), Value::F32(got)) => f32_matches(got, expected),
        (WastRetCore::F64(expected), Value::F64(got)) => f64_matches(got, expected),
        (WastRetCore::V128(expected), Value::V128(got)) => v128_matches(got, expected),
        (WastRetCore::RefNull(None), Value::Ref(_, Ref::Null)) => true,
        (WastRetCore::RefNull(Some(heap)), _) => null(heap) == Some(result),
        (WastRetCore::RefExtern(expected), Value::Ref(Top::Extern, Ref::Host(got))) => {
            expected.is_none_or(|expected| expected == got)
        }
        (WastRetCore::RefFunc(None), Value::Ref(_, Ref::Func(_))) => true,
        (WastRetCore::RefFunc(Some(Index::Num(idx, _))), Value::Ref(_, Ref::Func(got))) => {
            session.func_of_current(*idx) == Some(got)
        }
        (WastRetCore::Either(patterns), _) => patterns
            .iter()
            .any(|pattern| matches(result, pattern, session)),
        _ => false,
    }
}

fn f32_matches(got: u32, expected: &NanPattern<F32>) -> bool {
    match expected {
        NanPattern::CanonicalNan => got & 0x7fff_ffff == F32_CANONICAL_NAN,
        NanPattern::ArithmeticNan => got & F32_CANONICAL_NAN == F32_CANONICAL_NAN,
        NanPattern::Value(value) => got == value.bits,
    }
}

fn f64_matches(got: u64, expected: &NanPattern<F64>) -> bool {
    match expected {
        NanPattern::CanonicalNan => got & 0x7fff_ffff_ffff_ffff == F64_CANONICAL_NAN,
        NanPattern::ArithmeticNan => got & F64_CANONICAL_NAN == F64_CANONICAL_NAN,
        NanPattern::Value(value) => got == value.bits,
    }
}

fn v128_matches(got: u128, expected: &V128Pattern) -> bool {
    let got = got.to_le_bytes();
    match expected {
        V128Pattern::I8x16(lanes) => {
            lanes_match(&got, lanes, |got, lane| got == lane.to_le_bytes())
        }
        V128Pattern::I16x8(lanes) => {
            lanes_match(&got, lanes, |got, lane| got == lane.to_le_bytes())
        }
        V128Pattern::I32x4(lanes) => {
            lanes_match(&got, lanes, |got, lane| got == lane.to_le_bytes())
        }
        V128Pattern::I64x2(lanes) => {
            lanes_match(&got, lanes, |got, lane| got == lane.to_le_bytes())
        }
        V128Pattern::F32x4(lanes) => lanes_match(&got, lanes, |got, lane| {
            f32_matches(u32::from_le_bytes(got), lane)
        }),
        V128Pattern::F64x2(lanes) => lanes_match(&got, lanes, |got, lane| {
            f64_matches(u64::from_le_bytes(got), lane)
        }),
    }
}

/// Whether each lane of `N` bytes of a vector is as `matches` wants it.
fn lanes_match<const N: usize, T>(
    got: &[u8; 16],
    expected: &[T],
    matches: impl Fn([u8; N], &T) -> bool,
) -> bool {
    let (lanes, _) = got.as_chunks::<N>();
    lanes
        .iter()
        .zip(expected)
        .all(|(got, lane)| matches(*got, lane))
}

/// What a script expects, in the words of the text format.
pub(crate) fn describe_expected(expected: &[WastRet<'_>]) -> String {
    describe_list(expected.iter().map(|pattern| match pattern {
        WastRet::Core(pattern) => describe_pattern(pattern),
        other => format!("{other:?}"),
    }))
}

fn describe_pattern(pattern: &WastRetCore<'_>) -> String {
    match pattern {
        WastRetCore::I32(value) => describe(Value::I32(*value)),
        WastRetCore::I64(value) => describe(Value::I64(*value)),
        WastRetCore::F32(pattern) => match pattern {
            NanPattern::CanonicalNan => "f32.const nan:canonical".to_owned(),
            NanPattern::ArithmeticNan => "f32.const nan:arithmetic".to_owned(),
            NanPattern::Value(value) => describe(Value::F32(value.bits)),
        },
        WastRetCore::F64(pattern) => match pattern {
            NanPattern::CanonicalNan => "f64.const nan:canonical".to_owned(),
            NanPattern::ArithmeticNan => "f64.const nan:arithmetic".to_owned(),
            NanPattern::Value(value) => describe(Value::F64(value.bits)),
        },
        WastRetCore::RefNull(None) => "ref.null".to_owned(),
        WastRetCore::RefNull(Some(heap)) => match null(heap) {
            Some(value) => describe(value),
            None => format!("ref.null of {heap:?}"),
        },
        WastRetCore::RefExtern(None) => "ref.extern".to_owned(),
        WastRetCore::RefExtern(Some(handle)) => describe(Value::host(Some(*handle))),
        WastRetCore::RefFunc(None) => "ref.func".to_owned(),
        WastRetCore::RefFunc(Some(Index::Num(idx, _))) => format!("ref.func {idx}"),
        WastRetCore::Either(patterns) => {
            let patterns: Vec<String> = patterns.iter().map(describe_pattern).collect();
            patterns.join(" or ")
        }
        other => format!("{other:?}"),
    }
}

/// Values that were returned, in the words of the text format.
pub(crate) fn describe_results(results: &[Value]) -> String {
    describe_list(results.iter().copied().map(describe))
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
        Value::I32(value) => format!("i32.const {value}"),
        Value::I64(value) => format!("i64.const {value}"),
        Value::F32(bits) => format!("f32.const {:?} (bits 0x{bits:08x})", f32::from_bits(bits)),
        Value::F64(bits) => format!("f64.const {:?} (bits 0x{bits:016x})", f64::from_bits(bits)),
        Value::V128(bits) => format!("v128.const 0x{bits:032x}"),
        Value::Ref(top, Ref::Null) => format!("ref.null {}", top.ref_type().heap),
        Value::Ref(_, Ref::Func(_)) => "ref.func".to_owned(),
        Value::Ref(_, Ref::Host(handle)) => format!("ref.extern {handle}"),
        Value::Ref(_, Ref::I31(value)) => format!("ref.i31 {value}"),
        Value::Ref(_, Ref::Object(object)) => format!("object {object}"),
        Value::Ref(_, Ref::Exception(object)) => format!("exception {object}"),
    }
}
