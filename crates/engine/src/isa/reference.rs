//! The reference of all instructions, for hover help, completion and price lists.

use crate::isa::OpCode;

/// What there is to know about an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstructionInfo {
    /// Name in the text format.
    pub mnemonic: &'static str,
    /// Stack effect as `pops -> pushes`; `any`, `params`, `values`, `args` and `results` stand for
    /// types that depend on the place.
    pub stack_effect: &'static str,
    /// Meaning in one line.
    pub doc: &'static str,
    /// Proposal that brought the instruction; `mvp` for WebAssembly 1.0.
    pub proposal: &'static str,
    /// Kind of instruction: `control`, `numeric` and so on.
    pub cost_class: &'static str,
    /// Anchor of its section in the chapter on execution of the specification
    /// (`https://webassembly.github.io/spec/core/exec/instructions.html`).
    pub spec_anchor: &'static str,
}

/// All instructions the machine has, in the order of the specification's chapters. The end of a
/// block is among them as `end`.
pub fn reference() -> Vec<InstructionInfo> {
    let mut list: Vec<InstructionInfo> = Vec::new();
    for row in OpCode::rows().filter(|row| row.group != "pseudo") {
        if list.iter().any(|info| info.mnemonic == row.mnemonic) {
            continue;
        }
        let is_end = row.code == OpCode::End;
        list.push(InstructionInfo {
            mnemonic: if is_end { "end" } else { row.mnemonic },
            stack_effect: if is_end { "->" } else { row.effect },
            doc: if is_end {
                "Ends a block, or the function, which then returns."
            } else {
                row.doc
            },
            proposal: row.proposal,
            cost_class: row.group,
            spec_anchor: match row.group {
                "control" => "#control-instructions",
                "parametric" => "#parametric-instructions",
                "variable" => "#variable-instructions",
                "reference" | "aggregate" => "#reference-instructions",
                "memory" => "#memory-instructions",
                "table" => "#table-instructions",
                "vector" => "#vector-instructions",
                _ => "#numeric-instructions",
            },
        });
    }
    list
}

/// The names that a schedule prices: every instruction, plus the end of a block.
pub(crate) fn schedule_names() -> impl Iterator<Item = &'static str> {
    OpCode::rows()
        .filter(|row| row.group != "pseudo")
        .map(|row| row.mnemonic)
        .chain(["end"])
}

#[cfg(test)]
mod tests {
    use super::reference;

    /// The sections on instructions of the specification's chapter on execution, release 3.0.
    const SECTIONS: [&str; 8] = [
        "#parametric-instructions",
        "#control-instructions",
        "#variable-instructions",
        "#table-instructions",
        "#memory-instructions",
        "#reference-instructions",
        "#numeric-instructions",
        "#vector-instructions",
    ];

    #[test]
    fn every_instruction_leads_to_a_section_that_the_specification_has() {
        for info in reference() {
            assert!(SECTIONS.contains(&info.spec_anchor), "{info:?}");
        }
    }
}
