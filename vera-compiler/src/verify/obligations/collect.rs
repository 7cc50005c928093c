//! Walks the expressions of one owner and collects obligations.

use super::Assumption;
use super::callees::Callees;
use super::position::Position;
use super::text::excerpt;
use crate::effects;
use crate::source::Span;
use crate::tir::{
    ArithmeticOp, Coercion, Expr, ExprKind, FnDecl, FnId, NumberKind, Pattern, PatternKind, Program, Stmt,
};
use crate::types::{EffectUse, Ty, TyKind};
use crate::verify::obligation::{About, CheckKey, CheckPlace, Kind, Listing, Obligation, Owner};
use vera_abi::trap::TrapKind;

/// What was found in one owner, in the order in which it is listed.
#[derive(Debug, Default)]
struct Found {
    /// Arithmetic, indices, asserts, domains of built-ins.
    operations: Vec<Obligation>,
    /// Conversions.
    conversions: Vec<Obligation>,
    /// Preconditions of callees.
    calls: Vec<Obligation>,
    /// Conversions of the function's result.
    result: Vec<Obligation>,
    /// The places of calls that may call the function again.
    recursive_calls: Vec<Span>,
}

/// Collects obligations.
pub(super) struct Collector<'p> {
    program: &'p Program,
    callees: &'p Callees,
    owner: Owner,
    found: Found,
    /// The `assume`s of everything walked so far.
    pub(super) assumptions: Vec<Assumption>,
}

impl<'p> Collector<'p> {
    pub(super) fn new(program: &'p Program, callees: &'p Callees) -> Self {
        let owner = Owner::Function(FnId(0));
        Collector { program, callees, owner, found: Found::default(), assumptions: Vec::new() }
    }

    /// What is walked from now on belongs to `owner`.
    pub(super) fn begin(&mut self, owner: Owner) {
        self.owner = owner;
        self.found = Found::default();
    }

    /// What was found since the last time, without the conversions of the result.
    pub(super) fn take_all(&mut self) -> Vec<Obligation> {
        let Found { operations, conversions, calls, .. } = &mut self.found;
        let mut all = std::mem::take(operations);
        all.append(conversions);
        all.append(calls);
        all
    }

    /// The conversions of the function's result.
    pub(super) fn take_result(&mut self) -> Vec<Obligation> {
        std::mem::take(&mut self.found.result)
    }

    /// That the measure of a recursive function becomes less.
    pub(super) fn measure(&mut self, id: FnId, decl: &FnDecl) -> Option<Obligation> {
        let (first, last) = (decl.decreases.first()?, decl.decreases.last()?);
        let calls = std::mem::take(&mut self.found.recursive_calls);
        if !self.callees.is_recursive(id) {
            return None;
        }
        let components: Vec<&str> = decl.decreases.iter().map(|component| component.text.as_str()).collect();
        let places = calls.into_iter().chain([first.span]).map(CheckPlace::Here);
        let checks = places.map(|place| CheckKey { kind: TrapKind::Decreases, place }).collect();
        let mut obligation = self.obligation(Kind::Decreases, first.span.to(last.span), checks);
        obligation.text = excerpt(&components.join(", "));
        Some(obligation)
    }

    /// An expression whose value is used as it is.
    pub(super) fn walk(&mut self, expr: &Expr) {
        let mut position = Position::of(expr.span);
        self.expr(expr, &mut position);
    }

    /// The body of a function.
    pub(super) fn walk_result(&mut self, expr: &Expr) {
        let mut position = Position { result: true, ..Position::of(expr.span) };
        self.expr(expr, &mut position);
    }

    fn walk_all(&mut self, list: &[Expr]) {
        list.iter().for_each(|expr| self.walk(expr));
    }

