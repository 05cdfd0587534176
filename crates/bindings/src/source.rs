//! A module of a project with its text, where it has one: places in UTF-16 units for byte offsets.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use waspnest::{Error, ErrorKind, ExternType, FuncIdx, Module};
use waspnest_srcmap as srcmap;

use crate::dto::{Diagnostic, Problem, Severity, Span};

/// A text and its lines.
pub struct Text {
    pub text: String,
    pub index: srcmap::TextIndex,
}

impl Text {
    pub fn new(text: String) -> Text {
        let index = srcmap::TextIndex::new(&text);
        Text { text, index }
    }

    pub fn span(&self, span: srcmap::Span) -> Span {
        span_of(&self.text, &self.index, span)
    }

    pub fn line_column(&self, position: u32) -> (u32, u32) {
        self.index.line_column(&self.text, position)
    }
}

pub fn span_of(text: &str, index: &srcmap::TextIndex, span: srcmap::Span) -> Span {
    let (from, to) = index.span_to_utf16(text, span);
    Span { from, to }
}

/// A decoded module with its name in the project and, for one that came as text, its places.
pub struct Source {
    pub name: String,
    /// The file that shows its text: named like the module, or the script it stands in.
    pub file: String,
    pub module: Module,
    /// It was read before and has been kept.
    pub was_kept: bool,
    content: Rc<Content>,
}

/// What a text or binary was read into.
struct Content {
    module: Module,
    text: Option<Rc<Text>>,
    /// The part of the text that is the module; `None` for all of it.
    part: Option<srcmap::Span>,
    map: OnceCell<srcmap::SourceMap>,
    /// Places of the imports, looked up when one is first asked for.
    imports: OnceCell<Vec<Option<srcmap::Span>>>,
    /// Names that functions are exported under, looked up when one is first asked for.
    exported: OnceCell<Vec<Option<String>>>,
    /// The binary it was read from; `None` for a text.
    bytes: Option<Vec<u8>>,
}

thread_local! {
    /// The modules read last, so that a project that is loaded again after one of its files
    /// changed reads only that file. Newest last.
    static KEPT: RefCell<Vec<Rc<Content>>> = const { RefCell::new(Vec::new()) };
}

/// Bytes of modules and texts that are kept (chosen).
const MOST_KEPT: usize = 16 << 20;

impl Content {
    /// A module with the text that it prints as.
    fn printed(module: Module, bytes: &[u8]) -> Content {
        // A module that decodes can be printed; if it could not, it would only have no places.
        let (text, map) = match srcmap::disassemble(bytes) {
            Ok(printed) => (Some(Rc::new(Text::new(printed.text))), printed.map),
            Err(_) => (None, srcmap::SourceMap::default()),
        };
        Content {
            module,
            text,
            part: None,
            map: OnceCell::from(map),
            imports: OnceCell::new(),
            exported: OnceCell::new(),
            bytes: Some(bytes.to_vec()),
        }
    }

    fn size(&self) -> usize {
        self.module.bytes().len() + self.text.as_ref().map_or(0, |text| text.text.len())
    }

    fn import_spans(&self) -> Vec<Option<srcmap::Span>> {
        let (Some(text), None) = (&self.text, self.part) else {
            return Vec::new();
        };
        let outline = match &self.bytes {
            Some(bytes) => srcmap::outline_printed(bytes, &text.text),
            None => srcmap::outline(&text.text, None),
        };
        outline
            .into_iter()
            .filter(|item| item.kind == srcmap::OutlineKind::Import)
            .map(|item| item.span)
            .collect()
    }

    /// Where the instructions stand. Those of a module within a script are looked up when one is
    /// first asked for.
    fn map(&self) -> &srcmap::SourceMap {
        self.map.get_or_init(|| {
            let (Some(text), Some(part)) = (&self.text, self.part) else {
                return srcmap::SourceMap::default();
            };
            // It was assembled when the script ran; a text that is none has no places.
            match srcmap::assemble(&srcmap::module_text(&text.text, part)) {
                Ok(assembled) => assembled.map.within(part.start),
                Err(_) => srcmap::SourceMap::default(),
            }
        })
    }

    /// The first name of each exported function, in quotes as in the text, by function.
    fn exported_funcs(&self) -> Vec<Option<String>> {
        let mut names = Vec::new();
        for export in self.module.exports() {
            if !matches!(export.ty, ExternType::Func(_)) {
                continue;
            }
            let at = export.index as usize;
            names.resize(names.len().max(at + 1), None);
            let first = &mut names[at];
            if first.is_none() {
                *first = Some(quoted(export.name));
            }
        }
        names
    }

    fn is_of_text(&self, text: &str) -> bool {
        self.bytes.is_none() && self.text.as_ref().is_some_and(|own| own.text == text)
    }
}

