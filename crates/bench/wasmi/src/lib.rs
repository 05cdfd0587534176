//! The peer: wasmi with fuel, limited by an amount that no benchmark uses up.

use wasmi::{Config, Engine, F32, F64, Instance, Linker, Module, Store, Val, ValType};
use waspnest_bench_abi::{Peer, export_peer};

struct Wasmi {
    store: Store<()>,
    instance: Instance,
}

impl Peer for Wasmi {
    type Module = Module;

    fn validate(module: &[u8]) -> Result<Module, String> {
        let mut config = Config::default();
        config.consume_fuel(true);
        let engine = Engine::new(&config);
        Module::new(&engine, module).map_err(|error| error.to_string())
    }

    fn load(module: &Module) -> Result<Wasmi, String> {
        let engine = module.engine();
        let mut store = Store::new(engine, ());
        refuel(&mut store)?;
        let instance = Linker::<()>::new(engine)
            .instantiate_and_start(&mut store, module)
            .map_err(|error| error.to_string())?;
        Ok(Wasmi { store, instance })
    }

    fn call(&mut self, name: &str, args: &[u64]) -> Result<u64, String> {
        let func = self
            .instance
            .get_func(&self.store, name)
            .ok_or_else(|| format!("there is no exported function `{name}`"))?;
        let ty = func.ty(&self.store);
        if ty.params().len() != args.len() {
            return Err(format!("`{name}` takes {} arguments", ty.params().len()));
        }
        let args = ty
            .params()
            .iter()
            .zip(args)
            .map(|(ty, bits)| value(*ty, *bits))
            .collect::<Result<Vec<Val>, String>>()?;
        let mut results: Vec<Val> = ty
            .results()
            .iter()
            .map(|ty| Val::default_for_ty(*ty))
            .collect();
        refuel(&mut self.store)?;
        func.call(&mut self.store, &args, &mut results)
            .map_err(|error| error.to_string())?;
        results.first().map_or(Ok(0), bits)
    }
}

fn refuel(store: &mut Store<()>) -> Result<(), String> {
    store
        .set_fuel(u64::MAX / 2)
        .map_err(|error| error.to_string())
}

fn value(ty: ValType, bits: u64) -> Result<Val, String> {
    match ty {
        ValType::I32 => Ok(Val::I32(bits as i32)),
        ValType::I64 => Ok(Val::I64(bits as i64)),
        ValType::F32 => Ok(Val::F32(F32::from_bits(bits as u32))),
        ValType::F64 => Ok(Val::F64(F64::from_bits(bits))),
        other => Err(format!("arguments of type {other:?} are not numbers")),
    }
}

fn bits(value: &Val) -> Result<u64, String> {
    match value {
        Val::I32(value) => Ok(u64::from(*value as u32)),
        Val::I64(value) => Ok(*value as u64),
        Val::F32(value) => Ok(u64::from(value.to_bits())),
        Val::F64(value) => Ok(value.to_bits()),
        other => Err(format!("the result {other:?} is not a number")),
    }
}

export_peer!(Wasmi);
