//! Finds the known name nearest to a misspelt one.

/// More candidates than this are not looked at: mistakes are many in a program that has that many names.
pub(crate) const CANDIDATES: usize = 2_000;

/// The candidate most like `name`, if any is like it at all. Of equally near ones the first counts, so candidates
/// have to come in a fixed order.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match name.chars().count() {
        0..=3 => 1,
        4..=6 => 2,
        _ => 3,
    };
    let letters = Letters::of(name);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.into_iter().take(CANDIDATES) {
        // A shortened name is nearer than one that merely has as many letters in common.
        let beginning = candidate.starts_with(name) && name.len() * 2 >= candidate.len();
        // The distance itself is dear, and most names are nothing like this one.
        if candidate == name || !beginning && Letters::of(candidate).differ(letters) > 2 * limit as u32 {
            continue;
        }
        let distance = if same_letters(name, candidate) {
            0
        } else if beginning {
            1
        } else if candidate.len().abs_diff(name.len()) <= limit {
            strsim::osa_distance(name, candidate)
        } else {
            continue;
        };
        if distance <= limit && distance < candidate.chars().count() && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Whether two names differ in capitals and underscores only.
fn same_letters(one: &str, other: &str) -> bool {
    let bare = |c: &u8| *c != b'_';
    one.bytes()
        .filter(bare)
        .map(|c| c.to_ascii_lowercase())
        .eq(other.bytes().filter(bare).map(|c| c.to_ascii_lowercase()))
}

/// Which letters and digits occur in a name, capitals taken for small letters.
#[derive(Clone, Copy)]
struct Letters(u64);

impl Letters {
    fn of(name: &str) -> Self {
        let bit = |c: u8| match c {
            b'a'..=b'z' => 1 << (c - b'a'),
            b'A'..=b'Z' => 1 << (c - b'A'),
            b'0'..=b'9' => 1 << (26 + c - b'0'),
            _ => 0,
        };
        Self(name.bytes().fold(0, |letters, c| letters | bit(c)))
    }

    /// The number of letters that occur in one name only. An edit changes this number by at most two.
    fn differ(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }
}

/// Names as a message lists them; of many, the first ones.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 16;
    let mut names = names.into_iter();
    let shown: Vec<String> = names.by_ref().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = if names.next().is_some() { " and more" } else { "" };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_the_nearest_or_nothing() {
        let names = ["array_length", "array_map", "string_length", "abs"];
        assert_eq!(nearest("array_lenght", names), Some("array_length"));
        assert_eq!(nearest("arraymap", names), Some("array_map"));
        assert_eq!(nearest("ab", names), Some("abs"));
        assert_eq!(nearest("array_len", names), Some("array_length"));
        assert_eq!(nearest("frobnicate", names), None);
        assert_eq!(nearest("fib", ["min", "pi", "sin"]), None);
        assert_eq!(nearest("x", ["y"]), None);
    }
}
