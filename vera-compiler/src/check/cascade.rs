//! Leaves out what follows from another mistake, and what is nobody's business.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::env::Env;
use super::load::LoadedModule;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};

/// Other places of an unknown type that are pointed at.
const PLACES: usize = 8;

/// The diagnostics in source order, without warnings about the prelude, without complaints about names that an import
/// would have brought in, had it been found, and with one for each type that does not exist, wherever it is used.
/// `files` are the modules of the files ([`files`]).
pub(crate) fn without(env: &Env, files: &[Option<usize>], diags: Diagnostics) -> Diagnostics {
    let mut kept = Diagnostics::new();
    let mut unknown = UnknownTypes::default();
    for diagnostic in diags.sorted() {
        let module = files[diagnostic.span.file.index()];
        let prelude = module.is_none_or(|module| env.modules[module].prelude);
        if prelude && diagnostic.severity == Severity::Warning {
            continue;
        }
        // A hole where something else is wrong was not meant as one.
        if diagnostic.code == Code::W001 && kept.iter().last().is_some_and(|said| said.span == diagnostic.span) {
            continue;
        }
        if module.is_some_and(|module| follows_from_import(env, module, &diagnostic)) {
            continue;
        }
        match (UnknownTypes::named(env, &diagnostic), module) {
            (Some(name), Some(module)) => unknown.add(module, name, diagnostic),
            _ => kept.push(diagnostic),
        }
    }
    kept.extend(unknown.finish());
    kept.sorted()
}

/// The module each file belongs to, by file.
pub(crate) fn files(env: &Env, modules: &[LoadedModule]) -> Vec<Option<usize>> {
    let mut files = vec![None; env.program.sources.iter().count()];
    for (index, module) in modules.iter().enumerate() {
        module.files.iter().for_each(|program| files[program.span.file.index()] = Some(index));
    }
    files
}

/// Whether a name is missing because what declares it could not be read.
fn follows_from_loss(env: &Env, module: usize, diagnostic: &Diagnostic) -> bool {
    use Code as C;
    let missing = matches!(
        diagnostic.code,
        C::E130 | C::E136 | C::E200 | C::E210 | C::E214 | C::E220 | C::E320 | C::E322 | C::E330 | C::E338
    );
    let lost = &env.modules[module].lost;
    if !missing || lost.is_empty() {
        return false;
    }
    let written = env.program.sources.text(diagnostic.span);
    // An operation stands behind the name of its effect.
    let name = written.split('.').next().unwrap_or(written);
    lost.iter().any(|lost| **lost == *name)
}

fn follows_from_import(env: &Env, module: usize, diagnostic: &Diagnostic) -> bool {
    if follows_from_loss(env, module, diagnostic) {
        return true;
    }
    let missing = matches!(
        diagnostic.code,
        Code::E130 | Code::E136 | Code::E200 | Code::E210 | Code::E214 | Code::E230 | Code::E320 | Code::E322
    );
    let failed = &env.modules[module].failed_imports;
    if !missing || failed.is_empty() {
        return false;
    }
    let written = env.program.sources.text(diagnostic.span);
    let named = |names: &[Arc<str>]| diagnostic.code == Code::E230 || names.iter().any(|name| **name == *written);
    // A reference that starts with `@` names a type that is known, and only no slot of it.
    !written.starts_with('@') && failed.iter().any(|names| names.as_deref().is_none_or(named))
}

/// Diagnostics about types that do not exist, by module and name.
#[derive(Default)]
struct UnknownTypes<'a> {
    found: BTreeMap<(usize, &'a str), Vec<Diagnostic>>,
}

impl<'a> UnknownTypes<'a> {
    /// The name of the type when the diagnostic says that there is none: it is the place of the diagnostic, also in a
    /// slot reference.
    fn named(env: &'a Env, diagnostic: &Diagnostic) -> Option<&'a str> {
        let written = env.program.sources.text(diagnostic.span);
        let named = match diagnostic.code {
            Code::E136 => true,
            Code::E130 => !written.starts_with('@'),
            _ => false,
        };
        named.then_some(written)
    }

    fn add(&mut self, module: usize, name: &'a str, diagnostic: Diagnostic) {
        self.found.entry((module, name)).or_default().push(diagnostic);
    }

    /// The first use of each type, with the places of the others. Slots of a type that is unknown in a declaration or
    /// binding as well are no mistakes of their own.
    fn finish(self) -> Diagnostics {
        let mut kept = Diagnostics::new();
        for uses in self.found.into_values() {
            let code = if uses.iter().any(|used| used.code == Code::E136) { Code::E136 } else { Code::E130 };
            let mut uses = uses.into_iter().filter(|used| used.code == code);
            if code == Code::E130 {
                uses.for_each(|used| kept.push(used));
            } else if let Some(first) = uses.next() {
                let others = uses.take(PLACES);
                kept.push(others.fold(first, |first, other| first.label(other.span, "and here")));
            }
        }
        kept
    }
}
