//! Names a program may not take: E151, E152, E154, E158, E185. (E153 is the parser's.)

use crate::abilities;
use crate::builtins;
use crate::check::env::Env;
use crate::check::resolve_type::primitive;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section, Severity};
use crate::effects;
use crate::syntax::ast;
use crate::tir::ModuleId;
use crate::types::EffectId;

pub(super) fn function(env: &Env, module: ModuleId, name: &ast::Name, diags: &mut Diagnostics) {
    if env.is_prelude(module) {
        return;
    }
    let again = |description: String| {
        Diagnostic::new(Code::E151, name.span, description)
            .fix(format!("Use the library's `{name}`, or rename this function, for example to `my_{name}`."))
            .spec(Section::S9_6)
    };
    if name.as_str() == "apply_fn" {
        let description = "`apply_fn` is how a function value is called; this function can never be named.";
        diags.push(again(description.into()).because("The name means the same in every program."));
    } else if builtins::lookup(name.as_str()).is_some_and(|builtin| !builtin.internal) {
        let description = format!("`{name}` is a function of the standard library; this one hides it in this module.");
        let diagnostic = again(description).because("A reader takes the name for the known function.");
        diags.push(diagnostic.severity(newer(env)));
    }
}

/// E154, and E158 for the constructor of tuples.
pub(super) fn constructor(env: &Env, module: ModuleId, name: &ast::Name, diags: &mut Diagnostics) {
    if env.is_prelude(module) {
        return;
    }
    if is_prelude_spelling(name.as_str()) {
        diags.push(prelude_spelling(name, "a constructor"));
    } else if name.as_str() == "Tuple" {
        diags.push(
            Diagnostic::new(
                Code::E158,
                name.span,
                "`Tuple` is the constructor of tuples; this one can never be named.",
            )
            .because("A reader, and every function of the standard library, takes the name for the known one.")
            .fix("Rename the constructor, for example to `MyTuple`.")
            .spec(Section::S9_1_2)
            .severity(newer(env)),
        );
    }
}

/// How serious a refusal is that older releases of the language do not know.
fn newer(env: &Env) -> Severity {
    if env.strict { Severity::Error } else { Severity::Warning }
}

/// E152 and E154; the effect of the language that has the name already.
pub(super) fn effect(name: &ast::Name, diags: &mut Diagnostics) -> Option<EffectId> {
    if is_prelude_spelling(name.as_str()) {
        diags.push(prelude_spelling(name, "an effect"));
    }
    let taken = effects::lookup(name.as_str());
    if let Some(effect) = taken.and_then(effects::builtin) {
        let written = match effect.type_params {
            [] => name.to_string(),
            params => format!("{name}<{}>", params.join(", ")),
        };
        diags.push(
            Diagnostic::new(Code::E152, name.span, format!("`{name}` is an effect of the language."))
                .because("Every function with this effect in its row can use its operations; no declaration is needed.")
                .fix(format!("Remove this declaration and write `effects(<{written}>)`, or rename the effect."))
                .spec(Section::S7_7),
        );
    }
    taken
}

pub(super) fn ability(decl: &ast::AbilityDecl, diags: &mut Diagnostics) -> bool {
    let taken = abilities::named(decl.name.as_str()).is_some();
    let rename = |name: &ast::Name, what: &str, other: String| {
        Diagnostic::new(Code::E185, name.span, format!("`{name}` is {what} of the language."))
            .because("Eq, Ord, Hash and Show, with eq, compare, hash and show, are there without declaration.")
            .fix(format!("Rename it, for example to `{other}`."))
            .spec(Section::S9_8_1)
    };
    if taken {
        diags.push(rename(&decl.name, "an ability", format!("My{}", decl.name)));
        return true;
    }
    for operation in &decl.ops {
        if abilities::of_operation(operation.name.as_str()).is_some() {
            let name = &operation.name;
            diags.push(rename(name, "the operation of an ability", format!("my_{name}")));
        }
    }
    false
}

pub(super) fn type_name(env: &Env, module: ModuleId, name: &ast::Name, what: &str, diags: &mut Diagnostics) {
    if env.is_prelude(module) {
        return;
    }
    if is_prelude_spelling(name.as_str()) {
        diags.push(prelude_spelling(name, &format!("a {what}")));
        return;
    }
    let builtin = is_builtin(name.as_str());
    if !builtin && !env.library_types.contains_key(&name.text) {
        return;
    }
    let description = if builtin {
        format!("`{name}` is a type of the language; this {what} can never be named.")
    } else {
        format!("`{name}` is a type of the prelude; this {what} hides it in this module.")
    };
    diags.push(
        Diagnostic::new(Code::E158, name.span, description)
            .because("A reader, and every function of the standard library, takes the name for the known type.")
            .fix(format!("Use the known `{name}`, or rename this {what}, for example to `My{name}`."))
            .spec(Section::S9_1_2)
            .severity(newer(env)),
    );
}

/// E158 for a type of the prelude that is declared again as it is.
pub(super) fn known_again(env: &Env, name: &ast::Name, diags: &mut Diagnostics) {
    diags.push(
        Diagnostic::new(Code::E158, name.span, format!("`{name}` is a type of the prelude; this declares it again."))
            .because("It is there without declaration, with these constructors.")
            .fix(format!("Remove this declaration; `{name}` keeps its meaning."))
            .spec(Section::S9_1_2)
            .severity(newer(env)),
    );
}

pub(super) fn type_param(env: &Env, module: ModuleId, name: &ast::Name, diags: &mut Diagnostics) {
    if env.is_prelude(module) {
        return;
    }
    if is_prelude_spelling(name.as_str()) {
        diags.push(prelude_spelling(name, "a type parameter").severity(newer(env)));
        return;
    }
    let builtin = is_builtin(name.as_str());
    if builtin || env.library_types.contains_key(&name.text) {
        let of = if builtin { "the language" } else { "the prelude" };
        let description = format!("`{name}` is a type of {of}; this type parameter hides it.");
        diags.push(
            Diagnostic::new(Code::E158, name.span, description)
                .because("A reader takes the name for the known type.")
                .fix("Rename the type parameter, for example to `T`.")
                .spec(Section::S9_1_2)
                .severity(newer(env)),
        );
    }
}

/// Whether a type of that name is there without declaration.
fn is_builtin(name: &str) -> bool {
    primitive(name).is_some() || matches!(name, "Array" | "Tuple")
}

/// `Vera` and then an uppercase letter or a digit.
fn is_prelude_spelling(name: &str) -> bool {
    name.strip_prefix("Vera")
        .and_then(|rest| rest.chars().next())
        .is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
}

fn prelude_spelling(name: &ast::Name, what: &str) -> Diagnostic {
    Diagnostic::new(Code::E154, name.span, format!("The name `{name}` is reserved, {what} cannot have it."))
        .because("Names that start with `Vera`, followed by a capital letter or a digit, belong to the prelude.")
        .fix(format!("Rename it, for example to `My{}`.", &name.as_str()["Vera".len()..]))
        .spec(Section::S8_4_1)
}
