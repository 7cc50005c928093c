//! Operators on bits, and membership with `in`: Vera has neither.
//!
//! A shift or a mask by a literal has the same value as arithmetic with a power of two. For numbers below 0 that holds for
//! shifts to the left only, so other fixes have edits for operands of type `Nat` only.

use super::{Parser, guess::element};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind};
use crate::syntax::precedence::Infix;
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// Whether the next token, `&` or `|`, stands between integers, of which `left` is the first. Otherwise conditions
    /// are meant. In the right operand of a comparison, where `floor` is the power of its operator, only a literal tells.
    pub(super) fn is_of_bits(&mut self, left: &Expr, floor: u8) -> bool {
        use TokenKind::{EqEq, Ge, Gt, Le, Lt, NotEq};
        let masked = self.kind_at(1) == TokenKind::Int && !matches!(self.kind_at(2), Lt | Le | Gt | Ge | EqEq | NotEq);
        if floor >= Infix::Binary(BinaryOp::Eq).binding().power && !masked {
            return false;
        }
        let ty = self.guess(left);
        match ty.as_deref() {
            Some("Int" | "Nat" | "Byte") => true,
            Some("Bool") => false,
            _ => self.kind_at(1) == TokenKind::Int,
        }
    }

    /// Whether an operator follows that elsewhere binds more tightly than those on bits, or is one of them.
    pub(super) fn binds_differently(&self) -> bool {
        use TokenKind::{Bar, Gt, Lt, Minus, Plus, Unknown};
        match self.kind() {
            Plus | Minus | Bar | Unknown => true,
            kind @ (Gt | Lt) => self.kind_at(1) == kind,
            _ => false,
        }
    }

    /// `a & 1`, `a >> 1`, `a << 1`, `a | b`; `alone` when its operands are what was read.
    pub(super) fn bits(&mut self, op: Span, left: &Expr, right: &Expr, alone: bool) -> ExprKind {
        let written = self.slice(op);
        let code = if written == "&" { Code::E006 } else { Code::E005 };
        let diagnostic = Diagnostic::new(code, op, format!("There is no operator `{written}` on bits."))
            .because("Vera has no operators on bits: powers of two shift and mask.")
            .spec(Section::S4_4);
        let value = match right.kind {
            ExprKind::Int(value) if alone => Some(value),
            _ => None,
        };
        let power = |bits: u64| (bits < 63).then(|| 1_u64 << bits);
        let arithmetic = match (written, value) {
            ("&", Some(mask)) if mask.checked_add(1).is_some_and(u64::is_power_of_two) && mask > 0 => {
                Some((BinaryOp::Rem, mask + 1))
            }
            (">>", Some(bits)) => power(bits).map(|power| (BinaryOp::Div, power)),
            ("<<", Some(bits)) => power(bits).map(|power| (BinaryOp::Mul, power)),
            _ => None,
        };
        let Some((operator, number)) = arithmetic.filter(|(_, number)| i64::try_from(*number).is_ok()) else {
            self.report(diagnostic.fix(
                "Compute with `/`, `%` and `*`: a bit of a number that is not negative is `number / 4 % 2`, with a power of \
                 two for the 4.",
            ));
            self.decl_errors = true;
            return ExprKind::Invalid;
        };
        let operator = operator.as_str();
        let source = self.slice(left.span);
        let compound = matches!(left.kind, ExprKind::Binary { .. } | ExprKind::Pipe { .. }) && !source.starts_with('(');
        let (open, close) = if compound { ("(", ")") } else { ("", "") };
        let code = format!("{open}{source}{close} {operator} {number}");
        let code = self.short(code, &format!("... {operator} {number}"));
        let exact = written == "<<" || self.guess(left).as_deref() == Some("Nat");
        let diagnostic = match exact {
            true => diagnostic.fix(format!("Write `{code}`.")),
            false => diagnostic.fix(format!("Write `{code}` of a number that is not negative.")),
        };
        let rest = Span { start: left.span.end, end: right.span.end, ..op };
        let diagnostic = match (exact, compound) {
            (true, true) => diagnostic.edit(left.span.start_point(), "(").edit(rest, format!(") {operator} {number}")),
            (true, false) => diagnostic.edit(rest, format!(" {operator} {number}")),
            (false, _) => diagnostic,
        };
        self.report(diagnostic);
        self.decl_errors = true;
        ExprKind::Invalid
    }

    /// Whether `in` and a container follow.
    pub(super) fn at_membership(&self) -> bool {
        let container = match self.kind_at(1) {
            TokenKind::LBracket => true,
            TokenKind::At => {
                let ty = self.tokens.get(self.pos + 2).map_or("", |token| self.slice(self.span_of(*token)));
                matches!(ty, "Array" | "Set" | "Map")
            }
            _ => false,
        };
        self.at(TokenKind::In) && container
    }

    /// `a in b`
    pub(super) fn membership(&mut self, op: Span, left: &Expr, right: &Expr) -> ExprKind {
        let (of, container) = (self.guess(left), self.guess(right));
        let container = container.unwrap_or_default();
        let diagnostic = Diagnostic::new(Code::E005, op, "There is no operator `in`.")
            .because("Whether a container has an element is asked with a function.")
            .spec(Section::S9_6);
        let (value, all) = (self.slice(left.span), self.slice(right.span));
        let call = match container.split('<').next().unwrap_or_default() {
            "Set" => Some(format!("set_contains({all}, {value})")),
            "Map" => Some(format!("map_contains({all}, {value})")),
            _ => {
                let ty = element(&container).map(str::to_owned).or_else(|| of.clone());
                let inside = self.one_binding_further(left, ty.as_deref().unwrap_or_default());
                ty.zip(inside).map(|(ty, inside)| {
                    format!("array_any({all}, fn(@{ty} -> @Bool) effects(pure) {{ @{ty}.0 == {inside} }})")
                })
            }
        };
        let whole = left.span.to(right.span);
        self.report(match call.filter(|call| call.len() <= 3 * super::hints::QUOTED && !call.contains('\n')) {
            Some(call) => diagnostic.write(whole, call),
            None => diagnostic.fix(
                "Write `array_any(array, fn(@Int -> @Bool) effects(pure) { @Int.0 == ... })`, or `set_contains(set, value)`.",
            ),
        });
        self.decl_errors = true;
        ExprKind::Invalid
    }

    /// How a slot or a literal is written where one binding of type `ty` is nearer.
    fn one_binding_further(&self, expr: &Expr, ty: &str) -> Option<String> {
        match &expr.kind {
            ExprKind::Slot { ty: written, index } => {
                let name = self.slice(written.span);
                Some(format!("@{name}.{}", index.checked_add(u32::from(name == ty))?))
            }
            ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::String(_) | ExprKind::Bool(_) => {
                Some(self.slice(expr.span).to_owned())
            }
            _ => None,
        }
    }
}
