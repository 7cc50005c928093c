//! The declared signatures of functions, as text, for the fix of a function name that is used as a value.
//!
//! Declarations may come after their use, so this looks at the tokens and not at the parsed part. If a signature is not
//! simple there is no fix; nothing is reported here.

use rustc_hash::FxHashMap;

use super::Parser;
use crate::builtins;
use crate::syntax::token::{Token, TokenKind};

/// The tokens of a signature: that of the name, by name.
pub(super) type Declared<'s> = FxHashMap<&'s str, usize>;

impl<'s> Parser<'s> {
    /// A call of a function with the slots that its parameters ask for, and the anonymous function that makes it.
    pub(super) fn call_and_value(&mut self, name: &str) -> Option<(String, String)> {
        let (inside, row) = match builtins::lookup(name).filter(|builtin| !builtin.internal) {
            Some(builtin) if builtin.forall.is_empty() => {
                builtin.signature.strip_prefix("fn(")?.strip_suffix(')')?.split_once(") effects(")?
            }
            Some(_) => return None,
            None => self.declared_signature(name)?,
        };
        let (params, result) = parts_of(inside)?;
        let slot = |position: usize| {
            let later = params[position + 1..].iter().filter(|&&other| other == params[position]).count();
            format!("@{}.{later}", params[position])
        };
        let call = match params.as_slice() {
            ["Unit"] => format!("{name}(())"),
            _ => format!("{name}({})", (0..params.len()).map(slot).collect::<Vec<_>>().join(", ")),
        };
        let bound: Vec<String> = params.iter().map(|param| format!("@{param}")).collect();
        let arrow = if bound.is_empty() { "-> " } else { " -> " };
        let value = format!("fn({}{arrow}@{result}) effects({row}) {{ {call} }}", bound.join(", "));
        Some((call, value))
    }

    /// What stands in the parentheses of the signature and of the row of a function of this file.
    pub(super) fn declared_signature(&mut self, name: &str) -> Option<(&'s str, &'s str)> {
        if self.declared.is_none() {
            self.declared = Some(self.declarations());
        }
        let at = *self.declared.as_ref()?.get(name)?;
        let inside = self.parenthesized_text(at + 1)?;
        let effects = self.tokens[at..].iter().position(|token| token.kind == TokenKind::Effects)?;
        let row = self.parenthesized_text(at + effects + 1)?;
        Some((inside, row))
    }

    fn declarations(&self) -> Declared<'s> {
        let windows = self.tokens.windows(3).zip(1..);
        let named = windows.filter(|(tokens, _)| {
            let [keyword, name, open] = tokens else { return false };
            let kinds = (keyword.kind, name.kind, open.kind);
            kinds == (TokenKind::Fn, TokenKind::LowerIdent, TokenKind::LParen)
        });
        named.map(|(tokens, at)| (self.slice(self.span_of(tokens[1])), at)).collect()
    }

    /// The text between the parenthesis that is the token `open` and the next one that closes.
    fn parenthesized_text(&self, open: usize) -> Option<&'s str> {
        let close = |token: &Token| token.kind == TokenKind::RParen;
        let end = self.tokens[open..].iter().position(close).map(|ahead| self.tokens[open + ahead])?;
        (self.tokens[open].kind == TokenKind::LParen)
            .then(|| &self.text[self.tokens[open].end as usize..end.start as usize])
    }
}

/// The parameter types and the result type of `A, B -> C`, when they are names with arguments.
pub(super) fn parts_of(signature: &str) -> Option<(Vec<&str>, &str)> {
    let (params, result) = signature.split_once("->")?;
    let params = list_of(params)?;
    let result = list_of(result)?;
    match result.as_slice() {
        [result] => Some((params, result)),
        _ => None,
    }
}

/// The types of `A, @B`, when they are names with arguments.
pub(super) fn list_of(types: &str) -> Option<Vec<&str>> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_<>, @".contains(c);
    if !types.chars().all(plain) {
        return None;
    }
    let mut depth = 0_usize;
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, c) in types.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                parts.push(&types[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&types[start..]);
    if types.trim().is_empty() {
        parts.clear();
    }
    let parts: Vec<&str> = parts.into_iter().map(|part| part.trim().trim_start_matches('@')).collect();
    parts.iter().all(|part| !part.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::parts_of;

    #[test]
    fn splits_what_is_plain() {
        assert_eq!(parts_of("@Int, @Map<String, Int> -> @Bool"), Some((vec!["Int", "Map<String, Int>"], "Bool")));
        assert_eq!(parts_of("-> @Int"), Some((vec![], "Int")));
        assert_eq!(parts_of("Int -> Int"), Some((vec!["Int"], "Int")));
        for other in
            ["@Int", "@Int, -> @Int", "@Int /* x */ -> @Int", "fn(Int -> Int) effects(pure) -> @Int", "> -> @Int"]
        {
            assert_eq!(parts_of(other), None, "{other}");
        }
    }
}
