//! Resolves types and effect rows from the syntax tree to [`Ty`] and [`Row`].
//!
//! The head of an alias stays visible, because slots are counted by it. An alias in an argument position is resolved,
//! because slots do not distinguish it. Every refinement gets a [`PredicateId`] at once and its expression later, when
//! the functions that a predicate may call are known ([`Env::pending_predicates`]).
//!
//! A type that cannot be resolved is reported and becomes [`Ty::INVALID`], which causes no further errors.

use crate::check::env::{Env, PendingPredicate, PredicateKey, TypeName};
use crate::check::scope::TypeScope;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, NameKind, Section};
use crate::effects;
use crate::source::Span;
use crate::syntax::ast::{self, EffectRowKind, TypeKind};
use crate::tir::{Expr, ExprKind, Local, LocalId, Predicate};
use crate::types::{AliasId, DataId, EffectUse, FnTy, PredicateId, Row, Ty, TyKind};

/// How deeply a type may nest when its aliases are written out: enough for any program, little enough to recurse over.
const MAX_TYPE_DEPTH: u32 = 500;

impl Env {
    /// The meaning of a written type.
    pub(crate) fn resolve_type(&mut self, ty: &ast::TypeExpr, scope: &TypeScope, diags: &mut Diagnostics) -> Ty {
        match &ty.kind {
            TypeKind::Named { name, args } => self.resolve_named(name, args, ty.span, scope, diags),
            TypeKind::Fn(function) => {
                let outside = std::mem::replace(&mut self.in_function_type, true);
                let params = self.resolve_args(&function.params, scope, diags);
                let result = self.resolve_arg(&function.result, scope, diags);
                self.in_function_type = false;
                let row = self.resolve_row(&function.effects, scope, diags);
                self.in_function_type = outside;
                if !self.is_whole_row(&function.effects, &row) {
                    return Ty::INVALID;
                }
                self.program.types.intern(TyKind::Fn(FnTy { params, result, row }))
            }
            TypeKind::Refinement { base, predicate } => {
                let base = self.resolve_type(base, scope, diags);
                self.refine(base, predicate, scope)
            }
            TypeKind::Invalid => Ty::INVALID,
        }
    }

    /// A type in an argument position: aliases resolved.
    pub(crate) fn resolve_arg(&mut self, ty: &ast::TypeExpr, scope: &TypeScope, diags: &mut Diagnostics) -> Ty {
        let ty = self.resolve_type(ty, scope, diags);
        self.argument(ty)
    }

    fn resolve_args(&mut self, types: &[ast::TypeExpr], scope: &TypeScope, diags: &mut Diagnostics) -> Vec<Ty> {
        types.iter().map(|ty| self.resolve_arg(ty, scope, diags)).collect()
    }

    /// A type as it is stored in an argument position: without alias heads.
    pub(crate) fn argument(&self, mut ty: Ty) -> Ty {
        while let TyKind::Alias(_, _, expansion) = self.program.types.kind(ty) {
            ty = *expansion;
        }
        ty
    }

    /// The meaning of an effect row.
    pub(crate) fn resolve_row(&mut self, row: &ast::EffectRow, scope: &TypeScope, diags: &mut Diagnostics) -> Row {
        let EffectRowKind::Effects(written) = &row.kind else { return Row::pure() };
        let mut resolved = Row::pure();
        for effect in written {
            resolved = resolved.union(&self.resolve_row_entry(effect, scope, diags));
        }
        resolved
    }

    /// Whether a row that was resolved could be read in whole.
    pub(crate) fn is_whole_row(&self, written: &ast::EffectRow, row: &Row) -> bool {
        let read = match &written.kind {
            EffectRowKind::Pure => true,
            EffectRowKind::Effects(effects) => !effects.iter().any(|effect| has_unread(&effect.args)),
            EffectRowKind::Invalid => false,
        };
        let mut args = row.effects().iter().flat_map(|effect| &effect.args);
        read && !args.any(|&arg| self.program.types.has_invalid(arg))
    }

