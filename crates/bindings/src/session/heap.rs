//! The heap, as a view shows it.

use waspnest::{AccessKind, Holder, ObjectAddr, ObjectKind, ObjectPart, Ref, Top};

use super::Project;
use super::view::access_kind;
use crate::dto::{
    self, HeapKindRow, HeapView, HeapWindow, HolderRow, ObjectDetail, ObjectRow, PartRow,
};

/// Most objects, fields or elements that one view carries.
const MOST_ROWS: u32 = 512;

/// Most places that are listed as referring to an object.
const MOST_HOLDERS: usize = 50;

/// A reference to an object, whatever it is.
fn reference(object: u32) -> waspnest::Value {
    waspnest::Value::Ref(Top::Any, Ref::Object(ObjectAddr(object)))
}

impl Project {
    /// Keeps an object for host code until it is released.
    pub fn keep(&mut self, object: u32) -> Result<(), String> {
        let kept = self.machine.keep(reference(object));
        kept.map_err(|error| error.to_string())
    }

    pub fn release(&mut self, object: u32) -> Result<(), String> {
        let released = self.machine.release(reference(object));
        released.map_err(|error| error.to_string())
    }

    /// For each handle below a number, 1 if the program still reaches it. `None` if that cannot
    /// be told now.
    pub fn held_handles(&self, count: u32) -> Option<Vec<u8>> {
        // What waits to be thrown has handles that are not the program's yet.
        if self.unthrown.is_some() {
            return None;
        }
        let held = self.machine.held_handles(count)?;
        Some(held.into_iter().map(u8::from).collect())
    }

    pub(super) fn heap_use(&self) -> dto::HeapUse {
        let heap = self.machine.heap_use();
        dto::HeapUse {
            objects: heap.objects,
            bytes: heap.bytes,
            limit: heap.limit,
            collections: heap.collections,
        }
    }

    pub(super) fn heap(&self, window: &HeapWindow) -> HeapView {
        let machine = &self.machine;
        let counts = machine.object_counts(&mut self.tally.borrow_mut());
        let wanted = window.kind.as_deref();
        let kind = wanted.and_then(|wanted| {
            let mut kinds = counts.iter().map(|count| count.kind);
            kinds.find(|kind| key_of(*kind) == wanted)
        });
        // A kind of which no object is there any more has none.
        let is_gone = wanted.is_some() && kind.is_none();
        let of_kind = counts
            .iter()
            .filter(|count| kind.is_none_or(|kind| kind == count.kind));
        let total = if is_gone {
            0
        } else {
            of_kind.map(|count| count.objects).sum()
        };
        let count = if is_gone {
            0
        } else {
            window.count.min(MOST_ROWS)
        };
        let objects = machine.objects(kind, window.from, count);
        let chosen = window.object.map(ObjectAddr);
        let mut all = objects.clone();
        let mut holders = None;
        if let Some(object) = chosen.filter(|_| window.survey) {
            let rows = machine.holders(object, MOST_HOLDERS).into_iter();
            let rows: Vec<HolderRow> = rows.map(|holder| self.holder_row(holder)).collect();
            all.push(object);
            all.extend(rows.iter().filter_map(|row| row.object).map(ObjectAddr));
            holders = Some(rows);
        }
        let reachable = match window.survey {
            true => machine.reachable(&all).unwrap_or_default(),
            false => Vec::new(),
        };
        let is_reachable = |place: usize| reachable.get(place).copied();
        let in_objects = holders.iter_mut().flatten();
        let in_objects = in_objects.filter(|row| row.object.is_some());
        for (row, place) in in_objects.zip(objects.len() + 1..) {
            row.reachable = is_reachable(place);
        }
        HeapView {
            kinds: (counts.iter())
                .map(|count| HeapKindRow {
                    key: key_of(count.kind),
                    kind: kind_of(count.kind),
                    name: machine.kind_text(count.kind),
                    objects: count.objects,
                    bytes: count.bytes,
                })
                .collect(),
            kind: window.kind.clone(),
            total,
            from: window.from,
            rows: (objects.iter().enumerate())
                .map(|(place, object)| ObjectRow {
                    object: object.0,
                    text: machine.object_text(*object),
                    reachable: is_reachable(place),
                })
                .collect(),
            object: window.object,
            detail: chosen.and_then(|object| {
                let detail = self.object_detail(object, kind, window)?;
                Some(ObjectDetail {
                    reachable: is_reachable(objects.len()),
                    holders,
                    ..detail
                })
            }),
        }
    }

    fn object_detail(
        &self,
        object: ObjectAddr,
        among: Option<ObjectKind>,
        window: &HeapWindow,
    ) -> Option<ObjectDetail> {
        let machine = &self.machine;
        let kind = machine.object_kind(object)?;
        let length = machine.object_len(object)?;
        let parts = window.parts_from..length;
        let parts = parts.take(window.parts_count.min(MOST_ROWS) as usize);
        Some(ObjectDetail {
            object: object.0,
            kind: kind_of(kind),
            name: machine.kind_text(kind),
            place: machine.objects_before(among, object),
            length,
            parts_from: window.parts_from,
            parts: parts
                .filter_map(|index| self.part_row(object, kind, index))
                .collect(),
            reachable: None,
            holders: None,
        })
    }

