//! Frames of the call under way, with their locals, operands and labels.

use crate::compile::ClauseKind;
use crate::debug::typing::{OpenBlock, OpenClause, Typing};
use crate::gas::Gas;
use crate::index::{FuncAddr, FuncIdx, InstanceIdx, TagAddr, WasmOffset};
use crate::machine::{Machine, Site};
use crate::types::{MapTypes, ValType};
use crate::value::{Value, first_values};

/// A frame. Depth 0 is the innermost one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Number of frames inside this one.
    pub depth: u32,
    /// The function.
    pub func: FuncAddr,
    /// Its instance.
    pub instance: InstanceIdx,
    /// Its index in the module of the instance.
    pub idx: FuncIdx,
    /// The next instruction of the innermost frame (or the one that waits or trapped); in the
    /// other frames the call that is under way.
    pub offset: WasmOffset,
    /// First slot of the frame in the stack.
    pub base: u32,
    pub(crate) pc: u32,
    /// Slots of the operands.
    n_operand_slots: u32,
}

/// A value with its name, if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedValue {
    /// Name in the name section, without `$`.
    pub name: Option<String>,
    /// Its type; defined types are numbers of the store.
    pub ty: ValType,
    /// The value.
    pub value: Value,
}

/// Kind of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LabelKind {
    /// The function itself; a branch to it returns.
    Func,
    /// `block`.
    Block,
    /// `loop`.
    Loop,
    /// `if`, in its first part.
    If,
    /// `if`, in its `else` part.
    Else,
    /// `try_table`.
    TryTable,
}

/// A label that a branch could go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Kind of block.
    pub kind: LabelKind,
    /// Name in the name section, without `$`.
    pub name: Option<String>,
    /// The block instruction; for the function the start of its body.
    pub offset: WasmOffset,
    /// Number of values that a branch takes along.
    pub arity: u32,
    /// Where a branch goes on: after the end of a block, at the start of a loop, at the end of
    /// the function.
    pub continuation: WasmOffset,
    /// What a `try_table` catches of what is thrown here; the first that fits does.
    pub catches: Vec<Catch>,
}

/// A clause of a `try_table`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Catch {
    /// What it catches and what it pushes.
    pub kind: ClauseKind,
    /// Its tag; `None` if it catches all.
    pub tag: Option<TagAddr>,
    /// The label that it branches to, by its place among those of the frame.
    pub label: u32,
}

/// The next instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextInstruction {
    /// The function it is in.
    pub func: FuncAddr,
    /// Its offset.
    pub offset: WasmOffset,
    /// Its name in the text format; `end` for the end of a function.
    pub mnemonic: &'static str,
    /// What it costs, without what depends on values.
    pub gas: Gas,
}

impl Machine {
    /// Frames of the call under way, innermost first, from a depth on and at most so many.
    /// A trap and a pending host call leave them readable.
    pub fn frames(&self, from: u32, count: u32) -> Vec<Frame> {
        let sites = (0..).zip(self.sites()).skip(from as usize);
        let frames = sites.take(count as usize);
        frames
            .filter_map(|(depth, site)| self.frame_at(depth, &site))
            .collect()
    }

    /// Number of frames.
    pub fn n_frames(&self) -> u32 {
        self.sites().count() as u32
    }

    pub(crate) fn walk(&self) -> impl Iterator<Item = Frame> + '_ {
        (0..)
            .zip(self.sites())
            .map_while(|(depth, site)| self.frame_at(depth, &site))
    }

    pub(super) fn frame_at(&self, depth: u32, site: &Site) -> Option<Frame> {
        let func = FuncAddr(self.code.func_at(site.pc)?);
        let decl = &self.store.funcs[func.index()];
        let info = &self.code.infos[site.pc as usize];
        Some(Frame {
            depth,
            func,
            instance: InstanceIdx(decl.instance),
            idx: decl.idx,
            offset: WasmOffset(info.offset),
            base: site.base,
            pc: site.pc,
            n_operand_slots: match site.n_slots {
                u32::MAX => u32::from(info.height),
                n_slots => n_slots - decl.n_local_slots - 1,
            },
        })
    }

    pub(crate) fn typing(&self, frame: &Frame) -> Typing {
        Typing::at(self.module(frame.instance), frame.idx, frame.offset)
    }

    /// What a frame holds. The types are found once, which takes a validation of the function up
    /// to the place.
    pub fn look_into<'a>(&'a self, frame: &'a Frame) -> FrameLook<'a> {
        let mut typing = self.typing(frame);
        Self::drop_absent(frame, &mut typing.operands);
        FrameLook {
            machine: self,
            frame,
            typing,
        }
    }

    /// Parameters and locals of a frame, with types and names.
    pub fn locals(&self, frame: &Frame) -> Vec<TypedValue> {
        self.look_into(frame).locals(0, u32::MAX)
    }

    /// Operands of a frame, lowest first. In a frame that waits for a call the arguments are gone:
    /// they are locals of the callee.
    pub fn operands(&self, frame: &Frame) -> Vec<Value> {
        let look = self.look_into(frame);
        let operands = look.operands(0, u32::MAX).into_iter();
        operands.map(|operand| operand.value).collect()
    }

    /// Types of the operands that are there, lowest first.
    pub(crate) fn operand_types(&self, frame: &Frame) -> Vec<ValType> {
        let mut types = self.typing(frame).operands;
        Self::drop_absent(frame, &mut types);
        types
    }

    fn drop_absent(frame: &Frame, types: &mut Vec<ValType>) {
        let mut n_slots = 0;
        let mut is_there = |ty: &ValType| {
            n_slots += ty.width();
            n_slots <= frame.n_operand_slots
        };
        let n_types = types.iter().take_while(|ty| is_there(ty)).count();
        types.truncate(n_types);
    }

    pub(crate) fn first_operand(&self, frame: &Frame) -> usize {
        (frame.base + self.store.funcs[frame.func.index()].n_local_slots + 1) as usize
    }

    pub(crate) fn n_operand_slots(&self, frame: &Frame) -> u32 {
        frame.n_operand_slots
    }

    /// Labels of a frame, innermost first: label 0 is the target of `br 0`.
    pub fn labels(&self, frame: &Frame) -> Vec<Label> {
        self.look_into(frame).labels(0, u32::MAX)
    }

    /// The next instruction, or the one that waits or trapped; `None` if no call is under way.
    pub fn next_instruction(&self) -> Option<NextInstruction> {
        let pc = self.current_pc()?;
        let (func, offset) = self.current_instruction()?;
        let mnemonic = match self.code.op(pc).code.mnemonic() {
            "end of function" => "end",
            mnemonic => mnemonic,
        };
        let gas = Gas(u64::from(self.code.infos[pc as usize].gas));
        Some(NextInstruction {
            func,
            offset,
            mnemonic,
            gas,
        })
    }
}

