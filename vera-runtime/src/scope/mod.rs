//! Scopes, in which Rust code holds values in a module's memory.
//!
//! Every entry of host code has a guard that restores the shadow stack when the entry ends, in any way. A [`Scope`] is
//! such an entry, in which values can be built and kept.

#![warn(clippy::indexing_slicing)]

mod guard;
mod rooted;

pub(crate) use guard::{ShadowGuard, start};
pub use rooted::Rooted;

use crate::call::Function;
use crate::error::Result;
use crate::heap::Heap;
use crate::host::{IntoHostResult, Lowered};
use crate::value::{Arguments, Lift, Params, Raw, ToVera, Value};
use std::borrow::Cow;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

/// A scope in which Rust code holds values of one instance.
///
/// ```
/// # fn example(instance: &mut vera_runtime::Instance<()>) -> vera_runtime::Result<()> {
/// use vera_runtime::Rooted;
/// let length = instance.scope(|scope| {
///     let text: Rooted<'_, String> = scope.lower("kept while the scope is open")?;
///     scope.collect()?;
///     Ok(scope.str(text)?.len())
/// })?;
/// # Ok(())
/// # }
/// ```
///
/// Handles do not leave their scope:
///
/// ```compile_fail
/// # fn example(instance: &mut vera_runtime::Instance<()>) -> vera_runtime::Result<()> {
/// let escaped = instance.scope(|scope| scope.lower::<String>("text"))?;
/// # Ok(())
/// # }
/// ```
///
/// not even through something outside the scope:
///
/// ```compile_fail
/// # fn example(instance: &mut vera_runtime::Instance<()>) -> vera_runtime::Result<()> {
/// let mut kept = None;
/// instance.scope(|scope| {
///     kept = Some(scope.lower::<String>("text")?);
///     Ok(())
/// })
/// # }
/// ```
///
/// A handle is not accepted by another instance, or by a scope around its own:
///
/// ```compile_fail
/// # use vera_runtime::{Instance, Result};
/// # fn example(one: &mut Instance<()>, other: &mut Instance<()>) -> Result<()> {
/// one.scope(|scope| {
///     let text = scope.lower::<String>("text")?;
///     other.scope(|scope| scope.lift(text).map(drop))
/// })
/// # }
/// ```
///
/// ```compile_fail
/// # fn example(instance: &mut vera_runtime::Instance<()>) -> vera_runtime::Result<()> {
/// instance.scope(|scope| {
///     let mut kept = vec![scope.lower::<String>("outer")?];
///     scope.nested(|scope, _| Ok(kept.push(scope.lower::<String>("inner")?)))
/// })
/// # }
/// ```
///
/// In a scope inside its own, a handle is accepted as in its own:
///
/// ```
/// # fn example(instance: &mut vera_runtime::Instance<()>) -> vera_runtime::Result<()> {
/// instance.scope(|scope| {
///     let outer = scope.lower::<String>("outer")?;
///     scope.nested(|scope, _| scope.lift(outer).map(drop))
/// })
/// # }
/// ```
pub struct Scope<'s> {
    guard: ShadowGuard<'s>,
    /// Whether it is that of an operation that may be started.
    pub(crate) starting: bool,
    brand: PhantomData<rooted::Brand<'s>>,
}

/// Proof that the scope `'inner` lies within `'outer`; see [`Scope::nested`].
#[derive(Clone, Copy, Debug)]
pub struct Within<'inner, 'outer: 'inner>(PhantomData<&'inner &'outer ()>);

impl<'s> Scope<'s> {
    #[inline]
    pub(crate) fn new(guard: ShadowGuard<'s>) -> Self {
        Scope { guard, starting: false, brand: PhantomData }
    }

