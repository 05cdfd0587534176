//! Fuzzing of the machine. See `npm run fuzz` in CONTRIBUTING.md.

mod diff;
mod features;
mod generate;
mod hostile;
mod interface;
mod memory;
mod mutate;
mod oracle;
mod ours;
mod outcome;
mod random;
mod sample;
mod selftest;
mod streams;
mod supervise;
mod text;
mod value;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use random::Random;
use supervise::{Extent, Plan, Summary, supervise};
use work::{Case, Counts, Finding, Share, run_case, work, write_finding};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

const USAGE: &str = "\
usage: waspnest-fuzz [sample] [OPTION]...

  sample          writes modules and what becomes of them to the file named by --out
  --only KIND     diff (the other engine), streams (our own ways of running) or hostile (damaged
                  modules); all of them without it
  --seed N        another seed gives other cases; the same seed gives the same ones (default 1)
  --seconds N     how long to run, all kinds together (default 60)
  --cases N       the number of cases of each kind, instead of a time
  --case N        one case alone, for example one that was found
  --jobs N        the number of workers (default: one for each core)
  --out FOLDER    where modules are written in which something was found (default target/fuzz/found)
";

const KINDS: [&str; 3] = ["diff", "streams", "hostile"];

/// What the command line says.
struct Options {
    only: Option<String>,
    seed: u64,
    seconds: Option<f64>,
    cases: Option<u64>,
    case: Option<u64>,
    jobs: u64,
    first: u64,
    step: u64,
    how: String,
    out: PathBuf,
}

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let command = match words.first().map(String::as_str) {
        Some("work" | "dump" | "sample") => words.remove(0),
        _ => String::from("run"),
    };
    if words.iter().any(|word| word == "--help") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let options = match read_options(&words) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    // The other engine runs on the stack of its thread.
    let thread = thread::Builder::new().stack_size(oracle::STACK);
    let run = thread.spawn(move || match command.as_str() {
        "work" => run_worker(&options),
        "dump" => dump(&options),
        "sample" => write_sample(&options),
        _ => run_plan(&options),
    });
    match run.expect("a thread can be started").join() {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
        Err(_) => ExitCode::FAILURE,
    }
}

fn read_options(words: &[String]) -> Result<Options, String> {
    let mut options = Options {
        only: None,
        seed: 1,
        seconds: None,
        cases: None,
        case: None,
        jobs: thread::available_parallelism().map_or(1, |n| n.get() as u64),
        first: 0,
        step: 1,
        how: String::new(),
        out: PathBuf::from("target/fuzz/found"),
    };
    let mut words = words.iter();
    while let Some(option) = words.next() {
        let value = words
            .next()
            .ok_or_else(|| format!("{option} needs a value"))?;
        let number = || {
            let number = value.parse::<u64>();
            number.map_err(|_| format!("{option} takes a whole number, not {value}"))
        };
        match option.as_str() {
            "--only" => options.only = Some(value.clone()),
            "--seed" => options.seed = number()?,
            "--seconds" => {
                let seconds = value.parse().ok().filter(|seconds| *seconds >= 0.0);
                let wrong = || format!("--seconds takes a number, not {value}");
                options.seconds = Some(seconds.ok_or_else(wrong)?);
            }
            "--cases" => options.cases = Some(number()?),
            "--case" => options.case = Some(number()?),
            "--jobs" => options.jobs = number()?.max(1),
            "--first" => options.first = number()?,
            "--step" => options.step = number()?.max(1),
            "--how" => options.how = value.clone(),
            "--out" => options.out = PathBuf::from(value),
            _ => return Err(format!("there is no option {option}")),
        }
    }
    if let Some(kind) = &options.only
        && !KINDS.contains(&kind.as_str())
        && kind != selftest::KIND
    {
        return Err(format!(
            "there is no kind {kind}; there are {}",
            KINDS.join(", ")
        ));
    }
    Ok(options)
}

impl Options {
    fn kind(&self) -> &str {
        self.only.as_deref().unwrap_or(KINDS[0])
    }

