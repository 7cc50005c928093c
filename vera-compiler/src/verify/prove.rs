//! Decides the obligations of a program.
//!
//! Each function of the program is run with unknown arguments, first with the contracts of its callees. If a goal is
//! not decided, the function is run again with the bodies of its callees, to a bounded depth; the proof records this. A
//! generic function is proved when each of its instances is proved. If it has none, it is proved at types of which
//! nothing is known.

use super::encode::{Model, encode};
use super::execute::{Executor, FactsAt, Goal, Outline};
use super::interval::cannot_hold;
use super::obligation::{
    About, Counterexample, Kind, Obligation, ObligationId, Outcome, Owner, Premises, Proof, Reason, Verified,
};
use super::obligations::{self, Assumption, Obligations};
use super::replay::Replay;
use super::solver::{Answer, Solver};
use super::subject::Subject;
use super::term::{Term, Terms};
use crate::core::FnId;
use crate::core::interpret::{Limits, NoExterns, Value};
use crate::lower::{FunctionKind, PredicateKey};
use crate::source::Span;
use crate::types::Ty;
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use vera_abi::trap::TrapKind;

/// Statements that the run of a function without arguments may execute.
const MAX_ONLY_RUN: u64 = 300_000;
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
    let mut verifier = Verifier {
        subject,
        obligations: &obligations,
        solver,
        found: FxHashMap::default(),
        vacuous: FxHashMap::default(),
    };
    for (function, owner) in functions(subject) {
        verifier.function(function, owner);
    }
    let Verifier { mut found, vacuous, .. } = verifier;
    let assumptions = obligations.assumptions();
    let listed = obligations.iter().map(|(id, obligation)| {
        let mut outcome = found.remove(&id).unwrap_or_else(|| Outcome::Proved(Proof::default()));
        if let Outcome::Proved(proof) = &mut outcome {
            let known = assumptions.iter().filter(|assumption| is_known(assumption, obligation));
            proof.assumed = known.map(|assumption| assumption.span).collect();
            if let Some(&premises) = vacuous.get(&obligation.owner) {
                outcome = Outcome::Vacuous(premises);
            }
        }
        Verified { obligation: obligation.clone(), outcome }
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

/// Where a goal is met.
type Place = (TrapKind, Span, Option<Span>);
/// Places where a goal is not proved, and why, in the order of execution.
type Open = IndexMap<Place, Reason, FxBuildHasher>;

struct Verifier<'v> {
    subject: &'v Subject<'v>,
    obligations: &'v Obligations,
    solver: &'v mut dyn Solver,
    /// The outcomes of obligations that have goals; the others hold.
    found: FxHashMap<ObligationId, Outcome>,
    /// Whose premises contradict each other.
    vacuous: FxHashMap<Owner, Premises>,
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
}

impl<'v> Verifier<'v> {
    fn function(&mut self, function: FnId, owner: Owner) {
        if self.holds_for_its_only_input(function) {
            return;
        }
        let mut first = self.attempt(function, 0);
        if first.outline.exhausted {
            self.give_up(owner);
            return;
        }
        let asks = self.subject.provable.functions[function.index()].contract.entry > 0;
        let premises = first.outline.premises;
        if asks && self.is_impossible(&mut first, premises, Term::TRUE) {
            self.vacuous.insert(owner, Premises::Declared);
        }
        let mut open = self.goals(&mut first, owner, None);
        if !open.is_empty() {
            let mut second = self.attempt(function, UNFOLD);
            if !second.outline.unfolded.is_empty() && !second.outline.exhausted {
                let still = self.goals(&mut second, owner, Some(&open));
                for &place in open.keys().filter(|place| !still.contains_key(*place)) {
                    self.proved(place, &second.outline.unfolded);
                }
                open.retain(|place, _| still.contains_key(place));
                let better = still.into_iter().filter(|(_, reason)| matches!(reason, Reason::Unknown(Some(_))));
                open.extend(better);
            }
        }
        for (place, reason) in open {
            self.left_open(place, reason);
        }
    }

    /// Decides goals: all, or those at some places. Returns the places where one is not proved, and why.
    fn goals(&mut self, attempt: &mut Attempt, owner: Owner, only: Option<&Open>) -> Open {
        let assumes = self.obligations.assumptions().iter().any(|assumption| assumption.owner == owner);
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
                        self.vacuous.insert(owner, Premises::Declared);
                    }
                    if only.is_none() {
                        self.proved(place, &[]);
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
            };
            open.insert(place, reason);
        }
        open
    }

    fn obligation(&self, (kind, span, call): Place) -> Option<ObligationId> {
        self.obligations.of_check(kind, span, call)
    }

    /// Records that a goal of an obligation is not proved. A counterexample is worth more than any other reason.
    fn left_open(&mut self, place: Place, reason: Reason) {
        let Some(id) = self.obligation(place) else { return };
        match self.found.get(&id) {
            Some(Outcome::Refuted(_) | Outcome::Unproved(Reason::Unknown(Some(_)))) => {}
            _ => _ = self.found.insert(id, Outcome::Unproved(reason)),
        }
    }

    fn refuted(&mut self, id: ObligationId, broken: &Counterexample) {
        let always = self.asks_for_check(id);
        self.found.insert(id, Outcome::Refuted(Counterexample { always, ..broken.clone() }));
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

    /// Leaves all obligations of a function to run time.
    fn give_up(&mut self, owner: Owner) {
        for (id, obligation) in self.obligations.iter() {
            if obligation.owner == owner && !obligation.checks.is_empty() {
                self.found.insert(id, Outcome::Unproved(Reason::Budget));
            }
        }
    }

    /// The goals at a place hold.
    fn proved(&mut self, place: Place, unfolded: &[FnId]) {
        let Some(id) = self.obligation(place) else { return };
        let solver = Some(self.solver.name().to_owned());
        let outcome = self.found.entry(id).or_insert_with(|| Outcome::Proved(Proof { solver, ..Proof::default() }));
        if let Outcome::Proved(proof) = outcome {
            for id in unfolded {
                let name = &self.subject.provable.program.function(*id).symbol;
                if !proof.unfolded.contains(name) {
                    proof.unfolded.push(name.clone());
                }
            }
        }
    }

    /// Whether a condition is impossible ([`Decision::Holds`]: what it would break holds).
    fn ask(&mut self, attempt: &mut Attempt, facts: FactsAt, condition: Term) -> Decision {
        let facts = attempt.outline.facts.at(facts);
        if condition == Term::FALSE || cannot_hold(&attempt.terms, &facts, condition) {
            return Decision::Holds;
        }
        let encoded = encode(&mut attempt.terms, &facts, condition);
        match self.solver.solve(&encoded.query) {
            Answer::Unsat => Decision::Holds,
            Answer::Sat(values) => Decision::Broken(Model::new(&encoded.wanted, values)),
            Answer::Unknown(why) => Decision::Unknown(why),
        }
    }
}
