//! Starts workers, one for each core, and watches over them: a case that ends its worker, or does
//! not end itself, is a finding like any other.

use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::work::Counts;

/// A case that takes longer does not end. Cases take milliseconds; this is for busy machines.
const PATIENCE: Duration = Duration::from_secs(60);
/// After so many findings the rest is likely more of the same.
const MAX_FOUND: usize = 10;

/// What is to be run.
#[derive(Clone)]
pub struct Plan {
    pub kind: String,
    pub seed: u64,
    pub n_workers: u64,
    pub extent: Extent,
    pub out: PathBuf,
}

/// How long a run is.
#[derive(Clone, Copy)]
pub enum Extent {
    Cases(u64),
    Time(Duration),
}

/// What came of a run.
pub struct Summary {
    pub counts: Counts,
    /// A path and a sentence each.
    pub found: Vec<String>,
}

/// One worker, and where it is.
struct Worker {
    child: Child,
    number: u64,
    case: Option<u64>,
    since: Instant,
    counts: Counts,
}

enum Message {
    Line(String),
    Closed,
}

/// Runs a plan to its end.
///
/// # Errors
/// If workers cannot be started.
pub fn supervise(plan: &Plan) -> io::Result<Summary> {
    let began = Instant::now();
    let (sender, receiver) = mpsc::channel();
    let mut summary = Summary {
        counts: Counts::default(),
        found: Vec::new(),
    };
    let mut workers: Vec<Option<Worker>> = Vec::new();
    for number in 0..plan.n_workers {
        workers.push(Some(start(plan, number, number, began, &sender)?));
    }
    while workers.iter().any(Option::is_some) {
        listen(&mut workers, &mut summary, &receiver);
        for place in &mut workers {
            let Some(worker) = place else { continue };
            let (number, case) = (worker.number, worker.case);
            let is_stuck = worker.since.elapsed() > PATIENCE;
            if is_stuck {
                worker.child.kill()?;
            }
            let Some(status) = worker.child.try_wait()? else {
                continue;
            };
            if !is_stuck && status.success() {
                // Its last lines may still be on their way.
                if worker.case.is_some() {
                    continue;
                }
                summary.counts.add(&worker.counts);
                *place = None;
                continue;
            }
            let how = match is_stuck {
                true => format!("did not end within {} seconds", PATIENCE.as_secs()),
                false => format!("ended the process ({status})"),
            };
            summary.counts.add(&worker.counts);
            *place = None;
            let Some(case) = case else {
                return Err(io::Error::other(format!(
                    "a worker {how} before its first case"
                )));
            };
            summary.found.push(dump(plan, case, &how)?);
            if summary.found.len() < MAX_FOUND {
                let next = case + plan.n_workers;
                *place = Some(start(plan, number, next, began, &sender)?);
            }
        }
        if summary.found.len() >= MAX_FOUND {
            for worker in workers.iter_mut().flatten() {
                worker.child.kill()?;
                worker.child.wait()?;
                summary.counts.add(&worker.counts);
            }
            break;
        }
    }
    Ok(summary)
}

fn start(
    plan: &Plan,
    number: u64,
    first: u64,
    began: Instant,
    sender: &Sender<(u64, Message)>,
) -> io::Result<Worker> {
    let mut command = Command::new(std::env::current_exe()?);
    let words = [
        ("--only", plan.kind.clone()),
        ("--seed", plan.seed.to_string()),
        ("--first", first.to_string()),
        ("--step", plan.n_workers.to_string()),
        ("--out", plan.out.display().to_string()),
    ];
    command.arg("work");
    for (option, value) in words {
        command.arg(option).arg(value);
    }
    match plan.extent {
        Extent::Cases(n) => command.arg("--cases").arg(n.to_string()),
        Extent::Time(time) => {
            let left = time.saturating_sub(began.elapsed());
            command.arg("--seconds").arg(left.as_secs_f64().to_string())
        }
    };
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let Some(stdout) = child.stdout.take() else {
        unreachable!("the output was asked for")
    };
    let sender = sender.clone();
    thread::spawn(move || {
        let mut lines = BufReader::new(stdout).lines();
        // A receiver that is gone wants no more of it.
        while let Some(Ok(line)) = lines.next() {
            if sender.send((number, Message::Line(line))).is_err() {
                return;
            }
        }
        let _ = sender.send((number, Message::Closed));
    });
    Ok(Worker {
        child,
        number,
        case: Some(first),
        since: Instant::now(),
        counts: Counts::default(),
    })
}

/// Takes what workers say, for a moment.
fn listen(
    workers: &mut [Option<Worker>],
    summary: &mut Summary,
    receiver: &Receiver<(u64, Message)>,
) {
    let until = Instant::now() + Duration::from_millis(100);
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let Ok((number, message)) = receiver.recv_timeout(left) else {
            return;
        };
        let Some(Some(worker)) = workers.get_mut(number as usize) else {
            continue;
        };
        let line = match message {
            Message::Line(line) => line,
            Message::Closed => continue,
        };
        match line.split_once(' ') {
            Some(("at", case)) => {
                worker.case = case.parse().ok();
                worker.since = Instant::now();
            }
            Some(("sum", words)) => {
                if let Some(counts) = Counts::parse(words) {
                    worker.counts = counts;
                }
            }
            Some(("found", text)) => {
                let text = text.replace('\t', "\n  ");
                println!("{text}");
                summary.found.push(text);
            }
            Some(("end", _)) => worker.case = None,
            _ => println!("{line}"),
        }
    }
}

/// Has the module of a case written that ended its worker.
fn dump(plan: &Plan, case: u64, how: &str) -> io::Result<String> {
    let output = Command::new(std::env::current_exe()?)
        .args(["dump", "--only", &plan.kind])
        .args(["--seed", &plan.seed.to_string()])
        .args(["--case", &case.to_string()])
        .args(["--how", how])
        .arg("--out")
        .arg(&plan.out)
        .output()?;
    let path = String::from_utf8_lossy(&output.stdout).trim().to_string();
    let text = match output.status.success() {
        true => format!("{path}\n  {how}"),
        false => format!(
            "case {case} of {} {how}, and so did making its module",
            plan.kind
        ),
    };
    println!("{text}");
    Ok(text)
}
