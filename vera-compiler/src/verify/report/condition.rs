//! Conditions as Vera code, made from the text of the program: the condition under which an operation is safe.
//!
//! A condition is offered only if its meaning is right: its slots are those of the place. It is proposed as a
//! precondition only if its slots are parameters with the same slots in clauses, and if it has a value for all arguments:
//! an index that is within bounds at the place may be outside on entry.

use crate::source::Span;
use crate::tir::{ArithmeticOp, Body, Expr, ExprKind, FnDecl, LocalId, NumberKind, Predicate, Program};
use crate::types::Ty;
use crate::verify::obligation::{About, Kind, Obligation, Owner};
use std::collections::HashMap;

/// Longer operands are not repeated in a condition, in bytes.
const MOST: usize = 80;

/// The expressions of the owner that was asked for last, by place.
#[derive(Debug, Default)]
pub(super) struct Expressions<'p> {
    owner: Option<Owner>,
    by_span: HashMap<Span, Vec<&'p Expr>>,
}

/// A condition for an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// As Vera code.
    pub(super) text: String,
    /// Whether it can stand in `requires` of the function.
    pub(super) as_precondition: bool,
    /// Whether it stands there already, so that proposing it does not help.
    pub(super) stated: bool,
}

impl<'p> Expressions<'p> {
    fn at(&mut self, program: &'p Program, owner: Owner, span: Span) -> &[&'p Expr] {
        if self.owner != Some(owner) {
            self.owner = Some(owner);
            self.by_span.clear();
            let by_span = &mut self.by_span;
            let mut note = |expr: &'p Expr| by_span.entry(expr.span).or_default().push(expr);
            match owner {
                Owner::Function(function) => program.function(function).walk(&mut note),
                Owner::Refinement(predicate) => program.predicate(predicate).expr.walk(&mut note),
                Owner::Invariant(data) => {
                    if let Some(invariant) = &program.data(data).invariant {
                        invariant.expr.walk(&mut note);
                    }
                }
            }
        }
        self.by_span.get(&span).map_or(&[], Vec::as_slice)
    }

    /// What would have to hold at an obligation, if that can be said in short.
    pub(super) fn condition(&mut self, program: &'p Program, obligation: &Obligation) -> Option<Condition> {
        if obligation.kind == Kind::Ensures {
            return promised(program, obligation);
        }
        let candidates = self.at(program, obligation.owner, obligation.span);
        let (text, operands) = candidates.iter().find_map(|expr| of(program, obligation, expr))?;
        // Of constants nothing can be asked.
        operands.iter().any(|operand| names_binding(operand)).then_some(())?;
        let stated = obligation.owner.function().is_some_and(|function| {
            let clauses = program.function(function).requires.iter();
            clauses.clone().any(|clause| program.sources.text(clause.expr.span).trim() == text)
        });
        let as_precondition = obligation.owner.function().is_some_and(|function| {
            let decl = program.function(function);
            operands.iter().all(|operand| is_of_parameters(program, decl, operand) && is_total(program, operand))
        });
        Some(Condition { text, as_precondition, stated })
    }
}

/// Whether an expression names a parameter or another binding.
fn names_binding(expr: &Expr) -> bool {
    let mut names = false;
    expr.walk(&mut |part| names |= matches!(part.kind, ExprKind::Local(_)));
    names
}

/// The condition for an expression, and what it is about.
fn of<'p>(program: &'p Program, obligation: &Obligation, expr: &'p Expr) -> Option<(String, Vec<&'p Expr>)> {
    let text = |operand| operand_text(program, operand);
    match (obligation.kind, &expr.kind) {
        (Kind::NatSub, ExprKind::Arithmetic(ArithmeticOp::Sub, _, left, right)) => {
            Some((format!("{} >= {}", text(left)?, text(right)?), vec![left, right]))
        }
        (Kind::DivZero, ExprKind::Arithmetic(ArithmeticOp::Div | ArithmeticOp::Rem, _, _, right)) => {
            Some((format!("{} != 0", text(right)?), vec![right]))
        }
        (Kind::IndexBounds, ExprKind::Index(array, index)) => {
            let (of, at) = (text(array)?, text(index)?);
            let is_positive = matches!(plain(index).kind, ExprKind::Int(0..));
            let lower =
                if is_positive || is_natural(program, index) { String::new() } else { format!("0 <= {at} && ") };
            Some((format!("{lower}{at} < array_length({of})"), vec![array, index]))
        }
        (Kind::FloatToIntDomain, ExprKind::Call { args, .. }) => {
            let [argument] = args.as_slice() else { return None };
            let of = text(argument)?;
            let text = format!("{of} >= -9223372036854775808.0 && {of} < 9223372036854775808.0");
            Some((text, vec![argument]))
        }
        (Kind::NatBind, ExprKind::Coerce(_, _, inner)) => Some((format!("{} >= 0", text(inner)?), vec![inner])),
        (Kind::RefineBind, ExprKind::Coerce(_, _, inner)) => {
            let About::Refinement(predicate) = obligation.about else { return None };
            let predicate = program.predicate(predicate);
            Some((with_value(program, predicate, &text(plain(inner))?)?, vec![inner]))
        }
        (Kind::Assert, ExprKind::Assert(condition)) => {
            Some((substituted(program, condition, &|_| None)?, vec![condition]))
        }
        (Kind::CallPre, ExprKind::Call { args, .. }) => {
            let About::Callee(callee, clause) = obligation.about else { return None };
            let decl = program.function(callee);
            let clause = decl.requires.iter().find(|requires| requires.span == clause)?;
            let arguments: Vec<String> = args.iter().map(|arg| text(plain(arg))).collect::<Option<_>>()?;
            let replaced = |local: LocalId| {
                decl.params.iter().position(|&param| param == local).map(|index| arguments[index].clone())
            };
            Some((substituted(program, &clause.expr, &replaced)?, args.iter().collect()))
        }
        _ => None,
    }
}

