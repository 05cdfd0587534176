//! What is in a module: one row for each type, import, function, export and so on, from its text
//! (also a broken one) or from its bytes.

use wasmparser::{Parser, Payload, TypeRef};

use crate::Error;
use crate::interface::{self, ExternKind, Names, Types, memory_bytes};
use crate::lex::{TokenKind, Tokens};
use crate::span::Span;
use crate::symbols::header;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutlineKind {
    Type,
    Import,
    Func,
    Export,
    Memory,
    Table,
    Global,
    Tag,
    Data,
    Elem,
    Custom,
    Start,
}

impl OutlineKind {
    /// As the page's `OutlineItem.kind` has it.
    pub const fn name(self) -> &'static str {
        match self {
            OutlineKind::Type => "type",
            OutlineKind::Import => "import",
            OutlineKind::Func => "func",
            OutlineKind::Export => "export",
            OutlineKind::Memory => "memory",
            OutlineKind::Table => "table",
            OutlineKind::Global => "global",
            OutlineKind::Tag => "tag",
            OutlineKind::Data => "data",
            OutlineKind::Elem => "elem",
            OutlineKind::Custom => "custom",
            OutlineKind::Start => "start",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineItem {
    pub kind: OutlineKind,
    /// In its index space; for imports, exports and custom sections the position in the list.
    pub index: u32,
    /// `$name` or `[index]`; for exports the name in quotes, for imports both names.
    pub name: String,
    /// Signature or type, short.
    pub detail: String,
    /// The whole form in the text; `None` for an item of a binary.
    pub span: Option<Span>,
    /// Size of a function's body, a data segment, a custom section or a memory at the start, where
    /// the module assembles.
    pub bytes: Option<u64>,
}

/// The outline of a text; `wasm` is the module it assembles to, if it does, and gives the sizes.
pub fn outline(text: &str, wasm: Option<&[u8]>) -> Vec<OutlineItem> {
    of_tokens(&Tokens::new(text), wasm)
}

/// The outline of a module in the binary format.
///
/// # Errors
///
/// Bytes that are no module, with the offset where reading ended.
pub fn outline_binary(wasm: &[u8]) -> Result<Vec<OutlineItem>, Error> {
    let interface = interface::interface(wasm)?;
    let names = Names::read(wasm);
    let types = Types::read(wasm)?;
    let mut items = Vec::new();
    let mut push = |kind, index, name, detail, bytes| {
        items.push(OutlineItem {
            kind,
            index,
            name,
            detail,
            span: None,
            bytes,
        });
    };
    for (index, detail) in types.all().enumerate() {
        let index = index as u32;
        push(
            OutlineKind::Type,
            index,
            names.of(OutlineKind::Type, index),
            detail,
            None,
        );
    }
    let mut counts = [0u32; 5];
    for (index, import) in interface.imports.iter().enumerate() {
        let name = format!("\"{}\" \"{}\"", import.module, import.name);
        push(
            OutlineKind::Import,
            index as u32,
            name,
            import.ty.clone(),
            None,
        );
        counts[import.kind as usize] += 1;
    }
    for (kind, index, detail, bytes) in types.defined() {
        let index = index + counts[kind as usize];
        let kind = of_extern(kind);
        push(kind, index, names.of(kind, index), detail, bytes);
    }
    for (index, export) in interface.exports.iter().enumerate() {
        let name = format!("\"{}\"", export.name);
        push(
            OutlineKind::Export,
            index as u32,
            name,
            export.ty.clone(),
            None,
        );
    }
    if let Some(start) = interface.start {
        let name = names.of(OutlineKind::Func, start);
        push(OutlineKind::Start, 0, name, String::new(), None);
    }
    for (index, detail) in types.elems().iter().enumerate() {
        let index = index as u32;
        let name = names.of(OutlineKind::Elem, index);
        push(OutlineKind::Elem, index, name, detail.clone(), None);
    }
    let sizes = Sizes::read(wasm);
    for (index, bytes) in sizes.data.iter().enumerate() {
        let index = index as u32;
        let name = names.of(OutlineKind::Data, index);
        push(
            OutlineKind::Data,
            index,
            name,
            String::new(),
            Some((*bytes).into()),
        );
    }
    for (index, (name, bytes)) in sizes.custom.iter().enumerate() {
        push(
            OutlineKind::Custom,
            index as u32,
            format!("\"{name}\""),
            String::new(),
            Some((*bytes).into()),
        );
    }
    Ok(items)
}

fn of_extern(kind: ExternKind) -> OutlineKind {
    match kind {
        ExternKind::Func => OutlineKind::Func,
        ExternKind::Table => OutlineKind::Table,
        ExternKind::Memory => OutlineKind::Memory,
        ExternKind::Global => OutlineKind::Global,
        ExternKind::Tag => OutlineKind::Tag,
    }
}

pub(crate) fn of_tokens(tokens: &Tokens<'_>, wasm: Option<&[u8]>) -> Vec<OutlineItem> {
    let sizes = wasm.map(Sizes::read).unwrap_or_default();
    let mut walk = Walk {
        tokens,
        items: Vec::new(),
        counts: [0; 12],
        sizes,
    };
    walk.fields(0, tokens.list.len(), true);
    walk.items
}

struct Walk<'t, 'a> {
    tokens: &'t Tokens<'a>,
    items: Vec<OutlineItem>,
    counts: [u32; 12],
    sizes: Sizes,
}

impl Walk<'_, '_> {
    /// The forms between two tokens. At the top of the text they may be in a `(module ...)`.
    fn fields(&mut self, from: usize, to: usize, is_top: bool) {
        let mut at = from;
        while at < to {
            match self.tokens.kind(at) {
                Some(TokenKind::Open) => {
                    let after = self.tokens.after(at);
                    match self.tokens.head(at) {
                        "module" if is_top => self.fields(at + 2, after, false),
                        "rec" => self.fields(at + 2, after, false),
                        head => self.field(at, head),
                    }
                    at = after;
                }
                Some(TokenKind::Annotation) => {
                    self.annotation(at);
                    at = self.tokens.after(at);
                }
                _ => at += 1,
            }
        }
    }

    fn field(&mut self, at: usize, head: &str) {
        let kind = match head {
            "type" => OutlineKind::Type,
            "func" => OutlineKind::Func,
            "memory" => OutlineKind::Memory,
            "table" => OutlineKind::Table,
            "global" => OutlineKind::Global,
            "tag" => OutlineKind::Tag,
            "data" => OutlineKind::Data,
            "elem" => OutlineKind::Elem,
            "import" => return self.import(at),
            "export" => return self.export(at),
            "start" => {
                let name = self.reference(at + 2);
                return self.push(at, OutlineKind::Start, name, String::new());
            }
            _ => return,
        };
        let imported = self.inner(at, "import");
        if let Some(import) = imported {
            let name = self.strings(import);
            let detail = header::of_form(self.tokens, at);
            self.push(at, OutlineKind::Import, name, detail);
            self.counts[kind as usize] += 1;
        } else {
            let index = self.counts[kind as usize];
            let name = self.name(at, index);
            let detail = self.detail(at, kind);
            self.push(at, kind, name, detail);
        }
        self.inline_exports(at, kind);
        // A segment written inside its memory or table counts in its own index space.
        if kind == OutlineKind::Memory && self.inner(at, "data").is_some() {
            self.counts[OutlineKind::Data as usize] += 1;
        }
        if kind == OutlineKind::Table && self.inner(at, "elem").is_some() {
            self.counts[OutlineKind::Elem as usize] += 1;
        }
    }

    fn import(&mut self, at: usize) {
        let name = self.strings(at);
        let mut inner = at + 2;
        while self.tokens.kind(inner) == Some(TokenKind::String) {
            inner += 1;
        }
        let kind = match self.tokens.head(inner) {
            "func" => Some(OutlineKind::Func),
            "memory" => Some(OutlineKind::Memory),
            "table" => Some(OutlineKind::Table),
            "global" => Some(OutlineKind::Global),
            "tag" => Some(OutlineKind::Tag),
            _ => None,
        };
        let detail = match kind {
            Some(_) => header::of_form(self.tokens, inner),
            None => String::new(),
        };
        self.push(at, OutlineKind::Import, name, detail);
        if let Some(kind) = kind {
            self.counts[kind as usize] += 1;
        }
    }

    fn export(&mut self, at: usize) {
        let name = self.strings(at);
        let detail = match self.tokens.kind(at + 3) {
            Some(TokenKind::Open) => header::of_form(self.tokens, at + 3),
            _ => String::new(),
        };
        self.push(at, OutlineKind::Export, name, detail);
    }

    /// The exports written in a definition, which has been counted already.
    fn inline_exports(&mut self, at: usize, kind: OutlineKind) {
        let index = self.counts[kind as usize] - 1;
        let name = self.name(at, index);
        let mut inner = at + 2;
        while inner < self.tokens.after(at) {
            match self.tokens.kind(inner) {
                Some(TokenKind::Id | TokenKind::Annotation) => inner += 1,
                Some(TokenKind::Open) if self.tokens.head(inner) == "export" => {
                    let quoted = self.strings(inner);
                    let detail = format!("({} {name})", kind.name());
                    self.push(inner, OutlineKind::Export, quoted, detail);
                    inner = self.tokens.after(inner);
                }
                _ => return,
            }
        }
    }

    fn annotation(&mut self, at: usize) {
        if self.tokens.slice(at) == "(@custom" {
            let named = self.tokens.kind(at + 1) == Some(TokenKind::String);
            let name = if named { self.tokens.slice(at + 1) } else { "" };
            self.push(at, OutlineKind::Custom, name.to_string(), String::new());
        }
    }

    fn push(&mut self, at: usize, kind: OutlineKind, name: String, detail: String) {
        let count = &mut self.counts[kind as usize];
        let index = *count;
        *count += 1;
        let bytes = match kind {
            OutlineKind::Func => {
                let at = index.checked_sub(self.sizes.n_imported_funcs);
                at.and_then(|at| self.sizes.funcs.get(at as usize))
                    .map(|bytes| u64::from(*bytes))
            }
            OutlineKind::Memory => self.sizes.memories.get(index as usize).copied(),
            OutlineKind::Data => {
                let bytes = self.sizes.data.get(index as usize);
                bytes.map(|bytes| u64::from(*bytes))
            }
            OutlineKind::Custom => {
                let quoted = |(section, _): &&(String, u32)| format!("\"{section}\"") == name;
                self.sizes
                    .custom
                    .iter()
                    .find(quoted)
                    .map(|(_, bytes)| u64::from(*bytes))
            }
            _ => None,
        };
        self.items.push(OutlineItem {
            kind,
            index,
            name,
            detail,
            span: Some(self.tokens.list_span(at)),
            bytes,
        });
    }

    fn detail(&self, at: usize, kind: OutlineKind) -> String {
        let line = header::of_form(self.tokens, at);
        // The row says kind and name already.
        let head = format!("({} ", kind.name());
        let rest = line.strip_prefix(&head).unwrap_or("").trim_end();
        let rest = rest.strip_suffix(')').unwrap_or(rest);
        let rest = match self.tokens.kind(at + 2) {
            Some(TokenKind::Id) => rest.strip_prefix(self.tokens.slice(at + 2)).unwrap_or(rest),
            _ => rest,
        };
        rest.trim().to_string()
    }

    fn name(&self, at: usize, index: u32) -> String {
        match self.tokens.kind(at + 2) {
            Some(TokenKind::Id) => self.tokens.slice(at + 2).to_string(),
            _ => format!("[{index}]"),
        }
    }

    /// A name or number as written, numbers in brackets.
    fn reference(&self, at: usize) -> String {
        match self.tokens.kind(at) {
            Some(TokenKind::Id) => self.tokens.slice(at).to_string(),
            Some(TokenKind::Atom) => format!("[{}]", self.tokens.slice(at)),
            _ => String::new(),
        }
    }

    /// The first list with this head directly in the one at `at`.
    fn inner(&self, at: usize, head: &str) -> Option<usize> {
        let after = self.tokens.after(at);
        let mut inner = at + 2;
        while inner < after {
            match self.tokens.kind(inner) {
                Some(TokenKind::Open | TokenKind::Annotation) => {
                    if self.tokens.head(inner) == head {
                        return Some(inner);
                    }
                    // The header of a function ends with the first other list or word.
                    inner = self.tokens.after(inner);
                }
                _ => inner += 1,
            }
        }
        None
    }

    /// The strings after the keyword of a form, as written.
    fn strings(&self, at: usize) -> String {
        let first = match self.tokens.kind(at) {
            Some(TokenKind::Annotation) => at + 1,
            _ => at + 2,
        };
        (first..first + 2)
            .take_while(|at| self.tokens.kind(*at) == Some(TokenKind::String))
            .map(|at| self.tokens.slice(at))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Sizes in bytes of the parts of a module.
#[derive(Default)]
struct Sizes {
    n_imported_funcs: u32,
    funcs: Vec<u32>,
    /// Of all memories at the start, imported ones too.
    memories: Vec<u64>,
    data: Vec<u32>,
    custom: Vec<(String, u32)>,
}

impl Sizes {
    fn read(wasm: &[u8]) -> Sizes {
        let mut sizes = Sizes::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload {
                Ok(Payload::ImportSection(reader)) => {
                    for import in reader.into_imports().flatten() {
                        match import.ty {
                            TypeRef::Func(_) => sizes.n_imported_funcs += 1,
                            TypeRef::Memory(ty) => sizes.memories.push(memory_bytes(&ty)),
                            _ => {}
                        }
                    }
                }
                Ok(Payload::MemorySection(reader)) => {
                    let memories = reader.into_iter().flatten();
                    sizes.memories.extend(memories.map(|ty| memory_bytes(&ty)));
                }
                Ok(Payload::CodeSectionEntry(body)) => {
                    let range = body.range();
                    sizes.funcs.push((range.end - range.start) as u32);
                }
                Ok(Payload::DataSection(reader)) => {
                    let data = reader.into_iter().flatten();
                    sizes.data.extend(data.map(|data| data.data.len() as u32));
                }
                Ok(Payload::CustomSection(reader)) => {
                    let name = reader.name().to_string();
                    sizes.custom.push((name, reader.data().len() as u32));
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
        sizes
    }
}
