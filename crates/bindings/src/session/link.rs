//! Linking: modules import what modules before them export; the rest is asked of the host.

use std::collections::BTreeMap;

use waspnest::{
    Config, Error, ErrorKind, Extern, ExternType, FuncIdx, InstanceIdx, Machine, ModuleTypes,
};

use super::{Project, config_of};
use crate::convert::{extern_type, param_name, value_in};
use crate::dto::{
    ExportInfo, ExternKind, HostGlobal, HostImport, ImportInfo, Limits, ModuleSource, Problem,
    Schedule,
};
use crate::source::Source;

/// A linked module, for `SessionModule` of the worker.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkedModule {
    pub name: String,
    /// The file that shows its text, where that is not named like the module.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Its text, where no file has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    pub imports: Vec<ImportInfo>,
    pub exports: Vec<ExportInfo>,
    pub funcs: LinkedFuncs,
    pub has_start: bool,
    /// It was not read again, because it had been read before.
    pub from_cache: bool,
    /// Of its bytes, in hexadecimal: the same for the same module on every machine.
    pub hash: String,
}

/// The addresses of a module's functions by their index: first the imported ones, then its own,
/// which follow each other.
#[derive(serde::Serialize)]
pub struct LinkedFuncs {
    imported: Vec<u32>,
    first: u32,
    count: u32,
}

/// The largest memory of a core that addresses 4 GiB, in pages: a little less than 2 GiB.
const MOST_PAGES: u64 = 32_767;

fn plain(message: String) -> Problem {
    Problem {
        message,
        file: None,
        span: None,
        line: None,
        column: None,
        limited: None,
    }
}

impl Project {
    /// Reads, assembles and validates the modules; gives what is wrong with them.
    pub fn prepare(
        &mut self,
        modules: Vec<ModuleSource>,
        limits: &Limits,
        schedule: &Schedule,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        match config_of(limits, schedule) {
            Ok(config) => self.config = config,
            Err(message) => problems.push(plain(message)),
        }
        self.sources.clear();
        for source in modules {
            let read = match source {
                ModuleSource::Text { name, text } => Source::from_text(name, text),
                ModuleSource::Binary { name, bytes } => Source::from_bytes(name, &bytes),
            };
            match read {
                Ok(source) => {
                    if self.sources.iter().any(|other| other.name == source.name) {
                        problems.push(plain(format!("two modules are named \"{}\"", source.name)));
                    }
                    self.sources.push(source);
                }
                Err(found) => problems.extend(found),
            }
        }
        if self.sources.is_empty() && problems.is_empty() {
            problems.push(plain("the project has no module".to_owned()));
        }
        if problems.is_empty() {
            self.find_wanted();
        }
        problems
    }

    /// Finds the imports whose module is no other one of the project. Two that are written alike
    /// may be of different types, and the other way round: the machine's numbers of types decide.
    fn find_wanted(&mut self) {
        let mut types = Machine::new(Config::default());
        let mut wanted: Vec<HostImport> = Vec::new();
        let mut known: BTreeMap<(&str, &str, String), usize> = BTreeMap::new();
        let mut numbers = Vec::new();
        for (number, source) in self.sources.iter().enumerate() {
            let of_module = types.types_of(&source.module);
            let mut of_source = Vec::new();
            for (position, import) in source.module.imports().enumerate() {
                let identity = match self.giver_of(number, import.module) {
                    Some(_) => None,
                    None => of_module.import_identity(position),
                };
                let Some(identity) = identity else {
                    of_source.push(None);
                    continue;
                };
                let key = (import.module, import.name, identity);
                let at = *known.entry(key).or_insert(wanted.len());
                of_source.push(Some(at));
                if at < wanted.len() {
                    continue;
                }
                let (kind, text, func) = extern_type(&import.ty);
                let (span, line, column) = source.import_place(position as u32);
                wanted.push(HostImport {
                    import: ImportInfo {
                        module: import.module.to_owned(),
                        name: import.name.to_owned(),
                        kind,
                        r#type: text,
                        func,
                    },
                    importer: source.name.clone(),
                    span,
                    line,
                    column,
                });
            }
            numbers.push(of_source);
        }
        self.host_imports = wanted;
        self.host_numbers = numbers;
    }

