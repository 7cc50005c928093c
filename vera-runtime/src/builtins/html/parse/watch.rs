//! The cost of a parse, and the error that ends it.

use super::bounds::{MAX_LONG_NAMES, SHORT_NAME};
use crate::builtins::html::too_complex;
use crate::error::{Error, Result};
use crate::meter::Meter;
use html5ever::LocalName;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;

/// What a parse has cost so far, and its first error.
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
