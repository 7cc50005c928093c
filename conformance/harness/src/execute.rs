//! Runs a compiled program and compares the result with the expected one.

use crate::case::{Case, Outcome};
use crate::host::{self, Sandbox};
use vera_abi::interface::TypeDesc;
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Compiled, Error, Instance, Limits};

/// Computation of one run: some seconds, far more than any program needs, in every mode.
const FUEL: u64 = 4_000_000_000;

/// How the collector works in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// When memory runs short.
    Normal,
    /// At every allocation, poisoning what it frees.
    Stress,
}

impl Mode {
    /// What messages on this mode begin with.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Mode::Normal => "",
            Mode::Stress => "in stress mode: ",
        }
    }
}

/// A compiled program.
pub(crate) struct Program(Compiled);

impl Program {
    /// A program from its WebAssembly.
    pub(crate) fn new(wasm: Vec<u8>) -> Self {
        Program(Compiled::new(wasm))
    }

    /// Runs the program's `main`, or its first public function. A program whose entry takes arguments is a library:
    /// that it can be instantiated is what counts.
    ///
    /// # Errors
    /// What is not as expected.
    pub(crate) fn run(&self, case: &Case, mode: Mode) -> Result<(), String> {
        let mut instance = self.start(&case.input, mode).map_err(|error| error.to_string())?;
        let interface = instance.interface();
        let mains = interface.functions.iter().filter(|function| function.name == "main");
        let Some(function) = mains.chain(&interface.functions).next() else {
            return Err("no public function to run".into());
        };
        if !function.params.iter().all(|&id| matches!(interface.ty(id), TypeDesc::Unit)) {
            return Ok(());
        }
        let arguments = vec![DynValue::Unit; function.params.len()];
        let outcome = instance.call_dynamic(&function.name, &arguments);
        compare_end(case, outcome.err())?;
        compare_output(case, &instance.host().console.output)
    }

    fn start(&self, input: &str, mode: Mode) -> vera_runtime::Result<Instance<Sandbox>> {
        let limits = Limits { fuel: Some(FUEL), ..Limits::default() };
        let mut instance = host::start(&self.0, input, limits)?;
        if mode == Mode::Stress {
            instance.stress()?;
        }
        Ok(instance)
    }
}

/// Compares how a run ended.
fn compare_end(case: &Case, error: Option<Error>) -> Result<(), String> {
    let exit = match error {
        Some(Error::Exit(code)) => code,
        None => 0,
        Some(error) => return compare_failure(case, &error),
    };
    match &case.outcome {
        Outcome::Traps(kind) => Err(format!("ended well, expected {kind}")),
        Outcome::Exits(code) if *code != exit => Err(format!("exited with {exit}, expected {code}")),
        Outcome::Accepted if exit != 0 => Err(format!("exited with {exit}")),
        Outcome::Accepted | Outcome::Exits(_) | Outcome::Refused(_) => Ok(()),
    }
}

fn compare_failure(case: &Case, error: &Error) -> Result<(), String> {
    let (kind, message) = (error.kind(), error.to_string());
    let Outcome::Traps(expected) = &case.outcome else { return Err(format!("failed with {kind}: {message}")) };
    if expected != kind {
        return Err(format!("failed with {kind}, expected {expected}: {message}"));
    }
    match &case.message {
        Some(part) if !message.contains(part.as_str()) => Err(format!("said {message:?}, expected {part:?}")),
        _ => Ok(()),
    }
}

fn compare_output(case: &Case, printed: &str) -> Result<(), String> {
    match &case.output {
        Some(expected) if expected != printed => Err(format!("printed {printed:?}, expected {expected:?}")),
        _ => Ok(()),
    }
}
