//! `forall` and `exists` with bounds that are not known.
//!
//! A quantifier is a loop over the numbers below its bound that ends at the first which decides. Its value is a function of
//! what it reads. Of this value is known:
//!
//! * Where the loop ended early it did so at some number, the *witness*, for which the predicate decides.
//! * Otherwise no number below the bound decides. This is said of the numbers that occur: indices of sequences, arguments of
//!   the function, and witnesses of other quantifiers.
//!
//! This holds on the path on which the loop ran, and on no other: elsewhere a check of the predicate may fail for every
//! number, and the value says nothing.
//!
//! The predicate is run again for each such number. Its checks have passed where the loop came to the number; as goals they
//! are met in the loop, for any round.

use super::path::Jump;
use super::{Activation, Context, Executor, MAX_DEPTH, MAX_STEPS, MAX_TERMS};
use crate::core::{Block, FnId, Label, LocalId};
use crate::lower::Quantifier;
use crate::verify::term::{Fun, Node, Sort, Term, Terms};
use rustc_hash::FxHashSet;

/// Most numbers that occur.
const MAX_NUMBERS: usize = 24;
/// Most of them that are arguments.
const MAX_ARGUMENTS: usize = 4;
/// Most quantifiers of which something is known.
const MAX_QUANTIFIERS: usize = 16;
/// Most times that predicates are run for a number.
const MAX_INSTANCES: u32 = 120;

/// The quantifiers that were met, and the numbers for which they are looked at.
#[derive(Debug, Default)]
pub(super) struct Quantifiers<'p> {
    met: Vec<Met<'p>>,
    numbers: Vec<Term>,
    /// Which quantifier, as a position, has been looked at for which number, since facts were last forgotten.
    done: FxHashSet<(usize, Term)>,
    instances: u32,
    /// How many predicates are being run within each other.
    depth: u32,
}

/// A quantifier.
#[derive(Clone, Debug)]
struct Met<'p> {
    /// Its value.
    value: Term,
    /// The path on which it was met.
    path: Term,
    exists: bool,
    bound: Term,
    function: FnId,
    locals: Vec<Option<Term>>,
    label: Label,
    number: LocalId,
    body: &'p Block,
}

impl Quantifiers<'_> {
    /// An argument of the function: a number that occurs, if it is one.
    pub(super) fn argument(&mut self, terms: &Terms, value: Term) {
        if terms.sort(value) == Sort::Int && self.numbers.len() < MAX_ARGUMENTS {
            self.numbers.push(value);
        }
    }

    /// Facts have been forgotten.
    pub(super) fn forget(&mut self) {
        self.done.clear();
    }

    /// How many numbers occur.
    pub(super) fn numbers(&self) -> usize {
        self.numbers.len()
    }

    /// Forgets the numbers that occurred since.
    pub(super) fn back_to(&mut self, numbers: usize) {
        self.numbers.truncate(numbers);
    }
}

impl<'p> Executor<'p> {
    /// The quantifier that a loop is, if it is one whose bound is not known.
    pub(super) fn open_quantifier(&mut self, act: &Activation<'p>, label: Label) -> Option<(Quantifier, Term)> {
        let quantifier = self.provable.functions[act.id.index()].quantifiers.get(&label)?.clone();
        let bound = self.atom(act, &quantifier.bound);
        self.terms.as_int(bound).is_none().then_some((quantifier, bound))
    }

