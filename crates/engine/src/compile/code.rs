//! The code of a machine: the ops of all functions translated so far, in one vector.

use waspnest_lanes::V128;

use super::fuse::{Path, Through};
use crate::compile::handlers::Handlers;
use crate::gas::{DynamicCosts, Schedule};
use crate::isa::{Op, OpCode, Row};
use crate::sorted::SortedMap;

#[derive(Clone)]
pub(crate) struct Code {
    /// The step stream: an op for each instruction.
    pub(crate) ops: Vec<Op>,
    /// The fast stream.
    pub(crate) fast: Vec<Op>,
    /// For each position of the fast stream the one of the step stream to go on from when it is
    /// left there.
    pub(crate) origins: Vec<u32>,
    /// For each position of the step stream the one of the path that starts there, or
    /// [`NO_PATH`](super::fuse::NO_PATH).
    pub(crate) fast_at: Vec<u32>,
    /// The paths of the fast stream, in order.
    pub(crate) paths: Vec<Path>,
    /// The paths that are blocked, by their starts, with the ops that were their first.
    pub(crate) left: SortedMap<Op>,
    /// What is known of where they go.
    pub(crate) through: Through,
    /// For each op where it comes from and what it costs.
    pub(crate) infos: Vec<OpInfo>,
    /// Constants and lane indices of vector instructions, which do not fit an op.
    pub(crate) vectors: Vec<V128>,
    /// Where each translated function starts, in order of position.
    pub(crate) starts: Vec<(u32, u32)>,
    /// Where exceptions are caught.
    pub(crate) handlers: Handlers,
    /// Ops that a breakpoint hides, by position.
    pub(crate) hidden: SortedMap<Op>,
    /// Breakpoints that people set, by position.
    pub(crate) breakpoints: SortedMap<()>,
    /// Whether a translated function has a tail call.
    pub(crate) has_tail_calls: bool,
    /// The schedule's cost of each op, by its code: found once, not for each function.
    costs: Vec<u32>,
}

/// Beside each op, for the cold paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpInfo {
    /// Offset of the instruction in the module.
    pub(crate) offset: u32,
    /// Static cost in units; 0 for what is no instruction.
    pub(crate) gas: u32,
    /// Number of operand slots before the instruction.
    pub(crate) height: u16,
}

/// Position of the op to which the first frame of a call returns.
pub(crate) const HALT: u32 = 0;

/// Position in the fast stream of an op that is executed alone; the loop is left after it.
pub(crate) const ALONE: u32 = 1;

/// Number of ops of the fast stream that are in no path.
pub(crate) const N_OUTSIDE: usize = 3;

impl Code {
    pub(crate) fn new(schedule: &Schedule) -> Code {
        Code {
            ops: vec![Op::new(OpCode::Halt)],
            fast: [OpCode::Halt, OpCode::Leave, OpCode::Leave]
                .map(Op::new)
                .to_vec(),
            origins: vec![HALT; N_OUTSIDE],
            fast_at: Vec::new(),
            paths: Vec::new(),
            left: SortedMap::default(),
            through: Through::default(),
            infos: vec![OpInfo {
                offset: 0,
                gas: 0,
                height: 0,
            }],
            vectors: Vec::new(),
            starts: Vec::new(),
            handlers: Handlers::default(),
            hidden: SortedMap::default(),
            breakpoints: SortedMap::default(),
            has_tail_calls: false,
            costs: static_costs(schedule),
        }
    }

    /// Address of the function that an op belongs to.
    pub(crate) fn func_at(&self, pc: u32) -> Option<u32> {
        let after = self.starts.partition_point(|(start, _)| *start <= pc);
        Some(self.starts[after.checked_sub(1)?].1)
    }

    /// The op at a position, as it is without breakpoints.
    pub(crate) fn op(&self, pc: u32) -> Op {
        self.hidden
            .get(pc)
            .copied()
            .unwrap_or(self.ops[pc as usize])
    }

    /// Replaces an op of the step stream, also below a breakpoint.
    pub(crate) fn replace(&mut self, pc: u32, op: Op) {
        let place = match self.hidden.get_mut(pc) {
            Some(hidden) => hidden,
            None => &mut self.ops[pc as usize],
        };
        *place = op;
    }

    /// Writes the costs of a schedule into all ops.
    pub(crate) fn reprice(&mut self, schedule: &Schedule) {
        self.costs = static_costs(schedule);
        self.price(0, schedule.dynamic());
        self.fuse_all();
    }

    /// Writes costs into the ops from a position on, which must be the start of a function or of
    /// the code.
    pub(crate) fn price(&mut self, start: u32, dynamic: DynamicCosts) {
        let mut meter: Option<u32> = None;
        for pc in start..self.ops.len() as u32 {
            let mut op = self.op(pc);
            match op.code {
                OpCode::Meter | OpCode::Enter => {
                    (op.x, op.y) = (0, 0);
                    meter = Some(pc);
                }
                OpCode::BrIf | OpCode::BrIfCopy | OpCode::BrTarget => op.y = dynamic.taken_branch,
                OpCode::I32Popcnt | OpCode::I64Popcnt => op.x = dynamic.counted_one,
                OpCode::I32Clz | OpCode::I32Ctz | OpCode::I64Clz | OpCode::I64Ctz => {
                    op.x = dynamic.counted_zero;
                }
                code if code.is_tail_call() => self.has_tail_calls = true,
                _ => {}
            }
            self.replace(pc, op);
            if op.is_pseudo() {
                continue;
            }
            let gas = self.costs[op.code as usize];
            self.infos[pc as usize].gas = gas;
            let Some(meter) = meter else {
                unreachable!("every instruction is in a metered block")
            };
            let meter = &mut self.ops[meter as usize];
            meter.x += gas;
            meter.y += 1;
        }
    }
}

fn static_costs(schedule: &Schedule) -> Vec<u32> {
    OpCode::rows()
        .map(|row| static_cost(&row, schedule))
        .collect()
}

/// The cost of an instruction that does not depend on values. The end of a block is paid with
/// the instruction that opens it, and an unconditional branch is always taken.
fn static_cost(row: &Row, schedule: &Schedule) -> u32 {
    let cost = schedule.cost(row.mnemonic).unwrap_or(0);
    match row.code {
        OpCode::Block | OpCode::Loop | OpCode::If | OpCode::TryTable => {
            cost + schedule.cost("end").unwrap_or(0)
        }
        OpCode::Br | OpCode::BrCopy => cost + schedule.dynamic().taken_branch,
        _ => cost,
    }
}
