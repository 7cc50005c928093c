//! Calling functions by name, with values of types known only at run time.

use super::{DynValue, excerpt, lift, lower};
use crate::error::{Error, Result, Step};
use crate::heap::Heap;
use crate::host::raw_values;
use crate::instance::Instance;
use crate::stack;
use crate::trace::CallSpan;
use crate::value::{Lift, Raw, ToVera, Value};
use vera_abi::interface::{FunctionDesc, Interface, TypeId};
use vera_abi::layout::Rep;
use wasmtime::{AsContextMut, Func, Val};

impl<H: Send + 'static> Instance<H> {
    /// Calls a public function with dynamic values.
    ///
    /// # Errors
    /// [`Error::Load`] when there is no such function, [`Error::Argument`] when the arguments do not fit it, and
    /// those of [`Instance::call`].
    pub fn call_dynamic(&mut self, name: &str, arguments: &[DynValue]) -> Result<DynValue> {
        let metadata = self.interface().0;
        let interface = &metadata.interface;
        let found = self.find_dynamic(name, arguments.len())?;
        let description = &found.description;
        let _budget = self.enter()?;
        let mut heap = Heap::new(self.store().as_context_mut());
        let result = heap.traced(found.place, |heap, span| {
            let mark = heap.mark();
            let values = heap.flatten_dynamic(interface, description, arguments);
            heap.release(mark);
            let raw = found.invoke(heap, span, values?, interface.ty(description.result).rep())?;
            lift(interface, &mut heap.reader(), description.result, raw)
        });
        self.leave(result)
    }

    /// Values as Vera source writes them, as errors show them.
    pub(crate) fn written(&mut self, types: &[TypeId], values: &[DynValue]) -> Result<Vec<String>> {
        let metadata = self.interface().0;
        let interface = &metadata.interface;
        let _budget = self.enter()?;
        let store = self.store();
        let mut heap = Heap::new(store.as_context_mut());
        let written = types.iter().zip(values).map(|(&id, value)| {
            let raw = lower(interface, &mut heap, id, value)?;
            Ok(excerpt(interface, &mut heap.reader(), id, raw))
        });
        written.collect()
    }

    /// Calls a function with more parameters than [`Instance::function`] supports (16 WebAssembly values). `add` adds
    /// the arguments in order.
    ///
    /// # Errors
    /// [`Error::Load`] when there is no such function, and those of [`Instance::call`].
    pub fn call_wide<R: Lift>(
        &mut self,
        name: &str,
        add: impl FnOnce(&mut WideArguments<'_, '_>) -> Result<()>,
    ) -> Result<R> {
        let found = self.find(name)?;
        let _budget = self.enter()?;
        let mut heap = Heap::new(self.store().as_context_mut());
        let result = heap.traced(found.place, |heap, span| {
            let mark = heap.mark();
            let values = WideArguments::all(heap, add);
            heap.release(mark);
            let raw = found.invoke(heap, span, values?, R::REP)?;
            R::lift(&mut heap.reader(), raw)
        });
        self.leave(result)
    }

    /// A public function.
    pub(crate) fn find(&mut self, name: &str) -> Result<Found> {
        let metadata = self.interface().0;
        let missing = || Error::load(format!("it has no public function `{name}`"));
        let (place, description, stack) = metadata.function(name).ok_or_else(missing)?;
        Ok(Found { func: self.exported(place)?, description: description.clone(), place, stack })
    }

    /// The same, when it takes so many arguments.
    pub(crate) fn find_dynamic(&mut self, name: &str, arguments: usize) -> Result<Found> {
        let found = self.find(name)?;
        match found.description.params.len() {
            takes if takes == arguments => Ok(found),
            takes => Err(Error::argument(format!("`{name}` takes {takes} arguments, not {arguments}"))),
        }
    }
}

/// A public function that was found by its name.
pub(crate) struct Found {
    pub(crate) func: Func,
    pub(crate) description: FunctionDesc,
    /// Its place in the interface.
    pub(crate) place: usize,
    /// Bytes of native stack that it may need.
    stack: usize,
}

impl Found {
    /// Calls the function; the result is not rooted.
    fn invoke(&self, heap: &mut Heap<'_>, span: &CallSpan, values: Vec<Val>, result: Rep) -> Result<Raw> {
        span.arguments(heap, || values.clone());
        let native_stack = heap.state().native_stack;
        let mut results = vec![Val::I32(0); result.values()];
        heap.run_guest(|store| {
            stack::call(self.stack, native_stack, || self.func.call(store.as_context_mut(), &values, &mut results))
        })?;
        let raw = raw_values(&results)(result)?;
        span.result(heap, raw);
        Ok(raw)
    }
}

/// The arguments of [`Instance::call_wide`].
#[derive(Debug)]
pub struct WideArguments<'h, 'a> {
    heap: &'h mut Heap<'a>,
    values: Vec<Val>,
    /// Arguments added so far.
    count: usize,
}

impl WideArguments<'_, '_> {
    /// Writes what `add` adds, which stays rooted until the mark taken before is released.
    pub(crate) fn all(
        heap: &mut Heap<'_>,
        add: impl FnOnce(&mut WideArguments<'_, '_>) -> Result<()>,
    ) -> Result<Vec<Val>> {
        let mut arguments = WideArguments { heap, values: Vec::new(), count: 0 };
        add(&mut arguments)?;
        Ok(arguments.values)
    }

    /// Adds the next argument.
    ///
    /// # Errors
    /// As [`Lower::lower`](crate::Lower::lower).
    pub fn add<T: Value>(&mut self, value: impl ToVera<'static, T>) -> Result<&mut Self> {
        self.count += 1;
        let raw = self.heap.lower_rooted::<T>(value).map_err(|error| error.reached_by(Step::Argument(self.count)))?;
        push_values(&mut self.values, T::REP, raw);
        Ok(self)
    }
}

impl Heap<'_> {
    /// Writes the arguments, which stay rooted until the mark taken before is released, also after an error.
    pub(crate) fn flatten_dynamic(
        &mut self,
        interface: &Interface,
        description: &FunctionDesc,
        arguments: &[DynValue],
    ) -> Result<Vec<Val>> {
        let mut values = Vec::new();
        for (position, (&id, argument)) in (1..).zip(description.params.iter().zip(arguments)) {
            let raw =
                lower(interface, self, id, argument).map_err(|error| error.reached_by(Step::Argument(position)))?;
            let rep = interface.ty(id).rep();
            self.root_value(rep, raw)?;
            push_values(&mut values, rep, raw);
        }
        Ok(values)
    }
}

fn push_values(values: &mut Vec<Val>, rep: Rep, raw: Raw) {
    match rep {
        Rep::Unit => {}
        Rep::Byte | Rep::Ptr => values.push(Val::I32(raw.bits as i32)),
        Rep::I64 => values.push(Val::I64(raw.bits as i64)),
        Rep::F64 => values.push(Val::F64(raw.bits)),
        Rep::Slice => values.extend([Val::I32(raw.bits as i32), Val::I32(raw.len as i32)]),
    }
}
