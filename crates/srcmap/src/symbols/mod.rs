//! Definitions and uses of `$names`, found on the level of tokens, so that a text with errors has
//! them too.

pub(crate) mod header;
mod rules;
mod scan;

use crate::lex::Tokens;
use crate::span::Span;

/// The index space a name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    Func,
    Local,
    Label,
    Global,
    Table,
    Memory,
    Type,
    Data,
    Elem,
    Field,
    Tag,
}

impl SymbolKind {
    /// As the page's `SymbolDefinition.kind` has it.
    pub const fn name(self) -> &'static str {
        match self {
            SymbolKind::Func => "func",
            SymbolKind::Local => "local",
            SymbolKind::Label => "label",
            SymbolKind::Global => "global",
            SymbolKind::Table => "table",
            SymbolKind::Memory => "memory",
            SymbolKind::Type => "type",
            SymbolKind::Data => "data",
            SymbolKind::Elem => "elem",
            SymbolKind::Field => "field",
            SymbolKind::Tag => "tag",
        }
    }

    pub(crate) fn from_namespace(name: &str) -> Option<SymbolKind> {
        Some(match name {
            "func" => SymbolKind::Func,
            "local" => SymbolKind::Local,
            "label" => SymbolKind::Label,
            "global" => SymbolKind::Global,
            "table" => SymbolKind::Table,
            "memory" => SymbolKind::Memory,
            "type" => SymbolKind::Type,
            "data" => SymbolKind::Data,
            "elem" => SymbolKind::Elem,
            "field" => SymbolKind::Field,
            "tag" => SymbolKind::Tag,
            _ => return None,
        })
    }
}

/// A place that gives something a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    pub kind: SymbolKind,
    /// As written, with its `$`.
    pub name: String,
    /// The name itself.
    pub span: Span,
    /// Where it may be used: the whole text, the function for locals, the block for labels.
    pub scope: Span,
    /// One line: `(func $fib (param $n i32) (result i32))`.
    pub detail: String,
}

/// A place that uses a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    pub kind: SymbolKind,
    pub span: Span,
    /// Index into [`Symbols::definitions`]; `None` where nothing of that name is in scope.
    pub definition: Option<u32>,
}

/// All names of a text, each list in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols {
    pub definitions: Vec<Definition>,
    pub references: Vec<Reference>,
}

impl Symbols {
    /// The definition that is named, or defined, at `position`.
    pub fn definition_at(&self, position: u32) -> Option<&Definition> {
        let covers = |span: Span| span.start <= position && position <= span.end;
        let at = self
            .references
            .partition_point(|reference| reference.span.end < position);
        if let Some(reference) = self.references.get(at)
            && covers(reference.span)
        {
            return self.definitions.get(reference.definition? as usize);
        }
        let at = self
            .definitions
            .partition_point(|definition| definition.span.end < position);
        self.definitions
            .get(at)
            .filter(|definition| covers(definition.span))
    }

    /// Uses of names that stand for nothing.
    pub fn unresolved(&self) -> impl Iterator<Item = &Reference> {
        self.references
            .iter()
            .filter(|reference| reference.definition.is_none())
    }
}

/// The names of a text; the text need not be valid.
pub fn symbols(text: &str) -> Symbols {
    scan(&Tokens::new(text))
}

pub(crate) fn scan(tokens: &Tokens<'_>) -> Symbols {
    scan::Scan::new(tokens).run()
}

/// What a name written at `position` would refer to; `None` where no name is expected or where it
/// would be a definition. For completion: text after `position` does not count.
pub fn namespace_at(text: &str, position: u32) -> Option<SymbolKind> {
    let before = text.get(..position as usize)?;
    // A name that has been begun is replaced by one that cannot be defined.
    let begun = before
        .rfind(|ch: char| !ch.is_ascii_graphic() || matches!(ch, '(' | ')' | '"' | '$'))
        .filter(|at| before[*at..].starts_with('$'))
        .unwrap_or(before.len());
    let mut text = before[..begun].to_string();
    let at = text.len() as u32 + 1;
    text.push_str(" $\u{1f}");
    // The unit separator ends the name, so the name is empty, which no definition has.
    let symbols = symbols(&text);
    let reference = symbols.references.last()?;
    (reference.span.start == at).then_some(reference.kind)
}
