//! Execution: the loop, what is done out of it for rare instructions, and the driver that makes a
//! run of it.
//!
//! This is the one room with `unsafe`. The loop holds raw positions into three vectors of the
//! machine: the ops, the stack and the bytes of the memory at hand. They stay valid because
//! whatever may move one of them (translation, growth of the stack or of a memory) happens in a
//! function for which the loop was left; when it is entered again it fetches all of them anew.
//! Positions stay in range because the code was validated: a frame has as many slots as its
//! function may use (checked at each call), and branches go to ops of the same function.
#![allow(unsafe_code)]

/// Rare ops of which each either has had its effect or leaves the loop as if it had not begun.
macro_rules! rare_ops {
    ($($(#[$doc:meta])* fn $name:ident($m:ident, $op:ident) $body:block)*) => {$(
        $(#[$doc])*
        pub(super) fn $name($m: &mut Machine, $op: Op) -> Flow {
            fn work($m: &mut Machine, $op: Op) -> Result<(), Exit> {
                $body
                Ok(())
            }
            work($m, $op).into()
        }
    )*};
}

mod access;
mod aggregate;
mod atomic;
mod bulk;
mod calls;
mod casts;
mod cells;
mod driver;
mod fast;
mod light;
mod rare;
mod run;
mod throw;

use crate::error::{Error, ErrorKind};
use crate::index::FuncAddr;
use crate::machine::{Machine, NoMemory, Room, TrapKind};

/// The loop's fuel holds gas in its upper half and ticks in the lower. These are the bits that are
/// set when one of them is overdrawn.
const FUEL_GUARD: u32 = 0x8000_8000;

/// Why the loop was left. The position of the thread is the op named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Exit {
    /// The op is to be done out of line.
    Rare,
    /// The op of the fast stream wants more fuel.
    Refill,
    /// The fast stream cannot go on: the step stream does.
    GoExact,
    /// The block at this meter can be paid as a whole.
    GoFast,
    /// A cost that depends on values cannot be paid. The op has had no effect.
    Short,
    /// The host gave no memory for it. The op has had no effect.
    NoMemory,
    /// No ticks are left; the op has not run.
    Paused,
    /// The op costs more gas than is left; it has not run and has not been charged.
    OutOfGas,
    /// The op trapped; operands are as they were.
    Trap(TrapKind),
    /// The op is a planted breakpoint.
    Break,
    /// The op calls a host function.
    Host(FuncAddr),
    /// The first frame returned; its results lie at its start.
    Finished,
    /// An exception was caught where this run is to end; the handler has not begun.
    Caught,
}

impl Machine {
    /// Memory that the limits allow, but the host does not give.
    #[cold]
    pub(crate) fn refuse(&mut self, room: Room, bytes: u64) -> Exit {
        self.thread.refused = NoMemory { room, bytes };
        Exit::NoMemory
    }

    /// The same where there is no run to stop.
    #[cold]
    pub(crate) fn no_memory(&self) -> Error {
        Error::new(ErrorKind::NoMemory(self.thread.refused), None)
    }
}

/// What an out-of-line op wants of the loop.
pub(crate) enum Flow {
    /// Go on with the next op. The memory may have moved.
    Next,
    /// Go on at the position of the thread; anything may have moved.
    Jump,
    /// Leave the loop.
    Exit(Exit),
}

impl From<TrapKind> for Flow {
    fn from(kind: TrapKind) -> Flow {
        Flow::Exit(Exit::Trap(kind))
    }
}

impl From<Result<(), Exit>> for Flow {
    fn from(result: Result<(), Exit>) -> Flow {
        match result {
            Ok(()) => Flow::Next,
            Err(exit) => Flow::Exit(exit),
        }
    }
}
