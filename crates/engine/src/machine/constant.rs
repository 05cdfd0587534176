//! Constant expressions: the initial values of globals, tables and segments.
//!
//! Spec: [constant expressions](https://webassembly.github.io/spec/core/valid/instructions.html#constant-expressions).

use crate::error::Error;
use crate::exec::Exit;
use crate::machine::Machine;
use crate::machine::store::Instance;
use crate::module::{ConstExpr, ConstOp};
use crate::ops::reference::ref_i31;
use crate::value::Ref;

/// The slots of a value, the first as the lower half, and whether it may refer to an object.
#[derive(Clone, Copy)]
struct Constant {
    slots: u128,
    may_refer: bool,
}

impl Constant {
    fn halves(self) -> [u64; 2] {
        [self.slots as u64, (self.slots >> 64) as u64]
    }
}

impl Machine {
    /// The slots of a constant expression's value; the first is the lower half.
    ///
    /// # Errors
    /// If the heap has no room for an object that it makes.
    pub(super) fn eval(&mut self, expr: &ConstExpr, instance: &Instance) -> Result<u128, Error> {
        let number = |ty: u32| instance.types[ty as usize];
        let mut stack: Vec<Constant> = Vec::new();
        for op in &expr.0 {
            let constant = match *op {
                ConstOp::Slots(slots) => number_or_null(slots),
                ConstOp::FuncRef(func) => {
                    number_or_null(u128::from(instance.funcs[func as usize].0) + 1)
                }
                ConstOp::GlobalGet(global) => {
                    let global = instance.globals[global as usize].index();
                    let (low, high) = (self.store.globals[global], self.store.global_highs[global]);
                    Constant {
                        slots: u128::from(low) | u128::from(high) << 64,
                        may_refer: self.store.global_types[global].content.may_refer(),
                    }
                }
                ConstOp::RefI31 => number_or_null(ref_i31(pop(&mut stack).slots as u32).into()),
                ConstOp::StructNew(ty) => {
                    let n_fields = self.store.types.layout(number(ty)).n_fields();
                    self.eval_struct(number(ty), n_fields, &mut stack)?
                }
                ConstOp::StructNewDefault(ty) => self.eval_struct(number(ty), 0, &mut stack)?,
                ConstOp::ArrayNew(ty) => {
                    let len = pop(&mut stack).slots as u32;
                    self.eval_array(number(ty), len, 1, &mut stack)?
                }
                ConstOp::ArrayNewDefault(ty) => {
                    let len = pop(&mut stack).slots as u32;
                    self.eval_array(number(ty), len, 0, &mut stack)?
                }
                ConstOp::ArrayNewFixed(ty, len) => {
                    self.eval_array(number(ty), len, len, &mut stack)?
                }
                _ => {
                    let (b, a) = (pop(&mut stack), pop(&mut stack));
                    number_or_null(fold(*op, a.slots as u64, b.slots as u64).into())
                }
            };
            stack.push(constant);
        }
        Ok(pop(&mut stack).slots)
    }

    /// A new structure whose first fields are so many operands.
    fn eval_struct(
        &mut self,
        ty: u32,
        n_operands: u32,
        stack: &mut Vec<Constant>,
    ) -> Result<Constant, Error> {
        self.make_constant_room(self.store.types.layout(ty).n_cells().into(), stack)?;
        let layout = self.store.types.layout(ty);
        let heap = &mut self.store.heap;
        let addr = heap.add_struct(ty, layout);
        let operands = stack.split_off(stack.len() - n_operands as usize);
        if let Some(object) = heap.get(addr) {
            for (operand, cells) in operands.iter().zip(layout.fields()) {
                for (cell, half) in cells.zip(operand.halves()) {
                    heap.set_cell(object, cell, half);
                }
            }
        }
        heap.narrow(addr, layout);
        Ok(reference(Ref::Object(addr)))
    }

    /// A new array with so many operands as its first elements; a single one is repeated.
    fn eval_array(
        &mut self,
        ty: u32,
        len: u32,
        n_operands: u32,
        stack: &mut Vec<Constant>,
    ) -> Result<Constant, Error> {
        self.make_constant_room(self.store.types.layout(ty).array_cells(len), stack)?;
        let layout = self.store.types.layout(ty);
        let heap = &mut self.store.heap;
        let addr = heap.add_array(ty, layout, len);
        let operands = stack.split_off(stack.len() - n_operands as usize);
        if let Some(array) = heap.get(addr) {
            let shift = layout.shift;
            match *operands {
                [value] => {
                    let all = 0..(len as usize) << shift;
                    heap.fill_elements(array, shift, all, value.halves());
                }
                _ => {
                    for (index, operand) in operands.iter().enumerate() {
                        heap.set_element(array, shift, index as u32, operand.halves());
                    }
                }
            }
        }
        Ok(reference(Ref::Object(addr)))
    }

    /// Makes room for an object. The operands stay where a collection finds them until it is there.
    fn make_constant_room(&mut self, n_cells: u64, stack: &[Constant]) -> Result<(), Error> {
        let in_use = stack.iter().filter(|constant| constant.may_refer);
        let roots: Vec<u64> = in_use.map(|constant| constant.slots as u64).collect();
        self.make_room_beside(&roots, n_cells).map_err(|exit| {
            if exit == Exit::NoMemory {
                return self.no_memory();
            }
            let (used, limit) = (self.store.heap.used(), self.config.heap_bytes);
            let wanted = n_cells.saturating_mul(8);
            Error::limit(format!(
                "a constant expression makes an object of {wanted} bytes; {used} of {limit} bytes of the heap are in use"
            ))
        })
    }
}

fn pop(stack: &mut Vec<Constant>) -> Constant {
    match stack.pop() {
        Some(constant) => constant,
        None => unreachable!("validation counts the operands of constant expressions"),
    }
}

fn number_or_null(slots: u128) -> Constant {
    Constant {
        slots,
        may_refer: false,
    }
}

fn reference(target: Ref) -> Constant {
    Constant {
        slots: target.to_slot().into(),
        may_refer: true,
    }
}

fn fold(op: ConstOp, a: u64, b: u64) -> u64 {
    let narrow = |value: u32| u64::from(value);
    let (low_a, low_b) = (a as u32, b as u32);
    match op {
        ConstOp::I32Add => narrow(low_a.wrapping_add(low_b)),
        ConstOp::I32Sub => narrow(low_a.wrapping_sub(low_b)),
        ConstOp::I32Mul => narrow(low_a.wrapping_mul(low_b)),
        ConstOp::I64Add => a.wrapping_add(b),
        ConstOp::I64Sub => a.wrapping_sub(b),
        ConstOp::I64Mul => a.wrapping_mul(b),
        // Without its name: that would carry the names of all into the core.
        _ => unreachable!("such an instruction has two operands"),
    }
}
