//! The origin of a value: the binding of which it is a part.

use crate::tir::LocalId;
use std::collections::HashMap;

/// Where a value is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The binding that holds the whole.
    pub(super) whole: LocalId,
    /// Whether the value is a part of it. Otherwise only what is in the value is: it is the whole itself, or a container
    /// of parts.
    pub(super) part: bool,
}

impl Origin {
    /// What is in a value of this origin.
    pub(super) fn inside(self) -> Self {
        Self { part: true, ..self }
    }

    /// A container of what is in a value of this origin.
    pub(super) fn gathered(self) -> Self {
        Self { part: false, ..self }
    }
}

/// The origins of bindings; a binding without one is its own whole.
pub(super) type Origins = HashMap<LocalId, Origin>;
