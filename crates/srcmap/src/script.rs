//! Scripts in the `.wast` format of the official test suite: where their directives stand, and
//! each of them parsed.
//!
//! A directive is found by its parentheses and parsed by itself, when it is wanted. So one that is
//! broken leaves the others readable, and a script of a hundred thousand directives is listed at
//! once.

use wast::lexer::Lexer;
use wast::parser::{self, Parse, ParseBuffer, Parser};
use wast::{QuoteWat, QuoteWatTest, WastDirective, WastExecute, Wat};

use crate::lex::{TokenKind, Tokens};
use crate::span::Span;
use crate::voice;

/// What a directive does, by its keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum DirectiveKind {
    Module,
    /// The whole text is the parts of one module.
    Parts,
    Definition,
    Instance,
    Register,
    Invoke,
    Get,
    AssertReturn,
    AssertTrap,
    AssertExhaustion,
    AssertException,
    AssertSuspension,
    AssertInvalid,
    AssertMalformed,
    AssertUnlinkable,
    AssertInvalidCustom,
    AssertMalformedCustom,
    Thread,
    Wait,
    /// No directive; parsing it says why.
    Unknown,
}

/// How the module of a directive is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleForm {
    /// In the text format.
    Text,
    /// As the bytes of the binary format.
    Binary,
    /// As a text in quotes.
    Quote,
}

/// One directive of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directive {
    pub kind: DirectiveKind,
    /// From its opening parenthesis to its closing one.
    pub span: Span,
    /// The module in it, if there is one.
    pub module: Option<(Span, ModuleForm)>,
    /// The `thread` directive that it stands in, by its number.
    pub thread: Option<u32>,
}

/// All directives in the order of the text. Those of a `thread` follow it one by one.
///
/// A text that begins with a part of a module is one directive: that module.
pub fn directives(text: &str) -> Vec<Directive> {
    let tokens = Tokens::new(text);
    let mut found = Vec::new();
    let is_script = tokens.list.is_empty() || kind_of(head(&tokens, 0)) != DirectiveKind::Unknown;
    if !is_script && tokens.kind(0) == Some(TokenKind::Open) {
        let last = tokens.list[tokens.list.len() - 1].span;
        let span = Span::new(tokens.list[0].span.start, last.end);
        found.push(Directive {
            kind: DirectiveKind::Parts,
            span,
            module: Some((span, ModuleForm::Text)),
            thread: None,
        });
        return found;
    }
    list(&tokens, 0, tokens.list.len(), None, &mut found);
    found
}

fn list(
    tokens: &Tokens<'_>,
    from: usize,
    to: usize,
    thread: Option<u32>,
    found: &mut Vec<Directive>,
) {
    let mut at = from;
    while at < to {
        match tokens.kind(at) {
            Some(TokenKind::Annotation) => at = tokens.after(at),
            Some(TokenKind::Open) => {
                let after = tokens.after(at).min(to);
                one(tokens, at, after, thread, found);
                at = after;
            }
            _ => {
                // Up to the next parenthesis: one thing that is no directive.
                let start = tokens.list[at].span.start;
                let mut end = tokens.list[at].span.end;
                while at < to && !matches!(tokens.kind(at), Some(TokenKind::Open)) {
                    end = tokens.list[at].span.end;
                    at += 1;
                }
                found.push(Directive {
                    kind: DirectiveKind::Unknown,
                    span: Span::new(start, end),
                    module: None,
                    thread,
                });
            }
        }
    }
}

