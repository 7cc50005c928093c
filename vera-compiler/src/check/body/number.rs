//! Proposals where a number is of the other kind: an integer for a float, or a float for an integer.
//!
//! A proposal computes what the program reads like. So the operands of arithmetic are converted and not its result, because
//! a quotient of integers has lost its fraction; and a function that exists for integers only is replaced by an expression
//! of its operands, because conversions of floats to integers and back drop fractions. Where no such code is certain, the
//! proposal has words and no edits.

use super::Checker;
use crate::diagnostics::{Code, Diagnostic, Edit, Section, edited};
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{ArithmeticOp, Expr, ExprKind, FnId};
use crate::types::Ty;

/// Operands of one expression that a fix converts; with more there are words only.
const OPERANDS: usize = 32;

/// Longer code is not repeated in a fix, in bytes.
const SHOWN: usize = 120;

/// Floats from here on are not all integers that can be written in their place.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Checker<'_> {
    /// [`Checker::mismatch`] for an expression that does not have the expected type.
    #[inline(never)]
    pub(super) fn mismatch_of(&mut self, code: Code, wrong: &Expr, subject: &str, expected: Ty) -> Diagnostic {
        let diagnostic = self.mismatch(code, wrong.span, subject, wrong.ty, expected);
        match (self.shape(wrong.ty), self.shape(expected)) {
            (Ty::INT | Ty::NAT, Ty::FLOAT64) => self.as_float(diagnostic, wrong),
            (Ty::FLOAT64, Ty::INT | Ty::NAT) => without_fraction(diagnostic, wrong),
            (found, expected) if self.is_array_of_tuples(found) => self.with_entries(diagnostic, wrong, expected),
            _ => self.with_body_of_async(diagnostic, wrong),
        }
    }

    /// The diagnostic with the conversion of an integer to a float as its fix.
    pub(super) fn as_float(&self, diagnostic: Diagnostic, integer: &Expr) -> Diagnostic {
        let mut operands = Vec::new();
        collect_operands(integer, &mut operands);
        if let [only] = operands.as_slice()
            && only.span == integer.span
        {
            return match only.kind {
                ExprKind::Int(value) => diagnostic.write(only.span, format!("{value}.0")),
                _ => {
                    let source = self.quoted(only.span, "...");
                    let diagnostic = diagnostic.fix(format!("Convert the integer: `int_to_float({source})`"));
                    converted(only).into_iter().fold(diagnostic, with_edit)
                }
            };
        }
        let words = "Convert the operands with `int_to_float`, not the result.";
        if operands.len() > OPERANDS {
            return diagnostic.fix(words);
        }
        let edits: Vec<Edit> = operands.into_iter().flat_map(converted).collect();
        let whole = edited(&self.env.source_text(integer.span), integer.span.start, &edits);
        let diagnostic = match whole.len() <= SHOWN && !whole.contains('\n') {
            true => diagnostic.fix(format!("Convert the operands: `{whole}`")),
            false => diagnostic.fix(words),
        };
        edits.into_iter().fold(diagnostic, with_edit)
    }

    /// E202 for a call of a function that exists for integers only with floats, or of `pow` with a fraction for its
    /// exponent. The arguments with their types are `given`. Whether it was that.
    pub(super) fn report_integers_only(
        &mut self,
        id: FnId,
        name: &ast::Name,
        given: &[(Span, Ty)],
        wrong: &Expr,
        span: Span,
    ) -> bool {
        if !self.is_library(id) || self.shape(wrong.ty) != Ty::FLOAT64 {
            return false;
        }
        let texts: Vec<Option<String>> = given.iter().map(|&(place, ty)| self.float_text(place, ty)).collect();
        let args: Option<Vec<String>> = texts.into_iter().collect();
        let args = args.as_deref().unwrap_or_default();
        let (because, words, written) = match (name.as_str(), args) {
            ("pow", args) => {
                let ExprKind::Float(exponent) = wrong.kind else { return false };
                if exponent.fract() == 0.0 {
                    return false;
                }
                let root = args.first().filter(|_| exponent == 0.5).map(|base| format!("sqrt({base})"));
                let words = "A square root is `sqrt(value)`; other powers with a fraction are not in the library.";
                (
                    "`pow` multiplies a number with itself so many times; without its fraction the exponent would be another one.",
                    words,
                    root,
                )
            }
            ("abs", [of]) => {
                let written = format!("if {of} < 0.0 then {{ 0.0 - {of} }} else {{ {of} }}");
                (INTEGERS_ONLY, "", Some(written))
            }
            ("max" | "min", [one, other]) => {
                let operator = if name.as_str() == "max" { ">" } else { "<" };
                let written = format!("if {one} {operator} {other} then {{ {one} }} else {{ {other} }}");
                (INTEGERS_ONLY, "", Some(written))
            }
            ("clamp", [value, low, high]) => (INTEGERS_ONLY, "", Some(format!("float_clamp({value}, {low}, {high})"))),
            ("sign", [of]) => {
                let written =
                    format!("if {of} > 0.0 then {{ 1.0 }} else {{ if {of} < 0.0 then {{ -1.0 }} else {{ 0.0 }} }}");
                (INTEGERS_ONLY, "", Some(written))
            }
            ("abs", _) => (
                INTEGERS_ONLY,
                "Bind the value with `let @Float64 = ...;`, and write `if @Float64.0 < 0.0 then { 0.0 - @Float64.0 } else \
                 { @Float64.0 }`.",
                None,
            ),
            ("max" | "min", _) => (
                INTEGERS_ONLY,
                "Bind the values with `let @Float64 = ...;`, and choose one with `if @Float64.1 < @Float64.0 then { ... } \
                 else { ... }`.",
                None,
            ),
            ("clamp", _) => (INTEGERS_ONLY, "Write `float_clamp(value, low, high)`.", None),
            ("sign", _) => (INTEGERS_ONLY, "Bind the value with `let @Float64 = ...;`, and compare it with 0.0.", None),
            _ => return false,
        };
        let text = self.text(wrong.ty);
        let subject = if name.as_str() == "pow" { "The exponent of `pow` is an integer" } else { "" };
        let description = match subject {
            "" => format!("`{name}` works on integers, and this argument has type `{text}`."),
            subject => format!("{subject}, and this argument has type `{text}`."),
        };
        let diagnostic = Diagnostic::new(Code::E202, wrong.span, description).because(because).spec(Section::S4_11);
        self.report(match written {
            Some(written) => diagnostic.write(span, written),
            None => diagnostic.fix(words),
        });
        true
    }

    /// E202 for a conversion to an integer of what is one. Whether it was that.
    pub(super) fn report_integer_already(&mut self, id: FnId, name: &ast::Name, wrong: &Expr, span: Span) -> bool {
        let converts = matches!(name.as_str(), "float_to_int" | "floor" | "ceil" | "round");
        if !converts || !self.is_library(id) || !matches!(self.shape(wrong.ty), Ty::INT | Ty::NAT) {
            return false;
        }
        let (found, source) = (self.text(wrong.ty), self.quoted(wrong.span, "..."));
        let description = format!("`{name}` makes an integer of a `Float64`, and this has type `{found}` already.");
        let diagnostic = Diagnostic::new(Code::E202, wrong.span, description)
            .because("`/` on integers drops the fraction, and `floor`, `ceil` and `round` give an `Int`.")
            .fix(format!("Leave the call out: `{source}`"))
            .edit(Span { start: wrong.span.end, ..span }, "")
            .spec(Section::S4_11);
        // Of a pipe the argument comes first.
        let before = Span { end: wrong.span.start, ..span };
        self.report(if before.start < before.end { diagnostic.edit(before, "") } else { diagnostic });
        true
    }

    /// The source of an argument as an operand of type `Float64` that can be written more than once: a slot or a literal.
    fn float_text(&self, place: Span, ty: Ty) -> Option<String> {
        let source = self.env.source_text(place);
        let slot = source.strip_prefix('@').and_then(|slot| slot.split_once('.'));
        let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let slot = slot.is_some_and(|(name, index)| is_name(name) && is_digits(index));
        let literal = is_digits(source.replacen('.', "", 1).trim_start_matches('-'));
        match self.shape(ty) {
            Ty::FLOAT64 if slot || literal => Some(source),
            Ty::INT | Ty::NAT if slot => Some(format!("int_to_float({source})")),
            Ty::INT | Ty::NAT if literal => Some(format!("{source}.0")),
            _ => None,
        }
    }
}

