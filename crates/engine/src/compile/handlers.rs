//! The handler table beside the code: which positions lie in which `try_table`, and where each of
//! its clauses goes.
//!
//! A block that catches costs nothing while nothing is thrown. The table is looked into when
//! something is, once for each frame, so a lookup takes few steps however many blocks there are:
//! blocks are found by where they start, a clause by its tag.

use std::ops::Range;

use wasmparser::Catch;

#[derive(Clone, Default)]
pub(crate) struct Handlers {
    /// All blocks that catch, in order of where they start.
    tables: Vec<TryTable>,
    clauses: Vec<Clause>,
}

#[derive(Clone)]
struct TryTable {
    /// Positions of its body; empty while it is being translated.
    body: Range<u32>,
    /// The block around it, if that catches too, or [`NONE`].
    outer: u32,
    /// Its clauses that can be reached, by tag; that for all tags is the last.
    clauses: Range<u32>,
}

const NONE: u32 = u32::MAX;

/// A clause of a `try_table`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    /// Address of the tag, or [`ALL`].
    tag: u32,
    pub(crate) kind: ClauseKind,
    /// First slot of the frame for what is pushed.
    pub(crate) slot: u16,
    /// Position of the meter at which control goes on.
    pub(crate) target: u32,
}

/// As a tag: all of them.
const ALL: u32 = u32::MAX;

/// What a clause catches and what it pushes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClauseKind {
    /// `catch`: exceptions of a tag; their values.
    Catch,
    /// `catch_ref`: exceptions of a tag; their values and a reference to the exception.
    CatchRef,
    /// `catch_all`: everything; nothing.
    CatchAll,
    /// `catch_all_ref`: everything; a reference to the exception.
    CatchAllRef,
}

impl ClauseKind {
    /// Whether the values are pushed.
    pub(crate) fn has_values(self) -> bool {
        matches!(self, ClauseKind::Catch | ClauseKind::CatchRef)
    }

    /// Whether a reference to the exception is pushed.
    pub(crate) fn has_ref(self) -> bool {
        matches!(self, ClauseKind::CatchRef | ClauseKind::CatchAllRef)
    }
}

impl Clause {
    /// A clause whose target is not known yet; without a tag it is for all.
    pub(crate) fn new(tag: Option<u32>, kind: ClauseKind, slot: u16) -> Clause {
        Clause {
            tag: tag.unwrap_or(ALL),
            kind,
            slot,
            target: 0,
        }
    }
}

/// What a clause of the source catches and pushes, its tag if it is not for all, and how many blocks
/// around its `try_table` it branches to.
pub(crate) fn read_clause(catch: &Catch) -> (ClauseKind, Option<u32>, u32) {
    match *catch {
        Catch::One { tag, label } => (ClauseKind::Catch, Some(tag), label),
        Catch::OneRef { tag, label } => (ClauseKind::CatchRef, Some(tag), label),
        Catch::All { label } => (ClauseKind::CatchAll, None, label),
        Catch::AllRef { label } => (ClauseKind::CatchAllRef, None, label),
    }
}

impl Handlers {
    /// Adds the block whose body starts at a position, with its clauses in the order of the
    /// source. Gives the number of the block, and for each clause that can be reached its number
    /// and its place among those given.
    pub(crate) fn open(
        &mut self,
        start: u32,
        outer: Option<u32>,
        clauses: &[Clause],
    ) -> (u32, Vec<(u32, usize)>) {
        let first = self.clauses.len() as u32;
        // The first clause that fits catches: none is reached after one for all, and of each tag
        // the first one.
        let n_reached = match clauses.iter().position(|clause| clause.tag == ALL) {
            Some(all) => all + 1,
            None => clauses.len(),
        };
        let mut order: Vec<u64> = (clauses[..n_reached].iter().zip(0..))
            .map(|(clause, place)| u64::from(clause.tag) << 32 | place)
            .collect();
        order.sort_unstable();
        order.dedup_by_key(|key| *key >> 32);
        let mut numbers = Vec::with_capacity(order.len());
        for key in order {
            let place = key as u32 as usize;
            numbers.push((self.clauses.len() as u32, place));
            self.clauses.push(clauses[place]);
        }
        self.tables.push(TryTable {
            body: start..start,
            outer: outer.unwrap_or(NONE),
            clauses: first..self.clauses.len() as u32,
        });
        (self.tables.len() as u32 - 1, numbers)
    }

    /// Ends the body of a block at a position.
    pub(crate) fn close(&mut self, table: u32, end: u32) {
        self.tables[table as usize].body.end = end;
    }

    /// Sets where a clause goes.
    pub(crate) fn bind(&mut self, clause: u32, target: u32) {
        self.clauses[clause as usize].target = target;
    }

    /// Whether a clause goes on at a meter.
    pub(crate) fn lead_to(&self, meter: u32) -> bool {
        self.clauses.iter().any(|clause| clause.target == meter)
    }

    /// The clause that catches an exception of a tag thrown at a position, or by a call there, and
    /// the position of its `try_table`.
    pub(crate) fn find(&self, pc: u32, tag: u32) -> Option<(Clause, u32)> {
        // The last block that starts before the position holds it, or a block around that one does.
        let after = self.tables.partition_point(|table| table.body.start <= pc);
        let mut table = after as u32;
        table = table.checked_sub(1)?;
        while table != NONE {
            let TryTable {
                body,
                outer,
                clauses,
            } = &self.tables[table as usize];
            if pc < body.end {
                let clauses = &self.clauses[clauses.start as usize..clauses.end as usize];
                let of_tag = clauses.partition_point(|clause| clause.tag < tag);
                let of_all = clauses.len().saturating_sub(1);
                for position in [of_tag, of_all] {
                    if let Some(clause) = clauses.get(position)
                        && (clause.tag == tag || clause.tag == ALL)
                    {
                        return Some((*clause, body.start - 1));
                    }
                }
            }
            table = *outer;
        }
        None
    }
}
