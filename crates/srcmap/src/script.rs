//! Scripts in the `.wast` format of the official test suite: where their directives stand, and
//! the modules in them.
//!
//! A directive is found by its parentheses, without being read. So one that is broken leaves the
//! others readable, and a script of a hundred thousand directives is listed at once.

use wast::Wat;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};

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

impl DirectiveKind {
    /// All kinds, in the order of their numbers.
    pub const ALL: &[DirectiveKind] = &[
        DirectiveKind::Module,
        DirectiveKind::Parts,
        DirectiveKind::Definition,
        DirectiveKind::Instance,
        DirectiveKind::Register,
        DirectiveKind::Invoke,
        DirectiveKind::Get,
        DirectiveKind::AssertReturn,
        DirectiveKind::AssertTrap,
        DirectiveKind::AssertExhaustion,
        DirectiveKind::AssertException,
        DirectiveKind::AssertSuspension,
        DirectiveKind::AssertInvalid,
        DirectiveKind::AssertMalformed,
        DirectiveKind::AssertUnlinkable,
        DirectiveKind::AssertInvalidCustom,
        DirectiveKind::AssertMalformedCustom,
        DirectiveKind::Thread,
        DirectiveKind::Wait,
        DirectiveKind::Unknown,
    ];

    /// The keyword, or a word for what has none.
    pub fn name(self) -> &'static str {
        match self {
            DirectiveKind::Module | DirectiveKind::Parts => "module",
            DirectiveKind::Definition => "module definition",
            DirectiveKind::Instance => "module instance",
            DirectiveKind::Register => "register",
            DirectiveKind::Invoke => "invoke",
            DirectiveKind::Get => "get",
            DirectiveKind::AssertReturn => "assert_return",
            DirectiveKind::AssertTrap => "assert_trap",
            DirectiveKind::AssertExhaustion => "assert_exhaustion",
            DirectiveKind::AssertException => "assert_exception",
            DirectiveKind::AssertSuspension => "assert_suspension",
            DirectiveKind::AssertInvalid => "assert_invalid",
            DirectiveKind::AssertMalformed => "assert_malformed",
            DirectiveKind::AssertUnlinkable => "assert_unlinkable",
            DirectiveKind::AssertInvalidCustom => "assert_invalid_custom",
            DirectiveKind::AssertMalformedCustom => "assert_malformed_custom",
            DirectiveKind::Thread => "thread",
            DirectiveKind::Wait => "wait",
            DirectiveKind::Unknown => "unknown",
        }
    }
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
    /// The `$name` of that module.
    pub name: Option<Span>,
    /// The `thread` directive that it stands in, by its number.
    pub thread: Option<u32>,
    /// Whether it calls a function: an export, or a start function written as text.
    pub calls: bool,
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
            name: None,
            thread: None,
            calls: has_start(&tokens, 0, tokens.list.len()),
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
                    name: None,
                    thread,
                    calls: false,
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
    let at = match kind {
        DirectiveKind::Module => Some(open),
        DirectiveKind::Thread | DirectiveKind::Unknown => None,
        _ => (open + 1..after).find(|at| head(tokens, *at) == "module"),
    };
    let (mut module, mut name) = (None, None);
    if let Some(at) = at {
        let found = module_at(tokens, at);
        if kind == DirectiveKind::Module {
            kind = found.kind;
        }
        if kind != DirectiveKind::Instance {
            module = Some((tokens.list_span(at), found.form));
            name = found.name;
        }
    }
    found.push(Directive {
        kind,
        span: tokens.list_span(open),
        module,
        name,
        thread,
        calls: calls(tokens, kind, open, after),
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

fn calls(tokens: &Tokens<'_>, kind: DirectiveKind, open: usize, after: usize) -> bool {
    match kind {
        DirectiveKind::Invoke => true,
        DirectiveKind::Module => has_start(tokens, open + 1, after),
        DirectiveKind::AssertReturn
        | DirectiveKind::AssertTrap
        | DirectiveKind::AssertExhaustion
        | DirectiveKind::AssertException
        | DirectiveKind::AssertSuspension => {
            let inner = (open + 1..after).find(|at| !head(tokens, *at).is_empty());
            inner.is_some_and(|at| match head(tokens, at) {
                "invoke" => true,
                "module" => has_start(tokens, at + 1, tokens.after(at)),
                _ => false,
            })
        }
        _ => false,
    }
}

/// Whether one of the lists between two tokens is a `(start ...)`.
fn has_start(tokens: &Tokens<'_>, mut at: usize, to: usize) -> bool {
    while at < to {
        if head(tokens, at) == "start" {
            return true;
        }
        at = match tokens.kind(at) {
            Some(TokenKind::Open | TokenKind::Annotation) => tokens.after(at),
            _ => at + 1,
        };
    }
    false
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

struct ModuleHead {
    kind: DirectiveKind,
    name: Option<Span>,
    form: ModuleForm,
}

/// What stands after `module` in the form that opens at a token.
fn module_at(tokens: &Tokens<'_>, open: usize) -> ModuleHead {
    let mut head = ModuleHead {
        kind: DirectiveKind::Module,
        name: None,
        form: ModuleForm::Text,
    };
    let mut at = past_annotations(tokens, past_annotations(tokens, open + 1) + 1);
    head.kind = match tokens.slice(at) {
        "definition" => DirectiveKind::Definition,
        "instance" => DirectiveKind::Instance,
        _ => DirectiveKind::Module,
    };
    if head.kind != DirectiveKind::Module {
        at = past_annotations(tokens, at + 1);
    }
    if tokens.kind(at) == Some(TokenKind::Id) {
        head.name = tokens.get(at).map(|name| name.span);
        at = past_annotations(tokens, at + 1);
    }
    head.form = match tokens.slice(at) {
        "binary" => ModuleForm::Binary,
        "quote" => ModuleForm::Quote,
        _ => ModuleForm::Text,
    };
    head
}

fn kind_of(keyword: &str) -> DirectiveKind {
    // Two of the names are two words, which no keyword is.
    let mut kinds = DirectiveKind::ALL.iter().copied();
    kinds
        .find(|kind| kind.name() == keyword)
        .unwrap_or(DirectiveKind::Unknown)
}

/// Why a text has no binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unencoded {
    /// Whether it is the grammar that it breaks, not a name that stands for nothing.
    pub is_grammar: bool,
    /// Where.
    pub span: Span,
    /// A sentence.
    pub message: String,
}

/// The binary of a module's text, valid or not.
///
/// # Errors
///
/// What is wrong with the text.
pub fn encode(text: &str) -> Result<Vec<u8>, Unencoded> {
    let problem = |is_grammar: bool, error: wast::Error| {
        let (span, message) = parse_problem(text, &error);
        Unencoded {
            is_grammar,
            span,
            message,
        }
    };
    let buffer = parse_buffer(text).map_err(|error| problem(true, error))?;
    let mut wat = parser::parse::<Wat<'_>>(&buffer).map_err(|error| problem(true, error))?;
    wat.encode().map_err(|error| problem(false, error))
}

/// The tokens of a text, for a parser.
///
/// # Errors
///
/// What the lexer says; [`parse_problem`] makes a sentence of it.
pub fn parse_buffer(text: &str) -> Result<ParseBuffer<'_>, wast::Error> {
    let mut lexer = Lexer::new(text);
    // Legal, and some official scripts are about them.
    lexer.allow_confusing_unicode(true);
    ParseBuffer::new_with_lexer(lexer)
}

/// Place and sentence of what a parser says about a text.
pub fn parse_problem(text: &str, error: &wast::Error) -> (Span, String) {
    voice::parse::describe(&Tokens::new(text), error)
}

/// Place and sentence of what makes a text no directive at all.
pub fn unknown_directive(text: &str) -> (Span, String) {
    let tokens = Tokens::new(text);
    let is_list = tokens.kind(0) == Some(TokenKind::Open);
    let word = match is_list {
        true => past_annotations(&tokens, 1),
        false => 0,
    };
    let span = tokens.get(word).map_or(Span::new(0, 1), |word| word.span);
    let found = voice::parse::quote(span.slice(text));
    let message = match is_list {
        true => format!(
            "{found} is no directive of a script; known are module, register, invoke, get and assertions"
        ),
        false => format!("a directive in parentheses is expected here, found {found}"),
    };
    (span, message)
}

/// The text of a module in a script as the text of a module alone, of the same length: without
/// the keyword `definition`.
pub fn module_text(script: &str, span: Span) -> String {
    let mut text = span.slice(script).to_owned();
    let tokens = Tokens::new(&text);
    let at = past_annotations(&tokens, past_annotations(&tokens, 1) + 1);
    if tokens.slice(at) == "definition" {
        let Span { start, end } = tokens.list[at].span;
        let blanks = " ".repeat((end - start) as usize);
        text.replace_range(start as usize..end as usize, &blanks);
    }
    text
}
