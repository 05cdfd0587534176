//! The proposals, each with its switch in the generator.
//!
//! The other engine has all of them switched on; which ones the machine has is asked of the
//! machine itself, by a module of each, so that a proposal is fuzzed from the day it is there.

use wasm_smith::Config;
use waspnest::Module;

use crate::generate::Purpose;
use crate::random::Random;
use crate::text;

/// A part of WebAssembly that modules may use or not.
struct Feature {
    /// The name in reports.
    name: &'static str,
    /// Whether all browsers of today have it without being asked, with one outcome.
    in_browsers: bool,
    /// Another one that it builds on.
    needs: Option<&'static str>,
    /// Lets the generator use it.
    enable: fn(&mut Config),
    /// A module that uses it.
    probe: &'static str,
}

#[rustfmt::skip]
const FEATURES: &[Feature] = &[
    Feature { name: "tail calls", in_browsers: true, needs: None, enable: |c| c.tail_call_enabled = true,
        probe: "(module (func return_call 0))" },
    Feature { name: "extended constants", in_browsers: true, needs: None, enable: |c| c.extended_const_enabled = true,
        probe: "(module (global i32 i32.const 1 i32.const 2 i32.add))" },
    Feature { name: "SIMD", in_browsers: true, needs: None, enable: |c| c.simd_enabled = true,
        probe: "(module (func v128.const i64x2 0 0 drop))" },
    Feature { name: "relaxed SIMD", in_browsers: false, needs: Some("SIMD"), enable: |c| c.relaxed_simd_enabled = true,
        probe: "(module (func (param v128) local.get 0 local.get 0 i8x16.relaxed_swizzle drop))" },
    Feature { name: "GC", in_browsers: true, needs: None, enable: |c| c.gc_enabled = true,
        probe: "(module (type (struct)) (func struct.new 0 ref.as_non_null drop))" },
    Feature { name: "exceptions", in_browsers: true, needs: None, enable: |c| c.exceptions_enabled = true,
        probe: "(module (tag) (func throw 0))" },
    Feature { name: "several memories", in_browsers: true, needs: None, enable: |c| c.max_memories = 3,
        probe: "(module (memory 1) (memory 1))" },
    Feature { name: "64-bit memories", in_browsers: true, needs: None, enable: |c| c.memory64_enabled = true,
        probe: "(module (memory i64 1) (table i64 1 funcref))" },
    Feature { name: "threads", in_browsers: false, needs: None, enable: |c| c.threads_enabled = true,
        probe: "(module (memory 1 1 shared) (func i32.const 0 i32.atomic.load drop))" },
    Feature { name: "custom page sizes", in_browsers: false, needs: None, enable: |c| c.custom_page_sizes_enabled = true,
        probe: "(module (memory 1 (pagesize 1)))" },
    Feature { name: "wide arithmetic", in_browsers: false, needs: None, enable: |c| c.wide_arithmetic_enabled = true,
        probe: "(module (func (param i64) local.get 0 local.get 0 i64.mul_wide_s drop drop))" },
];

/// The proposals that the machine has.
pub struct Features(Vec<&'static Feature>);

impl Features {
    /// Asks the machine.
    pub fn of_the_machine() -> Features {
        let has = |feature: &&Feature| {
            let wasm = text::assemble(feature.probe).expect("probes are written correctly");
            Module::new(wasm).is_ok()
        };
        Features(FEATURES.iter().filter(has).collect())
    }

    /// Names of the proposals that the machine has, and of those that it does not have.
    pub fn names(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        let all = FEATURES.iter().map(|feature| feature.name);
        all.partition(|name| self.has(name))
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|feature| feature.name == name)
    }

    /// Switches on a choice of the proposals, so that each meets each other one and also runs
    /// undisturbed.
    pub fn choose(&self, purpose: Purpose, random: &mut Random, config: &mut Config) {
        let mut chosen: Vec<&str> = Vec::new();
        let is_known = |feature: &&&Feature| purpose == Purpose::Compare || feature.in_browsers;
        for feature in self.0.iter().filter(is_known) {
            let is_possible = feature.needs.is_none_or(|name| chosen.contains(&name));
            if is_possible && random.one_in(2) {
                (feature.enable)(config);
                chosen.push(feature.name);
            }
        }
    }
}
