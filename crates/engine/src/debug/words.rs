//! Types, fields and references in a few words, with the names that modules give them.

use crate::index::{FuncAddr, ObjectAddr, TagAddr};
use crate::machine::{Machine, ObjectKind};
use crate::module::Module;
use crate::types::{Composite, HeapType, RefType, StorageType, Top, ValType};
use crate::value::{Ref, Value};

/// Most fields or elements that the text of an object shows (chosen to fit a line).
const MOST_SHOWN: u32 = 6;

/// Longest text that is shown of an array of bytes (chosen likewise).
const LONGEST_TEXT: u32 = 40;

impl Machine {
    /// A module that has a type of the store, and the type's index there.
    fn named_type(&self, number: u32) -> Option<(&Module, u32)> {
        self.store.instances.iter().find_map(|instance| {
            let idx = instance.types.iter().position(|ty| *ty == number)?;
            Some((&instance.module, idx as u32))
        })
    }

    /// A type of the store in the words of the text format: `$point`, or `type 3` by its index.
    pub fn type_text(&self, number: u32) -> String {
        match self.named_type(number) {
            Some((module, idx)) => match module.type_name(idx) {
                Some(name) => format!("${name}"),
                None => format!("type {idx}"),
            },
            None => format!("type {number} of the store"),
        }
    }

    /// Name of a field of a structure type of the store, without `$`.
    pub fn type_field_name(&self, number: u32, field: u32) -> Option<&str> {
        let (module, idx) = self.named_type(number)?;
        module.field_name(idx, field)
    }

    /// A field by its name, or its index.
    pub(super) fn field_text(&self, number: u32, field: u32) -> String {
        match self.type_field_name(number, field) {
            Some(name) => format!("${name}"),
            None => field.to_string(),
        }
    }

    /// A type of values whose defined types are numbers of the store, as the text format writes
    /// it.
    pub fn val_type_text(&self, ty: ValType) -> String {
        match ty {
            ValType::Ref(ty) => self.ref_type_text(ty),
            ty => ty.to_string(),
        }
    }

    pub(super) fn ref_type_text(&self, ty: RefType) -> String {
        match ty.heap {
            HeapType::Type(_, number) => {
                let null = if ty.nullable { "null " } else { "" };
                format!("(ref {null}{})", self.type_text(number))
            }
            _ => ty.to_string(),
        }
    }

    /// What an object is called: its type or tag.
    pub fn kind_text(&self, kind: ObjectKind) -> String {
        match kind {
            ObjectKind::Struct(ty) | ObjectKind::Array(ty) => self.type_text(ty),
            ObjectKind::Exception(tag) => self.tag_name(TagAddr(tag)),
        }
    }

    /// What a reference points to: `null`, `$f`, `$point #12`, `i31 5`, `extern 3`.
    pub fn target_text(&self, target: Ref) -> String {
        match target {
            Ref::Func(addr) => self.func_text(addr),
            Ref::Object(addr) | Ref::Exception(addr) => match self.object_kind(addr) {
                Some(kind) => format!("{} #{addr}", self.kind_text(kind)),
                None => format!("#{addr}, which is gone"),
            },
            Ref::Null | Ref::Host(_) | Ref::I31(_) => Value::Ref(Top::Any, target).to_string(),
        }
    }

    fn func_text(&self, func: FuncAddr) -> String {
        let name = self.func_origin(func).and_then(|(instance, idx)| {
            let name = self.module(instance).func_name(idx)?;
            Some(format!("${name}"))
        });
        name.unwrap_or_else(|| format!("func {func}"))
    }

    /// An object in one line: `$point #12 {x 1, y 2}`, `$row #3 [1, 2, 3]`, `$text #4 "hello"`.
    /// What it refers to is only named; of many fields or elements the first are shown.
    pub fn object_text(&self, object: ObjectAddr) -> String {
        let mut text = self.target_text(Ref::Object(object));
        let Some(kind) = self.object_kind(object) else {
            return text;
        };
        let n_parts = self.object_len(object).unwrap_or(0);
        if let Some(bytes) = self.printable(object, n_parts) {
            text.push_str(&format!(" {bytes:?}"));
            return text;
        }
        let [open, close] = match kind {
            ObjectKind::Struct(_) => ["{", "}"],
            ObjectKind::Array(_) => ["[", "]"],
            ObjectKind::Exception(_) => ["(", ")"],
        };
        text.push(' ');
        text.push_str(open);
        for part in 0..n_parts.min(MOST_SHOWN) {
            if part > 0 {
                text.push_str(", ");
            }
            if let ObjectKind::Struct(ty) = kind
                && let Some(name) = self.type_field_name(ty, part)
            {
                text.push_str(name);
                text.push(' ');
            }
            if let Some(value) = self.object_field(object, part) {
                text.push_str(&self.value_text(value));
            }
        }
        if n_parts > MOST_SHOWN {
            text.push_str(&format!(", and {} more", n_parts - MOST_SHOWN));
        }
        text.push_str(close);
        text
    }

    /// A value: a number, or what a reference points to.
    pub fn value_text(&self, value: Value) -> String {
        match value {
            Value::Ref(_, target) => self.target_text(target),
            value => value.to_string(),
        }
    }

    /// The content of an array of bytes that are all printable.
    fn printable(&self, object: ObjectAddr, len: u32) -> Option<String> {
        let Some(ObjectKind::Array(ty)) = self.object_kind(object) else {
            return None;
        };
        let is_bytes = match &self.store.types.get(ty).composite {
            Composite::Array(element) => element.storage == StorageType::I8,
            _ => false,
        };
        if !is_bytes || !(1..=LONGEST_TEXT).contains(&len) {
            return None;
        }
        let part = |part| match self.object_field(object, part) {
            Some(Value::I32(byte)) => u8::try_from(byte)
                .ok()
                .filter(|byte| (32..127).contains(byte)),
            _ => None,
        };
        (0..len).map(|at| part(at).map(char::from)).collect()
    }
}
