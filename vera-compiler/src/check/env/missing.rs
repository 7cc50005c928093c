//! Diagnostics for unknown names.

use super::{Env, TypeName};
use crate::abilities;
use crate::check::scope::TypeScope;
use crate::diagnostics::suggest::{CANDIDATES, listed, nearest};
use crate::diagnostics::{Code, Diagnostic, NameKind, Section};
use crate::foreign;
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{FnId, ModuleId};
use crate::types::EffectId;

/// Longer code is not written out in a fix.
const WRITTEN: usize = 500;

/// A bare call of something unknown.
pub(crate) struct UnknownCall<'a> {
    /// The name that is called.
    pub(crate) name: &'a ast::Name,
    /// The whole call.
    pub(crate) span: Span,
    /// The arguments as written.
    pub(crate) args: Vec<String>,
    /// The type of the first argument; empty without one.
    pub(crate) subject: String,
    /// What it looks to be declared like: `@Int -> @Bool`.
    pub(crate) signature: String,
}

impl Env {
    /// What to report for a bare call to something that is no function, operation or ability operation: E200, E178
    /// for a `where` helper out of reach.
    pub(crate) fn unresolved_function(&self, call: &UnknownCall<'_>, scope: &TypeScope) -> Diagnostic {
        let name = call.name;
        let table = &self.modules[scope.module.index()];
        if let Some(&helper) = table.helpers.get(&name.text) {
            return self.hidden_helper(name, helper);
        }
        for import in &table.imports {
            let target = &self.modules[import.module.index()];
            let Some(&id) = target.functions.get(&name.text) else { continue };
            if !self.program.function(id).public {
                let diagnostic = self.private_function(Code::E200, &import.path, name, id);
                return diagnostic.unknown(NameKind::Function, name.text.clone());
            }
            return Diagnostic::new(
                Code::E200,
                name.span,
                format!("Function `{name}` is not imported, though module `{}` has it.", import.path),
            )
            .because("A selective import brings in only the names in its parentheses.")
            .fix(format!("Add it to the import: `{}`", self.with_name(import, name.as_str())))
            .edit(import.span, self.with_name(import, name.as_str()))
            .spec(Section::S8_3_2)
            .label(import.span, "this import leaves it out")
            .unknown(NameKind::Function, name.text.clone());
        }
        if let Some((module, _)) = self.reached_function(name.as_str(), scope.module) {
            let diagnostic = self.of_another_module(Code::E200, "Function", name, module);
            return diagnostic.unknown(NameKind::Function, name.text.clone());
        }
        let imported = table.imports.iter().map(|import| &self.modules[import.module.index()]);
        if let Some(&helper) = imported.filter_map(|module| module.helpers.get(&name.text)).next() {
            return self.hidden_helper(name, helper);
        }
        let diagnostic = Diagnostic::new(Code::E200, name.span, format!("There is no function `{name}` here."))
            .unknown(NameKind::Function, name.text.clone())
            .because("A call names a function of this file, of an import, or of the standard library.")
            .spec(Section::S8_5_1);
        if let Some(diagnostic) = self.lacking_in_import(&diagnostic, name, scope.module) {
            return diagnostic;
        }
        if let Some(function) = foreign::function(name.as_str()) {
            let args: Vec<&str> = call.args.iter().map(String::as_str).collect();
            let written = function.written(foreign::Call { subject: &call.subject, args: &args });
            return match written.filter(|written| written.len() <= WRITTEN) {
                Some(written) => {
                    let same = written.strip_suffix(&format!("({})", args.join(", ")));
                    let diagnostic = diagnostic.fix(format!("Write `{written}`."));
                    match same.filter(|function| !function.contains('(')) {
                        Some(function) => diagnostic.edit(name.span, function),
                        None => diagnostic.edit(call.span, written),
                    }
                }
                None => diagnostic.fix(function.words()),
            };
        }
        let visible = self.visible_functions(scope);
        let subject = call.subject.split('<').next().unwrap_or_default().to_ascii_lowercase();
        let of_subject = format!("{subject}_{name}");
        if !subject.is_empty() && visible.clone().any(|function| function == of_subject) {
            return diagnostic.fix(format!("Did you mean `{of_subject}`?")).edit(name.span, of_subject);
        }
        if let Some(near) = nearest(name.as_str(), visible.clone()) {
            return diagnostic.fix(format!("Did you mean `{near}`?")).edit(name.span, near);
        }
        match with_subject(name.as_str(), visible).as_slice() {
            [] => diagnostic.fix(format!(
                "Declare it, for example:\nprivate fn {name}({})\n  requires(true)\n  ensures(true)\n  \
                 effects(pure)\n{{\n  ...\n}}",
                call.signature
            )),
            found => diagnostic.fix(format!("Write it with its subject: `{}`.", found.join("`, `"))),
        }
    }

