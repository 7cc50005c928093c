//! Whether matches cover every value (E311, E312, E313) and whether each arm can be reached (E310).

mod columns;
mod usefulness;

use std::collections::BTreeSet;

use columns::Witness;
pub(crate) use usefulness::Work;
use usefulness::{Exceeded, Matrix};

use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::source::Span;
use crate::tir::{DataDecl, Expr, ExprKind, MatchArm, Pattern, PatternKind, Stmt};
use crate::types::{Ty, TyKind, Types};

/// Checks matches and destructurings, one expression at a time.
pub(crate) struct Checker<'a> {
    types: &'a mut Types,
    data: &'a [DataDecl],
    diags: &'a mut Diagnostics,
    work: &'a mut Work,
}

impl<'a> Checker<'a> {
    pub(crate) fn new(
        types: &'a mut Types,
        data: &'a [DataDecl],
        diags: &'a mut Diagnostics,
        work: &'a mut Work,
    ) -> Self {
        Self { types, data, diags, work }
    }

    /// The types of the program.
    pub(crate) fn types(&self) -> &Types {
        self.types
    }

    /// Checks an expression, apart from what is inside it.
    pub(crate) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Match(scrutinee, arms) => self.check_match(scrutinee, arms, expr.span),
            ExprKind::Block(stmts, _) => {
                for stmt in stmts {
                    if let Stmt::Destructure(pattern, value) = stmt {
                        self.destructure(pattern, value.ty);
                    }
                }
            }
            _ => {}
        }
    }

    fn check_match(&mut self, scrutinee: &Expr, arms: &[MatchArm], span: Span) {
        let ty = self.types.structural(scrutinee.ty);
        let unclear = matches!(self.types.kind(ty), TyKind::Invalid | TyKind::Infer(_));
        if unclear || arms.is_empty() || arms.iter().any(|arm| is_invalid(&arm.pattern)) {
            return;
        }
        let mut matrix = Matrix::new(self.types, self.data, ty, self.work);
        let header = Span::new(span.file, span.start, scrutinee.span.end.max(span.start));
        for arm in arms {
            match matrix.is_useful(&arm.pattern) {
                Ok(true) | Err(Exceeded) => matrix.push(&arm.pattern),
                // What the rows cover already is no row.
                Ok(false) => self.diags.push(unreachable(&arm.pattern)),
            }
        }
        let missing = matrix.missing();
        drop(matrix);
        match missing {
            Ok(missing) if missing.is_empty() || self.is_ambiguous(ty) => {}
            Ok(missing) => self.diags.push(not_exhaustive(self.types.kind(ty), &missing, header)),
            Err(Exceeded) => self.diags.push(too_large(arms, header)),
        }
    }

    /// Whether two constructors of a data type have one name, which is reported: a pattern means the first.
    fn is_ambiguous(&self, ty: Ty) -> bool {
        let TyKind::Data(id, _) = self.types.kind(ty) else { return false };
        let names = self.data[id.index()].constructors.iter().map(|constructor| constructor.name.as_str());
        let mut seen = BTreeSet::new();
        !names.into_iter().all(|name| seen.insert(name))
    }

    fn destructure(&mut self, pattern: &Pattern, ty: Ty) {
        let ty = self.types.structural(ty);
        if matches!(self.types.kind(ty), TyKind::Invalid | TyKind::Infer(_)) || is_invalid(pattern) {
            return;
        }
        let mut matrix = Matrix::new(self.types, self.data, ty, self.work);
        matrix.push(pattern);
        let missing = matrix.missing();
        drop(matrix);
        if let Ok([witness, ..]) = missing.as_deref() {
            self.diags.push(
                Diagnostic::new(
                    Code::E311,
                    pattern.span,
                    format!("The value may be `{witness}`, which this pattern does not match."),
                )
                .because("`let` has no other arm to go to, so its constructor has to be the only one of the type.")
                .fix(format!("match value {{\n  ...,\n  {witness} -> ...\n}}"))
                .spec(Section::S4_9_2),
            );
        }
    }
}

/// Whether something in a pattern, or the type of what it is matched with, was reported.
fn is_invalid(pattern: &Pattern) -> bool {
    match &pattern.kind {
        PatternKind::Invalid => true,
        PatternKind::Constructor { .. } | PatternKind::Tuple(_) if pattern.ty == Ty::INVALID => true,
        PatternKind::Constructor { fields, .. } | PatternKind::Tuple(fields) => fields.iter().any(is_invalid),
        _ => false,
    }
}

/// E311, when it takes too long to tell.
fn too_large(arms: &[MatchArm], span: Span) -> Diagnostic {
    let description = format!("This match is too large to check whether its {} arms cover everything.", arms.len());
    Diagnostic::new(Code::E311, span, description)
        .because("A match has to have an arm for every value; the time of the check can double with each part.")
        .fix("Add a last arm `_ -> ...`, or match on one part first and on the others in the arms of that match.")
        .spec(Section::S4_9_2)
}

fn unreachable(pattern: &Pattern) -> Diagnostic {
    Diagnostic::new(Code::E310, pattern.span, "No value reaches this arm.")
        .because("Arms are tried from the top, and those above take every value that this one would.")
        .fix("Remove it, or move it above the arm that takes its values.")
        .spec(Section::S4_9_2)
}

fn not_exhaustive(kind: &TyKind, missing: &[Witness], span: Span) -> Diagnostic {
    let patterns: Vec<String> = missing.iter().map(|witness| format!("`{witness}`")).collect();
    let (code, description) = match kind {
        TyKind::Bool => (Code::E312, format!("The match has no arm for {}.", patterns.join(", "))),
        TyKind::Data(..) | TyKind::Tuple(_) => {
            (Code::E311, format!("The match has no arm for {}.", patterns.join(", ")))
        }
        _ => (Code::E313, "The match has arms for some values only.".to_owned()),
    };
    let arms: Vec<String> = missing.iter().map(|witness| format!("{witness} -> ...")).collect();
    Diagnostic::new(code, span, description)
        .because("A match has to have an arm for every value, or a value without one would have no result.")
        .fix(format!("Add:\n  {}", arms.join(",\n  ")))
        .spec(Section::S4_9_2)
}
