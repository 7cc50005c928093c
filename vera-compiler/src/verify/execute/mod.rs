//! Symbolic execution of `core`.
//!
//! A function is run once, with unknown arguments. Both sides of a branch are run, and the results are merged: a value
//! becomes a choice. A fact that is found on a path is stored as conditional on the path, so it never holds elsewhere.
//! A check becomes a goal: its failing path cannot be taken, given the facts so far. After the check, its success is a
//! fact, because the program continues only then.
//!
//! A call of a function of the program is represented by its contract: its preconditions are goals of the caller, its
//! result is unknown, and its postconditions, which are run like all code, are facts. A callee may be run itself
//! instead (`unfold`). Its own checks are then not goals, because they are proved where it is declared. A known
//! function value is run; it is proved where it is made, with unknown arguments.
//!
//! What is not modelled gives unknown values. Only constants are decided here.

mod block;
mod call;
mod closure;
mod decimals;
mod facts;
mod floats;
mod ground;
mod handler;
mod library;
mod path;
mod prim;
mod quantifier;
mod types;
mod undecided;

pub(crate) use facts::{Facts, FactsAt};
pub(super) use library::{EXACT, is_known_by_length};

use super::findings::Place;
use super::subject::Subject;
use super::term::{Sort, Term, Terms};
use crate::core::{Atom, EffectId, FnId, Label, LocalId, Program};
use crate::lower::{FunctionKind, Provable};
use crate::source::Span;
use crate::tir;
use crate::types::{EffectUse, Types};
use decimals::Compared;
use handler::{Around, Cell, Handler, Resumption};
use path::{Flow, Jump, Path};
use quantifier::Quantifiers;
use rustc_hash::{FxHashMap, FxHashSet};
use vera_abi::trap::TrapKind;

/// That a check does not fail.
#[derive(Clone, Debug)]
pub(crate) struct Goal {
    /// The kind of check.
    pub(crate) kind: TrapKind,
    /// Where it is written.
    pub(crate) span: Span,
    /// For a check within a call, as a precondition of the callee is: where the call is.
    pub(crate) call: Option<Span>,
    /// What is known when it is met.
    pub(crate) facts: FactsAt,
    /// The path that leads to where it is decided.
    pub(crate) path: Term,
    /// The path on which it fails.
    pub(crate) fails: Term,
}

/// What running a function gave.
#[derive(Debug)]
pub(crate) struct Outline {
    /// What the arguments are.
    pub(crate) params: Vec<Term>,
    /// What is known, by where.
    pub(crate) facts: Facts,
    /// What is known when the body begins.
    pub(crate) premises: FactsAt,
    /// What must be proved.
    pub(crate) goals: Vec<Goal>,
    /// Checks that are left to run time.
    pub(crate) undecided: Vec<Place>,
    /// Functions whose bodies were looked into, as ids.
    pub(crate) unfolded: Vec<FnId>,
    /// What it returns; nothing where it never does.
    #[cfg_attr(not(test), expect(dead_code, reason = "the table of models is compared with it"))]
    pub(crate) result: Option<Term>,
    /// Whether the run was cut short: there may be goals that are missing.
    pub(crate) exhausted: bool,
}

/// Whose checks are met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    /// The function's own.
    Own,
    /// The function's own preconditions: what they ask for is given.
    Premises,
    /// The preconditions of a function that is called there.
    Call(Span),
    /// A function of the prelude that is called there: its checks are the call's.
    Prelude(Span),
    /// A function that is proved elsewhere.
    Foreign,
}

/// Most statements that running one function executes.
const MAX_STEPS: u32 = 40_000;
/// Most terms that running one function makes.
const MAX_TERMS: usize = 200_000;
/// How deeply calls are run within each other.
const MAX_DEPTH: u32 = 24;

/// A run.
pub(crate) struct Executor<'p> {
    provable: &'p Provable,
    tir: &'p tir::Program,
    /// The same program without effects, for what is run on constants.
    ground: &'p Program,
    types: Types,
    terms: Terms,
    facts: Facts,
    /// Terms whose types have been looked at, since facts were last forgotten.
    typed: FxHashSet<Term>,
    /// Decimals whose ranks have been looked at, since facts were last forgotten.
    ranked: FxHashSet<Term>,
    compared: Compared,
    quantifiers: Quantifiers<'p>,
    path: Path,
    goals: Vec<Goal>,
    undecided: Vec<Place>,
    context: Context,
    cells: Vec<Cell>,
    handlers: Vec<Handler<'p>>,
    resumptions: Vec<Resumption>,
    around: Vec<Around>,
    /// The declared type of a term, as far as it is known.
    type_of: FxHashMap<Term, crate::types::Ty>,
    effect_uses: FxHashMap<EffectId, EffectUse>,
    /// The sizes of values, each worked out once.
    sizes: FxHashMap<Term, Term>,
    /// Where parameters are declared.
    parameters: &'p FxHashSet<Span>,
    records: FxHashMap<(crate::types::Ty, u32), crate::core::RecordId>,
    unfold: u32,
    unfolded: FxHashSet<FnId>,
    steps: u32,
    depth: u32,
    running: Vec<FnId>,
    exhausted: bool,
}

