//! What verification found about the contracts of a program, for documentation, for data, and for `vera.lock`.

use std::collections::HashMap;
use vera_compiler::source::Span;
use vera_compiler::tir::{Contract, FnDecl, FnId, Program};
use vera_compiler::trial::Narrow;
use vera_compiler::verify::report::Status;
use vera_compiler::verify::{Kind, Outcome, Verified};

/// The result for a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Known {
    /// There is a counterexample.
    Refuted,
    /// Nothing was verified.
    NotVerified,
    /// It is checked at run time.
    Checked,
    /// It holds.
    Proved,
}

/// The verification results for the contracts of a program.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contracts {
    clauses: HashMap<Span, Known>,
    /// Checks in the body of each function, by the place of its name: the number that is proved, and the number that is
    /// left to run time.
    checks: HashMap<Span, (usize, usize)>,
    /// Inputs that random generation does not find, by the place of the function's name.
    inputs: HashMap<Span, Vec<String>>,
}

/// A clause with its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clause<'p> {
    pub(crate) keyword: &'static str,
    pub(crate) text: &'p str,
    pub(crate) known: Known,
}

impl Contracts {
    /// From the obligations of a program.
    pub(crate) fn of(program: &Program, verified: &[Verified]) -> Self {
        let mut contracts = Contracts::default();
        for each in verified {
            let obligation = &each.obligation;
            let Some(function) = obligation.owner.function() else { continue };
            if matches!(obligation.kind, Kind::Requires | Kind::Ensures | Kind::Decreases) {
                contracts.clauses.insert(obligation.span, known(each));
            } else if each.is_listed() {
                let name = outermost(program, function).name_span;
                let (proved, open) = contracts.checks.entry(name).or_default();
                *(if each.status() == Status::Verified { proved } else { open }) += 1;
            }
        }
        contracts
    }

    /// Adds inputs that random generation does not find.
    pub(crate) fn with_inputs(mut self, program: &Program, found: &[Narrow]) -> Self {
        let inputs = found.iter().map(|each| (program.function(each.function).name_span, each.inputs.clone()));
        self.inputs.extend(inputs);
        self
    }

    /// Inputs of a function that random generation does not find.
    pub(crate) fn inputs(&self, decl: &FnDecl) -> &[String] {
        self.inputs.get(&decl.name_span).map(Vec::as_slice).unwrap_or_default()
    }

    /// The clauses of a function, in display order.
    pub(crate) fn clauses<'p>(&self, decl: &'p FnDecl) -> Vec<Clause<'p>> {
        let of = |keyword: &'static str, clause: &'p Contract| Clause {
            keyword,
            text: clause.text.trim(),
            known: self.known(clause.span),
        };
        // What a host passes is checked, whatever is known of calls within the program.
        let requires = decl.requires.iter().map(|clause| {
            let clause = of("requires", clause);
            let known = if clause.text == "true" { clause.known } else { clause.known.min(Known::Checked) };
            Clause { known, ..clause }
        });
        let ensures = decl.ensures.iter().map(|clause| of("ensures", clause));
        requires.chain(ensures).collect()
    }

    /// The result for the measure of a function. The measure of a function that does not call itself holds.
    pub(crate) fn measure(&self, decl: &FnDecl) -> Option<(String, Known)> {
        let (first, last) = (decl.decreases.first()?, decl.decreases.last()?);
        let components: Vec<&str> = decl.decreases.iter().map(|component| component.text.trim()).collect();
        let known = match self.clauses.get(&first.span.to(last.span)) {
            Some(known) => *known,
            // Every function has preconditions.
            None => decl.requires.first().map_or(Known::NotVerified, |clause| self.known(clause.span)),
        };
        Some((components.join(", "), known))
    }

    /// The checks in the body of a function and its helpers: the number that is proved, and the number that is left to
    /// run time.
    pub(crate) fn checks(&self, decl: &FnDecl) -> (usize, usize) {
        self.checks.get(&decl.name_span).copied().unwrap_or_default()
    }

    fn known(&self, span: Span) -> Known {
        self.clauses.get(&span).copied().unwrap_or(Known::NotVerified)
    }
}

fn known(each: &Verified) -> Known {
    match (each.status(), &each.outcome) {
        (Status::Verified, _) => Known::Proved,
        (Status::Violated, _) | (_, Outcome::Refuted(_)) => Known::Refuted,
        (Status::Runtime | Status::Vacuous, _) => Known::Checked,
    }
}

/// The function that a helper belongs to.
fn outermost(program: &Program, function: FnId) -> &FnDecl {
    let mut decl = program.function(function);
    while let Some(parent) = decl.parent {
        decl = program.function(parent);
    }
    decl
}
