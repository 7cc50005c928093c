//! The actions of calls in a body for `decreases` clauses, as data; [`super::decreases`] writes the code.

use crate::core::Atom;
use crate::tir::FnId;
use std::rc::Rc;

/// What the calls in a body have to do for `decreases` clauses.
#[derive(Clone, Debug)]
pub(super) enum Guard {
    /// Nothing.
    None,
    /// Calls of the function compare with its measure on entry.
    Own(FnId, Vec<Atom>),
    /// Where things are proved: calls of the functions of the cycle compare with the measure that the given one had on
    /// entry.
    Cycle(FnId, Rc<[FnId]>, Vec<Atom>),
    /// Calls of these functions pass the measures of enclosing calls on.
    Chain(Rc<[FnId]>, Vec<Atom>),
}

impl Guard {
    /// Whether calls of `function` are concerned.
    pub(super) fn concerns(&self, function: FnId) -> bool {
        match self {
            Guard::None => false,
            Guard::Own(own, _) => *own == function,
            Guard::Cycle(_, members, _) | Guard::Chain(members, _) => members.contains(&function),
        }
    }

    /// The values that it needs.
    pub(super) fn atoms(&self) -> &[Atom] {
        match self {
            Guard::None => &[],
            Guard::Own(_, atoms) | Guard::Cycle(_, _, atoms) | Guard::Chain(_, atoms) => atoms,
        }
    }

    /// The same guard with its values elsewhere.
    pub(super) fn with_atoms(&self, atoms: Vec<Atom>) -> Guard {
        match self {
            Guard::None => Guard::None,
            Guard::Own(function, _) => Guard::Own(*function, atoms),
            Guard::Cycle(function, members, _) => Guard::Cycle(*function, members.clone(), atoms),
            Guard::Chain(members, _) => Guard::Chain(members.clone(), atoms),
        }
    }
}
