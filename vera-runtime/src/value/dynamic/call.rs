//! Calling functions by name, with values of types known only at run time.

use super::{DynValue, excerpt, lift, lower};
use crate::error::{Error, Result, Step};
use crate::heap::Heap;
use crate::host::raw_values;
use crate::instance::Instance;
use crate::stack;
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
        let (func, description, stack) = self.find_dynamic(name, arguments.len())?;
        let _budget = self.enter()?;
        let mut heap = Heap::new(self.store().as_context_mut());
        let mark = heap.mark();
        let values = heap.flatten_dynamic(interface, &description, arguments);
        heap.release(mark);
        let raw =
            values.and_then(|values| invoke(&mut heap, func, stack, &values, interface.ty(description.result).rep()));
        let result = raw.and_then(|raw| lift(interface, &mut heap.reader(), description.result, raw));
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
        let (func, _, stack) = self.find(name)?;
        let _budget = self.enter()?;
        let mut heap = Heap::new(self.store().as_context_mut());
        let mark = heap.mark();
        let values = WideArguments::all(&mut heap, add);
        heap.release(mark);
        let raw = values.and_then(|values| invoke(&mut heap, func, stack, &values, R::REP));
        let result = raw.and_then(|raw| R::lift(&mut heap.reader(), raw));
        self.leave(result)
    }

    /// A function, its description, and the bytes of native stack that it may need.
    pub(crate) fn find(&mut self, name: &str) -> Result<(Func, FunctionDesc, usize)> {
        let metadata = self.interface().0;
        let missing = || Error::load(format!("it has no public function `{name}`"));
        let (place, description, needed) = metadata.function(name).ok_or_else(missing)?;
        Ok((self.exported(place)?, description.clone(), needed))
    }

    /// The same, when it takes so many arguments.
    pub(crate) fn find_dynamic(&mut self, name: &str, arguments: usize) -> Result<(Func, FunctionDesc, usize)> {
        let found = self.find(name)?;
        match found.1.params.len() {
            takes if takes == arguments => Ok(found),
            takes => Err(Error::argument(format!("`{name}` takes {takes} arguments, not {arguments}"))),
        }
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

/// Calls the function; the result is not rooted.
fn invoke(heap: &mut Heap<'_>, func: Func, needed: usize, values: &[Val], result: Rep) -> Result<Raw> {
    let native_stack = heap.state().native_stack;
    let mut results = vec![Val::I32(0); result.values()];
    heap.run_guest(|store| {
        stack::call(needed, native_stack, || func.call(store.as_context_mut(), values, &mut results))
    })?;
    raw_values(&results)(result)
}