    fn resolve_row_entry(&mut self, entry: &ast::EffectRef, scope: &TypeScope, diags: &mut Diagnostics) -> Row {
        if entry.qualifier.is_none() && entry.args.is_empty() {
            if let Some(variable) = scope.row_param(entry.name.as_str()) {
                return Row::new(Vec::new(), vec![variable]);
            }
            if scope.type_param(entry.name.as_str()).is_some() {
                diags.push(
                    Diagnostic::new(
                        Code::E338,
                        entry.span,
                        format!("`{}` is a type parameter, and stands for no effects here.", entry.name),
                    )
                    .unknown(NameKind::Effect, entry.name.text.clone())
                    .because("Only a variable of a function's `forall` can stand for effects, and its signature has to say so.")
                    .fix("Name the effects, for example `effects(<IO>)`, or write `effects(pure)`.")
                    .spec(Section::S7_6),
                );
                return Row::pure();
            }
        }
        match self.resolve_effect(entry, Code::E338, scope, diags) {
            Some(effect) => Row::new(vec![effect], Vec::new()),
            None => Row::pure(),
        }
    }

    /// The effect that is named, with its type arguments. `unknown` is the code for an effect that does not exist:
    /// E338 in a row, E330 in a handler.
    pub(crate) fn resolve_effect(
        &mut self,
        effect: &ast::EffectRef,
        unknown: Code,
        scope: &TypeScope,
        diags: &mut Diagnostics,
    ) -> Option<EffectUse> {
        if let Some(qualifier) = &effect.qualifier {
            diags.push(
                Diagnostic::new(
                    unknown,
                    effect.span,
                    format!("`{qualifier}.{}` is not an effect: effects have no qualified names.", effect.name),
                )
                .unknown(NameKind::Effect, format!("{qualifier}.{}", effect.name))
                .because("Effects are local to their module.")
                .fix(format!("Declare `effect {} {{ ... }}` in this file and name it without qualifier.", effect.name))
                .spec(Section::S8_4_1),
            );
            return None;
        }
        let Some(id) = self.effect(effect.name.as_str(), scope.module) else {
            if has_unread(&effect.args) {
                return None;
            }
            diags.push(self.unknown_effect(unknown, &effect.name, scope.module));
            return None;
        };
        let args = self.resolve_args(&effect.args, scope, diags);
        let declared = self.program.effect(id);
        if has_unread(&effect.args) && args.len() != declared.type_params.len() {
            return None;
        }
        if args.len() != declared.type_params.len() && self.is_redeclared(id, scope.module) {
            return Some(EffectUse { effect: id, args: vec![Ty::INVALID; declared.type_params.len()] });
        }
        if args.len() != declared.type_params.len() {
            let intrinsic = id == effects::STATE || id == effects::EXN;
            let code = if intrinsic && unknown == Code::E338 { Code::E340 } else { Code::E337 };
            diags.push(
                Diagnostic::new(
                    code,
                    effect.span,
                    format!(
                        "Effect `{}` takes {}, not {}.",
                        declared.name,
                        counted(declared.type_params.len(), "type argument"),
                        args.len()
                    ),
                )
                .because(if intrinsic {
                    "The argument says what the cell holds or what is thrown; each type is an effect of its own."
                } else {
                    "An effect is used with the type parameters of its declaration."
                })
                .fix(format!("Write `{}`.", applied(&declared.name, &declared.type_params, "Int")))
                .spec(Section::S7_3),
            );
            return None;
        }
        Some(EffectUse { effect: id, args })
    }

    fn resolve_named(
        &mut self,
        name: &ast::Name,
        args: &[ast::TypeExpr],
        span: Span,
        scope: &TypeScope,
        diags: &mut Diagnostics,
    ) -> Ty {
        if let Some(param) = scope.type_param(name.as_str()) {
            if self.has_arguments(name, args, "a type parameter", diags) {
                return Ty::INVALID;
            }
            return self.program.types.intern(TyKind::Param(param));
        }
        if let Some(primitive) = primitive(name.as_str()) {
            let wrong = self.has_arguments(name, args, "a built-in type without parameters", diags);
            return if wrong { Ty::INVALID } else { primitive };
        }
        match name.as_str() {
            "Array" => {
                if !self.arity(name, args, &["T".to_owned()], span, diags) {
                    return Ty::INVALID;
                }
                let element = self.resolve_arg(&args[0], scope, diags);
                self.sized(element, args[0].span, "the elements of an `Array`", scope, diags);
                return self.program.types.array(element);
            }
            "Tuple" => {
                if args.is_empty() {
                    diags.push(
                        Diagnostic::new(Code::E216, span, "A tuple type has to say its components.")
                            .because("A tuple without components is `Unit`.")
                            .fix("Write `Tuple<...>` with the components, or `Unit` for no value.")
                            .spec(Section::S2_3_1),
                    );
                    return Ty::INVALID;
                }
                let items = self.resolve_args(args, scope, diags);
                if has_unread(args) {
                    return Ty::INVALID;
                }
                return self.program.types.intern(TyKind::Tuple(items));
            }
            _ => {}
        }
        if has_unread(args) {
            return Ty::INVALID;
        }
        match self.type_name(name.as_str(), scope.module) {
            Some(TypeName::Data(id)) => self.resolve_data(id, name, args, span, scope, diags),
            Some(TypeName::Alias(id)) => self.resolve_alias(id, name, args, span, scope, diags),
            None => {
                diags.push(self.unknown_type(name, scope));
                Ty::INVALID
            }
        }
    }

