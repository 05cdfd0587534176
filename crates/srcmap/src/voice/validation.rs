//! Sentences for validation errors.

/// What ends where a body fails to be left as declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::enum_variant_names,
    reason = "they are the words of the text format"
)]
pub(crate) enum Block {
    Function,
    Block,
    Loop,
    Then,
    Else,
    TryTable,
}

impl Block {
    fn name(self) -> &'static str {
        match self {
            Block::Function => "function",
            Block::Block => "block",
            Block::Loop => "loop",
            Block::Then => "then branch",
            Block::Else => "else branch",
            Block::TryTable => "try_table",
        }
    }
}

/// The first error in a function, with the operand stack around it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Failure {
    /// Byte offset of the instruction in the module.
    pub(crate) offset: u32,
    /// As the validator has it.
    pub(crate) message: String,
    /// For `end` and `else`: the block they end.
    pub(crate) ends_block: Option<Block>,
    /// Operands the instruction took before it failed, the failing one included.
    pub(crate) popped: u32,
    /// An `if` without `else` that would need one.
    pub(crate) lacks_else: bool,
    /// Values of the innermost block that were on the stack before the instruction.
    pub(crate) available: u32,
    /// Types of the values of the innermost block after the failure, bottom first.
    pub(crate) remaining: Vec<String>,
}

/// One sentence. `written` is the instruction's keyword as it stands in the text, `)` for the
/// end of a folded block, empty when it is not known.
pub(crate) fn sentence(failure: &Failure, written: &str) -> String {
    let message = failure.message.as_str();
    if let Some(block) = failure.ends_block
        && let Some(text) = at_end(failure, block)
    {
        return text;
    }
    let name = if matches!(written, "" | ")") {
        "this instruction"
    } else {
        written
    };
    if let Some((expected, found)) = mismatch(message) {
        return match found {
            Some(found) => {
                let place = operand_place(failure.popped);
                format!("{name} expects {expected} {place}, found {found}")
            }
            None if failure.available == 0 => {
                format!("{name} expects {expected} on the stack, which is empty here")
            }
            None => {
                let had = values(failure.available);
                format!("{name} expects one more operand ({expected}); the stack has {had} here")
            }
        };
    }
    let text = plain(message);
    match name {
        "this instruction" => text,
        name if text.contains(name) => text,
        name => format!("{name}: {text}"),
    }
}

fn at_end(failure: &Failure, block: Block) -> Option<String> {
    let name = block.name();
    if failure.lacks_else {
        return Some(match mismatch(&failure.message) {
            Some((expected, _)) => {
                format!("this if leaves {expected}, so it needs an else branch that leaves it too")
            }
            None => "this if changes the stack, so it needs an else branch".to_string(),
        });
    }
    if failure.message == "type mismatch: values remaining on stack at end of block" {
        let count = values(failure.remaining.len() as u32);
        let types = failure.remaining.join(" ");
        let with = if block == Block::Function {
            "drop, or declare a result"
        } else {
            "drop"
        };
        return Some(format!(
            "the {name} ends with {count} too many on the stack ({types}); remove with {with}"
        ));
    }
    let (expected, found) = mismatch(&failure.message)?;
    Some(match found {
        Some(found) => format!("the {name} must leave {expected}, but it leaves {found}"),
        None if failure.available == 0 => {
            format!("the {name} must leave {expected} on the stack, but it leaves nothing")
        }
        None => {
            let had = values(failure.available);
            format!("the {name} must leave one more value ({expected}); it leaves {had}")
        }
    })
}

fn values(count: u32) -> String {
    match count {
        1 => "1 value".to_string(),
        count => format!("{count} values"),
    }
}

/// Where the operand lies that was taken as the `popped`th.
fn operand_place(popped: u32) -> String {
    match popped {
        0 | 1 => "on top of the stack".to_string(),
        2 => "below the top of the stack".to_string(),
        nth => format!("{} below the top of the stack", nth - 1),
    }
}

/// Expected and found types of a mismatch on the operand stack.
fn mismatch(message: &str) -> Option<(&str, Option<&str>)> {
    let rest = message.strip_prefix("type mismatch: expected ")?;
    if let Some(expected) = rest.strip_suffix(" but nothing on stack") {
        return Some((type_name(expected), None));
    }
    let (expected, found) = rest
        .split_once(", found ")
        .or_else(|| rest.split_once(" but found "))?;
    Some((type_name(expected), Some(type_name(found))))
}

