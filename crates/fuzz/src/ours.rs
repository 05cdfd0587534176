//! The machine, asked as the other engine is asked.

use std::collections::HashMap;

use waspnest::{
    Config, ErrorKind, Extern, ExternType, FuncAddr, Gas, GlobalAddr, HeapType, InstanceIdx,
    Machine, MemAddr, Module, ObjectAddr, Ref, Stop, TableAddr, Top, Trap, TrapKind, TypeKind,
    Until, ValType, Value,
};

use crate::generate::{MAX_ELEMENTS, MAX_PAGES};
use crate::interface::{Import, Interface};
use crate::outcome::{Host, MAX_OBJECTS, Object, Outcome, Reason, View};
use crate::random::Random;
use crate::value::{Val, argument};

/// Gas of a call. The modules that end by themselves use less.
const GAS: u64 = 300_000;
/// Slots of the stack: more than the modules that end by themselves can use.
const STACK_SLOTS: u32 = 1 << 20;
/// Bytes of structures, arrays and exceptions. A loop that fills an array as large as the machine
/// allows by default again and again is within its gas, and takes minutes.
const HEAP_BYTES: u64 = 1 << 20;

/// A machine with an instance of a module.
#[derive(Clone)]
pub struct Ours {
    pub machine: Machine,
    pub funcs: Vec<FuncAddr>,
    pub tables: Vec<TableAddr>,
    pub memories: Vec<MemAddr>,
    pub globals: Vec<GlobalAddr>,
    /// The number of the import that each of the host functions is, by function index.
    imported: Vec<usize>,
    instance: Option<InstanceIdx>,
}

/// The limits of a machine that is compared with the other engine.
pub fn config() -> Config {
    Config {
        stack_slots: STACK_SLOTS,
        memory_pages: MAX_PAGES,
        total_memory_pages: 100 * MAX_PAGES,
        table_elements: 100 * MAX_ELEMENTS,
        heap_bytes: HEAP_BYTES,
        gas_limit: Some(Gas(GAS)),
        ..Config::default()
    }
}

impl Ours {
    /// A machine with all that a module imports; globals have values of a seed.
    pub fn new(
        config: Config,
        module: &Module,
        interface: &Interface,
        random: &Random,
    ) -> (Ours, Vec<Extern>) {
        let mut ours = Ours {
            machine: Machine::new(config),
            funcs: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            imported: Vec::new(),
            instance: None,
        };
        let machine = &mut ours.machine;
        let types = machine.types_of(module);
        let mut externs = Vec::new();
        for position in 0..interface.imports.len() {
            let Some(ty) = types.import(position) else {
                unreachable!("both read the same imports")
            };
            externs.push(match ty {
                ExternType::Func(_) => {
                    ours.imported.push(position);
                    let func = machine.host_func_for(&types, position);
                    Extern::Func(func.expect("the import is a function"))
                }
                ExternType::Global(ty) => {
                    let value = imported_global(interface, position, random);
                    let value = to_ours(value, ty.content, &[]);
                    let global = machine.host_global(ty, value);
                    Extern::Global(global.expect("the value was made for the type"))
                }
                ExternType::Memory(ty) => {
                    Extern::Memory(machine.host_memory(ty).expect("within the limits"))
                }
                ExternType::Table(ty) => {
                    Extern::Table(machine.host_table(ty).expect("within the limits"))
                }
                ExternType::Tag(_) => {
                    let tag = machine.host_tag_for(&types, position);
                    Extern::Tag(tag.expect("the import is a tag"))
                }
            });
        }
        (ours, externs)
    }

    /// Makes the instance and runs its start function.
    pub fn instantiate(
        &mut self,
        module: &Module,
        externs: &[Extern],
        interface: &Interface,
        host: &mut Host,
    ) -> Outcome {
        let instance = match self.machine.instantiate(module, externs) {
            Ok(instance) => instance,
            Err(error) => {
                return match error.kind() {
                    ErrorKind::Instantiation(trap) => trapped(trap),
                    ErrorKind::Limit(_) => Outcome::Limit("an instance"),
                    ErrorKind::NoMemory(_) => Outcome::Limit("the host's memory"),
                    _ => Outcome::Failed(error.to_string()),
                };
            }
        };
        match self.machine.start_func(instance) {
            Some(start) => {
                let outcome = self.call_addr(start, &[], interface, host);
                self.adopt(instance);
                outcome
            }
            None => {
                self.adopt(instance);
                Outcome::Returned(Vec::new())
            }
        }
    }

