//! Counts the work of html5ever, and stops it.
//!
//! html5ever has no way to end a parse early. It asks for the name of every element that it looks at, so its work is
//! counted there. After an error, all further tokens are dropped.

use super::tree::{NodeId, Sink};
use super::{MAX_LONG_NAMES, SHORT_NAME};
use crate::builtins::html::too_complex;
use crate::error::{Error, Result};
use crate::meter::{Meter, NODE, text_units};
use html5ever::LocalName;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;

/// The cost of a parse, and the error that ends it.
pub(super) struct Watch<'m> {
    pub(super) meter: &'m Meter,
    error: RefCell<Option<Error>>,
    /// The last token since this was cleared, parse errors aside.
    pub(super) seen: Cell<Option<Seen>>,
    long_names: RefCell<HashSet<LocalName>>,
}

/// A kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Text,
    Markup,
}

impl<'m> Watch<'m> {
    pub(super) fn new(meter: &'m Meter) -> Self {
        Watch { meter, error: RefCell::default(), seen: Cell::new(None), long_names: RefCell::default() }
    }

    /// The error that ends the parse, if there is one.
    pub(super) fn check(&self) -> Result<()> {
        match &*self.error.borrow() {
            None => Ok(()),
            Some(error) => Err(error.clone()),
        }
    }

    pub(super) fn failed(&self) -> bool {
        self.error.borrow().is_some()
    }

    /// Records an error. Returns whether there was none.
    pub(super) fn note(&self, outcome: Result<()>) -> bool {
        match outcome {
            Ok(()) => true,
            Err(error) => {
                self.error.borrow_mut().get_or_insert(error);
                false
            }
        }
    }

    /// Counts work.
    #[inline]
    pub(super) fn work(&self, units: u64) {
        let outcome = self.meter.work(units);
        if outcome.is_err() {
            self.note(outcome);
        }
    }

    /// Counts host memory.
    pub(super) fn hold(&self, bytes: usize) {
        self.note(self.meter.hold(bytes as u64));
    }

    /// Counts a name that stays in the tree.
    pub(super) fn name(&self, name: &LocalName) {
        if name.len() > SHORT_NAME {
            self.long_name(name);
        }
    }

    fn long_name(&self, name: &LocalName) {
        let mut names = self.long_names.borrow_mut();
        if names.contains(name) {
            return;
        }
        if names.len() == MAX_LONG_NAMES {
            self.note(Err(too_complex(MAX_LONG_NAMES, "different names")));
            return;
        }
        // Looking one up may take as long as there are others.
        self.work(names.len() as u64 / 16);
        self.hold(name.len() + 4 * size_of::<LocalName>());
        names.insert(name.clone());
    }
}

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