    /// E178
    fn hidden_helper(&self, name: &ast::Name, helper: FnId) -> Diagnostic {
        let parent = self.families[helper.index()].parent.map(|id| self.program.function(id).name.as_str());
        let parent = parent.unwrap_or_default();
        Diagnostic::new(
            Code::E178,
            name.span,
            format!("`{name}` is a helper in the `where` block of `{parent}` and cannot be called from here."),
        )
        .because("Functions of a `where` block belong to the function above it and are invisible outside.")
        .fix(format!("Declare it at top level: `private fn {name}(...)`, or move this call into `{parent}`."))
        .spec(Section::S5_6)
        .label(self.program.function(helper).name_span, "the helper is here")
        .unknown(NameKind::Function, name.text.clone())
    }

    /// What to report for an unknown constructor, under the code of the place: E210, E214, E320, E322.
    pub(crate) fn unknown_constructor(&self, code: Code, name: &ast::Name, module: ModuleId) -> Diagnostic {
        let table = &self.modules[module.index()];
        let diagnostic = Diagnostic::new(code, name.span, format!("There is no constructor `{name}` here."))
            .unknown(NameKind::Constructor, name.text.clone())
            .because("A constructor is a variant of a `data` type of this file, of an import, or of the prelude.")
            .spec(Section::S2_4);
        for import in &table.imports {
            let target = &self.modules[import.module.index()];
            let Some(&(data, _)) = target.constructors.get(&name.text) else { continue };
            let data = self.program.data(data);
            return diagnostic.label(import.span, "this import does not bring it in").fix(if data.public {
                format!("Import its type: `{}`", self.with_name(import, &data.name))
            } else {
                format!("Declare `{}` public in module `{}`.", data.name, import.path)
            });
        }
        let local = [&table.constructors, &table.imported_constructors, &self.library_constructors];
        let candidates = local.into_iter().flat_map(|names| names.keys().map(|name| &**name));
        if let Some(known) = foreign::constructor(name.as_str()) {
            return diagnostic.write(name.span, known);
        }
        let constant_function = table.functions.get(name.as_str().to_ascii_lowercase().as_str());
        if let Some(&function) = constant_function
            && self.signature(function).params.is_empty()
        {
            return diagnostic.write(name.span, format!("{}()", name.as_str().to_ascii_lowercase()));
        }
        if let Some(near) = nearest(name.as_str(), candidates) {
            return diagnostic.fix(format!("Did you mean `{near}`?")).edit(name.span, near);
        }
        let constant = name.as_str().len() > 1 && !name.as_str().contains(|c: char| c.is_ascii_lowercase());
        if constant && self.type_name(name.as_str(), module).is_none() {
            let function = name.as_str().to_ascii_lowercase();
            return diagnostic.fix(format!(
                "A constant is a function without parameters, called `{function}()`:\nprivate fn {function}(-> @Int)\n  \
                 requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  1\n}}"
            ));
        }
        match self.type_name(name.as_str(), module) {
            Some(TypeName::Data(data)) if !self.program.data(data).constructors.is_empty() => {
                let data = self.program.data(data);
                let names: Vec<&str> = data.constructors.iter().map(|constructor| constructor.name.as_str()).collect();
                diagnostic.fix(format!("`{name}` is a type; its constructors are `{}`.", names.join("`, `")))
            }
            Some(TypeName::Alias(_)) => {
                diagnostic.fix(format!("`{name}` is a type alias; write the value itself, without `{name}(...)`."))
            }
            _ => diagnostic.fix(format!("Declare a type that has it: `private data Name {{ {name} }}`")),
        }
    }

