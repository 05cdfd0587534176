//! Paths: which blocks of the step stream are executed, and paid, as one.
//!
//! A path starts at a meter and goes on through blocks as long as it is clear which one is next:
//! past branches that are mostly not taken, along jumps, from one block into the one below. Where
//! other code joins it, it takes a copy of short blocks and ends before longer ones. All of it is
//! paid at its start; a branch out of it has the rest paid back.

use super::HALF;
use super::forms::{Kind, kind};
use crate::compile::code::Code;
use crate::isa::{Op, OpCode};

/// Longest path, in instructions, without the blocks that are copied; chosen so that the costs of
/// paths fit the ops and that the cold paths that walk one stay short.
const MAX_STEPS: usize = 256;

/// Longest block that is copied where others join, and most instructions so copied in one path.
/// Both chosen: longer ones save less of what a jump costs.
const MAX_COPIED_BLOCK: usize = 16;
const MAX_COPIED: usize = 48;

/// Longest head of a loop that is copied to the loop's end (chosen).
const MAX_HEAD: usize = 8;

/// What instructions cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Cost {
    pub(crate) gas: i64,
    pub(crate) ticks: i64,
}

impl Cost {
    pub(super) fn plus(self, other: Cost) -> Cost {
        Cost {
            gas: self.gas + other.gas,
            ticks: self.ticks + other.ticks,
        }
    }

    pub(super) fn minus(self, other: Cost) -> Cost {
        Cost {
            gas: self.gas - other.gas,
            ticks: self.ticks - other.ticks,
        }
    }
}

/// What a step is to its path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Role {
    /// An instruction after which the next step follows.
    Inner,
    /// A jump along which the path goes.
    Followed,
    /// The branch of a loop's copied head: the path ends by going back into the loop, after its
    /// head, or out of it.
    Closing { head: u32 },
    /// The last instruction, which goes where it goes.
    Last,
    /// No instruction: a target of the `br_table`, or the branch by a reference, that ends the path.
    Target,
    /// No instruction: the path goes on in the one of this meter.
    GoOn { meter: u32 },
}

/// An instruction of a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) op: Op,
    /// Its position in the step stream.
    pub(super) at: u32,
    pub(super) role: Role,
    /// What the steps after it cost.
    pub(super) rest: Cost,
}

/// What comes after a block.
enum After {
    /// The block of the meter below.
    Below(u32),
    /// The block of a meter to which the last instruction jumps.
    Jump(u32),
    /// That of the meter below, if the last instruction does not go elsewhere.
    Unknown(u32),
    /// The last instruction goes elsewhere.
    Elsewhere,
    /// The last instruction goes to the target that follows it, or to the meter below that.
    Choice(u32),
}

