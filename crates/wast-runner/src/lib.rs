//! Runs whole scripts in the `.wast` format of the official test suite, in every mode.
//!
//! What a script means is the business of `waspnest-script`; this crate runs one from beginning to
//! end and reports. The program of the same package reads files and prints failures.
//!
//! ```
//! use waspnest_wast_runner::{Options, run_script};
//!
//! let script = r#"
//!     (module (func (export "add") (param i32 i32) (result i32)
//!         local.get 0 local.get 1 i32.add))
//!     (assert_return (invoke "add" (i32.const 2) (i32.const 40)) (i32.const 42))
//! "#;
//! let report = run_script("add.wast", script, Options::default());
//! assert_eq!((report.n_passed, report.failures.len()), (2, 0));
//! ```

mod report;

use waspnest_script::{Run, Verdict};
use waspnest_srcmap::TextIndex;

pub use report::{Failure, Report};
pub use waspnest_script::{Mode, Options};

/// Runs the script `text`, which failures call `file`.
///
/// Every directive counts as passed or failed; one that cannot be parsed has failed.
pub fn run_script(file: &str, text: &str, options: Options) -> Report {
    let mut run = Run::new(text, options);
    while run.advance(u64::MAX) {}
    let index = TextIndex::new(text);
    let line = |directive: u32| index.line(run.directives()[directive as usize].span.start);
    Report {
        n_passed: (run.verdicts().iter())
            .filter(|verdict| **verdict == Verdict::Passed)
            .count(),
        failures: (run.failures().iter())
            .map(|failure| Failure {
                file: file.to_owned(),
                line: line(failure.directive) as usize,
                expected: failure.expected.clone(),
                got: failure.got.clone(),
            })
            .collect(),
        ticks: run.ticks(),
        gas: run.gas_used(),
        state: run.state_hash(),
    }
}
