//! Whatever the program: what carries no meaning does not matter, and nothing is lost.

use proptest::prelude::*;

use super::corpus::programs;
use super::{formatted, formatted_once};
use crate::format::{format, is_malformed};
use crate::source::SourceMap;
use crate::syntax::ast::CommentKind;
use crate::syntax::{lex, parse};

/// A token or comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    start: usize,
    end: usize,
    kind: PieceKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PieceKind {
    Token,
    /// A label, whose place is its type's.
    Label,
    Comment,
    LineComment,
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut source = SourceMap::new();
    let file = source.add("", text);
    let tokens = lex(text, file).tokens;
    let token = |(start, end): (u32, u32)| Piece { start: start as usize, end: end as usize, kind: PieceKind::Token };
    let mut pieces: Vec<Piece> = tokens.iter().map(|piece| token((piece.start, piece.end))).collect();
    for comment in parse(&source, file).0.comments {
        let kind = match comment.kind {
            CommentKind::Label => PieceKind::Label,
            CommentKind::Line => PieceKind::LineComment,
            CommentKind::Block | CommentKind::Annotation => PieceKind::Comment,
        };
        pieces.push(Piece { kind, ..token((comment.span.start, comment.span.end)) });
    }
    pieces.sort_by_key(|piece| piece.start);
    pieces
}

/// Whether two pieces may stand together: they are read as themselves.
fn may_touch(text: &str, left: Piece, right: Piece) -> bool {
    if left.kind == PieceKind::LineComment {
        return false;
    }
    let (left, right) = (&text[left.start..left.end], &text[right.start..right.end]);
    // Pieces of strings are separate already.
    if left.ends_with("\\(") || right.starts_with(')') && right.len() > 1 {
        return true;
    }
    let joined = format!("{left}{right}");
    pieces(&joined).first().is_some_and(|first| first.end == left.len())
}

/// A sequence of numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// Space with `lines` line ends in it.
    fn space(&mut self, lines: u64) -> String {
        let mut space = String::new();
        for _ in 0..lines {
            self.blanks(&mut space);
            space.push_str(if self.below(4) == 0 { "\r\n" } else { "\n" });
        }
        self.blanks(&mut space);
        space
    }

    fn blanks(&mut self, space: &mut String) {
        for _ in 0..self.below(4) {
            space.push(if self.below(4) == 0 { '\t' } else { ' ' });
        }
    }
}

/// A canonical text with other space between its tokens and comments, where that says nothing.
fn respaced(text: &str, numbers: &mut Numbers) -> String {
    let pieces = pieces(text);
    let mut out = String::new();
    let mut end = 0;
    for (index, piece) in pieces.iter().enumerate() {
        let old = text[end..piece.start].bytes().filter(|byte| *byte == b'\n').count();
        let previous = index.checked_sub(1).map(|index| pieces[index]);
        let is_comment = matches!(piece.kind, PieceKind::Comment | PieceKind::LineComment);
        let lines = match old {
            // Behind code, or inside a line.
            0 if is_comment => 0,
            0 => numbers.below(3),
            // A line of its own.
            1 if is_comment => 1,
            1 => numbers.below(2),
            _ => 2 + numbers.below(3),
        };
        let lines = match previous {
            None if !is_comment => numbers.below(3),
            Some(previous) if previous.kind == PieceKind::LineComment => lines.max(1),
            _ => lines,
        };
        let mut space = numbers.space(lines);
        if space.is_empty() && previous.is_some_and(|previous| !may_touch(text, previous, *piece)) {
            space.push(' ');
        }
        out.push_str(&space);
        out.push_str(&text[piece.start..piece.end]);
        end = piece.end;
    }
    out
}

const COMMENTS: &[&str] = &[
    " {- b -} ",
    "{- b {- n -}\n c -}",
    "\n{- own -}\n",
    "\n\n{- own -} {- two -}\n\n",
    " -- l\n",
    "\n-- own\n",
    "\n\n  -- own  \n\n",
    "/* a */",
    "\n/* a\n   b */",
    " --\r\n",
];

/// A text with comments put between its tokens.
fn commented(text: &str, numbers: &mut Numbers, percent: u64) -> String {
    let mut out = String::new();
    let mut end = 0;
    for piece in pieces(text) {
        out.push_str(&text[end..piece.start]);
        if numbers.below(100) < percent {
            out.push_str(COMMENTS[numbers.below(COMMENTS.len() as u64) as usize]);
        }
        out.push_str(&text[piece.start..piece.end]);
        end = piece.end;
    }
    out
}

