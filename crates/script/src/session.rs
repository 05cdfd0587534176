//! The machine of one script, and the names that the script gave to what is in it.

use waspnest::{
    Config, ErrorKind, Extern, FuncAddr, Gas, InstanceIdx, Machine, Module, Schedule, Stop, Until,
    Value,
};

use crate::mode::Mode;
use crate::outcome::{Mismatch, Outcome};
use crate::spectest;
use crate::stand::{Instance, StandCall};

/// Bytes that instructions on whole memories may move in one slice: 16 MiB, which the core was
/// measured to fill in 5 ms.
const SLICE_BYTES: u64 = 16 << 20;

/// What a name stands for, in one of the spaces of names that a script has.
struct Named<T>(Vec<(String, T)>);

impl<T: Clone> Named<T> {
    /// The newest meaning of a name counts.
    fn insert(&mut self, name: String, meaning: T) {
        self.0.push((name, meaning));
    }

    fn get(&self, name: &str) -> Option<T> {
        let mut newest_first = self.0.iter().rev();
        newest_first
            .find(|(known, _)| known == name)
            .map(|(_, meaning)| meaning.clone())
    }
}

/// The main script or the body of one `thread` directive. They share the machine, not the names.
struct Scope {
    registered: Named<u32>,
    named: Named<u32>,
    /// Numbers of definitions.
    definitions: Named<u32>,
    latest_definition: Option<u32>,
    current: Option<InstanceIdx>,
}

impl Scope {
    fn new() -> Scope {
        Scope {
            registered: Named(Vec::new()),
            named: Named(Vec::new()),
            definitions: Named(Vec::new()),
            latest_definition: None,
            current: None,
        }
    }
}

/// A module that was defined, and the number of the directive that did it.
pub(crate) type Definition = (Module, u32);

/// A call under way, and the instance that it makes, if it is a start function.
pub(crate) struct Call {
    begun_at: u64,
    made: Option<Made>,
    pub(crate) target: StandCall,
}

/// An instance that is the script's once its start function has returned.
struct Made {
    instance: InstanceIdx,
    name: Option<String>,
    becomes_current: bool,
}

/// What beginning something led to.
pub(crate) enum Begun {
    Ended(Outcome),
    Calling(Call),
}

pub(crate) struct Session {
    pub(crate) machine: Machine,
    mode: Mode,
    tick_limit: u64,
    host: spectest::Contents,
    definitions: Vec<Definition>,
    scopes: Vec<Scope>,
    /// The scope of the present directive.
    scope: usize,
    /// By instance of the machine.
    made: Vec<Instance>,
}

impl Session {
    pub(crate) fn new(mode: Mode, tick_limit: u64, config: Config) -> Session {
        let mut config = Config {
            step_stream_only: mode.steps_only,
            ..config
        };
        if mode.metered {
            config.schedule = Schedule::alchemy();
            config.gas_limit = Some(Gas(u64::MAX));
        }
        let mut machine = Machine::new(config);
        let host = spectest::define(&mut machine);
        Session {
            machine,
            mode,
            tick_limit,
            host,
            definitions: Vec::new(),
            scopes: vec![Scope::new()],
            scope: 0,
            made: Vec::new(),
        }
    }

    fn scope(&mut self) -> &mut Scope {
        &mut self.scopes[self.scope]
    }

    /// A thread sees nothing of the main script but one instance.
    pub(crate) fn add_thread(&mut self, shared: Option<&str>) -> Result<usize, Mismatch> {
        let mut scope = Scope::new();
        if let Some(name) = shared {
            let instance = self.instance(Some(name))?;
            scope.named.insert(name.to_owned(), instance.0);
        }
        self.scopes.push(scope);
        Ok(self.scopes.len() - 1)
    }

    pub(crate) fn enter_scope(&mut self, scope: usize) {
        self.scope = scope;
    }

    /// Leaves actions without a name of an instance nothing to act on.
    pub(crate) fn forget_current(&mut self) {
        self.scope().current = None;
    }

