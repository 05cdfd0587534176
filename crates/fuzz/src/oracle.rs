//! The other engine: wasmtime, made deterministic.

use std::collections::HashMap;
use std::sync::Arc;

use wasmtime::{
    AnyRef, AsContext, AsContextMut, Caller, Engine, ExnRef, Extern, ExternRef, ExternType, Func,
    Global, I31, Instance, Memory, Module, OptLevel, Ref, ResourceLimiter, Rooted, SharedMemory,
    Store, Table, Trap, V128, Val, ValType,
};

use crate::generate::{MAX_ELEMENTS, MAX_PAGES};
use crate::interface::Interface;
use crate::ours::imported_global;
use crate::outcome::{Host, MAX_OBJECTS, Object, Outcome, Reason, View};
use crate::random::Random;
use crate::value;

/// The engine, which compiles all modules of a run.
pub struct Oracle {
    engine: Engine,
}

/// What belongs to an instance besides its state.
struct Context {
    interface: Arc<Interface>,
    host: Host,
    /// Index of each function, by the address that stands for it.
    funcs: HashMap<usize, u32>,
    n_elements: usize,
}

/// An instance of a module.
pub struct Theirs {
    store: Store<Context>,
    funcs: Vec<Func>,
    tables: Vec<Table>,
    memories: Vec<AnyMemory>,
    globals: Vec<Global>,
}

/// A memory of one thread or of several, of which there is one.
enum AnyMemory {
    Own(Memory),
    Shared(SharedMemory),
}

/// What a failing host function gives.
#[derive(Debug)]
struct HostFailed;

impl std::fmt::Display for HostFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the host function fails")
    }
}

impl std::error::Error for HostFailed {}

impl Oracle {
    pub fn new() -> Oracle {
        let mut config = wasmtime::Config::new();
        config
            .cranelift_nan_canonicalization(true)
            .relaxed_simd_deterministic(true)
            // Modules run once, so that compiling is most of the time.
            .cranelift_opt_level(OptLevel::None)
            .memory_init_cow(false)
            .async_stack_size(STACK / 2)
            .max_wasm_stack(STACK / 4)
            .wasm_tail_call(true)
            .wasm_extended_const(true)
            .wasm_multi_memory(true)
            .wasm_memory64(true)
            .wasm_simd(true)
            .wasm_relaxed_simd(true)
            .wasm_threads(true)
            .shared_memory(true)
            .wasm_function_references(true)
            .wasm_gc(true)
            .wasm_exceptions(true)
            .wasm_custom_page_sizes(true)
            .wasm_wide_arithmetic(true);
        let engine = Engine::new(&config).expect("the settings go together");
        Oracle { engine }
    }

    /// Compiles a module.
    ///
    /// # Errors
    /// If the engine refuses it.
    pub fn compile(&self, wasm: &[u8]) -> wasmtime::Result<Module> {
        Module::new(&self.engine, wasm)
    }
}

/// Stack of a thread that runs the engine; it gives a quarter of it to modules.
pub const STACK: usize = 64 << 20;

impl Theirs {
    /// Makes the instance and runs its start function. After a trap there is none.
    pub fn instantiate(
        oracle: &Oracle,
        module: &Module,
        interface: &Arc<Interface>,
        host: Host,
        random: &Random,
    ) -> (Theirs, Outcome) {
        let context = Context {
            interface: interface.clone(),
            host,
            funcs: HashMap::new(),
            n_elements: 0,
        };
        let mut store = Store::new(&oracle.engine, context);
        store.limiter(|context| context);
        let mut imports = Vec::new();
        for (number, import) in module.imports().enumerate() {
            imports.push(make_import(&mut store, number, import.ty(), random));
        }
        let mut theirs = Theirs {
            store,
            funcs: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
        };
        let outcome = match Instance::new(&mut theirs.store, module, &imports) {
            Ok(instance) => {
                theirs.adopt(instance);
                Outcome::Returned(Vec::new())
            }
            Err(error) => failed(&error),
        };
        (theirs, outcome)
    }

    fn adopt(&mut self, instance: Instance) {
        let store = &mut self.store;
        let interface = store.data().interface.clone();
        for index in 0..interface.funcs.len() {
            let func = instance.get_func(&mut *store, &format!("f{index}"));
            let func = func.expect("all functions are exported");
            let address = func.to_raw(&mut *store) as usize;
            store
                .data_mut()
                .funcs
                .entry(address)
                .or_insert(index as u32);
            self.funcs.push(func);
        }
        for index in 0..interface.n_tables {
            let table = instance.get_table(&mut *store, &format!("t{index}"));
            self.tables.push(table.expect("all tables are exported"));
        }
        for index in 0..interface.n_memories {
            let name = format!("m{index}");
            self.memories
                .push(match instance.get_export(&mut *store, &name) {
                    Some(Extern::Memory(memory)) => AnyMemory::Own(memory),
                    Some(Extern::SharedMemory(memory)) => AnyMemory::Shared(memory),
                    _ => unreachable!("all memories are exported"),
                });
        }
        for index in 0..interface.globals.len() {
            let global = instance.get_global(&mut *store, &format!("g{index}"));
            self.globals.push(global.expect("all globals are exported"));
        }
    }

