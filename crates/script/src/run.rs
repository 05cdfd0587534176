//! A script on its way: directive by directive, and long ones slice by slice.

use waspnest::{Config, Edition, ErrorKind, Gas, Module};
use waspnest_srcmap::{self as srcmap, Directive, DirectiveKind};

use crate::command::{Action, Command, Source};
use crate::mode::Mode;
use crate::outcome::{Expected, Mismatch, Outcome};
use crate::session::{Begun, Call, Session};

/// Slots of 8 bytes for frames. Enough for the deepest recursion that official scripts expect to
/// return, and little enough that their endless ones end soon.
const STACK_SLOTS: u32 = 1 << 18;

/// How a script is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// How the machine is driven.
    pub mode: Mode,
    /// The edition whose rules of validity the script asserts; `None` for the machine's own.
    pub edition: Option<Edition>,
    /// The number of ticks after which one action of the script counts as endless and fails.
    pub tick_limit: u64,
    /// The machine's limits.
    pub config: Config,
}

impl Default for Options {
    /// The plain mode, the machine's own rules, and ten thousand million ticks for each action.
    fn default() -> Options {
        Options {
            mode: Mode::PLAIN,
            edition: None,
            tick_limit: 10_000_000_000,
            config: Config {
                stack_slots: STACK_SLOTS,
                ..Config::default()
            },
        }
    }
}

/// What is known of a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Verdict {
    /// It was not reached yet.
    Pending,
    /// It did what the script says.
    Passed,
    /// It did not.
    Failed,
}

/// Why a directive failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Number of the directive.
    pub directive: u32,
    /// What the script asks for.
    pub expected: String,
    /// What happened instead.
    pub got: String,
}

/// A script, its machine, and how far it came.
pub struct Run {
    pub(crate) text: String,
    pub(crate) directives: Vec<Directive>,
    edition: Option<Edition>,
    pub(crate) session: Session,
    verdicts: Vec<Verdict>,
    failures: Vec<Failure>,
    next: usize,
    /// The next directive calls a function, and waits for its end.
    waiting: Option<(Call, Expected)>,
    threads: Vec<Thread>,
}

/// A `thread` directive that was reached.
struct Thread {
    directive: u32,
    name: String,
    scope: usize,
}

/// What a directive led to.
pub(crate) enum Led {
    Judged(Result<(), Mismatch>),
    Calling(Call, Expected),
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
            Refusal::Text(reason) => text_that_is_not("a module", &reason),
            Refusal::Binary(reason) => {
                format!("a module refused as malformed or invalid: {reason}")
            }
            Refusal::Unsupported(reason) => format!("a module refused as unsupported: {reason}"),
        }
    }
}

fn text_that_is_not(wanted: &str, reason: &str) -> String {
    format!("text that is not {wanted}: {reason}")
}

impl Run {
    /// A run of the script `text` that stands before its first directive.
    pub fn new(text: impl Into<String>, options: Options) -> Run {
        let text = text.into();
        let directives = srcmap::directives(&text);
        Run {
            verdicts: vec![Verdict::Pending; directives.len()],
            session: Session::new(options.mode, options.tick_limit, options.config),
            edition: options.edition,
            failures: Vec::new(),
            next: 0,
            waiting: None,
            threads: Vec::new(),
            text,
            directives,
        }
    }

    /// The text of the script.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its directives.
    pub fn directives(&self) -> &[Directive] {
        &self.directives
    }

    /// What is known of each directive.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// The directives that failed, in the order of the script.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Number of the directive that comes next, or is under way.
    pub fn position(&self) -> usize {
        self.next
    }

    /// Instructions executed so far. Equal in every mode, since slicing and metering do not matter.
    pub fn ticks(&self) -> u64 {
        self.session.machine.ticks()
    }

    /// Gas used so far, by the schedule of the mode.
    /// Equal in every mode that meters by the same schedule.
    pub fn gas_used(&self) -> Gas {
        self.session.machine.gas_used()
    }

    /// A hash of the machine's state, gas included.
    pub fn state_hash(&self) -> u64 {
        self.session.machine.state_hash()
    }

    /// Goes on: with one directive, or with at most `ticks` instructions of it. False when the
    /// script has ended.
    pub fn advance(&mut self, ticks: u64) -> bool {
        if self.next == self.directives.len() {
            return false;
        }
        let led = match self.waiting.take() {
            Some((call, expected)) => self.go_on(call, expected, ticks),
            None => match self.begin_next() {
                Led::Calling(call, expected) => self.go_on(call, expected, ticks),
                led => led,
            },
        };
        match led {
            Led::Calling(call, expected) => self.waiting = Some((call, expected)),
            Led::Judged(judged) => self.conclude(judged),
        }
        true
    }

    fn go_on(&mut self, call: Call, expected: Expected, ticks: u64) -> Led {
        match self.session.go_on(call, ticks) {
            Ok(outcome) => Led::Judged(expected.judge(&outcome, &self.session)),
            Err(call) => Led::Calling(call, expected),
        }
    }

