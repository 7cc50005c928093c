//! Linking a module to operations that are futures.

use super::exchange::Start;
use super::operation::{AwaitedOperation, Prepare, of_host};
use super::{AsyncInstance, AsyncTemplate, OperationFuture};
use crate::error::Result;
use crate::host::{EffectId, Imports, lift_arguments, write_result};
use crate::value::Value;
use crate::value::arguments::LiftParams;
use std::sync::Arc;
use vera_abi::layout::Rep;
use vera_abi::names::Import;

/// The imports of an instance with async calls; [`Imports::awaited`] makes it.
///
/// ```
/// use vera_runtime::host::{AsyncImports, EffectId};
/// use vera_runtime::{Compiled, Limits};
/// # async fn fetched(key: String) -> Result<String, std::io::Error> { Ok(key) }
/// # async fn example(compiled: Compiled) -> vera_runtime::Result<()> {
/// let imports = compiled.link((), Limits::default())?.awaited();
/// let imports = imports.operation::<(String,), String, _>(EffectId(0), "fetch", |_, (key,)| {
///     Box::pin(async move { vera_runtime::host::delivered(fetched(key).await) })
/// })?;
/// let mut instance = imports.instantiate()?;
/// let report = instance.function::<(String,), String>("report")?;
/// let text = instance.call_async(&report, ("key",)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "the instance is made by `instantiate`"]
#[derive(Debug)]
pub struct AsyncImports<H> {
    imports: Imports<H>,
}

impl<H: Send + 'static> Imports<H> {
    /// Goes on to an instance with async calls. Operations that are linked already stay linked: they block the thread that
    /// polls a call.
    pub fn awaited(mut self) -> AsyncImports<H> {
        self.setup_mut().awaited = true;
        AsyncImports { imports: self }
    }
}

impl<H: Send + 'static> AsyncImports<H> {
    /// Implements an operation of an effect by a future, if the module uses the operation. `P` is a tuple with the Rust
    /// type of each parameter. The future borrows the host until it ends or is dropped.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the operation has other types in the module.
    pub fn operation<P, R, F>(self, effect: EffectId, operation: &str, f: F) -> Result<Self>
    where
        P: LiftParams + Send,
        R: Value,
        F: for<'h> Fn(&'h mut H, P) -> OperationFuture<'h, R> + Send + Sync + 'static,
    {
        let Some(description) = self.imports.typed::<P, R>(effect, operation)? else { return Ok(self) };
        let f = Arc::new(f);
        let prepare: Prepare = Box::new(move |scope, params| {
            let arguments = lift_arguments::<P>(scope, params)?;
            let f = Arc::clone(&f);
            let start: Start = Box::new(move |host| {
                Box::pin(async move {
                    let host = of_host::<H>(host)?;
                    f(host, arguments).await.into_outcome()
                })
            });
            Ok(start)
        });
        let awaited = Arc::new(AwaitedOperation { operation: self.imports.described(effect, &description), prepare });
        let rep = self.imports.metadata().interface.ty(description.result).rep();
        let (starting, waiting) = (Arc::clone(&awaited), Arc::clone(&awaited));
        let imports = self.imports.linked(effect, &description, Import::Start, |slot, ty| {
            let linked = slot.linker.func_new_async(slot.module, slot.name, ty, move |caller, params, results| {
                let starting = Arc::clone(&starting);
                Box::new(async move {
                    write_result(Rep::Ptr, starting.start(caller, params).await?, results);
                    Ok(())
                })
            });
            linked.map(drop)
        })?;
        let imports = imports.linked(effect, &description, Import::Await, |slot, ty| {
            let linked = slot
                .linker
                .func_new(slot.module, slot.name, ty, move |_, _, _| Err(waiting.operation.not_started().into()));
            linked.map(drop)
        })?;
        let imports = imports.linked(effect, &description, Import::Perform, |slot, ty| {
            let linked = slot.linker.func_new_async(slot.module, slot.name, ty, move |mut caller, params, results| {
                let awaited = Arc::clone(&awaited);
                Box::new(async move {
                    write_result(rep, awaited.perform(&mut caller, params).await?, results);
                    Ok(())
                })
            });
            linked.map(drop)
        })?;
        Ok(AsyncImports { imports })
    }

    /// An effect of the language, if the module performs it.
    pub(super) fn effect(&self, name: &str) -> Option<EffectId> {
        self.imports.metadata().interface.language_effect(name)
    }

    /// Links operations that are not futures: they block the thread that polls a call.
    ///
    /// # Errors
    /// Those of `link`.
    pub fn blocking(self, link: impl FnOnce(Imports<H>) -> Result<Imports<H>>) -> Result<Self> {
        Ok(AsyncImports { imports: link(self.imports)? })
    }

    /// Makes the instance.
    ///
    /// # Errors
    /// As [`Imports::instantiate`].
    pub fn instantiate(self) -> Result<AsyncInstance<H>> {
        self.imports.instantiate().map(AsyncInstance::new)
    }

    /// The module with its imports linked, and the host that was given.
    ///
    /// # Errors
    /// As [`Imports::template`].
    pub fn template(self) -> Result<(AsyncTemplate<H>, H)> {
        let (template, host) = self.imports.template()?;
        Ok((AsyncTemplate::new(template), host))
    }
}
