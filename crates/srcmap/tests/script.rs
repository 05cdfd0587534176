//! Where the directives of a script stand, whatever state the text is in.

use waspnest_srcmap::{DirectiveKind, ModuleForm, Span, directives, module_text};

/// Kind, text up to 24 bytes, form of the module, thread.
fn listed(text: &str) -> Vec<(DirectiveKind, &str, Option<ModuleForm>, Option<u32>)> {
    directives(text)
        .into_iter()
        .map(|found| {
            let slice = found.span.slice(text);
            (
                found.kind,
                &slice[..slice.len().min(24)],
                found.module.map(|(_, form)| form),
                found.thread,
            )
        })
        .collect()
}

#[test]
fn each_kind_of_module_is_told_apart() {
    use DirectiveKind::*;
    use ModuleForm::*;
    assert_eq!(
        listed(
            "(module $M) (module binary \"\\00asm\") (module $q quote \"(func)\") \
             (module definition $D (func)) (module definition binary \"\") (module instance $I $D) \
             ((@a) module (@b) $x (@c) quote \"\") ;; the end"
        ),
        [
            (Module, "(module $M)", Some(Text), None),
            (Module, "(module binary \"\\00asm\")", Some(Binary), None),
            (Module, "(module $q quote \"(func)", Some(Quote), None),
            (Definition, "(module definition $D (f", Some(Text), None),
            (Definition, "(module definition binar", Some(Binary), None),
            (Instance, "(module instance $I $D)", None, None),
            (Module, "((@a) module (@b) $x (@c", Some(Quote), None),
        ]
    );
}

#[test]
fn assertions_know_the_module_in_them() {
    let text = "(assert_trap (invoke \"f\") \"x\")\n(assert_invalid (module (func)) \"y\")";
    let found = directives(text);
    assert_eq!(found[0].module, None);
    let (span, form) = found[1].module.expect("the assertion has a module");
    assert_eq!(
        (span.slice(text), form),
        ("(module (func))", ModuleForm::Text)
    );
}

#[test]
fn broken_texts_keep_what_can_be_told() {
    use DirectiveKind::*;
    assert_eq!(listed(""), []);
    assert_eq!(listed(";; nothing"), []);
    assert_eq!(
        listed("(module) ) stray \"x\" (register \"a\") (what) (invoke"),
        [
            (Module, "(module)", Some(ModuleForm::Text), None),
            (Unknown, ") stray \"x\"", None, None),
            (Register, "(register \"a\")", None, None),
            (Unknown, "(what)", None, None),
            (Invoke, "(invoke", None, None),
        ]
    );
}

#[test]
fn parts_of_a_module_are_one_module() {
    assert_eq!(
        listed("(func) (memory 0)\n(func (export \"f\"))"),
        [(
            DirectiveKind::Parts,
            "(func) (memory 0)\n(func ",
            Some(ModuleForm::Text),
            None
        )]
    );
}

#[test]
fn the_body_of_a_thread_follows_it() {
    use DirectiveKind::*;
    assert_eq!(
        listed("(thread $T (shared (module $M)) (register \"m\") (invoke \"f\")) (wait $T)"),
        [
            (Thread, "(thread $T (shared (modu", None, None),
            (Register, "(register \"m\")", None, Some(0)),
            (Invoke, "(invoke \"f\")", None, Some(0)),
            (Wait, "(wait $T)", None, None),
        ]
    );
}

#[test]
fn a_definition_reads_as_a_module_of_the_same_length() {
    let script = "  (module (@a) definition (;c;) $D (func))";
    let span = Span::new(2, script.len() as u32);
    let text = module_text(script, span);
    assert_eq!(text, "(module (@a)            (;c;) $D (func))");
    assert_eq!(text.len(), span.slice(script).len());
    assert_eq!(
        module_text("(module (func))", Span::new(0, 15)),
        "(module (func))"
    );
}
