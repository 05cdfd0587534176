//! The fast stream and the step stream are one machine, on programs made at random.

mod support;

use support::*;
use waspnest::*;

/// Numbers, which can be compared, and after them vectors, which only half of the programs have.
const TYPES: [&str; 4] = ["i32", "i64", "f64", "v128"];
const N_NUMBERS: usize = 3;
const BINARY: [&[&str]; 4] = [
    &[
        "add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr", "div_s",
        "rem_u",
    ],
    &[
        "add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr", "div_u",
        "rem_s",
    ],
    &["add", "sub", "mul", "div", "min", "copysign"],
    &[
        "v128.xor",
        "v128.andnot",
        "i8x16.add_sat_s",
        "i16x8.mul",
        "i32x4.gt_u",
        "i64x2.sub",
        "f32x4.mul",
        "f64x2.max",
        "i8x16.swizzle",
        "i16x8.narrow_i32x4_s",
        "i32x4.dot_i16x8_s",
        "i8x16.shuffle 0 31 2 29 4 27 6 25 8 23 10 21 12 19 14 17",
    ],
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
const LOADS: [&[&str]; 4] = [
    &["load", "load8_s", "load16_u"],
    &["load", "load8_u", "load32_s"],
    &["load"],
    &["load", "load8x8_s", "load32_splat", "load64_zero"],
];
const STORES: [&[&str]; 4] = [
    &["store", "store8"],
    &["store", "store16", "store32"],
    &["store"],
    &["store"],
];
/// What takes and gives several types: the operands, the result.
const MIXED: &[(&str, &[usize], usize)] = &[
    ("i32.eqz", &[0], 0),
    ("i32.clz", &[0], 0),
    ("i64.extend_i32_s", &[0], 1),
    ("i64.extend_i32_u", &[0], 1),
    ("f64.convert_i32_u", &[0], 2),
];
const MIXED_WITH_VECTORS: &[(&str, &[usize], usize)] = &[
    ("i8x16.bitmask", &[3], 0),
    ("v128.any_true", &[3], 0),
    ("i64x2.extract_lane 1", &[3], 1),
    ("i16x8.splat", &[0], 3),
    ("f64x2.replace_lane 1", &[3, 2], 3),
    ("i32x4.shr_s", &[3, 0], 3),
    ("v128.bitselect", &[3, 3, 3], 3),
];

/// The memories of a program and the type of their addresses; the first one, which needs no name, is
/// chosen most. In half of the programs that is one with addresses of 64 bits.
const MEMORIES: [&[(&str, usize)]; 2] = [
    &[("", 0), ("", 0), (" $far", 0), (" $wide", 1)],
    &[("", 1), ("", 1), (" $far", 0), (" $wide", 1)],
];
const FIRST_MEMORY: [&str; 2] = ["(memory 1)", "(memory i64 1)"];
/// A function that throws, at once or from below, with values and without.
const RISKY: &str = "(tag $e) (tag $v (param i64 f64))
    (func $deep (param i32) (param f64)
        (if (i32.and (local.get 0) (i32.const 16)) (then
            (call $deep (i32.xor (local.get 0) (i32.const 16)) (f64.const 2))))
        (if (i32.and (local.get 0) (i32.const 1)) (then (throw $v (i64.const 3) (local.get 1))))
        (if (i32.and (local.get 0) (i32.const 2)) (then (throw $e))))
    (func $risky (param i32) (local exnref)
        (block $h (result i64 f64 exnref)
            (try_table (catch_ref $v $h) (call $deep (local.get 0) (f64.const 1)))
            (return))
        (local.set 1) (global.set $f64) (global.set $i64)
        (if (i32.and (local.get 0) (i32.const 4)) (then (throw_ref (local.get 1)))))";

/// Three locals of each type; a stack of types; code as text.
struct Program {
    random: Random,
    text: String,
    stack: Vec<usize>,
    /// How many of the types occur.
    n_types: usize,
    memories: &'static [(&'static str, usize)],
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
                let (value, other) = (*self.random.pick(&small), *self.random.pick(&small));
                match ty {
                    N_NUMBERS => format!("v128.const i64x2 {value} {other}"),
                    _ => format!("{}.const {value}", TYPES[ty]),
                }
            }
            1 if self.random.below(4) == 0 => format!("global.get ${}", TYPES[ty]),
            _ => format!("local.get {}", self.local(ty)),
        };
        self.line(&line);
        self.stack.push(ty);
    }

    /// Offset of an access. Behind one of more than 32 bits there is no memory.
    fn offset(&mut self, address: usize) -> u64 {
        match (address, self.random.below(32)) {
            (1, 0) => 1 << 32,
            _ => 4,
        }
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
        let ty = self.random.below(self.n_types);
        let name = TYPES[ty];
        match self.random.below(21) {
            0..=2 => self.push(ty),
            3..=5 => {
                self.want(&[ty, ty]);
                let op = *self.random.pick(BINARY[ty]);
                match ty {
                    N_NUMBERS => self.line(op),
                    _ => self.line(&format!("{name}.{op}")),
                }
                self.stack.push(ty);
            }
            6 => {
                self.compare();
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
                let (memory, address) = *self.random.pick(self.memories);
                self.want(&[address]);
                let op = *self.random.pick(LOADS[ty]);
                let offset = self.offset(address);
                self.line(&format!("{name}.{op}{memory} offset={offset}"));
                self.stack.push(ty);
            }
            9 if ty < 2 && self.random.below(4) == 0 => {
                let (memory, address) = *self.random.pick(self.memories);
                self.want(&[address, ty]);
                let op = *self.random.pick(&["add", "xchg", "and"]);
                self.line(&format!("{name}.atomic.rmw.{op}{memory} offset=8"));
                self.stack.push(ty);
            }
            9 => {
                let (memory, address) = *self.random.pick(self.memories);
                self.want(&[address, ty]);
                let op = *self.random.pick(STORES[ty]);
                let offset = self.offset(address);
                self.line(&format!("{name}.{op}{memory} offset={offset}"));
            }
            10 if ty == 1 => {
                self.want(&[1, 1]);
                self.line("i64.mul_wide_u");
                self.stack.extend([1, 1]);
            }
            10 if ty == N_NUMBERS && self.random.below(8) == 0 => {
                let (memory, address) = *self.random.pick(self.memories);
                self.want(&[address, 3]);
                self.line(&format!("v128.load16_lane{memory} offset=4 3"));
                self.stack.push(3);
            }
            10 => {
                let mixed = match ty {
                    N_NUMBERS => MIXED_WITH_VECTORS,
                    _ => MIXED,
                };
                let (line, operands, result) = *self.random.pick(mixed);
                self.want(operands);
                self.line(line);
                self.stack.push(result);
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
            16 if depth < 3 => self.value_block(),
            17 => {
                let (kind, args) = *self.random.pick(&[
                    ("call $step", &[1, 0][..]),
                    ("call_indirect (type $step)", &[1, 0, 0]),
                ]);
                self.want(args);
                if args.len() == 3 {
                    self.line("i32.const 1 i32.and");
                }
                self.line(kind);
                self.stack.push(1);
            }
            18 => {
                self.want(&[0]);
                self.line("(if (then (return)))");
            }
            19 => {
                self.want(&[0]);
                self.line("call $risky");
            }
            20 if depth < 3 => self.try_block(depth),
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
            match self.random.below(6) {
                // What is left on the stack is dropped by the jump.
                0 if kind != "loop" => self.line("br 0"),
                1 if kind != "loop" => {
                    self.push(0);
                    let label = self.random.below(depth + 1);
                    self.line(&format!("br_table 0 {label} 0"));
                }
                _ => {
                    for _ in 0..self.stack.len() {
                        self.line("drop");
                    }
                }
            }
            self.stack.clear();
        }
        self.line("end");
        self.stack = outer;
    }

    /// A block that gives a value, which branches take along.
    fn value_block(&mut self) {
        let ty = self.random.below(self.n_types);
        self.line(&format!("block (result {})", TYPES[ty]));
        let outer = std::mem::take(&mut self.stack);
        for _ in 0..self.random.below(4) {
            self.instruction(3);
        }
        self.push(ty);
        for _ in 0..self.random.below(3) {
            let held = std::mem::take(&mut self.stack);
            self.condition();
            self.line("br_if 0");
            self.stack = held;
        }
        let is_dropped = self.stack.len() > 1;
        if is_dropped || self.random.below(2) == 0 {
            self.line("br 0");
        }
        self.line("end");
        self.stack = outer;
        self.stack.push(ty);
    }

    /// A block whose instructions may throw, to its end or further out.
    fn try_block(&mut self, depth: usize) {
        let catch = *self.random.pick(&["catch $e", "catch_all", "catch_all"]);
        self.line(&format!("block try_table ({catch} 0)"));
        let outer = std::mem::take(&mut self.stack);
        for _ in 0..self.random.below(6) + 1 {
            self.instruction(depth + 2);
        }
        if self.random.below(2) == 0 {
            self.condition();
            self.line("if throw $e end");
        }
        for _ in std::mem::take(&mut self.stack) {
            self.line("drop");
        }
        self.line("end end");
        self.stack = outer;
    }

    /// Compares two numbers; the result is not on the stack of types.
    fn compare(&mut self) {
        let ty = self.random.below(N_NUMBERS);
        self.want(&[ty, ty]);
        let op = *self.random.pick(COMPARE[ty]);
        self.line(&format!("{}.{op}", TYPES[ty]));
    }

    /// An i32 on top, mostly of a comparison; not on the stack of types.
    fn condition(&mut self) {
        match self.random.below(4) {
            0 => {
                let ty = self.random.below(self.n_types);
                self.want(&[ty]);
                self.line("drop");
                self.push(0);
                self.stack.pop();
            }
            _ => self.compare(),
        }
    }
}

