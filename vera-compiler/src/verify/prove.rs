//! Decides the obligations of a program.
//!
//! Each function of the program is run with unknown arguments, first with the contracts of what it calls. Where a goal is
//! not decided it is run again, and looks into the bodies of the program's functions to a bounded depth: a proof that
//! comes of that says so. A generic function is proved when each of its instances is, or, when it has none, at types of
//! which nothing is known.

use super::encode::{Model, encode};
use super::execute::{Executor, Goal, Outline};
use super::interval::cannot_hold;
use super::obligation::{About, Counterexample, Kind, ObligationId, Outcome, Owner, Premises, Proof, Reason, Verified};
use super::obligations::{self, Assumption, Obligations};
use super::replay::Replay;
use super::solver::{Answer, Solver};
use super::term::{Term, Terms};
use crate::core::interpret::{Limits, NoExterns, Value};
use crate::core::{self, FnId, Program};
use crate::diagnostics::Diagnostics;
use crate::lower::{self, FunctionKind, PredicateKey, Provable};
use crate::source::Span;
use crate::tir::{self, Checked};
use crate::types::Ty;
use rustc_hash::{FxHashMap, FxHashSet};
use vera_abi::trap::TrapKind;

/// Statements that the run of a function without arguments may execute.
const MAX_ONLY_RUN: u64 = 300_000;
/// How deeply a second attempt looks into the bodies of functions.
const UNFOLD: u32 = 3;

/// What came of the obligations of a program.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verification {
    /// Every obligation with its outcome, in the order of [`obligations::table`].
    pub obligations: Vec<Verified>,
    /// What is taken for granted.
    pub assumptions: Vec<Assumption>,
}

/// Decides every obligation of a program.
///
/// # Errors
/// What keeps the program from being made concrete, as when it is compiled.
pub fn verify(checked: &Checked, solver: &mut dyn Solver) -> Result<Verification, Diagnostics> {
    let provable = lower::lower_for_proofs(checked)?;
    let mut ground = provable.program.clone();
    core::evidence::eliminate(&mut ground);
    let program = checked.program();
    let obligations = obligations::table(program);
    let mut verifier = Verifier {
        provable: &provable,
        program,
        ground: &ground,
        obligations: &obligations,
        solver,
        found: FxHashMap::default(),
        vacuous: FxHashMap::default(),
    };
    for (function, owner) in subjects(&provable, program) {
        verifier.function(function, owner);
    }
    let Verifier { mut found, vacuous, .. } = verifier;
    let assumptions = obligations.assumptions();
    let listed = obligations.iter().map(|(id, obligation)| {
        let mut outcome = found.remove(&id).unwrap_or_else(|| Outcome::Proved(Proof::default()));
        if let Outcome::Proved(proof) = &mut outcome {
            let same = assumptions.iter().filter(|assumption| assumption.owner == obligation.owner);
            proof.assumed = same.map(|assumption| assumption.span).collect();
            if let Some(&premises) = vacuous.get(&obligation.owner) {
                outcome = Outcome::Vacuous(premises);
            }
        }
        Verified { obligation: obligation.clone(), outcome }
    });
    Ok(Verification { obligations: listed.collect(), assumptions: assumptions.to_vec() })
}

/// The functions of the program itself, each once for every list of type arguments, and its predicates.
fn subjects(provable: &Provable, program: &tir::Program) -> Vec<(FnId, Owner)> {
    let all = provable.functions.iter().enumerate();
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

struct Verifier<'v> {
    provable: &'v Provable,
    program: &'v tir::Program,
    ground: &'v Program,
    obligations: &'v Obligations,
    solver: &'v mut dyn Solver,
    /// What came of obligations that did not need nothing.
    found: FxHashMap<ObligationId, Outcome>,
    /// Whose premises contradict each other.
    vacuous: FxHashMap<Owner, Premises>,
}

