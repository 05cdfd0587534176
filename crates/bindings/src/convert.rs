//! The machine's types as plain data and back.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;
use waspnest::{ExternType, FuncAddr, ObjectAddr, Ref, Top, ValType};

use crate::dto::{ExternKind, FuncType, RefTarget, Schedule, Shape, Value};

/// Plain data as JavaScript: bigint for 64-bit numbers, objects for records.
pub fn to_js<T: Serialize + ?Sized>(value: &T) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::new()
        .serialize_large_number_types_as_bigints(true)
        .serialize_maps_as_objects(true);
    match value.serialize(&serializer) {
        Ok(value) => value,
        // Structs of numbers, texts and lists: nothing in them can fail to serialise.
        Err(error) => panic!("plain data did not cross: {error}"),
    }
}

/// Large plain data without 64-bit numbers or bytes, as JSON: JavaScript parses it several times
/// faster than it takes objects made one by one.
pub fn json<T: Serialize + ?Sized>(value: &T) -> String {
    match serde_json::to_string(value) {
        Ok(text) => text,
        // Structs of numbers, texts and lists: nothing in them can fail to serialise.
        Err(error) => panic!("plain data did not cross: {error}"),
    }
}

/// JavaScript as plain data.
///
/// # Errors
/// A JavaScript `Error` that says what does not fit.
pub fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|error| refuse(&error.to_string()))
}

/// A JavaScript `Error` with a sentence.
pub fn refuse(message: &str) -> JsValue {
    js_sys::Error::new(message).into()
}

pub fn value_out(value: waspnest::Value, func_name: impl Fn(FuncAddr) -> String) -> Value {
    match value {
        waspnest::Value::I32(value) => Value::I32 { bits: value as u32 },
        waspnest::Value::I64(value) => Value::I64 { bits: value as u64 },
        waspnest::Value::F32(bits) => Value::F32 { bits },
        waspnest::Value::F64(bits) => Value::F64 { bits },
        waspnest::Value::V128(bits) => Value::V128 {
            low: bits as u64,
            high: (bits >> 64) as u64,
            shape: None,
        },
        waspnest::Value::Ref(top, target) => Value::Ref {
            ref_type: top.ref_type().to_string(),
            target: match target {
                Ref::Null => RefTarget::Null,
                Ref::Func(func) => RefTarget::Func {
                    func: func.0,
                    name: func_name(func),
                },
                Ref::Host(handle) => RefTarget::Extern { handle },
                Ref::I31(value) => RefTarget::I31 { value },
                Ref::Object(object) => RefTarget::Object {
                    object: object.0,
                    // For whoever knows the machine to write.
                    text: String::new(),
                },
                Ref::Exception(object) => RefTarget::Exception {
                    object: object.0,
                    // For whoever knows the machine to write.
                    text: String::new(),
                },
            },
        },
    }
}

/// With the shape in which it is best read, if it is a vector.
pub fn shaped(mut value: Value, best: Option<waspnest::Shape>) -> Value {
    if let Value::V128 { shape, .. } = &mut value {
        *shape = best.map(|shape| match shape {
            waspnest::Shape::I8x16 => Shape::I8x16,
            waspnest::Shape::I16x8 => Shape::I16x8,
            waspnest::Shape::I32x4 => Shape::I32x4,
            waspnest::Shape::I64x2 => Shape::I64x2,
            waspnest::Shape::F32x4 => Shape::F32x4,
            waspnest::Shape::F64x2 => Shape::F64x2,
        });
    }
    value
}

pub fn value_in(value: &Value) -> waspnest::Value {
    match value {
        Value::I32 { bits } => waspnest::Value::I32(*bits as i32),
        Value::I64 { bits } => waspnest::Value::I64(*bits as i64),
        Value::F32 { bits } => waspnest::Value::F32(*bits),
        Value::F64 { bits } => waspnest::Value::F64(*bits),
        Value::V128 { low, high, .. } => {
            waspnest::Value::V128(u128::from(*low) | u128::from(*high) << 64)
        }
        Value::Ref { ref_type, target } => {
            let target = match target {
                RefTarget::Null => Ref::Null,
                RefTarget::Func { func, .. } => Ref::Func(FuncAddr(*func)),
                RefTarget::Extern { handle } => Ref::Host(*handle),
                RefTarget::I31 { value } => Ref::I31(*value),
                RefTarget::Object { object, .. } => Ref::Object(ObjectAddr(*object)),
                RefTarget::Exception { object, .. } => Ref::Exception(ObjectAddr(*object)),
            };
            // What a reference points to decides; the family only matters for showing it.
            let tops = [Top::Func, Top::Extern, Top::Any, Top::Exn];
            let named = |top: &Top| top.ref_type().to_string() == *ref_type;
            waspnest::Value::Ref(tops.into_iter().find(named).unwrap_or(Top::Any), target)
        }
    }
}

