//! The text of a lock: one line per fact, so that a difference of two locks reads as the change.
//!
//! ```text
//! vera.lock 1
//!
//! file vera/pricing.vera
//!
//! fn discounted(@Nat /* price */, @Nat -> @Nat)
//!   requires @Nat.0 <= 100
//!   ensures (proved) @Nat.result <= @Nat.1
//!   effects pure
//!   checks 3 proved, 1 at run time
//! ```

use super::locked::{LockedFile, LockedFunction};
use crate::contracts::Known;
use std::fmt;

const VERSION: &str = "vera.lock 1";

const COMMENT: &str = "\
# The contracts of the public functions of this package, as they were accepted last.
# The build fails when they become weaker. `cargo vera lock --accept` accepts the present ones.
";

/// A line of a lock that does not have its format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The line, from 1.
    pub line: usize,
    /// The expected text.
    pub expected: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {} is expected", self.line, self.expected)
    }
}

impl std::error::Error for Malformed {}

pub(super) fn write(files: &[LockedFile], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "{COMMENT}{VERSION}")?;
    for file in files {
        writeln!(f, "\nfile {}", file.path)?;
        for function in &file.functions {
            write!(f, "\n{function}")?;
        }
    }
    Ok(())
}

impl fmt::Display for LockedFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "fn {}({})", self.name, self.signature)?;
        for text in &self.requires {
            writeln!(f, "  requires {text}")?;
        }
        for (text, known) in &self.ensures {
            writeln!(f, "  ensures ({}) {text}", word(*known))?;
        }
        if let Some((text, known)) = &self.decreases {
            writeln!(f, "  decreases ({}) {text}", word(*known))?;
        }
        writeln!(f, "  effects {}", self.effects)?;
        let (proved, open) = self.checks;
        writeln!(f, "  checks {proved} proved, {open} at run time")
    }
}

const WORDS: [(Known, &str); 4] = [
    (Known::Proved, "proved"),
    (Known::Checked, "checked"),
    (Known::NotVerified, "not verified"),
    (Known::Refuted, "refuted"),
];

/// The word in a lock for the result of a clause.
pub(super) fn word(known: Known) -> &'static str {
    WORDS.iter().find(|(of, _)| *of == known).map_or("", |(_, word)| word)
}

pub(super) fn parse(text: &str) -> Result<Vec<LockedFile>, Malformed> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let mut lines = lines.peekable();
    match lines.next() {
        Some((_, VERSION)) => {}
        found => return Err(Malformed { line: found.map_or(1, |(line, _)| line), expected: "`vera.lock 1`" }),
    }
    let mut files: Vec<LockedFile> = Vec::new();
    for (line, text) in lines {
        let wrong = |expected| Malformed { line, expected };
        if let Some(path) = text.strip_prefix("file ") {
            files.push(LockedFile { path: path.to_owned(), functions: Vec::new() });
        } else if let Some(head) = text.strip_prefix("fn ") {
            let file = files.last_mut().ok_or(wrong("`file` and a path"))?;
            file.functions.push(function(head).ok_or(wrong("a name and a signature in parentheses"))?);
        } else {
            let function = files.last_mut().and_then(|file| file.functions.last_mut());
            let function = function.ok_or(wrong("`file` and a path, or `fn` and a name"))?;
            fact(function, text).ok_or(wrong("a clause, `effects` or `checks`"))?;
        }
    }
    Ok(files)
}

fn function(head: &str) -> Option<LockedFunction> {
    let (name, signature) = head.strip_suffix(')')?.split_once('(')?;
    Some(LockedFunction {
        name: name.to_owned(),
        signature: signature.to_owned(),
        requires: Vec::new(),
        ensures: Vec::new(),
        decreases: None,
        effects: String::new(),
        checks: (0, 0),
    })
}

fn fact(function: &mut LockedFunction, text: &str) -> Option<()> {
    let (keyword, rest) = text.strip_prefix("  ")?.split_once(' ')?;
    match keyword {
        "requires" => function.requires.push(rest.to_owned()),
        "ensures" => function.ensures.push(with_status(rest)?),
        "decreases" => function.decreases = Some(with_status(rest)?),
        "effects" => rest.clone_into(&mut function.effects),
        "checks" => {
            let (proved, open) = rest.strip_suffix(" at run time")?.split_once(" proved, ")?;
            function.checks = (proved.parse().ok()?, open.parse().ok()?);
        }
        _ => return None,
    }
    Some(())
}

fn with_status(text: &str) -> Option<(String, Known)> {
    let (status, clause) = text.strip_prefix('(')?.split_once(") ")?;
    let known = WORDS.iter().find(|(_, word)| *word == status)?.0;
    Some((clause.to_owned(), known))
}

/// Vera code on one line: without comments that end with their line, and with one space for all white space outside of
/// strings.
pub(super) fn one_line(code: &str) -> String {
    let mut out = String::new();
    let mut chars = code.chars().peekable();
    let (mut in_string, mut escaped) = (false, false);
    while let Some(char) = chars.next() {
        if in_string {
            out.push(char);
            in_string = escaped || char != '"';
            escaped = !escaped && char == '\\';
        } else if char == '-' && chars.peek() == Some(&'-') {
            chars.by_ref().find(|char| *char == '\n');
            gap(&mut out);
        } else if char.is_whitespace() {
            gap(&mut out);
        } else {
            out.push(char);
            in_string = char == '"';
        }
    }
    out.trim().to_owned()
}

fn gap(out: &mut String) {
    if !out.ends_with(' ') {
        out.push(' ');
    }
}
