//! The aliases and refinements of the environment while types are being resolved.

use crate::check::scope::TypeScope;
use crate::syntax::ast;
use crate::tir::ModuleId;
use crate::types::{PredicateId, Ty};

/// What is known of an alias besides its entry in the program.
#[derive(Clone, Debug, Default)]
pub(crate) struct AliasState {
    /// Whether its target is known. It is not while aliases are being collected, nor when it is cyclic.
    pub(crate) resolved: bool,
    /// The positions of the parameters that stand for effects, by position of the row variable.
    pub(crate) row_positions: Vec<usize>,
    /// For an alias that leads back to itself through function types: the aliases it does so through, as a number. In
    /// function types among those it is [`TyKind::Recursive`].
    pub(crate) cycle: Option<usize>,
}

/// A refinement whose predicate is still to be checked.
#[derive(Debug)]
pub(crate) struct PendingPredicate {
    /// Its reserved place.
    pub(crate) id: PredicateId,
    /// The refined type.
    pub(crate) base: Ty,
    /// What is written.
    pub(crate) predicate: ast::Expr,
    /// Where.
    pub(crate) scope: TypeScope,
}

/// What makes two written refinements the same: module, base, type parameters in scope, text without blanks.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct PredicateKey {
    pub(crate) module: ModuleId,
    pub(crate) base: Ty,
    pub(crate) type_params: Vec<String>,
    pub(crate) text: String,
}
