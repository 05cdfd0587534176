//! Valid modules from a seed: small, varied, with everything exported, and mostly sure to end.

use arbitrary::Unstructured;
use wasm_smith::{Config, InstructionKind, InstructionKinds, MemoryOffsetChoices};

use crate::features::Features;
use crate::interface::export_all;
use crate::random::Random;

/// Pages of a memory that modules ask for at most; both engines let it grow to [`MAX_PAGES`].
const DECLARED_PAGES: u64 = 4;
/// Largest number of pages of a memory, for both engines.
pub const MAX_PAGES: u64 = 10;
/// Largest number of elements of a table, for both engines.
pub const MAX_ELEMENTS: u64 = 400;
/// Entries of loops and functions, and elements and bytes moved at once, that a module allows
/// itself in a call.
pub const FUEL: i32 = 1_000;

/// A module with the exports `f0`, `t0`, `m0`, `g0` and so on, by index.
pub struct Generated {
    /// The binary.
    pub wasm: Vec<u8>,
    /// Index of the global with which the module counts down to its end, if it does.
    pub fuel_global: Option<u32>,
}

/// What the modules are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be compared with an engine of which everything is known.
    Compare,
    /// To be compared with the engine of a browser, whose NaNs and relaxed instructions may be
    /// others.
    Browser,
}

/// The module of a seed.
pub fn generate(features: &Features, purpose: Purpose, seed: &Random) -> Generated {
    for attempt in 0.. {
        let mut random = seed.branch(attempt);
        let config = configure(features, purpose, &mut random);
        let n_bytes = random.magnitude(12_000) as usize + 200;
        let bytes = random.bytes(n_bytes);
        // Most random bytes make a module; a choice may lead nowhere, though.
        let Ok(mut module) = wasm_smith::Module::new(config, &mut Unstructured::new(&bytes)) else {
            continue;
        };
        let fuel_global = (purpose == Purpose::Browser || !random.one_in(4)).then(|| {
            let global = module.ensure_termination(FUEL as u32);
            global.expect("all functions were made of instructions")
        });
        let wasm = export_all(&module.to_bytes());
        return Generated { wasm, fuel_global };
    }
    unreachable!("there are seeds enough")
}

fn configure(features: &Features, purpose: Purpose, random: &mut Random) -> Config {
    let mut config = Config {
        bulk_memory_enabled: !random.one_in(8),
        reference_types_enabled: !random.one_in(8),
        multi_value_enabled: !random.one_in(8),
        saturating_float_to_int_enabled: !random.one_in(8),
        sign_extension_ops_enabled: !random.one_in(8),
        limit_arrays_in_const_exprs: true,
        allow_floats: !random.one_in(8),
        disallow_traps: !random.one_in(3),
        canonicalize_nans: purpose == Purpose::Browser,
        compact_imports_enabled: false,
        tail_call_enabled: false,
        extended_const_enabled: false,
        simd_enabled: false,
        relaxed_simd_enabled: false,
        gc_enabled: false,
        exceptions_enabled: false,
        memory64_enabled: false,
        threads_enabled: false,
        custom_page_sizes_enabled: false,
        wide_arithmetic_enabled: false,
        max_memories: 1,
        max_tables: random.below(4),
        max_types: 20,
        max_imports: random.below(6),
        max_funcs: random.below(10) + 2,
        max_globals: 10,
        max_tags: 4,
        max_exports: 4,
        max_element_segments: 5,
        max_elements: 20,
        max_data_segments: 5,
        max_instructions: random.magnitude(400) as usize + 10,
        max_memory32_bytes: DECLARED_PAGES * 0x1_0000,
        max_memory64_bytes: u128::from(DECLARED_PAGES) * 0x1_0000,
        max_table_elements: 100,
        max_type_size: 2_000,
        memory_offset_choices: MemoryOffsetChoices(80, 15, 5),
        min_types: 2,
        min_funcs: 2,
        ..Config::default()
    };
    if purpose == Purpose::Browser {
        // Browsers have their own limits, and other calls from outside.
        config.max_imports = 0;
        config.memory_max_size_required = true;
        config.table_max_size_required = true;
    }
    features.choose(purpose, random, &mut config);
    config.min_memories = random.below(config.max_memories + 1) as u32;
    config.gc_enabled &= config.reference_types_enabled;
    config.simd_enabled &= config.allow_floats;
    config.relaxed_simd_enabled &= config.simd_enabled;
    if random.one_in(4) {
        let kinds = [
            InstructionKind::Numeric,
            InstructionKind::Vector,
            InstructionKind::Reference,
            InstructionKind::Parametric,
            InstructionKind::Variable,
            InstructionKind::Table,
            InstructionKind::Memory,
            InstructionKind::Control,
        ];
        let chosen: Vec<_> = kinds.into_iter().filter(|_| !random.one_in(3)).collect();
        config.allowed_instructions = InstructionKinds::new(&chosen);
    }
    config
}
