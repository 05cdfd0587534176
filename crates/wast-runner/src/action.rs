//! Instances and what is done with them.
//!
//! This is the part of the runner that drives the machine; it knows nothing of directives.

use std::collections::HashMap;

use waspnest::{
    Config, ErrorKind, Extern, FuncAddr, Gas, InstanceIdx, Machine, Module, Schedule, Stop, Trap,
    Until, Value,
};

use crate::mode::Mode;
use crate::report::Mismatch;
use crate::spectest;
use crate::values;

/// Slots of 8 bytes for frames. Enough for the deepest recursion that official scripts expect to
/// return, and little enough that their endless ones end soon.
const STACK_SLOTS: u32 = 1 << 18;

/// Something a script does with an instance.
pub(crate) enum Action<'a> {
    Invoke { func: &'a str, args: Vec<Value> },
    Get { global: &'a str },
}

/// How an action or an instantiation ended.
pub(crate) enum Outcome {
    Returned(Vec<Value>),
    Trapped(Trap),
    Unlinkable(String),
    Endless(u64),
    Refused(String),
}

impl Outcome {
    pub(crate) fn describe(&self) -> String {
        match self {
            Outcome::Returned(results) => values::describe_results(results),
            Outcome::Trapped(trap) if trap.detail().is_empty() => {
                format!("the trap \"{}\"", trap.kind().message())
            }
            Outcome::Trapped(trap) => {
                format!("the trap \"{}\" ({})", trap.kind().message(), trap.detail())
            }
            Outcome::Unlinkable(reason) => format!("the link error \"{reason}\""),
            Outcome::Endless(ticks) => format!("no end within {ticks} instructions"),
            Outcome::Refused(reason) => format!("a refusal: {reason}"),
        }
    }
}

/// The machine of one script, with the names that the script gave to instances.
pub(crate) struct Session {
    machine: Machine,
    mode: Mode,
    tick_limit: u64,
    host: HashMap<String, Extern>,
    registered: HashMap<String, InstanceIdx>,
    named: HashMap<String, InstanceIdx>,
    current: Option<InstanceIdx>,
}

impl Session {
    pub(crate) fn new(mode: Mode, tick_limit: u64) -> Session {
        let mut config = Config {
            stack_slots: STACK_SLOTS,
            ..Config::default()
        };
        if mode.metered {
            config.schedule = Schedule::alchemy();
            config.gas_limit = Some(Gas(u64::MAX));
        }
        let mut machine = Machine::new(config);
        let host = spectest::define(&mut machine)
            .expect("the contents of spectest are within the default limits");
        Session {
            machine,
            mode,
            tick_limit,
            host,
            registered: HashMap::new(),
            named: HashMap::new(),
            current: None,
        }
    }

    /// Instructions executed so far.
    pub(crate) fn ticks(&self) -> u64 {
        self.machine.ticks()
    }

    /// Gas used so far.
    pub(crate) fn gas_used(&self) -> Gas {
        self.machine.gas_used()
    }

    /// Leaves actions without a name of an instance nothing to act on.
    pub(crate) fn forget_current(&mut self) {
        self.current = None;
    }

    /// Instantiates a module, runs its start function, and makes the instance the current one.
    pub(crate) fn instantiate(&mut self, module: &Module, name: Option<&str>) -> Outcome {
        self.current = None;
        let outcome = self.try_instantiate(module);
        if let (Some(instance), Some(name)) = (self.current, name) {
            self.named.insert(name.to_owned(), instance);
        }
        outcome
    }

    /// Instantiates a module and runs its start function; the current instance stays.
    pub(crate) fn instantiate_unnamed(&mut self, module: &Module) -> Outcome {
        let current = self.current;
        let outcome = self.try_instantiate(module);
        self.current = current;
        outcome
    }

    fn try_instantiate(&mut self, module: &Module) -> Outcome {
        let mut imports = Vec::new();
        for import in module.imports() {
            match self.resolve(import.module, import.name) {
                Some(found) => imports.push(found),
                None => {
                    return Outcome::Unlinkable(format!(
                        "unknown import \"{}\" \"{}\"",
                        import.module, import.name
                    ));
                }
            }
        }
        let instance = match self.machine.instantiate(module, &imports) {
            Ok(instance) => instance,
            Err(error) => {
                return match error.kind() {
                    ErrorKind::Link { message, .. } => Outcome::Unlinkable(message.clone()),
                    ErrorKind::Instantiation(trap) => Outcome::Trapped(trap.clone()),
                    _ => Outcome::Refused(error.to_string()),
                };
            }
        };
        let outcome = match self.machine.start_func(instance) {
            Some(start) => self.call(start, &[]),
            None => Outcome::Returned(Vec::new()),
        };
        if let Outcome::Returned(_) = outcome {
            self.current = Some(instance);
        }
        outcome
    }

    fn resolve(&self, module: &str, name: &str) -> Option<Extern> {
        match self.registered.get(module) {
            Some(instance) => self.machine.export(*instance, name),
            None if module == "spectest" => self.host.get(name).copied(),
            None => None,
        }
    }

    /// Makes the exports of an instance importable under `name`.
    pub(crate) fn register(&mut self, name: &str, instance: Option<&str>) -> Result<(), Mismatch> {
        let instance = self.instance(instance)?;
        self.registered.insert(name.to_owned(), instance);
        Ok(())
    }

    fn instance(&self, name: Option<&str>) -> Result<InstanceIdx, Mismatch> {
        let found = match name {
            Some(name) => self.named.get(name).copied(),
            None => self.current,
        };
        found.ok_or_else(|| match name {
            Some(name) => Mismatch::new(format!("an instance ${name}"), "none of that name"),
            None => Mismatch::new("an instance", "none, since the module before failed"),
        })
    }

    /// The function with that index in the current instance.
    pub(crate) fn func_of_current(&self, func: u32) -> Option<FuncAddr> {
        let funcs = self.machine.funcs(self.current?);
        funcs.get(func as usize).copied()
    }

    /// Does something with the named or the current instance.
    pub(crate) fn act(
        &mut self,
        instance: Option<&str>,
        action: &Action<'_>,
    ) -> Result<Outcome, Mismatch> {
        let instance = self.instance(instance)?;
        match action {
            Action::Invoke { func, args } => match self.machine.export(instance, func) {
                Some(Extern::Func(addr)) => Ok(self.call(addr, args)),
                _ => Err(no_export("function", func)),
            },
            Action::Get { global } => match self.machine.export(instance, global) {
                Some(Extern::Global(addr)) => {
                    Ok(Outcome::Returned(vec![self.machine.global(addr)]))
                }
                _ => Err(no_export("global", global)),
            },
        }
    }

    fn call(&mut self, func: FuncAddr, args: &[Value]) -> Outcome {
        if let Err(error) = self.machine.begin(func, args) {
            return Outcome::Refused(error.to_string());
        }
        let outcome = self.run_to_end();
        self.machine.abandon();
        outcome
    }

    fn run_to_end(&mut self) -> Outcome {
        let begun_at = self.machine.ticks();
        loop {
            let used = self.machine.ticks() - begun_at;
            let budget = match self.tick_limit.saturating_sub(used) {
                0 => return Outcome::Endless(used),
                _ if self.mode.one_tick_per_run => 1,
                left => left,
            };
            match self.machine.run(budget, &Until::Finished) {
                Stop::Finished(results) => return Outcome::Returned(results),
                Stop::Trapped(trap) => return Outcome::Trapped(trap),
                Stop::HostCall(_) => {
                    if let Err(error) = self.machine.answer(&[]) {
                        return Outcome::Refused(error.to_string());
                    }
                }
                Stop::Paused => {}
                stop => return Outcome::Refused(format!("an unexpected stop: {stop:?}")),
            }
        }
    }
}

fn no_export(kind: &str, name: &str) -> Mismatch {
    Mismatch::new(format!("an exported {kind} \"{name}\""), "no such export")
}
