//! One sentence with the numbers for each trap, from the op and its operands as they stand.

use crate::index::MemAddr;
use crate::isa::{Atomic, Op, OpCode, for_each_op};
use crate::machine::{Machine, Trap, TrapKind};

impl Machine {
    /// The trap at the thread's position.
    #[cold]
    pub(crate) fn explain_trap(&self, kind: TrapKind) -> Trap {
        let op = self.code.op(self.thread.pc);
        let name = op.code.mnemonic();
        let operand = |n: usize| self.thread.stack[self.thread.fp as usize + usize::from(op.a) + n];
        let thrown = match kind {
            TrapKind::UncaughtException => self.thrown(),
            _ => None,
        };
        let detail = match kind {
            TrapKind::Unreachable | TrapKind::HostFunction | TrapKind::NullExceptionReference => {
                String::new()
            }
            TrapKind::UncaughtException => {
                let text = thrown.as_ref().map(|thrown| self.exception_text(thrown));
                let text = text.unwrap_or_default();
                format!("{name} of {text}, {}", self.nobody_catches())
            }
            TrapKind::MemoryOutOfBounds | TrapKind::TableOutOfBounds
                if op.code.group() == "aggregate" =>
            {
                self.explain_segment(op, name, &operand)
            }
            TrapKind::MemoryOutOfBounds => self.explain_memory(op, name, &operand),
            TrapKind::TableOutOfBounds => self.explain_table(op, name, &operand),
            TrapKind::IntegerDivideByZero => {
                let dividend = number(operand(0), op.code);
                format!("{name} of {dividend} by 0")
            }
            TrapKind::IntegerOverflow => match name.contains("div") {
                true => {
                    let (a, b) = (number(operand(0), op.code), number(operand(1), op.code));
                    format!("{name} of {a} by {b} does not fit {}", &name[..3])
                }
                false => format!(
                    "{name} of {} does not fit {}",
                    float(operand(0), name),
                    &name[..3]
                ),
            },
            TrapKind::InvalidConversionToInteger => format!("{name} of NaN"),
            TrapKind::UninitializedElement
            | TrapKind::UndefinedElement
            | TrapKind::IndirectCallTypeMismatch => self.explain_indirect(op, kind, &operand),
            TrapKind::UnalignedAtomic => {
                let (_, address) = self.access_place(op);
                let n_bytes = access(op.code).map_or(1, |access| access.n_bytes);
                let at = hex(address);
                format!("{name} at {at} wants an address that is a multiple of {n_bytes}")
            }
            TrapKind::ExpectedSharedMemory => {
                let (memory, _) = self.access_place(op);
                format!(
                    "{name} on {}, which is not shared",
                    self.memory_label(memory)
                )
            }
            TrapKind::EndlessWait => {
                let at = hex(self.access_place(op).1);
                format!("{name} at {at} waits without a time, and no other thread can wake it")
            }
            TrapKind::NullReference
            | TrapKind::NullFunctionReference
            | TrapKind::NullStructureReference
            | TrapKind::NullArrayReference
            | TrapKind::NullI31Reference
            | TrapKind::ArrayOutOfBounds
            | TrapKind::CastFailure => self.explain_reference(op, kind, name, &operand),
            TrapKind::CallStackExhausted => {
                let limit = self.config.stack_slots;
                let n_frames = self.n_frames();
                format!("{n_frames} frames fill the {limit} slots of the call stack")
            }
            TrapKind::HeapExhausted => {
                let (used, limit) = (self.store.heap.used(), self.config.heap_bytes);
                format!("{name} wants more than is left: {used} of {limit} bytes are in use")
            }
        };
        let (func, offset) = match self.current_instruction() {
            Some((func, offset)) => (Some(func), Some(offset)),
            None => (None, None),
        };
        let trap = Trap::new(kind, func, offset, detail);
        match thrown {
            Some(thrown) => trap.with_exception(thrown),
            None => trap,
        }
    }

    fn explain_memory(&self, op: Op, name: &str, operand: &dyn Fn(usize) -> u64) -> String {
        let end = |addr: u32| {
            let memory = &self.store.memories[addr as usize];
            let n_bytes = memory.bytes.len() as u64;
            let n_units = memory.n_pages();
            let unit = match memory.page_size_log2 {
                16 => "page",
                _ => "byte",
            };
            let plural = if n_units == 1 { "" } else { "s" };
            let which = self.memory_label(MemAddr(addr));
            format!(
                "{which} ends at {} ({n_units} {unit}{plural})",
                hex(n_bytes.into())
            )
        };
        if let Some(Access {
            n_bytes,
            reads,
            writes,
        }) = access(op.code)
        {
            let (memory, address) = self.place_of_access(op, operand(0));
            let verb = match (reads, writes) {
                (true, false) => "reads",
                (false, true) => "writes",
                (true, true) => "changes",
                (false, false) => "looks at",
            };
            let plural = if n_bytes == 1 { "" } else { "s" };
            let end = end(memory.0);
            return format!(
                "{name} {verb} {n_bytes} byte{plural} at {}, {end}",
                hex(address)
            );
        }
        let (to, from, n) = (operand(0), operand(1), operand(2));
        let fits = |start: u64, len: usize| u128::from(start) + u128::from(n) <= len as u128;
        let plural = if n == 1 { "" } else { "s" };
        match op.code {
            OpCode::MemoryCopy if !fits(from, self.store.memories[op.y as usize].bytes.len()) => {
                let at = hex(from.into());
                format!("{name} reads {n} byte{plural} at {at}, {}", end(op.y))
            }
            OpCode::MemoryInit if !fits(from, self.store.data[op.y as usize].len()) => {
                let len = self.store.data[op.y as usize].len();
                format!(
                    "{name} reads {n} byte{plural} from byte {from} on, the data segment has {len}"
                )
            }
            _ => {
                let at = hex(to.into());
                format!("{name} writes {n} byte{plural} at {at}, {}", end(op.x))
            }
        }
    }

