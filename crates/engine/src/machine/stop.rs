//! Why a run stopped, and what to do until the next stop: plain data.

use std::fmt;

use crate::index::{FuncAddr, WasmOffset};
use crate::machine::exception::Exception;
use crate::value::Value;

/// Why [`Machine::run`](crate::Machine::run) returned.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// The call returned these results.
    Finished(Vec<Value>),
    /// An instruction trapped; the machine stands at it with everything readable.
    Trapped(Trap),
    /// The next instruction costs more than is left. It has not run; with more gas the run goes on.
    OutOfGas,
    /// The host gave no memory that the machine's limits allow. The next instruction has not run
    /// and has not been paid: the run goes on, once there is more. The program is told nothing,
    /// since it would do something else on another host.
    NoMemory(NoMemory),
    /// A host function was called; the embedder answers.
    HostCall(HostCall),
    /// The next instruction carries a breakpoint.
    Breakpoint,
    /// What [`Until`] asked for is reached.
    StepDone,
    /// The budget of ticks is used up.
    Paused,
}

/// Memory that the host did not give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory {
    /// What it was for.
    pub room: Room,
    /// Bytes that were asked for, beside what is there.
    pub bytes: u64,
}

/// What memory is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// A memory.
    Memory,
    /// A table.
    Table,
    /// The call stack.
    Stack,
    /// The heap of structures, arrays and exceptions, or its collection.
    Heap,
}

impl fmt::Display for NoMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let room = match self.room {
            Room::Memory => "a memory",
            Room::Table => "a table",
            Room::Stack => "the call stack",
            Room::Heap => "the heap",
        };
        let bytes = self.bytes;
        write!(
            f,
            "the host gave no more memory: {room} wants {bytes} more bytes"
        )
    }
}

/// A call of a host function that waits for its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct HostCall {
    /// The host function.
    pub func: FuncAddr,
    /// The arguments in order.
    pub args: Vec<Value>,
}

/// State of the call under way.
///
/// ```text
///   Idle ──begin──▶ Ready ──run──▶ Ready | HostCall | Finished | Trapped
///                     ▲               │         │          │
///                     └────answer─────┼─────────┘       begin starts anew
///                                     └── fail_host_call ──▶ Trapped
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// No call was begun, or the last one was abandoned.
    Idle,
    /// A call is under way and can run on.
    Ready,
    /// A host function was called and waits for its answer.
    HostCall(HostCall),
    /// The last call returned these results.
    Finished(Vec<Value>),
    /// The last call trapped; frames, memory and operands stand as they were.
    Trapped(Trap),
}

/// How far a run goes, beyond its budget. Plain data, to be used again for the next slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until the call finishes (or anything else stops it).
    Finished,
    /// One instruction.
    Step,
    /// Until the instruction at a place is next.
    Location {
        /// The function.
        func: FuncAddr,
        /// The offset of the instruction.
        offset: WasmOffset,
        /// If given, only in a frame that starts at this slot of the stack or below: not in a
        /// deeper call of the same function. An exception that is caught in such a frame ends the
        /// run at its handler, since the place may not be reached any more.
        frame: Option<u32>,
    },
}

/// A trap: what happened, where, and the numbers.
#[derive(Clone, PartialEq, Eq)]
pub struct Trap(Box<TrapData>);

#[derive(Clone, PartialEq, Eq)]
struct TrapData {
    kind: TrapKind,
    func: Option<FuncAddr>,
    offset: Option<WasmOffset>,
    detail: String,
    exception: Option<Exception>,
}

