//! The data that a store holds for its one instance: handles into the module, the host's view of roots and free cells,
//! limits, and the implementor of effects.
//!
//! The type does not depend on the implementor, so everything below the typed surface is compiled once, in this crate.

#[cfg(feature = "async")]
use crate::awaited::Fibers;
#[cfg(feature = "regex")]
use crate::builtins::Patterns;
use crate::error::{Error, Result};
use crate::heap::{Holes, Roots};
use crate::host::{Recorder, StartedOperations};
use crate::limits::Limits;
use crate::meter::Meter;
use crate::module::Metadata;
#[cfg(feature = "tracing")]
use crate::trace::Tracing;
use std::any::Any;
use std::sync::Arc;
use vera_abi::map::hash::Key;
use vera_abi::names;
use wasmtime::{AsContextMut, Global, Memory, ResourceLimiter, StoreContextMut, TypedFunc, Val};

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
    /// What the call under way has started and not awaited.
    pub(crate) started: StartedOperations,
    /// Where what the host answers is recorded.
    pub(crate) recorder: Option<Recorder>,
    /// What is traced.
    #[cfg(feature = "tracing")]
    pub(crate) trace: Tracing,
    /// Why the instance cannot be used any more.
    pub(crate) unusable: Option<Box<str>>,
    /// What the host's work for the call under way costs.
    pub(crate) meter: Meter,
    /// Native stack that Vera calls may use: less than the limit when no function of the module needs much.
    pub(crate) native_stack: usize,
    /// What the hashes of map keys depend on.
    pub(crate) hash_key: Key,
    /// The regular expressions that were used last.
    #[cfg(feature = "regex")]
    pub(crate) patterns: Patterns,
    /// A number no other instance has.
    pub(crate) owner: u64,
    /// What an instance has whose calls are awaited: they run on fibers.
    #[cfg(feature = "async")]
    pub(crate) fibers: Option<Fibers>,
}

/// Handles of a module's support exports.
pub(crate) struct Guest {
    pub(crate) memory: Memory,
    pub(crate) gc_sp: Global,
    pub(crate) gc_stack_limit: Global,
    pub(crate) trap_site: Global,
    /// The first words of the trap record.
    pub(crate) trap_words: [Global; names::TRAP_WORDS.len()],
    /// Bytes allocated since the last collection, and with how many the next one begins.
    pub(crate) collection: [Global; names::COLLECTION.len()],
    pub(crate) alloc: TypedFunc<i32, i32>,
    pub(crate) refill: TypedFunc<i32, ()>,
    pub(crate) collect: TypedFunc<(), ()>,
}

impl State {
    /// The module's exports.
    ///
    /// # Panics
    /// Before the module is instantiated, when no code of it or of the host can run yet.
    #[inline]
    pub(crate) fn guest(&self) -> &Arc<Guest> {
        self.guest.as_ref().expect("set before anything runs")
    }

    /// Whether guest code runs on fibers.
    #[inline]
    pub(crate) fn on_fibers(&self) -> bool {
        #[cfg(feature = "async")]
        return self.fibers.is_some();
        #[cfg(not(feature = "async"))]
        return false;
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