    fn resolve_data(
        &mut self,
        id: DataId,
        name: &ast::Name,
        args: &[ast::TypeExpr],
        span: Span,
        scope: &TypeScope,
        diags: &mut Diagnostics,
    ) -> Ty {
        let params = self.program.data(id).type_params.clone();
        if params.is_empty() {
            if self.has_arguments(name, args, "a type without parameters", diags) {
                return Ty::INVALID;
            }
            return self.program.types.intern(TyKind::Data(id, Vec::new()));
        }
        if !self.arity(name, args, &params, span, diags) {
            return Ty::INVALID;
        }
        let resolved = self.resolve_args(args, scope, diags);
        for (position, (&ty, arg)) in resolved.iter().zip(args).enumerate() {
            if let Some(what) = self.container_part(id, position) {
                self.sized(ty, arg.span, what, scope, diags);
            }
        }
        self.program.types.intern(TyKind::Data(id, resolved))
    }

    fn resolve_alias(
        &mut self,
        id: AliasId,
        name: &ast::Name,
        args: &[ast::TypeExpr],
        span: Span,
        scope: &TypeScope,
        diags: &mut Diagnostics,
    ) -> Ty {
        let state = &self.alias_states[id.index()];
        let recursive = state.cycle.is_some() && state.cycle == self.resolving && self.in_function_type;
        if !state.resolved && !recursive {
            return Ty::INVALID;
        }
        let params = self.program.alias(id).type_params.clone();
        if !self.arity(name, args, &params, span, diags) {
            return Ty::INVALID;
        }
        if recursive {
            let resolved = self.resolve_args(args, scope, diags);
            return self.recursive_use(id, name, resolved, span, diags);
        }
        let row_positions = self.alias_states[id.index()].row_positions.clone();
        let mut rows = vec![Row::pure(); row_positions.len()];
        let mut resolved = Vec::with_capacity(args.len());
        for (position, arg) in args.iter().enumerate() {
            let Some(variable) = row_positions.iter().position(|&at| at == position) else {
                resolved.push(self.resolve_arg(arg, scope, diags));
                continue;
            };
            rows[variable] = match &arg.kind {
                TypeKind::Named { name, args } => {
                    let entry =
                        ast::EffectRef { qualifier: None, name: name.clone(), args: args.clone(), span: arg.span };
                    self.resolve_row_entry(&entry, scope, diags)
                }
                TypeKind::Invalid => Row::pure(),
                TypeKind::Fn(_) | TypeKind::Refinement { .. } => {
                    diags.push(
                        Diagnostic::new(Code::E338, arg.span, format!("`{name}` takes an effect here, not a type."))
                            .unknown(NameKind::Effect, self.source_text(arg.span))
                            .because(format!("Its parameter `{}` stands for effects.", params[position]))
                            .fix("Write an effect, such as `IO`, or a variable of `forall` that stands for effects.")
                            .spec(Section::S7_6),
                    );
                    Row::pure()
                }
            };
            // A row among type arguments: a function type that has it. It only tells apart what differs in it.
            let carrier = FnTy { params: Vec::new(), result: Ty::UNIT, row: rows[variable].clone() };
            resolved.push(self.program.types.intern(TyKind::Fn(carrier)));
        }
        let target = self.program.alias(id).target;
        let deepest = resolved.iter().map(|&arg| self.depth(arg)).max().unwrap_or_default();
        if self.depth(target) + deepest > MAX_TYPE_DEPTH {
            diags.push(
                Diagnostic::new(Code::E132, span, format!("`{name}` stands for a type that nests too deeply."))
                    .because(format!("Written without aliases it would nest more than {MAX_TYPE_DEPTH} times."))
                    .fix(format!("Wrap a part of it: `private data Part {{ Part({name}) }}`"))
                    .spec(Section::S2_6_3),
            );
            return Ty::INVALID;
        }
        let expansion = self.program.types.instantiate(target, &resolved, &rows);
        if !args.is_empty() {
            self.sized_within(expansion, span, scope, diags);
        }
        self.program.types.intern(TyKind::Alias(id, resolved, expansion))
    }