    /// Calls the function with that index, which must be known to end.
    pub fn call(&mut self, func: u32, args: &[value::Val], host: Host) -> Outcome {
        let func = self.funcs[func as usize];
        let ty = func.ty(&self.store);
        let store = &mut self.store;
        store.data_mut().host = host;
        let args: Vec<Val> = (args.iter().zip(ty.params()))
            .map(|(value, ty)| to_theirs(&mut *store, *value, &ty, &self.funcs))
            .collect();
        let mut results = vec![Val::I32(0); ty.results().len()];
        match func.call(&mut *store, &args, &mut results) {
            Ok(()) => {
                let mut look = Look::new(store);
                Outcome::Returned(results.iter().map(|value| look.val(value)).collect())
            }
            Err(error) => failed(&error),
        }
    }

    /// The host's side of the last call.
    pub fn host(&self) -> &Host {
        &self.store.data().host
    }

    /// Sets an i32 global, by its index in the module.
    pub fn set_global(&mut self, global: u32, value: i32) {
        let set = self.globals[global as usize].set(&mut self.store, Val::I32(value));
        set.expect("the global is a variable i32");
    }

    /// The bytes of a memory, by its index in the module.
    pub fn memory(&self, memory: usize) -> &[u8] {
        match &self.memories[memory] {
            AnyMemory::Own(memory) => memory.data(&self.store),
            AnyMemory::Shared(memory) => shared_bytes(memory),
        }
    }

    /// Writes bytes to the start of a memory, which are not more than it has.
    pub fn write_memory(&mut self, memory: usize, bytes: &[u8]) {
        match &self.memories[memory] {
            AnyMemory::Own(memory) => {
                memory.data_mut(&mut self.store)[..bytes.len()].copy_from_slice(bytes);
            }
            AnyMemory::Shared(memory) => write_shared(memory, bytes),
        }
    }

    /// All that can be seen but memories.
    pub fn view(&mut self) -> View {
        let (tables, globals) = (self.tables.clone(), self.globals.clone());
        let mut look = Look::new(&mut self.store);
        let mut view = View::default();
        for global in globals {
            let value = global.get(look.store.as_context_mut());
            view.globals.push(look.val(&value));
        }
        for table in tables {
            let mut elements = Vec::new();
            for index in 0..table.size(&*look.store) {
                let element = table.get(look.store.as_context_mut(), index);
                let element = element.expect("the index is less than the size");
                elements.push(look.val(&element.into()));
            }
            view.tables.push(elements);
        }
        view.objects = look.objects();
        view
    }
}

#[allow(unsafe_code, reason = "several threads could have a shared memory")]
fn shared_bytes(memory: &SharedMemory) -> &[u8] {
    let cells = memory.data();
    // SAFETY: only the thread that looks at the bytes runs the module, and not now.
    unsafe { std::slice::from_raw_parts(cells.as_ptr().cast(), cells.len()) }
}

#[allow(unsafe_code, reason = "several threads could have a shared memory")]
fn write_shared(memory: &SharedMemory, bytes: &[u8]) {
    for (cell, byte) in memory.data().iter().zip(bytes) {
        // SAFETY: only the thread that writes runs the module, and nobody looks now.
        unsafe { *cell.get() = *byte };
    }
}

/// A look at values of a store, which numbers the objects that it meets.
struct Look<'a> {
    store: &'a mut Store<Context>,
    numbers: HashMap<u32, u32>,
    met: Vec<Met>,
}

/// An object that was met.
#[derive(Clone, Copy)]
enum Met {
    Object(Rooted<AnyRef>),
    Exception(Rooted<ExnRef>),
}

