//! Parses the program, its imports, and the parts of the prelude that they use.
//!
//! Modules come after their imports. An import that cannot be loaded is reported at the import and remembered as
//! [`LoadedImport::Failed`], so that its names are not reported as missing too.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::builtins::Builtin;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section, Severity};
use crate::prelude;
use crate::source::{FileId, Importer, LoadError, SourceLoader, SourceMap};
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
    let root = sources.add(name, text);
    let Read { program, diagnostics, names, .. } = syntax::read(sources, root);
    diags.extend(diagnostics);
    let path = program.module.as_ref().map(|module| module.path.to_string()).unwrap_or_default();
    // The prelude is the first module and read last, when it is known what of it is used.
    let modules = vec![LoadedModule::default()];
    let mut loading =
        Loading { loader, sources, diags, root, names, modules, done: BTreeMap::new(), stack: Vec::new() };
    loading.stack.push(Importing::new(path, program));
    while let Some(current) = loading.stack.last() {
        match current.program.imports.get(current.imports.len()).cloned() {
            Some(import) => loading.follow(&import),
            None => loading.finish(),
        }
    }
    let Loading { names, mut modules, .. } = loading;
    let used = prelude::Selection::of(names.iter().map(|name| &**name));
    modules[0] = load_prelude(used, sources, diags);
    modules
}

/// Loading of a program's modules.
struct Loading<'a> {
    loader: &'a dyn SourceLoader,
    sources: &'a mut SourceMap,
    diags: &'a mut Diagnostics,
    /// The file of the program itself.
    root: FileId,
    /// The names that occur in what was read.
    names: Vec<Arc<str>>,
    /// The modules that are complete.
    modules: Vec<LoadedModule>,
    /// Those modules by path.
    done: BTreeMap<String, ModuleId>,
    /// The modules whose imports are being loaded, each imported by the one before it.
    stack: Vec<Importing>,
}

/// A module whose imports are being loaded.
struct Importing {
    path: String,
    program: ast::Program,
    imports: Vec<LoadedImport>,
}

impl Importing {
    fn new(path: String, program: ast::Program) -> Self {
        Self { path, program, imports: Vec::new() }
    }
}

impl Loading<'_> {
    /// Completes the module whose imports are all loaded.
    fn finish(&mut self) {
        let Some(finished) = self.stack.pop() else { return };
        let id = ModuleId(self.modules.len() as u32);
        if !finished.path.is_empty() {
            self.done.insert(finished.path.clone(), id);
        }
        self.modules.push(LoadedModule {
            path: finished.path,
            files: vec![finished.program],
            imports: finished.imports,
            ..LoadedModule::default()
        });
        self.leads(LoadedImport::Module(id));
    }

    /// Says where the import that is being followed leads.
    fn leads(&mut self, import: LoadedImport) {
        if let Some(current) = self.stack.last_mut() {
            current.imports.push(import);
        }
    }

    fn fail(&mut self, diagnostic: Diagnostic) {
        self.diags.push(diagnostic);
        self.leads(LoadedImport::Failed);
    }

    /// Loads what the next import of the innermost module names.
    fn follow(&mut self, import: &ast::ImportDecl) {
        let path = import.path.to_string();
        if let Some(&id) = self.done.get(&path) {
            return self.leads(LoadedImport::Module(id));
        }
        if let Some(start) = self.stack.iter().position(|importing| importing.path == path) {
            return self.fail(circular(import, &self.cycle(start, &path)));
        }
        let declaration = self.stack.last().and_then(|current| current.program.module.as_ref());
        let declared = declaration.map(|module| parts(&module.path)).unwrap_or_default();
        let importer = Importer { name: self.sources.file(import.span.file).name(), module: &declared };
        let loaded = self.loader.load(&parts(&import.path), &importer);
        match loaded {
            Ok((_, text)) if u32::try_from(text.len()).is_err() => {
                self.fail(unreadable(import, "it has 4 GiB or more"));
            }
            // The program itself, found as a module: its path is not known before.
            Ok((name, _)) if name == self.sources.file(self.root).name() => {
                let cycle = [path.clone()].into_iter().chain(self.cycle(1, &path)).collect::<Vec<_>>();
                self.fail(circular(import, &cycle));
            }
            Ok((name, text)) => self.read(import, path, name, text),
            Err(LoadError::NotFound(places)) => self.fail(not_found(import, &path, &places)),
            Err(LoadError::Unreadable(reason)) => self.fail(unreadable(import, &reason)),
        }
    }

    /// The paths of the modules that import one another from a position of the stack on, back to `path`.
    fn cycle(&self, start: usize, path: &str) -> Vec<String> {
        let above = self.stack[start..].iter().map(|importing| importing.path.clone());
        above.chain([path.to_owned()]).collect()
    }

    /// Reads the text of an imported module; its own imports are followed next.
    fn read(&mut self, import: &ast::ImportDecl, path: String, name: String, text: String) {
        let file = self.sources.add(name, text);
        let Read { program, diagnostics: reported, names, .. } = syntax::read(self.sources, file);
        self.names.extend(names);
        if let Some(first) = reported.iter().find(|diagnostic| diagnostic.severity == Severity::Error) {
            self.diags.push(
                Diagnostic::new(Code::E013, import.span, format!("Module `{path}` cannot be read."))
                    .because("Its text has errors, which are reported where they are.")
                    .fix(format!("Fix the errors in module `{path}`; nothing has to change here."))
                    .spec(Section::S8_6_5)
                    .label(first.span, "the first of them"),
            );
        }
        self.diags.extend(reported);
        self.stack.push(Importing::new(path, program));
    }
}

fn parts(path: &ast::ModulePath) -> Vec<&str> {
    path.parts.iter().map(ast::Name::as_str).collect()
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

fn circular(import: &ast::ImportDecl, cycle: &[String]) -> Diagnostic {
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
