//! A script from beginning to end: its directives, and what became of each.

use wasm_bindgen::prelude::*;
use waspnest::Edition;
use waspnest_script::{Mode, Options, Run};

use crate::convert::{json, refuse};
use crate::dto::ScriptFailure;
use crate::source::Text;

#[wasm_bindgen]
pub struct ScriptRun {
    run: Run,
    text: Text,
}

#[wasm_bindgen]
impl ScriptRun {
    /// `ticks`: after how many instructions an action counts as endless.
    #[wasm_bindgen(constructor)]
    pub fn new(text: String, mode: &str, edition: &str, ticks: f64) -> Result<ScriptRun, JsValue> {
        let mode = Mode::from_name(mode).ok_or_else(|| refuse("there is no mode of this name"))?;
        let edition = match edition {
            "" => None,
            name => Some(
                Edition::from_name(name)
                    .ok_or_else(|| refuse("there is no edition of this name"))?,
            ),
        };
        let options = Options {
            mode,
            edition,
            tick_limit: ticks as u64,
            ..Options::default()
        };
        Ok(ScriptRun {
            run: Run::new(text.as_str(), options),
            text: Text::new(text),
        })
    }

    /// Five numbers for each directive: its kind, line, start and end in UTF-16 units, and whether
    /// it calls a function.
    pub fn directives(&self) -> Vec<u32> {
        let mut words = Vec::with_capacity(self.run.directives().len() * 5);
        for directive in self.run.directives() {
            let span = self.text.span(directive.span);
            let line = self.text.index.line(directive.span.start);
            words.extend([
                directive.kind as u32,
                line,
                span.from,
                span.to,
                u32::from(directive.calls),
            ]);
        }
        words
    }

    /// Goes on with one directive, or at most `ticks` instructions of it. The number of the
    /// directive that comes next, or is under way; at the end, their number.
    pub fn advance(&mut self, ticks: f64) -> usize {
        self.run.advance(ticks as u64);
        self.run.position()
    }

    /// For each directive from a number on: 0 not reached, 1 passed, 2 failed.
    pub fn verdicts(&self, from: usize) -> Vec<u8> {
        let verdicts = self.run.verdicts().get(from..self.run.position());
        verdicts
            .unwrap_or_default()
            .iter()
            .map(|verdict| *verdict as u8)
            .collect()
    }

    /// The failures from a number on, as JSON.
    pub fn failures(&self, from: usize) -> String {
        let failures = self.run.failures().get(from..).unwrap_or_default();
        let failures: Vec<ScriptFailure> = failures
            .iter()
            .map(|failure| ScriptFailure {
                directive: failure.directive,
                expected: failure.expected.clone(),
                got: failure.got.clone(),
            })
            .collect();
        json(&failures)
    }
}
