//! The objects of the heap, as people look at them.

use crate::error::Error;
use crate::index::ObjectAddr;
use crate::machine::{Machine, Object, ObjectKind};
use crate::types::{Composite, HeapType, StorageType, ValType};
use crate::value::Value;

/// Objects of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectCount {
    /// What they are.
    pub kind: ObjectKind,
    /// How many there are, those included that nothing refers to any more.
    pub objects: u32,
    /// Bytes that they take, as [`Config::heap_bytes`](crate::Config::heap_bytes) counts them.
    pub bytes: u64,
}

/// What was counted of one machine's objects. Not part of its state: it only saves counting them
/// again.
#[derive(Clone, Debug, Default)]
pub struct ObjectTally {
    /// Collections and objects at the time.
    n_collections: u64,
    n_objects: u32,
    /// By type or tag: structures, arrays, exceptions.
    counts: Vec<[(u32, u64); 3]>,
}

impl Machine {
    /// What an object of the heap is; `None` if there is no such object.
    pub fn object_kind(&self, object: ObjectAddr) -> Option<ObjectKind> {
        Some(self.store.heap.get(object)?.kind)
    }

    /// The most special type of references to an object of the heap; `None` if there is no such
    /// object.
    pub fn object_type(&self, object: ObjectAddr) -> Option<HeapType> {
        Some(self.store.heap.get(object)?.kind.heap_type())
    }

    /// How many objects of each kind there are, in the order of the kinds. `tally` is what the last
    /// look at this machine left: no object is counted twice before a collection moves them.
    pub fn object_counts(&self, tally: &mut ObjectTally) -> Vec<ObjectCount> {
        let heap = &self.store.heap;
        if tally.n_collections != heap.n_collections() || tally.n_objects > heap.n_objects() {
            *tally = ObjectTally::default();
            tally.n_collections = heap.n_collections();
        }
        let n_numbers = self.store.types.len().max(self.store.tags.len());
        tally.counts.resize(n_numbers, [(0, 0); 3]);
        for object in heap.since(tally.n_objects) {
            let (place, number) = match object.kind {
                ObjectKind::Struct(ty) => (0, ty),
                ObjectKind::Array(ty) => (1, ty),
                ObjectKind::Exception(tag) => (2, tag),
            };
            let (objects, bytes) = &mut tally.counts[number as usize][place];
            *objects += 1;
            *bytes += self.object_bytes(object);
        }
        tally.n_objects = heap.n_objects();
        let kinds = [ObjectKind::Struct, ObjectKind::Array, ObjectKind::Exception];
        let mut list = Vec::new();
        for (place, kind) in kinds.into_iter().enumerate() {
            for (number, counts) in (0..).zip(&tally.counts) {
                let (objects, bytes) = counts[place];
                if objects > 0 {
                    let kind = kind(number);
                    list.push(ObjectCount {
                        kind,
                        objects,
                        bytes,
                    });
                }
            }
        }
        list
    }

    /// The objects of a kind, or all, in the order of their numbers: at most `count` of them, after
    /// the first `skip`.
    pub fn objects(&self, kind: Option<ObjectKind>, skip: u32, count: u32) -> Vec<ObjectAddr> {
        let all = self.store.heap.objects();
        all.filter(|(_, object)| kind.is_none_or(|kind| object.kind == kind))
            .skip(skip as usize)
            .take(count as usize)
            .map(|(addr, _)| addr)
            .collect()
    }

