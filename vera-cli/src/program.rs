//! Compiles programs, with the modules that they import from files.

use crate::inputs::{Input, Problem};
use crate::test::Module;
use vera_build::FileLoader;
use vera_compiler::driver::{self, Compilation, Options, Parsed, Verification};
use vera_compiler::trial::{self, Tried};
use vera_compiler::verify::Solver;

/// Reads and compiles a program.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn compile(input: &Input, strict: bool) -> Result<Compilation, Problem> {
    Ok(driver::compile(input.read()?, &FileLoader::for_program(input.path()), &Options { strict }))
}

/// Reads and checks a program; unlike compiling, this accepts typed holes.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn check(input: &Input, strict: bool) -> Result<Compilation, Problem> {
    Ok(driver::check(input.read()?, &FileLoader::for_program(input.path()), &Options { strict }))
}

/// Reads a program and verifies it.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn verify(input: &Input, strict: bool, solver: &mut dyn Solver) -> Result<Verification, Problem> {
    Ok(driver::verify(input.read()?, &FileLoader::for_program(input.path()), &Options { strict }, solver))
}

/// Reads a program, verifies it and tries its contracts.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn test(
    input: &Input,
    solver: &mut dyn Solver,
    options: &trial::Options,
) -> Result<(Verification, Vec<Tried>), Problem> {
    let (source, loader) = (input.read()?, FileLoader::for_program(input.path()));
    let mut module = Module::new(source.clone(), &loader);
    Ok(driver::test(source, &loader, &Options::default(), solver, options, &mut module))
}

/// Keeps the machine code of programs that are run, beside what solvers decided.
pub(crate) fn keep_machine_code() {
    if let Some(folder) = vera_build::cache_folder() {
        vera_runtime::keep_machine_code(folder.join("code"));
    }
}

/// Reads and parses a program, without what it imports.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn parse(input: &Input) -> Result<Parsed, Problem> {
    Ok(driver::parse(input.read()?))
}
