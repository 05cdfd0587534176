//! One consistent picture of the machine.

use std::collections::BTreeSet;

use serde_bytes::ByteBuf;
use waspnest::{
    AccessKind, Control, Frame, FuncAddr, GlobalAddr, InstanceIdx, LabelKind, MemAddr, ObjectAddr,
    TableAddr, TypedValue, ValType, WasmOffset,
};

use super::Project;
use crate::convert::value_out;
use crate::dto::{
    self, AddressType, GlobalRow, MachineView, MemoryBytes, MemoryRow, TableElements, TableRow,
    Value, Viewport,
};
use crate::sentence::{Names, sentence};
use crate::source::{PlaceInText, Source};

/// Longest window of memory that one view carries.
const LARGEST_WINDOW: u32 = 1 << 20;
/// Most elements or frames that one view carries.
const MOST_ROWS: u32 = 4096;

impl Project {
    pub fn value(&self, value: waspnest::Value) -> Value {
        let mut shown = value_out(value, |func| self.func_name(func));
        let Value::Ref { target, .. } = &mut shown else {
            return shown;
        };
        match target {
            dto::RefTarget::Object { object, text } => {
                *text = self.machine.object_text(ObjectAddr(*object));
            }
            dto::RefTarget::Exception { object, text } => {
                *text = self.exception_text(ObjectAddr(*object));
            }
            _ => {}
        }
        shown
    }

    pub(super) fn source_of(&self, instance: InstanceIdx) -> Option<&Source> {
        let number = self.instances.iter().position(|other| *other == instance)?;
        self.sources.get(number)
    }

    /// `$name`, or `module:"export"` or `module:[index]`; of a host function `module.name`.
    pub fn func_name(&self, func: FuncAddr) -> String {
        let Some((instance, idx)) = self.machine.func_origin(func) else {
            return match self.machine.host_func_name(func) {
                Some((module, name)) => format!("{module}.{name}"),
                None => format!("[{func}]"),
            };
        };
        match self.machine.module(instance).func_name(idx) {
            Some(name) => format!("${name}"),
            None => match self.source_of(instance) {
                Some(source) => format!("{}:{}", source.name, source.func_name(idx)),
                None => format!("[{func}]"),
            },
        }
    }

    /// As its own module calls it.
    pub(super) fn short_func_name(&self, func: FuncAddr) -> String {
        let Some((instance, idx)) = self.machine.func_origin(func) else {
            return self.func_name(func);
        };
        match self.source_of(instance) {
            Some(source) => source.func_name(idx),
            None => format!("[{idx}]"),
        }
    }

    pub(super) fn place(&self, func: FuncAddr, offset: WasmOffset) -> (String, PlaceInText) {
        let source = self
            .machine
            .func_origin(func)
            .and_then(|(instance, _)| self.source_of(instance));
        match source {
            Some(source) => (source.file.clone(), source.place(offset.0)),
            None => (String::new(), PlaceInText::default()),
        }
    }

    pub fn view(&self, viewport: &Viewport) -> MachineView {
        let machine = &self.machine;
        MachineView {
            ticks: machine.ticks(),
            gas: dto::GasView {
                used: machine.gas_used().0,
                limit: machine.gas_limit().map(|gas| gas.0),
                denominator: machine.schedule().denominator(),
            },
            next: self.next(),
            effect: machine.effect().map(|effect| self.effect(effect)),
            frame_count: machine.n_frames(),
            frames: machine
                .frames(viewport.frames_from, viewport.frames_count.min(MOST_ROWS))
                .iter()
                .map(|frame| self.frame_row(frame))
                .collect(),
            frame: machine
                .frames(viewport.frame, 1)
                .first()
                .map(|frame| self.frame_detail(frame)),
            globals: self.globals(),
            tables: self.tables(),
            table_windows: viewport
                .tables
                .iter()
                .filter_map(|window| self.elements(window))
                .collect(),
            memories: self.memories(),
            memory_windows: viewport
                .memories
                .iter()
                .filter_map(|window| self.bytes(window))
                .collect(),
            has_tags: self.has_tags(),
            exceptions: self.exceptions(viewport.frame),
            heap: self.heap_use(),
            heap_window: viewport.heap.as_ref().map(|window| self.heap(window)),
        }
    }

