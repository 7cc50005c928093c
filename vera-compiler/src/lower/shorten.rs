//! Shortens text of the program that is written into the module repeatedly: names in symbols, clauses in trap sites.
//! Otherwise a module could be much larger than the program.

/// Bytes of such a text that are kept.
const MOST: usize = 400;

/// The text, cut in the middle when it is long.
pub(super) fn shortened(text: &str) -> String {
    if text.len() <= MOST {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(MOST / 2);
    let start = text.ceil_char_boundary(text.len() - MOST / 2);
    format!("{} … {}", &text[..end], &text[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_text_is_cut_and_only_between_characters() {
        assert_eq!(shortened("@Int.0 > 0"), "@Int.0 > 0");
        assert_eq!(shortened(&"a".repeat(MOST)), "a".repeat(MOST));
        let cut = shortened(&"aé".repeat(1_000));
        assert!(cut.len() < MOST + 10 && cut.starts_with("aéaé") && cut.ends_with("aéaé") && cut.contains(" … "));
    }
}
