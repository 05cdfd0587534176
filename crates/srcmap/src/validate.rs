//! Validation (specification, Validation) with places in the text. Each function body is checked
//! on its own, so that every broken function is reported once.

use wasmparser::{
    FuncValidator, FuncValidatorAllocations, FunctionBody, Operator, Parser, Payload, ValType,
    ValidPayload, Validator, ValidatorResources, WasmFeatures,
};
use wast::core::{DataKind, ElemKind, ElemPayload, GlobalKind, ModuleField, TableKind};
use wast::token::Index;

use crate::assemble::{SourceFields, form_span};
use crate::lex::Tokens;
use crate::map::SourceMap;
use crate::span::Span;
use crate::voice::validation::{self, Block, Failure};

/// More would hide the others; chosen.
pub(crate) const MOST_ERRORS: usize = 200;

/// Up to this length an instruction that is about a name is quoted with it; chosen.
const LONGEST_NAMED: usize = 40;

/// WebAssembly 3.0, and the proposals that the machine has besides. (wasmparser counts threads to
/// 3.0; the specification does not.)
pub(crate) fn features() -> WasmFeatures {
    WasmFeatures::WASM3
        .union(WasmFeatures::THREADS)
        .union(WasmFeatures::CUSTOM_PAGE_SIZES)
        .union(WasmFeatures::WIDE_ARITHMETIC)
}

/// All errors with their places, unordered.
pub(crate) fn validate(
    tokens: &Tokens<'_>,
    source: &SourceFields<'_, '_>,
    map: &SourceMap,
    wasm: &[u8],
) -> Vec<(Span, String)> {
    let mut errors = Vec::new();
    let mut validator = Validator::new_with_features(features());
    let mut allocations = FuncValidatorAllocations::default();
    for payload in Parser::new(0).parse_all(wasm) {
        let valid = payload.and_then(|payload| match payload {
            // The name section and its like are not validated (specification, Custom Sections).
            Payload::CustomSection(_) => Ok(ValidPayload::Ok),
            payload => validator.payload(&payload),
        });
        match valid {
            Ok(ValidPayload::Func(func, body)) => {
                let mut func = func.into_validator(allocations);
                if let Err(failure) = validate_body(&mut func, &body) {
                    errors.push(describe(tokens, map, &failure));
                }
                allocations = func.into_allocations();
                if errors.len() >= MOST_ERRORS {
                    break;
                }
            }
            Ok(_) => {}
            Err(error) => {
                let offset = error.offset() as u32;
                let span = Fields::new(tokens, source, wasm).span_at(offset);
                errors.push((span, validation::plain(error.message())));
                break;
            }
        }
    }
    errors
}

fn describe(tokens: &Tokens<'_>, map: &SourceMap, failure: &Failure) -> (Span, String) {
    let place = map.covering_offset(failure.offset);
    let body = map.body_at_offset(failure.offset);
    let span = match (place, body) {
        (Some(place), _) => place.instruction,
        (None, Some(body)) => head_span(tokens, body.span),
        (None, None) => Span::new(0, tokens.text.len().min(1) as u32),
    };
    let written = place.map_or("", |place| {
        let keyword = place.keyword.slice(tokens.text);
        let instruction = place.instruction.slice(tokens.text);
        let is_named = ["call", "return_call", "local", "global", "br"]
            .iter()
            .any(|family| keyword.starts_with(family));
        if is_named && instruction.len() <= LONGEST_NAMED && !instruction.contains('\n') {
            instruction
        } else {
            keyword
        }
    });
    (span, validation::sentence(failure, written))
}

/// The opening parenthesis, keyword and name of a form.
fn head_span(tokens: &Tokens<'_>, form: Span) -> Span {
    let at = tokens.at_position(form.start);
    let last = if tokens.kind(at + 2) == Some(crate::lex::TokenKind::Id) {
        at + 2
    } else {
        at + 1
    };
    match tokens.get(last) {
        Some(token) if token.span.end <= form.end => Span::new(form.start, token.span.end),
        _ => form,
    }
}