    /// What to report for an unknown type (E136).
    pub(crate) fn unknown_type(&self, name: &ast::Name, scope: &TypeScope) -> Diagnostic {
        let table = &self.modules[scope.module.index()];
        let diagnostic = Diagnostic::new(Code::E136, name.span, format!("There is no type `{name}` here."))
            .unknown(NameKind::Type, name.text.clone())
            .because("A type is built in, declared with `data` or `type`, imported, or a variable of `forall`.")
            .spec(Section::S2_1);
        if self.effect(name.as_str(), scope.module).is_some() {
            return diagnostic.fix(format!("`{name}` is an effect; it belongs in `effects(<{name}>)`."));
        }
        for import in &table.imports {
            let target = &self.modules[import.module.index()];
            match target.types.get(&name.text) {
                Some(TypeName::Data(id)) if !self.program.data(*id).public => {
                    return diagnostic
                        .fix(format!("Declare it `public data {name}` in module `{}`.", import.path))
                        .label(self.program.data(*id).span, "it is private");
                }
                Some(TypeName::Data(_)) => {
                    return diagnostic
                        .fix(format!("Add it to the import: `{}`", self.with_name(import, name.as_str())))
                        .edit(import.span, self.with_name(import, name.as_str()))
                        .label(import.span, "this import leaves it out");
                }
                Some(TypeName::Alias(id)) => {
                    return diagnostic
                        .fix(format!("Type aliases are local to their module: repeat `type {name} = ...;` here."))
                        .label(self.program.alias(*id).span, "this alias is of another module");
                }
                None => {}
            }
        }
        if let Some((module, _)) = self.reached_data(name.as_str(), scope.module) {
            let diagnostic = self.of_another_module(Code::E136, "Type", name, module);
            return diagnostic.unknown(NameKind::Type, name.text.clone());
        }
        if let Some(diagnostic) = self.lacking_in_import(&diagnostic, name, scope.module) {
            return diagnostic;
        }
        let declared = [&table.types, &table.imported_types, &self.library_types];
        let candidates = scope.type_params.iter().map(|param| param.name.as_str());
        let candidates = candidates.chain(declared.into_iter().flat_map(|names| names.keys().map(|name| &**name)));
        let builtin = ["Int", "Nat", "Bool", "Byte", "Float64", "String", "Unit", "Never", "Array", "Tuple"];
        match foreign::ty(name.as_str()).or_else(|| nearest(name.as_str(), candidates.chain(builtin))) {
            Some(near) => diagnostic.fix(format!("Did you mean `{near}`?")).edit(name.span, near),
            None if name.as_str().len() <= 2 && scope.function.is_none() => diagnostic
                .fix(format!("If it is a type variable, declare it after the name of the declaration: `Name<{name}>`")),
            None if name.as_str().len() <= 2 => {
                diagnostic.fix(format!("If it is a type variable, declare it: `forall<{name}> fn ...`"))
            }
            None => diagnostic.fix(format!("Declare it: `private data {name} {{ ... }}` or `type {name} = ...;`")),
        }
    }

    /// What to report for an unknown effect, under the code of the place: E330 in a handler, E338 in a row.
    pub(crate) fn unknown_effect(&self, code: Code, name: &ast::Name, module: ModuleId) -> Diagnostic {
        let diagnostic = Diagnostic::new(code, name.span, format!("There is no effect `{name}` here."))
            .unknown(NameKind::Effect, name.text.clone())
            .because(
                "An effect is one of the language, declared with `effect` in this file, or a variable of `forall`.",
            )
            .spec(Section::S7_3);
        let known = crate::effects::TABLE.iter().map(|effect| effect.name);
        let own = self.modules[module.index()].effects.keys().map(|name| &**name);
        if code == Code::E338 && matches!(name.as_str(), "Pure" | "None" | "Total" | "Nothing") {
            return diagnostic.fix("Write `effects(pure)`.");
        }
        if let Some((owner, effect)) = self.reached_effect(name.as_str(), module) {
            return self.effect_of_another_module(diagnostic, effect, owner, module);
        }
        if abilities::named(name.as_str()).is_some() {
            return diagnostic
                .fix(format!("`{name}` is an ability; it constrains a type: `forall<T where {name}<T>> fn ...`"));
        }
        if let Some(near) = nearest(name.as_str(), known.chain(own)) {
            return diagnostic.fix(format!("Did you mean `{near}`?")).edit(name.span, near);
        }
        diagnostic.fix(if name.as_str().len() <= 2 {
            format!("If it stands for any effects, declare it: `forall<{name}> fn ...`")
        } else {
            format!("Declare it:\neffect {name} {{\n  op run(String -> Unit);\n}}")
        })
    }

    /// What to report for the use of an ability that a program declares (E340).
    pub(crate) fn ability_not_compiled(&self, ability: &str, operation: &str, span: Span) -> Diagnostic {
        Diagnostic::new(
            Code::E340,
            span,
            format!("`{operation}` belongs to the user-declared ability `{ability}`, which nothing implements."),
        )
        .because(
            "The language has no way to implement an ability; only Eq, Ord, Hash and Show come with implementations.",
        )
        .fix("Pass the operation as a function parameter, for example `@fn(T -> Int) effects(pure)`.")
        .spec(Section::S9_8)
    }

