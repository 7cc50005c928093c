//! The ways into guest code, as futures.

use crate::state::State;
use wasmtime::{AsContextMut, Func, Store, TypedFunc, Val, WasmParams, WasmResults};

/// A call that is about to be made.
pub(super) trait Enter: Send {
    /// What the guest returns.
    type Returned: Send;

    /// Makes it.
    fn enter(self, store: &mut Store<State>) -> impl Future<Output = wasmtime::Result<Self::Returned>> + Send;
}

/// A function whose type is known.
pub(super) struct Typed<P, R>(pub(super) TypedFunc<P, R>, pub(super) P);

impl<P: WasmParams + Sync, R: WasmResults + Sync> Enter for Typed<P, R> {
    type Returned = R;

    async fn enter(self, store: &mut Store<State>) -> wasmtime::Result<R> {
        self.0.call_async(store.as_context_mut(), self.1).await
    }
}

/// A function with any number of values.
pub(super) struct Wide {
    pub(super) func: Func,
    pub(super) values: Vec<Val>,
    /// How many values it returns.
    pub(super) results: usize,
}

impl Enter for Wide {
    type Returned = Vec<Val>;

    async fn enter(self, store: &mut Store<State>) -> wasmtime::Result<Vec<Val>> {
        let mut results = vec![Val::I32(0); self.results];
        self.func.call_async(store.as_context_mut(), &self.values, &mut results).await?;
        Ok(results)
    }
}
