//! The walk over the tokens that finds names: a stack of open lists, the labels in scope and the
//! locals of the function at hand.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::lex::{NONE, TokenKind, Tokens};
use crate::span::Span;
use crate::symbols::{Definition, Reference, SymbolKind, Symbols, header, rules};

pub(super) struct Scan<'t, 'a> {
    tokens: &'t Tokens<'a>,
    symbols: Symbols,
    lists: Vec<List<'a>>,
    labels: Vec<Label<'a>>,
    /// Definitions of the labels in scope by name, innermost last.
    labels_by_name: HashMap<Cow<'a, str>, Vec<u32>>,
    func: Option<Function<'a>>,
    /// The type whose fields are being read.
    current_type: Option<u32>,
    module_names: HashMap<(SymbolKind, Cow<'a, str>), u32>,
    fields: HashMap<(u32, Cow<'a, str>), u32>,
    /// Uses that may come before their definition: resolved at the end.
    pending: Vec<Pending<'a>>,
}

/// An open parenthesis.
struct List<'a> {
    open: usize,
    head: &'a str,
    /// The last keyword in it, its token, and the immediates since.
    keyword: &'a str,
    keyword_at: usize,
    n_immediates: usize,
}

struct Label<'a> {
    name: Option<Cow<'a, str>>,
    definition: Option<u32>,
    /// Number of open lists where it was found; for a folded block its own list counts.
    depth: usize,
    flat: bool,
}

struct Function<'a> {
    /// Number of open lists, its own included.
    depth: usize,
    span: Span,
    locals: HashMap<Cow<'a, str>, u32>,
}

struct Pending<'a> {
    reference: u32,
    name: Cow<'a, str>,
    /// For fields: the type's name.
    owner: Cow<'a, str>,
}

impl<'t, 'a> Scan<'t, 'a> {
    pub(super) fn new(tokens: &'t Tokens<'a>) -> Scan<'t, 'a> {
        Scan {
            tokens,
            symbols: Symbols::default(),
            lists: Vec::new(),
            labels: Vec::new(),
            labels_by_name: HashMap::new(),
            func: None,
            current_type: None,
            module_names: HashMap::new(),
            fields: HashMap::new(),
            pending: Vec::new(),
        }
    }

