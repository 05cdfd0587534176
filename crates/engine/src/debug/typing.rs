//! Types at a place: the slots of a frame carry none, so the function is validated once more up
//! to the place. Spec: [validation](https://webassembly.github.io/spec/core/appendix/algorithm.html).

use wasmparser::{BlockType, FuncValidatorAllocations, Operator, OperatorsReader, TryTable};

use crate::compile::{ClauseKind, read_clause};
use crate::debug::frames::LabelKind;
use crate::index::{FuncAddr, FuncIdx, WasmOffset};
use crate::module::{Module, TypeReader};
use crate::types::ValType;

/// What validation knows just before an instruction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Typing {
    pub(crate) locals: Vec<ValType>,
    pub(crate) operands: Vec<ValType>,
    /// Open blocks, outermost first; the function itself is the first.
    pub(crate) blocks: Vec<OpenBlock>,
}

#[derive(Clone, Debug)]
pub(crate) struct OpenBlock {
    pub(crate) kind: LabelKind,
    pub(crate) offset: WasmOffset,
    /// Which block instruction of the function it is; `None` for the function itself.
    pub(crate) number: Option<u32>,
    pub(crate) n_params: u32,
    pub(crate) n_results: u32,
    /// Where a branch to it goes on.
    pub(crate) continuation: WasmOffset,
    /// Of a `try_table`, in the order of the source.
    pub(crate) clauses: Vec<OpenClause>,
}

/// A clause of a block that catches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenClause {
    pub(crate) kind: ClauseKind,
    /// Index of its tag in the module; `None` for all.
    pub(crate) tag: Option<u32>,
    /// Place among the open blocks of the one that it branches to.
    pub(crate) target: usize,
}

/// Types before every instruction of a function, for runs that look at each of them.
#[derive(Clone, Debug)]
pub(crate) struct FuncTypes {
    pub(crate) func: FuncAddr,
    pub(crate) locals: Vec<ValType>,
    /// Offset of each instruction, and where its operand types start in the pool.
    places: Vec<(u32, u32)>,
    pool: Vec<ValType>,
    /// Offset from which on the operand types are not here, as the pool is full.
    known_to: u32,
}

/// Largest pool. Chosen: common functions take thousands, but one that keeps tens of thousands of
/// operands through as many instructions would take gigabytes.
const MAX_POOL: usize = 1 << 21;

impl FuncTypes {
    pub(crate) fn new(module: &Module, func: FuncAddr, idx: FuncIdx) -> FuncTypes {
        let (body, to_validate) = module.body(idx);
        let mut validator = to_validate.into_validator(FuncValidatorAllocations::default());
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader).expect(VALIDATED);
        let mut operators = OperatorsReader::new(reader);
        let types = module.data().type_reader();
        let (mut places, mut pool) = (Vec::new(), Vec::new());
        let mut known_to = u32::MAX;
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset().expect(VALIDATED);
            places.push((offset as u32, pool.len() as u32));
            if pool.len() + validator.operand_stack_height() as usize > MAX_POOL {
                known_to = offset as u32;
                break;
            }
            // Where the end of a function is reached by branches alone, validation does not know
            // the results before it.
            match operators.eof() {
                true => pool.extend_from_slice(&module.func_type(idx).results),
                false => push_operands(&types, &validator, &mut pool),
            }
            validator.op(offset, &operator).expect(VALIDATED);
        }
        FuncTypes {
            func,
            locals: locals(&types, &validator),
            places,
            pool,
            known_to,
        }
    }

    /// Types of the operands before an instruction, lowest first. `None` if there were too many
    /// to keep: then [`Typing::at`] tells them.
    pub(crate) fn operands(&self, offset: WasmOffset) -> Option<&[ValType]> {
        if offset.0 >= self.known_to {
            return None;
        }
        let position = self.places.partition_point(|(place, _)| *place < offset.0);
        let start = |position: usize| self.places.get(position).map(|(_, start)| *start as usize);
        Some(match (start(position), start(position + 1)) {
            (Some(start), Some(end)) => &self.pool[start..end],
            (Some(start), None) => &self.pool[start..],
            (None, _) => &[],
        })
    }
}

type Validating = wasmparser::FuncValidator<wasmparser::ValidatorResources>;

fn locals(reader: &TypeReader<'_>, validator: &Validating) -> Vec<ValType> {
    let local = |idx| Some(reader.val_type(validator.get_local_type(idx)?));
    (0..validator.len_locals()).filter_map(local).collect()
}