    /// Learns what the value of a quantifier says.
    pub(super) fn quantified(
        &mut self,
        act: &Activation<'p>,
        (label, number): (Label, LocalId),
        body: &'p Block,
        (exists, bound): (bool, Term),
        value: Term,
    ) {
        let Node::Apply(Fun::Loop(..), _, read) = self.terms.node(value).clone() else { return };
        if self.quantifiers.depth > 1 || !self.may_look_further() {
            return;
        }
        let path = self.path.term(&mut self.terms);
        let known = self.quantifiers.met.iter().position(|met| (met.value, met.path) == (value, path));
        let at = match known {
            Some(at) => at,
            None if self.quantifiers.met.len() >= MAX_QUANTIFIERS => return,
            None => {
                let locals = act.locals.clone();
                let met = Met { value, path, exists, bound, function: act.id, locals, label, number, body };
                self.quantifiers.met.push(met);
                self.quantifiers.met.len() - 1
            }
        };
        for number in self.quantifiers.numbers.clone() {
            self.instance(at, number);
        }
        let witness = self.terms.apply(Fun::Witness(act.id, label.0), Sort::Int, read.to_vec());
        if !self.quantifiers.done.insert((at, witness)) {
            return;
        }
        let met = self.quantifiers.met[at].clone();
        self.terms.set_natural(witness);
        let within = self.terms.within(0, witness, i64::MAX.into());
        self.learn_everywhere(within);
        self.quantifiers.depth += 1;
        self.number_occurs(witness);
        let (ended, below) = (self.ended_early(&met), self.terms.less(witness, bound));
        let ended_here = self.terms.and(path, ended);
        let reached = self.terms.implies(ended_here, below);
        self.learn_everywhere(reached);
        let goes_on = self.goes_on(&met, witness, &[path, ended, below]);
        self.quantifiers.depth -= 1;
        let decides = self.terms.not(goes_on);
        let fact = self.terms.implies(ended_here, decides);
        self.learn_everywhere(fact);
    }

    /// A number occurs: what quantifiers say of it is learnt.
    pub(super) fn number_occurs(&mut self, number: Term) {
        if !self.quantifiers.numbers.contains(&number) {
            if self.quantifiers.numbers.len() >= MAX_NUMBERS {
                return;
            }
            self.quantifiers.numbers.push(number);
        }
        for at in 0..self.quantifiers.met.len() {
            self.instance(at, number);
        }
    }

    /// An index of a sequence occurs, unless in what is run for a number.
    pub(super) fn index_occurs(&mut self, index: Term) {
        if self.quantifiers.depth <= 1 && self.may_look_further() {
            self.number_occurs(index);
        }
    }

    fn may_look_further(&self) -> bool {
        let quantifiers = &self.quantifiers;
        quantifiers.instances < MAX_INSTANCES
            && self.depth < MAX_DEPTH
            && self.steps < MAX_STEPS / 4
            && self.terms.count() < MAX_TERMS / 4
    }

    /// Learns that a number below the bound does not decide, if the loop did not end early.
    fn instance(&mut self, at: usize, number: Term) {
        if self.terms.sort(number) != Sort::Int
            || !self.may_look_further()
            || !self.quantifiers.done.insert((at, number))
        {
            return;
        }
        self.quantifiers.instances += 1;
        let met = &self.quantifiers.met[at].clone();
        let ended = self.ended_early(met);
        let (not, zero) = (self.terms.not(ended), self.terms.int(0));
        let (above, below) = (self.terms.at_most(zero, number), self.terms.less(number, met.bound));
        let when = [met.path, not, above, below];
        if when.contains(&Term::FALSE) {
            return;
        }
        // What occurs in the predicate is not looked at in turn.
        self.quantifiers.depth += 2;
        let goes_on = self.goes_on(met, number, &when);
        self.quantifiers.depth -= 2;
        let all = self.terms.all(when);
        let fact = self.terms.implies(all, goes_on);
        self.learn_everywhere(fact);
    }

    /// Whether some number decided.
    fn ended_early(&mut self, met: &Met<'p>) -> Term {
        if met.exists { met.value } else { self.terms.not(met.value) }
    }

    /// Whether the loop goes on after a number, under conditions by which it comes to it.
    fn goes_on(&mut self, met: &Met<'p>, number: Term, when: &[Term]) -> Term {
        let outer = std::mem::take(&mut self.path);
        when.iter().for_each(|&condition| self.path.assume(condition));
        let mark = self.path.mark();
        let function = self.provable.program.function(met.function);
        let mut act = Activation::new(met.function, function);
        act.locals.clone_from(&met.locals);
        act.set(met.number, number);
        self.depth += 1;
        self.in_context(Context::Foreign, |run| run.run_block(&mut act, met.body));
        self.depth -= 1;
        let jumps: Vec<Jump> = act.jumps.remove(&met.label).unwrap_or_default();
        self.path = outer;
        jumps.into_iter().fold(Term::FALSE, |any, jump| {
            let goes_on = self.terms.all(jump.conditions.into_iter().skip(mark.length()));
            self.terms.or(any, goes_on)
        })
    }
}