    fn cases_of_kind(&self) -> Box<dyn Case> {
        match self.kind() {
            "diff" => Box::new(diff::Diff::new()),
            "streams" => Box::new(streams::Streams::new()),
            "hostile" => Box::new(hostile::Hostile::new()),
            _ => Box::new(selftest::SelfTest),
        }
    }

    fn share(&self) -> Share {
        Share {
            kind: self.kind().to_string(),
            seed: self.seed,
            first: self.first,
            step: self.step,
            end: self.cases,
            time: self.seconds.map(Duration::from_secs_f64),
            out: self.out.clone(),
        }
    }
}

fn run_worker(options: &Options) -> std::io::Result<ExitCode> {
    work(&*options.cases_of_kind(), &options.share())?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the module of a case that cannot be run.
fn dump(options: &Options) -> std::io::Result<ExitCode> {
    let (share, case) = (options.share(), options.case.unwrap_or(0));
    let finding = Finding {
        wasm: options.cases_of_kind().input(&share.seed_of(case)),
        message: options.how.clone(),
    };
    println!("{}", write_finding(&share, case, &finding)?.display());
    Ok(ExitCode::SUCCESS)
}

/// Writes modules and what becomes of them, for a comparison with other engines.
fn write_sample(options: &Options) -> std::io::Result<ExitCode> {
    let text = sample::sample(&Random::new(options.seed), options.cases.unwrap_or(100));
    std::fs::write(&options.out, text)?;
    Ok(ExitCode::SUCCESS)
}

fn run_plan(options: &Options) -> std::io::Result<ExitCode> {
    if let Some(case) = options.case {
        return run_one(options, case);
    }
    let (there, missing) = features::Features::of_the_machine().names();
    println!("Proposals: {}", there.join(", "));
    if !missing.is_empty() {
        println!("Not in the machine: {}", missing.join(", "));
    }
    let kinds: Vec<&str> = match &options.only {
        Some(kind) => vec![kind],
        None => KINDS.to_vec(),
    };
    let mut n_found = 0;
    for kind in &kinds {
        let seconds = options.seconds.unwrap_or(60.0) / kinds.len() as f64;
        let plan = Plan {
            kind: kind.to_string(),
            seed: options.seed,
            n_workers: options.jobs,
            extent: match options.cases {
                Some(n) => Extent::Cases(n),
                None => Extent::Time(Duration::from_secs_f64(seconds)),
            },
            out: options.out.clone(),
        };
        let began = Instant::now();
        let summary = supervise(&plan)?;
        println!("{}", describe(kind, &summary, began.elapsed()));
        n_found += summary.found.len();
    }
    println!("{n_found} found");
    Ok(ExitCode::from(u8::from(n_found > 0)))
}

fn run_one(options: &Options, case: u64) -> std::io::Result<ExitCode> {
    let share = options.share();
    let mut counts = Counts::default();
    match run_case(&*options.cases_of_kind(), &share.seed_of(case), &mut counts) {
        Ok(()) => {
            println!("Nothing was found. {counts:?}");
            Ok(ExitCode::SUCCESS)
        }
        Err(finding) => {
            let path = write_finding(&share, case, &finding)?;
            println!("{}\n  {}", path.display(), finding.message);
            Ok(ExitCode::FAILURE)
        }
    }
}

fn describe(kind: &str, summary: &Summary, time: Duration) -> String {
    let counts = &summary.counts;
    let what = match kind {
        "diff" => format!(
            "{} modules, {} executions compared, {} of them to their end, {} instructions, {} ended by a limit",
            counts.modules, counts.executions, counts.returned, counts.ticks, counts.limits
        ),
        "streams" => format!(
            "{} modules, {} executions, {} pause points compared",
            counts.modules, counts.executions, counts.pause_points
        ),
        "hostile" => format!(
            "{} inputs, {} valid, {} instantiated, {} executions; at most {} kB of memory, of {} kB allowed",
            counts.cases,
            counts.valid,
            counts.modules,
            counts.executions,
            counts.peak / 1024,
            counts.peak_allowed / 1024
        ),
        _ => format!("{} cases", counts.cases),
    };
    format!(
        "{kind}: {what}, {} divergences, in {:.1} s",
        summary.found.len(),
        time.as_secs_f64()
    )
}
