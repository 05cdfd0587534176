//! Sentences for errors of the grammar and of names.

use wast::lexer::LexError;

use crate::assemble::COMPONENT;
use crate::lex::{NONE, TokenKind, Tokens};
use crate::span::Span;
use crate::symbols::SymbolKind;
use crate::voice::mnemonic;

/// Longest piece of the text that a sentence quotes, in characters; chosen.
const LONGEST_QUOTE: usize = 40;

/// Place and sentence of a parser's or resolver's error.
pub(crate) fn describe(tokens: &Tokens<'_>, error: &wast::Error) -> (Span, String) {
    let offset = error.span().offset().min(tokens.text.len()) as u32;
    if let Some(error) = error.lex_error() {
        return lexical(tokens, offset, error);
    }
    let message = error.message();
    let at = tokens.at_position(offset);
    let Some(token) = tokens.get(at) else {
        return at_end(tokens, &message);
    };
    let sentence = sentence(tokens, at, &message);
    let span = match (token.kind, tokens.get(at + 1)) {
        // An opening parenthesis alone says little: mark the keyword after it too.
        (TokenKind::Open, Some(next)) if next.kind == TokenKind::Atom => {
            Span::new(token.span.start, next.span.end)
        }
        _ => token.span,
    };
    (span, sentence)
}

pub(crate) fn unknown_name(kind: SymbolKind, name: &str) -> String {
    let what = match kind {
        SymbolKind::Func => "function",
        SymbolKind::Local => "local",
        SymbolKind::Label => "block around this is",
        SymbolKind::Global => "global",
        SymbolKind::Table => "table",
        SymbolKind::Memory => "memory",
        SymbolKind::Type => "type",
        SymbolKind::Data => "data segment",
        SymbolKind::Elem => "element segment",
        SymbolKind::Field => "field of this type",
        SymbolKind::Tag => "tag",
    };
    let name = quote(name);
    match kind {
        SymbolKind::Label => format!("no {what} called {name}"),
        _ => format!("there is no {what} called {name}"),
    }
}

fn lexical(tokens: &Tokens<'_>, offset: u32, error: &LexError) -> (Span, String) {
    let text = tokens.text;
    let rest = text.get(offset as usize..).unwrap_or("");
    let width = rest.chars().next().map_or(0, char::len_utf8) as u32;
    let span = Span::new(offset, offset + width);
    let sentence = match error {
        LexError::DanglingBlockComment => {
            let start = tokens.unclosed_comment.unwrap_or(offset);
            let span = Span::new(start, start + 2);
            return (span, "this comment is never closed with ;)".to_string());
        }
        LexError::Unexpected(ch) => format!("{} has no meaning here", character(*ch)),
        LexError::InvalidStringElement(ch) => match ch {
            '\n' | '\r' => "this string is not closed before the end of the line".to_string(),
            ch => format!(
                "a string may not contain {}; write it as \\{:02x}",
                character(*ch),
                *ch as u32
            ),
        },
        LexError::InvalidStringEscape(ch) => format!(
            "\\{} is no escape; known are \\t \\n \\r \\\" \\' \\\\ \\u{{...}} and two hex digits",
            shown(*ch)
        ),
        LexError::InvalidHexDigit(ch) => format!("{} is no hexadecimal digit", character(*ch)),
        LexError::InvalidDigit(ch) => format!("{} is no digit", character(*ch)),
        LexError::Expected { wanted, found } => {
            format!(
                "{} is expected here, found {}",
                character(*wanted),
                character(*found)
            )
        }
        LexError::UnexpectedEof => {
            let last = tokens.list.last().map_or(span, |last| last.span);
            return (last, "this string is not closed".to_string());
        }
        LexError::NumberTooBig => "this number is too large".to_string(),
        LexError::InvalidUnicodeValue(value) => {
            format!("\\u{{{value:x}}} is no Unicode character")
        }
        LexError::LoneUnderscore => {
            "an underscore in a number must stand between two digits".to_string()
        }
        LexError::EmptyId => "a name is missing after $".to_string(),
        LexError::EmptyAnnotation => "a name is missing after (@".to_string(),
        LexError::InvalidUtf8Id(_) => "this name is not valid UTF-8".to_string(),
        other => other.to_string(),
    };
    (span, sentence)
}

fn at_end(tokens: &Tokens<'_>, message: &str) -> (Span, String) {
    let open = tokens.list.iter().rposition(|token| {
        matches!(token.kind, TokenKind::Open | TokenKind::Annotation) && token.mate == NONE
    });
    if let Some(open) = open {
        let head = tokens.head(open);
        let token = tokens.list[open].span;
        let end = tokens
            .list
            .get(open + 1)
            .map_or(token.end, |next| next.span.end);
        let span = if head.is_empty() {
            token
        } else {
            Span::new(token.start, end)
        };
        return (span, format!("({head} is never closed"));
    }
    let end = tokens.text.len() as u32;
    let span = match tokens.list.last() {
        Some(last) => last.span,
        None => Span::new(0, end.min(1)),
    };
    if tokens.list.is_empty() {
        return (
            span,
            "there is no module here yet; write (module ...)".to_string(),
        );
    }
    (
        span,
        format!("the text ends too early; {}", expectation(message)),
    )
}

