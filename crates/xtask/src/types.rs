//! The TypeScript declarations of the data that crosses the bridge.

use std::fs;
use std::path::Path;

/// Writes the declarations, unless the file says the same already.
pub fn write_types(file: &Path) -> Result<(), String> {
    let text = waspnest_bindings::typescript();
    if fs::read_to_string(file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}