/// What callers would have to promise for a postcondition: itself, with the body for the result.
fn promised(program: &Program, obligation: &Obligation) -> Option<Condition> {
    let decl = program.function(obligation.owner.function()?);
    let clause = decl.ensures.iter().find(|ensures| ensures.span == obligation.span)?;
    let Body::Expr(body) = &decl.body else { return None };
    let mut body = plain(body);
    while let ExprKind::Block(stmts, value) = &body.kind {
        if !stmts.is_empty() {
            return None;
        }
        body = plain(value);
    }
    let value = operand_text(program, body)?;
    let replaced = |local: LocalId| (local == decl.result_local).then(|| value.clone());
    let text = substituted(program, &clause.expr, &replaced)?;
    let mut locals = Vec::new();
    clause.expr.walk(&mut |expr| {
        if let ExprKind::Local(local) = expr.kind {
            locals.push(local);
        }
    });
    let known = locals.iter().all(|local| *local == decl.result_local || decl.params.contains(local));
    let asks = locals.iter().any(|local| *local != decl.result_local) || names_binding(body);
    (asks && known && is_of_parameters(program, decl, body)).then_some(Condition {
        text,
        as_precondition: true,
        stated: false,
    })
}

/// A predicate with a value in place of what it speaks of.
fn with_value(program: &Program, predicate: &Predicate, value: &str) -> Option<String> {
    substituted(program, &predicate.expr, &|local| (local == predicate.binder).then(|| value.to_owned()))
}

/// The text of an expression with other texts for some bindings; the expression binds nothing itself.
fn substituted(program: &Program, expr: &Expr, replaced: &dyn Fn(LocalId) -> Option<String>) -> Option<String> {
    let text = program.sources.text(expr.span);
    let mut places: Vec<(Span, String)> = Vec::new();
    if text.len() > MOST || text.contains('\n') {
        return None;
    }
    let mut simple = true;
    expr.walk(&mut |part| match &part.kind {
        ExprKind::Local(local) => places.extend(replaced(*local).map(|text| (part.span, text))),
        ExprKind::Closure(_) | ExprKind::Match(..) | ExprKind::Block(..) | ExprKind::Handle(_) => simple = false,
        _ => {}
    });
    if !simple {
        return None;
    }
    places.sort_by_key(|(span, _)| span.start);
    let mut out = String::new();
    let mut at = expr.span.start;
    for (span, text) in places {
        // What stands for something else, such as an adapter, has no text of its own.
        if span.start < at || !expr.span.contains(span) {
            return None;
        }
        out += program.sources.text(Span::new(span.file, at, span.start));
        out += &text;
        at = span.end;
    }
    out += program.sources.text(Span::new(expr.span.file, at, expr.span.end));
    Some(out)
}

/// The text of an operand, in parentheses where another operator could take a part of it.
fn operand_text(program: &Program, expr: &Expr) -> Option<String> {
    let text = program.sources.text(expr.span);
    if text.len() > MOST || text.contains('\n') {
        return None;
    }
    let whole = match &plain(expr).kind {
        ExprKind::Local(_)
        | ExprKind::Unit
        | ExprKind::Bool(_)
        | ExprKind::Int(0..)
        | ExprKind::Float(_)
        | ExprKind::String(_)
        | ExprKind::Call { .. }
        | ExprKind::Construct { .. }
        | ExprKind::Tuple(_)
        | ExprKind::Array(_)
        | ExprKind::Index(..) => true,
        ExprKind::If(..) | ExprKind::Match(..) | ExprKind::Block(..) | ExprKind::Handle(_) => return None,
        _ => text.starts_with('(') && text.ends_with(')'),
    };
    Some(if whole { text.to_owned() } else { format!("({text})") })
}

/// Whether every slot of an expression is a parameter that the clauses of the function know by the same slot.
fn is_of_parameters(program: &Program, decl: &FnDecl, expr: &Expr) -> bool {
    let slots = program.parameter_slots(decl);
    let mut all = true;
    expr.walk(&mut |part| {
        if let ExprKind::Local(local) = part.kind {
            let slot = decl.params.iter().position(|&param| param == local).map(|index| slots[index].as_str());
            all &= slot.is_some_and(|slot| slot == program.sources.text(part.span));
        }
    });
    all
}

/// Whether an expression has a value for all arguments, overflow apart.
fn is_total(program: &Program, expr: &Expr) -> bool {
    let mut total = true;
    expr.walk(&mut |part| {
        total &= match &part.kind {
            ExprKind::Index(..) => false,
            ExprKind::Arithmetic(ArithmeticOp::Div | ArithmeticOp::Rem, _, _, right) => {
                matches!(plain(right).kind, ExprKind::Int(divisor) if divisor != 0)
            }
            ExprKind::Arithmetic(ArithmeticOp::Sub, NumberKind::Nat, ..) => false,
            ExprKind::Call { function, .. } => {
                let mut requires = program.function(*function).requires.iter();
                requires.all(|clause| matches!(clause.expr.kind, ExprKind::Bool(true)))
            }
            _ => true,
        };
    });
    total
}

fn is_natural(program: &Program, expr: &Expr) -> bool {
    program.types.structural(plain(expr).ty) == Ty::NAT
}

/// Below conversions.
fn plain(mut expr: &Expr) -> &Expr {
    while let ExprKind::Coerce(_, _, inner) = &expr.kind {
        expr = inner;
    }
    expr
}
