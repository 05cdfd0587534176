//! What the last single step did, with real values.

use crate::debug::effect_objects::ObjectAccess;
use crate::debug::explain::access;
use crate::debug::frames::Frame;
use crate::debug::typing::FuncTypes;
use crate::gas::Gas;
use crate::index::{FuncAddr, GlobalAddr, MemAddr, TableAddr, TagAddr, WasmOffset};
use crate::isa::{Op, OpCode};
use crate::machine::{Exception, Handler, Machine, Status};
use crate::types::{RefType, ValType, width_of};
use crate::value::{Value, first_values};

/// What one instruction did.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The function it is in.
    pub func: FuncAddr,
    /// Its offset.
    pub offset: WasmOffset,
    /// Its name in the text format; `end` for the end of a function.
    pub mnemonic: &'static str,
    /// Values it popped, lowest first. A branch that takes values along shows them here.
    pub popped: Vec<Value>,
    /// Values it pushed, lowest first. For a return they are the results, for the caller.
    pub pushed: Vec<Value>,
    /// Bytes it read and wrote.
    pub memory: Vec<MemoryAccess>,
    /// The local it changed and the value before.
    pub local: Option<(u32, Value)>,
    /// The global it changed and the value before.
    pub global: Option<(GlobalAddr, Value)>,
    /// The table element it changed and the value before.
    pub element: Option<(TableAddr, u32, Value)>,
    /// Parts of objects it read and wrote, and an object it made.
    pub objects: Vec<ObjectAccess>,
    /// The exception it threw.
    pub exception: Option<Exception>,
    /// Where it was caught, if that was so.
    pub handler: Option<Handler>,
    /// Where control went.
    pub control: Control,
    /// Gas it used, with what depends on values.
    pub gas: Gas,
}

/// Whether bytes were read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessKind {
    /// Read.
    Read,
    /// Written.
    Write,
}

/// Bytes of a memory that an instruction touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryAccess {
    /// The memory.
    pub memory: MemAddr,
    /// First byte.
    pub address: u64,
    /// Number of bytes.
    pub len: u64,
    /// Read or written.
    pub kind: AccessKind,
    /// The bytes as they were before, at most the first 4,096.
    pub old: Vec<u8>,
}

/// Where control went after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// To the next instruction.
    Next,
    /// To another place of the function.
    Branch(WasmOffset),
    /// Into a function.
    Call(FuncAddr),
    /// Into a function, in place of the present one.
    TailCall(FuncAddr),
    /// To a host function.
    HostCall(FuncAddr),
    /// To the handler that caught the exception: the function and where it goes on.
    Caught(FuncAddr, WasmOffset),
    /// Back to the caller, or out of the call.
    Return,
    /// Nowhere: it trapped.
    Trap,
    /// Nowhere: it has not run (out of gas, or no budget).
    Stay,
}

/// Longest copy of old bytes.
const MAX_OLD: usize = 4096;

/// Number of functions whose types are kept (chosen).
const N_CACHED: usize = 16;

/// What is noted before a step.
pub(crate) struct Before {
    pc: u32,
    op: Op,
    /// Number of operands that the instruction leaves as they are.
    n_unpopped: usize,
    /// Where the exception that is thrown is caught.
    handler: Option<Handler>,
    effect: Effect,
}

impl Before {
    pub(super) fn popped(self) -> Vec<Value> {
        self.effect.popped
    }
}

impl Effect {
    pub(super) fn new(frame: &Frame, op: Op, popped: Vec<Value>) -> Effect {
        Effect {
            func: frame.func,
            offset: frame.offset,
            mnemonic: match op.code.mnemonic() {
                "end of function" => "end",
                mnemonic => mnemonic,
            },
            objects: Vec::new(),
            popped,
            pushed: Vec::new(),
            memory: Vec::new(),
            local: None,
            global: None,
            element: None,
            exception: None,
            handler: None,
            control: Control::Next,
            gas: Gas(0),
        }
    }
}

impl Machine {
    /// What the last instruction did, where that is known: always after
    /// [`Until::Step`](crate::Until::Step), and after other runs where it costs them nothing. Then a
    /// call may be told as a whole, as one that goes on to the next instruction, without its gas
    /// and without what it popped where that is gone.
    pub fn effect(&self) -> Option<&Effect> {
        self.thread.effect.as_deref()
    }

    /// Notes what a step will need: the operands and whatever may be overwritten.
    pub(crate) fn before_step(&mut self) -> Option<Before> {
        let pc = self.current_pc()?;
        let frame = self.frames(0, 1).pop()?;
        let op = self.code.op(pc);
        let (locals, operand_types) = self.types_at(&frame);
        let n_unpopped = operand_types.len() - self.n_pops(op, pc, &operand_types);
        let (unpopped, popped) = operand_types.split_at(n_unpopped);
        let first = self.first_operand(&frame) + width_of(unpopped) as usize;
        let popped = first_values(&self.thread.stack[first..], popped);
        let mut effect = Effect {
            objects: self.object_accesses(op, &popped),
            exception: self.thrown(),
            ..Effect::new(&frame, op, popped)
        };
        self.note_changes(op, &locals, &mut effect);
        let thrown = effect.exception.as_ref();
        let handler = thrown.and_then(|thrown| self.handler_of(thrown.tag));
        Some(Before {
            pc,
            op,
            n_unpopped,
            handler,
            effect,
        })
    }

