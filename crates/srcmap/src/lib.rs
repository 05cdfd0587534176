//! Everything about the text of a module: assembling and printing it, what is wrong with it, what
//! is in it, and which instruction stands where.
//!
//! All positions are UTF-8 byte offsets ([`Span`]); [`TextIndex`] turns them into lines, columns
//! and UTF-16 offsets. Offsets into a module are byte offsets from its first byte. Nothing here
//! runs a module, and nothing keeps state between calls.
//!
//! ```
//! let text = "(module (func (export \"inc\") (param $n i32) (result i32)
//!     (i32.add (local.get $n) (i32.const 1))))";
//! let assembled = waspnest_srcmap::assemble(text).expect("the text is a valid module");
//! let add = assembled.map.iter().nth(2).expect("the third instruction to run");
//! assert_eq!(add.keyword.slice(text), "i32.add");
//! assert_eq!(add.expression.slice(text), "(i32.add (local.get $n) (i32.const 1))");
//!
//! let wrong = text.replace("i32.const", "i64.const");
//! let diagnostics = waspnest_srcmap::assemble(&wrong).expect_err("the types do not fit");
//! assert_eq!(diagnostics[0].message, "i32.add expects i32 on top of the stack, found i64");
//! ```

mod assemble;
mod diagnostic;
mod disassemble;
mod interface;
mod large;
#[cfg(test)]
mod laws;
mod lex;
mod map;
mod outline;
mod script;
mod span;
mod symbols;
mod validate;
mod voice;

pub use crate::assemble::{Assembled, Check, assemble, check, check_large};
pub use crate::diagnostic::{Diagnostic, Severity};
pub use crate::disassemble::{Disassembled, LARGEST_CUSTOM, disassemble};
pub use crate::interface::{Export, ExternKind, FuncType, Import, Interface, interface};
pub use crate::large::{definitions_of, outline_printed};
pub use crate::lex::{Token, TokenKind, Tokens};
pub use crate::map::{Body, Place, SourceMap};
pub use crate::outline::{OutlineItem, OutlineKind, outline, outline_binary};
pub use crate::script::{
    Directive, DirectiveKind, ModuleForm, Unencoded, directives, encode, module_text, parse_buffer,
    parse_problem, unknown_directive,
};
pub use crate::span::{Span, TextIndex};
pub use crate::symbols::{Definition, Reference, SymbolKind, Symbols, namespace_at, symbols};
pub use crate::voice::parse::quote;

/// A binary that cannot be read: one sentence, with the byte offset where reading ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub message: String,
    /// Byte offset in the module.
    pub offset: u32,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (at byte 0x{:x})", self.message, self.offset)
    }
}

impl std::error::Error for Error {}

impl From<wasmparser::BinaryReaderError> for Error {
    fn from(error: wasmparser::BinaryReaderError) -> Error {
        Error {
            message: voice::validation::plain(error.message()),
            offset: u32::try_from(error.offset()).unwrap_or(u32::MAX),
        }
    }
}
