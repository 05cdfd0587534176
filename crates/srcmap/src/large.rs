//! What is said of texts so long that finding every use of every name would take seconds: rows of
//! the outline with their places, and the names of the module's own items.

use crate::lex::Tokens;
use crate::outline::{self, OutlineItem};
use crate::span::Span;
use crate::symbols::{Definition, SymbolKind};

/// How a field of the module begins in a printed text; what it contains stands deeper.
const FIELD: &str = "\n  (";
const DEEPER: &str = "    ";
const CLOSING: &str = "  )";

/// The outline of a text that [`crate::disassemble`] printed of `wasm`. Reads only the first line
/// of each field, since the bodies of functions are nearly all of such a text.
pub fn outline_printed(wasm: &[u8], text: &str) -> Vec<OutlineItem> {
    let heads = Heads::of(text);
    let mut items = outline::of_tokens(&Tokens::new(&heads.text), Some(wasm));
    for item in &mut items {
        item.span = item.span.map(|span| heads.place(span));
    }
    items
}

/// The fields of a printed module without their bodies, as a text of its own.
struct Heads {
    text: String,
    /// For each field: where it begins here, and where it stands in the whole text.
    fields: Vec<(u32, Span)>,
}

impl Heads {
    fn of(text: &str) -> Heads {
        let mut heads = Heads {
            text: String::new(),
            fields: Vec::new(),
        };
        for (at, _) in text.match_indices(FIELD) {
            let start = at + FIELD.len() - 1;
            let mut lines = text[start..].split_inclusive('\n').peekable();
            let first = lines.next().unwrap_or("");
            let mut end = start + first.len();
            let mut is_open = false;
            while let Some(line) = lines.next_if(|line| line.starts_with(DEEPER)) {
                end += line.len();
                is_open = true;
            }
            if let Some(line) = lines.next_if(|line| line.starts_with(CLOSING)) {
                end += line.len();
                is_open = true;
            }
            let whole = text[start..end].trim_end();
            let span = Span::new(start as u32, (start + whole.len()) as u32);
            heads.fields.push((heads.text.len() as u32, span));
            if whole.starts_with("(rec") {
                // The types of a group stand deeper.
                heads.text.push_str(whole);
            } else {
                heads.text.push_str(first.trim_end());
                heads.text.push_str(if is_open { ")" } else { "" });
            }
            heads.text.push('\n');
        }
        heads
    }

    /// Where a form that begins in these heads stands in the whole text.
    fn place(&self, span: Span) -> Span {
        let at = self
            .fields
            .partition_point(|(start, _)| *start <= span.start);
        match at.checked_sub(1).map(|at| self.fields[at]) {
            Some((start, field)) if start == span.start => field,
            Some((start, field)) => {
                let moved = field.start - start;
                Span::new(span.start + moved, span.end + moved)
            }
            None => Span::at(0),
        }
    }
}

/// The definitions of the names in an outline. Their scope is the whole text.
pub fn definitions_of(outline: &[OutlineItem], text: &str) -> Vec<Definition> {
    let scope = Span::new(0, text.len() as u32);
    let named = outline.iter().filter_map(|item| {
        let kind = SymbolKind::from_namespace(item.kind.name())?;
        let form = item.span.filter(|_| item.name.starts_with('$'))?;
        let at = form.slice(text).find(&item.name)? as u32 + form.start;
        let head = item.kind.name();
        Some(Definition {
            kind,
            name: item.name.clone(),
            span: Span::new(at, at + item.name.len() as u32),
            scope,
            detail: format!("({head} {} {}", item.name, item.detail)
                .trim_end()
                .to_owned()
                + ")",
        })
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{assemble, disassemble, outline};

    const TEXT: &str = r#"(module $m
  (type $t (func (param i32) (result i32)))
  (import "env" "log" (func $log (param i32)))
  (memory $mem 1)
  (global $g (mut i32) (i32.const 7))
  (func $inc (export "inc") (type $t) (i32.add (local.get 0) (block (result i32) (i32.const 1))))
  (func (result i32) (i32.const 2))
  (data $d (i32.const 0) "abc\n  (func $no)")
  (start 2) (func))"#;

    #[test]
    fn printed_outline_has_the_rows_and_places_of_the_outline_of_its_text() {
        let wasm = assemble(&TEXT.replace("(start 2)", ""))
            .expect("a valid module")
            .wasm;
        let text = disassemble(&wasm).expect("it can be printed").text;
        let by_text = outline(&text, Some(&wasm));
        assert_eq!(outline_printed(&wasm, &text), by_text, "{text}");
    }

    #[test]
    fn names_of_the_outline_stand_where_they_are_defined() {
        let definitions = definitions_of(&outline(TEXT, None), TEXT);
        let names: Vec<_> = definitions
            .iter()
            .map(|found| found.span.slice(TEXT))
            .collect();
        assert_eq!(names, ["$t", "$mem", "$g", "$inc", "$d"]);
        assert_eq!(
            definitions[0].detail,
            "(type $t (func (param i32) (result i32)))"
        );
    }
}
