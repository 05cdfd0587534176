//! The core as JavaScript sees it: conversions between the machine's types and plain data, and the
//! bookkeeping of a project of several modules. The only crate that knows wasm-bindgen; the worker
//! and the library depend on it.

mod api;
mod convert;
mod dto;
mod panic;
mod script;
mod sentence;
mod session;
mod source;
mod text;
#[cfg(not(target_arch = "wasm32"))]
mod typescript;

pub use api::Session;
#[cfg(not(target_arch = "wasm32"))]
pub use typescript::typescript;