    fn next(&self) -> Option<dto::NextInstruction> {
        let next = self.machine.next_instruction()?;
        let (module, place) = self.place(next.func, next.offset);
        Some(dto::NextInstruction {
            mnemonic: next.mnemonic.to_owned(),
            module,
            func: next.func.0,
            func_name: self.short_func_name(next.func),
            offset: next.offset.0,
            span: place.span,
            line: place.line,
            gas: next.gas.0,
        })
    }

    fn effect(&self, effect: &waspnest::Effect) -> dto::Effect {
        let machine = &self.machine;
        let (module, place) = self.place(effect.func, effect.offset);
        let origin = machine.func_origin(effect.func);
        let local_name = effect.local.map(|(local, _)| {
            let name =
                origin.and_then(|(instance, idx)| machine.module(instance).local_name(idx, local));
            name.map_or_else(|| format!("local {local}"), |name| format!("${name}"))
        });
        let global_name = effect.global.map(|(global, _)| self.global_name(global));
        let branch = match effect.mnemonic {
            "br" | "br_if" | "br_table" | "br_on_null" | "br_on_non_null" | "br_on_cast"
            | "br_on_cast_fail" => self.branch_target(effect),
            _ => None,
        };
        let names = Names {
            func: &|func| self.func_name(func),
            memory: &|memory| self.memory_name(origin?.0, memory),
            exception: &|object| self.exception_text(object),
            thrown: self
                .last_thrown()
                .map(|(thrown, handler)| self.throw_words(thrown, handler)),
            object: &|object| machine.target_text(waspnest::Ref::Object(object)),
            objects: (effect.objects.iter())
                .filter_map(|access| self.access_text(access))
                .collect(),
            branch,
            local: local_name,
            global: global_name,
            answer: match effect.control {
                Control::HostCall(_) => self.last_answer.as_deref(),
                _ => None,
            },
        };
        let values =
            |values: &[waspnest::Value]| values.iter().map(|value| self.value(*value)).collect();
        let pushed = match (effect.control, self.last_answer.as_deref()) {
            (Control::HostCall(_), Some(answer)) => values(answer),
            _ => values(&effect.pushed),
        };
        dto::Effect {
            mnemonic: effect.mnemonic.to_owned(),
            module,
            offset: effect.offset.0,
            span: place.span,
            sentence: sentence(effect, &names),
            popped: values(&effect.popped),
            pushed,
            accesses: effect
                .memory
                .iter()
                .map(|access| dto::MemoryAccess {
                    kind: access_kind(access.kind),
                    memory: access.memory.0,
                    address: access.address,
                    length: access.len,
                    before: (access.kind == AccessKind::Write)
                        .then(|| ByteBuf::from(access.old.clone())),
                })
                .collect(),
            locals_written: effect
                .local
                .iter()
                .map(|(index, before)| dto::LocalChange {
                    index: *index,
                    before: self.value(*before),
                })
                .collect(),
            globals_written: effect
                .global
                .iter()
                .map(|(address, before)| dto::GlobalChange {
                    address: address.0,
                    before: self.value(*before),
                })
                .collect(),
            tables_written: effect
                .element
                .iter()
                .map(|(table, index, before)| dto::TableChange {
                    table: table.0,
                    index: *index,
                    before: self.value(*before),
                })
                .collect(),
            objects: (effect.objects.iter())
                .map(|access| self.object_access(access))
                .collect(),
        }
    }

    /// The label a branch names in the text, or the line it went to.
    fn branch_target(&self, effect: &waspnest::Effect) -> Option<String> {
        let (instance, _) = self.machine.func_origin(effect.func)?;
        let label = self.source_of(instance)?.immediates(effect.offset.0)?;
        if effect.mnemonic != "br_table" && label.starts_with('$') {
            return Some(label.to_owned());
        }
        let Control::Branch(target) = effect.control else {
            return None;
        };
        let (_, place) = self.place(effect.func, target);
        place.line.map(|line| format!("line {line}"))
    }

