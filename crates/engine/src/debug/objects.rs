//! The objects of the heap, as people look at them.

use crate::debug::effect_objects::unpacked;
use crate::index::ObjectAddr;
use crate::machine::{Machine, Object, ObjectKind};
use crate::types::{Composite, HeapType, StorageType};
use crate::value::Value;

impl Machine {
    /// The most special type of references to an object of the heap; `None` if there is no such
    /// object.
    pub fn object_type(&self, object: ObjectAddr) -> Option<HeapType> {
        Some(self.store.heap.get(object)?.kind.heap_type())
    }

    /// Number of fields of a structure, of elements of an array, or of values of an exception.
    pub fn object_len(&self, object: ObjectAddr) -> Option<u32> {
        let object = self.store.heap.get(object)?;
        Some(match object.kind {
            ObjectKind::Array(_) => object.len,
            ObjectKind::Struct(ty) => self.store.types.layout(ty).n_fields(),
            ObjectKind::Exception(tag) => {
                let ty = self.store.tags[tag as usize];
                self.store.types.layout(ty).n_fields()
            }
        })
    }

    /// A field of a structure, an element of an array, or a value of an exception; what is packed
    /// is zero-extended.
    pub fn object_field(&self, object: ObjectAddr, field: u32) -> Option<Value> {
        let object = self.store.heap.get(object)?;
        let (storage, slots) = self.stored(object, field)?;
        Some(Value::from_slots(&slots, unpacked(storage)))
    }

    /// What is stored in a field or element, and its slots.
    fn stored(&self, object: Object, field: u32) -> Option<(StorageType, [u64; 2])> {
        let types = &self.store.types;
        let heap = &self.store.heap;
        let ty = match object.kind {
            ObjectKind::Struct(ty) | ObjectKind::Array(ty) => ty,
            ObjectKind::Exception(tag) => self.store.tags[tag as usize],
        };
        let layout = types.layout(ty);
        let storage = match &types.get(ty).composite {
            Composite::Array(element) => {
                let is_there = field < object.len;
                let slots = is_there.then(|| heap.element(object, layout.shift, field))?;
                return Some((element.storage, slots));
            }
            Composite::Struct(fields) => fields.get(field as usize)?.storage,
            Composite::Func(ty) => StorageType::Val(*ty.params.get(field as usize)?),
        };
        let cells = layout.fields().nth(field as usize)?;
        let mut slots = [0; 2];
        for (slot, cell) in slots.iter_mut().zip(cells) {
            *slot = heap.cell(object, cell);
        }
        Some((storage, slots))
    }
}