    /// Makes the machine. Gives what keeps it from being made; then there is none.
    pub fn link(&mut self, globals: Vec<HostGlobal>) -> Vec<Problem> {
        self.host_globals = globals;
        match self.make_machine() {
            Ok(()) => Vec::new(),
            Err(problem) => vec![*problem],
        }
    }

    /// The machine as it was after `link`.
    pub fn reset(&mut self) -> Result<(), String> {
        self.step_in_host = false;
        self.make_machine().map_err(|problem| problem.message)?;
        for (file, position) in std::mem::take(&mut self.breakpoints) {
            self.add_breakpoint(file, position);
        }
        if self.trace.is_some() {
            self.trace = Some(super::Trace::default());
        }
        Ok(())
    }

    fn make_machine(&mut self) -> Result<(), Box<Problem>> {
        // The old machine goes first: both at once could be more than there is memory for.
        self.tally = std::cell::RefCell::default();
        self.noted = None;
        self.depth.take();
        self.machine = Machine::new(self.config.clone());
        self.instances.clear();
        self.host_funcs.clear();
        let mut made: Vec<Option<Extern>> = vec![None; self.host_imports.len()];
        for number in 0..self.sources.len() {
            let mut imports = Vec::new();
            let types = self.machine.types_of(&self.sources[number].module);
            for (position, import) in self.sources[number].module.imports().enumerate() {
                let given = match self.giver_of(number, import.module) {
                    Some(giver) => self.export_of(number, giver, import.name)?,
                    None => {
                        let Some(at) = self.host_numbers[number][position] else {
                            unreachable!("every import of the host is wanted from it");
                        };
                        match made[at] {
                            Some(given) => given,
                            None => {
                                let given = make_host(
                                    &mut self.machine,
                                    &self.host_globals,
                                    (import.module, import.name),
                                    (&types, position),
                                )
                                .map_err(|message| self.at_import(number, position, message))?;
                                if let Extern::Func(func) = given {
                                    self.host_funcs.push((func, at));
                                }
                                made[at] = Some(given);
                                given
                            }
                        }
                    }
                };
                imports.push(given);
            }
            let module = self.sources[number].module.clone();
            let instance = self
                .machine
                .instantiate(&module, &imports)
                .map_err(|error| self.link_problem(number, &error))?;
            self.instances.push(instance);
        }
        Ok(())
    }

    /// The other module of the project that an import's module name stands for. A module named
    /// like what it imports means the host's.
    fn giver_of(&self, number: usize, module: &str) -> Option<usize> {
        let mut others = self.sources.iter().enumerate();
        others.position(|(other, source)| other != number && source.name == module)
    }

    /// What module `giver` exports by a name, for module `number`.
    fn export_of(&self, number: usize, giver: usize, name: &str) -> Result<Extern, Box<Problem>> {
        let (user, from) = (&self.sources[number].name, &self.sources[giver].name);
        let position = || {
            let mut imports = self.sources[number].module.imports();
            let asked = imports.position(|import| import.module == from && import.name == name);
            asked.unwrap_or_default()
        };
        let Some(instance) = self.instances.get(giver) else {
            let message = format!(
                "module {user} imports \"{name}\" from {from}, which comes after it; move {from} before {user}"
            );
            return Err(self.at_import(number, position(), message));
        };
        self.machine.export(*instance, name).ok_or_else(|| {
            let message =
                format!("module {from} exports nothing named \"{name}\", which {user} imports");
            self.at_import(number, position(), message)
        })
    }

    fn link_problem(&self, number: usize, error: &Error) -> Box<Problem> {
        match error.kind() {
            ErrorKind::Link { module, name, .. } => {
                let position = self.sources[number]
                    .module
                    .imports()
                    .position(|import| import.module == module && import.name == name);
                self.at_import(number, position.unwrap_or_default(), error.to_string())
            }
            _ => {
                let place = error
                    .offset()
                    .map(|offset| self.sources[number].place(offset.0));
                let is_limited = matches!(error.kind(), ErrorKind::Limit(_))
                    && self.config.memory_pages < MOST_PAGES;
                let message = match is_limited {
                    true => format!("{error}; with a higher limit it can be loaded"),
                    false => error.to_string(),
                };
                Box::new(Problem {
                    message,
                    file: Some(self.sources[number].name.clone()),
                    span: place.and_then(|place| place.span),
                    line: place.and_then(|place| place.line),
                    column: None,
                    limited: is_limited.then_some(true),
                })
            }
        }
    }

