//! Runs scripts in the `.wast` format of the official test suite on the machine.
//!
//! The library does no input or output: a script is text, its outcome a [`Report`].
//! It can therefore run wherever the machine runs, also inside a page.
//! The program of the same package reads files and prints failures.
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

mod action;
mod edition;
mod mode;
mod report;
mod script;
mod spectest;
mod values;

pub use edition::Edition;
pub use mode::Mode;
pub use report::{Failure, Report};
pub use script::{Options, run_script};
