//! Newtypes for every index, address and counter, so that none is taken for another.
//!
//! An *index* counts within one module, an *address* within the store of a [`Machine`](crate::Machine).

use std::fmt;

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub $inner);

        impl $name {
            /// The same number as a `usize`, for looking into a vector.
            #[inline]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

index! {
    /// Index of a function in its module; imported functions come first.
    FuncIdx(u32);
    /// Address of a function in the store.
    FuncAddr(u32);
    /// Address of a table in the store.
    TableAddr(u32);
    /// Address of a memory in the store.
    MemAddr(u32);
    /// Address of a global in the store.
    GlobalAddr(u32);
    /// Address of a tag in the store.
    TagAddr(u32);
    /// Address of a structure, array or exception in the machine's heap.
    ObjectAddr(u32);
    /// Number of an instance in the store, in order of instantiation.
    InstanceIdx(u32);
    /// Byte offset in the binary form of a module.
    WasmOffset(u32);
}
