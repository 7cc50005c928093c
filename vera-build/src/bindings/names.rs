//! Vera names as Rust names.

use proc_macro2::{Ident, Span};
use quote::format_ident;

/// Words that cannot be identifiers, not even raw ones.
const NEVER_RAW: [&str; 4] = ["self", "Self", "super", "crate"];
/// Words that are keywords only in some editions, which `syn` accepts as identifiers.
const KEYWORDS_OF_EDITIONS: [&str; 1] = ["gen"];

/// Names of `Module`'s own methods; a Vera function of such a name gets an underscore.
const OF_MODULE: [&str; 8] =
    ["new", "with_limits", "builder", "instance", "instance_mut", "host", "host_mut", "into_host"];

/// A function, operation or module name: `isEven` becomes `is_even`, `match` becomes `r#match`.
pub(crate) fn snake(name: &str) -> Ident {
    identifier(&to_snake(name))
}

/// The Rust name of a public function.
pub(crate) fn method_name(name: &str) -> Ident {
    let word = to_snake(name);
    if OF_MODULE.contains(&word.as_str()) { format_ident!("{word}_") } else { snake(name) }
}

/// The name of the trait of an effect whose operations are futures.
pub(crate) fn async_trait(name: &Ident) -> Ident {
    format_ident!("Async{}", name.to_string().trim_start_matches("r#"))
}

/// A type or constructor name: `HTTP_error` becomes `HttpError`, a name in Rust's convention stays.
pub(crate) fn camel(name: &str) -> Ident {
    let camel: String = if name.contains('_') {
        let words = name.split('_').filter(|word| !word.is_empty());
        words
            .flat_map(|word| {
                let (first, rest) = (word.chars().take(1), word.chars().skip(1));
                first.map(|c| c.to_ascii_uppercase()).chain(rest.map(|c| c.to_ascii_lowercase()))
            })
            .collect()
    } else {
        name.to_owned()
    };
    identifier(&camel)
}

/// The words of a name in lower case, separated by underscores.
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

/// The name as an identifier, escaped if it is a keyword of Rust.
pub(crate) fn identifier(name: &str) -> Ident {
    if NEVER_RAW.contains(&name) || name.is_empty() || name == "_" {
        return Ident::new(&format!("{name}_"), Span::call_site());
    }
    match syn::parse_str::<Ident>(name) {
        Ok(ident) if !KEYWORDS_OF_EDITIONS.contains(&name) => ident,
        _ => Ident::new_raw(name, Span::call_site()),
    }
}

/// The names, where a repeated name gets a number. Names that are equal in Rust are reported as well; this keeps the
/// generated code from causing further errors.
pub(crate) fn distinct(names: impl IntoIterator<Item = Ident>) -> Vec<Ident> {
    let mut distinct: Vec<Ident> = Vec::new();
    for name in names {
        let name = name.to_string();
        distinct
            .push(fresh(name.trim_start_matches("r#"), |candidate| distinct.iter().any(|taken| taken == candidate)));
    }
    distinct
}

/// `candidate`, followed by a number if it is taken.
pub(crate) fn fresh(candidate: &str, taken: impl Fn(&str) -> bool) -> Ident {
    let numbered = (2..).map(|number| format!("{candidate}{number}"));
    let free = std::iter::once(candidate.to_owned()).chain(numbered).find(|name| !taken(name));
    identifier(&free.unwrap_or_else(|| candidate.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_rust() {
        let snaked = ["discounted", "isEven", "parseHTTPUrl", "to_json2", "match", "self", "gen", "a"]
            .map(|n| snake(n).to_string());
        assert_eq!(snaked, ["discounted", "is_even", "parse_http_url", "to_json2", "r#match", "self_", "r#gen", "a"]);
        let cameled = ["List", "HTTP_error", "Self", "A", "IOError"].map(|n| camel(n).to_string());
        assert_eq!(cameled, ["List", "HttpError", "Self_", "A", "IOError"]);
    }
}
