//! The driver: turns the exits of the loop into stops, and keeps both meters exact on the way.
//!
//! In the step stream an op is paid before it runs; one that then does not run is paid back.

use super::{Exit, Flow, rare, run};
use crate::compile::HALT;
use crate::index::FuncAddr;
use crate::isa::OpCode;
use crate::machine::{HostCall, Machine, Status, Stop, Until};
use crate::value::first_values;

/// The loop over the fast and over the step stream. They are chosen by number so that no optimiser
/// makes one function of the loop and this driver, which would cost the loop its registers.
pub(super) const LOOPS: [fn(&mut Machine); 2] = [run::run::<false>, run::run::<true>];

/// When so little gas is left, instructions are watched (chosen: more than most cost).
const NEARLY_OUT: i64 = 64;

/// Most instructions that are watched for that in one run, which lasts longer where most cost nothing
/// (chosen: a millisecond).
const MOST_WATCHES: u32 = 512;

/// A planted place that ends the run, for the duration of one run.
#[derive(Clone, Copy)]
struct Target {
    pc: u32,
    frame: u32,
}

impl Machine {
    /// Runs for at most `budget` instructions, and no further than `until`.
    ///
    /// Slicing does not matter: several runs with small budgets do exactly what one with their
    /// sum does. If nothing is under way the last outcome is given again; on an idle machine that
    /// is [`Stop::Finished`] without results. A host call that waits for its answer is given
    /// again too.
    ///
    /// The instruction that ends a step may be the call of a host function: then the stop is
    /// [`Stop::HostCall`], and the step is complete when the embedder has answered.
    pub fn run(&mut self, budget: u64, until: &Until) -> Stop {
        match &self.thread.status {
            Status::Ready => {}
            Status::Idle => return Stop::Finished(Vec::new()),
            Status::HostCall(call) => return Stop::HostCall(call.clone()),
            Status::Finished(results) => return Stop::Finished(results.clone()),
            Status::Trapped(trap) => return Stop::Trapped(trap.clone()),
        }
        let is_step = matches!(until, Until::Step);
        let budget = budget.min(if is_step { 1 } else { i64::MAX as u64 / 2 }) as i64;
        self.thread.run_gas = self.thread.gas_left() as i64;
        self.thread.run_ticks = budget;
        // What was said last holds as long as nothing runs.
        self.thread.effect_at = budget;
        self.thread.watches_left = if is_step { 0 } else { MOST_WATCHES };
        let mut before = None;
        if is_step && budget > 0 {
            self.thread.effect = None;
            before = self.before_step();
        }
        let gas_at_start = self.thread.run_gas;
        let ticks_at_start = self.thread.ticks;
        self.thread.catch_limit = match until {
            Until::Location { frame, .. } => *frame,
            _ => None,
        };
        if self.was_caught_here() {
            self.thread.arrived_at = Some(self.thread.ticks);
            return Stop::StepDone;
        }
        let target = self.plant_target(until);
        let stop = loop {
            let now = ticks_at_start + (budget - self.thread.run_ticks) as u64;
            if let Some(stop) = self.run_to_stop(now, is_step, target) {
                break stop;
            }
        };
        self.unplant_target(target);
        let gas = (gas_at_start - self.thread.run_gas) as u64;
        self.thread.gas_used += gas;
        self.thread.ticks += (budget - self.thread.run_ticks) as u64;
        if self.thread.effect_at != self.thread.run_ticks {
            self.thread.effect = None;
        }
        let stop = match stop {
            Stop::Paused if is_step && budget > 0 => Stop::StepDone,
            stop => stop,
        };
        if matches!(stop, Stop::StepDone | Stop::Breakpoint) {
            self.thread.arrived_at = Some(self.thread.ticks);
            if self.thread.effect.is_none() && !is_step {
                self.tell_only_call();
            }
        }
        if let Some(before) = before {
            self.after_step(before, gas, self.thread.run_ticks != budget);
        }
        stop
    }

    /// Whether an exception of a host function was caught where this run is to end, and nobody was
    /// told.
    fn was_caught_here(&self) -> bool {
        let (thread, now) = (&self.thread, Some(self.thread.ticks));
        let is_inside = thread.catch_limit.is_some_and(|limit| thread.fp <= limit);
        is_inside && thread.caught_at == now && thread.arrived_at != now
    }

