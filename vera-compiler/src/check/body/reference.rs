//! `@T.n`, `@T.result`, `old(...)` and `new(...)`.

use super::slots::Binding;
use super::{Checker, Place, invalid};
use crate::diagnostics::suggest::nearest;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, NameKind, Section};
use crate::source::Span;
use crate::syntax::ast::{self, TypeKind};
use crate::tir::{Expr, ExprKind, SlotKey};
use crate::types::{EffectUse, Ty, TyKind};

/// How many of the nearest bindings are looked at for what a message says of them.
const LOOKED_AT: usize = 500;

impl Checker<'_> {
    /// `@T.n`
    pub(super) fn slot(&mut self, written: &ast::TypeExpr, index: u32, span: Span) -> Expr {
        let Some((key, zero_size)) = self.reference_key(written, span) else { return invalid(span) };
        match self.slots.find(key, index) {
            Ok(_) if zero_size => {
                self.report_zero_size(span);
                invalid(span)
            }
            Ok(local) => {
                let ty = self.of_value(self.locals[local.index()].ty);
                Expr { kind: ExprKind::Local(local), ty, span }
            }
            Err(count) => {
                self.report_unresolved(key, index, count, span);
                invalid(span)
            }
        }
    }

    /// What a written type is counted by; `None` when it has no meaning, which is not reported.
    fn quiet_key(&mut self, written: &ast::TypeExpr) -> Option<SlotKey> {
        if self.is_any_function(written) {
            return Some(SlotKey::Function);
        }
        let mut diags = Diagnostics::new();
        let ty = self.env.resolve_type(written, &self.scope, &mut diags);
        (!diags.has_errors()).then(|| SlotKey::of(ty, &self.env.program.types))
    }

    /// Whether a written type is the `Fn` of `@Fn.0`.
    fn is_any_function(&self, written: &ast::TypeExpr) -> bool {
        let TypeKind::Named { name, args } = &written.kind else { return false };
        name.as_str() == "Fn"
            && args.is_empty()
            && self.env.type_name("Fn", self.scope.module).is_none()
            && self.scope.type_param("Fn").is_none()
    }

    /// What a written slot type is counted by, and whether its values take no space.
    fn reference_key(&mut self, written: &ast::TypeExpr, span: Span) -> Option<(SlotKey, bool)> {
        if self.is_any_function(written) {
            return Some((SlotKey::Function, false));
        }
        let mut diags = Diagnostics::new();
        let ty = self.env.resolve_type(written, &self.scope, &mut diags);
        // An empty container is reported where the slot is bound.
        let wrong: Vec<Diagnostic> = diags.into_iter().filter(|diagnostic| diagnostic.code != Code::E135).collect();
        if !wrong.is_empty() {
            wrong.into_iter().for_each(|diagnostic| self.report_unresolved_type(diagnostic, span));
            return None;
        }
        if self.env.program.types.has_invalid(ty) {
            return None;
        }
        Some((SlotKey::of(ty, &self.env.program.types), self.env.is_zero_size(ty)))
    }

    /// A reference to a slot of a type that does not exist, or lacks its arguments, is first of all an unresolved
    /// reference.
    fn report_unresolved_type(&mut self, mut diagnostic: Diagnostic, slot: Span) {
        if diagnostic.code == Code::E136 {
            diagnostic.code = Code::E130;
            diagnostic.rationale = format!("{} {}", diagnostic.rationale, self.bindings_text());
            let name = self.env.source_text(diagnostic.span);
            let bound = self.slots.nearest_of_each_key();
            let bound: Vec<String> = bound.iter().map(|binding| self.key_text(binding.key)).collect();
            let heads = bound.iter().map(|text| text.split('<').next().unwrap_or(text));
            if let Some(near) = nearest(&name, heads) {
                let at = (diagnostic.span.start - slot.start) as usize;
                let mut corrected = self.env.source_text(slot);
                corrected.replace_range(at..at + name.len(), near);
                diagnostic = diagnostic.fix(format!("Did you mean `{corrected}`?")).edit(slot, corrected);
            }
        }
        if diagnostic.code == Code::E133 && slot.contains(diagnostic.span) {
            let written = self.env.source_text(diagnostic.span);
            let bound = self.slots.nearest_of_each_key();
            let mut bound = bound.iter().map(|binding| self.key_text(binding.key));
            if let Some(text) = bound.find(|text| text.split('<').next() == Some(written.trim())) {
                diagnostic = diagnostic.fix(format!("Did you mean `@{text}.0`?")).edit(slot, format!("@{text}.0"));
            }
            diagnostic.code = Code::E130;
            diagnostic.rationale = format!("{} {}", diagnostic.rationale, self.bindings_text());
        }
        self.report(diagnostic);
    }

    #[inline(never)]
    fn report_unresolved(&mut self, key: SlotKey, index: u32, count: u32, span: Span) {
        let ty = self.key_text(key);
        let written = self.env.source_text(span);
        // An index may be larger than any that is counted.
        let index = match written.rsplit_once('.') {
            Some((_, digits)) if index == u32::MAX => digits.trim().to_owned(),
            _ => index.to_string(),
        };
        let description = match count {
            0 => format!("`@{ty}.{index}` refers to nothing: no binding of `{ty}` is in scope."),
            1 => format!("`@{ty}.{index}` refers to nothing: only one binding of `{ty}` is in scope, `@{ty}.0`."),
            _ => format!(
                "`@{ty}.{index}` refers to nothing: {count} bindings of `{ty}` are in scope, `@{ty}.0` to `@{ty}.{}`.",
                count - 1
            ),
        };
        let diagnostic = Diagnostic::new(Code::E130, span, description)
            .unknown(NameKind::Slot, written.trim())
            .because(format!(
                "`@T.n` counts the bindings of exactly the type `T` outward from here; the last parameter is `.0`. {}",
                self.bindings_text()
            ))
            .spec(Section::S3_4);
        // Of several slots of the type none is known to be the one that is meant, and neither is the only one: another
        // binding may be missing.
        let mut diagnostic = match count {
            0 if self.is_state(key) => diagnostic
                .because("The state of a handler is seen in its clauses only, not in the handled block.")
                .fix(format!(
                    "Let an operation give it to the block: `get(@Unit) -> {{ resume(@{ty}.0) }}` is a clause that does."
                )),
            0 => self.other_spelling(key, index == "0", diagnostic, span),
            1 => match self.other_number(key) {
                Some(other) => diagnostic.fix(format!(
                    "Each type is counted by itself: write `@{other}.0` if that number is meant. A further `{ty}` is a \
                     parameter `@{ty}`, or bound with `let @{ty} = ...;`."
                )),
                None => diagnostic.fix(format!(
                    "Write `@{ty}.0` if that one is meant. A further `{ty}` is a parameter `@{ty}`, or bound with \
                     `let @{ty} = ...;`."
                )),
            },
            _ => diagnostic.fix(format!(
                "Write the slot that is meant: `@{ty}.0` is the nearest, `@{ty}.{}` the farthest.",
                count - 1
            )),
        };
        for (binding, index) in self.slots.listed_of(key).take(3) {
            diagnostic = diagnostic.label(self.locals[binding.local.index()].span, format!("`@{ty}.{index}`"));
        }
        if self.follows_from_binding(key) {
            self.env.followers.push(diagnostic);
        } else {
            self.report(diagnostic);
        }
    }

    /// Whether a slot is the state of a handler around this place.
    fn is_state(&self, key: SlotKey) -> bool {
        let types = &self.env.program.types;
        self.handled_states.iter().any(|&state| SlotKey::of(state, types) == key)
    }

    /// Whether a binding in scope, of a type that could not be understood or was reported to be the wrong one, may be
    /// what a reference means.
    fn follows_from_binding(&mut self, key: SlotKey) -> bool {
        let listed = self.slots.listed().take(LOOKED_AT);
        let possible = listed.filter_map(|(binding, _)| match binding.key {
            SlotKey::Type(ty) if self.env.program.types.has_invalid(ty) => Some(ty),
            _ => binding.meant,
        });
        let possible: Vec<Ty> = possible.collect();
        possible.into_iter().any(|ty| match key {
            SlotKey::Type(wanted) => self.fits_quietly(ty, wanted),
            SlotKey::Function => matches!(self.shape_kind(ty), TyKind::Fn(_) | TyKind::Invalid),
        })
    }

    /// A binding with values of the same type under another name, or what to do without one.
    fn other_spelling(&mut self, key: SlotKey, nearest: bool, diagnostic: Diagnostic, span: Span) -> Diagnostic {
        let ty = self.key_text(key);
        if let SlotKey::Type(wanted) = key {
            let listed = self.slots.nearest_of_each_key();
            let shape = self.shape(wanted);
            for exact in [true, false] {
                for binding in &listed {
                    let bound = self.locals[binding.local.index()].ty;
                    let fits = if exact { self.shape(bound) == shape } else { self.fits_quietly(bound, wanted) };
                    if fits {
                        let other = self.key_text(binding.key);
                        let words = format!("Did you mean `@{other}.0`? Slots are counted by the name of their type.");
                        // One that holds no more than the same values is meant.
                        return match exact && nearest {
                            true => diagnostic.fix(words).edit(span, format!("@{other}.0")),
                            false => diagnostic.fix(words),
                        };
                    }
                }
            }
            for binding in listed {
                let bound = self.locals[binding.local.index()].ty;
                if !matches!(self.shape_kind(bound), TyKind::Data(..)) {
                    continue;
                }
                let source = format!("@{}.0", self.key_text(binding.key));
                if let Some(inside) = self.conversion(bound, wanted, &source) {
                    return diagnostic.fix(inside.words);
                }
            }
        }
        diagnostic.fix(format!("Bind one first: `let @{ty} = ...;`, or add a parameter `@{ty}`."))
    }

    /// The name of another type of integers of which a slot is in scope. A slot of an integer type that is counted too far
    /// is more likely that one than the only slot of its type once more.
    fn other_number(&mut self, key: SlotKey) -> Option<String> {
        let SlotKey::Type(wanted) = key else { return None };
        let is_integer = |ty: Ty| matches!(ty, Ty::INT | Ty::NAT);
        if !is_integer(self.shape(wanted)) {
            return None;
        }
        let listed = self.slots.nearest_of_each_key();
        let other = listed
            .into_iter()
            .find(|binding| binding.key != key && is_integer(self.shape(self.locals[binding.local.index()].ty)))?;
        Some(self.key_text(other.key))
    }

    fn key_text(&mut self, key: SlotKey) -> String {
        match key {
            SlotKey::Type(ty) => self.text(ty),
            SlotKey::Function => "Fn".to_owned(),
        }
    }

    /// `In scope: ...`, nearest first.
    pub(super) fn bindings_text(&mut self) -> String {
        const SHOWN: usize = 12;
        let is_valid = |(binding, _): &(Binding, u32)| !matches!(binding.key, SlotKey::Type(Ty::INVALID));
        let near = self.slots.listed().take(LOOKED_AT);
        let mut listed: Vec<(Binding, u32)> = near.filter(is_valid).take(SHOWN + 1).collect();
        if listed.is_empty() {
            let nearest = self.slots.nearest_of_each_key().into_iter().map(|binding| (binding, 0));
            listed = nearest.filter(is_valid).take(SHOWN + 1).collect();
        }
        if listed.is_empty() {
            return "Nothing is in scope here.".to_owned();
        }
        let mut names = Vec::new();
        for (binding, index) in listed.iter().take(SHOWN) {
            let ty = self.key_text(binding.key);
            names.push(format!("`@{ty}.{index}`"));
        }
        let more = if listed.len() > SHOWN { ", ..." } else { "" };
        format!("In scope, nearest first: {}{more}.", names.join(", "))
    }

    fn report_zero_size(&mut self, span: Span) {
        let source = self.env.source_text(span);
        self.report(
            Diagnostic::new(Code::E182, span, format!("`{source}` has no value to read: its type takes no space."))
                .because("A binding of such a type can be declared, but nothing is stored for it.")
                .write(span, "()")
                .spec(Section::S2_2_2),
        );
    }

    /// `@T.result`
    pub(super) fn result(&mut self, written: &ast::TypeExpr, span: Span) -> Expr {
        let Some(owner) = self.owner.as_ref().filter(|_| self.place == Place::Ensures) else {
            let source = self.env.source_text(span);
            self.report(
                Diagnostic::new(Code::E131, span, format!("`{source}` is only allowed in an `ensures` clause."))
                    .because("It is the value the function returns, which exists once the function is done.")
                    .fix("Move the condition into `ensures(...)`, or bind the value with `let` and name its slot.")
                    .spec(Section::S3_6),
            );
            return invalid(span);
        };
        let (result, local, name) = (owner.result, owner.result_local, owner.name.clone());
        if self.env.program.types.has_invalid(result) {
            return invalid(span);
        }
        let own = SlotKey::of(result, &self.env.program.types);
        let found = self.quiet_key(written);
        if let Some(SlotKey::Type(ty)) = found
            && self.env.program.types.has_invalid(ty)
        {
            return invalid(span);
        }
        if found != Some(own) {
            let (source, declared) = (self.env.source_text(span), self.key_text(own));
            let description = format!("`{source}` is not the result of `{name}`, which returns `{declared}`.");
            let diagnostic = Diagnostic::new(Code::E163, span, description)
                .because("The result is named by the declared return type, aliases as written.")
                .write(span, format!("@{declared}.result"))
                .spec(Section::S3_6);
            self.misnamed_results.push((found, diagnostic));
            return invalid(span);
        }
        self.slots.capture_outermost(local);
        Expr { kind: ExprKind::Local(local), ty: result, span }
    }

    /// `old(State<T>)` and `new(State<T>)`
    pub(super) fn old_or_new(&mut self, written: &ast::EffectRef, old: bool, span: Span) -> Expr {
        let form = if old { "old" } else { "new" };
        let Some(owner) = self.owner.as_ref().filter(|_| self.place == Place::Ensures) else {
            let code = if old { Code::E174 } else { Code::E175 };
            self.report(
                Diagnostic::new(code, span, format!("`{form}(...)` is only allowed in an `ensures` clause."))
                    .because("It names the state before or after the call, which only a postcondition can compare.")
                    .fix(if old {
                        "Move the condition into `ensures(...)`; elsewhere `get(())` reads the state."
                    } else {
                        "Move the condition into `ensures(...)`; in a body `get(())` reads the state."
                    })
                    .spec(Section::S7_9_2),
            );
            return invalid(span);
        };
        let (id, row) = (owner.id, owner.row.clone());
        self.names_state = true;
        let text = self.env.source_text(written.span);
        if self.slots.in_closure() {
            self.report(
                Diagnostic::new(
                    Code::E177,
                    span,
                    format!("`{form}({text})` stands in an anonymous function, which has no state of its own."),
                )
                .unknown(NameKind::State, text.as_str())
                .because("It names a state of the function whose contract this is.")
                .fix(format!("Bind it outside: `{{ let @T = {form}({text}); ... }}` and use the slot inside."))
                .spec(Section::S7_9_2),
            );
            return invalid(span);
        }
        let mut diags = Diagnostics::new();
        let resolved = self.env.resolve_effect(written, Code::E177, &self.scope, &mut diags);
        let types = &self.env.program.types;
        let unknown = resolved.iter().flat_map(|effect| &effect.args).any(|&arg| types.has_invalid(arg));
        if unknown || !self.env.signature(id).row_known {
            return invalid(span);
        }
        let declared = resolved.filter(|effect| row.effects().contains(effect));
        let Some(effect) = declared.filter(|effect| effect.effect == crate::effects::STATE) else {
            self.report_undeclared_state(form, &text, &row, span);
            return invalid(span);
        };
        let EffectUse { args, .. } = &effect;
        let ty = args.first().copied().unwrap_or(Ty::INVALID);
        let kind = if old { ExprKind::Old(effect) } else { ExprKind::New(effect) };
        Expr { kind, ty, span }
    }

    #[inline(never)]
    fn report_undeclared_state(&mut self, form: &str, text: &str, row: &crate::types::Row, span: Span) {
        let declared = self.env.row_text(row, &self.scope);
        let states = row.effects().iter().filter(|effect| effect.effect == crate::effects::STATE);
        let states: Vec<String> = states.map(|effect| self.env.effect_text(effect, &self.scope)).collect();
        let fix = match states.first() {
            Some(state) => format!("Write `{form}({state})`."),
            None => "The state has to be in the effect row of the function.".to_owned(),
        };
        self.report(
            Diagnostic::new(
                Code::E177,
                span,
                format!("`{form}({text})` names no state of this function, which declares `effects({declared})`."),
            )
            .unknown(NameKind::State, text)
            .because("`old` and `new` name a `State<T>` of the function's own effect row.")
            .fix(fix)
            .spec(Section::S7_9_2),
        );
    }
}
