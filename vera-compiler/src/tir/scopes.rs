//! The bindings in scope at each place.
//!
//! Bindings form stacks that share their lower parts: each names the one below it. The bindings that a slot reference
//! can mean are the stack that starts at the nearest binding around it.

use super::{FnDecl, LocalId, Naming, Program};
use crate::source::Span;
use crate::types::{Ty, TyKind, Types};

/// What slots are counted by: the type they were bound with, aliases opaque, so `@Age` and `@Int` are apart even where
/// `type Age = Int`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotKey {
    /// A type, compared by id. A refinement without a name counts as its base.
    Type(Ty),
    /// Any function type without a name.
    Function,
}

impl SlotKey {
    /// The key of a binding, or of a reference, of that type.
    pub fn of(ty: Ty, types: &Types) -> Self {
        match types.kind(ty) {
            TyKind::Refined(base, _, _) => Self::of(*base, types),
            TyKind::Fn(_) => SlotKey::Function,
            _ => SlotKey::Type(ty),
        }
    }
}

/// Every binding of a function that a slot reference can mean, in the order in which they are written.
#[derive(Debug, Default)]
pub struct Scopes {
    /// What binds: each puts bindings in scope at once.
    pub binders: Vec<Binder>,
    /// The bindings. Those of one binder follow each other, the last is the nearest.
    pub bindings: Vec<Binding>,
}

/// A place that puts bindings in scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binder {
    /// Its form.
    pub kind: BinderKind,
    /// Where it is written: the whole statement, pattern, clause, function.
    pub span: Span,
}

/// The forms of binder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinderKind {
    /// The parameters of a function.
    Parameters,
    /// `let @T = ...;`
    Let,
    /// `let C<@A, @B> = ...;`
    Destructure,
    /// The pattern of an arm of a `match`.
    Pattern,
    /// The parameters of an anonymous function.
    Closure,
    /// The operation's arguments in a clause of a handler.
    Clause,
    /// The state of a handler in one of its clauses, above the operation's arguments.
    State,
    /// The value a refinement or an invariant speaks of.
    Value,
}

/// A binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// What holds its value.
    pub local: LocalId,
    /// What bound it: a position in [`Scopes::binders`].
    pub binder: u32,
    /// The binding below it: a position in [`Scopes::bindings`]; `None` at the bottom.
    pub below: Option<u32>,
}

/// A slot in scope at some place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// What it is counted by.
    pub key: SlotKey,
    /// Its index: how many slots of its key are nearer.
    pub index: u32,
    /// What it refers to: a position in [`Scopes::bindings`].
    pub binding: usize,
}

impl Program {
    /// The slots in scope just after the binding at this position of [`Scopes::bindings`], nearest first.
    pub fn slots(&self, function: &FnDecl, top: usize) -> Vec<Slot> {
        let bindings = &function.scopes.bindings;
        let below = |&position: &usize| bindings[position].below.map(|below| below as usize);
        let mut counted: Vec<(SlotKey, u32)> = Vec::new();
        let slot = |binding: usize| {
            let ty = function.locals[bindings[binding].local.index()].ty;
            let key = SlotKey::of(ty, &self.types);
            let index = match counted.iter_mut().find(|(known, _)| *known == key) {
                Some((_, last)) => {
                    *last += 1;
                    *last
                }
                None => {
                    counted.push((key, 0));
                    0
                }
            };
            Slot { key, index, binding }
        };
        std::iter::successors(Some(top).filter(|&top| top < bindings.len()), below).map(slot).collect()
    }

    /// The type that slots of a key are named by, as in `@Option<Int>.0`, without the `@`.
    pub fn slot_name(&self, function: &FnDecl, key: SlotKey) -> String {
        match key {
            SlotKey::Type(ty) => self.type_text(ty, Naming::bare(&function.type_params)),
            SlotKey::Function => "Fn".to_owned(),
        }
    }
}
