//! The host's access to guest memory: reading, allocating, rooting.
//!
//! Invariants:
//! * A pointer that must survive the next allocation is in the shadow stack; [`Heap::root`] puts it there.
//! * Free cells are taken one hole at a time and allocated in Rust. [`Heap::publish`] returns the rest and tells the
//!   collector where the roots end. It runs before every entry of the guest and nowhere else.
//! * An object is complete before the next allocation.
//!
//! Buffers under construction are filled after later allocations. That is sound because every collection marks from the
//! roots. A generational collector would need to know those buffers.

#![warn(clippy::indexing_slicing)]

mod holes;
mod list;
mod map;
mod object;
mod read;

pub(crate) use holes::Holes;
pub(crate) use list::List;
pub(crate) use map::{Entries, Hash, MapBuilder};
pub use read::{Object, Reader};

use crate::enter::enter;
use crate::error::{Error, Limit, Result};
use crate::meter::{Meter, NODE, text_units};
use crate::raw::Raw;
use crate::stack;
use crate::state::{State, get_global, set_global};
use crate::stop;
use crate::trace;
use vera_abi::heap::{self, size_class};
use wasmtime::{AsContext, Memory, StoreContextMut};

/// The host's view of the shadow stack.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Roots {
    /// Address of the first slot that is free for the host, or [`Roots::UNREAD`].
    pub(crate) top: u32,
    /// What `gc_sp` holds while the guest does not run.
    pub(crate) published: u32,
    /// `gc_sp` of the guest that called the host.
    pub(crate) guest: u32,
    /// One past the last slot.
    pub(crate) limit: u32,
}

impl Roots {
    /// The top of the roots from when the guest calls the host until the host needs it: an operation that passes numbers
    /// never does.
    pub(crate) const UNREAD: u32 = 0;
}

/// What is left of the limits on one value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) nodes: u64,
    pub(crate) bytes: u64,
    pub(crate) depth: u32,
}

/// Access to an instance's memory, for writing values into it.
pub struct Heap<'a> {
    store: StoreContextMut<'a, State>,
    memory: Memory,
    pub(crate) budget: Budget,
    /// Whether guest code is active below: the host was called by it.
    pub(crate) within_guest: bool,
}

impl<'a> Heap<'a> {
    #[inline]
    pub(crate) fn new(store: StoreContextMut<'a, State>) -> Self {
        let state = store.data();
        let memory = state.guest().memory;
        let limits = &state.limits;
        let budget = Budget { nodes: limits.nodes, bytes: limits.bytes, depth: limits.depth };
        Heap { store, memory, budget, within_guest: false }
    }

