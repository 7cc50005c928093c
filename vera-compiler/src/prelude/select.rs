//! The part of the library that a program uses.
//!
//! A program uses only a few of the library's functions, so the others are not read. A function is used if the program
//! contains its name, or if its name is a word of a used function. Words of comments and strings of the library count
//! too, because distinguishing them would cost more than it saves. Data types and aliases are always included.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::FILES;
use crate::builtins::{Builtin, TABLE};

/// The function that interpolation and `show` call without naming it.
const UNNAMED: &str = "float_to_string";

/// The rows that compare or hash keys of maps and sets.
const KEYS: &[&str] = &["prim_key_eq", "prim_key_hash"];

/// A type whose values are compared, hashed or shown by functions of the library that the compiler calls without their
/// being named.
struct Hidden {
    /// A program that names none of these, nor anything that starts so, has no such values.
    named_by: &'static [&'static str],
    /// What compares and hashes keys.
    keys: &'static [&'static str],
    /// What `show` uses.
    show: &'static str,
    /// What `hash` uses.
    hash: &'static str,
}

/// What has maps in it, and what gives it.
const WITH_MAPS: &[&str] =
    &["Map", "Set", "Json", "Html", "Request", "Response", "Http", "DB", "map_", "set_", "json_", "html_"];

const HIDDEN: &[Hidden] = &[
    Hidden { named_by: WITH_MAPS, keys: &["map_key_eq", "map_key_hash"], show: "map_show", hash: "map_hash" },
    Hidden { named_by: WITH_MAPS, keys: &["set_key_eq", "set_key_hash"], show: "set_show", hash: "set_hash" },
    Hidden {
        named_by: &["Decimal", "decimal_"],
        keys: &["decimal_key_eq", "decimal_key_hash"],
        show: "decimal_show",
        hash: "decimal_hash",
    },
];

/// What is read of the library.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    /// The parts of each file: its position in [`FILES`] and byte ranges in it, both in ascending order.
    pub(crate) files: Vec<(usize, Vec<Range<usize>>)>,
    /// The built-ins that are not written in Vera, in the order of [`TABLE`].
    pub(crate) rows: Vec<&'static Builtin>,
}

impl Selection {
    /// What a program with these names uses.
    pub(crate) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let index = &*INDEX;
        let mut work = Vec::new();
        let mut selected = vec![false; index.entries.len()];
        let mut select = |at: usize, work: &mut Vec<usize>| {
            if !std::mem::replace(&mut selected[at], true) {
                work.push(at);
            }
        };
        for (at, entry) in index.entries.iter().enumerate() {
            if matches!(entry, Entry::Type { .. }) {
                select(at, &mut work);
            }
        }
        let names: Vec<&str> = names.into_iter().chain([UNNAMED]).collect();
        let is_named =
            |hidden: &&Hidden| names.iter().any(|name| hidden.named_by.iter().any(|start| name.starts_with(start)));
        let hidden: Vec<&Hidden> = HIDDEN.iter().filter(is_named).collect();
        let keys: Vec<&str> = hidden.iter().flat_map(|hidden| hidden.keys).copied().collect();
        let shown = hidden.iter().map(|hidden| hidden.show).filter(|_| names.contains(&"show"));
        let hashed = hidden.iter().map(|hidden| hidden.hash).filter(|_| names.contains(&"hash"));
        for at in names.iter().copied().chain(shown).chain(hashed).filter_map(|name| index.functions.get(name)) {
            select(*at, &mut work);
        }
        while let Some(at) = work.pop() {
            let used = match &index.entries[at] {
                Entry::Row(row) if KEYS.contains(&row.name) => &keys[..],
                _ => &[],
            };
            let text = index.entries[at].text();
            let words = text.into_iter().flat_map(|(file, range)| words_of(file, range)).chain(used.iter().copied());
            for used in words.filter_map(|word| index.functions.get(word)) {
                select(*used, &mut work);
            }
        }
        let entries = index.entries.iter().zip(selected);
        entries.filter(|(_, selected)| *selected).fold(Self::default(), |selection, (entry, _)| selection.with(entry))
    }

    /// The whole library.
    #[cfg(test)]
    pub(crate) fn everything() -> Self {
        INDEX.entries.iter().fold(Self::default(), Self::with)
    }

    fn with(mut self, entry: &Entry) -> Self {
        match entry {
            Entry::Row(row) => self.rows.push(row),
            Entry::Type { file, range } | Entry::Function { file, range } => match self.files.last_mut() {
                Some((last, ranges)) if last == file => ranges.push(range.clone()),
                _ => self.files.push((*file, vec![range.clone()])),
            },
        }
        self
    }
}

