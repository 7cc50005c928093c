//! Counts the tokens that html5ever reads, and stops it.
//!
//! html5ever has no way to end a parse early. It asks for the name of every element that it looks at, so its work on the
//! tree is counted there ([`super::tree`]). After an error, all further tokens are dropped.

use super::tree::{NodeId, Sink};
use super::watch::{Seen, Watch};
use crate::meter::{NODE, text_units};
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;

/// html5ever's tree builder, with its work counted.
pub(super) struct Watched<'p> {
    pub(super) builder: TreeBuilder<NodeId, Sink<'p>>,
    pub(super) watch: &'p Watch<'p>,
}

impl TokenSink for Watched<'_> {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        match &token {
            Token::TagToken(tag) => {
                self.watch.seen.set(Some(Seen::Markup));
                // The parser compared each attribute's name with all others.
                let attributes = tag.attrs.len() as u64;
                self.watch.work(NODE + attributes * attributes / 8);
            }
            Token::CommentToken(text) => {
                self.watch.seen.set(Some(Seen::Markup));
                self.watch.work(NODE + text_units(text.len()));
            }
            Token::DoctypeToken(_) | Token::EOFToken => self.watch.seen.set(Some(Seen::Markup)),
            Token::CharacterTokens(_) | Token::NullCharacterToken => {
                self.watch.seen.set(Some(Seen::Text));
                self.watch.work(NODE);
            }
            Token::ParseError(_) => return TokenSinkResult::Continue,
        }
        if self.watch.failed() {
            return TokenSinkResult::Continue;
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}
