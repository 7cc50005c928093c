//! Tests contracts on generated inputs.
//!
//! Each public function whose contract is not proved runs on values of its parameters' types that satisfy its
//! preconditions, refinements and invariants. The interpreter runs them, so nothing has an effect and every run ends. A run
//! that needs the host's library is repeated by a [`Machine`], if the caller has one.
//! If random values do not satisfy a precondition, the solver finds some that do. An input that fails is shrunk as long
//! as it fails the same check.
//!
//! Every failed check is a failure. A result that does not fit in 64 bits, an unhandled exception, and a run that takes
//! too long say nothing about the contract, and are counted separately. If no run says anything, the function is not tested.

mod generate;
mod machine;
mod mentioned;
mod narrow;
mod shrink;

pub use machine::{Called, Machine, NoMachine};
pub use mentioned::Mentioned;
pub use narrow::{Narrow, narrow};

use crate::core::FnId;
use crate::core::interpret::{Limits, NoExterns, Stop, Value};
use crate::lower::{self, FunctionKind, SiteFacts};
use crate::source::Span;
use crate::tir::{self, FnDecl};
use crate::types::EffectUse;
use crate::verify::{Inputs, Outcome, Owner, Solver, Subject, Verified, written_arguments};
use generate::Generator;
use shrink::Shrinker;
use vera_abi::trap::TrapKind;

/// The options of a test.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Runs of each function.
    pub trials: u32,
    /// The same seed gives the same inputs.
    pub seed: u64,
    /// Whether proved functions are tested as well.
    pub distrust: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { trials: 100, seed: 0, distrust: false }
    }
}

/// The result for a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// The function.
    pub function: tir::FnId,
    /// The result.
    pub result: Trial,
}

/// The result of a test.
#[derive(Clone, Debug, PartialEq)]
pub enum Trial {
    /// Not tested: every clause is proved.
    Proved,
    /// Not tested: there is a counterexample.
    Refuted,
    /// Not tested, for this reason.
    Skipped(String),
    /// The runs, by result.
    Run {
        /// Runs whose inputs satisfied the preconditions.
        run: u32,
        /// Runs that gave a result.
        passed: u32,
        /// Runs that say nothing about the contract.
        undecided: u32,
        /// The first run that failed, shrunk.
        failure: Option<Failure>,
    },
}

/// A run that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Slots and their values, in Vera syntax.
    pub values: Vec<(String, String)>,
    /// The check that failed.
    pub kind: TrapKind,
    /// Its place.
    pub span: Span,
}

/// Statements that a run may execute.
const FUEL: u64 = 300_000;
/// Inputs that are made for a run that satisfies the preconditions.
const ATTEMPTS_PER_TRIAL: u32 = 20;
/// Runs that make a failing input smaller.
const MAX_SHRINKING: u32 = 2_000;

/// Tests the public functions of a program. `obligations` is the result of [`crate::verify::verify`] for it.
pub fn trials(
    subject: &Subject<'_>,
    obligations: &[Verified],
    solver: &mut dyn Solver,
    options: &Options,
    machine: &mut dyn Machine,
) -> Vec<Tried> {
    let program = subject.program;
    let functions = program.functions.iter().enumerate().map(|(index, decl)| (tir::FnId(index as u32), decl));
    let public =
        functions.filter(|(_, decl)| Some(decl.module) == program.root && decl.public && decl.parent.is_none());
    let tried = public.map(|(id, decl)| {
        let result = Trier { subject, options, decl, id, machine }.function(obligations, solver);
        Tried { function: id, result }
    });
    tried.collect()
}

struct Trier<'t> {
    subject: &'t Subject<'t>,
    options: &'t Options,
    decl: &'t FnDecl,
    id: tir::FnId,
    machine: &'t mut dyn Machine,
}

/// What a run came to.
enum Ran {
    Passed,
    /// The input breaks a precondition.
    Rejected,
    Undecided,
    Failed(TrapKind, Span),
}

