//! Runs in the fast stream: paths are entered, rare ops are done, and when the stream is left all
//! stands as if the step stream had been executed.

use super::driver::LOOPS;
use super::{Exit, Flow, rare};
use crate::compile::{Cost, HALF, Source, constant};
use crate::isa::{Op, OpCode};
use crate::machine::Machine;

impl Machine {
    /// Runs in the fast stream from a meter of the step stream on, until the run ends or the step
    /// stream has to go on ([`Exit::GoExact`]). Then nothing is paid but what has run.
    pub(super) fn run_fast(&mut self) -> Exit {
        if !self.enter_path() {
            return Exit::GoExact;
        }
        loop {
            let fuel = self.affordable_fuel();
            self.thread.run_gas -= i64::from(fuel >> 16);
            self.thread.run_ticks -= i64::from(fuel & 0xffff);
            self.thread.fuel = fuel;
            LOOPS[0](self);
            while self.do_light() {
                LOOPS[0](self);
            }
            let left = self.thread.fuel;
            self.thread.run_gas += i64::from(left >> 16);
            self.thread.run_ticks += i64::from(left & 0xffff);
            if let Some(exit) = self.do_rare(left) {
                return exit;
            }
        }
    }

    /// What the loop may spend at a time: gas in the upper half, ticks in the lower.
    fn affordable_fuel(&self) -> u32 {
        let gas = (self.thread.run_gas - self.kept_gas()).max(0);
        let [gas, ticks] = [gas, self.thread.run_ticks].map(|n| n.min(HALF - 1));
        (gas as u32) << 16 | ticks as u32
    }

    /// Pays for the path that starts at the thread's meter and goes to its first op in the fast
    /// stream. If that cannot be paid, goes past the meter and says `false`.
    fn enter_path(&mut self) -> bool {
        let start = self.code.path_at(self.thread.pc);
        let cost = self.code.whole_cost(start);
        let gas = self.thread.run_gas - self.kept_gas();
        if gas < cost.gas || self.thread.run_ticks < cost.ticks {
            self.thread.pc += 1;
            return false;
        }
        self.thread.run_gas -= cost.gas;
        self.thread.run_ticks -= cost.ticks;
        self.thread.pc = start + 1;
        true
    }

    /// Does the op at which the loop was left with some fuel; `None` to enter the loop again.
    fn do_rare(&mut self, fuel: u32) -> Option<Exit> {
        let pc = self.thread.pc;
        let op = self.code.fast[pc as usize];
        let at = self.code.origins[pc as usize];
        self.thread.pc = at;
        let flow = match self.as_step(op, at) {
            Some(op) => rare::exec(self, op),
            None => Flow::Exit(Exit::Refill),
        };
        if op.code == OpCode::CallSlow {
            self.make_direct(pc, at);
        }
        match flow {
            Flow::Next => {
                self.thread.pc = pc + 1;
                None
            }
            Flow::Jump if self.enter_path() => None,
            Flow::Jump => Some(Exit::GoExact),
            Flow::Exit(exit @ (Exit::Host(_) | Exit::Finished | Exit::Caught)) => Some(exit),
            Flow::Exit(Exit::Trap(kind)) if !rare::is_in_loop(op.code) => {
                let rest = self.code.stand(pc).rest;
                self.pay_back(rest);
                Some(Exit::Trap(kind))
            }
            Flow::Exit(exit) => {
                self.thread.pc = pc;
                // As much fuel again would not do either.
                let is_refill = exit == Exit::Refill && self.affordable_fuel() != fuel;
                (!is_refill).then(|| self.leave_fast())
            }
        }
    }

    /// An op of the fast stream as the step stream has it, for what is done out of line. `None` if
    /// it is a branch for which there was not enough fuel.
    fn as_step(&self, op: Op, at: u32) -> Option<Op> {
        let step = self.code.op(at);
        match op.code {
            OpCode::Br | OpCode::Else | OpCode::BrIf | OpCode::If => None,
            OpCode::BrCopy | OpCode::BrIfCopy => (op.c != 1).then_some(step),
            OpCode::BrTable => {
                let first = self.code.ops[at as usize + 1..].iter();
                let mut targets = first.take_while(|op| op.code == OpCode::BrTarget);
                targets.any(|target| target.c != 0).then_some(step)
            }
            OpCode::Call => Some(step),
            OpCode::CallIndirect => Some(Op { b: op.b, ..step }),
            OpCode::ReturnNone | OpCode::ReturnOne => Some(Op { a: op.a, ..step }),
            _ => Some(op),
        }
    }

    /// Makes a call in the fast stream direct if that in the step stream has become so.
    fn make_direct(&mut self, pc: u32, at: u32) {
        if self.code.op(at).code == OpCode::Call {
            self.code.link_call(pc, at);
        }
    }

    /// Goes on in the step stream, at the instruction that the op of the fast stream stands for.
    fn leave_fast(&mut self) -> Exit {
        let stand = self.code.stand(self.thread.pc);
        let frame = &mut self.thread.stack[self.thread.fp as usize..];
        for value in &stand.pending {
            let to = usize::from(value.slot);
            match value.source {
                Source::Slot(from) => frame[to] = frame[usize::from(from)],
                Source::Vector(from) => {
                    let from = usize::from(from);
                    frame.copy_within(from..from + 2, to);
                }
                Source::Const(push) if push.code == OpCode::V128Const => {
                    let vector = u128::from_le_bytes(self.code.vectors[push.x as usize]);
                    [frame[to], frame[to + 1]] = [vector as u64, (vector >> 64) as u64];
                }
                Source::Const(push) => frame[to] = constant(push),
            }
        }
        self.pay_back(stand.unspent);
        self.thread.pc = stand.origin;
        Exit::GoExact
    }

    fn pay_back(&mut self, cost: Cost) {
        self.thread.run_gas += cost.gas;
        self.thread.run_ticks += cost.ticks;
    }
}
