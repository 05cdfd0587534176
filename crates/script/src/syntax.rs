//! The grammar of directives, apart from the modules in them: names, actions, values, patterns.
//!
//! Read from tokens, since the parser's own type for directives would make the core a good deal
//! larger; only floats and strings are left to the parser.

use waspnest::{Shape, Top};
use waspnest_srcmap::{Span, TokenKind, Tokens, parse_buffer, parse_problem};
use wast::parser::{self, Parse};
use wast::token::{F32, F64};

use crate::values::{Lane, Pattern, RefKind};

/// Place, and a sentence.
pub(crate) type Problem = (Span, String);

/// What an action is made of.
pub(crate) struct Act {
    pub(crate) instance: Option<String>,
    pub(crate) export: String,
    /// The arguments; `None` for the value of a global.
    pub(crate) args: Option<Vec<Pattern>>,
}

/// Everything in a directive but its keyword and its module, as far as it is there.
#[derive(Default)]
pub(crate) struct Parts {
    /// `$names`.
    pub(crate) names: Vec<String>,
    pub(crate) act: Option<Act>,
    pub(crate) results: Vec<Pattern>,
    /// A name to register, or the wording of a failure.
    pub(crate) text: Option<String>,
    /// The instance that a thread shares.
    pub(crate) shared: Option<String>,
    /// The strings of `(module quote ...)`.
    pub(crate) quoted: Vec<u8>,
}

impl Parts {
    /// Reads a directive, passing over its module.
    pub(crate) fn read(text: &str) -> Result<Parts, Problem> {
        let tokens = Tokens::new(text);
        let mut reader = Reader {
            tokens: &tokens,
            at: 0,
        };
        let mut parts = Parts::default();
        if matches!(reader.head(), "invoke" | "get") {
            parts.act = Some(reader.act()?);
        } else {
            reader.open()?;
            reader.directive(&mut parts)?;
            reader.close()?;
        }
        Ok(parts)
    }
}

/// The name that stands at a place.
pub(crate) fn name_of(id: &str) -> String {
    let name = id.strip_prefix('$').unwrap_or(id);
    let quoted = name
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    quoted.unwrap_or(name).to_owned()
}

struct Reader<'a> {
    tokens: &'a Tokens<'a>,
    at: usize,
}

