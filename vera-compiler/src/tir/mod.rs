//! The typed tree: the meaning of a program.
//!
//! `check` makes it, and all later stages read it. Each slot reference points at its binding, each call at its callee
//! with its type arguments, and each implicit conversion is a node. Nothing in it is derived again: a later stage finds
//! every resolved name and every type in the tree.
//!
//! A tree with errors contains `Invalid` nodes and is not passed to later stages ([`Checked`]).

mod decl;
mod display;
mod expr;
mod pattern;
mod scopes;
mod visit;

pub use decl::{
    Alias, Body, Constructor, Contract, DataDecl, EffectDecl, FnDecl, Local, Module, Operation, Predicate, TypeParam,
};
pub use display::{Named, Naming};
pub use expr::{
    Ability, ArithmeticOp, Closure, Coercion, CoercionSite, CompareOp, Expr, ExprKind, Handle, HandlerClause, LogicOp,
    MatchArm, NumberKind, Quantifier, Stmt, StringPart,
};
pub use pattern::{Pattern, PatternKind};
pub use scopes::{Binder, BinderKind, Binding, Scopes, Slot, SlotKey};

use crate::source::SourceMap;
use crate::types::{AliasId, DataId, EffectId, PredicateId, TyKind, Types, table_id};

table_id! {
    /// A function declaration ([`Program::functions`]), top-level or in a `where` block.
    FnId;
    /// A binding of a function: parameter, let, pattern, closure parameter, result. Unique within the function,
    /// closures included.
    LocalId;
    /// A module ([`Program::modules`]).
    ModuleId;
}

/// How deeply the type arguments may nest at which a generic function is compiled.
pub const MAX_INSTANCE_DEPTH: usize = 64;

/// A program without errors, its imports and the prelude included.
///
/// Only `check` makes one, and only when there is no error to report; later stages need not look for mistakes.
#[derive(Debug)]
pub struct Checked {
    pub(crate) program: Program,
}

impl Checked {
    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }
}

/// All declarations, by id.
#[derive(Debug, Default)]
pub struct Program {
    /// All types.
    pub types: Types,
    /// All source texts, those of the prelude included.
    pub sources: SourceMap,
    /// Modules: the prelude's, imported ones, and last the program itself.
    pub modules: Vec<Module>,
    /// Functions.
    pub functions: Vec<FnDecl>,
    /// Data types.
    pub data: Vec<DataDecl>,
    /// Type aliases.
    pub aliases: Vec<Alias>,
    /// Effects.
    pub effects: Vec<EffectDecl>,
    /// Refinement predicates.
    pub predicates: Vec<Predicate>,
    /// The module that was asked for.
    pub root: Option<ModuleId>,
}

impl Program {
    /// A function.
    pub fn function(&self, id: FnId) -> &FnDecl {
        &self.functions[id.index()]
    }

    /// A data type.
    pub fn data(&self, id: DataId) -> &DataDecl {
        &self.data[id.index()]
    }

    /// A type alias.
    pub fn alias(&self, id: AliasId) -> &Alias {
        &self.aliases[id.index()]
    }

    /// An effect.
    pub fn effect(&self, id: EffectId) -> &EffectDecl {
        &self.effects[id.index()]
    }

    /// The operation that may go on while the program does, when this is the argument of `async`: nothing but an operation
    /// that a program declares, or that is so in the table of effects, and that has a result to be awaited.
    pub fn started<'e>(&self, argument: &'e Expr) -> Option<&'e Expr> {
        match &argument.kind {
            ExprKind::Block(stmts, value) if stmts.is_empty() => self.started(value),
            ExprKind::Perform { effect, operation, .. } => {
                let decl = self.effect(effect.effect);
                let result = self.types.structural(decl.operations[*operation as usize].result);
                let concurrent = decl.module.is_some() || crate::effects::can_be_started(effect.effect);
                let awaited = !matches!(self.types.kind(result), TyKind::Unit | TyKind::Never);
                (concurrent && awaited).then_some(argument)
            }
            _ => None,
        }
    }

    /// A refinement predicate.
    pub fn predicate(&self, id: PredicateId) -> &Predicate {
        &self.predicates[id.index()]
    }
}
