//! Tests the contract of a public function on generated inputs in the compiled code, for
//! [`contract_tests!`](crate::contract_tests).
//!
//! Inputs are values of the parameters' types. The module itself decides which of them it accepts. A value that breaks
//! a precondition, a refinement or an invariant of an argument is not an input, and another one is made. Further inputs
//! are made from values that the module accepted or returned, so that narrow conditions are satisfied more than once.
//! An input that fails is shrunk as long as it fails the same check.
//!
//! Every failed check is a failure. A result that does not fit in 64 bits, and a limit, say nothing about the contract.
//! A function may throw an exception that is not handled.

mod case;
mod generate;
mod options;
mod shrink;

pub use case::{Broken, Case, Outcome};

use crate::error::{Error, NamedValue, Result, TrapKind};
use crate::instance::Instance;
use crate::limits::Limits;
use crate::module::Compiled;
use crate::value::dynamic::DynValue;
use generate::Generator;
use options::Options;
use vera_abi::interface::{Interface, TypeDesc, TypeId};

/// Fuel of a run.
const FUEL: u64 = 5_000_000;
/// Memory of an instance, in bytes.
const MEMORY: u64 = 256 << 20;
/// Maximum number of generated inputs per run that the preconditions allow.
const ATTEMPTS_PER_RUN: u32 = 50;
/// Maximum number of calls that make values before the runs.
const CALLS_BEFORE: u32 = 200;
/// Maximum number of runs that shrink a failing input.
const MAX_SHRINKING: u32 = 4_000;

/// Tests a function of a module that needs no host, or that is tested without its host.
///
/// # Errors
/// The input that fails, or the reason why no test was possible.
pub fn run(compiled: &'static Compiled, case: &Case) -> Outcome {
    run_with(
        || {
            let metered = Limits { fuel: Some(FUEL), memory: MEMORY, hash_key: Some([0, 0]), ..Limits::default() };
            let unmetered = Limits { fuel: None, ..metered };
            // Without the compiler there is only the code that was made before.
            let has_code = cfg!(feature = "compiler") || compiled.check_precompiled(&metered).is_ok();
            let imports = compiled.link((), if has_code { metered } else { unmetered })?;
            imports.refused()?.instantiate()
        },
        case,
    )
}

/// Tests a function of the instances that `make` makes.
///
/// # Errors
/// The input that fails, or the reason why no test was possible.
pub fn run_with<H: Send + 'static>(make: impl Fn() -> Result<Instance<H>>, case: &Case) -> Outcome {
    let options = Options::from_environment()?;
    let instance = make()?;
    let interface = instance.interface();
    let Some(function) = interface.functions.iter().find(|function| function.name == case.function) else {
        return Err(Error::load(format!("it has no public function `{}`", case.function)).into());
    };
    let params = function.params.clone();
    let generator = Generator::new(&interface, case, options.seed);
    Trier { make, instance, interface: &interface, params, case, generator, options }.run()
}

struct Trier<'t, H: 'static, F> {
    make: F,
    instance: Instance<H>,
    interface: &'t Interface,
    /// The types of the function's parameters.
    params: Vec<TypeId>,
    case: &'t Case,
    generator: Generator<'t>,
    options: Options,
}

/// The outcome of a run.
enum Ran {
    Passed(DynValue),
    /// It ended by an exception or by its host.
    Ended,
    /// The module does not accept the input.
    Rejected,
    /// The run says nothing about the contract.
    Undecided,
    Failed(Error),
}

impl<H: Send + 'static, F: Fn() -> Result<Instance<H>>> Trier<'_, H, F> {
    fn run(mut self) -> Outcome {
        if let Some(what) = self.params.iter().find_map(|&id| self.generator.refuses(id)) {
            return Err(self.nothing_tried(&format!("no inputs are made for {what}")));
        }
        self.make_values();
        let given = self.case.inputs.iter().map(|text| DynValue::parse_arguments(self.interface, &self.params, text));
        let mut given: Vec<Vec<DynValue>> = given.collect::<Result<_, _>>().map_err(Broken::of)?;
        given.reverse();
        let (mut run, mut attempts) = (0, 0);
        while run < self.options.trials && attempts < self.options.trials.saturating_mul(ATTEMPTS_PER_RUN) {
            attempts += 1;
            let Some(args) = given.pop().or_else(|| self.generator.arguments(&self.params)) else { continue };
            match self.run_once(&args)? {
                Ran::Rejected | Ran::Undecided => continue,
                Ran::Passed(result) => {
                    self.keep_result(self.case.function, &result);
                    self.generator.keep_arguments(&self.params, args);
                }
                Ran::Ended => self.generator.keep_arguments(&self.params, args),
                Ran::Failed(error) => return Err(self.failed(args, error, run + 1)),
            }
            run += 1;
        }
        if run == 0 {
            return Err(self.nothing_tried(&format!(
                "none of {attempts} generated inputs satisfies its preconditions and gives a result"
            )));
        }
        Ok(())
    }

