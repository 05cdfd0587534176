//! The fast stream and the step stream are one machine, on programs made at random.

mod support;

use support::*;
use waspnest::*;

/// A small generator of numbers (xorshift); the seed is all it depends on.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

const TYPES: [&str; 3] = ["i32", "i64", "f64"];
const BINARY: [&[&str]; 3] = [
    &[
        "add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr", "div_s",
        "rem_u",
    ],
    &[
        "add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr", "div_u",
        "rem_s",
    ],
    &["add", "sub", "mul", "div", "min", "copysign"],
];
const COMPARE: [&[&str]; 3] = [
    &[
        "eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u",
    ],
    &[
        "eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u",
    ],
    &["eq", "ne", "lt", "gt", "le", "ge"],
];
const LOADS: [&[&str]; 3] = [
    &["load", "load8_s", "load16_u"],
    &["load", "load8_u", "load32_s"],
    &["load"],
];
const STORES: [&[&str]; 3] = [
    &["store", "store8"],
    &["store", "store16", "store32"],
    &["store"],
];

/// The memories of a program, and the type of their addresses.
const MEMORIES: &[(&str, usize)] = &[("", 0), ("", 0), (" $far", 0), (" $wide", 1)];

/// Three locals of each type; a stack of types; code as text.
struct Program {
    random: Random,
    text: String,
    stack: Vec<usize>,
}

impl Program {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn local(&mut self, ty: usize) -> String {
        format!("${}{}", TYPES[ty], self.random.below(3))
    }

    fn push(&mut self, ty: usize) {
        let line = match self.random.below(3) {
            0 => {
                let small = [0i64, 1, 2, 3, 7, 31, 255, -1, 65_532, i64::from(i32::MIN)];
                let value = *self.random.pick(&small);
                format!("{}.const {value}", TYPES[ty])
            }
            1 if self.random.below(4) == 0 => format!("global.get ${}", TYPES[ty]),
            _ => format!("local.get {}", self.local(ty)),
        };
        self.line(&line);
        self.stack.push(ty);
    }

    /// Makes the top of the stack be of some types, pushing what is missing.
    fn want(&mut self, types: &[usize]) {
        if !self.stack.ends_with(types) {
            for ty in types {
                self.push(*ty);
            }
        }
        self.stack.truncate(self.stack.len() - types.len());
    }

    fn instruction(&mut self, depth: usize) {
        let ty = self.random.below(3);
        let name = TYPES[ty];
        match self.random.below(16) {
            0..=2 => self.push(ty),
            3..=5 => {
                self.want(&[ty, ty]);
                let op = *self.random.pick(BINARY[ty]);
                self.line(&format!("{name}.{op}"));
                self.stack.push(ty);
            }
            6 => {
                self.want(&[ty, ty]);
                let op = *self.random.pick(COMPARE[ty]);
                self.line(&format!("{name}.{op}"));
                self.stack.push(0);
            }
            7 => {
                self.want(&[ty]);
                let (verb, local) = (*self.random.pick(&["set", "tee"]), self.local(ty));
                self.line(&format!("local.{verb} {local}"));
                if verb == "tee" {
                    self.stack.push(ty);
                }
            }
            8 => {
                let (memory, address) = *self.random.pick(MEMORIES);
                self.want(&[address]);
                let op = *self.random.pick(LOADS[ty]);
                self.line(&format!("{name}.{op}{memory} offset=4"));
                self.stack.push(ty);
            }
            9 if ty < 2 && self.random.below(4) == 0 => {
                let (memory, address) = *self.random.pick(MEMORIES);
                self.want(&[address, ty]);
                let op = *self.random.pick(&["add", "xchg", "and"]);
                self.line(&format!("{name}.atomic.rmw.{op}{memory} offset=8"));
                self.stack.push(ty);
            }
            9 => {
                let (memory, address) = *self.random.pick(MEMORIES);
                self.want(&[address, ty]);
                let op = *self.random.pick(STORES[ty]);
                self.line(&format!("{name}.{op}{memory} offset=8"));
            }
            10 if ty == 1 => {
                self.want(&[1, 1]);
                self.line("i64.mul_wide_u");
                self.stack.extend([1, 1]);
            }
            10 => {
                let unary = [
                    "i32.eqz",
                    "i32.clz",
                    "i64.extend_i32_s",
                    "i64.extend_i32_u",
                    "f64.convert_i32_u",
                ];
                let to = [0, 0, 1, 1, 2];
                let choice = self.random.below(unary.len());
                self.want(&[0]);
                self.line(unary[choice]);
                self.stack.push(to[choice]);
            }
            11 => {
                self.want(&[ty]);
                self.line(&format!("global.set ${name}"));
            }
            12 => {
                self.want(&[ty, ty, 0]);
                self.line("select");
                self.stack.push(ty);
            }
            13 if !self.stack.is_empty() => {
                self.stack.pop();
                self.line("drop");
            }
            14 | 15 if depth < 3 => self.block(depth),
            _ => {
                self.want(&[0]);
                self.line("i64.extend_i32_s i32.wrap_i64");
                self.line("drop");
            }
        }
    }

