//! A worker: runs one case after the other and says on its standard output what it does, so that
//! whoever started it also learns of a case that ends or blocks the whole process.
//!
//! ```text
//! at CASE            about to run a case
//! sum N N N ...      totals so far, see `Counts`
//! end of the share   after the last case
//! found PATH TEXT    a case that did not come out right, and where it was written
//! ```

use std::cell::RefCell;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::random::Random;

/// A kind of cases, each of which depends on its seed alone.
pub trait Case {
    /// The module of a case, before anything runs it.
    fn input(&self, seed: &Random) -> Vec<u8>;

    /// Runs a case.
    ///
    /// # Errors
    /// If it does not come out right.
    fn run(&self, seed: &Random, counts: &mut Counts) -> Result<(), Finding>;
}

/// A case that did not come out right.
pub struct Finding {
    pub wasm: Vec<u8>,
    pub message: String,
}

/// What was done. Not every kind of cases counts everything.
#[derive(Clone, Copy, Default, Debug)]
pub struct Counts {
    pub cases: u64,
    /// Modules that were run.
    pub modules: u64,
    /// Calls of which everything was compared.
    pub executions: u64,
    /// Those that returned.
    pub returned: u64,
    /// Instructions that were run in them.
    pub ticks: u64,
    /// Stops at which the states of two ways of running were compared.
    pub pause_points: u64,
    /// Calls that reached a limit, so that nothing after them was compared.
    pub limits: u64,
    /// Modules that no engine can run the same way twice.
    pub passed_over: u64,
    /// Damaged modules that are valid all the same.
    pub valid: u64,
    /// The most memory that a case took, and what it was allowed.
    pub peak: u64,
    pub peak_allowed: u64,
}

impl Counts {
    fn words(&self) -> [u64; 11] {
        [
            self.cases,
            self.modules,
            self.executions,
            self.returned,
            self.ticks,
            self.pause_points,
            self.limits,
            self.passed_over,
            self.valid,
            self.peak,
            self.peak_allowed,
        ]
    }

    /// Reads a line of totals.
    pub fn parse(line: &str) -> Option<Counts> {
        let words: Vec<u64> = line
            .split(' ')
            .map(|word| word.parse().ok())
            .collect::<Option<_>>()?;
        let [
            cases,
            modules,
            executions,
            returned,
            ticks,
            pause_points,
            limits,
            passed_over,
            valid,
            peak,
            peak_allowed,
        ] = words[..]
        else {
            return None;
        };
        Some(Counts {
            cases,
            modules,
            executions,
            returned,
            ticks,
            pause_points,
            limits,
            passed_over,
            valid,
            peak,
            peak_allowed,
        })
    }

    /// Adds what another worker did.
    pub fn add(&mut self, other: &Counts) {
        self.cases += other.cases;
        self.modules += other.modules;
        self.executions += other.executions;
        self.returned += other.returned;
        self.ticks += other.ticks;
        self.pause_points += other.pause_points;
        self.limits += other.limits;
        self.passed_over += other.passed_over;
        self.valid += other.valid;
        self.note_peak(other.peak, other.peak_allowed);
    }

    /// Keeps the peak that is the larger part of what was allowed.
    pub fn note_peak(&mut self, peak: u64, allowed: u64) {
        if peak * self.peak_allowed.max(1) > self.peak * allowed {
            (self.peak, self.peak_allowed) = (peak, allowed);
        }
    }
}

/// Which cases a worker runs.
pub struct Share {
    /// The kind, as it is called on the command line.
    pub kind: String,
    pub seed: u64,
    pub first: u64,
    /// Distance from one of its cases to the next one: the number of workers.
    pub step: u64,
    /// The case before which it ends, if it does not end by time.
    pub end: Option<u64>,
    pub time: Option<Duration>,
    /// Where findings are written.
    pub out: PathBuf,
}

impl Share {
    /// The seed of one case.
    pub fn seed_of(&self, case: u64) -> Random {
        let kind = self
            .kind
            .bytes()
            .fold(0, |number, byte| number << 8 | u64::from(byte));
        Random::new(self.seed).branch(kind).branch(case)
    }
}

thread_local! {
    /// Where the last panic of this thread happened and what it said.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs a share of the cases.
///
/// # Errors
/// If nobody listens any more, or a finding cannot be written.
pub fn work(cases: &dyn Case, share: &Share) -> io::Result<()> {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let message = info.payload_as_str().unwrap_or_default();
        PANIC.with(|text| *text.borrow_mut() = format!("panicked at {place}: {message}"));
    }));
    let began = Instant::now();
    let mut told = began;
    let mut counts = Counts::default();
    let mut out = io::stdout().lock();
    let mut case = share.first;
    while share.end.is_none_or(|end| case < end)
        && share.time.is_none_or(|time| began.elapsed() < time)
    {
        writeln!(out, "at {case}")?;
        out.flush()?;
        if let Err(finding) = run_case(cases, &share.seed_of(case), &mut counts) {
            let path = write_finding(share, case, &finding)?;
            let line = finding.message.lines().next().unwrap_or_default();
            writeln!(out, "found {}\t{line}", path.display())?;
        }
        counts.cases += 1;
        case += share.step;
        if told.elapsed() > Duration::from_millis(250) {
            told = Instant::now();
            tell(&mut out, &counts)?;
        }
    }
    tell(&mut out, &counts)?;
    writeln!(out, "end of the share")?;
    out.flush()
}

fn tell(out: &mut impl Write, counts: &Counts) -> io::Result<()> {
    let words = counts.words().map(|word| word.to_string());
    writeln!(out, "sum {}", words.join(" "))?;
    out.flush()
}

/// Runs a case; a panic is a finding too.
pub fn run_case(cases: &dyn Case, seed: &Random, counts: &mut Counts) -> Result<(), Finding> {
    let run = AssertUnwindSafe(|| cases.run(seed, counts));
    match panic::catch_unwind(run) {
        Ok(outcome) => outcome,
        Err(_) => {
            let input = panic::catch_unwind(AssertUnwindSafe(|| cases.input(seed)));
            Err(Finding {
                wasm: input.unwrap_or_default(),
                message: PANIC.with(|text| text.borrow().clone()),
            })
        }
    }
}

/// Writes a module and what was found in it; gives the path of the module.
pub fn write_finding(share: &Share, case: u64, finding: &Finding) -> io::Result<PathBuf> {
    std::fs::create_dir_all(&share.out)?;
    let name = format!("{}-{}-{case}", share.kind, share.seed);
    let path = share.out.join(format!("{name}.wasm"));
    std::fs::write(&path, &finding.wasm)?;
    let again = format!(
        "npm run fuzz -- --only {} --seed {} --case {case}",
        share.kind, share.seed
    );
    let printed = print(&finding.wasm);
    let text = format!("{}\n\nAgain: {again}\n\n{printed}\n", finding.message);
    std::fs::write(share.out.join(format!("{name}.txt")), text)?;
    Ok(relative(&path))
}

fn print(wasm: &[u8]) -> String {
    let mut text = String::new();
    match wasmprinter::Config::new()
        .print_offsets(true)
        .print(wasm, &mut wasmprinter::PrintFmtWrite(&mut text))
    {
        Ok(()) => text,
        Err(error) => format!("The module cannot be printed: {error:#}"),
    }
}

fn relative(path: &Path) -> PathBuf {
    match std::env::current_dir() {
        Ok(folder) => path.strip_prefix(folder).unwrap_or(path).to_path_buf(),
        Err(_) => path.to_path_buf(),
    }
}
