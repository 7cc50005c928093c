//! How much has been built of a program, and how much there may be: in proportion to its text ([`super::bounds`] refuses
//! more).

use crate::source::{FileId, Span};
use crate::tir::{FnId, Program};
use std::collections::{BTreeMap, BTreeSet};

/// Operations and operands that any program may become.
const SIZE: usize = 200_000;

/// How many more there may be for each byte of its text.
const SIZE_PER_BYTE: usize = 6;

/// What has been built so far.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) size: usize,
    /// How much there may be.
    pub(super) most: usize,
    /// The parts of it that functions of the program are compiled to: how many, and their size.
    pub(super) of: BTreeMap<FnId, (usize, usize)>,
    /// The declaration that is being compiled, for messages.
    pub(super) at: Option<Span>,
}

impl Built {
    /// Nothing of a program so far.
    pub(super) fn nothing(program: &Program) -> Self {
        let written = program.functions.iter().filter(|decl| !program.modules[decl.module.index()].prelude);
        let files: BTreeSet<FileId> = written.map(|decl| decl.span.file).collect();
        let text: usize = files.iter().map(|&file| program.sources.file(file).text().len()).sum();
        Self { size: 0, most: SIZE + SIZE_PER_BYTE * text, of: BTreeMap::new(), at: None }
    }
}
