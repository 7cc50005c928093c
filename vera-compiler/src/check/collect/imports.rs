//! The names that imports add: E150, E155, E156, E157.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::check::env::{Env, Import, Names, TypeName, tell_apart};
use crate::check::load::{LoadedImport, LoadedModule};
use crate::diagnostics::suggest::nearest;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section, Severity};
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::ModuleId;
use crate::types::DataId;

/// Enters what a module's imports make visible.
pub(super) fn bring_in(env: &mut Env, id: ModuleId, module: &LoadedModule, diags: &mut Diagnostics) {
    let mut first = Suppliers::default();
    for (written, loaded) in module.files.iter().flat_map(|file| &file.imports).zip(&module.imports) {
        match loaded {
            LoadedImport::Failed => env.modules[id.index()].failed_imports.push(listed(written)),
            LoadedImport::Module(target) => bring_in_one(env, id, written, *target, &mut first, diags),
        }
    }
}

/// The names in the parentheses of an import.
fn listed(written: &ast::ImportDecl) -> Option<Vec<Arc<str>>> {
    written.names.as_ref().map(|names| names.iter().map(|name| Arc::clone(&name.text)).collect())
}

/// Which import brought a name in first.
#[derive(Default)]
struct Suppliers {
    functions: Names<(ModuleId, Span)>,
    types: Names<(ModuleId, Span)>,
    constructors: Names<(ModuleId, Span)>,
}

fn bring_in_one(
    env: &mut Env,
    id: ModuleId,
    written: &ast::ImportDecl,
    target: ModuleId,
    first: &mut Suppliers,
    diags: &mut Diagnostics,
) {
    let path = written.path.to_string();
    let mut private = false;
    for position in 0..written.names.as_ref().map_or(0, Vec::len) {
        private |= !check_listed(env, written, position, target, diags);
    }
    // What is private, and what could not be read there, was reported; here it is missing.
    let lost = &env.modules[target.index()].lost;
    if private || lost.function || !lost.names.is_empty() {
        env.modules[id.index()].failed_imports.push(listed(written));
    }
    let wanted = |name: &str| match &written.names {
        Some(names) => names.iter().any(|listed| listed.as_str() == name),
        None => true,
    };
    let table = &env.modules[target.index()];
    let functions = table.functions.iter().filter(|(name, id)| wanted(name) && env.program.function(**id).public);
    let functions: Vec<_> = functions.map(|(name, id)| (Arc::clone(name), *id)).collect();
    let data = table.types.iter().filter_map(|(name, ty)| match ty {
        TypeName::Data(data) if wanted(name) && env.program.data(*data).public => Some((Arc::clone(name), *data)),
        _ => None,
    });
    let data: Vec<_> = data.collect();
    let owners: BTreeSet<DataId> = data.iter().map(|(_, data)| *data).collect();
    let constructors = table.constructors.iter().filter(|(_, (owner, _))| owners.contains(owner));
    let constructors: Vec<_> = constructors.map(|(name, constructor)| (Arc::clone(name), *constructor)).collect();

    let own = &mut env.modules[id.index()];
    let mut clash =
        |code, what: &str, name: &Arc<str>, suppliers: &mut Names<(ModuleId, Span)>| match suppliers.get(name) {
            Some((other, span)) if *other != target => {
                let other = &env.program.modules[other.index()].path;
                diags.push(two_suppliers(code, what, name, (&path, written.span), (other, *span)));
                false
            }
            Some(_) => false,
            None => {
                suppliers.insert(Arc::clone(name), (target, written.span));
                true
            }
        };
    for (name, function) in functions {
        if !own.functions.contains_key(&name) && clash(Code::E155, "function", &name, &mut first.functions) {
            own.imported_functions.insert(name, function);
        }
    }
    for (name, data) in data {
        if !own.types.contains_key(&name) && clash(Code::E156, "type", &name, &mut first.types) {
            own.imported_types.insert(name, TypeName::Data(data));
        }
    }
    // That a type's name clashes is said, and its constructors clash with it.
    let other = |owner: DataId| {
        let imported = own.imported_types.get(&*env.program.data[owner.index()].name);
        imported.is_some_and(|imported| *imported != TypeName::Data(owner))
    };
    let constructors: Vec<_> = constructors.into_iter().filter(|(_, (owner, _))| !other(*owner)).collect();
    for (name, constructor) in constructors {
        if !own.constructors.contains_key(&name) && clash(Code::E157, "constructor", &name, &mut first.constructors) {
            own.imported_constructors.insert(name, constructor);
        }
    }
    let names = written.names.as_ref();
    own.imports.push(Import {
        path: path.clone(),
        module: target,
        names: names.map(|names| names.iter().map(|name| Arc::clone(&name.text)).collect()),
        span: written.span,
    });
}