/// A declaration of the library, or a row of the table that has none.
enum Entry {
    Type { file: usize, range: Range<usize> },
    Function { file: usize, range: Range<usize> },
    Row(&'static Builtin),
}

impl Entry {
    fn text(&self) -> Option<(usize, &Range<usize>)> {
        match self {
            Entry::Type { file, range } | Entry::Function { file, range } => Some((*file, range)),
            Entry::Row(_) => None,
        }
    }
}

struct Index {
    /// Declarations in the order of the files, then rows in the order of the table.
    entries: Vec<Entry>,
    /// Positions of functions by name.
    functions: FxHashMap<&'static str, usize>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { entries: Vec::new(), functions: FxHashMap::default() };
    for (file, (_, text)) in FILES.iter().enumerate() {
        for range in declarations(text) {
            match function_name(&text[range.clone()]) {
                Some(name) => {
                    index.functions.insert(name, index.entries.len());
                    index.entries.push(Entry::Function { file, range });
                }
                None => index.entries.push(Entry::Type { file, range }),
            }
        }
    }
    for row in TABLE.iter().filter(|row| row.implementation.is_some()) {
        index.functions.insert(row.name, index.entries.len());
        index.entries.push(Entry::Row(row));
    }
    index
});

/// The declarations of a file: each starts on a line of its own with one of these words, or with the comment above it,
/// and goes up to the next.
fn declarations(text: &str) -> Vec<Range<usize>> {
    let mut starts = Vec::new();
    let (mut at, mut comment) = (0, None);
    for line in text.split_inclusive('\n') {
        if ["public ", "private ", "type "].iter().any(|word| line.starts_with(word)) {
            starts.push(comment.unwrap_or(at));
        }
        comment = if line.starts_with("--") { comment.or(Some(at)) } else { None };
        at += line.len();
    }
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// The name a declaration gives to a function.
fn function_name(declaration: &'static str) -> Option<&'static str> {
    let code = declaration.split_inclusive('\n').find(|line| !line.starts_with("--"))?;
    let (_, name) = code.split('(').next()?.rsplit_once("fn ")?;
    Some(name)
}

fn words_of(file: usize, range: &Range<usize>) -> impl Iterator<Item = &'static str> {
    words(&FILES[file].1[range.clone()])
}

/// The words of a text that start with a lower-case letter, as the names of functions do.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let start = rest.bytes().position(|byte| is_part(&byte))?;
            let end =
                rest[start..].bytes().position(|byte| !is_part(&byte)).map_or(rest.len(), |length| start + length);
            let word = &rest[start..end];
            rest = &rest[end..];
            if word.starts_with(|first: char| first.is_ascii_lowercase()) {
                return Some(word);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{FILES, Selection, words};
    use crate::source::SourceMap;
    use crate::syntax::{parse, parse_parts};

    fn names(selection: &Selection) -> Vec<String> {
        let texts = selection.files.iter().flat_map(|(file, ranges)| {
            ranges.iter().filter_map(|range| super::function_name(&FILES[*file].1[range.clone()]))
        });
        texts.chain(selection.rows.iter().map(|row| row.name)).map(str::to_owned).collect()
    }

    #[test]
    fn words_start_with_a_small_letter() {
        let found: Vec<&str> = words("(a_b1 -> Some(x)) é 1st").collect();
        assert_eq!(found, ["a_b1", "x"]);
    }

    #[test]
    fn a_program_gets_what_it_uses_and_what_that_uses() {
        let few = names(&Selection::of(["array_any"]));
        for name in ["array_any", "array_length", "float_to_string"] {
            assert!(few.iter().any(|found| found == name), "{name} in {few:?}");
        }
        assert!(!few.iter().any(|found| found == "json_get"), "{few:?}");
        let all = names(&Selection::everything());
        assert!(few.len() < all.len() / 4, "{} of {}", few.len(), all.len());
    }

    #[test]
    fn the_parts_of_a_file_are_the_file() {
        let whole = Selection::everything();
        assert_eq!(whole.files.len(), FILES.len());
        for (file, ranges) in whole.files {
            let mut sources = SourceMap::new();
            let (name, text) = FILES[file];
            let id = sources.add(name, text);
            let (parts, reported) = parse_parts(&sources, id, &ranges);
            assert!(reported.is_empty(), "{name}");
            assert_eq!(parts.decls, parse(&sources, id).0.decls, "{name}");
        }
    }
}
