//! One line about what an instruction did, with its real values.

use waspnest::{AccessKind, Control, Effect, EffectShapes, Shape, Value};

/// A value as a reader of the text writes it: integers signed, floats shortest, null as `null`.
pub fn plain_value(value: Value) -> String {
    match value {
        Value::F32(bits) => float(f64::from(f32::from_bits(bits)), value),
        Value::F64(bits) => float(f64::from_bits(bits), value),
        _ => value.to_string(),
    }
}

/// The same; a vector by its lanes as the text format writes them, `i32x4 1 2 3 4`.
pub fn shaped_value(value: Value, shape: Option<Shape>) -> String {
    let Value::V128(vector) = value else {
        return plain_value(value);
    };
    let shape = shape.unwrap_or(Shape::I32x4);
    let mut text = String::from(shape.name());
    for lane in shape.values(vector) {
        text.push(' ');
        text.push_str(&plain_value(lane));
    }
    text
}

/// Whole floats without `.0`, infinities as the text format has them.
fn float(number: f64, value: Value) -> String {
    match number {
        _ if number.is_infinite() && number > 0.0 => "inf".to_owned(),
        _ if number.is_infinite() => "-inf".to_owned(),
        _ => {
            let text = value.to_string();
            text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
        }
    }
}

/// `2`, `2 and 40`, `1, 2 and 3`.
fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn bytes(count: u64) -> String {
    if count == 1 {
        "1 byte".to_owned()
    } else {
        format!("{count} bytes")
    }
}

/// Names that a sentence needs and only the project knows.
pub struct Names<'a> {
    pub func: &'a dyn Fn(waspnest::FuncAddr) -> String,
    /// Which memory it is, where there are several to tell apart.
    pub memory: &'a dyn Fn(waspnest::MemAddr) -> Option<String>,
    pub exception: &'a dyn Fn(waspnest::ObjectAddr) -> String,
    /// `threw $t (1, 2), caught in $f at line 7`: the instruction or the host function.
    pub thrown: Option<String>,
    pub object: &'a dyn Fn(waspnest::ObjectAddr) -> String,
    /// What was read, set and made: `read field $x of $point #1`.
    pub objects: Vec<String>,
    /// The label or line that a branch went to.
    pub branch: Option<String>,
    pub local: Option<String>,
    pub global: Option<String>,
    /// What a host function has answered.
    pub answer: Option<&'a [Value]>,
}

