//! What a call did that was not followed step by step: it entered a function, or came back from it.

use crate::debug::effect::{Control, Effect};
use crate::index::WasmOffset;
use crate::isa::OpCode;
use crate::machine::Machine;
use crate::value::{Value, first_values};

/// A call under way, or about to be made: [`Machine::note_call`].
#[derive(Clone, Debug, PartialEq)]
pub struct NotedCall {
    pc: u32,
    /// First slot of the frame that calls.
    base: u32,
    /// What it pops, if that is still there.
    popped: Vec<Value>,
}

impl Machine {
    /// Notes the next instruction of a frame, if it is a call, before a run over it (depth 0), or
    /// the one under way before a run out of its callee.
    pub fn note_call(&mut self, depth: u32) -> Option<NotedCall> {
        let frame = self.frames(depth, 1).pop()?;
        if !self.code.op(frame.pc).code.is_call() {
            return None;
        }
        let popped = match depth {
            0 => self.before_step()?.popped(),
            // The arguments are locals of the callee by now.
            _ => Vec::new(),
        };
        Some(NotedCall {
            pc: frame.pc,
            base: frame.base,
            popped,
        })
    }

    /// After a run that was to end behind a call: lets [`Machine::effect`] be what the call did as
    /// a whole, if it is that which has just come back.
    pub fn tell_call(&mut self, call: NotedCall) {
        let is_back = self.thread.fp == call.base
            && self.current_pc() == Some(self.code.at_instruction(call.pc + 1))
            // One that was caught stands at a meter, or nothing has run since.
            && !self.code.ops[self.thread.pc as usize].is_meter()
            && self.thread.caught_at != Some(self.thread.ticks);
        if let (true, Some(mut call_at)) = (is_back, self.frames(0, 1).pop()) {
            call_at.offset = WasmOffset(self.code.infos[call.pc as usize].offset);
            let op = self.code.op(call.pc);
            let n_unpopped = self.n_unpopped(&call_at, op, call.pc);
            let effect = Effect {
                pushed: self.pushed(n_unpopped),
                ..Effect::new(&call_at, op, call.popped)
            };
            self.thread.effect = Some(Box::new(effect));
        }
    }

    /// The same for a run that stopped where only a call leads: behind it, or at the first
    /// instruction of the function.
    pub(crate) fn tell_only_call(&mut self) {
        let pc = self.thread.pc;
        let Some(meter) = pc.checked_sub(1) else {
            return;
        };
        let joined = self.code.ops[meter as usize];
        match joined.code {
            OpCode::Meter
                if joined.b == 0
                    && self.code.op(meter - 1).code.is_call()
                    && !self.code.handlers.lead_to(meter) =>
            {
                self.tell_call(NotedCall {
                    pc: meter - 1,
                    base: self.thread.fp,
                    popped: Vec::new(),
                });
            }
            // A tail call keeps the link that tells who called.
            OpCode::Enter if !self.code.has_tail_calls => self.tell_entry(),
            _ => {}
        }
    }

    /// What the call did that led to the first instruction of the present function.
    fn tell_entry(&mut self) {
        let [callee, caller] = &self.frames(0, 2)[..] else {
            return;
        };
        let op = self.code.op(caller.pc);
        let popped = match op.code {
            OpCode::Call | OpCode::CallSlow => {
                let params = &self.store.func_type(callee.func).params;
                first_values(&self.thread.stack[callee.base as usize..], params)
            }
            // The index or reference above the arguments is gone.
            _ => Vec::new(),
        };
        self.thread.effect = Some(Box::new(Effect {
            control: Control::Call(callee.func),
            ..Effect::new(caller, op, popped)
        }));
    }
}
