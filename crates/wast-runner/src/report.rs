//! What a script's run amounted to.

use std::fmt;

use waspnest::Gas;

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
    /// Hash of the machine's state at the end, gas included.
    /// Equal in every mode that meters by the same schedule.
    pub state: u64,
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
