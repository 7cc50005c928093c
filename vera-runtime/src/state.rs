//! What a store holds for its one instance: handles into the module, the host's view of roots and free cells,
//! limits, and the implementor of effects.
//!
//! The type does not depend on the implementor, so that everything below the typed surface is compiled once, here.

use crate::builtins::Patterns;
use crate::error::{Error, Result};
use crate::heap::{Holes, Roots};
use crate::host::Recorder;
use crate::limits::Limits;
use crate::meter::Meter;
use crate::module::Metadata;
use std::any::Any;
use std::sync::Arc;
use vera_abi::map::hash::Key;
use vera_abi::names;
use wasmtime::{AsContext, AsContextMut, Global, Memory, ResourceLimiter, StoreContextMut, TypedFunc, Val, ValType};

/// The data of an instance's store.
pub(crate) struct State {
    pub(crate) metadata: Arc<Metadata>,
    pub(crate) limits: Limits,
    /// Set once the module is instantiated.
    pub(crate) guest: Option<Arc<Guest>>,
    pub(crate) roots: Roots,
    pub(crate) holes: Holes,
    /// The implementor of effects; absent while one of its operations runs.
    pub(crate) host: Option<Box<dyn Any + Send>>,
    /// Where what the host answers is recorded.
    pub(crate) recorder: Option<Recorder>,
    /// Why the instance cannot be used any more.
    pub(crate) unusable: Option<Box<str>>,
    /// What the host's work for the call under way costs.
    pub(crate) meter: Meter,
    /// Native stack that Vera calls may use: less than the limit when no function of the module needs much.
    pub(crate) native_stack: usize,
    /// What the hashes of map keys depend on.
    pub(crate) hash_key: Key,
    /// The regular expressions that were used last.
    pub(crate) patterns: Patterns,
    /// A number no other instance has.
    pub(crate) owner: u64,
}

/// Handles of a module's support exports.
pub(crate) struct Guest {
    pub(crate) memory: Memory,
    pub(crate) gc_sp: Global,
    pub(crate) gc_stack_limit: Global,
    pub(crate) trap_site: Global,
    /// The first words of the trap record.
    pub(crate) trap_words: [Global; names::TRAP_WORDS.len()],
    pub(crate) alloc: TypedFunc<i32, i32>,
    pub(crate) refill: TypedFunc<i32, ()>,
    pub(crate) collect: TypedFunc<(), ()>,
}

impl Guest {
    /// Finds the exports.
    pub(crate) fn find(store: &mut StoreContextMut<'_, State>, instance: &wasmtime::Instance) -> Result<Self> {
        let missing = |name: &str| Error::load(format!("it has no export `{name}` of the expected type"));
        let memory =
            instance.get_memory(store.as_context_mut(), names::MEMORY).ok_or_else(|| missing(names::MEMORY))?;
        let mut of_type = |name: &str, content: ValType| {
            let global = instance.get_global(store.as_context_mut(), name).ok_or_else(|| missing(name))?;
            let ty = global.ty(store.as_context());
            let fits = ValType::eq(ty.content(), &content) && ty.mutability().is_var();
            if fits { Ok(global) } else { Err(missing(name)) }
        };
        let mut global = |name: &str| of_type(name, ValType::I32);
        let gc_stack_limit = global(names::GC_STACK_LIMIT)?;
        let gc_sp = global(names::GC_SP)?;
        let trap_site = global(names::TRAP_SITE)?;
        let [first, second] = names::TRAP_WORDS;
        let trap_words = [of_type(first, ValType::I64)?, of_type(second, ValType::I64)?];
        let alloc = instance.get_typed_func(store.as_context_mut(), names::ALLOC).map_err(|_| missing(names::ALLOC))?;
        let refill =
            instance.get_typed_func(store.as_context_mut(), names::REFILL).map_err(|_| missing(names::REFILL))?;
        let collect =
            instance.get_typed_func(store.as_context_mut(), names::COLLECT).map_err(|_| missing(names::COLLECT))?;
        Ok(Guest { memory, gc_sp, gc_stack_limit, trap_site, trap_words, alloc, refill, collect })
    }
}

impl State {
    /// The module's exports.
    ///
    /// # Panics
    /// Before the module is instantiated, when no code of it or of the host can run yet.
    pub(crate) fn guest(&self) -> &Arc<Guest> {
        self.guest.as_ref().expect("set before anything runs")
    }

    /// An error when the instance cannot be used.
    #[inline]
    pub(crate) fn check(&self) -> Result<()> {
        match &self.unusable {
            None => Ok(()),
            Some(reason) => Err(Error::Unusable(reason.clone())),
        }
    }
}

impl ResourceLimiter for State {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired as u64 <= self.limits.memory)
    }

    fn table_growing(&mut self, _current: usize, _desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

pub(crate) fn set_global(store: &mut StoreContextMut<'_, State>, global: wasmtime::Global, value: u32) -> Result<()> {
    global
        .set(store.as_context_mut(), Val::I32(value as i32))
        .map_err(|error| Error::internal(format!("an exported global cannot be set: {error}")))
}

pub(crate) fn get_global(store: &mut StoreContextMut<'_, State>, global: wasmtime::Global) -> i32 {
    // Globals of other types are not found in a module.
    global.get(store.as_context_mut()).i32().unwrap_or_default()
}
