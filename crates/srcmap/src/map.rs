//! The map between a text and the module it stands for: byte offset of each instruction to its
//! place in the text, and back.

use crate::span::Span;

/// Where one instruction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Byte offset of its opcode in the module.
    pub offset: u32,
    /// Its keyword: `i32.add`. The `end` of a folded block or of a function is the closing
    /// parenthesis.
    pub keyword: Span,
    /// Keyword and immediates: `i32.load offset=4`.
    pub instruction: Span,
    /// With its operands where it is folded, parentheses included; else the same as `instruction`.
    pub expression: Span,
}

/// The body of one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// Index in the function index space (imports count).
    pub func: u32,
    /// Byte offsets in the module: locals and code.
    pub start: u32,
    pub end: u32,
    /// The whole `(func ...)`.
    pub span: Span,
}

/// Both directions of the map. 32 bytes an instruction; lookups are binary searches.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    /// Ascending.
    offsets: Vec<u32>,
    /// Beside `offsets`: ends of keyword and instruction, start and end of the expression.
    starts: Vec<u32>,
    keyword_ends: Vec<u32>,
    instruction_ends: Vec<u32>,
    expressions: Vec<Span>,
    /// Indices into `offsets`, ordered by start of the keyword.
    by_start: Vec<u32>,
    bodies: Vec<Body>,
}

impl SourceMap {
    /// Number of instructions.
    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    /// The instruction whose opcode is at `offset`.
    pub fn at_offset(&self, offset: u32) -> Option<Place> {
        let at = self.offsets.binary_search(&offset).ok()?;
        Some(self.place(at))
    }

    /// The instruction that the byte at `offset` belongs to, immediates included.
    pub fn covering_offset(&self, offset: u32) -> Option<Place> {
        let body = self.body_at_offset(offset)?;
        let at = self.offsets.partition_point(|start| *start <= offset);
        let at = at.checked_sub(1)?;
        (self.offsets[at] >= body.start).then(|| self.place(at))
    }

    /// The first instruction, in the order of the text, whose keyword begins at or after
    /// `position` (a byte offset in the text).
    pub fn at_or_after(&self, position: u32) -> Option<Place> {
        let at = self.first_from(position);
        self.by_start.get(at).map(|at| self.place(*at as usize))
    }

    /// Of the instructions whose keyword begins in `span`, the one that runs first.
    pub fn first_in(&self, span: Span) -> Option<Place> {
        let from = self.first_from(span.start);
        let to = self.first_from(span.end).max(from);
        let first = self.by_start[from..to].iter().min()?;
        Some(self.place(*first as usize))
    }

    /// The instruction at a place in the text: the innermost one whose expression covers it.
    pub fn at_position(&self, position: u32) -> Option<Place> {
        // Going back over the keywords before the position: the first whose own text covers it
        // wins; else the first whose expression does, which is the innermost, since a nested
        // expression begins later than the one around it.
        let body = self.body_at_position(position)?;
        let mut at = self.first_from(position.saturating_add(1));
        while at > 0 {
            at -= 1;
            let place = self.place(self.by_start[at] as usize);
            if place.keyword.start < body.span.start {
                break;
            }
            if place.expression.contains(position) {
                return Some(place);
            }
        }
        None
    }

    /// The function whose locals or code the byte at `offset` belongs to.
    pub fn body_at_offset(&self, offset: u32) -> Option<Body> {
        let at = self.bodies.partition_point(|body| body.start <= offset);
        let body = self.bodies[at.checked_sub(1)?];
        (offset < body.end).then_some(body)
    }

    /// The function whose text covers `position`.
    pub fn body_at_position(&self, position: u32) -> Option<Body> {
        let at = self
            .bodies
            .partition_point(|body| body.span.start <= position);
        let body = self.bodies[at.checked_sub(1)?];
        body.span.contains(position).then_some(body)
    }

    /// Functions with a body, in the order of the module.
    pub fn bodies(&self) -> &[Body] {
        &self.bodies
    }

    /// All instructions in the order of the module.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Place> + '_ {
        (0..self.len()).map(|at| self.place(at))
    }

    /// The map of the same module within a longer text, in which it begins at `start`.
    #[must_use]
    pub fn within(mut self, start: u32) -> SourceMap {
        let shift = |span: &mut Span| *span = Span::new(span.start + start, span.end + start);
        let places = [
            &mut self.starts,
            &mut self.keyword_ends,
            &mut self.instruction_ends,
        ];
        for place in places.into_iter().flatten() {
            *place += start;
        }
        self.expressions.iter_mut().for_each(shift);
        for body in &mut self.bodies {
            shift(&mut body.span);
        }
        self
    }

    pub(crate) fn push_body(&mut self, body: Body) {
        self.bodies.push(body);
    }

    /// Adds an instruction; offsets come in ascending order.
    pub(crate) fn push(&mut self, place: Place) {
        debug_assert!(self.offsets.last().is_none_or(|last| *last < place.offset));
        self.offsets.push(place.offset);
        self.starts.push(place.keyword.start);
        self.keyword_ends.push(place.keyword.end);
        self.instruction_ends.push(place.instruction.end);
        self.expressions.push(place.expression);
    }

    /// Prepares the way back from the text. To be called once, after the last `push`.
    pub(crate) fn finish(&mut self) {
        let mut by_start: Vec<u64> = (self.starts.iter().zip(0..))
            .map(|(start, at)| u64::from(*start) << 32 | at)
            .collect();
        by_start.sort_unstable();
        self.by_start = by_start.into_iter().map(|key| key as u32).collect();
    }

    fn first_from(&self, position: u32) -> usize {
        self.by_start
            .partition_point(|at| self.starts[*at as usize] < position)
    }

    fn place(&self, at: usize) -> Place {
        let start = self.starts[at];
        Place {
            offset: self.offsets[at],
            keyword: Span::new(start, self.keyword_ends[at]),
            instruction: Span::new(start, self.instruction_ends[at]),
            expression: self.expressions[at],
        }
    }
}
