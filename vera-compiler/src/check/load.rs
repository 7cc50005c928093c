//! Parsing the program, everything it imports, and what they use of the prelude.
//!
//! Modules come out with their imports before them. An import that cannot be had is reported where it is written and
//! remembered as [`LoadedImport::Failed`], so that names it would have brought in are not reported as missing too.

use std::collections::BTreeMap;

use crate::builtins::Builtin;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section, Severity};
use crate::prelude;
use crate::source::{Importer, LoadError, SourceLoader, SourceMap};
use crate::syntax::{self, Read, ast};
use crate::tir::ModuleId;

/// A module as parsed.
#[derive(Debug, Default)]
pub(crate) struct LoadedModule {
    /// Dotted path; for an imported module the path it is imported by.
    pub(crate) path: String,
    /// Whether it is the prelude.
    pub(crate) prelude: bool,
    /// Its files: one, or all those of the prelude.
    pub(crate) files: Vec<ast::Program>,
    /// Where each of its imports leads, in source order.
    pub(crate) imports: Vec<LoadedImport>,
    /// The built-ins without a body in Vera that come with it: those of the prelude that are used.
    pub(crate) builtins: Vec<&'static Builtin>,
}

/// Where an import leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoadedImport {
    /// To that module.
    Module(ModuleId),
    /// Nowhere; reported.
    Failed,
}

/// All modules, dependencies first: the prelude is the first, the program itself the last.
pub(crate) fn load(
    name: &str,
    text: &str,
    loader: &dyn SourceLoader,
    sources: &mut SourceMap,
    diags: &mut Diagnostics,
) -> Vec<LoadedModule> {
    // The prelude is the first module and read last, when it is known what of it is used.
    let mut modules = vec![LoadedModule::default()];
    let root = sources.add(name, text);
    let Read { program, diagnostics, mut names, .. } = syntax::read(sources, root);
    diags.extend(diagnostics);
    let path = program.module.as_ref().map(|module| module.path.to_string()).unwrap_or_default();

    let mut done: BTreeMap<String, ModuleId> = BTreeMap::new();
    let mut stack = vec![Loading::new(path, program)];
    while let Some(current) = stack.last_mut() {
        let Some(import) = current.program.imports.get(current.imports.len()) else {
            let finished = stack.pop().expect("the loop found it");
            let id = ModuleId(modules.len() as u32);
            if !finished.path.is_empty() {
                done.insert(finished.path.clone(), id);
            }
            modules.push(LoadedModule {
                path: finished.path,
                files: vec![finished.program],
                imports: finished.imports,
                ..LoadedModule::default()
            });
            if let Some(importer) = stack.last_mut() {
                importer.imports.push(LoadedImport::Module(id));
            }
            continue;
        };
        let import = import.clone();
        let path = import.path.to_string();
        if let Some(&id) = done.get(&path) {
            current.imports.push(LoadedImport::Module(id));
            continue;
        }
        if let Some(start) = stack.iter().position(|loading| loading.path == path) {
            let cycle = stack[start..].iter().map(|loading| loading.path.as_str()).chain([path.as_str()]);
            let cycle: Vec<&str> = cycle.collect();
            diags.push(circular(&import, &cycle));
            fail(&mut stack);
            continue;
        }
        let declaration = stack.last().and_then(|current| current.program.module.as_ref());
        let declared = declaration.map(|module| parts(&module.path)).unwrap_or_default();
        let importer = Importer { name: sources.file(import.span.file).name(), module: &declared };
        let loaded = loader.load(&parts(&import.path), &importer);
        match loaded {
            Ok((_, text)) if u32::try_from(text.len()).is_err() => {
                diags.push(unreadable(&import, "it has 4 GiB or more"));
                fail(&mut stack);
            }
            // The program itself, found as a module: its path is not known before.
            Ok((name, _)) if name == sources.file(root).name() => {
                let above = stack[1..].iter().map(|loading| loading.path.as_str());
                let cycle: Vec<&str> = [path.as_str()].into_iter().chain(above).chain([path.as_str()]).collect();
                diags.push(circular(&import, &cycle));
                fail(&mut stack);
            }
            Ok((name, text)) => {
                let file = sources.add(name, text);
                let Read { program, diagnostics: reported, names: more, .. } = syntax::read(sources, file);
                names.extend(more);
                if let Some(first) = reported.iter().find(|diagnostic| diagnostic.severity == Severity::Error) {
                    diags.push(
                        Diagnostic::new(Code::E013, import.span, format!("Module `{path}` cannot be read."))
                            .because("Its text has errors, which are reported where they are.")
                            .fix(format!("Fix the errors in module `{path}`; nothing has to change here."))
                            .spec(Section::S8_6_5)
                            .label(first.span, "the first of them"),
                    );
                }
                diags.extend(reported);
                stack.push(Loading::new(path, program));
            }
            Err(LoadError::NotFound(places)) => {
                diags.push(not_found(&import, &path, &places));
                fail(&mut stack);
            }
            Err(LoadError::Unreadable(reason)) => {
                diags.push(unreadable(&import, &reason));
                fail(&mut stack);
            }
        }
    }
    let used = prelude::Selection::of(names.iter().map(|name| &**name));
    modules[0] = load_prelude(used, sources, diags);
    modules
}

