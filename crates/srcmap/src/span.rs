//! Positions in a text: byte ranges, lines and columns, and UTF-16 offsets.

/// A half-open range of UTF-8 byte offsets in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub const fn new(start: u32, end: u32) -> Span {
        Span { start, end }
    }

    /// An empty range at `position`.
    pub const fn at(position: u32) -> Span {
        Span::new(position, position)
    }

    pub const fn contains(self, position: u32) -> bool {
        self.start <= position && position < self.end
    }

    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The part of `text` it covers; empty where it does not lie on character boundaries.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or("")
    }
}

/// Bytes of text between two stored counts. Chosen so that the table is a sixteenth of the text.
const BLOCK: usize = 64;

/// Converts between byte offsets, lines and columns, and UTF-16 offsets of one text.
///
/// Built once for a text, in one pass; each conversion is a lookup and at most [`BLOCK`] bytes of
/// scanning, or a binary search. For a text of ASCII only, bytes and UTF-16 units are the same and
/// nothing but the line table is stored.
#[derive(Clone, Debug)]
pub struct TextIndex {
    len: u32,
    len_utf16: u32,
    /// Byte offset of the first character of each line.
    lines: Vec<u32>,
    /// UTF-16 units before each block of the text; empty for ASCII.
    units: Vec<u32>,
}

impl TextIndex {
    pub fn new(text: &str) -> TextIndex {
        let bytes = text.as_bytes();
        let mut lines = vec![0];
        lines.extend(
            bytes
                .iter()
                .enumerate()
                .filter(|(_, byte)| **byte == b'\n')
                .map(|(at, _)| at as u32 + 1),
        );
        let mut units = Vec::new();
        let mut len_utf16 = bytes.len() as u32;
        if !text.is_ascii() {
            units.reserve(bytes.len() / BLOCK + 1);
            len_utf16 = 0;
            for block in bytes.chunks(BLOCK) {
                units.push(len_utf16);
                len_utf16 += block.iter().map(|byte| units_of(*byte)).sum::<u32>();
            }
        }
        TextIndex {
            len: bytes.len() as u32,
            len_utf16,
            lines,
            units,
        }
    }

    /// Number of lines; an empty text has one.
    pub fn n_lines(&self) -> u32 {
        self.lines.len() as u32
    }

    /// Line and column of a byte offset, both from 1; the column counts characters.
    /// `text` is the text the index was made of.
    pub fn line_column(&self, text: &str, position: u32) -> (u32, u32) {
        let position = position.min(self.len);
        let line = self.lines.partition_point(|start| *start <= position);
        let start = self.lines[line - 1] as usize;
        let column = text.as_bytes()[start..position as usize]
            .iter()
            .filter(|byte| !is_continuation(**byte))
            .count();
        (line as u32, column as u32 + 1)
    }

    /// Line of a byte offset, from 1.
    pub fn line(&self, position: u32) -> u32 {
        self.lines
            .partition_point(|start| *start <= position.min(self.len)) as u32
    }

    /// The line that is counted from 1, without its line break; `None` past the last one.
    pub fn line_span(&self, text: &str, line: u32) -> Option<Span> {
        let start = *self.lines.get(line.checked_sub(1)? as usize)?;
        let next = self.lines.get(line as usize).copied();
        let mut end = next.map_or(self.len, |next| next - 1);
        if end > start && text.as_bytes()[end as usize - 1] == b'\r' {
            end -= 1;
        }
        Some(Span::new(start, end))
    }

    /// UTF-16 offset of a byte offset; past the end, the length of the text.
    pub fn to_utf16(&self, text: &str, position: u32) -> u32 {
        if self.units.is_empty() {
            return position.min(self.len);
        }
        if position >= self.len {
            return self.len_utf16;
        }
        let block = position as usize / BLOCK;
        let rest = &text.as_bytes()[block * BLOCK..position as usize];
        self.units[block] + rest.iter().map(|byte| units_of(*byte)).sum::<u32>()
    }

    /// A span in UTF-16 units: start and end.
    pub fn span_to_utf16(&self, text: &str, span: Span) -> (u32, u32) {
        (
            self.to_utf16(text, span.start),
            self.to_utf16(text, span.end),
        )
    }

    /// Byte offset of a UTF-16 offset; one inside a surrogate pair gives the start of its
    /// character, one past the end the length of the text.
    pub fn from_utf16(&self, text: &str, position: u32) -> u32 {
        if self.units.is_empty() {
            return position.min(self.len);
        }
        if position >= self.len_utf16 {
            return self.len;
        }
        let block = self.units.partition_point(|units| *units <= position) - 1;
        let mut units = self.units[block];
        let mut start = block * BLOCK;
        let bytes = text.as_bytes();
        for (at, byte) in bytes.iter().enumerate().skip(block * BLOCK) {
            if !is_continuation(*byte) {
                if units >= position {
                    return at as u32;
                }
                start = at;
            }
            units += units_of(*byte);
            if units > position {
                break;
            }
        }
        while is_continuation(bytes[start]) {
            start -= 1;
        }
        start as u32
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// UTF-16 units of the character that begins with this byte; 0 inside a character.
fn units_of(byte: u8) -> u32 {
    if is_continuation(byte) {
        0
    } else if byte >= 0xf0 {
        2
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_offsets_agree_with_the_standard_library() {
        let mut text = String::new();
        for n in 0..200 {
            text.push_str(["a", "é", "\u{4e16}", "🐝", "\n", "(i32.add)"][n * 7 % 6]);
        }
        let index = TextIndex::new(&text);
        for (at, ch) in text.char_indices() {
            let expected = text[..at].encode_utf16().count() as u32;
            assert_eq!(index.to_utf16(&text, at as u32), expected, "at {at}");
            assert_eq!(index.from_utf16(&text, expected), at as u32, "at {at}");
            if ch.len_utf16() == 2 {
                assert_eq!(index.from_utf16(&text, expected + 1), at as u32);
            }
        }
        assert_eq!(
            index.to_utf16(&text, u32::MAX),
            text.encode_utf16().count() as u32
        );
        assert_eq!(index.from_utf16(&text, u32::MAX), text.len() as u32);
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        let text = "é(\r\n b\n";
        let index = TextIndex::new(text);
        assert_eq!(index.line_column(text, 0), (1, 1));
        assert_eq!(index.line_column(text, 2), (1, 2));
        assert_eq!(index.line_column(text, 6), (2, 2));
        assert_eq!(index.line_column(text, 99), (3, 1));
        assert_eq!(index.line_span(text, 1), Some(Span::new(0, 3)));
        assert_eq!(index.line_span(text, 3), Some(Span::at(8)));
        assert_eq!(index.line_span(text, 4), None);
        assert_eq!(index.n_lines(), 3);
    }
}
