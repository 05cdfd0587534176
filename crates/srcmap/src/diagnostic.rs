//! What is wrong with a text: one sentence and its place.

use crate::span::{Span, TextIndex};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The text makes no valid module.
    Error,
    /// It does, but a reader may be misled.
    Warning,
}

/// One finding. The message is a plain sentence without a final period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    pub span: Span,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    pub message: String,
}

impl Diagnostic {
    pub(crate) fn new(
        severity: Severity,
        text: &str,
        index: &TextIndex,
        span: Span,
        message: String,
    ) -> Diagnostic {
        let (line, column) = index.line_column(text, span.start);
        Diagnostic {
            severity,
            span,
            line,
            column,
            message,
        }
    }
}
