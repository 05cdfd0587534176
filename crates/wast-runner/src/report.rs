//! What a script's run amounted to.

use std::fmt;

use waspnest::Gas;
use wast::token::Span;

/// The outcome of one script in one mode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Number of directives that did what the script says.
    pub n_passed: usize,
    /// The directives that did not, in the order of the script.
    pub failures: Vec<Failure>,
    /// Instructions executed by the whole script.
    /// Equal in every mode, since slicing and metering must not matter.
    pub ticks: u64,
    /// Gas used by the whole script, by the schedule of the mode.
    /// Equal in every mode that meters by the same schedule.
    pub gas: Gas,
}

/// A directive that did not do what the script says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The name of the script, as the caller gave it.
    pub file: String,
    /// Line of the directive, counted from 1.
    pub line: usize,
    /// What the script asks for.
    pub expected: String,
    /// What happened instead.
    pub got: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: expected {}, got {}",
            self.file, self.line, self.expected, self.got
        )
    }
}

/// Expectation and outcome of a directive that failed, before its place is known.
#[derive(Debug)]
pub(crate) struct Mismatch {
    pub(crate) expected: String,
    pub(crate) got: String,
}

impl Mismatch {
    pub(crate) fn new(expected: impl Into<String>, got: impl Into<String>) -> Mismatch {
        Mismatch {
            expected: expected.into(),
            got: got.into(),
        }
    }
}

/// The line of `span` in `text`, counted from 1.
pub(crate) fn line_of(span: Span, text: &str) -> usize {
    span.linecol_in(text).0 + 1
}