const INTEGERS_ONLY: &str = "The function is declared for `Int` only; functions are not overloaded.";

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn with_edit(diagnostic: Diagnostic, Edit { span, text }: Edit) -> Diagnostic {
    diagnostic.edit(span, text)
}

/// The edits that make an operand a float.
fn converted(operand: &Expr) -> Vec<Edit> {
    let at = |span, text: &str| Edit { span, text: text.to_owned() };
    match operand.kind {
        ExprKind::Int(value) => vec![at(operand.span, &format!("{value}.0"))],
        _ => vec![at(operand.span.start_point(), "int_to_float("), at(operand.span.end_point(), ")")],
    }
}

/// The diagnostic about a float where an integer is expected. `float_to_int` is no answer for a literal.
fn without_fraction(diagnostic: Diagnostic, float: &Expr) -> Diagnostic {
    let (value, literal) = match &float.kind {
        ExprKind::Float(value) => (*value, true),
        ExprKind::Negate(_, inner) => match inner.kind {
            ExprKind::Float(value) => (-value, false),
            _ => return diagnostic,
        },
        _ => return diagnostic,
    };
    if value.fract() != 0.0 || value.abs() >= EXACT {
        return diagnostic.fix("`float_to_int` would drop the fraction: write the integer that is meant.");
    }
    if literal { diagnostic.write(float.span, format!("{value:.0}")) } else { diagnostic }
}

/// The operands of the arithmetic that gives the value of an integer expression, in the order of the text. One that is no
/// arithmetic is its own operand.
fn collect_operands<'e>(expr: &'e Expr, out: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::Coerce(_, _, inner) => collect_operands(inner, out),
        ExprKind::Arithmetic(op, _, left, right) if *op != ArithmeticOp::Rem => {
            collect_operands(left, out);
            collect_operands(right, out);
        }
        ExprKind::Negate(_, inner) if has_arithmetic(inner) => collect_operands(inner, out),
        ExprKind::Block(_, value) if has_arithmetic(value) => collect_operands(value, out),
        ExprKind::If(_, one, other) if has_arithmetic(one) || has_arithmetic(other) => {
            collect_operands(one, out);
            collect_operands(other, out);
        }
        ExprKind::Match(_, arms) if arms.iter().any(|arm| has_arithmetic(&arm.body)) => {
            arms.iter().for_each(|arm| collect_operands(&arm.body, out));
        }
        _ => out.push(expr),
    }
}

/// Whether arithmetic gives the value of an expression, whose operands can be floats instead.
fn has_arithmetic(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Coerce(_, _, inner) | ExprKind::Negate(_, inner) | ExprKind::Block(_, inner) => has_arithmetic(inner),
        ExprKind::Arithmetic(op, ..) => *op != ArithmeticOp::Rem,
        ExprKind::If(_, one, other) => has_arithmetic(one) || has_arithmetic(other),
        ExprKind::Match(_, arms) => arms.iter().any(|arm| has_arithmetic(&arm.body)),
        _ => false,
    }
}
