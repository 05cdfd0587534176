//! From text to a module with its map, or to what is wrong with the text.

use wast::Wat;
use wast::core::{Expression, Func, FuncKind, Module, ModuleField, ModuleKind};
use wast::parser::{self, ParseBuffer};

use crate::diagnostic::{Diagnostic, Severity};
use crate::large;
use crate::lex::{TokenKind, Tokens};
use crate::map::{Body, Place, SourceMap};
use crate::outline::{self, OutlineItem};
use crate::span::{Span, TextIndex};
use crate::symbols::{self, Symbols};
use crate::validate;
use crate::voice;

pub(crate) const COMPONENT: &str = "this is a component; only modules are run here";

/// A valid module and where its instructions stand in the text.
#[derive(Clone, Debug)]
pub struct Assembled {
    pub wasm: Vec<u8>,
    pub map: SourceMap,
    /// Findings of severity [`Severity::Warning`].
    pub warnings: Vec<Diagnostic>,
}

/// All that can be said of a text in one pass.
#[derive(Clone, Debug)]
pub struct Check {
    /// Errors and warnings in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    pub outline: Vec<OutlineItem>,
    pub symbols: Symbols,
    /// Only when there is no error.
    pub assembled: Option<Assembled>,
    /// For converting the spans above.
    pub index: TextIndex,
}

/// Parses, encodes and validates a text (specification, Text Format).
///
/// # Errors
///
/// What is wrong, in the order of the text: the first error of the grammar, or all names that
/// stand for nothing, or the first validation error of each function.
pub fn assemble(text: &str) -> Result<Assembled, Vec<Diagnostic>> {
    let index = TextIndex::new(text);
    let tokens = Tokens::new(text);
    assemble_tokens(&tokens, &index, None)
}

/// Like [`assemble`], with outline and symbols, which are there also for a text with errors.
pub fn check(text: &str) -> Check {
    let tokens = Tokens::new(text);
    check_tokens(&tokens, Some(symbols::scan(&tokens)))
}

/// Like [`check`] for a text of megabytes: of its names only the definitions of the module's own
/// items, and no uses.
pub fn check_large(text: &str) -> Check {
    let tokens = Tokens::new(text);
    let mut check = check_tokens(&tokens, None);
    check.symbols.definitions = large::definitions_of(&check.outline, text);
    check
}

fn check_tokens(tokens: &Tokens<'_>, symbols: Option<Symbols>) -> Check {
    let index = TextIndex::new(tokens.text);
    let assembled = assemble_tokens(tokens, &index, symbols.as_ref());
    let wasm = assembled.as_ref().ok().map(|assembled| &assembled.wasm[..]);
    let outline = outline::of_tokens(tokens, wasm);
    let (diagnostics, assembled) = match assembled {
        Ok(assembled) => (assembled.warnings.clone(), Some(assembled)),
        Err(diagnostics) => (diagnostics, None),
    };
    Check {
        diagnostics,
        outline,
        symbols: symbols.unwrap_or_default(),
        assembled,
        index,
    }
}

fn assemble_tokens(
    tokens: &Tokens<'_>,
    index: &TextIndex,
    symbols: Option<&Symbols>,
) -> Result<Assembled, Vec<Diagnostic>> {
    let text = tokens.text;
    let mut warnings = warnings(text, index);
    let fail = |span, message, mut findings: Vec<Diagnostic>| {
        findings.push(Diagnostic::new(Severity::Error, text, index, span, message));
        in_order(findings)
    };
    if tokens.head(0) == "component" {
        let span = Span::new(tokens.list[0].span.start, tokens.list[1].span.end);
        return Err(fail(span, COMPONENT.to_string(), warnings));
    }
    let mut lexer = wast::lexer::Lexer::new(text);
    // Characters that change how a text is shown are legal; they are a warning here.
    lexer.allow_confusing_unicode(true);
    let parsed = ParseBuffer::new_with_lexer(lexer).map(|mut buffer| {
        buffer.track_instr_spans(true);
        buffer
    });
    let buffer = match parsed {
        Ok(buffer) => buffer,
        Err(error) => {
            let (span, message) = voice::parse::describe(tokens, &error);
            return Err(fail(span, message, warnings));
        }
    };
    let nothing = tokens.list.is_empty() && tokens.unclosed_comment.is_none();
    let parsed = match nothing {
        // A text is a sequence of fields, also of none (specification, Text Format, Modules).
        true => Ok(Wat::Module(Module {
            span: wast::token::Span::from_offset(0),
            id: None,
            name: None,
            kind: ModuleKind::Text(Vec::new()),
        })),
        false => parser::parse::<Wat<'_>>(&buffer),
    };
    let mut wat = match parsed {
        Ok(wat) => wat,
        Err(error) => {
            let (span, message) = voice::parse::describe(tokens, &error);
            return Err(fail(span, message, warnings));
        }
    };
    let wasm = match wat.encode() {
        Ok(wasm) => wasm,
        Err(error) => {
            let (span, message) = voice::parse::describe(tokens, &error);
            let own;
            let symbols = match symbols {
                Some(symbols) => symbols,
                None => {
                    own = symbols::scan(tokens);
                    &own
                }
            };
            for missing in symbols.unresolved().take(validate::MOST_ERRORS) {
                if missing.span != span {
                    let message =
                        voice::parse::unknown_name(missing.kind, missing.span.slice(text));
                    let place = missing.span;
                    warnings.push(Diagnostic::new(
                        Severity::Error,
                        text,
                        index,
                        place,
                        message,
                    ));
                }
            }
            return Err(fail(span, message, warnings));
        }
    };
    let Wat::Module(module) = wat else {
        let span = Span::new(0, text.len().min(1) as u32);
        return Err(fail(span, COMPONENT.to_string(), warnings));
    };
    let source = SourceFields::new(&module);
    let map = source.map(tokens, &wasm);
    let errors = validate::validate(tokens, &source, &map, &wasm);
    if errors.is_empty() {
        return Ok(Assembled {
            wasm,
            map,
            warnings,
        });
    }
    for (span, message) in errors {
        warnings.push(Diagnostic::new(Severity::Error, text, index, span, message));
    }
    Err(in_order(warnings))
}

