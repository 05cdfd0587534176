//! Modules from text, and scripts as lists of modules.

use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{QuoteWat, Wast, WastDirective, WastExecute, Wat};

/// A module from its text.
///
/// # Errors
/// If the text is no module.
pub fn assemble(text: &str) -> Result<Vec<u8>, wast::Error> {
    let buffer = ParseBuffer::new(text)?;
    parser::parse::<Wat<'_>>(&buffer)?.encode()
}

/// The modules of a script, also those that it calls invalid. A script that cannot be read has
/// none: there are scripts of proposals that the parser leaves out.
pub fn modules_of_script(text: &str) -> Vec<Vec<u8>> {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let Ok(buffer) = ParseBuffer::new_with_lexer(lexer) else {
        return Vec::new();
    };
    let Ok(script) = parser::parse::<Wast<'_>>(&buffer) else {
        return Vec::new();
    };
    let encode = |directive: WastDirective<'_>| match directive {
        WastDirective::Module(mut module)
        | WastDirective::ModuleDefinition(mut module)
        | WastDirective::AssertInvalid { mut module, .. }
        | WastDirective::AssertMalformed {
            module: mut module @ QuoteWat::Wat(_),
            ..
        } => module.encode().ok(),
        WastDirective::AssertUnlinkable { mut module, .. } => module.encode().ok(),
        WastDirective::AssertTrap {
            exec: WastExecute::Wat(mut module),
            ..
        } => module.encode().ok(),
        _ => None,
    };
    script.directives.into_iter().filter_map(encode).collect()
}