    pub(super) fn run(mut self) -> Symbols {
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            match token.kind {
                TokenKind::Annotation if token.mate != NONE => {
                    at = token.mate as usize;
                }
                TokenKind::Open | TokenKind::Annotation => self.open(at),
                TokenKind::Close => self.close(token.span.end),
                TokenKind::Atom => self.atom(at),
                TokenKind::Id => self.id(at),
                TokenKind::String | TokenKind::Stray => {}
            }
            at += 1;
        }
        let end = self.tokens.text.len() as u32;
        while !self.lists.is_empty() {
            self.close(end);
        }
        self.resolve();
        self.symbols
    }

    fn open(&mut self, at: usize) {
        let head = self.tokens.head(at);
        if self.recovers_at(head) {
            let start = self.tokens.list[at].span.start;
            let depth = self.func.as_ref().map_or(0, |func| func.depth);
            while self.lists.len() >= depth.max(1) {
                self.close(start);
            }
        }
        if self.func.is_none() && head == "func" && self.is_module_level() {
            self.func = Some(Function {
                depth: self.lists.len() + 1,
                span: self.tokens.list_span(at),
                locals: HashMap::new(),
            });
        }
        self.lists.push(List {
            open: at,
            head,
            keyword: "",
            keyword_at: at,
            n_immediates: 0,
        });
    }

    /// Whether a form of the module begins inside of a function: a parenthesis before it is
    /// missing, and the rest of the text should not suffer.
    fn recovers_at(&self, head: &str) -> bool {
        self.func.is_some()
            && matches!(
                head,
                "func" | "global" | "memory" | "table" | "data" | "elem" | "start"
            )
    }

    /// Whether a form in the innermost open list is a field of the module.
    fn is_module_level(&self) -> bool {
        let parent = self.lists.last().map_or("", |list| list.head);
        matches!(parent, "" | "module" | "import" | "item" | "rec")
    }

    fn close(&mut self, end: u32) {
        let depth = self.lists.len();
        while self.labels.last().is_some_and(|label| label.depth >= depth) {
            self.pop_label(end);
        }
        if self.func.as_ref().is_some_and(|func| func.depth == depth) {
            self.func = None;
        }
        if self.lists.pop().is_some_and(|list| list.head == "type") {
            self.current_type = None;
        }
    }

    fn atom(&mut self, at: usize) {
        let word = self.tokens.slice(at);
        let depth = self.lists.len();
        let is_keyword = word.starts_with(|ch: char| ch.is_ascii_lowercase())
            && !word.contains('=')
            && !matches!(word, "null" | "final" | "inf" | "nan");
        let Some(list) = self.lists.last_mut() else {
            return;
        };
        if !is_keyword {
            list.n_immediates += 1;
            return;
        }
        list.keyword = word;
        list.keyword_at = at;
        list.n_immediates = 0;
        let is_head = at == list.open + 1;
        match word {
            "block" | "loop" | "if" | "try_table" if self.func.is_some() => {
                self.push_label(at, depth, !is_head);
            }
            "end" if self.func.is_some() => {
                list.keyword = "";
                self.end(at, depth);
            }
            _ => {}
        }
    }

    fn push_label(&mut self, at: usize, depth: usize, flat: bool) {
        let mut label = Label {
            name: None,
            definition: None,
            depth,
            flat,
        };
        if self.tokens.kind(at + 1) == Some(TokenKind::Id) {
            let start = self.tokens.list[at].span.start;
            let end = self.tokens.text.len() as u32;
            let mut last = at + 2;
            while matches!(self.tokens.head(last), "type" | "param" | "result") {
                last = self.tokens.after(last);
            }
            let detail = header::of_range(self.tokens, at, last);
            let scope = Span::new(start, end);
            let definition = self.define(SymbolKind::Label, at + 1, scope, detail);
            let name = key(self.tokens.slice(at + 1));
            self.labels_by_name
                .entry(name.clone())
                .or_default()
                .push(definition);
            label.name = Some(name);
            label.definition = Some(definition);
        }
        self.labels.push(label);
    }

    fn pop_label(&mut self, end: u32) {
        let Some(label) = self.labels.pop() else {
            return;
        };
        if let Some(definition) = label.definition {
            self.symbols.definitions[definition as usize].scope.end = end;
        }
        if let Some(name) = label.name
            && let Some(definitions) = self.labels_by_name.get_mut(&name)
        {
            definitions.pop();
        }
    }

    /// The `end` of a flat block, with the block's name after it or not.
    fn end(&mut self, at: usize, depth: usize) {
        let Some(label) = self.labels.last() else {
            return;
        };
        if !label.flat || label.depth != depth {
            return;
        }
        if self.tokens.kind(at + 1) == Some(TokenKind::Id) {
            let same = label.name == Some(key(self.tokens.slice(at + 1)));
            let definition = label.definition.filter(|_| same);
            self.refer(SymbolKind::Label, at + 1, definition);
        }
        self.pop_label(self.tokens.list[at].span.end);
    }

    fn id(&mut self, at: usize) {
        let Some(list) = self.lists.last_mut() else {
            return;
        };
        let nth = list.n_immediates;
        list.n_immediates += 1;
        let (open, head, keyword, keyword_at) =
            (list.open, list.head, list.keyword, list.keyword_at);
        let parent = match self.lists.len().checked_sub(2) {
            Some(at) => self.lists[at].head,
            None => "",
        };
        let is_block = matches!(keyword, "block" | "loop" | "if" | "try_table");
        if is_block && keyword_at + 1 == at && self.func.is_some() {
            // Defined when the keyword was met.
            return;
        }
        if at == open + 2 && rules::defined(head).is_some() {
            self.form_name(at, open, head, parent);
            return;
        }
        let kind = match head {
            "elem" if matches!(keyword, "elem" | "func") => Some(SymbolKind::Func),
            "ref" | "sub" => Some(SymbolKind::Type),
            _ => {
                let run = self.run_of_immediates(keyword_at + 1);
                rules::immediate(keyword, nth, run)
            }
        };
        match kind {
            Some(SymbolKind::Field) => self.refer_field(at),
            Some(kind) => self.refer_by_name(kind, at),
            None => {}
        }
    }

    /// Names and numbers in a row from token `at`.
    fn run_of_immediates(&self, at: usize) -> usize {
        self.tokens.list[at.min(self.tokens.list.len())..]
            .iter()
            .take(3)
            .enumerate()
            .take_while(|(nth, token)| match token.kind {
                TokenKind::Id => true,
                TokenKind::Atom => self
                    .tokens
                    .slice(at + nth)
                    .starts_with(|ch: char| ch.is_ascii_digit()),
                _ => false,
            })
            .count()
    }

    /// A name right after the keyword of a form: a definition, or what the form is about.
    fn form_name(&mut self, at: usize, open: usize, head: &'a str, parent: &'a str) {
        let Some(kind) = rules::defined(head) else {
            return;
        };
        let whole = Span::new(0, self.tokens.text.len() as u32);
        let used = match (head, parent) {
            (_, "export") => true,
            ("memory", "data") | ("table", "elem") => true,
            ("type", _) => !self.is_parent_module_level(),
            _ => false,
        };
        if used {
            self.refer_by_name(kind, at);
            return;
        }
        match (head, parent) {
            ("elem", "table") => self.refer_by_name(SymbolKind::Func, at),
            ("param" | "local", _) => self.define_local(at, open),
            ("field", _) => {
                let detail = header::of_form(self.tokens, open);
                let definition = self.define(kind, at, whole, detail);
                if let Some(owner) = self.current_type {
                    let name = key(self.tokens.slice(at));
                    self.fields.entry((owner, name)).or_insert(definition);
                }
            }
            ("func", "type" | "sub") | ("data", "memory") => {}
            _ => {
                let form = if matches!(parent, "import" | "item") {
                    self.lists[self.lists.len() - 2].open
                } else {
                    open
                };
                let detail = header::of_form(self.tokens, form);
                let definition = self.define(kind, at, whole, detail);
                let name = key(self.tokens.slice(at));
                self.module_names.entry((kind, name)).or_insert(definition);
                if kind == SymbolKind::Type {
                    self.current_type = Some(definition);
                }
            }
        }
    }

    /// Whether the list around the innermost one holds fields of the module.
    fn is_parent_module_level(&self) -> bool {
        let parent = match self.lists.len().checked_sub(2) {
            Some(at) => self.lists[at].head,
            None => "",
        };
        matches!(parent, "" | "module" | "rec")
    }

    /// Parameters of a function type have names that nothing can refer to.
    fn define_local(&mut self, at: usize, open: usize) {
        let Some(func) = &self.func else {
            return;
        };
        let scope = func.span;
        let detail = header::of_form(self.tokens, open);
        let definition = self.define(SymbolKind::Local, at, scope, detail);
        let name = key(self.tokens.slice(at));
        if let Some(func) = &mut self.func {
            func.locals.entry(name).or_insert(definition);
        }
    }

    fn define(&mut self, kind: SymbolKind, at: usize, scope: Span, detail: String) -> u32 {
        let definition = self.symbols.definitions.len() as u32;
        self.symbols.definitions.push(Definition {
            kind,
            name: self.tokens.slice(at).to_string(),
            span: self.tokens.list[at].span,
            scope,
            detail,
        });
        definition
    }

    fn refer(&mut self, kind: SymbolKind, at: usize, definition: Option<u32>) {
        self.symbols.references.push(Reference {
            kind,
            span: self.tokens.list[at].span,
            definition,
        });
    }

    fn refer_by_name(&mut self, kind: SymbolKind, at: usize) {
        let name = key(self.tokens.slice(at));
        match kind {
            SymbolKind::Label => {
                let definition = self.label(&name);
                self.refer(kind, at, definition);
            }
            SymbolKind::Local => {
                let locals = self.func.as_ref().map(|func| &func.locals);
                let definition = locals.and_then(|locals| locals.get(&name)).copied();
                self.refer(kind, at, definition);
            }
            _ => self.refer_later(kind, at, name, Cow::Borrowed("")),
        }
    }

    fn refer_later(
        &mut self,
        kind: SymbolKind,
        at: usize,
        name: Cow<'a, str>,
        owner: Cow<'a, str>,
    ) {
        self.pending.push(Pending {
            reference: self.symbols.references.len() as u32,
            name,
            owner,
        });
        self.refer(kind, at, None);
    }

    /// A field is looked up in the type named before it; after a type's number nothing is said.
    fn refer_field(&mut self, at: usize) {
        if self.tokens.kind(at - 1) == Some(TokenKind::Id) {
            let name = key(self.tokens.slice(at));
            let owner = key(self.tokens.slice(at - 1));
            self.refer_later(SymbolKind::Field, at, name, owner);
        }
    }

    /// The innermost label of this name. The catches of a `try_table` stand outside of its label.
    fn label(&self, name: &str) -> Option<u32> {
        let definitions = self.labels_by_name.get(name)?;
        let in_catch = self
            .lists
            .last()
            .is_some_and(|list| list.head.starts_with("catch"));
        let own = self.labels.last().and_then(|label| label.definition);
        let skipped = usize::from(in_catch && own.is_some() && definitions.last() == own.as_ref());
        definitions.iter().rev().nth(skipped).copied()
    }

    fn resolve(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let reference = &mut self.symbols.references[pending.reference as usize];
            reference.definition = match reference.kind {
                SymbolKind::Field => self
                    .module_names
                    .get(&(SymbolKind::Type, pending.owner))
                    .and_then(|owner| self.fields.get(&(*owner, pending.name)))
                    .copied(),
                kind => self.module_names.get(&(kind, pending.name)).copied(),
            };
        }
    }
}

