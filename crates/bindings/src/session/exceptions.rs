//! Exceptions: what is seen of them, and how a host function throws one.

use waspnest::{
    ClauseKind, Exception, Extern, Handler, ObjectAddr, Ref, Status, TagAddr, values_of,
};

use super::{Project, named};
use crate::dto::{Clause, ExceptionInfo, ExceptionRow, HandlerRow};

/// Most exceptions that one view carries; the walk over all frames to the handler of each is what
/// takes time (chosen).
const MOST_EXCEPTIONS: usize = 8;

impl Project {
    /// `$tag (1, 2)` of an exception of the heap.
    pub(super) fn exception_text(&self, object: ObjectAddr) -> String {
        match self.machine.exception(object) {
            Some(exception) => self.machine.exception_text(&exception),
            None => format!("exception {object}"),
        }
    }

    pub(super) fn exception_info(&self, exception: &Exception) -> ExceptionInfo {
        ExceptionInfo {
            tag: self.machine.tag_name(exception.tag),
            values: (exception.values.iter())
                .map(|value| self.value(*value))
                .collect(),
            text: self.machine.exception_text(exception),
        }
    }

    /// The exception that is thrown next or was not caught, and those that the values of a frame
    /// and the globals refer to.
    pub(super) fn exceptions(&self, frame: u32) -> Vec<ExceptionRow> {
        let machine = &self.machine;
        let mut rows = Vec::new();
        let uncaught = match machine.state() {
            Status::Trapped(trap) => trap.exception().cloned(),
            _ => None,
        };
        if let Some(thrown) = uncaught.or_else(|| machine.thrown()) {
            rows.push(self.exception_row(&thrown, true));
        }
        let mut known: Vec<(ObjectAddr, usize)> = Vec::new();
        for (holder, value) in self.held(frame) {
            let waspnest::Value::Ref(_, Ref::Exception(object)) = value else {
                continue;
            };
            if let Some((_, row)) = known.iter().find(|(known, _)| *known == object) {
                rows[*row].holders.push(holder);
            } else if rows.len() < MOST_EXCEPTIONS
                && let Some(exception) = machine.exception(object)
            {
                known.push((object, rows.len()));
                let mut row = self.exception_row(&exception, false);
                row.holders.push(holder);
                rows.push(row);
            }
        }
        rows
    }

    /// The values of a frame and the globals, with what each is called.
    fn held(&self, frame: u32) -> Vec<(String, waspnest::Value)> {
        let mut held = Vec::new();
        if let Some(frame) = self.machine.frames(frame, 1).first() {
            for (index, local) in self.machine.locals(frame).into_iter().enumerate() {
                let name = match local.name {
                    Some(name) => format!("local ${name}"),
                    None => format!("local {index}"),
                };
                held.push((name, local.value));
            }
            for (index, value) in self.machine.operands(frame).into_iter().enumerate() {
                held.push((format!("operand {index}"), value));
            }
        }
        for instance in &self.instances {
            for global in self.machine.globals(*instance) {
                let value = self.machine.global(*global);
                if let waspnest::Value::Ref(_, Ref::Exception(_)) = value {
                    held.push((self.global_name(*global), value));
                }
            }
        }
        held
    }

    fn exception_row(&self, exception: &Exception, thrown: bool) -> ExceptionRow {
        ExceptionRow {
            thrown,
            holders: Vec::new(),
            exception: self.exception_info(exception),
            handler: (self.machine.handler_of(exception.tag))
                .map(|handler| self.handler_row(&handler)),
        }
    }

    fn handler_row(&self, handler: &Handler) -> HandlerRow {
        let (module, place) = self.place(handler.func, handler.try_table);
        let (_, target) = self.place(handler.func, handler.offset);
        HandlerRow {
            frame: handler.depth,
            func_name: self.func_name(handler.func),
            module,
            clause: match handler.kind {
                ClauseKind::Catch => Clause::Catch,
                ClauseKind::CatchRef => Clause::CatchRef,
                ClauseKind::CatchAll => Clause::CatchAll,
                ClauseKind::CatchAllRef => Clause::CatchAllRef,
            },
            span: place.span,
            line: place.line,
            offset: handler.offset.0,
            target: target.span,
            target_line: target.line,
        }
    }

    /// A tag by the name of its export, its `$name`, or the names of its import (`module.name`): in
    /// the module with a number, or else in another one.
    pub fn tag_address(&self, module: usize, name: &str) -> Option<TagAddr> {
        let all = 0..self.instances.len();
        let others = all.filter(|number| *number != module);
        std::iter::once(module)
            .chain(others)
            .find_map(|module| self.tag_of(module, name))
    }

    fn tag_of(&self, module: usize, name: &str) -> Option<TagAddr> {
        let instance = *self.instances.get(module)?;
        if let Some(Extern::Tag(tag)) = self.machine.export(instance, name) {
            return Some(tag);
        }
        let tags = self.machine.tags(instance);
        let module = &self.sources[module].module;
        let imported = || {
            let imports = module.imports();
            let mut imports =
                imports.filter(|import| matches!(import.ty, waspnest::ExternType::Tag(_)));
            imports.position(|import| {
                let rest = name.strip_prefix(import.module);
                rest.and_then(|rest| rest.strip_prefix('.')) == Some(import.name)
            })
        };
        let index = named(name, |index| module.tag_name(index), tags.len()).or_else(imported);
        index.map(|index| tags[index])
    }

    /// Answers the pending host call by throwing, with the values in the form of slots.
    pub fn throw_from_host(&mut self, tag: u32, slots: &[u64]) -> Result<(), String> {
        let tag = TagAddr(tag);
        let mut instances = self.instances.iter();
        if !instances.any(|at| self.machine.tags(*at).contains(&tag)) {
            return Err(format!("the machine has no tag {tag}"));
        }
        let types = self.machine.tag_type(tag).params.clone();
        let values = values_of(slots, &types).ok_or_else(|| {
            format!(
                "{} slots do not hold the {} values that are wanted",
                slots.len(),
                types.len()
            )
        })?;
        let text = (self.machine).exception_text(&Exception {
            tag,
            values: values.clone(),
        });
        self.machine
            .throw_from_host(tag, &values)
            .map_err(|error| error.to_string())?;
        self.last_throw = Some(text);
        Ok(())
    }
}
