//! The text of a panic, kept for the page: a panic ends the core without a word otherwise.

use std::sync::Mutex;

use wasm_bindgen::prelude::*;

static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Runs when the core is instantiated.
#[wasm_bindgen(start)]
pub fn keep_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if let Ok(mut last) = LAST.lock() {
            *last = Some(panic.to_string());
        }
    }));
}

/// The text of the panic that ended the core, if one did.
#[wasm_bindgen(js_name = lastPanic)]
pub fn last_panic() -> Option<String> {
    LAST.lock().ok()?.clone()
}
