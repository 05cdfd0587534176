//! Calls from outside: begin, go on for a slice, answer, abandon.

use crate::compile::HALT;
use crate::error::Error;
use crate::exec::Exit;
use crate::index::FuncAddr;
use crate::machine::Machine;
use crate::machine::stop::{Status, Stop, Trap, TrapKind, Until};
use crate::types::ValType;
use crate::value::{Value, slots_of};

impl Machine {
    /// Begins a call. Nothing runs before [`Machine::run`]; gas and ticks count on.
    ///
    /// # Errors
    /// If there is no such function, the arguments do not have its types, a call is under way, or
    /// the host has no memory for the first frame.
    pub fn begin(&mut self, func: FuncAddr, args: &[Value]) -> Result<(), Error> {
        if matches!(self.thread.status, Status::Ready | Status::HostCall(_)) {
            return Err(Error::usage(
                "a call is under way; finish or abandon it first",
            ));
        }
        if func.index() >= self.store.funcs.len() {
            return Err(Error::usage(format!(
                "there is no function {func} in this machine"
            )));
        }
        let slots = self.checked_slots(args, &self.store.func_type(func).params, "argument")?;
        let room = self.make_first_frame_room(func, slots.len());
        if room == Err(Exit::NoMemory) {
            return Err(self.no_memory());
        }
        self.thread.arrived_at = None;
        self.thread.caught_at = None;
        self.thread.entry = Some(func);
        self.thread.effect = None;
        self.thread.status = Status::Ready;
        self.thread.fp = 0;
        self.thread.pc = HALT;
        if room.is_err() {
            let detail = String::from("the stack limit leaves no room for the first frame");
            let trap = Trap::new(TrapKind::CallStackExhausted, Some(func), None, detail);
            self.thread.status = Status::Trapped(trap);
        } else if self.store.funcs[func.index()].is_host() {
            self.thread.stack[..slots.len()].copy_from_slice(&slots);
        } else {
            self.start_first_frame(func, &slots);
        }
        Ok(())
    }

    /// Like [`Machine::run`], for an embedder that needs its turn soon. One instruction may fill a
    /// whole memory, so `budget` alone does not bound the time: once such instructions have moved
    /// `bytes`, the next one ends the slice as [`Stop::Paused`], before it has any effect. One of
    /// them always runs, whatever its size. Gas and ticks are as in a run without slices.
    pub fn run_slice(&mut self, budget: u64, bytes: u64, until: &Until) -> Stop {
        self.slice_bytes = bytes.max(1);
        let stop = self.run(budget, until);
        let is_used_up = std::mem::replace(&mut self.slice_bytes, u64::MAX) == 0;
        match stop {
            // If it is the gas after all, the next slice says so.
            Stop::OutOfGas if is_used_up => Stop::Paused,
            stop => stop,
        }
    }

    /// Gives the results of the pending host call.
    ///
    /// # Errors
    /// If no host call is pending, or the results do not have the function's types; the call then
    /// stays pending.
    pub fn answer(&mut self, results: &[Value]) -> Result<(), Error> {
        let Status::HostCall(call) = &self.thread.status else {
            return Err(Error::usage("no host function waits for an answer"));
        };
        let slots =
            self.checked_slots(results, &self.store.func_type(call.func).results, "result")?;
        self.thread.status = Status::Ready;
        if self.thread.pc == HALT || !self.finish_host_call(&slots) {
            self.end_call(Status::Finished(results.to_vec()));
        }
        Ok(())
    }

    /// Makes the pending host call a trap at the call instruction.
    ///
    /// # Errors
    /// If no host call is pending.
    pub fn fail_host_call(&mut self, message: impl Into<String>) -> Result<(), Error> {
        let Status::HostCall(_) = &self.thread.status else {
            return Err(Error::usage("no host function waits for an answer"));
        };
        let (func, offset) = match self.current_instruction() {
            Some((func, offset)) => (Some(func), Some(offset)),
            None => (self.thread.entry, None),
        };
        let trap = Trap::new(TrapKind::HostFunction, func, offset, message.into());
        self.thread.status = Status::Trapped(trap);
        Ok(())
    }

    /// Drops the call under way (or the remains of the last one). The store stays as it is.
    pub fn abandon(&mut self) {
        self.thread.entry = None;
        self.thread.effect = None;
        self.end_call(Status::Idle);
    }

    pub(super) fn checked_slots(
        &self,
        values: &[Value],
        types: &[ValType],
        what: &str,
    ) -> Result<Vec<u64>, Error> {
        if values.len() != types.len() {
            let (n, wanted) = (values.len(), types.len());
            let message = format!("{wanted} {what}s are wanted, {n} were given");
            return Err(Error::type_mismatch(message));
        }
        for (position, (value, ty)) in values.iter().zip(types).enumerate() {
            if let Err(error) = self.check_value(*value, *ty) {
                return Err(Error::type_mismatch(format!(
                    "{what} {}: {error}",
                    position + 1
                )));
            }
        }
        Ok(slots_of(values))
    }
}
