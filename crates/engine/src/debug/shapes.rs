//! In which shape a vector is best read: a vector has none, but the instructions that make and use
//! it do. The ops of a function are read once, in their order, as if nothing branched; where that
//! tells nothing or the wrong thing, a vector is only shown less well.

use std::ops::Range;

use crate::compile::Code;
use crate::debug::effect::{Control, Effect};
use crate::debug::frames::Frame;
use crate::index::FuncAddr;
use crate::isa::{Op, OpCode};
use crate::machine::Machine;
use crate::shape::Shape;
use crate::types::{ValType, width_of};
use crate::value::Value;

/// Shapes of some values, one by one; `None` where there is no vector or nothing is known.
pub type Shapes = Vec<Option<Shape>>;

/// Shapes of the values of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EffectShapes {
    /// Of those it popped.
    pub popped: Shapes,
    /// Of those it pushed.
    pub pushed: Shapes,
    /// Of the value it replaced: that of a local or a global.
    pub replaced: Option<Shape>,
}

/// What is known of the vector in a slot.
#[derive(Clone, Copy, Default)]
struct Known {
    shape: Option<Shape>,
    /// First slot of the local it was copied from.
    local: Option<u16>,
    /// Number among the noted ones.
    noted: Option<usize>,
}

struct Reading<'a> {
    code: &'a Code,
    /// Those of the function.
    ops: Range<u32>,
    n_local_slots: u32,
    /// By slot of the frame.
    slots: Vec<Known>,
    /// By first slot; of those of which something is known.
    locals: Vec<(u16, Shape)>,
    /// What was asked for; more may become known of it further on.
    noted: Vec<Option<Shape>>,
    /// Noted vectors that went to a local.
    moved: Vec<(usize, u16)>,
}

impl Reading<'_> {
    /// Reads the ops of the function and calls `note` before and after each instruction.
    fn read(&mut self, note: &mut dyn FnMut(&mut Self, u32, Moment)) {
        for pc in self.ops.clone() {
            let op = self.code.op(pc);
            if op.is_pseudo() {
                continue;
            }
            let height = u32::from(self.code.infos[pc as usize].height);
            self.slots
                .truncate((self.n_local_slots + 1 + height) as usize);
            note(self, pc, Moment::Before);
            self.step(op);
            note(self, pc, Moment::After);
        }
    }

    fn step(&mut self, op: Op) {
        match op.code {
            OpCode::LocalGetV => {
                let shape = self.local(op.b);
                let local = Some(op.b);
                *self.at(op.a) = Known {
                    shape,
                    local,
                    noted: None,
                };
            }
            OpCode::LocalSetV | OpCode::LocalTeeV => {
                let known = *self.at(op.a);
                if let Some(shape) = known.shape {
                    self.learn_local(op.b, shape);
                }
                self.moved.extend(known.noted.map(|noted| (noted, op.b)));
                self.at(op.a).local.get_or_insert(op.b);
            }
            OpCode::GlobalGetV => *self.at(op.a) = Known::default(),
            _ => self.compute(op),
        }
    }

    /// A vector instruction: reads its operands in their shape, and leaves its result.
    fn compute(&mut self, op: Op) {
        let (first, last) = (OpCode::V128Load, OpCode::I32x4RelaxedDotI8x16I7x16AddS);
        if !(first as usize..=last as usize).contains(&(op.code as usize)) {
            return;
        }
        let effect = op.code.effect();
        let Some((pops, pushes)) = effect.split_once("->") else {
            return;
        };
        let mnemonic = op.code.mnemonic();
        let made = Shape::made_by(mnemonic);
        let mut slot = op.a;
        let mut first = None;
        for (number, operand) in pops.split_whitespace().enumerate() {
            if operand != "v128" {
                slot += 1;
                continue;
            }
            if let Some(shape) = operand_shape(mnemonic, number) {
                self.learn(slot, shape);
            }
            first = first.or(self.at(slot).shape);
            slot += 2;
        }
        if pushes.contains("v128") {
            // Bitwise instructions keep the shape of what they are given.
            let shape = made.or(first);
            *self.at(op.a) = Known {
                shape,
                ..Known::default()
            };
        }
    }

    fn learn(&mut self, slot: u16, shape: Shape) {
        let known = self.at(slot);
        if known.shape.is_some() {
            return;
        }
        known.shape = Some(shape);
        let Known { local, noted, .. } = *known;
        if let Some(local) = local {
            self.learn_local(local, shape);
        }
        if let Some(noted) = noted {
            self.noted[noted].get_or_insert(shape);
        }
    }

    fn local(&self, first: u16) -> Option<Shape> {
        let found = self.locals.iter().find(|(local, _)| *local == first);
        found.map(|(_, shape)| *shape)
    }

    /// The first that is known of a local counts.
    fn learn_local(&mut self, first: u16, shape: Shape) {
        if self.local(first).is_none() {
            self.locals.push((first, shape));
        }
    }

    fn at(&mut self, slot: u16) -> &mut Known {
        let slot = usize::from(slot);
        if slot >= self.slots.len() {
            self.slots.resize(slot + 1, Known::default());
        }
        &mut self.slots[slot]
    }

    /// Notes what is known of values that lie one after the other, and what will be.
    fn note(&mut self, mut slot: u16, types: &[ValType]) {
        self.noted.clear();
        self.moved.clear();
        for ty in types {
            let number = self.noted.len();
            let known = *self.at(slot);
            if *ty == ValType::V128 {
                self.at(slot).noted = Some(number);
                self.moved.extend(known.local.map(|local| (number, local)));
            }
            self.noted
                .push(known.shape.filter(|_| *ty == ValType::V128));
            slot += ty.width() as u16;
        }
    }

    /// The shapes of what was noted, with all that is known in the end.
    fn result(mut self) -> Shapes {
        for (noted, local) in std::mem::take(&mut self.moved) {
            if self.noted[noted].is_none() {
                self.noted[noted] = self.local(local);
            }
        }
        self.noted
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    Before,
    After,
}

