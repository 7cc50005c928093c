//! Linking the imports of an operation to functions of the host.
//!
//! An operation whose Rust types are known is performed by a typed function: its arguments come in registers. Everything
//! else about operations gets values of any type: operations that are started, and those without Rust types.

use super::result::Outcome;
use super::{EffectId, Imports, Lowered, raw_values};
use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::stack::entered;
use crate::state::State;
use crate::value::arguments::LiftParams;
use crate::value::flat::{Calling, Flat, ImportSlot, Repr, wasm_types};
use crate::value::{Params, Raw, Value};
use std::sync::Arc;
use vera_abi::interface::OperationDesc;
use vera_abi::layout::Rep;
use vera_abi::names::{self, Import};
use wasmtime::{Caller, FuncType, Val, ValType};

impl<H: Send + 'static> Imports<H> {
    /// Makes a function of the host with Rust types the implementation of an operation.
    pub(super) fn link_typed<P, R, F>(self, effect: EffectId, description: &OperationDesc, f: F) -> Result<Self>
    where
        P: LiftParams,
        R: Value,
        F: for<'s> Fn(&mut H, &mut Scope<'s>, P) -> Lowered<R> + Send + Sync + 'static,
    {
        let (operation, f) = (Arc::new(self.described(effect, description)), Arc::new(f));
        let starting = Arc::clone(&f);
        let starting = move |host: &mut H, scope: &mut Scope<'_>, params: &[Val]| {
            outcome_of(lift_arguments(scope, params), host, scope, &*starting)
        };
        self.link_started(effect, description, starting)?.linked(effect, description, Import::Perform, |slot, _| {
            <P::Flat as Flat>::link(slot, move |Calling(mut caller), flat: <P::Flat as Flat>::Tuple| {
                let run = |caller: &mut Caller<'_, State>| {
                    let params = || <P::Flat as Flat>::values(&flat);
                    let run =
                        |host: &mut H, scope: &mut Scope<'_>| outcome_of(lift_flat(scope, flat), host, scope, &*f);
                    operation.perform(caller, params, run)
                };
                on_stack(&mut caller, run).map(<R::Repr as Repr>::result)
            })
        })
    }

    /// Makes a function of the host that takes values of any types the implementation of an operation.
    pub(super) fn link(
        self,
        effect: EffectId,
        description: &OperationDesc,
        run: impl for<'s> Fn(&mut H, &mut Scope<'s>, &[Val]) -> Outcome + Send + Sync + 'static,
    ) -> Result<Self> {
        let rep = self.metadata().interface.ty(description.result).rep();
        let (operation, run) = (Arc::new(self.described(effect, description)), Arc::new(run));
        let starts = Arc::clone(&run);
        let starting = move |host: &mut H, scope: &mut Scope<'_>, params: &[Val]| starts(host, scope, params);
        self.link_started(effect, description, starting)?.linked(effect, description, Import::Perform, |slot, ty| {
            let linked = slot.linker.func_new(slot.module, slot.name, ty, move |mut caller, params, results| {
                let perform = |caller: &mut Caller<'_, State>| {
                    operation.perform(caller, || params.to_vec(), |host, scope| run(host, scope, params))
                };
                write_result(rep, on_stack(&mut caller, perform)?, results);
                Ok(())
            });
            linked.map(drop)
        })
    }

    /// Links what starts an operation, and what waits for it.
    fn link_started(
        self,
        effect: EffectId,
        description: &OperationDesc,
        run: impl for<'s> Fn(&mut H, &mut Scope<'s>, &[Val]) -> Outcome + Send + Sync + 'static,
    ) -> Result<Self> {
        if !self.starts {
            return Ok(self);
        }
        let rep = self.metadata().interface.ty(description.result).rep();
        let starting = Arc::new(self.described(effect, description));
        let waiting = Arc::clone(&starting);
        self.linked(effect, description, Import::Start, |slot, ty| {
            let linked = slot.linker.func_new(slot.module, slot.name, ty, move |mut caller, params, results| {
                let future = on_stack(&mut caller, |caller| starting.start(caller, params, &run))?;
                write_result(Rep::Ptr, future, results);
                Ok(())
            });
            linked.map(drop)
        })?
        .linked(effect, description, Import::Await, |slot, ty| {
            let linked = slot.linker.func_new(slot.module, slot.name, ty, move |mut caller, params, results| {
                write_result(rep, on_stack(&mut caller, |caller| waiting.wait(caller, params))?, results);
                Ok(())
            });
            linked.map(drop)
        })
    }

    /// Adds one of the functions of an operation, under the module, name and type of its import. In a module that starts
    /// nothing there is only the one that performs it.
    pub(crate) fn linked(
        mut self,
        effect: EffectId,
        description: &OperationDesc,
        import: Import,
        link: impl FnOnce(ImportSlot<'_>, FuncType) -> wasmtime::Result<()>,
    ) -> Result<Self> {
        if import != Import::Perform && !self.starts {
            return Ok(self);
        }
        let interface = &self.metadata().interface;
        let params = || wasm_types(interface, &description.params);
        let results = || wasm_types(interface, &[description.result]).collect::<Vec<_>>();
        let engine = self.linker.engine();
        let ty = match import {
            Import::Perform => FuncType::new(engine, params(), results()),
            Import::Start => FuncType::new(engine, params().chain([ValType::I64]), [ValType::I32]),
            Import::Await => FuncType::new(engine, [ValType::I64], results()),
        };
        let (module, name) = (names::effect_imports(effect), import.name(&description.name));
        let linked = link(ImportSlot { linker: &mut self.linker, module: &module, name: &name }, ty);
        linked.map_err(|error| Error::internal(format!("an operation cannot be linked: {error:#}")))?;
        if import == Import::Perform {
            self.given.push((effect, description.name.clone()));
        }
        Ok(self)
    }
}

