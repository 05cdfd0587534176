//! Settings of a machine: every limit a guest can run into.

use crate::gas::{Gas, Schedule};

/// Bytes in a page of memory, where a memory's type says nothing else.
pub const PAGE_SIZE: u64 = 65_536;

/// Default of [`Config::memory_pages`] and [`Config::total_memory_pages`].
pub const MEMORY_PAGES: u64 = if cfg!(target_pointer_width = "32") {
    8_192
} else {
    16_384
};

/// Limits and prices. Reaching a limit is an outcome the guest or the embedder sees, never a crash.
///
/// Limits are on what the program has: they decide what it is told, on every host alike. So that
/// growing in small steps does not move everything each time, a memory, a table and the heap may
/// hold half as much again in reserve, but none more than its own limit; a stack holds up to twice
/// as much as it needs, and no more than its limit. While one of them moves it is there twice. What
/// the limits allow and the host does not give is [`Stop::NoMemory`](crate::Stop::NoMemory).
#[derive(Clone, Debug)]
pub struct Config {
    /// Largest call stack, in slots of 8 bytes. A frame takes its locals, its operands and one
    /// more slot. Default 16,777,216 (128 MiB), which holds millions of frames.
    pub stack_slots: u32,
    /// Largest size of one memory, in units of [`PAGE_SIZE`] whatever the size of its own pages.
    /// Default 16,384 (1 GiB) on 64-bit hosts, 8,192 (512 MiB) in a page.
    pub memory_pages: u64,
    /// Largest size of all memories together, in the same units. Default: as for one.
    pub total_memory_pages: u64,
    /// Largest number of elements of all tables together. Default 10,000,000.
    pub table_elements: u64,
    /// Largest size of the heap of structures, arrays and exceptions, in bytes: 16 for each object
    /// and its content, in cells of 8 bytes. What nothing refers to any more counts only until the
    /// heap is full. Default 268,435,456 (256 MiB), half of that in a page.
    pub heap_bytes: u64,
    /// Collects before each new object, not only when the heap has grown: slow, and the same
    /// results. For tests. Default `false`.
    pub collect_always: bool,
    /// Prices. Default [`Schedule::instructions`].
    pub schedule: Schedule,
    /// Gas that all calls together may use; `None` for no limit. Default `None`.
    pub gas_limit: Option<Gas>,
    /// Runs instruction by instruction also where nobody looks, instead of block by block. Slower,
    /// and nothing else: what tests compare the faster way with. Default false.
    pub step_stream_only: bool,
}

impl Default for Config {
    fn default() -> Config {
        let is_page = cfg!(target_pointer_width = "32");
        let heap_mib = if is_page { 128 } else { 256 };
        Config {
            stack_slots: 1 << 24,
            memory_pages: MEMORY_PAGES,
            total_memory_pages: MEMORY_PAGES,
            table_elements: 10_000_000,
            heap_bytes: heap_mib << 20,
            collect_always: false,
            schedule: Schedule::default(),
            gas_limit: None,
            step_stream_only: false,
        }
    }
}

impl Config {
    /// Largest size of one memory in bytes.
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.memory_pages.saturating_mul(PAGE_SIZE)
    }

    /// Largest size of all memories together in bytes.
    pub(crate) fn total_memory_bytes(&self) -> u64 {
        self.total_memory_pages.saturating_mul(PAGE_SIZE)
    }
}