    pub(crate) fn define(&mut self, name: Option<String>, definition: Option<Definition>) {
        let number = definition.map(|definition| {
            self.definitions.push(definition);
            self.definitions.len() as u32 - 1
        });
        let scope = self.scope();
        scope.latest_definition = number;
        if let (Some(name), Some(number)) = (name, number) {
            scope.definitions.insert(name, number);
        }
    }

    pub(crate) fn definition(&self, name: Option<&str>) -> Result<Definition, Mismatch> {
        let scope = &self.scopes[self.scope];
        let found = match name {
            Some(name) => scope.definitions.get(name),
            None => scope.latest_definition,
        };
        match found {
            Some(number) => Ok(self.definitions[number as usize].clone()),
            None => Err(Mismatch::new("a module definition of that name", "none")),
        }
    }

    /// Instantiates a module and begins its start function.
    pub(crate) fn instantiate(
        &mut self,
        (module, source): &Definition,
        name: Option<String>,
        becomes_current: bool,
        directive: u32,
    ) -> Begun {
        let mut imports = Vec::new();
        for import in module.imports() {
            match self.resolve(import.module, import.name) {
                Some(Ok(found)) => imports.push(found),
                Some(Err(reason)) => return Begun::Ended(Outcome::Refused(reason)),
                None => {
                    return Begun::Ended(Outcome::Unlinkable(format!(
                        "unknown import \"{}\" \"{}\"",
                        import.module, import.name
                    )));
                }
            }
        }
        let result = self.machine.instantiate(module, &imports);
        // One that trapped on its segments is in the machine all the same.
        while self.made.len() < self.machine.n_instances() as usize {
            self.made.push(Instance {
                directive,
                source: *source,
                name: name.clone(),
            });
        }
        let instance = match result {
            Ok(instance) => instance,
            Err(error) => {
                return Begun::Ended(match error.kind() {
                    ErrorKind::Link { message, .. } => Outcome::Unlinkable(message.clone()),
                    ErrorKind::Instantiation(trap) => Outcome::Trapped(trap.clone()),
                    _ => Outcome::Refused(error.to_string()),
                });
            }
        };
        let made = Made {
            instance,
            name,
            becomes_current,
        };
        match self.machine.start_func(instance) {
            Some(start) => {
                let target = StandCall {
                    instance,
                    export: None,
                    args: Vec::new(),
                };
                self.begin(start, target, Some(made))
            }
            None => {
                self.keep(made);
                Begun::Ended(Outcome::Returned(Vec::new()))
            }
        }
    }

    fn keep(&mut self, made: Made) {
        if made.becomes_current {
            let scope = self.scope();
            scope.current = Some(made.instance);
            if let Some(name) = made.name {
                scope.named.insert(name, made.instance.0);
            }
        }
    }

    fn resolve(&self, module: &str, name: &str) -> Option<Result<Extern, String>> {
        match self.scopes[self.scope].registered.get(module) {
            Some(instance) => self.machine.export(InstanceIdx(instance), name).map(Ok),
            None if module == spectest::MODULE => {
                let mut contents = self.host.iter();
                let found = contents.find(|(known, _)| *known == name);
                found.map(|(_, content)| content.clone())
            }
            None => None,
        }
    }

    /// Makes the exports of an instance importable under `name`.
    pub(crate) fn register(
        &mut self,
        name: String,
        instance: Option<&str>,
    ) -> Result<(), Mismatch> {
        let instance = self.instance(instance)?;
        self.scope().registered.insert(name, instance.0);
        Ok(())
    }

    pub(crate) fn instance(&self, name: Option<&str>) -> Result<InstanceIdx, Mismatch> {
        let scope = &self.scopes[self.scope];
        let found = match name {
            Some(name) => scope.named.get(name).map(InstanceIdx),
            None => scope.current,
        };
        found.ok_or_else(|| match name {
            Some(name) => Mismatch::new(format!("an instance ${name}"), "none of that name"),
            None => Mismatch::new("an instance", "none, since the module before failed"),
        })
    }