/// `i32.add popped 2 and 40, pushed 42`.
pub fn sentence(effect: &Effect, shapes: &EffectShapes, names: &Names<'_>) -> String {
    let show = |value: &Value, shape: Option<Shape>| match value {
        Value::Ref(_, waspnest::Ref::Func(func)) => (names.func)(*func),
        Value::Ref(_, waspnest::Ref::Exception(object)) => (names.exception)(*object),
        Value::Ref(_, waspnest::Ref::Object(object)) => (names.object)(*object),
        other => shaped_value(*other, shape),
    };
    let shown = |values: &[Value], shapes: &[Option<Shape>]| {
        let texts = values.iter().enumerate();
        let text = |(at, value)| show(value, shapes.get(at).copied().flatten());
        list(&texts.map(text).collect::<Vec<String>>())
    };
    let mut parts: Vec<String> = Vec::new();
    let returns = effect.control == Control::Return;
    // What was thrown is said as a whole.
    if !effect.popped.is_empty() && !returns && effect.exception.is_none() {
        parts.push(format!("popped {}", shown(&effect.popped, &shapes.popped)));
    }
    for access in &effect.memory {
        let verb = match access.kind {
            AccessKind::Read => "read",
            AccessKind::Write => "wrote",
        };
        let mut part = format!("{verb} {} at {:#x}", bytes(access.len), access.address);
        if let Some(memory) = (names.memory)(access.memory) {
            part = format!("{part} of {memory}");
        }
        parts.push(part);
    }
    parts.extend(names.objects.iter().cloned());
    if let (Some((_, before)), Some(name)) = (&effect.local, &names.local) {
        parts.push(format!(
            "set {name}, which was {}",
            show(before, shapes.replaced)
        ));
    }
    if let (Some((_, before)), Some(name)) = (&effect.global, &names.global) {
        parts.push(format!(
            "set {name}, which was {}",
            show(before, shapes.replaced)
        ));
    }
    if let Some((_, index, before)) = &effect.element {
        parts.push(format!(
            "set element {index}, which was {}",
            show(before, None)
        ));
    }
    let is_caught = matches!(effect.control, Control::Caught(..));
    // The whole call, which was not followed into its function.
    if effect.control == Control::Next && effect.mnemonic.starts_with("call") {
        parts.push("came back".to_owned());
    }
    if !effect.pushed.is_empty() && !returns && !is_caught {
        parts.push(format!("pushed {}", shown(&effect.pushed, &shapes.pushed)));
    }
    match effect.control {
        // A branch to the instruction that follows is a branch all the same.
        Control::Next => match (effect.mnemonic, is_true(effect)) {
            ("br_if", false) => parts.push("did not branch".to_owned()),
            ("br_if", true) | ("br" | "br_table", _) => parts.push(branched(names)),
            ("if", true) => parts.push("entered its first part".to_owned()),
            ("if", false) => parts.push("went to the other part".to_owned()),
            _ => {}
        },
        Control::Branch(_) if effect.mnemonic == "if" => {
            parts.push("went to the other part".to_owned())
        }
        Control::Branch(_) if effect.mnemonic == "else" => parts.push("left the if".to_owned()),
        Control::Branch(_) => parts.push(branched(names)),
        Control::Call(func) => parts.push(format!("called {}", (names.func)(func))),
        Control::TailCall(func) => parts.push(format!("went on in {}", (names.func)(func))),
        Control::HostCall(func) => {
            parts.push(format!("called {}", (names.func)(func)));
            match (names.answer, &names.thrown) {
                (_, Some(thrown)) => parts.push(format!("which {thrown}")),
                (Some([]), None) => parts.push("which came back".to_owned()),
                (Some(answer), None) => {
                    parts.push(format!("which answered {}", shown(answer, &[])))
                }
                (None, None) => {}
            }
        }
        Control::Return => match &effect.pushed[..] {
            [] => parts.push("returned".to_owned()),
            results => parts.push(format!("returned {}", shown(results, &shapes.pushed))),
        },
        Control::Caught(..) | Control::Trap => {
            let thrown = names.thrown.clone();
            parts.push(thrown.unwrap_or_else(|| "trapped".to_owned()));
        }
        Control::Stay => parts.push("did not run yet".to_owned()),
    }
    match parts.is_empty() {
        true => format!("{} did nothing", effect.mnemonic),
        false => format!("{} {}", effect.mnemonic, parts.join(", ")),
    }
}

/// Whether the condition on top of the popped values was not zero.
fn is_true(effect: &Effect) -> bool {
    !matches!(effect.popped.last(), Some(Value::I32(0)) | None)
}

