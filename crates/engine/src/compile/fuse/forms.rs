//! What the fuser knows of each op, by its handler in the loop.

use crate::isa::{OpCode, for_each_op, with_fused};

/// How an op takes part.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Does nothing at run time.
    Nothing,
    Get,
    Set,
    Const,
    Unary,
    /// Counts bits, perhaps at a price for each.
    Count,
    Binary,
    /// May trap.
    TryBinary,
    Load,
    Store,
    FarLoad,
    FarStore,
    /// Moves and constants of vectors.
    VectorGet,
    VectorSet,
    VectorConst,
    /// Makes a number or a vector of so many operands.
    VectorOp(Operands),
    VectorShift,
    VectorLoad,
    GlobalGet,
    GlobalSet,
    Select,
    /// Branches if the condition is, or is not, zero; else goes on.
    Branch,
    BranchCopy,
    Jump,
    JumpCopy,
    Table,
    Call,
    CallIndirect,
    Return,
    /// Accesses to objects of the heap.
    FieldGet,
    FieldSet,
    ElementGet,
    ElementSet,
    Length,
    /// Branches by a reference to the target that follows it; else goes on.
    BranchOn,
    /// Never goes on.
    Stop,
    /// Done out of line, or not known here: wants all operands in place. As the last op of a block
    /// it may go anywhere.
    Other,
}

/// In which of its fields an op names the slots of its operands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Operands {
    B,
    Bc,
    Bcx,
}

macro_rules! kind_of {
    (nop) => {
        Kind::Nothing
    };
    (local_get) => {
        Kind::Get
    };
    (local_set) => {
        Kind::Set
    };
    (const32) => {
        Kind::Const
    };
    (const64) => {
        Kind::Const
    };
    (unary $f:ident) => {
        Kind::Unary
    };
    (binary $f:ident) => {
        Kind::Binary
    };
    (count $f:ident) => {
        Kind::Count
    };
    (try_binary $f:ident) => {
        Kind::TryBinary
    };
    (load $f:ident $n:literal) => {
        Kind::Load
    };
    (store $f:ident $n:literal) => {
        Kind::Store
    };
    (far_load $base:ident $f:ident $n:literal) => {
        Kind::FarLoad
    };
    (far_store $base:ident $f:ident $n:literal) => {
        Kind::FarStore
    };
    (v store_lane 16) => {
        Kind::FarStore
    };
    (v load $f:ident $n:literal) => {
        Kind::VectorLoad
    };
    (v local_get) => {
        Kind::VectorGet
    };
    (v local_set) => {
        Kind::VectorSet
    };
    (v constant) => {
        Kind::VectorConst
    };
    (v test $f:ident) => {
        Kind::VectorOp(Operands::B)
    };
    (v extract $f:ident) => {
        Kind::VectorOp(Operands::B)
    };
    (v unary $f:ident) => {
        Kind::VectorOp(Operands::B)
    };
    (v splat $f:ident) => {
        Kind::VectorOp(Operands::B)
    };
    (v binary $f:ident) => {
        Kind::VectorOp(Operands::Bc)
    };
    (v shift $f:ident) => {
        Kind::VectorShift
    };
    (v replace $f:ident) => {
        Kind::VectorOp(Operands::Bc)
    };
    (v shuffle) => {
        Kind::VectorOp(Operands::Bc)
    };
    (v ternary $f:ident) => {
        Kind::VectorOp(Operands::Bcx)
    };
    (v select) => {
        Kind::VectorOp(Operands::Bcx)
    };
    (global_get) => {
        Kind::GlobalGet
    };
    (global_set) => {
        Kind::GlobalSet
    };
    (select) => {
        Kind::Select
    };
    (br_if) => {
        Kind::Branch
    };
    (if) => {
        Kind::Branch
    };
    (br_if_copy) => {
        Kind::BranchCopy
    };
    (jump) => {
        Kind::Jump
    };
    (br_copy) => {
        Kind::JumpCopy
    };
    (br_table) => {
        Kind::Table
    };
    (call) => {
        Kind::Call
    };
    (rare call_slow) => {
        Kind::Call
    };
    (rare call_ref) => {
        Kind::Call
    };
    (call_indirect) => {
        Kind::CallIndirect
    };
    (rare struct_get) => {
        Kind::FieldGet
    };
    (rare struct_set) => {
        Kind::FieldSet
    };
    (rare array_get) => {
        Kind::ElementGet
    };
    (rare array_set) => {
        Kind::ElementSet
    };
    (rare array_len) => {
        Kind::Length
    };
    (rare br_on_null) => {
        Kind::BranchOn
    };
    (rare br_on_non_null) => {
        Kind::BranchOn
    };
    (rare br_on_cast) => {
        Kind::BranchOn
    };
    (rare br_on_cast_fail) => {
        Kind::BranchOn
    };
    (return) => {
        Kind::Return
    };
    (unreachable) => {
        Kind::Stop
    };
    ($($other:tt)*) => {
        Kind::Other
    };
}