impl Look<'_> {
    fn new(store: &mut Store<Context>) -> Look<'_> {
        Look {
            store,
            numbers: HashMap::new(),
            met: Vec::new(),
        }
    }

    fn val(&mut self, value: &Val) -> value::Val {
        match value {
            Val::AnyRef(Some(object)) => self.any(*object),
            Val::ExternRef(Some(handle)) if handle_of(&*self.store, *handle).is_none() => {
                let inner = AnyRef::convert_extern(&mut *self.store, *handle);
                self.any(inner.expect("what is no handle was made external"))
            }
            Val::ExnRef(Some(exception)) => {
                let raw = exception.to_raw(&mut *self.store);
                self.meet(raw, Met::Exception(*exception))
            }
            value => from_theirs(&mut *self.store, value),
        }
    }

    fn any(&mut self, object: Rooted<AnyRef>) -> value::Val {
        let is_there = "the object is of this store";
        let is_object = object.is_struct(&*self.store).expect(is_there)
            || object.is_array(&*self.store).expect(is_there);
        match is_object {
            true => {
                let raw = object.to_raw(&mut *self.store);
                self.meet(raw, Met::Object(object))
            }
            false => from_theirs(&mut *self.store, &Val::AnyRef(Some(object))),
        }
    }

    fn meet(&mut self, raw: wasmtime::Result<u32>, object: Met) -> value::Val {
        let next = self.met.len() as u32;
        let raw = raw.expect("the object is there");
        let number = *self.numbers.entry(raw).or_insert(next);
        if number == next {
            self.met.push(object);
        }
        value::Val::Object(number)
    }

    /// The objects that were met, and those to which they lead.
    fn objects(&mut self) -> Vec<Object> {
        let mut objects = Vec::new();
        while let Some(object) = self.met.get(objects.len()).copied()
            && objects.len() < MAX_OBJECTS
        {
            let (kind, fields) = fields(self.store, object);
            let fields = fields.iter().map(|field| self.val(field)).collect();
            objects.push(Object { kind, fields });
        }
        objects
    }
}

fn fields(store: &mut Store<Context>, object: Met) -> (&'static str, Vec<Val>) {
    let is_there = "the object is of this store";
    let object = match object {
        Met::Object(object) => object,
        Met::Exception(exception) => {
            let fields = exception.fields(&mut *store).expect(is_there).collect();
            return ("exception", fields);
        }
    };
    if let Some(object) = object.as_struct(&*store).expect(is_there) {
        let fields = object.fields(&mut *store).expect(is_there).collect();
        return ("struct", fields);
    }
    match object.as_array(&*store).expect(is_there) {
        Some(object) => {
            let elements = object.elems(&mut *store).expect(is_there).collect();
            ("array", elements)
        }
        None => unreachable!("objects are structures or arrays"),
    }
}

/// The handle that a reference from outside has, if it is one.
fn handle_of(store: impl AsContext<Data = Context>, reference: Rooted<ExternRef>) -> Option<u32> {
    let data = reference
        .data(&store)
        .expect("the reference is of this store")?;
    data.downcast_ref::<u32>().copied()
}

fn make_import(
    store: &mut Store<Context>,
    number: usize,
    ty: ExternType,
    random: &Random,
) -> Extern {
    match ty {
        ExternType::Func(ty) => {
            let result_types: Vec<ValType> = ty.results().collect();
            let func = move |mut caller: Caller<'_, Context>, args: &[Val], results: &mut [Val]| {
                let args = args
                    .iter()
                    .map(|value| from_theirs(&mut caller, value))
                    .collect();
                let context = caller.data_mut();
                let interface = context.interface.clone();
                let Some(answer) = context.host.answer(&interface, number, args) else {
                    return Err(wasmtime::Error::new(HostFailed));
                };
                for ((place, value), ty) in results.iter_mut().zip(answer).zip(&result_types) {
                    *place = to_theirs(&mut caller, value, ty, &[]);
                }
                Ok(())
            };
            Func::new(&mut *store, ty, func).into()
        }
        ExternType::Global(ty) => {
            let interface = store.data().interface.clone();
            let value = imported_global(&interface, number, random);
            let value = to_theirs(&mut *store, value, ty.content(), &[]);
            let global = Global::new(&mut *store, ty, value);
            global.expect("the value was made for the type").into()
        }
        ExternType::Table(ty) => {
            let null = Ref::null(ty.element().heap_type());
            let table = Table::new(&mut *store, ty, null);
            table.expect("within the limits").into()
        }
        ExternType::Memory(ty) if ty.is_shared() => {
            let memory = SharedMemory::new(store.engine(), ty);
            memory.expect("within the limits").into()
        }
        ExternType::Memory(ty) => {
            let memory = Memory::new(&mut *store, ty);
            memory.expect("within the limits").into()
        }
        ExternType::Tag(ty) => {
            let tag = wasmtime::Tag::new(&mut *store, &ty);
            tag.expect("within the limits").into()
        }
    }
}

