//! Names of instructions as the text format writes them, derived from wasmparser's table, and the
//! nearest one to a misspelled word.

/// All names, in the order of wasmparser's table.
pub(crate) fn all() -> impl Iterator<Item = String> {
    NAMES.iter().map(|name| mnemonic(name))
}

macro_rules! names {
    ($( @$proposal:ident $op:ident $({ $($payload:tt)* })? => $visit:ident ($($ann:tt)*) )*) => {
        &[$( stringify!($visit) ),*]
    };
}

/// The visitor's names: `visit_i32_add`.
const NAMES: &[&str] = wasmparser::for_each_operator!(names);

/// `visit_i32_add` to `i32.add`: the first part is followed by a dot where it names a type or a
/// class of things, and stays with an underscore in the control instructions.
fn mnemonic(visit: &str) -> String {
    let name = visit.strip_prefix("visit_").unwrap_or(visit);
    match name {
        "typed_select" | "typed_select_multi" => return "select".to_string(),
        "ref_test_non_null" | "ref_test_nullable" => return "ref.test".to_string(),
        "ref_cast_non_null" | "ref_cast_nullable" => return "ref.cast".to_string(),
        _ => {}
    }
    if let Some((before, after)) = name.split_once("_atomic_") {
        return format!(
            "{before}.atomic.{}",
            after
                .replacen("_u", ".u", 0)
                .replace("rmw8_", "rmw8.")
                .replace("rmw16_", "rmw16.")
                .replace("rmw32_", "rmw32.")
                .replace("rmw_", "rmw.")
        );
    }
    const CLASSES: &[&str] = &[
        "i32", "i64", "f32", "f64", "v128", "i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2",
        "local", "global", "table", "memory", "data", "elem", "ref", "struct", "array", "i31",
        "any", "extern", "atomic", "cont",
    ];
    match name.split_once('_') {
        Some((class, rest)) if CLASSES.contains(&class) => format!("{class}.{rest}"),
        _ => name.to_string(),
    }
}

/// The instruction whose name is nearest to `word`, if one is near.
pub(crate) fn nearest(word: &str) -> Option<String> {
    if word.len() > 40 {
        return None;
    }
    let most = (word.chars().count() / 4).clamp(1, 3);
    all()
        .map(|name| (distance(word, &name), name))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, name)| name)
}

/// Number of single-character edits between two words (Levenshtein), with a swap of neighbours
/// counted as one.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            next[j] = (row[j - 1] + change).min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        before = row;
        row = next;
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_text_formats() {
        let names: Vec<String> = all().collect();
        for name in [
            "unreachable",
            "i32.add",
            "local.get",
            "br_table",
            "call_indirect",
            "memory.grow",
            "ref.null",
            "ref.is_null",
            "i32.trunc_sat_f32_s",
            "i8x16.shuffle",
            "v128.load8_splat",
            "return_call_ref",
            "br_on_cast_fail",
            "struct.get_s",
            "any.convert_extern",
            "try_table",
            "throw_ref",
            "i32.atomic.rmw8.add_u",
            "memory.atomic.notify",
            "atomic.fence",
            "i64.extend32_s",
            "ref.i31",
            "array.new_fixed",
            "table.fill",
        ] {
            assert!(names.iter().any(|known| known == name), "{name} is missing");
        }
    }

    #[test]
    fn a_misspelled_word_finds_its_instruction() {
        assert_eq!(nearest("i32.ad").as_deref(), Some("i32.add"));
        assert_eq!(nearest("i32.addd").as_deref(), Some("i32.add"));
        assert_eq!(nearest("local.gte").as_deref(), Some("local.get"));
        assert_eq!(nearest("get_local"), None);
        assert_eq!(nearest("hello"), None);
    }
}
