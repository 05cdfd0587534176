//! Values and types.

use super::crossing;
use super::incoming::{AnyTarget, AnyValue};

crossing! {
    /// A half-open range in a text, in UTF-16 units.
    #[derive(Copy)]
    #[serde(rename_all = "camelCase")]
    pub struct Span {
        pub from: u32,
        pub to: u32,
    }

    /// Type and number of the lanes in which a vector is read.
    #[derive(Copy)]
    #[serde(rename_all = "lowercase")]
    pub enum Shape {
        I8x16,
        I16x8,
        I32x4,
        I64x2,
        F32x4,
        F64x2,
    }

    /// A value with its type; numbers as their bits, read as unsigned.
    #[serde(tag = "type", rename_all = "lowercase", rename_all_fields = "camelCase", try_from = "AnyValue")]
    pub enum Value {
        I32 { bits: u32 },
        I64 { bits: u64 },
        F32 { bits: u32 },
        F64 { bits: u64 },
        /// Lane 0 in the lowest bits.
        V128 {
            low: u64,
            high: u64,
            /// That of the instructions that make or use it, where they tell one; never asked for.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[cfg_attr(not(target_arch = "wasm32"), ts(optional))]
            shape: Option<Shape>,
        },
        /// `refType` is the family it is seen through: `funcref`, `externref`, `anyref` or `exnref`.
        Ref { ref_type: String, target: RefTarget },
    }

    #[serde(tag = "kind", rename_all = "lowercase", rename_all_fields = "camelCase", try_from = "AnyTarget")]
    pub enum RefTarget {
        Null,
        /// `func`: address in the machine; `name`: `$name` or `module:[index]`.
        Func { func: u32, name: String },
        Extern { handle: u32 },
        /// `value`: 31 bits, zero-extended.
        I31 { value: u32 },
        /// A structure or array of the machine's heap; `text`: `$point #12 {x 1, y 2}`.
        Object { object: u32, text: String },
        /// `text`: the tag and what it carries, `$tag (1, 2)`.
        Exception { object: u32, text: String },
    }

    #[serde(rename_all = "camelCase")]
    pub struct FuncType {
        pub params: Vec<String>,
        pub results: Vec<String>,
    }

    #[derive(Copy)]
    #[serde(rename_all = "lowercase")]
    pub enum ExternKind {
        Func,
        Table,
        Memory,
        Global,
        Tag,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct ImportInfo {
        pub module: String,
        pub name: String,
        pub kind: ExternKind,
        /// As the text format writes it: `(func (param i32) (result i32))`.
        pub r#type: String,
        /// Of functions; of tags with the values of an exception as parameters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub func: Option<FuncType>,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct ExportInfo {
        pub name: String,
        pub kind: ExternKind,
        pub r#type: String,
        /// Of functions; of tags with the values of an exception as parameters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub func: Option<FuncType>,
        /// Of functions: the parameters as `$name`, or `[index]` where the module has no name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub param_names: Option<Vec<String>>,
        /// Address in the machine: function, table, memory, global or tag. 0 before the module is linked.
        pub address: u32,
    }
}
