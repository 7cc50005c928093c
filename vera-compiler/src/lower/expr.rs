//! Expressions, in order of evaluation.

use super::body::{Body, Value};
use super::checks::Operation;
use super::sites::Check;
use crate::core::{Atom, End, Op, Prim};
use crate::tir::{Coercion, CoercionSite, Expr, ExprKind, LogicOp, Quantifier, Stmt};
use crate::types::Ty;
use vera_abi::layout::Rep;
use vera_abi::trap::TrapKind;

impl<'p> Body<'_, 'p> {
    /// The value of an expression.
    pub(super) fn expr(&mut self, expr: &'p Expr) -> Atom {
        self.lower(expr, false)
    }

    /// The value of an expression whose value is the function's result: its calls may be tail calls.
    pub(super) fn tail(&mut self, expr: &'p Expr) -> Atom {
        self.lower(expr, true)
    }

    /// The values of expressions, from left to right.
    pub(super) fn exprs(&mut self, list: &'p [Expr]) -> Vec<Atom> {
        list.iter().map(|expr| self.expr(expr)).collect()
    }

    /// An expression that may be a known lambda.
    pub(super) fn value(&mut self, expr: &'p Expr) -> Value {
        match &expr.kind {
            ExprKind::Closure(closure) => {
                let ty = self.ty(expr.ty);
                Value::Lambda(self.lambda(closure, ty))
            }
            ExprKind::Local(local) => self.lookup(*local, expr.span),
            ExprKind::Coerce(Coercion::Widen, _, inner) if is_function(&inner.kind) => self.value(inner),
            _ => Value::Atom(self.expr(expr)),
        }
    }

    pub(super) fn lower(&mut self, expr: &'p Expr, tail: bool) -> Atom {
        if !has_line(&expr.kind) {
            return self.lower_here(expr, tail);
        }
        let outer = self.b.set_line(self.lo.program.sources.file(expr.span.file).line_at(expr.span.start));
        let value = self.lower_here(expr, tail);
        self.b.set_line(outer);
        value
    }

    fn lower_here(&mut self, expr: &'p Expr, tail: bool) -> Atom {
        match &expr.kind {
            ExprKind::Unit => Atom::Unit,
            ExprKind::Bool(value) => Atom::Byte(u8::from(*value)),
            ExprKind::Int(value) => Atom::I64(*value),
            ExprKind::Byte(value) => Atom::Byte(*value),
            ExprKind::Float(value) => Atom::F64(*value),
            ExprKind::String(text) => Atom::Str(text.as_str().into()),
            ExprKind::Interpolated(parts) => self.interpolated(parts),
            ExprKind::Local(_) | ExprKind::Closure(_) => {
                let value = self.value(expr);
                self.materialise(value)
            }
            ExprKind::Call { function, type_args, args } => self.call(expr, *function, type_args, args, tail),
            ExprKind::Ability { ability, at, args } => self.ability(*ability, *at, args, expr.span),
            ExprKind::Construct { data, tag, args, .. } => self.construct(expr, *data, *tag, args),
            ExprKind::Tuple(items) => self.tuple(expr, items),
            ExprKind::Array(items) => self.array(expr, items),
            ExprKind::Index(array, index) => self.index(expr, array, index),
            ExprKind::Arithmetic(op, kind, left, right) => self.arithmetic(expr, *op, *kind, left, right),
            ExprKind::Negate(kind, operand) => self.negate(expr, *kind, operand),
            ExprKind::Compare(op, at, left, right) => self.compare(*op, *at, left, right),
            ExprKind::Equal { negated, at, left, right } => {
                let (left, right) = (self.expr(left), self.expr(right));
                let at = self.ty(*at);
                self.equal(*negated, at, left, right, expr.span)
            }
            ExprKind::Logic(op, left, right) => self.logic(*op, left, right, tail),
            ExprKind::Not(operand) => {
                let operand = self.expr(operand);
                self.not(operand)
            }
            ExprKind::If(condition, then, otherwise) => {
                let condition = self.expr(condition);
                let rep = self.rep(expr.ty);
                self.branch(condition, rep, |body| body.lower(then, tail), |body| body.lower(otherwise, tail))
            }
            ExprKind::Match(scrutinee, arms) => self.match_(expr, scrutinee, arms, tail),
            ExprKind::Block(stmts, value) => {
                stmts.iter().for_each(|stmt| self.stmt(stmt));
                self.lower(value, tail)
            }
            ExprKind::Apply(function, args) => self.apply(expr, function, args, tail),
            ExprKind::Perform { effect, operation, args } => self.perform(expr, effect, *operation, args),
            ExprKind::Coerce(coercion, site, inner) => self.coerce(expr, coercion, *site, inner, tail),
            ExprKind::Assert(condition) => {
                let seen = self.slots_of(condition);
                let condition = self.expr(condition);
                let text = self.lo.program.sources.text(expr.span).to_owned();
                self.check(condition, Check { kind: TrapKind::Assert, text, span: expr.span }, seen);
                Atom::Unit
            }
            ExprKind::Assume(condition) => self.assume(condition),
            ExprKind::Quantifier(quantifier) => self.quantifier(quantifier),
            ExprKind::Handle(handle) => self.handle(expr, handle),
            ExprKind::Resume(value, _) => self.resume(expr, value.as_deref(), tail),
            ExprKind::Old(effect) => self.old_state(expr, effect),
            ExprKind::New(effect) => self.new_state(expr, effect),
            ExprKind::Hole if self.lo.proofs.is_some() => self.unknown(expr),
            ExprKind::Hole | ExprKind::Invalid => self.refuse(expr),
        }
    }

    fn stmt(&mut self, stmt: &'p Stmt) {
        match stmt {
            Stmt::Let(local, value) => {
                let origin = self.origin_of(value);
                let value = self.value(value);
                self.bind(*local, value);
                self.note_origin(*local, origin);
            }
            Stmt::Destructure(pattern, value) => self.destructure(pattern, value),
            Stmt::Expr(expr) => {
                self.expr(expr);
            }
        }
    }

    /// Logical not.
    pub(super) fn not(&mut self, operand: Atom) -> Atom {
        match operand {
            Atom::Byte(value) => Atom::Byte(u8::from(value == 0)),
            operand => self.b.prim(Prim::Not, vec![operand]),
        }
    }

    fn logic(&mut self, op: LogicOp, left: &'p Expr, right: &'p Expr, tail: bool) -> Atom {
        let left = self.expr(left);
        match op {
            LogicOp::And => self.branch(left, Rep::Byte, |body| body.lower(right, tail), |_| Atom::Byte(0)),
            LogicOp::Or => self.branch(left, Rep::Byte, |_| Atom::Byte(1), |body| body.lower(right, tail)),
            LogicOp::Implies => self.branch(left, Rep::Byte, |body| body.lower(right, tail), |_| Atom::Byte(1)),
        }
    }

    fn construct(&mut self, expr: &'p Expr, data: crate::types::DataId, tag: u32, args: &'p [Expr]) -> Atom {
        let name = &self.lo.program.data(data).constructors[tag as usize].name;
        let fields = args.iter().map(|arg| self.field(name, arg)).collect();
        let ty = self.ty(expr.ty);
        let value = self.record(ty, tag, fields);
        self.check_invariant(data, ty, value.clone(), expr.span);
        value
    }

    /// A field of a constructor, which a failed refinement names.
    fn field(&mut self, constructor: &str, arg: &'p Expr) -> Atom {
        let ExprKind::Coerce(coercion @ Coercion::Refine(..), CoercionSite::Field, inner) = &arg.kind else {
            return self.expr(arg);
        };
        let value = self.field(constructor, inner);
        let slot = self.lo.program.type_symbol(&self.lo.types, arg.ty);
        let place = format!("{constructor}(…) construction: @{slot} binding");
        self.convert(value, coercion, &place, arg.ty, inner.span)
    }

    fn tuple(&mut self, expr: &'p Expr, items: &'p [Expr]) -> Atom {
        let fields = self.exprs(items);
        let ty = self.ty(expr.ty);
        self.record(ty, 0, fields)
    }

    /// A value of a concrete data or tuple type.
    pub(super) fn record(&mut self, ty: Ty, tag: u32, fields: Vec<Atom>) -> Atom {
        if fields.is_empty() {
            return Atom::Static(tag);
        }
        let shape = self.lo.record(ty, tag);
        self.b.emit(Rep::Ptr, Op::Record(shape, fields))
    }

    fn array(&mut self, expr: &'p Expr, items: &'p [Expr]) -> Atom {
        let elements = self.exprs(items);
        if elements.is_empty() {
            return Atom::EmptyArray;
        }
        let rep = self.element_rep(expr.ty);
        self.b.emit(Rep::Slice, Op::Array(rep, elements))
    }

    fn index(&mut self, expr: &'p Expr, array: &'p Expr, index: &'p Expr) -> Atom {
        let rep = self.element_rep(array.ty);
        let (array, index) = (self.expr(array), self.expr(index));
        let site = self.site_of(Operation::Element, expr.span);
        self.b.prim(Prim::ArrayGet(rep, site), vec![array, index])
    }

    /// The representation of the elements of an array type.
    pub(super) fn element_rep(&mut self, array: Ty) -> Rep {
        let array = self.ty(array);
        match *self.lo.types.kind(array) {
            crate::types::TyKind::Array(element) => self.lo.rep(element),
            _ => Rep::Unit,
        }
    }

    /// `forall` and `exists`: a loop over the naturals below the bound, ended by the first that decides.
    fn quantifier(&mut self, quantifier: &'p Quantifier) -> Atom {
        let bound = self.expr(&quantifier.bound);
        let predicate = self.value(&quantifier.predicate);
        let (label, index) = (self.b.label(), self.b.local(Rep::I64));
        let exists = quantifier.exists;
        let at = Atom::Local(index);
        self.lo.note_quantifier(label, exists, bound.clone());
        let body = self.block(|body| {
            let below = body.b.prim(Prim::LtI64, vec![at.clone(), bound]);
            body.branch(
                below,
                Rep::Byte,
                |body| {
                    let holds = match &quantifier.predicate.kind {
                        ExprKind::Closure(closure) if closure.params.len() == 1 => {
                            body.bind(closure.params[0], Value::Atom(at.clone()));
                            body.expr(&closure.body)
                        }
                        _ => body.call_value(predicate, vec![at.clone()], &[Rep::I64], Rep::Byte),
                    };
                    let goes_on = if exists { body.not(holds) } else { holds };
                    body.branch(
                        goes_on,
                        Rep::Byte,
                        |body| {
                            let next = body.b.prim(Prim::WrapAddI64, vec![at.clone(), Atom::I64(1)]);
                            body.b.end(End::Jump(label, vec![next]));
                            Atom::Byte(0)
                        },
                        |_| Atom::Byte(u8::from(exists)),
                    )
                },
                |_| Atom::Byte(u8::from(!exists)),
            )
        });
        self.b.emit(Rep::Byte, Op::Loop { label, params: vec![(index, Atom::I64(0))], body: Box::new(body) })
    }
}

fn is_function(kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::Closure(_) | ExprKind::Local(_))
}

/// Whether a backtrace can meet code of the expression itself: it calls, or it checks.
fn has_line(kind: &ExprKind) -> bool {
    !matches!(
        kind,
        ExprKind::Unit
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Byte(_)
            | ExprKind::Float(_)
            | ExprKind::String(_)
            | ExprKind::Local(_)
            | ExprKind::Block(..)
            | ExprKind::If(..)
            | ExprKind::Logic(..)
            | ExprKind::Not(_)
    )
}
