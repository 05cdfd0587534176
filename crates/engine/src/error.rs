//! Errors: what was wrong with a module, a link, an argument or a use of the interface.
//!
//! Traps and exhausted gas are not errors; they are outcomes of a run, see [`Stop`](crate::Stop).

use std::fmt;

use crate::index::WasmOffset;
use crate::machine::{NoMemory, Room, Trap};

/// An error with its kind and, where there is one, the byte of the module it is about.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<ErrorData>);

const _: () = assert!(size_of::<Error>() == size_of::<usize>());

#[derive(Clone, PartialEq, Eq)]
struct ErrorData {
    kind: ErrorKind,
    offset: Option<WasmOffset>,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The bytes are not a module, or the module does not validate.
    Invalid(String),
    /// The module is valid but uses something the machine does not have yet.
    Unsupported {
        /// The proposal, for example `SIMD`.
        feature: String,
        /// The instruction that needs it, if an instruction does.
        instruction: Option<String>,
    },
    /// An import is missing or does not have the type that the module asks for.
    Link {
        /// Module name of the import.
        module: String,
        /// Name of the import.
        name: String,
        /// What was expected and what was found.
        message: String,
    },
    /// A limit of the configuration is too low for what is asked.
    Limit(String),
    /// The host gave no memory that the limits allow. Nothing has changed; it may be tried again.
    NoMemory(NoMemory),
    /// An active segment did not fit while the module was instantiated.
    Instantiation(Trap),
    /// Arguments or results do not have the types of the function.
    TypeMismatch(String),
    /// The call does not make sense in the machine's present state.
    Usage(String),
}

impl Error {
    #[cold]
    pub(crate) fn new(kind: ErrorKind, offset: Option<WasmOffset>) -> Error {
        Error(Box::new(ErrorData { kind, offset }))
    }

    #[cold]
    pub(crate) fn usage(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Usage(message.into()), None)
    }

    #[cold]
    pub(crate) fn type_mismatch(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::TypeMismatch(message.into()), None)
    }

    #[cold]
    pub(crate) fn limit(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Limit(message.into()), None)
    }

    #[cold]
    pub(crate) fn no_memory(room: Room, bytes: u64) -> Error {
        Error::new(ErrorKind::NoMemory(NoMemory { room, bytes }), None)
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The byte of the module that the error is about.
    pub fn offset(&self) -> Option<WasmOffset> {
        self.0.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            ErrorKind::Invalid(message) => {
                write!(f, "{message}")?;
                match self.0.offset {
                    Some(offset) => write!(f, " (at offset {:#x})", offset.0),
                    None => Ok(()),
                }
            }
            ErrorKind::Unsupported {
                feature,
                instruction,
            } => {
                write!(f, "uses {feature}")?;
                match (instruction, self.0.offset) {
                    (Some(name), Some(offset)) => write!(f, " ({name} at offset {:#x})", offset.0)?,
                    (None, Some(offset)) => write!(f, " (at offset {:#x})", offset.0)?,
                    (Some(name), None) => write!(f, " ({name})")?,
                    (None, None) => {}
                }
                write!(f, ", which is not there yet")
            }
            ErrorKind::Link {
                module,
                name,
                message,
            } => {
                write!(f, "import {module:?} {name:?}: {message}")
            }
            ErrorKind::NoMemory(refused) => write!(f, "{refused}"),
            ErrorKind::Instantiation(trap) => write!(f, "instantiation failed: {trap}"),
            ErrorKind::Limit(message)
            | ErrorKind::TypeMismatch(message)
            | ErrorKind::Usage(message) => write!(f, "{message}"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl std::error::Error for Error {}
