//! The names a module declares: ids, duplicates (E184, E159), missing visibility.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Declared, reserved, standard};
use crate::check::env::{Env, Family, ModuleTable, TypeName, UserAbility};
use crate::check::load::LoadedModule;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::prelude;
use crate::source::Span;
use crate::syntax::ast::{self, Lost, Visibility};
use crate::tir::{Alias, Constructor, DataDecl, EffectDecl, FnId, Module, ModuleId};
use crate::types::{AliasId, DataId, EffectId, Ty};

/// Where a name was declared first, by kind of name.
#[derive(Default)]
struct Seen<'a> {
    functions: FxHashMap<&'a str, Span>,
    types: FxHashMap<&'a str, Span>,
    effects: FxHashMap<&'a str, Span>,
    abilities: FxHashMap<&'a str, Span>,
}

/// Gives every declaration of a module an id and enters its name.
pub(super) fn declare(
    env: &mut Env,
    id: ModuleId,
    module: &LoadedModule,
    prelude: &LoadedModule,
    diags: &mut Diagnostics,
) -> Vec<Vec<Declared>> {
    let names = module.files.iter().flat_map(|file| file.lost.names.iter().cloned()).collect();
    let lost = Lost {
        names,
        function: module.files.iter().any(|file| file.lost.function),
        imports: module.files.iter().any(|file| file.lost.imports),
    };
    let declared_path = module.files.iter().find_map(|file| Some(file.module.as_ref()?.path.to_string()));
    env.modules.push(ModuleTable { prelude: module.prelude, declared_path, lost, ..ModuleTable::default() });
    env.program.modules.push(Module {
        path: module.path.clone(),
        prelude: module.prelude,
        docs: module.files.iter().find_map(|file| file.module.as_ref()?.docs.clone()),
        functions: Vec::new(),
        data: Vec::new(),
        effects: Vec::new(),
    });
    let mut seen = Seen::default();
    let standard = if module.prelude { BTreeSet::new() } else { standard::declared_again(prelude, module) };
    let files = module.files.iter().map(|file| {
        let decls = file.decls.iter().map(|decl| match decl {
            ast::Decl::Fn(decl) => declare_function(env, id, decl, &mut seen, diags),
            ast::Decl::Data(decl) if standard.contains(decl.name.as_str()) => {
                declare_again(env, id, decl, &mut seen, diags)
            }
            ast::Decl::Data(decl) => declare_data(env, id, decl, &mut seen, diags),
            ast::Decl::TypeAlias(decl) => declare_alias(env, id, decl, &mut seen, diags),
            ast::Decl::Effect(decl) => declare_effect(env, id, decl, &mut seen, diags),
            ast::Decl::Ability(decl) => declare_ability(env, id, decl, &mut seen, diags),
        });
        decls.collect()
    });
    files.collect()
}

fn declare_function<'a>(
    env: &mut Env,
    module: ModuleId,
    decl: &'a ast::FnDecl,
    seen: &mut Seen<'a>,
    diags: &mut Diagnostics,
) -> Declared {
    visibility(decl.visibility, &decl.name, "fn", decl.span, diags);
    let id = number(env, module, decl, None, diags);
    env.program.modules[module.index()].functions.push(id);
    if first(&mut seen.functions, &decl.name, "a function", diags) {
        env.modules[module.index()].functions.insert(Arc::clone(&decl.name.text), id);
    } else if let Some(&other) = env.modules[module.index()].functions.get(&decl.name.text) {
        env.ambiguous.insert(other);
    }
    Declared::Fn(id)
}

/// Numbers a function and its helpers in source order, parents first.
fn number(env: &mut Env, module: ModuleId, decl: &ast::FnDecl, parent: Option<FnId>, diags: &mut Diagnostics) -> FnId {
    reserved::function(env, module, &decl.name, diags);
    if let Some(forall) = &decl.forall {
        type_params(env, module, &forall.params, "function", &decl.name, diags);
    }
    let id = FnId(env.families.len() as u32);
    env.families.push(Family { parent, ..Family::default() });
    let mut seen = FxHashMap::default();
    for helper in &decl.where_fns {
        let child = number(env, module, helper, Some(id), diags);
        env.families[id.index()].children.push(child);
        env.modules[module.index()].helpers.entry(Arc::clone(&helper.name.text)).or_insert(child);
        if first(&mut seen, &helper.name, "a function", diags) {
            env.families[id.index()].helpers.insert(Arc::clone(&helper.name.text), child);
        }
    }
    id
}

