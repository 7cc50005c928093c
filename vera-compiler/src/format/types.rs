//! Types, effect rows, patterns and signatures.

use super::lines::Writer;
use crate::syntax::ast::{
    EffectRef, EffectRow, EffectRowKind, ModulePath, Name, Param, Pattern, PatternKind, TypeExpr, TypeKind,
};

impl Writer<'_> {
    /// Items between commas, on one line.
    pub(super) fn list<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        for (index, one) in items.iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            item(self, one);
        }
    }

    pub(super) fn name(&mut self, name: &Name) {
        self.push(name.as_str());
    }

    /// `a.b.c`
    pub(super) fn path(&mut self, path: &ModulePath) {
        for (index, part) in path.parts.iter().enumerate() {
            if index > 0 {
                self.out.push('.');
            }
            self.name(part);
        }
    }

    pub(super) fn ty(&mut self, ty: &TypeExpr) {
        match &ty.kind {
            TypeKind::Named { name, args } => {
                self.name(name);
                self.type_args(args);
            }
            TypeKind::Fn(function) => {
                self.push("fn(");
                self.list(&function.params, Self::ty);
                self.push(if function.params.is_empty() { "-> " } else { " -> " });
                self.ty(&function.result);
                self.push(") ");
                self.effects(&function.effects);
            }
            TypeKind::Refinement { base, predicate } => {
                self.push("{ ");
                self.bound_type(base);
                self.push(" | ");
                self.expr(predicate);
                self.push(" }");
            }
            // Reported: such a program is not formatted.
            TypeKind::Invalid => {}
        }
    }

    /// `@Type`
    pub(super) fn bound_type(&mut self, ty: &TypeExpr) {
        self.out.push('@');
        self.ty(ty);
    }

    fn type_args(&mut self, args: &[TypeExpr]) {
        if !args.is_empty() {
            self.out.push('<');
            self.list(args, Self::ty);
            self.out.push('>');
        }
    }

    /// `(@A, @B /* label */ -> @C)`
    pub(super) fn signature(&mut self, params: &[Param], result: &Param) {
        self.out.push('(');
        self.list(params, Self::param);
        self.push(if params.is_empty() { "-> " } else { " -> " });
        self.param(result);
        self.out.push(')');
    }

    fn param(&mut self, param: &Param) {
        self.bound_type(&param.ty);
        if let Some(label) = &param.label {
            self.push(" /* ");
            self.push(label);
            self.push(" */");
        }
    }

    /// `effects(row)`
    pub(super) fn effects(&mut self, row: &EffectRow) {
        self.push("effects(");
        match &row.kind {
            EffectRowKind::Pure => self.push("pure"),
            EffectRowKind::Effects(effects) => {
                self.out.push('<');
                self.list(effects, Self::effect);
                self.out.push('>');
            }
            // Reported: such a program is not formatted.
            EffectRowKind::Invalid => {}
        }
        self.out.push(')');
    }

    pub(super) fn effect(&mut self, effect: &EffectRef) {
        if let Some(qualifier) = &effect.qualifier {
            self.name(qualifier);
            self.out.push('.');
        }
        self.name(&effect.name);
        self.type_args(&effect.args);
    }

    pub(super) fn pattern(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Wildcard => self.out.push('_'),
            PatternKind::Bind(ty) => self.bound_type(ty),
            PatternKind::Nullary(name) => self.name(name),
            PatternKind::Constructor { name, fields } => {
                self.name(name);
                self.out.push('(');
                self.list(fields, Self::pattern);
                self.out.push(')');
            }
            PatternKind::Int(value) => self.int(*value, pattern.span),
            PatternKind::String(text) => self.string(text),
            PatternKind::Bool(value) => self.push(if *value { "true" } else { "false" }),
            // Reported: such a program is not formatted.
            PatternKind::Invalid => {}
        }
    }
}
