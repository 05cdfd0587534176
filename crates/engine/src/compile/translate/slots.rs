//! Which slots operands and locals take.
//!
//! In most functions each takes one. In a function with vectors, which take two, the place of an
//! operand depends on the types of those below it.

use std::cell::Cell;

use wasmparser::{FuncValidator, ValidatorResources};

use crate::types::ValType;

/// The places of the operands before the present instruction, counted from the first operand.
pub(super) struct OperandSlots {
    /// Slot after each operand, in a function with vectors.
    ends: Option<Vec<u32>>,
    /// Number of the lowest operands that are still as they were at the last update.
    n_unchanged: Cell<u32>,
}

impl OperandSlots {
    pub(super) fn new(is_wide: bool) -> OperandSlots {
        OperandSlots {
            ends: is_wide.then(Vec::new),
            n_unchanged: Cell::new(0),
        }
    }

    pub(super) fn is_wide(&self) -> bool {
        self.ends.is_some()
    }

    /// Slots that the lowest `n` operands take. Whoever asks may replace all above them.
    pub(super) fn below(&self, n: u32) -> u32 {
        self.changed_from(n);
        self.below_unchanged(n)
    }

    /// Slots that the lowest `n` operands take, which stay as they are.
    pub(super) fn below_unchanged(&self, n: u32) -> u32 {
        match (&self.ends, n.checked_sub(1)) {
            (None, _) => n,
            (Some(ends), Some(last)) => ends[last as usize],
            (Some(_), None) => 0,
        }
    }

    /// Notes that all but the lowest `n` operands may be others after this instruction.
    pub(super) fn changed_from(&self, n: u32) {
        self.n_unchanged.set(self.n_unchanged.get().min(n));
    }

    /// Takes these for the only operands.
    pub(super) fn set(&mut self, types: &[ValType]) {
        let Some(ends) = &mut self.ends else { return };
        ends.clear();
        for ty in types {
            ends.push(ends.last().copied().unwrap_or(0) + ty.width());
        }
    }

    /// Takes over the operands as validation knows them before an instruction.
    pub(super) fn update(&mut self, validator: &FuncValidator<ValidatorResources>) {
        let Some(ends) = &mut self.ends else { return };
        let height = validator.operand_stack_height();
        let n_kept = self.n_unchanged.get().min(height);
        ends.truncate(n_kept as usize);
        for operand in n_kept..height {
            let ty = validator.get_operand_type((height - 1 - operand) as usize);
            // A value of any type is only known in code that cannot be reached.
            let is_vector = ty == Some(Some(wasmparser::ValType::V128));
            let end = ends.last().copied().unwrap_or(0) + 1 + u32::from(is_vector);
            ends.push(end);
        }
        self.n_unchanged.set(height);
    }
}

/// First slot of each local, and the slot after the last.
pub(super) fn local_slots(validator: &FuncValidator<ValidatorResources>) -> Vec<u16> {
    let mut next = 0;
    let mut slots = Vec::with_capacity(validator.len_locals() as usize + 1);
    for local in 0..validator.len_locals() {
        slots.push(next);
        let is_vector = validator.get_local_type(local) == Some(wasmparser::ValType::V128);
        next += 1 + u16::from(is_vector);
    }
    slots.push(next);
    slots
}