fn to_theirs(
    mut store: impl AsContextMut<Data = Context>,
    value: value::Val,
    ty: &ValType,
    funcs: &[Func],
) -> Val {
    match value {
        value::Val::I32(value) => Val::I32(value as i32),
        value::Val::I64(value) => Val::I64(value as i64),
        value::Val::F32(bits) => Val::F32(bits),
        value::Val::F64(bits) => Val::F64(bits),
        value::Val::V128(bits) => Val::V128(V128::from(bits)),
        value::Val::Null => match ty {
            ValType::Ref(ty) => Val::null_ref(ty.heap_type()),
            _ => unreachable!("null is a reference"),
        },
        value::Val::Func(index) => Val::FuncRef(Some(funcs[index as usize])),
        value::Val::Extern(handle) => {
            let made = ExternRef::new(&mut store, handle);
            Val::ExternRef(Some(made.expect("there is room for a handle")))
        }
        value::Val::I31(value) => {
            Val::AnyRef(Some(AnyRef::from_i31(&mut store, I31::wrapping_u32(value))))
        }
        value::Val::OtherFunc | value::Val::Object(_) => {
            unreachable!("no such values are given to engines")
        }
    }
}

/// A value without a look at the object it may lead to.
fn from_theirs(mut store: impl AsContextMut<Data = Context>, value: &Val) -> value::Val {
    match value {
        Val::I32(value) => value::Val::I32(*value as u32),
        Val::I64(value) => value::Val::I64(*value as u64),
        Val::F32(bits) => value::Val::F32(*bits),
        Val::F64(bits) => value::Val::F64(*bits),
        Val::V128(vector) => value::Val::V128(vector.as_u128()),
        Val::FuncRef(None)
        | Val::ExternRef(None)
        | Val::AnyRef(None)
        | Val::ExnRef(None)
        | Val::ContRef(None) => value::Val::Null,
        Val::FuncRef(Some(func)) => {
            let address = func.to_raw(&mut store) as usize;
            match store.as_context().data().funcs.get(&address) {
                Some(index) => value::Val::Func(*index),
                None => value::Val::OtherFunc,
            }
        }
        Val::ExternRef(Some(reference)) => match handle_of(&store, *reference) {
            Some(handle) => value::Val::Extern(handle),
            None => match AnyRef::convert_extern(&mut store, *reference) {
                Ok(inner) => from_theirs(store, &Val::AnyRef(Some(inner))),
                Err(error) => unreachable!("what is no handle was made external: {error}"),
            },
        },
        Val::AnyRef(Some(object)) => match object.as_i31(store.as_context()) {
            Ok(Some(value)) => value::Val::I31(value.get_u32()),
            _ => match ExternRef::convert_any(&mut store, *object) {
                Ok(outer) => match handle_of(&store, outer) {
                    Some(handle) => value::Val::Extern(handle),
                    None => value::Val::Object(0),
                },
                Err(error) => unreachable!("everything can be made external: {error}"),
            },
        },
        Val::ExnRef(Some(_)) | Val::ContRef(Some(_)) => value::Val::Object(0),
    }
}

fn failed(error: &wasmtime::Error) -> Outcome {
    if error.is::<HostFailed>() {
        return Outcome::Trapped(Reason::HostFailed);
    }
    if error.is::<wasmtime::ThrownException>() {
        return Outcome::Trapped(Reason::Uncaught);
    }
    let Some(trap) = error.downcast_ref::<Trap>() else {
        return Outcome::Failed(format!("{error:?}"));
    };
    Outcome::Trapped(match trap {
        Trap::UnreachableCodeReached => Reason::Unreachable,
        Trap::MemoryOutOfBounds => Reason::MemoryOutOfBounds,
        Trap::TableOutOfBounds => Reason::TableOutOfBounds,
        Trap::ArrayOutOfBounds => Reason::ArrayOutOfBounds,
        Trap::IntegerDivisionByZero => Reason::DivideByZero,
        Trap::IntegerOverflow => Reason::IntegerOverflow,
        Trap::BadConversionToInteger => Reason::InvalidConversion,
        Trap::IndirectCallToNull => Reason::NullElement,
        Trap::BadSignature => Reason::TypeMismatch,
        Trap::NullReference => Reason::NullReference,
        Trap::CastFailure => Reason::CastFailure,
        Trap::HeapMisaligned => Reason::Unaligned,
        Trap::AtomicWaitNonSharedMemory => Reason::NotShared,
        Trap::StackOverflow => return Outcome::Limit("the stack"),
        Trap::AllocationTooLarge => return Outcome::Limit("an object"),
        other => return Outcome::Failed(other.to_string()),
    })
}

impl ResourceLimiter for Context {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let limit = MAX_PAGES as usize * 0x1_0000;
        Ok(desired <= limit && maximum.is_none_or(|maximum| desired <= maximum))
    }

    /// The machine's limit is one for all tables together.
    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let after = (self.n_elements + desired) - current;
        let fits = after <= 100 * MAX_ELEMENTS as usize
            && maximum.is_none_or(|maximum| desired <= maximum);
        if fits {
            self.n_elements = after;
        }
        Ok(fits)
    }
}
