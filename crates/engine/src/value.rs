//! Values as the embedder sees them, and their form in the 8-byte slots of the machine.
//!
//! Slots are canonical, so that equal states have equal bytes: `i32` and `f32` are zero-extended,
//! null is zero. A vector takes two slots, its low half first. A reference has the same form in
//! all families that share values, so that conversions between `any` and `extern` move nothing.

use std::fmt;

use crate::index::{FuncAddr, ObjectAddr};
use crate::types::{Top, ValType, width_of};

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
    /// 128-bit vector, lane 0 in the lowest bits.
    V128(u128),
    /// A reference, with the family of types it is seen through.
    Ref(Top, Ref),
}

/// What a reference points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ref {
    /// Nothing.
    Null,
    /// A function of the store.
    Func(FuncAddr),
    /// A handle the embedder gave, below 4,294,967,295.
    Host(u32),
    /// A 31-bit integer, zero-extended.
    I31(u32),
    /// A structure or array of the machine's heap.
    Object(ObjectAddr),
    /// An exception.
    Exception(ObjectAddr),
}

/// In a slot: a reference to something in the machine's heap has this in its upper half.
pub(crate) const OBJECT: u64 = 2 << 32;
/// In a slot: a 31-bit integer has this in its upper half.
pub(crate) const I31: u64 = 1 << 32;

impl Ref {
    /// The form in a slot. Handles of the embedder and functions are their number plus one, so
    /// that null is zero; what is more has a mark in the upper half.
    pub(crate) fn to_slot(self) -> u64 {
        match self {
            Ref::Null => 0,
            Ref::Func(addr) => u64::from(addr.0) + 1,
            Ref::Host(handle) => u64::from(handle) + 1,
            Ref::I31(value) => I31 | u64::from(value),
            Ref::Object(addr) | Ref::Exception(addr) => OBJECT | u64::from(addr.0),
        }
    }

    pub(crate) fn from_slot(slot: u64, top: Top) -> Ref {
        let low = slot as u32;
        match (top, slot & !u64::from(u32::MAX)) {
            _ if slot == 0 => Ref::Null,
            (Top::Func, _) => Ref::Func(FuncAddr(low.wrapping_sub(1))),
            (Top::Exn, _) => Ref::Exception(ObjectAddr(low)),
            (_, OBJECT) => Ref::Object(ObjectAddr(low)),
            (_, I31) => Ref::I31(low),
            (_, _) => Ref::Host(low.wrapping_sub(1)),
        }
    }
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

    /// A function, or null.
    pub fn func(addr: Option<FuncAddr>) -> Value {
        Value::Ref(Top::Func, addr.map_or(Ref::Null, Ref::Func))
    }

    /// A handle of the embedder, or null, as `externref`.
    pub fn host(handle: Option<u32>) -> Value {
        Value::Ref(Top::Extern, handle.map_or(Ref::Null, Ref::Host))
    }

    /// The type of the value; for a reference that of its family.
    pub fn ty(&self) -> ValType {
        match self {
            Value::I32(_) => ValType::I32,
            Value::I64(_) => ValType::I64,
            Value::F32(_) => ValType::F32,
            Value::F64(_) => ValType::F64,
            Value::V128(_) => ValType::V128,
            Value::Ref(top, _) => ValType::Ref(top.ref_type()),
        }
    }

    /// Zero or null of a type.
    pub fn default_of(ty: ValType) -> Value {
        Value::from_slots(&[0, 0], ty)
    }

    /// The slots of a value; the second counts only for a vector.
    pub(crate) fn to_slots(self) -> [u64; 2] {
        match self {
            Value::I32(value) => [u64::from(value as u32), 0],
            Value::I64(value) => [value as u64, 0],
            Value::F32(bits) => [u64::from(bits), 0],
            Value::F64(bits) => [bits, 0],
            Value::V128(bits) => [bits as u64, (bits >> 64) as u64],
            Value::Ref(_, target) => [target.to_slot(), 0],
        }
    }

    /// The value that starts at the first of some slots.
    pub(crate) fn from_slots(slots: &[u64], ty: ValType) -> Value {
        match ty {
            ValType::I32 => Value::I32(slots[0] as i32),
            ValType::I64 => Value::I64(slots[0] as i64),
            ValType::F32 => Value::F32(slots[0] as u32),
            ValType::F64 => Value::F64(slots[0]),
            ValType::V128 => Value::V128(u128::from(slots[0]) | u128::from(slots[1]) << 64),
            ValType::Ref(ty) => {
                let top = ty.heap.top();
                Value::Ref(top, Ref::from_slot(slots[0], top))
            }
        }
    }
}

/// The values of some types in the form in which [`slots_of`] gives them. `None` if there are not
/// as many slots as the types take. Whether references point to something is not looked at.
pub fn values_of(slots: &[u64], types: &[ValType]) -> Option<Vec<Value>> {
    (slots.len() == width_of(types) as usize).then(|| first_values(slots, types))
}

/// The values that lie at the start of some slots, one after the other.
pub(crate) fn first_values(slots: &[u64], types: &[ValType]) -> Vec<Value> {
    let mut rest = slots;
    let mut values = Vec::with_capacity(types.len());
    for ty in types {
        values.push(Value::from_slots(rest, *ty));
        rest = &rest[ty.width() as usize..];
    }
    values
}

/// Values in slots of 8 bytes, one after the other: numbers as their bits read as unsigned, a
/// vector as two slots, the low half first; null is zero, a function or a handle its number plus
/// one.
pub fn slots_of(values: &[Value]) -> Vec<u64> {
    let mut slots = Vec::with_capacity(values.len());
    for value in values {
        slots.extend_from_slice(&value.to_slots()[..value.ty().width() as usize]);
    }
    slots
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
            Value::Ref(_, target) => match target {
                Ref::Null => f.write_str("null"),
                Ref::Func(addr) => write!(f, "func {addr}"),
                Ref::Host(handle) => write!(f, "extern {handle}"),
                // The sign is the 31st bit.
                Ref::I31(value) => write!(f, "i31 {}", (value << 1) as i32 >> 1),
                Ref::Object(addr) => write!(f, "object {addr}"),
                Ref::Exception(addr) => write!(f, "exception {addr}"),
            },
        }
    }
}