/// The first error of one body.
fn validate_body(
    func: &mut FuncValidator<ValidatorResources>,
    body: &FunctionBody<'_>,
) -> Result<(), Failure> {
    let plain = |error: wasmparser::BinaryReaderError| Failure {
        offset: error.offset() as u32,
        message: error.message().to_string(),
        ..Failure::default()
    };
    let mut reader = body.get_binary_reader();
    func.read_locals(&mut reader).map_err(plain)?;
    let mut operators = wasmparser::OperatorsReader::new(reader);
    while !operators.eof() {
        let offset = operators.original_position();
        let operator = operators.read().map_err(plain)?;
        let height = func.operand_stack_height();
        let block = block_of(func);
        if let Err(error) = func.op(offset, &operator) {
            return Err(Failure {
                offset: offset as u32,
                message: error.message().to_string(),
                ends_block: matches!(operator, Operator::End | Operator::Else).then_some(block.0),
                popped: height.saturating_sub(func.operand_stack_height()),
                lacks_else: matches!(operator, Operator::End)
                    && block.0 == Block::Then
                    && block_of(func).0 == Block::Else,
                available: height.saturating_sub(block.1),
                remaining: remaining(func, block.1),
            });
        }
    }
    operators.finish().map_err(plain)
}

/// Kind of the innermost block, and the height of the operand stack at its start.
fn block_of(func: &FuncValidator<ValidatorResources>) -> (Block, u32) {
    use wasmparser::FrameKind;
    let Some(frame) = func.get_control_frame(0) else {
        return (Block::Function, 0);
    };
    let block = if func.control_stack_height() == 1 {
        Block::Function
    } else {
        match frame.kind {
            FrameKind::Loop => Block::Loop,
            FrameKind::If => Block::Then,
            FrameKind::Else => Block::Else,
            FrameKind::TryTable => Block::TryTable,
            _ => Block::Block,
        }
    };
    (block, frame.height as u32)
}

/// Types of the values above `height`, bottom first; at most eight from the top.
fn remaining(func: &FuncValidator<ValidatorResources>, height: u32) -> Vec<String> {
    let count = func.operand_stack_height().saturating_sub(height).min(8);
    (0..count as usize)
        .rev()
        .map(|depth| match func.get_operand_type(depth) {
            Some(Some(ty)) => value_type(ty),
            _ => "any type".to_string(),
        })
        .collect()
}

pub(crate) fn value_type(ty: ValType) -> String {
    ty.to_string()
}

/// Byte offsets of a module's items beside their forms in the text: where an error outside of
/// function bodies belongs.
struct Fields<'t, 'a> {
    tokens: &'t Tokens<'a>,
    /// Ascending by offset.
    items: Vec<(u32, Span)>,
}

impl<'t, 'a> Fields<'t, 'a> {
    fn new(tokens: &'t Tokens<'a>, source: &SourceFields<'_, '_>, wasm: &[u8]) -> Self {
        let mut fields = Fields {
            tokens,
            items: Vec::new(),
        };
        let mut of_kind: [Vec<Vec<Span>>; 10] = Default::default();
        let mut n_types = 0;
        for field in source.fields() {
            let ty = n_types;
            n_types += match field {
                ModuleField::Type(_) => 1,
                ModuleField::Rec(rec) => rec.types.len() as u32,
                _ => 0,
            };
            let kind = match field {
                ModuleField::Type(_) | ModuleField::Rec(_) => 0,
                ModuleField::Import(_) => 1,
                ModuleField::Func(_) => 2,
                ModuleField::Table(_) => 3,
                ModuleField::Memory(_) => 4,
                ModuleField::Tag(_) => 5,
                ModuleField::Global(_) => 6,
                ModuleField::Export(_) => 7,
                ModuleField::Elem(_) => 8,
                ModuleField::Data(_) => 9,
                ModuleField::Start(_) | ModuleField::Custom(_) => continue,
            };
            let mut spans = fields.spans_of(field);
            let written = spans[0].slice(tokens.text);
            if kind == 0 && !written.starts_with("(type") && !written.starts_with("(rec") {
                // A type that only its use spells out.
                spans = fields.first_use(source, ty);
            }
            of_kind[kind].push(spans);
        }
        // A section that cannot be read ends the walk; what was found until then stays.
        let _ = fields.walk(&of_kind, source, wasm);
        fields
    }

