//! From validated instructions to ops, one for each.
//!
//! * The operand height is known at every instruction, so operand `h` of a frame is slot
//!   `n_local_slots + 1 + h`; ops name the lowest slot they touch and there is no stack pointer.
//!   In a function with vectors, which take two slots, the places follow from the types below.
//! * A *metered block* is a run of instructions that execute together. It starts with a meter op.
//!   Blocks end after every branch and call, and before every place a branch can go to.
//! * The end of a block is a delimiter without an op; the end of the function is an op, and
//!   branches to the function's own label go to it. A branch to a loop goes to the instruction
//!   after `loop`, whose op runs once, on entry.
//! * Code that cannot be reached is validated but gives no ops.

mod aggregate;
mod branch;
mod emit;
mod exceptions;
mod slots;
mod vector;

use wasmparser::{
    BlockType, FuncValidatorAllocations, MemArg, MemArgTarget, Operator, OperatorsReader,
};

use crate::compile::code::Code;
use crate::index::FuncAddr;
use crate::isa::{Atomic, Op, OpCode, for_each_op};
use crate::machine::{Instance, Machine, NO_ENTRY, Store};
use crate::types::{AddressType, ValType, width_of};
use slots::{OperandSlots, local_slots};

/// Longest metered block; chosen so that its sum of costs fits 32 bits and that the cold paths
/// that walk a block stay short.
const MAX_BLOCK_OPS: u32 = 256;

struct Translator<'a> {
    code: &'a mut Code,
    store: &'a Store,
    instance: &'a Instance,
    instance_idx: u32,
    /// Slots of the locals, and of the results.
    n_local_slots: u32,
    n_result_slots: u32,
    results: &'a [ValType],
    /// First slot of each local, in a function with vectors.
    local_slots: Option<Vec<u16>>,
    operand_slots: OperandSlots,
    controls: Vec<Control>,
    /// Whether the present instruction can be reached.
    reachable: bool,
    /// Position of the meter of the present block, and the number of instructions in it.
    meter: u32,
    n_block_ops: u32,
    /// Offset of the present instruction and number of operands before it.
    offset: u32,
    height: u32,
}

struct Control {
    kind: ControlKind,
    /// Operands below the block's parameters.
    height: u32,
    n_params: u32,
    n_results: u32,
    /// What goes to the end of the block.
    to_end: Vec<Jump>,
}

/// What goes to a label.
#[derive(Clone, Copy)]
enum Jump {
    /// The op at a position.
    Op(u32),
    /// A clause of a `try_table`, by its number in the handler table.
    Clause(u32),
}

#[derive(Clone, Copy, PartialEq)]
enum ControlKind {
    Func,
    Block,
    /// Its branches go to this meter.
    Loop {
        start: u32,
    },
    /// The position of the `if`, whose false edge is open.
    If {
        at: u32,
    },
    Else,
    /// Its number in the handler table.
    TryTable {
        table: u32,
    },
    /// A block in code that cannot be reached.
    Dead,
}

impl Machine {
    /// Translates a function of an instance if that has not been done, and gives its entry.
    #[cold]
    pub(crate) fn translate(&mut self, func: FuncAddr) -> u32 {
        let decl = &mut self.store.funcs[func.index()];
        if decl.entry != NO_ENTRY {
            return decl.entry;
        }
        let entry = self.code.ops.len() as u32;
        decl.entry = entry;
        let (instance_idx, idx, n_local_slots) = (decl.instance, decl.idx, decl.n_local_slots);
        self.code.starts.push((entry, func.0));
        let instance = &self.store.instances[instance_idx as usize];
        let module = instance.module.clone();
        let ty = module.func_type(idx);
        let decl = &module.data().funcs[idx.index()];
        let mut translator = Translator {
            code: &mut self.code,
            store: &self.store,
            instance,
            instance_idx,
            n_local_slots,
            n_result_slots: width_of(&ty.results),
            results: &ty.results,
            local_slots: None,
            operand_slots: OperandSlots::new(decl.is_wide),
            controls: Vec::new(),
            reachable: true,
            meter: entry,
            n_block_ops: 0,
            offset: 0,
            height: 0,
        };
        translator.emit_enter(width_of(&ty.params) as u16, decl.max_operand_slots);
        translator.run(&module, idx);
        self.store.funcs[func.index()].end = self.code.ops.len() as u32;
        self.code.price(entry, self.config.schedule.dynamic());
        self.code.fuse_func(self.code.starts.len() - 1);
        entry
    }
}

