//! What the embedder hands in.

use serde_bytes::ByteBuf;

use super::incoming::{AnyEdit, AnyModule};
use super::{HeapWindow, ImportInfo, MemoryWindow, Span, TableWindow, Value, crossing};

crossing! {
    #[serde(tag = "kind", rename_all = "lowercase", rename_all_fields = "camelCase", try_from = "AnyModule")]
    pub enum ModuleSource {
        Text {
            /// File name without extension; also the name under which other modules import its exports.
            name: String,
            text: String,
        },
        Binary {
            name: String,
            #[cfg_attr(not(target_arch = "wasm32"), ts(type = "Uint8Array"))]
            bytes: ByteBuf,
        },
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct Limits {
        /// In units of the schedule; undefined: no limit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub gas: Option<u64>,
        /// Stack of the machine, in slots of 8 bytes.
        pub stack_slots: u32,
        /// For one memory, in pages of 64 KiB.
        pub memory_pages: u32,
        pub table_elements: u32,
        /// For all objects together, in MiB.
        pub heap_mib: u32,
        /// A host function that takes longer is ended, in milliseconds.
        pub host_millis: u32,
    }

    /// Something that keeps a project from running.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct Problem {
        pub message: String,
        /// Which file it is in: a module's name, or `host.js`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub file: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub span: Option<Span>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub line: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub column: Option<u32>,
        /// A limit is the reason, and it can be set higher.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub limited: Option<bool>,
    }

    /// An import that no module of the project gives: the embedder answers for it.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct HostImport {
        pub import: ImportInfo,
        /// The module that imports it, and the place in its text.
        pub importer: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub span: Option<Span>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub line: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub column: Option<u32>,
    }

    /// A value for an imported global.
    #[serde(rename_all = "camelCase")]
    pub struct HostGlobal {
        pub module: String,
        pub name: String,
        pub value: Value,
    }

    /// The call before which the machine of a script stands.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct ScriptCall {
        /// Number of the module among those of the machine.
        pub module: u32,
        /// Undefined: its start function.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub export: Option<String>,
        pub args: Vec<Value>,
    }

    /// Which part of the long lists of a view is sent: so many rows of each, each from a place on.
    /// Where fewer are left after that, the last ones.
    #[derive(Copy)]
    #[serde(rename_all = "camelCase")]
    pub struct RowWindows {
        /// At most 4096.
        pub count: u32,
        pub locals_from: u32,
        /// From the top of the stack.
        pub operands_from: u32,
        pub labels_from: u32,
        pub globals_from: u32,
        /// At most 128 of those that are not in sight.
        #[serde(default)]
        pub exceptions_from: u32,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct Viewport {
        /// 0 is the innermost frame.
        pub frame: u32,
        pub frames_from: u32,
        pub frames_count: u32,
        /// Undefined: the first 4096 of each list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub rows: Option<RowWindows>,
        pub memories: Vec<MemoryWindow>,
        pub tables: Vec<TableWindow>,
        /// Undefined: the heap is not looked at.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub heap: Option<HeapWindow>,
    }

    #[serde(tag = "kind", rename_all = "lowercase", rename_all_fields = "camelCase", try_from = "AnyEdit")]
    pub enum Edit {
        Local { frame: u32, index: u32, value: Value },
        Operand { frame: u32, index: u32, value: Value },
        Global { address: u32, value: Value },
        Element { table: u32, index: u32, value: Value },
        /// A field or element of an object.
        Part { object: u32, index: u32, value: Value },
        Bytes {
            memory: u32,
            address: u64,
            #[cfg_attr(not(target_arch = "wasm32"), ts(type = "Uint8Array"))]
            bytes: ByteBuf,
        },
    }
}
