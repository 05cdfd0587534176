//! Vector instructions, and the moves of vectors: ops whose operands take two slots.

use wasmparser::{MemArg, Operator};
use waspnest_lanes::V128;

use super::Translator;
use crate::isa::{Op, OpCode, for_each_op};

/// What an instruction has besides its operands.
enum Immediate {
    None,
    Lane(u8),
    /// Of a load, a store, and an access of one lane.
    Load(MemArg),
    Store(MemArg),
    LaneAccess(MemArg, u8),
    Vector(V128),
}

macro_rules! vector_row {
    ($operator:ident $name:ident [v unary $f:ident]) => {
        vector_row!(@plain $operator $name 1)
    };
    ($operator:ident $name:ident [v test $f:ident]) => {
        vector_row!(@plain $operator $name 1)
    };
    ($operator:ident $name:ident [v splat $f:ident]) => {
        vector_row!(@plain $operator $name 1)
    };
    ($operator:ident $name:ident [v binary $f:ident]) => {
        vector_row!(@plain $operator $name 2)
    };
    ($operator:ident $name:ident [v shift $f:ident]) => {
        vector_row!(@plain $operator $name 2)
    };
    ($operator:ident $name:ident [v ternary $f:ident]) => {
        vector_row!(@plain $operator $name 3)
    };
    ($operator:ident $name:ident [v extract $f:ident]) => {
        vector_row!(@lane $operator $name 1)
    };
    ($operator:ident $name:ident [v replace $f:ident]) => {
        vector_row!(@lane $operator $name 2)
    };
    ($operator:ident $name:ident [v load $f:ident $n:literal]) => {
        if let Operator::$name { memarg } = $operator {
            return Some((OpCode::$name, 1, Immediate::Load(*memarg)));
        }
    };
    ($operator:ident $name:ident [v load_lane $n:literal]) => {
        vector_row!(@memory $operator $name)
    };
    ($operator:ident $name:ident [v store_lane 16]) => {
        if let Operator::$name { memarg } = $operator {
            return Some((OpCode::$name, 2, Immediate::Store(*memarg)));
        }
    };
    ($operator:ident $name:ident [v store_lane $n:literal]) => {
        vector_row!(@memory $operator $name)
    };
    ($operator:ident $name:ident [v constant]) => {
        if let Operator::$name { value } = $operator {
            return Some((OpCode::$name, 0, Immediate::Vector(*value.bytes())));
        }
    };
    ($operator:ident $name:ident [v shuffle]) => {
        if let Operator::$name { lanes } = $operator {
            return Some((OpCode::$name, 2, Immediate::Vector(*lanes)));
        }
    };
    ($operator:ident $name:ident [$($other:tt)*]) => {};
    (@plain $operator:ident $name:ident $n_pops:literal) => {
        if let Operator::$name = $operator {
            return Some((OpCode::$name, $n_pops, Immediate::None));
        }
    };
    (@lane $operator:ident $name:ident $n_pops:literal) => {
        if let Operator::$name { lane } = $operator {
            return Some((OpCode::$name, $n_pops, Immediate::Lane(*lane)));
        }
    };
    (@memory $operator:ident $name:ident) => {
        if let Operator::$name { memarg, lane } = $operator {
            return Some((OpCode::$name, 2, Immediate::LaneAccess(*memarg, *lane)));
        }
    };
}

macro_rules! define_vector {
    ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
        /// Code, number of operands popped, and immediates of a vector instruction.
        fn vector(operator: &Operator<'_>) -> Option<(OpCode, u32, Immediate)> {
            $(vector_row!(operator $name [$($handler)*]);)*
            None
        }
    };
}

for_each_op!(define_vector);

impl Translator<'_> {
    /// Emits the op of a vector instruction; `false` if it is none.
    pub(super) fn visit_vector(&mut self, operator: &Operator<'_>) -> bool {
        let Some((code, n_pops, immediate)) = vector(operator) else {
            return false;
        };
        // Where an operand is, by the number of vectors below it.
        let a = self.top(n_pops);
        let [b, c, third] = [a, a + 2, a + 4];
        let x = match immediate {
            Immediate::None => third.into(),
            Immediate::Lane(lane) => lane.into(),
            Immediate::Vector(vector) => {
                self.code.vectors.push(vector);
                self.code.vectors.len() as u32 - 1
            }
            Immediate::Load(memarg) => {
                self.emit_access(code, n_pops, &memarg, a);
                return true;
            }
            Immediate::Store(memarg) => {
                self.emit_access(code, n_pops, &memarg, a + 1);
                return true;
            }
            Immediate::LaneAccess(memarg, lane) => {
                self.emit_access(code, n_pops, &memarg, lane.into());
                return true;
            }
        };
        self.emit(Op {
            a,
            b,
            c,
            x,
            ..Op::new(code)
        });
        true
    }

    /// The op for a value that takes so many slots, from that for one slot.
    pub(super) fn by_width(&self, code: OpCode, width: u32) -> OpCode {
        match code {
            _ if width == 1 => code,
            OpCode::LocalGet => OpCode::LocalGetV,
            OpCode::LocalSet => OpCode::LocalSetV,
            OpCode::LocalTee => OpCode::LocalTeeV,
            OpCode::GlobalGet => OpCode::GlobalGetV,
            OpCode::GlobalSet => OpCode::GlobalSetV,
            OpCode::Select => OpCode::SelectV,
            _ => unreachable!("{} moves no vector", code.mnemonic()),
        }
    }
}
