//! A directive as it is carried out: without places, and without ties to the text.

use waspnest::Value;
use waspnest_srcmap::{self as srcmap, Directive, Parsed};
use wast::{QuoteWat, WastDirective, WastExecute, WastInvoke, Wat};

use crate::outcome::Expected;
use crate::values::{self, Pattern};

/// The binary of a module, or why its text is none.
pub(crate) type Source = Result<Vec<u8>, String>;

pub(crate) enum Command {
    Define {
        name: Option<String>,
        source: Source,
    },
    Instantiate {
        name: Option<String>,
        module: Option<String>,
    },
    Register {
        name: String,
        instance: Option<String>,
    },
    /// Does something, and says how it should end.
    Act {
        action: Action,
        expected: Expected,
    },
    /// A module that is to be refused, in these words.
    Refuse {
        source: Source,
        wanted: &'static str,
        message: String,
    },
    Thread {
        name: String,
        shared: Option<String>,
    },
    Wait {
        thread: String,
    },
}

/// Something a script does with the machine.
pub(crate) enum Action {
    Invoke {
        instance: Option<String>,
        func: String,
        args: Result<Vec<Value>, String>,
    },
    Get {
        instance: Option<String>,
        global: String,
    },
    /// Instantiates a module that nothing names later.
    Try(Source),
    /// Instantiates a module that becomes the current one.
    Module {
        name: Option<String>,
        source: Source,
    },
}

impl Command {
    /// Reads the directive that stands in `text`.
    ///
    /// # Errors
    ///
    /// A sentence about what cannot be read.
    pub(crate) fn read(text: &str, directive: &Directive) -> Result<Command, String> {
        srcmap::with_directive(text, directive.kind, |parsed| match parsed {
            Parsed::Directive(directive) => command(directive, text),
            Parsed::Action(action) => Command::Act {
                action: execute(action, text),
                expected: Expected::AnyReturn,
            },
        })
        .map_err(|error| srcmap::directive_problem(text, directive.kind, &error).1)
    }
}

fn command(directive: WastDirective<'_>, text: &str) -> Command {
    let act = |action, expected| Command::Act { action, expected };
    let refuse = |mut module: QuoteWat<'_>, wanted, message: &str| Command::Refuse {
        source: srcmap::encode_module(&mut module, text),
        wanted,
        message: message.to_owned(),
    };
    match directive {
        WastDirective::Module(mut module) => act(
            Action::Module {
                name: owned(module.name()),
                source: srcmap::encode_module(&mut module, text),
            },
            Expected::Instance,
        ),
        WastDirective::ModuleDefinition(mut module) => Command::Define {
            name: owned(module.name()),
            source: srcmap::encode_module(&mut module, text),
        },
        WastDirective::ModuleInstance {
            instance, module, ..
        } => Command::Instantiate {
            name: owned(instance),
            module: owned(module),
        },
        WastDirective::Register { name, module, .. } => Command::Register {
            name: name.to_owned(),
            instance: owned(module),
        },
        WastDirective::Invoke(invoke) => act(self::invoke(&invoke), Expected::AnyReturn),
        WastDirective::AssertReturn { exec, results, .. } => {
            let patterns = results.iter().map(Pattern::of).collect();
            act(execute(exec, text), Expected::Return(patterns))
        }
        WastDirective::AssertTrap { exec, message, .. } => {
            act(execute(exec, text), Expected::Trap(message.to_owned()))
        }
        WastDirective::AssertExhaustion { call, message, .. } => {
            act(self::invoke(&call), Expected::Trap(message.to_owned()))
        }
        WastDirective::AssertException { exec, .. } => {
            act(execute(exec, text), Expected::Exception)
        }
        WastDirective::AssertSuspension { exec, message, .. } => act(
            execute(exec, text),
            Expected::Suspension(message.to_owned()),
        ),
        WastDirective::AssertUnlinkable {
            module, message, ..
        } => act(
            Action::Try(encode(module, text)),
            Expected::Unlinkable(message.to_owned()),
        ),
        WastDirective::AssertInvalid {
            module, message, ..
        } => refuse(module, "an invalid module", message),
        WastDirective::AssertMalformed {
            module, message, ..
        } => refuse(module, "a malformed module", message),
        WastDirective::AssertInvalidCustom {
            module, message, ..
        } => refuse(module, "an invalid custom section", message),
        WastDirective::AssertMalformedCustom {
            module, message, ..
        } => refuse(module, "a malformed custom section", message),
        WastDirective::Thread(thread) => Command::Thread {
            name: thread.name.name().to_owned(),
            shared: owned(thread.shared_module),
        },
        WastDirective::Wait { thread, .. } => Command::Wait {
            thread: thread.name().to_owned(),
        },
    }
}

fn owned(id: Option<wast::token::Id<'_>>) -> Option<String> {
    id.map(|id| id.name().to_owned())
}

fn encode(module: Wat<'_>, text: &str) -> Source {
    srcmap::encode_module(&mut QuoteWat::Wat(module), text)
}

fn invoke(invoke: &WastInvoke<'_>) -> Action {
    Action::Invoke {
        instance: owned(invoke.module),
        func: invoke.name.to_owned(),
        args: values::arguments(&invoke.args),
    }
}

fn execute(exec: WastExecute<'_>, text: &str) -> Action {
    match exec {
        WastExecute::Invoke(invoke) => self::invoke(&invoke),
        WastExecute::Wat(module) => Action::Try(encode(module, text)),
        WastExecute::Get { module, global, .. } => Action::Get {
            instance: owned(module),
            global: global.to_owned(),
        },
    }
}
