//! What refers to an object, and what anything refers to at all.

use crate::index::{GlobalAddr, ObjectAddr, TableAddr};
use crate::machine::{Machine, Site, Status};
use crate::types::{Top, ValType, width_of};
use crate::value::{Ref, Value};

/// A place that holds a reference to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A local of the frame with a depth.
    Local(u32, u32),
    /// An operand of the frame with a depth; 0 is the lowest one.
    Operand(u32, u32),
    /// An argument of the host call that waits for its answer.
    Argument(u32),
    /// A result of the call that has just ended.
    Result(u32),
    /// A global.
    Global(GlobalAddr),
    /// An element of a table.
    Element(TableAddr, u64),
    /// An element segment that was not dropped: its place among those of all instances.
    Segment(u32),
    /// A field, element or value of another object, or of the object itself.
    Field(ObjectAddr, u32),
    /// The embedder, see [`Machine::keep`].
    Embedder,
}

impl Machine {
    /// Places that hold a reference to an object, at most so many: those outside the heap first,
    /// then those in objects, also in objects that nothing refers to. This looks at the whole heap
    /// and the whole stack.
    pub fn holders(&self, object: ObjectAddr, most: usize) -> Vec<Holder> {
        let wanted = Ref::Object(object).to_slot();
        let mut found = Vec::new();
        self.holders_in_frames(wanted, most, &mut found);
        let (values, holder): (&[Value], fn(u32) -> Holder) = match &self.thread.status {
            Status::HostCall(call) => (&call.args, Holder::Argument),
            Status::Finished(results) => (results, Holder::Result),
            _ => (&[], Holder::Result),
        };
        for (place, value) in (0..).zip(values) {
            if refers_to(value, wanted) {
                found.push(holder(place));
            }
        }
        let store = &self.store;
        for (global, slot) in (0..).zip(&store.globals) {
            if *slot == wanted && store.global_types[global as usize].content.may_refer() {
                found.push(Holder::Global(GlobalAddr(global)));
            }
        }
        for (addr, table) in (0..).zip(&store.tables) {
            if table.element.heap.top() == Top::Func {
                continue;
            }
            for (index, slot) in (0..).zip(&table.elements) {
                if *slot == wanted && found.len() < most {
                    found.push(Holder::Element(TableAddr(addr), index));
                }
            }
        }
        for (segment, items) in (0..).zip(&store.elements) {
            let may_refer = store.element_types[segment as usize].heap.top() != Top::Func;
            if may_refer && items.contains(&wanted) {
                found.push(Holder::Segment(segment));
            }
        }
        if store.kept.contains(wanted) {
            found.push(Holder::Embedder);
        }
        for (addr, object) in store.heap.objects() {
            let mut is_there = false;
            let mut then = |slot| is_there |= slot == wanted;
            store
                .heap
                .for_each_reference(object, &store.types, &store.tags, &mut then);
            if !is_there {
                continue;
            }
            for part in 0..self.object_len(addr).unwrap_or(0) {
                let value = self.object_field(addr, part);
                if value.is_some_and(|value| refers_to(&value, wanted)) {
                    found.push(Holder::Field(addr, part));
                }
                if found.len() >= most {
                    break;
                }
            }
            if found.len() >= most {
                break;
            }
        }
        found.truncate(most);
        found
    }

    fn holders_in_frames(&self, wanted: u64, most: usize, found: &mut Vec<Holder>) {
        let maps = self.ref_maps();
        for (depth, site) in (0..).zip(self.sites()) {
            let slots = &self.thread.stack[site.base as usize..];
            for slot in maps.own_slots(&site) {
                if slots[usize::from(*slot)] == wanted {
                    found.extend(self.holder_at(depth, &site, (*slot).into()));
                }
            }
            if found.len() >= most {
                break;
            }
        }
    }

    /// The local or operand whose first slot is one of a frame's.
    fn holder_at(&self, depth: u32, site: &Site, slot: u32) -> Option<Holder> {
        let frame = self.frame_at(depth, site)?;
        let types = self.typing(&frame);
        let place = |types: &[ValType], slot: u32| {
            let mut at = 0;
            let place = types.iter().position(|ty| {
                let is_it = at == slot;
                at += ty.width();
                is_it
            });
            place.map(|place| place as u32)
        };
        let n_local_slots = width_of(&types.locals);
        match slot.checked_sub(n_local_slots + 1) {
            Some(slot) => Some(Holder::Operand(depth, place(&types.operands, slot)?)),
            None => Some(Holder::Local(depth, place(&types.locals, slot)?)),
        }
    }

    /// Whether the program can still reach each of some objects, or the embedder keeps it. This
    /// looks at the whole heap and the whole stack. `None` if the host has no memory for it.
    pub fn reachable(&self, objects: &[ObjectAddr]) -> Option<Vec<bool>> {
        let marks = self.mark(&self.ref_maps(), &[])?;
        let is_there = |object: &ObjectAddr| self.store.heap.get(*object).is_some();
        let is_reachable = |object: &ObjectAddr| is_there(object) && marks.is_marked(object.0);
        Some(objects.iter().map(is_reachable).collect())
    }
}

/// Whether a value is a reference that has this form in a slot.
fn refers_to(value: &Value, wanted: u64) -> bool {
    match value {
        Value::Ref(top, target) => *top != Top::Func && target.to_slot() == wanted,
        _ => false,
    }
}
