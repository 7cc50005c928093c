//! Vera programs and hand-written modules, ready to be called.

use crate::text;
use vera_compiler::diagnostics::{Code, Severity, render_text};
use vera_compiler::driver::{self, Options, Source};
use vera_compiler::source::MemoryLoader;
use vera_runtime::{Compiled, Function, Instance, Limits};

/// Why there is no module.
pub(crate) enum Refused {
    /// It uses something that the compiler has no code for; the first of what it says.
    Unsupported(String),
    /// It is wrong.
    Wrong(String),
}

impl From<Refused> for String {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Unsupported(message) | Refused::Wrong(message) => message,
        }
    }
}

/// Compiles a program that has no imports.
pub(crate) fn compile(name: &str, text: &str) -> Result<Vec<u8>, Refused> {
    let source = Source { name: format!("{name}.vera"), text: text.to_owned() };
    let compilation = driver::compile(source, &MemoryLoader::new(), &Options::default());
    compilation.wasm.ok_or_else(|| {
        let errors = || compilation.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let unsupported = |code: Code| code == Code::E602;
        match errors().next() {
            Some(first) if errors().all(|diagnostic| unsupported(diagnostic.code)) => {
                Refused::Unsupported(first.description.clone())
            }
            _ => {
                let sources = &compilation.program.sources;
                Refused::Wrong(errors().map(|error| render_text(error, sources)).collect::<Vec<_>>().join("\n"))
            }
        }
    })
}

/// A Vera program whose function takes and gives one integer.
pub(crate) struct Program {
    instance: Instance,
    entry: Entry,
}

enum Entry {
    Int(Function<(i64,), i64>),
    Nat(Function<(u64,), u64>),
}

impl Program {
    pub(crate) fn new(wasm: Vec<u8>, function: &str) -> Result<Self, String> {
        let mut instance = Compiled::new(wasm).instantiate((), Limits::default()).map_err(text)?;
        let entry = match instance.function::<(i64,), i64>(function) {
            Ok(function) => Entry::Int(function),
            Err(_) => Entry::Nat(instance.function::<(u64,), u64>(function).map_err(text)?),
        };
        Ok(Self { instance, entry })
    }

    pub(crate) fn call(&mut self, argument: i64) -> Result<i64, String> {
        let result = match &self.entry {
            Entry::Int(function) => self.instance.call(function, (argument,)),
            Entry::Nat(function) => self.instance.call(function, (argument as u64,)).map(|result| result as i64),
        };
        result.map_err(text)
    }
}

/// Native stack for hand-written modules in bytes, enough for the deepest recursion.
const STACK: usize = 1 << 28;

/// A hand-written module in a bare engine of the version that the runtime has.
pub(crate) struct HandWritten {
    store: wasmtime::Store<()>,
    function: wasmtime::TypedFunc<i64, i64>,
}

impl HandWritten {
    pub(crate) fn new(wat: &str, function: &str) -> Result<Self, String> {
        let load = || -> wasmtime::Result<Self> {
            let mut config = wasmtime::Config::new();
            config.wasm_tail_call(true).wasm_wide_arithmetic(true).max_wasm_stack(STACK).async_stack_size(STACK);
            let engine = wasmtime::Engine::new(&config)?;
            let module = wasmtime::Module::new(&engine, wat::parse_str(wat).map_err(wasmtime::Error::new)?)?;
            let mut store = wasmtime::Store::new(&engine, ());
            let instance = wasmtime::Instance::new(&mut store, &module, &[])?;
            let function = instance.get_typed_func(&mut store, function)?;
            Ok(Self { store, function })
        };
        load().map_err(text)
    }

    pub(crate) fn call(&mut self, argument: i64) -> Result<i64, String> {
        self.function.call(&mut self.store, argument).map_err(text)
    }
}