    /// Which memory of an instance it is, where the instance has several.
    fn memory_name(&self, instance: InstanceIdx, memory: MemAddr) -> Option<String> {
        let memories = self.machine.memories(instance);
        let index = memories.iter().position(|other| *other == memory)?;
        let name = self.machine.module(instance).memory_name(index as u32);
        (memories.len() > 1).then(|| match name {
            Some(name) => format!("${name}"),
            None => format!("memory {index}"),
        })
    }

    /// `$t`, or `[0]` without a name.
    pub(super) fn table_name(&self, table: TableAddr) -> String {
        let found = self
            .sources
            .iter()
            .zip(&self.instances)
            .find_map(|(source, at)| {
                let tables = self.machine.tables(*at);
                let index = tables.iter().position(|other| *other == table)? as u32;
                Some((source, index))
            });
        let Some((source, index)) = found else {
            return format!("[{table}]");
        };
        match source.module.table_name(index) {
            Some(name) => format!("${name}"),
            None => format!("[{index}]"),
        }
    }

    pub(super) fn global_name(&self, global: GlobalAddr) -> String {
        for (source, instance) in self.sources.iter().zip(&self.instances) {
            let index = self
                .machine
                .globals(*instance)
                .iter()
                .position(|other| *other == global);
            if let Some(index) = index {
                return match source.module.global_name(index as u32) {
                    Some(name) => format!("${name}"),
                    None => format!("global {index}"),
                };
            }
        }
        format!("global [{global}]")
    }

    fn frame_row(&self, frame: &Frame) -> dto::FrameRow {
        let source = self.source_of(frame.instance);
        let place = source.map_or_else(PlaceInText::default, |source| source.place(frame.offset.0));
        dto::FrameRow {
            index: frame.depth,
            func: frame.func.0,
            name: self.short_func_name(frame.func),
            module: source.map_or_else(String::new, |source| source.file.clone()),
            offset: frame.offset.0,
            span: place.span,
            line: place.line,
        }
    }

    fn frame_detail(&self, frame: &Frame) -> dto::FrameDetail {
        let slot = |(index, typed): (usize, TypedValue)| dto::SlotRow {
            index: index as u32,
            name: typed.name.map(|name| format!("${name}")),
            r#type: self.machine.val_type_text(typed.ty),
            value: self.value(typed.value),
        };
        let locals = self.machine.locals(frame).into_iter().enumerate();
        let operands = self.machine.typed_operands(frame).into_iter().enumerate();
        let source = self.source_of(frame.instance);
        let place = |offset: WasmOffset| {
            source.map_or_else(PlaceInText::default, |source| source.place(offset.0))
        };
        dto::FrameDetail {
            index: frame.depth,
            locals: locals.map(slot).collect(),
            operands: operands.rev().map(slot).collect(),
            labels: self
                .machine
                .labels(frame)
                .into_iter()
                .map(|label| (place(label.continuation), label))
                .map(|(target, label)| dto::LabelRow {
                    name: label.name.map(|name| format!("${name}")),
                    kind: match label.kind {
                        LabelKind::Func => dto::LabelKind::Func,
                        LabelKind::Block => dto::LabelKind::Block,
                        LabelKind::Loop => dto::LabelKind::Loop,
                        LabelKind::If | LabelKind::Else => dto::LabelKind::If,
                        LabelKind::TryTable => dto::LabelKind::TryTable,
                    },
                    arity: label.arity,
                    span: place(label.offset).span,
                    target: target.span,
                    target_line: target.line,
                    catches: label.catches.iter().map(|of| self.catch_row(of)).collect(),
                })
                .collect(),
        }
    }

    /// Things of a kind, each once, with the first module and index that has it.
    fn rows<A: Copy + Ord, R>(
        &self,
        addresses: impl Fn(InstanceIdx) -> Vec<A>,
        row: impl Fn(A, &Source, u32) -> R,
    ) -> Vec<R> {
        let mut seen = BTreeSet::new();
        let mut rows = Vec::new();
        for (source, instance) in self.sources.iter().zip(&self.instances) {
            for (index, address) in addresses(*instance).into_iter().enumerate() {
                if seen.insert(address) {
                    rows.push(row(address, source, index as u32));
                }
            }
        }
        rows
    }

