//! What comes of a call and what can be seen after it, in words that both engines share.

use std::fmt;

use crate::interface::{Import, Interface};
use crate::random::Random;
use crate::value::{List, Val, are_same, argument};

/// Why a call or an instantiation trapped.
///
/// Reasons that the specification's tests tell apart by words alone, and one of the engines does
/// not, are one here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    Unreachable,
    MemoryOutOfBounds,
    /// Also of an indirect call.
    TableOutOfBounds,
    ArrayOutOfBounds,
    DivideByZero,
    IntegerOverflow,
    InvalidConversion,
    /// An indirect call of null.
    NullElement,
    TypeMismatch,
    NullReference,
    CastFailure,
    Unaligned,
    NotShared,
    Uncaught,
    HostFailed,
}

/// How a call or an instantiation ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    Returned(Vec<Val>),
    Trapped(Reason),
    /// A limit ended it that the other engine does not have in this form, so that nothing after
    /// it can be compared.
    Limit(&'static str),
    /// Something that neither a module nor a limit explains.
    Failed(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Returned(results) => List(results).fmt(f),
            Outcome::Trapped(reason) => write!(f, "the trap {reason:?}"),
            Outcome::Limit(limit) => write!(f, "the limit of {limit}"),
            Outcome::Failed(message) => write!(f, "a failure: {message}"),
        }
    }
}

/// A call of a host function.
#[derive(Clone, PartialEq, Debug)]
pub struct HostCall {
    /// Number of the import.
    pub import: usize,
    pub args: Vec<Val>,
}

/// The host's side of one call: answers that depend on a seed and on how many were given.
#[derive(Clone)]
pub struct Host {
    random: Random,
    pub calls: Vec<HostCall>,
}

impl Host {
    pub fn new(random: Random) -> Host {
        let calls = Vec::new();
        Host { random, calls }
    }

    /// Answers a call of the import with that number; `None` if the host function fails.
    pub fn answer(
        &mut self,
        interface: &Interface,
        import: usize,
        args: Vec<Val>,
    ) -> Option<Vec<Val>> {
        self.calls.push(HostCall { import, args });
        let Import::Func(signature) = &interface.imports[import] else {
            unreachable!("only functions are called")
        };
        let random = &mut self.random;
        let mut results = Vec::new();
        for ty in &signature.results {
            // Functions of the instance are not there while it is made.
            results.push(match argument(*ty, interface, random)? {
                Val::Func(_) if ty.nullable => Val::Null,
                Val::Func(_) => return None,
                value => value,
            });
        }
        (!random.one_in(30)).then_some(results)
    }
}

/// An object that the program made.
#[derive(Clone, PartialEq, Debug)]
pub struct Object {
    pub kind: &'static str,
    pub fields: Vec<Val>,
}

/// All that can be seen of an instance from outside but the content of memories, which is compared
/// in place.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct View {
    pub globals: Vec<Val>,
    pub tables: Vec<Vec<Val>>,
    /// The objects to which values of the view lead, in the order in which they were met.
    pub objects: Vec<Object>,
}

/// Objects looked at before a view is cut off, on both sides in the same place.
pub const MAX_OBJECTS: usize = 2_000;

impl View {
    /// What is not the same in two views, if anything is.
    pub fn difference(&self, other: &View) -> Option<String> {
        list_difference("global", &self.globals, &other.globals)
            .or_else(|| {
                let mut tables = self.tables.iter().zip(&other.tables).enumerate();
                tables.find_map(|(table, (a, b))| {
                    list_difference(&format!("element of table {table}"), a, b)
                })
            })
            .or_else(|| {
                let mut objects = self.objects.iter().zip(&other.objects).enumerate();
                objects.find_map(|(number, (a, b))| match a.kind == b.kind {
                    true => {
                        list_difference(&format!("field of object {number}"), &a.fields, &b.fields)
                    }
                    false => Some(format!(
                        "object {number} is of kind {}, not {}",
                        a.kind, b.kind
                    )),
                })
            })
            .or_else(|| {
                let (a, b) = (self.objects.len(), other.objects.len());
                (a != b).then(|| format!("{a} objects are met, not {b}"))
            })
    }
}

fn list_difference(what: &str, a: &[Val], b: &[Val]) -> Option<String> {
    if are_same(a, b) {
        return None;
    }
    if a.len() != b.len() {
        return Some(format!("{what}: {} of them, not {}", a.len(), b.len()));
    }
    let mut pairs = a.iter().zip(b).enumerate();
    pairs.find_map(|(position, (a, b))| {
        (!a.is_same(*b)).then(|| format!("{what} {position} is {a}, not {b}"))
    })
}
