//! Runs all stages: from text to WebAssembly, with all diagnostics.

use crate::check;
use crate::core;
use crate::core::optimise::optimise;
use crate::diagnostics::Diagnostics;
use crate::emit::{self, Emitted};
use crate::lower::{self, Lowered};
use crate::source::{FileId, SourceLoader, SourceMap};
use crate::syntax::{self, ast};
use crate::tir::{Checked, Program};
use crate::trial::{self, Narrow, Tried};
use crate::types::EffectUse;
use crate::verify::report::{self, Summary, Told};
use crate::verify::{self, Assumption, Solver, Subject, Verified};
use vera_abi::interface::Interface;

/// The program to compile.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name shown in diagnostics and recorded in the module.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Options of a compilation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether the language's stricter rules are errors instead of warnings.
    pub strict: bool,
}

/// The result of a compilation.
#[derive(Debug)]
#[non_exhaustive]
pub struct Compilation {
    /// The module; `None` exactly when there is an error.
    pub wasm: Option<Vec<u8>>,
    /// The interface of the module; empty without a module.
    pub interface: Interface,
    /// The built-ins of the host that the module imports, by import name and in order.
    pub builtins: Vec<String>,
    /// The typed effects of the interface's effects, in the same order.
    pub effects: Vec<EffectUse>,
    /// The program, with `Invalid` nodes where it has errors.
    pub program: Program,
    /// All diagnostics, in source order.
    pub diagnostics: Diagnostics,
    /// The file of the program itself, among the sources.
    pub root_file: Option<FileId>,
}

impl Compilation {
    /// A program without a module and without diagnostics.
    fn of(program: Program) -> Self {
        let (interface, diagnostics) = (Interface::default(), Diagnostics::default());
        let (builtins, effects) = (Vec::new(), Vec::new());
        Compilation { wasm: None, interface, builtins, effects, program, diagnostics, root_file: None }
    }
}

/// Stack every stage can count on. The parser bounds how deeply a program nests, and this is room for that many levels
/// of every stage's recursion, whatever thread the caller runs on.
const STACK: usize = 32 << 20;

pub(crate) fn with_stack<R>(work: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(STACK, STACK, work)
}

/// Compiles a program and its imports.
pub fn compile(source: Source, loader: &dyn SourceLoader, options: &Options) -> Compilation {
    with_stack(|| {
        let (result, mut diagnostics, root_file) = checked(&source, loader, options);
        let mut compilation = match result {
            Err(program) => Compilation::of(*program),
            Ok(checked) => {
                let (compilation, refused) = compiled(checked);
                diagnostics.extend(refused);
                compilation
            }
        };
        compilation.diagnostics = diagnostics.sorted();
        compilation.root_file = root_file;
        compilation
    })
}

/// The compilation of a checked program, and what it is refused for.
fn compiled(checked: Checked) -> (Compilation, Diagnostics) {
    match lower::lower(&checked) {
        Ok(lowered) => (made(checked.program, lowered), Diagnostics::default()),
        Err(refused) => (Compilation::of(checked.program), refused),
    }
}

/// The module of a program, and the program with the types that its instances added.
fn made(program: Program, lowered: Lowered) -> Compilation {
    let Lowered { program: mut core, types, effects } = lowered;
    debug_assert_eq!(core.validate(), Ok(()), "lowering made a malformed program");
    optimise(&mut core);
    debug_assert_eq!(core.validate(), Ok(()), "optimising made a malformed program");
    let Emitted { wasm, interface, builtins } = emit::emit(&core);
    Compilation { wasm: Some(wasm), interface, builtins, effects, ..Compilation::of(Program { types, ..program }) }
}

/// Checks a program without compiling it. The diagnostics are those of [`compile`]; there is no module.
pub fn check(source: Source, loader: &dyn SourceLoader, options: &Options) -> Compilation {
    with_stack(|| {
        let (result, diagnostics, root_file) = checked(&source, loader, options);
        let program = result.map_or_else(|program| *program, |checked| checked.program);
        Compilation { diagnostics, root_file, ..Compilation::of(program) }
    })
}

/// The result of a verification.
#[derive(Debug)]
#[non_exhaustive]
pub struct Verification {
    /// The program, its module if one was requested, and the diagnostics that are not about obligations.
    pub compilation: Compilation,
    /// The obligations with their outcomes, in order; `None` when the program has errors.
    pub verified: Option<Vec<Verified>>,
    /// The assumptions, in order.
    pub assumptions: Vec<Assumption>,
    /// Inputs of public functions that random generation does not find, if the program was compiled as well.
    pub narrow: Vec<Narrow>,
}

impl Verification {
    /// The obligations with their outcomes; empty when the program has errors.
    pub fn obligations(&self) -> &[Verified] {
        self.verified.as_deref().unwrap_or_default()
    }

    /// Errors: refuted obligations, and contradictory premises.
    pub fn errors(&self) -> Diagnostics {
        report::errors(&self.compilation.program, self.obligations())
    }

