//! Effects: links a module's imports to Rust.
//!
//! A call of an operation opens a scope, reads its arguments, runs the Rust method, and writes the result in the same
//! scope. An `Err` or a panic of the method ends the call of the module with [`Error::Host`]; it never unwinds
//! through the module, and the instance stays usable.
//!
//! A host is composed of parts. Each group of operations is a *capability*: a row of the table in
//! [`vera_abi::capability`], or a user effect. A part of the host implements it, and a function `fn(&mut H) -> &mut C`
//! finds that part. The builder of a wrapper makes a host with a field for each effect; [`Imports`] takes any host:
//!
//! ```no_run
//! use vera_runtime::host::io::{CapturedIo, MemoryFiles};
//! use vera_runtime::{Compiled, Limits};
//! #[derive(Default)]
//! struct Host { console: CapturedIo, files: MemoryFiles }
//! let compiled = Compiled::new(std::fs::read("notes.wasm")?);
//! let imports = compiled.link(Host::default(), Limits::default())?;
//! let mut instance = imports.console(|host| &mut host.console)?.files(|host| &mut host.files)?.instantiate()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![warn(clippy::indexing_slicing)]

pub mod database;
pub mod http;
pub mod inference;
pub mod io;
mod link;
mod operation;
pub mod random;
mod record;
mod refusal;
mod result;
mod secrets;
mod started;

#[cfg(feature = "async")]
pub use crate::awaited::{
    AsyncClock, AsyncDatabase, AsyncHttp, AsyncImports, AsyncInference, Awaited, Blocking, Delivered, IntoDelivered,
    OperationFuture, delivered,
};
#[cfg(feature = "async")]
#[doc(hidden)]
pub use crate::awaited::{GrantClock, GrantDatabase, GrantHttp, GrantInference};
#[cfg(feature = "async")]
pub(crate) use link::{lift_arguments, write_result};
pub(crate) use operation::{Operation, raw_values};
pub use record::{Recorder, Replay, ReplayedCall};
pub(crate) use refusal::OnRefusal;
pub use refusal::{Refusal, Refused};
#[doc(hidden)]
pub use result::{EffectTrait, NotAnEffect};
pub use result::{IntoHostResult, Lowered, WithScope};
pub(crate) use secrets::{REDACTED, Secrets};
pub use started::Started;
pub(crate) use started::StartedOperations;

use crate::builtins::Library;
use crate::error::{Error, Result};
use crate::instance::Instance;
use crate::module::Metadata;
use crate::scope::Scope;
use crate::state::State;
use crate::template::{Setup, Template};
use crate::value::arguments::LiftParams;
use crate::value::dynamic::{DynValue, lower, type_name};
use crate::value::{Raw, Value};
pub(crate) use result::Failure;
use result::Outcome;
#[cfg(feature = "async")]
pub(crate) use result::{Cause, failure};
use started::Work;
use std::sync::Arc;
use vera_abi::capability;
pub use vera_abi::interface::EffectId;
use vera_abi::interface::{Interface, OperationDesc, TypeId};
use vera_abi::names::{self, Import};
use wasmtime::{ImportType, Linker, Val};

/// The type of an effect in a builder before a host is given for it. It implements nothing, so a module that performs
/// the effect cannot be built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotGranted;

/// The imports of a module while they are being implemented.
#[must_use = "the instance is made by `instantiate`"]
pub struct Imports<H> {
    setup: Setup,
    linker: Linker<State>,
    given: Vec<(EffectId, String)>,
    /// Whether the module starts operations.
    starts: bool,
    host: H,
}