/// Characters of a name that are shown (chosen: longer ones say no more to a reader).
const NAME_SHOWN: usize = 80;

fn quoted(name: &str) -> String {
    match name.char_indices().nth(NAME_SHOWN) {
        Some((end, _)) => format!("\"{}…\"", &name[..end]),
        None => format!("\"{name}\""),
    }
}

/// The module that was read from the same before.
fn kept(is_same: impl Fn(&Content) -> bool) -> Option<Rc<Content>> {
    KEPT.with_borrow(|kept| kept.iter().find(|content| is_same(content)).cloned())
}

fn keep(content: Content) -> Rc<Content> {
    let content = Rc::new(content);
    KEPT.with_borrow_mut(|kept| {
        kept.push(Rc::clone(&content));
        while kept.len() > 1 && kept.iter().map(|content| content.size()).sum::<usize>() > MOST_KEPT
        {
            kept.remove(0);
        }
    });
    content
}

/// Where an instruction stands, for people.
#[derive(Clone, Copy, Default)]
pub struct PlaceInText {
    pub span: Option<Span>,
    pub line: Option<u32>,
}

impl Source {
    /// Assembles and decodes a text.
    pub fn from_text(name: String, text: String) -> Result<Source, Vec<Problem>> {
        if let Some(content) = kept(|content| content.is_of_text(&text)) {
            return Ok(Source::of(name, content, true));
        }
        let text = Text::new(text);
        let assembled = srcmap::assemble(&text.text).map_err(|diagnostics| {
            diagnostics
                .into_iter()
                .filter(|diagnostic| diagnostic.severity == srcmap::Severity::Error)
                .map(|diagnostic| problem(&name, &text, diagnostic))
                .collect::<Vec<_>>()
        })?;
        let module = Module::new(assembled.wasm)
            .map_err(|error| vec![refusal(&name, Some((&text, &assembled.map)), &error)])?;
        let content = Content {
            module,
            text: Some(Rc::new(text)),
            part: None,
            map: OnceCell::from(assembled.map),
            imports: OnceCell::new(),
            exported: OnceCell::new(),
            bytes: None,
        };
        Ok(Source::of(name, keep(content), false))
    }

    fn of(name: String, content: Rc<Content>, was_kept: bool) -> Source {
        let module = content.module.clone();
        Source {
            file: name.clone(),
            name,
            module,
            was_kept,
            content,
        }
    }

    /// Decodes a binary. Its places are those of its printed text, which the page shows.
    pub fn from_bytes(name: String, bytes: &[u8]) -> Result<Source, Vec<Problem>> {
        if let Some(content) = kept(|content| content.bytes.as_deref() == Some(bytes)) {
            return Ok(Source::of(name, content, true));
        }
        let module = Module::new(bytes).map_err(|error| vec![refusal(&name, None, &error)])?;
        let content = Content::printed(module, bytes);
        Ok(Source::of(name, keep(content), false))
    }

    /// A module of a script, by the directive that it stands in.
    pub fn of_script(
        name: String,
        (file, script): (&str, &Rc<Text>),
        directive: &srcmap::Directive,
        module: Module,
    ) -> Source {
        let (part, form) = directive
            .module
            .unwrap_or((directive.span, srcmap::ModuleForm::Text));
        let content = match form {
            srcmap::ModuleForm::Text => Content {
                module,
                text: Some(Rc::clone(script)),
                part: Some(part),
                map: OnceCell::new(),
                imports: OnceCell::new(),
                exported: OnceCell::new(),
                bytes: None,
            },
            // What is quoted or given as bytes has no text in the script; it is shown as printed.
            srcmap::ModuleForm::Binary | srcmap::ModuleForm::Quote => {
                let bytes = module.bytes().to_vec();
                Content::printed(module, &bytes)
            }
        };
        let mut source = Source::of(name, Rc::new(content), false);
        if form == srcmap::ModuleForm::Text {
            source.file = file.to_owned();
        }
        source
    }

    /// The text of a module in a script that is not part of the script's text.
    pub fn own_text(&self) -> Option<&str> {
        self.content.bytes.as_ref()?;
        Some(&self.content.text.as_ref()?.text)
    }

    /// Whether the lines of the module's text cover a byte position of its file.
    fn covers(&self, text: &Text, position: u32) -> bool {
        let Some(part) = self.content.part else {
            return true;
        };
        position < part.end && text.index.line(position) >= text.index.line(part.start)
    }

