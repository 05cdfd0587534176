//! Runs scripts in the `.wast` format of the official test suite on the machine.
//!
//! Spec: [scripts](https://github.com/WebAssembly/spec/blob/main/interpreter/README.md#scripts).
//!
//! There is no input or output here, and nothing that lasts: a script is text, and a [`Run`] of it
//! goes on for as many ticks as it is given. So it runs wherever the machine runs, also inside a
//! page that must stay fluent. The command line (`wast-runner`) and the core (`bindings`) depend
//! on it.
//!
//! ```
//! use waspnest_script::{Options, Run, Verdict};
//!
//! let mut run = Run::new(r#"
//!     (module (func (export "add") (param i32 i32) (result i32)
//!         local.get 0 local.get 1 i32.add))
//!     (assert_return (invoke "add" (i32.const 2) (i32.const 40)) (i32.const 42))
//! "#, Options::default());
//! while run.advance(1_000_000) {}
//! assert_eq!(run.verdicts(), [Verdict::Passed, Verdict::Passed]);
//! ```

mod check;
mod command;
mod mode;
mod outcome;
mod run;
mod session;
mod spectest;
mod stand;
mod syntax;
mod values;

pub use check::check;
pub use mode::Mode;
pub use run::{Failure, Options, Run, Verdict};
pub use stand::{Instance, Stand, StandCall};