    /// Number of operands of a frame that its instruction leaves as they are.
    pub(super) fn n_unpopped(&mut self, frame: &Frame, op: Op, pc: u32) -> usize {
        let (_, operands) = self.types_at(frame);
        operands.len() - self.n_pops(op, pc, &operands)
    }

    /// Types of the locals and of the operands of a frame.
    fn types_at(&mut self, frame: &Frame) -> (Vec<ValType>, Vec<ValType>) {
        let types = self.take_types(frame);
        let operands = match types.operands(frame.offset) {
            Some(operands) => operands.to_vec(),
            None => self.typing(frame).operands,
        };
        let locals = types.locals.clone();
        self.thread.types.push(types);
        (locals, operands)
    }

    /// The types of a frame's function, from the cache or made anew; to be put back.
    fn take_types(&mut self, frame: &Frame) -> FuncTypes {
        let cache = &mut self.thread.types;
        match cache.iter().position(|types| types.func == frame.func) {
            Some(position) => cache.remove(position),
            None => {
                if cache.len() >= N_CACHED {
                    cache.remove(0);
                }
                let module = &self.store.instances[frame.instance.index()].module;
                FuncTypes::new(module, frame.func, frame.idx)
            }
        }
    }

    /// Completes the record after the step, which used so much gas.
    pub(crate) fn after_step(&mut self, before: Before, gas: u64, has_run: bool) {
        let mut effect = before.effect;
        effect.gas = Gas(gas);
        effect.control = match &self.thread.status {
            Status::Trapped(_) => Control::Trap,
            Status::HostCall(call) => Control::HostCall(call.func),
            _ if !has_run => Control::Stay,
            Status::Finished(_) => Control::Return,
            _ => self.control_of(before.op, before.pc),
        };
        match effect.control {
            Control::Next => {
                effect.pushed = self.pushed(before.n_unpopped);
                self.complete_accesses(before.op, &mut effect);
            }
            Control::Return => {
                effect.pushed = match &self.thread.status {
                    Status::Finished(results) => results.clone(),
                    _ => effect.popped.clone(),
                };
            }
            Control::Caught(..) => {
                effect.pushed = self.caught(before.handler, effect.exception.as_ref());
                effect.handler = before.handler;
            }
            Control::Trap | Control::Stay => {
                effect.memory.clear();
                effect.objects.clear();
                (effect.local, effect.global, effect.element) = (None, None, None);
                if effect.control == Control::Stay {
                    effect.exception = None;
                }
            }
            _ => {}
        }
        self.thread.effect = Some(Box::new(effect));
    }

    fn control_of(&self, op: Op, pc: u32) -> Control {
        let Some(now) = self.current_pc() else {
            return Control::Return;
        };
        let func = FuncAddr(self.code.func_at(now).unwrap_or(0));
        match op.code {
            code if code.is_call() => Control::Call(func),
            code if code.is_tail_call() => Control::TailCall(func),
            OpCode::Throw | OpCode::ThrowRef => {
                Control::Caught(func, WasmOffset(self.code.infos[now as usize].offset))
            }
            // The target stands between.
            OpCode::BrOnNull | OpCode::BrOnNonNull | OpCode::BrOnCast | OpCode::BrOnCastFail
                if now == self.code.at_instruction(pc + 2) =>
            {
                Control::Next
            }
            OpCode::Return | OpCode::End => Control::Return,
            OpCode::Br | OpCode::BrCopy | OpCode::BrTable | OpCode::Else => {
                Control::Branch(WasmOffset(self.code.infos[now as usize].offset))
            }
            _ if now == self.code.at_instruction(pc + 1) => Control::Next,
            _ => Control::Branch(WasmOffset(self.code.infos[now as usize].offset)),
        }
    }

    /// Number of operands that an instruction pops, at most as many as there are.
    fn n_pops(&self, op: Op, pc: u32, operands: &[ValType]) -> usize {
        let params = |func: u32| self.store.func_type(FuncAddr(func)).params.len();
        let n = match op.code {
            OpCode::CallSlow => params(op.x),
            OpCode::Call => self.code.func_at(pc.wrapping_add(op.x)).map_or(0, params),
            OpCode::ReturnCall => params(op.x),
            OpCode::CallIndirect | OpCode::CallIndirectFar | OpCode::ReturnCallIndirect => {
                self.store.types.func(op.x).params.len() + 1
            }
            OpCode::CallRef | OpCode::ReturnCallRef => self.store.types.func(op.x).params.len() + 1,
            OpCode::StructNew => n_in_slots(operands, op.c),
            OpCode::ArrayNewFixed => op.y as usize,
            OpCode::BrOnNull | OpCode::BrOnNonNull | OpCode::BrOnCast | OpCode::BrOnCastFail => 1,
            OpCode::Return | OpCode::End | OpCode::BrCopy => n_in_slots(operands, op.c),
            OpCode::BrIf | OpCode::BrTable | OpCode::If => 1,
            OpCode::BrIfCopy => 1,
            OpCode::Block | OpCode::Loop | OpCode::TryTable | OpCode::Br | OpCode::Else => 0,
            OpCode::Throw => self.store.tag_type(TagAddr(op.x)).params.len(),
            code => pops(code).count(),
        };
        n.min(operands.len())
    }

