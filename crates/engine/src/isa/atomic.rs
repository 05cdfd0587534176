//! The kinds of atomic instructions, which the table names.

/// What an atomic instruction does at its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Atomic {
    Load,
    Store,
    Add,
    Sub,
    And,
    Or,
    Xor,
    Xchg,
    Cmpxchg,
    Notify,
    Wait,
}

impl Atomic {
    /// Number of operands, the address among them.
    pub(crate) fn n_pops(self) -> u32 {
        match self {
            Atomic::Load => 1,
            Atomic::Cmpxchg | Atomic::Wait => 3,
            _ => 2,
        }
    }

    /// Whether it reads memory.
    pub(crate) fn reads(self) -> bool {
        !matches!(self, Atomic::Store | Atomic::Notify)
    }

    /// Whether it writes memory, if only sometimes.
    pub(crate) fn writes(self) -> bool {
        !matches!(self, Atomic::Load | Atomic::Notify | Atomic::Wait)
    }

    /// The value that takes the place of the old one, if one does.
    pub(crate) fn replacement(self, old: u64, operand: u64, second: u64) -> Option<u64> {
        Some(match self {
            Atomic::Store | Atomic::Xchg => operand,
            Atomic::Add => old.wrapping_add(operand),
            Atomic::Sub => old.wrapping_sub(operand),
            Atomic::And => old & operand,
            Atomic::Or => old | operand,
            Atomic::Xor => old ^ operand,
            Atomic::Cmpxchg if old == operand => second,
            Atomic::Cmpxchg | Atomic::Load | Atomic::Notify | Atomic::Wait => return None,
        })
    }
}