impl Reader<'_> {
    fn kind(&mut self) -> Option<TokenKind> {
        while self.tokens.kind(self.at) == Some(TokenKind::Annotation) {
            self.at = self.tokens.after(self.at);
        }
        self.tokens.kind(self.at)
    }

    fn slice(&self) -> &str {
        self.tokens.slice(self.at)
    }

    /// The keyword of the list that comes next.
    fn head(&mut self) -> &str {
        match self.kind() {
            Some(TokenKind::Open) => {
                let mut inner = Reader {
                    tokens: self.tokens,
                    at: self.at + 1,
                };
                match inner.kind() {
                    Some(TokenKind::Atom) => self.tokens.slice(inner.at),
                    _ => "",
                }
            }
            _ => "",
        }
    }

    fn take(&mut self, wanted: TokenKind, what: &str) -> Result<usize, Problem> {
        if self.kind() != Some(wanted) {
            return Err(self.expected(what));
        }
        self.at += 1;
        Ok(self.at - 1)
    }

    fn open(&mut self) -> Result<(), Problem> {
        self.take(TokenKind::Open, "(").map(|_| ())
    }

    fn close(&mut self) -> Result<(), Problem> {
        self.take(TokenKind::Close, ")").map(|_| ())
    }

    fn keyword(&mut self) -> Result<&str, Problem> {
        let at = self.take(TokenKind::Atom, "a keyword")?;
        Ok(self.tokens.slice(at))
    }

    fn name(&mut self) -> Option<String> {
        if self.kind() != Some(TokenKind::Id) {
            return None;
        }
        self.at += 1;
        Some(name_of(self.tokens.slice(self.at - 1)))
    }

    fn string(&mut self) -> Result<String, Problem> {
        let bytes = self.bytes()?;
        String::from_utf8(bytes).map_err(|_| {
            self.at -= 1;
            self.problem("this string is not valid UTF-8")
        })
    }

    fn bytes(&mut self) -> Result<Vec<u8>, Problem> {
        let at = self.take(TokenKind::String, "a string")?;
        self.parsed::<Bytes>(at).map(|bytes| bytes.0)
    }

    /// What the parser makes of a token.
    fn parsed<T: for<'b> Parse<'b>>(&self, at: usize) -> Result<T, Problem> {
        let text = self.tokens.slice(at);
        let read = || parser::parse::<T>(&parse_buffer(text)?);
        read().map_err(|error| {
            let (span, message) = parse_problem(text, &error);
            let start = self.span_of(at).start;
            (Span::new(span.start + start, span.end + start), message)
        })
    }

    fn span_of(&self, at: usize) -> Span {
        match self.tokens.get(at).or(self.tokens.list.last().copied()) {
            Some(token) => token.span,
            None => Span::new(0, 0),
        }
    }

    fn problem(&self, message: &str) -> Problem {
        (self.span_of(self.at), message.to_owned())
    }

    fn expected(&self, what: &str) -> Problem {
        // The list that is never closed says more than the place where the text ends.
        match (self.tokens.get(self.at), self.tokens.head(0)) {
            (None, head) if !head.is_empty() => {
                let start = self.span_of(0).start;
                let end = self.span_of(1).end;
                (Span::new(start, end), format!("({head} is never closed"))
            }
            _ => {
                let found = waspnest_srcmap::quote(self.tokens.slice(self.at));
                let message = format!("{what} is expected here, found {found}");
                (self.span_of(self.at), message)
            }
        }
    }

    fn directive(&mut self, parts: &mut Parts) -> Result<(), Problem> {
        let keyword = self.keyword()?.to_owned();
        if keyword == "register" {
            parts.text = Some(self.string()?);
        }
        loop {
            if let Some(name) = self.name() {
                parts.names.push(name);
            } else if keyword == "module" && self.kind() == Some(TokenKind::Atom) {
                // `instance`, `definition` or `quote`.
                self.at += 1;
            } else {
                break;
            }
        }
        if keyword == "module" {
            while self.kind() == Some(TokenKind::String) {
                parts.quoted.extend(self.bytes()?);
                parts.quoted.push(b' ');
            }
        }
        if keyword == "thread" {
            self.shared(parts);
        }
        if !keyword.starts_with("assert_") {
            return Ok(());
        }
        match self.head() {
            "invoke" | "get" => parts.act = Some(self.act()?),
            "module" => self.at = self.tokens.after(self.at),
            _ => {}
        }
        if keyword == "assert_return" {
            parts.results = self.values()?;
        } else if keyword != "assert_exception" {
            parts.text = Some(self.string()?);
        }
        Ok(())
    }

    /// `(shared (module $M))`. What follows in a thread is read directive by directive.
    fn shared(&mut self, parts: &mut Parts) {
        if self.head() == "shared" {
            let end = self.tokens.after(self.at);
            let id = (self.at..end).find(|at| self.tokens.kind(*at) == Some(TokenKind::Id));
            parts.shared = id.map(|at| name_of(self.tokens.slice(at)));
            self.at = end;
        }
        while self.kind() == Some(TokenKind::Open) {
            self.at = self.tokens.after(self.at);
        }
    }

    fn act(&mut self) -> Result<Act, Problem> {
        self.open()?;
        let is_get = self.keyword()? == "get";
        let instance = self.name();
        let export = self.string()?;
        let args = match is_get {
            true => None,
            false => Some(self.values()?),
        };
        self.close()?;
        Ok(Act {
            instance,
            export,
            args,
        })
    }

    /// All values or patterns up to the end of the list.
    fn values(&mut self) -> Result<Vec<Pattern>, Problem> {
        let mut values = Vec::new();
        while self.kind() != Some(TokenKind::Close) {
            self.open()?;
            values.push(self.value()?);
            self.close()?;
        }
        Ok(values)
    }

    /// A value or a pattern: what stands between the parentheses.
    fn value(&mut self) -> Result<Pattern, Problem> {
        let keyword = self.keyword()?.to_owned();
        Ok(match &*keyword {
            "i32.const" => Pattern::I32(self.integer(32)? as i32),
            "i64.const" => Pattern::I64(self.integer(64)? as i64),
            "f32.const" => Pattern::F32(self.float(32)?),
            "f64.const" => Pattern::F64(self.float(64)?),
            "v128.const" => self.vector()?,
            "ref.null" => match self.kind() {
                Some(TokenKind::Atom) => Pattern::Null(top_of(self.keyword()?)),
                Some(TokenKind::Id) => {
                    self.at += 1;
                    Pattern::Null(None)
                }
                _ => Pattern::Null(None),
            },
            "ref.extern" => Pattern::Extern(self.number()?),
            "ref.func" => Pattern::Func(self.number()?),
            "ref.host" => Pattern::Host(self.integer(32)? as u32),
            "ref.any" => Pattern::Any(RefKind::Any),
            "ref.eq" => Pattern::Any(RefKind::Eq),
            "ref.i31" => Pattern::Any(RefKind::I31),
            "ref.struct" => Pattern::Any(RefKind::Struct),
            "ref.array" => Pattern::Any(RefKind::Array),
            "either" => Pattern::Either(self.values()?),
            _ => {
                self.at -= 1;
                return Err(self.expected("a value such as (i32.const 1)"));
            }
        })
    }

    fn number(&mut self) -> Result<Option<u32>, Problem> {
        match self.kind() {
            Some(TokenKind::Atom) => Ok(Some(self.integer(32)? as u32)),
            _ => Ok(None),
        }
    }

    /// An integer of some bits, signed or unsigned, as its bits.
    fn integer(&mut self, bits: u32) -> Result<u64, Problem> {
        match integer(self.slice(), bits) {
            Some(value) if self.kind() == Some(TokenKind::Atom) => {
                self.at += 1;
                Ok(value)
            }
            _ => Err(self.expected(match bits {
                8 => "a number (i8)",
                16 => "a number (i16)",
                32 => "a number (i32)",
                _ => "a number (i64)",
            })),
        }
    }

    fn float(&mut self, bits: u32) -> Result<Lane, Problem> {
        let at = self.take(TokenKind::Atom, "a number")?;
        Ok(match self.tokens.slice(at) {
            "nan:canonical" => Lane::CanonicalNan,
            "nan:arithmetic" => Lane::ArithmeticNan,
            _ if bits == 32 => Lane::Bits(self.parsed::<F32>(at)?.bits.into()),
            _ => Lane::Bits(self.parsed::<F64>(at)?.bits),
        })
    }

    fn vector(&mut self) -> Result<Pattern, Problem> {
        let shape = Shape::ALL
            .into_iter()
            .find(|shape| shape.name() == self.slice());
        let Some(shape) = shape else {
            return Err(self.expected("a shape of lanes such as i32x4"));
        };
        self.at += 1;
        let mut lanes = Vec::with_capacity(16);
        for _ in 0..128 / shape.bits() {
            lanes.push(match shape {
                Shape::F32x4 | Shape::F64x2 => self.float(shape.bits())?,
                _ => Lane::Bits(self.integer(shape.bits())?),
            });
        }
        Ok(Pattern::V128(shape, lanes))
    }
}

