//! Data with a kind as it comes in: one record of everything that any kind has.
//!
//! Serde's own way of reading such data first keeps whatever comes and then looks at the kind; it
//! made the core a good deal larger.

use serde::Deserialize;
use serde_bytes::ByteBuf;

use super::{Edit, ModuleSource, RefTarget, Value};

/// What does not fit.
type Problem = &'static str;

fn wanted<T>(field: Option<T>) -> Result<T, Problem> {
    field.ok_or("a field is missing")
}

fn narrow(field: Option<u64>) -> Result<u32, Problem> {
    u32::try_from(wanted(field)?).map_err(|_| "a number of 32 bits is too large")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnyValue {
    r#type: String,
    bits: Option<u64>,
    low: Option<u64>,
    high: Option<u64>,
    ref_type: Option<String>,
    target: Option<RefTarget>,
}

impl TryFrom<AnyValue> for Value {
    type Error = Problem;

    fn try_from(any: AnyValue) -> Result<Value, Problem> {
        Ok(match &*any.r#type {
            "i32" => Value::I32 {
                bits: narrow(any.bits)?,
            },
            "i64" => Value::I64 {
                bits: wanted(any.bits)?,
            },
            "f32" => Value::F32 {
                bits: narrow(any.bits)?,
            },
            "f64" => Value::F64 {
                bits: wanted(any.bits)?,
            },
            "v128" => Value::V128 {
                low: wanted(any.low)?,
                high: wanted(any.high)?,
                shape: None,
            },
            "ref" => Value::Ref {
                ref_type: wanted(any.ref_type)?,
                target: wanted(any.target)?,
            },
            _ => return Err("there is no such type of value"),
        })
    }
}

#[derive(Deserialize)]
pub struct AnyTarget {
    kind: String,
    func: Option<u32>,
    name: Option<String>,
    handle: Option<u32>,
    value: Option<u32>,
    object: Option<u32>,
    text: Option<String>,
}

impl TryFrom<AnyTarget> for RefTarget {
    type Error = Problem;

    fn try_from(any: AnyTarget) -> Result<RefTarget, Problem> {
        Ok(match &*any.kind {
            "null" => RefTarget::Null,
            "func" => RefTarget::Func {
                func: wanted(any.func)?,
                name: wanted(any.name)?,
            },
            "extern" => RefTarget::Extern {
                handle: wanted(any.handle)?,
            },
            "i31" => RefTarget::I31 {
                value: wanted(any.value)?,
            },
            "object" => RefTarget::Object {
                object: wanted(any.object)?,
                text: wanted(any.text)?,
            },
            "exception" => RefTarget::Exception {
                object: wanted(any.object)?,
                text: wanted(any.text)?,
            },
            _ => return Err("there is no such kind of reference"),
        })
    }
}

#[derive(Deserialize)]
pub struct AnyModule {
    kind: String,
    name: String,
    text: Option<String>,
    bytes: Option<ByteBuf>,
}

impl TryFrom<AnyModule> for ModuleSource {
    type Error = Problem;

    fn try_from(any: AnyModule) -> Result<ModuleSource, Problem> {
        let name = any.name;
        Ok(match &*any.kind {
            "text" => ModuleSource::Text {
                name,
                text: wanted(any.text)?,
            },
            "binary" => ModuleSource::Binary {
                name,
                bytes: wanted(any.bytes)?,
            },
            _ => return Err("there is no such kind of module"),
        })
    }
}

#[derive(Deserialize)]
pub struct AnyEdit {
    kind: String,
    frame: Option<u32>,
    index: Option<u32>,
    value: Option<Value>,
    address: Option<u64>,
    table: Option<u32>,
    object: Option<u32>,
    memory: Option<u32>,
    bytes: Option<ByteBuf>,
}

impl TryFrom<AnyEdit> for Edit {
    type Error = Problem;

    fn try_from(any: AnyEdit) -> Result<Edit, Problem> {
        Ok(match &*any.kind {
            "local" => Edit::Local {
                frame: wanted(any.frame)?,
                index: wanted(any.index)?,
                value: wanted(any.value)?,
            },
            "operand" => Edit::Operand {
                frame: wanted(any.frame)?,
                index: wanted(any.index)?,
                value: wanted(any.value)?,
            },
            "global" => Edit::Global {
                address: narrow(any.address)?,
                value: wanted(any.value)?,
            },
            "element" => Edit::Element {
                table: wanted(any.table)?,
                index: wanted(any.index)?,
                value: wanted(any.value)?,
            },
            "part" => Edit::Part {
                object: wanted(any.object)?,
                index: wanted(any.index)?,
                value: wanted(any.value)?,
            },
            "bytes" => Edit::Bytes {
                memory: wanted(any.memory)?,
                address: wanted(any.address)?,
                bytes: wanted(any.bytes)?,
            },
            _ => return Err("there is no such kind of change"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_comes_in_again() {
        let values = [
            Value::I32 { bits: u32::MAX },
            Value::I64 { bits: u64::MAX },
            Value::F32 { bits: 0x7fc0_0000 },
            Value::F64 { bits: 1 << 63 },
            Value::V128 {
                low: 1,
                high: 2,
                shape: None,
            },
            Value::Ref {
                ref_type: "funcref".to_owned(),
                target: RefTarget::Func {
                    func: 3,
                    name: "$f".to_owned(),
                },
            },
            Value::Ref {
                ref_type: "anyref".to_owned(),
                target: RefTarget::Object {
                    object: 5,
                    text: "$point #5 {x 1}".to_owned(),
                },
            },
            Value::Ref {
                ref_type: "exnref".to_owned(),
                target: RefTarget::Exception {
                    object: 4,
                    text: "$tag (1)".to_owned(),
                },
            },
        ];
        for value in values {
            let text = serde_json::to_string(&value).expect("plain data");
            assert_eq!(serde_json::from_str::<Value>(&text).expect(&text), value);
        }
    }

    #[test]
    fn what_does_not_fit_its_kind_is_refused() {
        let why = |text: &str| {
            let error = serde_json::from_str::<Edit>(text)
                .expect_err(text)
                .to_string();
            error.split(" at line").next().map(str::to_owned)
        };
        let check = |text: &str, expected: &str| assert_eq!(why(text).as_deref(), Some(expected));
        check(r#"{"kind":"local","frame":0}"#, "a field is missing");
        check(r#"{"kind":"what"}"#, "there is no such kind of change");
        check(
            r#"{"kind":"global","address":4294967296,"value":{"type":"i32","bits":1}}"#,
            "a number of 32 bits is too large",
        );
        check(
            r#"{"kind":"global","address":0,"value":{"type":"i33","bits":1}}"#,
            "there is no such type of value",
        );
    }
}