    /// Takes the parts of an instance for those that are called and looked at.
    pub fn adopt(&mut self, instance: InstanceIdx) {
        self.instance = Some(instance);
        self.funcs = self.machine.funcs(instance).to_vec();
        self.tables = self.machine.tables(instance).to_vec();
        self.memories = self.machine.memories(instance).to_vec();
        self.globals = self.machine.globals(instance).to_vec();
    }

    /// Calls the function with that index.
    pub fn call(
        &mut self,
        func: u32,
        args: &[Val],
        interface: &Interface,
        host: &mut Host,
    ) -> Outcome {
        let args = self.args(func, args);
        self.call_addr(self.funcs[func as usize], &args, interface, host)
    }

    /// Arguments as the machine takes them.
    pub fn args(&self, func: u32, args: &[Val]) -> Vec<Value> {
        let types = &self.machine.func_type(self.funcs[func as usize]).params;
        let values = args.iter().zip(types);
        values
            .map(|(value, ty)| to_ours(*value, *ty, &self.funcs))
            .collect()
    }

    fn call_addr(
        &mut self,
        func: FuncAddr,
        args: &[Value],
        interface: &Interface,
        host: &mut Host,
    ) -> Outcome {
        self.machine.reset_gas();
        if let Err(error) = self.machine.begin(func, args) {
            return Outcome::Failed(error.to_string());
        }
        let outcome = loop {
            match self.machine.run(u64::MAX, &Until::Finished) {
                Stop::Finished(results) => {
                    let mut look = Look::new(self);
                    break Outcome::Returned(
                        results.iter().map(|value| look.val(*value)).collect(),
                    );
                }
                Stop::Trapped(trap) => break trapped(&trap),
                Stop::OutOfGas => break Outcome::Limit("gas"),
                Stop::NoMemory(_) => break Outcome::Limit("the host's memory"),
                Stop::HostCall(call) => {
                    if let Err(message) = self.answer(&call, interface, host) {
                        break Outcome::Failed(message);
                    }
                }
                stop => break Outcome::Failed(format!("stopped with {stop:?}")),
            }
        };
        self.machine.abandon();
        outcome
    }

    /// Answers a host call, or lets it fail.
    pub fn answer(
        &mut self,
        call: &waspnest::HostCall,
        interface: &Interface,
        host: &mut Host,
    ) -> Result<(), String> {
        // Host functions are the first ones that the machine has.
        let import = self.imported[call.func.0 as usize];
        let mut look = Look::new(self);
        let args = call.args.iter().map(|value| look.val(*value)).collect();
        let outcome = match host.answer(interface, import, args) {
            Some(results) => {
                let types = &self.machine.func_type(call.func).results;
                let results: Vec<Value> = (results.iter().zip(types))
                    .map(|(value, ty)| to_ours(*value, *ty, &[]))
                    .collect();
                self.machine.answer(&results)
            }
            None => self.machine.fail_host_call("the host function fails"),
        };
        outcome.map_err(|error| format!("an answer was refused: {error}"))
    }

    /// Sets an i32 global, by its index in the module.
    pub fn set_global(&mut self, global: u32, value: i32) {
        let set = (self.machine).set_global(self.globals[global as usize], Value::I32(value));
        set.expect("the global is an i32");
    }

    /// All that can be seen but memories.
    pub fn view(&self) -> View {
        let mut look = Look::new(self);
        let mut view = View::default();
        for global in &self.globals {
            view.globals.push(look.val(self.machine.global(*global)));
        }
        for table in &self.tables {
            let n = self.machine.table_size(*table);
            let elements = (0..n).filter_map(|index| self.machine.table_get(*table, index));
            view.tables
                .push(elements.map(|value| look.val(value)).collect());
        }
        view.objects = look.objects();
        view
    }
}

/// A look at values of a machine, which numbers the objects that it meets.
struct Look<'a> {
    ours: &'a Ours,
    numbers: HashMap<ObjectAddr, u32>,
    met: Vec<ObjectAddr>,
}

