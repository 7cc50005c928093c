//! The table of trap sites: every check that can fail, where it is and what it says.
//!
//! The text of a site is what a reader needs besides kind and position:
//!
//! ```text
//! Requires, Ensures, Decreases, Invariant   the clause: requires(@Int.0 > 0)
//! Refinement                                where, colon, predicate: "parameter: @Int.0 > 0", "return value: ...",
//!                                           "let binding: @Pos binding: ...", "array element store: ...",
//!                                           "C(…) construction: ..."
//! everything else                           the expression as written
//! ```

use crate::core::SiteId;
use crate::source::{FileId, SourceMap, Span};
use indexmap::IndexMap;
use indexmap::IndexSet;
use std::rc::Rc;
use vera_abi::interface::{TrapSite, TypeId};
use vera_abi::trap::TrapKind;

/// The function that checks belong to, as messages name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Owner {
    /// Its name.
    pub(super) function: Rc<str>,
    /// Its signature as written, without parentheses.
    pub(super) signature: Rc<str>,
    /// The slot of each parameter, such as `@Nat.1`.
    pub(super) slots: Rc<[String]>,
}

impl Owner {
    /// Code that no one wrote as a function.
    pub(super) fn unwritten(name: &str) -> Self {
        Owner { function: name.into(), signature: "".into(), slots: [].into() }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    kind: TrapKind,
    owner: Owner,
    text: String,
    span: Span,
    arguments: Vec<TypeId>,
}

/// Whether the recorded values are those of the function's parameters.
fn of_parameters(kind: TrapKind, arguments: &[TypeId]) -> bool {
    matches!(kind, TrapKind::Requires | TrapKind::Refinement) && !arguments.is_empty()
}

/// Trap sites and the source files that sites and frames refer to.
#[derive(Debug, Default)]
pub(super) struct Sites {
    sites: IndexMap<Key, TrapSite>,
    files: IndexSet<FileId>,
}

impl Sites {
    /// The index of a file in the interface's list of sources.
    pub(super) fn source(&mut self, file: FileId) -> u32 {
        self.files.insert_full(file).0 as u32
    }

    /// The site of a check. Equal checks of several instances share one.
    pub(super) fn site(
        &mut self,
        sources: &SourceMap,
        kind: TrapKind,
        owner: &Owner,
        text: String,
        span: Span,
        arguments: Vec<TypeId>,
    ) -> SiteId {
        let source = self.source(span.file);
        let key = Key { kind, owner: owner.clone(), text, span, arguments };
        if let Some(index) = self.sites.get_index_of(&key) {
            return SiteId(index as u32);
        }
        let start = sources.start(span);
        let site = TrapSite {
            kind,
            function: key.owner.function.to_string(),
            signature: key.owner.signature.to_string(),
            text: key.text.clone(),
            source,
            line: start.line,
            column: start.column,
            arguments: key.arguments.clone(),
            slots: if of_parameters(kind, &key.arguments) { key.owner.slots.to_vec() } else { Vec::new() },
        };
        SiteId(self.sites.insert_full(key, site).0 as u32)
    }

    /// The finished tables: sites, and names of the source files.
    pub(super) fn finish(self, sources: &SourceMap) -> (Vec<TrapSite>, Vec<String>) {
        let names = self.files.iter().map(|&file| sources.file(file).name().to_owned()).collect();
        (self.sites.into_values().collect(), names)
    }
}
