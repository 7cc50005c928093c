//! Types as messages and symbols show them.
//!
//! A type may be far larger than the program that has it, by type arguments that contain one another twice; its text is
//! cut. Nothing is found by it.

use crate::tir::Program;
use crate::types::{EffectUse, Ty, TyKind, Types};

/// Longer texts end in `...`.
const LIMIT: usize = 1_000;

/// A type as written. Alias heads are shown, refinements by their base.
pub(super) fn display(program: &Program, types: &Types, ty: Ty) -> String {
    let mut writer = Writer { program, types, out: String::new() };
    writer.ty(ty);
    writer.out
}

/// `<A, B>`, or nothing without arguments.
pub(super) fn arguments(program: &Program, types: &Types, args: &[Ty]) -> String {
    let mut writer = Writer { program, types, out: String::new() };
    writer.arguments(args);
    writer.out
}

/// An effect with its type arguments.
pub(super) fn effect(program: &Program, types: &Types, effect: &EffectUse) -> String {
    format!("{}{}", program.effect(effect.effect).name, arguments(program, types, &effect.args))
}

struct Writer<'a> {
    program: &'a Program,
    types: &'a Types,
    out: String,
}

impl Writer<'_> {
    fn ty(&mut self, ty: Ty) {
        if self.out.len() > LIMIT {
            if !self.out.ends_with("...") {
                self.out.push_str("...");
            }
            return;
        }
        match self.types.kind(ty) {
            TyKind::Int => self.out.push_str("Int"),
            TyKind::Nat => self.out.push_str("Nat"),
            TyKind::Bool => self.out.push_str("Bool"),
            TyKind::Byte => self.out.push_str("Byte"),
            TyKind::Float64 => self.out.push_str("Float64"),
            TyKind::String => self.out.push_str("String"),
            TyKind::Unit => self.out.push_str("Unit"),
            TyKind::Never => self.out.push_str("Never"),
            TyKind::Array(element) => self.named("Array", std::slice::from_ref(element)),
            TyKind::Tuple(items) => self.named("Tuple", items),
            TyKind::Data(data, args) => self.named(&self.program.data(*data).name, args),
            TyKind::Alias(alias, args, _) | TyKind::Recursive(alias, args) => {
                self.named(&self.program.alias(*alias).name, args);
            }
            TyKind::Refined(base, _, _) => self.ty(*base),
            TyKind::Fn(function) => {
                self.out.push_str("fn(");
                self.list(&function.params);
                self.out.push_str(" -> ");
                self.ty(function.result);
                self.out.push(')');
            }
            TyKind::Param(index) => self.out.push_str(&format!("#{index}")),
            TyKind::Infer(_) | TyKind::Invalid => self.out.push('?'),
        }
    }

    fn named(&mut self, name: &str, args: &[Ty]) {
        self.out.push_str(name);
        self.arguments(args);
    }

    fn arguments(&mut self, args: &[Ty]) {
        if !args.is_empty() {
            self.out.push('<');
            self.list(args);
            self.out.push('>');
        }
    }

    fn list(&mut self, items: &[Ty]) {
        for (index, &item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.ty(item);
        }
    }
}
