//! How an action ended, and how that compares with what a script asks for.

use waspnest::{Trap, Value};

use crate::session::Session;
use crate::values::{self, Pattern};

/// How an action or an instantiation ended.
pub(crate) enum Outcome {
    Returned(Vec<Value>),
    Trapped(Trap),
    Unlinkable(String),
    Endless(u64),
    Refused(String),
}

/// What a script asks for.
pub(crate) enum Expected {
    Instance,
    AnyReturn,
    Return(Vec<Pattern>),
    Trap(String),
    Unlinkable(String),
    Exception,
    Suspension(String),
}

/// What was asked for and what happened instead.
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

impl Outcome {
    fn describe(&self, expected: &Expected) -> String {
        match self {
            Outcome::Returned(results) => {
                let patterns = match expected {
                    Expected::Return(patterns) => &patterns[..],
                    _ => &[],
                };
                values::describe_results(results, patterns)
            }
            Outcome::Trapped(trap) if trap.detail().is_empty() => {
                format!("the trap \"{}\"", trap.kind().message())
            }
            Outcome::Trapped(trap) => {
                format!("the trap \"{}\" ({})", trap.kind().message(), trap.detail())
            }
            Outcome::Unlinkable(reason) => format!("the link error \"{reason}\""),
            Outcome::Endless(ticks) => format!("no end within {ticks} instructions"),
            Outcome::Refused(reason) => format!("a refusal: {reason}"),
        }
    }
}

impl Expected {
    fn describe(&self) -> String {
        match self {
            Expected::Instance => "an instance".to_owned(),
            Expected::AnyReturn => "a return".to_owned(),
            Expected::Return(patterns) => values::describe_expected(patterns),
            Expected::Trap(message) => format!("the trap \"{message}\""),
            Expected::Unlinkable(message) => format!("the link error \"{message}\""),
            Expected::Exception => "an exception that nothing catches".to_owned(),
            Expected::Suspension(message) => format!("the suspension \"{message}\""),
        }
    }

    pub(crate) fn judge(&self, outcome: &Outcome, session: &Session) -> Result<(), Mismatch> {
        let fits = match (self, outcome) {
            (Expected::Instance | Expected::AnyReturn, Outcome::Returned(_)) => true,
            (Expected::Return(patterns), Outcome::Returned(results)) => {
                values::all_match(results, patterns, session)
            }
            (Expected::Trap(message), Outcome::Trapped(trap)) => {
                wording_fits(trap.kind().message(), message)
            }
            (Expected::Exception, Outcome::Trapped(trap)) => trap.exception().is_some(),
            (Expected::Unlinkable(message), Outcome::Unlinkable(reason)) => {
                wording_fits(reason, message)
            }
            _ => false,
        };
        match fits {
            true => Ok(()),
            false => Err(Mismatch::new(self.describe(), outcome.describe(self))),
        }
    }
}

/// Whether what happened is what a script calls `expected`.
///
/// Scripts may give the beginning of the wording ("uninitialized") or more than the wording
/// ("uninitialized element 7").
fn wording_fits(wording: &str, expected: &str) -> bool {
    wording.starts_with(expected) || expected.starts_with(wording)
}
