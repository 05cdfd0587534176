//! The fast stream: what the loop executes when nobody looks.
//!
//! It consists of paths (see [`path`]), each with its meter at the start, which holds the path's
//! cost and, for the entry of a function, the sizes of its frame. Their ops are fewer than the
//! instructions (see [`fuser`]). Whoever enters a path has paid for all of it: a branch pays for
//! the path it goes to, and what is left of its own is deducted. Where there is not enough to pay
//! for a path, the step stream goes on.
//!
//! All positions outside the loop are positions of the step stream. They are the same in both
//! streams' eyes at the start of a path; within one, the origin of an op says where the step
//! stream goes on, and the path is fused again to see what waits there for its place.

mod combine;
mod forms;
mod fuser;
mod path;
mod visit;

use crate::compile::code::{Code, N_OUTSIDE};
use crate::isa::{Op, OpCode};
use forms::{Kind, kind};
use fuser::{Emitted, Fused, Link, fuse};
pub(crate) use fuser::{Pending, Source, constant};
pub(crate) use path::Cost;

/// In [`Code::fast_at`]: no path starts there.
pub(crate) const NO_PATH: u32 = u32::MAX;

/// Bytes of an op, the unit of distances in the fast stream.
const OP_BYTES: u32 = size_of::<Op>() as u32;

/// Neither half of a packed cost reaches this, nor of the fuel: so what is paid back of a path
/// never fills the upper bit of a half, which tells that it is overdrawn.
pub(crate) const HALF: i64 = 0x4000;

/// A cost that cannot be packed; more than any fuel.
const HEAVY: u32 = 0x8000;

/// A path of the fast stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path {
    /// Positions of its meter in the two streams.
    start: u32,
    meter: u32,
    /// Number of ops up to its first branch.
    n_head: u32,
}

/// How things stand at an op of the fast stream that has not run.
pub(crate) struct Stand {
    /// The instruction at which the step stream goes on.
    pub(crate) origin: u32,
    /// Operands that are not in their places.
    pub(crate) pending: Vec<Pending>,
    /// What has been paid for that instruction and all after it.
    pub(crate) unspent: Cost,
    /// What has been paid for those after it.
    pub(crate) rest: Cost,
}

impl Cost {
    /// A cost as the ops of the fast stream hold it: gas above, ticks below, each with a sign.
    fn packed(self) -> u32 {
        let fits = |n: i64| (1 - HALF..HALF).contains(&n);
        match fits(self.gas) && fits(self.ticks) {
            true => ((self.gas as u32) << 16).wrapping_add(self.ticks as u32),
            false => HEAVY,
        }
    }
}

impl Code {
    /// Makes the fast stream of everything again.
    pub(crate) fn fuse_all(&mut self) {
        self.fast.truncate(N_OUTSIDE);
        self.origins.truncate(N_OUTSIDE);
        self.fast_at.clear();
        self.paths.clear();
        self.left.clear();
        self.through = Through::default();
        for nth in 0..self.starts.len() {
            self.fuse_func(nth);
        }
    }

    /// Makes the fast stream of a function that was translated, by its place in their order.
    pub(crate) fn fuse_func(&mut self, nth: usize) {
        let (start, end) = self.range_of(nth);
        self.fast_at.resize(self.ops.len(), NO_PATH);
        self.mark_joins(start, end);
        let mut wanted = vec![start];
        // A callee may return to any place after a call.
        for pc in start + 1..end {
            let before = self.op(pc - 1);
            let is_call = matches!(
                kind(before.code),
                Kind::Call | Kind::CallIndirect | Kind::Other
            );
            if is_call && !before.is_pseudo() && self.ops[pc as usize].is_meter() {
                wanted.push(pc);
            }
        }
        self.fuse_paths(wanted);
    }

    /// Positions of a function in the step stream.
    fn range_of(&self, nth: usize) -> (u32, u32) {
        let end = match self.starts.get(nth + 1) {
            Some((end, _)) => *end,
            None => self.ops.len() as u32,
        };
        (self.starts[nth].0, end)
    }

