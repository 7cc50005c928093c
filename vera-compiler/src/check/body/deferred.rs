//! Checks that are possible only when all types of a body are known.

use super::Checker;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::source::Span;
use crate::syntax::ast::BinaryOp;
use crate::tir::Ability;
use crate::types::{Ty, TyKind};

/// Something to check at the end of a body.
#[derive(Debug)]
pub(super) enum Deferred {
    /// A type has an ability.
    Ability { ability: Ability, ty: Ty, user: AbilityUse, span: Span },
    /// No container in the type holds values that take no space.
    Sized { ty: Ty, span: Span },
    /// Reports the type of a hole.
    Hole { ty: Ty, span: Span, bindings: String },
}

/// What asks for an ability.
#[derive(Debug)]
pub(super) enum AbilityUse {
    /// `==` or `!=`
    Operator(BinaryOp),
    /// The operation of that name.
    Operation(String),
}

impl Checker<'_> {
    /// Checks and reports everything that was put off.
    pub(super) fn discharge(&mut self) {
        for deferred in std::mem::take(&mut self.deferred) {
            match deferred {
                Deferred::Ability { ability, ty, user, span } => {
                    let ty = self.resolved(ty);
                    self.discharge_ability(ability, ty, &user, span);
                }
                Deferred::Sized { ty, span } => {
                    let ty = self.resolved(ty);
                    self.discharge_sized(ty, span);
                }
                Deferred::Hole { ty, span, bindings } => {
                    let ty = self.resolved(ty);
                    self.report_hole(ty, span, bindings);
                }
            }
        }
    }

    /// E135. Where a written type of the function has it already, and behind the first inferred one, the rest follows.
    fn discharge_sized(&mut self, ty: Ty, span: Span) {
        let mut diags = Diagnostics::new();
        self.env.sized_within(ty, span, &self.scope, &mut diags);
        if diags.is_empty() {
            return;
        }
        let within = self.owner.as_ref().map(|owner| self.env.program.function(owner.id).span);
        let reported = |diagnostic: &Diagnostic| {
            diagnostic.code == Code::E135 && within.is_some_and(|within| within.contains(diagnostic.span))
        };
        if !self.diags.iter().any(reported) {
            self.diags.extend(diags);
        }
    }

    fn discharge_ability(&mut self, ability: Ability, ty: Ty, user: &AbilityUse, span: Span) {
        let Err(lacks) = self.env.has_ability(ty, ability) else { return };
        let why = self.env.lacks_text(ty, ability, &lacks, &self.scope);
        let text = self.env.type_text(ty, &self.scope);
        let (code, description) = match (ability, user) {
            (_, AbilityUse::Operator(op)) => {
                (Code::E243, format!("Values of type `{text}` cannot be compared with `{}`.", op.as_str()))
            }
            (Ability::Eq, AbilityUse::Operation(name)) => {
                (Code::E243, format!("`{name}` cannot compare values of type `{text}`."))
            }
            (Ability::Ord, AbilityUse::Operation(name)) => {
                (Code::E242, format!("`{name}` needs an order, and values of type `{text}` have none."))
            }
            (Ability::Hash | Ability::Show, AbilityUse::Operation(name)) => {
                (Code::E613, format!("`{name}` does not work on values of type `{text}`."))
            }
        };
        let fix = self.fix_without(ability, ty);
        self.report(Diagnostic::new(code, span, description).because(why).fix(fix).spec(Section::S9_8));
    }

    /// What to do with values of a type that lacks an ability.
    fn fix_without(&self, ability: Ability, ty: Ty) -> &'static str {
        let data = match self.shape_kind(ty) {
            TyKind::Data(id, _) if self.env.is_prelude(self.env.program.data(*id).module) => {
                self.env.program.data(*id).name.as_str()
            }
            _ => "",
        };
        match (ability, self.shape_kind(ty), data) {
            (Ability::Eq, _, "Decimal") => "Compare with `decimal_eq(a, b)`.",
            (Ability::Ord, _, "Decimal") => "Compare with `decimal_compare(a, b)`, which gives an `Ordering`.",
            (Ability::Eq, _, "Set") => "Compare what `set_to_array` gives of each, element by element.",
            (Ability::Eq, _, "Map") => "Compare what `map_keys` and `map_get` give of each.",
            (Ability::Eq, TyKind::Array(_), _) => {
                "Compare lengths and elements: `array_length(a) == array_length(b) && forall(@Nat, array_length(a), \
                 fn(@Nat -> @Bool) effects(pure) { a[@Nat.0] == b[@Nat.0] })`"
            }
            (Ability::Eq | Ability::Ord, TyKind::Tuple(_), _) => {
                "Take the components out, `let Tuple<@A, @B> = ...;`, and compare those."
            }
            (Ability::Eq, TyKind::Fn(_), _) => "Compare what the functions give for some arguments.",
            (Ability::Eq, ..) => {
                "Compare the parts that matter, or write a function that does: `fn same(@T, @T -> @Bool)`."
            }
            (Ability::Ord, ..) => "Compare a number or a string taken from each value.",
            (Ability::Hash | Ability::Show, ..) => "Use the parts of the value that are data.",
        }
    }

    fn report_hole(&mut self, ty: Ty, span: Span, bindings: String) {
        let text = self.env.type_text(ty, &self.scope);
        self.report(
            Diagnostic::new(Code::W001, span, format!("A hole: a value of type `{text}` is to be written here."))
                .because(bindings)
                .fix(format!("Replace `?` by an expression of type `{text}`; a program with holes is not compiled."))
                .spec(Section::S4_17),
        );
    }
}
