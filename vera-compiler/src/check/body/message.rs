//! Sentences that several diagnostics share.

use super::Checker;
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::tir::{Expr, ExprKind};
use crate::types::{Ty, TyKind};

/// Longer source text is not repeated in a fix.
const QUOTED: usize = 60;

/// How to make a value fit.
pub(super) struct Conversion {
    /// In words.
    pub(super) words: String,
    /// What to write in front of the value and behind it, when that is all.
    around: Option<(String, String)>,
    /// How many bytes in from the left end of the source, and one less from the right end, that is.
    inset: u32,
}

impl Conversion {
    fn words(words: String) -> Option<Self> {
        Some(Self { words, around: None, inset: 0 })
    }

    /// `what: before + source + after`
    fn around(what: &str, before: &str, source: &str, after: &str) -> Self {
        let words = format!("{what}: `{before}{source}{after}`");
        Self { words, around: Some((before.to_owned(), after.to_owned())), inset: 0 }
    }

    /// The diagnostic with this as its fix, for the value at `span`.
    pub(super) fn of(self, diagnostic: Diagnostic, span: Span) -> Diagnostic {
        let mut diagnostic = diagnostic.fix(self.words);
        let Some((before, after)) = self.around else { return diagnostic };
        let span = match self.inset {
            0 => span,
            inset => Span { start: span.start + inset, end: span.end - 1, ..span },
        };
        if !before.is_empty() {
            diagnostic = diagnostic.edit(span.start_point(), before);
        }
        diagnostic.edit(span.end_point(), after)
    }
}

