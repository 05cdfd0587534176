//! Cases that go wrong in every way a case can, to see that each of them is found.

use crate::random::Random;
use crate::work::{Case, Counts, Finding};

/// The name of the kind. It is no part of a run without `--only`.
pub const KIND: &str = "selftest";

pub struct SelfTest;

/// An empty module with a custom section that says what is to happen.
fn module(what: &str) -> Vec<u8> {
    let mut module = wasm_encoder::Module::new();
    let (name, data) = (what.into(), (&[]).into());
    module.section(&wasm_encoder::CustomSection { name, data });
    module.finish()
}

impl Case for SelfTest {
    fn input(&self, seed: &Random) -> Vec<u8> {
        let whats = [
            "nothing",
            "nothing",
            "nothing",
            "difference",
            "panic",
            "abort",
        ];
        module(whats[seed.clone().below(whats.len())])
    }

    fn run(&self, seed: &Random, counts: &mut Counts) -> Result<(), Finding> {
        let wasm = self.input(seed);
        counts.modules += 1;
        if wasm == module("difference") {
            let message = String::from("a difference, as was asked for");
            return Err(Finding { wasm, message });
        }
        if wasm == module("abort") {
            std::process::abort();
        }
        assert!(wasm != module("panic"), "a panic, as was asked for");
        Ok(())
    }
}