    /// An alias within what it stands for. Its arguments are parameters or mention none: others would grow each time round.
    fn recursive_use(
        &mut self,
        id: AliasId,
        name: &ast::Name,
        args: Vec<Ty>,
        span: Span,
        diags: &mut Diagnostics,
    ) -> Ty {
        let types = &self.program.types;
        let grows = |&arg: &Ty| !matches!(types.kind(arg), TyKind::Param(_)) && !types.params_in(arg).is_empty();
        if !args.iter().any(grows) {
            return self.program.types.intern(TyKind::Recursive(id, args));
        }
        let params = self.program.alias(id).type_params.join(", ");
        diags.push(
            Diagnostic::new(Code::E132, span, format!("Type alias `{name}` contains itself at other type arguments."))
                .because("Each instance of the type would need another one, without end.")
                .fix(format!("Write `{name}<{params}>` where the type contains itself."))
                .spec(Section::S2_6_3),
        );
        Ty::INVALID
    }

    /// How deeply a type nests, alias heads included. Aliases keep it bounded, so the recursion is.
    fn depth(&mut self, ty: Ty) -> u32 {
        if let Some(&depth) = self.type_depths.get(&ty) {
            return depth;
        }
        let parts: Vec<Ty> = match self.program.types.kind(ty) {
            TyKind::Array(element) => vec![*element],
            TyKind::Tuple(items) | TyKind::Data(_, items) => items.clone(),
            TyKind::Fn(function) => {
                let effects = function.row.effects().iter().flat_map(|used| &used.args);
                function.params.iter().chain([&function.result]).chain(effects).copied().collect()
            }
            TyKind::Alias(_, args, inner) | TyKind::Refined(inner, _, args) => {
                args.iter().chain([inner]).copied().collect()
            }
            TyKind::Recursive(_, args) => args.clone(),
            _ => Vec::new(),
        };
        let depth = 1 + parts.into_iter().map(|part| self.depth(part)).max().unwrap_or_default();
        self.type_depths.insert(ty, depth);
        depth
    }

    /// Registers a refinement of `base`.
    fn refine(&mut self, base: Ty, predicate: &ast::Expr, scope: &TypeScope) -> Ty {
        let text = self.source_text(predicate.span);
        let key = PredicateKey {
            module: scope.module,
            base,
            type_params: scope.type_params.iter().map(|param| param.name.clone()).collect(),
            text: without_blanks(&text),
        };
        let id = match self.predicate_keys.get(&key) {
            Some(&id) => id,
            None => {
                let id = PredicateId(self.program.predicates.len() as u32);
                self.program.predicates.push(Predicate {
                    binder: LocalId(0),
                    locals: vec![Local { ty: base, span: predicate.span }],
                    expr: Expr { kind: ExprKind::Invalid, ty: Ty::INVALID, span: predicate.span },
                    text,
                    span: predicate.span,
                });
                // Predicates see the functions of the module, not the helpers around the place they are written.
                let scope = TypeScope { function: None, ..scope.clone() };
                self.pending_predicates.push(PendingPredicate { id, base, predicate: predicate.clone(), scope });
                self.predicate_keys.insert(key, id);
                id
            }
        };
        let params = (0..scope.type_params.len() as u32).map(TyKind::Param);
        let args = params.map(|param| self.program.types.intern(param)).collect();
        self.program.types.intern(TyKind::Refined(base, id, args))
    }

    /// E134 when there are type arguments for what takes none.
    fn has_arguments(&self, name: &ast::Name, args: &[ast::TypeExpr], what: &str, diags: &mut Diagnostics) -> bool {
        let (Some(first), Some(last)) = (args.first(), args.last()) else { return false };
        if has_unread(args) {
            return true;
        }
        let behind = &self.program.sources.file(last.span.file).text()[last.span.end as usize..];
        let close = behind.find('>').map_or(0, |at| at as u32 + 1);
        diags.push(
            Diagnostic::new(Code::E134, first.span.to(last.span), format!("`{name}` takes no type arguments."))
                .because(format!("`{name}` is {what}."))
                .fix(format!("Write `{name}`."))
                .edit(Span { start: name.span.end, end: last.span.end + close, ..first.span }, "")
                .spec(Section::S2_7),
        );
        true
    }