    fn part_row(&self, object: ObjectAddr, kind: ObjectKind, index: u32) -> Option<PartRow> {
        let machine = &self.machine;
        let storage = machine.object_field_type(object, index)?;
        Some(PartRow {
            index,
            name: self.part_name(kind, index),
            r#type: match storage {
                waspnest::StorageType::Val(ty) => machine.val_type_text(ty),
                packed => packed.to_string(),
            },
            value: self.value(machine.object_field(object, index)?),
        })
    }

    /// `$x`, if the field has a name.
    fn part_name(&self, kind: ObjectKind, index: u32) -> Option<String> {
        match kind {
            ObjectKind::Struct(ty) => {
                let name = self.machine.type_field_name(ty, index)?;
                Some(format!("${name}"))
            }
            ObjectKind::Array(_) | ObjectKind::Exception(_) => None,
        }
    }

    pub(super) fn object_access(&self, access: &waspnest::ObjectAccess) -> dto::ObjectAccess {
        let (index, count) = match access.part {
            ObjectPart::New => (None, 0),
            ObjectPart::Field(index) => (Some(index), 1),
            ObjectPart::Elements(index, count) => (Some(index), count),
        };
        dto::ObjectAccess {
            kind: access_kind(access.kind),
            object: access.object.0,
            index,
            count,
            before: access.before.map(|before| self.value(before)),
        }
    }

    /// `set field $x, which was 4`: what an instruction did to an object that it popped.
    /// `None` for a new one, which is pushed.
    pub(super) fn access_text(&self, access: &waspnest::ObjectAccess) -> Option<String> {
        let part = match access.part {
            ObjectPart::New => return None,
            ObjectPart::Field(index) | ObjectPart::Elements(index, 1) => {
                self.part_text(access.object, index)
            }
            ObjectPart::Elements(index, count) => format!("{count} elements from {index}"),
        };
        Some(match (access.kind, access.before) {
            (AccessKind::Read, _) => format!("read {part}"),
            (AccessKind::Write, None) => format!("set {part}"),
            (AccessKind::Write, Some(before)) => {
                format!("set {part}, which was {}", self.machine.value_text(before))
            }
        })
    }

    fn holder_row(&self, holder: Holder) -> HolderRow {
        let mut row = HolderRow {
            text: String::new(),
            frame: None,
            object: None,
            reachable: None,
            table: None,
            element: None,
        };
        row.text = match holder {
            Holder::Local(frame, local) => {
                row.frame = Some(frame);
                self.in_frame("local", frame, local, true)
            }
            Holder::Operand(frame, operand) => {
                row.frame = Some(frame);
                self.in_frame("operand", frame, operand, false)
            }
            Holder::Argument(index) => format!("argument {} of the host function", index + 1),
            Holder::Result(index) => format!("result {} of the call", index + 1),
            Holder::Global(global) => format!("global {}", self.global_name(global)),
            Holder::Element(table, index) => {
                (row.table, row.element) = (Some(table.0), Some(index as u32));
                format!("element {index} of table {}", self.table_name(table))
            }
            Holder::Segment(_) => String::from("an element segment"),
            Holder::Field(object, index) => {
                row.object = Some(object.0);
                let of = self.machine.target_text(Ref::Object(object));
                format!("{} of {of}", self.part_text(object, index))
            }
            Holder::Embedder => String::from("host code keeps it"),
        };
        row
    }

    /// `local $p of $main`.
    fn in_frame(&self, what: &str, frame: u32, index: u32, is_named: bool) -> String {
        let frames = self.machine.frames(frame, 1);
        let Some(frame) = frames.first() else {
            return format!("{what} {index}");
        };
        let module = self.machine.module(frame.instance);
        let of = self.short_func_name(frame.func);
        match module.local_name(frame.idx, index).filter(|_| is_named) {
            Some(name) => format!("{what} ${name} of {of}"),
            None => format!("{what} {index} of {of}"),
        }
    }

    /// `field $x`, `element 3`.
    fn part_text(&self, object: ObjectAddr, index: u32) -> String {
        match self.machine.object_kind(object) {
            Some(ObjectKind::Array(_)) => format!("element {index}"),
            Some(kind) => match self.part_name(kind, index) {
                Some(name) => format!("field {name}"),
                None => format!("field {index}"),
            },
            None => String::new(),
        }
    }
}

fn key_of(kind: ObjectKind) -> String {
    match kind {
        ObjectKind::Struct(ty) => format!("s{ty}"),
        ObjectKind::Array(ty) => format!("a{ty}"),
        ObjectKind::Exception(tag) => format!("e{tag}"),
    }
}

fn kind_of(kind: ObjectKind) -> dto::ObjectKind {
    match kind {
        ObjectKind::Struct(_) => dto::ObjectKind::Struct,
        ObjectKind::Array(_) => dto::ObjectKind::Array,
        ObjectKind::Exception(_) => dto::ObjectKind::Exception,
    }
}
