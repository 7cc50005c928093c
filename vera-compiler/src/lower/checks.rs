//! Checks that can fail, and their messages: the only place where trap sites are made.
//!
//! A check is a kind, a clause or expression as in the source, a place, and the values it looks at. It either guards a
//! condition ([`Body::check`]) or belongs to a primitive ([`Body::site_of`]), which records its own operands. A claim
//! ([`Body::claim`]) is for proofs only. Equal checks of several instances share a site.

use super::body::{Body, Value};
use super::shorten::shortened;
use super::sites::Check;
use crate::core::{Atom, End, Op, SiteId};
use crate::source::Span;
use crate::tir::{Expr, ExprKind, LocalId, Pattern, PatternKind, Stmt};
use crate::types::Ty;
use std::collections::HashSet;
use vera_abi::interface::{SiteValue, TypeId};
use vera_abi::layout::Rep;
use vera_abi::trap::TrapKind;

/// A value that a failed check shows.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// What a reader knows it by.
    pub(super) name: String,
    /// The value.
    pub(super) value: Atom,
    /// Its type.
    pub(super) ty: TypeId,
}

/// The check of a primitive. It says what the operands that the primitive records are to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    /// `+ - *` of integers.
    Arithmetic,
    /// A quotient that is out of range.
    Quotient,
    /// Division by zero, and the remainder of it.
    Division,
    /// Unary minus.
    Negation,
    /// Subtraction of naturals.
    NatSubtraction,
    /// An integer where a natural is needed.
    ToNat,
    /// An integer where a byte is needed.
    ToByte,
    /// A float where an integer is needed.
    FloatToInt,
    /// An element of an array.
    Element,
    /// A byte of a string.
    Character,
}

impl Operation {
    fn kind(self) -> TrapKind {
        match self {
            Operation::Arithmetic | Operation::Quotient | Operation::Negation => TrapKind::Overflow,
            Operation::Division => TrapKind::DivideByZero,
            Operation::NatSubtraction => TrapKind::NatUnderflow,
            Operation::ToNat => TrapKind::NatGuard,
            Operation::ToByte => TrapKind::ByteGuard,
            Operation::FloatToInt => TrapKind::FloatConversion,
            Operation::Element => TrapKind::IndexOutOfBounds,
            Operation::Character => TrapKind::StringIndexOutOfBounds,
        }
    }

    /// Names and types of what the primitive records (`core::Prim::recorded`).
    fn values(self) -> &'static [(&'static str, Ty)] {
        match self {
            Operation::Arithmetic | Operation::NatSubtraction => &[("left", Ty::INT), ("right", Ty::INT)],
            Operation::Quotient => &[("dividend", Ty::INT), ("divisor", Ty::INT)],
            Operation::Division => &[("dividend", Ty::INT)],
            Operation::Negation => &[("operand", Ty::INT)],
            Operation::ToNat | Operation::ToByte => &[("value", Ty::INT)],
            Operation::FloatToInt => &[("value", Ty::FLOAT64)],
            Operation::Element | Operation::Character => &[("index", Ty::INT), ("length", Ty::INT)],
        }
    }
}

