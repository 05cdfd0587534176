//! The parser's types as ours.

use wasmparser::types::CoreTypeId;
use wasmparser::{AbstractHeapType, CompositeInnerType, UnpackedIndex};

use crate::types::{
    AddressType, Composite, FieldType, FuncType, GlobalType, HeapType, Limits, MemoryType, RefType,
    StorageType, SubType, TableType, TypeKind, ValType,
};

/// Turns the parser's types into ours. A defined type is named there by its index in the module
/// or, after validation, by an identity.
pub(crate) struct TypeReader<'a> {
    types: &'a [SubType],
    /// Kinds of the types while the types themselves are being read.
    kinds: &'a [TypeKind],
    ids: &'a [(CoreTypeId, u32)],
}

impl<'a> TypeReader<'a> {
    pub(crate) fn new(types: &'a [SubType], ids: &'a [(CoreTypeId, u32)]) -> TypeReader<'a> {
        TypeReader {
            types,
            kinds: &[],
            ids,
        }
    }

    /// For reading the types themselves, which may name later ones.
    pub(super) fn of_kinds(kinds: &'a [TypeKind]) -> TypeReader<'a> {
        TypeReader {
            types: &[],
            kinds,
            ids: &[],
        }
    }

    pub(crate) fn val_type(&self, ty: wasmparser::ValType) -> ValType {
        match ty {
            wasmparser::ValType::I32 => ValType::I32,
            wasmparser::ValType::I64 => ValType::I64,
            wasmparser::ValType::F32 => ValType::F32,
            wasmparser::ValType::F64 => ValType::F64,
            wasmparser::ValType::V128 => ValType::V128,
            wasmparser::ValType::Ref(ty) => ValType::Ref(self.ref_type(ty)),
        }
    }

    pub(crate) fn ref_type(&self, ty: wasmparser::RefType) -> RefType {
        RefType {
            nullable: ty.is_nullable(),
            heap: self.heap_type(ty.heap_type()),
        }
    }

    pub(crate) fn heap_type(&self, ty: wasmparser::HeapType) -> HeapType {
        match ty {
            wasmparser::HeapType::Abstract { ty, .. } => match ty {
                AbstractHeapType::Func => HeapType::Func,
                AbstractHeapType::NoFunc => HeapType::NoFunc,
                AbstractHeapType::Extern => HeapType::Extern,
                AbstractHeapType::NoExtern => HeapType::NoExtern,
                AbstractHeapType::Any => HeapType::Any,
                AbstractHeapType::None => HeapType::None,
                AbstractHeapType::Eq => HeapType::Eq,
                AbstractHeapType::I31 => HeapType::I31,
                AbstractHeapType::Struct => HeapType::Struct,
                AbstractHeapType::Array => HeapType::Array,
                AbstractHeapType::Exn => HeapType::Exn,
                AbstractHeapType::NoExn => HeapType::NoExn,
                AbstractHeapType::Cont | AbstractHeapType::NoCont => {
                    unreachable!("validation refuses continuations")
                }
            },
            wasmparser::HeapType::Concrete(idx) | wasmparser::HeapType::Exact(idx) => {
                self.defined(idx)
            }
        }
    }

    fn defined(&self, idx: UnpackedIndex) -> HeapType {
        let idx = match idx {
            UnpackedIndex::Module(idx) => idx,
            UnpackedIndex::Id(id) => match self.ids.binary_search_by_key(&id, |(id, _)| *id) {
                Ok(position) => self.ids[position].1,
                Err(_) => unreachable!("a type with an identity is one of the module's"),
            },
            UnpackedIndex::RecGroup(_) => {
                unreachable!("positions in a group are turned into indices or identities")
            }
        };
        let kind = match self.kinds.get(idx as usize) {
            Some(kind) => *kind,
            None => self.types[idx as usize].composite.kind(),
        };
        HeapType::Type(kind, idx)
    }

    pub(super) fn sub_type(&self, ty: &wasmparser::SubType) -> SubType {
        let composite = match &ty.composite_type.inner {
            CompositeInnerType::Func(ty) => Composite::Func(FuncType::new(
                self.val_types(ty.params()),
                self.val_types(ty.results()),
            )),
            CompositeInnerType::Struct(ty) => {
                Composite::Struct(ty.fields.iter().map(|ty| self.field_type(*ty)).collect())
            }
            CompositeInnerType::Array(ty) => Composite::Array(self.field_type(ty.0)),
            CompositeInnerType::Cont(_) => unreachable!("validation refuses continuations"),
        };
        SubType {
            is_final: ty.is_final,
            supertype: ty.supertype_idxs.first().map(|idx| match idx.unpack() {
                UnpackedIndex::Module(idx) => idx,
                _ => unreachable!("the supertype is read as an index"),
            }),
            composite,
        }
    }

    fn val_types(&self, types: &[wasmparser::ValType]) -> Vec<ValType> {
        types.iter().map(|ty| self.val_type(*ty)).collect()
    }

    fn field_type(&self, ty: wasmparser::FieldType) -> FieldType {
        let storage = match ty.element_type {
            wasmparser::StorageType::I8 => StorageType::I8,
            wasmparser::StorageType::I16 => StorageType::I16,
            wasmparser::StorageType::Val(ty) => StorageType::Val(self.val_type(ty)),
        };
        FieldType {
            storage,
            mutable: ty.mutable,
        }
    }

    pub(super) fn table_type(&self, ty: wasmparser::TableType) -> TableType {
        TableType {
            address: address_type(ty.table64),
            element: self.ref_type(ty.element_type),
            limits: Limits {
                min: ty.initial,
                max: ty.maximum,
            },
        }
    }

    pub(super) fn global_type(&self, ty: wasmparser::GlobalType) -> GlobalType {
        GlobalType {
            content: self.val_type(ty.content_type),
            mutable: ty.mutable,
        }
    }
}

pub(super) fn memory_type(ty: wasmparser::MemoryType) -> MemoryType {
    MemoryType {
        address: address_type(ty.memory64),
        limits: Limits {
            min: ty.initial,
            max: ty.maximum,
        },
        shared: ty.shared,
        // Validation allows the powers 0 and 16.
        page_size_log2: ty.page_size_log2.unwrap_or(16) as u8,
    }
}

fn address_type(is_64: bool) -> AddressType {
    match is_64 {
        true => AddressType::I64,
        false => AddressType::I32,
    }
}

/// Kind of a type that is being read.
pub(super) fn kind_of(ty: &wasmparser::SubType) -> TypeKind {
    match &ty.composite_type.inner {
        CompositeInnerType::Func(_) => TypeKind::Func,
        CompositeInnerType::Struct(_) => TypeKind::Struct,
        CompositeInnerType::Array(_) => TypeKind::Array,
        CompositeInnerType::Cont(_) => unreachable!("validation refuses continuations"),
    }
}
