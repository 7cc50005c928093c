//! Failures of a guest call that do not depend on its values: limits of the engine and of the allocator, errors of the
//! host on the way, and traps that no module of the compiler raises.
//!
//! The allocator is called where nothing else of the module is, so this module covers all its failures.
//! [`crate::failure`] describes failures of the program's functions.
//!
//! A module can be stopped anywhere without harm, even in its collector. The support module keeps its heap sound at
//! every step, and the values of a stopped function are unreachable once the roots are restored. An instance becomes
//! unusable only by events that a module of the compiler cannot cause.

use crate::error::{Error, Limit, TrapKind};
use crate::state::{State, get_global};
use std::any::Any;
use vera_abi::{heap, trap};
use wasmtime::{AsContextMut, StoreContextMut, Val};

/// Why the guest stopped.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A limit, or an error of the host that the guest had called.
    Error(Error),
    /// A check of the program, by its site.
    Check(i32),
    /// A trap of the machine that is a check of the program.
    Machine(TrapKind),
    /// What cannot happen to a module of the compiler: nothing can be said about its memory.
    Broken(String),
}

/// Finds out why a call failed, and makes the next entry set `gc_sp` whatever the guest left there.
#[cold]
pub(crate) fn reason(store: &mut StoreContextMut<'_, State>, error: &wasmtime::Error) -> Stop {
    store.data_mut().roots.published = u32::MAX;
    let trap_site = store.data().guest().trap_site;
    let site = get_global(store, trap_site);
    // A failed write would only repeat the site in a later error of the same kind.
    let _ = trap_site.set(store.as_context_mut(), Val::I32(trap::NO_SITE));

    let limits = store.data().limits;
    let limit = |limit| Stop::Error(Error::limit(limit));
    if let Some(own) = error.downcast_ref::<Error>() {
        return Stop::Error(own.clone());
    }
    match error.downcast_ref::<wasmtime::Trap>() {
        // No call ends so: it did not begin, for want of a stack.
        None if store.data().on_fibers() => limit(Limit::Stack(store.data().native_stack)),
        None => Stop::Broken(format!("{error:#}")),
        Some(wasmtime::Trap::StackOverflow) => limit(Limit::Stack(store.data().native_stack)),
        Some(wasmtime::Trap::OutOfFuel) => limit(Limit::Fuel(limits.fuel.unwrap_or_default())),
        Some(wasmtime::Trap::Interrupt) => limit(Limit::Deadline(limits.deadline.unwrap_or_default())),
        Some(wasmtime::Trap::UnreachableCodeReached) => match site {
            trap::SITE_HEAP_EXHAUSTED => limit(Limit::Memory(limits.memory)),
            trap::SITE_SHADOW_STACK_EXHAUSTED => limit(Limit::ShadowStack(limits.shadow_stack)),
            trap::SITE_BUFFER_TOO_LARGE => limit(Limit::Buffer(heap::MAX_BUFFER_BYTES)),
            trap::SITE_HEAP_CORRUPT => Stop::Broken("the heap check found a malformed object".to_owned()),
            trap::NO_SITE => Stop::Machine(TrapKind::Unreachable),
            site => Stop::Check(site),
        },
        Some(wasmtime::Trap::IntegerDivisionByZero) => Stop::Machine(TrapKind::DivideByZero),
        Some(wasmtime::Trap::IntegerOverflow) => Stop::Machine(TrapKind::Overflow),
        Some(wasmtime::Trap::BadConversionToInteger) => Stop::Machine(TrapKind::FloatConversion),
        Some(other) => Stop::Broken(other.to_string()),
    }
}

/// Prepares the instance for its next call after a call was dropped, at any point.
#[cfg(feature = "async")]
pub(crate) fn given_up(store: &mut StoreContextMut<'_, State>) {
    store.data_mut().roots.published = u32::MAX;
}

/// The error for what cannot happen; the instance cannot be used from here on.
#[cold]
pub(crate) fn broken(store: &mut StoreContextMut<'_, State>, what: impl Into<String>) -> Error {
    let error = Error::internal(what);
    store.data_mut().unusable.get_or_insert_with(|| error.to_string().into_boxed_str());
    error
}

/// The error for a failed call of the allocator.
#[cold]
pub(crate) fn of_allocator(store: &mut StoreContextMut<'_, State>, error: &wasmtime::Error) -> Error {
    match reason(store, error) {
        Stop::Error(error) => error,
        Stop::Broken(what) => broken(store, what),
        Stop::Check(site) => broken(store, format!("the allocator stopped at site {site}")),
        Stop::Machine(kind) => broken(store, format!("the allocator stopped by {}", kind.as_str())),
    }
}

/// What a panic says.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> String {
    if let Some(text) = panic.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text.clone()
    } else {
        "a value that is not text".to_owned()
    }
}
