//! How the content of objects of a type is laid out.

use std::ops::Range;

use crate::types::{Composite, FieldType, StorageType, Top, ValType};

/// Layout of a structure, of the elements of an array, or of the values of an exception (whose
/// type is a function type with them as parameters).
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// First cell of each field, and the cell after the last.
    cells: Box<[u32]>,
    /// Cells that may hold a reference to an object; for an array the cell of its only field.
    refs: Box<[u32]>,
    /// Cells of packed fields, and the bits that count there.
    packed: Box<[(u32, u64)]>,
    /// An element has `1 << shift` bytes.
    pub(crate) shift: u8,
}

impl Layout {
    pub(crate) fn of(ty: &Composite) -> Layout {
        match ty {
            Composite::Func(ty) => {
                let field = |ty: &ValType| StorageType::Val(*ty);
                Layout::of_fields(&mut ty.params.iter().map(field))
            }
            Composite::Struct(fields) => {
                Layout::of_fields(&mut fields.iter().map(|field| field.storage))
            }
            Composite::Array(FieldType { storage, .. }) => {
                Layout::of_fields(&mut std::iter::once(*storage))
            }
        }
    }

    fn of_fields(fields: &mut dyn Iterator<Item = StorageType>) -> Layout {
        let (mut cells, mut refs, mut packed) = (Vec::new(), Vec::new(), Vec::new());
        let (mut next, mut shift) = (0, 0);
        for storage in fields {
            cells.push(next);
            if may_refer(storage) {
                refs.push(next);
            }
            match storage {
                StorageType::I8 => packed.push((next, 0xff)),
                StorageType::I16 => packed.push((next, 0xffff)),
                StorageType::Val(_) => {}
            }
            shift = shift_of(storage);
            next += cells_of(storage);
        }
        cells.push(next);
        Layout {
            cells: cells.into(),
            refs: refs.into(),
            packed: packed.into(),
            shift,
        }
    }

    /// The first cell of a field.
    pub(crate) fn cell(&self, field: u32) -> u32 {
        self.cells[field as usize]
    }

    /// The cells of each field.
    pub(crate) fn fields(&self) -> impl Iterator<Item = Range<u32>> + '_ {
        self.cells.windows(2).map(|pair| pair[0]..pair[1])
    }

    /// The cells of one field.
    pub(crate) fn field(&self, field: u32) -> Range<u32> {
        self.cell(field)..self.cell(field + 1)
    }

    /// Number of fields.
    pub(crate) fn n_fields(&self) -> u32 {
        self.cells.len() as u32 - 1
    }

    /// Number of cells of a structure or an exception.
    pub(crate) fn n_cells(&self) -> u32 {
        self.cells.last().copied().unwrap_or(0)
    }

    /// Number of cells of an array with so many elements.
    pub(crate) fn array_cells(&self, len: u32) -> u64 {
        (u64::from(len) << self.shift).div_ceil(8)
    }

    /// Cells of packed fields, and the bits that count there.
    pub(super) fn packed(&self) -> &[(u32, u64)] {
        &self.packed
    }

    /// The cells that may hold a reference to an object.
    pub(crate) fn refs(&self) -> &[u32] {
        &self.refs
    }
}

/// Whether what is stored may be a reference to an object of the heap.
fn may_refer(storage: StorageType) -> bool {
    match storage {
        StorageType::Val(ty) => ty.may_refer(),
        StorageType::I8 | StorageType::I16 => false,
    }
}

impl ValType {
    /// Whether a value may be a reference to an object of the heap.
    pub(crate) fn may_refer(self) -> bool {
        match self {
            ValType::Ref(ty) => ty.heap.top() != Top::Func,
            _ => false,
        }
    }
}

fn cells_of(storage: StorageType) -> u32 {
    match storage {
        StorageType::Val(ty) => ty.width(),
        StorageType::I8 | StorageType::I16 => 1,
    }
}

fn shift_of(storage: StorageType) -> u8 {
    match storage {
        StorageType::I8 => 0,
        StorageType::I16 => 1,
        StorageType::Val(ty) => match ty {
            ValType::I32 | ValType::F32 => 2,
            ValType::I64 | ValType::F64 | ValType::Ref(_) => 3,
            ValType::V128 => 4,
        },
    }
}