    /// Runs until something needs a decision; `None` means to go on.
    fn run_to_stop(&mut self, now: u64, is_step: bool, target: Option<Target>) -> Option<Stop> {
        if self.thread.pc == HALT {
            return self.begin_host();
        }
        let pc = self.code.at_instruction(self.thread.pc);
        let is_planted = self.code.ops[pc as usize].code == OpCode::Break;
        let mut exit;
        if is_planted && (is_step || self.thread.arrived_at == Some(now)) {
            if self.thread.run_ticks == 0 {
                return Some(Stop::Paused);
            }
            exit = self.run_hidden(pc, target);
            if exit == Exit::Paused {
                return None;
            }
        } else {
            exit = self.run_exact();
        }
        loop {
            exit = match exit {
                Exit::GoFast => self.run_fast(),
                Exit::GoExact => self.run_exact(),
                Exit::Paused => return Some(Stop::Paused),
                Exit::Break => {
                    self.pay_back_op();
                    return self.stop_at_break(target);
                }
                exit => return Some(self.stop_for(exit)),
            };
        }
    }

    /// Ends the run for what an instruction did or needs.
    fn stop_for(&mut self, exit: Exit) -> Stop {
        match exit {
            Exit::Short | Exit::NoMemory => self.stop_before(exit),
            Exit::OutOfGas => Stop::OutOfGas,
            Exit::Trap(kind) => {
                let trap = self.explain_trap(kind);
                self.thread.status = Status::Trapped(trap.clone());
                Stop::Trapped(trap)
            }
            Exit::Host(func) => self.stop_at_host(func),
            Exit::Finished => self.finish(),
            Exit::Caught => Stop::StepDone,
            Exit::GoExact
            | Exit::GoFast
            | Exit::Break
            | Exit::Paused
            | Exit::Rare
            | Exit::Refill => {
                unreachable!("this is seen to where the loop is left")
            }
        }
    }

    /// At a planted op that has not run. `None` if it does not end this run: then its hidden
    /// instruction has been passed.
    fn stop_at_break(&mut self, target: Option<Target>) -> Option<Stop> {
        let pc = self.thread.pc;
        if let Some(stop) = self.stop_at(pc, target) {
            return Some(stop);
        }
        if self.thread.run_ticks == 0 {
            return Some(Stop::Paused);
        }
        match self.run_hidden(pc, target) {
            Exit::Paused => None,
            exit => Some(self.stop_for(exit)),
        }
    }

    /// Whether this run ends at a position.
    fn stop_at(&self, pc: u32, target: Option<Target>) -> Option<Stop> {
        if target.is_some_and(|target| target.pc == pc && self.thread.fp <= target.frame) {
            return Some(Stop::StepDone);
        }
        (self.code.breakpoints.contains(pc)).then_some(Stop::Breakpoint)
    }

    /// Runs in the step stream until there is a reason not to. What runs when the gas is nearly out
    /// is watched, since it may be the last.
    fn run_exact(&mut self) -> Exit {
        loop {
            let kept = self.kept_gas();
            if self.thread.run_gas > kept {
                self.thread.run_gas -= kept;
                let exit = self.run_unwatched();
                self.thread.run_gas += kept;
                match exit {
                    Exit::OutOfGas if kept > 0 => {}
                    Exit::Short if kept > 0 => self.pay_back_op(),
                    exit => return exit,
                }
            }
            if self.thread.run_ticks == 0 {
                return self.run_unwatched();
            }
            let exit = self.run_one(true);
            self.thread.watches_left = self.thread.watches_left.saturating_sub(1);
            if exit != Exit::Paused || self.thread.run_ticks == 0 {
                return exit;
            }
        }
    }

    /// Gas that is not for instructions that nobody watches.
    pub(super) fn kept_gas(&self) -> i64 {
        match self.thread.watches_left {
            0 => 0,
            _ => NEARLY_OUT,
        }
    }

