//! The nearest known name to a misspelt one.

/// The candidate most like `name`, if any is like it at all. Of equally near ones the first counts, so candidates
/// have to come in a fixed order.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match name.chars().count() {
        0..=2 => 1,
        3..=6 => 2,
        _ => 3,
    };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate == name || candidate.len().abs_diff(name.len()) > limit * 4 {
            continue;
        }
        let distance = strsim::osa_distance(name, candidate);
        let same_letters = candidate.eq_ignore_ascii_case(name) || candidate.replace('_', "") == name.replace('_', "");
        // A shortened name is nearer than one that merely has as many letters in common.
        let beginning = candidate.starts_with(name) && name.len() * 2 >= candidate.len();
        let distance = if same_letters { 0 } else { distance };
        let distance = if beginning { distance.min(1) } else { distance };
        if distance <= limit && distance < candidate.chars().count() && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
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
        assert_eq!(nearest("x", ["y"]), None);
    }
}
