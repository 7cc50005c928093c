//! Operators: pipes, binary and unary operators, indexing.

use super::assemble::invalid_expr;
use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::syntax::precedence::{Assoc, Infix};
use crate::syntax::token::TokenKind;

/// The infix operator of a token.
fn infix_of(kind: TokenKind) -> Option<Infix> {
    Some(Infix::Binary(match kind {
        TokenKind::Pipe => return Some(Infix::Pipe),
        TokenKind::Implies => BinaryOp::Implies,
        TokenKind::OrOr => BinaryOp::Or,
        TokenKind::AndAnd => BinaryOp::And,
        TokenKind::EqEq => BinaryOp::Eq,
        TokenKind::NotEq => BinaryOp::Ne,
        TokenKind::Lt => BinaryOp::Lt,
        TokenKind::Le => BinaryOp::Le,
        TokenKind::Gt => BinaryOp::Gt,
        TokenKind::Ge => BinaryOp::Ge,
        TokenKind::Plus => BinaryOp::Add,
        TokenKind::Minus => BinaryOp::Sub,
        TokenKind::Star => BinaryOp::Mul,
        TokenKind::Slash => BinaryOp::Div,
        TokenKind::Percent => BinaryOp::Rem,
        _ => return None,
    }))
}

impl Parser<'_> {
    /// An expression. Boxed, like all that is passed up through the operators: these functions are on the
    /// stack once per level of nesting.
    pub(super) fn expr(&mut self) -> PResult<Box<Expr>> {
        let expr = self.expr_above(0)?;
        if self.at_conditional_operator() { self.conditional_operator(expr) } else { Ok(expr) }
    }

    /// An expression whose operators outside parentheses bind more tightly than `floor`.
    pub(super) fn expr_above(&mut self, floor: u8) -> PResult<Box<Expr>> {
        self.enter()?;
        let outer = std::mem::replace(&mut self.peak, self.depth);
        let expr = self.infix(floor);
        self.peak = self.peak.max(outer);
        self.leave();
        expr
    }

    fn infix(&mut self, floor: u8) -> PResult<Box<Expr>> {
        let mut left = self.unary()?;
        let mut chained = 0;
        loop {
            let Some(op) = infix_of(self.kind()).filter(|_| !self.at_composite()) else {
                match self.foreign_operator(&left, floor) {
                    Some(operator) if operator.meaning.power() > floor => {
                        let left_peak = self.push_down()?;
                        left = self.foreign_infix(&operator, left)?;
                        self.peak = self.peak.max(left_peak);
                        continue;
                    }
                    _ => break,
                }
            };
            let binding = op.binding();
            if binding.power <= floor {
                break;
            }
            if binding.power == chained {
                return Err(self.comparison_chain(&left));
            }
            chained = if binding.assoc == Assoc::None { binding.power } else { 0 };
            let left_peak = self.push_down()?;
            let op_span = self.bump();
            let right = self.expr_above(binding.right_floor())?;
            self.peak = self.peak.max(left_peak);
            left = self.combine(op, op_span, left, right);
        }
        Ok(left)
    }

    /// Whether the next operator and the token that touches it are one operator elsewhere.
    fn at_composite(&self) -> bool {
        use TokenKind::{Assign, EqEq, Gt, Lt, NotEq, Plus, Slash, Star};
        let pair = (self.kind(), self.kind_at(1));
        let composite = matches!(
            pair,
            (EqEq | NotEq | Slash, Assign) | (Lt, Gt | Lt) | (Gt, Gt) | (Star, Star) | (Slash, Slash) | (Plus, Plus)
        );
        composite && self.touches_next()
    }

    fn combine(&mut self, op: Infix, op_span: Span, left: Box<Expr>, mut right: Box<Expr>) -> Box<Expr> {
        let span = left.span.to(right.span);
        let kind = match op {
            Infix::Binary(op) => ExprKind::Binary { op, op_span, left, right },
            Infix::Pipe => {
                self.check_pipe_target(&mut right);
                ExprKind::Pipe { left, call: right }
            }
        };
        Box::new(Expr { kind, span })
    }

    /// Reports a pipe into something that is no call, and makes it invalid.
    fn check_pipe_target(&mut self, right: &mut Expr) {
        let what = match &right.kind {
            ExprKind::Call { .. }
            | ExprKind::ModuleCall { .. }
            | ExprKind::QualifiedCall { .. }
            | ExprKind::Constructor { .. }
            | ExprKind::Invalid => return,
            ExprKind::NullaryConstructor(_) => "a constructor without parentheses",
            ExprKind::Resume(_) => "`resume`",
            ExprKind::AnonymousFn(_) => "a function value",
            ExprKind::Binary { .. } => "an operation",
            ExprKind::Unary { .. } => "a negation",
            ExprKind::Pipe { .. } => "another pipe",
            ExprKind::Block(_) => "a block",
            ExprKind::Slot { .. } => "a slot reference",
            _ => "a value",
        };
        self.report(
            Diagnostic::new(Code::E040, right.span, format!("`|>` leads into {what}, not into a call."))
                .because("`x |> f(y)` is `f(x, y)`: the pipe puts its left side before the call's arguments.")
                .fix("Write a call after it; a function value is called with `apply_fn(value, argument)`.")
                .spec(Section::S4_11_2),
        );
        right.kind = ExprKind::Invalid;
    }

    /// Reports a comparison of the comparison `first`.
    fn comparison_chain(&mut self, first: &Expr) -> super::Reported {
        let operator = self.slice(self.span());
        let diagnostic =
            Diagnostic::new(Code::E005, self.span(), format!("A second comparison, `{operator}`, follows the first."))
                .because("Comparisons do not chain: the result of the first is a Bool.")
                .spec(Section::S1_5);
        let ExprKind::Binary { right, .. } = &first.kind else {
            return self.error(diagnostic.fix("Combine two comparisons with `&&`."));
        };
        let (whole, shared) = (self.short(self.slice(first.span).to_owned(), "..."), self.slice(right.span));
        let shown = self.short(shared.to_owned(), "...");
        let mut diagnostic =
            diagnostic.fix(format!("Combine two comparisons with `&&`: `{whole} && {shown} {operator} ...`"));
        if shared.len() <= super::hints::QUOTED {
            diagnostic = diagnostic.edit(first.span.end_point(), format!(" && {shared}"));
        }
        self.error(diagnostic)
    }

    fn unary(&mut self) -> PResult<Box<Expr>> {
        match self.kind() {
            TokenKind::Minus => self.prefix(UnaryOp::Neg),
            TokenKind::Bang => self.prefix(UnaryOp::Not),
            _ => self.postfix(),
        }
    }

    fn prefix(&mut self, op: UnaryOp) -> PResult<Box<Expr>> {
        let start = self.bump();
        self.enter()?;
        let operand = self.unary();
        self.leave();
        let operand = operand?;
        let span = start.to(operand.span);
        Ok(Box::new(Expr { kind: ExprKind::Unary { op, operand }, span }))
    }

    fn postfix(&mut self) -> PResult<Box<Expr>> {
        let mut base = self.primary()?;
        loop {
            base = match self.kind() {
                TokenKind::LBracket => {
                    let base_peak = self.push_down()?;
                    let base = self.index(base)?;
                    self.peak = self.peak.max(base_peak);
                    base
                }
                TokenKind::Dot if self.at_method() => {
                    let base_peak = self.push_down()?;
                    let base = self.method(base)?;
                    self.peak = self.peak.max(base_peak);
                    base
                }
                _ => return Ok(base),
            };
        }
    }

    /// `[index]` behind `base`.
    fn index(&mut self, base: Box<Expr>) -> PResult<Box<Expr>> {
        let open = self.bump();
        let index = match self.expr() {
            Ok(index) => index,
            Err(reported) => {
                self.skip_to(|kind| {
                    matches!(kind, TokenKind::RBracket | TokenKind::Semi | TokenKind::RBrace | TokenKind::RParen)
                });
                if !self.at(TokenKind::RBracket) {
                    return Err(reported);
                }
                Box::new(invalid_expr(self.since(open)))
            }
        };
        if !self.at(TokenKind::RBracket) {
            return Err(self.unexpected_in(open, "an operator or `]`"));
        }
        let span = base.span.to(self.bump());
        Ok(Box::new(Expr { kind: ExprKind::Index { base, index }, span }))
    }
}
