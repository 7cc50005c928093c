//! Effects: linking a module's imports to Rust.
//!
//! A call of an operation opens a scope, reads its arguments, runs the Rust method, and writes the result in the same
//! scope. An `Err` or a panic of the method ends the call of the module with [`Error::Host`]; it never unwinds
//! through the module, and the instance stays usable.
//!
//! A host is composed. Each group of operations, a *capability* ([`vera_abi::capability`] is the table of those of the
//! language; a user effect is one of its own), is implemented by a part of the host, which a function `fn(&mut H) -> &mut C`
//! finds. The builder of a wrapper makes a host with a field for each effect; [`Imports`] takes any:
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

pub mod database;
pub mod http;
pub mod inference;
pub mod io;
pub mod random;
mod refusal;
mod result;

pub(crate) use refusal::OnRefusal;
pub use refusal::{Refusal, Refused};
#[doc(hidden)]
pub use result::{EffectTrait, NotAnEffect};
pub use result::{IntoHostResult, Lowered, WithScope};

use crate::builtins;
use crate::error::{Error, HostFailure, Result};
use crate::instance::Instance;
use crate::scope::{Scope, ShadowGuard};
use crate::state::State;
use crate::stop::panic_message;
use crate::value::arguments::LiftParams;
use crate::value::dynamic::type_name;
use crate::value::flat::wasm_types;
use crate::value::{Raw, Value};
use result::{Cause, Failure};
use std::any::Any;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use vera_abi::capability;
pub use vera_abi::interface::EffectId;
use vera_abi::interface::{Interface, OperationDesc};
use vera_abi::layout::Rep;
use vera_abi::names;
use wasmtime::{AsContextMut, Caller, Extern, Func, FuncType, Store, Val};

/// What a builder has for an effect that nothing was given for. It implements nothing: a module that performs the effect
/// is not built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotGranted;

/// An instance in the making: the imports of its module are being given implementations.
#[must_use = "the instance is made by `instantiate`"]
pub struct Imports<H> {
    store: Store<State>,
    module: wasmtime::Module,
    operations: Vec<(EffectId, String, Func)>,
    host: PhantomData<fn() -> H>,
}

impl<H: Send + 'static> Imports<H> {
    pub(crate) fn new(store: Store<State>, module: wasmtime::Module) -> Self {
        Imports { store, module, operations: Vec::new(), host: PhantomData }
    }

    /// Implements an operation of an effect by a function of the host, if the module uses the operation. `P` is a
    /// tuple with the Rust type of each parameter. The effects of the module are in its [`Interface`].
    ///
    /// # Errors
    /// [`Error::Load`] when the operation has other types in the module.
    pub fn operation<P, R, F>(mut self, effect: EffectId, operation: &str, f: F) -> Result<Self>
    where
        P: LiftParams,
        R: Value,
        F: for<'s> Fn(&mut H, &mut Scope<'s>, P) -> Lowered<R> + Send + Sync + 'static,
    {
        let metadata = self.store.data().metadata.clone();
        let interface = &metadata.interface;
        let Some(description) = find(interface, effect, operation) else { return Ok(self) };
        let shown = effect_name(interface, effect);
        if !P::stand_for(interface, &description.params) || !R::stands_for(interface, interface.ty(description.result))
        {
            return Err(Error::load(format!(
                "operation {shown}.{operation} has not the type {} -> {}",
                std::any::type_name::<P>(),
                std::any::type_name::<R>(),
            )));
        }
        let ty = FuncType::new(
            self.module.engine(),
            wasm_types(interface, &description.params),
            wasm_types(interface, &[description.result]),
        );
        let name = (shown, operation.to_owned());
        let func = Func::new(&mut self.store, ty, move |mut caller, params, results| {
            let raw = perform(&mut caller, &name, params, &f)?;
            match R::REP {
                Rep::Unit => {}
                Rep::Byte | Rep::Ptr => results[0] = Val::I32(raw.bits as i32),
                Rep::I64 => results[0] = Val::I64(raw.bits as i64),
                Rep::F64 => results[0] = Val::F64(raw.bits),
                Rep::Slice => {
                    results[0] = Val::I32(raw.bits as i32);
                    results[1] = Val::I32(raw.len as i32);
                }
            }
            Ok(())
        });
        self.operations.push((effect, operation.to_owned(), func));
        Ok(self)
    }

    /// As [`Imports::operation`], for an operation of an effect of the language.
    pub(crate) fn language_operation<P, R, F>(self, effect: &str, operation: &str, f: F) -> Result<Self>
    where
        P: LiftParams,
        R: Value,
        F: for<'s> Fn(&mut H, &mut Scope<'s>, P) -> Lowered<R> + Send + Sync + 'static,
    {
        match self.store.data().metadata.interface.language_effect(effect) {
            Some(effect) => self.operation(effect, operation, f),
            None => Ok(self),
        }
    }

    /// Makes the instance.
    ///
    /// # Errors
    /// [`Error::Load`] when the module imports an operation that has no implementation,
    /// [`Error::Limit`] when the memory limit is too small for the module.
    pub fn instantiate(mut self) -> Result<Instance<H>> {
        let mut externs = Vec::new();
        for import in self.module.imports() {
            let (module, name) = (import.module(), import.name());
            let func = if module == names::BUILTIN_IMPORTS {
                builtins::builtin(&mut self.store, name)
                    .ok_or_else(|| Error::load(format!("this runtime has no built-in `{name}`")))?
            } else {
                let interface = &self.store.data().metadata.interface;
                let effect = names::imported_effect(module)
                    .filter(|&effect| find(interface, effect, name).is_some())
                    .ok_or_else(|| {
                    Error::load(format!("its import `{module}` `{name}` is no operation of an effect"))
                })?;
                let found = self.operations.iter().find(|(of, operation, _)| *of == effect && operation == name);
                let shown = || effect_name(interface, effect);
                found.ok_or_else(|| Error::load(not_granted(interface, effect, &shown(), name)))?.2
            };
            externs.push(Extern::Func(func));
        }
        Instance::start(self.store, &self.module, &externs)
    }
}