impl<'p> Body<'_, 'p> {
    /// The site of a primitive's check on the expression that `span` covers.
    pub(super) fn site_of(&mut self, operation: Operation, span: Span) -> SiteId {
        let text = self.lo.program.sources.text(span).to_owned();
        let values = operation.values().iter();
        let values = values.map(|(name, ty)| SiteValue { name: (*name).to_owned(), ty: self.lo.interface_type(*ty) });
        let values = values.collect();
        self.site(Check { kind: operation.kind(), text, span }, values)
    }

    /// The site of a `Nat` parameter's check where the host calls.
    pub(super) fn site_of_argument(&mut self, slot: String, span: Span) -> SiteId {
        let text = self.lo.program.sources.text(span).to_owned();
        let ty = self.lo.interface_type(Ty::INT);
        self.site(Check { kind: TrapKind::NatGuard, text, span }, vec![SiteValue { name: slot, ty }])
    }

    /// Stops the program unless the condition holds.
    pub(super) fn check(&mut self, condition: Atom, check: Check, seen: Vec<Seen>) {
        let failing = |body: &mut Self| body.fail(check, seen);
        if condition == Atom::Byte(0) && self.lo.proofs.is_some() {
            // The rest of the function keeps its place, so that proofs see what can never hold.
            self.unless(condition, failing);
        } else {
            self.branch(
                condition,
                Rep::Unit,
                |_| Atom::Unit,
                |body| {
                    failing(body);
                    Atom::Unit
                },
            );
        }
    }

    /// Notes a condition that proofs decide and the compiled program does not check. A run goes on if it does not hold.
    pub(super) fn claim(&mut self, holds: Atom, check: Check) {
        let site = self.site(check, Vec::new());
        self.lo.sites.mark_claim(site);
        self.unless(holds, |body| body.b.end(End::Trap(site, Vec::new())));
    }

    /// A block that is run unless a condition holds, also of a condition that is known.
    fn unless(&mut self, condition: Atom, failing: impl FnOnce(&mut Self)) {
        let holding = self.block(|_| Atom::Unit);
        let failing = self.block(|body| {
            failing(body);
            Atom::Unit
        });
        self.b.emit(Rep::Unit, Op::If(condition, Box::new(holding), Box::new(failing)));
    }

    /// Stops the program.
    pub(super) fn fail(&mut self, check: Check, seen: Vec<Seen>) {
        let (atoms, values) = seen.into_iter().map(|Seen { name, value, ty }| (value, SiteValue { name, ty })).unzip();
        let site = self.site(check, values);
        self.b.end(End::Trap(site, atoms));
    }

    /// The site of a check that shows values, which the failing code passes.
    pub(super) fn site_of_values(&mut self, check: Check, seen: &[Seen]) -> SiteId {
        let values = seen.iter().map(|seen| SiteValue { name: seen.name.clone(), ty: seen.ty }).collect();
        self.site(check, values)
    }

    fn site(&mut self, mut check: Check, mut values: Vec<SiteValue>) -> SiteId {
        check.text = shortened(&check.text);
        values.iter_mut().for_each(|value| value.name = shortened(&value.name));
        self.lo.sites.site(&self.lo.program.sources, self.scope.owner.frame, check, values)
    }

    /// A value of a type of the declaration, to be shown. A unit is not: there is one of it only.
    pub(super) fn seen(&mut self, name: impl Into<String>, value: Atom, ty: Ty) -> Option<Seen> {
        let ty = self.ty(ty);
        (self.lo.rep(ty) != Rep::Unit).then(|| Seen { name: name.into(), value, ty: self.lo.interface_type(ty) })
    }

    /// The slots that an expression mentions and whose values are at hand before it is evaluated, in order of first
    /// mention. Functions are left out: there is nothing to show of them.
    pub(super) fn slots_of(&mut self, expr: &'p Expr) -> Vec<Seen> {
        let mut inside = HashSet::new();
        expr.walk(&mut |expr| bound_by(expr, &mut inside));
        let mut mentioned: Vec<(LocalId, &'p Expr)> = Vec::new();
        expr.walk(&mut |expr| {
            if let ExprKind::Local(local) = expr.kind
                && inside.insert(local)
            {
                mentioned.push((local, expr));
            }
        });
        let at_hand = mentioned.into_iter().filter_map(|(local, expr)| match self.scope.env.get(&local)? {
            Value::Atom(atom) => Some((atom.clone(), expr)),
            Value::Lambda(_) => None,
        });
        let at_hand: Vec<_> = at_hand.collect();
        let seen = at_hand.into_iter().filter_map(|(atom, expr)| {
            let name = self.lo.program.sources.text(expr.span).to_owned();
            self.seen(name, atom, expr.ty)
        });
        seen.collect()
    }
}

/// Adds the bindings that an expression itself makes.
fn bound_by(expr: &Expr, bound: &mut HashSet<LocalId>) {
    match &expr.kind {
        ExprKind::Match(_, arms) => arms.iter().for_each(|arm| bound_by_pattern(&arm.pattern, bound)),
        ExprKind::Block(stmts, _) => stmts.iter().for_each(|stmt| match stmt {
            Stmt::Let(local, _) => _ = bound.insert(*local),
            Stmt::Destructure(pattern, _) => bound_by_pattern(pattern, bound),
            Stmt::Expr(_) => {}
        }),
        ExprKind::Closure(closure) => bound.extend(&closure.params),
        ExprKind::Handle(handle) => {
            bound.extend(handle.state.as_ref().map(|(local, _)| *local));
            for clause in &handle.clauses {
                bound.extend(&clause.params);
                bound.extend(clause.state);
            }
        }
        _ => {}
    }
}

fn bound_by_pattern(pattern: &Pattern, bound: &mut HashSet<LocalId>) {
    match &pattern.kind {
        PatternKind::Bind(local, _) => _ = bound.insert(*local),
        PatternKind::Constructor { fields, .. } | PatternKind::Tuple(fields) => {
            fields.iter().for_each(|field| bound_by_pattern(field, bound));
        }
        PatternKind::Wildcard
        | PatternKind::Int(_)
        | PatternKind::Bool(_)
        | PatternKind::String(_)
        | PatternKind::Invalid => {}
    }
}
