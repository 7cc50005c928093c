//! Decides the obligations of a program.
//!
//! Each function of the program is run with unknown arguments, first with the contracts of its callees. If a goal is
//! not decided, the function is run again with the bodies of its callees, to a bounded depth; the proof records this. A
//! generic function is proved when each of its instances is proved. If it has none, it is proved at types of which
//! nothing is known.

#[cfg(test)]
mod tests;

use super::encode::{Model, encode};
use super::execute::{Executor, FactsAt, Goal, Outline};
use super::findings::{Finding, Findings, Place};
use super::interval::cannot_hold;
use super::obligation::{
    About, CheckKey, CheckPlace, Counterexample, Kind, Obligation, ObligationId, Outcome, Owner, Premises, Reason,
    Verified,
};
use super::obligations::{self, Assumption, Obligations};
use super::replay::Replay;
use super::solver::{Answer, Solver};
use super::strongest::strongest;
use super::subject::Subject;
use super::term::{Term, Terms};
use crate::core::FnId;
use crate::core::interpret::{Limits, NoExterns, Value};
use crate::lower::{FunctionKind, PredicateKey};
use crate::source::Span;
use crate::types::Ty;
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::sync::OnceLock;

/// Statements that the run of a function without arguments may execute.
const MAX_ONLY_RUN: u64 = 300_000;
/// Bytes of all queries about one function. Each check knows what was checked before it, so without a limit the queries about
/// a function of `n` checks have `n * n` facts.
const MAX_QUERIES: usize = 8 << 20;
/// How deeply a second attempt looks into the bodies of functions.
const UNFOLD: u32 = 3;

/// The outcomes of the obligations of a program.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verification {
    /// Every obligation with its outcome, in the order of [`obligations::table`].
    pub obligations: Vec<Verified>,
    /// The assumptions.
    pub assumptions: Vec<Assumption>,
}

/// Decides every obligation of a program.
pub fn verify(subject: &Subject<'_>, solver: &mut dyn Solver) -> Verification {
    let obligations = obligations::table(subject.program);
    let functions = functions(subject);
    let found: Vec<OnceLock<Vec<Finding>>> = functions.iter().map(|_| OnceLock::new()).collect();
    solver.for_each(functions.len(), &|index, solver| {
        let (function, owner) = functions[index];
        let verifier = Verifier { subject, obligations: &obligations, solver, owner, found: Vec::new(), queries: 0 };
        // A task runs once.
        _ = found[index].set(verifier.function(function));
    });
    let mut findings = Findings::new(&obligations, solver.name());
    for (found, (_, owner)) in found.into_iter().zip(functions) {
        // A function that nobody looked at is not proved.
        let found = found.into_inner().unwrap_or_else(|| vec![Finding::GaveUp]);
        found.into_iter().for_each(|finding| findings.add(owner, finding));
    }
    let assumptions = obligations.assumptions();
    let claims = subject.claims();
    let listed = obligations.iter().map(|(id, obligation)| {
        let mut outcome = findings.outcome(id);
        if let Outcome::Proved(proof) = &mut outcome {
            let known = assumptions.iter().filter(|assumption| is_known(assumption, obligation));
            proof.assumed = known.map(|assumption| assumption.span).collect();
            if let Some(premises) = findings.vacuous(obligation.owner) {
                outcome = Outcome::Vacuous(premises);
            }
        }
        let is_claim = |check: &CheckKey| matches!(check.place, CheckPlace::Here(span) if claims.contains(&span));
        let is_checked = !obligation.checks.iter().any(is_claim);
        Verified { obligation: obligation.clone(), outcome, is_checked }
    });
    Verification { obligations: listed.collect(), assumptions: assumptions.to_vec() }
}

/// Whether what is assumed may be known where an obligation is decided: code runs in the order in which it is written, and
/// promises are kept at its end.
fn is_known(assumption: &Assumption, obligation: &Obligation) -> bool {
    assumption.owner == obligation.owner
        && match obligation.kind {
            Kind::Requires => false,
            Kind::Ensures | Kind::Decreases => true,
            _ => assumption.span.start < obligation.span.end,
        }
}

