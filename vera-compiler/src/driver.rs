//! The whole way: text to WebAssembly, with everything that is said on it.

use crate::check::{self, check};
use crate::core::optimise::optimise;
use crate::diagnostics::Diagnostics;
use crate::source::{FileId, SourceLoader};
use crate::tir::Program;
use crate::{emit, lower};
use vera_abi::interface::Interface;

/// The program to compile.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name shown in diagnostics and recorded in the module.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// How to compile.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether the language's stricter rules are errors instead of warnings.
    pub strict: bool,
}

/// What came of a compilation.
#[derive(Debug)]
pub struct Compilation {
    /// The module; `None` exactly when a diagnostic is an error.
    pub wasm: Option<Vec<u8>>,
    /// What the module says of itself; empty without a module.
    pub interface: Interface,
    /// The program as far as it was understood.
    pub program: Program,
    /// Everything there is to say, in source order.
    pub diagnostics: Diagnostics,
    /// The file that was asked for, among the program's sources.
    pub root_file: Option<FileId>,
}

/// Compiles a program and everything it imports.
pub fn compile(source: Source, loader: &dyn SourceLoader, options: &Options) -> Compilation {
    let Source { name, text } = source;
    let options = check::Options { strict: options.strict };
    let outcome = check(check::Source { name: &name, text: &text }, loader, options);
    let mut diagnostics = outcome.diagnostics;
    let (module, program) = match outcome.result {
        Ok(checked) => {
            let lowered = lower::lower(&checked);
            let module = match lowered {
                Ok(mut core) => {
                    debug_assert_eq!(core.validate(), Ok(()), "lowering made a malformed program");
                    optimise(&mut core);
                    debug_assert_eq!(core.validate(), Ok(()), "optimising made a malformed program");
                    let wasm = emit::emit(&core);
                    Some((wasm, core.interface))
                }
                Err(refused) => {
                    diagnostics.extend(refused);
                    diagnostics = diagnostics.sorted();
                    None
                }
            };
            (module, checked.program)
        }
        Err(program) => (None, *program),
    };
    let (wasm, interface) = module.unzip();
    let root_file = program.sources.iter().filter(|(_, file)| file.name() == name).map(|(id, _)| id).last();
    Compilation { wasm, interface: interface.unwrap_or_default(), program, diagnostics, root_file }
}
