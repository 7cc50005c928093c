//! Recovers the text of the program in `vera! { ... }`, and maps its bytes back to tokens.
//!
//! The compiler gives a macro tokens. Vera needs text, comments included, and to Rust a comment `--` is tokens. So the
//! text is taken from the positions of the tokens wherever possible, and not made from the tokens:
//!
//! * `pieces` are the tokens in order, each as Rust's lexer read it;
//! * `origin` finds each of them in a text: that of the invocation, or that of its file;
//! * `runs` are pieces that are adjacent in one text, with nothing between them except what Rust's lexer drops
//!   (`trivia`). The dropped text is taken too. An ordinary program is one run, whichever macros passed it on;
//! * where runs meet (a `$variable` of a macro, tokens that a procedural macro made), one space is written.
//!
//! Invariant: **the text is the program of the file, or there is an error.** Every token is in it, in order. Within a
//! run the text is that of the file, byte for byte (each line ended by `\n`, as Rust's lexer has it). Where runs meet,
//! nothing gets another meaning: no comment and no string continues from one run to the next, and it is known whether
//! two signs that may begin a comment are adjacent. Nothing is guessed: if something cannot be known, it is an error
//! that names the token (`lost`).
//!
//! No macro can see some comments, so they are not in the text: comments of Rust before the first token of what another
//! macro passes on, and those in tokens that a procedural macro made. In Vera they are comments too, or mistakes.

mod lost;
mod origin;
mod pieces;
mod runs;
mod trivia;

use lost::Lost;
use origin::{Origins, Place, Unit};
use pieces::Piece;
use proc_macro2::{LineColumn, Span, TokenStream};
use runs::{Joined, Run};
use std::ops::Range;

pub(crate) use origin::name as file_name;

/// A program's text with the place of each Rust token in it.
#[derive(Debug)]
pub(crate) struct Recovered {
    /// The name of the text in messages. If it is the name of a file, lines and columns are those of the file.
    pub(crate) name: String,
    /// The Vera program.
    pub(crate) text: String,
    /// Tokens in order of their place: the bytes, and the tokens that begin and end them.
    tokens: Vec<(Range<usize>, Span, Span)>,
}

impl Recovered {
    /// Recovers the program from the tokens of an invocation and the invocation's own span.
    ///
    /// `arguments` are the tokens before the program; their text is not part of it.
    ///
    /// # Errors
    /// The part of the program that cannot be known.
    pub(crate) fn new(arguments: TokenStream, program: TokenStream, call_site: Span) -> Result<Self, Lost> {
        let before = pieces::of(arguments).pop();
        let pieces = pieces::of(program);
        let mut origins = Origins::new(call_site);
        let mut read = |unit| {
            let places: Vec<Place> = pieces.iter().map(|piece| origins.place(piece, unit)).collect();
            let before = before.as_ref().map(|piece| origins.place(piece, unit));
            (runs::of(&pieces, &places, &origins), places, before)
        };
        let mut best = read(Unit::Character);
        if best.0.len() > 1 {
            let bytes = read(Unit::Byte);
            if bytes.0.len() < best.0.len() {
                best = bytes;
            }
        }
        let (runs, places, before) = best;
        if let [] | [Run { at: Some(_), .. }] = runs[..] {
            return Ok(Self::of_one(&pieces, &places, runs.first(), before, &origins));
        }
        let Joined { text, ranges } = runs::join(&pieces, &places, &runs, &origins)?;
        let name = format!("{} (macro in line {})", file_name(call_site), call_site.start().line);
        Ok(Self { name, text, tokens: tokens(&pieces, ranges) })
    }

    /// A program in one text, and its place in the file.
    fn of_one(pieces: &[Piece], places: &[Place], run: Option<&Run>, before: Option<Place>, origins: &Origins) -> Self {
        let Some(index) = run.and_then(|run| Some(run.at.as_ref()?.0)).or(origins.invocation()) else {
            return Self { name: "vera!".to_owned(), text: String::new(), tokens: Vec::new() };
        };
        let origin = origins.get(index);
        let before = match before {
            Some(Place::In(its, range)) if its == index => Some(range.end),
            Some(_) => None,
            None if Some(index) == origins.invocation() => opening(&origin.text),
            None => None,
        };
        let range = run.and_then(|run| Some(run.at.as_ref()?.1.clone()));
        let range = range.or_else(|| before.map(|at| trivia::skip(&origin.text, at)).map(|at| at..at)).unwrap_or(0..0);
        let start = before.filter(|&before| trivia::skip(&origin.text, before) == range.start).unwrap_or(range.start);
        let end = trivia::skip(&origin.text, range.end);
        let padding = padding(origin.position(start));
        let ranges = places.iter().filter_map(|place| match place {
            Place::In(_, range) => Some(range.start - start + padding.len()..range.end - start + padding.len()),
            _ => None,
        });
        let tokens = tokens(pieces, ranges);
        Self { name: origin.name.clone(), text: padding + &origin.text[start..end], tokens }
    }

    /// The first and last token that overlap a byte range of the text; next to an empty place, the token before it.
    pub(crate) fn tokens_of(&self, range: &Range<usize>) -> Option<(Span, Span)> {
        let first = self.tokens.partition_point(|(token, ..)| token.end <= range.start);
        let end = self.tokens.partition_point(|(token, ..)| token.start < range.end.max(range.start + 1));
        match self.tokens.get(first..end) {
            Some([(_, first, last)]) => Some((*first, *last)),
            Some([(_, first, _), .., (_, _, last)]) => Some((*first, *last)),
            _ => self.tokens[..first].last().or(self.tokens.first()).map(|(_, first, last)| (*first, *last)),
        }
    }
}

fn tokens(pieces: &[Piece], ranges: impl IntoIterator<Item = Range<usize>>) -> Vec<(Range<usize>, Span, Span)> {
    pieces.iter().zip(ranges).map(|(piece, range)| (range, piece.first, piece.last)).collect()
}

/// The offset in the text of an invocation where its arguments begin: after the delimiter that follows the `!`.
fn opening(invocation: &str) -> Option<usize> {
    let mut at = trivia::skip(invocation, 0);
    while !invocation[at..].starts_with('!') {
        at += invocation[at..].chars().next()?.len_utf8();
        at = trivia::skip(invocation, at);
    }
    let open = trivia::skip(invocation, at + 1);
    invocation[open..].starts_with(['{', '(', '[']).then_some(open + 1)
}

/// White space that moves the following text to its line and column in the Rust file, so that diagnostics and run-time
/// errors name places of that file.
pub(crate) fn padding(position: LineColumn) -> String {
    "\n".repeat(position.line.saturating_sub(1)) + &" ".repeat(position.column)
}

#[cfg(test)]
mod tests;