impl Code {
    /// The steps of the path from a meter.
    pub(super) fn path(&self, start: u32) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let mut meters = Vec::new();
        let mut gas = 0;
        let mut n_copied = 0;
        let mut meter = start;
        loop {
            meters.push(meter);
            gas += self.cost_of_block(meter).gas;
            let end = self.push_block(meter, &mut steps);
            let (next, is_jump) = match self.after_block(end, &steps) {
                After::Below(next) => (next, false),
                After::Jump(next) => (next, true),
                After::Unknown(next) => {
                    go_on(next, false, &mut steps);
                    break;
                }
                After::Elsewhere => {
                    self.push_targets(end, &mut steps);
                    break;
                }
                After::Choice(next) => {
                    self.push_targets(end, &mut steps);
                    go_on(next, false, &mut steps);
                    break;
                }
            };
            let n_next = self.block_len(next);
            let is_light = gas + self.cost_of_block(next).gas < HALF;
            let has_room = steps.len() + n_next <= MAX_STEPS && !meters.contains(&next);
            let joined = self.ops[next as usize].joined();
            let is_shared = is_jump || joined != Joined::Never;
            let is_copied = joined != Joined::FromBelow
                && n_next <= MAX_COPIED_BLOCK
                && n_copied + n_next <= MAX_COPIED;
            if !(is_light && has_room) || is_shared && !is_copied {
                if !(is_jump && is_light && self.close_loop(next, &mut steps)) {
                    go_on(next, is_jump, &mut steps);
                }
                break;
            }
            if is_shared {
                n_copied += n_next;
            }
            if is_jump && let Some(jump) = steps.last_mut() {
                jump.role = Role::Followed;
            }
            meter = next;
        }
        let mut rest = Cost::default();
        for step in steps.iter_mut().rev() {
            step.rest = rest;
            rest = rest.plus(self.cost_of(step));
        }
        steps
    }

    pub(super) fn cost_of(&self, step: &Step) -> Cost {
        match step.role {
            Role::GoOn { .. } | Role::Target => Cost::default(),
            _ => Cost {
                gas: i64::from(self.infos[step.at as usize].gas),
                ticks: 1,
            },
        }
    }

    /// What the block at a meter costs.
    pub(super) fn cost_of_block(&self, meter: u32) -> Cost {
        let first = meter as usize + 1;
        let infos = &self.infos[first..first + self.block_len(meter)];
        Cost {
            gas: infos.iter().map(|info| i64::from(info.gas)).sum(),
            ticks: infos.len() as i64,
        }
    }

    /// Adds the instructions of a block and gives the position after them.
    fn push_block(&self, meter: u32, steps: &mut Vec<Step>) -> u32 {
        let end = meter + 1 + self.block_len(meter) as u32;
        steps.extend((meter + 1..end).map(|at| Step {
            op: self.op(at),
            at,
            role: Role::Inner,
            rest: Cost::default(),
        }));
        end
    }

    /// Adds the targets that follow the last instruction.
    fn push_targets(&self, end: u32, steps: &mut Vec<Step>) {
        let targets = (end..).zip(&self.ops[end as usize..]);
        for (at, op) in targets.take_while(|(_, op)| op.code == OpCode::BrTarget) {
            steps.push(Step {
                op: *op,
                at,
                role: Role::Target,
                rest: Cost::default(),
            });
        }
    }

    fn block_len(&self, meter: u32) -> usize {
        self.ops[meter as usize + 1..]
            .iter()
            .take_while(|op| !op.is_pseudo())
            .count()
    }

    /// What comes after a block that ends at a position.
    fn after_block(&self, end: u32, steps: &[Step]) -> After {
        let has_below = self.ops.get(end as usize).is_some_and(Op::is_meter);
        let Some(last) = steps.last() else {
            return After::Below(end);
        };
        let target = last.at.wrapping_add(last.op.x);
        match kind(last.op.code) {
            Kind::Jump => After::Jump(target),
            Kind::JumpCopy if last.op.c == 1 => After::Jump(target),
            Kind::JumpCopy | Kind::Table | Kind::Call | Kind::CallIndirect => After::Elsewhere,
            Kind::Return | Kind::Stop => After::Elsewhere,
            Kind::BranchOn => After::Choice(end + 1),
            // What is done out of line may go anywhere, and pays nothing back.
            Kind::Other if has_below => After::Unknown(end),
            Kind::BranchCopy if last.op.c != 1 => After::Unknown(end),
            _ if has_below => After::Below(end),
            _ => After::Elsewhere,
        }
    }

    /// Ends a path that jumps to a loop with a copy of the loop's head, if that is a short block
    /// that ends with a branch and leaves no operands.
    fn close_loop(&self, head: u32, steps: &mut Vec<Step>) -> bool {
        let n_steps = self.block_len(head);
        let last = head + n_steps as u32;
        let is_head = self.ops[head as usize].joined() == Joined::FromBelow
            && (1..=MAX_HEAD).contains(&n_steps)
            && kind(self.op(last).code) == Kind::Branch
            && self.infos[last as usize].height == 1;
        if is_head {
            if let Some(jump) = steps.last_mut() {
                jump.role = Role::Followed;
            }
            self.push_block(head, steps);
            if let Some(branch) = steps.last_mut() {
                branch.role = Role::Closing { head };
            }
        }
        is_head
    }

    /// Notes at each meter of a function which branches lead to it.
    pub(super) fn mark_joins(&mut self, start: u32, end: u32) {
        for at in start..end {
            let op = self.op(at);
            let is_branch = op.code == OpCode::BrTarget
                || matches!(
                    kind(op.code),
                    Kind::Branch | Kind::BranchCopy | Kind::Jump | Kind::JumpCopy
                );
            if is_branch {
                let target = at.wrapping_add(op.x);
                self.ops[target as usize].join(target <= at);
            }
        }
    }
}

/// Ends a path that goes on in another.
fn go_on(meter: u32, is_jump: bool, steps: &mut Vec<Step>) {
    match steps.last_mut() {
        Some(jump) if is_jump => jump.role = Role::Last,
        _ => steps.push(Step {
            op: Op::new(OpCode::Br),
            at: meter,
            role: Role::GoOn { meter },
            rest: Cost::default(),
        }),
    }
}

/// From where branches lead to a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Joined {
    Never,
    FromAbove,
    /// It is the start of a loop.
    FromBelow,
}

impl Op {
    /// From where branches lead to a meter; a function's entry has none.
    fn joined(&self) -> Joined {
        match (self.code, self.b) {
            (OpCode::Meter, 1) => Joined::FromAbove,
            (OpCode::Meter, 2) => Joined::FromBelow,
            _ => Joined::Never,
        }
    }

    fn join(&mut self, is_from_below: bool) {
        debug_assert_eq!(self.code, OpCode::Meter);
        self.b = self.b.max(1 + u16::from(is_from_below));
    }
}
