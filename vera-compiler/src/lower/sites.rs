//! The tables behind checks that can fail: trap sites, the functions that sites and backtraces name, source files.
//!
//! The text of a site is the information for the reader besides kind, position and values:
//!
//! ```text
//! Requires, Ensures, Decreases, Invariant   the clause: requires(@Int.0 > 0)
//! Refinement                                where, colon, predicate: "parameter: @Int.0 > 0", "return value: ...",
//!                                           "let binding: @Pos binding: ...", "array element store: ...",
//!                                           "C(…) construction: ..."
//! everything else                           the expression as written
//! ```
//!
//! Sites and compiled functions refer to frames by index, so functions with the same name are never confused.

use crate::core::{FrameId, SiteId};
use crate::source::{FileId, SourceMap, Span};
use crate::tir::Contract;
use indexmap::{IndexMap, IndexSet};
use std::collections::HashSet;
use std::rc::Rc;
use vera_abi::interface::{FrameDesc, SiteValue, TrapSite};
use vera_abi::trap::TrapKind;

/// A check, without the code that decides it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Check {
    /// What kind of check.
    pub(super) kind: TrapKind,
    /// The clause or expression (see above).
    pub(super) text: String,
    /// Where it is written.
    pub(super) span: Span,
}

impl Check {
    /// The check of a clause, named by its keyword.
    pub(super) fn of_clause(kind: TrapKind, keyword: &str, clause: &Contract) -> Self {
        Check { kind, text: format!("{keyword}({})", clause.text), span: clause.span }
    }
}

/// The check behind a trap site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteFacts {
    /// Its kind.
    pub kind: TrapKind,
    /// Where it is written.
    pub span: Span,
    /// Whether the compiled program has the check. Otherwise only proofs have it, and a run goes on if it fails.
    pub is_compiled: bool,
}

/// The function that checks belong to.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    /// Its name.
    pub(super) function: Rc<str>,
    /// As backtraces know it.
    pub(super) frame: FrameId,
    /// The slot of each parameter, such as `@Nat.1`.
    pub(super) slots: Rc<[String]>,
}

/// Trap sites, frames, and the source files that they refer to.
#[derive(Debug, Default)]
pub(super) struct Sites {
    sites: IndexMap<(FrameId, Check, Vec<SiteValue>), TrapSite>,
    /// Those that only proofs have.
    claims: HashSet<SiteId>,
    frames: IndexSet<FrameDesc>,
    files: IndexSet<FileId>,
}

impl Sites {
    /// The index of a file in the interface's list of sources.
    pub(super) fn source(&mut self, file: FileId) -> u32 {
        self.files.insert_full(file).0 as u32
    }

    /// The site of a check. Equal checks of several instances share one.
    pub(super) fn site(&mut self, sources: &SourceMap, frame: FrameId, check: Check, values: Vec<SiteValue>) -> SiteId {
        let source = self.source(check.span.file);
        let key = (frame, check, values);
        if let Some(index) = self.sites.get_index_of(&key) {
            return SiteId(index as u32);
        }
        let (_, check, values) = &key;
        let start = sources.start(check.span);
        let site = TrapSite {
            kind: check.kind,
            frame: frame.0,
            text: check.text.clone(),
            source,
            line: start.line,
            column: start.column,
            values: values.clone(),
        };
        SiteId(self.sites.insert_full(key, site).0 as u32)
    }

    /// The compiled program has no such check.
    pub(super) fn mark_claim(&mut self, site: SiteId) {
        self.claims.insert(site);
    }

    /// A function, or a part of one, in backtraces.
    pub(super) fn frame(&mut self, desc: FrameDesc) -> FrameId {
        FrameId(self.frames.insert_full(desc).0 as u32)
    }

    /// The checks behind the sites, by id.
    pub(super) fn facts(&self) -> Vec<SiteFacts> {
        let checks = (0..).map(SiteId).zip(self.sites.keys());
        let facts = checks.map(|(site, (_, check, _))| SiteFacts {
            kind: check.kind,
            span: check.span,
            is_compiled: !self.claims.contains(&site),
        });
        facts.collect()
    }

    /// The finished tables: sites, frames, and names of the source files.
    pub(super) fn finish(self, sources: &SourceMap) -> (Vec<TrapSite>, Vec<FrameDesc>, Vec<String>) {
        let names = self.files.iter().map(|&file| sources.file(file).name().to_owned()).collect();
        (self.sites.into_values().collect(), self.frames.into_iter().collect(), names)
    }
}
