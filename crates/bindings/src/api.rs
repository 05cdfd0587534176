//! `Session`: the project's machine as JavaScript sees it. Each method converts and delegates.

use serde::Serialize;
use wasm_bindgen::prelude::*;
use waspnest::{Gas, GlobalAddr, MemAddr, TableAddr, TagAddr};

use crate::convert::{from_js, func_type, json, refuse, to_js, value_in};
use crate::dto::HostImport;
use crate::session::{Project, StopCode};

#[wasm_bindgen]
pub struct Session(Project);

#[derive(Serialize)]
struct HostFunc {
    func: u32,
    import: HostImport,
}

#[derive(Serialize)]
struct Tag {
    address: u32,
    types: Vec<String>,
}

/// An exception that crosses to host code, with its values in the form of slots.
#[derive(Serialize)]
struct CrossingException {
    tag: u32,
    name: String,
    types: Vec<String>,
    slots: Vec<u64>,
}

/// A tag by its place in a module.
#[derive(Serialize)]
struct TagPlace {
    module: usize,
    index: usize,
    #[serde(flatten)]
    tag: Tag,
}

type Answer<T> = Result<T, JsValue>;

fn sentence<T>(result: Result<T, String>) -> Answer<T> {
    result.map_err(|message| refuse(&message))
}

#[wasm_bindgen]
impl Session {
    #[wasm_bindgen(constructor)]
    #[expect(clippy::new_without_default, reason = "JavaScript constructs it")]
    pub fn new() -> Session {
        Session(Project::new())
    }

    pub fn prepare(
        &mut self,
        modules: JsValue,
        limits: JsValue,
        schedule: JsValue,
    ) -> Answer<JsValue> {
        let problems = self
            .0
            .prepare(from_js(modules)?, &from_js(limits)?, &from_js(schedule)?);
        Ok(to_js(&problems))
    }

    #[wasm_bindgen(js_name = prepareScript)]
    pub fn prepare_script(
        &mut self,
        file: String,
        text: String,
        directive: usize,
        limits: JsValue,
        schedule: JsValue,
    ) -> Answer<()> {
        let (limits, schedule) = (from_js(limits)?, from_js(schedule)?);
        sentence((self.0).prepare_script(file, text, directive, &limits, &schedule))
    }

    #[wasm_bindgen(js_name = advanceScript)]
    pub fn advance_script(&mut self, ticks: f64) -> bool {
        self.0.advance_script(ticks as u64)
    }

    #[wasm_bindgen(js_name = standScript)]
    pub fn stand_script(&mut self) -> Answer<JsValue> {
        sentence(self.0.stand_script()).map(|call| to_js(&call))
    }

    #[wasm_bindgen(js_name = hostImports)]
    pub fn host_imports(&self) -> JsValue {
        to_js(self.0.host_imports())
    }

    pub fn link(&mut self, globals: JsValue) -> Answer<JsValue> {
        Ok(to_js(&self.0.link(from_js(globals)?)))
    }

    /// The linked modules as JSON.
    pub fn modules(&self) -> String {
        json(&self.0.modules())
    }

    #[wasm_bindgen(js_name = hostFuncs)]
    pub fn host_funcs(&self) -> JsValue {
        let funcs = self.0.host_funcs().into_iter();
        let funcs = funcs.map(|host| HostFunc {
            func: host.func.0,
            import: host.import,
        });
        to_js(&funcs.collect::<Vec<_>>())
    }

    pub fn reset(&mut self) -> Answer<()> {
        sentence(self.0.reset())
    }

    #[wasm_bindgen(js_name = beginStart)]
    pub fn begin_start(&mut self, module: usize) -> Answer<bool> {
        sentence(self.0.begin_start(module))
    }

    pub fn begin(&mut self, module: &str, export: &str, args: JsValue) -> Answer<()> {
        let args: Vec<crate::dto::Value> = from_js(args)?;
        sentence(self.0.begin(module, export, &args))
    }

    pub fn abandon(&mut self) {
        self.0.machine_mut().abandon();
    }

    #[wasm_bindgen(js_name = openAccount)]
    pub fn open_account(&mut self) {
        self.0.open_account();
    }

    #[wasm_bindgen(js_name = setUntil)]
    pub fn set_until(&mut self, kind: &str) -> Answer<()> {
        sentence(self.0.set_until(kind))
    }

    #[wasm_bindgen(js_name = setUntilPosition)]
    pub fn set_until_position(&mut self, module: &str, position: u32) -> Answer<bool> {
        sentence(self.0.set_until_position(module, position))
    }

    pub fn run(&mut self, ticks: f64) -> u32 {
        let code: StopCode = self.0.run(ticks as u64);
        code as u32
    }

    pub fn pause(&mut self) -> u32 {
        self.0.pause() as u32
    }

    pub fn results(&self) -> JsValue {
        to_js(&self.0.results())
    }

    /// In words what memory the host did not give.
    pub fn refused(&self) -> String {
        self.0.refused().to_owned()
    }

