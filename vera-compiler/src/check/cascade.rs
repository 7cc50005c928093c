//! Leaves out secondary errors, and warnings about the prelude.
//!
//! A diagnostic carries the unknown name ([`Diagnostic::unknown`]); no text of a program is read here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::env::Env;
use super::load::LoadedModule;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, NameKind, Severity, UnknownName};
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
        match (diagnostic.unknown.clone(), module) {
            (Some(name), Some(module)) => {
                if !follows_from_loss(env, module, &name) && !follows_from_import(env, module, &name) {
                    unknown.add(&functions, module, name, diagnostic);
                }
            }
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

/// Whether a name means nothing because what declares it could not be read.
fn follows_from_loss(env: &Env, module: usize, unknown: &UnknownName) -> bool {
    let lost = &env.modules[module].lost;
    // A name that starts with the wrong kind of letter was lost for that.
    lost.function && unknown.kind == NameKind::Function
        || lost.names.iter().any(|lost| lost.eq_ignore_ascii_case(&unknown.name))
}

/// Whether a name means nothing because an import that may have brought it in failed.
fn follows_from_import(env: &Env, module: usize, unknown: &UnknownName) -> bool {
    let failed = &env.modules[module].failed_imports;
    let lost = env.modules[module].lost.imports;
    let named = |names: &[Arc<str>]| match unknown.kind {
        NameKind::Module => true,
        // Constructors come with a type, which has another name.
        NameKind::Constructor => names.iter().any(|name| name.starts_with(char::is_uppercase)),
        _ => names.contains(&unknown.name),
    };
    let imported =
        matches!(unknown.kind, NameKind::Type | NameKind::Function | NameKind::Constructor | NameKind::Module);
    imported && (lost || failed.iter().any(|names| names.as_deref().is_none_or(named)))
}

/// Diagnostics about names that mean nothing.
#[derive(Default)]
struct UnknownNames {
    found: BTreeMap<Mention, Vec<Diagnostic>>,
}

/// What makes two diagnostics one: they are about one name that means nothing for one reason.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Mention {
    module: usize,
    unknown: UnknownName,
    /// Slots and states belong to a function.
    function: Option<u32>,
    /// Elsewhere something else may be known, and have been said, of the same name.
    said: String,
}

impl UnknownNames {
    fn add(&mut self, functions: &Functions, module: usize, unknown: UnknownName, diagnostic: Diagnostic) {
        let function = match unknown.kind {
            NameKind::Slot | NameKind::State => functions.around(diagnostic.span),
            _ => None,
        };
        let said = match unknown.kind {
            NameKind::Type | NameKind::State => String::new(),
            _ => diagnostic.description.clone(),
        };
        self.found.entry(Mention { module, unknown, function, said }).or_default().push(diagnostic);
    }

    /// The first use of each name, with the places of the others. Slots of a type that is unknown in a declaration or
    /// binding as well are no mistakes of their own, nor are operations of an effect that is unknown in a row.
    fn finish(self) -> Diagnostics {
        let mut kept = Diagnostics::new();
        let in_rows = self.found.iter().filter(|(_, uses)| uses.iter().any(|used| used.code == Code::E338));
        let rows: BTreeSet<(usize, Arc<str>)> =
            in_rows.map(|(mention, _)| (mention.module, mention.unknown.name.clone())).collect();
        for (mention, mut uses) in self.found {
            if mention.unknown.kind == NameKind::Type && uses.iter().any(|used| used.code != Code::E130) {
                uses.retain(|used| used.code != Code::E130);
            }
            if mention.unknown.kind == NameKind::Effect && rows.contains(&(mention.module, mention.unknown.name)) {
                uses.retain(|used| used.code != Code::E220);
            }
            let mut uses = uses.into_iter();
            if let Some(first) = uses.next() {
                kept.push(uses.take(PLACES).fold(first, |mut first, other| {
                    first.edits.extend(other.edits);
                    first.label(other.span, "and here")
                }));
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