/// The functions of the program itself, each once for every list of type arguments, and its predicates.
fn functions(subject: &Subject<'_>) -> Vec<(FnId, Owner)> {
    let program = subject.program;
    let all = subject.provable.functions.iter().enumerate();
    let found = all.filter_map(|(index, facts)| {
        let id = FnId(index as u32);
        match &facts.kind {
            FunctionKind::Instance(decl, _) if Some(program.function(*decl).module) == program.root => {
                Some((id, Owner::Function(*decl)))
            }
            FunctionKind::Predicate(PredicateKey::Refinement(predicate)) => Some((id, Owner::Refinement(*predicate))),
            FunctionKind::Predicate(PredicateKey::Invariant(data)) => Some((id, Owner::Invariant(*data))),
            _ => None,
        }
    });
    found.collect()
}

/// Places where a goal is not proved, and why, in the order of execution.
type Open = IndexMap<Place, Reason, FxBuildHasher>;

/// What decides the obligations of one function.
struct Verifier<'v, 's> {
    subject: &'v Subject<'v>,
    obligations: &'v Obligations,
    solver: &'s mut dyn Solver,
    owner: Owner,
    found: Vec<Finding>,
    /// Bytes of the queries so far.
    queries: usize,
}

/// A run of a function.
struct Attempt {
    function: FnId,
    outline: Outline,
    terms: Terms,
}

/// The outcome of a goal.
enum Decision {
    Holds,
    Broken(Model),
    Unknown(String),
    /// The queries about the function are as large as they may be.
    Budget,
}

impl Verifier<'_, '_> {
    fn function(mut self, function: FnId) -> Vec<Finding> {
        if self.holds_for_its_only_input(function) {
            return self.found;
        }
        let mut first = self.attempt(function, 0);
        if first.outline.exhausted {
            self.found.push(Finding::GaveUp);
            return self.found;
        }
        let asks = self.subject.provable.functions[function.index()].contract.entry > 0;
        let premises = first.outline.premises;
        if asks && self.is_impossible(&mut first, premises, Term::TRUE) {
            self.found.push(Finding::Vacuous(Premises::Declared));
        }
        let mut open = self.goals(&mut first, None);
        if !open.is_empty() {
            let mut second = self.attempt(function, UNFOLD);
            if !second.outline.unfolded.is_empty() && !second.outline.exhausted {
                let still = self.goals(&mut second, Some(&open));
                for &place in open.keys().filter(|place| !still.contains_key(*place)) {
                    let unfolded = self.names(&second.outline.unfolded);
                    self.proved(place, unfolded);
                }
                open.retain(|place, _| still.contains_key(place));
                let better = still.into_iter().filter(|(_, reason)| matches!(reason, Reason::Unknown(Some(_))));
                open.extend(better);
            }
        }
        self.found.extend(open.into_iter().map(|(place, reason)| Finding::Open(place, reason)));
        self.found
    }

    /// Decides goals: all, or those at some places. Returns the places where one is not proved, and why.
    fn goals(&mut self, attempt: &mut Attempt, only: Option<&Open>) -> Open {
        let assumes = self.obligations.assumptions().iter().any(|assumption| assumption.owner == self.owner);
        let mut open = Open::default();
        for goal in attempt.outline.goals.clone() {
            let place = (goal.kind, goal.span, goal.call);
            let Some(id) = self.obligation(place) else { continue };
            if open.contains_key(&place) || only.is_some_and(|only| !only.contains_key(&place)) {
                continue;
            }
            let reason = match self.ask(attempt, goal.facts, goal.fails) {
                Decision::Holds => {
                    // Everything follows of assumptions that contradict each other.
                    if assumes && self.is_impossible(attempt, goal.facts, goal.path) {
                        self.found.push(Finding::Vacuous(Premises::Declared));
                    }
                    if only.is_none() {
                        self.proved(place, Vec::new());
                    }
                    continue;
                }
                Decision::Broken(model) => {
                    let broken = self.replay(attempt, &goal, &model);
                    if let Some(broken) = &broken
                        && self.is_wrong(id, attempt, &goal)
                    {
                        self.refuted(id, broken);
                    }
                    Reason::Unknown(broken)
                }
                Decision::Unknown(why) => Reason::Solver(why),
                Decision::Budget => Reason::Budget,
            };
            open.insert(place, reason);
        }
        for &place in &attempt.outline.undecided {
            let wanted = only.is_none_or(|only| only.contains_key(&place));
            if wanted && self.obligation(place).is_some() {
                let reason = || Reason::Unsupported("a function of the standard library".to_owned());
                open.entry(place).or_insert_with(reason);
            }
        }
        open
    }

    fn obligation(&self, (kind, span, call): Place) -> Option<ObligationId> {
        self.obligations.of_check(kind, span, call)
    }