/// In which shape an instruction reads an operand.
fn operand_shape(mnemonic: &str, number: usize) -> Option<Shape> {
    match number {
        // The third one is added to the result, or selects.
        2 => Shape::made_by(mnemonic),
        _ => Shape::used_by(mnemonic),
    }
}

fn types_of(values: &[Value]) -> Vec<ValType> {
    values.iter().map(Value::ty).collect()
}

impl Machine {
    fn reading(&self, func: FuncAddr) -> Reading<'_> {
        let func = &self.store.funcs[func.index()];
        Reading {
            code: &self.code,
            ops: func.ops(),
            n_local_slots: func.n_local_slots,
            slots: Vec::new(),
            locals: Vec::new(),
            noted: Vec::new(),
            moved: Vec::new(),
        }
    }

    /// In which shapes the function of a frame reads its locals.
    pub fn local_shapes(&self, frame: &Frame, locals: &[ValType]) -> Shapes {
        let mut reading = self.reading(frame.func);
        reading.read(&mut |_, _, _| {});
        let mut slot = 0;
        let shape = |ty: &ValType| {
            let first = slot;
            slot += ty.width() as u16;
            reading.local(first)
        };
        locals.iter().map(shape).collect()
    }

    /// In which shapes the operands of a frame were made, or will be used.
    pub fn operand_shapes(&self, frame: &Frame, operands: &[ValType]) -> Shapes {
        let first = self.store.funcs[frame.func.index()].n_local_slots as u16 + 1;
        self.shapes_at(frame.func, frame.pc, Moment::Before, first, operands)
    }

    /// In which shapes a function makes its results.
    pub fn result_shapes(&self, func: FuncAddr) -> Shapes {
        let types = self.func_type(func).results.clone();
        let mut found: Shapes = vec![None; types.len()];
        if !types.contains(&ValType::V128) {
            return found;
        }
        let mut reading = self.reading(func);
        reading.read(&mut |reading, pc, moment| {
            let op = reading.code.op(pc);
            if moment == Moment::Before && matches!(op.code, OpCode::Return | OpCode::End) {
                reading.note(op.a, &types);
                for (found, noted) in found.iter_mut().zip(&reading.noted) {
                    *found = found.or(*noted);
                }
            }
        });
        found
    }

    /// In which shapes the values of the last step are read.
    pub fn effect_shapes(&self, effect: &Effect) -> EffectShapes {
        let mut shapes = EffectShapes::default();
        let mut all = effect.popped.iter().chain(&effect.pushed);
        let has_vectors = all.any(|value| value.ty() == ValType::V128);
        let (true, Some(pc)) = (has_vectors, self.pc_of(effect)) else {
            return shapes;
        };
        let n_local_slots = self.store.funcs[effect.func.index()].n_local_slots;
        let popped = types_of(&effect.popped);
        let height = u32::from(self.code.infos[pc as usize].height);
        let width = width_of(&popped);
        let first = (n_local_slots + 1 + height.saturating_sub(width)) as u16;
        shapes.popped = self.shapes_at(effect.func, pc, Moment::Before, first, &popped);
        // What made them may have seen them in another shape.
        for (number, (shape, ty)) in shapes.popped.iter_mut().zip(&popped).enumerate() {
            if *ty == ValType::V128 {
                *shape = operand_shape(effect.mnemonic, number).or(*shape);
            }
        }
        shapes.pushed = match effect.control {
            Control::Next => {
                let pushed = types_of(&effect.pushed);
                self.shapes_at(effect.func, pc, Moment::After, first, &pushed)
            }
            Control::Return => self.result_shapes(effect.func),
            _ => Vec::new(),
        };
        shapes.replaced = shapes.popped.first().copied().flatten();
        shapes
    }

    fn shapes_at(
        &self,
        func: FuncAddr,
        place: u32,
        wanted: Moment,
        first: u16,
        types: &[ValType],
    ) -> Shapes {
        let mut reading = self.reading(func);
        reading.read(&mut |reading, pc, moment| {
            if pc == place && moment == wanted {
                reading.note(first, types);
            }
        });
        reading.result()
    }

    /// The op of the instruction that a step executed.
    fn pc_of(&self, effect: &Effect) -> Option<u32> {
        let mut ops = self.store.funcs[effect.func.index()].ops();
        ops.find(|pc| {
            self.code.infos[*pc as usize].offset == effect.offset.0
                && !self.code.op(*pc).is_pseudo()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_on_vectors_stand_together_in_the_table() {
        let (first, last) = (OpCode::V128Load, OpCode::I32x4RelaxedDotI8x16I7x16AddS);
        for code in OpCode::all() {
            let stands = (first as usize..=last as usize).contains(&(code as usize));
            assert_eq!(
                code.effect().contains("v128"),
                stands,
                "{}",
                code.mnemonic()
            );
        }
    }
}
