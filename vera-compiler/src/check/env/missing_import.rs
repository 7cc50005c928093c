//! Diagnostics for missing or incomplete imports.

use super::{Env, Import, TypeName};
use crate::check::scope::TypeScope;
use crate::diagnostics::suggest::{listed, nearest};
use crate::diagnostics::{Code, Diagnostic, NameKind, Section, Severity};
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{FnId, ModuleId};
use crate::types::{DataId, EffectId};

impl Env {
    pub(super) fn module_not_imported(
        &self,
        path: &ast::ModulePath,
        name: &ast::Name,
        scope: &TypeScope,
    ) -> Diagnostic {
        let table = &self.modules[scope.module.index()];
        let diagnostic = Diagnostic::new(Code::E230, path.span, format!("Module `{path}` is not imported."))
            .unknown(NameKind::Module, path.to_string())
            .because("A qualified call goes to a module that an `import` at the top of the file names.")
            .spec(Section::S8_5_3);
        let written = path.to_string();
        // The end of a path alone, or the name that a module declares for itself.
        let shortened = |import: &&Import| {
            let rest = import.path.strip_suffix(&written);
            rest.is_some_and(|rest| rest.ends_with('.'))
                || self.modules[import.module.index()].declared_path.as_ref() == Some(&written)
        };
        if let Some(import) = table.imports.iter().find(shortened) {
            return diagnostic
                .fix(format!("Write the path of the import: `{}::{name}`.", import.path))
                .edit(path.span, import.path.as_str());
        }
        let file = self.program.sources.file(path.span.file).name();
        let stem = std::path::Path::new(file).file_stem().and_then(|stem| stem.to_str());
        if stem == Some(&written) && table.functions.contains_key(&name.text) {
            return diagnostic
                .fix(format!("`{name}` is of this file: call it `{name}(...)`."))
                .edit(Span { end: name.span.start, ..path.span }, "");
        }
        let imports = table.imports.iter().map(|import| import.path.as_str());
        match nearest(&written, imports) {
            Some(near) => diagnostic.fix(format!("Did you mean `{near}::{name}`?")).edit(path.span, near),
            None => diagnostic.fix(format!("Add `import {path}({name});` at the top of the file.")),
        }
    }

    pub(super) fn not_in_module(&self, path: &ast::ModulePath, name: &ast::Name, module: ModuleId) -> Diagnostic {
        let description = format!("Module `{path}` has no function `{name}`.");
        let functions = &self.modules[module.index()].functions;
        let public = functions.iter().filter(|(_, id)| self.program.function(**id).public).map(|(name, _)| &**name);
        let public: Vec<&str> = public.collect();
        let because = match public.as_slice() {
            [] => "It has no public functions at all.".to_owned(),
            names => format!("Its public functions are {}.", listed(names.iter().copied())),
        };
        let diagnostic = Diagnostic::new(Code::E233, name.span, description).because(because).spec(Section::S8_5_3);
        match nearest(name.as_str(), public.iter().copied()) {
            Some(near) => diagnostic.fix(format!("Did you mean `{path}::{near}`?")).edit(name.span, near),
            None => diagnostic
                .fix(format!("Declare `public fn {name}(...)` in module `{path}`, or call one of its functions.")),
        }
    }

    pub(super) fn private_in_module(&self, path: &ast::ModulePath, name: &ast::Name, id: FnId) -> Diagnostic {
        self.private_function(Code::E232, &path.to_string(), name, id)
    }

    pub(super) fn private_function(&self, code: Code, path: &str, name: &ast::Name, id: FnId) -> Diagnostic {
        Diagnostic::new(code, name.span, format!("Function `{name}` of module `{path}` is private."))
            .because("A private function can be called only in its own module.")
            .fix(format!("Declare it `public fn {name}` in module `{path}`."))
            .spec(Section::S8_4)
            .label(self.program.function(id).name_span, "declared private here")
    }

    pub(super) fn not_listed_in_import(&self, name: &ast::Name, import: &Import, scope: &TypeScope) -> Diagnostic {
        let path = &import.path;
        let table = &self.modules[scope.module.index()];
        let other = table.imports.iter().find(|other| {
            let functions = &self.modules[other.module.index()].functions;
            let id = functions.get(&name.text).filter(|_| other.module != import.module && other.lists(&name.text));
            id.is_some_and(|id| self.program.function(*id).public)
        });
        let fix = match other {
            Some(other) if !table.functions.contains_key(&name.text) => tell_apart(name.as_str(), &other.path, path),
            _ => format!("Add it to the import: `{}`", self.with_name(import, name.as_str())),
        };
        let listed = format!("Add it to the import: `{}`", self.with_name(import, name.as_str()));
        let diagnostic =
            Diagnostic::new(Code::E231, name.span, format!("The import of `{path}` does not list `{name}`."))
                .because("A selective import brings in only the names in its parentheses.");
        let diagnostic = match fix == listed {
            true => diagnostic.fix(fix).edit(import.span, self.with_name(import, name.as_str())),
            false => diagnostic.fix(fix),
        };
        diagnostic.spec(Section::S8_3_2).label(import.span, "this import leaves it out")
    }