fn one(
    tokens: &Tokens<'_>,
    open: usize,
    after: usize,
    thread: Option<u32>,
    found: &mut Vec<Directive>,
) {
    let mut kind = kind_of(head(tokens, open));
    let module = match kind {
        DirectiveKind::Module => {
            let (own_kind, form) = module_of(tokens, open);
            kind = own_kind;
            (own_kind != DirectiveKind::Instance).then(|| (tokens.list_span(open), form))
        }
        DirectiveKind::Thread | DirectiveKind::Unknown => None,
        _ => (open + 1..after)
            .find(|at| head(tokens, *at) == "module")
            .map(|at| (tokens.list_span(at), module_of(tokens, at).1)),
    };
    found.push(Directive {
        kind,
        span: tokens.list_span(open),
        module,
        thread,
    });
    if kind == DirectiveKind::Thread && thread.is_none() {
        let number = found.len() as u32 - 1;
        let is_inner = |at: usize| {
            !matches!(head(tokens, at), "" | "shared") && tokens.kind(at) == Some(TokenKind::Open)
        };
        let mut at = open + 1;
        while at < after && !is_inner(at) {
            at = match tokens.kind(at) {
                Some(TokenKind::Open | TokenKind::Annotation) => tokens.after(at),
                _ => at + 1,
            };
        }
        let last = match tokens.kind(after - 1) {
            Some(TokenKind::Close) => after - 1,
            _ => after,
        };
        list(tokens, at, last, Some(number), found);
    }
}

/// The keyword after a parenthesis; annotations may stand between.
fn head<'a>(tokens: &Tokens<'a>, open: usize) -> &'a str {
    if tokens.kind(open) != Some(TokenKind::Open) {
        return "";
    }
    let at = past_annotations(tokens, open + 1);
    match tokens.kind(at) {
        Some(TokenKind::Atom) => tokens.slice(at),
        _ => "",
    }
}

fn past_annotations(tokens: &Tokens<'_>, mut at: usize) -> usize {
    while tokens.kind(at) == Some(TokenKind::Annotation) {
        at = tokens.after(at);
    }
    at
}

/// What stands after `module` in the form that opens at a token.
fn module_of(tokens: &Tokens<'_>, open: usize) -> (DirectiveKind, ModuleForm) {
    let mut kind = DirectiveKind::Module;
    let mut at = past_annotations(tokens, past_annotations(tokens, open + 1) + 1);
    match tokens.slice(at) {
        "definition" => kind = DirectiveKind::Definition,
        "instance" => return (DirectiveKind::Instance, ModuleForm::Text),
        _ => {}
    }
    if kind != DirectiveKind::Module {
        at = past_annotations(tokens, at + 1);
    }
    if tokens.kind(at) == Some(TokenKind::Id) {
        at = past_annotations(tokens, at + 1);
    }
    let form = match tokens.slice(at) {
        "binary" => ModuleForm::Binary,
        "quote" => ModuleForm::Quote,
        _ => ModuleForm::Text,
    };
    (kind, form)
}

fn kind_of(keyword: &str) -> DirectiveKind {
    match keyword {
        "module" => DirectiveKind::Module,
        "register" => DirectiveKind::Register,
        "invoke" => DirectiveKind::Invoke,
        "get" => DirectiveKind::Get,
        "assert_return" => DirectiveKind::AssertReturn,
        "assert_trap" => DirectiveKind::AssertTrap,
        "assert_exhaustion" => DirectiveKind::AssertExhaustion,
        "assert_exception" => DirectiveKind::AssertException,
        "assert_suspension" => DirectiveKind::AssertSuspension,
        "assert_invalid" => DirectiveKind::AssertInvalid,
        "assert_malformed" => DirectiveKind::AssertMalformed,
        "assert_unlinkable" => DirectiveKind::AssertUnlinkable,
        "assert_invalid_custom" => DirectiveKind::AssertInvalidCustom,
        "assert_malformed_custom" => DirectiveKind::AssertMalformedCustom,
        "thread" => DirectiveKind::Thread,
        "wait" => DirectiveKind::Wait,
        _ => DirectiveKind::Unknown,
    }
}

/// One directive as the parser has it.
pub enum Parsed<'a> {
    Directive(WastDirective<'a>),
    /// `(get ...)` by itself, which the parser knows within assertions only.
    Action(WastExecute<'a>),
}

struct Whole<'a>(Parsed<'a>);

impl<'a> Parse<'a> for Whole<'a> {
    fn parse(parser: Parser<'a>) -> parser::Result<Whole<'a>> {
        // The annotations that a module may carry.
        let _custom = parser.register_annotation("custom");
        let _name = parser.register_annotation("name");
        let _producers = parser.register_annotation("producers");
        let _dylink = parser.register_annotation("dylink.0");
        let _hint = parser.register_annotation("metadata.code.branch_hint");
        parser.parens(|inner| {
            inner
                .parse()
                .map(|directive| Whole(Parsed::Directive(directive)))
        })
    }
}

