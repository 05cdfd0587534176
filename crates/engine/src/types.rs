//! Types of values, functions and the things a module imports and exports.
//!
//! Spec: [types](https://webassembly.github.io/spec/core/syntax/types.html).

use std::fmt;

/// Type of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RefType {
    /// Whether null is among the values.
    pub nullable: bool,
    /// What a reference that is not null points to.
    pub heap: HeapType,
}

/// What a reference points to.
///
/// Spec: [heap types](https://webassembly.github.io/spec/core/syntax/types.html#heap-types).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HeapType {
    /// Any function.
    Func,
    /// No function: only null.
    NoFunc,
    /// Anything the embedder gave, or an internal reference made external.
    Extern,
    /// Nothing external: only null.
    NoExtern,
    /// Any internal value that is no function.
    Any,
    /// No internal value: only null.
    None,
    /// What can be compared: `i31`, structures and arrays.
    Eq,
    /// A 31-bit integer.
    I31,
    /// Any structure.
    Struct,
    /// Any array.
    Array,
    /// Any exception.
    Exn,
    /// No exception: only null.
    NoExn,
    /// A defined type: its kind and its number. Types of a [`Module`](crate::Module) have the
    /// module's indices, those of a [`Machine`](crate::Machine) the numbers of its store.
    Type(TypeKind, u32),
}

/// Kind of a defined type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TypeKind {
    /// Functions.
    Func,
    /// Structures.
    Struct,
    /// Arrays.
    Array,
}

/// The four families of references, no two of which share a value but null. Each has a type of
/// its own at the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Top {
    /// Under `func`.
    Func,
    /// Under `extern`.
    Extern,
    /// Under `any`.
    Any,
    /// Under `exn`.
    Exn,
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
    /// 128-bit vector.
    V128,
    /// Reference.
    Ref(RefType),
}

/// A defined type as a module writes it.
///
/// Spec: [recursive types](https://webassembly.github.io/spec/core/syntax/types.html#recursive-types).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubType {
    /// Whether no type may be declared a subtype of it.
    pub is_final: bool,
    /// The type it is declared a subtype of.
    pub supertype: Option<u32>,
    /// What it is made of.
    pub composite: Composite,
}

/// What a defined type is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Composite {
    /// A function.
    Func(FuncType),
    /// A structure with these fields.
    Struct(Box<[FieldType]>),
    /// An array of such elements.
    Array(FieldType),
}

/// A field of a structure, or the elements of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldType {
    /// What is stored.
    pub storage: StorageType,
    /// Whether it can be changed.
    pub mutable: bool,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StorageType {
    /// 8 bits of an `i32`.
    I8,
    /// 16 bits of an `i32`.
    I16,
    /// A whole value.
    Val(ValType),
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

/// Type of the addresses of a memory, or of the indices of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressType {
    /// 32 bits.
    I32,
    /// 64 bits.
    I64,
}

/// Type of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TableType {
    /// Type of its indices.
    pub address: AddressType,
    /// Type of its elements.
    pub element: RefType,
    /// Sizes in elements.
    pub limits: Limits,
}

/// Type of a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MemoryType {
    /// Type of its addresses.
    pub address: AddressType,
    /// Sizes in pages.
    pub limits: Limits,
    /// Whether threads could share it.
    pub shared: bool,
    /// Bytes of a page as a power of two: 16 or, for a page of one byte, 0.
    pub page_size_log2: u8,
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
    /// A tag: the parameters are what its exceptions carry, and there are no results.
    Tag(FuncType),
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
    /// `funcref`.
    pub const FUNC: RefType = RefType::nullable(HeapType::Func);
    /// `externref`.
    pub const EXTERN: RefType = RefType::nullable(HeapType::Extern);
    /// `anyref`.
    pub const ANY: RefType = RefType::nullable(HeapType::Any);
    /// `exnref`.
    pub const EXN: RefType = RefType::nullable(HeapType::Exn);

    /// References to `heap`, or null.
    pub const fn nullable(heap: HeapType) -> RefType {
        RefType {
            nullable: true,
            heap,
        }
    }
}