    fn at_import(&self, number: usize, position: usize, message: String) -> Box<Problem> {
        let source = &self.sources[number];
        let (span, line, column) = source.import_place(position as u32);
        Box::new(Problem {
            message,
            file: Some(source.name.clone()),
            span,
            line,
            column,
            limited: None,
        })
    }

    /// Address of the thing at an index of an instance.
    fn address_of(&self, instance: InstanceIdx, kind: ExternKind, index: u32) -> Option<u32> {
        let index = index as usize;
        match kind {
            ExternKind::Func => self.machine.funcs(instance).get(index).map(|func| func.0),
            ExternKind::Table => self
                .machine
                .tables(instance)
                .get(index)
                .map(|table| table.0),
            ExternKind::Memory => self
                .machine
                .memories(instance)
                .get(index)
                .map(|memory| memory.0),
            ExternKind::Global => self
                .machine
                .globals(instance)
                .get(index)
                .map(|global| global.0),
            ExternKind::Tag => self.machine.tags(instance).get(index).map(|tag| tag.0),
        }
    }

    fn linked_funcs(&self, source: &Source, instance: InstanceIdx) -> LinkedFuncs {
        let imports = source.module.imports();
        let n_imported = imports.filter(|import| matches!(import.ty, ExternType::Func(_)));
        let (imported, own) = self.machine.funcs(instance).split_at(n_imported.count());
        LinkedFuncs {
            imported: imported.iter().map(|func| func.0).collect(),
            first: own.first().map_or(0, |func| func.0),
            count: own.len() as u32,
        }
    }

    /// The modules with the addresses of their exports.
    pub fn modules(&self) -> Vec<LinkedModule> {
        self.sources
            .iter()
            .zip(&self.instances)
            .map(|(source, instance)| LinkedModule {
                name: source.name.clone(),
                file: (source.file != source.name).then(|| source.file.clone()),
                text: (self.is_stand)
                    .then(|| source.own_text())
                    .flatten()
                    .map(str::to_owned),
                imports: source
                    .module
                    .imports()
                    .map(|import| {
                        let (kind, text, func) = extern_type(&import.ty);
                        ImportInfo {
                            module: import.module.to_owned(),
                            name: import.name.to_owned(),
                            kind,
                            r#type: text,
                            func,
                        }
                    })
                    .collect(),
                exports: source
                    .module
                    .exports()
                    .map(|export| {
                        let (kind, text, func) = extern_type(&export.ty);
                        let address = self.address_of(*instance, kind, export.index);
                        let param_names = func
                            .as_ref()
                            .filter(|func| kind == ExternKind::Func && !func.params.is_empty())
                            .map(|func| {
                                let name = |local| {
                                    source
                                        .module
                                        .local_name(FuncIdx(export.index), local as u32)
                                };
                                (0..func.params.len())
                                    .map(|local| param_name(local, name(local)))
                                    .collect()
                            });
                        ExportInfo {
                            name: export.name.to_owned(),
                            kind,
                            r#type: text,
                            func,
                            param_names,
                            address: address.unwrap_or(0),
                        }
                    })
                    .collect(),
                funcs: self.linked_funcs(source, *instance),
                has_start: source.module.start().is_some(),
                from_cache: source.was_kept,
                hash: format!("{:016x}", source.module.hash()),
            })
            .collect()
    }
}

