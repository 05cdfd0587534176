//! Our side: the machine with gas metered, limited by an amount that no benchmark uses up.

use waspnest::{
    Config, Extern, FuncAddr, Gas, InstanceIdx, Machine, Module, Stop, Until, ValType, Value,
};
use waspnest_bench_abi::{Peer, export_peer};

struct Waspnest {
    machine: Machine,
    instance: InstanceIdx,
}

impl Peer for Waspnest {
    type Module = Module;

    fn validate(module: &[u8]) -> Result<Module, String> {
        Module::new(module).map_err(|error| error.to_string())
    }

    fn load(module: &Module) -> Result<Waspnest, String> {
        let mut machine = Machine::new(Config {
            gas_limit: Some(Gas(u64::MAX / 2)),
            ..Config::default()
        });
        let instance = machine
            .instantiate(module, &[])
            .map_err(|error| error.to_string())?;
        let start = machine.start_func(instance);
        let mut peer = Waspnest { machine, instance };
        if let Some(start) = start {
            peer.run(start, &[])?;
        }
        Ok(peer)
    }

    fn call(&mut self, name: &str, args: &[u64]) -> Result<u64, String> {
        let (func, args) = self.prepare(name, args)?;
        let results = self.run(func, &args)?;
        results.first().map_or(Ok(0), bits)
    }

    fn first_instruction(&mut self, name: &str, args: &[u64]) -> Result<(), String> {
        let (func, args) = self.prepare(name, args)?;
        self.machine
            .begin(func, &args)
            .map_err(|error| error.to_string())?;
        match self.machine.run(1, &Until::Finished) {
            Stop::Paused if self.machine.ticks() == 1 => Ok(()),
            stop => Err(format!("one instruction ended with {stop:?}")),
        }
    }
}

impl Waspnest {
    fn prepare(&self, name: &str, args: &[u64]) -> Result<(FuncAddr, Vec<Value>), String> {
        let Some(Extern::Func(func)) = self.machine.export(self.instance, name) else {
            return Err(format!("there is no exported function `{name}`"));
        };
        let params = &self.machine.func_type(func).params;
        if params.len() != args.len() {
            return Err(format!("`{name}` takes {} arguments", params.len()));
        }
        let args = params
            .iter()
            .zip(args)
            .map(|(ty, bits)| value(*ty, *bits))
            .collect::<Result<Vec<Value>, String>>()?;
        Ok((func, args))
    }

    fn run(&mut self, func: FuncAddr, args: &[Value]) -> Result<Vec<Value>, String> {
        self.machine.reset_gas();
        self.machine
            .begin(func, args)
            .map_err(|error| error.to_string())?;
        match self.machine.run(u64::MAX, &Until::Finished) {
            Stop::Finished(results) => Ok(results),
            Stop::Trapped(trap) => {
                self.machine.abandon();
                Err(trap.to_string())
            }
            stop => {
                self.machine.abandon();
                Err(format!("stopped by {stop:?}"))
            }
        }
    }
}

fn value(ty: ValType, bits: u64) -> Result<Value, String> {
    match ty {
        ValType::I32 => Ok(Value::I32(bits as i32)),
        ValType::I64 => Ok(Value::I64(bits as i64)),
        ValType::F32 => Ok(Value::F32(bits as u32)),
        ValType::F64 => Ok(Value::F64(bits)),
        ValType::V128 | ValType::Ref(_) => Err(format!("arguments of type {ty} are not numbers")),
    }
}

fn bits(value: &Value) -> Result<u64, String> {
    match value {
        Value::I32(value) => Ok(u64::from(*value as u32)),
        Value::I64(value) => Ok(*value as u64),
        Value::F32(bits) => Ok(u64::from(*bits)),
        Value::F64(bits) => Ok(*bits),
        Value::V128(_) | Value::Ref(..) => Err(format!("the result {value} is not a number")),
    }
}

export_peer!(Waspnest);
