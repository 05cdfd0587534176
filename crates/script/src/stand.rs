//! The machine of a script just before an action, given away to be stepped.

use waspnest::{FuncAddr, InstanceIdx, Machine, Value};
use waspnest_srcmap::Directive;

use crate::run::{Led, Run};

/// A machine with a call that was begun and has not run.
pub struct Stand {
    /// The machine.
    pub machine: Machine,
    /// Its instances, in their order.
    pub instances: Vec<Instance>,
    /// The functions of `spectest`, which whoever goes on with the machine answers. They return
    /// nothing.
    pub host_funcs: Vec<FuncAddr>,
    /// What was begun.
    pub call: StandCall,
    /// The script.
    pub text: String,
    /// Its directives.
    pub directives: Vec<Directive>,
}

/// An instance of a script's machine.
pub struct Instance {
    /// Number of the directive that made it.
    pub directive: u32,
    /// Number of the directive with its module: another one for `(module instance ...)`.
    pub source: u32,
    /// What the script calls it, without the dollar sign.
    pub name: Option<String>,
}

/// The call that was begun.
#[derive(Clone, Debug)]
pub struct StandCall {
    /// Whose function is called.
    pub instance: InstanceIdx,
    /// The export that is called; `None` for a start function.
    pub export: Option<String>,
    /// The arguments.
    pub args: Vec<Value>,
}

impl Run {
    /// Begins the action of the directive that comes next and gives the machine away, which has
    /// not run any of it.
    ///
    /// # Errors
    ///
    /// A sentence, if that directive calls no function.
    pub fn into_stand(mut self) -> Result<Stand, String> {
        if self.position() >= self.directives().len() {
            return Err("the script has no such directive".to_owned());
        }
        match self.begin_next() {
            Led::Calling(call, _) => {
                let host_funcs = self.session.host_funcs();
                let (machine, instances) = self.session.into_machine();
                Ok(Stand {
                    host_funcs,
                    machine,
                    instances,
                    call: call.target,
                    text: self.text,
                    directives: self.directives,
                })
            }
            Led::Judged(Ok(())) => {
                Err("this directive calls no function, so there is nothing to step".to_owned())
            }
            Led::Judged(Err(mismatch)) => Err(format!(
                "this call cannot begin: expected {}, got {}",
                mismatch.expected, mismatch.got
            )),
        }
    }
}
