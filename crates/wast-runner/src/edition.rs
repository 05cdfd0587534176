//! Editions of the specification, which differ in what they call a valid module.

use wasmparser::{Validator, WasmFeatures};

/// The edition of the specification that a script was written for.
///
/// The machine has one rule of validity, that of the newest edition it supports.
/// A script of an older edition may assert that a module is malformed or invalid which a newer
/// edition allows (several result types, for instance). Such an assertion is judged by the rules
/// of its own edition. Nothing else in the runner depends on the edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// WebAssembly 1.0.
    Wasm1,
    /// WebAssembly 2.0.
    Wasm2,
    /// Whatever the machine supports.
    Newest,
}

impl Edition {
    /// Whether the rules of this edition refuse a module, where they are not the machine's own.
    pub(crate) fn refuses(self, bytes: &[u8]) -> bool {
        let features = match self {
            Edition::Wasm1 => WasmFeatures::WASM1,
            Edition::Wasm2 => WasmFeatures::WASM2,
            Edition::Newest => return false,
        };
        Validator::new_with_features(features)
            .validate_all(bytes)
            .is_err()
    }
}
