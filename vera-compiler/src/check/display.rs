//! Types and rows as Vera text, for messages.

use std::fmt::Write;

use super::env::Env;
use super::scope::TypeScope;
use crate::types::{EffectUse, Row, Ty, TyKind};

/// Longer type texts end in `...`: a message is for reading.
const LIMIT: usize = 300;

impl Env {
    /// A type as Vera text. Alias heads are named, a refinement without a name is written out.
    pub(crate) fn type_text(&self, ty: Ty, scope: &TypeScope) -> String {
        let mut out = String::new();
        self.write_type(&mut out, ty, scope);
        out
    }

    /// An effect row as Vera text: `pure` or `<IO, State<Int>>`.
    pub(crate) fn row_text(&self, row: &Row, scope: &TypeScope) -> String {
        let mut out = String::new();
        self.write_row(&mut out, row, scope);
        out
    }

    /// An effect as Vera text: `State<Int>`.
    pub(crate) fn effect_text(&self, effect: &EffectUse, scope: &TypeScope) -> String {
        let mut out = String::new();
        self.write_effect(&mut out, effect, scope);
        out
    }

    fn write_type(&self, out: &mut String, ty: Ty, scope: &TypeScope) {
        if out.len() > LIMIT {
            if !out.ends_with("...") {
                out.push_str("...");
            }
            return;
        }
        match self.program.types.kind(ty) {
            TyKind::Int => out.push_str("Int"),
            TyKind::Nat => out.push_str("Nat"),
            TyKind::Bool => out.push_str("Bool"),
            TyKind::Byte => out.push_str("Byte"),
            TyKind::Float64 => out.push_str("Float64"),
            TyKind::String => out.push_str("String"),
            TyKind::Unit => out.push_str("Unit"),
            TyKind::Never => out.push_str("Never"),
            TyKind::Array(element) => self.write_applied(out, "Array", &[*element], scope),
            TyKind::Tuple(items) => self.write_applied(out, "Tuple", items, scope),
            TyKind::Data(id, args) => self.write_applied(out, &self.program.data(*id).name, args, scope),
            TyKind::Alias(id, args, _) => self.write_applied(out, &self.program.alias(*id).name, args, scope),
            TyKind::Fn(function) => {
                out.push_str("fn(");
                self.write_list(out, &function.params, scope);
                out.push_str(if function.params.is_empty() { "-> " } else { " -> " });
                self.write_type(out, function.result, scope);
                out.push_str(") effects(");
                self.write_row(out, &function.row, scope);
                out.push(')');
            }
            TyKind::Param(index) => match scope.type_params.get(*index as usize) {
                Some(param) => out.push_str(&param.name),
                None => {
                    let _ = write!(out, "T{index}");
                }
            },
            TyKind::Refined(base, predicate, _) => {
                out.push_str("{ @");
                self.write_type(out, *base, scope);
                let _ = write!(out, " | {} }}", self.program.predicate(*predicate).text);
            }
            TyKind::Infer(_) | TyKind::Invalid => out.push('_'),
        }
    }

    fn write_applied(&self, out: &mut String, name: &str, args: &[Ty], scope: &TypeScope) {
        out.push_str(name);
        if !args.is_empty() {
            out.push('<');
            self.write_list(out, args, scope);
            out.push('>');
        }
    }

    fn write_list(&self, out: &mut String, types: &[Ty], scope: &TypeScope) {
        for (index, &ty) in types.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.write_type(out, ty, scope);
        }
    }

    fn write_row(&self, out: &mut String, row: &Row, scope: &TypeScope) {
        if row.is_pure() {
            out.push_str("pure");
            return;
        }
        out.push('<');
        let mut separator = "";
        for effect in row.effects() {
            out.push_str(separator);
            separator = ", ";
            self.write_effect(out, effect, scope);
        }
        for &variable in row.variables() {
            out.push_str(separator);
            separator = ", ";
            match scope.row_params.get(variable as usize) {
                Some(name) => out.push_str(name),
                None => {
                    let _ = write!(out, "E{variable}");
                }
            }
        }
        out.push('>');
    }

    fn write_effect(&self, out: &mut String, effect: &EffectUse, scope: &TypeScope) {
        self.write_applied(out, &self.program.effect(effect.effect).name, &effect.args, scope);
    }
}
