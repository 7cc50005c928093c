//! The bindings at the place that is being read, for names in the style of other languages. The fix replaces such a
//! name by its slot.
//!
//! Every binding is counted, by its type as written, so that the slot of a name is right even after other bindings. A
//! name is reported where its scope ends, together with all its uses, as one mistake with one set of edits. The checker
//! resolves slots in programs; this is only for fixes.

use std::borrow::Cow;

use super::Parser;
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{Expr, Pattern, PatternKind, TypeExpr};

/// How many of the nearest bindings are looked at for a name.
const LOOKED_AT: usize = 1_000;

/// Uses of one name that are remembered.
const USES: usize = 1_000;

/// A slot that is in scope.
pub(super) struct Bound<'s> {
    /// Its type as written; `None` where it is not known.
    pub(super) ty: Option<Cow<'s, str>>,
    /// What is only there when it was given a name.
    pub(super) named: Option<Box<Named<'s>>>,
}

/// A name of another language.
pub(super) struct Named<'s> {
    name: &'s str,
    /// Where it is used, and references to slots that are counted past it: what to write there, where that is known.
    uses: Vec<(Span, Option<String>)>,
    /// Whether it is written as a slot too, so that its author counts it as one.
    is_slot: bool,
    /// What to report where its scope ends, with the edits of its declaration; `None` when that is done by its construct.
    diagnostic: Option<Diagnostic>,
}

impl<'s> Parser<'s> {
    /// A slot of the type written at `ty`.
    pub(super) fn bind(&mut self, ty: Span) {
        let ty = self.slice(ty);
        self.bound.push(Bound { ty: Some(Cow::Borrowed(ty)), named: None });
    }

    /// A slot that was given a name at `name`. The diagnostic holds the edits that make it one without.
    pub(super) fn bind_named(&mut self, name: Span, ty: Option<Cow<'s, str>>, diagnostic: Option<Diagnostic>) {
        let edits = diagnostic.iter().flat_map(|diagnostic| &diagnostic.edits);
        let is_slot = edits.map(|edit| edit.span).any(|place| self.slice(place).starts_with('@'));
        let named = Named { name: self.slice(name), uses: Vec::new(), is_slot, diagnostic };
        self.named += 1;
        self.decl_errors = true;
        self.bound.push(Bound { ty, named: Some(Box::new(named)) });
    }

    /// Ends the scopes of all bindings since there were `mark`, and notes what to report of those with names.
    pub(super) fn unbind(&mut self, mark: usize) {
        while self.bound.len() > mark {
            let Some(Bound { ty, named: Some(named) }) = self.bound.pop() else { continue };
            self.named -= 1;
            let Named { name, uses, diagnostic: Some(mut diagnostic), .. } = *named else { continue };
            if ty.is_none() {
                diagnostic.edits.clear();
            }
            if !diagnostic.edits.is_empty() {
                for (span, written) in &uses {
                    diagnostic = diagnostic.edit(*span, written.as_deref().unwrap_or(name));
                }
            }
            self.errors += 1;
            self.named_errors += 1;
            self.named_diagnostics.push(diagnostic);
        }
    }

    /// Ends the scopes of the bindings since there were `mark`, and gives back what to write where their names are used.
    pub(super) fn take_uses(&mut self, mark: usize) -> Vec<(Span, Option<String>)> {
        let named: Vec<Box<Named<'s>>> = self.bound.drain(mark..).filter_map(|bound| bound.named).collect();
        self.named -= named.len();
        named.into_iter().flat_map(|named| named.uses).collect()
    }

    /// Reports the names of the declaration that was read. With `errors` other errors in it, names stay until the
    /// declaration is read in whole: some uses may have been skipped.
    pub(super) fn report_names(&mut self, errors: usize) {
        for mut diagnostic in std::mem::take(&mut self.named_diagnostics) {
            if errors > 0 {
                diagnostic.edits.clear();
            }
            self.diagnostics.push(diagnostic);
        }
    }

    /// How many errors there are that are not about names.
    pub(super) fn other_errors(&self) -> usize {
        self.errors - self.named_errors
    }

