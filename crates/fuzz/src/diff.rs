//! Generated modules on the machine and on the other engine: results, traps, host calls, globals,
//! tables and memories are the same after every call.

use std::sync::Arc;

use waspnest::{ErrorKind, Module};

use crate::features::Features;
use crate::generate::{FUEL, Generated, Purpose, generate};
use crate::interface::Interface;
use crate::oracle::{Oracle, Theirs};
use crate::ours::{self, Ours};
use crate::outcome::{Host, Outcome, Reason};
use crate::random::Random;
use crate::value::{List, Val, are_same, arguments};
use crate::work::{Case, Counts, Finding};

/// Calls of each function, and of all functions of a module.
const CALLS_OF_A_FUNCTION: usize = 12;
const CALLS_OF_A_MODULE: usize = 40;
/// Bytes written into the start of each memory, so that loads find something.
const SEEDED_BYTES: usize = 2_048;

/// What the cases share.
pub struct Diff {
    features: Features,
    oracle: Oracle,
}

/// One module in both engines, side by side.
struct Pair {
    ours: Ours,
    theirs: Theirs,
    interface: Arc<Interface>,
}

impl Diff {
    pub fn new() -> Diff {
        Diff {
            features: Features::of_the_machine(),
            oracle: Oracle::new(),
        }
    }
}

impl Case for Diff {
    fn input(&self, seed: &Random) -> Vec<u8> {
        generate(&self.features, Purpose::Compare, seed).wasm
    }

    fn run(&self, seed: &Random, counts: &mut Counts) -> Result<(), Finding> {
        let generated = generate(&self.features, Purpose::Compare, seed);
        let wasm = generated.wasm.clone();
        self.compare(&generated, seed, counts)
            .map_err(|message| Finding { wasm, message })
    }
}

impl Diff {
    fn compare(
        &self,
        generated: &Generated,
        seed: &Random,
        counts: &mut Counts,
    ) -> Result<(), String> {
        let interface = Interface::read(&generated.wasm)
            .map_err(|error| format!("the generator made an invalid module: {error}"))?;
        if interface.waits {
            counts.passed_over += 1;
            return Ok(());
        }
        let module = match Module::new(generated.wasm.clone()) {
            Ok(module) => module,
            Err(error) if matches!(error.kind(), ErrorKind::Unsupported { .. }) => {
                return Err(format!(
                    "a module of proposals that are there was refused: {error}"
                ));
            }
            Err(error) => return Err(format!("a valid module was refused: {error}")),
        };
        let compiled = match self.oracle.compile(&generated.wasm) {
            Ok(compiled) => compiled,
            Err(error) => return Err(format!("the other engine refused it: {error:?}")),
        };
        counts.modules += 1;
        let interface = Arc::new(interface);
        let Some(mut pair) = self.instantiate(&module, &compiled, &interface, seed)? else {
            return Ok(());
        };
        pair.seed_memories(seed);
        let calls = (0..CALLS_OF_A_FUNCTION)
            .flat_map(|_| 0..interface.funcs.len() as u32)
            .take(CALLS_OF_A_MODULE);
        for (number, func) in calls.enumerate() {
            let mut random = seed.branch(1_000 + number as u64);
            let types = &interface.funcs[func as usize].params;
            let Some(args) = arguments(types, &interface, &mut random) else {
                continue;
            };
            if let Some(global) = generated.fuel_global {
                pair.ours.set_global(global, FUEL);
                pair.theirs.set_global(global, FUEL);
            }
            let what = || format!("call {number}, f{func}{}", List(&args));
            let begun_at = pair.ours.machine.ticks();
            match pair.call(func, &args, Host::new(random)) {
                Ok(Next::Goes { returned }) => {
                    counts.executions += 1;
                    counts.returned += u64::from(returned);
                    counts.ticks += pair.ours.machine.ticks() - begun_at;
                }
                Ok(Next::Ends) => {
                    counts.limits += 1;
                    break;
                }
                Err(difference) => return Err(format!("{}: {difference}", what())),
            }
        }
        Ok(())
    }