impl<H: Send + 'static> Imports<H> {
    pub(crate) fn new(setup: Setup, host: H) -> Self {
        let mut linker = Linker::new(setup.prepared.module.engine());
        // A module may import a function twice.
        linker.allow_shadowing(true);
        let starts = |import: ImportType<'_>| Import::of_name(import.name()).1 != Import::Perform;
        let starts = setup.prepared.module.imports().any(starts);
        Imports { setup, linker, given: Vec::new(), starts, host }
    }

    #[cfg(feature = "async")]
    pub(crate) fn setup_mut(&mut self) -> &mut Setup {
        &mut self.setup
    }

    pub(crate) fn metadata(&self) -> &Arc<Metadata> {
        &self.setup.prepared.metadata
    }

    /// Implements an operation of an effect with a function of the host, if the module uses the operation. `P` is a
    /// tuple with the Rust type of each parameter. The effects of the module are in its [`Interface`].
    ///
    /// # Errors
    /// [`Error::Load`] when the module declares the operation with other types.
    pub fn operation<P, R, F>(self, effect: EffectId, operation: &str, f: F) -> Result<Self>
    where
        P: LiftParams,
        R: Value,
        F: for<'s> Fn(&mut H, &mut Scope<'s>, P) -> Lowered<R> + Send + Sync + 'static,
    {
        let Some(description) = self.typed::<P, R>(effect, operation)? else { return Ok(self) };
        self.link_typed::<P, R, F>(effect, &description, f)
    }

    /// The description of an operation, if the module uses it.
    ///
    /// # Errors
    /// [`Error::Load`] when it has other types than these.
    pub(crate) fn typed<P: LiftParams, R: Value>(
        &self,
        effect: EffectId,
        operation: &str,
    ) -> Result<Option<OperationDesc>> {
        let interface = &self.metadata().interface;
        let Some(description) = find(interface, effect, operation) else { return Ok(None) };
        let shown = effect_name(interface, effect);
        if !P::stand_for(interface, &description.params) || !R::stands_for(interface, interface.ty(description.result))
        {
            return Err(Error::load(format!(
                "operation {shown}.{operation} has not the type {} -> {}",
                std::any::type_name::<P>(),
                std::any::type_name::<R>(),
            )));
        }
        Ok(Some(description.clone()))
    }

    /// Implements an operation by a function that takes and gives values of any types. Its own error is that of the operation
    /// at once; the one that it gives, when the result is asked for.
    pub(crate) fn dynamic_operation(
        self,
        effect: EffectId,
        operation: &str,
        f: impl Fn(&mut H, &Interface, &str, &str, &[DynValue]) -> Result<Result<DynValue, Failure>, Failure>
        + Send
        + Sync
        + 'static,
    ) -> Result<Self> {
        let metadata = Arc::clone(self.metadata());
        let Some(description) = find(&metadata.interface, effect, operation).cloned() else { return Ok(self) };
        let (described, result) = (self.described(effect, &description), description.result);
        let answer = move |host: &mut H, scope: &mut Scope<'_>, params: &[Val]| {
            let interface = &metadata.interface;
            let arguments = described.arguments(interface, scope, params)?;
            f(host, interface, &described.effect, &described.name, &arguments)
        };
        let lowered = move |scope: &mut Scope<'_>, answer: Result<DynValue, Failure>| -> Result<Raw, Failure> {
            let value = answer?;
            scope.heap().reset_budget();
            let metadata = Arc::clone(&scope.heap().state().metadata);
            Ok(lower(&metadata.interface, scope.heap(), result, &value)?)
        };
        let run = move |host: &mut H, scope: &mut Scope<'_>, params: &[Val]| match answer(host, scope, params) {
            Err(failure) => Outcome::Now(Err(failure)),
            Ok(answer) if scope.starting => Outcome::Later(Work::Ready(Box::new(move |scope| lowered(scope, answer)))),
            Ok(answer) => Outcome::Now(lowered(scope, answer)),
        };
        self.link(effect, &description, run)
    }

    pub(crate) fn described(&self, effect: EffectId, description: &OperationDesc) -> Operation {
        Operation {
            effect: effect_name(&self.metadata().interface, effect),
            name: description.name.clone(),
            params: description.params.clone(),
            result: description.result,
        }
    }

    /// Operations that the module imports and that have no implementation yet: effect, name and result.
    pub(crate) fn missing(&self) -> Vec<(u32, String, TypeId)> {
        let interface = &self.metadata().interface;
        let all = (0..).zip(&interface.effects);
        let all = all.flat_map(|(id, effect)| effect.operations.iter().map(move |operation| (id, operation)));
        let given = |id: u32, name: &str| self.given.iter().any(|(of, known)| of.0 == id && known == name);
        let missing = all.filter(|(id, operation)| !given(*id, &operation.name));
        missing.map(|(id, operation)| (id, operation.name.clone(), operation.result)).collect()
    }

    /// Refuses every operation that has no implementation: a call of it fails with [`Error::Host`]. So functions that do
    /// not perform effects can be called without a host.
    ///
    /// # Errors
    /// [`Error::Internal`] when an operation cannot be linked.
    pub fn refused(mut self) -> Result<Self> {
        for (effect, operation, _) in self.missing() {
            self = self.refuse(effect, &operation)?;
        }
        Ok(self)
    }

    /// Lets an operation fail whenever it is called.
    pub(crate) fn refuse(self, effect: u32, operation: &str) -> Result<Self> {
        self.dynamic_operation(EffectId(effect), operation, |_, _, _, _, _| {
            Err(Failure::Host("nothing carries it out here".into()))
        })
    }

    /// Like [`Imports::operation`], for an operation of an effect of the language.
    pub(crate) fn language_operation<P, R, F>(self, effect: &str, operation: &str, f: F) -> Result<Self>
    where
        P: LiftParams,
        R: Value,
        F: for<'s> Fn(&mut H, &mut Scope<'s>, P) -> Lowered<R> + Send + Sync + 'static,
    {
        match self.metadata().interface.language_effect(effect) {
            Some(effect) => self.operation(effect, operation, f),
            None => Ok(self),
        }
    }

    /// Makes the instance.
    ///
    /// # Errors
    /// Those of [`Imports::template`], and [`Error::Limit`] when the memory limit is too small for the module.
    pub fn instantiate(self) -> Result<Instance<H>> {
        let (template, host) = self.template()?;
        template.instance(host)
    }

    /// The module with its imports linked, which makes any number of instances, and the host, for one of them.
    ///
    /// # Errors
    /// [`Error::Load`] when the module imports an operation that has no implementation, or something that this runtime
    /// does not have.
    pub fn template(mut self) -> Result<(Template<H>, H)> {
        if let Some(linked) = self.setup.prepared.linked.clone() {
            return Ok((Template::new(self.setup, linked), self.host));
        }
        let metadata = Arc::clone(self.metadata());
        let interface = &metadata.interface;
        let module = self.setup.prepared.module.clone();
        for import in module.imports() {
            let (module, name) = (import.module(), import.name());
            if module == names::BUILTIN_IMPORTS {
                Library(&mut self.linker).add(name)?;
                continue;
            }
            let (operation, _) = Import::of_name(name);
            let effect = names::imported_effect(module)
                .filter(|&effect| find(interface, effect, operation).is_some())
                .ok_or_else(|| {
                    Error::load(format!("its import `{module}` `{name}` is not an operation of an effect"))
                })?;
            if !self.given.iter().any(|(of, given)| *of == effect && given == operation) {
                return Err(Error::load(not_granted(interface, effect, &effect_name(interface, effect), operation)));
            }
        }
        let linked = self.linker.instantiate_pre(&self.setup.prepared.module);
        let linked = linked.map_err(|error| Error::load(format!("{error:#}")))?;
        Ok((Template::new(self.setup, linked), self.host))
    }
}