/// The specification's reasons for a trap, and those of an embedding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrapKind {
    /// `unreachable` was executed.
    Unreachable,
    /// An access beyond the end of a memory (or data segment).
    MemoryOutOfBounds,
    /// An access beyond the end of a table (or element segment).
    TableOutOfBounds,
    /// A division by zero.
    IntegerDivideByZero,
    /// A result that its type cannot hold.
    IntegerOverflow,
    /// A conversion of NaN to an integer.
    InvalidConversionToInteger,
    /// An indirect call of a null element.
    UninitializedElement,
    /// An indirect call beyond the end of a table.
    UndefinedElement,
    /// An indirect call of a function of another type.
    IndirectCallTypeMismatch,
    /// `ref.as_non_null` of null.
    NullReference,
    /// A call of a reference that is null.
    NullFunctionReference,
    /// A field of a structure is asked for, and the reference is null.
    NullStructureReference,
    /// An element or the length of an array is asked for, and the reference is null.
    NullArrayReference,
    /// The value of a 31-bit integer is asked for, and the reference is null.
    NullI31Reference,
    /// An access beyond the end of an array.
    ArrayOutOfBounds,
    /// A cast to a type that the reference does not have.
    CastFailure,
    /// The call stack would grow beyond its limit.
    CallStackExhausted,
    /// The heap of structures, arrays and exceptions would grow beyond its limit.
    HeapExhausted,
    /// An atomic access to an address that is no multiple of its size.
    UnalignedAtomic,
    /// A wait on a memory that no other thread could have.
    ExpectedSharedMemory,
    /// A wait without a time: there is no other thread to end it.
    EndlessWait,
    /// No frame catches an exception.
    UncaughtException,
    /// `throw_ref` of null.
    NullExceptionReference,
    /// A host function failed.
    HostFunction,
}

impl TrapKind {
    /// The wording of the specification's test suite.
    pub fn message(self) -> &'static str {
        match self {
            TrapKind::Unreachable => "unreachable",
            TrapKind::MemoryOutOfBounds => "out of bounds memory access",
            TrapKind::TableOutOfBounds => "out of bounds table access",
            TrapKind::IntegerDivideByZero => "integer divide by zero",
            TrapKind::IntegerOverflow => "integer overflow",
            TrapKind::InvalidConversionToInteger => "invalid conversion to integer",
            TrapKind::UninitializedElement => "uninitialized element",
            TrapKind::UndefinedElement => "undefined element",
            TrapKind::IndirectCallTypeMismatch => "indirect call type mismatch",
            TrapKind::NullReference => "null reference",
            TrapKind::NullFunctionReference => "null function reference",
            TrapKind::NullStructureReference => "null structure reference",
            TrapKind::NullArrayReference => "null array reference",
            TrapKind::NullI31Reference => "null i31 reference",
            TrapKind::ArrayOutOfBounds => "out of bounds array access",
            TrapKind::CastFailure => "cast failure",
            TrapKind::CallStackExhausted => "call stack exhausted",
            TrapKind::HeapExhausted => "heap exhausted",
            TrapKind::UnalignedAtomic => "unaligned atomic",
            TrapKind::ExpectedSharedMemory => "expected shared memory",
            TrapKind::EndlessWait => "endless wait",
            TrapKind::UncaughtException => "uncaught exception",
            TrapKind::NullExceptionReference => "null exception reference",
            TrapKind::HostFunction => "host function failed",
        }
    }
}

impl Trap {
    #[cold]
    pub(crate) fn new(
        kind: TrapKind,
        func: Option<FuncAddr>,
        offset: Option<WasmOffset>,
        detail: String,
    ) -> Trap {
        Trap(Box::new(TrapData {
            kind,
            func,
            offset,
            detail,
            exception: None,
        }))
    }

    /// The same trap with the exception that nothing caught.
    pub(crate) fn with_exception(mut self, exception: Exception) -> Trap {
        self.0.exception = Some(exception);
        self
    }

    /// The exception that nothing caught, for [`TrapKind::UncaughtException`].
    pub fn exception(&self) -> Option<&Exception> {
        self.0.exception.as_ref()
    }

    /// The reason.
    pub fn kind(&self) -> TrapKind {
        self.0.kind
    }

    /// The function in which it happened.
    pub fn func(&self) -> Option<FuncAddr> {
        self.0.func
    }

    /// The instruction (or segment) that trapped.
    pub fn offset(&self) -> Option<WasmOffset> {
        self.0.offset
    }

    /// What happened, with the numbers.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind.message())?;
        if !self.0.detail.is_empty() {
            write!(f, ": {}", self.0.detail)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trap({self}")?;
        if let Some(offset) = self.0.offset {
            write!(f, " at {:#x}", offset.0)?;
        }
        f.write_str(")")
    }
}
