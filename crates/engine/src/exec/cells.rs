//! Access to the slots of a frame and the bytes of a memory, in the forms the loop needs.

use waspnest_lanes::V128;

/// The slots of a frame, from its first one.
#[derive(Clone, Copy)]
pub(super) struct Slots(*mut u64);

/// What a slot can hold. Slots are canonical: narrow values are zero-extended.
pub(super) trait Cell: Copy {
    fn from_slot(slot: u64) -> Self;
    fn into_slot(self) -> u64;
}

impl Cell for u32 {
    #[inline(always)]
    fn from_slot(slot: u64) -> u32 {
        slot as u32
    }
    #[inline(always)]
    fn into_slot(self) -> u64 {
        u64::from(self)
    }
}

impl Cell for u64 {
    #[inline(always)]
    fn from_slot(slot: u64) -> u64 {
        slot
    }
    #[inline(always)]
    fn into_slot(self) -> u64 {
        self
    }
}

impl Slots {
    /// # Safety
    /// `first` lies in the stack, as do all slots that are used through the result.
    #[inline(always)]
    pub(super) unsafe fn at(stack: *mut u64, first: u32) -> Slots {
        // Safety: the caller says that the slot is in the stack.
        Slots(unsafe { stack.add(first as usize) })
    }

    #[inline(always)]
    pub(super) fn pointer(self) -> *mut u64 {
        self.0
    }

    /// # Safety
    /// The slot belongs to the frame; so for all below.
    #[inline(always)]
    pub(super) unsafe fn get<C: Cell>(self, slot: u16) -> C {
        // Safety: as the caller says.
        C::from_slot(unsafe { *self.0.add(slot as usize) })
    }

    #[inline(always)]
    pub(super) unsafe fn get_after<C: Cell>(self, slot: u16, n: usize) -> C {
        // Safety: as the caller says.
        C::from_slot(unsafe { *self.0.add(slot as usize + n) })
    }

    #[inline(always)]
    pub(super) unsafe fn set<C: Cell>(self, slot: u16, value: C) {
        // Safety: as the caller says.
        unsafe { *self.0.add(slot as usize) = value.into_slot() }
    }

    /// The vector in two slots. They are its bytes, lane 0 first.
    #[inline(always)]
    pub(super) unsafe fn vector<'a>(self, slot: u16) -> &'a mut V128 {
        const {
            assert!(
                cfg!(target_endian = "little"),
                "vectors in slots are read as bytes"
            )
        };
        // Safety: as the caller says. A vector has no alignment of its own.
        unsafe { &mut *self.0.add(slot as usize).cast() }
    }

    /// Sets slots to zero. The writes are volatile because they are mostly few: a fill of memory
    /// as one operation is slow inside a browser's engine.
    #[inline(always)]
    pub(super) unsafe fn clear(self, from: u16, to: u16) {
        for slot in from..to {
            // Safety: as the caller says.
            unsafe { self.0.add(slot as usize).write_volatile(0) }
        }
    }

    /// Address after the first `n` slots.
    #[inline(always)]
    pub(super) fn after(self, n: u16) -> *const u64 {
        self.0.wrapping_add(n as usize)
    }

    /// The frame that starts some slots further up (or, negative, down).
    #[inline(always)]
    pub(super) unsafe fn moved(self, by: isize) -> Slots {
        // Safety: as the caller says, that frame is in the stack.
        Slots(unsafe { self.0.offset(by) })
    }
}

macro_rules! accesses {
    (loads $($load:ident $bits:ident as $($through:ident)*;)*) => {$(
        /// # Safety
        /// All bytes read lie in the memory.
        #[inline(always)]
        pub(super) unsafe fn $load(address: *const u8) -> u64 {
            // Safety: as the caller says.
            let value = unsafe { address.cast::<$bits>().read_unaligned() };
            $bits::from_le(value) $(as $through)* as u64
        }
    )*};
    (stores $($store:ident $bits:ident;)*) => {$(
        /// # Safety
        /// All bytes written lie in the memory.
        #[inline(always)]
        pub(super) unsafe fn $store(address: *mut u8, value: u64) {
            let value = (value as $bits).to_le();
            // Safety: as the caller says.
            unsafe { address.cast::<$bits>().write_unaligned(value) }
        }
    )*};
}

accesses! { loads
    load_u8 u8 as;
    load_u16 u16 as;
    load_u32 u32 as;
    load_u64 u64 as;
    load_i8_as_i32 i8 as i32 u32;
    load_i16_as_i32 i16 as i32 u32;
    load_i8_as_i64 i8 as i64;
    load_i16_as_i64 i16 as i64;
    load_i32_as_i64 i32 as i64;
}

accesses! { stores
    store_u8 u8;
    store_u16 u16;
    store_u32 u32;
    store_u64 u64;
}
