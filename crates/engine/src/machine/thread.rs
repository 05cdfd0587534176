//! The thread of execution: a stack of slots, a position, and two meters.

use crate::debug::{Effect, FuncTypes};
use crate::exec::Exit;
use crate::gas::Gas;
use crate::index::FuncAddr;
use crate::machine::stop::{NoMemory, Room, Status};

/// The thread.
///
/// A frame is a run of slots: parameters and locals, one link, operands. The arguments of a call
/// are the caller's top operands and become the first locals of the callee without moving. The
/// link holds where to return to (the low 32 bits) and how many slots down the caller's frame
/// starts (the bits above); its top bit, [`SPECIAL`], marks a return that leaves the instance or
/// ends the call.
#[derive(Clone)]
pub(crate) struct Thread {
    pub(crate) status: Status,
    pub(crate) stack: Vec<u64>,
    /// The next op, or the one that waits or trapped.
    pub(crate) pc: u32,
    /// First slot of the frame.
    pub(crate) fp: u32,
    /// The function that was begun.
    pub(crate) entry: Option<FuncAddr>,
    pub(crate) gas_used: u64,
    pub(crate) gas_limit: Option<u64>,
    pub(crate) ticks: u64,
    /// The tick at which the run last stopped with a word to a person: a breakpoint or a step
    /// that ended here is not reported here again.
    pub(crate) arrived_at: Option<u64>,
    /// The tick at which an exception of a host function was caught last.
    pub(crate) caught_at: Option<u64>,
    /// While running: a catch in a frame that starts at this slot or below ends the run.
    pub(crate) catch_limit: Option<u32>,
    /// Instance of the running function; its memory is the one the loop has at hand.
    pub(crate) instance: u32,
    /// Its first memory, or `u32::MAX`.
    pub(crate) memory: u32,
    /// What the last instruction did, if it was watched.
    pub(crate) effect: Option<Box<Effect>>,
    /// While running: what was left of the budget after that instruction.
    pub(crate) effect_at: i64,
    /// While running: how many instructions may still be watched because the gas is nearly out.
    pub(crate) watches_left: u32,
    /// Types of the functions that were stepped last, newest last. Not part of the state: it only
    /// saves validating a function again for each step.
    pub(crate) types: Vec<FuncTypes>,
    /// While running: what is left of gas and of the budget.
    pub(crate) run_gas: i64,
    pub(crate) run_ticks: i64,
    /// While in the loop: what of that it may spend without asking.
    pub(crate) fuel: u32,
    /// Why the loop was left last.
    pub(crate) exit: Exit,
    /// With [`Exit::NoMemory`]: what the host did not give.
    pub(crate) refused: NoMemory,
}

/// Top bit of a link.
pub(crate) const SPECIAL: u64 = 1 << 63;

impl Thread {
    pub(crate) fn new(gas_limit: Option<Gas>) -> Thread {
        Thread {
            status: Status::Idle,
            stack: Vec::new(),
            pc: 0,
            fp: 0,
            entry: None,
            gas_used: 0,
            gas_limit: gas_limit.map(|gas| gas.0),
            ticks: 0,
            arrived_at: None,
            caught_at: None,
            catch_limit: None,
            instance: 0,
            memory: u32::MAX,
            effect: None,
            effect_at: 0,
            watches_left: 0,
            types: Vec::new(),
            run_gas: 0,
            run_ticks: 0,
            fuel: 0,
            exit: Exit::Paused,
            refused: NoMemory {
                room: Room::Memory,
                bytes: 0,
            },
        }
    }

    /// Gas that may still be used; without a limit as much as the meter can count.
    pub(crate) fn gas_left(&self) -> u64 {
        let limit = self.gas_limit.unwrap_or(u64::MAX);
        limit.saturating_sub(self.gas_used).min(i64::MAX as u64 / 2)
    }
}