    /// Calls functions of the module that have no effects, to get values of its data types.
    fn make_values(&mut self) {
        let holds_data = |id: &TypeId| self.generator.reaches_data(*id);
        if !self.params.iter().any(holds_data) {
            return;
        }
        let interface = self.interface;
        let makers = interface.functions.iter().filter(|function| {
            function.effects == "pure"
                && self.generator.reaches_data(function.result)
                && function.params.iter().all(|&id| self.generator.refuses(id).is_none())
        });
        let makers: Vec<_> = makers.collect();
        for round in 0..CALLS_BEFORE as usize {
            let Some(maker) = makers.get(round % makers.len().max(1)) else { return };
            let Some(args) = self.generator.arguments(&maker.params) else { continue };
            match self.instance.call_dynamic(&maker.name, &args) {
                Ok(result) => self.keep_result(&maker.name, &result),
                Err(Error::Unusable(_)) => return,
                Err(_) => {}
            }
        }
    }

    fn keep_result(&mut self, function: &str, result: &DynValue) {
        if let Some(function) = self.interface.function(function) {
            self.generator.keep(function.result, result);
        }
    }

    fn run_once(&mut self, args: &[DynValue]) -> Result<Ran> {
        let mut called = self.instance.call_dynamic(self.case.function, args);
        if let Err(Error::Unusable(_)) = called {
            self.instance = (self.make)()?;
            called = self.instance.call_dynamic(self.case.function, args);
        }
        let error = match called {
            Ok(result) => return Ok(Ran::Passed(result)),
            Err(error) => error,
        };
        Ok(match &error {
            Error::Load(_) | Error::Internal(_) => return Err(error),
            Error::Argument(_) => Ran::Rejected,
            _ if self.is_premise(&error, args)? => Ran::Rejected,
            Error::Trap(trap) if trap.kind == TrapKind::Overflow => Ran::Undecided,
            Error::Trap(_) => Ran::Failed(error),
            _ if error.violation().is_some() => Ran::Failed(error),
            Error::Exception(_) | Error::Exit(_) | Error::Host(_) => Ran::Ended,
            _ => Ran::Undecided,
        })
    }

    /// Whether an error is about the arguments that were passed, and not about a call that the function made to itself.
    fn is_premise(&mut self, error: &Error, args: &[DynValue]) -> Result<bool> {
        let is_entry = error.location().is_some_and(|at| self.case.entry.contains(&(at.line, at.column)));
        if !is_entry {
            return Ok(false);
        }
        match error {
            // It is that of a part of an argument: of what the function makes, the place is in its body.
            Error::Invariant(_) => Ok(true),
            Error::Requires(_) | Error::Refinement(_) => {
                let shown = self.shown(args)?;
                let seen = |value: &NamedValue| (value.name.clone(), value.value.clone());
                let seen: Vec<(String, String)> = error.values().iter().map(seen).collect();
                let of_arguments =
                    seen.len() == shown.len() && seen.iter().zip(&shown).all(|((name, _), (slot, _))| name == slot);
                // Otherwise it is that of a part of an argument.
                Ok(!of_arguments || seen == shown)
            }
            _ => Ok(false),
        }
    }

    /// Slots and their values in Vera syntax.
    fn shown(&mut self, args: &[DynValue]) -> Result<Vec<(String, String)>> {
        let written = self.instance.written(&self.params, args)?;
        let slots = self.case.slots.iter().map(|slot| (*slot).to_owned());
        let is_unit = |id: &TypeId| matches!(self.interface.ty(*id), TypeDesc::Unit);
        let shown = slots.zip(written).zip(&self.params).filter(|(_, id)| !is_unit(id));
        Ok(shown.map(|(value, _)| value).collect())
    }

    /// The smallest input found that fails the same check.
    fn failed(&mut self, args: Vec<DynValue>, error: Error, run: u32) -> Broken {
        let (mut args, mut error, mut left) = (args, error, MAX_SHRINKING);
        'again: loop {
            for index in 0..args.len() {
                for value in shrink::smaller(self.interface, self.params[index], &args[index]) {
                    if left == 0 {
                        break 'again;
                    }
                    left -= 1;
                    let mut fewer = args.clone();
                    fewer[index] = value;
                    if let Ok(Ran::Failed(other)) = self.run_once(&fewer)
                        && (other.kind(), other.location()) == (error.kind(), error.location())
                    {
                        (args, error) = (fewer, other);
                        continue 'again;
                    }
                }
            }
            break;
        }
        let shown = match self.shown(&args) {
            Ok(shown) => shown,
            Err(error) => return error.into(),
        };
        let slots: Vec<String> = shown.iter().map(|(slot, value)| format!("{slot} = {value}")).collect();
        let slots = if slots.is_empty() { "no arguments".to_owned() } else { slots.join(", ") };
        let Options { trials, seed } = self.options;
        Broken::of(format!(
            "`{}` fails on an input that its preconditions allow (run {run} of {trials}, seed {seed}):\n  {slots}\n{error}",
            self.case.function
        ))
    }

    fn nothing_tried(&self, why: &str) -> Broken {
        Broken::of(format!("`{}` is not tried: {why}", self.case.function))
    }
}