    /// Both instances; `None` if both trapped on the way.
    fn instantiate(
        &self,
        module: &Module,
        compiled: &wasmtime::Module,
        interface: &Arc<Interface>,
        seed: &Random,
    ) -> Result<Option<Pair>, String> {
        let mut host = Host::new(seed.branch(1));
        let globals = seed.branch(2);
        let their_host = host.clone();
        let (mut ours, externs) = Ours::new(ours::config(), module, interface, &globals);
        let our_outcome = ours.instantiate(module, &externs, interface, &mut host);
        // Where the machine comes to no end, the other engine may not either.
        if let Outcome::Limit(_) = our_outcome {
            return Ok(None);
        }
        let (theirs, their_outcome) =
            Theirs::instantiate(&self.oracle, compiled, interface, their_host, &globals);
        let mut pair = Pair {
            ours,
            theirs,
            interface: interface.clone(),
        };
        let wrong = |difference| format!("instantiation: {difference}");
        match compare_outcomes(&our_outcome, &their_outcome).map_err(wrong)? {
            true => {}
            false => return Ok(None),
        }
        pair.compare_host_calls(&host).map_err(wrong)?;
        if let Outcome::Trapped(_) = our_outcome {
            return Ok(None);
        }
        pair.compare_state().map_err(wrong)?;
        Ok(Some(pair))
    }
}

/// Whether all can be compared that follows.
fn compare_outcomes(ours: &Outcome, theirs: &Outcome) -> Result<bool, String> {
    let is_same = match (ours, theirs) {
        (Outcome::Limit(_), _) | (_, Outcome::Limit(_)) => return Ok(false),
        (Outcome::Failed(message), _) => return Err(message.clone()),
        (Outcome::Returned(ours), Outcome::Returned(theirs)) => are_same(ours, theirs),
        // Both may be true of one access, and which is looked at first is left open.
        (Outcome::Trapped(Reason::Unaligned), Outcome::Trapped(Reason::MemoryOutOfBounds))
        | (Outcome::Trapped(Reason::MemoryOutOfBounds), Outcome::Trapped(Reason::Unaligned)) => {
            true
        }
        (ours, theirs) => ours == theirs,
    };
    match is_same {
        true => Ok(true),
        false => Err(format!("gives {ours}, not {theirs}")),
    }
}

/// Whether the next call can be compared after one.
enum Next {
    Goes { returned: bool },
    Ends,
}

impl Pair {
    fn seed_memories(&mut self, seed: &Random) {
        for (index, memory) in self.ours.memories.iter().enumerate() {
            let bytes = seed.branch(3).bytes(SEEDED_BYTES);
            let ours = self.ours.machine.memory_mut(*memory);
            let n = bytes.len().min(ours.len());
            ours[..n].copy_from_slice(&bytes[..n]);
            self.theirs.write_memory(index, &bytes[..n]);
        }
    }

    /// Calls a function on both sides.
    fn call(&mut self, func: u32, args: &[Val], mut host: Host) -> Result<Next, String> {
        let their_host = host.clone();
        let ours = self.ours.call(func, args, &self.interface, &mut host);
        if let Outcome::Limit(_) = ours {
            return Ok(Next::Ends);
        }
        let theirs = self.theirs.call(func, args, their_host);
        if !compare_outcomes(&ours, &theirs)? {
            return Ok(Next::Ends);
        }
        self.compare_host_calls(&host)?;
        self.compare_state()?;
        let returned = matches!(ours, Outcome::Returned(_));
        Ok(Next::Goes { returned })
    }

    fn compare_host_calls(&self, host: &Host) -> Result<(), String> {
        let theirs = &self.theirs.host().calls;
        let is_same = host.calls.len() == theirs.len()
            && (host.calls.iter().zip(theirs))
                .all(|(a, b)| a.import == b.import && are_same(&a.args, &b.args));
        match is_same {
            true => Ok(()),
            false => Err(format!(
                "calls the host as {:?}, not {theirs:?}",
                host.calls
            )),
        }
    }

    fn compare_state(&mut self) -> Result<(), String> {
        for (index, memory) in self.ours.memories.iter().enumerate() {
            let (ours, theirs) = (self.ours.machine.memory(*memory), self.theirs.memory(index));
            if ours == theirs {
                continue;
            }
            let place = ours.iter().zip(theirs).position(|(a, b)| a != b);
            return Err(match place {
                Some(at) => format!(
                    "memory {index} at {at:#x} has {:#04x}, not {:#04x}",
                    ours[at], theirs[at]
                ),
                None => format!(
                    "memory {index} has {} bytes, not {}",
                    ours.len(),
                    theirs.len()
                ),
            });
        }
        match self.ours.view().difference(&self.theirs.view()) {
            Some(difference) => Err(difference),
            None => Ok(()),
        }
    }
}