    fn refuted(&mut self, id: ObligationId, broken: &Counterexample) {
        let always = self.asks_for_check(id);
        self.found.push(Finding::Refuted(id, Counterexample { always, ..broken.clone() }));
    }

    /// Whether a counterexample makes the program wrong. A possible overflow or infinite recursion is left to run time,
    /// with the input as a note. So are assertions, indices and domains of library functions, unless they always fail,
    /// because the program contains that check on purpose.
    fn is_wrong(&mut self, id: ObligationId, attempt: &mut Attempt, goal: &Goal) -> bool {
        let kind = self.obligations.get(id).kind;
        if matches!(kind, Kind::IntOverflow | Kind::Decreases | Kind::Invariant | Kind::Requires) {
            return false;
        }
        if !self.asks_for_check(id) {
            return true;
        }
        let holds = attempt.terms.not(goal.fails);
        let passes = attempt.terms.and(goal.path, holds);
        self.is_impossible(attempt, goal.facts, passes)
    }

    fn asks_for_check(&self, id: ObligationId) -> bool {
        let obligation = self.obligations.get(id);
        matches!(obligation.kind, Kind::Assert | Kind::IndexBounds) || matches!(obligation.about, About::Builtin(_))
    }

    /// Runs the program on a model, if that reaches the check.
    fn replay(&self, attempt: &mut Attempt, goal: &Goal, model: &Model) -> Option<Counterexample> {
        let Attempt { function, outline, terms } = attempt;
        // Where the callee is entered is not seen: the check must be that of one call only.
        let same = outline.goals.iter().filter(|other| (other.kind, other.span) == (goal.kind, goal.span));
        let calls: FxHashSet<Option<Span>> = same.map(|other| other.call).collect();
        if calls.len() > 1 {
            return None;
        }
        let (kind, span, broken) = Replay::new(self.subject, terms, model).run(*function, &outline.params)?;
        (kind == goal.kind && span == goal.span).then_some(broken)
    }

    /// Whether a function without arguments terminates: what its only run does not refute holds.
    fn holds_for_its_only_input(&self, function: FnId) -> bool {
        let facts = &self.subject.provable.functions[function.index()];
        let FunctionKind::Instance(decl, _) = &facts.kind else { return false };
        let is_closed = self.subject.runs_alone(function) && facts.params.iter().all(|&ty| ty == Ty::UNIT);
        if !is_closed || !self.subject.program.function(*decl).row.is_pure() {
            return false;
        }
        let args = vec![Value::Unit; facts.params.len()];
        let limits = Limits { fuel: MAX_ONLY_RUN, depth: 10_000 };
        self.subject.ground.interpret(function, args, limits, &mut NoExterns).is_ok()
    }

    fn attempt(&self, function: FnId, unfold: u32) -> Attempt {
        let (outline, terms) = Executor::new(self.subject, unfold).run(function);
        Attempt { function, outline, terms }
    }

    /// Whether a condition cannot hold under these facts.
    fn is_impossible(&mut self, attempt: &mut Attempt, facts: FactsAt, condition: Term) -> bool {
        matches!(self.ask(attempt, facts, condition), Decision::Holds)
    }

    /// The goals at a place hold, by the bodies of these functions.
    fn proved(&mut self, place: Place, unfolded: Vec<String>) {
        self.found.push(Finding::Proved(place, unfolded));
    }

    fn names(&self, functions: &[FnId]) -> Vec<String> {
        functions.iter().map(|id| self.subject.provable.program.function(*id).symbol.clone()).collect()
    }

    /// Whether a condition is impossible ([`Decision::Holds`]: what it would break holds).
    fn ask(&mut self, attempt: &mut Attempt, facts: FactsAt, condition: Term) -> Decision {
        let facts = attempt.outline.facts.at(facts);
        if condition == Term::FALSE || cannot_hold(&attempt.terms, &facts, condition) {
            return Decision::Holds;
        }
        if self.queries > MAX_QUERIES {
            return Decision::Budget;
        }
        let facts = strongest(&attempt.terms, &facts);
        let encoded = encode(&mut attempt.terms, &facts, condition);
        self.queries = self.queries.saturating_add(encoded.query.script.len());
        match self.solver.solve(&encoded.query) {
            Answer::Unsat => Decision::Holds,
            Answer::Sat(values) => Decision::Broken(Model::new(&encoded.wanted, values)),
            Answer::Unknown(why) => Decision::Unknown(why),
        }
    }
}
