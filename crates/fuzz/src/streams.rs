//! Generated modules on the machine in all its ways of running: one run, slices, single ticks,
//! single steps, breakpoints and copies give the same gas, ticks and state at every stop.

use waspnest::{
    Config, FuncAddr, Gas, Module, Ref, Schedule, Stop, TrapKind, Until, Value, WasmOffset,
};

use crate::features::Features;
use crate::generate::{FUEL, Purpose, generate};
use crate::interface::Interface;
use crate::ours::{self, Ours};
use crate::outcome::Host;
use crate::random::Random;
use crate::value::{List, arguments};
use crate::work::{Case, Counts, Finding};

/// Calls of a module.
const CALLS: usize = 8;
/// Ticks of a call that are compared; one tick per run takes its time.
const TICKS: u64 = 6_000;
/// A gas limit at which calls stop in the middle, on average.
const GAS: u64 = 2_000;

pub struct Streams {
    features: Features,
}

/// A machine in the middle of a call.
#[derive(Clone)]
struct Player {
    ours: Ours,
    host: Host,
}

impl Streams {
    pub fn new() -> Streams {
        let features = Features::of_the_machine();
        Streams { features }
    }
}

impl Case for Streams {
    fn input(&self, seed: &Random) -> Vec<u8> {
        generate(&self.features, Purpose::Compare, seed).wasm
    }

    fn run(&self, seed: &Random, counts: &mut Counts) -> Result<(), Finding> {
        let generated = generate(&self.features, Purpose::Compare, seed);
        let found = |message| Finding {
            wasm: generated.wasm.clone(),
            message,
        };
        let read = || -> Result<_, Box<dyn std::error::Error>> {
            Ok((
                Module::new(generated.wasm.clone())?,
                Interface::read(&generated.wasm)?,
            ))
        };
        let (module, interface) = read().map_err(|error| found(error.to_string()))?;
        let mut random = seed.branch(1);
        let config = Config {
            schedule: random.pick(&Schedule::builtin()).clone(),
            gas_limit: None,
            ..ours::config()
        };
        // The other machine goes by single instructions, and may collect all the time.
        let plain = Config {
            step_stream_only: true,
            collect_always: random.one_in(2),
            ..config.clone()
        };
        let host = random.branch(2);
        let make = |config: Config| -> Option<(Player, Option<FuncAddr>)> {
            let (mut ours, externs) = Ours::new(config, &module, &interface, &host);
            // If a segment does not fit, the other comparison looks at that.
            let instance = ours.machine.instantiate(&module, &externs).ok()?;
            ours.adopt(instance);
            let start = ours.machine.start_func(instance);
            let host = Host::new(host.clone());
            Some((Player { ours, host }, start))
        };
        let (Some((mut fast, start)), Some((mut single, _))) = (make(config), make(plain)) else {
            return Ok(());
        };
        counts.modules += 1;
        if let Some(start) = start {
            let mut pair = Pair {
                fast: &mut fast,
                single: &mut single,
                interface: &interface,
            };
            pair.compare(start, &[], &mut random, counts)
                .map_err(|message| found(format!("start function: {message}")))?;
        }
        let funcs = 0..interface.funcs.len() as u32;
        for (number, func) in funcs.cycle().take(CALLS).enumerate() {
            let types = &interface.funcs[func as usize].params;
            let Some(args) = arguments(types, &interface, &mut random) else {
                continue;
            };
            for player in [&mut fast, &mut single] {
                if let Some(global) = generated.fuel_global {
                    player.ours.set_global(global, FUEL);
                }
            }
            let given = fast.ours.args(func, &args);
            let addr = fast.ours.funcs[func as usize];
            let mut pair = Pair {
                fast: &mut fast,
                single: &mut single,
                interface: &interface,
            };
            pair.compare(addr, &given, &mut random, counts)
                .map_err(|message| {
                    found(format!("call {number}, f{func}{}: {message}", List(&args)))
                })?;
            counts.executions += 1;
        }
        Ok(())
    }
}

