//! Breakpoints: ops planted over instructions.

use crate::compile::Code;
use crate::index::{FuncAddr, WasmOffset};
use crate::machine::{Machine, Until};

impl Machine {
    /// Sets a breakpoint on the first reachable instruction of a function at or after an offset,
    /// and gives the offset where it stands. `None` if there is none, or for a host function.
    pub fn set_breakpoint(&mut self, func: FuncAddr, offset: WasmOffset) -> Option<WasmOffset> {
        let pc = self.pc_at(func, offset)?;
        self.code.plant_stop(pc);
        self.code.breakpoints.insert(pc, ());
        Some(WasmOffset(self.code.infos[pc as usize].offset))
    }

    /// Whether any way leads to the instruction at an offset of a function. That of a block's `end`
    /// goes on to the next instruction without a step of its own.
    pub fn is_reachable(&mut self, func: FuncAddr, offset: WasmOffset) -> bool {
        let Some((start, first)) = self.first_from(func, offset) else {
            return false;
        };
        // What cannot be reached has no ops; so the way comes from the last one before, or from a
        // meter, which only stands where there is one.
        let is_its = |pc: &u32| {
            let is_there = self.code.infos.get(*pc as usize);
            is_there.is_some_and(|info| info.offset == offset.0)
        };
        is_its(&first)
            || first > start && {
                let before = self.code.op(first - 1);
                before.is_meter() || !before.code.goes_elsewhere()
            }
    }

    /// Takes a breakpoint away, by the offset asked for or the one where it stands.
    pub fn clear_breakpoint(&mut self, func: FuncAddr, offset: WasmOffset) {
        if let Some(pc) = self.pc_at(func, offset)
            && self.code.breakpoints.remove(pc).is_some()
        {
            self.code.uncover_stop(pc);
        }
    }

    /// Takes all breakpoints away.
    pub fn clear_breakpoints(&mut self) {
        // From the last: what is planted is a list, and its end costs nothing.
        for pc in std::mem::take(&mut self.code.breakpoints)
            .keys()
            .iter()
            .rev()
        {
            self.code.uncover_stop(*pc as u32);
        }
    }

    /// The breakpoints, by function and offset.
    pub fn breakpoints(&self) -> Vec<(FuncAddr, WasmOffset)> {
        let place = |pc: &u64| {
            let func = FuncAddr(self.code.func_at(*pc as u32)?);
            Some((func, WasmOffset(self.code.infos[*pc as usize].offset)))
        };
        self.code
            .breakpoints
            .keys()
            .iter()
            .filter_map(place)
            .collect()
    }

    /// For a step over the next instruction: until it is done and, if it calls, the callee has
    /// returned.
    pub fn until_over(&self) -> Until {
        match self.current_pc() {
            Some(pc) if self.code.op(pc).code.is_call() => self.until_at(pc + 1, self.thread.fp),
            _ => Until::Step,
        }
    }

    /// For a step out: until the present function has returned to its caller.
    pub fn until_out(&self) -> Until {
        match self.frames(1, 1).first() {
            Some(caller) => self.until_at(caller.pc + 1, caller.base),
            None => Until::Finished,
        }
    }

    /// Until the instruction at (or just after) a position is next, in a frame that starts at a
    /// slot or below.
    fn until_at(&self, pc: u32, frame: u32) -> Until {
        let pc = self.code.at_instruction(pc);
        match self.code.func_at(pc) {
            Some(func) => Until::Location {
                func: FuncAddr(func),
                offset: WasmOffset(self.code.infos[pc as usize].offset),
                frame: Some(frame),
            },
            None => Until::Finished,
        }
    }

    /// Position of the first reachable instruction of a function at or after an offset. The
    /// function is translated for it.
    pub(crate) fn pc_at(&mut self, func: FuncAddr, offset: WasmOffset) -> Option<u32> {
        let (_, first) = self.first_from(func, offset)?;
        let end = self.store.funcs[func.index()].end;
        (first..end).find(|pc| !self.code.op(*pc).is_pseudo())
    }

    /// Where the ops of a function start, and the first of them at or after an offset.
    fn first_from(&mut self, func: FuncAddr, offset: WasmOffset) -> Option<(u32, u32)> {
        if self.store.funcs.get(func.index())?.is_host() {
            return None;
        }
        let start = self.translate(func);
        let end = self.store.funcs[func.index()].end;
        let infos = &self.code.infos[start as usize..end as usize];
        let first = infos.partition_point(|info| info.offset < offset.0);
        Some((start, start + first as u32))
    }

    /// Position of the next instruction, or of the one that waits or trapped.
    pub(crate) fn current_pc(&self) -> Option<u32> {
        (self.thread.pc != crate::compile::HALT).then(|| self.code.at_instruction(self.thread.pc))
    }

    /// Function and offset of the next instruction, or of the one that waits or trapped.
    pub fn current_instruction(&self) -> Option<(FuncAddr, WasmOffset)> {
        let pc = self.current_pc()?;
        let func = FuncAddr(self.code.func_at(pc)?);
        Some((func, WasmOffset(self.code.infos[pc as usize].offset)))
    }
}

impl Code {
    /// Plants an op at which runs stop, and one over the instruction from which alone the way leads
    /// there, so that it is watched.
    pub(crate) fn plant_stop(&mut self, pc: u32) {
        self.plant(pc);
        if let Some(before) = self.only_before(pc) {
            self.plant(before);
        }
    }

    /// Takes away what was planted for a stop, but for breakpoints.
    pub(crate) fn uncover_stop(&mut self, pc: u32) {
        for planted in [Some(pc), self.only_before(pc)].into_iter().flatten() {
            let is_used = |pc| self.breakpoints.contains(pc);
            if !is_used(planted) && !self.stop_after(planted).is_some_and(is_used) {
                self.uncover(planted);
            }
        }
    }

    /// The instruction after which, in the same block, another comes.
    fn only_before(&self, pc: u32) -> Option<u32> {
        (!self.op(pc - 1).is_pseudo()).then(|| pc - 1)
    }

    /// Where the way leads from an instruction, if that is in the same block.
    pub(crate) fn stop_after(&self, pc: u32) -> Option<u32> {
        let next = self.ops.get(pc as usize + 1)?;
        (!next.is_pseudo()).then(|| pc + 1)
    }
}
