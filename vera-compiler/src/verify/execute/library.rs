//! What is known of functions of the prelude beyond their types.

use super::Executor;
use crate::core::FnId;
use crate::tir::FnDecl;
use crate::verify::term::Term;

/// What the length of a result is to that of the first argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    /// The same.
    Same,
    /// The same or less.
    AtMost,
}

/// Functions whose results are sequences.
const LENGTHS: &[(&str, Length)] = &[
    ("array_map", Length::Same),
    ("array_mapi", Length::Same),
    ("array_reverse", Length::Same),
    ("array_sort_by", Length::Same),
    ("array_filter", Length::AtMost),
    ("array_slice", Length::AtMost),
    ("string_upper", Length::Same),
    ("string_lower", Length::Same),
    ("string_reverse", Length::Same),
    ("char_to_upper", Length::Same),
    ("char_to_lower", Length::Same),
    ("string_slice", Length::AtMost),
    ("string_strip", Length::AtMost),
    ("string_trim_start", Length::AtMost),
    ("string_trim_end", Length::AtMost),
];

impl Executor<'_> {
    /// The result of a function that is modelled.
    pub(super) fn model(&mut self, id: FnId, decl: &FnDecl, args: &[Term]) -> Option<Term> {
        let (_, length) = LENGTHS.iter().find(|(name, _)| *name == decl.name)?;
        let function = self.provable.program.function(id);
        let ty = self.provable.functions[id.index()].result;
        let value = self.result_of(id, args.to_vec(), ty, function.result);
        let (before, after) = (self.length_of(*args.first()?), self.length_of(value));
        let fact = match length {
            Length::Same => self.terms.equal(before, after),
            Length::AtMost => self.terms.at_most(after, before),
        };
        self.learn_everywhere(fact);
        Some(value)
    }
}
