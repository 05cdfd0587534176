//! The core as JavaScript sees it: conversions between the machine's types and plain data, no
//! logic. The only crate that knows wasm-bindgen; the worker and the library depend on it.

mod dto;
#[cfg(not(target_arch = "wasm32"))]
mod typescript;

#[cfg(not(target_arch = "wasm32"))]
pub use typescript::typescript;