macro_rules! simple_row {
    ($operator:ident $name:ident numeric [nop]) => {
        simple_row!(@plain $operator $name 1)
    };
    ($operator:ident $name:ident reference [nop]) => {
        simple_row!(@plain $operator $name 1)
    };
    ($operator:ident $name:ident $group:ident [unary $f:ident]) => {
        simple_row!(@plain $operator $name 1)
    };
    ($operator:ident $name:ident $group:ident [try_unary $f:ident]) => {
        simple_row!(@plain $operator $name 1)
    };
    ($operator:ident $name:ident $group:ident [count $f:ident]) => {
        simple_row!(@plain $operator $name 1)
    };
    ($operator:ident $name:ident $group:ident [binary $f:ident]) => {
        simple_row!(@plain $operator $name 2)
    };
    ($operator:ident $name:ident $group:ident [try_binary $f:ident]) => {
        simple_row!(@plain $operator $name 2)
    };
    ($operator:ident $name:ident $group:ident [load $f:ident $n:literal]) => {
        simple_row!(@memory $operator $name 1)
    };
    ($operator:ident $name:ident $group:ident [store $f:ident $n:literal]) => {
        simple_row!(@memory $operator $name 2)
    };
    ($operator:ident $name:ident $group:ident [atomic $kind:ident $n:literal]) => {
        simple_row!(@memory $operator $name Atomic::$kind.n_pops())
    };
    ($operator:ident $name:ident $group:ident [wide $f:ident $n:literal]) => {
        simple_row!(@plain $operator $name $n)
    };
    ($operator:ident $name:ident $group:ident [$($handler:tt)*]) => {};
    (@plain $operator:ident $name:ident $n_pops:expr) => {
        if let Operator::$name = $operator {
            return Some((OpCode::$name, $n_pops, None));
        }
    };
    (@memory $operator:ident $name:ident $n_pops:expr) => {
        if let Operator::$name { memarg } = $operator {
            return Some((OpCode::$name, $n_pops, Some(memarg)));
        }
    };
}

macro_rules! far_row {
    ($code:ident $name:ident [far_load $base:ident $f:ident $n:literal]) => {
        if let OpCode::$base = $code {
            return OpCode::$name;
        }
    };
    ($code:ident $name:ident [far_store $base:ident $f:ident $n:literal]) => {
        if let OpCode::$base = $code {
            return OpCode::$name;
        }
    };
    ($code:ident $name:ident [atomic $kind:ident $n:literal]) => {
        if let OpCode::$name = $code {
            return OpCode::$name;
        }
    };
    ($code:ident $name:ident [$($handler:tt)*]) => {};
}

macro_rules! define_simple {
    ($($name:ident $mnemonic:literal $group:ident $proposal:ident [$($handler:tt)*] $effect:literal $doc:literal;)*) => {
        /// The instructions whose op follows from the table alone: code, number of operands, place
        /// in memory.
        fn simple<'a>(operator: &'a Operator<'_>) -> Option<(OpCode, u32, Option<&'a MemArg>)> {
            $(simple_row!(operator $name $group [$($handler)*]);)*
            None
        }

        /// The op of an access to memory that is out of line.
        fn far(code: OpCode) -> OpCode {
            $(far_row!(code $name [$($handler)*]);)*
            unreachable!("{} is no access to memory", code.mnemonic())
        }
    };
}

