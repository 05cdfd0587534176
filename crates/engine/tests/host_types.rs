//! Imports whose types the module itself defines: the host can give exactly these.

mod support;

use support::*;
use waspnest::*;

const TEXT: &str = r#"(module
    (type $other (struct (field i64)))
    (rec
        (type $node (struct (field (ref null $node))))
        (type $make (func (param (ref null $node)) (result (ref null $node))))
        (type $more (sub (func (param i32) (result i32)))))
    (import "host" "make" (func $make (type $make)))
    (import "host" "global" (global (mut (ref null $node))))
    (import "host" "table" (table 2 (ref null $make)))
    (import "host" "memory" (memory 1))
    (import "host" "tag" (tag (param (ref null $node))))
    (func (export "run") (result i32)
        (ref.is_null (call $make (struct.new $node (ref.null $node))))))"#;

fn module() -> Module {
    Module::new(wat::parse_str(TEXT).expect("text")).expect("valid")
}

#[test]
fn a_host_can_give_functions_globals_tables_and_tags_of_types_that_the_module_defines() {
    let module = module();
    let mut machine = Machine::new(Config::default());
    let types = machine.types_of(&module);
    let mut imports = Vec::new();
    for position in 0..module.imports().len() {
        let ty = types.import(position).expect("there is such an import");
        imports.push(match ty {
            ExternType::Func(_) => {
                let func = machine.host_func_for(&types, position);
                let func = func.expect("it is a function");
                assert_eq!(machine.host_func_name(func), Some(("host", "make")));
                Extern::Func(func)
            }
            ExternType::Global(ty) => {
                let value = Value::default_of(ty.content);
                Extern::Global(machine.host_global(ty, value).expect("null fits"))
            }
            ExternType::Table(ty) => Extern::Table(machine.host_table(ty).expect("fits")),
            ExternType::Tag(_) => {
                let tag = machine.host_tag_for(&types, position);
                Extern::Tag(tag.expect("it is a tag"))
            }
            ExternType::Memory(ty) => Extern::Memory(machine.host_memory(ty).expect("fits")),
        });
    }
    assert!(types.import(imports.len()).is_none());
    assert!(machine.host_func_for(&types, 1).is_none());
    assert!(machine.host_tag_for(&types, 1).is_none());
    let instance = machine
        .instantiate(&module, &imports)
        .expect("all types match");
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no arguments");
    let Stop::HostCall(call) = machine.run(u64::MAX, &Until::Finished) else {
        panic!("the host is called first");
    };
    assert!(matches!(
        call.args[..],
        [Value::Ref(Top::Any, Ref::Object(_))]
    ));
    machine
        .answer(&call.args)
        .expect("the same object is an answer");
    let stop = machine.run(u64::MAX, &Until::Finished);
    assert_eq!(stop, Stop::Finished(vec![Value::I32(0)]));
}

#[test]
fn a_function_type_of_its_own_is_none_of_a_recursive_group() {
    let module = module();
    let mut machine = Machine::new(Config::default());
    let types = machine.types_of(&module);
    let Some(ExternType::Func(ty)) = types.import(0) else {
        panic!("the first import is a function");
    };
    let alone = Extern::Func(machine.host_func(ty, ("host", "make")));
    let error = machine
        .instantiate(&module, &[alone])
        .expect_err("types differ");
    assert!(
        error.to_string().contains("incompatible import type"),
        "{error}"
    );
}