/// Runs what the guest has called, on a fiber or not.
#[inline]
fn on_stack(
    caller: &mut Caller<'_, State>,
    run: impl FnOnce(&mut Caller<'_, State>) -> wasmtime::Result<Raw>,
) -> wasmtime::Result<Raw> {
    let on_fibers = caller.data().on_fibers();
    entered(on_fibers, || run(caller))
}

/// Calls the function of the host with arguments that were read.
#[inline]
fn outcome_of<H, P, R>(
    arguments: Result<P>,
    host: &mut H,
    scope: &mut Scope<'_>,
    f: &impl for<'s> Fn(&mut H, &mut Scope<'s>, P) -> Lowered<R>,
) -> Outcome {
    match arguments {
        Ok(arguments) => f(host, scope, arguments).into_outcome(),
        Err(error) => Outcome::Now(Err(error.into())),
    }
}

/// Reads the arguments of an operation, which are the host's from here on.
pub(crate) fn lift_arguments<P: LiftParams>(scope: &mut Scope<'_>, params: &[Val]) -> Result<P> {
    let held = scope.heap().meter().held();
    let arguments = P::lift_all(&mut scope.heap().reader(), &mut raw_values(params))?;
    scope.heap().meter().release(held);
    Ok(arguments)
}

/// The same, from the parameters themselves.
#[inline]
fn lift_flat<P: LiftParams>(scope: &mut Scope<'_>, flat: <<P as Params>::Flat as Flat>::Tuple) -> Result<P> {
    let heap = scope.heap();
    if P::NUMBERS {
        return P::lift_flat(&mut heap.reader_of_numbers(), flat);
    }
    let held = heap.meter().held();
    let arguments = P::lift_flat(&mut heap.reader(), flat)?;
    heap.meter().release(held);
    Ok(arguments)
}

/// Returns the result of an operation to the guest.
#[expect(clippy::indexing_slicing, reason = "an import has as many results as its type says")]
pub(crate) fn write_result(rep: Rep, raw: Raw, results: &mut [Val]) {
    match rep {
        Rep::Unit => {}
        Rep::Byte | Rep::Ptr => results[0] = Val::I32(raw.bits as i32),
        Rep::I64 => results[0] = Val::I64(raw.bits as i64),
        Rep::F64 => results[0] = Val::F64(raw.bits),
        Rep::Slice => {
            results[0] = Val::I32(raw.bits as i32);
            results[1] = Val::I32(raw.len as i32);
        }
    }
}