    fn conclude(&mut self, judged: Result<(), Mismatch>) {
        self.verdicts[self.next] = match judged {
            Ok(()) => Verdict::Passed,
            Err(Mismatch { expected, got }) => {
                self.failures.push(Failure {
                    directive: self.next as u32,
                    expected,
                    got,
                });
                Verdict::Failed
            }
        };
        self.next += 1;
    }

    /// Carries out the next directive as far as it goes without running code.
    pub(crate) fn begin_next(&mut self) -> Led {
        let directive = self.directives[self.next];
        let mut threads = self.threads.iter();
        let thread = threads.find(|thread| Some(thread.directive) == directive.thread);
        let scope = thread.map_or(0, |thread| thread.scope);
        self.session.enter_scope(scope);
        if matches!(directive.kind, DirectiveKind::Module | DirectiveKind::Parts) {
            // Actions after a module that failed must not fall through to the one before it.
            self.session.forget_current();
        }
        match Command::read(&self.text, &directive) {
            Ok(command) => self
                .carry_out(command)
                .unwrap_or_else(|mismatch| Led::Judged(Err(mismatch))),
            Err((_, reason)) => {
                let wanted = "a directive";
                Led::Judged(Err(Mismatch::new(
                    wanted,
                    text_that_is_not(wanted, &reason),
                )))
            }
        }
    }

    fn carry_out(&mut self, command: Command) -> Result<Led, Mismatch> {
        let number = self.next as u32;
        match command {
            Command::Act { action, expected } => return self.act(action, expected),
            Command::Define { name, source } => {
                let definition = expect_module(&source).map(|module| (module, number));
                self.session.define(name, definition.as_ref().ok().cloned());
                definition?;
            }
            Command::Instantiate { name, module } => {
                let definition = self.session.definition(module.as_deref())?;
                let begun = self.session.instantiate(&definition, name, true, number);
                return Ok(self.led(begun, Expected::Instance));
            }
            Command::Register { name, instance } => {
                self.session.register(name, instance.as_deref())?;
            }
            Command::Refuse {
                source,
                wanted,
                message,
            } => self.assert_refused(&source, wanted, &message)?,
            Command::Thread { name, shared } => {
                let scope = self.session.add_thread(shared.as_deref())?;
                self.threads.push(Thread {
                    directive: number,
                    name,
                    scope,
                });
            }
            // The body of a thread has run where it stands.
            Command::Wait { thread } => {
                if self.threads.iter().all(|known| known.name != thread) {
                    return Err(Mismatch::new(format!("a thread ${thread}"), "none"));
                }
            }
        }
        Ok(Led::Judged(Ok(())))
    }

    fn act(&mut self, action: Action, expected: Expected) -> Result<Led, Mismatch> {
        let number = self.next as u32;
        let begun = match action {
            Action::Invoke {
                instance,
                func,
                args,
            } => {
                let no_values = || Mismatch::new("values to call with", "a pattern");
                let args = args.ok_or_else(no_values)?;
                self.session.invoke(instance.as_deref(), &func, args)?
            }
            Action::Get { instance, global } => {
                let value = self.session.get(instance.as_deref(), &global)?;
                Begun::Ended(Outcome::Returned(vec![value]))
            }
            Action::Try(source) => {
                let module = (expect_module(&source)?, number);
                self.session.instantiate(&module, None, false, number)
            }
            Action::Module { name, source } => {
                let module = (expect_module(&source)?, number);
                self.session.instantiate(&module, name, true, number)
            }
        };
        Ok(self.led(begun, expected))
    }

    fn led(&self, begun: Begun, expected: Expected) -> Led {
        match begun {
            Begun::Ended(outcome) => Led::Judged(expected.judge(&outcome, &self.session)),
            Begun::Calling(call) => Led::Calling(call, expected),
        }
    }

    fn assert_refused(&self, source: &Source, wanted: &str, message: &str) -> Result<(), Mismatch> {
        let Ok(bytes) = source else {
            return Ok(());
        };
        // What the machine does not have may still be invalid by the rules of the script, and what
        // it has may be newer than the script.
        let got = match read_module(bytes) {
            Err(Refusal::Text(_) | Refusal::Binary(_)) => return Ok(()),
            _ if self.edition.is_some_and(|edition| !edition.accepts(bytes)) => return Ok(()),
            Err(refusal) => refusal.describe(),
            Ok(_) => "a valid module".to_owned(),
        };
        Err(Mismatch::new(format!("{wanted} (\"{message}\")"), got))
    }
}

/// A module that the script takes to be valid.
fn expect_module(source: &Source) -> Result<Module, Mismatch> {
    let read = match source {
        Ok(bytes) => read_module(bytes),
        Err(reason) => Err(Refusal::Text(reason.clone())),
    };
    read.map_err(|refusal| Mismatch::new("a valid module", refusal.describe()))
}

fn read_module(bytes: &[u8]) -> Result<Module, Refusal> {
    Module::new(bytes).map_err(|error| match error.kind() {
        ErrorKind::Unsupported { .. } => Refusal::Unsupported(error.to_string()),
        _ => Refusal::Binary(error.to_string()),
    })
}
