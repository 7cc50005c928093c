//! Operators.

use super::deferred::{AbilityUse, Deferred};
use super::{Checker, Expected, invalid};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{self, BinaryOp, ExprKind as Ast, UnaryOp};
use crate::tir::{Ability, ArithmeticOp, CoercionSite, CompareOp, Expr, ExprKind, LogicOp, NumberKind};
use crate::types::{Ty, TyKind};

/// The most parts a suggested string is written out with.
const PARTS: usize = 12;

/// The fix of a comparison of types between which nothing is converted.
const CONVERT: &str = "Convert one side to the type of the other, or take the value to compare out with `match`.";

/// The kinds of binary operator.
enum Operation {
    Arithmetic(ArithmeticOp),
    Compare(CompareOp),
    Equal { negated: bool },
    Logic(LogicOp),
}

fn operation(op: BinaryOp) -> Operation {
    match op {
        BinaryOp::Add => Operation::Arithmetic(ArithmeticOp::Add),
        BinaryOp::Sub => Operation::Arithmetic(ArithmeticOp::Sub),
        BinaryOp::Mul => Operation::Arithmetic(ArithmeticOp::Mul),
        BinaryOp::Div => Operation::Arithmetic(ArithmeticOp::Div),
        BinaryOp::Rem => Operation::Arithmetic(ArithmeticOp::Rem),
        BinaryOp::Lt => Operation::Compare(CompareOp::Lt),
        BinaryOp::Le => Operation::Compare(CompareOp::Le),
        BinaryOp::Gt => Operation::Compare(CompareOp::Gt),
        BinaryOp::Ge => Operation::Compare(CompareOp::Ge),
        BinaryOp::Eq => Operation::Equal { negated: false },
        BinaryOp::Ne => Operation::Equal { negated: true },
        BinaryOp::And => Operation::Logic(LogicOp::And),
        BinaryOp::Or => Operation::Logic(LogicOp::Or),
        BinaryOp::Implies => Operation::Logic(LogicOp::Implies),
    }
}

/// What an operand is to arithmetic.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operand {
    Number(NumberKind),
    /// Reported, never there, or a variable: takes the kind of the other.
    Any,
    Other,
}

/// Arithmetic on what is no number. What encloses it in a chain of operators is part of the same mistake, so it is
/// reported when the chain is at its end.
struct NotNumbers {
    /// Without a fix.
    diagnostic: Diagnostic,
    remedy: Remedy,
}

/// What to write instead of arithmetic.
enum Remedy {
    /// One string, of what was to be added.
    OneString(Vec<Span>),
    /// Something else.
    Other(String),
}

/// The comparison of a number with a string. A string of one character stands for its code.
fn with_code(diagnostic: Diagnostic, string: &Expr) -> Diagnostic {
    let ExprKind::String(text) = &string.kind else { return diagnostic.fix(CONVERT) };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(char), None) => diagnostic
            .fix(format!("Compare with the code of the character: `{}`", u32::from(char)))
            .edit(string.span, u32::from(char).to_string()),
        _ => diagnostic.fix(CONVERT),
    }
}