fn declare_data<'a>(
    env: &mut Env,
    module: ModuleId,
    decl: &'a ast::DataDecl,
    seen: &mut Seen<'a>,
    diags: &mut Diagnostics,
) -> Declared {
    visibility(decl.visibility, &decl.name, "data", decl.span, diags);
    reserved::type_name(env, module, &decl.name, "data type", diags);
    type_params(env, module, &decl.type_params, "data type", &decl.name, diags);
    let id = DataId(env.program.data.len() as u32);
    env.program.modules[module.index()].data.push(id);
    for (tag, name) in own_constructors(env, module, decl, id, diags) {
        env.modules[module.index()].constructors.insert(name, (id, tag));
    }
    let constructors = decl.constructors.iter().map(|constructor| Constructor {
        name: constructor.name.text.to_string(),
        fields: vec![Ty::INVALID; constructor.fields.len()],
        docs: constructor.docs.clone(),
        span: constructor.span,
    });
    let constructors = constructors.collect();
    let public = decl.visibility == Some(Visibility::Public);
    env.program.data.push(DataDecl {
        name: decl.name.text.to_string(),
        module,
        public,
        type_params: texts(&decl.type_params),
        constructors,
        invariant: None,
        docs: decl.docs.clone(),
        span: decl.span,
    });
    if first(&mut seen.types, &decl.name, "a data type", diags) {
        env.modules[module.index()].types.insert(Arc::clone(&decl.name.text), TypeName::Data(id));
        if env.is_prelude(module) && (public || prelude::OPAQUE.contains(&decl.name.as_str())) {
            env.library_types.insert(Arc::clone(&decl.name.text), TypeName::Data(id));
            if public {
                for (tag, constructor) in decl.constructors.iter().enumerate() {
                    env.library_constructors.insert(Arc::clone(&constructor.name.text), (id, tag as u32));
                }
            }
        }
    }
    Declared::Data(id)
}

/// The names of a data type's constructors that are free, with their positions.
fn own_constructors(
    env: &Env,
    module: ModuleId,
    decl: &ast::DataDecl,
    id: DataId,
    diags: &mut Diagnostics,
) -> Vec<(u32, Arc<str>)> {
    let mut free = Vec::new();
    let mut own = FxHashMap::default();
    for (tag, constructor) in decl.constructors.iter().enumerate() {
        let name = &constructor.name;
        reserved::constructor(env, module, name, diags);
        if !first(&mut own, name, "a constructor", diags) {
            continue;
        }
        let known = env.modules[module.index()].constructors.get(&name.text);
        if let Some((other, tag)) = known.filter(|(other, _)| *other != id) {
            let other = env.program.data(*other);
            diags.push(
                Diagnostic::new(
                    Code::E159,
                    name.span,
                    format!("Constructor `{name}` is declared by `{}` already.", other.name),
                )
                .because("A constructor name has to tell which type it makes, so it belongs to one type of a module.")
                .fix(format!("Rename one of them, for example `{}{name}`.", decl.name))
                .spec(Section::S2_4)
                .label(other.constructors[*tag as usize].span, "declared here first"),
            );
            continue;
        }
        free.push((tag as u32, Arc::clone(&name.text)));
    }
    free
}

/// Enters a type of the prelude under the names of a program's identical declaration.
fn declare_again<'a>(
    env: &mut Env,
    module: ModuleId,
    decl: &'a ast::DataDecl,
    seen: &mut Seen<'a>,
    diags: &mut Diagnostics,
) -> Declared {
    visibility(decl.visibility, &decl.name, "data", decl.span, diags);
    reserved::known_again(env, &decl.name, diags);
    type_params(env, module, &decl.type_params, "data type", &decl.name, diags);
    let known =
        env.library_data(decl.name.as_str()).filter(|_| first(&mut seen.types, &decl.name, "a data type", diags));
    if let Some(id) = known {
        for (_, name) in own_constructors(env, module, decl, id, diags) {
            if let Some(&constructor) = env.library_constructors.get(&name) {
                env.modules[module.index()].constructors.insert(name, constructor);
            }
        }
        env.modules[module.index()].types.insert(Arc::clone(&decl.name.text), TypeName::Data(id));
    }
    Declared::Nothing
}

fn declare_alias<'a>(
    env: &mut Env,
    module: ModuleId,
    decl: &'a ast::TypeAliasDecl,
    seen: &mut Seen<'a>,
    diags: &mut Diagnostics,
) -> Declared {
    reserved::type_name(env, module, &decl.name, "type alias", diags);
    type_params(env, module, &decl.type_params, "type alias", &decl.name, diags);
    let id = AliasId(env.program.aliases.len() as u32);
    env.program.aliases.push(Alias {
        name: decl.name.text.to_string(),
        module,
        type_params: texts(&decl.type_params),
        target: Ty::INVALID,
        docs: decl.docs.clone(),
        span: decl.span,
    });
    env.alias_states.push(Default::default());
    if first(&mut seen.types, &decl.name, "a type alias", diags) {
        env.modules[module.index()].types.insert(Arc::clone(&decl.name.text), TypeName::Alias(id));
    }
    Declared::Alias(id)
}