fn type_name(name: &str) -> &str {
    let name = name.strip_prefix("subtype of ").unwrap_or(name);
    match name {
        "a type" => "a value",
        "ref" | "a reference type" => "a reference",
        "bot" => "a value of any type",
        name => name,
    }
}

/// A message of the validator or the decoder in plain words. Those that are plain already stay.
pub(crate) fn plain(message: &str) -> String {
    if let Some(proposal) = proposal(message) {
        return format!("this needs the {proposal} proposal, which is not there");
    }
    let between = |before: &str, after: &str| -> Option<String> {
        let inner = message.strip_prefix(before)?.strip_suffix(after)?;
        Some(inner.to_string())
    };
    if let Some(text) = unknown(message) {
        return text;
    }
    if let Some(index) = between("uninitialized local: ", "") {
        return format!(
            "local {index} has no value yet; its type has no default, so it must be set first"
        );
    }
    if let Some(name) = between("duplicate export name `", "` already defined") {
        return format!("the name \"{name}\" is exported twice");
    }
    if let Some(rest) = message.strip_prefix("type mismatch: ") {
        return match mismatch(message) {
            Some((expected, Some(found))) => format!("{expected} is expected here, found {found}"),
            Some((expected, None)) => format!("{expected} is expected here, but there is no value"),
            None => match rest {
                "values remaining on stack at end of block" => {
                    "more values are left on the stack than the type says".to_string()
                }
                "select operands have different types"
                | "br_table target labels have different number of types" => plain(rest),
                "select only takes integral types" => {
                    "select without a type takes numbers only; write (result t) for references"
                        .to_string()
                }
                rest => rest.to_string(),
            },
        };
    }
    let fixed = match message {
        "type mismatch" => "the types of the elements do not fit",
        "invalid result arity" => "exactly one type is needed here",
        "select operands have different types" => "both operands must have the same type",
        "non-defaultable element type" => {
            "a table of this type needs an initial value, since the type has no null"
        }
        "constant expression required: global.get of mutable global" => {
            "only a global that cannot be changed may be read here"
        }
        "br_table target labels have different number of types" => {
            "all labels of a br_table must take the same number of values"
        }
        "unknown label: branch depth too large" => "there are not so many blocks around it",
        "unknown type: type index out of bounds" => "there is no type of this index",
        "unknown global: global index out of bounds" => "there is no global of this index",
        "global is immutable: cannot modify it with `global.set`" => {
            "this global cannot be changed; declare it as (mut ...)"
        }
        "invalid memop alignment: alignment must not be larger than natural" => {
            "align may be at most the number of bytes the instruction accesses"
        }
        "atomic instructions must always specify maximum alignment" => {
            "align of an atomic access is the number of bytes it accesses; leave it out"
        }
        "shared memory must have maximum size" => {
            "a shared memory must say how large it may become, as in (memory 1 2 shared)"
        }
        "invalid custom page size" => "a page has 65536 bytes or 1: (pagesize 1)",
        "offset out of range: must be <= 2**32" => "the offset must be below 4294967296",
        "undeclared function reference" => {
            "ref.func may name only functions that are exported, or listed in a global or an element \
             segment; add (elem declare func ...)"
        }
        "invalid start function type" => {
            "the start function must have neither parameters nor results"
        }
        "size minimum must not be greater than maximum" => {
            "the minimum size is greater than the maximum"
        }
        _ if message.starts_with("constant expression required: non-constant operator") => {
            "only constants may stand here, such as i32.const or ref.func"
        }
        _ => return message.to_string(),
    };
    fixed.to_string()
}

/// Messages about an index that leads nowhere: `unknown table 3: table index out of bounds`.
fn unknown(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown ")?;
    let subject = rest.split(':').next()?;
    let (what, index) = subject.rsplit_once(' ')?;
    if !index.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(match (what, index) {
        ("local", _) => format!("there is no local {index} in this function"),
        ("memory", "0") => "this module has no memory; declare one with (memory 1)".to_string(),
        ("table", "0") => {
            "this module has no table; declare one with (table 1 funcref)".to_string()
        }
        ("elem segment", _) => format!("there is no element segment {index} in this module"),
        _ => format!("there is no {what} {index} in this module"),
    })
}

/// The proposal that a message names as not enabled.
fn proposal(message: &str) -> Option<&str> {
    if let Some((_, rest)) = message.split_once(" require the ") {
        return rest.strip_suffix(" proposal");
    }
    if let Some((name, _)) = message.split_once(" must be enabled for ") {
        return Some(name);
    }
    message
        .split_once(" support is not enabled")
        .map(|parts| parts.0)
}
