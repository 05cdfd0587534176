//! Exceptions: what is seen of them, and how a host function throws one.

use waspnest::{
    Catch, ClauseKind, Control, ErrorKind, Exception, Extern, FrameLook, Handler, ObjectAddr, Ref,
    Status, TagAddr, values_of,
};

use super::{Project, named};
use crate::dto::{
    CatchRow, Clause, ExceptionInfo, ExceptionRow, ExceptionState, HandlerRow, ObjectRow,
    RowWindows,
};

/// Most exceptions that one view carries; the walk over all frames to the handler of each is what
/// takes time (chosen).
const MOST_EXCEPTIONS: usize = 8;

/// Most other exceptions of the heap that one view carries (chosen).
const MOST_OTHERS: u32 = 128;

/// In how many locals, operands and globals of each module exceptions are looked for (chosen).
const MOST_HOLDERS: u32 = 1024;

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

    /// What the last step threw, or the host function that it called, and where it was caught. An
    /// exception that could not be made is none.
    pub(super) fn last_thrown(&self) -> Option<(&Exception, Option<Handler>)> {
        let effect = self.machine.effect()?;
        match (effect.control, &effect.exception) {
            (Control::HostCall(_), _) => {
                let (thrown, handler) = self.last_throw.as_ref()?;
                Some((thrown, *handler))
            }
            (Control::Caught(..), Some(thrown)) => Some((thrown, effect.handler)),
            (Control::Trap, Some(thrown)) if self.uncaught().is_some() => Some((thrown, None)),
            _ => None,
        }
    }

    /// `threw $t (1, 2), caught in $f at line 7`.
    pub(super) fn throw_words(&self, exception: &Exception, handler: Option<Handler>) -> String {
        let text = self.machine.exception_text(exception);
        let Some(handler) = handler else {
            return format!("threw {text}, uncaught");
        };
        let func = self.func_name(handler.func);
        match self.place(handler.func, handler.offset).1.line {
            Some(line) => format!("threw {text}, caught in {func} at line {line}"),
            None => format!("threw {text}, caught in {func} at +{:#x}", handler.offset.0),
        }
    }

    /// The exception that ended the call, as nothing caught it.
    fn uncaught(&self) -> Option<&Exception> {
        match self.machine.state() {
            Status::Trapped(trap) => trap.exception(),
            _ => None,
        }
    }

    pub(super) fn has_tags(&self) -> bool {
        let mut instances = self.instances.iter();
        instances.any(|instance| !self.machine.tags(*instance).is_empty())
    }

    /// The exception that was just caught or was not, the one that the next instruction throws, and
    /// those that the values of a frame and the globals refer to; with the objects among them.
    pub(super) fn exceptions(
        &self,
        look: Option<&FrameLook<'_>>,
    ) -> (Vec<ExceptionRow>, Vec<ObjectAddr>) {
        use ExceptionState::{Caught, Held, Next, Uncaught};
        let machine = &self.machine;
        let mut rows = Vec::new();
        if let Some(uncaught) = self.uncaught() {
            rows.push(self.exception_row(Uncaught, uncaught, None));
        } else {
            if let Some((caught, Some(handler))) = self.last_thrown() {
                rows.push(self.exception_row(Caught, caught, Some(handler)));
            }
            if let Some(next) = machine.thrown() {
                rows.push(self.exception_row(Next, &next, machine.handler_of(next.tag)));
            }
        }
        let mut known: Vec<(ObjectAddr, usize)> = Vec::new();
        for (holder, object) in self.held(look) {
            if let Some((_, row)) = known.iter().find(|(known, _)| *known == object) {
                rows[*row].holders.push(holder);
            } else if let Some(row) = self.row_of(&rows, object) {
                known.push((object, row));
                rows[row].holders.push(holder);
            } else if rows.len() < MOST_EXCEPTIONS
                && let Some(exception) = machine.exception(object)
            {
                known.push((object, rows.len()));
                let handler = machine.handler_of(exception.tag);
                let mut row = self.exception_row(Held, &exception, handler);
                row.holders.push(holder);
                rows.push(row);
            }
        }
        let known = known.into_iter().map(|(object, _)| object);
        (rows, known.collect())
    }

    /// How many exceptions of the heap there are beside those in sight, and those of the window,
    /// the newest first.
    pub(super) fn other_exceptions(
        &self,
        in_sight: &[ObjectAddr],
        rows: &RowWindows,
    ) -> (u32, Vec<ObjectRow>) {
        let all = self.machine.exceptions();
        let total = all.len().saturating_sub(in_sight.len()) as u32;
        let count = rows.count.min(MOST_OTHERS);
        let from = rows.exceptions_from.min(total.saturating_sub(count));
        let others = all.rev().filter(|object| !in_sight.contains(object));
        let others = others.skip(from as usize).take(count as usize);
        let others = others.map(|object| ObjectRow {
            object: object.0,
            text: self.machine.object_text(object),
            reachable: None,
        });
        (total, others.collect())
    }

    /// The row of what is thrown that an object says again.
    fn row_of(&self, rows: &[ExceptionRow], object: ObjectAddr) -> Option<usize> {
        let text = self.exception_text(object);
        let is_same =
            |row: &ExceptionRow| row.state != ExceptionState::Held && row.exception.text == text;
        rows.iter().position(is_same)
    }

    /// The exceptions that the values of a frame and the globals refer to, with what holds each.
    fn held(&self, look: Option<&FrameLook<'_>>) -> Vec<(String, ObjectAddr)> {
        let mut held = Vec::new();
        if !self.has_tags() {
            return held;
        }
        if let Some(look) = look {
            for (index, local) in look.locals(0, MOST_HOLDERS).into_iter().enumerate() {
                if let waspnest::Value::Ref(_, Ref::Exception(object)) = local.value {
                    let name = match local.name {
                        Some(name) => format!("local ${name}"),
                        None => format!("local {index}"),
                    };
                    held.push((name, object));
                }
            }
            let from = look.n_operands().saturating_sub(MOST_HOLDERS);
            for (index, operand) in (from..).zip(look.operands(from, MOST_HOLDERS)) {
                if let waspnest::Value::Ref(_, Ref::Exception(object)) = operand.value {
                    held.push((format!("operand {index}"), object));
                }
            }
        }
        for instance in &self.instances {
            let globals = self.machine.globals(*instance);
            for global in &globals[..globals.len().min(MOST_HOLDERS as usize)] {
                let value = self.machine.global(*global);
                if let waspnest::Value::Ref(_, Ref::Exception(object)) = value {
                    held.push((self.global_name(*global), object));
                }
            }
        }
        held
    }

    fn exception_row(
        &self,
        state: ExceptionState,
        exception: &Exception,
        handler: Option<Handler>,
    ) -> ExceptionRow {
        ExceptionRow {
            state,
            holders: Vec::new(),
            exception: self.exception_info(exception),
            handler: handler.map(|handler| self.handler_row(&handler)),
        }
    }

    pub(super) fn catch_row(&self, catch: &Catch) -> CatchRow {
        CatchRow {
            clause: clause(catch.kind),
            tag: catch.tag.map(|tag| self.machine.tag_name(tag)),
            label: catch.label,
        }
    }

    fn handler_row(&self, handler: &Handler) -> HandlerRow {
        let (module, place) = self.place(handler.func, handler.try_table);
        let (_, target) = self.place(handler.func, handler.offset);
        HandlerRow {
            frame: handler.depth,
            func_name: self.short_func_name(handler.func),
            module,
            clause: clause(handler.kind),
            span: place.span,
            line: place.line,
            offset: handler.offset.0,
            target: target.span,
            target_line: target.line,
        }
    }

    /// A tag by the name of its export, its `$name`, or the names of its import (`module.name`, or
    /// the second alone): in the module with a number, or else in another one.
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
                let rest = rest.and_then(|rest| rest.strip_prefix('.'));
                rest == Some(import.name) || name == import.name
            })
        };
        let index = named(name, |index| module.tag_name(index), tags.len()).or_else(imported);
        index.map(|index| tags[index])
    }

    /// The tags of all modules, each with the number of the module and its index there.
    pub fn tags(&self) -> Vec<(usize, usize, TagAddr)> {
        let modules = self.instances.iter().enumerate();
        let tags = modules.flat_map(|(module, at)| {
            let tags = self.machine.tags(*at).iter().enumerate();
            tags.map(move |(index, tag)| (module, index, *tag))
        });
        tags.collect()
    }

    fn exception_at(&self, object: u32) -> Result<(ObjectAddr, Exception), String> {
        let addr = ObjectAddr(object);
        match self.machine.exception(addr) {
            Some(exception) => Ok((addr, exception)),
            None => Err(format!("the machine has no exception {object}")),
        }
    }

    /// An exception that crosses to host code.
    pub fn crossing_exception(&self, object: u32) -> Result<Exception, String> {
        Ok(self.exception_at(object)?.1)
    }

    /// Answers the pending host call by throwing an exception that is there already.
    pub fn rethrow_from_host(&mut self, object: u32) -> Result<(), String> {
        let (addr, exception) = self.exception_at(object)?;
        let handler = self.machine.handler_of(exception.tag);
        let thrown = self.machine.rethrow_from_host(addr);
        thrown.map_err(|error| error.to_string())?;
        self.depth.take();
        self.last_throw = Some((exception, handler));
        Ok(())
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
        self.throw(Exception { tag, values })
    }

    /// An exception for which the host has no memory waits for the next run.
    pub(super) fn throw(&mut self, exception: Exception) -> Result<(), String> {
        let handler = self.machine.handler_of(exception.tag);
        let thrown = (self.machine).throw_from_host(exception.tag, &exception.values);
        self.depth.take();
        match thrown.as_ref().map_err(waspnest::Error::kind) {
            Ok(()) => self.last_throw = Some((exception, handler)),
            Err(ErrorKind::NoMemory(refused)) => {
                self.refused = refused.to_string();
                self.unthrown = Some(exception);
            }
            Err(_) => return thrown.map_err(|error| error.to_string()),
        }
        Ok(())
    }
}

