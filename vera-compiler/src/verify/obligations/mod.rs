//! The obligations of a program, listed once from the typed tree.
//!
//! The list has the obligations of every function of the program's own module, whether or not anything calls it. This
//! includes private and generic functions and `where` helpers. Closures and clauses of handlers belong to the function
//! that contains them. Predicates of refinements and invariants have obligations too.
//!
//! The list does not depend on execution: it includes a clause that is literally `true`, and a check in a branch that
//! no input reaches. Each check of `core` that can fail finds its obligation by its kind and place
//! ([`Obligations::of_check`]). Every check of the module's functions has one, except:
//!
//! * `Unreachable` and `UncaughtException`, which state nothing about values, and limits of the host;
//! * on entry, the checks of parameters that a host passes: they are premises.
//!
//! The order is that of the language's reference: predicates of refinements, then the functions in source order, each
//! followed by its helpers. Within a function: preconditions, arithmetic and similar operations, conversions,
//! preconditions of callees, postconditions, the conversion of the result, the measure.

mod callees;
mod collect;
mod position;
mod text;

pub use text::excerpt;

use super::obligation::{About, CheckKey, CheckPlace, Kind, Listing, Obligation, ObligationId, Owner};
use crate::source::{FileId, Span};
use crate::tir::{FnId, ModuleId, Predicate, Program};
use callees::Callees;
use collect::Collector;
use std::collections::HashMap;
use vera_abi::trap::TrapKind;

/// An assumption: `assume(p)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The function that contains it.
    pub owner: Owner,
    /// The whole expression.
    pub span: Span,
    /// The condition as in the source.
    pub text: String,
}

/// The obligations of a program.
#[derive(Clone, Debug, Default)]
pub struct Obligations {
    list: Vec<Obligation>,
    assumptions: Vec<Assumption>,
    by_check: HashMap<CheckKey, ObligationId>,
}

impl Obligations {
    /// All of them, in order. The id is the position.
    pub fn list(&self) -> &[Obligation] {
        &self.list
    }

    /// An obligation.
    pub fn get(&self, id: ObligationId) -> &Obligation {
        &self.list[id.index()]
    }

    /// Every id with its obligation.
    pub fn iter(&self) -> impl Iterator<Item = (ObligationId, &Obligation)> {
        self.list.iter().enumerate().map(|(index, obligation)| (ObligationId(index as u32), obligation))
    }

    /// The assumptions, in order.
    pub fn assumptions(&self) -> &[Assumption] {
        &self.assumptions
    }

    /// The obligation of a check of kind `kind` at `span`.
    ///
    /// `call` is the call in the module's own code that leads to the check, if the check is not in that code itself: on
    /// entry of the callee, or anywhere within a function of the prelude.
    pub fn of_check(&self, kind: TrapKind, span: Span, call: Option<Span>) -> Option<ObligationId> {
        let find = |place| self.by_check.get(&CheckKey { kind, place }).copied();
        match call {
            None => find(CheckPlace::Here(span)),
            Some(call) => find(CheckPlace::Entry(call, span)).or_else(|| find(CheckPlace::Prelude(call))),
        }
    }

    fn add(&mut self, obligation: Obligation) {
        let id = ObligationId(self.list.len() as u32);
        for key in &obligation.checks {
            self.by_check.entry(*key).or_insert(id);
        }
        self.list.push(obligation);
    }
}

/// Lists the obligations of a program.
pub fn table(program: &Program) -> Obligations {
    let mut found = Obligations::default();
    let Some(root) = program.root else { return found };
    let callees = Callees::of(program);
    let mut collector = Collector::new(program, &callees);
    predicates(program, root, &mut collector, &mut found);
    for id in written_order(program, root) {
        function(program, id, &mut collector, &mut found);
    }
    found.assumptions = collector.assumptions;
    found
}

/// The functions of a module, each before its helpers.
fn written_order(program: &Program, module: ModuleId) -> Vec<FnId> {
    let mut helpers: HashMap<FnId, Vec<FnId>> = HashMap::new();
    for (index, decl) in program.functions.iter().enumerate() {
        if let Some(parent) = decl.parent {
            helpers.entry(parent).or_default().push(FnId(index as u32));
        }
    }
    let mut order = Vec::new();
    let mut rest: Vec<FnId> = program.modules[module.index()].functions.iter().rev().copied().collect();
    while let Some(id) = rest.pop() {
        order.push(id);
        rest.extend(helpers.remove(&id).unwrap_or_default().into_iter().rev());
    }
    order
}

/// The predicates that are written in the module.
fn predicates(program: &Program, root: ModuleId, collector: &mut Collector<'_>, found: &mut Obligations) {
    let file = module_file(program, root);
    for (index, predicate) in program.predicates.iter().enumerate() {
        if Some(predicate.span.file) == file {
            let owner = Owner::Refinement(crate::types::PredicateId(index as u32));
            of_predicate(owner, predicate, collector, found);
        }
    }
    for &data in &program.modules[root.index()].data {
        if let Some(invariant) = &program.data(data).invariant {
            of_predicate(Owner::Invariant(data), invariant, collector, found);
        }
    }
}

/// The file that a module is written in; `None` when it declares nothing that has obligations.
fn module_file(program: &Program, module: ModuleId) -> Option<FileId> {
    let functions = program.modules[module.index()].functions.iter().map(|&id| program.function(id).span.file);
    let data = program.modules[module.index()].data.iter().map(|&id| program.data(id).span.file);
    let aliases = program.aliases.iter().filter(|alias| alias.module == module).map(|alias| alias.span.file);
    functions.chain(data).chain(aliases).next()
}

fn of_predicate(owner: Owner, predicate: &Predicate, collector: &mut Collector<'_>, found: &mut Obligations) {
    collector.begin(owner);
    collector.walk(&predicate.expr);
    collector.take_all().into_iter().for_each(|obligation| found.add(obligation));
}

fn function(program: &Program, id: FnId, collector: &mut Collector<'_>, found: &mut Obligations) {
    let decl = program.function(id);
    let Some(body) = decl.body_expr() else { return };
    let owner = Owner::Function(id);
    let clause = |kind, trap, clause: &crate::tir::Contract| Obligation {
        kind,
        owner,
        span: clause.span,
        text: excerpt(&clause.text),
        about: About::Itself,
        listing: Listing::Always,
        checks: vec![CheckKey { kind: trap, place: CheckPlace::Here(clause.span) }],
    };
    collector.begin(owner);
    for requires in &decl.requires {
        collector.walk(&requires.expr);
        collector.take_all().into_iter().for_each(|obligation| found.add(obligation));
        found.add(clause(Kind::Requires, TrapKind::Requires, requires));
    }
    decl.decreases.iter().for_each(|component| collector.walk(&component.expr));
    collector.walk_result(body);
    let result = collector.take_result();
    decl.ensures.iter().for_each(|ensures| collector.walk(&ensures.expr));
    let decreases = collector.measure(id, decl);
    collector.take_all().into_iter().for_each(|obligation| found.add(obligation));
    for ensures in &decl.ensures {
        found.add(clause(Kind::Ensures, TrapKind::Ensures, ensures));
    }
    result.into_iter().chain(decreases).for_each(|obligation| found.add(obligation));
}

#[cfg(test)]
mod tests;
