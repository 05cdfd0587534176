//! Values as the embedder sees them, and their form in the 8-byte slots of the machine.
//!
//! Slots are canonical, so that equal states have equal bytes: `i32` and `f32` are zero-extended,
//! a reference is its number plus one, null is zero.

use std::fmt;

use crate::index::FuncAddr;
use crate::types::{RefType, ValType};

/// A value with its type. Floats are held as their bits, so that NaNs survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// 32-bit integer.
    I32(i32),
    /// 64-bit integer.
    I64(i64),
    /// Bits of a 32-bit float.
    F32(u32),
    /// Bits of a 64-bit float.
    F64(u64),
    /// 128-bit vector; no instruction of the machine makes one yet.
    V128(u128),
    /// A function of the store, or null.
    FuncRef(Option<FuncAddr>),
    /// A handle the embedder gave, or null.
    ExternRef(Option<u32>),
}

impl Value {
    /// A 32-bit float.
    pub fn f32(value: f32) -> Value {
        Value::F32(value.to_bits())
    }

    /// A 64-bit float.
    pub fn f64(value: f64) -> Value {
        Value::F64(value.to_bits())
    }

    /// The type of the value.
    pub fn ty(&self) -> ValType {
        match self {
            Value::I32(_) => ValType::I32,
            Value::I64(_) => ValType::I64,
            Value::F32(_) => ValType::F32,
            Value::F64(_) => ValType::F64,
            Value::V128(_) => ValType::V128,
            Value::FuncRef(_) => ValType::Ref(RefType::FuncRef),
            Value::ExternRef(_) => ValType::Ref(RefType::ExternRef),
        }
    }

    /// Zero or null of a type.
    pub fn default_of(ty: ValType) -> Value {
        match ty {
            ValType::V128 => Value::V128(0),
            _ => Value::from_slot(0, ty),
        }
    }

    pub(crate) fn to_slot(self) -> u64 {
        match self {
            Value::I32(value) => u64::from(value as u32),
            Value::I64(value) => value as u64,
            Value::F32(bits) => u64::from(bits),
            Value::F64(bits) => bits,
            Value::V128(_) => unreachable!("a module with v128 is refused when it is read"),
            Value::FuncRef(addr) => addr.map_or(0, |addr| u64::from(addr.0) + 1),
            Value::ExternRef(handle) => handle.map_or(0, |handle| u64::from(handle) + 1),
        }
    }

    pub(crate) fn from_slot(slot: u64, ty: ValType) -> Value {
        match ty {
            ValType::I32 => Value::I32(slot as i32),
            ValType::I64 => Value::I64(slot as i64),
            ValType::F32 => Value::F32(slot as u32),
            ValType::F64 => Value::F64(slot),
            ValType::V128 => unreachable!("a module with v128 is refused when it is read"),
            ValType::Ref(RefType::FuncRef) => {
                Value::FuncRef(slot.checked_sub(1).map(|addr| FuncAddr(addr as u32)))
            }
            ValType::Ref(RefType::ExternRef) => {
                Value::ExternRef(slot.checked_sub(1).map(|handle| handle as u32))
            }
        }
    }
}

impl fmt::Display for Value {
    /// The number alone: integers signed, floats in the shortest form that reads back the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Value::I32(value) => value.fmt(f),
            Value::I64(value) => value.fmt(f),
            Value::F32(bits) => {
                let value = f32::from_bits(bits);
                let payload = bits & 0x7f_ffff;
                let sign = if bits >> 31 == 1 { "-" } else { "" };
                match () {
                    () if value.is_nan() && payload == 0x40_0000 => write!(f, "{sign}nan"),
                    () if value.is_nan() => write!(f, "{sign}nan:{payload:#x}"),
                    () => write!(f, "{value:?}"),
                }
            }
            Value::F64(bits) => {
                let value = f64::from_bits(bits);
                let payload = bits & 0xf_ffff_ffff_ffff;
                let sign = if bits >> 63 == 1 { "-" } else { "" };
                match () {
                    () if value.is_nan() && payload == 0x8_0000_0000_0000 => write!(f, "{sign}nan"),
                    () if value.is_nan() => write!(f, "{sign}nan:{payload:#x}"),
                    () => write!(f, "{value:?}"),
                }
            }
            Value::V128(bits) => write!(f, "{bits:#034x}"),
            Value::FuncRef(None) | Value::ExternRef(None) => f.write_str("null"),
            Value::FuncRef(Some(addr)) => write!(f, "func {addr}"),
            Value::ExternRef(Some(handle)) => write!(f, "extern {handle}"),
        }
    }
}
