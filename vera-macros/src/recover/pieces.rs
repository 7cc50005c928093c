//! The tokens of a program in order, each as Rust's lexer read it from a file.
//!
//! Groups become their delimiters. The invisible groups that `macro_rules` puts around `$e:expr` become nothing. What
//! is one token in the file but several for a macro is one piece: a lifetime, and a documentation comment (`/// ...`
//! arrives as `#[doc = "..."]`).
//!
//! Invariant: every token of the stream is in exactly one piece, in order.

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};
use std::str::FromStr;

/// A token of Rust, or several that are one token in the file.
pub(super) struct Piece {
    /// The text of the token, or that of the comment without its signs.
    pub(super) text: String,
    pub(super) kind: Kind,
    /// Where it starts.
    pub(super) first: Span,
    /// Where it ends.
    pub(super) last: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A token with exactly this text.
    Plain,
    /// A sign that is adjacent to the next one.
    Joint,
    /// A documentation comment.
    Documentation,
}

impl Piece {
    fn plain(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), kind: Kind::Plain, first: span, last: span }
    }

    /// Whether Rust reads exactly this piece from `written`.
    pub(super) fn is_read_from(&self, written: &str) -> bool {
        match self.kind {
            Kind::Documentation => documentation(written) == Some(&self.text),
            _ => written == self.text || normalised(written).is_some_and(|name| name == self.text),
        }
    }
}

/// The pieces of a stream.
pub(super) fn of(tokens: TokenStream) -> Vec<Piece> {
    /// A stream that is being read, and the text to add after it.
    struct Level {
        trees: Vec<TokenTree>,
        next: usize,
        close: Option<Piece>,
    }
    let level = |tokens: TokenStream, close| Level { trees: tokens.into_iter().collect(), next: 0, close };
    let mut pieces = Vec::new();
    let mut levels = vec![level(tokens, None)];
    while let Some(current) = levels.last_mut() {
        let rest = current.trees.get(current.next..).unwrap_or_default();
        if let Some((piece, length)) = comment(rest).or_else(|| lifetime(rest)) {
            current.next += length;
            pieces.push(piece);
            continue;
        }
        current.next += 1;
        match rest.first() {
            Some(TokenTree::Group(group)) => {
                let close = signs(group.delimiter()).map(|(open, close)| {
                    pieces.push(Piece::plain(open, group.span_open()));
                    Piece::plain(close, group.span_close())
                });
                let inner = level(group.stream(), close);
                levels.push(inner);
            }
            Some(TokenTree::Punct(punct)) => {
                let kind = if punct.spacing() == Spacing::Joint { Kind::Joint } else { Kind::Plain };
                pieces.push(Piece { kind, ..Piece::plain(punct.as_char(), punct.span()) });
            }
            Some(token) => pieces.push(Piece::plain(token.to_string(), token.span())),
            None => pieces.extend(levels.pop().and_then(|level| level.close)),
        }
    }
    pieces
}

fn signs(delimiter: Delimiter) -> Option<(char, char)> {
    match delimiter {
        Delimiter::Brace => Some(('{', '}')),
        Delimiter::Parenthesis => Some(('(', ')')),
        Delimiter::Bracket => Some(('[', ']')),
        Delimiter::None => None,
    }
}

/// The comment at the start of some tokens, and the number of its tokens: `#[doc = "..."]`, or `#![doc = "..."]`, with
/// one place for all of it. An attribute in the source has several places.
fn comment(trees: &[TokenTree]) -> Option<(Piece, usize)> {
    let sign =
        |tree: Option<&TokenTree>, sign| matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    if !sign(trees.first(), '#') {
        return None;
    }
    let at = if sign(trees.get(1), '!') { 2 } else { 1 };
    let Some(TokenTree::Group(group)) = trees.get(at) else { return None };
    let inner: Vec<TokenTree> = group.stream().into_iter().take(4).collect();
    let [TokenTree::Ident(doc), equals, TokenTree::Literal(text)] = &inner[..] else { return None };
    let span = trees[0].span();
    let one_place = span.start() == group.span().start() && span.end() == group.span().end();
    if doc != "doc" || !sign(Some(equals), '=') || group.delimiter() != Delimiter::Bracket || !one_place {
        return None;
    }
    let text = syn::parse_str::<syn::LitStr>(&text.to_string()).ok()?.value();
    Some((Piece { text, kind: Kind::Documentation, first: span, last: span }, at + 1))
}

/// The text of a documentation comment for Rust.
fn documentation(written: &str) -> Option<&str> {
    let line = written.strip_prefix("///").or_else(|| written.strip_prefix("//!"));
    line.or_else(|| written.strip_prefix("/**").or_else(|| written.strip_prefix("/*!"))?.strip_suffix("*/"))
}

/// The lifetime at the start of some tokens. Compilers differ in which part of it each of its two tokens covers.
fn lifetime(trees: &[TokenTree]) -> Option<(Piece, usize)> {
    match trees {
        [TokenTree::Punct(quote), TokenTree::Ident(name), ..]
            if quote.as_char() == '\'' && quote.spacing() == Spacing::Joint =>
        {
            let text = format!("'{name}");
            Some((Piece { text, kind: Kind::Plain, first: quote.span(), last: name.span() }, 2))
        }
        _ => None,
    }
}

/// The name that Rust makes of a name in the source: it composes accents (Unicode's form NFC).
fn normalised(written: &str) -> Option<String> {
    let name = written.strip_prefix('\'').unwrap_or(written);
    let bare = name.strip_prefix("r#").unwrap_or(name);
    let mut letters = bare.chars();
    let starts = letters.next().is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first));
    // Rust's lexer is asked about nothing that is no name: what it refuses, it may report.
    if bare.is_ascii() || !starts || !letters.all(unicode_ident::is_xid_continue) {
        return None;
    }
    let mut tokens = TokenStream::from_str(name).ok()?.into_iter();
    let (Some(TokenTree::Ident(read)), None) = (tokens.next(), tokens.next()) else { return None };
    Some(format!("{}{}", &written[..written.len() - name.len()], Ident::to_string(&read)))
}
