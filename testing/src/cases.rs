//! Files of cases: each a title, a text, and parts with headings.
//!
//! ```text
//! === what the case shows
//! import a.b;
//! --- module a.b
//! public fn f(-> @Int) ...
//!
//! === the next one
//! ...
//! ```
//!
//! A line that starts with `=== ` begins a case, one that starts with `--- ` begins a part of it. The test that reads
//! the file defines the headings and the meaning of the texts. Texts are unchanged, including the blank lines at their
//! ends.

/// A case of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case<'a> {
    /// What the case shows.
    pub title: &'a str,
    /// The text below the title, up to the first part.
    pub text: &'a str,
    /// Its parts, in their order.
    pub parts: Vec<Part<'a>>,
}

/// A part of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The text after `---`, such as `module a.b`.
    pub heading: &'a str,
    /// The text below the heading.
    pub text: &'a str,
}

impl<'a> Case<'a> {
    /// The modules of the case, by their paths: the parts `--- module a.b`.
    ///
    /// # Panics
    /// When it has a part with another heading.
    pub fn modules(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.parts.iter().map(|part| match part.heading.strip_prefix("module ") {
            Some(path) => (path, part.text),
            None => panic!("{}: `--- {}` is no module", self.title, part.heading),
        })
    }
}

/// The cases of a file.
///
/// # Panics
/// When there are none, when text precedes the first, or when two have the same title.
pub fn cases(file: &str) -> Vec<Case<'_>> {
    let (above, cases) = sections(file, "=== ");
    assert!(above.trim().is_empty(), "above the first `=== title` stands {above:?}");
    assert!(!cases.is_empty(), "a file of cases without a case");
    let case = |(title, text)| {
        let (text, parts) = sections(text, "--- ");
        Case { title, text, parts: parts.into_iter().map(|(heading, text)| Part { heading, text }).collect() }
    };
    let cases: Vec<Case<'_>> = cases.into_iter().map(case).collect();
    let mut titles: Vec<&str> = cases.iter().map(|case| case.title).collect();
    titles.sort_unstable();
    let twice = titles.windows(2).find(|pair| pair[0] == pair[1]);
    assert!(twice.is_none(), "two cases have the title {:?}", twice.map(|pair| pair[0]));
    cases
}

/// What stands above the first heading, and each heading with what stands below it.
fn sections<'a>(text: &'a str, mark: &str) -> (&'a str, Vec<(&'a str, &'a str)>) {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with(mark) {
            starts.push((at, line));
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([text.len()]);
    let section =
        |(&(start, line), end): (&(usize, &'a str), usize)| (line[mark.len()..].trim(), &text[start + line.len()..end]);
    let above = starts.first().map_or(text.len(), |(start, _)| *start);
    (&text[..above], starts.iter().zip(ends).map(section).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_texts_and_parts() {
        let file = "=== one\na\n\n--- module x.y\nb\n-- no heading\n=== two: === and ---\n--- rest\nc";
        let read = cases(file);
        assert_eq!((read[0].title, read[0].text), ("one", "a\n\n"));
        assert_eq!(read[0].modules().collect::<Vec<_>>(), [("x.y", "b\n-- no heading\n")]);
        assert_eq!((read[1].title, read[1].text), ("two: === and ---", ""));
        assert_eq!(read[1].parts, [Part { heading: "rest", text: "c" }]);
        assert_eq!(read.len(), 2);
    }

    #[test]
    #[should_panic(expected = "above the first `=== title` stands")]
    fn nothing_stands_above_the_first_case() {
        cases("a\n=== one\n");
    }

    #[test]
    #[should_panic(expected = "a file of cases without a case")]
    fn a_file_has_a_case() {
        cases("");
    }

    #[test]
    #[should_panic(expected = "two cases have the title")]
    fn titles_differ() {
        cases("=== one\n=== one\n");
    }

    #[test]
    #[should_panic(expected = "`--- rest` is no module")]
    fn other_parts_are_no_modules() {
        cases("=== one\n--- rest\n")[0].modules().for_each(drop);
    }
}
