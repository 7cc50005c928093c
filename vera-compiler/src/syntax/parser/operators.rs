//! Operators of other languages, read as the corresponding Vera operators: `and`, `===`, `**`, `++`, `c ? a : b`.

use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::foreign;
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind};
use crate::syntax::precedence::{ABOVE_INFIX, Infix};
use crate::syntax::token::TokenKind;

/// The operators that are words elsewhere.
const OPERATORS: [BinaryOp; 6] =
    [BinaryOp::And, BinaryOp::Or, BinaryOp::Ne, BinaryOp::Eq, BinaryOp::Rem, BinaryOp::Div];

/// What an operator of another language is in Vera.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    /// An operator.
    Infix(BinaryOp),
    /// The concatenation of strings or arrays.
    Concat,
    /// A power.
    Power,
    /// One on bits.
    Bits,
    /// Membership.
    In,
}

/// An operator of another language.
pub(super) struct ForeignOperator {
    pub(super) meaning: Meaning,
    /// Of how many tokens it consists.
    pub(super) tokens: usize,
}

impl Meaning {
    /// How tightly it binds.
    pub(super) fn power(self) -> u8 {
        match self {
            Meaning::Infix(op) => Infix::Binary(op).binding().power,
            // On bits it is a little less elsewhere, and nowhere as little as a comparison, except in C.
            Meaning::Concat | Meaning::Bits => Infix::Binary(BinaryOp::Add).binding().power,
            Meaning::In => Infix::Binary(BinaryOp::Lt).binding().power,
            Meaning::Power => ABOVE_INFIX + 1,
        }
    }
}