fn branched(names: &Names<'_>) -> String {
    match &names.branch {
        Some(place) => format!("branched to {place}"),
        None => "branched".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use waspnest::{Config, Extern, Machine, Module, Until};

    use super::*;

    /// The sentences of all steps of `f` of a module.
    fn steps(text: &str) -> Vec<String> {
        let wasm = waspnest_srcmap::assemble(text)
            .expect("the text is valid")
            .wasm;
        let module = Module::new(wasm).expect("the module is valid");
        let mut machine = Machine::new(Config::default());
        let instance = machine.instantiate(&module, &[]).expect("the module links");
        let Some(Extern::Func(func)) = machine.export(instance, "f") else {
            panic!("f is exported")
        };
        machine.begin(func, &[]).expect("f takes nothing");
        let mut said = Vec::new();
        while matches!(machine.state(), waspnest::Status::Ready) {
            machine.run(1, &Until::Step);
            let effect = machine.effect().expect("a step has an effect");
            let name = |func: waspnest::FuncAddr| format!("[{func}]");
            let names = Names {
                func: &name,
                memory: &|memory| (memory.0 > 0).then(|| format!("memory {memory}")),
                exception: &|object| format!("exception {object}"),
                thrown: (effect.exception.as_ref())
                    .map(|thrown| format!("threw {}", machine.exception_text(thrown))),
                object: &|object| format!("#{object}"),
                objects: vec!["touched something".to_owned(); effect.objects.len()],
                branch: Some("$l".to_owned()),
                local: Some("$x".to_owned()),
                global: None,
                answer: None,
            };
            said.push(sentence(effect, &machine.effect_shapes(effect), &names));
        }
        said
    }

    #[test]
    fn numbers_popped_and_pushed_are_named() {
        let said = steps(
            "(module (func (export \"f\") (result i32) (i32.add (i32.const 2) (i32.const 40))))",
        );
        assert_eq!(
            said,
            [
                "i32.const pushed 2",
                "i32.const pushed 40",
                "i32.add popped 2 and 40, pushed 42",
                "end returned 42"
            ]
        );
    }

    #[test]
    fn objects_are_named_and_what_was_done_to_them_is_told() {
        let said = steps(
            "(module (type $p (struct (field $x (mut i32))))
               (func (export \"f\") (result i32)
                 (struct.get $p $x (struct.new $p (i32.const 5)))))",
        );
        assert_eq!(said[1], "struct.new popped 5, touched something, pushed #0");
        assert_eq!(said[2], "struct.get popped #0, touched something, pushed 5");
    }

    #[test]
    fn memory_locals_branches_and_calls_are_told() {
        let said = steps(
            "(module (memory 1) (memory 1) (func $g)
               (func (export \"f\") (local $x i32)
                 (i32.store (i32.const 16) (i32.const 7))
                 (i32.store8 1 (i32.const 16) (i32.const 7))
                 (local.set $x (i32.const 1))
                 (block $l (br_if $l (local.get $x)))
                 (call $g)))",
        );
        for wanted in [
            "i32.store popped 16 and 7, wrote 4 bytes at 0x10",
            "i32.store8 popped 16 and 7, wrote 1 byte at 0x10 of memory 1",
            "local.set popped 1, set $x, which was 0",
            "br_if popped 1, branched to $l",
            "call called [0]",
            "end returned",
        ] {
            assert!(
                said.iter().any(|line| line == wanted),
                "{wanted:?} is not in {said:#?}"
            );
        }
    }

    #[test]
    fn vectors_are_told_by_their_lanes() {
        let said = steps(
            "(module (memory 1)
               (func (export \"f\") (result v128) (local $x v128)
                 (local.set $x (i8x16.splat (i32.const -1)))
                 (i8x16.bitmask (local.get $x))
                 (drop)
                 (f32x4.add (f32x4.splat (f32.const 1.5)) (v128.load (i32.const 0)))
                 (f32x4.gt (f32x4.splat (f32.const 1.75)))))",
        );
        let bytes = "i8x16 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1";
        let zeros = "i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0";
        for wanted in [
            &format!("local.set popped {bytes}, set $x, which was {zeros}"),
            &format!("i8x16.bitmask popped {bytes}, pushed 65535"),
            "v128.load popped 0, read 16 bytes at 0x0, pushed f32x4 0 0 0 0",
            "f32x4.add popped f32x4 1.5 1.5 1.5 1.5 and f32x4 0 0 0 0, pushed f32x4 1.5 1.5 1.5 1.5",
            "f32x4.gt popped f32x4 1.5 1.5 1.5 1.5 and f32x4 1.75 1.75 1.75 1.75, pushed i32x4 0 0 0 0",
            "end returned i32x4 0 0 0 0",
        ] {
            assert!(
                said.iter().any(|line| line == wanted),
                "{wanted:?} is not in {said:#?}"
            );
        }
    }

    #[test]
    fn what_was_thrown_is_named() {
        let said = steps(
            "(module (tag $t (param i32 f64)) (tag $u)
               (func (export \"f\")
                 (block $h (result i32 f64 exnref)
                   (try_table (catch_ref $t $h) (throw $t (i32.const 1) (f64.const 2)))
                   (unreachable))
                 (drop) (drop) (drop)
                 (throw $u)))",
        );
        assert!(
            said.contains(&"try_table did nothing".to_owned()),
            "{said:#?}"
        );
        assert!(
            said.contains(&"throw threw $t (1, 2.0)".to_owned()),
            "{said:#?}"
        );
        assert!(
            said.contains(&"drop popped exception 0".to_owned()),
            "{said:#?}"
        );
        assert_eq!(said.last().unwrap(), "throw threw $u");
    }
}
