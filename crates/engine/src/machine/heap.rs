//! The machine's own heap: structures, arrays and exceptions, as plain data.
//!
//! A reference is the number of an object in a table of objects; what an object holds lies in one
//! vector of bytes. Nothing else knows where, so whoever moves objects need not look for
//! references to them.

#![allow(dead_code, reason = "its instructions are not there yet")]

use crate::index::ObjectAddr;
use crate::types::{HeapType, TypeKind};

#[derive(Clone, Default)]
pub(crate) struct Heap {
    objects: Vec<Object>,
    bytes: Vec<u8>,
}

/// What an object is, and where its content lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) kind: ObjectKind,
    /// First byte of its content.
    start: u32,
    /// Number of elements of an array; else of the bytes of the content.
    pub(crate) len: u32,
}

/// Kind of an object, with what tells how its content is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    /// A structure of a type of the store.
    Struct(u32),
    /// An array of a type of the store.
    Array(u32),
    /// An exception with a tag of the store; the content is the slots of its values.
    Exception(u32),
}

impl ObjectKind {
    /// The most special type of references to it.
    pub(crate) fn heap_type(self) -> HeapType {
        match self {
            ObjectKind::Struct(ty) => HeapType::Type(TypeKind::Struct, ty),
            ObjectKind::Array(ty) => HeapType::Type(TypeKind::Array, ty),
            ObjectKind::Exception(_) => HeapType::Exn,
        }
    }
}

impl Heap {
    /// The object of an address; `None` if there is none.
    pub(crate) fn get(&self, addr: ObjectAddr) -> Option<Object> {
        self.objects.get(addr.index()).copied()
    }
}