    /// An expression whose value is used at `position`: converted there, or in each of its branches.
    fn expr(&mut self, expr: &Expr, position: &mut Position) {
        match &expr.kind {
            ExprKind::Coerce(coercion, _, inner) => {
                match inner.kind {
                    // A value may be converted twice, as to a natural and to a refinement of naturals.
                    ExprKind::Coerce(..) => self.expr(inner, position),
                    _ => self.walk(inner),
                }
                self.conversion(coercion, inner.span, Some(inner), position);
            }
            ExprKind::If(condition, then, otherwise) => {
                self.walk(condition);
                self.expr(then, position);
                self.expr(otherwise, position);
            }
            ExprKind::Match(scrutinee, arms) => {
                self.walk(scrutinee);
                for arm in arms {
                    self.pattern(&arm.pattern, None);
                    self.expr(&arm.body, position);
                }
            }
            ExprKind::Block(stmts, value) => {
                stmts.iter().for_each(|stmt| self.stmt(stmt));
                self.expr(value, position);
            }
            ExprKind::Handle(handle) => {
                handle.state.iter().for_each(|(_, initial)| self.walk(initial));
                self.expr(&handle.body, position);
                for clause in &handle.clauses {
                    self.expr(&clause.body, position);
                    clause.update.iter().for_each(|update| self.walk(update));
                }
            }
            _ => self.operands_and_operation(expr),
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Let(_, value) | Stmt::Expr(value) => self.walk(value),
            Stmt::Destructure(pattern, value) => {
                self.walk(value);
                self.pattern(pattern, Some(value));
            }
        }
    }

    /// A pattern; `value` is what is matched, where it is an expression.
    fn pattern(&mut self, pattern: &Pattern, value: Option<&Expr>) {
        match &pattern.kind {
            PatternKind::Bind(_, Some(coercion)) => {
                let mut position = Position::of(pattern.span);
                self.conversion(coercion, pattern.span, value, &mut position);
            }
            PatternKind::Constructor { fields, .. } | PatternKind::Tuple(fields) => {
                let parts = value.map_or(&[][..], |value| match &value.kind {
                    ExprKind::Construct { args: parts, .. } | ExprKind::Tuple(parts) => parts,
                    _ => &[],
                });
                for (index, field) in fields.iter().enumerate() {
                    self.pattern(field, parts.get(index));
                }
            }
            PatternKind::Bind(_, None)
            | PatternKind::Wildcard
            | PatternKind::Int(_)
            | PatternKind::Bool(_)
            | PatternKind::String(_)
            | PatternKind::Invalid => {}
        }
    }

