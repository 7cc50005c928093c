//! Checking: syntax trees → the typed tree.
//!
//! Phase one collects the declarations of all modules (`collect`, into [`env`]); phase two checks bodies, contracts
//! and predicates (`body`); then come the checks that need whole functions or the whole program: matches
//! (`exhaustive`), recursion (`recursion`), abilities of type arguments (`requirements`) and whether they take
//! space (`zero_size`). It goes on after an error, with `Invalid` nodes and [`crate::types::Ty::INVALID`], so that
//! one run shows every mistake once.

mod ability;
mod body;
mod cascade;
mod collect;
mod display;
mod env;
mod exhaustive;
mod load;
mod recursion;
mod requirements;
mod resolve_type;
mod scope;
mod suggest;
#[cfg(test)]
mod tests;
mod zero_size;

use collect::{Collected, Declared};
use env::Env;
use load::LoadedModule;

use crate::diagnostics::{Code, Diagnostics};
use crate::source::SourceLoader;
use crate::syntax::ast;
use crate::tir::{Checked, FnId, ModuleId, Program};

/// The program to check.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The name shown in diagnostics.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// How to check.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether the refusals that older releases of the language do not know (E137, E154 on type parameters, E158) are
    /// errors. Otherwise they are warnings.
    pub strict: bool,
}

/// The result of checking.
#[derive(Debug)]
pub struct Outcome {
    /// The program; when there are errors, as far as it could be understood.
    pub result: Result<Checked, Box<Program>>,
    /// Everything there is to say, sorted by place. No error exactly when the result is `Ok`.
    pub diagnostics: Diagnostics,
}

impl Outcome {
    /// The program, whole or not: good for its sources, names and signatures. A function or type that is wrong has
    /// `Invalid` where it is.
    pub fn program(&self) -> &Program {
        match &self.result {
            Ok(checked) => checked.program(),
            Err(program) => program,
        }
    }
}

/// Checks a program and everything it imports.
pub fn check(root: Source<'_>, loader: &dyn SourceLoader, options: Options) -> Outcome {
    let mut diags = Diagnostics::new();
    let mut env = Env { strict: options.strict, ..Env::default() };
    let modules = load::load(root.name, root.text, loader, &mut env.program.sources, &mut diags);
    let collected = collect::collect(&mut env, &modules, &mut diags);
    check_bodies(&mut env, &modules, &collected, &mut diags);
    exhaustive::check(&mut env, &mut diags);
    recursion::check(&env, &mut diags);
    let uses = requirements::uses(&mut env);
    requirements::check(&mut env, &uses, &mut diags);
    zero_size::check(&env, &uses, &mut diags);
    let diagnostics = cascade::without(&env, &modules, diags);

    env.program.root = Some(ModuleId(modules.len() as u32 - 1));
    let result = match diagnostics.has_errors() {
        true => Err(Box::new(env.program)),
        false => Ok(Checked { program: env.program }),
    };
    Outcome { result, diagnostics }
}

/// Phase two.
fn check_bodies(env: &mut Env, modules: &[LoadedModule], collected: &Collected, diags: &mut Diagnostics) {
    check_predicates(env, diags);
    for (module, declared) in modules.iter().zip(collected) {
        let decls = module.files.iter().flat_map(|file| &file.decls).zip(declared.iter().flatten());
        for (decl, declared) in decls {
            if let (ast::Decl::Fn(decl), Declared::Fn(id)) = (decl, declared) {
                check_function(env, decl, *id, diags);
            }
        }
    }
    while let Some(pending) = env.pending_invariants.pop() {
        let (predicate, scope) = (&pending.predicate, &pending.scope);
        let checked = body::check_predicate(env, predicate, pending.binder, scope, Code::E120, diags);
        env.program.data[pending.data.index()].invariant = Some(checked);
        check_predicates(env, diags);
    }
}

/// Checks a function and its helpers.
fn check_function(env: &mut Env, decl: &ast::FnDecl, id: FnId, diags: &mut Diagnostics) {
    body::check_function(env, decl, id, diags);
    check_predicates(env, diags);
    for (helper, child) in decl.where_fns.iter().zip(env.families[id.index()].children.clone()) {
        check_function(env, helper, child, diags);
    }
}

/// Checks the predicates that were met since the last time, and those met in them.
fn check_predicates(env: &mut Env, diags: &mut Diagnostics) {
    while let Some(pending) = env.pending_predicates.pop() {
        let (predicate, scope) = (&pending.predicate, &pending.scope);
        let checked = body::check_predicate(env, predicate, pending.base, scope, Code::E126, diags);
        env.program.predicates[pending.id.index()] = checked;
    }
}