/// A function, global, memory, table or tag that the host gives for an import.
fn make_host(
    machine: &mut Machine,
    globals: &[HostGlobal],
    (module, name): (&str, &str),
    (types, position): (&ModuleTypes, usize),
) -> Result<Extern, String> {
    let Some(ty) = types.import(position) else {
        unreachable!("the position is that of an import")
    };
    let made = match ty {
        ExternType::Func(_) => match machine.host_func_for(types, position) {
            Some(func) => Ok(Extern::Func(func)),
            None => unreachable!("the import is a function"),
        },
        ExternType::Tag(_) => match machine.host_tag_for(types, position) {
            Some(tag) => Ok(Extern::Tag(tag)),
            None => unreachable!("the import is a tag"),
        },
        ExternType::Memory(ty) => machine.host_memory(ty).map(Extern::Memory),
        ExternType::Table(ty) => machine.host_table(ty).map(Extern::Table),
        ExternType::Global(ty) => {
            let given = globals
                .iter()
                .find(|global| global.module == module && global.name == name);
            let Some(given) = given else {
                return Err(format!("nothing gives the global {module}.{name} a value"));
            };
            machine
                .host_global(ty, value_in(&given.value))
                .map(Extern::Global)
        }
    };
    made.map_err(|error| format!("{module}.{name}: {error}"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::convert::schedule_out;

    /// The project of some texts after `prepare`.
    pub(in crate::session) fn prepared(texts: &[(&str, &str)]) -> Project {
        let limits = Limits {
            gas: None,
            stack_slots: 1 << 16,
            memory_pages: 16,
            table_elements: 100,
            heap_mib: 1,
            host_millis: 2_000,
        };
        let module = |(name, text): &(&str, &str)| ModuleSource::Text {
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        };
        let mut project = Project::new();
        let schedule = schedule_out(&waspnest::Schedule::instructions());
        let problems = project.prepare(texts.iter().map(module).collect(), &limits, &schedule);
        assert_eq!(problems, [], "the texts are valid");
        project
    }

    #[test]
    fn p3_a_module_read_twice_is_read_once() {
        let text = "(module (func (export \"only here\") nop))";
        let mut first = prepared(&[("a", text)]);
        assert_eq!(first.link(Vec::new()), []);
        assert!(!first.modules()[0].from_cache);
        let mut second = prepared(&[("b", text)]);
        assert_eq!(second.link(Vec::new()), []);
        assert!(second.modules()[0].from_cache);
        assert_eq!(second.modules()[0].exports, first.modules()[0].exports);
    }

    #[test]
    fn an_import_from_the_modules_own_name_is_the_hosts() {
        let text = "(module (import \"print\" \"i32\" (func (param i32))))";
        let mut project = prepared(&[("print", text)]);
        assert_eq!(project.host_imports().len(), 1);
        assert_eq!(project.link(Vec::new()), []);
        assert_eq!(project.host_funcs().len(), 1);
    }

    #[test]
    fn many_imports_of_one_name_are_one_thing_for_each_type() {
        let imports: String = (0..20_000)
            .map(|number| {
                let (name, ty) = (number % 4_999, ["i32", "i64"][number % 2]);
                format!("(import \"env\" \"f{name}\" (func (param {ty})))\n")
            })
            .collect();
        let user = format!("(module {imports})");
        let mut project = prepared(&[("a", &user)]);
        assert_eq!(project.host_imports().len(), 9_998);
        assert_eq!(project.link(Vec::new()), []);
        assert_eq!(project.host_funcs().len(), 9_998);
    }

    #[test]
    fn imports_of_one_name_are_one_thing_exactly_if_their_types_are_the_same() {
        let check = |first: &str, second: &str, expected: usize| {
            let import = |types: &str| {
                format!(
                    "(module {types} (import \"env\" \"f\" (func (type $f))) (import \"env\" \"t\" (table 1 funcref)))"
                )
            };
            let mut project = prepared(&[("a", &import(first)), ("b", &import(second))]);
            assert_eq!(
                project.host_imports().len(),
                expected + 1,
                "{first} {second}"
            );
            assert_eq!(project.link(Vec::new()), []);
            assert_eq!(project.host_funcs().len(), expected, "{first} {second}");
        };
        let plain = "(type $f (func (param i32)))";
        check(plain, plain, 1);
        // Written alike, `(func (param (ref 0)))`, but of other structures.
        let structure = |field: &str| {
            format!("(type $s (struct (field {field}))) (type $f (func (param (ref $s))))")
        };
        check(&structure("i32"), &structure("i64"), 2);
        // Written with other numbers, but the same.
        let later = format!("(type (func (result f64))) {}", structure("i32"));
        check(&structure("i32"), &later, 1);
        // The same parameters, but one may have subtypes.
        check(plain, "(type $f (sub (func (param i32))))", 2);
    }

    #[test]
    fn a_wrong_order_of_modules_is_named() {
        let user = "(module (import \"b\" \"f\" (func)))";
        let mut project = prepared(&[("a", user), ("b", "(module (func (export \"f\")))")]);
        let problems = project.link(Vec::new());
        assert_eq!(
            problems[0].message,
            "module a imports \"f\" from b, which comes after it; move b before a"
        );
        assert_eq!(problems[0].line, Some(1));
    }
}