/// Part of a program that is not too long.
fn excerpt(text: &str, numbers: &mut Numbers) -> String {
    let decls: Vec<&str> = text.split_inclusive("\n}\n\n").collect();
    let first = numbers.below(decls.len() as u64) as usize;
    let last = (first + 3).min(decls.len());
    decls[first..last].concat()
}

/// A canonical text with one more comment: on a line of its own above a line, or at the end of one. In front of the brace
/// that opens a body there is no place for one; in front of a closing one, it belongs to what is inside.
fn with_comment(text: &str, numbers: &mut Numbers) -> Option<String> {
    let comment = ["-- c", "{- c -}", "/* c */"][numbers.below(3) as usize];
    let lines: Vec<&str> = text.lines().collect();
    let at = numbers.below(lines.len() as u64) as usize;
    let start: usize = lines[..at].iter().map(|line| line.len() + 1).sum();
    let (line, end) = (lines[at], start + lines[at].len());
    let around = |place: usize| pieces(text).iter().any(|piece| piece.start < place && place < piece.end);
    let has_comment = pieces(line).iter().any(|piece| piece.kind != PieceKind::Token);
    if line.trim().is_empty() || line.trim() == "{" || has_comment || around(start) || around(end) {
        return None;
    }
    let (place, comment) = match numbers.below(2) {
        0 => {
            let indent = line.len() - line.trim_start().len() + if line.trim_start().starts_with('}') { 2 } else { 0 };
            (start, format!("{}{comment}\n", " ".repeat(indent)))
        }
        _ => (end, format!("  {comment}")),
    };
    Some(format!("{}{comment}{}", &text[..place], &text[place..]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn space_does_not_matter(program in prop::sample::select(programs()), seed: u64) {
        let mut numbers = Numbers(seed);
        let canonical = formatted_once(&excerpt(&program.1, &mut numbers));
        let spaced = respaced(&canonical, &mut numbers);
        prop_assert_eq!(formatted_once(&spaced), canonical, "{}", spaced);
    }

    #[test]
    fn comments_may_stand_anywhere(program in prop::sample::select(programs()), seed: u64, percent in 1u64..60) {
        let mut numbers = Numbers(seed);
        let text = commented(&excerpt(&program.1, &mut numbers), &mut numbers, percent);
        // Nothing is lost, and the result is stable.
        let canonical = formatted(&text);
        for line in canonical.lines() {
            prop_assert_eq!(line, line.trim_end());
        }
        // What was written for comments in odd places is as robust as any other program.
        let spaced = respaced(&canonical, &mut numbers);
        prop_assert_eq!(formatted_once(&spaced), canonical, "{}", spaced);
    }

    #[test]
    fn a_comment_stays_where_its_author_put_it(program in prop::sample::select(programs()), seed: u64) {
        let mut numbers = Numbers(seed);
        let canonical = formatted_once(&excerpt(&program.1, &mut numbers));
        if let Some(text) = with_comment(&canonical, &mut numbers) {
            prop_assert_eq!(formatted_once(&text), text.as_str());
        }
    }

    #[test]
    fn any_text_is_formatted_or_has_mistakes(program in prop::sample::select(programs()), seed: u64) {
        let mut numbers = Numbers(seed);
        let mut text = excerpt(&program.1, &mut numbers);
        for _ in 0..1 + numbers.below(4) {
            let pieces = pieces(&text);
            let (from, to) = (numbers.below(pieces.len() as u64) as usize, numbers.below(pieces.len() as u64) as usize);
            // Another piece in its place, or none.
            let taken = match numbers.below(3) {
                0 => String::new(),
                _ => text[pieces[from].start..pieces[from].end].to_owned(),
            };
            text.replace_range(pieces[to].start..pieces[to].end, &taken);
        }
        let mut source = SourceMap::new();
        let file = source.add("", text.as_str());
        let well_formed = !is_malformed(&parse(&source, file).1);
        prop_assert_eq!(format("", &text).is_ok(), well_formed, "{}", text);
        if well_formed {
            formatted(&text);
        }
    }
}
