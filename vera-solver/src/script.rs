//! A first check of a query's text: whether it is a list of declarations and assertions, and how large it is.
//!
//! Solvers get nothing else. Their work is proportional to the size, and a process that reads from a pipe would take
//! the text after an unclosed parenthesis as more of the same query. The nesting does not matter. Terms are not checked
//! here: each solver's reader does that.

use std::collections::HashSet;
use std::fmt;

/// The maximum number of bytes of a script.
pub const MAX_BYTES: usize = 1 << 20;
/// The maximum number of parentheses, names and numbers of a script.
pub const MAX_TOKENS: usize = 200_000;

/// The declarations of a script.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline<'a> {
    /// Constants, of any sort.
    pub(crate) constants: HashSet<&'a str>,
}

/// Why a script is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    TooLarge(String),
    Malformed(String),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::TooLarge(what) | Refused::Malformed(what) => f.write_str(what),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Open,
    Close,
    Atom(&'a str),
}

/// Reads a script's outline.
pub(crate) fn outline(script: &str) -> Result<Outline<'_>, Refused> {
    if script.len() > MAX_BYTES {
        return Err(Refused::TooLarge(format!("{} bytes, of at most {MAX_BYTES}", script.len())));
    }
    let malformed = |what: String| Err(Refused::Malformed(what));
    let mut outline = Outline::default();
    let mut depth = 0_usize;
    // The first atoms of the command that is read: its name, and what it declares.
    let (mut command, mut subject) = (None, None);
    // Whether it is `(declare-fun name ()`, so far.
    let mut nullary = false;
    let mut previous = Token::Close;
    for (count, token) in tokens(script).enumerate() {
        if count >= MAX_TOKENS {
            return Err(Refused::TooLarge(format!("more than {MAX_TOKENS} words")));
        }
        let token = token?;
        match token {
            Token::Open => {
                depth += 1;
                if depth > 1 && command.is_none() {
                    return malformed("a command has no name".to_owned());
                }
            }
            Token::Close => {
                let Some(outer) = depth.checked_sub(1) else {
                    return malformed("`)` closes nothing".to_owned());
                };
                depth = outer;
                if depth == 1 && previous == Token::Open {
                    nullary = true;
                }
                if depth == 0 {
                    match (command.take(), subject.take()) {
                        (Some("declare-const"), Some(name)) => _ = outline.constants.insert(name),
                        (Some("declare-fun"), Some(name)) if nullary => _ = outline.constants.insert(name),
                        (Some("declare-fun" | "declare-sort"), Some(_)) | (Some("assert"), _) => {}
                        (Some(command), None) => return malformed(format!("`{command}` of nothing")),
                        (command, _) => return malformed(format!("the command `{}`", command.unwrap_or(""))),
                    }
                }
            }
            Token::Atom(atom) => match depth {
                0 => return malformed(format!("`{atom}` outside of a command")),
                1 if command.is_none() => {
                    if !matches!(atom, "declare-const" | "declare-fun" | "declare-sort" | "assert") {
                        return malformed(format!("the command `{atom}`"));
                    }
                    (command, nullary) = (Some(atom), false);
                }
                1 if subject.is_none() && previous == Token::Atom(command.unwrap_or("")) => {
                    if atom.starts_with("__") || atom.starts_with(['@', '.']) {
                        return malformed(format!("`{atom}` is a name of the solver's own"));
                    }
                    subject = Some(atom);
                }
                _ => {}
            },
        }
        previous = token;
    }
    if depth > 0 {
        return malformed("the end is missing".to_owned());
    }
    Ok(outline)
}

/// Parentheses and the words between them, without white space and comments.
pub(crate) fn tokens(script: &str) -> impl Iterator<Item = Result<Token<'_>, Refused>> {
    let mut rest = script;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            match rest.strip_prefix(';') {
                Some(comment) => rest = comment.split_once('\n').map_or("", |(_, after)| after),
                None => break,
            }
        }
        let first = rest.chars().next()?;
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            _ => {
                let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
                if end == 0 {
                    rest = "";
                    return Some(Err(Refused::Malformed(format!("the character {first:?}"))));
                }
                (Token::Atom(&rest[..end]), end)
            }
        };
        rest = &rest[length..];
        Some(Ok(token))
    })
}

/// Quoted names, strings and keywords are not part of the language of queries.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "~!@$%^&*_-+=<>.?/".contains(c)
}
