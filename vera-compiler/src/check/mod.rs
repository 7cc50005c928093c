//! Checking: syntax trees → the typed tree.
//!
//! Phase one collects the declarations of all modules (`collect`, into [`env`]). Phase two checks bodies, contracts and
//! predicates (`body`). Then come the checks that need whole functions or the whole program: matches (`exhaustive`),
//! recursion (`recursion`), the types at which generic functions are used (`polymorphic_recursion`), abilities of type
//! arguments (`ability_bounds`) and whether they take space (`zero_size`). Checking continues after an error, with
//! `Invalid` nodes and [`crate::types::Ty::INVALID`], so that one run shows every mistake once.

mod ability;
mod ability_bounds;
mod body;
mod cascade;
mod collect;
mod display;
mod env;
mod exhaustive;
mod facts;
mod load;
mod polymorphic_recursion;
mod recursion;
mod resolve_type;
mod scope;
#[cfg(test)]
mod tests;
mod zero_size;

use body::Clause;
use collect::{Collected, Declared};
use env::Env;
use facts::Facts;
use load::LoadedModule;

use crate::diagnostics::Diagnostics;
use crate::source::SourceLoader;
use crate::syntax::ast;
use crate::tir::{Checked, FnId, ModuleId, Program};
use crate::types::DataId;

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
    let root = ModuleId(modules.len() as u32 - 1);
    let files = cascade::files(&env, &modules);
    check_bodies(&mut env, modules, collected, &mut diags);
    check_predicate_trees(&mut env, &mut diags);
    recursion::check(&env, &mut diags);
    let uses = ability_bounds::uses(&mut env);
    polymorphic_recursion::check(&env, &uses, &mut diags);
    zero_size::check(&env, &uses, &mut diags);
    ability_bounds::check(&mut env, &uses, &mut diags);
    if !diags.has_errors() {
        diags.extend(std::mem::take(&mut env.followers));
    }
    let diagnostics = cascade::without(&env, &files, diags);
    debug_assert!(
        diagnostics.has_errors() || !env.facts.iter().any(|facts| facts.invalid),
        "something is wrong, and nothing was said"
    );

    env.program.root = Some(root);
    let result = match diagnostics.has_errors() {
        true => Err(Box::new(env.program)),
        false => Ok(Checked { program: env.program }),
    };
    Outcome { result, diagnostics }
}

/// Phase two. What is written of a function is let go as soon as its tree is made: a program is never in memory twice.
fn check_bodies(env: &mut Env, modules: Vec<LoadedModule>, collected: Collected, diags: &mut Diagnostics) {
    check_predicates(env, diags);
    env.facts.resize_with(env.program.functions.len(), Facts::default);
    for (module, declared) in modules.into_iter().zip(collected) {
        let decls = module.files.into_iter().flat_map(|file| file.decls).zip(declared.into_iter().flatten());
        for (decl, declared) in decls {
            if let (ast::Decl::Fn(decl), Declared::Fn(id)) = (decl, declared) {
                check_function(env, &decl, id, diags);
            }
        }
    }
    while let Some(pending) = env.pending_invariants.pop() {
        let (predicate, scope) = (&pending.predicate, &pending.scope);
        let checked = body::check_predicate(env, predicate, pending.binder, scope, Clause::Invariant, diags);
        env.program.data[pending.data.index()].invariant = Some(checked);
        check_predicates(env, diags);
    }
}

/// Checks a function and its helpers.
fn check_function(env: &mut Env, decl: &ast::FnDecl, id: FnId, diags: &mut Diagnostics) {
    body::check_function(env, decl, id, diags);
    env.facts[id.index()] = check_function_tree(&mut env.program, id, diags, &mut env.match_work);
    check_predicates(env, diags);
    for (helper, child) in decl.where_fns.iter().zip(env.families[id.index()].children.clone()) {
        check_function(env, helper, child, diags);
    }
}

/// Checks the matches of a function whose tree is made, and notes what it does.
fn check_function_tree(program: &mut Program, id: FnId, diags: &mut Diagnostics, work: &mut exhaustive::Work) -> Facts {
    let function = &program.functions[id.index()];
    let mut facts = Facts::default();
    let mut matches = exhaustive::Checker::new(&mut program.types, &program.data, diags, work);
    for clause in function.clauses() {
        clause.walk(&mut |expr| {
            facts.note_in_clause(expr);
            matches.expr(expr);
        });
    }
    if let Some(body) = function.body_expr() {
        body.walk(&mut |expr| {
            facts.note(expr, matches.types());
            matches.expr(expr);
        });
    }
    // Last: what is said of an expression is said of its place, not of the binding that it is for.
    facts.note_locals(&function.locals, matches.types());
    facts
}

/// The same for the predicates of refinements, and for invariants.
fn check_predicate_trees(env: &mut Env, diags: &mut Diagnostics) {
    let Program { predicates, data, types, .. } = &mut env.program;
    let mut matches = exhaustive::Checker::new(types, data, diags, &mut env.match_work);
    for predicate in predicates.iter() {
        let mut facts = Facts::default();
        predicate.expr.walk(&mut |expr| {
            facts.note(expr, matches.types());
            matches.expr(expr);
        });
        env.predicate_facts.push(facts);
    }
    for (id, declared) in (0..).map(DataId).zip(data.iter()) {
        let Some(invariant) = &declared.invariant else { continue };
        let mut facts = Facts::default();
        invariant.expr.walk(&mut |expr| {
            facts.note(expr, matches.types());
            matches.expr(expr);
        });
        if !declared.type_params.is_empty() {
            env.invariant_facts.insert(id, facts);
        }
    }
}

/// Checks the predicates that were met since the last time, and those met in them.
fn check_predicates(env: &mut Env, diags: &mut Diagnostics) {
    while let Some(pending) = env.pending_predicates.pop() {
        let (predicate, scope) = (&pending.predicate, &pending.scope);
        let checked = body::check_predicate(env, predicate, pending.base, scope, Clause::Refinement, diags);
        env.program.predicates[pending.id.index()] = checked;
    }
}