impl HeapType {
    /// The family it belongs to.
    pub fn top(self) -> Top {
        match self {
            HeapType::Func | HeapType::NoFunc | HeapType::Type(TypeKind::Func, _) => Top::Func,
            HeapType::Extern | HeapType::NoExtern => Top::Extern,
            HeapType::Exn | HeapType::NoExn => Top::Exn,
            HeapType::Any
            | HeapType::None
            | HeapType::Eq
            | HeapType::I31
            | HeapType::Struct
            | HeapType::Array
            | HeapType::Type(TypeKind::Struct | TypeKind::Array, _) => Top::Any,
        }
    }
}

impl Top {
    /// The type of all references of the family, null included.
    pub fn ref_type(self) -> RefType {
        match self {
            Top::Func => RefType::FUNC,
            Top::Extern => RefType::EXTERN,
            Top::Any => RefType::ANY,
            Top::Exn => RefType::EXN,
        }
    }
}

impl ValType {
    /// Whether this is a reference type.
    pub fn is_ref(self) -> bool {
        matches!(self, ValType::Ref(_))
    }

    /// Number of slots of 8 bytes that a value takes.
    pub(crate) fn width(self) -> u32 {
        match self {
            ValType::V128 => 2,
            _ => 1,
        }
    }
}

/// Number of slots that values of these types take, one after the other.
pub(crate) fn width_of(types: &[ValType]) -> u32 {
    types.iter().map(|ty| ty.width()).sum()
}

impl Composite {
    /// Kind of the type.
    pub fn kind(&self) -> TypeKind {
        match self {
            Composite::Func(_) => TypeKind::Func,
            Composite::Struct(_) => TypeKind::Struct,
            Composite::Array(_) => TypeKind::Array,
        }
    }
}

/// Gives every defined type that is named in a type another number.
pub(crate) trait MapTypes {
    fn map_types(&self, map: &dyn Fn(u32) -> u32) -> Self;
}

impl MapTypes for RefType {
    fn map_types(&self, map: &dyn Fn(u32) -> u32) -> RefType {
        let heap = match self.heap {
            HeapType::Type(kind, idx) => HeapType::Type(kind, map(idx)),
            heap => heap,
        };
        RefType { heap, ..*self }
    }
}

impl MapTypes for ValType {
    fn map_types(&self, map: &dyn Fn(u32) -> u32) -> ValType {
        match self {
            ValType::Ref(ty) => ValType::Ref(ty.map_types(map)),
            ty => *ty,
        }
    }
}

impl MapTypes for FieldType {
    fn map_types(&self, map: &dyn Fn(u32) -> u32) -> FieldType {
        let storage = match self.storage {
            StorageType::Val(ty) => StorageType::Val(ty.map_types(map)),
            storage => storage,
        };
        FieldType { storage, ..*self }
    }
}

impl MapTypes for FuncType {
    fn map_types(&self, map: &dyn Fn(u32) -> u32) -> FuncType {
        let all = |types: &[ValType]| types.iter().map(|ty| ty.map_types(map)).collect();
        FuncType {
            params: all(&self.params),
            results: all(&self.results),
        }
    }
}

impl MapTypes for SubType {
    fn map_types(&self, map: &dyn Fn(u32) -> u32) -> SubType {
        SubType {
            is_final: self.is_final,
            supertype: self.supertype.map(map),
            composite: match &self.composite {
                Composite::Func(ty) => Composite::Func(ty.map_types(map)),
                Composite::Struct(fields) => {
                    Composite::Struct(fields.iter().map(|field| field.map_types(map)).collect())
                }
                Composite::Array(element) => Composite::Array(element.map_types(map)),
            },
        }
    }
}

impl MapTypes for GlobalType {
    fn map_types(&self, map: &dyn Fn(u32) -> u32) -> GlobalType {
        GlobalType {
            content: self.content.map_types(map),
            ..*self
        }
    }
}

impl MapTypes for TableType {
    fn map_types(&self, map: &dyn Fn(u32) -> u32) -> TableType {
        TableType {
            element: self.element.map_types(map),
            ..*self
        }
    }
}

impl TableType {
    /// A table with 32-bit indices.
    pub fn new(element: RefType, limits: Limits) -> TableType {
        TableType {
            address: AddressType::I32,
            element,
            limits,
        }
    }

    /// Import matching, as for limits.
    pub(crate) fn matches(&self, wanted: &TableType) -> bool {
        (self.address, self.element) == (wanted.address, wanted.element)
            && self.limits.matches(wanted.limits)
    }
}

impl AddressType {
    /// What an instruction pushes that could not grow: -1.
    pub(crate) fn no_growth(self) -> u64 {
        match self {
            AddressType::I32 => u64::from(u32::MAX),
            AddressType::I64 => u64::MAX,
        }
    }
}

