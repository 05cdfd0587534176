//! Scripts of our own in `tests/regress`: behaviour that was once wrong, and corners that the
//! official suites leave out. Each runs in every mode.

use std::fs;
use std::path::Path;

use waspnest_wast_runner::{Mode, Options, run_script};

#[test]
fn scripts_of_our_own_pass_in_every_mode() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/regress");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of scripts is there")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wast")
        })
        .collect();
    paths.sort();
    assert!(
        !paths.is_empty(),
        "there are scripts in {}",
        folder.display()
    );

    let mut failures = Vec::new();
    for path in paths {
        let file = path
            .file_name()
            .expect("a file has a name")
            .to_string_lossy();
        let text = fs::read_to_string(&path).expect("the script can be read");
        let mut ticks = None;
        for mode in Mode::ALL {
            let report = run_script(
                &file,
                &text,
                Options {
                    mode: *mode,
                    ..Options::default()
                },
            );
            failures.extend(
                report
                    .failures
                    .iter()
                    .map(|failure| format!("{failure} (mode {})", mode.name)),
            );
            assert_eq!(
                *ticks.get_or_insert(report.ticks),
                report.ticks,
                "ticks of {file} in mode {}",
                mode.name
            );
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