fn push_operands(reader: &TypeReader<'_>, validator: &Validating, to: &mut Vec<ValType>) {
    let operand = |depth| {
        let ty = validator.get_operand_type(depth as usize).flatten();
        // A value of any type is only known in code that cannot be reached.
        ty.map_or(ValType::I64, |ty| reader.val_type(ty))
    };
    to.extend((0..validator.operand_stack_height()).rev().map(operand));
}

const VALIDATED: &str = "the module was validated when it was read";

impl Typing {
    pub(crate) fn at(module: &Module, idx: FuncIdx, place: WasmOffset) -> Typing {
        let (body, to_validate) = module.body(idx);
        let mut validator = to_validate.into_validator(FuncValidatorAllocations::default());
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader).expect(VALIDATED);
        let mut operators = OperatorsReader::new(reader);
        let mut typing = Typing::default();
        typing.blocks.push(OpenBlock {
            kind: LabelKind::Func,
            offset: WasmOffset(body.range().start as u32),
            number: None,
            n_params: 0,
            n_results: module.func_type(idx).results.len() as u32,
            continuation: WasmOffset(body.range().end as u32 - 1),
            clauses: Vec::new(),
        });
        let mut n_blocks = 0;
        while !operators.eof() && operators.original_position() < u64::from(place.0) {
            let (operator, offset) = operators.read_with_offset().expect(VALIDATED);
            typing.track(module, &operator, WasmOffset(offset as u32), &mut n_blocks);
            validator.op(offset, &operator).expect(VALIDATED);
        }
        let types = module.data().type_reader();
        typing.locals = locals(&types, &validator);
        push_operands(&types, &validator, &mut typing.operands);
        if typing.blocks.len() == 1 && place == typing.blocks[0].continuation {
            typing.operands = module.func_type(idx).results.to_vec();
        }
        typing.find_ends(operators);
        typing
    }

    fn track(&mut self, module: &Module, op: &Operator<'_>, offset: WasmOffset, number: &mut u32) {
        let mut clauses = Vec::new();
        let (kind, ty) = match op {
            Operator::Block { blockty } => (LabelKind::Block, *blockty),
            Operator::Loop { blockty } => (LabelKind::Loop, *blockty),
            Operator::If { blockty } => (LabelKind::If, *blockty),
            Operator::TryTable { try_table } => {
                clauses = self.clauses_of(try_table);
                (LabelKind::TryTable, try_table.ty)
            }
            Operator::Else => {
                if let Some(block) = self.blocks.last_mut() {
                    block.kind = LabelKind::Else;
                }
                return;
            }
            Operator::End => {
                self.blocks.pop();
                return;
            }
            _ => return,
        };
        let (n_params, n_results) = match ty {
            BlockType::Empty => (0, 0),
            BlockType::Type(_) => (0, 1),
            BlockType::FuncType(idx) => {
                let ty = module.data().func_type(idx);
                (ty.params.len() as u32, ty.results.len() as u32)
            }
        };
        self.blocks.push(OpenBlock {
            kind,
            offset,
            number: Some(*number),
            n_params,
            n_results,
            continuation: offset,
            clauses,
        });
        *number += 1;
    }

    /// The clauses of a block that is not open yet: its own label is none of theirs.
    fn clauses_of(&self, try_table: &TryTable) -> Vec<OpenClause> {
        let clause = |catch| {
            let (kind, tag, depth) = read_clause(catch);
            let target = self.blocks.len() - 1 - depth as usize;
            OpenClause { kind, tag, target }
        };
        try_table.catches.iter().map(clause).collect()
    }

    /// Reads on to find where the open blocks end; a branch goes on after that.
    fn find_ends(&mut self, mut operators: OperatorsReader<'_>) {
        let mut n_inner = 0;
        let mut open = self.blocks.len();
        while open > 1 && !operators.eof() {
            match operators.read().expect(VALIDATED) {
                Operator::Block { .. }
                | Operator::Loop { .. }
                | Operator::If { .. }
                | Operator::TryTable { .. } => n_inner += 1,
                Operator::End if n_inner > 0 => n_inner -= 1,
                Operator::End => {
                    open -= 1;
                    let block = &mut self.blocks[open];
                    if block.kind != LabelKind::Loop {
                        block.continuation = WasmOffset(operators.original_position() as u32);
                    }
                }
                _ => {}
            }
        }
    }
}
