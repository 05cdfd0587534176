//! What the fuser knows of each op, by its handler in the loop.

use crate::isa::{OpCode, for_each_op};

/// How an op takes part.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Does nothing at run time.
    Nothing,
    Get,
    Set,
    Const,
    Unary,
    Binary,
    Load,
    Store,
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
    /// Never goes on.
    Stop,
    /// Done out of line, or not known here: wants all operands in place. As the last op of a block
    /// it may go anywhere.
    Other,
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
    (load $f:ident $n:literal) => {
        Kind::Load
    };
    (store $f:ident $n:literal) => {
        Kind::Store
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
    (call_indirect) => {
        Kind::CallIndirect
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

/// `return` the op, if a row's handler is of the form asked for and has the base.
macro_rules! form_row {
    (R $code:ident $name:ident [r $base:ident $f:ident]) => {
        form_row!(@found $code $name $base)
    };
    (RR $code:ident $name:ident [rr $base:ident $f:ident]) => {
        form_row!(@found $code $name $base)
    };
    (RI $code:ident $name:ident [ri $base:ident $f:ident]) => {
        form_row!(@found $code $name $base)
    };
    (BrRR $code:ident $name:ident [br_rr $base:ident $f:ident]) => {
        form_row!(@found $code $name $base)
    };
    (BrRI $code:ident $name:ident [br_ri $base:ident $f:ident]) => {
        form_row!(@found $code $name $base)
    };
    (IfRR $code:ident $name:ident [if_rr $base:ident $f:ident]) => {
        form_row!(@found $code $name $base)
    };
    (IfRI $code:ident $name:ident [if_ri $base:ident $f:ident]) => {
        form_row!(@found $code $name $base)
    };
    (LoadR $code:ident $name:ident [load_r $base:ident $f:ident $n:literal]) => {
        form_row!(@found $code $name $base)
    };
    (StoreR $code:ident $name:ident [store_r $base:ident $f:ident $n:literal]) => {
        form_row!(@found $code $name $base)
    };
    (@found $code:ident $name:ident $base:ident) => {
        if let OpCode::$base = $code {
            return Some(OpCode::$name);
        }
    };
    ($form:ident $code:ident $name:ident [$($other:tt)*]) => {};
}

/// A form of an instruction in the fast stream: operands in slots named by the op (R), an operand
/// in the op itself (I), a branch on the result not being (Br) or being (If) zero.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Form {
    R,
    RR,
    RI,
    BrRR,
    BrRI,
    IfRR,
    IfRI,
    LoadR,
    StoreR,
}

macro_rules! define_forms {
    ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
        pub(super) fn kind(code: OpCode) -> Kind {
            match code {
                $(OpCode::$name => kind_of!($($handler)*),)*
            }
        }

        /// The op for a form of an instruction, if there is one.
        pub(super) fn form(form: Form, code: OpCode) -> Option<OpCode> {
            match form {
                Form::R => { $(form_row!(R code $name [$($handler)*]);)* }
                Form::RR => { $(form_row!(RR code $name [$($handler)*]);)* }
                Form::RI => { $(form_row!(RI code $name [$($handler)*]);)* }
                Form::BrRR => { $(form_row!(BrRR code $name [$($handler)*]);)* }
                Form::BrRI => { $(form_row!(BrRI code $name [$($handler)*]);)* }
                Form::IfRR => { $(form_row!(IfRR code $name [$($handler)*]);)* }
                Form::IfRI => { $(form_row!(IfRI code $name [$($handler)*]);)* }
                Form::LoadR => { $(form_row!(LoadR code $name [$($handler)*]);)* }
                Form::StoreR => { $(form_row!(StoreR code $name [$($handler)*]);)* }
            }
            None
        }
    };
}

for_each_op!(define_forms);