for_each_op!(define_simple);

impl Translator<'_> {
    fn run(&mut self, module: &crate::module::Module, idx: crate::index::FuncIdx) {
        const VALIDATED: &str = "the module was validated when it was read";
        let (body, to_validate) = module.body(idx);
        let mut validator = to_validate.into_validator(FuncValidatorAllocations::default());
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader).expect(VALIDATED);
        if self.operand_slots.is_wide() {
            self.local_slots = Some(local_slots(&validator));
        }
        self.controls.push(Control {
            kind: ControlKind::Func,
            height: 0,
            n_params: 0,
            n_results: module.func_type(idx).results.len() as u32,
            to_end: Vec::new(),
        });
        let mut operators = OperatorsReader::new(reader);
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset().expect(VALIDATED);
            self.offset = offset as u32;
            self.height = validator.operand_stack_height();
            self.operand_slots.update(&validator);
            self.visit(&operator);
            validator.op(offset, &operator).expect(VALIDATED);
        }
    }

    fn visit(&mut self, operator: &Operator<'_>) {
        match operator {
            Operator::Block { blockty } | Operator::Loop { blockty } | Operator::If { blockty } => {
                self.visit_open(operator, *blockty);
            }
            Operator::TryTable { try_table } => self.visit_open(operator, try_table.ty),
            Operator::Else => self.visit_else(),
            Operator::End => self.visit_end(),
            _ if !self.reachable => {}
            _ => self.visit_reachable(operator),
        }
    }

    fn visit_reachable(&mut self, operator: &Operator<'_>) {
        if let Some((code, n_pops, memarg)) = simple(operator) {
            match memarg {
                None => self.emit_at(code, n_pops, 0, 0),
                Some(memarg) if code.is_near_access() && self.is_near(memarg) => {
                    self.emit_at(code, n_pops, memarg.offset as u32, 0);
                }
                // The slot of the address of a load, of the value of a store.
                Some(memarg) => {
                    let c = self.top(1);
                    self.emit_access(far(code), n_pops, memarg, c);
                }
            }
            return;
        }
        match *operator {
            Operator::Unreachable => {
                self.emit(Op::new(OpCode::Unreachable));
                self.reachable = false;
            }
            Operator::Nop => self.emit(Op::new(OpCode::Nop)),
            Operator::AtomicFence { .. } => self.emit(Op::new(OpCode::AtomicFence)),
            Operator::Drop => self.emit(Op {
                a: self.top(1),
                ..Op::new(OpCode::Drop)
            }),
            Operator::Select | Operator::TypedSelect { .. } => {
                let [a, c, condition] = [3, 2, 1].map(|n| self.top(n));
                self.emit(Op {
                    a,
                    b: a,
                    c,
                    x: condition.into(),
                    ..Op::new(self.by_width(OpCode::Select, (condition - c).into()))
                });
            }
            Operator::Br { relative_depth } => self.visit_br(relative_depth),
            Operator::BrIf { relative_depth } => self.visit_br_if(relative_depth),
            Operator::BrTable { ref targets } => self.visit_br_table(targets),
            Operator::Return => {
                self.emit_return(OpCode::Return, self.controls[0].n_results);
                self.reachable = false;
            }
            Operator::Call { function_index } => {
                let func = self.instance.funcs[function_index as usize];
                self.visit_call(func);
            }
            Operator::CallIndirect {
                type_index,
                table_index,
            } => {
                let code = match self.instance.module.data().tables[table_index as usize]
                    .ty
                    .address
                {
                    AddressType::I32 => OpCode::CallIndirect,
                    AddressType::I64 => OpCode::CallIndirectFar,
                };
                let op = self.indirect(code, type_index, table_index);
                self.emit(Op {
                    b: self.top(1),
                    ..op
                });
                self.start_block();
            }
            Operator::ReturnCall { function_index } => {
                let func = self.instance.funcs[function_index as usize];
                let params = &self.store.func_type(func).params;
                self.emit(Op {
                    a: self.top(params.len() as u32),
                    b: self.n_local_slots as u16,
                    c: width_of(params) as u16,
                    x: func.0,
                    ..Op::new(OpCode::ReturnCall)
                });
                self.reachable = false;
            }
            Operator::ReturnCallIndirect {
                type_index,
                table_index,
            } => {
                let op = self.indirect(OpCode::ReturnCallIndirect, type_index, table_index);
                self.emit(Op {
                    b: self.n_local_slots as u16,
                    ..op
                });
                self.reachable = false;
            }
            Operator::LocalGet { local_index } => self.emit_local(OpCode::LocalGet, 0, local_index),
            Operator::LocalSet { local_index } => self.emit_local(OpCode::LocalSet, 1, local_index),
            Operator::LocalTee { local_index } => self.emit_local(OpCode::LocalTee, 1, local_index),
            Operator::GlobalGet { global_index } => {
                self.emit_global(OpCode::GlobalGet, 0, global_index);
            }
            Operator::GlobalSet { global_index } => {
                self.emit_global(OpCode::GlobalSet, 1, global_index);
            }
            Operator::I32Const { value } => self.emit_at(OpCode::I32Const, 0, value as u32, 0),
            Operator::F32Const { value } => self.emit_at(OpCode::F32Const, 0, value.bits(), 0),
            Operator::I64Const { value } => self.emit_const64(OpCode::I64Const, value as u64),
            Operator::F64Const { value } => self.emit_const64(OpCode::F64Const, value.bits()),
            Operator::RefNull { .. } => self.emit_at(OpCode::RefNull, 0, 0, 0),
            Operator::RefFunc { function_index } => {
                let func = self.instance.funcs[function_index as usize];
                self.emit_const64(OpCode::RefFunc, u64::from(func.0) + 1);
            }
            Operator::Throw { tag_index } => self.visit_throw(tag_index),
            Operator::ThrowRef => self.visit_throw_ref(),
            _ if self.visit_vector(operator) => {}
            _ => self.visit_bulk(operator),
        }
    }

    fn visit_bulk(&mut self, operator: &Operator<'_>) {
        let memory = |idx: u32| self.instance.memories[idx as usize].0;
        let table = |idx: u32| self.instance.tables[idx as usize].0;
        let data = |idx: u32| self.instance.first_data + idx;
        let element = |idx: u32| self.instance.first_element + idx;
        let (code, n_pops, x, y) = match *operator {
            Operator::MemorySize { mem } => (OpCode::MemorySize, 0, memory(mem), 0),
            Operator::MemoryGrow { mem } => (OpCode::MemoryGrow, 1, memory(mem), 0),
            Operator::MemoryFill { mem } => (OpCode::MemoryFill, 3, memory(mem), 0),
            Operator::MemoryCopy { dst_mem, src_mem } => {
                (OpCode::MemoryCopy, 3, memory(dst_mem), memory(src_mem))
            }
            Operator::MemoryInit { data_index, mem } => {
                (OpCode::MemoryInit, 3, memory(mem), data(data_index))
            }
            Operator::DataDrop { data_index } => (OpCode::DataDrop, 0, 0, data(data_index)),
            Operator::TableGet { table: idx } => (OpCode::TableGet, 1, table(idx), 0),
            Operator::TableSet { table: idx } => (OpCode::TableSet, 2, table(idx), 0),
            Operator::TableSize { table: idx } => (OpCode::TableSize, 0, table(idx), 0),
            Operator::TableGrow { table: idx } => (OpCode::TableGrow, 2, table(idx), 0),
            Operator::TableFill { table: idx } => (OpCode::TableFill, 3, table(idx), 0),
            Operator::TableCopy {
                dst_table,
                src_table,
            } => (OpCode::TableCopy, 3, table(dst_table), table(src_table)),
            Operator::TableInit {
                elem_index,
                table: idx,
            } => (OpCode::TableInit, 3, table(idx), element(elem_index)),
            Operator::ElemDrop { elem_index } => (OpCode::ElemDrop, 0, 0, element(elem_index)),
            _ => return self.visit_aggregate(operator),
        };
        self.emit_at(code, n_pops, x, y);
    }

    /// Whether the loop itself can do an access: it has the first memory at hand.
    fn is_near(&self, memarg: &MemArg) -> bool {
        let idx = memory_of(memarg);
        let memory = &self.instance.module.memory_types()[idx as usize];
        idx == 0 && memory.address == AddressType::I32
    }

    fn visit_open(&mut self, operator: &Operator<'_>, ty: BlockType) {
        let (n_params, n_results) = match ty {
            BlockType::Empty => (0, 0),
            BlockType::Type(_) => (0, 1),
            BlockType::FuncType(idx) => {
                let ty = self.instance.module.data().func_type(idx);
                (ty.params.len() as u32, ty.results.len() as u32)
            }
        };
        let (mut kind, mut height) = (ControlKind::Dead, 0);
        if self.reachable {
            height = self.height - n_params;
            kind = match operator {
                Operator::Block { .. } => {
                    self.emit(Op::new(OpCode::Block));
                    ControlKind::Block
                }
                Operator::TryTable { try_table } => self.emit_try_table(&try_table.catches),
                Operator::Loop { .. } => {
                    self.emit(Op::new(OpCode::Loop));
                    ControlKind::Loop {
                        start: self.start_block(),
                    }
                }
                _ => {
                    height -= 1;
                    self.emit(Op {
                        a: self.top(1),
                        ..Op::new(OpCode::If)
                    });
                    let at = self.last();
                    self.start_block();
                    ControlKind::If { at }
                }
            };
        }
        self.controls.push(Control {
            kind,
            height,
            n_params,
            n_results,
            to_end: Vec::new(),
        });
    }

    fn visit_else(&mut self) {
        let Some(mut control) = self.controls.pop() else {
            unreachable!("`else` is in an `if`")
        };
        if let ControlKind::If { at } = control.kind {
            if self.reachable {
                self.emit(Op {
                    b: self.top(0),
                    ..Op::new(OpCode::Else)
                });
                control.to_end.push(Jump::Op(self.last()));
            }
            self.reachable = true;
            let target = self.start_block();
            self.bind(Jump::Op(at), target);
            control.kind = ControlKind::Else;
        }
        self.operand_slots.changed_from(control.height);
        self.controls.push(control);
    }

    fn visit_end(&mut self) {
        let Some(control) = self.controls.pop() else {
            unreachable!("`end` ends something")
        };
        self.operand_slots.changed_from(control.height);
        let mut to_end = control.to_end;
        if let ControlKind::If { at } = control.kind {
            to_end.push(Jump::Op(at));
        }
        if let ControlKind::TryTable { table } = control.kind {
            self.code.handlers.close(table, self.code.ops.len() as u32);
        }
        if !to_end.is_empty() {
            self.reachable = true;
            let target = self.start_block();
            for from in to_end {
                self.bind(from, target);
            }
        }
        if control.kind == ControlKind::Func && self.reachable {
            // Where the end is reached by branches alone, validation does not know the operands
            // any more; the results are all there is.
            self.height = control.n_results;
            self.operand_slots.set(self.results);
            self.emit_return(OpCode::End, control.n_results);
        }
    }
}

/// Index of the memory that a load or store accesses.
fn memory_of(memarg: &MemArg) -> u32 {
    match memarg.target {
        MemArgTarget::Memory(idx) => idx,
        MemArgTarget::Array(_) => unreachable!("validation refuses loads from arrays"),
    }
}
