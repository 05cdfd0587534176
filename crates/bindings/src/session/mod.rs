//! One machine with the modules of a project: what the embedder's methods do, in Rust types.
//! `api` hands it to JavaScript.

mod breakpoints;
mod exceptions;
mod heap;
mod link;
mod look;
mod script;
mod view;

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;

use waspnest::{
    Config, Control, Effect, Exception, Extern, FuncAddr, Gas, GlobalAddr, Handler, InstanceIdx,
    MEMORY_PAGES, Machine, MemAddr, NotedCall, ObjectTally, Status, Stop, TableAddr, Trap, Until,
    slots_of, values_of,
};

use crate::convert::{schedule_in, value_in};
use crate::dto::{HostGlobal, HostImport, Limits, Schedule, TrapInfo, Value};
use crate::source::Source;
use breakpoints::Found;

/// How a slice of a run ended, as `StopCode` of the worker has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopCode {
    Finished = 0,
    Trapped = 1,
    OutOfGas = 2,
    HostCall = 3,
    Breakpoint = 4,
    Reached = 5,
    Paused = 6,
    NoMemory = 7,
}

/// The modules of a project and their machine. Before `prepare` and `link` there is none.
pub struct Project {
    sources: Vec<Source>,
    config: Config,
    /// Imports that no module of the project gives, in the order in which modules ask.
    host_imports: Vec<HostImport>,
    /// By module and position of the import: which of `host_imports` it is. Imports of the same
    /// names and the same type are one thing.
    host_numbers: Vec<Vec<Option<usize>>>,
    host_globals: Vec<HostGlobal>,
    machine: Machine,
    /// Instances by number of the module.
    instances: Vec<InstanceIdx>,
    /// The host functions with their positions in `host_imports`.
    host_funcs: Vec<(FuncAddr, usize)>,
    breakpoints: Vec<(String, u32)>,
    until: Until,
    /// The call that the run goes over or comes back from.
    noted: Option<NotedCall>,
    /// What was counted of the machine's objects.
    tally: RefCell<ObjectTally>,
    /// Number of frames, where it was counted and steps have carried it on.
    depth: Cell<Option<u32>>,
    /// The function that was called last.
    called: Option<FuncAddr>,
    /// A step ended in a host call: it is complete once that is answered.
    step_in_host: bool,
    /// What the last host call was answered.
    last_answer: Option<Vec<waspnest::Value>>,
    /// What the last host call threw, and where it was caught.
    last_throw: Option<(Exception, Option<Handler>)>,
    /// What a host function threw and the host had no memory for yet.
    unthrown: Option<Exception>,
    /// In words what memory the host did not give the last run.
    refused: String,
    /// What was traced, one line an instruction; `None` while tracing is off.
    trace: Option<Trace>,
    /// The script on its way to the directive before which the machine is to stand.
    script: Option<script::Approach>,
    /// Whether the machine is a script's.
    is_stand: bool,
}

/// A trace that grows up to a limit.
#[derive(Default)]
pub struct Trace {
    pub text: String,
    pub entries: u32,
    pub full: bool,
}

/// Bytes that instructions on whole memories may move in one slice: 16 MiB, which the core was
/// measured to fill in 5 ms.
const SLICE_BYTES: u64 = 16 << 20;

/// Bytes of trace that are kept (chosen: about a million instructions).
const LONGEST_TRACE: usize = 48 << 20;

pub struct HostFunc {
    pub func: FuncAddr,
    pub import: HostImport,
}

/// # Errors
/// A limit that makes no sense, or a schedule with unknown names.
fn config_of(limits: &Limits, schedule: &Schedule) -> Result<Config, String> {
    let mut config = Config {
        schedule: schedule_in(schedule)?,
        ..Config::default()
    };
    set_limits_of(&mut config, limits);
    Ok(config)
}

fn set_limits_of(config: &mut Config, limits: &Limits) {
    config.stack_slots = limits.stack_slots;
    config.memory_pages = u64::from(limits.memory_pages);
    // One memory may always be as large as its own limit says.
    config.total_memory_pages = config.memory_pages.max(MEMORY_PAGES);
    config.table_elements = u64::from(limits.table_elements);
    config.heap_bytes = u64::from(limits.heap_mib) << 20;
    config.gas_limit = limits.gas.map(Gas);
}

