//! Places in a text that a run goes on to or stops at.

use waspnest::{FuncAddr, WasmOffset};

use super::Project;
use crate::dto::{BreakpointStand, Moved};

/// An instruction that a place in a text stands for.
pub(super) struct Found {
    /// Number of the module.
    pub(super) number: usize,
    pub(super) func: FuncAddr,
    pub(super) offset: WasmOffset,
    /// Not in one that the line of the place belongs to.
    in_other_func: bool,
}

impl Project {
    /// The instruction at or after a place in a file, once for each instance of its module.
    pub(super) fn instructions_from(
        &self,
        file: &str,
        position: u32,
    ) -> Result<Vec<Found>, String> {
        let mut is_there = false;
        let mut found = Vec::new();
        for (number, (source, instance)) in self.sources.iter().zip(&self.instances).enumerate() {
            if source.file != file {
                continue;
            }
            is_there = true;
            let Some((offset, in_other_func)) = source.instruction_from(position) else {
                continue;
            };
            if let Some(func) = source.module.func_at(WasmOffset(offset)) {
                found.push(Found {
                    number,
                    func: self.machine.funcs(*instance)[func.index()],
                    offset: WasmOffset(offset),
                    in_other_func,
                });
            }
        }
        match is_there {
            true => Ok(found),
            false => Err(format!("the project has no module \"{file}\"")),
        }
    }

    pub fn clear_breakpoints(&mut self) {
        self.machine.clear_breakpoints();
        self.breakpoints.clear();
    }

    /// Sets a breakpoint at a place in a file, and says where it stands.
    pub fn add_breakpoint(&mut self, file: String, position: u32) -> BreakpointStand {
        let mut stands = BreakpointStand::default();
        // All instances of a module have the same code, so it stands at the same place.
        for found in self.instructions_from(&file, position).unwrap_or_default() {
            stands = self.stand(&found);
        }
        self.breakpoints.push((file, position));
        stands
    }

