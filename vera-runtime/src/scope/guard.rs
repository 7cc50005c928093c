//! Entering and leaving the host's part of a call.

use crate::error::Result;
use crate::heap::{Heap, Roots};
use crate::state::{State, get_global, set_global};
use wasmtime::{AsContextMut, StoreContextMut};

/// When dropped (on return, on `?`, on panic), restores the shadow stack and releases the host memory of the entry.
pub(crate) struct ShadowGuard<'a> {
    pub(crate) heap: Heap<'a>,
    saved: Roots,
    /// Host memory in use when the host was entered.
    held: u64,
    /// Whether the guest called the host.
    by_guest: bool,
}

impl<'a> ShadowGuard<'a> {
    /// Enters from Rust: the guest does not run.
    #[inline]
    pub(crate) fn from_outside(store: StoreContextMut<'a, State>) -> Self {
        let (saved, held) = (store.data().roots, store.data().meter.held());
        ShadowGuard { heap: Heap::new(store), saved, held, by_guest: false }
    }

    /// Enters from a host function that the guest called.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::Error::Internal) when the store does not report its fuel.
    #[inline]
    pub(crate) fn from_guest(mut store: StoreContextMut<'a, State>) -> Result<Self> {
        let state = store.data_mut();
        let (saved, held) = (state.roots, state.meter.held());
        state.roots.top = Roots::UNREAD;
        let mut heap = Heap::new(store);
        heap.within_guest = true;
        let mut guard = ShadowGuard { heap, saved, held, by_guest: true };
        guard.heap.take_fuel()?;
        Ok(guard)
    }
}

impl Drop for ShadowGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.heap.meter().release(self.held);
        if !self.by_guest {
            self.heap.release(self.saved.top);
            return;
        }
        if self.heap.has_left_nothing() {
            self.heap.store().data_mut().roots = self.saved;
        } else {
            self.hand_over();
        }
    }
}

impl ShadowGuard<'_> {
    /// Lets the guest go on: it needs its free cells, its fuel and its own `gc_sp`.
    fn hand_over(&mut self) {
        let roots = self.heap.state().roots;
        if roots.top != Roots::UNREAD {
            self.heap.release(roots.guest);
        }
        let outcome = self.heap.publish();
        let state = self.heap.store().data_mut();
        state.roots = self.saved;
        if let Err(error) = outcome {
            state.unusable.get_or_insert_with(|| error.to_string().into());
        }
    }

    /// Opens a guard inside this one.
    pub(crate) fn nested(&mut self) -> ShadowGuard<'_> {
        let within_guest = self.heap.within_guest;
        // The roots are where they were when the inner guard ends.
        self.heap.mark();
        let mut guard = ShadowGuard::from_outside(self.heap.store().as_context_mut());
        guard.heap.within_guest = within_guest;
        guard
    }
}

/// Sets `gc_sp` and the host's view of it at the start.
pub(crate) fn start(store: &mut StoreContextMut<'_, State>, limit: u32) -> Result<()> {
    let gc_sp = store.data().guest().gc_sp;
    let base = get_global(store, gc_sp) as u32;
    store.data_mut().roots = Roots { top: base, published: base, guest: base, limit };
    set_global(store, gc_sp, base)
}
