//! Translation: the instructions of a function become ops, with their costs and places beside.

mod code;
mod fuse;
mod handlers;
mod translate;

pub(crate) use code::{ALONE, Code, HALT};
pub(crate) use fuse::{Cost, HALF, Source, constant};
pub(crate) use handlers::Clause;
pub use handlers::ClauseKind;
pub(crate) use handlers::read_clause;
