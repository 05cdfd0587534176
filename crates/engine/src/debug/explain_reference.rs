//! Sentences for the traps of references, structures and arrays.

use crate::index::ObjectAddr;
use crate::isa::{Op, OpCode, ref_type_of_bits};
use crate::machine::{Machine, Object, TrapKind};
use crate::module::Module;
use crate::types::{HeapType, RefType, TypeKind};
use crate::value::Ref;

impl Machine {
    pub(super) fn explain_reference(
        &self,
        op: Op,
        kind: TrapKind,
        name: &str,
        operand: &dyn Fn(usize) -> u64,
    ) -> String {
        match kind {
            TrapKind::NullFunctionReference => {
                format!(
                    "{name} of null, the call wants {}",
                    self.store.types.func(op.x)
                )
            }
            TrapKind::NullStructureReference => {
                let field = self.field_text(op.x, op.y);
                format!(
                    "{name} of field {field} of a {} that is null",
                    self.type_text(op.x)
                )
            }
            TrapKind::ArrayOutOfBounds => self.explain_array(op, name, operand),
            TrapKind::CastFailure => {
                let wanted = ref_type_of_bits(op.x, op.y);
                let target = Ref::from_slot(operand(0), wanted.heap.top());
                let (target, wanted) = (self.target_text(target), self.ref_type_text(wanted));
                format!("{name} of {target} to {wanted}")
            }
            _ => format!("{name} of null"),
        }
    }

    fn explain_array(&self, op: Op, name: &str, operand: &dyn Fn(usize) -> u64) -> String {
        let len = |n: usize| self.object_at(operand(n)).map_or(0, |array| array.len);
        let index = operand(1) as u32;
        let size = format!("the array has {}", len(0));
        // A vector takes two slots.
        let after_value = if op.c == 4 { 4 } else { 3 };
        match op.code {
            OpCode::ArrayFill => {
                let n = operand(after_value) as u32;
                format!("{name} of {n} elements from {index}, {size}")
            }
            OpCode::ArrayCopy => {
                let (from, n) = (operand(3) as u32, operand(4) as u32);
                let n_from = len(2);
                format!("{name} of {n} elements from {from} (of {n_from}) to {index}, {size}")
            }
            OpCode::ArrayInitData | OpCode::ArrayInitElem => {
                let n = operand(3) as u32;
                format!("{name} of {n} elements to {index}, {size}")
            }
            _ => format!("{name} of element {index}, {size}"),
        }
    }

    /// An array is to have elements of a segment that has not as many.
    pub(super) fn explain_segment(
        &self,
        op: Op,
        name: &str,
        operand: &dyn Fn(usize) -> u64,
    ) -> String {
        let first = match op.code {
            OpCode::ArrayNewData | OpCode::ArrayNewElem => 0,
            _ => 2,
        };
        let (from, n) = (operand(first) as u32, operand(first + 1) as u32);
        match op.code {
            OpCode::ArrayNewData | OpCode::ArrayInitData => {
                let (size, len) = (1 << op.c, self.store.data[op.y as usize].len());
                format!(
                    "{name} of {n} elements of {size} bytes from byte {from} of a data segment of {len} bytes"
                )
            }
            _ => {
                let len = self.store.elements[op.y as usize].len();
                format!("{name} of {n} elements from {from} of an element segment of {len}")
            }
        }
    }

    pub(super) fn object_at(&self, slot: u64) -> Option<Object> {
        match Ref::from_slot(slot, crate::types::Top::Any) {
            Ref::Object(addr) => self.store.heap.get(addr),
            _ => None,
        }
    }

    /// A module that has a type of the store, and the type's index there.
    fn named_type(&self, number: u32) -> Option<(&Module, u32)> {
        self.store.instances.iter().find_map(|instance| {
            let idx = instance.types.iter().position(|ty| *ty == number)?;
            Some((&instance.module, idx as u32))
        })
    }

    /// A type of the store in the words of the text format: `$point`, or `type 3` by its index.
    pub fn type_text(&self, number: u32) -> String {
        match self.named_type(number) {
            Some((module, idx)) => match module.type_name(idx) {
                Some(name) => format!("${name}"),
                None => format!("type {idx}"),
            },
            None => format!("type {number} of the store"),
        }
    }

    /// A field by its name, or its index.
    fn field_text(&self, number: u32, field: u32) -> String {
        let name = self
            .named_type(number)
            .and_then(|(module, idx)| module.field_name(idx, field));
        match name {
            Some(name) => format!("${name}"),
            None => field.to_string(),
        }
    }

    fn ref_type_text(&self, ty: RefType) -> String {
        match ty.heap {
            HeapType::Type(_, number) => {
                let null = if ty.nullable { "null " } else { "" };
                format!("(ref {null}{})", self.type_text(number))
            }
            _ => ty.to_string(),
        }
    }

    /// What a reference points to, in a few words.
    fn target_text(&self, target: Ref) -> String {
        match target {
            Ref::Null => String::from("null"),
            Ref::Func(addr) => {
                let ty = self.store.funcs[addr.index()].ty;
                format!("a function of {}", self.type_text(ty))
            }
            Ref::Host(handle) => format!("handle {handle} of the host"),
            Ref::I31(_) => format!("the {}", crate::Value::Ref(crate::types::Top::Any, target)),
            Ref::Object(addr) | Ref::Exception(addr) => self.object_text(addr),
        }
    }

    fn object_text(&self, addr: ObjectAddr) -> String {
        match self.object_type(addr) {
            Some(HeapType::Type(kind, number)) => {
                let noun = match kind {
                    TypeKind::Array => "array",
                    _ => "structure",
                };
                format!("a {noun} of {}", self.type_text(number))
            }
            _ => format!("exception {addr}"),
        }
    }
}
