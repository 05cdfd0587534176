//! The machine of a script, stood before one of its actions.

use std::rc::Rc;

use waspnest::{Extern, InstanceIdx};
use waspnest_script::{Mode, Options, Run, Stand};

use super::{Project, config_of};
use crate::convert::extern_type;
use crate::dto::{HostImport, ImportInfo, Limits, Schedule, ScriptCall};
use crate::source::{Source, Text};

/// A script on its way.
pub struct Approach {
    file: String,
    run: Run,
    directive: usize,
}

impl Project {
    /// Prepares a run of a script up to a directive.
    ///
    /// # Errors
    /// A limit that makes no sense, or a schedule with unknown names.
    pub fn prepare_script(
        &mut self,
        file: String,
        text: String,
        directive: usize,
        limits: &Limits,
        schedule: &Schedule,
    ) -> Result<(), String> {
        self.config = config_of(limits, schedule)?;
        let mut config = self.config.clone();
        // What comes before is not on the account of the call.
        config.gas_limit = None;
        let options = Options {
            mode: Mode::PLAIN,
            config,
            ..Options::default()
        };
        self.script = Some(Approach {
            file,
            run: Run::new(text, options),
            directive,
        });
        Ok(())
    }

    /// Goes on for one directive, or at most `ticks` instructions of it; false once it stands
    /// before the directive that is wanted.
    pub fn advance_script(&mut self, ticks: u64) -> bool {
        match &mut self.script {
            Some(script) => script.run.position() < script.directive && script.run.advance(ticks),
            None => false,
        }
    }

    /// Makes the machine of the script, which is there now, the project's own.
    ///
    /// # Errors
    /// A sentence, if the directive calls no function.
    pub fn stand_script(&mut self) -> Result<ScriptCall, String> {
        let Some(Approach { file, run, .. }) = self.script.take() else {
            return Err("no script was prepared".to_owned());
        };
        let Stand {
            machine,
            instances,
            host_funcs,
            call,
            text,
            directives,
        } = run.into_stand()?;
        let text = Rc::new(Text::new(text));
        self.sources.clear();
        self.instances.clear();
        for (instance, idx) in instances.iter().zip((0..).map(InstanceIdx)) {
            let made_by = directives[instance.directive as usize];
            let line = text.index.line(made_by.span.start);
            let name = match &instance.name {
                Some(name) => format!("{file}:{line} ${name}"),
                None => format!("{file}:{line}"),
            };
            self.sources.push(Source::of_script(
                name,
                (&file, &text),
                &directives[instance.source as usize],
                machine.module(idx).clone(),
            ));
            self.instances.push(idx);
        }
        self.tally = std::cell::RefCell::default();
        self.noted = None;
        self.depth.take();
        self.machine = machine;
        self.machine.set_gas_limit(self.config.gas_limit);
        self.machine.reset_gas();
        self.host_imports.clear();
        self.host_funcs.clear();
        for func in host_funcs {
            let Some((module, name)) = self.machine.host_func_name(func) else {
                continue;
            };
            let (kind, r#type, func_type) =
                extern_type(&self.machine.extern_type(Extern::Func(func)));
            self.host_funcs.push((func, self.host_imports.len()));
            self.host_imports.push(HostImport {
                import: ImportInfo {
                    module: module.to_owned(),
                    name: name.to_owned(),
                    kind,
                    r#type,
                    func: func_type,
                },
                importer: file.clone(),
                span: None,
                line: None,
                column: None,
            });
        }
        self.is_stand = true;
        Ok(ScriptCall {
            module: call.instance.0,
            export: call.export,
            args: call.args.iter().map(|value| self.value(*value)).collect(),
        })
    }
}
