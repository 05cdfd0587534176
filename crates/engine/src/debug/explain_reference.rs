//! Sentences for the traps of references, structures and arrays.

use crate::isa::{Op, OpCode, ref_type_of_bits};
use crate::machine::{Machine, TrapKind};
use crate::types::Top;
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
                let of_type = match target {
                    Ref::Func(addr) => {
                        let ty = self.store.funcs[addr.index()].ty;
                        format!(", which is of {},", self.type_text(ty))
                    }
                    _ => String::new(),
                };
                let (target, wanted) = (self.target_text(target), self.ref_type_text(wanted));
                format!("{name} of {target}{of_type} to {wanted}")
            }
            _ => format!("{name} of null"),
        }
    }

    fn explain_array(&self, op: Op, name: &str, operand: &dyn Fn(usize) -> u64) -> String {
        let len = |n: usize| match Ref::from_slot(operand(n), Top::Any) {
            Ref::Object(array) => self.object_len(array).unwrap_or(0),
            _ => 0,
        };
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
}