    fn operands_and_operation(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Unit
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Byte(_)
            | ExprKind::Float(_)
            | ExprKind::String(_)
            | ExprKind::Interpolated(_)
            | ExprKind::Local(_)
            | ExprKind::Old(_)
            | ExprKind::New(_)
            | ExprKind::Ability { .. }
            | ExprKind::Tuple(_)
            | ExprKind::Array(_)
            | ExprKind::Compare(..)
            | ExprKind::Equal { .. }
            | ExprKind::Logic(..)
            | ExprKind::Not(_)
            | ExprKind::Closure(_)
            | ExprKind::Apply(..)
            | ExprKind::Quantifier(_)
            | ExprKind::Resume(..)
            | ExprKind::Hole
            | ExprKind::Invalid => expr.for_each_child(&mut |part| self.walk(part)),
            ExprKind::Call { function, args, .. } => self.call(expr, *function, args),
            ExprKind::Construct { data, args, .. } => {
                self.walk_all(args);
                if self.program.data(*data).invariant.is_some() {
                    let mut invariant = self.here(Kind::Invariant, TrapKind::Invariant, expr.span);
                    invariant.about = About::Invariant(*data);
                    self.found.operations.push(invariant);
                }
            }
            ExprKind::Perform { effect, operation, args } => {
                self.walk_all(args);
                self.answer(expr, effect, *operation);
            }
            ExprKind::Index(array, index) => {
                self.walk(array);
                self.walk(index);
                let bounds = self.here(Kind::IndexBounds, TrapKind::IndexOutOfBounds, expr.span);
                self.found.operations.push(bounds);
            }
            ExprKind::Arithmetic(op, kind, left, right) => {
                self.walk(left);
                self.walk(right);
                self.arithmetic(expr.span, *op, *kind, right);
            }
            ExprKind::Negate(kind, operand) => {
                self.walk(operand);
                if *kind != NumberKind::Float {
                    let overflow = self.here(Kind::IntOverflow, TrapKind::Overflow, expr.span);
                    self.found.operations.push(Obligation { listing: Listing::WhenRefuted, ..overflow });
                }
            }
            ExprKind::Assert(condition) => {
                let assert = self.here(Kind::Assert, TrapKind::Assert, expr.span);
                self.found.operations.push(assert);
                self.walk(condition);
            }
            ExprKind::Assume(condition) => {
                let text = excerpt(self.program.sources.text(condition.span));
                self.assumptions.push(Assumption { owner: self.owner, span: expr.span, text });
                self.walk(condition);
            }
            ExprKind::If(..)
            | ExprKind::Match(..)
            | ExprKind::Block(..)
            | ExprKind::Handle(..)
            | ExprKind::Coerce(..) => self.walk(expr),
        }
    }

    fn arithmetic(&mut self, span: Span, op: ArithmeticOp, kind: NumberKind, right: &Expr) {
        if kind == NumberKind::Float {
            return;
        }
        match op {
            ArithmeticOp::Sub if kind == NumberKind::Nat => {
                let sub = self.here(Kind::NatSub, TrapKind::NatUnderflow, span);
                self.found.operations.push(sub);
            }
            ArithmeticOp::Add | ArithmeticOp::Sub | ArithmeticOp::Mul => {
                let overflow = self.here(Kind::IntOverflow, TrapKind::Overflow, span);
                self.found.operations.push(overflow);
            }
            ArithmeticOp::Div | ArithmeticOp::Rem => {
                let listing = match is_positive(right) {
                    true => Listing::WhenRefuted,
                    false => Listing::Always,
                };
                let zero = self.here(Kind::DivZero, TrapKind::DivideByZero, span);
                self.found.operations.push(Obligation { listing, ..zero });
                if op == ArithmeticOp::Div {
                    let quotient = self.here(Kind::IntOverflow, TrapKind::Overflow, span);
                    self.found.operations.push(Obligation { listing: Listing::WhenRefuted, ..quotient });
                }
            }
        }
    }

    /// A conversion of what `span` covers, which is `value` where it is an expression. Its result is used at `position`.
    fn conversion(&mut self, coercion: &Coercion, span: Span, value: Option<&Expr>, position: &mut Position) {
        let here = CheckPlace::Here(span);
        let place = match position.parameter {
            Some((call, parameter)) if matches!(coercion, Coercion::Refine(..)) => CheckPlace::Entry(call, parameter),
            _ => here,
        };
        let (kind, traps, listing): (_, &[TrapKind], _) = match coercion {
            Coercion::Widen => return,
            Coercion::ToNat if value.is_some_and(|value| self.is_natural(value)) => {
                (Kind::NatBind, &[TrapKind::NatGuard], Listing::WhenRefuted)
            }
            Coercion::ToNat => (Kind::NatBind, &[TrapKind::NatGuard], Listing::Always),
            Coercion::Refine(..) => (Kind::RefineBind, &[TrapKind::Refinement], Listing::Always),
            Coercion::ToByte => (Kind::RefineBind, &[TrapKind::ByteGuard], Listing::WhenRefuted),
            Coercion::Parts => {
                let traps = &[TrapKind::NatGuard, TrapKind::Refinement, TrapKind::Invariant];
                (Kind::RefineBind, traps, Listing::WhenRefuted)
            }
        };
        let checks = traps.iter().map(|&kind| CheckKey { kind, place });
        let list = if position.result { &mut self.found.result } else { &mut self.found.conversions };
        let known = match coercion {
            Coercion::Parts => &mut position.parts,
            _ => &mut position.narrowed,
        };
        match *known {
            Some(index) => {
                let of = &mut list[index];
                // A natural that is refined is a refined value.
                of.kind = of.kind.max(kind);
                if of.about == About::Itself {
                    of.about = about_of(coercion);
                }
                of.listing = of.listing.min(listing);
                of.checks.extend(checks);
            }
            None => {
                *known = Some(list.len());
                let checks = checks.collect();
                let text = excerpt(self.program.sources.text(position.span));
                let (owner, span) = (self.owner, position.span);
                let about = about_of(coercion);
                list.push(Obligation { kind, owner, span, text, about, listing, checks });
            }
        }
    }

    fn call(&mut self, expr: &Expr, function: FnId, args: &[Expr]) {
        let decl = self.program.function(function);
        if self.callees.is_prelude(function) || decl.body_expr().is_none() {
            self.walk_all(args);
            return self.prelude_call(expr, function, decl);
        }
        for (arg, &param) in args.iter().zip(&decl.params) {
            let local = &decl.locals[param.index()];
            let mut position = Position { parameter: Some((expr.span, local.span)), ..Position::of(arg.span) };
            self.expr(arg, &mut position);
            let check = CheckKey { kind: TrapKind::Refinement, place: CheckPlace::Entry(expr.span, local.span) };
            let listed = position.narrowed.is_some_and(|index| self.found.conversions[index].checks.contains(&check));
            if !listed && self.is_refined(local.ty) {
                // The callee checks it, though the argument is known to have the type.
                let checks = vec![check];
                let known = self.obligation(Kind::RefineBind, arg.span, checks);
                self.found.conversions.push(Obligation { listing: Listing::WhenRefuted, ..known });
            }
        }
        if let Owner::Function(caller) = self.owner
            && self.callees.recurs(caller, function)
        {
            self.found.recursive_calls.push(expr.span);
        }
        for clause in &decl.requires {
            if matches!(clause.expr.kind, ExprKind::Bool(true)) {
                continue;
            }
            let place = CheckPlace::Entry(expr.span, clause.span);
            let checks = vec![CheckKey { kind: TrapKind::Requires, place }];
            let mut precondition = self.obligation(Kind::CallPre, expr.span, checks);
            precondition.text = excerpt(&clause.text);
            precondition.about = About::Callee(function, clause.span);
            precondition.listing = Listing::UnlessProved;
            self.found.calls.push(precondition);
        }
    }

    /// A call of a function of the prelude or of the machine.
    fn prelude_call(&mut self, expr: &Expr, function: FnId, decl: &FnDecl) {
        for (domain, listed) in self.callees.obligations(function, decl) {
            let place = match decl.body_expr() {
                Some(_) => CheckPlace::Prelude(expr.span),
                None => CheckPlace::Here(expr.span),
            };
            let mut obligation = self.obligation(domain.kind, expr.span, vec![CheckKey { kind: domain.trap, place }]);
            obligation.listing = if listed { Listing::Always } else { Listing::WhenRefuted };
            if let Some(requires) = domain.requires {
                obligation.text = requires.to_owned();
            }
            obligation.about = About::Builtin(function);
            if domain.kind == Kind::CallPre {
                self.found.calls.push(obligation);
            } else {
                self.found.operations.push(obligation);
            }
        }
    }

    /// What a host answers must have the type that the operation declares.
    fn answer(&mut self, expr: &Expr, effect: &EffectUse, operation: u32) {
        if effect.effect == effects::STATE || effect.effect == effects::EXN {
            return;
        }
        let declared = &self.program.effect(effect.effect).operations[operation as usize];
        let types = &self.program.types;
        let plain = |ty: Ty| {
            matches!(
                types.kind(ty),
                TyKind::Unit
                    | TyKind::Int
                    | TyKind::Nat
                    | TyKind::Bool
                    | TyKind::Byte
                    | TyKind::Float64
                    | TyKind::String
                    | TyKind::Never
            )
        };
        if plain(declared.result) {
            return;
        }
        let checks = [TrapKind::Refinement, TrapKind::Invariant];
        let place = CheckPlace::Here(expr.span);
        let checks = checks.into_iter().map(|kind| CheckKey { kind, place }).collect();
        let answer = self.obligation(Kind::RefineBind, expr.span, checks);
        self.found.operations.push(Obligation { listing: Listing::WhenRefuted, ..answer });
    }

    /// Whether a number is natural by the way it is written.
    fn is_natural(&self, expr: &Expr) -> bool {
        match &expr.kind {
            _ if self.program.types.structural(expr.ty) == Ty::NAT => true,
            ExprKind::Int(value) => *value >= 0,
            ExprKind::Arithmetic(op, NumberKind::Int, left, right) => {
                *op != ArithmeticOp::Sub && self.is_natural(left) && self.is_natural(right)
            }
            ExprKind::Coerce(Coercion::Widen, _, inner) => self.is_natural(inner),
            _ => false,
        }
    }

    fn is_refined(&self, ty: Ty) -> bool {
        match self.program.types.kind(ty) {
            TyKind::Alias(_, _, inner) => self.is_refined(*inner),
            TyKind::Refined(..) => true,
            _ => false,
        }
    }

    /// An obligation that one check at `span` carries out.
    fn here(&self, kind: Kind, trap: TrapKind, span: Span) -> Obligation {
        self.obligation(kind, span, vec![CheckKey { kind: trap, place: CheckPlace::Here(span) }])
    }

    fn obligation(&self, kind: Kind, span: Span, checks: Vec<CheckKey>) -> Obligation {
        let text = excerpt(self.program.sources.text(span));
        Obligation { kind, owner: self.owner, span, text, about: About::Itself, listing: Listing::Always, checks }
    }
}

/// What declares the condition of a conversion.
fn about_of(coercion: &Coercion) -> About {
    match coercion {
        Coercion::Refine(predicate, _) => About::Refinement(*predicate),
        _ => About::Itself,
    }
}

/// Whether an expression is a positive integer literal.
fn is_positive(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Int(value) => *value > 0,
        ExprKind::Coerce(Coercion::Widen | Coercion::ToNat, _, inner) => is_positive(inner),
        _ => false,
    }
}
