//! From the typed tree to core: generic functions become instances, lambdas become functions, patterns become
//! decision trees, contracts and conversions become explicit checks.
//!
//! Work starts at the exported functions and follows calls, so the core program contains only what is used. Ids are
//! assigned in the order in which declarations are reached, which depends on the source alone: equal sources give equal
//! programs.
//!
//! Evaluation is strictly from left to right. The only optimisation here is to build less: lambdas that are known where
//! they are applied never become objects.

mod body;
mod boundary;
mod bounds;
mod builder;
mod built;
mod call;
mod checks;
mod closure;
mod coerce;
mod concrete;
mod context;
mod decreases;
mod derive;
mod described;
mod effects;
mod expr;
mod facts;
mod frames;
mod function;
mod futures;
mod guard;
mod handlers;
mod holes;
mod interface;
mod intrinsic;
mod lambdas;
mod lang_items;
mod matching;
mod number;
mod origin;
mod parts;
mod predicate;
mod proofs;
mod readers;
mod recursion;
mod shorten;
mod sites;
mod specialise;
mod text;
mod work;

pub(crate) use concrete::{concrete_type, rep as rep_of};
pub use facts::{
    Contract, Exit, FunctionFacts, FunctionKind, PredicateKey, Provable, Quantifier, RecordFacts, SiteFacts,
};
pub use proofs::lower_for_proofs;

use crate::core;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::tir::Checked;
use crate::types::{EffectUse, Types};
use context::Lowering;
use vera_abi::interface::Interface;
use work::Job;

/// What lowering makes of a program.
#[derive(Debug)]
pub struct Lowered {
    /// The core program.
    pub program: core::Program,
    /// The types of the checked program, and behind them those of its instances.
    pub types: Types,
    /// The effects of the interface as the program has them, in the same order; their type arguments are among `types`.
    pub effects: Vec<EffectUse>,
}

/// Makes the core program of a checked one.
///
/// # Errors
/// The holes of the program, and what has no end when it is made concrete or is too large.
pub fn lower(checked: &Checked) -> Result<Lowered, Diagnostics> {
    let program = checked.program();
    let refused = holes::holes(program);
    if refused.has_errors() {
        return Err(refused);
    }
    let mut lowering = Lowering::new(program);
    let (exports, functions) = lowering.exports();
    lowering.run();
    if lowering.diagnostics.has_errors() {
        return Err(lowering.diagnostics.sorted());
    }
    let (used_effects, effects) = lowering.effect_descs();
    let Lowering { functions: built, records, lambdas, externs, sites, interface_types, types, core_effects, .. } =
        lowering;
    let (sites, frames, sources) = sites.finish(&program.sources);
    let interface = Interface {
        abi_version: vera_abi::ABI_VERSION,
        module: program.root.map(|root| program.modules[root.index()].path.clone()).unwrap_or_default(),
        sources,
        types: interface_types.into_list(),
        functions,
        effects,
        sites,
        frames,
        places: Vec::new(),
        code: Vec::new(),
    };
    let mut program = core::Program {
        functions: built.into_iter().flatten().collect(),
        records: records.into_iter().collect(),
        closures: lambdas.into_shapes(),
        externs: externs.into_iter().collect(),
        effects: core_effects,
        exports,
        interface,
    };
    core::evidence::eliminate(&mut program);
    futures::drop_unstarted(&mut program);
    let used_effects = described::retain_imported(&mut program, used_effects);
    Ok(Lowered { program, types, effects: used_effects })
}

impl Lowering<'_> {
    /// Builds functions until none is left to build.
    fn run(&mut self) {
        while let Some((id, job)) = self.jobs.pop_front() {
            if self.endless {
                return;
            }
            let of = self.begin(&job);
            let facts = self.facts_of(&job);
            let function = match job {
                Job::Instance(key) => self.build_instance(&key),
                Job::Export(function) => self.build_export(function),
                Job::LambdaDirect(lambda) => self.build_lambda_direct(lambda),
                Job::LambdaBoxed(lambda) => self.build_lambda_boxed(lambda),
                Job::Predicate(key, args) => self.build_predicate(key, args),
                Job::Boundary(key) => self.build_boundary_check(&key),
                Job::Awaited(awaited) => self.build_awaited(&awaited),
                Job::Derived(derivation, ty, span) => self.build_derived(derivation, ty, span),
            };
            match &function {
                Some(function) => self.account(of, function),
                None => self.lost_function(),
            }
            self.functions[id.index()] = function;
            self.note_function(id, facts);
        }
        self.read_futures();
    }
}

impl Lowering<'_> {
    /// A function that is called could not be built: without it the ids of others would be wrong.
    fn lost_function(&mut self) {
        if let Some(function) = self.program.functions.last() {
            self.report(Diagnostic::internal(function.name_span, "A function that is called was not built."));
        }
    }
}
