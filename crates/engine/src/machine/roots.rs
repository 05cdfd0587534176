//! Roots: the slots outside the heap that hold references to objects.
//!
//! Slots carry no types, so what a frame holds at a place of its function comes from validating
//! the function once more. That is done once for each place at which a collection found a frame:
//! a stack of a million frames of a few functions costs a few validations.

use std::borrow::Cow;

use wasmparser::{FuncValidatorAllocations, OperatorsReader};

use crate::compile::HALT;
use crate::index::{FuncAddr, FuncIdx};
use crate::machine::{Machine, SPECIAL, Status};
use crate::module::Module;
use crate::sorted::SortedMap;
use crate::types::{Top, ValType};
use crate::value::Value;

/// Which slots of a frame hold references to objects, by the position at which the frame stands:
/// that of its next op or of the call under way. Not part of the state: it only saves work.
#[derive(Clone, Default)]
pub(crate) struct RefMaps {
    /// Where the list of slots starts and ends, by position.
    places: SortedMap<(u32, u32)>,
    /// Slots counted from the frame's first one, in order.
    slots: Vec<u16>,
}

/// Most slots that are kept from one collection to the next (chosen).
const MAX_KEPT: usize = 1 << 20;

impl RefMaps {
    /// The slots that may hold a reference to an object in a frame that stands at a position.
    pub(crate) fn at(&self, pc: u32) -> &[u16] {
        match self.places.get(pc) {
            Some((start, end)) => &self.slots[*start as usize..*end as usize],
            None => unreachable!("maps are made for all frames at once"),
        }
    }

    /// The same without those that are the next frame's.
    pub(crate) fn own_slots(&self, site: &Site) -> impl Iterator<Item = &u16> {
        let n_slots = site.n_slots;
        let slots = self.at(site.pc).iter();
        slots.take_while(move |slot| u32::from(**slot) < n_slots)
    }

    /// Adds the slots of some places of a function, in order: offset and position. Where they are
    /// is put beside `found`.
    fn add(
        &mut self,
        module: &Module,
        idx: FuncIdx,
        places: &[(u32, u32)],
        found: &mut SortedMap<(u32, u32)>,
    ) {
        const VALIDATED: &str = "the module was validated when it was read";
        let (body, to_validate) = module.body(idx);
        let mut validator = to_validate.into_validator(FuncValidatorAllocations::default());
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader).expect(VALIDATED);
        let types = module.data().type_reader();
        let mut locals = Vec::new();
        let mut n_local_slots = 0;
        for local in 0..validator.len_locals() {
            if let Some(ty) = validator.get_local_type(local) {
                let ty = types.val_type(ty);
                if ty.may_refer() {
                    locals.push(n_local_slots as u16);
                }
                n_local_slots += ty.width();
            }
        }
        let mut operators = OperatorsReader::new(reader);
        for (offset, pc) in places {
            while operators.original_position() < u64::from(*offset) {
                let (operator, offset) = operators.read_with_offset().expect(VALIDATED);
                validator.op(offset, &operator).expect(VALIDATED);
            }
            let start = self.slots.len() as u32;
            self.slots.extend_from_slice(&locals);
            let mut slot = n_local_slots + 1;
            for depth in (0..validator.operand_stack_height()).rev() {
                let operand = validator.get_operand_type(depth as usize).flatten();
                let ty = operand.map_or(ValType::I64, |ty| types.val_type(ty));
                if ty.may_refer() {
                    self.slots.push(slot as u16);
                }
                slot += ty.width();
            }
            found.push(*pc, (start, self.slots.len() as u32));
        }
    }
}

/// A frame as it stands in the stack.
pub(crate) struct Site {
    pub(crate) pc: u32,
    /// Its first slot.
    pub(crate) base: u32,
    /// Number of slots from there on that are its own: what follows is the next frame's.
    /// `u32::MAX` for the innermost frame.
    pub(crate) n_slots: u32,
}

/// The frames, innermost first.
struct Sites<'a> {
    machine: &'a Machine,
    next: Option<Site>,
    /// Positions whose functions were looked up, with the slots of those functions' locals: frames
    /// of a recursion are asked once. The number of places kept is chosen.
    known: [(u32, u32); 64],
}

