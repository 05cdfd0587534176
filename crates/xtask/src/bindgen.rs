//! The JavaScript side of the bindings, made from the compiled core.

use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

/// The name of the files written: `waspnest.js`, `waspnest.d.ts`, `waspnest_bg.wasm`.
const OUT_NAME: &str = "waspnest";

/// Reads the core that rustc wrote and writes glue, types and the finished core into `folder`.
pub fn write_glue(core: &Path, folder: &Path) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    let glue = bindgen
        .input_path(core)
        .out_name(OUT_NAME)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(true)
                // The page hands in the bytes; a default address would be wrong in a worker made
                // from a string.
                .omit_default_module_path(true)
                .generate(folder)
        });
    glue.map_err(|error| format!("wasm-bindgen on {}: {error:#}", core.display()))
}