    pub fn trap(&self) -> JsValue {
        self.0
            .trap()
            .map_or(JsValue::UNDEFINED, |trap| to_js(&trap))
    }

    #[wasm_bindgen(js_name = hostCallFunc)]
    pub fn host_call_func(&self) -> Answer<u32> {
        sentence(self.0.host_call_func().map(|func| func.0))
    }

    #[wasm_bindgen(js_name = hostCallArgs)]
    pub fn host_call_args(&self) -> Vec<u64> {
        self.0.host_call_args()
    }

    pub fn answer(&mut self, bits: &[u64]) -> Answer<()> {
        sentence(self.0.answer(bits))
    }

    #[wasm_bindgen(js_name = failHostCall)]
    pub fn fail_host_call(&mut self, message: &str) -> Answer<()> {
        sentence(self.0.fail_host_call(message))
    }

    /// Address of a tag and the types of what its exceptions carry.
    #[wasm_bindgen(js_name = tag)]
    pub fn tag(&self, module: usize, name: &str) -> JsValue {
        let tag = self.0.tag_address(module, name);
        tag.map_or(JsValue::UNDEFINED, |tag| to_js(&self.tag_at(tag)))
    }

    /// The tags of all modules.
    pub fn tags(&self) -> JsValue {
        let tags = self.0.tags().into_iter();
        let places = tags.map(|(module, index, tag)| TagPlace {
            module,
            index,
            tag: self.tag_at(tag),
        });
        to_js(&places.collect::<Vec<_>>())
    }

    #[wasm_bindgen(js_name = throwFromHost)]
    pub fn throw_from_host(&mut self, tag: u32, bits: &[u64]) -> Answer<()> {
        sentence(self.0.throw_from_host(tag, bits))
    }

    /// An exception by its object.
    pub fn exception(&self, object: u32) -> Answer<JsValue> {
        let exception = sentence(self.0.crossing_exception(object))?;
        let Tag { address, types } = self.tag_at(exception.tag);
        Ok(to_js(&CrossingException {
            tag: address,
            name: self.0.machine().tag_name(exception.tag),
            types,
            slots: waspnest::slots_of(&exception.values),
        }))
    }

    /// Keeps an object until it is released.
    pub fn keep(&mut self, object: u32) -> Answer<()> {
        sentence(self.0.keep(object))
    }

    pub fn release(&mut self, object: u32) -> Answer<()> {
        sentence(self.0.release(object))
    }

    /// For each handle below a number, 1 if the program still reaches it.
    #[wasm_bindgen(js_name = heldHandles)]
    pub fn held_handles(&self, count: u32) -> Option<Vec<u8>> {
        self.0.held_handles(count)
    }

    #[wasm_bindgen(js_name = rethrowFromHost)]
    pub fn rethrow_from_host(&mut self, object: u32) -> Answer<()> {
        sentence(self.0.rethrow_from_host(object))
    }

    #[wasm_bindgen(js_name = callerModule)]
    pub fn caller_module(&self) -> u32 {
        let frames = self.0.machine().frames(0, 1);
        frames.first().map_or(0, |frame| frame.instance.0)
    }

    #[wasm_bindgen(js_name = callerFunc)]
    pub fn caller_func(&self) -> String {
        let frames = self.0.machine().frames(0, 1);
        frames
            .first()
            .map_or_else(String::new, |frame| self.0.func_name(frame.func))
    }

    pub fn charge(&mut self, units: u64) -> bool {
        self.0.machine_mut().charge(Gas(units)).is_ok()
    }

    #[wasm_bindgen(js_name = gasUsed)]
    pub fn gas_used(&self) -> u64 {
        self.0.machine().gas_used().0
    }

    #[wasm_bindgen(js_name = gasLimit)]
    pub fn gas_limit(&self) -> Option<u64> {
        self.0.machine().gas_limit().map(|gas| gas.0)
    }

    #[wasm_bindgen(js_name = gasDenominator)]
    pub fn gas_denominator(&self) -> u32 {
        self.0.machine().schedule().denominator()
    }

    pub fn ticks(&self) -> u64 {
        self.0.machine().ticks()
    }

    #[wasm_bindgen(js_name = stateHash)]
    pub fn state_hash(&self) -> u64 {
        self.0.machine().state_hash()
    }

    #[wasm_bindgen(js_name = setLimits)]
    pub fn set_limits(&mut self, limits: JsValue) -> Answer<()> {
        self.0.set_limits(&from_js(limits)?);
        Ok(())
    }

    #[wasm_bindgen(js_name = setSchedule)]
    pub fn set_schedule(&mut self, schedule: JsValue) -> Answer<()> {
        sentence(self.0.set_schedule(&from_js(schedule)?))
    }

    #[wasm_bindgen(js_name = clearBreakpoints)]
    pub fn clear_breakpoints(&mut self) {
        self.0.clear_breakpoints();
    }

    /// Where it stands: `BreakpointStand::words`.
    #[wasm_bindgen(js_name = addBreakpoint)]
    pub fn add_breakpoint(&mut self, file: String, position: u32) -> Vec<u32> {
        self.0.add_breakpoint(file, position).words().to_vec()
    }