struct Get<'a>(WastExecute<'a>);

impl<'a> Parse<'a> for Get<'a> {
    fn parse(parser: Parser<'a>) -> parser::Result<Get<'a>> {
        parser.parens(|inner| inner.parse().map(Get))
    }
}

/// Parses the text of one directive and hands it to `read`. Places in errors count from its start.
///
/// # Errors
///
/// What the parser says; [`directive_problem`] makes a sentence of it.
pub fn with_directive<R>(
    text: &str,
    kind: DirectiveKind,
    read: impl FnOnce(Parsed<'_>) -> R,
) -> Result<R, wast::Error> {
    let buffer = buffer(text)?;
    let parsed = match kind {
        DirectiveKind::Get => Parsed::Action(parser::parse::<Get<'_>>(&buffer)?.0),
        DirectiveKind::Parts => {
            let module = parser::parse::<Wat<'_>>(&buffer)?;
            Parsed::Directive(WastDirective::Module(QuoteWat::Wat(module)))
        }
        _ => parser::parse::<Whole<'_>>(&buffer)?.0,
    };
    Ok(read(parsed))
}

fn buffer(text: &str) -> Result<ParseBuffer<'_>, wast::Error> {
    let mut lexer = Lexer::new(text);
    // Legal, and some official scripts are about them.
    lexer.allow_confusing_unicode(true);
    ParseBuffer::new_with_lexer(lexer)
}

/// The binary of a module in a directive: text, bytes, or a text in quotes.
///
/// # Errors
///
/// Why it has none, as a sentence.
pub fn encode_module(source: &mut QuoteWat<'_>, text: &str) -> Result<Vec<u8>, String> {
    let quoted = match source.to_test() {
        Ok(QuoteWatTest::Binary(bytes)) => return Ok(bytes),
        Ok(QuoteWatTest::Text(quoted)) => quoted,
        Err(error) => return Err(parse_problem(text, &error).1),
    };
    let Ok(quoted) = String::from_utf8(quoted) else {
        return Err("the quoted text is not valid UTF-8".to_string());
    };
    let encode = || parser::parse::<Wat<'_>>(&buffer(&quoted)?)?.encode();
    encode().map_err(|error| parse_problem(&quoted, &error).1)
}

/// Place and sentence of what the parser says about a module.
fn parse_problem(text: &str, error: &wast::Error) -> (Span, String) {
    voice::parse::describe(&Tokens::new(text), error)
}

/// Place and sentence of what the parser says about a directive.
pub fn directive_problem(text: &str, kind: DirectiveKind, error: &wast::Error) -> (Span, String) {
    let tokens = Tokens::new(text);
    let word = past_annotations(&tokens, 1);
    if kind != DirectiveKind::Unknown || error.lex_error().is_some() {
        return voice::parse::describe(&tokens, error);
    }
    if tokens.kind(0) != Some(TokenKind::Open) {
        let span = tokens.get(0).map_or(Span::new(0, 0), |first| first.span);
        let found = voice::parse::quote(span.slice(text));
        return (
            span,
            format!("a directive in parentheses is expected here, found {found}"),
        );
    }
    let span = tokens.get(word).map_or(Span::new(0, 1), |word| word.span);
    let found = voice::parse::quote(span.slice(text));
    (
        span,
        format!(
            "{found} is no directive of a script; known are module, register, invoke, get and assertions"
        ),
    )
}

/// The text of a module in a script as the text of a module alone, of the same length: without
/// the keyword `definition`.
pub fn module_text(script: &str, span: Span) -> String {
    let mut text = span.slice(script).to_owned();
    let tokens = Tokens::new(&text);
    let at = past_annotations(&tokens, past_annotations(&tokens, 1) + 1);
    if tokens.slice(at) == "definition" {
        let Span { start, end } = tokens.list[at].span;
        let blank = " ".repeat((end - start) as usize);
        text.replace_range(start as usize..end as usize, &blank);
    }
    text
}