    fn stand(&mut self, found: &Found) -> BreakpointStand {
        let used = self.machine.set_breakpoint(found.func, found.offset);
        let moved = if found.in_other_func {
            Some(Moved::Function)
        } else if used == Some(found.offset) {
            None
        } else if self.machine.is_reachable(found.func, found.offset) {
            Some(Moved::Delimiter)
        } else {
            Some(Moved::Unreachable)
        };
        let place = used.map(|used| self.sources[found.number].place(used.0));
        let place = place.unwrap_or_default();
        BreakpointStand {
            offset: used.map(|used| used.0),
            span: place.span,
            line: place.line,
            moved,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dto::{Moved, Viewport};
    use crate::session::link::tests::prepared;
    use crate::session::{Project, StopCode};

    /// Where a breakpoint stands whose place is marked with `@`, and why there.
    fn stand(marked: &str) -> (Option<String>, Option<Moved>) {
        let (before, after) = marked.split_once('@').expect("the place is marked");
        let text = format!("{before}{after}");
        let mut project = prepared(&[("m", &text)]);
        assert_eq!(project.link(Vec::new()), []);
        let stand = project.add_breakpoint("m".to_owned(), before.len() as u32);
        let span = stand
            .span
            .map(|span| &text[span.from as usize..span.to as usize]);
        if span.is_some() {
            let stop = match project.begin("m", "f", &[]) {
                Ok(()) => project.run(1_000),
                Err(error) => panic!("{error}"),
            };
            let next = project.machine().current_instruction();
            let stands = next.map(|(_, offset)| offset.0);
            if stop == StopCode::Breakpoint {
                assert_eq!(stands, stand.offset, "{marked}");
            }
        }
        (span.map(str::to_owned), stand.moved)
    }

    fn check(marked: &str, span: &str, moved: Option<Moved>) {
        assert_eq!(stand(marked), (Some(span.to_owned()), moved), "{marked}");
    }

    const F: &str = "(module (func (export \"f\") (result i32)\n";

    #[test]
    fn a_breakpoint_stands_where_it_was_asked_for() {
        check(
            &format!("{F} block\n @nop\n end\n i32.const 1))"),
            "nop",
            None,
        );
        check(&format!("{F} @block nop end i32.const 1))"), "block", None);
    }

    #[test]
    fn the_end_of_a_block_stands_for_what_comes_after_it() {
        let delimiter = Some(Moved::Delimiter);
        let ends = [
            "block nop @end",
            "block br 0 @end",
            "block block br 0 end @end",
            "block block br 1 end nop @end",
            "i32.const 0 if nop @end",
            "i32.const 0 if unreachable @end",
            "i32.const 0 if unreachable @else end",
            "loop @end",
            "block block end @end",
            "block try_table (catch_all 0) unreachable end @end",
        ];
        for block in ends {
            check(
                &format!("{F} {block} i32.const 7))"),
                "i32.const 7",
                delimiter,
            );
        }
    }

    #[test]
    fn what_no_way_leads_to_is_told_apart() {
        let unreachable = Some(Moved::Unreachable);
        let dead = [
            "block br 0 @nop end",
            "block block br 1 @end end",
            "block br 0 loop nop @end end",
            "block block i32.const 0 br_table 1 1 @end end",
            "block try_table (catch_all 0) unreachable @end end",
        ];
        for block in dead {
            check(
                &format!("{F} {block} i32.const 7))"),
                "i32.const 7",
                unreachable,
            );
        }
        let nowhere = format!("{F} loop br 0 end\n @unreachable))");
        assert_eq!(stand(&nowhere), (None, unreachable));
    }

    #[test]
    fn a_line_without_instructions_may_end_in_another_function() {
        let function = Some(Moved::Function);
        let text = "(module (func (export \"f\"))\n @(memory 1)\n (func $g\n nop))";
        check(text, "nop", function);
        let text = "(module @\n (func (export \"f\")\n nop))";
        check(text, "nop", function);
        let text = "(module\n @(func (export \"f\") (local i32)\n nop))";
        check(text, "nop", None);
        let text = "(module\n (func (export \"f\")\n @(local i32)\n nop))";
        check(text, "nop", None);
    }

    #[test]
    fn a_pause_stops_where_the_run_would_stop() {
        let text = "(module (func $g) (func (export \"f\") (loop (call $g) (nop) (drop (i32.const 1)) (br 0))))";
        let mut project = prepared(&[("m", text)]);
        assert_eq!(project.link(Vec::new()), []);
        let place = |word: &str| text.find(word).expect("it is there") as u32;
        project.add_breakpoint("m".to_owned(), place("nop"));
        let to = |project: &mut Project, until: &str, code| {
            assert_eq!(project.set_until(until), Ok(()));
            assert_eq!(project.run(1_000), code);
        };
        let nothing = Viewport {
            frame: 0,
            frames_from: 0,
            frames_count: 0,
            rows: None,
            memories: Vec::new(),
            tables: Vec::new(),
            heap: None,
        };
        let said = |project: &Project| {
            let effect = project.view(&nothing).effect;
            effect.map(|effect| effect.sentence).unwrap_or_default()
        };
        assert_eq!(project.begin("m", "f", &[]), Ok(()));
        to(&mut project, "end", StopCode::Breakpoint);
        assert_eq!(said(&project), "call came back");
        // Once round the loop, up to before the breakpoint.
        for _ in 0..5 {
            to(&mut project, "step", StopCode::Reached);
        }
        assert_eq!(project.set_until("end"), Ok(()));
        assert_eq!(project.pause(), StopCode::Paused);
        assert_eq!(said(&project), "end returned");
        assert_eq!(project.set_until("end"), Ok(()));
        assert_eq!(project.run(0), StopCode::Paused);
        // It was told that the machine stands here.
        assert_eq!(project.pause(), StopCode::Paused);
        assert_eq!(said(&project), "nop did nothing");
        // A run ends right before it, then the pause is asked for.
        assert_eq!(project.run(5), StopCode::Paused);
        assert_eq!(project.pause(), StopCode::Breakpoint);
        to(&mut project, "step", StopCode::Reached);
        // The same of a step over: it ends where it ends.
        for _ in 0..3 {
            to(&mut project, "step", StopCode::Reached);
        }
        project.clear_breakpoints();
        assert_eq!(project.set_until("over"), Ok(()));
        assert_eq!(project.run(2), StopCode::Paused);
        assert_eq!(project.pause(), StopCode::Reached);
        assert_eq!(said(&project), "call came back");
    }

    #[test]
    fn the_number_of_frames_is_carried_from_step_to_step() {
        let text = "(module (tag $e)
            (func $down (param i32)
                (block $caught
                    (try_table (catch $e $caught)
                        (if (i32.eqz (local.get 0)) (then (throw $e)))
                        (call $side)
                        (call $down (i32.sub (local.get 0) (i32.const 1))))
                    (return))
                (return_call $deep (i32.const 4)))
            (func $side)
            (func $deep (param i32)
                (if (local.get 0)
                    (then (call $deep (i32.sub (local.get 0) (i32.const 1))))
                    (else (throw $e))))
            (func (export \"f\") (call $down (i32.const 6))))";
        let mut project = prepared(&[("m", text)]);
        assert_eq!(project.link(Vec::new()), []);
        assert_eq!(project.begin("m", "f", &[]), Ok(()));
        let mut n_steps = 0;
        loop {
            assert_eq!(project.frame_count(), project.machine().n_frames());
            assert_eq!(project.set_until("step"), Ok(()));
            if project.run(1) != StopCode::Reached {
                break;
            }
            n_steps += u32::from(project.depth.get().is_some());
        }
        assert_eq!(project.frame_count(), project.machine().n_frames());
        assert!(n_steps > 200, "{n_steps}");
    }
}
