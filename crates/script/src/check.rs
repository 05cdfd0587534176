//! What is wrong with the text of a script, without running it.

use waspnest_srcmap::{
    self as srcmap, Check, Diagnostic, Directive, DirectiveKind, ModuleForm, Severity, Span,
    TextIndex,
};

use crate::command::Command;

/// Most findings that are told; more would only repeat the point.
const MOST_FINDINGS: usize = 200;

/// Checks the text of a script: each directive must be one, and each module that is not asserted
/// to be wrong must be valid. Symbols are those of the modules written as text.
pub fn check(text: &str) -> Check {
    let mut script = Check {
        diagnostics: Vec::new(),
        outline: Vec::new(),
        symbols: srcmap::Symbols::default(),
        assembled: None,
        index: TextIndex::new(text),
    };
    for directive in srcmap::directives(text) {
        if script.diagnostics.len() >= MOST_FINDINGS {
            break;
        }
        let is_module = matches!(
            directive.kind,
            DirectiveKind::Module | DirectiveKind::Parts | DirectiveKind::Definition
        );
        match directive.module {
            Some((span, ModuleForm::Text)) if is_module => check_module(text, span, &mut script),
            _ => check_directive(text, &directive, &mut script),
        }
    }
    script
}

fn check_module(text: &str, span: Span, script: &mut Check) {
    let module = srcmap::check(&srcmap::module_text(text, span));
    let within = |own: Span| Span::new(own.start + span.start, own.end + span.start);
    for found in module.diagnostics {
        push(
            text,
            script,
            found.severity,
            within(found.span),
            found.message,
        );
    }
    let n_definitions = script.symbols.definitions.len() as u32;
    for mut definition in module.symbols.definitions {
        definition.span = within(definition.span);
        definition.scope = within(definition.scope);
        script.symbols.definitions.push(definition);
    }
    for mut reference in module.symbols.references {
        reference.span = within(reference.span);
        reference.definition = reference
            .definition
            .map(|definition| definition + n_definitions);
        script.symbols.references.push(reference);
    }
}

fn check_directive(text: &str, directive: &Directive, script: &mut Check) {
    if let Err((span, message)) = Command::read(text, directive) {
        let start = directive.span.start;
        let place = Span::new(span.start + start, span.end + start);
        push(text, script, Severity::Error, place, message);
    }
}

fn push(text: &str, script: &mut Check, severity: Severity, span: Span, message: String) {
    let (line, column) = script.index.line_column(text, span.start);
    script.diagnostics.push(Diagnostic {
        severity,
        span,
        line,
        column,
        message,
    });
}
