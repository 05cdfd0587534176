//! The op: 16 bytes that the loop executes, and its code.

use crate::isa::for_each_op;

macro_rules! is_near_row {
    (load $($rest:tt)*) => {
        true
    };
    (store $($rest:tt)*) => {
        true
    };
    ($($other:tt)*) => {
        false
    };
}

macro_rules! doc_of {
    (pseudo $doc:literal) => {
        ""
    };
    ($group:ident $doc:literal) => {
        $doc
    };
}

macro_rules! define_opcode {
    ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
        /// What an op does. One instruction of the source may have several (`br` with and without
        /// values); the mnemonic tells which instruction it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub(crate) enum OpCode {
            $(#[doc = $doc] $name,)*
        }

        impl OpCode {
            /// The last one's code, plus one.
            pub(crate) const COUNT: usize = [$(OpCode::$name,)*].len();

            /// The code of a number; a comparison for the compiler, where a table of all would be
            /// thousands of bytes of the core.
            pub(crate) fn of(number: u16) -> Option<OpCode> {
                match number {
                    $(number::$name => Some(OpCode::$name),)*
                    _ => None,
                }
            }

            /// Whether it accesses the first memory, with the offset in `x` alone.
            pub(crate) fn is_near_access(self) -> bool {
                match self { $(OpCode::$name => is_near_row!($($handler)*),)* }
            }
        }

        /// The numbers of the codes, as patterns.
        #[allow(non_upper_case_globals)]
        mod number {
            $(pub(super) const $name: u16 = super::OpCode::$name as u16;)*
        }

        /// The texts of all rows: a line for each, columns between tabs. One text with the place of
        /// each line, because a table of references is many times as large, and the core with it.
        const TEXTS: &str = concat!($(
            $mnemonic, "\t", $effect, "\t", stringify!($group), "\t", stringify!($proposal), "\t",
            doc_of!($group $doc), "\n",
        )*);
    };
}

for_each_op!(define_opcode);

/// Where the line of every sixteenth row starts; those between are found by their ends.
const EVERY: usize = 16;
static STARTS: [u32; OpCode::COUNT.div_ceil(EVERY)] = starts();

const fn starts() -> [u32; OpCode::COUNT.div_ceil(EVERY)] {
    let mut starts = [0; OpCode::COUNT.div_ceil(EVERY)];
    let (mut at, mut row) = (0, 1);
    while row < OpCode::COUNT {
        if TEXTS.as_bytes()[at] == b'\n' {
            if row % EVERY == 0 {
                starts[row / EVERY] = at as u32 + 1;
            }
            row += 1;
        }
        at += 1;
    }
    starts
}

/// A row of the table with its texts.
pub(crate) struct Row {
    pub(crate) code: OpCode,
    /// Name in the text format.
    pub(crate) mnemonic: &'static str,
    /// Stack effect as `pops -> pushes`.
    pub(crate) effect: &'static str,
    /// Group in the specification.
    pub(crate) group: &'static str,
    /// Proposal that brought the instruction; `mvp` for WebAssembly 1.0.
    pub(crate) proposal: &'static str,
    /// Meaning in one line; nothing for what is no instruction.
    pub(crate) doc: &'static str,
}

impl Row {
    fn new(code: OpCode, line: &'static str) -> Row {
        let mut columns = line.split('\t');
        let mut column = || columns.next().unwrap_or_default();
        Row {
            code,
            mnemonic: column(),
            effect: column(),
            group: column(),
            proposal: column(),
            doc: column(),
        }
    }
}

impl OpCode {
    /// All of them, in the order of the table.
    pub(crate) fn all() -> impl Iterator<Item = OpCode> {
        (0..OpCode::COUNT as u16).filter_map(OpCode::of)
    }

    /// All rows in order, in one pass over their texts: finding each line by itself takes many
    /// times as long.
    pub(crate) fn rows() -> impl Iterator<Item = Row> {
        (OpCode::all().zip(TEXTS.lines())).map(|(code, line)| Row::new(code, line))
    }

    fn row(self) -> Row {
        let number = self as usize;
        let near = &TEXTS[STARTS[number / EVERY] as usize..];
        let line = near.lines().nth(number % EVERY).unwrap_or_default();
        Row::new(self, line)
    }

    /// Name in the text format.
    pub(crate) fn mnemonic(self) -> &'static str {
        self.row().mnemonic
    }

    /// Whether it calls a function in place of the present one.
    pub(crate) fn is_tail_call(self) -> bool {
        use OpCode::*;
        matches!(self, ReturnCall | ReturnCallIndirect | ReturnCallRef)
    }

    /// Whether it calls a function that comes back.
    pub(crate) fn is_call(self) -> bool {
        use OpCode::*;
        matches!(
            self,
            Call | CallSlow | CallIndirect | CallIndirectFar | CallRef
        )
    }

    /// Whether it never goes on to what follows it. What a table of targets belongs to ends with
    /// the last of them.
    pub(crate) fn goes_elsewhere(self) -> bool {
        use OpCode::*;
        let jumps = matches!(
            self,
            Else | Br | BrCopy | BrTarget | Return | Throw | ThrowRef | Unreachable
        );
        jumps || self.is_tail_call()
    }

    /// Stack effect as `pops -> pushes`.
    pub(crate) fn effect(self) -> &'static str {
        self.row().effect
    }

    /// Group in the specification.
    pub(crate) fn group(self) -> &'static str {
        self.row().group
    }
}

/// One op of the step stream.
///
/// `a`, `b` and `c` are slots of the frame or counts, `x` and `y` immediates: offsets, targets
/// (relative, in ops), addresses in the store, costs. What each handler reads is written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Op {
    pub(crate) code: OpCode,
    pub(crate) a: u16,
    pub(crate) b: u16,
    pub(crate) c: u16,
    pub(crate) x: u32,
    pub(crate) y: u32,
}

const _: () = assert!(size_of::<Op>() == 16);

impl Op {
    pub(crate) fn new(code: OpCode) -> Op {
        Op {
            code,
            a: 0,
            b: 0,
            c: 0,
            x: 0,
            y: 0,
        }
    }

    /// Whether the op is no instruction: it takes no tick, and no breakpoint can stand on it.
    pub(crate) fn is_pseudo(&self) -> bool {
        matches!(
            self.code,
            OpCode::Meter | OpCode::Enter | OpCode::BrTarget | OpCode::Halt
        )
    }

    /// Whether the op pays for a block.
    pub(crate) fn is_meter(&self) -> bool {
        matches!(self.code, OpCode::Meter | OpCode::Enter)
    }

    /// The immediate of a branch on a comparison: 32 bits in `a` and `c`, sign-extended.
    pub(crate) fn narrow_immediate(&self) -> u64 {
        i64::from((u32::from(self.a) | u32::from(self.c) << 16) as i32) as u64
    }

    /// Whether a path of the fast stream starts at this meter of the step stream. In a meter, `c`
    /// tells; each function's entry starts one.
    pub(crate) fn starts_path(&self) -> bool {
        self.code == OpCode::Enter || self.c != 0
    }

    /// Notes that a path of the fast stream starts at this meter.
    pub(crate) fn start_path(&mut self) {
        if self.code == OpCode::Meter {
            self.c = 1;
        }
    }

    /// The 64-bit immediate in `x` and `y`.
    pub(crate) fn imm64(&self) -> u64 {
        u64::from(self.x) | u64::from(self.y) << 32
    }
}
