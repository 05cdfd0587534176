//! From bytes to text: one instruction on a line, with the map from byte offsets.

use std::io;

use wasmparser::{Parser, Payload};
use wasmprinter::{Config, Print};

use crate::Error;
use crate::map::{Body, Place, SourceMap};
use crate::span::Span;

/// A module's text and where its instructions stand in it.
#[derive(Clone, Debug)]
pub struct Disassembled {
    /// Assembles to a module with the same instructions, names and custom sections.
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
    };
    Config::new().print(wasm, &mut out).map_err(|error| {
        let root = error.root_cause();
        match root.downcast_ref::<wasmparser::BinaryReaderError>() {
            Some(error) => Error::from(error.clone()),
            None => Error {
                message: format!("this module cannot be shown as text: {root}"),
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
        [b'\0', b'a', b's', b'm', 1, 0, 0, 0, ..] => Ok(()),
        [b'\0', b'a', b's', b'm', _, 0, 1, 0, ..] => {
            fail("this is a component; only modules are run here", 4)
        }
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

/// Receives the text and notes which byte offset each line belongs to.
struct Lines {
    text: String,
    /// Byte offset in the module, start of the line in the text.
    starts: Vec<(u32, u32)>,
}

impl Print for Lines {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        // Spans are 32 bits wide.
        if self.text.len() + text.len() > i32::MAX as usize {
            return Err(io::Error::other("its text would be larger than 2 GiB"));
        }
        self.text.push_str(text);
        Ok(())
    }

    fn start_line(&mut self, offset: Option<u64>) {
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
                let mut form = Span::default();
                let mut operators = body.get_operators_reader()?;
                // The line of a function carries the offset of its body.
                while let Some((offset, at)) = lines.peek() {
                    if u64::from(*offset) >= operators.original_position() {
                        break;
                    }
                    if u64::from(*offset) == range.start && form.is_empty() {
                        form = trimmed(&out.text, *at);
                    }
                    lines.next();
                }
                let first = map.len();
                while !operators.eof() {
                    let offset = operators.original_position() as u32;
                    operators.read()?;
                    while lines.peek().is_some_and(|(line, _)| *line < offset) {
                        lines.next();
                    }
                    let Some((_, at)) = lines.next_if(|(line, _)| *line == offset) else {
                        continue;
                    };
                    let line = trimmed(&out.text, *at);
                    let words = line.slice(&out.text);
                    let keyword = words.find(' ').unwrap_or(words.len()) as u32;
                    map.push(Place {
                        offset,
                        keyword: Span::new(line.start, line.start + keyword),
                        instruction: line,
                        expression: line,
                    });
                }
                let _ = first;
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

/// The line that begins at `at`, without indentation and comments at its end.
fn trimmed(text: &str, at: u32) -> Span {
    let rest = &text[at as usize..];
    let line = rest.lines().next().unwrap_or("");
    let line = line.split("  ;;").next().unwrap_or(line);
    let start = at + (line.len() - line.trim_start().len()) as u32;
    Span::new(start, at + line.trim_end().len() as u32)
}
