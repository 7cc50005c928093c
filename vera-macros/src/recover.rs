//! The exact text of the tokens given to `vera! { ... }`, and the way back from bytes to tokens.
//!
//! The compiler hands a macro tokens; Vera wants text, comments included. The text of the whole invocation is taken
//! from the call site, and each token's line and column tell where in it the token is. A text in which the tokens
//! are not found where they should be (an invocation made by another macro, an editor that gives no text) is not
//! used: the program is then written out again from the tokens, comments lost, so that no false error appears.

use proc_macro2::{Delimiter, LineColumn, Span, TokenStream, TokenTree};
use std::ops::Range;

/// A program's text with the place of each Rust token in it.
pub(crate) struct Recovered {
    /// The Vera program.
    pub(crate) text: String,
    /// Tokens in order of their place.
    tokens: Vec<(Range<usize>, Span)>,
}

impl Recovered {
    /// Recovers the program from the tokens of an invocation and the invocation's own span.
    pub(crate) fn new(tokens: TokenStream, call_site: Span) -> Self {
        from_source(&tokens, call_site).unwrap_or_else(|| from_tokens(&tokens))
    }

    /// The first and last token that overlap a byte range of the text; next to an empty place, the token before it.
    pub(crate) fn tokens_of(&self, range: &Range<usize>) -> Option<(Span, Span)> {
        let mut overlapping = self
            .tokens
            .iter()
            .filter(|(token, _)| token.start < range.end.max(range.start + 1) && token.end > range.start);
        if let Some((_, first)) = overlapping.next() {
            let last = overlapping.next_back().map_or(*first, |(_, span)| *span);
            return Some((*first, last));
        }
        let before = self.tokens.iter().rev().find(|(token, _)| token.end <= range.start);
        before.or(self.tokens.first()).map(|(_, span)| (*span, *span))
    }
}

fn from_source(tokens: &TokenStream, call_site: Span) -> Option<Recovered> {
    let invocation = call_site.source_text()?;
    let bang = invocation.find('!')?;
    let open = bang + invocation[bang..].find(['{', '(', '['])?;
    let close = invocation.len() - invocation.chars().next_back()?.len_utf8();
    if close <= open {
        return None;
    }
    let inner = open + 1..close;
    let lines = Lines::new(&invocation, call_site.start());
    let padding = padding(lines.position(inner.start));
    let mut places = Vec::new();
    collect(tokens, &mut |span, text| {
        let start = lines.offset(span.start())?;
        let end = start + text.len();
        (inner.contains(&start) && end <= inner.end && invocation.get(start..end)? == text)
            .then(|| places.push((start - inner.start + padding.len()..end - inner.start + padding.len(), span)))
    })?;
    places.sort_by_key(|(range, _)| range.start);
    Some(Recovered { text: padding + &invocation[inner], tokens: places })
}

/// White space that puts what follows on the line and column it has in the Rust file, so that diagnostics and run-time
/// errors name places of that file.
pub(crate) fn padding(position: LineColumn) -> String {
    "\n".repeat(position.line.saturating_sub(1)) + &" ".repeat(position.column)
}

/// The tokens without those that Rust makes of a comment `/** ... */`: `#[doc = "..."]`, or `#![doc = "..."]` of
/// `/*! ... */`. Vera has neither `#` nor doc comments of this form.
fn without_comments(tokens: &TokenStream) -> impl Iterator<Item = TokenTree> + use<> {
    let is =
        |token: Option<&TokenTree>, sign| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let mut tokens = tokens.clone().into_iter().peekable();
    std::iter::from_fn(move || {
        while is(tokens.peek(), '#') {
            let sign = tokens.next();
            let bang = is(tokens.peek(), '!');
            if bang {
                tokens.next();
            }
            match tokens.peek() {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
                    tokens.next();
                }
                // Not of Rust's making: the compiler says what is wrong with it.
                _ => return sign,
            }
        }
        tokens.next()
    })
}

/// Calls `visit` with every token's span and text, delimiters included; `None` from it stops the walk.
fn collect(tokens: &TokenStream, visit: &mut dyn FnMut(Span, &str) -> Option<()>) -> Option<()> {
    for token in without_comments(tokens) {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = delimiters(group.delimiter());
                visit(group.span_open(), open)?;
                collect(&group.stream(), visit)?;
                visit(group.span_close(), close)?;
            }
            token => visit(token.span(), &token.to_string())?,
        }
    }
    Some(())
}

