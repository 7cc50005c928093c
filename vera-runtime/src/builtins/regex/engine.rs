//! Compiled patterns, and the choice of the matcher.
//!
//! The crate `regex` takes time proportional to the text, but cannot be stopped within a search. So it is used where
//! pattern and text together are bounded ([`MOST_WORK`]), and where its result is the one that the dialect specifies.
//! The backtracking matcher does everything else; it stops wherever a limit is reached.

use super::backtrack::Matcher;
use super::parse::{self, MAX_LENGTH, MAX_NESTING, Mistake};
use super::program::{self, MAX_INSTRUCTIONS, Program, TooLarge};
use super::syntax::{Node, Pattern, Place, Repetition};
use crate::error::{Error, Limit, Result};
use crate::meter::{Meter, NODE, text_units};
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

/// Maximum bytes of a pattern that the crate `regex` has compiled, and of its cache for searches.
const MAX_SIZE: usize = 1 << 20;
/// The crate `regex` is used up to this product of the parts of the pattern and the bytes of the text.
const MOST_WORK: u64 = 1 << 28;
/// Maximum bytes that searches may read between two looks at the clock.
const UNWATCHED: u64 = 1 << 24;
/// Units for compiling a pattern: a fixed number, and a number per byte.
const COMPILING: [u64; 2] = [4096, 256];
/// Maximum number of compiled patterns that an instance keeps.
const KEPT: usize = 32;

/// A pattern that can be searched for.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) pattern: Pattern,
    fast: Option<regex::Regex>,
    program: OnceLock<std::result::Result<Program, TooLarge>>,
    /// Parts of the pattern, where repeated parts count repeatedly.
    weight: u64,
    /// Whether it asserts the end of the text, which may be followed by a line feed.
    asks_for_end: bool,
    /// Whether it may match the empty text although it could match more at the same place.
    may_prefer_nothing: bool,
    /// Whether a group is in a repetition. Its last capture then depends on rounds that match the empty text.
    repeats_groups: bool,
}

/// A pattern, or the message for an invalid one.
pub(super) type Outcome = std::result::Result<Arc<Compiled>, String>;

/// The most recently used patterns, the newest first. An invalid pattern is kept with its message.
#[derive(Debug, Default)]
pub(crate) struct Patterns(Vec<(Box<str>, Outcome)>);

impl Patterns {
    /// The cached result for a text.
    pub(super) fn compiled(&mut self, text: &str) -> Option<Outcome> {
        let index = self.0.iter().position(|(known, _)| **known == *text)?;
        self.0[..=index].rotate_right(1);
        self.0.first().map(|(_, compiled)| compiled.clone())
    }

    pub(super) fn keep(&mut self, text: &str, compiled: Outcome) {
        self.0.truncate(KEPT - 1);
        self.0.insert(0, (text.into(), compiled));
    }
}

/// Compiles a pattern; returns the message for an invalid one.
///
/// # Errors
/// Limits.
pub(super) fn compile(text: &str, meter: &Meter) -> Result<Outcome> {
    if text.len() > MAX_LENGTH {
        return Err(limit(MAX_LENGTH as u64, "bytes of a pattern"));
    }
    let [base, per_byte] = COMPILING;
    meter.work(base + per_byte * text.len() as u64)?;
    meter.check_deadline()?;
    let pattern = match parse::parse(text) {
        Ok(pattern) => pattern,
        Err(Mistake::Message(message)) => return Ok(Err(message)),
        Err(Mistake::TooDeep) => return Err(limit(MAX_NESTING as u64, "levels of a pattern")),
    };
    let node = &pattern.node;
    Ok(Ok(Arc::new(Compiled {
        fast: fast(node),
        program: OnceLock::new(),
        weight: weight(node),
        asks_for_end: node.any(&|node| *node == Node::At(Place::End)),
        may_prefer_nothing: node.any(&|node| {
            matches!(node, Node::Alternatives(_) | Node::Repeat { kind: Repetition::Lazy | Repetition::Possessive, .. })
        }),
        repeats_groups: node.any(&|node| {
            matches!(node, Node::Repeat { node, .. } if node.any(&|part| matches!(part, Node::Group(Some(_), _))))
        }),
        pattern,
    })))
}

pub(super) fn limit(most: u64, of: &'static str) -> Error {
    Error::limit(Limit::Pattern { most, of })
}

fn weight(node: &Node) -> u64 {
    let parts: u64 = node.parts().into_iter().map(weight).fold(1, u64::saturating_add);
    match node {
        Node::Repeat { least, most, .. } => parts.saturating_mul(u64::from(most.unwrap_or(*least)).max(1)),
        _ => parts,
    }
}

/// The pattern for the crate `regex`, unless it has unsupported parts or would be too large.
fn fast(node: &Node) -> Option<regex::Regex> {
    let mut text = String::new();
    write(node, &mut text)?;
    let mut builder = regex::RegexBuilder::new(&text);
    builder.size_limit(MAX_SIZE).dfa_size_limit(MAX_SIZE).nest_limit(8 * MAX_NESTING as u32);
    builder.build().ok()
}