    /// Which memory it is, where the running instance has several.
    fn memory_label(&self, memory: MemAddr) -> String {
        let memories = match self.store.instances.get(self.thread.instance as usize) {
            Some(instance) => &instance.memories[..],
            None => &[],
        };
        match memories.iter().position(|known| *known == memory) {
            Some(idx) if memories.len() > 1 => format!("memory {idx}"),
            _ => String::from("memory"),
        }
    }

    /// The memory that a load or store accesses, and where; the sum may need 65 bits.
    pub(crate) fn place_of_access(&self, op: Op, address: u64) -> (MemAddr, u128) {
        match op.code.is_near_access() {
            true => {
                let place = u128::from(address) + u128::from(op.x);
                (MemAddr(self.thread.memory), place)
            }
            false => self.access_place(op),
        }
    }

    fn explain_table(&self, op: Op, name: &str, operand: &dyn Fn(usize) -> u64) -> String {
        let n_elements = self.store.tables[op.x as usize].elements.len();
        let size = format!("the table has {n_elements}");
        let (to, from, n) = (operand(0), operand(1), operand(2));
        match op.code {
            OpCode::TableGet | OpCode::TableSet => format!("{name} of element {to}, {size}"),
            OpCode::TableFill => format!("{name} of {n} elements from {to}, {size}"),
            OpCode::TableCopy => {
                let n_from = self.store.tables[op.y as usize].elements.len();
                format!("{name} of {n} elements from {from} (of {n_from}) to {to}, {size}")
            }
            _ => {
                let n_from = self.store.elements[op.y as usize].len();
                format!("{name} of {n} elements from {from} (of {n_from}) to {to}, {size}")
            }
        }
    }

    fn explain_indirect(&self, op: Op, kind: TrapKind, operand: &dyn Fn(usize) -> u64) -> String {
        let index = operand(usize::from(op.c));
        let table = &self.store.tables[op.y as usize];
        match kind {
            TrapKind::UninitializedElement => format!("element {index} of the table is null"),
            TrapKind::UndefinedElement => {
                format!(
                    "element {index} is asked for, the table has {}",
                    table.elements.len()
                )
            }
            _ => {
                let wanted = self.store.types.func(op.x);
                let func = table.get(index).map_or(0, |slot| slot.saturating_sub(1));
                let given = self.store.func_type(crate::index::FuncAddr(func as u32));
                format!("the call wants {wanted}, element {index} of the table is {given}")
            }
        }
    }
}

/// What an instruction does at its address.
pub(crate) struct Access {
    pub(crate) n_bytes: u32,
    pub(crate) reads: bool,
    pub(crate) writes: bool,
}

macro_rules! access_row {
    (load $f:ident $n:literal) => {
        Access::load($n)
    };
    (store $f:ident $n:literal) => {
        Access::store($n)
    };
    (far_load $base:ident $f:ident $n:literal) => {
        Access::load($n)
    };
    (far_store $base:ident $f:ident $n:literal) => {
        Access::store($n)
    };
    (v load $f:ident $n:literal) => {
        Access::load($n)
    };
    (v load_lane $n:literal) => {
        Access::load($n)
    };
    (v store_lane $n:literal) => {
        Access::store($n)
    };
    (atomic $kind:ident $n:literal) => {
        Some(Access {
            n_bytes: $n,
            reads: Atomic::$kind.reads(),
            writes: Atomic::$kind.writes(),
        })
    };
    ($($handler:tt)*) => {
        None
    };
}

macro_rules! define_access {
    ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
        /// The access of a load, a store or an atomic instruction.
        pub(crate) fn access(code: OpCode) -> Option<Access> {
            match code {
                $(OpCode::$name => access_row!($($handler)*),)*
            }
        }
    };
}

for_each_op!(define_access);

impl Access {
    fn load(n_bytes: u32) -> Option<Access> {
        Some(Access {
            n_bytes,
            reads: true,
            writes: false,
        })
    }

    fn store(n_bytes: u32) -> Option<Access> {
        Some(Access {
            n_bytes,
            reads: false,
            writes: true,
        })
    }
}

/// `0x1_0004`: digits in groups of four.
fn hex(value: u128) -> String {
    let digits = format!("{value:x}");
    let mut text = String::from("0x");
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 4 == 0 {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

fn number(slot: u64, code: OpCode) -> String {
    let name = code.mnemonic();
    match (name.starts_with("i32"), name.ends_with("_u")) {
        (true, true) => (slot as u32).to_string(),
        (true, false) => (slot as i32).to_string(),
        (false, true) => slot.to_string(),
        (false, false) => (slot as i64).to_string(),
    }
}

fn float(slot: u64, name: &str) -> String {
    match name.contains("f32") {
        true => format!("{:?}", f32::from_bits(slot as u32)),
        false => format!("{:?}", f64::from_bits(slot)),
    }
}
