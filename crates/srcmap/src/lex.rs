//! Tokens of the text format (specification, Text Format, Lexical Format), for texts that may be
//! broken: never fails, pairs the parentheses as far as they go. Comments are left out.

use crate::span::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// `(`.
    Open,
    /// `(@name`: an annotation.
    Annotation,
    /// `)`.
    Close,
    /// A keyword, a number or any other run of identifier characters.
    Atom,
    /// `$name` or `$"name"`.
    Id,
    /// Quotes included.
    String,
    /// A character that belongs to no token.
    Stray,
}

/// A piece of text without blanks around it.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where.
    pub span: Span,
    /// For parentheses the number of the other one, or `u32::MAX`.
    pub mate: u32,
}

/// No token.
pub(crate) const NONE: u32 = u32::MAX;

/// All tokens of a text.
pub struct Tokens<'a> {
    /// The text.
    pub text: &'a str,
    /// In its order.
    pub list: Vec<Token>,
    /// Start of a block comment that is never closed.
    pub unclosed_comment: Option<u32>,
}

impl<'a> Tokens<'a> {
    /// Takes a text apart.
    pub fn new(text: &'a str) -> Tokens<'a> {
        let mut lexer = Lexer {
            bytes: text.as_bytes(),
            at: 0,
            unclosed_comment: None,
        };
        let mut list = Vec::with_capacity(text.len() / 5 + 1);
        let mut open = Vec::new();
        while let Some((kind, span)) = lexer.next() {
            let at = list.len() as u32;
            let mut mate = NONE;
            match kind {
                TokenKind::Open | TokenKind::Annotation => open.push(at),
                TokenKind::Close => {
                    if let Some(opening) = open.pop() {
                        mate = opening;
                        let opening: &mut Token = &mut list[opening as usize];
                        opening.mate = at;
                    }
                }
                _ => {}
            }
            list.push(Token { kind, span, mate });
        }
        Tokens {
            text,
            list,
            unclosed_comment: lexer.unclosed_comment,
        }
    }

    /// The token of a number.
    pub fn get(&self, at: usize) -> Option<Token> {
        self.list.get(at).copied()
    }

    /// What the token of a number is.
    pub fn kind(&self, at: usize) -> Option<TokenKind> {
        self.list.get(at).map(|token| token.kind)
    }

    /// The token's text; empty past the last one.
    pub fn slice(&self, at: usize) -> &'a str {
        let Some(token) = self.list.get(at) else {
            return "";
        };
        let range = token.span.start as usize..token.span.end as usize;
        self.text.get(range).unwrap_or("")
    }

    /// The keyword after an opening parenthesis at `at`; empty when there is none.
    pub fn head(&self, at: usize) -> &'a str {
        match self.kind(at) {
            Some(TokenKind::Open) if self.kind(at + 1) == Some(TokenKind::Atom) => {
                self.slice(at + 1)
            }
            _ => "",
        }
    }

    /// The token after the list that opens at `at`; the end where it is never closed.
    pub fn after(&self, at: usize) -> usize {
        match self.list[at].mate {
            NONE => self.list.len(),
            mate => mate as usize + 1,
        }
    }

    /// From the parenthesis at `at` to its mate, or to the end of the text.
    pub fn list_span(&self, at: usize) -> Span {
        let end = match self.list[at].mate {
            NONE => self.text.len() as u32,
            mate => self.list[mate as usize].span.end,
        };
        Span::new(self.list[at].span.start, end)
    }

    /// Index of the token that covers `position` or else of the first one after it.
    pub fn at_position(&self, position: u32) -> usize {
        self.list
            .partition_point(|token| token.span.end <= position)
    }
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    unclosed_comment: Option<u32>,
}

impl Lexer<'_> {
    fn next(&mut self) -> Option<(TokenKind, Span)> {
        self.skip_blank();
        let start = self.at;
        let kind = match *self.bytes.get(start)? {
            b'(' => {
                self.at += 1;
                if self.peek() == Some(b'@') {
                    self.at += 1;
                    match self.peek() {
                        Some(b'"') => self.read_string(),
                        _ => self.read_idchars(),
                    }
                    TokenKind::Annotation
                } else {
                    TokenKind::Open
                }
            }
            b')' => {
                self.at += 1;
                TokenKind::Close
            }
            b'"' => {
                self.read_string();
                TokenKind::String
            }
            b'$' => {
                self.at += 1;
                if self.peek() == Some(b'"') {
                    self.read_string();
                } else {
                    self.read_idchars();
                }
                TokenKind::Id
            }
            byte if is_idchar(byte) => {
                self.read_idchars();
                TokenKind::Atom
            }
            _ => {
                self.at += 1;
                while self.peek().is_some_and(|byte| byte & 0xc0 == 0x80) {
                    self.at += 1;
                }
                TokenKind::Stray
            }
        };
        Some((kind, Span::new(start as u32, self.at as u32)))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blank(&mut self) {
        loop {
            match self.bytes[self.at..] {
                [b' ' | b'\t' | b'\n' | b'\r', ..] => self.at += 1,
                [b';', b';', ..] => {
                    while self
                        .peek()
                        .is_some_and(|byte| !matches!(byte, b'\n' | b'\r'))
                    {
                        self.at += 1;
                    }
                }
                [b'(', b';', ..] => self.skip_block_comment(),
                _ => return,
            }
        }
    }

    fn skip_block_comment(&mut self) {
        let start = self.at;
        let mut depth = 0u32;
        loop {
            match self.bytes[self.at..] {
                [b'(', b';', ..] => {
                    depth += 1;
                    self.at += 2;
                }
                [b';', b')', ..] => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                [_, ..] => self.at += 1,
                [] => {
                    self.unclosed_comment = Some(start as u32);
                    return;
                }
            }
        }
    }

    fn read_idchars(&mut self) {
        while self.peek().is_some_and(is_idchar) {
            self.at += 1;
        }
    }

    /// A string that is not closed ends with its line.
    fn read_string(&mut self) {
        self.at += 1;
        loop {
            match self.bytes[self.at..] {
                [b'"', ..] => {
                    self.at += 1;
                    return;
                }
                [b'\\', b'"' | b'\\', ..] => self.at += 2,
                [] | [b'\n' | b'\r', ..] => return,
                [_, ..] => self.at += 1,
            }
        }
    }
}

fn is_idchar(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(
            byte,
            b'"' | b'(' | b')' | b',' | b';' | b'[' | b']' | b'{' | b'}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let tokens = Tokens::new(text);
        let got: Vec<&str> = (0..tokens.list.len()).map(|at| tokens.slice(at)).collect();
        assert_eq!(got, expected, "{text:?}");
    }

    #[test]
    fn tokens_of_whole_and_broken_texts() {
        check("(i32.add $x)", &["(", "i32.add", "$x", ")"]);
        check("a(;b(;c;)d;)e;;f\ng", &["a", "e", "g"]);
        check("\"a\\\"(\" $\"b c\" )", &["\"a\\\"(\"", "$\"b c\"", ")"]);
        check("\"open\n(x", &["\"open", "(", "x"]);
        check("(@custom \"n\") é,", &["(@custom", "\"n\"", ")", "é", ","]);
        check("(; open", &[]);
        check("$", &["$"]);
    }

    #[test]
    fn parentheses_know_their_mates() {
        let tokens = Tokens::new("(a (b) (c");
        assert_eq!(tokens.list[0].mate, NONE);
        assert_eq!(tokens.list[2].mate, 4);
        assert_eq!(tokens.list[4].mate, 2);
        assert_eq!(tokens.after(0), 7);
    }
}
