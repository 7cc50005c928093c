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

use super::checks::Check;
use super::context::Lowering;
use super::proofs::SiteFacts;
use super::shorten::shortened;
use crate::core::{FrameId, SiteId};
use crate::source::{FileId, SourceMap, Span};
use crate::tir::FnDecl;
use crate::types::EffectId;
use indexmap::{IndexMap, IndexSet};
use std::rc::Rc;
use vera_abi::interface::{FrameDesc, SiteValue, TrapSite};

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
    frames: IndexSet<FrameDesc>,
    files: IndexSet<FileId>,
}

impl Sites {
    /// The index of a file in the interface's list of sources.
    fn source(&mut self, file: FileId) -> u32 {
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

    /// The checks behind the sites, by id.
    pub(super) fn facts(&self) -> Vec<SiteFacts> {
        self.sites.keys().map(|(_, check, _)| SiteFacts { kind: check.kind, span: check.span }).collect()
    }

    /// The finished tables: sites, frames, and names of the source files.
    pub(super) fn finish(self, sources: &SourceMap) -> (Vec<TrapSite>, Vec<FrameDesc>, Vec<String>) {
        let names = self.files.iter().map(|&file| sources.file(file).name().to_owned()).collect();
        (self.sites.into_values().collect(), self.frames.into_iter().collect(), names)
    }
}

impl Lowering<'_> {
    /// What failed checks in a function say about where they are.
    pub(super) fn owner(&mut self, decl: &FnDecl) -> Owner {
        Owner {
            function: shortened(&decl.name).into(),
            frame: self.frame(decl, decl.span),
            slots: self.program.parameter_slots(decl).into(),
        }
    }

    /// The same for code that the compiler made for what `span` covers.
    pub(super) fn made(&mut self, name: &str, span: Span) -> Owner {
        let builtin = false;
        let frame = self.add_frame(name, "", span, builtin, true);
        Owner { function: name.into(), frame, slots: [].into() }
    }

    /// A function, or the part of it that `span` covers, in backtraces.
    pub(super) fn frame(&mut self, decl: &FnDecl, span: Span) -> FrameId {
        let builtin = self.program.modules[decl.module.index()].prelude;
        self.add_frame(&decl.name, &decl.signature, span, builtin, false)
    }

    /// A clause of a handler in a function, which `span` covers.
    pub(super) fn clause_frame(&mut self, decl: &FnDecl, effect: EffectId, operation: u32, span: Span) -> FrameId {
        let effect = self.program.effect(effect);
        let operation = &effect.operations[operation as usize].name;
        let name = format!("clause {}.{operation} in {}", effect.name, decl.name);
        let builtin = self.program.modules[decl.module.index()].prelude;
        self.add_frame(&name, "", span, builtin, false)
    }

    fn add_frame(&mut self, function: &str, signature: &str, span: Span, builtin: bool, made: bool) -> FrameId {
        let sources = &self.program.sources;
        let desc = FrameDesc {
            function: shortened(function),
            signature: shortened(signature),
            source: self.sites.source(span.file),
            line_start: sources.start(span).line,
            line_end: sources.end(span).line,
            builtin,
            made,
        };
        FrameId(self.sites.frames.insert_full(desc).0 as u32)
    }
}