/// What came of a goal.
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
        let (outline, mut terms) = self.outline(function, 0);
        if outline.exhausted {
            self.give_up(owner);
            return;
        }
        if self.provable.functions[function.index()].contract.entry > 0 && self.is_contradictory(&mut terms, &outline) {
            self.vacuous.insert(owner, Premises::Declared);
        }
        let mut open: FxHashMap<Place, Reason> = FxHashMap::default();
        let assumes = self.obligations.assumptions().iter().any(|assumption| assumption.owner == owner);
        for goal in &outline.goals {
            let place = (goal.kind, goal.span, goal.call);
            let Some(id) = self.obligations.of_check(goal.kind, goal.span, goal.call) else { continue };
            if open.contains_key(&place) {
                continue;
            }
            match self.decide(&mut terms, &outline, goal) {
                Decision::Holds => {
                    // Of what is assumed to be and not to be everything follows.
                    if assumes && self.cannot_be(&mut terms, &outline, goal) {
                        self.vacuous.insert(owner, Premises::Declared);
                    }
                    self.proved(id, &[]);
                }
                Decision::Broken(model) => {
                    let broken = self.replay(function, &outline, &mut terms, goal, &model);
                    let wrong = broken.is_some() && self.is_wrong(id, &mut terms, &outline, goal);
                    if let (Some(broken), true) = (&broken, wrong) {
                        self.refuted(id, broken);
                    }
                    open.insert(place, Reason::Unknown(broken));
                }
                Decision::Unknown(why) => _ = open.insert(place, Reason::Solver(why)),
            }
        }
        if open.is_empty() {
            return;
        }
        let places: FxHashSet<Place> = open.keys().copied().collect();
        let (outline, mut terms) = self.outline(function, UNFOLD);
        if !outline.unfolded.is_empty() && !outline.exhausted {
            let mut still: FxHashSet<Place> = FxHashSet::default();
            for goal in &outline.goals {
                let place = (goal.kind, goal.span, goal.call);
                if !places.contains(&place) || still.contains(&place) {
                    continue;
                }
                match self.decide(&mut terms, &outline, goal) {
                    Decision::Holds => {}
                    Decision::Broken(model) => {
                        still.insert(place);
                        if let Some(broken) = self.replay(function, &outline, &mut terms, goal, &model)
                            && let Some(id) = self.obligations.of_check(goal.kind, goal.span, goal.call)
                        {
                            if self.is_wrong(id, &mut terms, &outline, goal) {
                                self.refuted(id, &broken);
                            }
                            open.insert(place, Reason::Unknown(Some(broken)));
                        }
                    }
                    Decision::Unknown(_) => _ = still.insert(place),
                }
            }
            let unfolded = outline.unfolded.clone();
            for place in places.iter().filter(|place| !still.contains(place)) {
                open.remove(place);
                if let Some(id) = self.obligations.of_check(place.0, place.1, place.2) {
                    self.proved(id, &unfolded);
                }
            }
        }
        for (place, reason) in open {
            if let Some(id) = self.obligations.of_check(place.0, place.1, place.2) {
                self.open(id, reason);
            }
        }
    }

    /// One of the goals of an obligation is not proved. An input that breaks it is worth more than any reason.
    fn open(&mut self, id: ObligationId, reason: Reason) {
        if matches!(self.found.get(&id), Some(Outcome::Refuted(_))) {
            return;
        }
        self.found.insert(id, Outcome::Unproved(reason));
    }

    fn refuted(&mut self, id: ObligationId, broken: &Counterexample) {
        let always = self.asks_for_check(id);
        self.found.insert(id, Outcome::Refuted(Counterexample { always, ..broken.clone() }));
    }

    /// Whether an input that breaks an obligation makes the program wrong: what may overflow or recur for ever is left to
    /// run time with the input as a note. An assertion, an index and what a function of the library asks for are, too,
    /// unless they always fail: the program asks for that check.
    fn is_wrong(&mut self, id: ObligationId, terms: &mut Terms, outline: &Outline, goal: &Goal) -> bool {
        let kind = self.obligations.get(id).kind;
        if matches!(kind, Kind::IntOverflow | Kind::Decreases | Kind::Invariant | Kind::Requires) {
            return false;
        }
        if !self.asks_for_check(id) {
            return true;
        }
        let holds = terms.not(goal.fails);
        let passes = terms.and(goal.path, holds);
        let encoded = encode(terms, &outline.facts.at(goal.facts), passes);
        matches!(self.solver.solve(&encoded.query), Answer::Unsat)
    }

    fn asks_for_check(&self, id: ObligationId) -> bool {
        let obligation = self.obligations.get(id);
        matches!(obligation.kind, Kind::Assert | Kind::IndexBounds) || matches!(obligation.about, About::Builtin(_))
    }

    /// Runs the program on a model, if that meets the check.
    fn replay(
        &self,
        function: FnId,
        outline: &Outline,
        terms: &mut Terms,
        goal: &Goal,
        model: &Model,
    ) -> Option<Counterexample> {
        // Where the callee is entered is not seen: the check must be that of one call only.
        let calls: FxHashSet<Option<Span>> = outline
            .goals
            .iter()
            .filter(|other| (other.kind, other.span) == (goal.kind, goal.span))
            .map(|other| other.call)
            .collect();
        if calls.len() > 1 {
            return None;
        }
        let mut replay = Replay::new(self.provable, self.program, self.ground, terms, model);
        let (kind, span, broken) = replay.run(function, &outline.params)?;
        (kind == goal.kind && span == goal.span).then_some(broken)
    }

    /// Whether a function without arguments comes to its end: what its only run does not break holds.
    fn holds_for_its_only_input(&self, function: FnId) -> bool {
        let facts = &self.provable.functions[function.index()];
        let FunctionKind::Instance(decl, _) = &facts.kind else { return false };
        let declared = self.provable.program.function(function).params.len();
        let same = self.ground.function(function).params.len() == declared;
        if !same || !self.program.function(*decl).row.is_pure() || !facts.params.iter().all(|&ty| ty == Ty::UNIT) {
            return false;
        }
        let args = vec![Value::Unit; declared];
        let limits = Limits { fuel: MAX_ONLY_RUN, depth: 10_000 };
        self.ground.interpret(function, args, limits, &mut NoExterns).is_ok()
    }

    fn outline(&self, function: FnId, unfold: u32) -> (Outline, Terms) {
        let (outline, executor) = Executor::new(self.provable, self.program, self.ground, unfold).run(function);
        (outline, executor.terms)
    }

    /// Whether what a function asks of its arguments cannot be.
    fn is_contradictory(&mut self, terms: &mut Terms, outline: &Outline) -> bool {
        let premises = outline.facts.at(outline.premises);
        let encoded = encode(terms, &premises, Term::TRUE);
        matches!(self.solver.solve(&encoded.query), Answer::Unsat)
    }

    /// Whether what is known where a goal is met, contradicts itself.
    fn cannot_be(&mut self, terms: &mut Terms, outline: &Outline, goal: &Goal) -> bool {
        let encoded = encode(terms, &outline.facts.at(goal.facts), goal.path);
        matches!(self.solver.solve(&encoded.query), Answer::Unsat)
    }

    /// All that is asked of a function is left to run time.
    fn give_up(&mut self, owner: Owner) {
        for (id, obligation) in self.obligations.iter() {
            if obligation.owner == owner && !obligation.checks.is_empty() {
                self.found.insert(id, Outcome::Unproved(Reason::Budget));
            }
        }
    }

    /// One of the goals of an obligation holds.
    fn proved(&mut self, id: ObligationId, unfolded: &[FnId]) {
        let solver = Some(self.solver.name().to_owned());
        let symbol = |id: &FnId| self.provable.program.function(*id).symbol.clone();
        let unfolded: Vec<String> = unfolded.iter().map(symbol).collect();
        let outcome = self.found.entry(id).or_insert_with(|| Outcome::Proved(Proof { solver, ..Proof::default() }));
        if let Outcome::Proved(proof) = outcome {
            for name in unfolded {
                if !proof.unfolded.contains(&name) {
                    proof.unfolded.push(name);
                }
            }
        }
    }

    fn decide(&mut self, terms: &mut Terms, outline: &Outline, goal: &Goal) -> Decision {
        if goal.fails == Term::FALSE {
            return Decision::Holds;
        }
        let facts = outline.facts.at(goal.facts);
        if cannot_hold(terms, &facts, goal.fails) {
            return Decision::Holds;
        }
        let encoded = encode(terms, &facts, goal.fails);
        match self.solver.solve(&encoded.query) {
            Answer::Unsat => Decision::Holds,
            Answer::Sat(values) => Decision::Broken(Model::new(&encoded.wanted, values)),
            Answer::Unknown(why) => Decision::Unknown(why),
        }
    }
}