/// A frame together with the types at its place. Its lists may be long: a function has up to
/// 50,000 locals, and blocks and operands as many as fit into it; so each is read by parts, from a
/// place on and at most so many.
pub struct FrameLook<'a> {
    machine: &'a Machine,
    frame: &'a Frame,
    typing: Typing,
}

impl FrameLook<'_> {
    /// The frame itself.
    pub fn frame(&self) -> &Frame {
        self.frame
    }

    /// Number of parameters and locals.
    pub fn n_locals(&self) -> u32 {
        self.typing.locals.len() as u32
    }

    /// Number of operands.
    pub fn n_operands(&self) -> u32 {
        self.typing.operands.len() as u32
    }

    /// Number of labels.
    pub fn n_labels(&self) -> u32 {
        self.typing.blocks.len() as u32
    }

    /// Parameters and locals, with types and names.
    pub fn locals(&self, from: u32, count: u32) -> Vec<TypedValue> {
        let base = self.frame.base as usize;
        let mut locals = self.values(base, &self.typing.locals, from, count);
        let module = self.machine.module(self.frame.instance);
        for (local, value) in (from..).zip(&mut locals) {
            let name = module.local_name(self.frame.idx, local);
            value.name = name.map(str::to_string);
        }
        locals
    }

    /// Operands, lowest first.
    pub fn operands(&self, from: u32, count: u32) -> Vec<TypedValue> {
        let base = self.machine.first_operand(self.frame);
        self.values(base, &self.typing.operands, from, count)
    }

    /// Some of the values that lie in the stack from a slot on. Their types are those of the
    /// module.
    fn values(&self, base: usize, types: &[ValType], from: u32, count: u32) -> Vec<TypedValue> {
        let from = (from as usize).min(types.len());
        let (before, types) = types.split_at(from);
        let types = &types[..types.len().min(count as usize)];
        let skipped: u32 = before.iter().map(|ty| ty.width()).sum();
        let slots = &self.machine.thread.stack[base + skipped as usize..];
        let numbers = &self.machine.store.instances[self.frame.instance.index()].types;
        let values = first_values(slots, types).into_iter().zip(types);
        let typed = |(value, ty): (Value, &ValType)| TypedValue {
            name: None,
            ty: ty.map_types(&|idx| numbers[idx as usize]),
            value,
        };
        values.map(typed).collect()
    }

    /// Labels, innermost first: label 0 is the target of `br 0`.
    pub fn labels(&self, from: u32, count: u32) -> Vec<Label> {
        let module = self.machine.module(self.frame.instance);
        let blocks = &self.typing.blocks;
        let tags = self.machine.tags(self.frame.instance);
        let catch = |clause: &OpenClause| Catch {
            kind: clause.kind,
            tag: clause.tag.map(|idx| tags[idx as usize]),
            label: (blocks.len() - 1 - clause.target) as u32,
        };
        let label = |block: &OpenBlock| Label {
            kind: block.kind,
            name: block
                .number
                .and_then(|number| module.label_name(self.frame.idx, number))
                .map(str::to_string),
            offset: block.offset,
            arity: match block.kind {
                LabelKind::Loop => block.n_params,
                _ => block.n_results,
            },
            continuation: block.continuation,
            catches: block.clauses.iter().map(catch).collect(),
        };
        let labels = blocks.iter().rev().skip(from as usize);
        labels.take(count as usize).map(label).collect()
    }
}
