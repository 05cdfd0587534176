//! Exceptions: what is thrown, which handler catches it, and how it gets there.
//!
//! Spec: [throwing](https://webassembly.github.io/spec/core/exec/instructions.html#exec-throw-ref).
//! A handler is looked for while all frames stand. If there is none the throw traps, with
//! everything readable; if there is one, its frame becomes the present one at once.

use crate::compile::{Clause, ClauseKind, HALT};
use crate::error::Error;
use crate::exec::{Exit, Flow};
use crate::index::{FuncAddr, ObjectAddr, TagAddr, WasmOffset};
use crate::isa::OpCode;
use crate::machine::heap::ObjectKind;
use crate::machine::store::HOST;
use crate::machine::{Machine, Status, Trap, TrapKind};
use crate::value::{Ref, Value, first_values};

/// An exception: its tag and the values it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The tag.
    pub tag: TagAddr,
    /// What it carries, in the order of the tag's parameters.
    pub values: Vec<Value>,
}

/// Where an exception is caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// The function.
    pub func: FuncAddr,
    /// Number of frames inside of the one that catches.
    pub depth: u32,
    /// The `try_table`.
    pub try_table: WasmOffset,
    /// The clause of it that catches.
    pub kind: ClauseKind,
    /// The instruction at which control goes on.
    pub offset: WasmOffset,
    /// First slot of its frame for what is pushed.
    pub(crate) slot: u16,
}

/// A handler in terms of the code.
pub(crate) struct Caught {
    clause: Clause,
    /// Position of the `try_table`.
    try_table: u32,
    /// First slot of the frame, and number of frames inside of it.
    base: u32,
    depth: u32,
}

impl Machine {
    /// Where an exception of a tag would be caught if the next instruction threw it, or the host
    /// function that waits for its answer.
    pub fn handler_of(&self, tag: TagAddr) -> Option<Handler> {
        let caught = self.find_handler(tag.0)?;
        let offset = |pc: u32| WasmOffset(self.code.infos[pc as usize].offset);
        let target = self.code.at_instruction(caught.clause.target);
        Some(Handler {
            func: FuncAddr(self.code.func_at(caught.try_table)?),
            depth: caught.depth,
            try_table: offset(caught.try_table),
            kind: caught.clause.kind,
            offset: offset(target),
            slot: caught.clause.slot,
        })
    }

    /// The exception that the next instruction throws, or threw without being caught.
    pub fn thrown(&self) -> Option<Exception> {
        let op = self.code.op(self.current_pc()?);
        let slots = &self.thread.stack[(self.thread.fp + u32::from(op.a)) as usize..];
        match op.code {
            OpCode::Throw => Some(self.exception_of(op.x, slots)),
            OpCode::ThrowRef if slots[0] != 0 => self.exception(ObjectAddr(slots[0] as u32)),
            _ => None,
        }
    }

    /// The exception that an object of the heap is; `None` if it is none.
    pub fn exception(&self, addr: ObjectAddr) -> Option<Exception> {
        let object = self.store.heap.get(addr)?;
        let ObjectKind::Exception(tag) = object.kind else {
            return None;
        };
        let slots: Vec<u64> = self.store.heap.slots(object).collect();
        Some(self.exception_of(tag, &slots))
    }

    fn exception_of(&self, tag: u32, slots: &[u64]) -> Exception {
        let tag = TagAddr(tag);
        let values = first_values(slots, &self.store.tag_type(tag).params);
        Exception { tag, values }
    }

    /// What a tag is called: its name in the name section (`$name`), the two names of an import
    /// or of a tag of the host (`module.name`), the name of an export, or else its number.
    pub fn tag_name(&self, tag: TagAddr) -> String {
        let Some(origin) = self.store.tag_origins.get(tag.index()) else {
            return format!("tag {tag}");
        };
        if origin.instance == HOST {
            let (module, name) = &self.host_names[origin.idx as usize];
            return format!("{module}.{name}");
        }
        let module = &self.store.instances[origin.instance as usize].module;
        let export = || {
            let item = crate::module::Item::Tag(origin.idx);
            let exports = &module.data().exports;
            exports.iter().find(|export| export.item == item)
        };
        match (module.tag_name(origin.idx), export()) {
            (Some(name), _) => format!("${name}"),
            (None, Some(export)) => export.name.clone(),
            (None, None) => format!("tag {}", origin.idx),
        }
    }

    /// An exception in words: `$tag (1, 2)`.
    pub fn exception_text(&self, exception: &Exception) -> String {
        let mut text = self.tag_name(exception.tag);
        for (position, value) in exception.values.iter().enumerate() {
            text.push_str(if position == 0 { " (" } else { ", " });
            text.push_str(&self.value_text(*value));
        }
        if !exception.values.is_empty() {
            text.push(')');
        }
        text
    }

