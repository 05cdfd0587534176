//! Generated modules with what the machine makes of them, as a file for other engines: a browser's
//! own one, and the library in a page.
//!
//! ```text
//! { "modules": [{ "case": N, "wasm": HEX, "fuel": N,
//!                 "calls": [{ "func": "f0", "args": [VALUE], "results": [TYPE], "outcome": [VALUE] or TRAP }],
//!                 "globals": [[NAME, TYPE, VALUE]], "memories": [HASH] }] }
//! ```
//!
//! A value is a text: `i32:5`, `f64:7ff8000000000000` (the bits), `null`, `func`, `extern:3`. What
//! JavaScript cannot see is left out: functions and globals of vectors, and which function or object
//! a reference leads to.

use std::fmt::Write;

use waspnest::Module;

use crate::features::Features;
use crate::generate::{FUEL, MAX_PAGES, Purpose, generate};
use crate::interface::{Interface, Kind, Ty};
use crate::ours::{self, Ours};
use crate::outcome::{Host, Outcome};
use crate::random::Random;
use crate::value::{Val, arguments};

/// Calls of a module.
const CALLS: usize = 20;

/// The file, as JSON.
pub fn sample(seed: &Random, n_modules: u64) -> String {
    let features = Features::of_the_machine();
    let mut modules = Vec::new();
    for case in 0.. {
        if modules.len() as u64 == n_modules {
            break;
        }
        modules.extend(describe(&features, case, &seed.branch(case)));
    }
    format!(
        "{{\"pages\":{MAX_PAGES},\"fuel\":{FUEL},\"modules\":[\n{}\n]}}\n",
        modules.join(",\n")
    )
}

/// A module with its calls; `None` if it is of no use here.
fn describe(features: &Features, case: u64, seed: &Random) -> Option<String> {
    let generated = generate(features, Purpose::Browser, seed);
    let interface = Interface::read(&generated.wasm).expect("generated modules are valid");
    let module = Module::new(generated.wasm.clone()).expect("valid modules are accepted");
    let (mut ours, externs) = Ours::new(ours::config(), &module, &interface, seed);
    let host = || Host::new(seed.clone());
    let start = ours.instantiate(&module, &externs, &interface, &mut host());
    if interface.waits || !matches!(start, Outcome::Returned(_)) {
        return None;
    }
    let fuel_global = generated.fuel_global?;
    let mut calls = Vec::new();
    let is_seen = |ty: &Ty| ty.kind != Kind::V128 && ty.kind != Kind::Exception;
    let funcs = (0..interface.funcs.len()).cycle().take(CALLS);
    for (number, func) in funcs.enumerate() {
        let signature = &interface.funcs[func];
        let mut types = signature.params.iter().chain(&signature.results);
        let mut random = seed.branch(number as u64);
        let Some(args) = arguments(&signature.params, &interface, &mut random) else {
            continue;
        };
        if !types.all(is_seen) {
            continue;
        }
        // A NaN has no bits in JavaScript, and each engine functions of its own.
        let args = args.iter().map(|value| match canonical(*value) {
            Val::Func(_) => Val::Null,
            value => value,
        });
        let args: Vec<Val> = args.collect();
        ours.set_global(fuel_global, FUEL);
        let outcome = match ours.call(func as u32, &args, &interface, &mut host()) {
            Outcome::Returned(results) => list(results.iter().map(|value| text(*value))),
            Outcome::Trapped(reason) => format!("\"{reason:?}\""),
            // The machine is left in the middle; what was called before can be compared.
            Outcome::Limit(_) | Outcome::Failed(_) => return None,
        };
        calls.push(format!(
            "{{\"func\":\"f{func}\",\"args\":{},\"results\":{},\"outcome\":{outcome}}}",
            list(args.iter().map(|value| text(*value))),
            list(
                signature
                    .results
                    .iter()
                    .map(|ty| type_name(*ty).to_string())
            ),
        ));
    }
    if calls.is_empty() {
        return None;
    }
    let view = ours.view();
    let globals: Vec<String> = (view.globals.iter().zip(&interface.globals).enumerate())
        .filter(|(_, (_, ty))| is_seen(ty))
        .map(|(index, (value, ty))| {
            let parts = [
                format!("g{index}"),
                type_name(*ty).to_string(),
                text(*value),
            ];
            list(parts.into_iter())
        })
        .collect();
    let memories = ours
        .memories
        .iter()
        .map(|memory| hash(ours.machine.memory(*memory)));
    let mut hex = String::new();
    for byte in &generated.wasm {
        let written = write!(hex, "{byte:02x}");
        written.expect("a string takes all that is written");
    }
    Some(format!(
        "{{\"case\":{case},\"wasm\":\"{hex}\",\"fuelGlobal\":\"g{fuel_global}\",\"calls\":[{}],\"globals\":[{}],\"memories\":{}}}",
        calls.join(","),
        globals.join(","),
        list(memories)
    ))
}

fn canonical(value: Val) -> Val {
    match value {
        Val::F32(bits) if f32::from_bits(bits).is_nan() => Val::F32(0x7fc0_0000),
        Val::F64(bits) if f64::from_bits(bits).is_nan() => Val::F64(0x7ff8_0000_0000_0000),
        value => value,
    }
}

fn list(texts: impl Iterator<Item = String>) -> String {
    // All of them are letters, digits and colons.
    let quoted: Vec<String> = texts.map(|text| format!("\"{text}\"")).collect();
    format!("[{}]", quoted.join(","))
}

fn text(value: Val) -> String {
    match canonical(value) {
        Val::I32(value) => format!("i32:{}", value as i32),
        Val::I64(value) => format!("i64:{}", value as i64),
        Val::F32(bits) => format!("f32:{bits:08x}"),
        Val::F64(bits) => format!("f64:{bits:016x}"),
        Val::V128(bits) => format!("v128:{bits:032x}"),
        Val::Null => String::from("null"),
        Val::Func(_) | Val::OtherFunc => String::from("func"),
        Val::Extern(handle) => format!("extern:{handle}"),
        Val::I31(value) => format!("i31:{}", (value << 1) as i32 >> 1),
        Val::Object(_) => String::from("object"),
    }
}

fn type_name(ty: Ty) -> &'static str {
    match ty.kind {
        Kind::I32 => "i32",
        Kind::I64 => "i64",
        Kind::F32 => "f32",
        Kind::F64 => "f64",
        Kind::V128 => "v128",
        Kind::Func(_) | Kind::Extern | Kind::Any | Kind::Object | Kind::Exception => "ref",
    }
}

/// FNV-1a over the bytes, in 32 bits, which JavaScript can compute fast.
fn hash(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    format!("{}:{hash:08x}", bytes.len())
}
