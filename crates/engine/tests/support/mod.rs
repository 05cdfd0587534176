//! Helpers of the tests: modules as text, calls by name.
#![allow(dead_code)]

use waspnest::*;

pub fn machine(wat: &str, config: Config) -> (Machine, InstanceIdx) {
    let mut machine = Machine::new(config);
    let module = Module::new(wat::parse_str(wat).expect("the text is a module")).expect("valid");
    let imports: Vec<Extern> = module
        .imports()
        .map(|import| match import.ty {
            ExternType::Func(ty) => {
                Extern::Func(machine.host_func(ty, (import.module, import.name)))
            }
            other => panic!("the helper makes no {other}"),
        })
        .collect();
    let instance = machine
        .instantiate(&module, &imports)
        .expect("instantiates");
    (machine, instance)
}

pub fn func(machine: &Machine, instance: InstanceIdx, name: &str) -> FuncAddr {
    match machine.export(instance, name) {
        Some(Extern::Func(func)) => func,
        other => panic!("{name} is {other:?}, not a function"),
    }
}

/// Calls the export `run` of a module and gives the outcome; host calls get their first argument
/// back, or zero.
pub fn call(wat: &str, args: &[Value]) -> Stop {
    let (mut machine, instance) = machine(wat, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, args).expect("the arguments fit");
    to_end(&mut machine, u64::MAX)
}

pub fn answer(machine: &mut Machine, call: &HostCall) {
    let results = machine.func_type(call.func).results.clone();
    let results: Vec<Value> = results
        .iter()
        .map(|ty| {
            call.args
                .iter()
                .find(|arg| arg.ty() == *ty)
                .copied()
                .unwrap_or(Value::default_of(*ty))
        })
        .collect();
    machine.answer(&results).expect("the answer fits");
}

/// Runs in slices until the call is over or out of gas.
pub fn to_end(machine: &mut Machine, slice: u64) -> Stop {
    loop {
        match machine.run(slice, &Until::Finished) {
            Stop::Paused => {}
            Stop::HostCall(call) => answer(machine, &call),
            stop => return stop,
        }
    }
}

pub fn check(wat: &str, args: &[Value], expected: &[Value]) {
    assert_eq!(call(wat, args), Stop::Finished(expected.to_vec()), "{wat}");
}

pub fn check_trap(wat: &str, args: &[Value], expected: &str) {
    match call(wat, args) {
        Stop::Trapped(trap) => assert_eq!(trap.to_string(), expected, "{wat}"),
        other => panic!("{wat} gave {other:?}, not the trap {expected}"),
    }
}

/// Programs of every kind, each with an export `run` of an i32.
pub const PROGRAMS: &[(&str, &str, i32)] = &[
    ("fib", include_str!("../programs/fib.wat"), 12),
    ("sieve", include_str!("../programs/sieve.wat"), 60),
    ("mixed", include_str!("../programs/mixed.wat"), 9),
    ("trap", include_str!("../programs/trap.wat"), 5),
    ("tail", include_str!("../programs/tail.wat"), 40),
    ("host", include_str!("../programs/host.wat"), 6),
    ("vectors", include_str!("../programs/vectors.wat"), 7),
    (
        "vectors to a trap",
        include_str!("../programs/vectors.wat"),
        8,
    ),
    (
        "vectors that are kept",
        include_str!("../programs/vectors_kept.wat"),
        9,
    ),
    ("objects", include_str!("../programs/objects.wat"), 11),
    ("references", include_str!("../programs/references.wat"), 17),
    (
        "past an array",
        include_str!("../programs/references.wat"),
        37,
    ),
    ("memories", include_str!("../programs/memories.wat"), 12),
    ("atomics", include_str!("../programs/atomics.wat"), 9),
    ("exceptions", include_str!("../programs/exceptions.wat"), 13),
];

/// Calls an export and gives its result.
pub fn invoke(machine: &mut Machine, name: &str, args: &[Value]) -> Option<Value> {
    let func = func(machine, InstanceIdx(0), name);
    machine.begin(func, args).expect("the arguments fit");
    match machine.run(u64::MAX, &Until::Finished) {
        Stop::Finished(results) => results.first().copied(),
        stop => panic!("{name} gave {stop:?}"),
    }
}

pub fn i32s(values: &[usize]) -> Vec<Value> {
    values
        .iter()
        .map(|value| Value::I32(*value as i32))
        .collect()
}

/// A small generator of numbers (xorshift); the seed is all it depends on.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}