    #[inline]
    pub(crate) fn heap(&mut self) -> &mut Heap<'s> {
        &mut self.guard.heap
    }

    fn root<T: Value>(&mut self, raw: Raw) -> Result<Rooted<'s, T>> {
        self.heap().root_value(T::REP, raw)?;
        Ok(Rooted::new(raw))
    }

    /// Writes a value into the module and keeps it.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) when a limit is reached, [`Error::Argument`](crate::Error::Argument) when
    /// the value has no counterpart in Vera.
    pub fn lower<T: Value>(&mut self, value: impl ToVera<'s, T>) -> Result<Rooted<'s, T>> {
        self.guard.heap.reset_budget();
        let mark = self.heap().mark();
        let raw = value.to_vera(self.heap())?;
        self.heap().release(mark);
        self.root(raw)
    }

    /// Reads a value from the module. The value belongs to the caller: it counts as host memory of the call only while
    /// it is read.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) when the value exceeds the limits on values.
    pub fn lift<'h: 's, T: Lift>(&self, value: Rooted<'h, T>) -> Result<T> {
        let meter = self.guard.heap.meter();
        let held = meter.held();
        let lifted = T::lift(&mut self.guard.heap.reader(), value.raw);
        meter.release(held);
        lifted
    }

    /// A string, borrowed from the module if it is valid UTF-8.
    ///
    /// # Errors
    /// As [`Scope::lift`].
    pub fn str<'h: 's>(&self, value: Rooted<'h, String>) -> Result<Cow<'_, str>> {
        self.guard.heap.reader().str(value.raw)
    }

    /// The bytes of a string.
    ///
    /// # Errors
    /// As [`Scope::lift`].
    pub fn bytes<'h: 's>(&self, value: Rooted<'h, String>) -> Result<&[u8]> {
        self.guard.heap.reader().bytes(value.raw)
    }

    /// The number of elements of an array.
    pub fn len<'h: 's, T: Value>(&self, array: Rooted<'h, Vec<T>>) -> usize {
        array.raw.len as usize
    }

    /// An element of an array, or `None` past its end.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) when there is no room for another handle.
    pub fn get<'h: 's, T: Value>(&mut self, array: Rooted<'h, Vec<T>>, index: usize) -> Result<Option<Rooted<'s, T>>> {
        if index >= array.raw.len as usize {
            return Ok(None);
        }
        let element = self.guard.heap.reader().element(T::REP, array.raw, index as u32)?;
        self.root(element).map(Some)
    }

    /// Makes an array of values that are passed one by one: handles, or any other value that is accepted for a `T`.
    ///
    /// # Errors
    /// As [`Scope::lower`].
    pub fn array<T: Value, V: ToVera<'s, T>>(
        &mut self,
        items: impl IntoIterator<Item = V>,
    ) -> Result<Rooted<'s, Vec<T>>> {
        self.guard.heap.reset_budget();
        let items = items.into_iter();
        let heap = self.heap();
        let mark = heap.mark();
        let mut list = crate::heap::List::new(heap, T::REP, items.size_hint().0.min(1 << 16))?;
        for item in items {
            let element = item.to_vera(heap)?;
            list.push(heap, element)?;
        }
        heap.release(mark);
        self.root(list.finish())
    }

    /// Calls a function of the module with handles or Rust values, and keeps its result in the module.
    ///
    /// # Errors
    /// As [`Instance::call`](crate::Instance::call).
    pub fn call<P: Params, R: Value>(
        &mut self,
        function: &Function<P, R>,
        arguments: impl Arguments<'s, P>,
    ) -> Result<Rooted<'s, R>> {
        self.guard.heap.state().check()?;
        self.guard.heap.reset_budget();
        let heap = self.heap();
        let raw = heap.traced(function.place, |heap, span| heap.invoke(function, arguments, span))?;
        self.root(raw)
    }

    /// Opens a scope inside this one. Its handles end with it; handles of this scope can be used in it.
    ///
    /// # Errors
    /// The errors of `f`.
    pub fn nested<R>(&mut self, f: impl for<'t> FnOnce(&mut Scope<'t>, Within<'t, 's>) -> Result<R>) -> Result<R> {
        f(&mut Scope::new(self.guard.nested()), Within(PhantomData))
    }

    /// Writes the result of an operation; generated code calls it last.
    #[doc(hidden)]
    #[inline]
    pub fn finish<R: Value, T: IntoHostResult<'s, R>>(&mut self, result: T) -> Lowered<R> {
        result.into_host_result(self)
    }

    /// When the current call must end. Operations that wait should not wait longer.
    pub fn deadline(&self) -> Option<Instant> {
        self.guard.heap.state().meter.deadline()
    }

    /// How long a call may take.
    pub(crate) fn time_limit(&self) -> Option<Duration> {
        self.guard.heap.state().limits.deadline
    }

    /// Runs a full collection of the module's heap.
    ///
    /// # Errors
    /// When the module has no collector or the heap is malformed.
    pub fn collect(&mut self) -> Result<()> {
        self.heap().collect()
    }
}

impl std::fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope").field("heap", &self.guard.heap).finish_non_exhaustive()
    }
}
