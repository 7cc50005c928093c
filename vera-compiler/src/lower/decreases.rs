//! The run-time check of `decreases` clauses.
//!
//! A function that calls itself compares measures at the call: the measure on entry is available, and that of the call
//! is the clause with the arguments for the parameters. Nothing is stored between calls, so tail calls stay tail calls.
//! A comparison is left out if the arguments show that it holds: `n - 1` of a natural, a part of the parameter
//! ([`super::parts`]).
//!
//! Functions that call each other have a worker each, with extra parameters for every member of the cycle: whether it
//! is active, and its measure then. A worker compares its own measure with that, and passes its measure on.
//!
//! Sizes of data values are compared only for types without type arguments; cycles check numbers only.
//!
//! Proofs compare more: a call of another function of a cycle with the measure of its caller, and all types. The compiled
//! program goes on if such a claim does not hold, so nothing may follow from it.

use super::body::{Body, Scope, Value};
use super::checks::Seen;
use super::context::Lowering;
use super::guard::Guard;
use super::origin::Origin;
use super::parts::plain;
use super::sites::Check;
use super::work::{Derivation, InstanceKey, TypeArgs};
use crate::core::{Atom, End, Op, Prim};
use crate::source::Span;
use crate::tir::{ArithmeticOp, Contract, Expr, ExprKind, FnDecl, FnId, LocalId, NumberKind};
use crate::types::{Ty, TyKind};
use std::rc::Rc;
use vera_abi::layout::Rep;
use vera_abi::trap::TrapKind;

impl Lowering<'_> {
    /// The functions of the cycle that `function` is in, when they pass their measures to each other.
    pub(super) fn chain_of(&self, function: FnId) -> Option<Rc<[FnId]>> {
        if self.proofs.is_some() {
            return None;
        }
        let measured = |id: &FnId| {
            let measure = &self.program.function(*id).decreases;
            !measure.is_empty() && measure.iter().all(|component| self.is_number(component.expr.ty))
        };
        if !measured(&function) {
            return None;
        }
        let members: Rc<[FnId]> = self.recursion.cycle(function).filter(measured).collect();
        (members.len() > 1).then_some(members)
    }

    /// The functions that call each other in a cycle with `function`, where things are proved.
    fn cycle_to_prove(&self, function: FnId) -> Option<Rc<[FnId]>> {
        self.proofs.as_ref()?;
        let members: Rc<[FnId]> = self.recursion.cycle(function).collect();
        (members.len() > 1).then_some(members)
    }

    fn is_number(&self, ty: Ty) -> bool {
        matches!(self.types.kind(self.types.structural(ty)), TyKind::Int | TyKind::Nat)
    }
}

