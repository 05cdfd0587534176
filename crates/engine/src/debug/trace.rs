//! A traced run: every instruction as it is executed.

use crate::debug::effect::{Control, Effect};
use crate::gas::Gas;
use crate::machine::{Machine, Status, Stop, Until};

/// One executed instruction.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceLine {
    /// Number of the instruction since the machine was made, from 1.
    pub tick: u64,
    /// Number of frames outside the one it ran in.
    pub depth: u32,
    /// What it did.
    pub effect: Effect,
    /// Gas used after it.
    pub gas_used: Gas,
}

impl Machine {
    /// Like [`Machine::run`], with every executed instruction given to `sink`, beside the machine
    /// as it stands after it. The sink says whether to go on; if not, the run stops as [`Stop::Paused`]. Much slower than a plain run.
    pub fn run_traced(
        &mut self,
        budget: u64,
        until: &Until,
        sink: &mut dyn FnMut(&Machine, TraceLine) -> bool,
    ) -> Stop {
        let mut depth = self.n_frames().saturating_sub(1);
        for _ in 0..budget {
            if let Some(stop) = self.stops_here(until) {
                self.thread.arrived_at = Some(self.thread.ticks);
                return stop;
            }
            let base = self.thread.fp;
            let stop = self.run(1, &Until::Step);
            let Some(effect) = self.thread.effect.as_deref().cloned() else {
                return stop;
            };
            if matches!(stop, Stop::OutOfGas | Stop::NoMemory(_)) {
                return stop;
            }
            let line = TraceLine {
                tick: self.ticks(),
                depth,
                effect,
                gas_used: self.gas_used(),
            };
            let is_caught = matches!(line.effect.control, Control::Caught(..));
            let goes_on = sink(self, line);
            match self.thread.fp {
                _ if is_caught => depth = self.n_frames().saturating_sub(1),
                fp if fp > base => depth += 1,
                fp if fp < base => depth = depth.saturating_sub(1),
                // A callee starts above its caller's link; only a tail call keeps the base.
                _ => {}
            }
            if stop != Stop::StepDone || matches!(until, Until::Step) {
                return stop;
            }
            if is_caught
                && let Until::Location {
                    frame: Some(limit), ..
                } = *until
                && self.thread.fp <= limit
            {
                return Stop::StepDone;
            }
            // The step ended here for the trace, not for a person.
            self.thread.arrived_at = None;
            if !goes_on {
                return Stop::Paused;
            }
        }
        Stop::Paused
    }

    /// Where the machine stands has been told: a breakpoint there is not reported again.
    pub fn arrive(&mut self) {
        self.thread.arrived_at = Some(self.thread.ticks);
    }

    /// Whether a plain run would stop before the next instruction.
    fn stops_here(&mut self, until: &Until) -> Option<Stop> {
        let is_new = self.thread.arrived_at != Some(self.thread.ticks);
        if !is_new || self.thread.status != Status::Ready {
            return None;
        }
        let pc = self.current_pc()?;
        if let Until::Location {
            func,
            offset,
            frame,
        } = *until
            && self.pc_at(func, offset) == Some(pc)
            && frame.is_none_or(|frame| self.thread.fp <= frame)
        {
            return Some(Stop::StepDone);
        }
        self.code
            .breakpoints
            .contains(pc)
            .then_some(Stop::Breakpoint)
    }
}
