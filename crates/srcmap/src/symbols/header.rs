//! The one line that stands for a definition: the form without its body.

use crate::lex::{TokenKind, Tokens};

/// Longest line in characters; chosen to fit a hover.
const LONGEST: usize = 200;

/// The form that opens at token `open`, without code, initial values and contents.
pub(crate) fn of_form(tokens: &Tokens<'_>, open: usize) -> String {
    let mut line = String::from("(");
    let after = tokens.after(open);
    let head = tokens.head(open);
    let mut at = open + 1;
    while at < after && line.len() < LONGEST {
        match tokens.kind(at) {
            Some(TokenKind::Open) => {
                if keeps(head, tokens.head(at)) {
                    push_list(&mut line, tokens, at);
                } else if head == "func" {
                    break;
                }
                at = tokens.after(at);
            }
            Some(TokenKind::Annotation) => at = tokens.after(at),
            Some(TokenKind::Close) => break,
            // In a function, a word after the keyword and the name is its first instruction.
            Some(TokenKind::Atom) if head == "func" && at > open + 1 => break,
            Some(_) => {
                push_word(&mut line, tokens.slice(at));
                at += 1;
            }
            None => break,
        }
    }
    line.push(')');
    cut(line)
}

/// The line of the words from token `open` on, with lists, up to token `end`.
pub(crate) fn of_range(tokens: &Tokens<'_>, open: usize, end: usize) -> String {
    let mut line = String::new();
    for at in open..end.min(tokens.list.len()) {
        if line.len() > LONGEST {
            break;
        }
        push_word(&mut line, tokens.slice(at));
    }
    cut(line)
}

/// Whether the header of a form keeps an inner list.
fn keeps(head: &str, inner: &str) -> bool {
    match head {
        "func" | "tag" => matches!(inner, "export" | "import" | "type" | "param" | "result"),
        "global" => matches!(inner, "export" | "import" | "mut" | "ref"),
        "memory" => matches!(inner, "export" | "import" | "pagesize"),
        "table" => matches!(inner, "export" | "import" | "ref"),
        "data" => inner == "memory",
        "elem" => matches!(inner, "table" | "ref"),
        _ => true,
    }
}

fn push_list(line: &mut String, tokens: &Tokens<'_>, open: usize) {
    for at in open..tokens.after(open) {
        if line.len() > LONGEST {
            return;
        }
        push_word(line, tokens.slice(at));
    }
}

fn push_word(line: &mut String, word: &str) {
    if !line.is_empty() && !line.ends_with('(') && word != ")" {
        line.push(' ');
    }
    line.extend(
        word.chars()
            .map(|ch| if ch.is_control() { ' ' } else { ch }),
    );
}

fn cut(line: String) -> String {
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