    /// The function with that index in the current instance.
    pub(crate) fn func_of_current(&self, func: u32) -> Option<FuncAddr> {
        let funcs = self.machine.funcs(self.scopes[self.scope].current?);
        funcs.get(func as usize).copied()
    }

    /// Begins a call of an exported function.
    pub(crate) fn invoke(
        &mut self,
        instance: Option<&str>,
        name: &str,
        args: Vec<Value>,
    ) -> Result<Begun, Mismatch> {
        let instance = self.instance(instance)?;
        match self.machine.export(instance, name) {
            Some(Extern::Func(addr)) => {
                let target = StandCall {
                    instance,
                    export: Some(name.to_owned()),
                    args,
                };
                Ok(self.begin(addr, target, None))
            }
            _ => Err(no_export("function", name)),
        }
    }

    /// The value of an exported global.
    pub(crate) fn get(&self, instance: Option<&str>, name: &str) -> Result<Value, Mismatch> {
        let instance = self.instance(instance)?;
        match self.machine.export(instance, name) {
            Some(Extern::Global(addr)) => Ok(self.machine.global(addr)),
            _ => Err(no_export("global", name)),
        }
    }

    fn begin(&mut self, func: FuncAddr, target: StandCall, made: Option<Made>) -> Begun {
        let begun_at = self.machine.ticks();
        match self.machine.begin(func, &target.args) {
            Ok(()) => Begun::Calling(Call {
                begun_at,
                made,
                target,
            }),
            Err(error) => Begun::Ended(Outcome::Refused(error.to_string())),
        }
    }

    /// Goes on with a call for at most `ticks` instructions.
    pub(crate) fn go_on(&mut self, call: Call, ticks: u64) -> Result<Outcome, Call> {
        let slice_end = self.machine.ticks().saturating_add(ticks);
        let outcome = loop {
            let now = self.machine.ticks();
            let used = now - call.begun_at;
            let budget = match self.tick_limit.saturating_sub(used) {
                0 => break Outcome::Endless(used),
                _ if self.mode.one_tick_per_run => 1,
                left => left,
            };
            if now >= slice_end {
                return Err(call);
            }
            let budget = budget.min(slice_end - now);
            match self
                .machine
                .run_slice(budget, SLICE_BYTES, &Until::Finished)
            {
                Stop::Finished(results) => break Outcome::Returned(results),
                Stop::Trapped(trap) => break Outcome::Trapped(trap),
                Stop::HostCall(_) => {
                    // The functions of `spectest` return nothing.
                    if let Err(error) = self.machine.answer(&[]) {
                        break Outcome::Refused(error.to_string());
                    }
                }
                Stop::Paused if self.mode.one_tick_per_run => {}
                // Also one that moved many bytes: whoever drives it wants a turn.
                Stop::Paused => return Err(call),
                Stop::NoMemory(refused) => break Outcome::Refused(refused.to_string()),
                Stop::OutOfGas | Stop::Breakpoint | Stop::StepDone => {
                    break Outcome::Refused("it stopped before its end".to_owned());
                }
            }
        };
        self.machine.abandon();
        if let (Outcome::Returned(_), Some(made)) = (&outcome, call.made) {
            self.keep(made);
        }
        Ok(outcome)
    }

    /// The functions of `spectest`.
    pub(crate) fn host_funcs(&self) -> Vec<FuncAddr> {
        let contents = self.host.iter();
        contents
            .filter_map(|(_, content)| match content {
                Ok(Extern::Func(func)) => Some(*func),
                _ => None,
            })
            .collect()
    }

    /// Gives the machine away, with what is known of its instances.
    pub(crate) fn into_machine(self) -> (Machine, Vec<Instance>) {
        (self.machine, self.made)
    }
}

fn no_export(kind: &str, name: &str) -> Mismatch {
    Mismatch::new(format!("an exported {kind} \"{name}\""), "no such export")
}
