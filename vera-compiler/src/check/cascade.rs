//! Leaves out what follows from another error, and what is nobody's business.

use super::env::Env;
use super::load::LoadedModule;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::FileId;

/// The diagnostics without complaints about names that an import would have brought in, had it been found, and without
/// warnings about the prelude.
pub(crate) fn without(env: &Env, modules: &[LoadedModule], diags: Diagnostics) -> Diagnostics {
    let mut kept = Diagnostics::new();
    for diagnostic in diags {
        let module = module_of(modules, diagnostic.span.file);
        let prelude = module.is_none_or(|module| modules[module].prelude);
        if prelude && diagnostic.severity == Severity::Warning {
            continue;
        }
        if module.is_some_and(|module| follows_from_import(env, module, &diagnostic)) {
            continue;
        }
        kept.push(diagnostic);
    }
    kept
}

fn module_of(modules: &[LoadedModule], file: FileId) -> Option<usize> {
    modules.iter().position(|module| module.files.iter().any(|program| program.span.file == file))
}

fn follows_from_import(env: &Env, module: usize, diagnostic: &Diagnostic) -> bool {
    let missing = matches!(
        diagnostic.code,
        Code::E136 | Code::E200 | Code::E210 | Code::E214 | Code::E230 | Code::E320 | Code::E322
    );
    let failed = &env.modules[module].failed_imports;
    missing
        && failed.iter().any(|names| match names {
            None => true,
            Some(names) => {
                let written = env.program.sources.text(diagnostic.span);
                diagnostic.code == Code::E230 || names.iter().any(|name| **name == *written)
            }
        })
}
