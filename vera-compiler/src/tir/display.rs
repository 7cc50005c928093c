//! Types, rows and effects as text: the one printer of types.
//!
//! By type arguments that contain one another twice, a type may be far larger than the program that contains it, so its
//! text is cut. No stage looks anything up by this text.

use std::fmt::Write;

use super::FnDecl;
use super::{Program, TypeParam};
use crate::types::{AliasId, DataId, EffectUse, Row, Ty, TyKind, Types};

/// What a text is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// A message: Vera text, with refinements written out.
    Message,
    /// A symbol of compiled code: refinements by their base, functions without their rows.
    Symbol,
}

impl Style {
    /// Longer texts, in bytes, end in `...`.
    fn limit(self) -> usize {
        match self {
            Style::Message => 300,
            Style::Symbol => 1_000,
        }
    }
}

/// What names mean where a text is read.
#[derive(Clone, Copy)]
pub struct Naming<'a> {
    /// The type parameters in scope. Other type parameters get an artificial name.
    pub type_params: &'a [TypeParam],
    /// The row variables in scope.
    pub row_params: &'a [String],
    /// The module to name with a type whose own name means another one there.
    pub module_of: &'a dyn Fn(Named) -> Option<&'a str>,
}

impl<'a> Naming<'a> {
    /// Types by their names alone, over the type parameters in scope.
    pub fn bare(type_params: &'a [TypeParam]) -> Self {
        Self { type_params, row_params: &[], module_of: &|_| None }
    }
}

impl std::fmt::Debug for Naming<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Naming").field("type_params", &self.type_params).finish_non_exhaustive()
    }
}

/// A type that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A data type.
    Data(DataId),
    /// An alias.
    Alias(AliasId),
}

impl Program {
    /// How the parameters of a function are referred to where nothing else is bound, such as `@Int.1`, `@Int.0`.
    pub fn parameter_slots(&self, decl: &FnDecl) -> Vec<String> {
        let naming = Naming::bare(&decl.type_params);
        let types = decl.params.iter().map(|param| self.type_text(decl.locals[param.index()].ty, naming));
        let types: Vec<String> = types.collect();
        let nearer = |index: usize| types[index + 1..].iter().filter(|ty| **ty == types[index]).count();
        types.iter().enumerate().map(|(index, ty)| format!("@{ty}.{}", nearer(index))).collect()
    }

    /// A type as Vera text. Alias heads are named, a refinement without a name is written out.
    pub fn type_text(&self, ty: Ty, naming: Naming<'_>) -> String {
        self.text(naming, |writer| writer.write_type(ty))
    }

    /// An effect row as Vera text: `pure` or `<IO, State<Int>>`.
    pub fn row_text(&self, row: &Row, naming: Naming<'_>) -> String {
        self.text(naming, |writer| writer.write_row(row))
    }

    /// An effect as Vera text: `State<Int>`.
    pub fn effect_text(&self, effect: &EffectUse, naming: Naming<'_>) -> String {
        self.text(naming, |writer| writer.write_effect(effect))
    }

    /// A concrete type as symbols show it. `types` are the program's types and those of its instances.
    pub(crate) fn type_symbol(&self, types: &Types, ty: Ty) -> String {
        self.symbol(types, |writer| writer.write_type(ty))
    }

    /// Concrete type arguments as symbols show them: `<A, B>`, or nothing without arguments.
    pub(crate) fn arguments_symbol(&self, types: &Types, args: &[Ty]) -> String {
        self.symbol(types, |writer| writer.write_applied("", args))
    }

    fn text(&self, naming: Naming<'_>, write: impl FnOnce(&mut Writer<'_, '_>)) -> String {
        let mut writer =
            Writer { program: self, types: &self.types, naming, style: Style::Message, out: String::new() };
        write(&mut writer);
        writer.out
    }

    fn symbol(&self, types: &Types, write: impl FnOnce(&mut Writer<'_, '_>)) -> String {
        let naming = Naming::bare(&[]);
        let mut writer = Writer { program: self, types, naming, style: Style::Symbol, out: String::new() };
        write(&mut writer);
        writer.out
    }
}

/// Text under construction.
struct Writer<'p, 'n> {
    program: &'p Program,
    types: &'p Types,
    naming: Naming<'n>,
    style: Style,
    out: String,
}

impl Writer<'_, '_> {
    fn write_type(&mut self, ty: Ty) {
        if self.out.len() > self.style.limit() {
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
            TyKind::Array(element) => self.write_applied("Array", &[*element]),
            TyKind::Tuple(items) => self.write_applied("Tuple", items),
            TyKind::Data(id, args) => {
                self.write_module(Named::Data(*id));
                self.write_applied(&self.program.data(*id).name, args);
            }
            TyKind::Alias(id, args, _) | TyKind::Recursive(id, args) => {
                self.write_module(Named::Alias(*id));
                self.write_applied(&self.program.alias(*id).name, args);
            }
            TyKind::Fn(function) => {
                self.out.push_str("fn(");
                self.write_list(&function.params);
                self.out.push_str(if function.params.is_empty() { "-> " } else { " -> " });
                self.write_type(function.result);
                self.out.push(')');
                if self.style == Style::Message {
                    self.out.push_str(" effects(");
                    self.write_row(&function.row);
                    self.out.push(')');
                }
            }
            TyKind::Param(index) => match self.naming.type_params.get(*index as usize) {
                Some(param) => self.out.push_str(&param.name),
                None => {
                    let sign = if self.style == Style::Symbol { '#' } else { 'T' };
                    let _ = write!(self.out, "{sign}{index}");
                }
            },
            TyKind::Refined(base, ..) if self.style == Style::Symbol => self.write_type(*base),
            TyKind::Refined(base, predicate, _) => {
                self.out.push_str("{ @");
                self.write_type(*base);
                let _ = write!(self.out, " | {} }}", self.program.predicate(*predicate).text);
            }
            TyKind::Infer(_) | TyKind::Invalid => self.out.push(if self.style == Style::Symbol { '?' } else { '_' }),
        }
    }

    fn write_module(&mut self, named: Named) {
        if let Some(module) = (self.naming.module_of)(named) {
            self.out.push_str(module);
            self.out.push_str("::");
        }
    }

    fn write_applied(&mut self, name: &str, args: &[Ty]) {
        self.out.push_str(name);
        if !args.is_empty() {
            self.out.push('<');
            self.write_list(args);
            self.out.push('>');
        }
    }

    fn write_list(&mut self, types: &[Ty]) {
        for (index, &ty) in types.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.write_type(ty);
        }
    }

    fn write_row(&mut self, row: &Row) {
        if row.is_pure() {
            self.out.push_str("pure");
            return;
        }
        self.out.push('<');
        let mut separator = "";
        for effect in row.effects() {
            self.out.push_str(separator);
            separator = ", ";
            self.write_effect(effect);
        }
        for &variable in row.variables() {
            self.out.push_str(separator);
            separator = ", ";
            match self.naming.row_params.get(variable as usize) {
                Some(name) => self.out.push_str(name),
                None => {
                    let _ = write!(self.out, "E{variable}");
                }
            }
        }
        self.out.push('>');
    }

    fn write_effect(&mut self, effect: &EffectUse) {
        self.write_applied(&self.program.effect(effect.effect).name, &effect.args);
    }
}
