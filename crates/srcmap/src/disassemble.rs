//! From bytes to text: one instruction on a line, with the map from byte offsets.

use std::io;

use wasmparser::{BinaryReader, Parser, Payload};
use wasmprinter::{Config, Print};

use crate::Error;
use crate::assemble::COMPONENT;
use crate::map::{Body, Place, SourceMap};
use crate::span::Span;

/// A module's text and where its instructions stand in it.
#[derive(Clone, Debug)]
pub struct Disassembled {
    /// Assembles to a module with the same instructions, names and custom sections, but for
    /// custom sections above [`LARGEST_CUSTOM`] bytes, which a comment stands for.
    pub text: String,
    /// Offsets are those of the bytes that were given.
    pub map: SourceMap,
}

/// Prints a module (specification, Text Format).
///
/// # Errors
///
/// Bytes that are no module, or one whose sections cannot be read.
pub fn disassemble(wasm: &[u8]) -> Result<Disassembled, Error> {
    precheck(wasm)?;
    let mut out = Lines {
        text: String::with_capacity(wasm.len().saturating_mul(6)),
        starts: Vec::new(),
        indents_left: 0,
        literal: None,
        deepest_indent: if wasm.len() > LARGE {
            DEEPEST_INDENT_WHEN_LARGE
        } else {
            u32::MAX
        },
    };
    Config::new()
        .indent_text(INDENT)
        .print(wasm, &mut out)
        .map_err(|error| {
            let root = error.root_cause();
            match root.downcast_ref::<wasmparser::BinaryReaderError>() {
                Some(error) => Error::from(error.clone()),
                None => Error {
                    message: format!("it cannot be written as text: {root}"),
                    offset: 0,
                },
            }
        })?;
    let map = map(wasm, &out)?;
    Ok(Disassembled {
        text: out.text,
        map,
    })
}

/// The commonest mistakes, said plainly.
fn precheck(wasm: &[u8]) -> Result<(), Error> {
    let fail = |message: &str, offset| {
        Err(Error {
            message: message.to_string(),
            offset,
        })
    };
    match wasm {
        [b'\0', b'a', b's', b'm', 1, 0, 0, 0, ..] => whole_sections(wasm),
        [b'\0', b'a', b's', b'm', _, 0, 1, 0, ..] => fail(COMPONENT, 4),
        [b'\0', b'a', b's', b'm', _, _, _, _, ..] => {
            fail("this is not version 1 of the binary format", 4)
        }
        [b'\0', b'a', b's', b'm', ..] => fail("the file ends in the middle of its header", 4),
        [] => fail("the file is empty", 0),
        _ => fail(
            "this is no WebAssembly module: it does not begin with \\0asm",
            0,
        ),
    }
}

/// That every section ends within the file (specification, Binary Format, Sections). A file that
/// was cut off is told by this, and where, before its contents are looked at.
fn whole_sections(wasm: &[u8]) -> Result<(), Error> {
    let mut reader = BinaryReader::new(&wasm[HEADER..], HEADER as u64);
    while !reader.eof() {
        let start = u32::try_from(reader.original_position()).unwrap_or(u32::MAX);
        let id = reader.read_u8()?;
        let announced = reader.read_var_u32()? as usize;
        let there = reader.bytes_remaining();
        if announced > there {
            let name = section_name(id);
            return Err(Error {
                message: format!(
                    "the file ends in the middle of its {name} section, which has {there} of its {announced} bytes"
                ),
                offset: start,
            });
        }
        reader.read_bytes(announced)?;
    }
    Ok(())
}

/// Bytes of the magic and the version.
const HEADER: usize = 8;

fn section_name(id: u8) -> &'static str {
    const NAMES: [&str; 14] = [
        "custom",
        "type",
        "import",
        "function",
        "table",
        "memory",
        "global",
        "export",
        "start",
        "element",
        "code",
        "data",
        "data count",
        "tag",
    ];
    NAMES.get(usize::from(id)).copied().unwrap_or("last")
}

const INDENT: &str = "  ";

/// Size in bytes from which a module counts as large; chosen.
const LARGE: usize = 256 * 1024;

/// In a large module deeper blocks are indented no further: compiled programs nest dozens of
/// them, and most of the text would be blanks (measured: 24 bytes of text for a byte of module,
/// with this limit 11).
const DEEPEST_INDENT_WHEN_LARGE: u32 = 8;

/// Size in bytes up to which a custom section is printed. Larger ones hold debugging information,
/// of which nobody reads four characters for each byte; chosen.
pub const LARGEST_CUSTOM: usize = 64 * 1024;

/// Length at which a literal of bytes goes on in a literal on the next line, so that a data
/// segment of megabytes does not become one line; chosen.
const LITERAL_WIDTH: usize = 96;

/// A literal of bytes that is being printed.
struct Literal {
    /// Where its present line starts in the text.
    start: usize,
    /// Characters that the escape at hand still lacks.
    escape_left: usize,
}

