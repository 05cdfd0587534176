//! What ops on references and fields hold in their immediates.

use crate::types::{HeapType, RefType, TypeKind};

/// In an op on a field: what is stored there.
pub(crate) mod field {
    /// A value of one slot.
    pub(crate) const PLAIN: u16 = 0;
    /// A vector.
    pub(crate) const VECTOR: u16 = 1;
    /// 8 bits.
    pub(crate) const PACKED_8: u16 = 2;
    /// 16 bits.
    pub(crate) const PACKED_16: u16 = 3;
}

/// Heap types without a number, by their position here.
const ABSTRACT: [HeapType; 12] = [
    HeapType::Func,
    HeapType::NoFunc,
    HeapType::Extern,
    HeapType::NoExtern,
    HeapType::Any,
    HeapType::None,
    HeapType::Eq,
    HeapType::I31,
    HeapType::Struct,
    HeapType::Array,
    HeapType::Exn,
    HeapType::NoExn,
];

const KINDS: [TypeKind; 3] = [TypeKind::Func, TypeKind::Struct, TypeKind::Array];

/// In the second immediate: null is among the values.
const NULLABLE: u32 = 1 << 8;

/// The two immediates for a type whose defined types are numbers of the store.
pub(crate) fn ref_type_bits(ty: RefType) -> (u32, u32) {
    let (number, code) = match ty.heap {
        HeapType::Type(kind, number) => (number, ABSTRACT.len() + kind as usize),
        heap => (0, ABSTRACT.iter().position(|one| *one == heap).unwrap_or(0)),
    };
    let nullable = if ty.nullable { NULLABLE } else { 0 };
    (number, code as u32 | nullable)
}

/// The type that two immediates stand for.
pub(crate) fn ref_type_of_bits(x: u32, y: u32) -> RefType {
    let code = (y & (NULLABLE - 1)) as usize;
    let heap = match code.checked_sub(ABSTRACT.len()) {
        Some(kind) => HeapType::Type(KINDS[kind], x),
        None => ABSTRACT[code],
    };
    RefType {
        nullable: y & NULLABLE != 0,
        heap,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn immediates_hold_every_reference_type() {
        let defined = KINDS.map(|kind| HeapType::Type(kind, 70_000));
        for heap in ABSTRACT.into_iter().chain(defined) {
            for nullable in [false, true] {
                let ty = RefType { nullable, heap };
                let (x, y) = ref_type_bits(ty);
                assert_eq!(ref_type_of_bits(x, y), ty);
            }
        }
    }
}
