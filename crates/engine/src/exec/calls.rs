//! Calls and returns that are not the simple case: first calls, other instances, the host, tails.

use super::{Exit, Flow};
use crate::compile::HALT;
use crate::index::FuncAddr;
use crate::isa::{Op, OpCode};
use crate::machine::{Machine, NO_ENTRY, Room, SPECIAL, TrapKind};

/// `call` of a function that was not ready when the caller was translated.
pub(super) fn call_slow(m: &mut Machine, op: Op) -> Flow {
    let callee = &m.store.funcs[op.x as usize];
    let is_here = callee.instance == m.thread.instance;
    let pc = m.thread.pc;
    let flow = call(m, op.x, op.a);
    if is_here && let Flow::Jump = flow {
        // From now on the call is direct.
        let entry = m.store.funcs[op.x as usize].entry;
        let direct = Op {
            x: entry.wrapping_sub(pc),
            code: OpCode::Call,
            ..op
        };
        m.code.replace(pc, direct);
    }
    flow
}

/// Calls a function whose arguments start at a slot of the present frame.
pub(super) fn call(m: &mut Machine, func: u32, first: u16) -> Flow {
    if m.store.funcs[func as usize].is_host() {
        return call_host(m, func);
    }
    let entry_pc = m.translate(FuncAddr(func));
    let entry = m.code.op(entry_pc);
    let fp = m.thread.fp + u32::from(first);
    let instance = m.store.funcs[func as usize].instance;
    if let Err(exit) = grow_stack(m, fp as usize + usize::from(entry.c)) {
        return Flow::Exit(exit);
    }
    let special = if instance == m.thread.instance {
        0
    } else {
        SPECIAL
    };
    let link = u64::from(m.thread.pc + 1) | u64::from(first) << 32 | special;
    start_frame(m, fp, entry, link);
    m.enter_instance(instance);
    m.thread.pc = entry_pc;
    Flow::Jump
}

/// `call` of a function of the same instance for which the stack must grow.
pub(super) fn call_again(m: &mut Machine, op: Op) -> Flow {
    match m.code.func_at(m.thread.pc.wrapping_add(op.x)) {
        Some(func) => call(m, func, op.a),
        None => unreachable!("a direct call goes to the entry of a function"),
    }
}

/// `call_indirect` in full. Slots are canonical, so the width of the index does not matter.
pub(super) fn call_indirect(m: &mut Machine, op: Op) -> Flow {
    let index = m.thread.stack[(m.thread.fp + u32::from(op.b)) as usize];
    match element(m, op, index) {
        Ok(func) => call(m, func, op.a),
        Err(kind) => kind.into(),
    }
}

/// `call_ref`.
pub(super) fn call_ref(m: &mut Machine, op: Op) -> Flow {
    match target(m, u32::from(op.b)) {
        Ok(func) => call(m, func, op.a),
        Err(kind) => kind.into(),
    }
}

/// The function that the reference in a slot of the frame points to.
fn target(m: &Machine, slot: u32) -> Result<u32, TrapKind> {
    match m.thread.stack[(m.thread.fp + slot) as usize] {
        0 => Err(TrapKind::NullFunctionReference),
        reference => Ok(reference as u32 - 1),
    }
}

/// The function at an index of the table that an op names, if it has the type.
fn element(m: &Machine, op: Op, index: u64) -> Result<u32, TrapKind> {
    let func = match m.store.tables[op.y as usize].get(index) {
        None => return Err(TrapKind::UndefinedElement),
        Some(0) => return Err(TrapKind::UninitializedElement),
        Some(element) => element as u32 - 1,
    };
    match m
        .store
        .types
        .is_below(m.store.funcs[func as usize].ty, op.x)
    {
        true => Ok(func),
        false => Err(TrapKind::IndirectCallTypeMismatch),
    }
}

/// `return` and the end of a function in full.
pub(super) fn return_rare(m: &mut Machine, op: Op) -> Flow {
    let fp = m.thread.fp as usize;
    let link = m.thread.stack[fp + usize::from(op.b)];
    let first = fp + usize::from(op.a);
    m.thread
        .stack
        .copy_within(first..first + usize::from(op.c), fp);
    match leave(m, link) {
        true => Flow::Jump,
        false => Flow::Exit(Exit::Finished),
    }
}

fn call_host(m: &mut Machine, func: u32) -> Flow {
    let cost = i64::from(m.config.schedule.dynamic().host_call);
    if m.thread.run_gas < cost {
        return Flow::Exit(Exit::Short);
    }
    m.thread.run_gas -= cost;
    Flow::Exit(Exit::Host(FuncAddr(func)))
}

/// `return_call`.
pub(super) fn return_call(m: &mut Machine, op: Op) -> Flow {
    tail_call(m, op.x, op)
}

/// `return_call_indirect`.
pub(super) fn return_call_indirect(m: &mut Machine, op: Op) -> Flow {
    let index = m.thread.stack[(m.thread.fp + u32::from(op.a) + u32::from(op.c)) as usize];
    match element(m, op, index) {
        Ok(func) => tail_call(m, func, op),
        Err(kind) => kind.into(),
    }
}