    /// Where the path from a meter starts in the fast stream; it is made if there is none.
    pub(crate) fn path_at(&mut self, meter: u32) -> u32 {
        if self.fast_at[meter as usize] == NO_PATH {
            self.fuse_paths(vec![meter]);
        }
        self.fast_at[meter as usize]
    }

    /// Makes paths from meters, and from all that they lead to.
    fn fuse_paths(&mut self, mut wanted: Vec<u32>) {
        let mut links: Vec<(u32, Link)> = Vec::new();
        while let Some(meter) = wanted.pop() {
            if self.fast_at[meter as usize] != NO_PATH {
                continue;
            }
            for (pc, link) in self.fuse_path(meter) {
                wanted.push(link.meter());
                links.push((pc, link));
            }
        }
        for (pc, link) in links {
            self.resolve(pc, link);
        }
    }

    /// Makes the path from a meter and gives the ops in it that go elsewhere.
    fn fuse_path(&mut self, meter: u32) -> Vec<(u32, Link)> {
        let steps = self.path(meter);
        let Fused { ops, n_head } = fuse(&steps, false);
        let start = self.fast.len() as u32;
        let cost = steps.first().map_or(Cost::default(), |first| {
            first.rest.plus(self.cost_of(first))
        });
        self.fast.push(Op {
            x: 0,
            y: cost.packed(),
            ..self.ops[meter as usize]
        });
        self.origins.push(meter);
        let mut links = Vec::new();
        for Emitted {
            op, origin, link, ..
        } in ops
        {
            if let Some(link) = link {
                links.push((self.fast.len() as u32, link));
            }
            self.fast.push(op);
            self.origins.push(steps[origin].at);
        }
        self.fast_at[meter as usize] = start;
        self.ops[meter as usize].start_path();
        self.paths.push(Path {
            start,
            meter,
            n_head: n_head as u32,
        });
        if steps.iter().any(|step| self.hidden.contains(step.at)) {
            self.block(start);
        }
        links
    }

    /// Writes into an op where it goes, which is after another op, and what that costs.
    fn resolve(&mut self, pc: u32, link: Link) {
        let (to, cost) = match link {
            Link::Path { meter, extra } => {
                let start = self.fast_at[meter as usize];
                let cost = self.path_cost(start).map(|cost| cost.plus(extra));
                (start, Some(cost.map_or(HEAVY, Cost::packed)))
            }
            Link::AfterHead { meter } => {
                let start = self.fast_at[meter as usize];
                let head = self.cost_of_block(meter);
                let cost = self.path_cost(start).map(|cost| cost.minus(head));
                let n_head = self.path_of(start).n_head;
                (start + n_head, Some(cost.map_or(HEAVY, Cost::packed)))
            }
            Link::Entry { entry } => (self.fast_at[entry as usize], None),
        };
        let op = &mut self.fast[pc as usize];
        op.x = to.wrapping_sub(pc).wrapping_mul(OP_BYTES);
        if let Some(cost) = cost {
            op.y = cost;
        }
    }

    /// Makes an op of the fast stream the direct call that is in the step stream.
    pub(crate) fn link_call(&mut self, pc: u32, at: u32) {
        let call = self.op(at);
        self.fast[pc as usize] = Op { y: at + 1, ..call };
        let entry = at.wrapping_add(call.x);
        self.resolve(pc, Link::Entry { entry });
    }

    /// What the path costs that starts at a position of the fast stream, unless it is heavy.
    pub(crate) fn path_cost(&self, start: u32) -> Option<Cost> {
        let packed = self.fast[start as usize].y;
        (packed != HEAVY).then(|| Cost {
            gas: i64::from(packed >> 16),
            ticks: i64::from(packed & 0xffff),
        })
    }

    /// What the path costs that starts at a position of the fast stream.
    pub(crate) fn whole_cost(&self, start: u32) -> Cost {
        self.path_cost(start).unwrap_or_else(|| {
            let steps = self.path(self.path_of(start).meter);
            let costs = steps.iter().map(|step| self.cost_of(step));
            costs.fold(Cost::default(), Cost::plus)
        })
    }