/// A name without its `$`; for one in quotes the string it stands for (specification, Text
/// Format, Identifiers): `$"a b"`, `$"\41"`.
fn key(name: &str) -> Cow<'_, str> {
    let name = name.strip_prefix('$').unwrap_or(name);
    let inner = name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'));
    match inner {
        Some(inner) if inner.contains('\\') => Cow::Owned(unescape(inner)),
        Some(inner) => Cow::Borrowed(inner),
        None => Cow::Borrowed(name),
    }
}

/// The string of a string literal; an escape that is none stays as it is.
fn unescape(literal: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = literal;
    while let Some(ch) = rest.chars().next() {
        let (byte_or_char, length) = escape(rest).unwrap_or((Escape::Char(ch), ch.len_utf8()));
        match byte_or_char {
            Escape::Byte(byte) => bytes.push(byte),
            Escape::Char(ch) => bytes.extend_from_slice(ch.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = &rest[length..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

enum Escape {
    Byte(u8),
    Char(char),
}

/// The escape at the start of `text` and its length in bytes.
fn escape(text: &str) -> Option<(Escape, usize)> {
    let rest = text.strip_prefix('\\')?;
    let simple = match rest.chars().next()? {
        't' => Some('\t'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        ch @ ('"' | '\'' | '\\') => Some(ch),
        _ => None,
    };
    if let Some(ch) = simple {
        return Some((Escape::Char(ch), 2));
    }
    if let Some(digits) = rest.strip_prefix("u{") {
        let digits = digits.split('}').next()?;
        let value = u32::from_str_radix(&digits.replace('_', ""), 16).ok()?;
        return Some((Escape::Char(char::from_u32(value)?), digits.len() + 4));
    }
    let byte = u8::from_str_radix(rest.get(..2)?, 16).ok()?;
    Some((Escape::Byte(byte), 3))
}