/// The machine that runs as fast as it can, and the one that goes by single instructions.
struct Pair<'a> {
    fast: &'a mut Player,
    single: &'a mut Player,
    interface: &'a Interface,
}

impl Pair<'_> {
    /// Runs a call on both, and in one go on a copy.
    fn compare(
        &mut self,
        func: FuncAddr,
        args: &[Value],
        random: &mut Random,
        counts: &mut Counts,
    ) -> Result<(), String> {
        let refused = |error: waspnest::Error| format!("the call was refused: {error}");
        let host = Host::new(random.branch(3));
        for player in [&mut *self.fast, &mut *self.single] {
            player.host = host.clone();
            player.ours.machine.reset_gas();
            player.ours.machine.set_gas_limit(None);
            player.ours.machine.begin(func, args).map_err(refused)?;
        }
        let (sliced, single) = (&mut *self.fast, &mut *self.single);
        let end = sliced.ours.machine.ticks() + TICKS;

        // At one go, as far as the comparison goes.
        let mut whole = sliced.clone();
        let whole_stop = loop {
            let left = end - whole.ours.machine.ticks();
            match whole.ours.machine.run(left, &Until::Finished) {
                Stop::HostCall(call) => whole.answer(&call, self.interface)?,
                stop => break stop,
            }
        };

        let limit = |random: &mut Random, used: u64| Some(Gas(used + random.magnitude(GAS)));
        let mut gas_limit = match random.one_in(2) {
            true => None,
            false => limit(random, 0),
        };
        let stop = loop {
            sliced.ours.machine.set_gas_limit(gas_limit);
            single.ours.machine.set_gas_limit(gas_limit);
            let left = end - sliced.ours.machine.ticks();
            let budget = random.magnitude(2_000).min(left);
            let stop = sliced.go(budget, random);
            let single_stop = single.follow(&stop, sliced.ours.machine.ticks(), random);
            if !is_same_stop(&stop, &single_stop) {
                return Err(format!(
                    "stops with {stop:?}, by single ticks with {single_stop:?}"
                ));
            }
            same(&sliced.ours, &single.ours)?;
            counts.pause_points += 1;
            if random.one_in(8) {
                *sliced = sliced.clone();
            }
            match (&stop, &single_stop) {
                (Stop::HostCall(call), Stop::HostCall(single_call)) => {
                    sliced.answer(call, self.interface)?;
                    single.answer(single_call, self.interface)?;
                }
                (Stop::OutOfGas, _) => {
                    let used = sliced.ours.machine.gas_used().0;
                    gas_limit = match random.one_in(3) {
                        true => None,
                        false => limit(random, used),
                    };
                }
                (Stop::Finished(_) | Stop::Trapped(_) | Stop::NoMemory(_), _) => break stop,
                _ => {
                    if sliced.ours.machine.ticks() >= end {
                        break Stop::Paused;
                    }
                }
            }
        };
        if !is_same_stop(&whole_stop, &stop) {
            return Err(format!(
                "stops with {whole_stop:?} in one run, with {stop:?} in slices"
            ));
        }
        same(&whole.ours, &sliced.ours).map_err(|text| format!("one run and slices: {text}"))?;
        sliced.ours.machine.clear_breakpoints();
        sliced.ours.machine.abandon();
        single.ours.machine.abandon();
        Ok(())
    }
}

/// Whether two stops mean the same, however the machine was led to them. Objects have other
/// numbers where the heap was collected at other times; the state hash looks at them.
fn is_same_stop(a: &Stop, b: &Stop) -> bool {
    let is_pause = |stop: &Stop| matches!(stop, Stop::Paused | Stop::StepDone | Stop::Breakpoint);
    match (a, b) {
        (Stop::Finished(a), Stop::Finished(b)) => are_same_values(a, b),
        (Stop::Trapped(a), Stop::Trapped(b)) => {
            (a.kind(), a.func(), a.offset()) == (b.kind(), b.func(), b.offset())
                // How full the heap is depends on when it was collected.
                && (a.kind() == TrapKind::HeapExhausted
                    || without_objects(a.detail()) == without_objects(b.detail()))
        }
        (Stop::HostCall(a), Stop::HostCall(b)) => {
            a.func == b.func && are_same_values(&a.args, &b.args)
        }
        _ => a == b || is_pause(a) && is_pause(b),
    }
}