    /// E332 is for handlers, E220 for calls: the effect has no operation of that name.
    pub(super) fn no_such_operation(&self, effect: EffectId, name: &ast::Name) -> Diagnostic {
        let effect = self.program.effect(effect);
        let description = format!("Effect `{}` has no operation `{name}`.", effect.name);
        let operations: Vec<&str> = effect.operations.iter().map(|operation| operation.name.as_str()).collect();
        let because = match operations.as_slice() {
            [] => format!("`{}` only marks functions; it has no operations.", effect.name),
            names => format!("Its operations are {}.", listed(names.iter().copied())),
        };
        let function = crate::builtins::lookup(name.as_str()).is_some_and(|builtin| !builtin.internal);
        let diagnostic = Diagnostic::new(Code::E220, name.span, description)
            .unknown(NameKind::Operation, name.text.clone())
            .because(because)
            .spec(Section::S7_4);
        match (nearest(name.as_str(), operations.iter().copied()), operations.first()) {
            _ if function => diagnostic.fix(format!("`{name}` is a function: write `{name}(...)`.")),
            (Some(near), _) => diagnostic.fix(format!("Did you mean `{}.{near}`?", effect.name)).edit(name.span, near),
            (None, Some(first)) => {
                diagnostic.fix(format!("Call one of them, for example `{}.{first}(...)`.", effect.name))
            }
            (None, None) => {
                diagnostic.fix(format!("Remove the call; `effects(<{}>)` is all there is to write.", effect.name))
            }
        }
    }

    pub(super) fn unknown_qualifier(&self, qualifier: &ast::Name, name: &ast::Name, module: ModuleId) -> Diagnostic {
        let description = match abilities::named(qualifier.as_str()) {
            Some(_) => format!("Ability `{qualifier}` has no operation `{name}`."),
            None => format!("`{qualifier}` is not an effect or an ability, so `{qualifier}.{name}` means nothing."),
        };
        let diagnostic = Diagnostic::new(Code::E220, qualifier.span.to(name.span), description)
            .unknown(NameKind::Effect, qualifier.text.clone())
            .because("`Name.operation(...)` calls an operation of an effect.")
            .spec(Section::S7_4);
        if let Some((owner, effect)) = self.reached_effect(qualifier.as_str(), module) {
            return self.effect_of_another_module(diagnostic, effect, owner, module);
        }
        let known = crate::effects::TABLE.iter().map(|effect| effect.name);
        let own = self.modules[module.index()].effects.keys().map(|name| &**name);
        let abilities = abilities::TABLE.iter().map(|ability| ability.name);
        match nearest(qualifier.as_str(), known.chain(own).chain(abilities)) {
            Some(near) => diagnostic.fix(format!("Did you mean `{near}.{name}`?")).edit(qualifier.span, near),
            None => diagnostic.fix(format!("Call a function without qualifier: `{name}(...)`")),
        }
    }

    /// Every function a bare call in a scope could name, without internal built-ins. The library comes before what may be
    /// many.
    fn visible_functions<'a>(&'a self, scope: &TypeScope) -> impl Iterator<Item = &'a str> + Clone {
        let mut helpers: Vec<&str> = Vec::new();
        let mut enclosing = scope.function;
        while let Some(function) = enclosing {
            let family = &self.families[function.index()];
            helpers.extend(family.helpers.keys().map(|name| &**name).take(CANDIDATES));
            enclosing = family.parent;
        }
        let table = &self.modules[scope.module.index()];
        let declared = table.functions.keys().chain(table.imported_functions.keys()).map(|name| &**name);
        let library = crate::builtins::TABLE.iter().filter(|row| !row.internal).map(|row| row.name);
        let operations = abilities::TABLE.iter().map(|ability| ability.operation);
        helpers.into_iter().chain(library).chain(["apply_fn"]).chain(operations).chain(declared)
    }
}

/// The functions that do to a subject what `name` says, such as `array_map` and `option_map` for `map`.
fn with_subject<'a>(name: &str, visible: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let ends = |candidate: &&str| candidate.strip_suffix(name).is_some_and(|subject| subject.ends_with('_'));
    visible.take(CANDIDATES).filter(ends).take(4).collect()
}