    /// The path that a position of the fast stream is in.
    fn path_of(&self, pc: u32) -> Path {
        let after = self.paths.partition_point(|path| path.start <= pc);
        self.paths[after - 1]
    }

    /// How things stand at an op of the fast stream.
    pub(crate) fn stand(&self, pc: u32) -> Stand {
        let path = self.path_of(pc);
        let steps = self.path(path.meter);
        let is_blocked = pc == path.start + 1 && self.left.contains(path.start);
        let (origin, pending) = if is_blocked {
            (0, Vec::new())
        } else {
            let nth = (pc - path.start - 1) as usize;
            let emitted = fuse(&steps, true).ops.swap_remove(nth);
            (emitted.origin, emitted.pending)
        };
        let step = &steps[origin];
        Stand {
            origin: step.at,
            pending,
            unspent: step.rest.plus(self.cost_of(step)),
            rest: step.rest,
        }
    }

    /// Plants a breakpoint over an instruction.
    pub(crate) fn plant(&mut self, pc: u32) {
        let op = self.op(pc);
        self.hidden.insert(pc, op);
        self.ops[pc as usize] = Op::new(OpCode::Break);
        for start in self.paths_through(pc) {
            self.block(start);
        }
    }

    /// Takes a planted breakpoint away.
    pub(crate) fn uncover(&mut self, pc: u32) {
        let Some(op) = self.hidden.remove(pc) else {
            return;
        };
        self.ops[pc as usize] = op;
        for start in self.paths_through(pc) {
            let meter = self.path_of(start).meter;
            let steps = self.path(meter);
            if !steps.iter().any(|step| self.hidden.contains(step.at))
                && let Some(op) = self.left.remove(start)
            {
                self.fast[start as usize + 1] = op;
            }
        }
    }

    /// Lets a path be left at once: a breakpoint is seen op by op.
    fn block(&mut self, start: u32) {
        if !self.left.contains(start) {
            let first = &mut self.fast[start as usize + 1];
            let op = std::mem::replace(first, Op::new(OpCode::Leave));
            self.left.insert(start, op);
        }
    }

    /// Starts of the paths that an instruction is part of.
    fn paths_through(&mut self, pc: u32) -> Vec<u32> {
        let after = self.starts.partition_point(|(start, _)| *start <= pc);
        let Some(nth) = after.checked_sub(1) else {
            return Vec::new();
        };
        let made_from = (nth, self.paths.len());
        if self.through.made_from != Some(made_from) {
            self.through = self.find_through(nth);
            self.through.made_from = Some(made_from);
        }
        let Through { ends, paths, .. } = &self.through;
        let place = (pc - self.starts[nth].0) as usize;
        paths[ends[place] as usize..ends[place + 1] as usize].to_vec()
    }

    /// Which paths go through the instructions of a function.
    fn find_through(&self, nth: usize) -> Through {
        let (start, end) = self.range_of(nth);
        let mut found = Vec::new();
        let mut ends = vec![0; (end - start) as usize + 2];
        for meter in start..end {
            let path = self.fast_at[meter as usize];
            if path != NO_PATH {
                // One that is no instruction may stand where the next function begins.
                let steps = self.path(meter).into_iter();
                for step in steps.filter(|step| (start..end).contains(&step.at)) {
                    found.push((step.at - start, path));
                    ends[(step.at - start) as usize + 2] += 1;
                }
            }
        }
        // Where those of each instruction begin; then, while they are put there, where they end.
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let mut paths = vec![0; found.len()];
        for (place, path) in found {
            let end = &mut ends[place as usize + 1];
            paths[*end as usize] = path;
            *end += 1;
        }
        Through {
            made_from: None,
            ends,
            paths,
        }
    }
}

/// Which paths go through the instructions of a function: that in which a breakpoint was planted
/// or taken away last, since there are often many of them. It only saves looking for them again.
#[derive(Clone, Default)]
pub(crate) struct Through {
    /// Which function it is, and the number of all paths then.
    made_from: Option<(usize, usize)>,
    /// Where those of the instructions before each one end.
    ends: Vec<u32>,
    /// Starts of paths, in the order of the instructions.
    paths: Vec<u32>,
}

#[cfg(test)]
mod tests;