impl Iterator for Sites<'_> {
    type Item = Site;

    // Once in the core, not in each of those who look at frames.
    #[inline(never)]
    fn next(&mut self) -> Option<Site> {
        let site = self.next.take()?;
        let machine = self.machine;
        let known = &mut self.known[site.pc as usize % 64];
        if known.0 != site.pc {
            let func = machine.code.func_at(site.pc)?;
            *known = (site.pc, machine.store.funcs[func as usize].n_local_slots);
        }
        let link = machine.thread.stack[(site.base + known.1) as usize];
        let (return_to, distance) = (link as u32, ((link & !SPECIAL) >> 32) as u32);
        self.next = (return_to != HALT).then(|| Site {
            pc: return_to - 1,
            base: site.base - distance,
            n_slots: distance,
        });
        Some(site)
    }
}

impl Machine {
    pub(crate) fn sites(&self) -> impl Iterator<Item = Site> + '_ {
        Sites {
            machine: self,
            next: self.current_pc().map(|pc| Site {
                pc,
                base: self.thread.fp,
                n_slots: u32::MAX,
            }),
            known: [(HALT, 0); 64],
        }
    }

    /// Maps for all frames that there are: those that are known, or more.
    pub(crate) fn ref_maps(&self) -> Cow<'_, RefMaps> {
        let mut missing = self.places_missing_in(&self.maps);
        if missing.is_empty() {
            return Cow::Borrowed(&self.maps);
        }
        let mut maps = match self.maps.slots.len() > MAX_KEPT {
            true => RefMaps::default(),
            false => self.maps.clone(),
        };
        if maps.places.is_empty() {
            missing = self.places_missing_in(&maps);
        }
        let mut found = SortedMap::default();
        // The positions of a function stand together.
        for of_func in missing.chunk_by(|a, b| self.code.func_at(*a) == self.code.func_at(*b)) {
            let Some(func) = self.code.func_at(of_func[0]) else {
                continue;
            };
            let func = &self.store.funcs[FuncAddr(func).index()];
            let module = &self.store.instances[func.instance as usize].module;
            let place = |pc: &u32| (self.code.infos[*pc as usize].offset, *pc);
            let places: Vec<_> = of_func.iter().map(place).collect();
            maps.add(module, func.idx, &places, &mut found);
        }
        maps.places = maps.places.merge(found);
        Cow::Owned(maps)
    }

    /// Positions at which frames stand and for which there is no map, in order.
    fn places_missing_in(&self, maps: &RefMaps) -> Vec<u32> {
        let mut missing = Vec::new();
        let mut most = 1024;
        let mut last = HALT;
        for site in self.sites() {
            if site.pc != last && !maps.places.contains(site.pc) {
                missing.push(site.pc);
            }
            last = site.pc;
            // Millions of frames stand at few places.
            if missing.len() == most {
                missing.sort_unstable();
                missing.dedup();
                most = 1024.max(2 * missing.len());
            }
        }
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// Gives every slot outside the heap that may hold a reference to an object.
    pub(crate) fn for_each_root(&self, maps: &RefMaps, then: &mut dyn FnMut(u64)) {
        for site in self.sites() {
            let slots = &self.thread.stack[site.base as usize..];
            for slot in maps.own_slots(&site) {
                then(slots[usize::from(*slot)]);
            }
        }
        self.for_each_value(&mut |value| {
            if let Value::Ref(top, target) = value
                && top != Top::Func
            {
                then(target.to_slot());
            }
        });
        let store = &self.store;
        for (global, ty) in store.globals.iter().zip(&store.global_types) {
            if ty.content.may_refer() {
                then(*global);
            }
        }
        for table in &store.tables {
            if table.element.heap.top() != Top::Func {
                table.elements.iter().for_each(|element| then(*element));
            }
        }
        for (items, ty) in store.elements.iter().zip(&store.element_types) {
            if ty.heap.top() != Top::Func {
                items.iter().for_each(|item| then(*item));
            }
        }
        for kept in store.kept.keys() {
            then(*kept);
        }
    }

    /// The values of the call under way that lie in no frame.
    fn for_each_value(&self, then: &mut dyn FnMut(Value)) {
        match &self.thread.status {
            Status::HostCall(call) => call.args.iter().for_each(|value| then(*value)),
            Status::Finished(results) => results.iter().for_each(|value| then(*value)),
            // A host function that was begun by the embedder and not reached yet.
            Status::Ready if self.thread.pc == HALT => {
                if let Some(func) = self.thread.entry {
                    let params = &self.store.func_type(func).params;
                    let args = crate::value::first_values(&self.thread.stack, params);
                    args.into_iter().for_each(then);
                }
            }
            // What was thrown may lie nowhere else.
            Status::Trapped(trap) => {
                let thrown = trap.exception().into_iter();
                thrown.for_each(|thrown| thrown.values.iter().for_each(|value| then(*value)));
            }
            Status::Ready | Status::Idle => {}
        }
    }
}