impl Checker<'_> {
    /// A type as Vera text.
    pub(super) fn text(&mut self, ty: Ty) -> String {
        let mut ty = self.full(ty);
        // Programs cannot name the aliases of the prelude.
        while let TyKind::Alias(id, _, target) = self.env.program.types.kind(ty)
            && self.env.is_prelude(self.env.program.alias(*id).module)
            && !self.env.is_prelude(self.scope.module)
        {
            ty = *target;
        }
        self.env.type_text(ty, &self.scope)
    }

    /// Source text for a fix, or a stand-in when it is long.
    pub(super) fn quoted(&self, span: Span, stand_in: &str) -> String {
        let text = self.env.source_text(span);
        if text.len() > QUOTED || text.contains('\n') { stand_in.to_owned() } else { text }
    }

    /// `subject` has type `found`, which does not fit `expected`.
    #[inline(never)]
    pub(super) fn mismatch(&mut self, code: Code, span: Span, subject: &str, found: Ty, expected: Ty) -> Diagnostic {
        let (found_text, expected_text) = (self.text(found), self.text(expected));
        let source = self.quoted(span, "value");
        let because = self.why_not(found, expected);
        let diagnostic = Diagnostic::new(
            code,
            span,
            format!("{subject} has type `{found_text}`, but `{expected_text}` is expected."),
        )
        .because(because)
        .spec(Section::S2_8);
        match self.conversion(found, expected, &source) {
            Some(conversion) => conversion.of(diagnostic, span),
            None if self.shape(expected) == Ty::NEVER => diagnostic.fix(
                "No value is a `Never`: end with a call that does not return, such as `IO.exit(1)`, or declare another type.",
            ),
            None if self.adds_effects(found, expected) => diagnostic.fix(format!(
                "Write `{expected_text}`, and perform the effects outside: a recursive function that has them in its row \
                 can go over the elements."
            )),
            None => diagnostic.fix(format!("Give a value of type `{expected_text}` here.")),
        }
    }

    /// The mismatch of `async(fn(-> @T) ...)`, whose author has taken `async` for a function that calls its argument.
    pub(super) fn with_body_of_async(&self, diagnostic: Diagnostic, wrong: &Expr) -> Diagnostic {
        let ExprKind::Call { function, args, .. } = &wrong.kind else { return diagnostic };
        let [argument] = args.as_slice() else { return diagnostic };
        let takes_nothing = match self.shape_kind(argument.ty) {
            TyKind::Fn(of) => of.params.iter().all(|&param| self.shape(param) == Ty::UNIT),
            _ => false,
        };
        let is_async = self.is_library(*function) && self.env.program.function(*function).name == "async";
        let text = self.env.source_text(argument.span);
        match text.find('{') {
            Some(body) if is_async && takes_nothing && matches!(argument.kind, ExprKind::Closure(_)) => {
                let block = self.quoted(Span { start: argument.span.start + body as u32, ..argument.span }, "{ ... }");
                diagnostic
                    .fix(format!("Give `async` the expression itself, which it evaluates: `async({block})`."))
                    .edit(Span { end: argument.span.start + body as u32, ..argument.span }, "")
            }
            _ => diagnostic,
        }
    }

    /// Whether a function has effects where a pure one is expected.
    fn adds_effects(&self, found: Ty, expected: Ty) -> bool {
        match (self.shape_kind(found), self.shape_kind(expected)) {
            (TyKind::Fn(found), TyKind::Fn(expected)) => expected.row.is_pure() && !found.row.is_pure(),
            _ => false,
        }
    }

    fn why_not(&self, found: Ty, expected: Ty) -> &'static str {
        match (self.shape_kind(found), self.shape_kind(expected)) {
            (TyKind::Fn(_), TyKind::Fn(_)) => {
                "Function types fit when parameters and results do and no effect is added."
            }
            (TyKind::Int | TyKind::Nat, TyKind::Byte) => "Only an integer literal from 0 to 255 is a `Byte` by itself.",
            (TyKind::Param(_), _) | (_, TyKind::Param(_)) => {
                "A type parameter stands for a type that the caller chooses; only values given at that type have it."
            }
            (TyKind::Data(one, _), TyKind::Data(other, _))
                if one != other && self.env.program.data(*one).name == self.env.program.data(*other).name =>
            {
                "Two types have this name. The one shown with a module path is hidden by the other here."
            }
            _ => "Nothing is converted implicitly except between `Int`, `Nat` and refinements of one type.",
        }
    }

    /// How to get from a value of one type to another, with Vera code.
    pub(super) fn conversion(&mut self, found: Ty, expected: Ty, source: &str) -> Option<Conversion> {
        let (found, expected) = (self.shape(found), self.shape(expected));
        if let Some(inside) = self.conversion_inside(found, expected, source) {
            return Some(inside);
        }
        let types = &self.env.program.types;
        let call = |function: &str| Some(Conversion::around("Convert it", &format!("{function}("), source, ")"));
        match (types.kind(found).clone(), types.kind(expected).clone()) {
            (TyKind::Int, TyKind::String) => call("int_to_string"),
            (TyKind::Nat, TyKind::String) => call("nat_to_string"),
            (TyKind::Bool, TyKind::String) => call("bool_to_string"),
            (TyKind::Byte, TyKind::String) => call("byte_to_string"),
            (TyKind::Float64, TyKind::String) => call("float_to_string"),
            (TyKind::Int | TyKind::Nat, TyKind::Float64) => {
                if source.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Some(Conversion::around("Write it as a float", "", source, ".0"));
                }
                call("int_to_float")
            }
            (TyKind::Float64, TyKind::Int | TyKind::Nat) => call("float_to_int"),
            (TyKind::Byte, TyKind::Int | TyKind::Nat) => call("byte_to_int"),
            (TyKind::Int | TyKind::Nat, TyKind::Byte) => {
                Conversion::words(format!("Convert it: `int_to_byte({source})` gives an `Option<Byte>`."))
            }
            (TyKind::Bool, TyKind::Int | TyKind::Nat) => {
                Some(Conversion::around("Choose a number", "if ", source, " then { 1 } else { 0 }"))
            }
            (TyKind::Array(item), TyKind::Array(element))
                if self.shape(element) == Ty::STRING && self.is_plain(item) =>
            {
                let text = self.text(item);
                let after = format!(", fn(@{text} -> @String) effects(pure) {{ show(@{text}.0) }})");
                Some(Conversion::around("Convert its elements", "array_map(", source, &after))
            }
            (_, TyKind::Array(element)) if self.fits_quietly(found, element) => {
                Some(Conversion::around("Put it into an array", "[", source, "]"))
            }
            (TyKind::Int | TyKind::Nat, TyKind::Bool) => Some(Conversion::around("Compare it", "", source, " != 0")),
            (TyKind::String, TyKind::Int | TyKind::Nat | TyKind::Float64) if source.starts_with('"') => None,
            (TyKind::String, TyKind::Int) => {
                Conversion::words(format!("Parse it: `parse_int({source})` gives a `Result`."))
            }
            (TyKind::String, TyKind::Nat) => {
                Conversion::words(format!("Parse it: `parse_nat({source})` gives a `Result`."))
            }
            (TyKind::String, TyKind::Float64) => {
                Conversion::words(format!("Parse it: `parse_float64({source})` gives a `Result`."))
            }
            (TyKind::Data(id, args), _) if Some(id) == self.env.library_data("Option") && args.len() == 1 => {
                if !self.fits_quietly(args[0], expected) {
                    return None;
                }
                let inner = self.text(args[0]);
                Conversion::words(format!(
                    "Look inside: `match {source} {{ Some(@{inner}) -> @{inner}.0, None -> ... }}`, or \
                     `option_unwrap_or({source}, ...)`."
                ))
            }
            (TyKind::Data(id, args), _) if Some(id) == self.env.library_data("Result") && args.len() == 2 => {
                if self.is_unknown(args[0]) || !self.fits_quietly(args[0], expected) {
                    return None;
                }
                let (ok, err) = (self.text(args[0]), self.text(args[1]));
                Conversion::words(format!(
                    "Look inside: `match {source} {{ Ok(@{ok}) -> @{ok}.0, Err(@{err}) -> ... }}`, or \
                     `result_unwrap_or({source}, ...)`."
                ))
            }
            (_, TyKind::Data(id, args)) if Some(id) == self.env.library_data("Option") && args.len() == 1 => {
                self.fits_quietly(found, args[0]).then(|| Conversion::around("Wrap it", "Some(", source, ")"))
            }
            (_, TyKind::Data(id, args)) if Some(id) == self.env.library_data("Result") && args.len() == 2 => {
                self.fits_quietly(found, args[0]).then(|| Conversion::around("Wrap it", "Ok(", source, ")"))
            }
            (TyKind::Fn(function), _) if self.fits_quietly(function.result, expected) => {
                Conversion::words(format!("Call it: `apply_fn({source}, ...)`"))
            }
            _ => None,
        }
    }

    /// Whether values of a type are numbers or `Bool`, which `show` makes strings of.
    fn is_plain(&self, ty: Ty) -> bool {
        matches!(self.shape(ty), Ty::INT | Ty::NAT | Ty::FLOAT64 | Ty::BOOL | Ty::BYTE)
    }

    /// How to make the value in `Err(value)`, `Ok(value)` or `Some(value)` fit.
    fn conversion_inside(&mut self, found: Ty, expected: Ty, source: &str) -> Option<Conversion> {
        let types = &self.env.program.types;
        let (TyKind::Data(one, found), TyKind::Data(other, expected)) = (types.kind(found), types.kind(expected))
        else {
            return None;
        };
        let (constructor, at) = match source.split_once('(')?.0 {
            name @ ("Some" | "Ok") => (name, 0),
            name @ "Err" => (name, 1),
            _ => return None,
        };
        let known = [self.env.library_data("Option"), self.env.library_data("Result")].contains(&Some(*one));
        let (found, expected) = (*found.get(at)?, *expected.get(at)?);
        let inner = source.strip_prefix(constructor)?.strip_prefix('(')?.strip_suffix(')')?;
        if one != other || !known || self.fits_quietly(found, expected) {
            return None;
        }
        let (found_text, text) = (self.text(found), self.text(expected));
        let inside = self.conversion(found, expected, inner)?;
        let (before, after) = inside.around?;
        let words = format!(
            "`{constructor}` takes `{text}` here, not `{found_text}`: give that, or convert it: \
             `{constructor}({before}{inner}{after})`"
        );
        let inset = constructor.len() as u32 + 1;
        Some(Conversion { words, around: Some((before, after)), inset: inset + inside.inset })
    }

    /// Whether a value of one type can be used as another.
    pub(super) fn fits_quietly(&mut self, from: Ty, to: Ty) -> bool {
        self.without_binding(|this| this.relate(from, to, false))
    }
}