/// Findings in the order of the text, at the same place as they were found. Sorted are numbers: one
/// kind of sort is enough for the core.
fn in_order(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut order: Vec<u64> = (findings.iter().zip(0..))
        .map(|(finding, at)| u64::from(finding.span.start) << 32 | at)
        .collect();
    order.sort_unstable();
    let mut findings: Vec<Option<Diagnostic>> = findings.into_iter().map(Some).collect();
    (order.into_iter())
        .filter_map(|key| findings[key as u32 as usize].take())
        .collect()
}

/// Characters that make a text look other than it is (Unicode Technical Report 36).
fn warnings(text: &str, index: &TextIndex) -> Vec<Diagnostic> {
    /// More would only repeat the point.
    const MOST: usize = 100;
    if text.is_ascii() {
        return Vec::new();
    }
    text.char_indices()
        .filter(|(_, ch)| matches!(ch, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206c}'))
        .take(MOST)
        .map(|(at, ch)| {
            let span = Span::new(at as u32, (at + ch.len_utf8()) as u32);
            let message = format!(
                "the invisible character U+{:04X} changes the order in which this line is shown",
                ch as u32
            );
            Diagnostic::new(Severity::Warning, text, index, span, message)
        })
        .collect()
}

/// What the parser found, as far as positions go, in the order of the module's sections.
pub(crate) struct SourceFields<'a, 'b> {
    fields: &'b [ModuleField<'a>],
    pub(crate) n_imported_funcs: u32,
}

impl<'a, 'b> SourceFields<'a, 'b> {
    fn new(module: &'b Module<'a>) -> SourceFields<'a, 'b> {
        let fields = match &module.kind {
            ModuleKind::Text(fields) => &fields[..],
            ModuleKind::Binary(_) => &[],
        };
        let n_imported_funcs = fields
            .iter()
            .filter_map(|field| match field {
                ModuleField::Import(imports) => Some(imports.item_sigs()),
                _ => None,
            })
            .flatten()
            .filter(|sig| {
                use wast::core::ItemKind::{Func, FuncExact};
                matches!(sig.kind, Func(_) | FuncExact(_))
            })
            .count() as u32;
        SourceFields {
            fields,
            n_imported_funcs,
        }
    }