impl<H> std::fmt::Debug for Imports<H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let interface = &self.store.data().metadata.interface;
        let name = |effect: &EffectId| effect_name(interface, *effect);
        let names = self.operations.iter().map(|(effect, operation, _)| format!("{}.{operation}", name(effect)));
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

/// Runs an operation of the host.
fn perform<H: Send + 'static, P: LiftParams, R: Value>(
    caller: &mut Caller<'_, State>,
    (effect, operation): &(String, String),
    params: &[Val],
    f: &(impl for<'s> Fn(&mut H, &mut Scope<'s>, P) -> Lowered<R> + Send + Sync + 'static),
) -> wasmtime::Result<Raw> {
    let failed = |message: String, panicked, cause: Option<Cause>| {
        let (effect, operation, cause) = (effect.clone(), operation.clone(), cause.map(Arc::from));
        Error::Host(Box::new(HostFailure { effect, operation, message, panicked, cause, backtrace: Vec::new() }))
    };
    let Some(mut host) = caller.data_mut().host.take() else {
        let message = "called while another operation of the same host is running";
        return Err(failed(message.to_owned(), false, None).into());
    };
    let outcome = ShadowGuard::from_guest(caller.as_context_mut()).map(|guard| {
        let mut scope = Scope::new(guard);
        let host = <dyn Any>::downcast_mut::<H>(host.as_mut());
        catch_unwind(AssertUnwindSafe(|| {
            let host = host.ok_or_else(|| Error::internal("the host has another type than it was linked with"))?;
            let mut next = raw_values(params);
            let held = scope.heap().meter().held();
            let arguments = P::lift_all(&mut scope.heap().reader(), &mut next)?;
            // They are the method's from here on.
            scope.heap().meter().release(held);
            f(host, &mut scope, arguments).into_raw()
        }))
    });
    caller.data_mut().host = Some(host);
    match outcome? {
        // The program may come to its end before it looks at the clock again.
        Ok(Ok(raw)) => caller.data().meter.check_deadline().map(|()| raw).map_err(Into::into),
        Ok(Err(Failure::Error(error))) => Err(error.into()),
        Ok(Err(Failure::Host(cause))) => Err(failed(cause.to_string(), false, Some(cause)).into()),
        Err(panic) => Err(failed(panic_message(panic.as_ref()), true, None).into()),
    }
}

/// Reads WebAssembly values in order, as values of Vera representations.
pub(crate) fn raw_values(params: &[Val]) -> impl FnMut(Rep) -> Result<Raw> {
    let mut params = params.iter();
    move |rep| {
        let mut next = || params.next().ok_or_else(|| Error::internal("an operation got too few arguments"));
        Ok(match rep {
            Rep::Unit => Raw::UNIT,
            Rep::Byte | Rep::Ptr => Raw::from_pointer(next()?.i32().unwrap_or_default() as u32),
            Rep::I64 => Raw::from_bits(next()?.i64().unwrap_or_default() as u64),
            Rep::F64 => match next()? {
                Val::F64(bits) => Raw::from_bits(*bits),
                _ => return Err(Error::internal("an operation got an argument of another type")),
            },
            Rep::Slice => {
                let pointer = next()?.i32().unwrap_or_default() as u32;
                Raw::from_slice(pointer, next()?.i32().unwrap_or_default() as u32)
            }
        })
    }
}
