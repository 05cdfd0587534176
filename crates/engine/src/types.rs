//! Types of values, functions and the things a module imports and exports.
//!
//! Spec: [types](https://webassembly.github.io/spec/core/syntax/types.html).

use std::fmt;

/// Type of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefType {
    /// A function of the store, or null.
    FuncRef,
    /// A handle the embedder gave, or null.
    ExternRef,
}

/// Type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ValType {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// 128-bit vector; no instruction of the machine uses it yet.
    V128,
    /// Reference.
    Ref(RefType),
}

/// Parameters and results of a function.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FuncType {
    /// Types of the parameters in order.
    pub params: Box<[ValType]>,
    /// Types of the results in order.
    pub results: Box<[ValType]>,
}

/// Sizes of a table (elements) or a memory (pages).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Size at the start.
    pub min: u64,
    /// Largest size, if there is one.
    pub max: Option<u64>,
}

/// Type of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TableType {
    /// Type of its elements.
    pub element: RefType,
    /// Sizes in elements.
    pub limits: Limits,
}

/// Type of a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MemoryType {
    /// Sizes in pages of 65,536 bytes.
    pub limits: Limits,
}

/// Type of a global.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GlobalType {
    /// Type of its value.
    pub content: ValType,
    /// Whether the program may change it.
    pub mutable: bool,
}

/// Type of an import or export.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ExternType {
    /// A function.
    Func(FuncType),
    /// A table.
    Table(TableType),
    /// A memory.
    Memory(MemoryType),
    /// A global.
    Global(GlobalType),
}

impl FuncType {
    /// A function type from its parameters and results.
    pub fn new(params: impl Into<Box<[ValType]>>, results: impl Into<Box<[ValType]>>) -> FuncType {
        FuncType {
            params: params.into(),
            results: results.into(),
        }
    }
}

impl RefType {
    pub(crate) fn from_parser(ty: wasmparser::RefType) -> Option<RefType> {
        match ty {
            wasmparser::RefType::FUNCREF => Some(RefType::FuncRef),
            wasmparser::RefType::EXTERNREF => Some(RefType::ExternRef),
            _ => None,
        }
    }
}

impl ValType {
    pub(crate) fn from_parser(ty: wasmparser::ValType) -> Option<ValType> {
        Some(match ty {
            wasmparser::ValType::I32 => ValType::I32,
            wasmparser::ValType::I64 => ValType::I64,
            wasmparser::ValType::F32 => ValType::F32,
            wasmparser::ValType::F64 => ValType::F64,
            wasmparser::ValType::V128 => ValType::V128,
            wasmparser::ValType::Ref(ty) => ValType::Ref(RefType::from_parser(ty)?),
        })
    }

    /// Whether this is a reference type.
    pub fn is_ref(self) -> bool {
        matches!(self, ValType::Ref(_))
    }
}

impl Limits {
    /// Import matching: `self` may be given where `wanted` is asked for, `size` being the present size.
    pub(crate) fn matches(self, size: u64, wanted: Limits) -> bool {
        size >= wanted.min
            && match (self.max, wanted.max) {
                (_, None) => true,
                (Some(max), Some(wanted)) => max <= wanted,
                (None, Some(_)) => false,
            }
    }
}

impl fmt::Display for RefType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RefType::FuncRef => "funcref",
            RefType::ExternRef => "externref",
        })
    }
}

impl fmt::Display for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValType::I32 => f.write_str("i32"),
            ValType::I64 => f.write_str("i64"),
            ValType::F32 => f.write_str("f32"),
            ValType::F64 => f.write_str("f64"),
            ValType::V128 => f.write_str("v128"),
            ValType::Ref(ty) => ty.fmt(f),
        }
    }
}

impl fmt::Display for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(func")?;
        for (word, types) in [("param", &self.params), ("result", &self.results)] {
            if !types.is_empty() {
                write!(f, " ({word}")?;
                for ty in types {
                    write!(f, " {ty}")?;
                }
                f.write_str(")")?;
            }
        }
        f.write_str(")")
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.min)?;
        match self.max {
            Some(max) => write!(f, " {max}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ExternType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExternType::Func(ty) => ty.fmt(f),
            ExternType::Table(ty) => write!(f, "(table {} {})", ty.limits, ty.element),
            ExternType::Memory(ty) => write!(f, "(memory {})", ty.limits),
            ExternType::Global(ty) if ty.mutable => write!(f, "(global (mut {}))", ty.content),
            ExternType::Global(ty) => write!(f, "(global {})", ty.content),
        }
    }
}
