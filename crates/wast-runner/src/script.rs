//! Directives of a script, in order.

use std::collections::HashMap;

use waspnest::{ErrorKind, Module};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{QuoteWat, QuoteWatTest, Wast, WastDirective, WastExecute, WastInvoke, WastRet, Wat};

use crate::action::{Action, Outcome, Session};
use crate::edition::Edition;
use crate::mode::Mode;
use crate::report::{Failure, Mismatch, Report, line_of};
use crate::values;

/// How a script is run.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How the machine is driven.
    pub mode: Mode,
    /// The edition of the specification whose rules of validity the script asserts.
    pub edition: Edition,
    /// The number of ticks after which one action of the script counts as endless and fails.
    pub tick_limit: u64,
}

impl Default for Options {
    /// The plain mode, the newest edition, and ten thousand million ticks for each action.
    fn default() -> Options {
        Options {
            mode: Mode::PLAIN,
            edition: Edition::Newest,
            tick_limit: 10_000_000_000,
        }
    }
}

/// Runs the script `text`, which failures call `file`.
///
/// Every directive counts as passed or failed. A text that cannot be parsed as a script is one
/// failure.
pub fn run_script(file: &str, text: &str, options: Options) -> Report {
    let mut report = Report::default();
    if let Err(error) = run_directives(file, text, options, &mut report) {
        report.failures.push(Failure {
            file: file.to_owned(),
            line: line_of(error.span(), text),
            expected: "a script".to_owned(),
            got: error.message(),
        });
    }
    report
}

fn run_directives(
    file: &str,
    text: &str,
    options: Options,
    report: &mut Report,
) -> Result<(), wast::Error> {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer)?;
    let script = parser::parse::<Wast<'_>>(&buffer)?;

    let mut interpreter = Interpreter {
        session: Session::new(options.mode, options.tick_limit),
        edition: options.edition,
        definitions: HashMap::new(),
        latest_definition: None,
    };
    for directive in script.directives {
        let span = directive.span();
        match interpreter.run_directive(directive) {
            Ok(()) => report.n_passed += 1,
            Err(mismatch) => report.failures.push(Failure {
                file: file.to_owned(),
                line: line_of(span, text),
                expected: mismatch.expected,
                got: mismatch.got,
            }),
        }
    }
    report.ticks = interpreter.session.ticks();
    report.gas = interpreter.session.gas_used();
    Ok(())
}

/// Why a module was refused before it came to linking.
enum Refusal {
    /// The text is not a module.
    Text(String),
    /// The binary is malformed or the module invalid.
    Binary(String),
    /// The module may be valid, but uses what the machine does not have.
    Unsupported(String),
}

impl Refusal {
    fn describe(self) -> String {
        match self {
            Refusal::Text(reason) => format!("text that is not a module: {reason}"),
            Refusal::Binary(reason) => {
                format!("a module refused as malformed or invalid: {reason}")
            }
            Refusal::Unsupported(reason) => format!("a module refused as unsupported: {reason}"),
        }
    }
}

struct Interpreter {
    session: Session,
    edition: Edition,
    definitions: HashMap<String, Module>,
    latest_definition: Option<Module>,
}

impl Interpreter {
    fn run_directive(&mut self, directive: WastDirective<'_>) -> Result<(), Mismatch> {
        match directive {
            WastDirective::Module(mut source) => self.define_and_instantiate(&mut source),
            WastDirective::ModuleDefinition(mut source) => {
                self.latest_definition = None;
                let module = expect_module(&mut source)?;
                if let Some(id) = source.name() {
                    self.definitions
                        .insert(id.name().to_owned(), module.clone());
                }
                self.latest_definition = Some(module);
                Ok(())
            }
            WastDirective::ModuleInstance {
                instance, module, ..
            } => {
                let definition = match module {
                    Some(id) => self.definitions.get(id.name()),
                    None => self.latest_definition.as_ref(),
                };
                let definition = definition
                    .cloned()
                    .ok_or_else(|| Mismatch::new("a module definition of that name", "none"))?;
                self.expect_instance(&definition, instance.map(|id| id.name()))
            }
            WastDirective::Register { name, module, .. } => {
                self.session.register(name, module.map(|id| id.name()))
            }
            WastDirective::Invoke(invoke) => match self.invoke(&invoke)? {
                Outcome::Returned(_) => Ok(()),
                outcome => Err(Mismatch::new("a return", outcome.describe())),
            },
            WastDirective::AssertReturn { exec, results, .. } => self.assert_return(exec, &results),
            WastDirective::AssertTrap { exec, message, .. } => {
                let expected = format!("the trap \"{message}\"");
                match self.execute(exec)? {
                    Outcome::Trapped(trap) if wording_fits(trap.kind().message(), message) => {
                        Ok(())
                    }
                    outcome => Err(Mismatch::new(expected, outcome.describe())),
                }
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                let expected = format!("the trap \"{message}\"");
                match self.invoke(&call)? {
                    Outcome::Trapped(trap) if wording_fits(trap.kind().message(), message) => {
                        Ok(())
                    }
                    outcome => Err(Mismatch::new(expected, outcome.describe())),
                }
            }
            WastDirective::AssertInvalid {
                mut module,
                message,
                ..
            } => self.assert_refused(&mut module, "an invalid module", message),
            WastDirective::AssertMalformed {
                mut module,
                message,
                ..
            } => self.assert_refused(&mut module, "a malformed module", message),
            WastDirective::AssertUnlinkable {
                module, message, ..
            } => self.assert_unlinkable(module, message),
            WastDirective::AssertInvalidCustom { .. }
            | WastDirective::AssertMalformedCustom { .. }
            | WastDirective::AssertException { .. }
            | WastDirective::AssertSuspension { .. }
            | WastDirective::Thread(_)
            | WastDirective::Wait { .. } => Err(Mismatch::new(
                "a directive that the runner knows",
                "one of custom annotations, exceptions, stack switching or threads",
            )),
        }
    }

