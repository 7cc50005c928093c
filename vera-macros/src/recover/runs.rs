//! Builds one text from pieces and their places.
//!
//! A run is a part of the program that is contiguous in one file: between its pieces is only what Rust's lexer drops,
//! and that is taken from the file too. Where two runs meet, the text of a file ends, and the next run must be readable
//! on its own. So a run that ends within a comment or a string is an error. A piece without a place is a separate run,
//! or is in one run with those that it is joined to.
//!
//! Invariant: the text holds every piece, and all of a file that is between the pieces of a run.

use super::lost::{Lost, What};
use super::origin::{Origins, Place};
use super::pieces::{Kind, Piece};
use super::trivia;
use std::ops::Range;

/// Consecutive pieces.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) pieces: Range<usize>,
    /// The place of the run: the index of its origin, and the bytes in it.
    pub(super) at: Option<(usize, Range<usize>)>,
}

/// Divides pieces into as few runs as possible.
pub(super) fn of(pieces: &[Piece], places: &[Place], origins: &Origins) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (index, place) in places.iter().enumerate() {
        match (runs.last_mut(), place) {
            (Some(Run { pieces, at: Some((origin, range)) }), Place::In(next, place))
                if origin == next && trivia::skip(&origins.get(*origin).text, range.end) == place.start =>
            {
                pieces.end = index + 1;
                range.end = place.end;
            }
            (Some(Run { pieces: run, at: None }), Place::None | Place::Changed(_))
                if pieces[index - 1].kind == Kind::Joint =>
            {
                run.end = index + 1;
            }
            (_, Place::In(origin, place)) => {
                runs.push(Run { pieces: index..index + 1, at: Some((*origin, place.clone())) });
            }
            (_, Place::None | Place::Changed(_)) => runs.push(Run { pieces: index..index + 1, at: None }),
        }
    }
    runs
}

/// A text, and the place of each piece in it.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pub(super) text: String,
    pub(super) ranges: Vec<Range<usize>>,
}

/// Writes runs one after another.
///
/// # Errors
/// A place where the text would, or might, be read differently than in its file.
pub(super) fn join(pieces: &[Piece], places: &[Place], runs: &[Run], origins: &Origins) -> Result<Joined, Lost> {
    let mut joined = Joined::default();
    for (number, run) in runs.iter().enumerate() {
        let start = joined.text.len();
        let written = &pieces[run.pieces.clone()];
        match &run.at {
            Some((origin, range)) => {
                let text = &origins.get(*origin).text;
                joined.text.push_str(&text[range.start..trivia::skip(text, range.end)]);
                joined.ranges.extend(places[run.pieces.clone()].iter().filter_map(|place| match place {
                    Place::In(_, own) => Some(own.start - range.start + start..own.end - range.start + start),
                    _ => None,
                }));
            }
            None => {
                for piece in written {
                    if piece.kind == Kind::Documentation {
                        return Err(lost(What::Comment, piece, piece, places));
                    }
                    let at = joined.text.len();
                    joined.text.push_str(&piece.text);
                    joined.ranges.push(at..joined.text.len());
                }
            }
        }
        let Some(next) = runs.get(number + 1) else { break };
        if let Some((kind, open)) = vera_build::unfinished(&joined.text[start..]) {
            let at = start + open.start;
            let first = joined.ranges.partition_point(|range| range.end <= at).min(joined.ranges.len() - 1);
            let last = (first + 1).min(run.pieces.end - 1);
            return Err(lost(What::End(kind), &pieces[first], &pieces[last], places));
        }
        let (left, right) = (&pieces[run.pieces.end - 1], &pieces[next.pieces.start]);
        if run.at.is_none()
            && next.at.is_none()
            && let Some(signs) = ["--", "{-"]
                .into_iter()
                .find(|signs| left.text.ends_with(&signs[..1]) && right.text.starts_with(&signs[1..]))
        {
            return Err(lost(What::Gap(signs), left, right, places));
        }
        if !joined.text.ends_with(char::is_whitespace) {
            joined.text.push(' ');
        }
    }
    Ok(joined)
}

fn lost(what: What, first: &Piece, last: &Piece, places: &[Place]) -> Lost {
    let changed =
        places.iter().find_map(|place| if let Place::Changed(file) = place { Some(file.as_str()) } else { None });
    Lost::new(what, (first, last), changed)
}
