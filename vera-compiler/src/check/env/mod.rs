//! The environment of checking: every declaration by id, and every name by the scope where it is visible.
//!
//! Phase one ([`collect`]) fills it from the declarations of all modules. After it, each function has a [`Signature`]
//! and an entry in `program.functions`, still without clauses and body. Phase two checks bodies against the
//! environment; it only adds types and predicates and fills in clauses and bodies.
//!
//! Lookups return ids; the diagnostics for failed lookups are in [`missing`] and [`missing_import`].

mod lookup;
mod missing;
mod missing_import;
mod reach;
mod table;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(crate) use lookup::{ConstructorRef, OperationRef, Qualified, TypeName};
pub(crate) use missing::UnknownCall;
pub(crate) use missing_import::tell_apart;
pub(crate) use table::{Family, Import, LibraryFn, ModuleTable, Names, UserAbility};
pub(crate) use types::{AliasState, PendingPredicate, PredicateKey};

use rustc_hash::FxHashMap;

use super::exhaustive::Work;
use super::facts::Facts;
use super::scope::TypeScope;
use crate::diagnostics::Diagnostics;
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{FnId, ModuleId, Program, TypeParam};
use crate::types::{DataId, PredicateId, Row, Ty, TyKind};

/// What a call needs to know of a function.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    /// The function.
    pub(crate) id: FnId,
    /// Its scope: module, itself, its type and row parameters. Types below are over those parameters.
    pub(crate) scope: TypeScope,
    /// How many of the type parameters, and of the row parameters, come from the enclosing function: within the family
    /// of a `where` block, those that arguments do not determine stand for themselves.
    pub(crate) inherited: (usize, usize),
    /// Parameter types as declared, leftmost first.
    pub(crate) params: Vec<Ty>,
    /// Result type as declared.
    pub(crate) result: Ty,
    /// Effects.
    pub(crate) row: Row,
    /// Whether all of the written row was understood.
    pub(crate) row_known: bool,
}

impl Signature {
    /// The type parameters, those of enclosing functions first.
    pub(crate) fn type_params(&self) -> &[TypeParam] {
        &self.scope.type_params
    }
}

/// The invariant of a data type, to be checked.
#[derive(Debug)]
pub(crate) struct PendingInvariant {
    /// The data type.
    pub(crate) data: DataId,
    /// The type of the value it is about.
    pub(crate) binder: Ty,
    /// What is written.
    pub(crate) predicate: ast::Expr,
    /// Where.
    pub(crate) scope: TypeScope,
}

/// See the module documentation.
#[derive(Debug, Default)]
pub(crate) struct Env {
    /// The tables that checking fills.
    pub(crate) program: Program,
    /// Whether the language's newer refusals are errors.
    pub(crate) strict: bool,
    /// What each module declares and imports, by [`ModuleId`].
    pub(crate) modules: Vec<ModuleTable>,
    /// By [`FnId`].
    pub(crate) signatures: Vec<Arc<Signature>>,
    /// `where` nesting, by [`FnId`].
    pub(crate) families: Vec<Family>,
    /// Functions visible everywhere: built-ins and those of the prelude, as far as they are used.
    pub(crate) library_functions: Names<LibraryFn>,
    /// Types visible everywhere.
    pub(crate) library_types: Names<TypeName>,
    /// Constructors visible everywhere.
    pub(crate) library_constructors: Names<(DataId, u32)>,
    /// How deeply the types met so far nest.
    pub(crate) type_depths: FxHashMap<Ty, u32>,
    /// How far each alias is resolved, by `AliasId`.
    pub(crate) alias_states: Vec<AliasState>,
    /// The cycle of aliases ([`AliasState::cycle`]) one of which is being resolved.
    pub(crate) resolving: Option<usize>,
    /// Predicates whose place is reserved and whose expression is not checked yet.
    pub(crate) pending_predicates: Vec<PendingPredicate>,
    /// Data invariants that are not checked yet.
    pub(crate) pending_invariants: Vec<PendingInvariant>,
    /// What the checks of the whole program ask of each function, by [`FnId`]; empty for built-ins.
    pub(crate) facts: Vec<Facts>,
    /// The same of each refinement predicate, by [`PredicateId`].
    pub(crate) predicate_facts: Vec<Facts>,
    /// The same of each invariant of a generic data type.
    pub(crate) invariant_facts: BTreeMap<DataId, Facts>,
    /// What is likely to follow from another mistake, and is said only when there is none.
    pub(crate) followers: Diagnostics,
    /// Functions whose name another one has too, which was reported: a call may be meant for that one.
    pub(crate) ambiguous: BTreeSet<FnId>,
    /// Caller and callee of the calls in bodies, wrong ones included: those are not in the typed tree.
    pub(crate) calls: Vec<(FnId, FnId)>,
    /// Whether parameters or the result of a function type are being resolved.
    pub(crate) in_function_type: bool,
    /// Refinements written alike are one predicate.
    pub(crate) predicate_keys: FxHashMap<PredicateKey, PredicateId>,
    /// What may still be done to find out whether matches are complete.
    pub(crate) match_work: Work,
}

impl Env {
    /// The signature of a function.
    pub(crate) fn signature(&self, id: FnId) -> Arc<Signature> {
        Arc::clone(&self.signatures[id.index()])
    }

    /// The scope for types and calls within a function's signature, clauses and body.
    pub(crate) fn scope_of(&self, id: FnId) -> TypeScope {
        self.signatures[id.index()].scope.clone()
    }

    /// Whether a module is part of the prelude and may name internal built-ins.
    pub(crate) fn is_prelude(&self, module: ModuleId) -> bool {
        self.modules[module.index()].prelude
    }

    /// The source text a span covers.
    pub(crate) fn source_text(&self, span: Span) -> String {
        self.program.sources.text(span).to_owned()
    }

    /// The data type of the prelude with that name (`Option`, `Result`, `Ordering`, `Future`, ...), whatever the
    /// program declares under the same name.
    pub(crate) fn library_data(&self, name: &str) -> Option<DataId> {
        match self.library_types.get(name) {
            Some(TypeName::Data(id)) => Some(*id),
            _ => None,
        }
    }

    /// Whether values of a type take no space: `Unit`, and what transparently wraps it (`Future<Unit>`).
    pub(crate) fn is_zero_size(&self, ty: Ty) -> bool {
        let mut ty = ty;
        loop {
            ty = self.program.types.structural(ty);
            match self.program.types.kind(ty) {
                TyKind::Unit => return true,
                TyKind::Tuple(items) => return items.is_empty(),
                TyKind::Data(id, args) if args.len() == 1 && self.library_data("Future") == Some(*id) => ty = args[0],
                _ => return false,
            }
        }
    }
}