impl Checker<'_> {
    /// `op operand`
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &ast::Expr, span: Span) -> Expr {
        match op {
            UnaryOp::Neg => {
                if let Ast::Int(value) = operand.kind {
                    return self.negative_integer(value, span);
                }
                self.negate(operand, span)
            }
            UnaryOp::Not => {
                let operand = self.expr_as(operand, Ty::BOOL, CoercionSite::Other, |this, wrong| {
                    let diagnostic = this.mismatch(Code::E146, wrong.span, "The operand of `!`", wrong.ty, Ty::BOOL);
                    this.report(diagnostic.spec(Section::S4_6));
                });
                if matches!(operand.kind, ExprKind::Invalid) {
                    // The operator itself is as likely to be wrong.
                    return invalid(span);
                }
                Expr { kind: ExprKind::Not(Box::new(operand)), ty: Ty::BOOL, span }
            }
        }
    }

    fn negate(&mut self, operand: &ast::Expr, span: Span) -> Expr {
        let operand = self.expr(operand, Expected::Nothing);
        let (number, ty) = match self.operand(operand.ty) {
            Operand::Number(NumberKind::Float) => (NumberKind::Float, Ty::FLOAT64),
            // The negation of a `Nat` is an `Int`.
            Operand::Number(_) => (NumberKind::Int, Ty::INT),
            Operand::Any => {
                self.relate(operand.ty, Ty::INT, false);
                (NumberKind::Int, Ty::INT)
            }
            Operand::Other => {
                let found = self.text(operand.ty);
                self.report(
                    Diagnostic::new(
                        Code::E147,
                        operand.span,
                        format!("`-` needs a number, and this has type `{found}`."),
                    )
                    .because("`Int`, `Nat` and `Float64` can be negated.")
                    .fix(self.number_fix(operand.ty, operand.span))
                    .spec(Section::S4_4),
                );
                return invalid(span);
            }
        };
        let operand = self.convert(operand, ty, CoercionSite::Other);
        Expr { kind: ExprKind::Negate(number, Box::new(operand)), ty, span }
    }

    /// `left op right`
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> Expr {
        match operation(op) {
            Operation::Logic(logic) => self.logic(logic, op, left, right, span),
            Operation::Arithmetic(_) => match self.chain(op, op_span, left, right, span) {
                Ok(expr) => expr,
                Err(wrong) => {
                    self.report_not_numbers(*wrong);
                    invalid(span)
                }
            },
            Operation::Compare(compare) => {
                let (left, right) = self.compared(left, right);
                self.ordering(compare, op, op_span, left, right, span)
            }
            Operation::Equal { negated } => {
                let (left, right) = self.compared(left, right);
                self.equality(negated, op, op_span, left, right, span)
            }
        }
    }

    fn logic(&mut self, logic: LogicOp, op: BinaryOp, left: &ast::Expr, right: &ast::Expr, span: Span) -> Expr {
        let expected = Expected::Target(Ty::BOOL, CoercionSite::Other);
        let left = self.expr(left, expected);
        let left = self.assign(left, Ty::BOOL, CoercionSite::Other);
        let right = self.expr(right, expected);
        let right = self.assign(right, Ty::BOOL, CoercionSite::Other);
        let (left, right) = match (left, right) {
            (Ok(left), Ok(right)) => (left, right),
            (Err(left), Err(right)) => {
                // Then the operator itself is as likely to be wrong.
                let found = self.text(right.ty);
                let diagnostic = self.not_bool(&left, op, Code::E144, "left");
                self.report(diagnostic.label(right.span, format!("the right operand has type `{found}`")));
                return invalid(span);
            }
            (Err(left), Ok(right)) => {
                let diagnostic = self.not_bool(&left, op, Code::E144, "left");
                self.report(diagnostic);
                (invalid(left.span), right)
            }
            (Ok(left), Err(right)) => {
                let diagnostic = self.not_bool(&right, op, Code::E145, "right");
                self.report(diagnostic);
                (left, invalid(right.span))
            }
        };
        Expr { kind: ExprKind::Logic(logic, Box::new(left), Box::new(right)), ty: Ty::BOOL, span }
    }

    #[inline(never)]
    fn not_bool(&mut self, wrong: &Expr, op: BinaryOp, code: Code, side: &str) -> Diagnostic {
        let subject = format!("The {side} operand of `{}`", op.as_str());
        self.mismatch(code, wrong.span, &subject, wrong.ty, Ty::BOOL).spec(Section::S4_6)
    }

    /// Arithmetic, together with the arithmetic on its left.
    fn chain(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> Result<Expr, Box<NotNumbers>> {
        let Operation::Arithmetic(arithmetic) = operation(op) else {
            // Other operators end the chain.
            return Ok(self.binary(op, op_span, left, right, span));
        };
        let first = match &left.kind {
            Ast::Binary { op, op_span, left: first, right } => self.chain(*op, *op_span, first, right, left.span),
            _ => Ok(self.expr(left, Expected::Nothing)),
        };
        let right = self.expr(right, Expected::Nothing);
        match first {
            Ok(left) => self.arithmetic(arithmetic, op, op_span, left, right, span),
            Err(mut wrong) => {
                if let (BinaryOp::Add, Remedy::OneString(parts)) = (op, &mut wrong.remedy) {
                    parts.push(right.span);
                }
                Err(wrong)
            }
        }
    }

    fn operand(&self, ty: Ty) -> Operand {
        match self.shape_kind(ty) {
            TyKind::Int => Operand::Number(NumberKind::Int),
            TyKind::Nat => Operand::Number(NumberKind::Nat),
            TyKind::Float64 => Operand::Number(NumberKind::Float),
            TyKind::Invalid | TyKind::Never | TyKind::Infer(_) => Operand::Any,
            _ => Operand::Other,
        }
    }

    fn arithmetic(
        &mut self,
        arithmetic: ArithmeticOp,
        op: BinaryOp,
        op_span: Span,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Result<Expr, Box<NotNumbers>> {
        use NumberKind::{Float, Int, Nat};
        let kinds = (self.operand(left.ty), self.operand(right.ty));
        let number = match kinds {
            (Operand::Other, _) | (_, Operand::Other) => {
                return Err(self.not_numbers(op, op_span, &left, &right));
            }
            (Operand::Number(Float), Operand::Number(Int | Nat))
            | (Operand::Number(Int | Nat), Operand::Number(Float)) => {
                self.report_mixed(op, op_span, &left, &right);
                return Ok(invalid(span));
            }
            (Operand::Number(Float), _) | (_, Operand::Number(Float)) => Float,
            (Operand::Number(Nat), Operand::Number(Nat) | Operand::Any) | (Operand::Any, Operand::Number(Nat)) => Nat,
            _ => Int,
        };
        let ty = match number {
            Int => Ty::INT,
            Nat => Ty::NAT,
            Float => Ty::FLOAT64,
        };
        self.relate(left.ty, ty, false);
        self.relate(right.ty, ty, false);
        if self.head(left.ty) == Ty::INVALID || self.head(right.ty) == Ty::INVALID {
            // The type is known all the same unless the other operand could change it.
            let ty = if kinds == (Operand::Any, Operand::Any) { Ty::INVALID } else { ty };
            return Ok(Expr { kind: ExprKind::Invalid, ty, span });
        }
        let left = self.convert(left, ty, CoercionSite::Other);
        let right = self.convert(right, ty, CoercionSite::Other);
        Ok(Expr { kind: ExprKind::Arithmetic(arithmetic, number, Box::new(left), Box::new(right)), ty, span })
    }

    /// How to write several values as one string instead of adding them.
    fn with_one_string(&self, diagnostic: Diagnostic, parts: &[Span]) -> Diagnostic {
        let spans = parts.first().zip(parts.last()).map(|(first, last)| first.to(*last));
        let whole = Some(parts).filter(|parts| parts.len() <= PARTS);
        let parts = whole.and_then(|parts| {
            parts.iter().map(|&part| interpolated(&self.quoted(part, "\""))).collect::<Option<String>>()
        });
        match (parts, spans) {
            (Some(text), Some(span)) => diagnostic
                .fix(format!("Put the values into one string: `\"{text}\"`"))
                .edit(span, format!("\"{text}\"")),
            _ => diagnostic.fix(
                "Put the values into one string, such as `\"\\(@String.1) \\(@String.0)\"`, or join two with \
                     `string_concat(@String.1, @String.0)`.",
            ),
        }
    }

    #[inline(never)]
    fn report_not_numbers(&mut self, wrong: NotNumbers) {
        let diagnostic = match wrong.remedy {
            Remedy::OneString(parts) => self.with_one_string(wrong.diagnostic, &parts),
            Remedy::Other(fix) => wrong.diagnostic.fix(fix),
        };
        self.report(diagnostic);
    }

    #[inline(never)]
    fn not_numbers(&mut self, op: BinaryOp, op_span: Span, left: &Expr, right: &Expr) -> Box<NotNumbers> {
        let wrong = if self.operand(left.ty) == Operand::Other { left } else { right };
        let (left_ty, right_ty) = (self.text(left.ty), self.text(right.ty));
        let op = op.as_str();
        let remedy = if op == "+" && self.shape(wrong.ty) == Ty::STRING {
            Remedy::OneString(vec![left.span, right.span])
        } else {
            Remedy::Other(self.number_fix(wrong.ty, wrong.span))
        };
        let description = if self.head(left.ty) == Ty::INVALID || self.head(right.ty) == Ty::INVALID {
            let wrong_ty = self.text(wrong.ty);
            format!("`{op}` needs numbers, and this operand has type `{wrong_ty}`.")
        } else {
            format!("`{op}` needs numbers, and its operands have types `{left_ty}` and `{right_ty}`.")
        };
        let diagnostic = Diagnostic::new(Code::E140, wrong.span, description)
            .because("Arithmetic works on `Int`, `Nat` and `Float64`; operators are not overloaded.")
            .spec(Section::S4_4)
            .label(op_span, "this operator");
        Box::new(NotNumbers { diagnostic, remedy })
    }

    fn number_fix(&self, ty: Ty, span: Span) -> String {
        let source = self.quoted(span, "value");
        match self.shape_kind(ty) {
            TyKind::Byte => format!("Convert it: `byte_to_int({source})`"),
            TyKind::String => format!("Parse it: `parse_int({source})` gives a `Result<Int, String>`."),
            TyKind::Bool => format!("Choose numbers: `if {source} then {{ 1 }} else {{ 0 }}`"),
            TyKind::Param(_) => {
                "A type parameter has no arithmetic; take the operation as a function parameter.".into()
            }
            TyKind::Data(id, _) if Some(*id) == self.env.library_data("Decimal") => {
                "Use `decimal_add`, `decimal_sub`, `decimal_mul` or `decimal_div`.".to_owned()
            }
            TyKind::Data(..) => format!("Take the number out first: `match {source} {{ ... }}`"),
            _ => "Use numbers of one type.".to_owned(),
        }
    }

    #[inline(never)]
    fn report_mixed(&mut self, op: BinaryOp, op_span: Span, left: &Expr, right: &Expr) {
        let (left_ty, right_ty) = (self.text(left.ty), self.text(right.ty));
        let integer = if self.shape(left.ty) == Ty::FLOAT64 { right } else { left };
        let description = format!("`{}` mixes `{left_ty}` and `{right_ty}`.", op.as_str());
        let diagnostic = Diagnostic::new(Code::E141, integer.span, description)
            .because("Integers and floats are never mixed implicitly.")
            .spec(Section::S4_4)
            .label(op_span, "this operator");
        let diagnostic = self.as_float(diagnostic, integer);
        self.report(diagnostic);
    }

    /// The operands of a comparison, each checked with what is known of the other.
    fn compared(&mut self, left: &ast::Expr, right: &ast::Expr) -> (Expr, Expr) {
        let literal = |expr: &ast::Expr| matches!(expr.kind, Ast::Int(_));
        if self.byte_literals && literal(left) && !literal(right) {
            let right = self.expr(right, Expected::Nothing);
            let hint = if self.shape(right.ty) == Ty::BYTE { Expected::Hint(Ty::BYTE) } else { Expected::Nothing };
            return (self.expr(left, hint), right);
        }
        let left = self.expr(left, Expected::Nothing);
        let numeric = matches!(self.shape(left.ty), Ty::BYTE | Ty::NAT) && !(self.byte_literals && literal(right));
        let hint =
            if numeric || self.shape(left.ty) == Ty::INVALID { Expected::Nothing } else { Expected::Hint(left.ty) };
        let right = self.expr(right, hint);
        (left, right)
    }

    /// The type at which two values are compared (E142 when there is none).
    fn comparison_type(&mut self, op: BinaryOp, op_span: Span, left: &Expr, right: &Expr) -> Option<Ty> {
        if let Some(common) = self.join(left.ty, right.ty) {
            return Some(self.shape(common));
        }
        let (left_ty, right_ty) = (self.text(left.ty), self.text(right.ty));
        let diagnostic = Diagnostic::new(
            Code::E142,
            left.span.to(right.span),
            format!("`{}` cannot compare `{left_ty}` with `{right_ty}`.", op.as_str()),
        )
        .because("Both sides of a comparison have one type; only `Int` and `Nat` mix.")
        .spec(Section::S4_5)
        .label(op_span, "this operator");
        let shapes = (self.shape(left.ty), self.shape(right.ty));
        let diagnostic = match shapes {
            (Ty::FLOAT64, Ty::INT | Ty::NAT) => self.as_float(diagnostic, right),
            (Ty::INT | Ty::NAT, Ty::FLOAT64) => self.as_float(diagnostic, left),
            (Ty::BYTE, Ty::INT | Ty::NAT) => self.with_byte(diagnostic, left),
            (Ty::INT | Ty::NAT, Ty::BYTE) => self.with_byte(diagnostic, right),
            (Ty::STRING, Ty::INT | Ty::NAT) => with_code(diagnostic, left),
            (Ty::INT | Ty::NAT, Ty::STRING) => with_code(diagnostic, right),
            _ => diagnostic.fix(CONVERT),
        };
        self.report(diagnostic);
        None
    }

    fn with_byte(&self, diagnostic: Diagnostic, byte: &Expr) -> Diagnostic {
        self.with_call(diagnostic, "byte_to_int", "Compare it as an integer", byte.span)
    }

    fn with_call(&self, diagnostic: Diagnostic, function: &str, words: &str, span: Span) -> Diagnostic {
        diagnostic
            .fix(format!("{words}: `{function}({})`", self.quoted(span, "...")))
            .edit(span.start_point(), format!("{function}("))
            .edit(span.end_point(), ")")
    }

    fn ordering(
        &mut self,
        compare: CompareOp,
        op: BinaryOp,
        op_span: Span,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Expr {
        for operand in [&left, &right] {
            if !self.is_orderable(operand.ty) {
                self.report_unordered(op, op_span, operand);
                return invalid_bool(span);
            }
        }
        let Some(at) = self.comparison_type(op, op_span, &left, &right) else { return invalid_bool(span) };
        let at = if self.is_unknown(at) {
            self.relate(at, Ty::INT, false);
            Ty::INT
        } else {
            at
        };
        if matches!(at, Ty::INVALID | Ty::NEVER) {
            return invalid_bool(span);
        }
        let left = self.convert(left, at, CoercionSite::Other);
        let right = self.convert(right, at, CoercionSite::Other);
        Expr { kind: ExprKind::Compare(compare, at, Box::new(left), Box::new(right)), ty: Ty::BOOL, span }
    }

    fn is_orderable(&self, ty: Ty) -> bool {
        use TyKind::{Byte, Float64, Infer, Int, Invalid, Nat, Never, String};
        matches!(self.shape_kind(ty), Int | Nat | Byte | Float64 | String | Infer(_) | Never | Invalid)
    }

    #[inline(never)]
    fn report_unordered(&mut self, op: BinaryOp, op_span: Span, operand: &Expr) {
        let found = self.text(operand.ty);
        let fix = match self.shape_kind(operand.ty) {
            TyKind::Bool => "Combine with `&&`, `||` and `!`, or choose numbers with `if`.",
            TyKind::Param(_) => ordering_fix(op),
            TyKind::Data(id, _) if self.env.library_data("Decimal") == Some(*id) => {
                "Compare with `decimal_compare(a, b)`, which gives an `Ordering`."
            }
            TyKind::Data(..) => "Take the values to compare out with `match`.",
            TyKind::Tuple(_) => "Take the components out, `let Tuple<@A, @B> = ...;`, and compare those.",
            TyKind::Unit => "There is one value of `Unit` only: leave the comparison out.",
            _ => "Compare a value of the ordered types in it, such as its length.",
        };
        self.report(
            Diagnostic::new(
                Code::E143,
                operand.span,
                format!("Values of type `{found}` have no order for `{}`.", op.as_str()),
            )
            .because("`Int`, `Nat`, `Byte`, `Float64` and `String` are ordered.")
            .fix(fix)
            .spec(Section::S4_5)
            .label(op_span, "this operator"),
        );
    }

    fn equality(&mut self, negated: bool, op: BinaryOp, op_span: Span, left: Expr, right: Expr, span: Span) -> Expr {
        let Some(at) = self.comparison_type(op, op_span, &left, &right) else { return invalid_bool(span) };
        if at == Ty::INVALID {
            return invalid_bool(span);
        }
        let user = AbilityUse::Operator(op);
        self.deferred.push(Deferred::Ability { ability: Ability::Eq, ty: at, user, span: left.span.to(right.span) });
        let left = Box::new(self.convert(left, at, CoercionSite::Other));
        let right = Box::new(self.convert(right, at, CoercionSite::Other));
        Expr { kind: ExprKind::Equal { negated, at, left, right }, ty: Ty::BOOL, span }
    }
}

/// The comparison of values of a type parameter.
fn ordering_fix(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Lt => "Write `compare(a, b) == Less`, and require the order: `forall<T where Ord<T>>`.",
        BinaryOp::Le => "Write `compare(a, b) != Greater`, and require the order: `forall<T where Ord<T>>`.",
        BinaryOp::Gt => "Write `compare(a, b) == Greater`, and require the order: `forall<T where Ord<T>>`.",
        _ => "Write `compare(a, b) != Less`, and require the order: `forall<T where Ord<T>>`.",
    }
}

/// A wrong comparison is a `Bool` all the same.
fn invalid_bool(span: Span) -> Expr {
    Expr { kind: ExprKind::Invalid, ty: Ty::BOOL, span }
}

/// How the source of an operand stands in a string: the text of a literal, or the expression in `\(...)`. What has a string
/// in it cannot, and a sum is one of strings itself.
fn interpolated(source: &str) -> Option<String> {
    match source.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) if !text.contains('"') => Some(text.to_owned()),
        _ if source.contains(['"', '\\', '+']) => None,
        _ => Some(format!("\\({source})")),
    }
}