    #[inline]
    pub(crate) fn store(&mut self) -> &mut StoreContextMut<'a, State> {
        &mut self.store
    }

    #[inline]
    pub(crate) fn state(&self) -> &State {
        self.store.data()
    }

    /// A view for reading, with a full budget.
    pub(crate) fn reader(&self) -> Reader<'_> {
        let limits = &self.state().limits;
        let budget = Budget { nodes: limits.nodes, bytes: limits.bytes, depth: limits.depth };
        Reader::new(self.memory.data(&self.store), budget, self.meter())
    }

    /// A view for reading numbers, which are not in memory: looking memory up costs as much as the rest of a scalar call.
    #[inline]
    pub(crate) fn reader_of_numbers(&self) -> Reader<'_> {
        Reader::new(&[], self.budget, self.meter())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.memory.data(&self.store)
    }

    #[inline]
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        self.memory.data_mut(&mut self.store)
    }

    /// Memory and state together.
    #[inline]
    pub(crate) fn view(&mut self) -> (&mut [u8], &mut State) {
        self.memory.data_and_store_mut(&mut self.store)
    }

    /// What the work for the call costs.
    #[inline]
    pub(crate) fn meter(&self) -> &Meter {
        &self.store.data().meter
    }

    /// Takes back what was counted for a node with text that was not made.
    pub(crate) fn uncount(&mut self, bytes: usize) {
        self.budget.nodes += 1;
        self.budget.bytes += bytes as u64;
        self.meter().refund(NODE + text_units(bytes));
    }

    /// Counts a node of the value under construction against the limits, and the work on it.
    #[inline]
    pub(crate) fn count_node(&mut self) -> Result<()> {
        self.meter().work(NODE)?;
        match self.budget.nodes.checked_sub(1) {
            Some(rest) => {
                self.budget.nodes = rest;
                Ok(())
            }
            None => Err(Error::limit(Limit::Nodes(self.state().limits.nodes))),
        }
    }

    /// Counts text of the value under construction against the limits, and the work on it.
    #[inline]
    pub(crate) fn count_bytes(&mut self, count: usize) -> Result<()> {
        self.meter().work(text_units(count))?;
        match self.budget.bytes.checked_sub(count as u64) {
            Some(rest) => {
                self.budget.bytes = rest;
                Ok(())
            }
            None => Err(Error::limit(Limit::Bytes(self.state().limits.bytes))),
        }
    }

    /// Runs `f` one level deeper, on more native stack when that is needed and possible: the stack must not be switched
    /// below WebAssembly code that is still active, whose limit is an address in the present stack. Where calls run on
    /// fibers, each has a limit of its own.
    pub(crate) fn deeper<R>(&mut self, f: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        let Some(rest) = self.budget.depth.checked_sub(1) else {
            return Err(Error::limit(Limit::Depth(self.state().limits.depth)));
        };
        self.budget.depth = rest;
        let result = match stack::needed_piece() {
            None => f(self),
            Some(_) if self.within_guest && !self.state().on_fibers() => {
                Err(Error::limit(Limit::Stack(self.state().native_stack)))
            }
            Some(piece) => self.on_piece(piece, f),
        };
        self.budget.depth += 1;
        result
    }

    #[cold]
    fn on_piece<R>(&mut self, piece: usize, f: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        self.meter().hold(piece as u64)?;
        let result = stack::with_piece(piece, || f(self)).unwrap_or_else(|| Err(self.meter().out_of_memory()));
        self.meter().give_back(piece as u64);
        result
    }

    /// What the hashes of map keys depend on.
    #[inline]
    pub(crate) fn hash_key(&self) -> vera_abi::map::hash::Key {
        self.store.data().hash_key
    }

    /// The present top of the roots, for [`Heap::release`].
    #[inline]
    pub(crate) fn mark(&mut self) -> u32 {
        match self.store.data().roots.top {
            Roots::UNREAD => self.read_top(),
            top => top,
        }
    }

    /// Reads where the roots of the guest end, which called the host.
    #[cold]
    fn read_top(&mut self) -> u32 {
        let gc_sp = self.state().guest().gc_sp;
        let top = get_global(&mut self.store, gc_sp) as u32;
        let roots = &mut self.store.data_mut().roots;
        *roots = Roots { top, published: top, guest: top, ..*roots };
        top
    }

    /// Forgets the roots made since `mark`.
    #[inline]
    pub(crate) fn release(&mut self, mark: u32) {
        self.store.data_mut().roots.top = mark;
    }

    /// Roots a pointer; returns its slot.
    #[inline]
    pub(crate) fn root(&mut self, pointer: u32) -> Result<u32> {
        let slot = self.mark();
        let (memory, state) = self.memory.data_and_store_mut(&mut self.store);
        if slot >= state.roots.limit {
            return Err(Error::limit(Limit::ShadowStack(state.limits.shadow_stack)));
        }
        put_u32(memory, slot, pointer)?;
        state.roots.top = slot + 4;
        Ok(slot)
    }

    /// Changes what a slot roots.
    #[inline]
    pub(crate) fn set_root(&mut self, slot: u32, pointer: u32) -> Result<()> {
        put_u32(self.bytes_mut(), slot, pointer)
    }

    /// Runs the guest. What it allocates and roots, and the fuel it spends, is known to the host afterwards.
    ///
    /// # Errors
    /// When it cannot begin; how it ended is the result.
    #[inline]
    pub(crate) fn run<R>(
        &mut self,
        run: impl FnOnce(&mut StoreContextMut<'a, State>) -> wasmtime::Result<R>,
    ) -> Result<wasmtime::Result<R>> {
        self.mark();
        self.publish()?;
        let outcome = run(&mut self.store);
        self.take_fuel()?;
        Ok(outcome)
    }

    fn run_allocator<R>(
        &mut self,
        run: impl FnOnce(&mut StoreContextMut<'a, State>) -> wasmtime::Result<R>,
    ) -> Result<R> {
        self.run(run)?.map_err(|error| stop::of_allocator(&mut self.store, &error))
    }

    /// Moves the fuel from the store to the meter: host code runs from here on.
    #[inline]
    pub(crate) fn take_fuel(&mut self) -> Result<()> {
        if self.state().limits.fuel.is_some() {
            let left = self.store.get_fuel().map_err(no_fuel)?;
            self.meter().set_fuel(left);
        }
        Ok(())
    }

    /// Whether the guest can go on as it is: the host has not looked at roots, taken cells or counted fuel.
    #[inline]
    pub(crate) fn has_left_nothing(&self) -> bool {
        let state = self.store.data();
        state.roots.top == Roots::UNREAD && !state.holes.any_taken() && state.limits.fuel.is_none()
    }

    /// Prepares for the guest to run: hands free cells and fuel back, and publishes the roots.
    #[inline]
    pub(crate) fn publish(&mut self) -> Result<()> {
        if let Some(left) = self.meter().fuel() {
            self.store.set_fuel(left).map_err(no_fuel)?;
        }
        let state = self.store.data();
        if state.holes.any_taken() {
            let (memory, state) = self.memory.data_and_store_mut(&mut self.store);
            state.holes.hand_back(memory)?;
        }
        let state = self.store.data_mut();
        let top = state.roots.top;
        if top != Roots::UNREAD && top != state.roots.published {
            state.roots.published = top;
            let gc_sp = state.guest().gc_sp;
            set_global(&mut self.store, gc_sp, top)?;
        }
        Ok(())
    }

    /// An uninitialised cell of at least `size` bytes. Collects when it must.
    #[inline]
    pub(crate) fn alloc(&mut self, size: u32) -> Result<u32> {
        match size_class(size) {
            Some(class) => self.alloc_class(class as usize),
            None => self.alloc_large(size),
        }
    }

    /// An uninitialised cell of a size class.
    #[inline]
    pub(crate) fn alloc_class(&mut self, class: usize) -> Result<u32> {
        match self.store.data_mut().holes.take(class) {
            Some(cell) => Ok(cell),
            None => self.refill(class),
        }
    }

    #[cold]
    fn refill(&mut self, class: usize) -> Result<u32> {
        self.meter().check_deadline()?;
        // The hole may be full of cells that were not taken yet.
        for _ in 0..2 {
            let (memory, state) = self.memory.data_and_store_mut(&mut self.store);
            state.holes.open(class, memory)?;
            if let Some(cell) = state.holes.take(class) {
                return Ok(cell);
            }
            let guest = self.state().guest().clone();
            self.run_allocator(|store| enter(&guest.refill, store, class as i32, None))?;
        }
        Err(Error::internal(format!("no cell of {} bytes after a refill", heap::cell_size(class as u32))))
    }

    #[cold]
    fn alloc_large(&mut self, size: u32) -> Result<u32> {
        if size > heap::MAX_BUFFER_BYTES {
            return Err(Error::limit(Limit::Buffer(heap::MAX_BUFFER_BYTES)));
        }
        self.meter().check_deadline()?;
        let guest = self.state().guest().clone();
        self.run_allocator(|store| enter(&guest.alloc, store, size as i32, None)).map(|pointer| pointer as u32)
    }

    /// Runs a full collection.
    pub(crate) fn collect(&mut self) -> Result<()> {
        let guest = self.state().guest().clone();
        trace::collection(self, |heap| heap.run_allocator(|store| enter(&guest.collect, store, (), None)))
    }

    /// Starts counting a new value.
    #[inline]
    pub(crate) fn reset_budget(&mut self) {
        let limits = &self.store.data().limits;
        self.budget = Budget { nodes: limits.nodes, bytes: limits.bytes, depth: limits.depth };
    }
}

/// A raw value whose pointer, if any, is to be rooted.
impl Heap<'_> {
    /// Roots the pointer of a value that has one.
    #[inline]
    pub(crate) fn root_value(&mut self, rep: vera_abi::layout::Rep, raw: Raw) -> Result<Raw> {
        if rep.has_pointer() {
            self.root(raw.pointer())?;
        }
        Ok(raw)
    }
}

