//! The sentences: what parser and validator report, said in the project's own words.

pub(crate) mod mnemonic;
pub(crate) mod parse;
pub(crate) mod validation;