    /// Warnings: what is left to run time, and proofs that depend on assumptions.
    pub fn runtime(&self, told: Told) -> Diagnostics {
        report::runtime(&self.compilation.program, self.obligations(), &self.assumptions, told)
    }

    /// The number of obligations per status.
    pub fn summary(&self) -> Summary {
        report::summary(self.obligations())
    }
}

/// Checks a program and decides its obligations. Makes no module.
pub fn verify(source: Source, loader: &dyn SourceLoader, options: &Options, solver: &mut dyn Solver) -> Verification {
    let tree = |checked: Checked| (Compilation::of(checked.program), Diagnostics::default());
    verified(&source, loader, options, solver, |_, _, _| (), tree)
}

/// [`compile`] and [`verify()`] together: there is a module even if obligations are refuted.
pub fn compile_and_verify(
    source: Source,
    loader: &dyn SourceLoader,
    options: &Options,
    solver: &mut dyn Solver,
) -> Verification {
    let mut narrow = Vec::new();
    let found =
        |subject: &Subject<'_>, _: &[Verified], solver: &mut dyn Solver| narrow = trial::narrow(subject, solver);
    let verification = verified(&source, loader, options, solver, found, compiled);
    Verification { narrow, ..verification }
}

/// [`verify()`], and tests of the contracts of public functions that are not proved, on generated inputs. The machine runs
/// what the interpreter cannot.
pub fn test(
    source: Source,
    loader: &dyn SourceLoader,
    options: &Options,
    solver: &mut dyn Solver,
    trial: &trial::Options,
    machine: &mut dyn trial::Machine,
) -> (Verification, Vec<Tried>) {
    let mut tried = Vec::new();
    let tree = |checked: Checked| (Compilation::of(checked.program), Diagnostics::default());
    let attempts = |subject: &Subject<'_>, obligations: &[Verified], solver: &mut dyn Solver| {
        tried = trial::trials(subject, obligations, solver, trial, machine);
    };
    let verification = verified(&source, loader, options, solver, attempts, tree);
    (verification, tried)
}

/// `further` is done with what was proved; `make` makes of the program what is asked for.
fn verified(
    source: &Source,
    loader: &dyn SourceLoader,
    options: &Options,
    solver: &mut dyn Solver,
    further: impl FnOnce(&Subject<'_>, &[Verified], &mut dyn Solver),
    make: impl FnOnce(Checked) -> (Compilation, Diagnostics),
) -> Verification {
    with_stack(|| {
        let (result, mut diagnostics, root_file) = checked(source, loader, options);
        let (mut found, mut assumptions) = (None, Vec::new());
        let mut compilation = match result {
            Err(program) => Compilation::of(*program),
            Ok(checked) => {
                match Subject::of(&checked) {
                    Ok(subject) => {
                        let proved = verify::verify(&subject, solver);
                        further(&subject, &proved.obligations, solver);
                        found = Some(proved.obligations);
                        assumptions = proved.assumptions;
                    }
                    Err(refused) => diagnostics.extend(refused),
                }
                let (compilation, refused) = make(checked);
                diagnostics.extend(refused);
                compilation
            }
        };
        compilation.diagnostics = diagnostics.sorted();
        compilation.root_file = root_file;
        Verification { compilation, verified: found, assumptions, narrow: Vec::new() }
    })
}

/// A program as parsed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Parsed {
    /// The syntax tree, with `Invalid` nodes where the text could not be parsed.
    pub program: ast::Program,
    /// The text.
    pub sources: SourceMap,
    /// The syntax errors, in source order.
    pub diagnostics: Diagnostics,
}

/// Parses the text of a program only: no imports, no names, no types.
pub fn parse(source: Source) -> Parsed {
    with_stack(|| {
        let mut sources = SourceMap::new();
        let file = sources.add(source.name, source.text);
        let (program, diagnostics) = syntax::parse(&sources, file);
        Parsed { program, sources, diagnostics: diagnostics.sorted() }
    })
}

/// The core program of a program, for inspection.
///
/// # Errors
/// All diagnostics of the program when it cannot be compiled.
pub fn core_program(
    source: Source,
    loader: &dyn SourceLoader,
    options: &Options,
) -> Result<core::Program, Diagnostics> {
    with_stack(|| match checked(&source, loader, options) {
        (Ok(checked), ..) => lower::lower(&checked).map(|lowered| lowered.program),
        (Err(_), diagnostics, _) => Err(diagnostics),
    })
}

/// What checking has to say.
fn checked(
    source: &Source,
    loader: &dyn SourceLoader,
    options: &Options,
) -> (Result<Checked, Box<Program>>, Diagnostics, Option<FileId>) {
    let options = check::Options { strict: options.strict };
    let outcome = check::check(check::Source { name: &source.name, text: &source.text }, loader, options);
    let files = outcome.program().sources.iter().filter(|(_, file)| file.name() == source.name);
    let root_file = files.map(|(id, _)| id).last();
    (outcome.result, outcome.diagnostics.sorted(), root_file)
}