impl<H> std::fmt::Debug for Imports<H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let interface = &self.setup.prepared.metadata.interface;
        let name = |effect: &EffectId| effect_name(interface, *effect);
        let names = self.given.iter().map(|(effect, operation)| format!("{}.{operation}", name(effect)));
        f.debug_list().entries(names).finish()
    }
}

/// An effect with its type arguments, such as `Store<Int>`, for messages.
fn effect_name(interface: &Interface, effect: EffectId) -> String {
    let Some(effect) = interface.effects.get(effect.0 as usize) else { return "?".to_owned() };
    let arguments: Vec<_> = effect.arguments.iter().map(|&id| type_name(interface, id)).collect();
    if arguments.is_empty() { effect.name.clone() } else { format!("{}<{}>", effect.name, arguments.join(", ")) }
}

/// That an operation has no implementation, and what would be one.
fn not_granted(interface: &Interface, effect: EffectId, shown: &str, operation: &str) -> String {
    let language = interface.effects.get(effect.0 as usize).filter(|effect| !effect.user);
    let capability = language.and_then(|effect| capability::of_operation(&effect.name, operation));
    let grant = capability.map_or_else(String::new, |one| {
        format!(": grant the capability `{}` with `Imports::{}`", one.name, one.method)
    });
    format!("operation {shown}.{operation} has no implementation{grant}")
}

fn find<'i>(interface: &'i Interface, effect: EffectId, operation: &str) -> Option<&'i OperationDesc> {
    let effect = interface.effects.get(effect.0 as usize)?;
    effect.operations.iter().find(|description| description.name == operation)
}
