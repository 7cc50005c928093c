//! Entering the code of a guest: the program's functions, and the allocator.

use crate::stack;
use crate::state::State;
use wasmtime::{AsContextMut, StoreContextMut, TypedFunc, WasmParams, WasmResults};

/// Calls a function of the guest and waits for it. `needed` is the native stack that it may need, in bytes; `None` where a
/// call below has seen to it.
///
/// # Errors
/// What the guest ended in.
#[inline]
pub(crate) fn enter<P: WasmParams + Sync, R: WasmResults + Sync>(
    func: &TypedFunc<P, R>,
    store: &mut StoreContextMut<'_, State>,
    params: P,
    needed: Option<usize>,
) -> wasmtime::Result<R> {
    #[cfg(feature = "async")]
    if store.data().on_fibers() {
        return crate::awaited::now(store, async |store| func.call_async(store, params).await);
    }
    let native_stack = store.data().native_stack;
    let run = || func.call(store.as_context_mut(), params);
    match needed {
        Some(needed) => stack::call(needed, native_stack, run),
        None => run(),
    }
}
