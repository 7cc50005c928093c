//! The whole way: from source text to a module, or to what is wrong.

use crate::check::{self, Outcome, Source};
use crate::core;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::emit;
use crate::lower;
use crate::prelude;
use crate::source::SourceLoader;
use crate::tir::Program;
use vera_abi::interface::Interface;
use vera_abi::names;

/// How to compile.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// How to check.
    pub check: check::Options,
}

/// Stack every stage can count on. The parser bounds how deeply a program nests, and this is room for that many levels
/// of every stage's recursion, whatever thread the caller runs on.
const STACK: usize = 32 << 20;

fn with_stack<R>(work: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(STACK, STACK, work)
}

/// The result of compiling.
#[derive(Debug)]
pub struct Compilation {
    /// The module; `None` when there are errors.
    pub wasm: Option<Vec<u8>>,
    /// What the module says of itself; `None` when there are errors.
    pub interface: Option<Interface>,
    /// The checked program, as far as it could be understood.
    pub checked: Outcome,
    /// Everything there is to say, sorted by place. No error exactly when there is a module.
    pub diagnostics: Diagnostics,
    /// The names of the source texts that were loaded for imports, in the order of loading.
    pub dependencies: Vec<String>,
}

impl Compilation {
    /// The program, whole or not.
    pub fn program(&self) -> &Program {
        self.checked.program()
    }
}

/// Checks a program: what [`check::check`] has to say, and what cannot be compiled. A program without errors compiles,
/// unless it is used at endlessly many types.
pub fn check(source: Source<'_>, loader: &dyn SourceLoader, options: &Options) -> Outcome {
    with_stack(|| checked(source, loader, options))
}

fn checked(source: Source<'_>, loader: &dyn SourceLoader, options: &Options) -> Outcome {
    let mut outcome = check::check(source, loader, options.check);
    let refused = outcome.result.as_ref().map(|checked| lower::unsupported(checked.program())).unwrap_or_default();
    let refused_at_all = refused.has_errors();
    outcome.diagnostics.extend(refused);
    outcome.diagnostics = std::mem::take(&mut outcome.diagnostics).sorted();
    if refused_at_all {
        outcome.result = match outcome.result {
            Ok(checked) => Err(Box::new(checked.program)),
            wrong => wrong,
        };
    }
    outcome
}

/// Makes the core program, for those who want to look at it.
///
/// # Errors
/// What [`check`] has to say, when there is an error, or why the program cannot be compiled.
pub fn core_program(
    source: Source<'_>,
    loader: &dyn SourceLoader,
    options: &Options,
) -> Result<core::Program, Diagnostics> {
    let outcome = check(source, loader, options);
    match outcome.result {
        Ok(checked) => with_stack(|| lower::lower(&checked)),
        Err(_) => Err(outcome.diagnostics),
    }
}

/// Compiles a program.
pub fn compile(source: Source<'_>, loader: &dyn SourceLoader, options: &Options) -> Compilation {
    with_stack(|| compiled(source, loader, options))
}

fn compiled(source: Source<'_>, loader: &dyn SourceLoader, options: &Options) -> Compilation {
    let checked = checked(source, loader, options);
    let mut diagnostics = checked.diagnostics.clone();
    let lowered = checked.result.as_ref().ok().and_then(|checked| match lower::lower(checked) {
        Ok(program) => Some(program),
        Err(refused) => {
            diagnostics.extend(refused);
            None
        }
    });
    let mut compilation = Compilation {
        wasm: None,
        interface: None,
        dependencies: dependencies(checked.program()),
        checked,
        diagnostics: diagnostics.sorted(),
    };
    if let Some(program) = lowered {
        let wasm = emit::emit(&program);
        match described(&wasm) {
            Some(interface) => {
                compilation.interface = Some(interface);
                compilation.wasm = Some(wasm);
            }
            None => compilation.undescribed(),
        }
    }
    compilation
}

impl Compilation {
    fn undescribed(&mut self) {
        let program = self.checked.program();
        if let Some(span) = program.functions.last().map(|function| function.span) {
            let description = "The module does not describe itself. This is a mistake of the compiler.";
            self.diagnostics.push(Diagnostic::new(Code::E699, span, description));
        }
    }
}

/// The interface in a module's custom section: the emitter completes what lowering knows.
fn described(wasm: &[u8]) -> Option<Interface> {
    let payloads = wasmparser::Parser::new(0).parse_all(wasm);
    let section = payloads.filter_map(Result::ok).find_map(|payload| match payload {
        wasmparser::Payload::CustomSection(section) if section.name() == names::INTERFACE_SECTION => {
            Some(section.data())
        }
        _ => None,
    });
    Interface::from_bytes(section?).ok()
}

/// Checking loads the prelude, then the program, then imports.
fn dependencies(program: &Program) -> Vec<String> {
    let imported = program.sources.iter().skip(prelude::FILES.len() + 1);
    imported.map(|(_, file)| file.name().to_owned()).collect()
}