impl<'p> Body<'_, 'p> {
    /// The body of a function of a cycle, called from outside of it: no measure is known.
    pub(super) fn enter_chain(&mut self, key: &InstanceKey) -> Atom {
        let program = self.lo.program;
        let Some(members) = self.lo.chain_of(key.function) else { return Atom::Unit };
        let mut args = Vec::new();
        for &param in &program.function(key.function).params {
            match self.lookup(param, program.function(key.function).name_span) {
                Value::Atom(atom) => args.push(atom),
                Value::Lambda(lambda) => args.extend(lambda.captures.iter().cloned()),
            }
        }
        for &member in members.iter() {
            args.push(Atom::Byte(0));
            args.extend(program.function(member).decreases.iter().map(|_| Atom::I64(0)));
        }
        let worker = self.lo.instance(InstanceKey { chained: true, ..key.clone() });
        self.b.end(End::TailCall(worker, args));
        Atom::nothing(self.result)
    }

    /// Declares the parameters of a worker.
    pub(super) fn worker_parameters(&mut self, key: &InstanceKey) {
        if key.chained
            && let Some(members) = self.lo.chain_of(key.function)
        {
            let mut atoms = Vec::new();
            for &member in members.iter() {
                atoms.push(self.b.param(Rep::Byte));
                let components = self.lo.program.function(member).decreases.len();
                atoms.extend((0..components).map(|_| self.b.param(Rep::I64)));
            }
            self.scope.guard = Guard::Chain(members, atoms);
        }
    }

    /// Works out the measure on entry; a worker compares it with that of the enclosing call.
    pub(super) fn measure_entry(&mut self, decl: &'p FnDecl, function: FnId) {
        let guard = std::mem::replace(&mut self.scope.guard, Guard::None);
        let cycle = self.lo.cycle_to_prove(function);
        let alone = matches!(guard, Guard::None) && !self.lo.recursion.calls_itself(function) && cycle.is_none();
        if decl.decreases.is_empty() || alone {
            return;
        }
        let measure: Vec<Atom> = decl.decreases.iter().map(|component| self.expr(&component.expr)).collect();
        match guard {
            Guard::None | Guard::Own(..) | Guard::Cycle(..) => {
                self.scope.guard = match cycle {
                    Some(members) => Guard::Cycle(function, members, measure),
                    None => Guard::Own(function, measure),
                };
            }
            Guard::Chain(members, mut atoms) => {
                let at = self.place_in_chain(&members, decl);
                let enclosing = atoms[at].clone();
                let previous = atoms[at + 1..=at + measure.len()].to_vec();
                let span = decl.decreases.first().map_or(decl.name_span, |component| component.span);
                let new = measure.clone();
                let seen = self.measures(&decl.decreases, &previous, &new);
                self.branch(
                    enclosing,
                    Rep::Unit,
                    |body| {
                        let kinds: Vec<Ty> = decl.decreases.iter().map(|component| component.expr.ty).collect();
                        let holds = body.decreased(&new, &previous, &kinds);
                        body.check(holds, measure_check(decl, span), seen);
                        Atom::Unit
                    },
                    |_| Atom::Unit,
                );
                atoms[at] = Atom::Byte(1);
                atoms[at + 1..=at + measure.len()].clone_from_slice(&measure);
                self.scope.guard = Guard::Chain(members, atoms);
            }
        }
    }

    fn place_in_chain(&self, members: &[FnId], decl: &FnDecl) -> usize {
        let before = members.iter().map(|&member| self.lo.program.function(member));
        before.take_while(|member| !std::ptr::eq(*member, decl)).map(|member| 1 + member.decreases.len()).sum()
    }

    /// Checks a call of a function that the guard concerns.
    pub(super) fn check_decrease(
        &mut self,
        callee: FnId,
        type_args: &TypeArgs,
        args: &'p [Expr],
        values: &[Value],
        span: Span,
    ) {
        let (function, old) = match self.scope.guard.clone() {
            Guard::Own(function, old) => (function, old),
            Guard::Cycle(function, _, old) if function == callee => (function, old),
            Guard::Cycle(function, _, old) => {
                return self.check_decrease_in_cycle((function, &old), (callee, type_args, values), span);
            }
            Guard::None | Guard::Chain(..) => return,
        };
        let decl = self.lo.program.function(function);
        let first = decl.decreases.iter().position(|component| !self.same_argument(decl, &component.expr, args));
        let Some(first) = first else {
            let seen = self.measures(&decl.decreases, &old, &old);
            self.fail(measure_check(decl, span), seen);
            return;
        };
        let smaller = self.smaller_argument(decl, &decl.decreases[first].expr, args);
        if smaller == Smaller::Certainly {
            return;
        }
        let rest = &decl.decreases[first..];
        let kinds: Vec<Ty> = rest.iter().map(|component| component.expr.ty).collect();
        if !self.is_ranked(kinds[0]) {
            if self.lo.proofs.is_some() {
                self.claim(Atom::Byte(0), measure_check(decl, span));
            }
            return;
        }
        let new = self.measure_of_call(function, rest, type_args, values, span);
        let holds = match smaller {
            Smaller::UnlessNegative => self.b.prim(Prim::GeI64, vec![new[0].clone(), Atom::I64(0)]),
            _ => self.decreased(&new, &old[first..], &kinds),
        };
        // Proofs compare more types than the compiled program.
        if self.lo.proofs.is_none() || kinds.iter().all(|&ty| self.is_compared(ty)) {
            let seen = self.measures(rest, &old[first..], &new);
            self.check(holds, measure_check(decl, span), seen);
        } else {
            self.claim(holds, measure_check(decl, span));
        }
    }

    /// The measure of a function, or the last components of it, for the arguments of a call.
    fn measure_of_call(
        &mut self,
        function: FnId,
        components: &'p [Contract],
        type_args: &TypeArgs,
        values: &[Value],
        span: Span,
    ) -> Vec<Atom> {
        let decl = self.lo.program.function(function);
        let owner = self.scope.owner.clone();
        let mut scope = Scope::new(Some(function), &decl.locals, type_args.clone(), owner, span);
        scope.env = decl.params.iter().copied().zip(values.iter().cloned()).collect();
        let outer = std::mem::replace(&mut self.scope, scope);
        let new = components.iter().map(|component| self.expr(&component.expr)).collect();
        self.scope = outer;
        new
    }

    /// Checks a call of another function of the cycle: its measure is below that of the caller. Where they have
    /// different numbers of components, the first ones decide.
    fn check_decrease_in_cycle(
        &mut self,
        (caller, old): (FnId, &[Atom]),
        (callee, type_args, values): (FnId, &TypeArgs, &[Value]),
        span: Span,
    ) {
        let program = self.lo.program;
        let (from, to) = (&program.function(caller).decreases, &program.function(callee).decreases);
        let new = self.measure_of_call(callee, to, type_args, values, span);
        let common = from.len().min(to.len());
        let (mut before, mut after, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
        for index in 0..common {
            let (old_ty, new_ty) = (from[index].expr.ty, to[index].expr.ty);
            if !self.is_ranked(old_ty) || !self.is_ranked(new_ty) {
                break;
            }
            before.push(self.rank(old[index].clone(), old_ty));
            after.push(self.rank(new[index].clone(), new_ty));
            let number = self.lo.types.structural(new_ty);
            kinds.push(if number == Ty::INT { Ty::INT } else { Ty::NAT });
        }
        let holds = self.decreased(&after, &before, &kinds);
        self.claim(holds, measure_check(program.function(caller), span));
    }

    /// Components of a measure before a call and in it.
    fn measures(&mut self, components: &[Contract], old: &[Atom], new: &[Atom]) -> Vec<Seen> {
        let before = components
            .iter()
            .zip(old)
            .filter_map(|(component, value)| self.seen(component.text.as_str(), value.clone(), component.expr.ty));
        let mut seen: Vec<Seen> = before.collect();
        seen.extend(components.iter().zip(new).filter_map(|(component, value)| {
            self.seen(format!("next {}", component.text), value.clone(), component.expr.ty)
        }));
        seen
    }

    /// Whether `new` is below `old`: the first component that differs is less, and not negative.
    fn decreased(&mut self, new: &[Atom], old: &[Atom], kinds: &[Ty]) -> Atom {
        let [ty, later @ ..] = kinds else { return Atom::Byte(0) };
        if !self.is_ranked(*ty) {
            return Atom::Byte(1);
        }
        let (first_new, first_old) = (self.rank(new[0].clone(), *ty), self.rank(old[0].clone(), *ty));
        let may_be_negative = self.lo.types.structural(*ty) == Ty::INT;
        let less = |body: &mut Self, new: Atom, old: Atom| {
            let less = body.b.prim(Prim::LtI64, vec![new.clone(), old]);
            if !may_be_negative {
                return less;
            }
            body.branch(less, Rep::Byte, |body| body.b.prim(Prim::GeI64, vec![new, Atom::I64(0)]), |_| Atom::Byte(0))
        };
        if later.is_empty() {
            return less(self, first_new, first_old);
        }
        let equal = self.b.prim(Prim::EqI64, vec![first_new.clone(), first_old.clone()]);
        self.branch(
            equal,
            Rep::Byte,
            |body| body.decreased(&new[1..], &old[1..], later),
            |body| less(body, first_new, first_old),
        )
    }

    /// The number that stands for a component of a measure.
    fn rank(&mut self, value: Atom, ty: Ty) -> Atom {
        if self.lo.is_number(ty) {
            return value;
        }
        let ty = self.ty(ty);
        let size = self.lo.derived(Derivation::Size, ty, self.scope.origin);
        self.b.emit(Rep::I64, Op::Call(size, vec![value, Atom::I64(0)]))
    }

    /// Whether components of the type can be compared.
    fn is_ranked(&mut self, ty: Ty) -> bool {
        if self.lo.is_number(ty) {
            return true;
        }
        let ty = self.ty(ty);
        self.lo.has_size(ty)
    }

    /// Whether the compiled program compares components of the type.
    fn is_compared(&mut self, ty: Ty) -> bool {
        if self.lo.is_number(ty) {
            return true;
        }
        let ty = self.ty(ty);
        self.lo.has_compiled_size(ty)
    }

    /// The parameter a component of the measure consists of, and its argument.
    fn argument_of(decl: &FnDecl, component: &'p Expr, args: &'p [Expr]) -> Option<(LocalId, &'p Expr)> {
        let ExprKind::Local(param) = &plain(component).kind else { return None };
        let index = decl.params.iter().position(|other| other == param)?;
        Some((*param, plain(&args[index])))
    }

    /// Whether the argument is the parameter itself.
    fn same_argument(&self, decl: &FnDecl, component: &'p Expr, args: &'p [Expr]) -> bool {
        Self::argument_of(decl, component, args)
            .is_some_and(|(param, arg)| matches!(arg.kind, ExprKind::Local(local) if local == param))
    }

    /// Whether the argument is less than the parameter by the way it is written.
    fn smaller_argument(&self, decl: &FnDecl, component: &'p Expr, args: &'p [Expr]) -> Smaller {
        let Some((param, arg)) = Self::argument_of(decl, component, args) else { return Smaller::Unknown };
        match &arg.kind {
            // A subtraction that does not trap gives less; as an argument for a `Nat` it is not negative either.
            ExprKind::Arithmetic(ArithmeticOp::Sub, NumberKind::Int | NumberKind::Nat, left, right)
                if matches!(plain(left).kind, ExprKind::Local(local) if local == param)
                    && matches!(plain(right).kind, ExprKind::Int(1..)) =>
            {
                let is_nat = self.lo.types.structural(decl.locals[param.index()].ty) == Ty::NAT;
                if is_nat { Smaller::Certainly } else { Smaller::UnlessNegative }
            }
            _ if self.origin_of(arg) == Some(Origin { whole: param, part: true }) => Smaller::Certainly,
            _ => Smaller::Unknown,
        }
    }
}

/// What the text of an argument says about its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Smaller {
    /// It is below the parameter.
    Certainly,
    /// It is below the parameter, but may be negative.
    UnlessNegative,
    /// Nothing.
    Unknown,
}

fn measure_check(decl: &FnDecl, span: Span) -> Check {
    let components: Vec<&str> = decl.decreases.iter().map(|component| component.text.as_str()).collect();
    Check { kind: TrapKind::Decreases, text: format!("decreases({})", components.join(", ")), span }
}