fn declare_effect<'a>(
    env: &mut Env,
    module: ModuleId,
    decl: &'a ast::EffectDecl,
    seen: &mut Seen<'a>,
    diags: &mut Diagnostics,
) -> Declared {
    let taken = reserved::effect(&decl.name, diags);
    type_params(env, module, &decl.type_params, "effect", &decl.name, diags);
    let mut operations = FxHashMap::default();
    for operation in &decl.ops {
        first(&mut operations, &operation.name, "an operation", diags);
    }
    let id = EffectId(env.program.effects.len() as u32);
    env.program.modules[module.index()].effects.push(id);
    env.program.effects.push(EffectDecl {
        name: decl.name.text.to_string(),
        module: Some(module),
        type_params: texts(&decl.type_params),
        operations: Vec::new(),
        docs: decl.docs.clone(),
        span: Some(decl.span),
    });
    if first(&mut seen.effects, &decl.name, "an effect", diags) {
        let table = &mut env.modules[module.index()];
        match taken {
            Some(builtin) => table.redeclared_effects.push(builtin),
            None => {
                table.effects.insert(Arc::clone(&decl.name.text), id);
            }
        }
    }
    Declared::Effect(id)
}

fn declare_ability<'a>(
    env: &mut Env,
    module: ModuleId,
    decl: &'a ast::AbilityDecl,
    seen: &mut Seen<'a>,
    diags: &mut Diagnostics,
) -> Declared {
    let taken = reserved::ability(decl, diags);
    type_params(env, module, &decl.type_params, "ability", &decl.name, diags);
    let mut operations = FxHashMap::default();
    for operation in &decl.ops {
        first(&mut operations, &operation.name, "an operation", diags);
    }
    if first(&mut seen.abilities, &decl.name, "an ability", diags) && !taken {
        let operations = decl.ops.iter().map(|operation| Arc::clone(&operation.name.text)).collect();
        env.modules[module.index()]
            .abilities
            .insert(Arc::clone(&decl.name.text), UserAbility { operations, bound: false });
    }
    Declared::Nothing
}

/// Enters a name; E184 and `false` when it is there already.
fn first<'a>(seen: &mut FxHashMap<&'a str, Span>, name: &'a ast::Name, what: &str, diags: &mut Diagnostics) -> bool {
    match seen.get(name.as_str()) {
        None => {
            seen.insert(name.as_str(), name.span);
            true
        }
        Some(&earlier) => {
            diags.push(duplicate(name, what, earlier));
            false
        }
    }
}

fn duplicate(name: &ast::Name, what: &str, earlier: Span) -> Diagnostic {
    Diagnostic::new(Code::E184, name.span, format!("The name `{name}` is declared twice; this is the second, {what}."))
        .because("A name means one thing; there is no overloading and no redefinition.")
        .fix(format!("Rename or remove one of them; this one could be `{name}2`."))
        .spec(Section::S5_2)
        .label(earlier, "declared here first")
}

/// Type parameters twice in a list (E184) or with a reserved name (E154).
fn type_params(env: &Env, module: ModuleId, params: &[ast::Name], what: &str, of: &ast::Name, diags: &mut Diagnostics) {
    let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
    for param in params {
        reserved::type_param(env, module, param, diags);
        match seen.get(param.as_str()) {
            None => {
                seen.insert(param.as_str(), param.span);
            }
            Some(&earlier) => diags.push(
                Diagnostic::new(
                    Code::E184,
                    param.span,
                    format!("Type parameter `{param}` of {what} `{of}` is declared twice."),
                )
                .because("Each type parameter of a list has a name of its own.")
                .fix(format!("Rename it, for example to `{param}2`, or remove it."))
                .spec(Section::S2_7)
                .label(earlier, "declared here first"),
            ),
        }
    }
}

fn visibility(visibility: Option<Visibility>, name: &ast::Name, keyword: &str, span: Span, diags: &mut Diagnostics) {
    if visibility.is_none() {
        let at = Span { end: span.start + keyword.len() as u32, ..span };
        diags.push(
            Diagnostic::new(Code::E005, at, format!("`{name}` has to be declared `public` or `private`."))
                .because(
                    "There is no default visibility: each function and data type at top level says who may use it.",
                )
                .fix(format!(
                    "Write `private {keyword} {name}`, or `public` for what other modules or the host may use."
                ))
                .edit(at.start_point(), "private ")
                .spec(Section::S5_8),
        );
    }
}

fn texts(names: &[ast::Name]) -> Vec<String> {
    names.iter().map(|name| name.text.to_string()).collect()
}