#[cold]
pub(crate) fn no_fuel(error: wasmtime::Error) -> Error {
    Error::internal(format!("the fuel of the store cannot be reached: {error}"))
}

#[cold]
pub(crate) fn out_of_range(address: u32) -> Error {
    Error::internal(format!("a value refers to address {address:#x} outside memory"))
}

#[inline]
pub(crate) fn slice(memory: &[u8], address: u32, len: usize) -> Result<&[u8]> {
    let start = address as usize;
    memory.get(start..start.saturating_add(len)).ok_or_else(|| out_of_range(address))
}

#[inline]
pub(crate) fn slice_mut(memory: &mut [u8], address: u32, len: usize) -> Result<&mut [u8]> {
    let start = address as usize;
    memory.get_mut(start..start.saturating_add(len)).ok_or_else(|| out_of_range(address))
}

#[inline]
pub(crate) fn get_u8(memory: &[u8], address: u32) -> Result<u8> {
    memory.get(address as usize).copied().ok_or_else(|| out_of_range(address))
}

#[inline]
pub(crate) fn get_u32(memory: &[u8], address: u32) -> Result<u32> {
    match memory.get(address as usize..).and_then(|rest| rest.first_chunk()) {
        Some(word) => Ok(u32::from_le_bytes(*word)),
        None => Err(out_of_range(address)),
    }
}

#[inline]
pub(crate) fn get_u64(memory: &[u8], address: u32) -> Result<u64> {
    match memory.get(address as usize..).and_then(|rest| rest.first_chunk()) {
        Some(word) => Ok(u64::from_le_bytes(*word)),
        None => Err(out_of_range(address)),
    }
}

#[inline]
pub(crate) fn put_u32(memory: &mut [u8], address: u32, value: u32) -> Result<()> {
    match memory.get_mut(address as usize..).and_then(|rest| rest.first_chunk_mut()) {
        Some(word) => {
            *word = value.to_le_bytes();
            Ok(())
        }
        None => Err(out_of_range(address)),
    }
}

impl std::fmt::Debug for Heap<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Heap").field("roots", &self.store.as_context().data().roots).finish_non_exhaustive()
    }
}