    fn note_changes(&self, op: Op, locals: &[ValType], effect: &mut Effect) {
        let operand = |n: usize| match effect.popped.get(n) {
            Some(value) => value.to_slots()[0],
            None => 0,
        };
        let mut accesses = Vec::new();
        if let Some(access) = access(op.code) {
            let (memory, address) = self.place_of_access(op, operand(0));
            let n_bytes = u64::from(access.n_bytes);
            if let Ok(address) = u64::try_from(address) {
                if access.reads {
                    accesses.push((memory.0, address, n_bytes, AccessKind::Read));
                }
                // A comparison that fails writes nothing.
                let fails = op.code.mnemonic().contains("cmpxchg") && {
                    let bytes = self.read_memory(memory, address, n_bytes).unwrap_or(&[]);
                    *bytes != operand(1).to_le_bytes()[..bytes.len()]
                };
                if access.writes && !fails {
                    accesses.push((memory.0, address, n_bytes, AccessKind::Write));
                }
            }
        }
        let n = operand(2);
        match op.code {
            OpCode::LocalSet | OpCode::LocalTee | OpCode::LocalSetV | OpCode::LocalTeeV => {
                let local = n_in_first_slots(locals, op.b);
                let slots = &self.thread.stack[(self.thread.fp + u32::from(op.b)) as usize..];
                if let Some(ty) = locals.get(local) {
                    effect.local = Some((local as u32, Value::from_slots(slots, *ty)));
                }
            }
            OpCode::GlobalSet | OpCode::GlobalSetV => {
                let global = GlobalAddr(op.x);
                effect.global = Some((global, self.global(global)));
            }
            OpCode::TableSet => {
                let (table, index) = (TableAddr(op.x), operand(0));
                effect.element = self
                    .table_get(table, index)
                    .map(|old| (table, index as u32, old));
            }
            OpCode::MemoryFill => accesses.push((op.x, operand(0), n, AccessKind::Write)),
            OpCode::MemoryInit => accesses.push((op.x, operand(0), n, AccessKind::Write)),
            OpCode::MemoryCopy => {
                accesses.push((op.y, operand(1), n, AccessKind::Read));
                accesses.push((op.x, operand(0), n, AccessKind::Write));
            }
            _ => {}
        }
        for (memory, address, len, kind) in accesses {
            let memory = MemAddr(memory);
            if let Some(bytes) = self.read_memory(memory, address, len)
                && len > 0
            {
                let old = bytes[..bytes.len().min(MAX_OLD)].to_vec();
                effect.memory.push(MemoryAccess {
                    memory,
                    address,
                    len,
                    kind,
                    old,
                });
            }
        }
    }

    /// What a handler has pushed, onto the frame that is the present one now.
    fn caught(&self, handler: Option<Handler>, thrown: Option<&Exception>) -> Vec<Value> {
        let (Some(handler), Some(thrown)) = (handler, thrown) else {
            return Vec::new();
        };
        let mut types = Vec::new();
        if handler.kind.has_values() {
            types.extend_from_slice(&self.store.tag_type(thrown.tag).params);
        }
        if handler.kind.has_ref() {
            types.push(ValType::Ref(RefType::EXN));
        }
        let first = self.thread.fp as usize + usize::from(handler.slot);
        first_values(&self.thread.stack[first..], &types)
    }

    /// The values that an instruction has pushed: all above the operands that it left.
    pub(super) fn pushed(&mut self, n_unpopped: usize) -> Vec<Value> {
        let Some(frame) = self.frames(0, 1).pop() else {
            return Vec::new();
        };
        let (_, operands) = self.types_at(&frame);
        let (unpopped, pushed) = operands.split_at(n_unpopped.min(operands.len()));
        let first = self.first_operand(&frame) + width_of(unpopped) as usize;
        first_values(&self.thread.stack[first..], pushed)
    }
}

/// How many of the top operands take so many slots.
fn n_in_slots(operands: &[ValType], n_slots: u16) -> usize {
    let mut left = u32::from(n_slots);
    let from_top = operands.iter().rev();
    from_top
        .take_while(|ty| {
            let fits = ty.width() <= left;
            left = left.saturating_sub(ty.width());
            fits
        })
        .count()
}

/// How many locals lie in the slots below one.
fn n_in_first_slots(locals: &[ValType], slot: u16) -> usize {
    let mut end = 0;
    let ends = locals.iter().map(|ty| {
        end += ty.width();
        end
    });
    ends.take_while(|end| *end <= u32::from(slot)).count()
}

/// The words before the arrow of a stack effect.
fn pops(code: OpCode) -> impl Iterator<Item = &'static str> {
    code.effect()
        .split("->")
        .next()
        .unwrap_or("")
        .split_whitespace()
}