impl Parser<'_> {
    /// The operator of another language at the next token, behind `left`, in an expression above `floor`.
    pub(super) fn foreign_operator(&mut self, left: &Expr, floor: u8) -> Option<ForeignOperator> {
        use BinaryOp::{And, Div, Eq, Le, Ne, Or};
        use TokenKind::{Assign, Bar, EqEq, Gt, LowerIdent, Lt, NotEq, Plus, Slash, Star, Unknown};
        let joined = self.touches_next();
        let next = if joined { self.kind_at(1) } else { TokenKind::Eof };
        let (meaning, tokens) = match (self.kind(), next) {
            (EqEq, Assign) => (Meaning::Infix(Eq), 2),
            (NotEq, Assign) | (Lt, Gt) => (Meaning::Infix(Ne), 2),
            (Slash, Assign) => (Meaning::Infix(Ne), 2),
            (Assign, Lt) => (Meaning::Infix(Le), 2),
            (Assign, Gt) => return None,
            (Assign, _) => (Meaning::Infix(Eq), 1),
            (Star, Star) => (Meaning::Power, 2),
            (Slash, Slash) => (Meaning::Infix(Div), 2),
            (Plus, Plus) if self.starts_operand(2) => (Meaning::Concat, 2),
            (Gt, Gt) | (Lt, Lt) if self.starts_operand(2) => (Meaning::Bits, 2),
            (TokenKind::In, _) if self.at_membership() => (Meaning::In, 1),
            (Bar, _) if self.starts_operand(1) && self.is_of_bits(left, floor) => (Meaning::Bits, 1),
            (Bar, _) if self.starts_operand(1) => (Meaning::Infix(Or), 1),
            (Unknown, _) if self.starts_operand(1) => match self.slice(self.span()) {
                "&" if self.is_of_bits(left, floor) => (Meaning::Bits, 1),
                "&" => (Meaning::Infix(And), 1),
                "^" => (Meaning::Power, 1),
                _ => return None,
            },
            (LowerIdent, _) if self.starts_operand(1) && !self.starts_line() => {
                let op = foreign::operator(self.slice(self.span()))?;
                (Meaning::Infix(OPERATORS.into_iter().find(|known| known.as_str() == op)?), 1)
            }
            _ => return None,
        };
        Some(ForeignOperator { meaning, tokens })
    }

    /// Whether an operand starts `ahead` tokens further on.
    fn starts_operand(&self, ahead: usize) -> bool {
        self.kind_at(ahead).starts_expr()
    }

    /// Whether nothing separates the next token from the one behind it.
    pub(super) fn touches_next(&self) -> bool {
        self.tokens.get(self.pos + 1).is_some_and(|next| next.start == self.span().end)
    }

    /// Reads an operator of another language and its right operand.
    pub(super) fn foreign_infix(&mut self, operator: &ForeignOperator, left: Box<Expr>) -> PResult<Box<Expr>> {
        let first = self.bump();
        for _ in 1..operator.tokens {
            self.bump();
        }
        let op_span = self.since(first);
        let floor = match operator.meaning {
            Meaning::Infix(op) => Infix::Binary(op).binding().right_floor(),
            _ => operator.meaning.power(),
        };
        let right = self.expr_above(floor)?;
        let span = left.span.to(right.span);
        let kind = match operator.meaning {
            Meaning::Infix(op) => {
                self.wrong_operator(op_span, op.as_str());
                ExprKind::Binary { op, op_span, left, right }
            }
            Meaning::Concat => self.concatenation(op_span, &left, &right),
            Meaning::Power => self.power(op_span, &left, &right),
            Meaning::Bits => {
                let alone = !self.binds_differently();
                self.bits(op_span, &left, &right, alone)
            }
            Meaning::In => self.membership(op_span, &left, &right),
        };
        Ok(Box::new(Expr { kind, span }))
    }

    fn wrong_operator(&mut self, span: Span, operator: &str) {
        let written = self.slice(span);
        let why = match (written, operator) {
            ("//", _) => "`/` on integers drops the fraction already; a comment starts with `--`.",
            ("=", _) => "`=` binds a value in a `let`; equality is written `==`.",
            ("&" | "|", _) => "Vera has no operators on bits; conditions are joined with `&&` and `||`.",
            _ => "Each operator has one spelling.",
        };
        self.report(
            Diagnostic::new(self.code_of(written), span, format!("The operator is not written `{written}`."))
                .because(why)
                .write(span, operator)
                .spec(Section::S1_5),
        );
        self.decl_errors = true;
    }

    /// The code for an operator: some are no token of Vera at all.
    fn code_of(&self, operator: &str) -> Code {
        if matches!(operator, "&" | "^") { Code::E006 } else { Code::E005 }
    }

    /// `a ++ b`
    fn concatenation(&mut self, op: Span, left: &Expr, right: &Expr) -> ExprKind {
        let ty = self.guess(left).or_else(|| self.guess(right));
        let function = match ty.as_deref() {
            Some("String") => Some("string_concat"),
            Some(ty) if ty.starts_with("Array<") => Some("array_concat"),
            _ => None,
        };
        let diagnostic = Diagnostic::new(Code::E005, op, format!("There is no operator `{}`.", self.slice(op)))
            .because("Strings and arrays are joined by functions, and values are put into a string with `\\(...)`.")
            .spec(Section::S4_13);
        let diagnostic = match function {
            Some(function) => {
                let call = format!("{function}({}, {})", self.slice(left.span), self.slice(right.span));
                diagnostic
                    .fix(format!("Write `{}`.", self.short(call, &format!("{function}(..., ...)"))))
                    .edit(left.span.start_point(), format!("{function}("))
                    .edit(Span { start: left.span.end, end: right.span.start, ..op }, ", ")
                    .edit(right.span.end_point(), ")")
            }
            None => diagnostic.fix("Write `string_concat(..., ...)` of strings, `array_concat(..., ...)` of arrays."),
        };
        self.report(diagnostic);
        self.decl_errors = true;
        match &left.kind {
            // What it is of is known to what encloses it.
            ExprKind::String(_) => ExprKind::String(String::new()),
            _ => ExprKind::Invalid,
        }
    }

    /// `a ** n`
    fn power(&mut self, op: Span, left: &Expr, right: &Expr) -> ExprKind {
        let float = self.guess(left).is_some_and(|ty| ty == "Float64");
        let base = self.slice(left.span);
        let code = self.code_of(self.slice(op));
        let diagnostic = Diagnostic::new(code, op, format!("There is no operator `{}`.", self.slice(op)))
            .because("A power of `Float64` is `pow`; integers are multiplied.")
            .spec(Section::S4_4);
        let diagnostic = match right.kind {
            _ if float => diagnostic
                .fix(format!("Write `pow({base}, {})`.", self.slice(right.span)))
                .edit(left.span.start_point(), "pow(")
                .edit(Span { start: left.span.end, end: right.span.start, ..op }, ", ")
                .edit(right.span.end_point(), ")"),
            ExprKind::Int(times @ 2..=4) if base.len() <= super::hints::QUOTED => {
                let product = vec![base; times as usize].join(" * ");
                diagnostic.write(left.span.to(right.span), format!("({product})"))
            }
            _ => diagnostic.fix(format!("Multiply `{base}` in a recursive function, or write `pow` of a `Float64`.")),
        };
        self.report(diagnostic);
        self.decl_errors = true;
        ExprKind::Invalid
    }

    /// `c ? a : b` behind `c`, or `a if c else b` behind `a`.
    pub(super) fn conditional_operator(&mut self, first: Box<Expr>) -> PResult<Box<Expr>> {
        self.enter()?;
        let read = self.conditional_inside(first);
        self.leave();
        read
    }

    fn conditional_inside(&mut self, first: Box<Expr>) -> PResult<Box<Expr>> {
        let question = self.at(TokenKind::Question);
        let operator = self.bump();
        let second = self.expr()?;
        if question && !self.at(TokenKind::Colon) {
            return Err(self.unexpected("`:` and the other value"));
        }
        if !question && !self.at(TokenKind::Else) {
            return Err(self.unexpected("`else` and the other value"));
        }
        self.bump();
        let third = self.expr()?;
        let span = first.span.to(third.span);
        let (condition, value) = if question { (&first, &second) } else { (&second, &first) };
        let text = |expr: &Expr| self.short(self.slice(expr.span).to_owned(), "...");
        let written = format!("if {} then {{ {} }} else {{ {} }}", text(condition), text(value), text(&third));
        let between = |from: &Expr, to: &Expr| Span { start: from.span.end, end: to.span.start, ..from.span };
        let mut diagnostic =
            Diagnostic::new(Code::E005, operator, "A value that depends on a condition is an `if` with two blocks.")
                .because("There is no `? :`; an `if` is an expression.")
                .fix(format!("Write `{written}`."))
                .spec(Section::S4_8);
        if question {
            diagnostic = diagnostic.edit(first.span.start_point(), "if ").edit(between(&first, &second), " then { ");
            diagnostic = diagnostic.edit(between(&second, &third), " } else { ");
        } else {
            let head = format!("if {} then {{ ", self.slice(second.span));
            diagnostic = diagnostic.edit(first.span.start_point(), head).edit(between(&first, &third), " } else { ");
        }
        self.report(diagnostic.edit(third.span.end_point(), " }"));
        self.decl_errors = true;
        Ok(Box::new(Expr { kind: ExprKind::Invalid, span }))
    }

    /// Whether a conditional operator of another language follows the expression that was read.
    pub(super) fn at_conditional_operator(&self) -> bool {
        match self.kind() {
            TokenKind::Question => self.kind_at(1).starts_expr() && !self.touches_next(),
            TokenKind::If => !self.starts_line() && self.kind_at(1).starts_expr(),
            _ => false,
        }
    }
}