    pub(crate) fn fields(&self) -> &'b [ModuleField<'a>] {
        self.fields
    }

    /// Functions with a body.
    fn funcs(&self) -> impl Iterator<Item = (&'b Func<'a>, &'b Expression<'a>)> {
        self.fields.iter().filter_map(|field| match field {
            ModuleField::Func(func) => match &func.kind {
                FuncKind::Inline { expression, .. } => Some((func, expression)),
                FuncKind::Import(..) => None,
            },
            _ => None,
        })
    }

    /// Walks functions and operators of the encoded module beside the parsed ones: both are in
    /// the same order, one operator for each instruction and an `end` after the last.
    fn map(&self, tokens: &Tokens<'_>, wasm: &[u8]) -> SourceMap {
        let mut map = SourceMap::default();
        let mut spots = Spots::default();
        let mut funcs = self.funcs();
        let mut func_idx = self.n_imported_funcs;
        for payload in wasmparser::Parser::new(0).parse_all(wasm) {
            let body = match payload {
                Ok(wasmparser::Payload::CodeSectionEntry(body)) => body,
                Ok(_) => continue,
                // Only a module given as bytes can be broken; validation says how.
                Err(_) => break,
            };
            let Some((func, expression)) = funcs.next() else {
                break;
            };
            let range = body.range();
            let form = form_span(tokens, func.span.offset());
            map.push_body(Body {
                func: func_idx,
                start: range.start as u32,
                end: range.end as u32,
                span: form,
            });
            func_idx += 1;
            let spans = expression.instr_spans.as_deref().unwrap_or(&[]);
            spots.fill(tokens, spans.iter().map(|span| span.offset() as u32), form);
            let Ok(mut operators) = body.get_operators_reader() else {
                break;
            };
            let mut next = spots.list.iter();
            while !operators.eof() {
                let offset = operators.original_position() as u32;
                if operators.read().is_err() {
                    break;
                }
                let spot = match next.next() {
                    Some(spot) => *spot,
                    None => Spot::new(closing(form)),
                };
                map.push(Place {
                    offset,
                    keyword: spot.keyword,
                    instruction: Span::new(spot.keyword.start, spot.instruction_end),
                    expression: spot.expression,
                });
            }
        }
        map.finish();
        map
    }
}

/// The last character of a form: its closing parenthesis.
fn closing(form: Span) -> Span {
    Span::new(form.end.saturating_sub(1).max(form.start), form.end)
}

/// The whole parenthesized form whose keyword begins at `offset`; the keyword alone where there
/// is no parenthesis before it.
pub(crate) fn form_span(tokens: &Tokens<'_>, offset: usize) -> Span {
    let at = tokens.at_position(offset as u32);
    let Some(token) = tokens.get(at) else {
        return Span::at(tokens.text.len() as u32);
    };
    match at.checked_sub(1) {
        Some(before) if tokens.kind(before) == Some(TokenKind::Open) => tokens.list_span(before),
        _ => token.span,
    }
}

#[derive(Clone, Copy)]
struct Spot {
    keyword: Span,
    instruction_end: u32,
    expression: Span,
}

impl Spot {
    fn new(keyword: Span) -> Spot {
        Spot {
            keyword,
            instruction_end: keyword.end,
            expression: keyword,
        }
    }
}

/// Places of the instructions of one function; kept between functions for its memory.
#[derive(Default)]
struct Spots {
    list: Vec<Spot>,
    /// Starts of all keywords, ascending: where the immediates of the one before must end.
    starts: Vec<u64>,
}

impl Spots {
    fn fill(&mut self, tokens: &Tokens<'_>, offsets: impl Iterator<Item = u32>, form: Span) {
        self.list.clear();
        self.starts.clear();
        self.list
            .extend(offsets.map(|offset| Spot::new(Span::at(offset))));
        self.starts
            .extend(self.list.iter().map(|spot| u64::from(spot.keyword.start)));
        self.starts.sort_unstable();
        let first = tokens.at_position(form.start);
        let last = tokens.at_position(form.end);
        for spot in &mut self.list {
            let start = spot.keyword.start;
            let within = &tokens.list[first..last];
            let at = first + within.partition_point(|token| token.span.end <= start);
            let Some(token) = tokens.get(at) else {
                continue;
            };
            spot.keyword = token.span;
            spot.instruction_end = token.span.end;
            spot.expression = token.span;
            if token.kind == TokenKind::Close {
                continue;
            }
            let next = self
                .starts
                .partition_point(|other| *other <= u64::from(start));
            let limit = self
                .starts
                .get(next)
                .map_or(u32::MAX, |start| *start as u32);
            spot.instruction_end = immediates_end(tokens, at, limit);
            spot.expression = match at.checked_sub(1) {
                Some(before) if tokens.kind(before) == Some(TokenKind::Open) => {
                    tokens.list_span(before)
                }
                _ => Span::new(start, spot.instruction_end),
            };
        }
    }
}

/// End of the last immediate after the keyword at token `at`, before the text offset `limit`.
fn immediates_end(tokens: &Tokens<'_>, at: usize, limit: u32) -> u32 {
    let mut end = tokens.list[at].span.end;
    let mut next = at + 1;
    while let Some(token) = tokens.get(next) {
        if token.span.start >= limit {
            break;
        }
        match token.kind {
            TokenKind::Atom | TokenKind::Id | TokenKind::String => {
                end = token.span.end;
                next += 1;
            }
            TokenKind::Open if is_immediate(tokens.head(next)) => {
                end = tokens.list_span(next).end;
                next = tokens.after(next);
            }
            _ => break,
        }
    }
    end
}

fn is_immediate(head: &str) -> bool {
    matches!(
        head,
        "type" | "param" | "result" | "ref" | "catch" | "catch_ref" | "catch_all" | "catch_all_ref"
    )
}
