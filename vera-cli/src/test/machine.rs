//! Runs functions under test in the compiled program, which has the host's library.
//!
//! The program is compiled when it is first needed. Its operations are refused: only functions that perform none are
//! tested. A run has limits, as an interpreted run has.

use vera_build::FileLoader;
use vera_compiler::driver::{self, Options, Source};
use vera_compiler::trial::{Called, Machine};
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Compiled, Error, Instance, Limits, Template};

/// Fuel of a run.
const FUEL: u64 = 5_000_000;
/// Memory of the program, in bytes.
const MEMORY: u64 = 256 << 20;

/// The compiled form of a program under test.
pub(crate) struct Module<'l> {
    source: Source,
    loader: &'l FileLoader,
    /// `None` until it is needed. It is absent if the program does not compile.
    template: Option<Option<Template<()>>>,
    instance: Option<Instance<()>>,
}

impl<'l> Module<'l> {
    pub(crate) fn new(source: Source, loader: &'l FileLoader) -> Self {
        Module { source, loader, template: None, instance: None }
    }

    fn template(&mut self) -> Option<&Template<()>> {
        let (source, loader) = (&self.source, self.loader);
        let make = || {
            let wasm = driver::compile(source.clone(), loader, &Options::default()).wasm?;
            let limits = Limits { fuel: Some(FUEL), memory: MEMORY, hash_key: Some([0, 0]), ..Limits::default() };
            let imports = Compiled::new(wasm).link((), limits).ok()?;
            Some(imports.refused().ok()?.template().ok()?.0)
        };
        self.template.get_or_insert_with(make).as_ref()
    }

    fn instance(&mut self) -> Option<&mut Instance<()>> {
        if self.instance.is_none() {
            self.instance = Some(self.template()?.instance(()).ok()?);
        }
        self.instance.as_mut()
    }

    /// `None` if the function cannot be called.
    fn try_call(&mut self, function: &str, arguments: &str) -> Option<Result<DynValue, Error>> {
        let instance = self.instance()?;
        let interface = instance.interface();
        let params = &interface.function(function)?.params;
        let arguments = DynValue::parse_arguments(&interface, params, arguments).ok()?;
        Some(instance.call_dynamic(function, &arguments))
    }
}

impl Machine for Module<'_> {
    fn call(&mut self, function: &str, arguments: &str) -> Called {
        let error = match self.try_call(function, arguments) {
            Some(Ok(_)) => return Called::Returned,
            Some(Err(error)) => error,
            None => return Called::Undecided,
        };
        // A failed check leaves the instance as it was. Anything else may not.
        let is_check = error.violation().is_some() || matches!(error, Error::Trap(_));
        if !is_check {
            self.instance = None;
        }
        match error.location() {
            Some(at) if is_check => {
                Called::Failed { kind: error.kind(), file: at.file.to_string(), line: at.line, column: at.column }
            }
            _ => Called::Undecided,
        }
    }
}