/// Receives the text and notes which byte offset each line belongs to.
struct Lines {
    text: String,
    /// Byte offset in the module, start of the line in the text.
    starts: Vec<(u32, u32)>,
    /// Steps of indentation that the line at hand may still have.
    indents_left: u32,
    deepest_indent: u32,
    literal: Option<Literal>,
}

impl Lines {
    /// Whether a literal that starts here is of bytes, which may be given in several literals:
    /// that of a data segment or the second one of a custom section.
    fn takes_bytes(&self) -> bool {
        let line_start = self.text.rfind('\n').map_or(0, |at| at + 1);
        let line = self.text[line_start..].trim_start();
        line.starts_with("(data ") || line.starts_with("(@custom ") && line.ends_with(") ")
    }
}

impl Print for Lines {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        // Spans are 32 bits wide.
        if self.text.len() + text.len() > i32::MAX as usize {
            return Err(io::Error::other("its text would be larger than 2 GiB"));
        }
        if text == INDENT {
            if self.indents_left == 0 {
                return Ok(());
            }
            self.indents_left -= 1;
        }
        if let Some(literal) = &mut self.literal {
            if literal.escape_left > 0 {
                literal.escape_left = literal.escape_left.saturating_sub(text.len());
            } else {
                if self.text.len() - literal.start >= LITERAL_WIDTH && text != "\"" {
                    self.text.push_str("\"\n    \"");
                    literal.start = self.text.len();
                }
                if text == "\\" {
                    literal.escape_left = 2;
                }
            }
        }
        self.text.push_str(text);
        Ok(())
    }

    fn start_literal(&mut self) -> io::Result<()> {
        self.literal = self.takes_bytes().then_some(Literal {
            start: self.text.len(),
            escape_left: 0,
        });
        Ok(())
    }

    fn reset_color(&mut self) -> io::Result<()> {
        self.literal = None;
        Ok(())
    }

    fn print_custom_section(&mut self, name: &str, _: u64, data: &[u8]) -> io::Result<bool> {
        if data.len() <= LARGEST_CUSTOM || name == "name" {
            return Ok(false);
        }
        let size = data.len();
        let comment = format!("\n  ;; custom section {name:?}: its {size} bytes are not shown");
        self.write_str(&comment)?;
        Ok(true)
    }

    fn start_line(&mut self, offset: Option<u64>) {
        self.indents_left = self.deepest_indent;
        if let Some(offset) = offset {
            self.starts.push((offset as u32, self.text.len() as u32));
        }
    }
}

fn map(wasm: &[u8], out: &Lines) -> Result<SourceMap, Error> {
    let mut map = SourceMap::default();
    let mut lines = out.starts.iter().peekable();
    let mut func = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(reader) => {
                for import in reader.into_imports() {
                    if matches!(
                        import?.ty,
                        wasmparser::TypeRef::Func(_) | wasmparser::TypeRef::FuncExact(_)
                    ) {
                        func += 1;
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let range = body.range();
                let mut operators = body.get_operators_reader()?;
                // The line of a function carries the offset of its body.
                let mut last_line = 0;
                let mut form = Span::default();
                while let Some((offset, at)) =
                    lines.next_if(|(offset, _)| u64::from(*offset) < operators.original_position())
                {
                    if u64::from(*offset) == range.start && form.is_empty() {
                        form = trimmed(&out.text, *at);
                    }
                    last_line = *at;
                }
                while !operators.eof() {
                    let offset = operators.original_position() as u32;
                    operators.read()?;
                    while lines.next_if(|(line, _)| *line < offset).is_some() {}
                    let place = match lines.next_if(|(line, _)| *line == offset) {
                        Some((_, at)) => {
                            last_line = *at;
                            place(&out.text, offset, trimmed(&out.text, *at))
                        }
                        // The end of a function without instructions, on the function's line.
                        None => place(&out.text, offset, last_character(&out.text, last_line)),
                    };
                    form.end = place.instruction.end;
                    map.push(place);
                }
                map.push_body(Body {
                    func,
                    start: range.start as u32,
                    end: range.end as u32,
                    span: form,
                });
                func += 1;
            }
            _ => {}
        }
    }
    map.finish();
    Ok(map)
}

/// An instruction whose text is the line `line`.
fn place(text: &str, offset: u32, line: Span) -> Place {
    let words = line.slice(text);
    let keyword = words.find(' ').unwrap_or(words.len()) as u32;
    Place {
        offset,
        keyword: Span::new(line.start, line.start + keyword),
        instruction: line,
        expression: line,
    }
}

/// The line that begins at `at`, without indentation and the printer's comment on its label.
fn trimmed(text: &str, at: u32) -> Span {
    let rest = &text[at as usize..];
    let line = rest.lines().next().unwrap_or("");
    let code = match line.rfind(" ;; label = @") {
        Some(comment) if !line.contains('"') => &line[..comment],
        _ => line,
    };
    let start = at + (code.len() - code.trim_start().len()) as u32;
    Span::new(start, at + code.trim_end().len() as u32)
}

/// The closing parenthesis at the end of the line that begins at `at`.
fn last_character(text: &str, at: u32) -> Span {
    let line = trimmed(text, at);
    Span::new(line.end.saturating_sub(1).max(line.start), line.end)
}
