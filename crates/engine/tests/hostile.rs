//! Damaged modules: whatever the bytes, an answer comes back, and what still runs stays in its
//! limits.

mod support;

use support::*;
use waspnest::*;

/// A small generator of numbers; the test is the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

#[test]
fn damaged_modules_never_panic_and_never_run_away() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let modules: Vec<Vec<u8>> = PROGRAMS
        .iter()
        .map(|(_, wat, _)| wat::parse_str(wat).expect("text"))
        .collect();
    let (mut n_valid, mut n_run) = (0, 0);
    for _ in 0..6_000 {
        let mut bytes = modules[numbers.below(modules.len())].clone();
        for _ in 0..=numbers.below(3) {
            let at = numbers.below(bytes.len());
            match numbers.below(4) {
                0 => bytes.truncate(at.max(1)),
                1 => bytes.insert(at, numbers.below(256) as u8),
                _ => bytes[at] = numbers.below(256) as u8,
            }
        }
        let Ok(module) = Module::new(bytes) else {
            continue;
        };
        n_valid += 1;
        let config = Config {
            stack_slots: 10_000,
            memory_pages: 20,
            total_memory_pages: 20,
            table_elements: 1000,
            gas_limit: Some(Gas(5_000)),
            ..Config::default()
        };
        n_run += u32::from(run_all(&module, config));
    }
    assert!(n_valid > 200 && n_run > 100, "{n_valid} valid, {n_run} run");
}

/// Instantiates and calls every exported function; whether it got that far.
fn run_all(module: &Module, config: Config) -> bool {
    let mut machine = Machine::new(config);
    let mut imports = Vec::new();
    for import in module.imports() {
        match import.ty {
            ExternType::Func(ty) => {
                imports.push(Extern::Func(
                    machine.host_func(ty, (import.module, import.name)),
                ));
            }
            _ => return false,
        }
    }
    let Ok(instance) = machine.instantiate(module, &imports) else {
        return false;
    };
    let names: Vec<String> = module
        .exports()
        .map(|export| export.name.to_string())
        .collect();
    for name in names {
        let Some(Extern::Func(func)) = machine.export(instance, &name) else {
            continue;
        };
        let params = machine.func_type(func).params.clone();
        let args: Vec<Value> = params.iter().map(|ty| Value::default_of(*ty)).collect();
        machine.begin(func, &args).expect("the arguments fit");
        let stop = to_end(&mut machine, 1000);
        assert!(!matches!(stop, Stop::HostCall(_) | Stop::Paused));
        machine.state_hash();
        for frame in machine.frames(0, 3) {
            machine.locals(&frame);
            machine.operands(&frame);
            machine.labels(&frame);
        }
        machine.abandon();
    }
    true
}

#[test]
fn stepping_takes_little_memory_however_many_operands_there_are() {
    // The types of all operands before each instruction would be 3,600,000,000.
    let n = 60_000;
    let text = format!(
        "(module (func (export \"run\") {}{}))",
        "i32.const 7 ".repeat(n),
        "drop ".repeat(n)
    );
    let (mut machine, instance) = machine(&text, Config::default());
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no arguments are wanted");
    assert_eq!(machine.run(1, &Until::Step), Stop::StepDone);
    assert_eq!(machine.run(n as u64, &Until::Finished), Stop::Paused);
    assert_eq!(machine.run(1, &Until::Step), Stop::StepDone);
    let effect = machine.effect().expect("a step was made");
    assert_eq!(effect.mnemonic, "drop");
    assert_eq!(effect.popped, [Value::I32(7)]);
}

#[test]
fn a_module_of_many_types_is_linked_in_the_time_it_takes_to_read_it() {
    // Eight parameters of four types each: all types differ.
    let n: usize = 60_000;
    let types: String = (0..n)
        .map(|number| {
            let param = |at: usize| ["i32 ", "i64 ", "f32 ", "f64 "][(number >> (2 * at)) & 3];
            let params: String = (0..8).map(param).collect();
            format!("(type (func (param {params})))\n")
        })
        .collect();
    let text = format!("(module {types} (func (export \"run\") (type {})))", n - 1);
    let (machine, instance) = machine(&text, Config::default());
    let run = func(&machine, instance, "run");
    assert_eq!(machine.func_type(run).params.len(), 8);
}

#[test]
fn each_of_many_exports_is_found_by_its_name() {
    let n = 20_000;
    let exports: String = (0..n)
        .rev()
        .map(|number| format!("(global (export \"g{number}\") i32 (i32.const {number}))\n"))
        .collect();
    let (machine, instance) = machine(&format!("(module {exports})"), Config::default());
    for number in 0..n {
        match machine.export(instance, &format!("g{number}")) {
            Some(Extern::Global(global)) => assert_eq!(machine.global(global), Value::I32(number)),
            other => panic!("g{number} is {other:?}"),
        }
    }
    for name in ["", "g", "g-1", "g20000", "h"] {
        assert_eq!(machine.export(instance, name), None);
    }
}

#[test]
fn many_tables_together_keep_to_the_limit() {
    let config = Config {
        table_elements: 1_000,
        ..Config::default()
    };
    let text = |n| format!("(module {})", "(table 100 funcref)".repeat(n));
    let module = |n| Module::new(wat::parse_str(text(n)).expect("text")).expect("valid");
    let refused = Machine::new(config.clone()).instantiate(&module(11), &[]);
    assert_eq!(
        refused.expect_err("11 tables are too many").to_string(),
        "a table of 100 elements is asked for; the limit is 1000, and other tables have 1000"
    );
    let grown = "(module (table 600 funcref) (table $t 300 funcref)
        (func (export \"run\") (param i32) (result i32)
            (table.grow $t (ref.null func) (local.get 0))))";
    for (by, result) in [(100, 300), (101, -1)] {
        let (mut machine, instance) = machine(grown, config.clone());
        let run = func(&machine, instance, "run");
        machine.begin(run, &[Value::I32(by)]).expect("fits");
        let stop = machine.run(u64::MAX, &Until::Finished);
        assert_eq!(stop, Stop::Finished(vec![Value::I32(result)]));
    }
}