fn clause(kind: ClauseKind) -> Clause {
    match kind {
        ClauseKind::Catch => Clause::Catch,
        ClauseKind::CatchRef => Clause::CatchRef,
        ClauseKind::CatchAll => Clause::CatchAll,
        ClauseKind::CatchAllRef => Clause::CatchAllRef,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::{self, MachineView, Viewport};
    use crate::session::StopCode;
    use crate::session::link::tests::prepared;

    const TEXT: &str = r#"(module
  (import "env" "refuse" (tag $refuse (param i32 i64)))
  (import "env" "ask" (func $ask))
  (tag $own (export "own") (param f64))
  (global $kept (mut exnref) (ref.null exn))
  (func $throws (throw $own (f64.const 1.5)))
  (func (export "run")
    (block $all (result exnref)
      (try_table (catch_all_ref $all)
        (call $throws))
      (return))
    (global.set $kept)
    (block $h (result i32 i64)
      (try_table (catch $refuse $h)
        (call $ask))
      (return))
    (drop) (drop)
    (throw_ref (global.get $kept))))"#;

    fn begun() -> Project {
        let mut project = prepared(&[("main", TEXT)]);
        assert_eq!(project.link(Vec::new()), []);
        project.begin("main", "run", &[]).expect("it is there");
        project.set_until("step").expect("there is such a step");
        project
    }

    fn viewport(rows: Option<RowWindows>) -> Viewport {
        Viewport {
            frame: 0,
            frames_from: 0,
            frames_count: 8,
            rows,
            memories: Vec::new(),
            tables: Vec::new(),
            heap: None,
        }
    }

    fn view(project: &Project) -> MachineView {
        project.view(&viewport(None))
    }

    /// Steps until an instruction is the next one.
    fn step_to(project: &mut Project, mnemonic: &str) -> MachineView {
        loop {
            let view = view(project);
            if view
                .next
                .as_ref()
                .is_some_and(|next| next.mnemonic == mnemonic)
            {
                return view;
            }
            let code = project.run(u64::MAX);
            assert_eq!(code, StopCode::Reached, "before {mnemonic}");
        }
    }

    fn sentence(view: &MachineView) -> &str {
        view.effect.as_ref().map_or("", |effect| &effect.sentence)
    }

    #[test]
    fn an_exception_is_shown_before_and_after_its_throw_and_where_it_is_kept() {
        let mut project = begun();
        let before = step_to(&mut project, "throw");
        let [row] = &before.exceptions[..] else {
            panic!("{:?}", before.exceptions)
        };
        assert_eq!(row.state, ExceptionState::Next);
        assert_eq!(row.exception.tag, "$own");
        assert_eq!(row.exception.text, "$own (1.5)");
        let handler = row.handler.as_ref().expect("it is caught");
        assert_eq!((handler.frame, &*handler.func_name), (1, "\"run\""));
        assert_eq!(handler.clause, Clause::CatchAllRef);
        assert_eq!((handler.line, handler.target_line), (Some(9), Some(12)));

        assert_eq!(project.run(u64::MAX), StopCode::Reached);
        let after = view(&project);
        let caught = "throw threw $own (1.5), caught in main:\"run\" at line 12";
        assert_eq!(sentence(&after), caught);
        let [row] = &after.exceptions[..] else {
            panic!("{:?}", after.exceptions)
        };
        assert_eq!(row.state, ExceptionState::Caught);
        assert_eq!(row.handler.as_ref(), Some(handler));
        assert_eq!(row.holders, ["operand 0"]);

        assert_eq!(project.run(u64::MAX), StopCode::Reached);
        let kept = view(&project);
        assert_eq!(kept.exceptions[0].state, ExceptionState::Held);
        assert_eq!(kept.exceptions[0].holders, ["$kept"]);
        assert_eq!(kept.exceptions[0].handler, None);
    }

    #[test]
    fn exceptions_out_of_sight_are_listed_by_windows_the_newest_first() {
        let text = r#"(module
  (tag $t (param i32))
  (global $last (mut exnref) (ref.null exn))
  (table $kept 100 exnref)
  (func $keep (param i32)
    (block $h (result exnref)
      (try_table (catch_all_ref $h) (throw $t (local.get 0)))
      (return))
    (global.set $last)
    (table.set $kept (local.get 0) (global.get $last)))
  (func (export "run") (local i32)
    (loop $more
      (call $keep (local.get 0))
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get 0) (i32.const 100))))
    (nop)))"#;
        let mut project = prepared(&[("main", text)]);
        assert_eq!(project.link(Vec::new()), []);
        project.begin("main", "run", &[]).expect("it is there");
        project.set_until("step").expect("there is such a step");
        step_to(&mut project, "nop");
        let texts = |from| {
            let rows = RowWindows {
                count: 3,
                locals_from: 0,
                operands_from: 0,
                labels_from: 0,
                globals_from: 0,
                exceptions_from: from,
            };
            let seen = project.view(&viewport(Some(rows)));
            let in_sight = seen.exceptions.iter().map(|row| row.exception.text.clone());
            assert_eq!(in_sight.collect::<Vec<_>>(), ["$t (99)"]);
            assert_eq!(seen.other_exception_count, 99);
            let texts = seen.other_exceptions.into_iter().map(|row| row.text);
            texts.collect::<Vec<_>>()
        };
        assert_eq!(texts(0), ["$t #98 (98)", "$t #97 (97)", "$t #96 (96)"]);
        assert_eq!(texts(50), ["$t #48 (48)", "$t #47 (47)", "$t #46 (46)"]);
        assert_eq!(texts(u32::MAX), ["$t #2 (2)", "$t #1 (1)", "$t #0 (0)"]);
    }

    #[test]
    fn an_exception_that_host_code_has_is_thrown_again() {
        let text = r#"(module
  (tag $t (param i32))
  (import "env" "ask" (func $ask (param exnref)))
  (func (export "run") (result exnref)
    (block $h (result exnref)
      (try_table (catch_all_ref $h) (throw $t (i32.const 7)))
      (unreachable))
    (block $again (param exnref) (result exnref)
      (try_table (param exnref) (catch_all_ref $again) (call $ask))
      (unreachable))))"#;
        let mut project = prepared(&[("main", text)]);
        assert_eq!(project.link(Vec::new()), []);
        project.begin("main", "run", &[]).expect("it is there");
        assert_eq!(project.run(u64::MAX), StopCode::HostCall);
        let object = project.host_call_args()[0] as u32;
        let kept = project.crossing_exception(object).expect("it is there");
        assert_eq!(kept.values, [waspnest::Value::I32(7)]);
        let nothing = Err("the machine has no exception 9".to_owned());
        assert_eq!(project.crossing_exception(9), nothing);
        assert_eq!(project.rethrow_from_host(9), nothing.map(|_| ()));
        assert_eq!(project.rethrow_from_host(object), Ok(()));
        assert_eq!(project.run(u64::MAX), StopCode::Finished);
        let [dto::Value::Ref { target, .. }] = &project.results()[..] else {
            panic!("{:?}", project.results())
        };
        let text = "$t (7)".to_owned();
        assert_eq!(*target, dto::RefTarget::Exception { object, text });
    }

    #[test]
    fn labels_list_the_handlers_in_force() {
        let mut project = begun();
        step_to(&mut project, "throw");
        assert_eq!(project.run(u64::MAX), StopCode::Reached);
        let view = step_to(&mut project, "call");
        let labels = &view.frame.as_ref().expect("there is a frame").labels;
        let catch = CatchRow {
            clause: Clause::Catch,
            tag: Some("env.refuse".to_owned()),
            label: 1,
        };
        assert_eq!(labels[0].catches, [catch]);
        assert_eq!(labels[1].name.as_deref(), Some("$h"));
        assert_eq!(labels[1].target_line, Some(17));
    }

    #[test]
    fn what_the_host_throws_is_caught_and_told() {
        let mut project = begun();
        step_to(&mut project, "throw");
        assert_eq!(project.run(u64::MAX), StopCode::Reached);
        step_to(&mut project, "call");
        assert_eq!(project.run(u64::MAX), StopCode::HostCall);
        let tag = project.tag_address(0, "env.refuse").expect("it is there");
        for name in ["refuse", "$refuse"] {
            assert_eq!(project.tag_address(0, name), Some(tag));
        }
        assert_eq!(project.tag_address(0, "nothing"), None);
        assert!(project.throw_from_host(tag.0, &[7]).is_err());
        assert!(project.throw_from_host(tag.0 + 9, &[]).is_err());
        assert_eq!(project.throw_from_host(tag.0, &[7, 8]), Ok(()));
        assert_eq!(project.run(u64::MAX), StopCode::Reached);
        let caught = view(&project);
        assert_eq!(
            sentence(&caught),
            "call called env.ask, which threw env.refuse (7, 8), caught in main:\"run\" at line 17"
        );
        assert_eq!(caught.exceptions[0].state, ExceptionState::Caught);

        let end = step_to(&mut project, "throw_ref");
        assert_eq!(end.exceptions[0].state, ExceptionState::Next);
        assert_eq!(end.exceptions[0].handler, None);
        assert_eq!(project.run(u64::MAX), StopCode::Trapped);
        let trapped = view(&project);
        assert_eq!(sentence(&trapped), "throw_ref threw $own (1.5), uncaught");
        assert_eq!(trapped.exceptions[0].state, ExceptionState::Uncaught);
    }
}