impl MemoryType {
    /// A memory with 32-bit addresses and pages of 65,536 bytes that is not shared.
    pub fn new(limits: Limits) -> MemoryType {
        MemoryType {
            address: AddressType::I32,
            limits,
            shared: false,
            page_size_log2: 16,
        }
    }

    /// Import matching, as for limits.
    pub(crate) fn matches(&self, wanted: &MemoryType) -> bool {
        (self.address, self.shared, self.page_size_log2)
            == (wanted.address, wanted.shared, wanted.page_size_log2)
            && self.limits.matches(wanted.limits)
    }

    /// The largest number of pages that its addresses and its own limit allow.
    pub(crate) fn most_pages(&self) -> u64 {
        let addressed = match (self.address, self.page_size_log2) {
            (AddressType::I32, 16) => 1 << 16,
            // As many bytes as a size can tell.
            (AddressType::I32, _) => u64::from(u32::MAX),
            (AddressType::I64, log2) => u64::MAX >> log2,
        };
        self.limits.max.unwrap_or(addressed).min(addressed)
    }
}

impl Limits {
    /// Import matching: `self`, whose minimum is the present size, may be given where `wanted` is
    /// asked for.
    pub(crate) fn matches(self, wanted: Limits) -> bool {
        self.min >= wanted.min
            && match (self.max, wanted.max) {
                (_, None) => true,
                (Some(max), Some(wanted)) => max <= wanted,
                (None, Some(_)) => false,
            }
    }
}

impl fmt::Display for HeapType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HeapType::Func => "func",
            HeapType::NoFunc => "nofunc",
            HeapType::Extern => "extern",
            HeapType::NoExtern => "noextern",
            HeapType::Any => "any",
            HeapType::None => "none",
            HeapType::Eq => "eq",
            HeapType::I31 => "i31",
            HeapType::Struct => "struct",
            HeapType::Array => "array",
            HeapType::Exn => "exn",
            HeapType::NoExn => "noexn",
            HeapType::Type(_, idx) => return idx.fmt(f),
        })
    }
}

impl fmt::Display for RefType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The short forms of the text format, which all are nullable.
        let short = match self.heap {
            _ if !self.nullable => None,
            HeapType::Type(..) => None,
            HeapType::None => Some("nullref"),
            HeapType::NoFunc => Some("nullfuncref"),
            HeapType::NoExtern => Some("nullexternref"),
            HeapType::NoExn => Some("nullexnref"),
            heap => return write!(f, "{heap}ref"),
        };
        match (short, self.nullable) {
            (Some(short), _) => f.write_str(short),
            (None, true) => write!(f, "(ref null {})", self.heap),
            (None, false) => write!(f, "(ref {})", self.heap),
        }
    }
}

impl fmt::Display for StorageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StorageType::I8 => f.write_str("i8"),
            StorageType::I16 => f.write_str("i16"),
            StorageType::Val(ty) => ty.fmt(f),
        }
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
        self.write_parts(f)?;
        f.write_str(")")
    }
}

impl FuncType {
    /// Parameters and results as the text format has them.
    fn write_parts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (word, types) in [("param", &self.params), ("result", &self.results)] {
            if !types.is_empty() {
                write!(f, " ({word}")?;
                for ty in types {
                    write!(f, " {ty}")?;
                }
                f.write_str(")")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for AddressType {
    /// As it stands before the limits: 32 bits go without saying.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AddressType::I32 => Ok(()),
            AddressType::I64 => f.write_str("i64 "),
        }
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
            ExternType::Table(ty) => {
                write!(f, "(table {}{} {})", ty.address, ty.limits, ty.element)
            }
            ExternType::Memory(ty) => {
                write!(f, "(memory {}{}", ty.address, ty.limits)?;
                if ty.shared {
                    f.write_str(" shared")?;
                }
                if ty.page_size_log2 != 16 {
                    write!(f, " (pagesize {})", 1u64 << ty.page_size_log2)?;
                }
                f.write_str(")")
            }
            ExternType::Global(ty) if ty.mutable => write!(f, "(global (mut {}))", ty.content),
            ExternType::Global(ty) => write!(f, "(global {})", ty.content),
            ExternType::Tag(ty) => {
                f.write_str("(tag")?;
                ty.write_parts(f)?;
                f.write_str(")")
            }
        }
    }
}
