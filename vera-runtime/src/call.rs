//! Calling functions of a module.

use crate::enter::enter;
use crate::error::Result;
use crate::failure;
use crate::heap::Heap;
use crate::state::State;
use crate::trace::CallSpan;
use crate::value::flat::{Flat, Repr};
use crate::value::{Arguments, Params, Raw, Value};
use std::fmt;
use wasmtime::{StoreContextMut, TypedFunc};

type FlatTuple<P> = <<P as Params>::Flat as Flat>::Tuple;
type Returned<R> = <<R as Value>::Repr as Repr>::Returned;

/// A public function of an instance's module, found and type-checked once by
/// [`Instance::function`](crate::Instance::function). `P` is a tuple of parameter types, `R` the result type.
#[must_use = "a function is called with `Instance::call`"]
pub struct Function<P: Params, R: Value> {
    pub(crate) func: TypedFunc<FlatTuple<P>, Returned<R>>,
    /// Its place in the interface.
    pub(crate) place: usize,
    /// Bytes of native stack that it may need.
    pub(crate) stack: usize,
    /// The instance it belongs to.
    pub(crate) owner: u64,
}

impl<P: Params, R: Value> Clone for Function<P, R> {
    fn clone(&self) -> Self {
        Function { func: self.func.clone(), place: self.place, stack: self.stack, owner: self.owner }
    }
}

impl<P: Params, R: Value> fmt::Debug for Function<P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").field("stack", &self.stack).finish_non_exhaustive()
    }
}

impl<'a> Heap<'a> {
    /// Runs functions of the program.
    #[inline]
    pub(crate) fn run_guest<R>(
        &mut self,
        run: impl FnOnce(&mut StoreContextMut<'a, State>) -> wasmtime::Result<R>,
    ) -> Result<R> {
        self.run(run)?.map_err(|error| failure::convert(self.store(), &error))
    }

    /// Calls a function; its result is not rooted.
    #[inline]
    pub(crate) fn invoke<'s, P: Params, R: Value>(
        &mut self,
        function: &Function<P, R>,
        arguments: impl Arguments<'s, P>,
        span: &CallSpan,
    ) -> Result<Raw> {
        if function.owner != self.state().owner {
            return Err(crate::Error::argument("the function belongs to another instance"));
        }
        let mark = self.mark();
        let flat = arguments.flatten(self);
        self.release(mark);
        let flat = flat?;
        span.arguments(self, || P::Flat::values(&flat));
        let needed = (!self.within_guest).then_some(function.stack);
        let returned = self.run_guest(|store| enter(&function.func, store, flat, needed));
        let raw = returned.map(<R::Repr as Repr>::returned)?;
        span.result(self, raw);
        Ok(raw)
    }
}