/// `return_call_ref`.
pub(super) fn return_call_ref(m: &mut Machine, op: Op) -> Flow {
    match target(m, u32::from(op.a) + u32::from(op.c)) {
        Ok(func) => tail_call(m, func, op),
        Err(kind) => kind.into(),
    }
}

/// Moves the arguments to the start of the frame and lets the callee have it.
fn tail_call(m: &mut Machine, func: u32, op: Op) -> Flow {
    if m.store.funcs[func as usize].is_host() {
        return call_host(m, func);
    }
    let entry_pc = m.translate(FuncAddr(func));
    let entry = m.code.op(entry_pc);
    let fp = m.thread.fp;
    if let Err(exit) = grow_stack(m, fp as usize + usize::from(entry.c)) {
        return Flow::Exit(exit);
    }
    let instance = m.store.funcs[func as usize].instance;
    let mut link = m.thread.stack[fp as usize + usize::from(op.b)];
    if instance != m.thread.instance {
        link |= SPECIAL;
    }
    let first = fp as usize + usize::from(op.a);
    m.thread
        .stack
        .copy_within(first..first + usize::from(op.c), fp as usize);
    start_frame(m, fp, entry, link);
    m.enter_instance(instance);
    m.thread.pc = entry_pc;
    Flow::Jump
}

/// Clears the locals of a frame whose parameters are in place, and writes its link.
fn start_frame(m: &mut Machine, fp: u32, entry: Op, link: u64) {
    let locals = fp as usize + usize::from(entry.a)..fp as usize + usize::from(entry.b);
    m.thread.stack[locals].fill(0);
    m.thread.stack[fp as usize + usize::from(entry.b)] = link;
    m.thread.fp = fp;
}

/// Returns over a link; the results are in place. `false` if the call is over.
pub(super) fn leave(m: &mut Machine, link: u64) -> bool {
    let return_to = link as u32;
    if return_to == HALT {
        m.thread.pc = HALT;
        return false;
    }
    m.thread.fp -= ((link & !SPECIAL) >> 32) as u32;
    m.thread.pc = return_to;
    let instance = m
        .code
        .func_at(return_to)
        .map(|func| m.store.funcs[func as usize].instance);
    if let Some(instance) = instance {
        m.enter_instance(instance);
    }
    true
}

/// Makes the stack hold a number of slots, growing it by doubling.
///
/// # Errors
/// A trap if that is above the limit; a refusal if the host has no room for it.
fn grow_stack(m: &mut Machine, n_slots: usize) -> Result<(), Exit> {
    let stack = &mut m.thread.stack;
    let len = stack.len();
    if n_slots <= len {
        return Ok(());
    }
    let limit = m.config.stack_slots as usize;
    if n_slots > limit {
        return Err(Exit::Trap(TrapKind::CallStackExhausted));
    }
    for wanted in [n_slots.max(len * 2).max(1024).min(limit), n_slots] {
        if stack.try_reserve_exact(wanted - len).is_ok() {
            stack.resize(wanted, 0);
            return Ok(());
        }
    }
    Err(m.refuse(Room::Stack, (n_slots - len) as u64 * 8))
}

impl Machine {
    /// Makes an instance the running one.
    pub(crate) fn enter_instance(&mut self, instance: u32) {
        self.thread.instance = instance;
        let memories = &self.store.instances[instance as usize].memories;
        self.thread.memory = memories.first().map_or(u32::MAX, |memory| memory.0);
    }

    /// Makes room for the first frame of a call, which the host may refuse.
    pub(crate) fn make_first_frame_room(
        &mut self,
        func: FuncAddr,
        n_args: usize,
    ) -> Result<(), Exit> {
        // The limit may have been higher before.
        self.thread.stack.truncate(self.config.stack_slots as usize);
        let is_host = self.store.funcs[func.index()].is_host();
        let n_slots = match is_host {
            true => n_args,
            false => {
                let entry_pc = self.translate(func);
                usize::from(self.code.op(entry_pc).c)
            }
        };
        grow_stack(self, n_slots)
    }

    /// Starts the first frame of a call: arguments at the bottom of the stack, where there is room.
    pub(crate) fn start_first_frame(&mut self, func: FuncAddr, args: &[u64]) {
        let entry_pc = self.translate(func);
        debug_assert_ne!(entry_pc, NO_ENTRY);
        let entry = self.code.op(entry_pc);
        self.thread.stack[..args.len()].copy_from_slice(args);
        start_frame(self, 0, entry, u64::from(HALT) | SPECIAL);
        let instance = self.store.funcs[func.index()].instance;
        self.enter_instance(instance);
        self.thread.pc = entry_pc;
    }

    /// Puts the results of the pending host call where they belong and goes on after it. `false`
    /// if the call under way is over.
    pub(crate) fn finish_host_call(&mut self, results: &[u64]) -> bool {
        let fp = self.thread.fp as usize;
        let op = self.code.op(self.thread.pc);
        match op.code {
            code if code.is_tail_call() => {
                let link = self.thread.stack[fp + usize::from(op.b)];
                self.thread.stack[fp..fp + results.len()].copy_from_slice(results);
                leave(self, link)
            }
            _ => {
                let first = fp + usize::from(op.a);
                self.thread.stack[first..first + results.len()].copy_from_slice(results);
                self.thread.pc += 1;
                true
            }
        }
    }
}
