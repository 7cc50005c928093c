//! Type variables and how types relate.
//!
//! Only the type arguments of generic calls and constructors are inferred; everything else is declared. A variable that
//! is bound from a value itself is *soft*: it may still be widened when another value does not fit. One that is bound
//! from inside a type (`T` of an `Array<T>`) is exact, unless that is a soft variable of a call inside the argument: then
//! both are one variable, so that `set_add(set_add(set_new(), nat), int)` is a set of `Int`. A soft variable is never
//! narrowed: values that it was bound from are in use as what it is.

use super::Checker;
use crate::types::{EffectUse, FnTy, InferId, Row, Ty, TyKind};
use rustc_hash::FxHashMap;

/// A type variable.
#[derive(Clone, Copy, Debug)]
struct Variable {
    binding: Option<Ty>,
    soft: bool,
    /// What it is when nothing says.
    fallback: Ty,
}

/// The type variables of a body.
#[derive(Debug, Default)]
pub(super) struct Infer {
    variables: Vec<Variable>,
    /// Variables below this one are not bound now.
    frozen: usize,
    /// How many types around the one that is related may take its values in: there, `Never` is a type like any other.
    takes: usize,
    related: Related,
    joined: Joined,
}

/// What was found of the pairs of types within the two that are being related: a type that shares its parts, as nested
/// aliases do, is small for its extent.
#[derive(Debug, Default)]
struct Related {
    depth: usize,
    steps: usize,
    fits: FxHashMap<(Ty, Ty, bool, bool), bool>,
}

/// The same of the least types that values of both can be used as.
#[derive(Debug, Default)]
struct Joined {
    depth: usize,
    steps: usize,
    types: FxHashMap<(Ty, Ty), Option<Ty>>,
}

/// So many pairs are related before results are kept: a table costs more than the few steps of ordinary types.
const STEPS_WITHOUT_TABLE: usize = 64;

