//! The machine as a WebAssembly module without imports: a nest that fits into a nest.
//!
//! One module at a time, called with numbers. Another module of the same project imports these
//! functions and the memory:
//!
//! | export | meaning |
//! |---|---|
//! | `room (len i32) -> (address i32)` | makes room for a module, or a message, of so many bytes |
//! | `load () -> (status i32)` | reads the module in that room and instantiates it; 0, or 1 if it was refused |
//! | `call (arg i64) -> (status i32)` | calls its export `run`, which takes and gives one number; 0, or 1 if it did not finish |
//! | `result () -> (bits i64)` | what the last call gave |
//! | `gas () -> i64`, `ticks () -> i64` | what all calls so far have used, in units of the schedule, and how many instructions ran |
//! | `message () -> (address i32)`, `message_len () -> i32` | why the last `load` or `call` did not work, in UTF-8 |
//!
//! This is an embedding like any other: it knows only the public interface of the machine.
#![allow(unsafe_code, reason = "exported names are part of the interface")]

use std::cell::RefCell;

use waspnest::{Config, Extern, Gas, Machine, Module, Stop, Until, ValType, Value};

/// Gas that one call may use: far more than a demonstration needs, far less than for ever (chosen).
const GAS: Gas = Gas(1_000_000_000);

#[derive(Default)]
struct Nest {
    room: Vec<u8>,
    machine: Option<(Machine, waspnest::FuncAddr)>,
    result: u64,
    message: String,
}

thread_local! {
    static NEST: RefCell<Nest> = RefCell::default();
}

impl Nest {
    fn load(&mut self) -> Result<(), String> {
        self.machine = None;
        let module = Module::new(self.room.clone()).map_err(|error| error.to_string())?;
        let mut machine = Machine::new(Config {
            gas_limit: Some(GAS),
            ..Config::default()
        });
        let instance = machine
            .instantiate(&module, &[])
            .map_err(|error| error.to_string())?;
        if let Some(start) = machine.start_func(instance) {
            finish(&mut machine, start, &[])?;
        }
        match machine.export(instance, "run") {
            Some(Extern::Func(run)) => {
                self.machine = Some((machine, run));
                Ok(())
            }
            _ => Err("the module exports no function \"run\"".to_owned()),
        }
    }

    fn call(&mut self, arg: u64) -> Result<(), String> {
        let (machine, run) = self.machine.as_mut().ok_or("no module is loaded")?;
        let ty = machine.func_type(*run).clone();
        let arg = match ty.params[..] {
            [ValType::I32] => Value::I32(arg as i32),
            [ValType::I64] => Value::I64(arg as i64),
            _ => return Err(format!("\"run\" must take one integer, but it is {ty}")),
        };
        let used = machine.gas_used();
        machine.set_gas_limit(Some(Gas(used.0.saturating_add(GAS.0))));
        let results = finish(machine, *run, &[arg])?;
        self.result = match results[..] {
            [Value::I32(value)] => u64::from(value as u32),
            [Value::I64(value)] => value as u64,
            [Value::F32(bits)] => u64::from(bits),
            [Value::F64(bits)] => bits,
            _ => return Err(format!("\"run\" must give one number, but it is {ty}")),
        };
        Ok(())
    }

    fn report(&mut self, outcome: Result<(), String>) -> u32 {
        self.message = outcome.err().unwrap_or_default();
        u32::from(!self.message.is_empty())
    }
}

/// Runs a call to its end.
fn finish(
    machine: &mut Machine,
    func: waspnest::FuncAddr,
    args: &[Value],
) -> Result<Vec<Value>, String> {
    machine
        .begin(func, args)
        .map_err(|error| error.to_string())?;
    let stop = machine.run(u64::MAX, &Until::Finished);
    match stop {
        Stop::Finished(results) => Ok(results),
        Stop::Trapped(trap) => {
            machine.abandon();
            Err(trap.to_string())
        }
        Stop::OutOfGas => {
            machine.abandon();
            Err("the call used up its gas".to_owned())
        }
        Stop::NoMemory(refused) => {
            machine.abandon();
            Err(refused.to_string())
        }
        stop => unreachable!("a module without imports or breakpoints stopped by {stop:?}"),
    }
}

/// Makes room and says where.
#[unsafe(no_mangle)]
pub extern "C" fn room(len: usize) -> *const u8 {
    NEST.with_borrow_mut(|nest| {
        nest.room = vec![0; len];
        nest.room.as_ptr()
    })
}

/// Reads the module in the room.
#[unsafe(no_mangle)]
pub extern "C" fn load() -> u32 {
    NEST.with_borrow_mut(|nest| {
        let outcome = nest.load();
        nest.report(outcome)
    })
}

/// Calls the export `run` of the module.
#[unsafe(no_mangle)]
pub extern "C" fn call(arg: u64) -> u32 {
    NEST.with_borrow_mut(|nest| {
        let outcome = nest.call(arg);
        nest.report(outcome)
    })
}

/// What the last call gave, as bits.
#[unsafe(no_mangle)]
pub extern "C" fn result() -> u64 {
    NEST.with_borrow(|nest| nest.result)
}

/// Gas used by all calls of this module.
#[unsafe(no_mangle)]
pub extern "C" fn gas() -> u64 {
    NEST.with_borrow(|nest| {
        nest.machine
            .as_ref()
            .map_or(0, |(machine, _)| machine.gas_used().0)
    })
}

/// Instructions executed in all calls of this module.
#[unsafe(no_mangle)]
pub extern "C" fn ticks() -> u64 {
    NEST.with_borrow(|nest| {
        nest.machine
            .as_ref()
            .map_or(0, |(machine, _)| machine.ticks())
    })
}

/// Where the message is.
#[unsafe(no_mangle)]
pub extern "C" fn message() -> *const u8 {
    NEST.with_borrow(|nest| nest.message.as_ptr())
}

/// Length of the message; 0 when all went well.
#[unsafe(no_mangle)]
pub extern "C" fn message_len() -> usize {
    NEST.with_borrow(|nest| nest.message.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(module (func (export "run") (param i32) (result i64) local.get 0 i64.extend_i32_u i64.const 1 i64.add))`
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\x01\x06\x01\x60\x01\x7f\x01\x7e\x03\x02\x01\0\x07\x07\x01\x03run\0\0\x0a\x0a\x01\x08\0\x20\0\xad\x42\x01\x7c\x0b";

    fn load_bytes(bytes: &[u8]) -> Nest {
        let mut nest = Nest {
            room: bytes.to_vec(),
            ..Nest::default()
        };
        let outcome = nest.load();
        nest.report(outcome);
        nest
    }

    #[test]
    fn a_module_is_loaded_called_and_metered() {
        let mut nest = load_bytes(MODULE);
        assert_eq!(nest.message, "");
        assert_eq!(nest.call(41), Ok(()));
        assert_eq!(nest.result, 42);
        let used = nest.machine.as_ref().map(|(machine, _)| machine.ticks());
        assert_eq!(used, Some(5));
    }

    #[test]
    fn what_is_no_module_is_refused_with_a_sentence() {
        let mut nest = load_bytes(b"\0asm\x01\0\0\0\xff");
        assert!(!nest.message.is_empty());
        assert_eq!(nest.call(1), Err("no module is loaded".to_owned()));
    }
}