    /// The head of the first function whose type is `ty`; of the first function at all where the
    /// type is that of a block.
    fn first_use(&self, source: &SourceFields<'_, '_>, ty: u32) -> Vec<Span> {
        let mut funcs = source.fields().iter().filter_map(|field| match field {
            ModuleField::Func(func) => Some(func),
            _ => None,
        });
        let first = funcs.clone().next();
        let used =
            funcs.find(|func| matches!(func.ty.index, Some(Index::Num(index, _)) if index == ty));
        let offset = used.or(first).map_or(0, |func| func.span.offset());
        vec![head_span(self.tokens, form_span(self.tokens, offset))]
    }

    /// The form of a field, and after it the keywords of the instructions in it.
    fn spans_of(&self, field: &ModuleField<'_>) -> Vec<Span> {
        let mut code = Vec::new();
        let mut add = |expression: &wast::core::Expression<'_>| {
            let spans = expression.instr_spans.iter().flat_map(|spans| spans.iter());
            code.extend(spans.map(|span| span.offset()));
        };
        let offset = match field {
            ModuleField::Type(ty) => ty.span.offset(),
            ModuleField::Rec(rec) => rec.span.offset(),
            ModuleField::Import(imports) => imports.span.offset(),
            ModuleField::Func(func) => func.span.offset(),
            ModuleField::Memory(memory) => memory.span.offset(),
            ModuleField::Tag(tag) => tag.span.offset(),
            ModuleField::Export(export) => export.span.offset(),
            ModuleField::Start(index) => index.span().offset(),
            ModuleField::Custom(custom) => match custom {
                wast::core::Custom::Raw(raw) => raw.span.offset(),
                _ => 0,
            },
            ModuleField::Table(table) => {
                if let TableKind::Normal {
                    init_expr: Some(expression),
                    ..
                } = &table.kind
                {
                    add(expression);
                }
                table.span.offset()
            }
            ModuleField::Global(global) => {
                if let GlobalKind::Inline(expression) = &global.kind {
                    add(expression);
                }
                global.span.offset()
            }
            ModuleField::Elem(elem) => {
                if let ElemKind::Active { offset, .. } = &elem.kind {
                    add(offset);
                }
                if let ElemPayload::Exprs { exprs, .. } = &elem.payload {
                    exprs.iter().for_each(&mut add);
                }
                elem.span.offset()
            }
            ModuleField::Data(data) => {
                if let DataKind::Active { offset, .. } = &data.kind {
                    add(offset);
                }
                data.span.offset()
            }
        };
        let form = form_span(self.tokens, offset);
        let mut spans = vec![head_span(self.tokens, form)];
        spans.extend(code.into_iter().map(|offset| {
            let at = self.tokens.at_position(offset as u32);
            self.tokens.get(at).map_or(form, |token| token.span)
        }));
        spans
    }

    fn walk(
        &mut self,
        of_kind: &[Vec<Vec<Span>>; 10],
        source: &SourceFields<'_, '_>,
        wasm: &[u8],
    ) -> wasmparser::Result<()> {
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(reader) => {
                    for (item, spans) in reader.into_iter_with_offsets().zip(&of_kind[0]) {
                        self.push(item?.0, spans);
                    }
                }
                Payload::ImportSection(reader) => {
                    for (item, spans) in reader.into_iter_with_offsets().zip(&of_kind[1]) {
                        self.push(item?.0, spans);
                    }
                }
                Payload::FunctionSection(reader) => {
                    for (item, spans) in reader.into_iter_with_offsets().zip(&of_kind[2]) {
                        self.push(item?.0, spans);
                    }
                }
                Payload::TableSection(reader) => {
                    for (item, spans) in reader.into_iter_with_offsets().zip(&of_kind[3]) {
                        let (offset, table) = item?;
                        self.push(offset, spans);
                        if let wasmparser::TableInit::Expr(code) = table.init {
                            self.push_code(&[code], spans)?;
                        }
                    }
                }
                Payload::MemorySection(reader) => {
                    for (item, spans) in reader.into_iter_with_offsets().zip(&of_kind[4]) {
                        self.push(item?.0, spans);
                    }
                }
                Payload::TagSection(reader) => {
                    for (item, spans) in reader.into_iter_with_offsets().zip(&of_kind[5]) {
                        self.push(item?.0, spans);
                    }
                }
                Payload::GlobalSection(reader) => {
                    for (item, spans) in reader.into_iter_with_offsets().zip(&of_kind[6]) {
                        let (offset, global) = item?;
                        self.push(offset, spans);
                        self.push_code(&[global.init_expr], spans)?;
                    }
                }
                Payload::ExportSection(reader) => {
                    for (item, spans) in reader.into_iter_with_offsets().zip(&of_kind[7]) {
                        self.push(item?.0, spans);
                    }
                }
                Payload::StartSection { range, .. } => {
                    let start = source.fields().iter().find_map(|field| match field {
                        ModuleField::Start(index) => Some(index.span().offset()),
                        _ => None,
                    });
                    if let Some(offset) = start {
                        let at = self.tokens.at_position(offset as u32);
                        let span = self.tokens.get(at).map_or(Span::at(0), |token| token.span);
                        self.push(range.start, &[span]);
                    }
                }
                Payload::ElementSection(reader) => {
                    for (item, spans) in reader.into_iter_with_offsets().zip(&of_kind[8]) {
                        let (offset, elem) = item?;
                        self.push(offset, spans);
                        let mut code = Vec::new();
                        if let wasmparser::ElementKind::Active { offset_expr, .. } = elem.kind {
                            code.push(offset_expr);
                        }
                        if let wasmparser::ElementItems::Expressions(_, reader) = elem.items {
                            for expression in reader {
                                code.push(expression?);
                            }
                        }
                        self.push_code(&code, spans)?;
                    }
                }
                Payload::DataSection(reader) => {
                    for (item, spans) in reader.into_iter_with_offsets().zip(&of_kind[9]) {
                        let (offset, data) = item?;
                        self.push(offset, spans);
                        if let wasmparser::DataKind::Active { offset_expr, .. } = data.kind {
                            self.push_code(&[offset_expr], spans)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn push(&mut self, offset: u64, spans: &[Span]) {
        self.items.push((offset as u32, spans[0]));
    }

    /// Operators of constant expressions beside the spans after the first one.
    fn push_code(
        &mut self,
        code: &[wasmparser::ConstExpr<'_>],
        spans: &[Span],
    ) -> wasmparser::Result<()> {
        let mut spans_left = spans[1..].iter();
        for expression in code {
            let mut operators = expression.get_operators_reader();
            let mut last = spans[0];
            while !operators.eof() {
                let offset = operators.original_position();
                // What the end finds missing or left over is the last instruction's doing.
                if !matches!(operators.read()?, Operator::End) {
                    last = *spans_left.next().unwrap_or(&spans[0]);
                }
                self.items.push((offset as u32, last));
            }
        }
        Ok(())
    }

    /// The form that the byte at `offset` was made of. Before the first item is the head of its
    /// section, and what is wrong there is the first item's doing.
    fn span_at(&self, offset: u32) -> Span {
        let at = self.items.partition_point(|item| item.0 <= offset);
        match self.items.get(at.saturating_sub(1)) {
            Some(item) => item.1,
            None => Span::new(0, self.tokens.text.len().min(1) as u32),
        }
    }
}