    /// Counts a reference to a slot of type `ty` with its index at `index` past the names in scope, which are slots too
    /// once they are fixed.
    pub(super) fn count_slot(&mut self, ty: &TypeExpr, index: Span) {
        if self.named == 0 {
            return;
        }
        let ty = self.slice(ty.span);
        let Ok(wanted) = self.slice(index).parse::<usize>() else { return };
        let (mut counted, mut passed, mut nearest) = (0, 0, None);
        for (at, bound) in self.bound.iter().enumerate().rev().take(LOOKED_AT) {
            if bound.ty.as_deref() != Some(ty) {
                continue;
            }
            match &bound.named {
                Some(named) if !named.is_slot => {
                    passed += 1;
                    nearest.get_or_insert(at);
                }
                _ if counted == wanted => break,
                _ => counted += 1,
            }
        }
        if let Some(named) = nearest.and_then(|at| self.bound[at].named.as_mut())
            && named.uses.len() < USES
        {
            named.uses.push((index, Some((wanted + passed).to_string())));
        }
    }

    /// The slot that a name stands for here, and the type of it, when it is bound; notes the use at `span`.
    pub(super) fn use_name(&mut self, span: Span) -> Option<Option<String>> {
        let name = self.slice(span);
        let at = self.bound_at(name)?;
        let slot = self.slot_of(at);
        if let Some(named) = &mut self.bound[at].named
            && named.uses.len() < USES
        {
            named.uses.push((span, slot.clone()));
        }
        Some(slot)
    }

    /// The type of the slot that a name stands for here.
    pub(super) fn type_of_name(&self, name: &str) -> Option<String> {
        let ty = self.bound[self.bound_at(name)?].ty.as_ref()?;
        Some(ty.clone().into_owned())
    }

    fn bound_at(&self, name: &str) -> Option<usize> {
        let near = self.bound.iter().enumerate().rev().take(LOOKED_AT);
        let mut named = near.filter(|(_, bound)| bound.named.as_ref().is_some_and(|named| named.name == name));
        named.next().map(|(at, _)| at)
    }

    fn slot_of(&self, at: usize) -> Option<String> {
        let ty = self.bound[at].ty.as_ref()?;
        let nearer = &self.bound[at + 1..];
        // One of an unknown type in between may be of this type.
        let known = nearer.iter().all(|bound| bound.ty.is_some());
        let index = nearer.iter().filter(|bound| bound.ty.as_ref() == Some(ty)).count();
        known.then(|| format!("@{ty}.{index}"))
    }

    /// Binds what a pattern binds. The names in it have the types that the value `scrutinee` gives them.
    pub(super) fn bind_pattern(&mut self, pattern: &Pattern, scrutinee: &Expr) {
        let names = std::mem::take(&mut self.pattern_names);
        let ty = if names.is_empty() { None } else { self.guess(scrutinee) };
        self.bind_parts(pattern, ty.as_deref(), &names);
    }

    fn bind_parts(&mut self, pattern: &Pattern, ty: Option<&str>, names: &[Span]) {
        match &pattern.kind {
            PatternKind::Bind(TypeExpr { span, .. }) => self.bind(*span),
            PatternKind::Constructor { name, fields } => {
                let types = ty.filter(|_| !names.is_empty()).and_then(|ty| self.field_types(name.as_str(), ty));
                let types = types.filter(|types| types.len() == fields.len());
                for (at, field) in fields.iter().enumerate() {
                    let ty = types.as_ref().map(|types| types[at].as_str());
                    self.bind_parts(field, ty, names);
                }
            }
            PatternKind::Invalid if names.contains(&pattern.span) => self.bind_pattern_name(pattern.span, ty),
            _ => {}
        }
    }

    fn bind_pattern_name(&mut self, name: Span, ty: Option<&str>) {
        let text = self.slice(name);
        let written = ty.map_or_else(|| "@Type".to_owned(), |ty| format!("@{ty}"));
        let description = format!("Expected a pattern, found `{text}`.");
        let mut diagnostic = Diagnostic::new(Code::E005, name, description)
            .because("Vera has no variable names: a pattern binds with `@` and a type.")
            .fix(match ty {
                Some(_) => format!("Write `{written}` here, and its slot, `{written}.0`, where `{text}` is used."),
                None => format!("Write `@` and the type here, and its slot where `{text}` is used; `_` binds nothing."),
            })
            .spec(Section::S4_9_1);
        if let Some(ty) = ty {
            diagnostic = diagnostic.edit(name, format!("@{ty}"));
        }
        self.bind_named(name, ty.map(|ty| Cow::Owned(ty.to_owned())), Some(diagnostic));
    }
}
