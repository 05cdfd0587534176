//! Runs `.wast` files and prints what failed: `waspnest-wast-runner [OPTION]... FILE...`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

use waspnest::Edition;
use waspnest_wast_runner::{Failure, Mode, Options, run_script};

const USAGE: &str = "\
usage: waspnest-wast-runner [OPTION]... FILE...

Runs each .wast script and prints a line for each directive that fails.
The last line is `N passed, N failed`.

  --mode NAME     plain (the default), gas, one-tick, steps, or all for one after the other
  --edition NAME  1, 2, 3, threads or memory64: judge assert_invalid and assert_malformed by
                  WebAssembly 1.0, 2.0, 3.0, or 1.0 with that proposal; without it, by all that
                  the machine has
  --ticks N       the number of instructions after which an action counts as endless
";

struct Arguments {
    modes: Vec<Mode>,
    options: Options,
    files: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let mut words = env::args().skip(1);
    if env::args().len() == 1 || env::args().any(|word| word == "--help" || word == "-h") {
        print!("{USAGE}");
        return ExitCode::from(if env::args().len() == 1 { 2 } else { 0 });
    }
    let arguments = match read_arguments(&mut words) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };

    let (mut n_passed, mut n_failed) = (0, 0);
    for path in &arguments.files {
        let file = path.display().to_string();
        let text = match fs::read(path) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|_| "text that is not UTF-8".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        let text = match text {
            Ok(text) => text,
            Err(got) => {
                let failure = Failure {
                    file,
                    line: 1,
                    expected: "a readable file".to_owned(),
                    got,
                };
                println!("{failure}");
                n_failed += 1;
                continue;
            }
        };
        for mode in &arguments.modes {
            let options = Options {
                mode: *mode,
                ..arguments.options.clone()
            };
            let report = run_script(&file, &text, options);
            n_passed += report.n_passed;
            n_failed += report.failures.len();
            for failure in report.failures {
                if arguments.modes.len() > 1 {
                    println!("{failure} (mode {})", mode.name);
                } else {
                    println!("{failure}");
                }
            }
        }
    }
    println!("{n_passed} passed, {n_failed} failed");
    ExitCode::from(u8::from(n_failed > 0))
}

fn read_arguments(words: &mut impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments {
        modes: vec![Mode::PLAIN],
        options: Options::default(),
        files: Vec::new(),
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--mode" => {
                let name = value()?;
                arguments.modes = match Mode::from_name(&name) {
                    Some(mode) => vec![mode],
                    None if name == "all" => Mode::ALL.to_vec(),
                    None => return Err(format!("there is no mode {name}")),
                };
            }
            "--edition" => {
                let name = value()?;
                let edition = Edition::from_name(&name)
                    .ok_or_else(|| format!("there is no edition {name} here"))?;
                arguments.options.edition = Some(edition);
            }
            "--ticks" => {
                let ticks = value()?;
                arguments.options.tick_limit = ticks
                    .parse()
                    .map_err(|_| format!("{ticks} is not a number of instructions"))?;
            }
            option if option.starts_with('-') => {
                return Err(format!("there is no option {option}"));
            }
            file => arguments.files.push(PathBuf::from(file)),
        }
    }
    if arguments.files.is_empty() {
        return Err("no file was given".to_owned());
    }
    Ok(arguments)
}
