//! Vera names as Rust names.

use proc_macro2::{Ident, Span};

/// Words that cannot be identifiers, not even raw ones.
const NEVER_RAW: [&str; 4] = ["self", "Self", "super", "crate"];

/// A function, operation or module name: `isEven` becomes `is_even`, `match` becomes `r#match`.
pub(crate) fn snake(name: &str) -> Ident {
    identifier(&to_snake(name))
}

/// A type or constructor name: `HTTP_error` becomes `HttpError`, a name in Rust's convention stays.
pub(crate) fn camel(name: &str) -> Ident {
    let camel: String = if name.contains('_') {
        let words = name.split('_').filter(|word| !word.is_empty());
        words.map(|word| word[..1].to_ascii_uppercase() + &word[1..].to_ascii_lowercase()).collect()
    } else {
        name.to_owned()
    };
    identifier(&camel)
}

/// The words of a name in lower case, joined by underscores.
pub(crate) fn to_snake(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, &character) in characters.iter().enumerate() {
        let previous = index.checked_sub(1).map(|before| characters[before]);
        let starts_word = character.is_ascii_uppercase()
            && previous.is_some_and(|previous| {
                let next_is_lower = characters.get(index + 1).is_some_and(char::is_ascii_lowercase);
                previous != '_' && (!previous.is_ascii_uppercase() || next_is_lower)
            });
        if starts_word {
            out.push('_');
        }
        out.push(character.to_ascii_lowercase());
    }
    out
}

/// The name as an identifier, escaped where Rust keeps the word for itself.
pub(crate) fn identifier(name: &str) -> Ident {
    if NEVER_RAW.contains(&name) || name.is_empty() || name == "_" {
        return Ident::new(&format!("{name}_"), Span::call_site());
    }
    syn::parse_str::<Ident>(name).unwrap_or_else(|_| Ident::new_raw(name, Span::call_site()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_rust() {
        let snaked =
            ["discounted", "isEven", "parseHTTPUrl", "to_json2", "match", "self", "a"].map(|n| snake(n).to_string());
        assert_eq!(snaked, ["discounted", "is_even", "parse_http_url", "to_json2", "r#match", "self_", "a"]);
        let cameled = ["List", "HTTP_error", "Self", "A", "IOError"].map(|n| camel(n).to_string());
        assert_eq!(cameled, ["List", "HttpError", "Self_", "A", "IOError"]);
    }
}
