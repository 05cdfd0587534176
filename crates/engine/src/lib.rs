//! Waspnest's machine: it runs WebAssembly, stops anywhere, and counts every instruction.
//!
//! A [`Module`] is decoded and validated once. A [`Machine`] holds instances of modules and one
//! thread of execution; [`Machine::run`] runs it for a number of ticks and says why it stopped.
//! The machine never calls out: a host function is a stop that the embedder answers, so an answer
//! may take its time. It has no clock, no randomness and no threads; the same inputs give the
//! same run on every machine.
//!
//! Gas is what a program pays by a [`Schedule`]; ticks count the instructions it ran. Both are
//! exact at every stop.
//!
//! ```
//! use waspnest::{Config, Machine, Module, Stop, Until, Value, Extern};
//!
//! let wasm = wat::parse_str(
//!     "(module (func (export \"add\") (param i32 i32) (result i32)
//!        local.get 0 local.get 1 i32.add))").unwrap();
//! let mut machine = Machine::new(Config::default());
//! let instance = machine.instantiate(&Module::new(wasm)?, &[])?;
//! let Some(Extern::Func(add)) = machine.export(instance, "add") else { panic!("no export") };
//! machine.begin(add, &[Value::I32(2), Value::I32(40)])?;
//! assert_eq!(machine.run(1_000, &Until::Finished), Stop::Finished(vec![Value::I32(42)]));
//! assert_eq!(machine.gas_used().0, 3);
//! # Ok::<(), waspnest::Error>(())
//! ```
//!
//! Rooms: `module` (what is read), `isa` (the table of instructions), `compile` (instructions to
//! ops), `machine` (store and thread), `exec` (the loop), `ops` (what instructions compute),
//! `debug` (what people look at), `gas` (prices).

#![warn(missing_docs, clippy::missing_errors_doc, clippy::missing_panics_doc)]

mod compile;
mod debug;
mod error;
mod exec;
mod gas;
mod hash;
mod index;
mod isa;
mod machine;
mod module;
mod ops;
mod shape;
mod sorted;
mod types;
mod value;

pub use debug::{
    AccessKind, Catch, Control, Effect, EffectShapes, Frame, FrameLook, Holder, Label, LabelKind,
    MemoryAccess, NextInstruction, NotedCall, ObjectAccess, ObjectCount, ObjectPart, ObjectTally,
    Shapes, TraceLine, TypedValue,
};
pub use error::{Error, ErrorKind};
pub use gas::{DynamicCosts, Gas, MAX_COST, OutOfGas, Schedule, ScheduleError};
pub use index::{
    FuncAddr, FuncIdx, GlobalAddr, InstanceIdx, MemAddr, ObjectAddr, TableAddr, TagAddr, WasmOffset,
};
pub use isa::{InstructionInfo, reference};
pub use machine::{
    ClauseKind, Config, Exception, Extern, Handler, HeapUse, HostCall, MEMORY_PAGES, Machine,
    ModuleTypes, NoMemory, ObjectKind, PAGE_SIZE, Room, Status, Stop, Trap, TrapKind, Until,
};
pub use module::{CustomSection, Edition, ExportInfo, ImportInfo, Module};
pub use shape::Shape;
pub use types::{
    AddressType, Composite, ExternType, FieldType, FuncType, GlobalType, HeapType, Limits,
    MemoryType, RefType, StorageType, SubType, TableType, Top, TypeKind, ValType,
};
pub use value::{Ref, Value, slots_of, values_of};
