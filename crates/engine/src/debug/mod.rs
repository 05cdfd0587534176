//! What people look at: frames, typed values, labels, breakpoints, effects of a step, a hash.
//!
//! All of it is cold and reads the plain state; nothing here is paid for by an unwatched run.

mod breakpoints;
mod came_back;
mod effect;
mod effect_objects;
mod explain;
mod explain_reference;
mod frames;
mod holders;
mod inspect;
mod objects;
mod shapes;
mod state_hash;
mod trace;
mod typing;
mod words;

pub use came_back::NotedCall;
pub use effect::{AccessKind, Control, Effect, MemoryAccess};
pub use effect_objects::{ObjectAccess, ObjectPart};
pub use frames::{Catch, Frame, FrameLook, Label, LabelKind, NextInstruction, TypedValue};
pub use holders::Holder;
pub use objects::{ObjectCount, ObjectTally};
pub use shapes::{EffectShapes, Shapes};
pub use trace::TraceLine;
pub(crate) use typing::FuncTypes;