    fn block(&mut self, depth: usize) {
        let kind = *self.random.pick(&["block", "loop", "if"]);
        if kind == "if" {
            self.condition();
        }
        self.line(kind);
        let outer = std::mem::take(&mut self.stack);
        for part in 0..=usize::from(kind == "if") {
            if part == 1 {
                self.line("else");
            }
            for _ in 0..self.random.below(8) + 1 {
                self.instruction(depth + 1);
            }
            if self.random.below(2) == 0 {
                self.condition();
                let label = self.random.below(depth + 1);
                self.line(&format!("br_if {label}"));
            }
            for _ in std::mem::take(&mut self.stack) {
                self.line("drop");
            }
        }
        self.line("end");
        self.stack = outer;
    }

    /// An i32 on top, mostly of a comparison; not on the stack of types.
    fn condition(&mut self) {
        let ty = self.random.below(3);
        match self.random.below(4) {
            0 => {
                self.want(&[ty]);
                self.line("drop");
                self.push(0);
            }
            _ => {
                self.want(&[ty, ty]);
                let op = *self.random.pick(COMPARE[ty]);
                self.line(&format!("{}.{op}", TYPES[ty]));
                self.stack.push(0);
            }
        }
        self.stack.pop();
    }
}

fn program(seed: u64) -> String {
    let mut program = Program {
        random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
        text: String::new(),
        stack: Vec::new(),
    };
    for _ in 0..40 {
        program.instruction(0);
    }
    let drops = "drop\n".repeat(program.stack.len());
    let locals: String = TYPES
        .iter()
        .flat_map(|ty| (0..3).map(move |n| format!("(local ${ty}{n} {ty})")))
        .collect();
    let globals: String = TYPES
        .iter()
        .map(|ty| format!("(global ${ty} (mut {ty}) ({ty}.const 5))"))
        .collect();
    format!(
        "(module (memory 1) (memory $far 1) (memory $wide i64 1) {globals} (func (export \"run\") {locals}\n{}{drops}))",
        program.text
    )
}

/// Both machines stand at the same tick in the same state.
fn same(fast: &Machine, step: &Machine, what: &str) {
    assert_eq!(fast.ticks(), step.ticks(), "{what}");
    assert_eq!(fast.gas_used(), step.gas_used(), "{what}");
    assert_eq!(
        fast.current_instruction(),
        step.current_instruction(),
        "{what}"
    );
    assert_eq!(
        fast.state_hash(),
        step.state_hash(),
        "{what}, tick {}",
        step.ticks()
    );
}

#[test]
fn both_streams_give_the_same_state_at_every_stop() {
    let mut n_stops = 0;
    for seed in 1..=400 {
        let wat = program(seed);
        let schedule = Schedule::builtin()[seed as usize % 3].clone();
        let config = Config {
            schedule,
            gas_limit: Some(Gas(3_000)),
            ..Config::default()
        };
        let (mut fast, instance) = machine(&wat, config);
        let run = func(&fast, instance, "run");
        fast.begin(run, &[]).expect("no arguments");
        let mut step = fast.clone();
        let mut random = Random(seed);
        loop {
            let budget = random.below(60) as u64 + 1;
            let stop = fast.run(budget, &Until::Finished);
            let mut stop_of_steps = Stop::Paused;
            for _ in 0..budget {
                stop_of_steps = step.run(1, &Until::Finished);
                if stop_of_steps != Stop::Paused {
                    break;
                }
            }
            let what = format!("seed {seed}\n{wat}");
            assert_eq!(stop, stop_of_steps, "{what}");
            same(&fast, &step, &what);
            n_stops += 1;
            if stop != Stop::Paused {
                break;
            }
        }
    }
    assert!(n_stops > 2_000, "only {n_stops} stops");
}

#[test]
fn a_breakpoint_anywhere_changes_no_stream() {
    for seed in 1..=60 {
        let wat = program(seed);
        let config = Config {
            gas_limit: Some(Gas(2_000)),
            ..Config::default()
        };
        let (mut plain, instance) = machine(&wat, config);
        let run = func(&plain, instance, "run");
        plain.begin(run, &[]).expect("no arguments");
        let mut watched = plain.clone();
        let stop = to_end(&mut plain, u64::MAX);
        let mut random = Random(seed);
        for _ in 0..3 {
            watched.set_breakpoint(run, WasmOffset(random.below(400) as u32 + 100));
        }
        let mut n_hits = 0;
        let stop_of_watched = loop {
            match watched.run(u64::MAX, &Until::Finished) {
                Stop::Breakpoint => n_hits += 1,
                stop => break stop,
            }
            if n_hits == 20 {
                watched.clear_breakpoints();
            }
        };
        assert_eq!(stop_of_watched, stop, "seed {seed}\n{wat}");
        same(&watched, &plain, &wat);
    }
}
