//! Plain data that crosses between the core and JavaScript. Offsets in a text count UTF-16 units;
//! 64-bit numbers are `bigint`. The TypeScript declarations are generated from here.

mod heap;
mod incoming;
mod inputs;
mod report;
mod value;
mod view;

pub use heap::*;
pub use inputs::*;
pub use report::*;
pub use value::*;
pub use view::*;

/// Declares types that cross: camelCase, serialisable both ways, with a TypeScript declaration.
macro_rules! crossing {
    ($($(#[$meta:meta])* pub $kind:ident $name:ident $body:tt)*) => {
        $(
            #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(not(target_arch = "wasm32"), derive(ts_rs::TS))]
            $(#[$meta])*
            pub $kind $name $body
        )*
    };
}
pub(crate) use crossing;