    fn globals(&self) -> Vec<GlobalRow> {
        self.rows(
            |instance| self.machine.globals(instance).to_vec(),
            |global, source, index| {
                let ty = self.machine.global_type(global);
                GlobalRow {
                    address: global.0,
                    module: source.name.clone(),
                    index,
                    name: source
                        .module
                        .global_name(index)
                        .map(|name| format!("${name}")),
                    r#type: match ty.mutable {
                        true => format!("(mut {})", self.machine.val_type_text(ty.content)),
                        false => self.machine.val_type_text(ty.content),
                    },
                    mutable: ty.mutable,
                    value: self.value(self.machine.global(global)),
                }
            },
        )
    }

    fn tables(&self) -> Vec<TableRow> {
        self.rows(
            |instance| self.machine.tables(instance).to_vec(),
            |table, source, index| {
                let ty = self.machine.table_type(table);
                TableRow {
                    address: table.0,
                    module: source.name.clone(),
                    index,
                    name: source
                        .module
                        .table_name(index)
                        .map(|name| format!("${name}")),
                    r#type: self.machine.val_type_text(ValType::Ref(ty.element)),
                    address_type: address_type(ty.address),
                    size: self.machine.table_size(table),
                    maximum: ty.limits.max,
                }
            },
        )
    }

    fn memories(&self) -> Vec<MemoryRow> {
        self.rows(
            |instance| self.machine.memories(instance).to_vec(),
            |memory, source, index| {
                let ty = self.machine.memory_type(memory);
                MemoryRow {
                    address: memory.0,
                    module: source.name.clone(),
                    index,
                    name: source
                        .module
                        .memory_name(index)
                        .map(|name| format!("${name}")),
                    address_type: address_type(ty.address),
                    shared: ty.shared,
                    size: self.machine.memory(memory).len() as u64,
                    page_size: 1 << ty.page_size_log2,
                    pages: ty.limits.min,
                    maximum_pages: ty.limits.max,
                }
            },
        )
    }

    pub fn has_memory(&self, memory: u32) -> bool {
        self.instances
            .iter()
            .any(|at| self.machine.memories(*at).contains(&MemAddr(memory)))
    }

    pub fn has_table(&self, table: u32) -> bool {
        self.instances
            .iter()
            .any(|at| self.machine.tables(*at).contains(&TableAddr(table)))
    }

    pub fn has_global(&self, global: u32) -> bool {
        self.instances
            .iter()
            .any(|at| self.machine.globals(*at).contains(&GlobalAddr(global)))
    }

    fn bytes(&self, window: &dto::MemoryWindow) -> Option<MemoryBytes> {
        if !self.has_memory(window.memory) {
            return None;
        }
        let all = self.machine.memory(MemAddr(window.memory));
        let from = usize::try_from(window.from)
            .unwrap_or(usize::MAX)
            .min(all.len());
        let to = from
            .saturating_add(window.length.min(LARGEST_WINDOW) as usize)
            .min(all.len());
        let bytes = ByteBuf::from(&all[from..to]);
        Some(MemoryBytes {
            memory: window.memory,
            from: window.from,
            bytes,
        })
    }

    fn elements(&self, window: &dto::TableWindow) -> Option<TableElements> {
        if !self.has_table(window.table) {
            return None;
        }
        let elements = (0..window.count.min(MOST_ROWS))
            .map_while(|at| {
                let index = u64::from(window.from) + u64::from(at);
                self.machine.table_get(TableAddr(window.table), index)
            })
            .map(|value| self.value(value))
            .collect();
        Some(TableElements {
            table: window.table,
            from: window.from,
            elements,
        })
    }
}

fn address_type(ty: waspnest::AddressType) -> AddressType {
    match ty {
        waspnest::AddressType::I32 => AddressType::I32,
        waspnest::AddressType::I64 => AddressType::I64,
    }
}

pub(super) fn access_kind(kind: AccessKind) -> dto::AccessKind {
    match kind {
        AccessKind::Read => dto::AccessKind::Read,
        AccessKind::Write => dto::AccessKind::Write,
    }
}
