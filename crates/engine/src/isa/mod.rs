//! The instruction set: one table, and everything that expands from it.

mod atomic;
mod fused;
mod immediates;
mod op;
mod reference;
mod table;

pub(crate) use atomic::Atomic;
pub(crate) use fused::with_fused;
pub(crate) use immediates::{field, ref_type_bits, ref_type_of_bits};
pub(crate) use op::{Op, OpCode, Row};
pub(crate) use reference::schedule_names;
pub use reference::{InstructionInfo, reference};
pub(crate) use table::for_each_op;