/// A function that is being run.
struct Activation<'p> {
    id: FnId,
    function: &'p crate::core::Function,
    locals: Vec<Option<Term>>,
    jumps: FxHashMap<Label, Vec<Jump>>,
}

impl<'p> Executor<'p> {
    /// A run that has not begun. `unfold` is how deeply bodies of the program's functions are looked into.
    pub(crate) fn new(subject: &'p Subject<'p>, unfold: u32) -> Self {
        let Subject { program: tir, provable, ground, parameters } = subject;
        let records = provable.records.iter();
        let records = records.map(|(&id, facts)| ((facts.ty, provable.program.records[id.index()].tag), id)).collect();
        Self {
            provable,
            tir,
            ground,
            types: provable.types.clone(),
            terms: Terms::new(),
            facts: Facts::default(),
            typed: FxHashSet::default(),
            ranked: FxHashSet::default(),
            compared: Compared::default(),
            quantifiers: Quantifiers::default(),
            path: Path::default(),
            goals: Vec::new(),
            undecided: Vec::new(),
            context: Context::Own,
            cells: Vec::new(),
            handlers: Vec::new(),
            resumptions: Vec::new(),
            around: Vec::new(),
            type_of: FxHashMap::default(),
            effect_uses: provable.effects.iter().map(|(used, &id)| (id, used.clone())).collect(),
            records,
            sizes: FxHashMap::default(),
            parameters,
            unfold,
            unfolded: FxHashSet::default(),
            steps: 0,
            depth: 0,
            running: Vec::new(),
            exhausted: false,
        }
    }

    /// Runs a function of the program on unknown arguments.
    pub(crate) fn run(mut self, id: FnId) -> (Outline, Terms) {
        let function = self.provable.program.function(id);
        let facts = &self.provable.functions[id.index()];
        let mut act = Activation::new(id, function);
        self.running.push(id);
        self.ambient_cells(id);
        let mut params = Vec::new();
        for (index, &param) in function.params.iter().enumerate() {
            let ty = facts.params.get(index).copied();
            let value = self.unknown_of(ty, function.rep(param));
            params.push(value);
            act.set(param, value);
            self.quantifiers.argument(&self.terms, value);
        }
        let entry = facts.contract.entry;
        self.context = Context::Premises;
        let entered = self.stmts(&mut act, &function.body.stmts[..entry]);
        let premises = self.facts.here();
        self.context = Context::Own;
        let result = if entered { self.rest_of_block(&mut act, &function.body, entry) } else { Flow::Gone };
        let result = match result {
            Flow::Value(value) => Some(value),
            Flow::Gone => None,
        };
        let mut unfolded: Vec<FnId> = self.unfolded.iter().copied().collect();
        unfolded.sort_unstable();
        let outline = Outline {
            params,
            facts: std::mem::take(&mut self.facts),
            premises,
            goals: std::mem::take(&mut self.goals),
            undecided: std::mem::take(&mut self.undecided),
            unfolded,
            result,
            exhausted: self.exhausted,
        };
        (outline, self.terms)
    }

    /// Keeps a fact of the present path.
    fn learn(&mut self, fact: Term) {
        let path = self.path.term(&mut self.terms);
        let fact = self.terms.implies(path, fact);
        self.learn_everywhere(fact);
    }

    /// Keeps a fact that holds whatever the path.
    fn learn_everywhere(&mut self, fact: Term) {
        if fact != Term::TRUE {
            self.facts.add(fact);
        }
    }

    /// Forgets what has been learnt since.
    fn forget(&mut self, at: FactsAt) {
        self.facts.back_to(at);
        self.typed.clear();
        self.ranked.clear();
        self.compared = Compared::default();
        self.quantifiers.forget();
        self.sizes.clear();
    }