/// Writes a part in the syntax of the crate `regex`; `None` if that has no such part.
fn write(node: &Node, text: &mut String) -> Option<()> {
    match node {
        Node::One(set) => text.push_str(&set.0),
        Node::At(place) => text.push_str(match place {
            Place::Start => r"\A",
            Place::LineStart => "(?m:^)",
            // The same when no line feed ends the text.
            Place::End | Place::VeryEnd => r"\z",
            Place::LineEnd => "(?m:$)",
            Place::WordEdge { ascii: true } => r"(?-u:\b)",
            Place::WordEdge { ascii: false } => r"\b",
            Place::NoWordEdge { .. } => return None,
        }),
        Node::Concat(nodes) => nodes.iter().try_for_each(|node| write(node, text))?,
        Node::Alternatives(nodes) => {
            text.push_str("(?:");
            for (index, node) in nodes.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "|" });
                write(node, text)?;
            }
            text.push(')');
        }
        Node::Group(number, node) => {
            text.push_str(if number.is_some() { "(" } else { "(?:" });
            write(node, text)?;
            text.push(')');
        }
        Node::Repeat { kind: Repetition::Possessive, .. } => return None,
        Node::Repeat { node, least, most, kind } => {
            text.push_str("(?:");
            write(node, text)?;
            text.push(')');
            // Writing to a string does not fail.
            let _ = match (least, most) {
                (0, None) => write!(text, "*"),
                (1, None) => write!(text, "+"),
                (0, Some(1)) => write!(text, "?"),
                (least, None) => write!(text, "{{{least},}}"),
                (least, Some(most)) => write!(text, "{{{least},{most}}}"),
            };
            text.push_str(if *kind == Repetition::Lazy { "?" } else { "" });
        }
        Node::Look { .. } | Node::Reference { .. } | Node::Atomic(_) | Node::Conditional { .. } => return None,
    }
    Some(())
}

/// The places of groups; the first is the whole match.
pub(super) type Groups = Vec<Option<(usize, usize)>>;

/// What a search looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The first match.
    First,
    /// All matches.
    All,
    /// The groups of the first match.
    Groups,
}

/// A search of one text.
pub(super) struct Search<'a> {
    matcher: Either<'a>,
    text: &'a str,
    meter: &'a Meter,
    /// Bytes that may have been read since the last look at the clock.
    unwatched: u64,
}

enum Either<'a> {
    Fast(&'a regex::Regex),
    Slow(Matcher<'a>),
}

impl<'a> Search<'a> {
    ///
    /// # Errors
    /// Limits.
    pub(super) fn new(compiled: &'a Compiled, text: &'a str, asked: Asked, meter: &'a Meter) -> Result<Self> {
        let work = compiled.weight.saturating_mul(text.len() as u64);
        let other = compiled.asks_for_end && text.ends_with('\n')
            || asked == Asked::All && compiled.may_prefer_nothing
            || asked == Asked::Groups && compiled.repeats_groups;
        let fast = compiled.fast.as_ref().filter(|_| work <= MOST_WORK && !other);
        let matcher = match fast {
            Some(fast) => Either::Fast(fast),
            None => match compiled.program.get_or_init(|| program::compile(&compiled.pattern)) {
                Ok(program) => Either::Slow(Matcher::new(program, text, meter)),
                Err(TooLarge) => return Err(limit(MAX_INSTRUCTIONS as u64, "parts of a pattern")),
            },
        };
        Ok(Search { matcher, text, meter, unwatched: 0 })
    }

    /// The first match that begins at or after a place; one there must not be empty when `advance` is set.
    ///
    /// # Errors
    /// Limits.
    pub(super) fn find(&mut self, from: usize, advance: bool) -> Result<Option<(usize, usize)>> {
        let found = match &mut self.matcher {
            Either::Slow(matcher) => {
                self.meter.work(NODE)?;
                return Ok(if matcher.find(from, advance)? { matcher.group(0) } else { None });
            }
            // Where a pattern that prefers something matches nothing, it matches nothing else.
            Either::Fast(regex) => match if advance { after(self.text, from) } else { Some(from) } {
                Some(from) => regex.find_at(self.text, from).map(|found| (found.start(), found.end())),
                None => None,
            },
        };
        let end = found.map_or(self.text.len(), |(_, end)| end);
        self.watch(from, end.max(from))?;
        Ok(found)
    }

    /// The groups of the first match.
    ///
    /// # Errors
    /// Limits.
    pub(super) fn groups(&mut self, count: usize) -> Result<Option<Groups>> {
        match &mut self.matcher {
            Either::Slow(matcher) => {
                Ok(matcher.find(0, false)?.then(|| (0..=count).map(|group| matcher.group(group)).collect()))
            }
            Either::Fast(regex) => {
                let captures = regex.captures(self.text);
                let groups: Option<Groups> = captures.map(|captures| {
                    captures.iter().map(|group| group.map(|group| (group.start(), group.end()))).collect()
                });
                self.watch(0, self.text.len())?;
                Ok(groups)
            }
        }
    }

    /// Counts a search from one place to another. It may have looked at the whole text from the first place on.
    fn watch(&mut self, from: usize, end: usize) -> Result<()> {
        let seen = (self.text.len() - from) as u64;
        self.meter.work(NODE + text_units(end - from) + seen / 1024)?;
        self.unwatched += seen;
        if self.unwatched > UNWATCHED {
            self.unwatched = 0;
            self.meter.check_deadline()?;
        }
        Ok(())
    }
}

/// The place after the character at a place; `None` at the end.
pub(super) fn after(text: &str, at: usize) -> Option<usize> {
    text[at..].chars().next().map(|c| at + c.len_utf8())
}