impl Project {
    pub fn new() -> Project {
        Project {
            sources: Vec::new(),
            config: Config::default(),
            host_imports: Vec::new(),
            host_numbers: Vec::new(),
            host_globals: Vec::new(),
            machine: Machine::new(Config::default()),
            instances: Vec::new(),
            host_funcs: Vec::new(),
            breakpoints: Vec::new(),
            until: Until::Finished,
            noted: None,
            tally: RefCell::default(),
            depth: Cell::default(),
            called: None,
            step_in_host: false,
            last_answer: None,
            last_throw: None,
            unthrown: None,
            refused: String::new(),
            trace: None,
            script: None,
            is_stand: false,
        }
    }

    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    pub fn machine_mut(&mut self) -> &mut Machine {
        &mut self.machine
    }

    pub fn host_imports(&self) -> &[HostImport] {
        &self.host_imports
    }

    pub fn host_funcs(&self) -> Vec<HostFunc> {
        self.host_funcs
            .iter()
            .map(|(func, import)| HostFunc {
                func: *func,
                import: self.host_imports[*import].clone(),
            })
            .collect()
    }

    /// Begins the start function of a module; false if it has none.
    pub fn begin_start(&mut self, module: usize) -> Result<bool, String> {
        self.depth.take();
        self.step_in_host = false;
        let Some(func) = self
            .instances
            .get(module)
            .and_then(|at| self.machine.start_func(*at))
        else {
            return Ok(false);
        };
        self.machine.abandon();
        self.machine
            .begin(func, &[])
            .map_err(|error| error.to_string())?;
        Ok(true)
    }

    pub fn begin(&mut self, module: &str, export: &str, args: &[Value]) -> Result<(), String> {
        self.depth.take();
        self.step_in_host = false;
        let instance = self.instance_named(module)?;
        let func = match self.machine.export(instance, export) {
            Some(Extern::Func(func)) => func,
            Some(_) => return Err(format!("\"{export}\" of module {module} is not a function")),
            None => return Err(format!("module {module} exports no function \"{export}\"")),
        };
        let args: Vec<_> = args.iter().map(value_in).collect();
        self.machine.abandon();
        self.called = Some(func);
        self.machine
            .begin(func, &args)
            .map_err(|error| error.to_string())
    }

    /// Gas counts from 0 again; the limit counts from here.
    pub fn open_account(&mut self) {
        self.machine.reset_gas();
    }

    /// What the next run goes on to.
    pub fn set_until(&mut self, kind: &str) -> Result<(), String> {
        // A step that waits for its host call is still one when it is asked for again.
        self.step_in_host &= matches!(kind, "step" | "over");
        self.noted = match kind {
            "over" => self.machine.note_call(0),
            "out" => self.machine.note_call(1),
            _ => None,
        };
        self.until = match kind {
            "end" => Until::Finished,
            "step" => Until::Step,
            "over" => self.machine.until_over(),
            "out" => self.machine.until_out(),
            _ => return Err(format!("there is no way to run until \"{kind}\"")),
        };
        Ok(())
    }

    /// Runs on to the instruction at or after a place in a file; false if there is none.
    pub fn set_until_position(&mut self, file: &str, position: u32) -> Result<bool, String> {
        self.step_in_host = false;
        self.noted = None;
        let running = self.machine.frames(0, 1).pop().map(|frame| frame.instance);
        let found = self.instructions_from(file, position)?;
        // Of several instances of one module the one that runs is meant.
        let of_running = |found: &&Found| {
            let origin = self.machine.func_origin(found.func);
            origin.map(|(instance, _)| instance) == running
        };
        let Some(found) = found.iter().find(of_running).or(found.first()) else {
            return Ok(false);
        };
        self.until = Until::Location {
            func: found.func,
            offset: found.offset,
            frame: None,
        };
        Ok(true)
    }

    pub fn run(&mut self, budget: u64) -> StopCode {
        self.run_on(budget, false)
    }