/// A sentence without the numbers of objects, which follow a `#`.
fn without_objects(text: &str) -> String {
    let mut parts = text.split('#');
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |text, part| {
        text + part.trim_start_matches(|letter: char| letter.is_ascii_digit())
    })
}

fn are_same_values(a: &[Value], b: &[Value]) -> bool {
    let is_same = |(a, b): (&Value, &Value)| match (a, b) {
        (Value::Ref(a_top, Ref::Object(_)), Value::Ref(b_top, Ref::Object(_)))
        | (Value::Ref(a_top, Ref::Exception(_)), Value::Ref(b_top, Ref::Exception(_))) => {
            a_top == b_top
        }
        (a, b) => a == b,
    };
    a.len() == b.len() && a.iter().zip(b).all(is_same)
}

impl Player {
    /// Goes on in some way, for at most a number of ticks.
    fn go(&mut self, budget: u64, random: &mut Random) -> Stop {
        let machine = &mut self.ours.machine;
        match random.below(8) {
            0 => machine.run_slice(budget, random.magnitude(4_096), &Until::Finished),
            1 => {
                let func = *random.pick(&self.ours.funcs);
                machine.set_breakpoint(func, WasmOffset(random.below(2_000) as u32));
                machine.run(budget, &Until::Finished)
            }
            2 => {
                machine.clear_breakpoints();
                machine.run(budget, &machine.until_out())
            }
            3 => machine.run(budget.min(20), &machine.until_over()),
            _ => machine.run(budget, &Until::Finished),
        }
    }

    /// Goes to a tick by single ticks, and on to a stop that is reached there.
    fn follow(&mut self, stop: &Stop, tick: u64, random: &mut Random) -> Stop {
        let mut last = Stop::Paused;
        while self.ours.machine.ticks() < tick && last == Stop::Paused {
            let is_looked_at = random.one_in(64);
            let until = if is_looked_at {
                Until::Step
            } else {
                Until::Finished
            };
            last = match self.ours.machine.run(1, &until) {
                Stop::StepDone => Stop::Paused,
                stop => stop,
            };
            if is_looked_at {
                look(&self.ours);
            }
        }
        match stop {
            Stop::Paused | Stop::StepDone | Stop::Breakpoint => last,
            _ if last == Stop::Paused => self.ours.machine.run(1, &Until::Finished),
            _ => last,
        }
    }

    fn answer(&mut self, call: &waspnest::HostCall, interface: &Interface) -> Result<(), String> {
        self.ours.answer(call, interface, &mut self.host)
    }
}

/// Everything that a person can look at, only for what it may set off.
fn look(ours: &Ours) {
    let machine = &ours.machine;
    machine.effect();
    machine.next_instruction();
    for frame in machine.frames(0, 3) {
        machine.locals(&frame);
        machine.operands(&frame);
        machine.labels(&frame);
    }
}

/// Both machines stand at the same tick in the same state.
fn same(a: &Ours, b: &Ours) -> Result<(), String> {
    let facts = |ours: &Ours| {
        let machine = &ours.machine;
        (
            machine.ticks(),
            machine.gas_used(),
            machine.current_instruction(),
        )
    };
    let (of_a, of_b) = (facts(a), facts(b));
    if of_a != of_b {
        return Err(format!(
            "stands at {of_a:?}, by single ticks at {of_b:?} (ticks, gas, place)"
        ));
    }
    match a.machine.state_hash() == b.machine.state_hash() {
        true => Ok(()),
        false => Err(format!("the states differ at {of_a:?} (ticks, gas, place)")),
    }
}