    fn define_and_instantiate(&mut self, source: &mut QuoteWat<'_>) -> Result<(), Mismatch> {
        // Actions after a module that failed must not fall through to the one before it.
        self.session.forget_current();
        let module = expect_module(source)?;
        self.expect_instance(&module, source.name().map(|id| id.name()))
    }

    fn expect_instance(&mut self, module: &Module, name: Option<&str>) -> Result<(), Mismatch> {
        match self.session.instantiate(module, name) {
            Outcome::Returned(_) => Ok(()),
            outcome => Err(Mismatch::new("an instance", outcome.describe())),
        }
    }

    fn assert_refused(
        &self,
        source: &mut QuoteWat<'_>,
        kind: &str,
        message: &str,
    ) -> Result<(), Mismatch> {
        let Ok(bytes) = encode(source) else {
            return Ok(());
        };
        // What the machine does not have may still be invalid by the rules of the script, and what
        // it has may be newer than the script.
        let got = match read_module(&bytes) {
            Err(Refusal::Text(_) | Refusal::Binary(_)) => return Ok(()),
            _ if self.edition.refuses(&bytes) => return Ok(()),
            Err(refusal) => refusal.describe(),
            Ok(_) => "a valid module".to_owned(),
        };
        Err(Mismatch::new(format!("{kind} (\"{message}\")"), got))
    }

    fn assert_unlinkable(&mut self, module: Wat<'_>, message: &str) -> Result<(), Mismatch> {
        let module = expect_module(&mut QuoteWat::Wat(module))?;
        match self.session.instantiate_unnamed(&module) {
            Outcome::Unlinkable(reason) if wording_fits(&reason, message) => Ok(()),
            outcome => Err(Mismatch::new(
                format!("the link error \"{message}\""),
                outcome.describe(),
            )),
        }
    }

    fn assert_return(
        &mut self,
        exec: WastExecute<'_>,
        expected: &[WastRet<'_>],
    ) -> Result<(), Mismatch> {
        let outcome = self.execute(exec)?;
        let Outcome::Returned(results) = &outcome else {
            return Err(Mismatch::new(
                values::describe_expected(expected),
                outcome.describe(),
            ));
        };
        if values::all_match(results, expected, &self.session) {
            Ok(())
        } else {
            Err(Mismatch::new(
                values::describe_expected(expected),
                values::describe_results(results),
            ))
        }
    }

    fn execute(&mut self, exec: WastExecute<'_>) -> Result<Outcome, Mismatch> {
        match exec {
            WastExecute::Invoke(invoke) => self.invoke(&invoke),
            WastExecute::Wat(wat) => {
                let module = expect_module(&mut QuoteWat::Wat(wat))?;
                Ok(self.session.instantiate_unnamed(&module))
            }
            WastExecute::Get { module, global, .. } => {
                let action = Action::Get { global };
                self.session.act(module.map(|id| id.name()), &action)
            }
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Result<Outcome, Mismatch> {
        let action = Action::Invoke {
            func: invoke.name,
            args: values::arguments(&invoke.args)?,
        };
        self.session.act(invoke.module.map(|id| id.name()), &action)
    }
}

/// A module that the script takes to be valid.
fn expect_module(source: &mut QuoteWat<'_>) -> Result<Module, Mismatch> {
    encode(source)
        .map_err(Refusal::Text)
        .and_then(|bytes| read_module(&bytes))
        .map_err(|refusal| Mismatch::new("a valid module", refusal.describe()))
}

fn read_module(bytes: &[u8]) -> Result<Module, Refusal> {
    Module::new(bytes).map_err(|error| match error.kind() {
        ErrorKind::Unsupported { .. } => Refusal::Unsupported(error.to_string()),
        _ => Refusal::Binary(error.to_string()),
    })
}

/// Whether what happened is what a script calls `expected`.
///
/// Scripts may give the beginning of the wording ("uninitialized") or more than the wording
/// ("uninitialized element 7").
fn wording_fits(wording: &str, expected: &str) -> bool {
    wording.starts_with(expected) || expected.starts_with(wording)
}

/// The binary of a module given as text, bytes, or quoted text.
fn encode(source: &mut QuoteWat<'_>) -> Result<Vec<u8>, String> {
    let text = match source.to_test() {
        Ok(QuoteWatTest::Binary(bytes)) => return Ok(bytes),
        Ok(QuoteWatTest::Text(text)) => text,
        Err(error) => return Err(error.message()),
    };
    let text = String::from_utf8(text).map_err(|error| error.to_string())?;
    let encode_text = || {
        let mut lexer = Lexer::new(&text);
        lexer.allow_confusing_unicode(true);
        let buffer = ParseBuffer::new_with_lexer(lexer)?;
        parser::parse::<Wat<'_>>(&buffer)?.encode()
    };
    encode_text().map_err(|error: wast::Error| error.message())
}