    /// Answers the pending host call by throwing: the nearest frame that catches the tag goes on
    /// at its handler. If none does, the call traps as [`TrapKind::UncaughtException`].
    ///
    /// # Errors
    /// If no host call is pending, there is no such tag, the values are not what it carries, or the
    /// host has no memory for the exception; the call then stays pending.
    pub fn throw_from_host(&mut self, tag: TagAddr, values: &[Value]) -> Result<(), Error> {
        let Status::HostCall(call) = &self.thread.status else {
            return Err(Error::usage("no host function waits for an answer"));
        };
        if tag.index() >= self.store.tags.len() {
            return Err(Error::usage(format!(
                "there is no tag {tag} in this machine"
            )));
        }
        let func = call.func;
        let slots = self.checked_slots(values, &self.store.tag_type(tag).params, "value")?;
        let values = values.to_vec();
        self.throw_checked(func, Exception { tag, values }, &slots, None)
    }

    /// Answers the pending host call by throwing an exception that is there already, as
    /// `throw_ref` does: whoever catches it with a reference is given that one.
    ///
    /// # Errors
    /// If no host call is pending or there is no such exception; the call then stays pending.
    pub fn rethrow_from_host(&mut self, addr: ObjectAddr) -> Result<(), Error> {
        let Status::HostCall(call) = &self.thread.status else {
            return Err(Error::usage("no host function waits for an answer"));
        };
        let func = call.func;
        let (Some(object), Some(exception)) = (self.store.heap.get(addr), self.exception(addr))
        else {
            return Err(Error::usage(format!("there is no exception {addr}")));
        };
        let slots: Vec<u64> = self.store.heap.slots(object).collect();
        let reference = Ref::Exception(addr).to_slot();
        self.throw_checked(func, exception, &slots, Some(reference))
    }

    fn throw_checked(
        &mut self,
        host: FuncAddr,
        exception: Exception,
        slots: &[u64],
        object: Option<u64>,
    ) -> Result<(), Error> {
        match self.deliver(exception.tag.0, slots, object) {
            Flow::Exit(Exit::Trap(kind)) => self.trap_host_throw(kind, host, exception),
            Flow::Exit(Exit::NoMemory) => return Err(self.no_memory()),
            _ => {
                self.thread.status = Status::Ready;
                self.thread.caught_at = Some(self.thread.ticks);
            }
        }
        Ok(())
    }

    fn trap_host_throw(&mut self, kind: TrapKind, host: FuncAddr, exception: Exception) {
        let (func, offset) = match self.current_instruction() {
            Some((func, offset)) => (Some(func), Some(offset)),
            None => (self.thread.entry, None),
        };
        let (module, name) = self.host_func_name(host).unwrap_or_default();
        let text = self.exception_text(&exception);
        let nobody = self.nobody_catches();
        let detail = format!("the host function {module}.{name} threw {text}, {nobody}");
        let trap = Trap::new(kind, func, offset, detail);
        self.thread.status = Status::Trapped(match kind {
            TrapKind::UncaughtException => trap.with_exception(exception),
            _ => trap,
        });
    }

    /// The end of a sentence on an exception that is not caught.
    pub(crate) fn nobody_catches(&self) -> String {
        match self.n_frames() {
            0 | 1 => String::from("which nothing catches"),
            n_frames => format!("which none of the {n_frames} frames catches"),
        }
    }

    /// Gives an exception to the handler that catches it; if there is one, the thread stands there
    /// afterwards. `object` is the slot of a reference to the exception, if there is one already.
    pub(crate) fn deliver(&mut self, tag: u32, slots: &[u64], object: Option<u64>) -> Flow {
        let Some(caught) = self.find_handler(tag) else {
            return TrapKind::UncaughtException.into();
        };
        // An exception becomes an object only where a reference to it is asked for.
        let object = match (caught.clause.kind.has_ref(), object) {
            (false, _) => None,
            (true, Some(object)) => Some(object),
            (true, None) => match self.alloc_exception(tag, slots) {
                Ok(addr) => Some(Ref::Exception(addr).to_slot()),
                Err(exit) => return Flow::Exit(exit),
            },
        };
        let mut to = caught.base as usize + usize::from(caught.clause.slot);
        if caught.clause.kind.has_values() {
            self.thread.stack[to..to + slots.len()].copy_from_slice(slots);
            to += slots.len();
        }
        if let Some(object) = object {
            self.thread.stack[to] = object;
        }
        self.thread.fp = caught.base;
        self.thread.pc = caught.clause.target;
        if let Some(func) = self.code.func_at(caught.clause.target) {
            self.enter_instance(self.store.funcs[func as usize].instance);
        }
        match self.thread.catch_limit {
            Some(limit) if caught.base <= limit => Flow::Exit(Exit::Caught),
            _ => Flow::Jump,
        }
    }

    /// The innermost handler for a tag, by a walk from frame to frame.
    fn find_handler(&self, tag: u32) -> Option<Caught> {
        // A tail call that waits for the host has left its frame.
        let is_tail = matches!(self.thread.status, Status::HostCall(_))
            && self.code.op(self.current_pc()?).code.is_tail_call();
        // Places without a handler: frames of a recursion are asked once. The number of places
        // kept is chosen.
        let mut missed = [HALT; 64];
        for (depth, site) in (0..).zip(self.sites()) {
            let place = &mut missed[site.pc as usize % 64];
            if *place == site.pc || is_tail && depth == 0 {
                continue;
            }
            if let Some((clause, try_table)) = self.code.handlers.find(site.pc, tag) {
                return Some(Caught {
                    clause,
                    try_table,
                    base: site.base,
                    depth,
                });
            }
            *place = site.pc;
        }
        None
    }
}
