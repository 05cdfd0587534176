//! A directive as it is carried out: without places, and without ties to the text.

use waspnest::Value;
use waspnest_srcmap::{self as srcmap, Directive, DirectiveKind, ModuleForm, Span};

use crate::outcome::Expected;
use crate::syntax::{self, Act, Parts, Problem};
use crate::values;

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
        /// `None` if one of them is no value.
        args: Option<Vec<Value>>,
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
    /// Reads a directive of a script.
    ///
    /// # Errors
    ///
    /// Place and sentence of what cannot be read.
    pub(crate) fn read(script: &str, directive: &Directive) -> Result<Command, Problem> {
        let Directive { kind, span, .. } = *directive;
        let text = span.slice(script);
        if kind == DirectiveKind::Unknown {
            return Err(srcmap::unknown_directive(text));
        }
        let Some((module, form)) = directive.module else {
            return command(kind, Parts::read(text)?, None);
        };
        let offset = module.start - span.start;
        let source = read_module(script, module, form)
            .map_err(|(place, message)| (shift(place, offset), message))?;
        let parts = match kind {
            // What follows the name was read with the module.
            DirectiveKind::Module | DirectiveKind::Parts | DirectiveKind::Definition => Parts {
                names: Vec::from_iter(
                    directive
                        .name
                        .map(|name| syntax::name_of(name.slice(script))),
                ),
                ..Parts::default()
            },
            _ => Parts::read(text)?,
        };
        command(kind, parts, Some(source))
    }
}

fn shift(span: Span, offset: u32) -> Span {
    Span::new(span.start + offset, span.end + offset)
}

/// The binary of a module in a script. A module that is not quoted must keep to the grammar.
fn read_module(script: &str, span: Span, form: ModuleForm) -> Result<Source, Problem> {
    let text = srcmap::module_text(script, span);
    if form == ModuleForm::Quote {
        let quoted = Parts::read(&text)?.quoted;
        return Ok(match String::from_utf8(quoted) {
            Ok(quoted) => srcmap::encode(&quoted).map_err(|error| error.message),
            Err(_) => Err("the quoted text is not valid UTF-8".to_owned()),
        });
    }
    match srcmap::encode(&text) {
        Ok(bytes) => Ok(Ok(bytes)),
        Err(error) if error.is_grammar => Err((error.span, error.message)),
        Err(error) => Ok(Err(error.message)),
    }
}

fn command(
    kind: DirectiveKind,
    mut parts: Parts,
    source: Option<Source>,
) -> Result<Command, Problem> {
    use DirectiveKind as Kind;
    let message = parts.text.take().unwrap_or_default();
    let mut names = parts.names.drain(..);
    let mut name = || names.next();
    let missing = || {
        (
            Span::new(0, 1),
            "an action or a module is missing here".to_owned(),
        )
    };
    let (wanted, expected) = match kind {
        Kind::Definition => {
            return Ok(Command::Define {
                name: name(),
                source: source.ok_or_else(missing)?,
            });
        }
        Kind::Instance => {
            return Ok(Command::Instantiate {
                name: name(),
                module: name(),
            });
        }
        Kind::Register => {
            return Ok(Command::Register {
                name: message,
                instance: name(),
            });
        }
        Kind::Thread => {
            return Ok(Command::Thread {
                name: name().ok_or_else(missing)?,
                shared: parts.shared,
            });
        }
        Kind::Wait => {
            return Ok(Command::Wait {
                thread: name().ok_or_else(missing)?,
            });
        }
        Kind::Module | Kind::Parts => {
            return Ok(Command::Act {
                action: Action::Module {
                    name: name(),
                    source: source.ok_or_else(missing)?,
                },
                expected: Expected::Instance,
            });
        }
        Kind::AssertInvalid => ("an invalid module", None),
        Kind::AssertMalformed => ("a malformed module", None),
        Kind::AssertInvalidCustom => ("an invalid custom section", None),
        Kind::AssertMalformedCustom => ("a malformed custom section", None),
        Kind::AssertReturn => ("", Some(Expected::Return(parts.results))),
        Kind::AssertException => ("", Some(Expected::Exception)),
        Kind::AssertTrap | Kind::AssertExhaustion => ("", Some(Expected::Trap(message.clone()))),
        Kind::AssertSuspension => ("", Some(Expected::Suspension(message.clone()))),
        Kind::AssertUnlinkable => ("", Some(Expected::Unlinkable(message.clone()))),
        Kind::Invoke | Kind::Get | Kind::Unknown => ("", Some(Expected::AnyReturn)),
    };
    let Some(expected) = expected else {
        return Ok(Command::Refuse {
            source: source.ok_or_else(missing)?,
            wanted,
            message,
        });
    };
    let action = match (parts.act, source) {
        (
            Some(Act {
                instance,
                export,
                args,
            }),
            _,
        ) => match args {
            None => Action::Get {
                instance,
                global: export,
            },
            Some(args) => Action::Invoke {
                instance,
                func: export,
                args: args.iter().map(values::argument).collect(),
            },
        },
        (None, Some(source)) => Action::Try(source),
        (None, None) => return Err(missing()),
    };
    Ok(Command::Act { action, expected })
}