    /// E133 unless there is an argument for each parameter.
    fn arity(
        &self,
        name: &ast::Name,
        args: &[ast::TypeExpr],
        params: &[String],
        span: Span,
        diags: &mut Diagnostics,
    ) -> bool {
        if args.len() == params.len() {
            return true;
        }
        if has_unread(args) {
            return false;
        }
        let expected = counted(params.len(), "type argument");
        diags.push(
            Diagnostic::new(Code::E133, span, format!("`{name}` takes {expected}, not {}.", args.len()))
                .unknown(NameKind::Type, self.source_text(span))
                .because("A type is used with an argument for each of its parameters.")
                .fix(format!("Write `{}`.", applied(name.as_str(), params, "Int")))
                .spec(Section::S2_7),
        );
        false
    }

    /// What the type argument at a position is the type of, if the type is a container of the library.
    fn container_part(&self, id: DataId, position: usize) -> Option<&'static str> {
        let data = self.program.data(id);
        if self.library_data(&data.name) != Some(id) {
            return None;
        }
        match (data.name.as_str(), position) {
            ("Map", 0) => Some("the keys of a `Map`"),
            ("Map", 1) => Some("the values of a `Map`"),
            ("Set", 0) => Some("the elements of a `Set`"),
            _ => None,
        }
    }

    /// E135 when a container would hold values that take no space.
    fn sized(&self, ty: Ty, span: Span, what: &str, scope: &TypeScope, diags: &mut Diagnostics) {
        if self.is_zero_size(ty) {
            diags.push(zero_size(&self.type_text(ty, scope), span, what));
        }
    }

    /// [`Env::sized`] for every container inside a type.
    pub(crate) fn sized_within(&mut self, ty: Ty, span: Span, scope: &TypeScope, diags: &mut Diagnostics) {
        if !self.program.types.has_unit(ty) {
            return;
        }
        let mut arrays = Vec::new();
        let mut data = Vec::new();
        self.program.types.map(ty, &mut |kind| {
            match kind {
                TyKind::Array(element) => arrays.push(*element),
                TyKind::Data(id, args) => data.push((*id, args.clone())),
                _ => {}
            }
            None
        });
        for element in arrays {
            self.sized(element, span, "the elements of an `Array`", scope, diags);
        }
        for (id, args) in data {
            for (position, &arg) in args.iter().enumerate() {
                if let Some(what) = self.container_part(id, position) {
                    self.sized(arg, span, what, scope, diags);
                }
            }
        }
    }
}

fn zero_size(ty: &str, span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::E135, span, format!("`{ty}` takes no space and cannot be the type of {what}."))
        .because("Containers store their entries; a value of this type has nothing to store.")
        .fix("Use a type with more than one value, such as `Bool`, or count with an `Int`.")
        .spec(Section::S2_2_2)
}

/// Whether one of the types could not be read.
fn has_unread(types: &[ast::TypeExpr]) -> bool {
    types.iter().any(|ty| matches!(ty.kind, TypeKind::Invalid))
}

/// The types without declaration and without parameters.
pub(crate) fn primitive(name: &str) -> Option<Ty> {
    Some(match name {
        "Int" => Ty::INT,
        "Nat" => Ty::NAT,
        "Bool" => Ty::BOOL,
        "Byte" => Ty::BYTE,
        "Float64" => Ty::FLOAT64,
        "String" => Ty::STRING,
        "Unit" => Ty::UNIT,
        "Never" => Ty::NEVER,
        _ => return None,
    })
}

/// `1 type argument`, `2 type arguments`, `no type arguments`
pub(crate) fn counted(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// `Name<Int, Int>`: an example of the use of a declaration.
fn applied(name: &str, params: &[String], example: &str) -> String {
    match params.len() {
        0 => name.to_owned(),
        count => format!("{name}<{}>", vec![example; count].join(", ")),
    }
}

/// A text without blanks outside of string literals.
fn without_blanks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in text.chars() {
        match c {
            '"' if !escaped => in_string = !in_string,
            _ => {}
        }
        escaped = in_string && c == '\\' && !escaped;
        if in_string || !c.is_whitespace() {
            out.push(c);
        }
    }
    out
}