impl Checker<'_> {
    /// A new type variable.
    pub(super) fn fresh(&mut self, fallback: Ty) -> Ty {
        let id = InferId(self.infer.variables.len() as u32);
        self.infer.variables.push(Variable { binding: None, soft: false, fallback });
        self.env.program.types.intern(TyKind::Infer(id))
    }

    /// Runs `attempt` while no variable that exists now can be bound.
    pub(super) fn without_binding<R>(&mut self, attempt: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.infer.frozen, self.infer.variables.len());
        let result = attempt(self);
        self.infer.frozen = before;
        result
    }

    /// A type whose head is not a bound variable.
    pub(super) fn head(&self, mut ty: Ty) -> Ty {
        while let TyKind::Infer(id) = self.env.program.types.kind(ty) {
            match self.infer.variables[id.index()].binding {
                Some(binding) => ty = binding,
                None => break,
            }
        }
        ty
    }

    /// The type that values have: variables followed, alias heads and refinements stripped.
    pub(super) fn shape(&self, mut ty: Ty) -> Ty {
        loop {
            let next = self.env.program.types.structural(self.head(ty));
            if next == ty {
                return ty;
            }
            ty = next;
        }
    }

    /// The type of a value that a declaration says to be of type `ty`: `Never` fits everywhere, whatever it is called.
    pub(super) fn of_value(&self, ty: Ty) -> Ty {
        if self.env.program.types.structural(ty) == Ty::NEVER { Ty::NEVER } else { ty }
    }

    /// The kind of [`Checker::shape`].
    pub(super) fn shape_kind(&self, ty: Ty) -> &TyKind {
        self.env.program.types.kind(self.shape(ty))
    }

    /// A type with every bound variable replaced.
    pub(super) fn full(&mut self, ty: Ty) -> Ty {
        let variables = &self.infer.variables;
        self.env.program.types.map_infer(ty, &mut |id| variables[id.index()].binding)
    }

    /// A type with every exact variable replaced: a soft one stays, and may be widened by what takes the value.
    pub(super) fn full_but_soft(&mut self, ty: Ty) -> Ty {
        let variables = &self.infer.variables;
        self.env.program.types.map_infer(ty, &mut |id| {
            let variable = &variables[id.index()];
            variable.binding.filter(|_| !variable.soft)
        })
    }

    /// A type with every variable replaced, unbound ones by their fallback.
    pub(super) fn resolved(&mut self, ty: Ty) -> Ty {
        let variables = &self.infer.variables;
        self.env.program.types.map_infer(ty, &mut |id| {
            let variable = &variables[id.index()];
            Some(variable.binding.unwrap_or(variable.fallback))
        })
    }

    /// An effect with every bound variable in its arguments replaced.
    pub(super) fn full_effect(&mut self, effect: &EffectUse) -> EffectUse {
        EffectUse { effect: effect.effect, args: effect.args.iter().map(|&arg| self.full(arg)).collect() }
    }

    fn unbound(&self, ty: Ty) -> Option<usize> {
        match self.env.program.types.kind(ty) {
            TyKind::Infer(id) if self.infer.variables[id.index()].binding.is_none() => Some(id.index()),
            _ => None,
        }
    }

    /// The last of the variables that are bound to each other from `variable` on.
    fn representative(&self, mut variable: usize) -> usize {
        while let Some(binding) = self.infer.variables[variable].binding
            && let TyKind::Infer(next) = self.env.program.types.kind(binding)
        {
            variable = next.index();
        }
        variable
    }

    /// What an unbound variable is bound to where it stands for `ty`: a soft variable, or the type that it is.
    fn soft_or_head(&mut self, ty: Ty) -> Ty {
        let TyKind::Infer(id) = self.env.program.types.kind(ty) else { return ty };
        let last = self.representative(id.index());
        match self.infer.variables[last].soft {
            true => self.env.program.types.intern(TyKind::Infer(InferId(last as u32))),
            false => self.head(ty),
        }
    }

    /// Makes a soft variable that `ty` is, through others or itself, exactly `wanted` where all its values can be used as
    /// that without a check.
    pub(super) fn settle(&mut self, ty: Ty, wanted: Ty) {
        let TyKind::Infer(id) = self.env.program.types.kind(ty) else { return };
        let variable = self.representative(id.index());
        let Variable { binding: Some(bound), soft: true, .. } = self.infer.variables[variable] else { return };
        if self.without_binding(|this| this.relate(bound, wanted, true)) && !self.needs_check(bound, wanted) {
            self.solve(variable, wanted);
        }
    }

    /// Whether nothing more can be learnt about a type: no variable in it is unbound or soft.
    pub(super) fn is_exact(&mut self, ty: Ty) -> bool {
        let variables = &self.infer.variables;
        let mut exact = true;
        self.env.program.types.map_infer(ty, &mut |id| {
            let variable = &variables[id.index()];
            exact &= variable.binding.is_some() && !variable.soft;
            variable.binding
        });
        exact
    }

    /// Whether the type is a variable that nothing is known of.
    pub(super) fn is_unknown(&self, ty: Ty) -> bool {
        self.unbound(self.shape(ty)).is_some()
    }

    fn solve(&mut self, variable: usize, ty: Ty) -> bool {
        let ty = self.env.argument(ty);
        if variable < self.infer.frozen {
            return true;
        }
        let variables = &self.infer.variables;
        let mut occurs = false;
        self.env.program.types.map_infer(ty, &mut |id| {
            // The variable may be bound already, to something that is widened now.
            let itself = id.index() == variable;
            occurs |= itself;
            if itself { None } else { variables[id.index()].binding }
        });
        if occurs {
            return false;
        }
        self.infer.variables[variable].binding = Some(ty);
        self.infer.variables[variable].soft = false;
        true
    }

    /// Learns type variables of `to` from a value of type `from` that is used there. Says nothing of whether it fits.
    pub(super) fn learn(&mut self, from: Ty, to: Ty) {
        let TyKind::Infer(id) = *self.env.program.types.kind(to) else {
            self.relate(from, to, false);
            return;
        };
        let from = self.head(from);
        if from == Ty::NEVER || from == Ty::INVALID {
            return;
        }
        let last = self.representative(id.index());
        let variable = self.infer.variables[last];
        match variable.binding {
            None => {
                if self.unbound(from).is_none() && self.solve(last, from) {
                    self.infer.variables[last].soft = last >= self.infer.frozen;
                } else {
                    self.relate(from, to, false);
                }
            }
            Some(bound) if variable.soft => {
                if let Some(wider) = self.join(bound, from)
                    && self.solve(last, wider)
                {
                    self.infer.variables[last].soft = true;
                }
            }
            Some(bound) => {
                self.relate(from, bound, false);
            }
        }
    }

    /// Whether a value of type `from` may be used as a `to`, perhaps with a check; binds variables on the way. Effect
    /// rows of function types count only when `rows`.
    ///
    /// A soft variable that is itself one of the two types stays as it is; inside them it becomes exact.
    pub(super) fn relate(&mut self, from: Ty, to: Ty, rows: bool) -> bool {
        let (from, to) = (self.head(from), self.head(to));
        from == Ty::NEVER || self.relate_within(from, to, rows)
    }

    fn relate_within(&mut self, from: Ty, to: Ty, rows: bool) -> bool {
        let pair = (from, to, rows, self.infer.takes == 0);
        if let Some(&fits) = self.infer.related.fits.get(&pair) {
            return fits;
        }
        self.infer.related.depth += 1;
        self.infer.related.steps += 1;
        let fits = self.relate_pair(from, to, rows);
        let related = &mut self.infer.related;
        related.depth -= 1;
        if related.steps > STEPS_WITHOUT_TABLE {
            related.fits.insert(pair, fits);
        }
        if related.depth == 0 {
            *related = Related::default();
        }
        fits
    }

    fn relate_pair(&mut self, from: Ty, to: Ty, rows: bool) -> bool {
        if let Some(known) = self.relate_variables(from, to, rows) {
            return known;
        }
        let types = &self.env.program.types;
        if let (TyKind::Recursive(left, from), TyKind::Recursive(right, to)) = (types.kind(from), types.kind(to)) {
            // By name: what two recursive types stand for has no end to compare.
            let (same, from, to) = (left == right, from.clone(), to.clone());
            return same && self.relate_all(&from, &to, rows);
        }
        let (from, to) = (self.shape_once(from), self.shape_once(to));
        if from == to || from == Ty::INVALID || to == Ty::INVALID {
            return true;
        }
        if let Some(known) = self.relate_variables(from, to, rows) {
            return known;
        }
        let types = &self.env.program.types;
        match (types.kind(from), types.kind(to)) {
            (TyKind::Int | TyKind::Nat, TyKind::Int | TyKind::Nat) => true,
            (&TyKind::Array(from), &TyKind::Array(to)) => self.relate_part(from, to, rows),
            (TyKind::Data(left, _), TyKind::Data(right, _)) if left != right => false,
            (TyKind::Data(_, from), TyKind::Data(_, to)) if from.is_empty() && to.is_empty() => true,
            (TyKind::Tuple(from), TyKind::Tuple(to)) => {
                let (from, to) = (from.clone(), to.clone());
                self.relate_all(&from, &to, rows)
            }
            (&TyKind::Data(id, ref from), TyKind::Data(_, to)) => {
                let (from, to) = (from.clone(), to.clone());
                let holds = ["Option", "Result"].iter().any(|name| self.env.library_data(name) == Some(id));
                self.taking(!holds, |this| this.relate_all(&from, &to, rows))
            }
            (TyKind::Fn(from), TyKind::Fn(to)) => {
                let (from, to) = (from.clone(), to.clone());
                self.relate_functions(&from, &to, rows)
            }
            _ => false,
        }
    }

    /// Strips aliases and refinements down to a type or to a variable, bound or not.
    fn shape_once(&self, ty: Ty) -> Ty {
        self.env.program.types.structural(ty)
    }

    /// The relation where one side is a variable.
    fn relate_variables(&mut self, from: Ty, to: Ty, rows: bool) -> Option<bool> {
        let variable = |ty: Ty, this: &Self| match this.env.program.types.kind(ty) {
            TyKind::Infer(id) => Some(id.index()),
            _ => None,
        };
        match (variable(from, self), variable(to, self)) {
            (None, None) => None,
            (Some(left), Some(right)) if left == right => Some(true),
            (left, right) => {
                let (from_head, to_head) = (self.head(from), self.head(to));
                if from_head == to_head {
                    return Some(true);
                }
                Some(match (self.unbound(from_head), self.unbound(to_head)) {
                    // The younger variable is bound to the older one.
                    (Some(left), Some(right)) if left > right => self.solve(left, to_head),
                    (Some(left), None) => {
                        let to = self.soft_or_head(to);
                        self.solve(left, to)
                    }
                    (_, Some(right)) => {
                        let from = self.soft_or_head(from);
                        self.solve(right, from)
                    }
                    (None, None) => {
                        let fits = self.relate_within(from_head, to_head, rows);
                        if fits {
                            self.harden(left, to_head);
                            self.harden(right, from_head);
                        }
                        fits
                    }
                })
            }
        }
    }

    /// Makes a soft binding exact: `ty` where all its values are of that, else what it is.
    fn harden(&mut self, variable: Option<usize>, ty: Ty) {
        let Some(variable) = variable.map(|variable| self.representative(variable)) else { return };
        let Variable { binding: Some(bound), soft: true, .. } = self.infer.variables[variable] else { return };
        if ty != Ty::INVALID {
            let exact = if self.needs_check(bound, ty) { bound } else { ty };
            self.solve(variable, exact);
        }
    }

    fn relate_all(&mut self, from: &[Ty], to: &[Ty], rows: bool) -> bool {
        if from.len() != to.len() {
            return false;
        }
        // Every pair is visited, so that one mistake does not leave variables of the others unbound.
        from.iter().zip(to).fold(true, |fits, (&from, &to)| self.relate_part(from, to, rows) && fits)
    }

    /// The relation of what two types hold. What holds a `Never` holds nothing there, and is as good as any.
    fn relate_part(&mut self, from: Ty, to: Ty, rows: bool) -> bool {
        self.infer.takes == 0 && self.shape(from) == Ty::NEVER || self.relate_within(from, to, rows)
    }

    /// Relates types within one that may take values of them in.
    fn taking(&mut self, takes: bool, relate: impl FnOnce(&mut Self) -> bool) -> bool {
        self.infer.takes += usize::from(takes);
        let fits = relate(self);
        self.infer.takes -= usize::from(takes);
        fits
    }

    fn relate_functions(&mut self, from: &FnTy, to: &FnTy, rows: bool) -> bool {
        let fits = self.taking(true, |this| this.relate_all(&from.params, &to.params, rows));
        let never = self.head(from.result) == Ty::NEVER;
        let fits = (never || self.relate_within(from.result, to.result, rows)) && fits;
        fits && (!rows || self.row_within(&from.row, &to.row))
    }

    /// Whether every effect of one row is in another.
    pub(super) fn row_within(&mut self, row: &Row, of: &Row) -> bool {
        let (row, of) = (self.full_row(row), self.full_row(of));
        row.is_subset(&of)
    }

    /// A row with every bound variable in its arguments replaced.
    pub(super) fn full_row(&mut self, row: &Row) -> Row {
        let effects = row.effects().iter().map(|effect| self.full_effect(effect)).collect();
        Row::new(effects, row.variables().to_vec())
    }

    /// The least type that values of both types can be used as.
    pub(super) fn join(&mut self, left: Ty, right: Ty) -> Option<Ty> {
        if let Some(&joined) = self.infer.joined.types.get(&(left, right)) {
            return joined;
        }
        self.infer.joined.depth += 1;
        self.infer.joined.steps += 1;
        let join = self.join_pair(left, right);
        let joined = &mut self.infer.joined;
        joined.depth -= 1;
        if joined.steps > STEPS_WITHOUT_TABLE {
            joined.types.insert((left, right), join);
        }
        if joined.depth == 0 {
            *joined = Joined::default();
        }
        join
    }

    fn join_pair(&mut self, left: Ty, right: Ty) -> Option<Ty> {
        let (left, right) = (self.head(left), self.head(right));
        if left == right || right == Ty::NEVER || right == Ty::INVALID {
            return Some(left);
        }
        if left == Ty::NEVER || left == Ty::INVALID {
            return Some(right);
        }
        if !self.relate(left, right, false) {
            return None;
        }
        let (left, right) = (self.head(left), self.head(right));
        let (left_shape, right_shape) = (self.shape(left), self.shape(right));
        if left_shape == right_shape {
            // Equal but for names and refinements. A common name stays.
            return Some(if self.env.argument(left) == self.env.argument(right) { left } else { left_shape });
        }
        let types = &self.env.program.types;
        Some(match (types.kind(left_shape).clone(), types.kind(right_shape).clone()) {
            (TyKind::Int | TyKind::Nat, _) => Ty::INT,
            (TyKind::Array(left), TyKind::Array(right)) => {
                let element = self.join(left, right)?;
                self.env.program.types.array(element)
            }
            (TyKind::Tuple(left), TyKind::Tuple(right)) => {
                let items = self.join_all(&left, &right)?;
                self.env.program.types.intern(TyKind::Tuple(items))
            }
            (TyKind::Data(id, left), TyKind::Data(_, right)) => {
                let args = self.join_all(&left, &right)?;
                self.env.program.types.intern(TyKind::Data(id, args))
            }
            (TyKind::Fn(left), TyKind::Fn(right)) => {
                let result = self.join(left.result, right.result)?;
                let row = self.full_row(&left.row).union(&self.full_row(&right.row));
                self.env.program.types.intern(TyKind::Fn(FnTy { params: left.params, result, row }))
            }
            _ => left_shape,
        })
    }

    fn join_all(&mut self, left: &[Ty], right: &[Ty]) -> Option<Vec<Ty>> {
        left.iter().zip(right).map(|(&left, &right)| self.join(left, right)).collect()
    }
}

impl Infer {
    /// Whether there are no type variables at all.
    pub(super) fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }
}