    /// A check that fails under a condition.
    fn check(&mut self, site: crate::core::SiteId, fails: Term) {
        let facts = self.provable.sites[site.index()];
        let path = self.path.term(&mut self.terms);
        if facts.is_compiled {
            self.goal_of(facts.kind, facts.span, path, fails);
        } else {
            self.note_goal(facts.kind, facts.span, path, fails);
        }
    }

    /// A check that has failed: its condition is the last of the path.
    fn fail(&mut self, site: crate::core::SiteId) {
        let facts = self.provable.sites[site.index()];
        let before = self.path.before_last(&mut self.terms);
        self.goal_of(facts.kind, facts.span, before, Term::TRUE);
    }

    /// A claim that has failed: the program goes on, so nothing is learnt.
    fn claim(&mut self, site: crate::core::SiteId) {
        let facts = self.provable.sites[site.index()];
        let before = self.path.before_last(&mut self.terms);
        self.note_goal(facts.kind, facts.span, before, Term::TRUE);
    }

    fn goal_of(&mut self, kind: TrapKind, span: Span, decided_on: Term, fails: Term) {
        if fails == Term::FALSE {
            return;
        }
        let fails_here = self.note_goal(kind, span, decided_on, fails);
        let holds = self.terms.not(fails_here);
        self.learn_everywhere(holds);
    }

    /// Adds the goal that a check does not fail, if the check belongs to an obligation of the function. Returns on what
    /// condition it fails.
    fn note_goal(&mut self, kind: TrapKind, span: Span, decided_on: Term, fails: Term) -> Term {
        let is_premise = kind == TrapKind::Requires || kind == TrapKind::Refinement && self.parameters.contains(&span);
        let place = match self.context {
            Context::Own => Some((span, None)),
            Context::Premises if !is_premise => Some((span, None)),
            Context::Call(call) if is_premise => Some((span, Some(call))),
            Context::Prelude(call) => Some((span, Some(call))),
            Context::Premises | Context::Call(_) | Context::Foreign => None,
        };
        let path = self.path.term(&mut self.terms);
        let fails_here = self.terms.and(path, fails);
        if let Some((span, call)) = place
            && fails_here != Term::FALSE
        {
            self.goals.push(Goal { kind, span, call, facts: self.facts.here(), path: decided_on, fails: fails_here });
        }
        fails_here
    }

    /// Runs with checks that belong elsewhere.
    fn in_context<R>(&mut self, context: Context, run: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.context, context);
        let result = run(self);
        self.context = outer;
        result
    }

    fn step(&mut self) -> bool {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.terms.count() > MAX_TERMS {
            self.exhausted = true;
        }
        !self.exhausted
    }

    fn kind(&self, id: FnId) -> &'p FunctionKind {
        &self.provable.functions[id.index()].kind
    }
}

impl<'p> Activation<'p> {
    fn new(id: FnId, function: &'p crate::core::Function) -> Self {
        Self { id, function, locals: vec![None; function.locals.len()], jumps: FxHashMap::default() }
    }

    fn set(&mut self, local: LocalId, value: Term) {
        self.locals[local.index()] = Some(value);
    }
}

impl Executor<'_> {
    /// The value of an operand.
    fn atom(&mut self, act: &Activation<'_>, atom: &Atom) -> Term {
        match atom {
            Atom::Local(local) => match act.locals[local.index()] {
                Some(value) => value,
                // A path that no run takes, such as what follows a call that never returns.
                None => self.terms.unknown(sort_of_rep(act.function.rep(*local))),
            },
            Atom::Unit => Term::UNIT,
            Atom::Byte(value) => self.terms.int(i128::from(*value)),
            Atom::I64(value) => self.terms.int(i128::from(*value)),
            Atom::F64(value) => self.terms.float(*value),
            Atom::Str(text) => self.terms.text(text.as_bytes()),
            Atom::EmptyArray => self.terms.array(Vec::new()),
            Atom::Static(tag) => self.terms.constructor(*tag),
        }
    }

    fn atoms(&mut self, act: &Activation<'_>, atoms: &[Atom]) -> Vec<Term> {
        atoms.iter().map(|atom| self.atom(act, atom)).collect()
    }
}

/// What values of a representation denote, where nothing more is known.
fn sort_of_rep(rep: vera_abi::layout::Rep) -> Sort {
    use vera_abi::layout::Rep;
    match rep {
        Rep::I64 | Rep::Byte => Sort::Int,
        Rep::F64 | Rep::Ptr | Rep::Slice | Rep::Unit => Sort::Value,
    }
}

#[cfg(test)]
mod tests;
