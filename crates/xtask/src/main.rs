//! Development tasks that need Rust libraries. It is not a build system: the order of things, and
//! what is skipped because nothing changed, is decided by the scripts that call it.
//!
//! - `xtask bindgen CORE.wasm FOLDER` writes the JavaScript glue and TypeScript types of a compiled
//!   core (wasm-bindgen, web target).
//! - `xtask types FILE` writes the TypeScript declarations of the data that crosses the bridge
//!   (feature `types`).

mod bindgen;
#[cfg(feature = "types")]
mod types;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: xtask bindgen CORE.wasm FOLDER | xtask types FILE";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match args[..] {
        ["bindgen", core, folder] => bindgen::write_glue(Path::new(core), Path::new(folder)),
        #[cfg(feature = "types")]
        ["types", file] => types::write_types(Path::new(file)),
        #[cfg(not(feature = "types"))]
        ["types", _] => Err("build xtask with `--features types` to write types".to_owned()),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