    /// Runs one tick of the step stream, and notes what it did if that is to be known.
    fn run_one(&mut self, is_watched: bool) -> Exit {
        let before = if is_watched { self.before_step() } else { None };
        let (gas, ticks) = (self.thread.run_gas, self.thread.run_ticks);
        self.thread.run_ticks = 1;
        let exit = self.run_unwatched();
        self.thread.run_ticks += ticks - 1;
        if exit == Exit::Paused
            && let Some(before) = before
        {
            self.after_step(before, (gas - self.thread.run_gas) as u64, true);
            self.thread.effect_at = self.thread.run_ticks;
        }
        exit
    }

    fn run_unwatched(&mut self) -> Exit {
        loop {
            LOOPS[1](self);
            if self.thread.exit != Exit::Rare {
                return self.thread.exit;
            }
            let op = self.code.ops[self.thread.pc as usize];
            if self.do_light_step(op) {
                self.thread.pc += 1;
                continue;
            }
            match rare::exec(self, op) {
                Flow::Next => self.thread.pc += 1,
                Flow::Jump => {}
                Flow::Exit(exit) => return exit,
            }
        }
    }

    /// Runs the instruction below a planted op: exact, one tick. It is watched if the run ends after
    /// it.
    fn run_hidden(&mut self, pc: u32, target: Option<Target>) -> Exit {
        let next = self.code.stop_after(pc);
        let is_watched = next.is_some_and(|next| self.stop_at(next, target).is_some());
        let planted = self.code.ops[pc as usize];
        self.thread.pc = pc;
        self.code.ops[pc as usize] = self.code.op(pc);
        let exit = self.run_one(is_watched);
        self.code.ops[pc as usize] = planted;
        exit
    }

    /// Before an op that was paid and can have no effect.
    fn stop_before(&mut self, exit: Exit) -> Stop {
        self.pay_back_op();
        match exit {
            Exit::NoMemory => Stop::NoMemory(self.thread.refused),
            _ => Stop::OutOfGas,
        }
    }

    /// Pays back the op at which an exact run stopped without running it.
    fn pay_back_op(&mut self) {
        self.thread.run_gas += i64::from(self.code.infos[self.thread.pc as usize].gas);
        self.thread.run_ticks += 1;
    }

    /// A call of the embedder's that goes straight to a host function.
    fn begin_host(&mut self) -> Option<Stop> {
        match self.thread.entry {
            Some(func) => Some(self.stop_at_host(func)),
            None => unreachable!("a call that is under way was begun"),
        }
    }

    fn stop_at_host(&mut self, func: FuncAddr) -> Stop {
        let params = self.store.func_type(func).params.clone();
        let op = self.code.op(self.thread.pc);
        let first = match self.thread.pc {
            HALT => 0,
            _ => self.thread.fp as usize + usize::from(op.a),
        };
        let args = first_values(&self.thread.stack[first..], &params);
        let call = HostCall { func, args };
        self.thread.status = Status::HostCall(call.clone());
        Stop::HostCall(call)
    }

    fn finish(&mut self) -> Stop {
        let results = match self.thread.entry {
            Some(func) => {
                let types = &self.store.func_type(func).results;
                first_values(&self.thread.stack, types)
            }
            None => unreachable!("a call that is under way was begun"),
        };
        self.end_call(Status::Finished(results))
    }

    pub(crate) fn end_call(&mut self, status: Status) -> Stop {
        let stop = match &status {
            Status::Finished(results) => Stop::Finished(results.clone()),
            _ => Stop::Paused,
        };
        self.thread.pc = HALT;
        self.thread.fp = 0;
        self.thread.status = status;
        stop
    }

    fn plant_target(&mut self, until: &Until) -> Option<Target> {
        let Until::Location {
            func,
            offset,
            frame,
        } = *until
        else {
            return None;
        };
        let pc = self.pc_at(func, offset)?;
        self.code.plant_stop(pc);
        Some(Target {
            pc,
            frame: frame.unwrap_or(u32::MAX),
        })
    }

    fn unplant_target(&mut self, target: Option<Target>) {
        if let Some(target) = target {
            self.code.uncover_stop(target.pc);
        }
    }
}

impl crate::compile::Code {
    /// Position of the instruction that a position stands for: past the meters.
    pub(crate) fn at_instruction(&self, pc: u32) -> u32 {
        let meters = self.ops[pc as usize..]
            .iter()
            .take_while(|op| op.is_meter())
            .count();
        pc + meters as u32
    }
}
