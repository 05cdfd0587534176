//! One consistent picture of the machine.

use std::ops::Range;

use serde_bytes::ByteBuf;
use waspnest::{
    AccessKind, Control, Frame, FrameLook, FuncAddr, GlobalAddr, InstanceIdx, LabelKind, MemAddr,
    ObjectAddr, TableAddr, TypedValue, ValType, WasmOffset,
};

use super::Project;
use crate::convert::{shaped, value_out};
use crate::dto::{
    self, AddressType, GlobalRow, MachineView, MemoryBytes, MemoryRow, RowWindows, TableElements,
    TableRow, Value, Viewport,
};
use crate::sentence::{Names, sentence};
use crate::source::{PlaceInText, Source};

/// Longest window of memory that one view carries.
const LARGEST_WINDOW: u32 = 1 << 20;
/// Most rows of a list that one view carries: frames, elements, locals, globals and others.
const MOST_ROWS: u32 = 4096;
/// Most clauses of a `try_table` that one view carries (chosen).
const MOST_CATCHES: usize = 64;

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

    /// Values with the shapes in which their vectors are best read.
    pub(super) fn shaped_values(
        &self,
        values: &[waspnest::Value],
        shapes: &[Option<waspnest::Shape>],
    ) -> Vec<Value> {
        let values = values.iter().enumerate();
        values
            .map(|(at, value)| shaped(self.value(*value), shapes.get(at).copied().flatten()))
            .collect()
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
        let rows = viewport.rows.unwrap_or(RowWindows {
            count: MOST_ROWS,
            locals_from: 0,
            operands_from: 0,
            labels_from: 0,
            globals_from: 0,
            exceptions_from: 0,
        });
        let frames = machine.frames(viewport.frame, 1);
        let look = frames.first().map(|frame| machine.look_into(frame));
        let (global_count, globals) = self.globals(&rows);
        let (exceptions, in_sight) = self.exceptions(look.as_ref());
        let (other_exception_count, other_exceptions) = self.other_exceptions(&in_sight, &rows);
        MachineView {
            ticks: machine.ticks(),
            gas: dto::GasView {
                used: machine.gas_used().0,
                limit: machine.gas_limit().map(|gas| gas.0),
                denominator: machine.schedule().denominator(),
            },
            next: self.next(),
            effect: machine.effect().map(|effect| self.effect(effect)),
            frame_count: self.frame_count(),
            frames: machine
                .frames(viewport.frames_from, viewport.frames_count.min(MOST_ROWS))
                .iter()
                .map(|frame| self.frame_row(frame))
                .collect(),
            frame: look.as_ref().map(|look| self.frame_detail(look, &rows)),
            global_count,
            globals,
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
            exceptions,
            other_exception_count,
            other_exceptions,
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
        let shapes = machine.effect_shapes(effect);
        let values = |values: &[waspnest::Value], shapes: &[_]| self.shaped_values(values, shapes);
        let pushed = match (effect.control, self.last_answer.as_deref()) {
            (Control::HostCall(_), Some(answer)) => values(answer, &[]),
            _ => values(&effect.pushed, &shapes.pushed),
        };
        dto::Effect {
            mnemonic: effect.mnemonic.to_owned(),
            module,
            offset: effect.offset.0,
            span: place.span,
            sentence: sentence(effect, &shapes, &names),
            popped: values(&effect.popped, &shapes.popped),
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
                    before: shaped(self.value(*before), shapes.replaced),
                })
                .collect(),
            globals_written: effect
                .global
                .iter()
                .map(|(address, before)| dto::GlobalChange {
                    address: address.0,
                    before: shaped(self.value(*before), shapes.replaced),
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
        let Some((source, index)) = self.home_of(|at| self.machine.tables(at), table) else {
            return format!("[{table}]");
        };
        match source.module.table_name(index) {
            Some(name) => format!("${name}"),
            None => format!("[{index}]"),
        }
    }

    pub(super) fn global_name(&self, global: GlobalAddr) -> String {
        let Some((source, index)) = self.home_of(|at| self.machine.globals(at), global) else {
            return format!("global [{global}]");
        };
        match source.module.global_name(index) {
            Some(name) => format!("${name}"),
            None => format!("global {index}"),
        }
    }

    /// The first module and index that has an address.
    fn home_of<'a, A: PartialEq + 'a>(
        &'a self,
        addresses: impl Fn(InstanceIdx) -> &'a [A],
        wanted: A,
    ) -> Option<(&'a Source, u32)> {
        let modules = self.sources.iter().zip(&self.instances);
        modules.into_iter().find_map(|(source, instance)| {
            let mut all = addresses(*instance).iter();
            let index = all.position(|address| *address == wanted)?;
            Some((source, index as u32))
        })
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

    fn frame_detail(&self, look: &FrameLook<'_>, rows: &RowWindows) -> dto::FrameDetail {
        let frame = look.frame();
        let slot = |(index, typed): (u32, TypedValue), shapes: &[_]| dto::SlotRow {
            index,
            name: typed.name.map(|name| format!("${name}")),
            r#type: self.machine.val_type_text(typed.ty),
            value: shaped(
                self.value(typed.value),
                shapes.get(index as usize).copied().flatten(),
            ),
        };
        let window = window_of(rows.locals_from, rows.count, look.n_locals());
        let mut locals: Vec<_> = (window.start..)
            .zip(look.locals(window.start, window.len() as u32))
            .collect();
        // The instruction that writes a local stays in its frame.
        let written = self.machine.effect().and_then(|effect| effect.local);
        if let Some((local, _)) = written
            && frame.depth == 0
            && !window.contains(&local)
            && let Some(row) = look.locals(local, 1).pop()
        {
            let place = if local < window.start {
                0
            } else {
                locals.len()
            };
            locals.insert(place, (local, row));
        }
        let n_operands = look.n_operands();
        let window = window_of(rows.operands_from, rows.count, n_operands);
        let lowest = n_operands - window.end;
        let operands: Vec<_> = (lowest..n_operands)
            .zip(look.operands(lowest, window.len() as u32))
            .collect();
        // Only vectors have shapes, and few programs have vectors; where one is in sight, its shape
        // follows from all of its kind.
        let is_vector = |(_, typed): &(u32, TypedValue)| typed.value.ty() == ValType::V128;
        let types = |typed: Vec<TypedValue>| -> Vec<_> {
            typed.iter().map(|typed| typed.value.ty()).collect()
        };
        let local_shapes = match locals.iter().any(is_vector) {
            true => {
                let types = types(look.locals(0, look.n_locals()));
                self.machine.local_shapes(frame, &types)
            }
            false => Vec::new(),
        };
        let operand_shapes = match operands.iter().any(is_vector) {
            true => {
                let types = types(look.operands(0, n_operands));
                self.machine.operand_shapes(frame, &types)
            }
            false => Vec::new(),
        };
        let operands = (operands.into_iter().rev())
            .map(|row| slot(row, &operand_shapes))
            .collect();
        let source = self.source_of(frame.instance);
        let place = |offset: WasmOffset| {
            source.map_or_else(PlaceInText::default, |source| source.place(offset.0))
        };
        let window = window_of(rows.labels_from, rows.count, look.n_labels());
        let labels = (window.start..).zip(look.labels(window.start, window.len() as u32));
        dto::FrameDetail {
            index: frame.depth,
            local_count: look.n_locals(),
            locals: (locals.into_iter())
                .map(|row| slot(row, &local_shapes))
                .collect(),
            operand_count: n_operands,
            operands,
            label_count: look.n_labels(),
            labels: labels
                .map(|(index, label)| (index, place(label.continuation), label))
                .map(|(index, target, label)| dto::LabelRow {
                    index,
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
                    catches: (label.catches.iter().take(MOST_CATCHES))
                        .map(|of| self.catch_row(of))
                        .collect(),
                    catch_count: label.catches.len() as u32,
                })
                .collect(),
        }
    }

    /// All addresses of a kind, each once, with the first module and index that has it. `number`
    /// counts them from 0 on.
    fn places<'a, A: Copy + 'a>(
        &'a self,
        addresses: impl Fn(InstanceIdx) -> &'a [A],
        number: impl Fn(A) -> usize,
    ) -> Vec<(A, &'a Source, u32)> {
        let mut is_seen: Vec<bool> = Vec::new();
        let mut places = Vec::new();
        for (source, instance) in self.sources.iter().zip(&self.instances) {
            for (index, address) in (0..).zip(addresses(*instance)) {
                let number = number(*address);
                is_seen.resize(is_seen.len().max(number + 1), false);
                if !std::mem::replace(&mut is_seen[number], true) {
                    places.push((*address, source, index));
                }
            }
        }
        places
    }

    /// How many globals there are, and those of the window and of the last step.
    fn globals(&self, rows: &RowWindows) -> (u32, Vec<GlobalRow>) {
        let all = self.places(|at| self.machine.globals(at), GlobalAddr::index);
        let count = all.len() as u32;
        let window = window_of(rows.globals_from, rows.count, count);
        let written = self.machine.effect().and_then(|effect| effect.global);
        let row = |&(global, source, index): &(GlobalAddr, &Source, u32)| {
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
        };
        let (start, end) = (window.start as usize, window.end as usize);
        let is_written = |(global, ..): &&(GlobalAddr, _, _)| {
            written.is_some_and(|(written, _)| written == *global)
        };
        let before = all[..start].iter().filter(is_written);
        let after = all[end..].iter().filter(is_written);
        let shown = before.chain(&all[start..end]).chain(after);
        (count, shown.map(row).collect())
    }

    fn tables(&self) -> Vec<TableRow> {
        let all = self.places(|at| self.machine.tables(at), TableAddr::index);
        all.into_iter()
            .map(|(table, source, index)| {
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
            })
            .collect()
    }

    fn memories(&self) -> Vec<MemoryRow> {
        let all = self.places(|at| self.machine.memories(at), MemAddr::index);
        all.into_iter()
            .map(|(memory, source, index)| {
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
            })
            .collect()
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

/// Where a window lies among so many rows: not past the last ones.
fn window_of(from: u32, count: u32, total: u32) -> Range<u32> {
    let count = count.min(MOST_ROWS).min(total);
    let from = from.min(total - count);
    from..from + count
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::link::tests::prepared;

    fn view(project: &Project, rows: RowWindows) -> MachineView {
        project.view(&Viewport {
            frame: 0,
            frames_from: 0,
            frames_count: 8,
            rows: Some(rows),
            memories: Vec::new(),
            tables: Vec::new(),
            heap: None,
        })
    }

    fn rows(count: u32, from: u32) -> RowWindows {
        RowWindows {
            count,
            locals_from: from,
            operands_from: from,
            labels_from: from,
            globals_from: from,
            exceptions_from: from,
        }
    }

    fn begun(text: &str) -> Project {
        let mut project = prepared(&[("main", text)]);
        assert_eq!(project.link(Vec::new()), []);
        project.begin("main", "run", &[]).expect("it is there");
        project.set_until("step").expect("there is such a step");
        project
    }

    #[test]
    fn long_lists_are_sent_by_windows_with_what_the_last_step_wrote() {
        let many = |what: &str, n| what.repeat(n);
        let text = format!(
            "(module {} (func (export \"run\") (local{}) {} {} i32.const 7 local.set 900 \
             i32.const 8 global.set 1 i32.const 9 drop {} {}))",
            many("(global (mut i32) (i32.const 0))", 5000),
            many(" i32", 5000),
            many("i32.const 5 ", 300),
            many("block ", 300),
            many("end ", 300),
            many("drop ", 300),
        );
        let mut project = begun(&text);
        for _ in 0..602 {
            project.run(u64::MAX);
        }
        let seen = view(&project, rows(100, 0));
        let frame = seen.frame.expect("a call is under way");
        let counts = (frame.local_count, frame.operand_count, frame.label_count);
        assert_eq!((counts, seen.global_count), ((5000, 300, 301), 5000));
        assert_eq!((frame.operands.len(), frame.labels.len()), (100, 100));
        assert_eq!((frame.operands[0].index, frame.labels[0].index), (299, 0));
        assert_eq!((frame.locals.len(), seen.globals.len()), (101, 100));
        assert_eq!((frame.locals[99].index, frame.locals[100].index), (99, 900));
        assert_eq!(frame.locals[100].value, Value::I32 { bits: 7 });

        project.run(u64::MAX);
        project.run(u64::MAX);
        let seen = view(&project, rows(100, u32::MAX));
        let frame = seen.frame.expect("a call is under way");
        assert_eq!((frame.locals[0].index, frame.locals.len()), (4900, 100));
        assert_eq!((frame.operands[0].index, frame.operands.len()), (99, 100));
        assert_eq!((frame.labels[0].index, frame.labels.len()), (201, 100));
        assert_eq!(frame.labels[99].kind, dto::LabelKind::Func);
        let places: Vec<u32> = seen.globals.iter().map(|row| row.index).collect();
        assert_eq!((places.len(), &places[..2]), (101, &[1, 4900][..]));

        let all = view(&project, rows(u32::MAX, 0));
        assert_eq!(all.globals.len(), MOST_ROWS as usize);
    }
}