    /// One instruction of the run more, watched, and a word on what it did: then the run is to
    /// pause. It stops where the run would stop.
    pub fn pause(&mut self) -> StopCode {
        let code = self.run_on(1, true);
        if code == StopCode::Paused {
            self.machine.arrive();
        }
        code
    }

    fn run_on(&mut self, budget: u64, is_pause: bool) -> StopCode {
        if let Some(exception) = self.unthrown.take() {
            // The call may have been answered otherwise meanwhile; then there is nothing to throw.
            let _ = self.throw(exception);
            if self.unthrown.is_some() {
                return StopCode::NoMemory;
            }
        }
        let step_is_complete = std::mem::take(&mut self.step_in_host);
        if step_is_complete && matches!(self.machine.state(), Status::Ready) {
            return match is_pause {
                true => StopCode::Paused,
                false => StopCode::Reached,
            };
        }
        self.last_answer = None;
        self.last_throw = None;
        let depth = self.depth.take();
        let base = self.base();
        let stop = match &mut self.trace {
            Some(trace) if !trace.full => {
                look::run_traced(&mut self.machine, budget, &self.until, trace)
            }
            _ if is_pause => (self.machine).run_traced(budget, &self.until, &mut |_, _| true),
            _ => self.machine.run_slice(budget, SLICE_BYTES, &self.until),
        };
        if self.until == Until::Step && stop == Stop::StepDone {
            self.depth.set(self.depth_after_step(depth, base));
        }
        match stop {
            Stop::Finished(_) => StopCode::Finished,
            Stop::Trapped(_) => StopCode::Trapped,
            Stop::OutOfGas => StopCode::OutOfGas,
            Stop::HostCall(_) => {
                self.step_in_host = is_pause || self.until == Until::Step;
                StopCode::HostCall
            }
            Stop::Breakpoint => StopCode::Breakpoint,
            Stop::StepDone => {
                if let Some(call) = self.noted.take() {
                    self.machine.tell_call(call);
                }
                StopCode::Reached
            }
            Stop::Paused => StopCode::Paused,
            Stop::NoMemory(refused) => {
                self.refused = refused.to_string();
                StopCode::NoMemory
            }
        }
    }

    /// First slot of the innermost frame.
    fn base(&self) -> Option<u32> {
        Some(self.machine.frames(0, 1).first()?.base)
    }

    /// Number of frames after a step, if it is known without counting them: one is added above its
    /// caller's slots, and only a return takes one away.
    fn depth_after_step(&self, depth: Option<u32>, base: Option<u32>) -> Option<u32> {
        let depth = depth?;
        let returns = |effect: &Effect| effect.control == Control::Return;
        match self.base()?.cmp(&base?) {
            Ordering::Greater => Some(depth + 1),
            Ordering::Equal => Some(depth),
            Ordering::Less if self.machine.effect().is_some_and(returns) => Some(depth - 1),
            Ordering::Less => None,
        }
    }

    /// Number of frames. Millions may be there, so they are not counted at each step.
    fn frame_count(&self) -> u32 {
        let depth = self.depth.take().filter(|_| self.base().is_some());
        let depth = depth.unwrap_or_else(|| self.machine.n_frames());
        self.depth.set(Some(depth));
        depth
    }

    pub fn results(&self) -> Vec<Value> {
        match self.machine.state() {
            Status::Finished(results) => {
                let shapes = self.called.map(|func| self.machine.result_shapes(func));
                self.shaped_values(results, &shapes.unwrap_or_default())
            }
            _ => Vec::new(),
        }
    }

    /// In words what memory the host did not give the last run that stopped for it.
    pub fn refused(&self) -> &str {
        &self.refused
    }

    pub fn trap(&self) -> Option<TrapInfo> {
        match self.machine.state() {
            Status::Trapped(trap) => Some(self.trap_info(trap)),
            _ => None,
        }
    }

    fn trap_info(&self, trap: &Trap) -> TrapInfo {
        TrapInfo {
            kind: trap.kind().message().to_owned(),
            sentence: trap.to_string(),
            exception: trap.exception().map(|thrown| self.exception_info(thrown)),
        }
    }