    pub fn view(&self, viewport: JsValue) -> Answer<JsValue> {
        Ok(to_js(&self.0.view(&from_js(viewport)?)))
    }

    pub fn edit(&mut self, edit: JsValue) -> Answer<()> {
        sentence(self.0.edit(&from_js(edit)?))
    }

    pub fn search(&self, memory: u32, from: u64, needle: &[u8]) -> Answer<Option<u64>> {
        self.check(self.0.has_memory(memory), "memory", memory)?;
        Ok(self.0.search(memory, from, needle))
    }

    #[wasm_bindgen(js_name = memoryAddress)]
    pub fn memory_address(&self, module: usize, name: Option<String>, index: usize) -> Option<u32> {
        self.0
            .memory_address(module, name.as_deref(), index)
            .map(|memory| memory.0)
    }

    #[wasm_bindgen(js_name = globalAddress)]
    pub fn global_address(&self, module: usize, name: &str) -> Option<u32> {
        self.0.global_address(module, name).map(|global| global.0)
    }

    #[wasm_bindgen(js_name = tableAddress)]
    pub fn table_address(&self, module: usize, name: &str) -> Option<u32> {
        self.0.table_address(module, name).map(|table| table.0)
    }

    #[wasm_bindgen(js_name = memorySize)]
    pub fn memory_size(&self, memory: u32) -> Answer<f64> {
        self.check(self.0.has_memory(memory), "memory", memory)?;
        Ok(self.0.machine().memory(MemAddr(memory)).len() as f64)
    }

    #[wasm_bindgen(js_name = readMemory)]
    pub fn read_memory(&self, memory: u32, address: f64, length: u32) -> Answer<Vec<u8>> {
        self.check(self.0.has_memory(memory), "memory", memory)?;
        let bytes =
            self.0
                .machine()
                .read_memory(MemAddr(memory), address as u64, u64::from(length));
        bytes
            .map(<[u8]>::to_vec)
            .ok_or_else(|| out_of_range(address, u64::from(length)))
    }

    #[wasm_bindgen(js_name = writeMemory)]
    pub fn write_memory(&mut self, memory: u32, address: f64, bytes: &[u8]) -> Answer<()> {
        match self
            .0
            .machine_mut()
            .write_memory(MemAddr(memory), address as u64, bytes)
        {
            true => Ok(()),
            false => Err(out_of_range(address, bytes.len() as u64)),
        }
    }

    #[wasm_bindgen(js_name = readGlobal)]
    pub fn read_global(&self, global: u32) -> Answer<JsValue> {
        self.check(self.0.has_global(global), "global", global)?;
        Ok(to_js(
            &self.0.value(self.0.machine().global(GlobalAddr(global))),
        ))
    }

    #[wasm_bindgen(js_name = writeGlobal)]
    pub fn write_global(&mut self, global: u32, value: JsValue) -> Answer<()> {
        self.check(self.0.has_global(global), "global", global)?;
        let value = value_in(&from_js(value)?);
        let set = self.0.machine_mut().set_global(GlobalAddr(global), value);
        sentence(set.map_err(|error| error.to_string()))
    }

    #[wasm_bindgen(js_name = tableSize)]
    pub fn table_size(&self, table: u32) -> Answer<f64> {
        self.check(self.0.has_table(table), "table", table)?;
        Ok(self.0.machine().table_size(TableAddr(table)) as f64)
    }

    #[wasm_bindgen(js_name = readTable)]
    pub fn read_table(&self, table: u32, index: u32) -> Answer<JsValue> {
        self.check(self.0.has_table(table), "table", table)?;
        match self
            .0
            .machine()
            .table_get(TableAddr(table), u64::from(index))
        {
            Some(value) => Ok(to_js(&self.0.value(value))),
            None => Err(refuse(&format!("the table has no element {index}"))),
        }
    }

    #[wasm_bindgen(js_name = setTrace)]
    pub fn set_trace(&mut self, on: bool) {
        self.0.set_trace(on);
    }

    #[wasm_bindgen(js_name = traceOn)]
    pub fn trace_on(&self) -> bool {
        self.0.trace().is_some()
    }

    #[wasm_bindgen(js_name = traceEntries)]
    pub fn trace_entries(&self) -> u32 {
        self.0.trace().map_or(0, |trace| trace.entries)
    }

    pub fn trace(&self) -> String {
        self.0
            .trace()
            .map_or_else(String::new, |trace| trace.text.clone())
    }

    fn tag_at(&self, tag: TagAddr) -> Tag {
        Tag {
            address: tag.0,
            types: func_type(self.0.machine().tag_type(tag)).params,
        }
    }

    fn check(&self, is_there: bool, what: &str, address: u32) -> Answer<()> {
        match is_there {
            true => Ok(()),
            false => Err(refuse(&format!("the machine has no {what} {address}"))),
        }
    }
}

fn out_of_range(address: f64, length: u64) -> JsValue {
    refuse(&format!(
        "{length} bytes at {:#x} do not all lie in the memory",
        address as u64
    ))
}