fn delimiters(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Brace => ("{", "}"),
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

/// Byte offsets of lines in a text that starts somewhere inside a file.
struct Lines<'a> {
    text: &'a str,
    origin: LineColumn,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, origin: LineColumn) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, origin, starts }
    }

    /// The place in the file of a byte of the text.
    fn position(&self, offset: usize) -> LineColumn {
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        let column = self.text[self.starts[line]..offset].chars().count();
        let origin = if line == 0 { self.origin.column } else { 0 };
        LineColumn { line: self.origin.line + line, column: origin + column }
    }

    fn offset(&self, position: LineColumn) -> Option<usize> {
        let line = position.line.checked_sub(self.origin.line)?;
        let column = if line == 0 { position.column.checked_sub(self.origin.column)? } else { position.column };
        let start = *self.starts.get(line)?;
        let rest = &self.text[start..];
        rest.char_indices().map(|(at, _)| at).chain([rest.len()]).nth(column).map(|at| start + at)
    }
}

fn from_tokens(tokens: &TokenStream) -> Recovered {
    let mut text = String::new();
    let mut places = Vec::new();
    write_tokens(tokens, &mut text, &mut places);
    Recovered { text, tokens: places }
}

fn write_tokens(tokens: &TokenStream, text: &mut String, places: &mut Vec<(Range<usize>, Span)>) {
    let mut write = |text: &mut String, piece: &str, span: Span| {
        let start = text.len();
        text.push_str(piece);
        places.push((start..text.len(), span));
    };
    let mut groups = Vec::new();
    let mut current = without_comments(tokens);
    loop {
        match current.next() {
            Some(TokenTree::Group(group)) => {
                let (open, close) = delimiters(group.delimiter());
                write(text, open, group.span_open());
                text.push(' ');
                groups.push((
                    std::mem::replace(&mut current, without_comments(&group.stream())),
                    close,
                    group.span_close(),
                ));
            }
            Some(TokenTree::Punct(punct)) => {
                write(text, punct.as_char().encode_utf8(&mut [0; 4]), punct.span());
                if punct.spacing() == proc_macro2::Spacing::Alone {
                    text.push(' ');
                }
            }
            Some(token) => {
                write(text, &token.to_string(), token.span());
                text.push(' ');
            }
            None => {
                let Some((outer, close, span)) = groups.pop() else { return };
                current = outer;
                write(text, close, span);
                text.push(' ');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr;

    /// The tokens inside the only group of an invocation, and the invocation's span.
    fn invocation(source: &str) -> (TokenStream, Span) {
        let tokens = TokenStream::from_str(source).expect("Rust can lex the invocation");
        let mut trees = tokens.into_iter();
        let first = trees.next().expect("a path").span();
        let group = trees.find_map(|tree| if let TokenTree::Group(group) = tree { Some(group) } else { None });
        let group = group.expect("a delimited body");
        (group.stream(), first.join(group.span_close()).expect("one file"))
    }

    #[test]
    fn text_keeps_comments_and_spacing_and_maps_back_to_tokens() {
        let source = "vera! {\n    -- a note: é\n    public fn f(@Int /* width */ -> @Int)\n      { @Int.0 }\n}";
        let (tokens, span) = invocation(&source.replace("--", "- -").replace("- -", "--"));
        let recovered = Recovered::new(tokens, span);
        assert_eq!(recovered.text, " ".repeat(7) + &source["vera! {".len()..source.len() - 1]);
        let at = recovered.text.find("@Int.0").expect("the slot");
        let (first, last) = recovered.tokens_of(&(at..at + 6)).expect("tokens there");
        assert_eq!(first.source_text().as_deref(), Some("@"));
        assert_eq!(last.source_text().as_deref(), Some("0"));
    }

    #[test]
    fn comments_that_rust_takes_for_documentation_are_comments() {
        let source = "vera! {\n  /** Doubles. */\n  public fn f(@Int /** width */ -> @Int) { /*! odd */ @Int.0 }\n}";
        let (tokens, span) = invocation(source);
        let recovered = Recovered::new(tokens.clone(), span);
        assert_eq!(recovered.text, " ".repeat(7) + &source["vera! {".len()..source.len() - 1]);
        let at = recovered.text.find("@Int.0").expect("the slot");
        assert!(
            recovered.tokens_of(&(at..at + 6)).is_some_and(|(first, _)| first.source_text().as_deref() == Some("@"))
        );
        let joined: String = from_tokens(&tokens).text.split_whitespace().collect();
        assert_eq!(joined, "publicfnf(@Int->@Int){@Int.0}");
    }

    #[test]
    fn tokens_from_elsewhere_are_written_out_again() {
        let tokens = TokenStream::from_str("public fn f(@Int -> @Int) { @Int.0 ==> true |> g() }").expect("tokens");
        let recovered = Recovered::new(tokens, Span::call_site());
        let joined: String = recovered.text.split_whitespace().collect();
        assert_eq!(joined, "publicfnf(@Int->@Int){@Int.0==>true|>g()}");
        assert!(recovered.text.contains("->") && recovered.text.contains("==>") && recovered.text.contains("|>"));
        let at = recovered.text.find("true").expect("the literal");
        assert_eq!(recovered.tokens_of(&(at..at + 4)).map(|(first, _)| first.source_text()), Some(Some("true".into())));
    }
}