    /// The host function that waits for an answer.
    pub fn host_call_func(&self) -> Result<FuncAddr, String> {
        match self.machine.state() {
            Status::HostCall(call) => Ok(call.func),
            _ => Err("no host function waits for an answer".to_owned()),
        }
    }

    /// The arguments in the form of slots.
    pub fn host_call_args(&self) -> Vec<u64> {
        match self.machine.state() {
            Status::HostCall(call) => slots_of(&call.args),
            _ => Vec::new(),
        }
    }

    /// Answers with results in the form of slots.
    pub fn answer(&mut self, slots: &[u64]) -> Result<(), String> {
        let types = self
            .machine
            .func_type(self.host_call_func()?)
            .results
            .clone();
        let values = values_of(slots, &types).ok_or_else(|| {
            format!(
                "{} slots do not hold the {} results that are wanted",
                slots.len(),
                types.len()
            )
        })?;
        self.machine
            .answer(&values)
            .map_err(|error| error.to_string())?;
        self.depth.take();
        self.last_answer = Some(values);
        Ok(())
    }

    pub fn fail_host_call(&mut self, message: &str) -> Result<(), String> {
        self.machine
            .fail_host_call(message)
            .map_err(|error| error.to_string())
    }

    /// Changes the limits for what comes.
    pub fn set_limits(&mut self, limits: &Limits) {
        set_limits_of(&mut self.config, limits);
        self.machine.set_limits(&self.config);
    }

    pub fn set_schedule(&mut self, schedule: &Schedule) -> Result<(), String> {
        let schedule = schedule_in(schedule)?;
        self.config.schedule = schedule.clone();
        self.machine.set_schedule(schedule);
        Ok(())
    }

    pub fn set_trace(&mut self, on: bool) {
        self.trace = match (on, self.trace.take()) {
            (true, kept) => Some(kept.unwrap_or_default()),
            (false, _) => None,
        };
    }

    pub fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    pub fn module_named(&self, name: &str) -> Result<usize, String> {
        self.sources
            .iter()
            .position(|source| source.name == name)
            .filter(|number| *number < self.instances.len())
            .ok_or_else(|| format!("the project has no module \"{name}\""))
    }

    fn instance_named(&self, name: &str) -> Result<InstanceIdx, String> {
        Ok(self.instances[self.module_named(name)?])
    }

    pub fn memory_address(
        &self,
        module: usize,
        name: Option<&str>,
        index: usize,
    ) -> Option<MemAddr> {
        let instance = *self.instances.get(module)?;
        match name {
            None => self.machine.memories(instance).get(index).copied(),
            Some(name) => match self.machine.export(instance, name) {
                Some(Extern::Memory(memory)) => Some(memory),
                _ => {
                    let module = &self.sources[module].module;
                    let at = named(
                        name,
                        |index| module.memory_name(index),
                        self.machine.memories(instance).len(),
                    );
                    at.map(|at| self.machine.memories(instance)[at])
                }
            },
        }
    }

    pub fn global_address(&self, module: usize, name: &str) -> Option<GlobalAddr> {
        let instance = *self.instances.get(module)?;
        if let Some(Extern::Global(global)) = self.machine.export(instance, name) {
            return Some(global);
        }
        let globals = self.machine.globals(instance);
        let module = &self.sources[module].module;
        named(name, |index| module.global_name(index), globals.len()).map(|at| globals[at])
    }

    pub fn table_address(&self, module: usize, name: &str) -> Option<TableAddr> {
        let instance = *self.instances.get(module)?;
        if let Some(Extern::Table(table)) = self.machine.export(instance, name) {
            return Some(table);
        }
        let tables = self.machine.tables(instance);
        let module = &self.sources[module].module;
        named(name, |index| module.table_name(index), tables.len()).map(|at| tables[at])
    }
}

/// Index of the thing that the name section calls `name` (with or without `$`).
fn named<'a>(name: &str, name_of: impl Fn(u32) -> Option<&'a str>, count: usize) -> Option<usize> {
    let name = name.strip_prefix('$').unwrap_or(name);
    (0..count).find(|index| name_of(*index as u32) == Some(name))
}
