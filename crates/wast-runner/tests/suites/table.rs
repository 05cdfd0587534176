//! The table of the README, made of what the tests ran.

use std::fs;
use std::path::PathBuf;

use super::suites::SUITES;

const BEGIN: &str = "<!-- suites: written by the tests, see CONTRIBUTING.md -->\n";
const END: &str = "<!-- end of suites -->\n";
const HEAD: &str = "| Official tests | Files | Directives | |\n|---|--:|--:|---|\n";

/// What one suite came to.
pub struct Row {
    pub title: &'static str,
    pub n_files: usize,
    /// Directives of the files that pass.
    pub n_passed: usize,
    pub n_files_not_yet: usize,
    pub n_superseded: usize,
}

impl Row {
    pub fn text(&self) -> String {
        let done = self.n_files - self.n_files_not_yet;
        let mut state = match self.n_files_not_yet {
            0 => "all pass".to_owned(),
            _ => format!("{done} of {} files pass", self.n_files),
        };
        if self.n_superseded > 0 {
            state = format!(
                "{state} but {} that later editions reversed",
                self.n_superseded
            );
        }
        format!(
            "| {} | {} | {} | {state} |",
            self.title,
            self.n_files,
            grouped(self.n_passed)
        )
    }
}

/// Thousands apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn readme_path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md"))
}

/// The README before its table, the rows of the table, and what follows.
fn parts() -> (String, Vec<String>, String) {
    let text = fs::read_to_string(readme_path()).expect("the README is there");
    let (before, rest) = text.split_once(BEGIN).expect("the README has the table");
    let (table, after) = rest.split_once(END).expect("the table of the README ends");
    let rows = table.lines().skip(HEAD.lines().count());
    (
        before.to_owned(),
        rows.map(str::to_owned).collect(),
        after.to_owned(),
    )
}

fn title_of(row: &str) -> &str {
    row.split('|').nth(1).unwrap_or("").trim()
}

/// What is wrong with the row of a suite.
pub fn complaint(row: &Row) -> Option<String> {
    let (_, rows, _) = parts();
    let found = rows.iter().find(|known| title_of(known) == row.title);
    match found {
        Some(found) if *found == row.text() => None,
        Some(found) => Some(format!(
            "the README says\n  {found}\nbut it is\n  {}\n(BLESS=1 writes it)",
            row.text()
        )),
        None => Some(format!(
            "the README has no row for {} (BLESS=1 writes it)",
            row.title
        )),
    }
}

/// Writes the row of a suite into the README.
pub fn bless(row: &Row) {
    let (before, rows, after) = parts();
    let mut text = format!("{before}{BEGIN}{HEAD}");
    for suite in SUITES {
        let known = rows.iter().find(|known| title_of(known) == suite.title);
        if suite.title == row.title {
            text.push_str(&row.text());
            text.push('\n');
        } else if let Some(known) = known {
            text.push_str(known);
            text.push('\n');
        }
    }
    text.push_str(END);
    text.push_str(&after);
    fs::write(readme_path(), text).expect("the README can be written");
}

/// The titles of the README's rows, in its order.
pub fn titles() -> Vec<String> {
    let (_, rows, _) = parts();
    rows.iter().map(|row| title_of(row).to_owned()).collect()
}
