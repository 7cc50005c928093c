//! Leaves out what follows from another mistake, and what is nobody's business.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::env::Env;
use super::load::LoadedModule;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::Span;

/// Other places of an unknown name that are pointed at.
const PLACES: usize = 8;

/// The diagnostics in source order, without warnings about the prelude, without complaints about names that an import
/// would have brought in, had it been found, and with one for each name that means nothing, wherever it is used.
/// `files` are the modules of the files ([`files`]).
pub(crate) fn without(env: &Env, files: &[Option<usize>], diags: Diagnostics) -> Diagnostics {
    let mut kept = Diagnostics::new();
    if diags.is_empty() {
        return kept;
    }
    let functions = Functions::of(env);
    let mut unknown = UnknownNames::default();
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
        match (UnknownNames::named(env, &functions, &diagnostic), module) {
            (Some(name), Some(module)) => unknown.add(module, name, diagnostic),
            _ => kept.push(diagnostic),
        }
    }
    kept.extend(unknown.finish());
    without_listed(kept).sorted()
}

/// Leaves out that an import lists what its module does not have, where what is said of a use points at the import.
fn without_listed(diags: Diagnostics) -> Diagnostics {
    let listed = |diagnostic: &Diagnostic| diagnostic.code == Code::E233 && diagnostic.severity == Severity::Warning;
    if !diags.iter().any(listed) {
        return diags;
    }
    let uses = diags.iter().filter(|diagnostic| !listed(diagnostic));
    let pointed: Vec<Span> = uses.flat_map(|used| used.labels.iter().map(|label| label.span)).collect();
    let told = |diagnostic: &Diagnostic| pointed.iter().any(|span| span.contains(diagnostic.span));
    let mut kept = Diagnostics::new();
    diags.iter().filter(|diagnostic| !listed(diagnostic) || !told(diagnostic)).for_each(|one| kept.push(one.clone()));
    kept
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
        C::E130 | C::E136 | C::E178 | C::E200 | C::E210 | C::E214 | C::E220 | C::E320 | C::E322 | C::E330 | C::E338
    );
    let lost = &env.modules[module].lost;
    if !missing || lost.names.is_empty() && !lost.function {
        return false;
    }
    let written = env.program.sources.text(diagnostic.span);
    // An operation stands behind the name of its effect.
    let name = written.split('.').next().unwrap_or(written);
    // A name that starts with the wrong kind of letter was lost for that.
    lost.function && diagnostic.code == C::E200 || lost.names.iter().any(|lost| lost.eq_ignore_ascii_case(name))
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
    let lost = env.modules[module].lost.imports;
    if !missing || failed.is_empty() && !lost {
        return false;
    }
    let written = env.program.sources.text(diagnostic.span);
    // Constructors come with a type, which has another name.
    let constructor = matches!(diagnostic.code, Code::E210 | Code::E214 | Code::E320 | Code::E322);
    let named = |names: &[Arc<str>]| {
        let types = || names.iter().any(|name| name.starts_with(char::is_uppercase));
        diagnostic.code == Code::E230 || names.iter().any(|name| **name == *written) || constructor && types()
    };
    // A reference that starts with `@` names a type that is known, and only no slot of it.
    !written.starts_with('@') && (lost || failed.iter().any(|names| names.as_deref().is_none_or(named)))
}

/// Diagnostics about names that mean nothing, by module and name.
#[derive(Default)]
struct UnknownNames<'a> {
    found: BTreeMap<(usize, Kind, &'a str, String), Vec<Diagnostic>>,
}

/// What a name was taken for, or the function in which a slot or state is unknown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Type,
    Function,
    Constructor,
    Effect,
    Module,
    Slot(u32),
    State(u32),
}

impl<'a> UnknownNames<'a> {
    /// The name when the diagnostic says that it means nothing: it is the place of the diagnostic, also in a slot
    /// reference.
    fn named(env: &'a Env, functions: &Functions, diagnostic: &Diagnostic) -> Option<(Kind, &'a str)> {
        let written = env.program.sources.text(diagnostic.span);
        let kind = match diagnostic.code {
            Code::E133 | Code::E136 => Kind::Type,
            Code::E130 if !written.starts_with('@') => Kind::Type,
            Code::E130 => Kind::Slot(functions.around(diagnostic.span)?),
            Code::E200 => Kind::Function,
            // Of a type that is not imported: the description tells which.
            Code::E214 if diagnostic.severity == Severity::Warning => return Some((Kind::Constructor, "")),
            Code::E210 | Code::E214 | Code::E320 | Code::E322 => Kind::Constructor,
            // The effect in front of an operation.
            Code::E220 if written.contains('.') => {
                return written.split_once('.').map(|(effect, _)| (Kind::Effect, effect));
            }
            Code::E220 | Code::E330 | Code::E338 => Kind::Effect,
            Code::E230 => Kind::Module,
            // `old` or `new` in front of the effect.
            Code::E177 if written.ends_with(')') => {
                let effect = written.find('(').map_or(written, |at| &written[at..]);
                return Some((Kind::State(functions.around(diagnostic.span)?), effect));
            }
            _ => return None,
        };
        Some((kind, written))
    }

    fn add(&mut self, module: usize, (kind, name): (Kind, &'a str), diagnostic: Diagnostic) {
        // Elsewhere something else may be known, and have been said, of the same name.
        let said = match kind {
            Kind::Type | Kind::State(_) => String::new(),
            _ => diagnostic.description.clone(),
        };
        self.found.entry((module, kind, name, said)).or_default().push(diagnostic);
    }

    /// The first use of each name, with the places of the others. Slots of a type that is unknown in a declaration or
    /// binding as well are no mistakes of their own, nor are operations of an effect that is unknown in a row.
    fn finish(self) -> Diagnostics {
        let mut kept = Diagnostics::new();
        let effects = self.found.iter().filter(|(_, uses)| uses.iter().any(|used| used.code == Code::E338));
        let rows: BTreeSet<(usize, &str)> = effects.map(|(&(module, _, name, _), _)| (module, name)).collect();
        for ((module, kind, name, _), mut uses) in self.found {
            if kind == Kind::Type && uses.iter().any(|used| used.code != Code::E130) {
                uses.retain(|used| used.code != Code::E130);
            }
            if kind == Kind::Effect && rows.contains(&(module, name)) {
                uses.retain(|used| used.code != Code::E220);
            }
            let mut uses = uses.into_iter();
            if let Some(first) = uses.next() {
                kept.push(uses.take(PLACES).fold(first, |first, other| first.label(other.span, "and here")));
            }
        }
        kept
    }
}

/// Where the functions at top level are.
struct Functions(Vec<Span>);

impl Functions {
    fn of(env: &Env) -> Self {
        let declared = env.program.functions.iter().filter(|function| function.parent.is_none());
        let mut spans: Vec<Span> = declared.map(|function| function.span).collect();
        spans.sort_by_key(|span| (span.file, span.start));
        Self(spans)
    }

    /// The number of the function around a place.
    fn around(&self, place: Span) -> Option<u32> {
        let after = self.0.partition_point(|span| (span.file, span.start) <= (place.file, place.start));
        let at = after.checked_sub(1)?;
        let function = self.0[at];
        (function.file == place.file && place.end <= function.end).then_some(at as u32)
    }
}