/// E150 for a private name of an import list. A name the module does not have is only pointed out: nothing is
/// brought in, and a use is reported where it is. Gives whether the name can be imported, as far as that goes.
fn check_listed(
    env: &Env,
    written: &ast::ImportDecl,
    position: usize,
    target: ModuleId,
    diags: &mut Diagnostics,
) -> bool {
    let (Some(name), path) = (written.names.as_ref().and_then(|names| names.get(position)), &written.path) else {
        return true;
    };
    let table = &env.modules[target.index()];
    let function = table.functions.get(&name.text).map(|id| env.program.function(*id));
    let function = function.map(|function| (function.public, function.name_span, "fn"));
    let ty = match table.types.get(&name.text) {
        Some(TypeName::Data(id)) => Some((env.program.data(*id).public, env.program.data(*id).span, "data")),
        _ => None,
    };
    match function.or(ty) {
        Some((true, ..)) => return true,
        Some((false, span, keyword)) => {
            diags.push(
                Diagnostic::new(Code::E150, name.span, format!("`{name}` of module `{path}` is private."))
                    .because("Only public declarations can be imported.")
                    .fix(format!("Declare it `public {keyword} {name}` in `{path}`, or take it out of the import."))
                    .spec(Section::S8_4_1)
                    .label(span, "declared private here"),
            );
            return false;
        }
        None => {
            let diagnostic =
                Diagnostic::new(Code::E233, name.span, format!("Module `{path}` has no `{name}` to import."))
                    .spec(Section::S8_3_2)
                    .severity(Severity::Warning);
            let constructor = |name: &ast::Name| table.constructors.get(&name.text).map(|(data, _)| *data);
            let of = constructor(name).filter(|data| env.program.data(*data).public);
            let local = table.types.contains_key(&name.text)
                || table.effects.contains_key(&name.text)
                || table.abilities.contains_key(&name.text);
            diags.push(if local {
                diagnostic
                    .because("Type aliases, effects and abilities are local to their module.")
                    .fix(format!("Take `{name}` out of the import and declare it in this file."))
            } else if let Some(data) = of {
                let ty = &env.program.data(data).name;
                listed_constructor(diagnostic, written, position, ty, |listed| constructor(listed) == Some(data))
            } else {
                let diagnostic = diagnostic.because("A name in the list of an import is one that the module declares.");
                match nearest(name.as_str(), env.importable(target)) {
                    Some(near) => diagnostic.fix(format!("Did you mean `{near}`?")),
                    None => diagnostic.fix(format!("Take `{name}` out of the import.")),
                }
            });
        }
    }
    true
}

/// Longer lists are not written again for each of their names.
const LISTED: usize = 32;

/// What to say of the constructor at `position` in the list of an import, one of the type `ty`. It comes with the type,
/// which stands there in its place, or does already: in the list, or for a constructor before this one.
fn listed_constructor(
    diagnostic: Diagnostic,
    written: &ast::ImportDecl,
    position: usize,
    ty: &str,
    is_of_type: impl Fn(&ast::Name) -> bool,
) -> Diagnostic {
    let diagnostic = diagnostic.because("Constructors come with their type.");
    let names = written.names.as_deref().unwrap_or_default();
    if names.len() > LISTED {
        return diagnostic.fix(format!("List the type, `{ty}`, in place of its constructors."));
    }
    let name = &names[position];
    let there = names.iter().any(|listed| listed.as_str() == ty) || names[..position].iter().any(&is_of_type);
    let mut kept: Vec<&str> = Vec::with_capacity(names.len());
    for listed in names {
        let text = if is_of_type(listed) { ty } else { listed.as_str() };
        if text != ty || !kept.contains(&ty) {
            kept.push(text);
        }
    }
    let import = format!("import {}({});", written.path, kept.join(", "));
    if !there {
        return diagnostic.fix(format!("Import the type: `{import}`")).edit(name.span, ty);
    }
    let place = match (position.checked_sub(1), names.get(position + 1)) {
        (Some(before), _) => Span { start: names[before].span.end, ..name.span },
        (None, Some(next)) => Span { end: next.span.start, ..name.span },
        (None, None) => name.span,
    };
    diagnostic.fix(format!("`{ty}` brings it in; take `{name}` out of the list: `{import}`")).edit(place, "")
}

/// `import` is the second that brings a name in, `first` the other; each with its path.
fn two_suppliers(code: Code, what: &str, name: &str, import: (&str, Span), first: (&str, Span)) -> Diagnostic {
    let fix = match code {
        Code::E155 => format!(
            "Take `{name}` out of one of the imports, listing the other names: `import {}(...);`. {}",
            import.0,
            tell_apart(name, first.0, import.0)
        ),
        _ => format!("List in each import only the names you need: `import {}(...);`.", import.0),
    };
    Diagnostic::new(code, import.1, format!("Two imports bring in a {what} called `{name}`."))
        .because("A bare name has to mean one declaration; which of the two would depend on the order of imports.")
        .fix(fix)
        .spec(Section::S8_3_2)
        .label(first.1, "this import brings it in first")
}
