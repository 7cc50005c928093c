//! Patterns of `match` and of destructuring `let`.
//!
//! A binding whose type is narrower than the value's needs one conversion, in the pattern itself. If it needs several,
//! or a wrapped function, the pattern binds the value unchanged and a `let` at the start of the arm's body converts it.

use super::Checker;
use super::literal::out_of_range;
use crate::check::env::ConstructorRef;
use crate::check::resolve_type::counted;
use crate::diagnostics::{Code, Diagnostic, NameKind, Section};
use crate::source::Span;
use crate::syntax::ast::{self, PatternKind as Ast};
use crate::tir::{Coercion, CoercionSite, Expr, ExprKind, Pattern, PatternKind, Stmt};
use crate::types::{DataId, Ty, TyKind};

impl Checker<'_> {
    /// Checks a pattern against the type of what it is matched with, and pushes its bindings from left to right.
    pub(super) fn pattern(&mut self, pattern: &ast::Pattern, ty: Ty, conversions: &mut Vec<Stmt>) -> Pattern {
        let span = pattern.span;
        let kind = match &pattern.kind {
            Ast::Wildcard => PatternKind::Wildcard,
            Ast::Invalid => {
                // It may bind something.
                self.bind(Ty::INVALID, span);
                PatternKind::Invalid
            }
            Ast::Bind(written) => self.binding(written, ty, span, conversions),
            Ast::Nullary(name) => self.nullary_pattern(name, ty, span),
            Ast::Constructor { name, fields } => self.constructor_pattern(name, fields, ty, span, conversions),
            Ast::Int(value) => self.integer_pattern(*value, ty, span),
            Ast::Bool(value) if self.literal_fits(Ty::BOOL, ty, span) => PatternKind::Bool(*value),
            Ast::String(text) if self.literal_fits(Ty::STRING, ty, span) => PatternKind::String(text.clone()),
            Ast::Bool(_) | Ast::String(_) => PatternKind::Invalid,
        };
        Pattern { kind, ty, span }
    }

    /// `@T`
    fn binding(&mut self, written: &ast::TypeExpr, ty: Ty, span: Span, conversions: &mut Vec<Stmt>) -> PatternKind {
        let bound = self.resolve(written);
        if !self.relate(ty, bound, true) {
            self.report_binding(written, ty, span);
            self.bind(bound, span);
            self.slots.doubt(ty);
            return PatternKind::Invalid;
        }
        let from = self.full(ty);
        let function = matches!(self.shape_kind(bound), TyKind::Fn(_)) && from != bound;
        let steps = if function { Vec::new() } else { self.steps(from, bound) };
        let mut checks: Vec<Coercion> =
            steps.into_iter().map(|(coercion, _)| coercion).filter(|coercion| *coercion != Coercion::Widen).collect();
        if checks.len() <= 1 && !function {
            let local = self.bind(bound, span);
            return PatternKind::Bind(local, checks.pop());
        }
        let whole = self.local(from, span);
        let value = Expr { kind: ExprKind::Local(whole), ty: from, span };
        let converted = self.convert(value, bound, CoercionSite::Binding);
        let local = self.bind(bound, span);
        conversions.push(Stmt::Let(local, converted));
        PatternKind::Bind(whole, None)
    }

    #[inline(never)]
    fn report_binding(&mut self, written: &ast::TypeExpr, ty: Ty, span: Span) {
        let source = self.env.source_text(written.span);
        let found = self.text(ty);
        self.report(
            Diagnostic::new(Code::E314, span, format!("`@{source}` cannot bind a value of type `{found}`."))
                .because("A binding pattern names the type of what it binds.")
                .fix(format!("Write `@{found}`."))
                .edit(written.span, found)
                .spec(Section::S4_9_1),
        );
    }

    fn integer_pattern(&mut self, value: u64, ty: Ty, span: Span) -> PatternKind {
        let shape = self.shape(ty);
        let target = match shape {
            Ty::NAT | Ty::BYTE => shape,
            _ => Ty::INT,
        };
        let fits = match target {
            Ty::BYTE => value <= u64::from(u8::MAX),
            _ => i64::try_from(value).is_ok(),
        };
        if !self.literal_fits(target, ty, span) {
            return PatternKind::Invalid;
        }
        if !fits {
            self.report(out_of_range(&self.env.source_text(span), target, span));
            return PatternKind::Invalid;
        }
        PatternKind::Int(value as i64)
    }

    /// E314 unless the scrutinee can equal a literal of a type.
    fn literal_fits(&mut self, literal: Ty, ty: Ty, span: Span) -> bool {
        if self.relate(ty, literal, false) {
            return true;
        }
        let source = self.env.source_text(span);
        let (literal, found) = (self.text(literal), self.text(ty));
        self.report(
            Diagnostic::new(
                Code::E314,
                span,
                format!("The literal `{source}` has type `{literal}` and never equals a value of type `{found}`."),
            )
            .because("A literal pattern matches values of its own type: integers, strings and booleans.")
            .fix(format!("Bind the value with `@{found}` and compare in the arm, or match what `{found}` consists of."))
            .spec(Section::S4_9_1),
        );
        false
    }

    fn nullary_pattern(&mut self, name: &ast::Name, ty: Ty, span: Span) -> PatternKind {
        match self.constructor(name) {
            None => {
                let diagnostic = self.env.unknown_constructor(Code::E322, name, self.scope.module);
                self.report(diagnostic);
                PatternKind::Invalid
            }
            Some(ConstructorRef::Tuple) => {
                self.report(
                    Diagnostic::new(Code::E322, span, "`Tuple` without components matches nothing.")
                        .unknown(NameKind::Constructor, "Tuple")
                        .because("A tuple has at least one component.")
                        .fix("Write a pattern for each component, `Tuple(@A, @B)`, or `_`.")
                        .spec(Section::S4_9_1),
                );
                PatternKind::Invalid
            }
            Some(ConstructorRef::Data { data, tag }) => {
                if self.data_args(data, tag, ty, span).is_none() {
                    return PatternKind::Invalid;
                }
                // Without parentheses a constructor matches whatever its fields are.
                let count = self.env.constructor_fields(data, tag).1.len();
                let mut fields = Vec::with_capacity(count);
                for _ in 0..count {
                    fields.push(Pattern { kind: PatternKind::Wildcard, ty: Ty::INVALID, span });
                }
                self.field_types(data, tag, ty).into_iter().zip(&mut fields).for_each(|(ty, field)| field.ty = ty);
                PatternKind::Constructor { data, tag, fields }
            }
        }
    }

    /// Types of the fields of a constructor of a value of type `ty`.
    fn field_types(&mut self, data: DataId, tag: u32, ty: Ty) -> Vec<Ty> {
        let fields = self.env.constructor_fields(data, tag).1.to_vec();
        if self.env.program.data(data).type_params.is_empty() {
            return fields;
        }
        let args = match self.shape_kind(ty) {
            TyKind::Data(_, args) => args.clone(),
            _ => vec![Ty::INVALID; self.env.program.data(data).type_params.len()],
        };
        fields.iter().map(|&field| self.env.program.types.instantiate(field, &args, &[])).collect()
    }

    fn constructor_pattern(
        &mut self,
        name: &ast::Name,
        fields: &[ast::Pattern],
        ty: Ty,
        span: Span,
        conversions: &mut Vec<Stmt>,
    ) -> PatternKind {
        match self.constructor(name) {
            None => {
                let diagnostic = self.env.unknown_constructor(Code::E320, name, self.scope.module);
                self.report(diagnostic);
                self.bind_anyway(fields, conversions);
                PatternKind::Invalid
            }
            Some(ConstructorRef::Tuple) => self.tuple_pattern(fields, ty, span, conversions),
            Some(ConstructorRef::Data { data, tag }) => {
                if self.data_args(data, tag, ty, span).is_none() {
                    self.bind_anyway(fields, conversions);
                    return PatternKind::Invalid;
                }
                let types = self.field_types(data, tag, ty);
                if types.len() != fields.len() {
                    let unread = fields.iter().any(|field| matches!(field.kind, Ast::Invalid));
                    if !unread && !types.contains(&Ty::INVALID) {
                        self.report_arity(data, tag, fields.len(), span);
                    }
                    self.bind_anyway(fields, conversions);
                    return PatternKind::Invalid;
                }
                let mut checked = Vec::with_capacity(fields.len());
                for (field, ty) in fields.iter().zip(types) {
                    checked.push(self.pattern(field, ty, conversions));
                }
                PatternKind::Constructor { data, tag, fields: checked }
            }
        }
    }

    /// Binds what patterns bind, for the sake of the arm, without a type to check against.
    fn bind_anyway(&mut self, patterns: &[ast::Pattern], conversions: &mut Vec<Stmt>) {
        for pattern in patterns {
            self.pattern(pattern, Ty::INVALID, conversions);
        }
    }

    /// E314 unless a value of type `ty` can be made by a constructor of a data type.
    fn data_args(&mut self, data: DataId, tag: u32, ty: Ty, span: Span) -> Option<()> {
        if self.is_unknown(ty) {
            let count = self.env.program.data(data).type_params.len();
            let args = (0..count).map(|_| self.fresh(Ty::INT)).collect();
            let known = self.env.program.types.intern(TyKind::Data(data, args));
            self.relate(ty, known, false);
        }
        match self.shape_kind(ty) {
            TyKind::Data(id, _) if *id == data => Some(()),
            TyKind::Invalid | TyKind::Never => Some(()),
            _ => {
                let name = self.env.constructor_fields(data, tag).0.to_owned();
                let declared = self.env.program.data(data).name.clone();
                self.report_foreign(&name, &format!("a constructor of `{declared}`"), ty, span);
                None
            }
        }
    }

    #[inline(never)]
    fn report_foreign(&mut self, name: &str, what: &str, ty: Ty, span: Span) {
        let found = self.text(ty);
        let fix = match self.shape_kind(ty) {
            TyKind::Data(id, _) => {
                let constructors = &self.env.program.data(*id).constructors;
                let names: Vec<String> =
                    (0..constructors.len() as u32).map(|tag| self.constructor_text(*id, tag)).collect();
                format!("Its constructors are `{}`.", names.join("`, `"))
            }
            TyKind::Tuple(items) => {
                let items: Vec<String> = items
                    .clone()
                    .into_iter()
                    .map(|item| format!("@{}", self.env.type_text(item, &self.scope)))
                    .collect();
                format!("Write `Tuple({})`.", items.join(", "))
            }
            _ => format!("Bind it with `@{found}`, or match literals."),
        };
        self.report(
            Diagnostic::new(
                Code::E314,
                span,
                format!("`{name}` is {what} and never matches a value of type `{found}`."),
            )
            .because("A pattern has the form of the values it is matched with.")
            .fix(fix)
            .spec(Section::S4_9_1),
        );
    }

    #[inline(never)]
    fn report_arity(&mut self, data: DataId, tag: u32, given: usize, span: Span) {
        let declared = self.constructor_text(data, tag);
        let (name, fields) = self.env.constructor_fields(data, tag);
        let (name, expected) = (name.to_owned(), counted(fields.len(), "field"));
        let fix = match fields.is_empty() {
            true => format!("Write `{name}`."),
            false => format!("It is declared `{declared}`; write a pattern for each field, `_` for those not needed."),
        };
        self.report(
            Diagnostic::new(Code::E321, span, format!("`{name}` has {expected}, and this pattern has {given}."))
                .because("A constructor pattern has a pattern for each field.")
                .fix(fix)
                .spec(Section::S4_9_1),
        );
    }

    fn tuple_pattern(
        &mut self,
        fields: &[ast::Pattern],
        ty: Ty,
        span: Span,
        conversions: &mut Vec<Stmt>,
    ) -> PatternKind {
        if self.is_unknown(ty) {
            let items = fields.iter().map(|_| self.fresh(Ty::INT)).collect();
            let known = self.env.program.types.intern(TyKind::Tuple(items));
            self.relate(ty, known, false);
        }
        let items = match self.shape_kind(ty) {
            TyKind::Tuple(items) if items.len() == fields.len() => items.clone(),
            TyKind::Invalid | TyKind::Never => vec![Ty::INVALID; fields.len()],
            _ => {
                if !fields.iter().any(|field| matches!(field.kind, Ast::Invalid)) {
                    let what = format!("a tuple of {}", counted(fields.len(), "component"));
                    self.report_foreign("Tuple", &what, ty, span);
                }
                self.bind_anyway(fields, conversions);
                return PatternKind::Invalid;
            }
        };
        let mut checked = Vec::with_capacity(fields.len());
        for (field, item) in fields.iter().zip(items) {
            checked.push(self.pattern(field, item, conversions));
        }
        PatternKind::Tuple(checked)
    }

    /// The pattern of `let C<@A, @B> = value;`, with the codes of `let`. `None` when reported; the bindings are pushed
    /// all the same.
    pub(super) fn destructuring(
        &mut self,
        constructor: &ast::Name,
        types: &[ast::TypeExpr],
        ty: Ty,
        span: Span,
        conversions: &mut Vec<Stmt>,
    ) -> Option<Pattern> {
        let fields: Vec<ast::Pattern> =
            types.iter().map(|ty| ast::Pattern { kind: Ast::Bind(ty.clone()), span: ty.span }).collect();
        let Some(found) = self.constructor(constructor) else {
            let diagnostic = self.env.unknown_constructor(Code::E320, constructor, self.scope.module);
            self.report(diagnostic);
            self.bind_anyway(&fields, conversions);
            return None;
        };
        let place = constructor.span;
        let component_types = match found {
            ConstructorRef::Tuple => match self.shape_kind(ty) {
                TyKind::Tuple(items) if items.len() == fields.len() => Some(items.clone()),
                _ => None,
            },
            ConstructorRef::Data { data, tag } => {
                let constructors = self.env.program.data(data).constructors.len();
                let same = matches!(self.shape_kind(ty), TyKind::Data(id, _) if *id == data);
                if same && constructors > 1 {
                    self.report_refutable(constructor, data, tag, ty);
                    self.bind_anyway(&fields, conversions);
                    return None;
                }
                same.then(|| self.field_types(data, tag, ty)).filter(|types| types.len() == fields.len())
            }
        };
        if let Some(components) = component_types {
            let mut fits = true;
            for ((written, &component), position) in types.iter().zip(&components).zip(1..) {
                let bound = self.env.resolve_type(written, &self.scope, &mut crate::diagnostics::Diagnostics::new());
                if !self.relate(component, bound, true) {
                    let subject = format!("Component {position} of the value");
                    let diagnostic = self.mismatch(Code::E170, written.span, &subject, component, bound);
                    let text = self.text(component);
                    let diagnostic = diagnostic.fix(format!("Bind it as `@{text}`.")).edit(written.span, text);
                    self.report(diagnostic.spec(Section::S4_7_1));
                    fits = false;
                }
            }
            if !fits {
                self.bind_anyway(&fields, conversions);
                return None;
            }
        }
        let kind = self.constructor_pattern(constructor, &fields, ty, place, conversions);
        (!matches!(kind, PatternKind::Invalid)).then_some(Pattern { kind, ty, span })
    }

    #[inline(never)]
    fn report_refutable(&mut self, constructor: &ast::Name, data: DataId, tag: u32, ty: Ty) {
        let found = self.text(ty);
        let fields = self.field_types(data, tag, ty);
        let fields: Vec<String> = fields.into_iter().map(|field| format!("@{}", self.text(field))).collect();
        let own = format!("{constructor}({})", fields.join(", "));
        let constructors = self.env.program.data(data).constructors.len() as u32;
        let others: Vec<String> =
            (0..constructors).filter(|&other| other != tag).map(|other| self.constructor_text(data, other)).collect();
        self.report(
            Diagnostic::new(
                Code::E311,
                constructor.span,
                format!("A value of type `{found}` need not be `{constructor}`: it may be `{}`.", others.join("`, `")),
            )
            .because("A `let` takes a value apart whatever it is, so its pattern has to match always.")
            .fix(format!("Use `match ... {{ {own} -> ..., _ -> ... }}` with an arm for the other cases."))
            .spec(Section::S4_9_2),
        );
    }
}
