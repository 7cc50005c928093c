//! Constructors and tuples.

use super::{Checker, Expected, invalid};
use crate::check::env::ConstructorRef;
use crate::check::resolve_type::counted;
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{CoercionSite, Expr, ExprKind};
use crate::types::{DataId, Ty, TyKind};

impl Checker<'_> {
    /// What a constructor name means. There is a warning when the file does not import its type, and the name alone
    /// tells which is meant.
    pub(super) fn constructor(&mut self, name: &ast::Name) -> Option<ConstructorRef> {
        let module = self.scope.module;
        if let Some(found) = self.env.constructor(name.as_str(), module) {
            return Some(found);
        }
        let (data, tag) = self.env.reached_constructor(name.as_str(), module)?;
        let diagnostic = self.env.constructor_not_imported(name, data, module);
        self.report(diagnostic);
        Some(ConstructorRef::Data { data, tag })
    }

    /// `Name` without parentheses.
    pub(super) fn nullary_constructor(&mut self, name: &ast::Name, expected: Expected, span: Span) -> Expr {
        match self.constructor(name) {
            None => {
                let diagnostic = self.env.unknown_constructor(Code::E214, name, self.scope.module);
                self.report(diagnostic);
                invalid(span)
            }
            Some(ConstructorRef::Tuple) => {
                self.report_empty_tuple(span);
                invalid(span)
            }
            Some(ConstructorRef::Data { data, tag }) => {
                let fields = self.env.constructor_fields(data, tag).1;
                if !fields.is_empty() {
                    if !fields.contains(&Ty::INVALID) {
                        self.report_field_count(Code::E215, data, tag, 0, span);
                    }
                    return self.of_data(data, span);
                }
                self.build(data, tag, &[], expected, span)
            }
        }
    }

    /// `Name(args)`
    pub(super) fn construct(&mut self, name: &ast::Name, args: &[&ast::Expr], expected: Expected, span: Span) -> Expr {
        match self.constructor(name) {
            None => {
                let diagnostic = self.env.unknown_constructor(Code::E210, name, self.scope.module);
                self.report(diagnostic);
                self.check_anyway(args);
                invalid(span)
            }
            Some(ConstructorRef::Tuple) => self.tuple(args, expected, span),
            Some(ConstructorRef::Data { data, tag }) => {
                let fields = self.env.constructor_fields(data, tag).1;
                if fields.len() != args.len() {
                    let code = if fields.is_empty() { Code::E211 } else { Code::E212 };
                    if !self.count_unknown(args, fields) {
                        self.report_field_count(code, data, tag, args.len(), span);
                    }
                    self.check_anyway(args);
                    return self.of_data(data, span);
                }
                self.build(data, tag, args, expected, span)
            }
        }
    }

    /// A wrong value of a data type: its type is known when the data type has no parameters.
    fn of_data(&mut self, data: DataId, span: Span) -> Expr {
        if !self.env.program.data(data).type_params.is_empty() {
            return invalid(span);
        }
        let ty = self.env.program.types.intern(TyKind::Data(data, Vec::new()));
        Expr { kind: ExprKind::Invalid, ty, span }
    }

    fn build(&mut self, data: DataId, tag: u32, args: &[&ast::Expr], expected: Expected, span: Span) -> Expr {
        let count = self.env.program.data(data).type_params.len();
        let fields = self.env.constructor_fields(data, tag).1.to_vec();
        let params = (0..count as u32).map(TyKind::Param);
        let params: Vec<Ty> = params.map(|param| self.env.program.types.intern(param)).collect();
        let generic = self.env.program.types.intern(TyKind::Data(data, params));
        let mut instance = self.fresh_instance(&vec![Ty::INT; count], generic, expected);
        let mut checked = Vec::with_capacity(args.len());
        for (&arg, &field) in args.iter().zip(&fields) {
            let ty = self.applied(&instance, field);
            let wanted = self.wanted(&instance, field);
            let certain = matches!(expected, Expected::Target(..)) || instance.args.is_empty();
            let arg = match certain {
                true => self.expr(arg, Expected::Target(wanted, CoercionSite::Field)),
                false => self.expr(arg, Expected::Hint(wanted)),
            };
            if count > 0 {
                // A field becomes part of the value, so the value's type decides where it is known and fits.
                let decides = certain
                    && !self.is_unknown(wanted)
                    && self.without_binding(|this| this.relate(arg.ty, wanted, true));
                let found = if decides { wanted } else { arg.ty };
                self.learn_argument(&mut instance, field, ty, found);
            }
            checked.push((arg, ty));
        }
        let mut fits = true;
        let mut coerced = Vec::with_capacity(checked.len());
        for (position, (arg, ty)) in checked.into_iter().enumerate() {
            match self.assign(arg, ty, CoercionSite::Field) {
                Ok(arg) => coerced.push(arg),
                Err(wrong) => {
                    self.report_field(data, tag, position, &wrong, ty);
                    coerced.push(invalid(wrong.span));
                    fits = false;
                }
            }
        }
        let ty = self.env.program.types.instantiate(generic, &instance.args, &[]);
        if !fits {
            let ty = if count == 0 { ty } else { Ty::INVALID };
            return Expr { kind: ExprKind::Invalid, ty, span };
        }
        let kind = ExprKind::Construct { data, tag, type_args: instance.args, args: coerced };
        Expr { kind, ty, span }
    }

    /// `Tuple(a, b)`
    fn tuple(&mut self, args: &[&ast::Expr], expected: Expected, span: Span) -> Expr {
        if args.is_empty() {
            self.report_empty_tuple(span);
            return invalid(span);
        }
        let wanted = expected.ty().and_then(|ty| match self.shape_kind(ty) {
            TyKind::Tuple(items) if items.len() == args.len() => Some(items.clone()),
            _ => None,
        });
        let target = matches!(expected, Expected::Target(..));
        let mut items = Vec::with_capacity(args.len());
        let mut checked = Vec::with_capacity(args.len());
        for (position, &arg) in args.iter().enumerate() {
            let component = wanted.as_ref().map(|items| items[position]);
            let inner = match component {
                None => Expected::Nothing,
                Some(ty) if target => Expected::Target(ty, CoercionSite::Component),
                Some(ty) => Expected::Hint(ty),
            };
            let mut arg = self.expr(arg, inner);
            if let Expected::Target(ty, site) = inner
                && self.relate(arg.ty, ty, true)
            {
                arg = self.convert(arg, ty, site);
                items.push(if arg.ty == Ty::INVALID { arg.ty } else { self.env.argument(ty) });
            } else {
                let ty = self.head(arg.ty);
                items.push(self.env.argument(ty));
            }
            checked.push(arg);
        }
        let unread = args.iter().any(|arg| matches!(arg.kind, ast::ExprKind::Invalid));
        let ty = if unread { Ty::INVALID } else { self.env.program.types.intern(TyKind::Tuple(items)) };
        Expr { kind: ExprKind::Tuple(checked), ty, span }
    }

    pub(super) fn report_empty_tuple(&mut self, span: Span) {
        self.report(
            Diagnostic::new(Code::E216, span, "A tuple has at least one component.")
                .because("A tuple without components is the unit value.")
                .fix("Write `()`, or give the components: `Tuple(1, \"a\")`.")
                .spec(Section::S2_3_1),
        );
    }

    /// How a constructor is declared, such as `Cons(T, List<T>)`.
    pub(super) fn constructor_text(&self, data: DataId, tag: u32) -> String {
        let (name, fields) = self.env.constructor_fields(data, tag);
        if fields.is_empty() {
            return name.to_owned();
        }
        let declared = self.env.program.data(data);
        let scope = crate::check::scope::TypeScope {
            type_params: declared
                .type_params
                .iter()
                .map(|name| crate::tir::TypeParam { name: name.clone(), abilities: Vec::new() })
                .collect(),
            ..self.scope.clone()
        };
        let fields: Vec<String> = fields.iter().map(|&field| self.env.type_text(field, &scope)).collect();
        format!("{name}({})", fields.join(", "))
    }

    #[inline(never)]
    fn report_field_count(&mut self, code: Code, data: DataId, tag: u32, given: usize, span: Span) {
        let declared = self.constructor_text(data, tag);
        let (name, fields) = self.env.constructor_fields(data, tag);
        let expected = counted(fields.len(), "field");
        let given = match given {
            0 => "none is".to_owned(),
            1 => "1 is".to_owned(),
            given => format!("{given} are"),
        };
        let description = match code {
            Code::E211 => format!("`{name}` has no fields, but {given} given here."),
            _ => format!("`{name}` has {expected}, but {given} given here."),
        };
        let fix = match fields.is_empty() {
            true => format!("Write `{name}`."),
            false => format!("Give every field: it is declared `{declared}`."),
        };
        let mut diagnostic = Diagnostic::new(code, span, description)
            .because("A constructor takes a value for each of its fields.")
            .fix(fix)
            .spec(Section::S2_4);
        if !self.env.is_prelude(self.env.program.data(data).module) {
            let place = self.env.program.data(data).constructors[tag as usize].span;
            diagnostic = diagnostic.label(place, "declared here");
        }
        self.report(diagnostic);
    }

    #[inline(never)]
    fn report_field(&mut self, data: DataId, tag: u32, position: usize, wrong: &Expr, ty: Ty) {
        let name = self.env.constructor_fields(data, tag).0.to_owned();
        let subject = format!("Field {} of `{name}`", position + 1);
        let mut diagnostic = self.mismatch_of(Code::E213, wrong, &subject, ty);
        if !self.env.is_prelude(self.env.program.data(data).module) {
            let place = self.env.program.data(data).constructors[tag as usize].span;
            diagnostic = diagnostic.label(place, "declared here");
        }
        self.report(diagnostic.spec(Section::S4_11_1));
    }
}
