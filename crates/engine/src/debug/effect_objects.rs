//! What a step did to objects of the heap.

use crate::debug::effect::{AccessKind, Effect};
use crate::index::ObjectAddr;
use crate::isa::{Op, OpCode};
use crate::machine::Machine;
use crate::value::{Ref, Value};

/// A part of an object that an instruction touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectAccess {
    /// The object.
    pub object: ObjectAddr,
    /// The part.
    pub part: ObjectPart,
    /// Read or written; a new object is written.
    pub kind: AccessKind,
    /// The value before, if one field or element was written that was there before.
    pub before: Option<Value>,
    /// The value after, if it is one field or element.
    pub after: Option<Value>,
}

/// A part of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectPart {
    /// All of an object that is new.
    New,
    /// A field of a structure.
    Field(u32),
    /// Elements of an array: the first one, and how many.
    Elements(u32, u32),
}

impl Machine {
    /// What an instruction is about to touch, from the operands it will pop.
    pub(super) fn object_accesses(&self, op: Op, popped: &[Value]) -> Vec<ObjectAccess> {
        let object = |n: usize| match popped.get(n) {
            Some(Value::Ref(_, Ref::Object(addr))) => Some(*addr),
            _ => None,
        };
        let number = |n: usize| match popped.get(n) {
            Some(Value::I32(value)) => *value as u32,
            _ => 0,
        };
        let elements = |start: u32, n: u32| ObjectPart::Elements(start, n);
        use AccessKind::{Read, Write};
        let touched = match op.code {
            OpCode::StructGet | OpCode::StructGetS | OpCode::StructGetU => {
                vec![(0, ObjectPart::Field(op.y), Read)]
            }
            OpCode::StructSet => vec![(0, ObjectPart::Field(op.y), Write)],
            OpCode::ArrayGet | OpCode::ArrayGetS | OpCode::ArrayGetU => {
                vec![(0, elements(number(1), 1), Read)]
            }
            OpCode::ArraySet => vec![(0, elements(number(1), 1), Write)],
            OpCode::ArrayFill | OpCode::ArrayInitData | OpCode::ArrayInitElem => {
                vec![(0, elements(number(1), number(3)), Write)]
            }
            OpCode::ArrayCopy => vec![
                (2, elements(number(3), number(4)), Read),
                (0, elements(number(1), number(4)), Write),
            ],
            _ => Vec::new(),
        };
        let access = |(operand, part, kind)| {
            let object = object(operand)?;
            Some(ObjectAccess {
                object,
                part,
                kind,
                before: match kind {
                    Write => self.part_value(object, part),
                    Read => None,
                },
                after: None,
            })
        };
        touched.into_iter().filter_map(access).collect()
    }

    /// Completes what was noted before the step, which succeeded.
    pub(super) fn complete_accesses(&self, op: Op, effect: &mut Effect) {
        let token = op.code.effect().rsplit(' ').next();
        let makes =
            op.code.group() == "aggregate" && matches!(token, Some("structref" | "arrayref"));
        if let [Value::Ref(_, Ref::Object(object))] = *effect.pushed
            && makes
        {
            effect.objects.push(ObjectAccess {
                object,
                part: ObjectPart::New,
                kind: AccessKind::Write,
                before: None,
                after: None,
            });
        }
        for access in &mut effect.objects {
            access.after = self.part_value(access.object, access.part);
        }
    }

    /// The value of a part that is one field or element.
    fn part_value(&self, object: ObjectAddr, part: ObjectPart) -> Option<Value> {
        match part {
            ObjectPart::Field(field) => self.object_field(object, field),
            ObjectPart::Elements(index, 1) => self.object_field(object, index),
            ObjectPart::New | ObjectPart::Elements(..) => None,
        }
    }
}