pub fn func_type(ty: &waspnest::FuncType) -> FuncType {
    let names = |types: &[ValType]| types.iter().map(ValType::to_string).collect();
    FuncType {
        params: names(&ty.params),
        results: names(&ty.results),
    }
}

/// `$name`, or `[index]` without a name.
pub fn param_name(index: usize, name: Option<&str>) -> String {
    name.map_or_else(|| format!("[{index}]"), |name| format!("${name}"))
}

/// Kind, text and, for functions and tags, the signature of an import or export.
pub fn extern_type(ty: &ExternType) -> (ExternKind, String, Option<FuncType>) {
    let (kind, func) = match ty {
        ExternType::Func(func) => (ExternKind::Func, Some(func_type(func))),
        ExternType::Table(_) => (ExternKind::Table, None),
        ExternType::Memory(_) => (ExternKind::Memory, None),
        ExternType::Global(_) => (ExternKind::Global, None),
        ExternType::Tag(values) => (ExternKind::Tag, Some(func_type(values))),
    };
    (kind, ty.to_string(), func)
}

/// The most common cost becomes the base, so that the list stays short.
pub fn schedule_out(schedule: &waspnest::Schedule) -> Schedule {
    let mut all: Vec<u32> = schedule.iter().map(|(_, cost)| cost).collect();
    all.sort_unstable();
    let by_cost = all.chunk_by(|a, b| a == b);
    let base = by_cost
        .max_by_key(|same| same.len())
        .map_or(0, |same| same[0]);
    let mut costs = BTreeMap::new();
    for (name, cost) in schedule.iter().filter(|(_, cost)| *cost != base) {
        costs.insert(name.to_owned(), cost);
    }
    let dynamic = schedule.dynamic();
    Schedule {
        name: schedule.name().to_owned(),
        denominator: schedule.denominator(),
        costs,
        base,
        taken_branch: dynamic.taken_branch,
        per_grown_page: dynamic.grown_page,
        per_bulk_byte: dynamic.bulk_byte,
        per_host_call: dynamic.host_call,
        per_counted_zero: dynamic.counted_zero,
        per_counted_one: dynamic.counted_one,
    }
}

/// # Errors
/// A name that is no instruction, or a cost or denominator out of range.
pub fn schedule_in(schedule: &Schedule) -> Result<waspnest::Schedule, String> {
    let mut made = waspnest::Schedule::free(schedule.name.as_str(), schedule.denominator)
        .map_err(|error| error.to_string())?;
    let names: Vec<&'static str> = made.iter().map(|(name, _)| name).collect();
    let dynamic = [
        ("taken branch", schedule.taken_branch),
        ("grown page", schedule.per_grown_page),
        ("bulk byte", schedule.per_bulk_byte),
        ("host call", schedule.per_host_call),
        ("counted zero", schedule.per_counted_zero),
        ("counted one", schedule.per_counted_one),
    ];
    let base = names.into_iter().map(|name| (name, schedule.base));
    let own = schedule
        .costs
        .iter()
        .map(|(name, cost)| (name.as_str(), *cost));
    for (name, cost) in base.chain(own).chain(dynamic) {
        made.set(name, u64::from(cost))
            .map_err(|error| error.to_string())?;
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_crosses_both_ways_unchanged() {
        for schedule in waspnest::Schedule::builtin() {
            assert_eq!(schedule_in(&schedule_out(&schedule)), Ok(schedule));
        }
    }

    #[test]
    fn values_cross_both_ways_unchanged() {
        for value in [
            waspnest::Value::I32(-1),
            waspnest::Value::I64(i64::MIN),
            waspnest::Value::F32(0x7fc0_0000),
            waspnest::Value::F64(0x8000_0000_0000_0000),
            waspnest::Value::V128(u128::MAX - 1),
            waspnest::Value::func(None),
            waspnest::Value::func(Some(FuncAddr(7))),
            waspnest::Value::host(Some(0)),
            waspnest::Value::Ref(Top::Any, Ref::I31(0x7fff_ffff)),
            waspnest::Value::Ref(Top::Extern, Ref::Object(ObjectAddr(3))),
            waspnest::Value::Ref(Top::Exn, Ref::Exception(ObjectAddr(3))),
        ] {
            assert_eq!(value_in(&value_out(value, |_| String::new())), value);
        }
    }
}