impl Trier<'_> {
    fn function(&mut self, obligations: &[Verified], solver: &mut dyn Solver) -> Trial {
        if self.is_trivial() {
            return Trial::Skipped("its contract says nothing".into());
        }
        let own = obligations.iter().filter(|each| each.obligation.owner == Owner::Function(self.id));
        let outcomes: Vec<&Outcome> = own.map(|each| &each.outcome).collect();
        if outcomes.iter().any(|outcome| matches!(outcome, Outcome::Refuted(_))) {
            return Trial::Refuted;
        }
        if !self.options.distrust && outcomes.iter().all(|outcome| matches!(outcome, Outcome::Proved(_))) {
            return Trial::Proved;
        }
        match self.runnable() {
            Ok(function) => self.run(function, solver),
            Err(why) => Trial::Skipped(why),
        }
    }

    fn is_trivial(&self) -> bool {
        let is_true = |clause: &tir::Contract| matches!(clause.expr.kind, tir::ExprKind::Bool(true));
        self.decl.requires.iter().chain(&self.decl.ensures).all(is_true)
    }

    /// The function to run.
    fn runnable(&self) -> Result<FnId, String> {
        if !self.decl.type_params.is_empty() {
            return Err("it is generic".into());
        }
        let is_performed = |used: &&EffectUse| ![crate::effects::EXN, crate::effects::DIVERGE].contains(&used.effect);
        if let Some(used) = self.decl.row.effects().iter().find(is_performed) {
            return Err(format!("it performs `{}`", self.subject.program.effect(used.effect).name));
        }
        let of = |facts: &lower::FunctionFacts| matches!(&facts.kind, FunctionKind::Instance(id, _) if *id == self.id);
        let found = self.subject.provable.functions.iter().position(of).map(|index| FnId(index as u32));
        let found = found.ok_or("it is not written in Vera")?;
        if self.subject.runs_alone(found) { Ok(found) } else { Err("it needs a handler around it".into()) }
    }

    fn run(&mut self, function: FnId, solver: &mut dyn Solver) -> Trial {
        let mut generator = Generator::new(self.subject, self.options.seed);
        let types = self.subject.provable.functions[function.index()].params.clone();
        for &ty in &types {
            if let Some(what) = generator.refuses(ty) {
                return Trial::Skipped(format!("no inputs are made for {what}"));
            }
        }
        let (mut run, mut passed, mut undecided, mut attempts) = (0, 0, 0, 0);
        let mut inputs: Option<Inputs<'_>> = None;
        while run < self.options.trials && attempts < self.options.trials.saturating_mul(ATTEMPTS_PER_TRIAL) {
            attempts += 1;
            // Chance does not meet a narrow precondition: a solver does.
            let rare = attempts > 50 && run < attempts / 10;
            let solved = if rare {
                let inputs = inputs.get_or_insert_with(|| Inputs::new(self.subject, function));
                inputs.next(solver)
            } else {
                None
            };
            let made = || -> Option<Vec<Value>> { types.iter().map(|&ty| generator.value(ty, 0)).collect() };
            let Some(args) = solved.or_else(made) else { continue };
            match self.run_once(function, &args, FUEL) {
                Ran::Rejected => continue,
                Ran::Passed => passed += 1,
                Ran::Undecided => undecided += 1,
                Ran::Failed(kind, span) => {
                    let args = self.shrunk(function, args, (kind, span));
                    let values = crate::verify::shown(self.subject, function, &args);
                    let failure = Some(Failure { values, kind, span });
                    return Trial::Run { run: run + 1, passed, undecided, failure };
                }
            }
            run += 1;
        }
        if run == 0 {
            return Trial::Skipped("no input was found that satisfies its preconditions".into());
        }
        if passed == 0 {
            return Trial::Skipped(format!("none of {run} runs has a result"));
        }
        Trial::Run { run, passed, undecided, failure: None }
    }

    fn run_once(&mut self, function: FnId, args: &[Value], fuel: u64) -> Ran {
        let limits = Limits { fuel, depth: 5_000 };
        match self.subject.ground.interpret(function, args.to_vec(), limits, &mut NoExterns) {
            Ok(_) => Ran::Passed,
            Err(Stop::Trap(site, _)) => {
                self.subject.provable.sites.get(site.index()).map_or(Ran::Undecided, |site| self.failed(site))
            }
            Err(Stop::Unsupported(_)) => self.run_compiled(function, args),
            Err(Stop::OutOfFuel | Stop::TooDeep) if self.subject.may_not_end() => self.run_compiled(function, args),
            Err(_) => Ran::Undecided,
        }
    }

    fn run_compiled(&mut self, function: FnId, args: &[Value]) -> Ran {
        let Subject { program, provable, .. } = self.subject;
        let (types, mut known) = (&provable.functions[function.index()].params, provable.types.clone());
        let args = written_arguments(program, &mut known, args, types);
        match self.machine.call(&self.decl.name, &args) {
            Called::Returned => Ran::Passed,
            Called::Failed { kind, file, line, column } => {
                let sources = &program.sources;
                let is_there = |span: Span| {
                    let start = sources.start(span);
                    (start.line, start.column) == (line, column) && sources.file(span.file).name() == file
                };
                if let Some(site) = provable.sites.iter().find(|site| site.kind.as_str() == kind && is_there(site.span))
                {
                    return self.failed(site);
                }
                // Proofs compare measures at calls, the compiled program compares those of a cycle at the clause.
                let measures = program.functions.iter().flat_map(|function| &function.decreases);
                let mut measures = measures.filter(|_| kind == TrapKind::Decreases.as_str());
                let failed = measures.find(|measure| is_there(measure.span));
                failed.map_or(Ran::Undecided, |measure| Ran::Failed(TrapKind::Decreases, measure.span))
            }
            Called::Undecided => Ran::Undecided,
        }
    }

    /// What a failed check says about the contract.
    fn failed(&self, site: &SiteFacts) -> Ran {
        match site.kind {
            _ if self.is_premise(site.kind, site.span) => Ran::Rejected,
            TrapKind::Overflow | TrapKind::UncaughtException => Ran::Undecided,
            kind => Ran::Failed(kind, site.span),
        }
    }

    /// Whether a check is of the function's own preconditions.
    fn is_premise(&self, kind: TrapKind, span: Span) -> bool {
        match kind {
            TrapKind::Requires => self.decl.requires.iter().any(|clause| clause.span == span),
            TrapKind::Refinement => self.decl.params.iter().any(|param| self.decl.locals[param.index()].span == span),
            _ => false,
        }
    }

    /// The smallest input found that fails the same check.
    fn shrunk(&mut self, function: FnId, mut args: Vec<Value>, failed: (TrapKind, Span)) -> Vec<Value> {
        let mut left = MAX_SHRINKING;
        let mut shrinker = Shrinker::new(self.subject.program, &self.subject.provable.types);
        let types = &self.subject.provable.functions[function.index()].params;
        'again: loop {
            for (index, &ty) in types.iter().enumerate() {
                for value in shrinker.smaller(&args[index], ty) {
                    if left == 0 {
                        return args;
                    }
                    left -= 1;
                    let mut fewer = args.clone();
                    fewer[index] = value;
                    if let Ran::Failed(kind, span) = self.run_once(function, &fewer, FUEL)
                        && (kind, span) == failed
                    {
                        args = fewer;
                        continue 'again;
                    }
                }
            }
            return args;
        }
    }
}