    /// The exceptions of the heap, the newest last, those included that nothing refers to any more.
    /// This looks at no other object.
    pub fn exceptions(
        &self,
    ) -> impl DoubleEndedIterator<Item = ObjectAddr> + ExactSizeIterator + '_ {
        let numbers = self.store.heap.exceptions().iter();
        numbers.map(|number| ObjectAddr(*number))
    }

    /// Number of objects of a kind, or of all, before one in that order.
    pub fn objects_before(&self, kind: Option<ObjectKind>, object: ObjectAddr) -> u32 {
        let all = self.store.heap.objects();
        all.take_while(|(addr, _)| *addr < object)
            .filter(|(_, object)| kind.is_none_or(|kind| object.kind == kind))
            .count() as u32
    }

    /// Bytes that an object takes, as [`Config::heap_bytes`](crate::Config::heap_bytes) counts
    /// them.
    fn object_bytes(&self, object: Object) -> u64 {
        let n_cells = match object.kind {
            ObjectKind::Array(ty) => self.store.types.layout(ty).array_cells(object.len),
            ObjectKind::Struct(_) | ObjectKind::Exception(_) => object.len.into(),
        };
        crate::machine::OBJECT_BYTES + n_cells * 8
    }

    /// Number of fields of a structure, of elements of an array, or of values of an exception.
    pub fn object_len(&self, object: ObjectAddr) -> Option<u32> {
        let object = self.store.heap.get(object)?;
        Some(match object.kind {
            ObjectKind::Array(_) => object.len,
            kind => self.store.types.layout(self.type_of(kind)).n_fields(),
        })
    }

    /// A field of a structure, an element of an array, or a value of an exception; what is packed
    /// is zero-extended.
    pub fn object_field(&self, object: ObjectAddr, field: u32) -> Option<Value> {
        let object = self.store.heap.get(object)?;
        let storage = self.field_storage(object, field)?;
        let layout = self.store.types.layout(self.type_of(object.kind));
        let heap = &self.store.heap;
        let slots = match object.kind {
            ObjectKind::Array(_) => heap.element(object, layout.shift, field),
            _ => {
                let mut slots = [0; 2];
                for (slot, cell) in slots.iter_mut().zip(layout.field(field)) {
                    *slot = heap.cell(object, cell);
                }
                slots
            }
        };
        Some(Value::from_slots(&slots, unpacked(storage)))
    }

    /// What is stored in a field, element or value of an object, if it has as many.
    pub fn object_field_type(&self, object: ObjectAddr, field: u32) -> Option<StorageType> {
        self.field_storage(self.store.heap.get(object)?, field)
    }

    /// Sets a field of a structure or an element of an array, whether or not the program may; of
    /// what is packed the low bits count.
    ///
    /// # Errors
    /// If there is no such field, the value is not of its type, or the object is an exception.
    pub fn set_object_field(
        &mut self,
        object: ObjectAddr,
        field: u32,
        value: Value,
    ) -> Result<(), Error> {
        let found = self.store.heap.get(object);
        let storage = found.and_then(|object| self.field_storage(object, field));
        let (Some(target), Some(storage)) = (found, storage) else {
            return Err(Error::usage(format!("object {object} has no part {field}")));
        };
        self.check_value(value, unpacked(storage))?;
        let slots = value.to_slots();
        let layout = self.store.types.layout(self.type_of(target.kind));
        let heap = &mut self.store.heap;
        match target.kind {
            ObjectKind::Array(_) => heap.set_element(target, layout.shift, field, slots),
            ObjectKind::Struct(_) => {
                for (slot, cell) in slots.into_iter().zip(layout.field(field)) {
                    heap.set_cell(target, cell, slot);
                }
                heap.narrow(object, layout);
            }
            ObjectKind::Exception(_) => {
                return Err(Error::usage("what an exception carries cannot be changed"));
            }
        }
        Ok(())
    }

    /// The type that says how the content of a kind of object is laid out.
    fn type_of(&self, kind: ObjectKind) -> u32 {
        match kind {
            ObjectKind::Struct(ty) | ObjectKind::Array(ty) => ty,
            ObjectKind::Exception(tag) => self.store.tags[tag as usize],
        }
    }

    fn field_storage(&self, object: Object, field: u32) -> Option<StorageType> {
        match &self.store.types.get(self.type_of(object.kind)).composite {
            Composite::Array(element) => (field < object.len).then_some(element.storage),
            Composite::Struct(fields) => Some(fields.get(field as usize)?.storage),
            Composite::Func(ty) => Some(StorageType::Val(*ty.params.get(field as usize)?)),
        }
    }
}

/// Type of the values that are stored as something.
fn unpacked(storage: StorageType) -> ValType {
    match storage {
        StorageType::I8 | StorageType::I16 => ValType::I32,
        StorageType::Val(ty) => ty,
    }
}
