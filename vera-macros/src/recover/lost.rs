//! Why a program cannot be recovered.

use super::pieces::Piece;
use proc_macro2::Span;
use vera_build::Unfinished;

/// What is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Where a comment or a string ends.
    End(Unfinished),
    /// Whether two signs that together begin a comment are adjacent.
    Gap(&'static str),
    /// The signs of a documentation comment.
    Comment,
}

/// A program with a part that cannot be recovered.
#[derive(Debug)]
pub(crate) struct Lost {
    /// What is lost, why, and how to fix it.
    pub(crate) message: String,
    /// The first token.
    pub(crate) first: Span,
    /// The last token.
    pub(crate) last: Span,
}

impl Lost {
    /// `changed` is a file whose tokens are no longer those of the program.
    pub(super) fn new(what: What, (first, last): (&Piece, &Piece), changed: Option<&str>) -> Self {
        let (title, rule) = match what {
            What::End(Unfinished::LineComment) => {
                ("a comment begins at this `--`, and where it ends is not known", "A comment `--` ends with its line.")
            }
            What::End(Unfinished::Comment) => (
                "a comment begins here, and where it ends is not known",
                "A comment is text, and some of its text was put together by a macro.",
            ),
            What::End(Unfinished::String) => (
                "a string begins here, and where it ends is not known",
                "Rust's lexer and Vera's do not agree on where this ends.",
            ),
            What::Gap("{-") => {
                ("whether a comment begins at this `{` is not known", "`{-` begins a comment, and `{ -` does not.")
            }
            What::Gap(_) => {
                ("whether a comment begins at this `-` is not known", "`--` begins a comment, and `- -` does not.")
            }
            What::Comment => (
                "the text of a comment is not known",
                "Rust takes this comment for documentation, and passes on only its text.",
            ),
        };
        let why = match changed {
            Some(file) => format!(
                "`{file}` differs from the text that the compiler read: it was changed, and is not saved or not built yet."
            ),
            None => "The tokens of this program come from a macro that kept no lines, spaces and comments.".to_owned(),
        };
        let save = if changed.is_some() { "Save the file and build again, or give" } else { "Give" };
        Self {
            message: format!(
                "{title}\nwhy: {rule} {why}\nfix: {save} the program as a string, which is kept whole:\n  vera!(r#\"...\"#)"
            ),
            first: first.first,
            last: last.last,
        }
    }
}
