//! Structures, arrays, and what asks for the type or the target of a reference.

use wasmparser::Operator;

use super::{Jump, Translator};
use crate::isa::{Op, OpCode, field, ref_type_bits};
use crate::types::{Composite, MapTypes, RefType, StorageType, ValType, width_of};

impl Translator<'_> {
    pub(super) fn visit_aggregate(&mut self, operator: &Operator<'_>) {
        match *operator {
            Operator::StructNew { struct_type_index } => {
                let n_fields = self.fields(struct_type_index).len() as u32;
                let a = self.top(n_fields);
                let c = self.top(0) - a;
                let x = self.number(struct_type_index);
                let code = OpCode::StructNew;
                self.emit(Op {
                    a,
                    c,
                    x,
                    ..Op::new(code)
                });
            }
            Operator::StructNewDefault { struct_type_index } => {
                self.emit_at(
                    OpCode::StructNewDefault,
                    0,
                    self.number(struct_type_index),
                    0,
                );
            }
            Operator::StructGet {
                struct_type_index,
                field_index,
            } => {
                self.emit_field(OpCode::StructGet, 1, struct_type_index, field_index);
            }
            Operator::StructGetS {
                struct_type_index,
                field_index,
            } => {
                self.emit_field(OpCode::StructGetS, 1, struct_type_index, field_index);
            }
            Operator::StructGetU {
                struct_type_index,
                field_index,
            } => {
                self.emit_field(OpCode::StructGetU, 1, struct_type_index, field_index);
            }
            Operator::StructSet {
                struct_type_index,
                field_index,
            } => {
                self.emit_field(OpCode::StructSet, 2, struct_type_index, field_index);
            }
            Operator::ArrayNew {
                array_type_index: ty,
            } => {
                self.emit_array(OpCode::ArrayNew, 2, ty, 0);
            }
            Operator::ArrayNewDefault {
                array_type_index: ty,
            } => {
                self.emit_array(OpCode::ArrayNewDefault, 1, ty, 0);
            }
            Operator::ArrayNewFixed {
                array_type_index: ty,
                array_size,
            } => {
                self.emit_array(OpCode::ArrayNewFixed, array_size, ty, array_size);
            }
            Operator::ArrayNewData {
                array_type_index: ty,
                array_data_index,
            } => {
                let data = self.instance.first_data + array_data_index;
                self.emit_array(OpCode::ArrayNewData, 2, ty, data);
            }
            Operator::ArrayNewElem {
                array_type_index: ty,
                array_elem_index,
            } => {
                let element = self.instance.first_element + array_elem_index;
                self.emit_array(OpCode::ArrayNewElem, 2, ty, element);
            }
            Operator::ArrayGet {
                array_type_index: ty,
            } => {
                self.emit_array(OpCode::ArrayGet, 2, ty, 0);
            }
            Operator::ArrayGetS {
                array_type_index: ty,
            } => {
                self.emit_array(OpCode::ArrayGetS, 2, ty, 0);
            }
            Operator::ArrayGetU {
                array_type_index: ty,
            } => {
                self.emit_array(OpCode::ArrayGetU, 2, ty, 0);
            }
            Operator::ArraySet {
                array_type_index: ty,
            } => {
                self.emit_array(OpCode::ArraySet, 3, ty, 0);
            }
            Operator::ArrayLen => self.emit_at(OpCode::ArrayLen, 1, 0, 0),
            Operator::ArrayFill {
                array_type_index: ty,
            } => {
                self.emit_array(OpCode::ArrayFill, 4, ty, 0);
            }
            Operator::ArrayCopy {
                array_type_index_dst: ty,
                ..
            } => {
                self.emit_array(OpCode::ArrayCopy, 5, ty, 0);
            }
            Operator::ArrayInitData {
                array_type_index: ty,
                array_data_index,
            } => {
                let data = self.instance.first_data + array_data_index;
                self.emit_array(OpCode::ArrayInitData, 4, ty, data);
            }
            Operator::ArrayInitElem {
                array_type_index: ty,
                array_elem_index,
            } => {
                let element = self.instance.first_element + array_elem_index;
                self.emit_array(OpCode::ArrayInitElem, 4, ty, element);
            }
            Operator::RefTestNonNull { hty } => self.emit_cast(OpCode::RefTest, hty, false),
            Operator::RefTestNullable { hty } => self.emit_cast(OpCode::RefTest, hty, true),
            Operator::RefCastNonNull { hty } => self.emit_cast(OpCode::RefCast, hty, false),
            Operator::RefCastNullable { hty } => self.emit_cast(OpCode::RefCast, hty, true),
            _ => self.visit_reference_control(operator),
        }
    }

    fn visit_reference_control(&mut self, operator: &Operator<'_>) {
        match *operator {
            Operator::BrOnNull { relative_depth } => {
                self.emit_branch_on(Op::new(OpCode::BrOnNull), relative_depth, 1);
            }
            Operator::BrOnNonNull { relative_depth } => {
                self.emit_branch_on(Op::new(OpCode::BrOnNonNull), relative_depth, 0);
            }
            Operator::BrOnCast {
                relative_depth,
                to_ref_type,
                ..
            } => {
                let op = self.cast(OpCode::BrOnCast, to_ref_type);
                self.emit_branch_on(op, relative_depth, 0);
            }
            Operator::BrOnCastFail {
                relative_depth,
                to_ref_type,
                ..
            } => {
                let op = self.cast(OpCode::BrOnCastFail, to_ref_type);
                self.emit_branch_on(op, relative_depth, 0);
            }
            Operator::CallRef { type_index } => {
                let op = self.call_ref(OpCode::CallRef, type_index);
                self.emit(Op {
                    b: self.top(1),
                    ..op
                });
                self.start_block();
            }
            Operator::ReturnCallRef { type_index } => {
                let op = self.call_ref(OpCode::ReturnCallRef, type_index);
                self.emit(Op {
                    b: self.n_local_slots as u16,
                    ..op
                });
                self.reachable = false;
            }
            // Without the operator's own text: that would carry the names of all operators into the core.
            _ => unreachable!("validation refuses this operator"),
        }
    }

    /// Number in the store of a type of the module.
    fn number(&self, type_idx: u32) -> u32 {
        self.instance.types[type_idx as usize]
    }

    fn fields(&self, type_idx: u32) -> &[crate::types::FieldType] {
        match &self.store.types.get(self.number(type_idx)).composite {
            Composite::Struct(fields) => fields,
            _ => unreachable!("validation wants a structure type here"),
        }
    }

    fn emit_field(&mut self, code: OpCode, n_pops: u32, type_idx: u32, field_idx: u32) {
        let c = match self.fields(type_idx)[field_idx as usize].storage {
            StorageType::I8 => field::PACKED_8,
            StorageType::I16 => field::PACKED_16,
            StorageType::Val(ValType::V128) => field::VECTOR,
            StorageType::Val(_) => field::PLAIN,
        };
        let x = self.number(type_idx);
        self.emit(Op {
            a: self.top(n_pops),
            b: self.store.types.layout(x).cell(field_idx) as u16,
            c,
            x,
            y: field_idx,
            ..Op::new(code)
        });
    }

    fn emit_array(&mut self, code: OpCode, n_pops: u32, type_idx: u32, y: u32) {
        let x = self.number(type_idx);
        self.emit(Op {
            a: self.top(n_pops),
            c: self.store.types.layout(x).shift.into(),
            x,
            y,
            ..Op::new(code)
        });
    }

    fn emit_cast(&mut self, code: OpCode, heap: wasmparser::HeapType, nullable: bool) {
        let reader = self.instance.module.data().type_reader();
        let heap = reader.heap_type(heap);
        let op = self.cast_to(code, RefType { nullable, heap });
        self.emit(Op {
            a: self.top(1),
            ..op
        });
    }

    fn cast(&self, code: OpCode, ty: wasmparser::RefType) -> Op {
        let reader = self.instance.module.data().type_reader();
        self.cast_to(code, reader.ref_type(ty))
    }

    fn cast_to(&self, code: OpCode, ty: RefType) -> Op {
        let (x, y) = ref_type_bits(ty.map_types(&|idx| self.number(idx)));
        Op {
            x,
            y,
            ..Op::new(code)
        }
    }

    /// Emits a branch that asks for the reference on top; its target follows it. `n_above`
    /// operands above the values stay behind when it is taken.
    fn emit_branch_on(&mut self, op: Op, depth: u32, n_above: u32) {
        let (a, b, c) = self.copied(depth, n_above).unwrap_or((0, 0, 0));
        self.emit(Op {
            a: self.top(1),
            ..op
        });
        self.push(Op {
            a,
            b,
            c,
            ..Op::new(OpCode::BrTarget)
        });
        self.link(Jump::Op(self.last()), depth);
        self.start_block();
    }

    fn call_ref(&self, code: OpCode, type_idx: u32) -> Op {
        let ty = self.number(type_idx);
        let params = &self.store.types.func(ty).params;
        Op {
            a: self.top(params.len() as u32 + 1),
            c: width_of(params) as u16,
            x: ty,
            ..Op::new(code)
        }
    }
}