    /// A declaration that an import of an import could bring in: there are no re-exports.
    pub(super) fn of_another_module(&self, code: Code, what: &str, name: &ast::Name, module: ModuleId) -> Diagnostic {
        let path = &self.program.modules[module.index()].path;
        Diagnostic::new(
            code,
            name.span,
            format!("{what} `{name}` is of module `{path}`, which this file does not import."),
        )
        .because("An import brings in what the module declares, not what that module imports itself.")
        .fix(format!("Import it: `import {path}({name});`"))
        .spec(Section::S8_6_4)
    }

    /// A warning: a constructor whose type a file does not import ([`Env::reached_constructor`]).
    pub(crate) fn constructor_not_imported(&self, name: &ast::Name, data: DataId, module: ModuleId) -> Diagnostic {
        let data = self.program.data(data);
        let path = &self.program.modules[data.module.index()].path;
        let imports = &self.modules[module.index()].imports;
        let import = imports.iter().find(|import| import.module == data.module && import.names.is_some());
        let fix = match import {
            Some(import) => self.with_name(import, &data.name),
            None => format!("import {path}({});", data.name),
        };
        let description = format!(
            "Constructors of `{}` of module `{path}` are used, and this file does not import the type.",
            data.name
        );
        let diagnostic = Diagnostic::new(Code::E214, name.span, description)
            .unknown(NameKind::Constructor, data.name.as_str())
            .because(
                "No other constructor has this name, so it is taken for that one; the import of its type would say so.",
            )
            .fix(format!("Import the type: `{fix}`"))
            .spec(Section::S8_5_4)
            .severity(Severity::Warning);
        match import {
            Some(import) => diagnostic.edit(import.span, fix).label(import.span, "this import leaves the type out"),
            None => diagnostic,
        }
    }

    /// What to say of a name that an import lists and its module does not have.
    pub(super) fn lacking_in_import(
        &self,
        diagnostic: &Diagnostic,
        name: &ast::Name,
        module: ModuleId,
    ) -> Option<Diagnostic> {
        let mut imports = self.modules[module.index()].imports.iter();
        let import = imports.find(|import| import.names.is_some() && import.lists(&name.text))?;
        let diagnostic = diagnostic.clone().label(import.span, "this import lists it, and the module does not have it");
        Some(diagnostic.fix(match nearest(name.as_str(), self.importable(import.module)) {
            Some(near) => format!("Did you mean `{near}`? `{}`", self.with_name(import, near)),
            None => format!("Declare `{name}` in module `{}`, or take it out of the import.", import.path),
        }))
    }

    /// What another module can import.
    pub(crate) fn importable(&self, module: ModuleId) -> impl Iterator<Item = &str> {
        let table = &self.modules[module.index()];
        let functions = table.functions.iter().filter(|(_, id)| self.program.function(**id).public);
        let types = table.types.iter().filter(|(_, ty)| match ty {
            TypeName::Data(data) => self.program.data(*data).public,
            TypeName::Alias(_) => false,
        });
        functions.map(|(name, _)| &**name).chain(types.map(|(name, _)| &**name))
    }

    /// An import with one more name in its list, and without those that the module does not have.
    pub(crate) fn with_name(&self, import: &Import, name: &str) -> String {
        let known = |listed: &&str| self.importable(import.module).any(|importable| importable == *listed);
        let listed = import.names.iter().flatten().map(|listed| &**listed).filter(known);
        let names: Vec<&str> = listed.filter(|listed| *listed != name).chain([name]).collect();
        format!("import {}({});", import.path, names.join(", "))
    }

    /// Effects are local to their module: each module that performs one declares it.
    pub(super) fn effect_of_another_module(
        &self,
        mut diagnostic: Diagnostic,
        effect: EffectId,
        owner: ModuleId,
        module: ModuleId,
    ) -> Diagnostic {
        let effect = self.program.effect(effect);
        let Some(declared) = effect.span else { return diagnostic };
        let (path, text) = (&self.program.modules[owner.index()].path, self.program.sources.text(declared));
        let mut imports = self.modules[module.index()].imports.iter();
        if let Some(import) = imports.find(|import| import.names.is_some() && import.lists(&effect.name)) {
            diagnostic = diagnostic.label(import.span, "an import does not bring it in");
        }
        diagnostic
            .because("Effects are local to their module: each file that names one declares it, in the same words.")
            .fix(format!("Repeat the declaration of module `{path}` in this file:\n{text}"))
            .label(declared, "this effect is of another module")
    }

    /// The module and the declaration of an effect that means nothing in `module`, though a module behind its imports
    /// has it.
    pub(crate) fn hidden_effect(&self, name: &str, module: ModuleId) -> Option<(&str, &str)> {
        if self.effect(name, module).is_some() {
            return None;
        }
        let (owner, effect) = self.reached_effect(name, module)?;
        let declared = self.program.effect(effect).span?;
        Some((&self.program.modules[owner.index()].path, self.program.sources.text(declared)))
    }
}

/// How to call two functions of one name that two modules have.
pub(crate) fn tell_apart(name: &str, one: &str, other: &str) -> String {
    format!(
        "Rename one of them in its module. Or declare `private fn {name}` in this file, which hides both, and call them \
         `{one}::{name}(...)` and `{other}::{name}(...)`."
    )
}