/// The content of a string.
struct Bytes(Vec<u8>);

impl<'a> Parse<'a> for Bytes {
    fn parse(parser: parser::Parser<'a>) -> parser::Result<Bytes> {
        parser.parse::<&[u8]>().map(|bytes| Bytes(bytes.to_vec()))
    }
}

/// Spec: [integers](https://webassembly.github.io/spec/core/text/values.html#integers).
fn integer(text: &str, bits: u32) -> Option<u64> {
    let (is_negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (radix, digits) = match digits.strip_prefix("0x") {
        Some(digits) => (16, digits),
        None => (10, digits),
    };
    let is_single = |at: usize| {
        let next = digits.as_bytes().get(at + 1);
        at > 0 && next.is_some_and(|next| *next != b'_')
    };
    let mut value: u64 = 0;
    for (at, ch) in digits.char_indices() {
        if ch == '_' && is_single(at) {
            continue;
        }
        let digit = ch.to_digit(radix)?;
        value = value.checked_mul(radix.into())?.checked_add(digit.into())?;
    }
    let mask = u64::MAX >> (64 - bits);
    let limit = match is_negative {
        true => 1 << (bits - 1),
        false => mask,
    };
    match (digits.is_empty(), value <= limit) {
        (false, true) if is_negative => Some(value.wrapping_neg() & mask),
        (false, true) => Some(value),
        _ => None,
    }
}

/// The family of a heap type; `None` for what the machine does not have.
fn top_of(heap: &str) -> Option<Top> {
    Some(match heap {
        "func" | "nofunc" => Top::Func,
        "extern" | "noextern" => Top::Extern,
        "exn" | "noexn" => Top::Exn,
        "any" | "none" | "eq" | "i31" | "struct" | "array" => Top::Any,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_as_the_specification_writes_them() {
        let check =
            |text: &str, bits, expected| assert_eq!(integer(text, bits), expected, "{text}");
        check("0", 32, Some(0));
        check("-1", 32, Some(0xffff_ffff));
        check("+0x1_0", 8, Some(16));
        check("4294967295", 32, Some(0xffff_ffff));
        check("4294967296", 32, None);
        check("-2147483648", 32, Some(0x8000_0000));
        check("-2147483649", 32, None);
        check("0xffff_ffff_ffff_ffff", 64, Some(u64::MAX));
        check("18446744073709551616", 64, None);
        check("-0x8000000000000000", 64, Some(1 << 63));
        for wrong in [
            "", "-", "0x", "_1", "1_", "1__0", "0x_1", "1a", "1.0", "--1",
        ] {
            check(wrong, 32, None);
        }
    }
}
