//! Generated programs of any length that look like written ones.

/// Types, generic functions, recursion, closures, contracts, effects, as a program of its size would have them. `N` at
/// the end of a name stands for the section's number.
const SECTION: &str = include_str!("../text/section.vera");

/// A program of at least this number of lines, in canonical form.
pub(crate) fn program(lines: usize) -> String {
    let per_section = SECTION.lines().count() + 1;
    let sections = (0..lines.div_ceil(per_section)).map(|number| section(&number.to_string()));
    format!("module orders;\n\n{}", sections.collect::<Vec<_>>().join("\n"))
}

fn section(number: &str) -> String {
    let mut section = String::with_capacity(SECTION.len() + 256);
    let mut rest = SECTION;
    while let Some(at) = rest.find('N') {
        let in_name = rest[..at].ends_with(|c: char| c.is_ascii_lowercase());
        let ends = !rest[at + 1..].starts_with(|c: char| c.is_ascii_alphanumeric());
        section.push_str(&rest[..at]);
        section.push_str(if in_name && ends { number } else { "N" });
        rest = &rest[at + 1..];
    }
    section + rest
}
