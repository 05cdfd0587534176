//! Editions of the specification, which differ in what they call a valid module.

use wasmparser::{
    FuncValidatorAllocations, OperatorsReader, Parser, ValidPayload, Validator, WasmFeatures,
};

use super::decode::check_counts;

/// An edition of the specification by whose rules a module can be judged.
///
/// The machine itself has one rule of validity, that of everything it supports. A script of an
/// older edition may assert that a module is invalid which a newer edition allows (several
/// results, for instance); such an assertion is judged by the edition's own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// WebAssembly 1.0.
    Wasm1,
    /// WebAssembly 2.0.
    Wasm2,
    /// WebAssembly 3.0.
    Wasm3,
    /// The threads proposal, which builds on WebAssembly 1.0.
    Threads,
    /// The proposal on 64-bit memories, which builds on WebAssembly 1.0 too.
    Memory64,
}

impl Edition {
    /// Every edition, by the name under which it is chosen.
    pub const NAMED: &[(&str, Edition)] = &[
        ("1", Edition::Wasm1),
        ("2", Edition::Wasm2),
        ("3", Edition::Wasm3),
        ("threads", Edition::Threads),
        ("memory64", Edition::Memory64),
    ];

    /// The edition of a name.
    pub fn from_name(name: &str) -> Option<Edition> {
        let found = Edition::NAMED.iter().find(|(known, _)| *known == name);
        found.map(|(_, edition)| *edition)
    }

    /// Whether bytes are a module that is valid in this edition.
    pub fn accepts(self, bytes: &[u8]) -> bool {
        let features = match self {
            Edition::Wasm1 => WasmFeatures::WASM1,
            Edition::Wasm2 => WasmFeatures::WASM2,
            // The parser counts threads among the features of 3.0; the specification does not.
            Edition::Wasm3 => WasmFeatures::WASM3.difference(WasmFeatures::THREADS),
            Edition::Threads => WasmFeatures::WASM1
                .union(WasmFeatures::THREADS)
                .union(WasmFeatures::SIGN_EXTENSION)
                .union(WasmFeatures::BULK_MEMORY),
            Edition::Memory64 => WasmFeatures::WASM1
                .union(WasmFeatures::MEMORY64)
                .union(WasmFeatures::SIMD)
                .union(WasmFeatures::SIGN_EXTENSION)
                .union(WasmFeatures::BULK_MEMORY),
        };
        validate(bytes, features).is_ok()
    }
}

/// Validates with some proposals. Operator by operator, as decoding does: `Validator::validate_all`
/// would carry a second copy of the whole validation into the core.
pub(super) fn validate(bytes: &[u8], features: WasmFeatures) -> wasmparser::Result<()> {
    let mut validator = Validator::new_with_features(features);
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut allocations = FuncValidatorAllocations::default();
    for payload in parser.parse_all(bytes) {
        let payload = payload?;
        check_counts(&payload, bytes)?;
        if let ValidPayload::Func(to_validate, body) = validator.payload(&payload)? {
            let mut func = to_validate.into_validator(allocations);
            let mut reader = body.get_binary_reader();
            func.read_locals(&mut reader)?;
            let mut operators = OperatorsReader::new(reader);
            while !operators.eof() {
                let (operator, offset) = operators.read_with_offset()?;
                func.op(offset, &operator)?;
            }
            operators.finish()?;
            allocations = func.into_allocations();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_edition_accepts_less() {
        let accepts = |text: &str| {
            let wasm = wat::parse_str(text).expect("the text is a module");
            [
                Edition::Wasm1,
                Edition::Wasm2,
                Edition::Wasm3,
                Edition::Threads,
                Edition::Memory64,
            ]
            .map(|edition| edition.accepts(&wasm))
        };
        assert_eq!(accepts("(module (func (param i32)))"), [true; 5]);
        assert_eq!(
            accepts("(module (func (result i32 i32) i32.const 1 i32.const 2))"),
            [false, true, true, false, false]
        );
        assert_eq!(
            accepts("(module (type (struct)))"),
            [false, false, true, false, false]
        );
        assert_eq!(
            accepts("(module (memory 1 2 shared))"),
            [false, false, false, true, false]
        );
        assert_eq!(
            accepts("(module (memory i64 1))"),
            [false, false, true, false, true]
        );
    }
}