/// How an op of the fast stream takes its operands, by the name of its handler.
#[derive(Clone, Copy, PartialEq)]
#[allow(non_camel_case_types)]
pub(super) enum Form {
    /// Of no instruction alone.
    none,
    /// A slot.
    r,
    /// Two slots; a slot and a constant; a constant and a slot.
    rr,
    ri,
    ir,
    try_rr,
    try_ri,
    /// Of two instructions: a slot with what a slot and a constant, or two slots, give.
    pair_ri,
    pair_rr,
    /// A branch if what two slots, or a slot and a constant, give is not zero.
    br_rr,
    br_ri,
    /// The same if it is zero.
    if_rr,
    if_ri,
    /// A branch on a slot to which a constant, or a slot, is added before.
    inc_rr,
    inc_ri,
    step_rr,
    /// Accesses; see the table.
    load_r,
    load_x,
    load_a,
    load_k,
    store_r,
    store_x,
    store_a,
    store_k,
    store_c,
}

/// What an op of the fast stream stands for.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Meaning {
    pub(super) form: Form,
    /// The instruction; of two the second.
    pub(super) base: OpCode,
    /// Of two instructions the first.
    pub(super) first: Option<OpCode>,
}

macro_rules! meaning_of {
    ($form:ident $base:ident $f:ident $($n:literal)?) => {
        Meaning {
            form: Form::$form,
            base: OpCode::$base,
            first: None,
        }
    };
    ($form:ident $base:ident $g:ident $first:ident $f:ident) => {
        Meaning {
            form: Form::$form,
            base: OpCode::$base,
            first: Some(OpCode::$first),
        }
    };
    ($($other:tt)*) => {
        Meaning {
            form: Form::none,
            base: OpCode::Nop,
            first: None,
        }
    };
}

macro_rules! define_meanings {
    ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
        /// By code: the ops of the fast stream are the first ones.
        static MEANINGS: &[Meaning] = &[$(meaning_of!($($handler)*),)*];
    };
}

with_fused! { define_meanings { } }

const N_FUSED: usize = MEANINGS.len();

/// The codes of the fast stream's ops in the order of their keys.
const BY_KEY: [u16; N_FUSED] = {
    let mut sorted = [0; N_FUSED];
    let mut n = 0;
    while n < N_FUSED {
        let mut place = n;
        while place > 0 && MEANINGS[sorted[place - 1] as usize].key() > MEANINGS[n].key() {
            sorted[place] = sorted[place - 1];
            place -= 1;
        }
        sorted[place] = n as u16;
        n += 1;
    }
    sorted
};

impl Meaning {
    const fn key(self) -> u64 {
        let first = match self.first {
            Some(first) => first as u64 + 1,
            None => 0,
        };
        (self.form as u64) << 32 | (self.base as u64) << 16 | first
    }

    /// The op that stands for it, if there is one.
    fn code(self) -> Option<OpCode> {
        let key = |code: &u16| MEANINGS[usize::from(*code)].key();
        let place = BY_KEY.binary_search_by_key(&self.key(), key).ok()?;
        OpCode::of(BY_KEY[place])
    }
}

/// What an op of the fast stream stands for; `None` if it is one of the step stream too, or stands
/// for no instruction alone.
pub(super) fn meaning(code: OpCode) -> Option<Meaning> {
    let meaning = MEANINGS.get(code as usize)?;
    (meaning.form != Form::none).then_some(*meaning)
}

/// The op for a form of an instruction, if there is one.
pub(super) fn form(form: Form, base: OpCode) -> Option<OpCode> {
    let first = None;
    Meaning { form, base, first }.code()
}

/// The op for two instructions, if there is one.
pub(super) fn pair(form: Form, base: OpCode, first: OpCode) -> Option<OpCode> {
    let first = Some(first);
    Meaning { form, base, first }.code()
}

macro_rules! define_kinds {
    ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
        pub(super) fn kind(code: OpCode) -> Kind {
            match code {
                $(OpCode::$name => kind_of!($($handler)*),)*
            }
        }
    };
}

for_each_op!(define_kinds);