/// What is expected, from the parser's own words.
fn expectation(message: &str) -> String {
    match message.strip_prefix("expected ") {
        Some("`(`") => "( is expected".to_string(),
        Some("`)`") => ") is expected".to_string(),
        Some(rest) => format!("{} is expected", rest.replace('`', "")),
        None => message.replace('`', ""),
    }
}

fn sentence(tokens: &Tokens<'_>, at: usize, message: &str) -> String {
    let found = quote(tokens.slice(at));
    let kind = tokens.kind(at);
    if let Some(rest) = message.strip_prefix("unknown ")
        && let Some((namespace, name)) = rest.split_once(": failed to find name `")
    {
        let name = name.trim_end_matches('`');
        if let Some(kind) = SymbolKind::from_namespace(namespace) {
            return unknown_name(kind, name);
        }
    }
    if let Some(rest) = message.strip_prefix("duplicate identifier: duplicate ") {
        let what = rest.split(" named ").next().unwrap_or(rest);
        return format!("there is another {} called {found}", long_name(what));
    }
    if let Some(rest) = message.strip_prefix("duplicate ")
        && let Some(what) = rest.strip_suffix(" identifier")
    {
        return format!("there is another {} called {found}", long_name(what));
    }
    if let Some(rest) = message.strip_prefix("import after ") {
        return format!("imports must come before the first {}", long_name(rest));
    }
    if let Some(rest) = message.strip_prefix("invalid ")
        && let Some((ty, _)) = rest.split_once(" number: constant out of range")
    {
        return out_of_range(&found, ty);
    }
    match message {
        "unknown operator or unexpected token" => return unknown_word(tokens, at),
        "expected an instruction" => {
            return match kind {
                Some(TokenKind::Close) => ") is too many here".to_string(),
                _ => format!("an instruction is expected here, found {found}"),
            };
        }
        "extra tokens remaining after parse" => {
            return match kind {
                Some(TokenKind::Close) => ") is too many here; no parenthesis is open".to_string(),
                _ => format!("the module ends before this; {found} is too much"),
            };
        }
        "expected `)`" => {
            return match kind {
                Some(TokenKind::Atom) => unknown_word(tokens, at),
                _ => format!(") is expected here, found {found}"),
            };
        }
        "expected `(`" => return format!("( is expected here, found {found}"),
        "expected valid module field" | "expected at least one module field" => {
            return module_field(tokens, at);
        }
        "support for parsing components disabled at compile time" => return COMPONENT.to_string(),
        "expected keyword `shared`" => return format!("a type is expected here, found {found}"),
        "previous `if` had no `then`" => {
            return "this (if ...) has no (then ...)".to_string();
        }
        "unexpected token: too many payloads inside of `(if)`" => {
            return "nothing may follow (else ...) in an (if ...)".to_string();
        }
        "mismatching labels between end and block" => {
            return format!("{found} is not the name of the block that ends here");
        }
        "inline function type doesn't match type reference" => {
            return "the parameters and results written here differ from those of the type it names"
                .to_string();
        }
        "unknown type: type index out of bounds" => {
            return "there is no type of this index".to_string();
        }
        "invalid type: not a function type" => {
            return "this type is not a function type".to_string();
        }
        "item nesting too deep" => {
            return "parentheses are nested too deeply here; at most 100 levels outside of code"
                .to_string();
        }
        "malformed UTF-8 encoding" => return "this string is not valid UTF-8".to_string(),
        "u64 constant out of range" => return out_of_range(&found, "u64"),
        "invalid float value: constant out of range" => {
            return format!("{found} is too large for this type");
        }
        "expected a [type].const expression" => {
            return format!("a value such as (i32.const 1) is expected here, found {found}");
        }
        "alignment must be a power of two" => {
            return "align must be 1, 2, 4, 8 or 16".to_string();
        }
        "identifier not allowed" => {
            return format!("a name is not allowed here, found {found}");
        }
        _ => {}
    }
    if message.starts_with("unexpected token, expected one of: ")
        || message.starts_with("unexpected token, expected ")
    {
        let wanted = message
            .trim_start_matches("unexpected token, expected ")
            .trim_start_matches("one of: ")
            .replace('`', "");
        if wanted.starts_with("i32, i64, ") {
            return format!("a type is expected here, found {found}");
        }
        let wanted = wanted
            .replace("an identifier", "a name")
            .replace("lparen", "(");
        return format!("{wanted} is expected here, found {found}");
    }
    if message.starts_with("result before parameter") {
        return "parameters must come before results".to_string();
    }
    if let Some(ty @ ("i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "float")) =
        message.strip_prefix("expected a ")
    {
        return format!("a number ({ty}) is expected here, found {found}");
    }
    if let Some(wanted) = message.strip_prefix("expected ") {
        return format!(
            "{} is expected here, found {found}",
            wanted.replace('`', "")
        );
    }
    if message.starts_with("unexpected") {
        return format!("{found} is not expected here");
    }
    message.replace('`', "")
}

fn out_of_range(found: &str, ty: &str) -> String {
    let range = match ty {
        "i8" => "-128 to 255",
        "i16" => "-32768 to 65535",
        "i32" => "-2147483648 to 4294967295",
        "i64" => "-9223372036854775808 to 18446744073709551615",
        "u32" => "0 to 4294967295",
        "u64" => "0 to 18446744073709551615",
        _ => return format!("{found} is out of range"),
    };
    format!("{found} is out of range; {ty} holds {range}")
}

/// A keyword that stands for nothing.
fn unknown_word(tokens: &Tokens<'_>, at: usize) -> String {
    let word = tokens.slice(at);
    let found = quote(word);
    if tokens.kind(at) != Some(TokenKind::Atom) {
        return format!("an instruction is expected here, found {found}");
    }
    if word.starts_with(|ch: char| ch.is_ascii_digit() || matches!(ch, '+' | '-')) {
        return format!("the number {found} is not expected here");
    }
    if let Some(renamed) = renamed(word) {
        return format!("{found} is an old name; it is now {renamed}");
    }
    if mnemonic::all().any(|name| name == word) {
        return format!("the instruction {found} is not expected here");
    }
    match word {
        "then" | "else" | "param" | "result" | "local" | "type" | "export" | "import" | "func"
        | "module" | "memory" | "table" | "global" | "data" | "elem" | "start" | "tag" => {
            let is_field = !matches!(
                word,
                "then" | "else" | "param" | "result" | "local" | "type" | "export" | "import"
            );
            return match tokens.kind(at.wrapping_sub(1)) {
                Some(TokenKind::Open) if is_field => {
                    format!("{found} may not stand here; a ) may be missing before it")
                }
                _ => format!("{found} may not stand here"),
            };
        }
        _ => {}
    }
    match mnemonic::nearest(word) {
        Some(near) => format!("{found} is no instruction; did you mean {near}"),
        None => format!("{found} is no instruction"),
    }
}

/// Names of instructions before version 1.0 of the specification, still seen in tutorials.
fn renamed(word: &str) -> Option<&'static str> {
    Some(match word {
        "get_local" => "local.get",
        "set_local" => "local.set",
        "tee_local" => "local.tee",
        "get_global" => "global.get",
        "set_global" => "global.set",
        "current_memory" => "memory.size",
        "grow_memory" => "memory.grow",
        "i32.wrap/i64" => "i32.wrap_i64",
        "i64.extend_s/i32" => "i64.extend_i32_s",
        "i64.extend_u/i32" => "i64.extend_i32_u",
        "f64.promote/f32" => "f64.promote_f32",
        "f32.demote/f64" => "f32.demote_f64",
        _ => return None,
    })
}

fn module_field(tokens: &Tokens<'_>, at: usize) -> String {
    let at = match tokens.kind(at) {
        Some(TokenKind::Open) => at + 1,
        _ => at,
    };
    let word = tokens.slice(at);
    let found = quote(word);
    if word.starts_with("assert_") || matches!(word, "invoke" | "register" | "thread") {
        return format!(
            "{found} belongs to a test script (.wast); a module's text has no commands"
        );
    }
    if mnemonic::all().any(|name| name == word) {
        return format!("the instruction {found} must stand inside of a (func ...)");
    }
    if tokens.kind(at) != Some(TokenKind::Atom) {
        return format!("a part of the module, such as func, is expected here, found {found}");
    }
    format!(
        "{found} is no part of a module; known are type, rec, import, func, table, memory, global, \
         tag, export, start, elem and data"
    )
}

/// The parser's short names of the index spaces, spelled out.
fn long_name(short: &str) -> &str {
    match short {
        "func" => "function",
        "elem" => "element segment",
        "data" => "data segment",
        other => other,
    }
}

/// A piece of the text for use in a sentence: short, and on one line.
pub fn quote(text: &str) -> String {
    let mut quoted: String = text.chars().take(LONGEST_QUOTE).map(shown).collect();
    if text.chars().nth(LONGEST_QUOTE).is_some() {
        quoted.push('…');
    }
    quoted
}

fn shown(ch: char) -> String {
    match ch {
        ch if ch.is_control()
            || matches!(ch, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}') =>
        {
            format!("U+{:04X}", ch as u32)
        }
        ch => ch.to_string(),
    }
}

fn character(ch: char) -> String {
    match ch {
        ' ' => "a space".to_string(),
        '\t' => "a tab".to_string(),
        '\n' | '\r' => "a line break".to_string(),
        ch => shown(ch),
    }
}
