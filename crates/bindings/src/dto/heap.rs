//! What can be seen of the heap.

use super::{AccessKind, Value, crossing};

crossing! {
    /// What of the heap a view is to show.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct HeapWindow {
        /// Only objects of the kind with this key; undefined: all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub kind: Option<String>,
        /// Place of the first object among those.
        pub from: u32,
        pub count: u32,
        /// The object to show in full.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub object: Option<u32>,
        /// The first of its fields or elements.
        pub parts_from: u32,
        pub parts_count: u32,
        /// Also what can still be reached, and what refers to the object: looks at the whole heap.
        pub survey: bool,
    }

    /// How full the heap is.
    #[serde(rename_all = "camelCase")]
    pub struct HeapUse {
        pub objects: u32,
        pub bytes: u64,
        pub limit: u64,
        /// How often what nothing refers to was collected.
        pub collections: u64,
    }

    #[derive(Copy)]
    #[serde(rename_all = "lowercase")]
    pub enum ObjectKind {
        Struct,
        Array,
        Exception,
    }

    /// The objects of one type or tag.
    #[serde(rename_all = "camelCase")]
    pub struct HeapKindRow {
        pub key: String,
        pub kind: ObjectKind,
        /// `$point`, or `type 3` without a name.
        pub name: String,
        pub objects: u32,
        pub bytes: u64,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct ObjectRow {
        pub object: u32,
        /// `$point #12 {x 1, y 2}`
        pub text: String,
        /// Undefined if that was not looked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reachable: Option<bool>,
    }

    /// A field of a structure, an element of an array or a value of an exception.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct PartRow {
        pub index: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        pub r#type: String,
        pub value: Value,
    }

    /// A place that refers to an object.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct HolderRow {
        /// `local $p of $main`, `field $next of $node #3`
        pub text: String,
        /// The frame it is in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub frame: Option<u32>,
        /// The object it is in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub object: Option<u32>,
        /// Undefined if it is in no object, or that was not looked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reachable: Option<bool>,
        /// The table it is in, and the element.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub table: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub element: Option<u32>,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct ObjectDetail {
        pub object: u32,
        pub kind: ObjectKind,
        /// `$point`, or `type 3` without a name.
        pub name: String,
        /// Place among the objects of the window's kind.
        pub place: u32,
        /// Number of its fields, elements or values.
        pub length: u32,
        pub parts_from: u32,
        pub parts: Vec<PartRow>,
        /// Undefined if that was not looked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reachable: Option<bool>,
        /// Undefined if that was not looked for; at most 50.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub holders: Option<Vec<HolderRow>>,
    }

    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct HeapView {
        pub kinds: Vec<HeapKindRow>,
        /// Key of the kind that the rows are of; undefined: all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub kind: Option<String>,
        /// Number of objects of that kind.
        pub total: u32,
        pub from: u32,
        pub rows: Vec<ObjectRow>,
        /// The object that was to be shown in full.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub object: Option<u32>,
        /// That object, if it is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub detail: Option<ObjectDetail>,
    }

    /// What the last step touched of an object.
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(not(target_arch = "wasm32"), ts(optional_fields))]
    pub struct ObjectAccess {
        pub kind: AccessKind,
        pub object: u32,
        /// The first field or element; undefined: the object is new.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub index: Option<u32>,
        pub count: u32,
        /// Of one field or element that was written: the value before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub before: Option<Value>,
    }
}
