//! Prepares modules for the benchmark page: `waspnest-bench-assemble INPUT OUTPUT`.
//!
//! Writes the binary form of a module given as text or binary, and prints what the page cannot
//! find out by itself: a line `import MODULE NAME` for each import, and a line
//! `func NAME PARAMS RESULTS` for each exported function, with types separated by commas and `-`
//! for none. Fields are separated by tabs. A module that is none is told in one line, and code 1.

use std::process::ExitCode;
use std::{env, fs};

use wasmparser::{CompositeInnerType, ExternalKind, FuncType, Parser, Payload, TypeRef, Validator};

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let [input, output] = words.as_slice() else {
        eprintln!("usage: waspnest-bench-assemble INPUT OUTPUT");
        return ExitCode::from(2);
    };
    match assemble(input, output) {
        Ok(description) => {
            print!("{description}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            println!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn assemble(input: &str, output: &str) -> Result<String, String> {
    let source = fs::read(input).map_err(|error| format!("cannot be read: {error}"))?;
    let bytes = wat::parse_bytes(&source).map_err(|error| in_one_line(&error.to_string()))?;
    Validator::new()
        .validate_all(&bytes)
        .map_err(|error| format!("is no valid WebAssembly: {error}"))?;
    fs::write(output, &bytes).map_err(|error| format!("cannot be copied to {output}: {error}"))?;
    describe(&bytes).map_err(|error| format!("is no WebAssembly that is known here: {error}"))
}

/// The message of an error in text, which draws the line it is about.
fn in_one_line(message: &str) -> String {
    let mut lines = message.lines();
    let first = lines.next().unwrap_or_default();
    let place = lines.find_map(|line| line.trim_start().strip_prefix("--> <anon>:"));
    let place = place.and_then(|place| place.split_once(':'));
    match place {
        Some((line, column)) => {
            format!("is no WebAssembly text: {first}, in line {line}, column {column}")
        }
        None => format!("is no WebAssembly text: {first}"),
    }
}

fn describe(bytes: &[u8]) -> wasmparser::Result<String> {
    let mut types: Vec<Option<FuncType>> = Vec::new();
    let mut funcs: Vec<u32> = Vec::new();
    let mut description = String::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::TypeSection(section) => {
                for group in section {
                    types.extend(group?.into_types().map(|ty| match ty.composite_type.inner {
                        CompositeInnerType::Func(ty) => Some(ty),
                        _ => None,
                    }));
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    description += &format!("import\t{}\t{}\n", import.module, import.name);
                    if let TypeRef::Func(ty) | TypeRef::FuncExact(ty) = import.ty {
                        funcs.push(ty);
                    }
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    funcs.push(ty?);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind != ExternalKind::Func {
                        continue;
                    }
                    // The module is valid, so that its indices are in range; only functions
                    // can have function types.
                    if let Some(ty) = &types[funcs[export.index as usize] as usize] {
                        description += &format!(
                            "func\t{}\t{}\t{}\n",
                            export.name,
                            type_list(ty.params()),
                            type_list(ty.results())
                        );
                    }
                }
            }
            _ => {}
        }
    }
    Ok(description)
}

fn type_list(types: &[wasmparser::ValType]) -> String {
    if types.is_empty() {
        return "-".to_owned();
    }
    let names: Vec<String> = types.iter().map(ToString::to_string).collect();
    names.join(",")
}