fn parts(path: &ast::ModulePath) -> Vec<&str> {
    path.parts.iter().map(ast::Name::as_str).collect()
}

/// A module whose imports are being loaded.
struct Loading {
    path: String,
    program: ast::Program,
    imports: Vec<LoadedImport>,
}

impl Loading {
    fn new(path: String, program: ast::Program) -> Self {
        Self { path, program, imports: Vec::new() }
    }
}

fn fail(stack: &mut [Loading]) {
    if let Some(current) = stack.last_mut() {
        current.imports.push(LoadedImport::Failed);
    }
}

fn load_prelude(used: prelude::Selection, sources: &mut SourceMap, diags: &mut Diagnostics) -> LoadedModule {
    let files = used.files.iter().map(|(file, parts)| {
        let (name, text) = prelude::FILES[*file];
        let file = sources.add(format!("<prelude>/{name}"), text);
        let (program, reported) = syntax::parse_parts(sources, file, parts);
        diags.extend(reported);
        program
    });
    LoadedModule { files: files.collect(), builtins: used.rows, prelude: true, ..LoadedModule::default() }
}

fn circular(import: &ast::ImportDecl, cycle: &[&str]) -> Diagnostic {
    Diagnostic::new(Code::E011, import.span, format!("Modules import each other: {}.", cycle.join(" → ")))
        .because("A module is checked after everything it imports, so imports must not go in a cycle.")
        .fix("Move what both need into a third module and import that from each.")
        .spec(Section::S8_6_3)
}

fn not_found(import: &ast::ImportDecl, path: &str, places: &[String]) -> Diagnostic {
    let file = format!("{}.vera", path.replace('.', "/"));
    let because = match places {
        [] => format!("The module `{path}` is the file `{file}`, looked for from the folder of the program."),
        places => format!("The module `{path}` is the file `{file}`, and there is none at {}.", places.join(", ")),
    };
    Diagnostic::new(Code::E012, import.path.span, format!("There is no module `{path}`."))
        .because(because)
        .fix(format!("Create the file `{file}`, or correct the path of the import."))
        .spec(Section::S8_6_1)
}

fn unreadable(import: &ast::ImportDecl, reason: &str) -> Diagnostic {
    let description = format!("Module `{}` cannot be read: {reason}.", import.path);
    Diagnostic::new(Code::E012, import.path.span, description)
        .because("The text of an imported module is read together with the program.")
        .fix("Make the file readable, as UTF-8 text.")
        .spec(Section::S8_6_5)
}
