//! The machine's types as plain data and back.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;
use waspnest::{ExternType, FuncAddr, RefType, ValType};

use crate::dto::{ExternKind, FuncType, RefTarget, Schedule, Value};

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
    let null = |ty: &str| Value::Ref {
        ref_type: ty.to_owned(),
        target: RefTarget::Null,
    };
    match value {
        waspnest::Value::I32(value) => Value::I32 { bits: value as u32 },
        waspnest::Value::I64(value) => Value::I64 { bits: value as u64 },
        waspnest::Value::F32(bits) => Value::F32 { bits },
        waspnest::Value::F64(bits) => Value::F64 { bits },
        // No module that has one is accepted yet.
        waspnest::Value::V128(_) => null("v128"),
        waspnest::Value::FuncRef(None) => null("funcref"),
        waspnest::Value::ExternRef(None) => null("externref"),
        waspnest::Value::FuncRef(Some(func)) => Value::Ref {
            ref_type: "funcref".to_owned(),
            target: RefTarget::Func {
                func: func.0,
                name: func_name(func),
            },
        },
        waspnest::Value::ExternRef(Some(handle)) => Value::Ref {
            ref_type: "externref".to_owned(),
            target: RefTarget::Extern { handle },
        },
    }
}

/// # Errors
/// A reference type that the machine does not have.
pub fn value_in(value: &Value) -> Result<waspnest::Value, String> {
    Ok(match value {
        Value::I32 { bits } => waspnest::Value::I32(*bits as i32),
        Value::I64 { bits } => waspnest::Value::I64(*bits as i64),
        Value::F32 { bits } => waspnest::Value::F32(*bits),
        Value::F64 { bits } => waspnest::Value::F64(*bits),
        Value::Ref { ref_type, target } => match (ref_type.as_str(), target) {
            ("funcref", RefTarget::Null) => waspnest::Value::FuncRef(None),
            ("externref", RefTarget::Null) => waspnest::Value::ExternRef(None),
            (_, RefTarget::Func { func, .. }) => waspnest::Value::FuncRef(Some(FuncAddr(*func))),
            (_, RefTarget::Extern { handle }) => waspnest::Value::ExternRef(Some(*handle)),
            (other, RefTarget::Null) => return Err(format!("{other} is no reference type")),
        },
    })
}

/// The bits of a value: numbers as unsigned, references as number plus one, null 0.
pub fn bits_out(value: waspnest::Value) -> u64 {
    match value {
        waspnest::Value::I32(value) => u64::from(value as u32),
        waspnest::Value::I64(value) => value as u64,
        waspnest::Value::F32(bits) => u64::from(bits),
        waspnest::Value::F64(bits) => bits,
        waspnest::Value::V128(bits) => bits as u64,
        waspnest::Value::FuncRef(func) => func.map_or(0, |func| u64::from(func.0) + 1),
        waspnest::Value::ExternRef(handle) => handle.map_or(0, |handle| u64::from(handle) + 1),
    }
}

pub fn bits_in(ty: ValType, bits: u64) -> waspnest::Value {
    let reference = bits.checked_sub(1).map(|number| number as u32);
    match ty {
        ValType::I32 => waspnest::Value::I32(bits as i32),
        ValType::I64 => waspnest::Value::I64(bits as i64),
        ValType::F32 => waspnest::Value::F32(bits as u32),
        ValType::F64 => waspnest::Value::F64(bits),
        ValType::V128 => waspnest::Value::V128(u128::from(bits)),
        ValType::Ref(RefType::FuncRef) => waspnest::Value::FuncRef(reference.map(FuncAddr)),
        ValType::Ref(RefType::ExternRef) => waspnest::Value::ExternRef(reference),
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

/// Kind, text and, for functions, the signature of an import or export.
pub fn extern_type(ty: &ExternType) -> (ExternKind, String, Option<FuncType>) {
    let (kind, func) = match ty {
        ExternType::Func(func) => (ExternKind::Func, Some(func_type(func))),
        ExternType::Table(_) => (ExternKind::Table, None),
        ExternType::Memory(_) => (ExternKind::Memory, None),
        ExternType::Global(_) => (ExternKind::Global, None),
    };
    (kind, ty.to_string(), func)
}

/// The most common cost becomes the base, so that the list stays short.
pub fn schedule_out(schedule: &waspnest::Schedule) -> Schedule {
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    for (_, cost) in schedule.iter() {
        *counts.entry(cost).or_default() += 1;
    }
    let base = counts
        .iter()
        .max_by_key(|(_, count)| **count)
        .map_or(0, |(cost, _)| *cost);
    let dynamic = schedule.dynamic();
    Schedule {
        name: schedule.name().to_owned(),
        denominator: schedule.denominator(),
        costs: schedule
            .iter()
            .filter(|(_, cost)| *cost != base)
            .map(|(name, cost)| (name.to_owned(), cost))
            .collect(),
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
    fn bits_and_values_agree() {
        for (ty, bits) in [
            (ValType::I32, 0xffff_ffff),
            (ValType::I64, u64::MAX),
            (ValType::F32, 0x7fc0_0000),
            (ValType::F64, 0x8000_0000_0000_0000),
            (ValType::Ref(RefType::FuncRef), 0),
            (ValType::Ref(RefType::FuncRef), 8),
            (ValType::Ref(RefType::ExternRef), 1),
        ] {
            let value = bits_in(ty, bits);
            assert_eq!(bits_out(value), bits);
            assert_eq!(value_in(&value_out(value, |_| String::new())), Ok(value));
        }
    }
}