/// A program that does its code a number of times.
fn program(seed: u64, n_times: u32) -> String {
    let mut program = Program {
        random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
        text: String::new(),
        stack: Vec::new(),
        n_types: N_NUMBERS + seed as usize % 2,
        memories: MEMORIES[seed as usize / 2 % 2],
    };
    for _ in 0..40 {
        program.instruction(0);
    }
    let drops = "drop\n".repeat(program.stack.len());
    let types = &TYPES[..program.n_types];
    let locals: String = types
        .iter()
        .flat_map(|ty| (0..3).map(move |n| format!("(local ${ty}{n} {ty})")))
        .collect();
    let globals: String = types
        .iter()
        .map(|ty| match *ty {
            "v128" => String::from("(global $v128 (mut v128) (v128.const i32x4 5 6 7 8))"),
            ty => format!("(global ${ty} (mut {ty}) ({ty}.const 5))"),
        })
        .collect();
    // Without the second an exception with values may end the program.
    let outermost = ["catch $e", "catch_all"][program.random.below(2)];
    format!(
        "(module {} (memory $far 1) (memory $wide i64 1) {globals} {RISKY}
        (type $step (func (param i64 i32) (result i64)))
        (table funcref (elem $step $other))
        (func $step (type $step) (local $sum i64)
            (if (i32.lt_s (local.get 1) (i32.const 3))
                (then (return (i64.xor (local.get 0) (i64.const 77)))))
            (local.set $sum (call $other (local.get 0) (i32.and (local.get 1) (i32.const 7))))
            (i64.add (local.get $sum) (i64.extend_i32_u (local.get 1))))
        (func $other (type $step)
            (if (result i64) (local.get 1)
                (then (call $step (local.get 0) (i32.shr_u (local.get 1) (i32.const 1))))
                (else (i64.const 5))))
        (func (export \"run\") (local $n i32) {locals}
        (local.set $n (i32.const {n_times}))
        (loop $again
        (block $caught (try_table ({outermost} $caught)\n{}{drops}))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))",
        FIRST_MEMORY[seed as usize / 2 % 2],
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

/// Runs a budget tick by tick, up to the first stop for another reason.
fn run_by_ticks(machine: &mut Machine, budget: u64) -> Stop {
    let mut stop = Stop::Paused;
    for _ in 0..budget {
        stop = machine.run(1, &Until::Finished);
        if stop != Stop::Paused {
            break;
        }
    }
    stop
}

#[test]
fn both_streams_give_the_same_state_at_every_stop() {
    let mut n_stops = 0;
    for seed in 1..=400 {
        let wat = program(seed, 1 + seed as u32 % 3);
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
            let stop_of_steps = run_by_ticks(&mut step, budget);
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

/// Prices of which some make single blocks dearer than the fast stream can pay at a time.
fn heavy_schedule() -> Schedule {
    let mut schedule = Schedule::waspvm();
    for (name, cost) in [
        ("i32.add", 900),
        ("i64.mul", 20_000),
        ("f64.add", 40_000),
        ("br_if", 70),
    ] {
        schedule.set(name, cost).expect("a cost in range");
    }
    schedule
}

#[test]
fn long_runs_in_slices_of_any_size_stop_where_single_ticks_do() {
    let mut schedules = Schedule::builtin().to_vec();
    schedules.push(heavy_schedule());
    let mut n_ticks = 0;
    for seed in 1..=300 {
        let wat = program(seed, 20_000);
        let config = Config {
            schedule: schedules[seed as usize % schedules.len()].clone(),
            gas_limit: Some(Gas(4_000_000)),
            ..Config::default()
        };
        let (mut fast, instance) = machine(&wat, config);
        let run = func(&fast, instance, "run");
        fast.begin(run, &[]).expect("no arguments");
        let mut step = fast.clone();
        let mut random = Random(seed);
        loop {
            // More than the loop is given to spend at a time, and a little around that.
            let budget = *random.pick(&[5, 700, 16_383, 40_000]) + random.below(40) as u64;
            let stop = fast.run(budget, &Until::Finished);
            let stop_of_steps = run_by_ticks(&mut step, budget);
            let what = format!("seed {seed}\n{wat}");
            assert_eq!(stop, stop_of_steps, "{what}");
            same(&fast, &step, &what);
            if stop != Stop::Paused || fast.ticks() > 120_000 {
                break;
            }
        }
        n_ticks += fast.ticks();
    }
    assert!(n_ticks > 1_000_000, "only {n_ticks} ticks");
}

#[test]
fn a_breakpoint_anywhere_changes_no_stream() {
    for seed in 1..=60 {
        let wat = program(seed, 1 + seed as u32 % 3);
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