    /// `$name`, or the name it is exported under in quotes, or `[index]`.
    pub fn func_name(&self, func: FuncIdx) -> String {
        if let Some(name) = self.module.func_name(func) {
            return format!("${name}");
        }
        let exported = (self.content.exported).get_or_init(|| self.content.exported_funcs());
        match exported.get(func.0 as usize) {
            Some(Some(name)) => name.clone(),
            _ => format!("[{func}]"),
        }
    }

    /// The place of the instruction at a byte offset.
    pub fn place(&self, offset: u32) -> PlaceInText {
        let Some(text) = &self.content.text else {
            return PlaceInText::default();
        };
        let Some(place) = self.content.map().at_offset(offset) else {
            return PlaceInText::default();
        };
        PlaceInText {
            span: Some(text.span(place.instruction)),
            line: Some(text.index.line(place.keyword.start)),
        }
    }

    /// What follows the keyword of the instruction at a byte offset.
    pub fn immediates(&self, offset: u32) -> Option<&str> {
        let text = self.content.text.as_ref()?;
        let place = self.content.map().at_offset(offset)?;
        let rest = srcmap::Span::new(place.keyword.end, place.instruction.end);
        Some(rest.slice(&text.text).trim())
    }

    /// Byte offset of the first instruction at or after a UTF-16 position, and whether it is in a
    /// function that the line of the position has no part of.
    pub fn instruction_from(&self, position: u32) -> Option<(u32, bool)> {
        let text = self.content.text.as_ref()?;
        let position = text.index.from_utf16(&text.text, position);
        if !self.covers(text, position) {
            return None;
        }
        // Inside a keyword the instruction itself is meant, not the one after it.
        let map = self.content.map();
        let inside = map
            .at_position(position)
            .filter(|place| place.keyword.contains(position));
        let place = inside.or_else(|| map.at_or_after(position))?;
        let is_in = match (
            map.body_at_position(position),
            map.body_at_offset(place.offset),
        ) {
            (None, Some(body)) => text.index.line(body.span.start) <= text.index.line(position),
            (asked, found) => asked == found,
        };
        Some((place.offset, !is_in))
    }

    /// The place of the n-th import.
    pub fn import_place(&self, n: u32) -> (Option<Span>, Option<u32>, Option<u32>) {
        let imports = self
            .content
            .imports
            .get_or_init(|| self.content.import_spans());
        match (
            &self.content.text,
            imports.get(n as usize).copied().flatten(),
        ) {
            (Some(text), Some(span)) => {
                let (line, column) = text.line_column(span.start);
                (Some(text.span(span)), Some(line), Some(column))
            }
            _ => (None, None, None),
        }
    }
}

fn problem(name: &str, text: &Text, diagnostic: srcmap::Diagnostic) -> Problem {
    Problem {
        message: diagnostic.message,
        file: Some(name.to_owned()),
        span: Some(text.span(diagnostic.span)),
        line: Some(diagnostic.line),
        column: Some(diagnostic.column),
        limited: None,
    }
}

/// Why the machine does not take a module, with the place in the text where there is one.
fn refusal(name: &str, text: Option<(&Text, &srcmap::SourceMap)>, error: &Error) -> Problem {
    let place = text.and_then(|(text, map)| {
        let place = map.covering_offset(error.offset()?.0)?;
        let (line, column) = text.line_column(place.keyword.start);
        Some((text.span(place.instruction), line, column))
    });
    Problem {
        message: sentence(error, place.map(|(_, line, _)| line)),
        file: Some(name.to_owned()),
        span: place.map(|(span, _, _)| span),
        line: place.map(|(_, line, _)| line),
        column: place.map(|(_, _, column)| column),
        limited: None,
    }
}

/// The error's sentence; in a text the line says more than the byte offset.
fn sentence(error: &Error, line: Option<u32>) -> String {
    match (error.kind(), line) {
        (
            ErrorKind::Unsupported {
                feature,
                instruction: Some(instruction),
            },
            Some(line),
        ) => {
            format!("uses {feature} ({instruction} at line {line}), which is not there yet")
        }
        (ErrorKind::Invalid(message), Some(_)) => message.clone(),
        _ => error.to_string(),
    }
}

/// What the machine would refuse in a text that assembles.
pub fn unsupported(
    text: &str,
    index: &srcmap::TextIndex,
    assembled: &srcmap::Assembled,
) -> Option<Diagnostic> {
    let error = Module::new(assembled.wasm.as_slice()).err()?;
    let place = error
        .offset()
        .and_then(|offset| assembled.map.covering_offset(offset.0));
    let span = place.map_or(srcmap::Span::new(0, 0), |place| place.instruction);
    let (line, column) = index.line_column(text, span.start);
    Some(Diagnostic {
        severity: Severity::Error,
        span: span_of(text, index, span),
        line,
        column,
        message: sentence(&error, place.map(|_| line)),
    })
}