impl Look<'_> {
    fn new(ours: &Ours) -> Look<'_> {
        Look {
            ours,
            numbers: HashMap::new(),
            met: Vec::new(),
        }
    }

    fn val(&mut self, value: Value) -> Val {
        match value {
            Value::I32(value) => Val::I32(value as u32),
            Value::I64(value) => Val::I64(value as u64),
            Value::F32(bits) => Val::F32(bits),
            Value::F64(bits) => Val::F64(bits),
            Value::V128(bits) => Val::V128(bits),
            Value::Ref(_, target) => match target {
                Ref::Null => Val::Null,
                Ref::Func(addr) => {
                    let place = self.ours.funcs.iter().position(|func| *func == addr);
                    place.map_or(Val::OtherFunc, |index| Val::Func(index as u32))
                }
                Ref::Host(handle) => Val::Extern(handle),
                Ref::I31(value) => Val::I31(value),
                Ref::Object(addr) | Ref::Exception(addr) => {
                    let next = self.met.len() as u32;
                    let number = *self.numbers.entry(addr).or_insert(next);
                    if number == next {
                        self.met.push(addr);
                    }
                    Val::Object(number)
                }
            },
        }
    }

    /// The objects that were met, and those to which they lead.
    fn objects(&mut self) -> Vec<Object> {
        let mut objects = Vec::new();
        while let Some(addr) = self.met.get(objects.len()).copied()
            && objects.len() < MAX_OBJECTS
        {
            let machine = &self.ours.machine;
            let kind = match machine.object_type(addr) {
                Some(HeapType::Type(TypeKind::Struct, _)) => "struct",
                Some(HeapType::Type(TypeKind::Array, _)) => "array",
                Some(_) => "exception",
                None => "nothing",
            };
            let n = machine.object_len(addr).unwrap_or(0);
            let fields = (0..n).filter_map(|field| machine.object_field(addr, field));
            let fields = fields.map(|value| self.val(value)).collect();
            objects.push(Object { kind, fields });
        }
        objects
    }
}

/// The value that both engines give an imported global.
pub fn imported_global(interface: &Interface, number: usize, random: &Random) -> Val {
    let Import::Global(ty) = &interface.imports[number] else {
        unreachable!("the import is a global")
    };
    match argument(*ty, interface, &mut random.branch(number as u64)) {
        // There are no functions yet.
        Some(Val::Func(_)) | None => Val::Null,
        Some(value) => value,
    }
}

fn to_ours(value: Val, ty: ValType, funcs: &[FuncAddr]) -> Value {
    match value {
        Val::I32(value) => Value::I32(value as i32),
        Val::I64(value) => Value::I64(value as i64),
        Val::F32(bits) => Value::F32(bits),
        Val::F64(bits) => Value::F64(bits),
        Val::V128(bits) => Value::V128(bits),
        Val::Null => Value::default_of(ty),
        Val::Func(index) => Value::func(Some(funcs[index as usize])),
        Val::Extern(handle) => Value::host(Some(handle)),
        Val::I31(value) => Value::Ref(Top::Any, Ref::I31(value)),
        Val::OtherFunc | Val::Object(_) => unreachable!("no such values are given to engines"),
    }
}

fn trapped(trap: &Trap) -> Outcome {
    Outcome::Trapped(match trap.kind() {
        TrapKind::Unreachable => Reason::Unreachable,
        TrapKind::MemoryOutOfBounds => Reason::MemoryOutOfBounds,
        TrapKind::TableOutOfBounds | TrapKind::UndefinedElement => Reason::TableOutOfBounds,
        TrapKind::IntegerDivideByZero => Reason::DivideByZero,
        TrapKind::IntegerOverflow => Reason::IntegerOverflow,
        TrapKind::InvalidConversionToInteger => Reason::InvalidConversion,
        TrapKind::UninitializedElement => Reason::NullElement,
        TrapKind::IndirectCallTypeMismatch => Reason::TypeMismatch,
        TrapKind::NullReference
        | TrapKind::NullFunctionReference
        | TrapKind::NullStructureReference
        | TrapKind::NullArrayReference
        | TrapKind::NullI31Reference
        | TrapKind::NullExceptionReference => Reason::NullReference,
        TrapKind::ArrayOutOfBounds => Reason::ArrayOutOfBounds,
        TrapKind::CastFailure => Reason::CastFailure,
        TrapKind::UncaughtException => Reason::Uncaught,
        TrapKind::HostFunction => Reason::HostFailed,
        TrapKind::UnalignedAtomic => Reason::Unaligned,
        TrapKind::ExpectedSharedMemory => Reason::NotShared,
        TrapKind::CallStackExhausted => return Outcome::Limit("the stack"),
        TrapKind::HeapExhausted => return Outcome::Limit("the heap"),
        _ => return Outcome::Failed(format!("the trap {trap}")),
    })
}
