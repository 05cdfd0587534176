//! Looking and changing by hand: traced runs, edits, search.

use std::fmt::Write;

use waspnest::{
    GlobalAddr, Machine, MemAddr, ObjectAddr, Schedule, Shape, Stop, TableAddr, TraceLine, Until,
};

use super::{LONGEST_TRACE, Project, SLICE_BYTES, Trace};
use crate::convert::value_in;
use crate::dto::Edit;
use crate::sentence::shaped_value;

/// Runs with every instruction written down; without, once the trace is full.
pub fn run_traced(machine: &mut Machine, budget: u64, until: &Until, trace: &mut Trace) -> Stop {
    let before = machine.ticks();
    let schedule = machine.schedule().clone();
    let mut n_bytes: u64 = 0;
    let stop = machine.run_traced(budget, until, &mut |machine, line| {
        write_line(trace, machine, &line, &schedule);
        n_bytes += line
            .effect
            .memory
            .iter()
            .map(|access| access.len)
            .sum::<u64>();
        if trace.text.len() < LONGEST_TRACE {
            return n_bytes < SLICE_BYTES;
        }
        trace.full = true;
        trace
            .text
            .push_str("the trace is full; what ran after this is left out\n");
        false
    });
    let left = budget.saturating_sub(machine.ticks() - before);
    match trace.full && stop == Stop::Paused && left > 0 {
        true => machine.run_slice(left, SLICE_BYTES, until),
        false => stop,
    }
}

/// Tick, depth, instruction with its operands and results, gas used.
fn write_line(trace: &mut Trace, machine: &Machine, line: &TraceLine, schedule: &Schedule) {
    let effect = &line.effect;
    // The name of the instruction has to do: to look at the code around it takes too long here.
    let list = |values: &[waspnest::Value], shape| {
        values
            .iter()
            .map(|value| match value {
                waspnest::Value::Ref(_, target) => machine.target_text(*target),
                value => shaped_value(*value, shape),
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    let popped = list(&effect.popped, Shape::used_by(effect.mnemonic));
    let pushed = list(&effect.pushed, Shape::made_by(effect.mnemonic));
    let arrow = if popped.is_empty() && pushed.is_empty() {
        ""
    } else {
        " -> "
    };
    let indent = "  ".repeat(line.depth.min(40) as usize);
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        trace.text,
        "{}\tdepth {}\t{indent}{} [{popped}{arrow}{pushed}]\tgas {}",
        line.tick,
        line.depth,
        effect.mnemonic,
        schedule.format(line.gas_used),
    );
    trace.entries += 1;
}

impl Project {
    /// Changes a value or bytes by hand.
    pub fn edit(&mut self, edit: &Edit) -> Result<(), String> {
        let machine = &mut self.machine;
        let frame_at = |machine: &Machine, frame: u32| {
            machine
                .frames(frame, 1)
                .pop()
                .ok_or_else(|| format!("there is no frame {frame}"))
        };
        match edit {
            Edit::Local {
                frame,
                index,
                value,
            } => {
                let frame = frame_at(machine, *frame)?;
                machine.set_local(&frame, *index, value_in(value))
            }
            Edit::Operand {
                frame,
                index,
                value,
            } => {
                let frame = frame_at(machine, *frame)?;
                machine.set_operand(&frame, *index, value_in(value))
            }
            Edit::Global { address, value } => {
                machine.set_global(GlobalAddr(*address), value_in(value))
            }
            Edit::Element {
                table,
                index,
                value,
            } => machine.table_set(TableAddr(*table), u64::from(*index), value_in(value)),
            Edit::Part {
                object,
                index,
                value,
            } => machine.set_object_field(ObjectAddr(*object), *index, value_in(value)),
            Edit::Bytes {
                memory,
                address,
                bytes,
            } => {
                return match machine.write_memory(MemAddr(*memory), *address, bytes) {
                    true => Ok(()),
                    false => Err(format!(
                        "{} bytes at {address:#x} do not all lie in the memory",
                        bytes.len()
                    )),
                };
            }
        }
        .map_err(|error| error.to_string())
    }

    /// First occurrence at or after `from`, wrapping once.
    pub fn search(&self, memory: u32, from: u64, needle: &[u8]) -> Option<u64> {
        let bytes = self.machine.memory(MemAddr(memory));
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len());
        // Occurrences that begin before `from` may reach beyond it.
        let wrapped = (from + needle.len().saturating_sub(1)).min(bytes.len());
        let found = match find(&bytes[from..], needle) {
            Some(at) => Some(from + at),
            None => find(&bytes[..wrapped], needle),
        };
        found.map(|at| at as u64)
    }
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first) {
        if bytes[from + at..].starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn find_gives_the_first_occurrence() {
        assert_eq!(find(b"aab aabb", b"aabb"), Some(4));
        assert_eq!(find(b"aab", b"aabb"), None);
        assert_eq!(find(b"", b"a"), None);
        assert_eq!(find(b"a", b""), None);
    }
}
