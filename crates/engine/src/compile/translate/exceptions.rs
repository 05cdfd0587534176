//! Exceptions: a block that catches is an op that does nothing, and rows of the handler table.

use wasmparser::Catch;

use super::{ControlKind, Jump, Translator};
use crate::compile::handlers::{Clause, read_clause};
use crate::index::TagAddr;
use crate::isa::{Op, OpCode};
use crate::types::width_of;

impl Translator<'_> {
    pub(super) fn emit_try_table(&mut self, catches: &[Catch]) -> ControlKind {
        self.emit(Op::new(OpCode::TryTable));
        // The clauses stand outside of the block: its own label is none of theirs.
        let mut depths = Vec::with_capacity(catches.len());
        let mut clauses = Vec::with_capacity(catches.len());
        for (kind, tag, depth) in catches.iter().map(read_clause) {
            let tag = tag.map(|tag| self.tag(tag).0);
            let control = &self.controls[self.controls.len() - 1 - depth as usize];
            depths.push(depth);
            clauses.push(Clause::new(tag, kind, self.slot(control.height)));
        }
        let outer = self.controls.iter().rev().find_map(|control| {
            let ControlKind::TryTable { table } = control.kind else {
                return None;
            };
            Some(table)
        });
        let start = self.code.ops.len() as u32;
        let (table, reached) = self.code.handlers.open(start, outer, &clauses);
        for (clause, place) in reached {
            self.link(Jump::Clause(clause), depths[place]);
        }
        ControlKind::TryTable { table }
    }

    pub(super) fn visit_throw(&mut self, tag: u32) {
        let tag = self.tag(tag);
        let params = &self.store.tag_type(tag).params;
        self.emit(Op {
            a: self.top(params.len() as u32),
            c: width_of(params) as u16,
            x: tag.0,
            ..Op::new(OpCode::Throw)
        });
        self.reachable = false;
    }

    pub(super) fn visit_throw_ref(&mut self) {
        self.emit(Op {
            a: self.top(1),
            ..Op::new(OpCode::ThrowRef)
        });
        self.reachable = false;
    }

    fn tag(&self, idx: u32) -> TagAddr {
        self.instance.tags[idx as usize]
    }
}
