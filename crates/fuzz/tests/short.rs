//! A short run of every kind of cases, the same every time, and a run in which everything is found
//! that can be found.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// An empty folder for what a test finds.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the folder of the last run can be removed");
    }
    folder
}

fn run(out: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waspnest-fuzz"));
    command.args(args).arg("--out").arg(out);
    command.output().expect("the program can be started")
}

/// Runs a number of cases of a kind, in which nothing may be found, and gives the summary.
fn check(kind: &str, n_cases: u32) -> String {
    let out = folder(kind);
    let output = run(&out, &["--only", kind, "--cases", &n_cases.to_string()]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{text}");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    assert!(!out.exists(), "nothing is written where nothing is found");
    text
}

/// The number before a word of a summary.
fn number_of(text: &str, word: &str) -> u64 {
    let before = text.split(word).next().unwrap_or_default().trim_end();
    let number = before.rsplit(' ').next().unwrap_or_default();
    number
        .parse()
        .unwrap_or_else(|_| panic!("no number of {word} in {text}"))
}

#[test]
fn generated_modules_do_on_the_machine_what_they_do_on_another_engine() {
    let text = check("diff", 400);
    assert!(number_of(&text, "executions compared") > 5_000);
}

#[test]
fn generated_modules_do_the_same_in_every_way_of_running() {
    let text = check("streams", 400);
    assert!(number_of(&text, "pause points compared") > 20_000);
}

#[test]
fn damaged_modules_get_an_answer_within_their_limits() {
    let text = check("hostile", 20_000);
    assert!(number_of(&text, "valid") > 1_500);
}

#[test]
fn every_way_of_going_wrong_is_found() {
    let out = folder("selftest");
    let output = run(&out, &["--only", "selftest", "--cases", "40"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for message in [
        "a difference, as was asked for",
        "a panic, as was asked for",
        "signal: 6",
    ] {
        assert!(text.contains(message), "no {message} in {text}");
    }
    let file = std::fs::read_dir(&out).expect("modules are written").next();
    let path = file.expect("there is one").expect("it can be read").path();
    let shown = path.with_extension("wasm");
    assert!(
        text.contains(&*shown.to_string_lossy()),
        "{text} does not name {shown:?}"
    );
    let wasm = std::fs::read(shown).expect("the module is there");
    assert!(wasm.starts_with(b"\0asm"));
}

#[test]
fn the_same_seed_gives_the_same_cases() {
    let out = folder("seed");
    let args = ["--only", "diff", "--case", "17", "--seed"];
    let text = |seed: &str| {
        let output = run(&out, &[&args[..], &[seed]].concat());
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert_eq!(text("3"), text("3"));
    assert_ne!(text("3"), text("4"));
}
