//! The cost of the host's own work for a call: units of work, time, host memory.
//!
//! The engine meters WebAssembly code. This meter counts reading values from a module, writing values into it, and the
//! built-ins of the host:
//!
//! * *Work* is charged as fuel if the instance has fuel, in units of about one WebAssembly instruction: [`NODE`] for a
//!   node of a tree, one for 8 bytes of text ([`text_units`]). The clock is read once every [`BATCH`] units, which is
//!   well under a millisecond of work.
//! * *Host memory* is the memory that the runtime itself holds for the call: a value that is being read, a document
//!   that is being parsed, a text that is being printed. It is released when the work that needed it ends, and when a
//!   value passes to the embedder's code.
//!
//! Invariant: while host code runs, the call's fuel is in the meter; while guest code runs, it is in the store. `Heap`
//! moves it whenever one enters the other.
//!
//! A meter stops nothing by itself: every loop over data of the guest's size must call it.

#![warn(clippy::indexing_slicing)]

use crate::error::{Error, Limit, Result};
use crate::limits::Limits;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Units for a node of a value: reading or making an object, a branch of a walk.
pub(crate) const NODE: u64 = 16;
/// Units between two looks at fuel and clock.
const BATCH: u64 = 1 << 14;

/// Units for passing over text or other flat data.
#[inline]
pub(crate) const fn text_units(bytes: usize) -> u64 {
    bytes as u64 / 8 + 1
}

/// The meter of one instance.
#[derive(Debug)]
pub(crate) struct Meter {
    fuel_limit: Option<u64>,
    time_limit: Option<Duration>,
    memory_limit: u64,
    /// When the call that is under way must end.
    deadline: Option<Instant>,
    /// Units that may be spent before the next look at fuel and clock.
    batch: Cell<u64>,
    /// What is left of the call's fuel besides the batch.
    fuel: Cell<u64>,
    /// Bytes of host memory in use.
    held: Cell<u64>,
}

impl Meter {
    /// A meter for an instance of these limits.
    pub(crate) fn new(limits: &Limits) -> Self {
        Meter {
            fuel_limit: limits.fuel,
            time_limit: limits.deadline,
            memory_limit: limits.host_memory,
            deadline: None,
            batch: Cell::new(0),
            fuel: Cell::new(u64::MAX),
            held: Cell::new(0),
        }
    }

    /// Starts the time of a call.
    pub(crate) fn start_clock(&mut self) {
        self.start_clock_of(Duration::ZERO);
    }

    /// Starts the time of something that gets at least `least`.
    pub(crate) fn start_clock_of(&mut self, least: Duration) {
        self.deadline = self.time_limit.and_then(|time| Instant::now().checked_add(time.max(least)));
    }

    /// Starts the clock of a call again, which has `left` of its time.
    #[cfg(feature = "async")]
    pub(crate) fn resume_clock(&mut self, left: Option<Duration>) {
        self.deadline = left.and_then(|left| Instant::now().checked_add(left));
    }

    /// When the call that is under way must end.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// An error when the time of the call is over. WebAssembly code asks for itself.
    #[inline]
    pub(crate) fn check_deadline(&self) -> Result<()> {
        match self.deadline {
            Some(deadline) => self.check_that(deadline),
            None => Ok(()),
        }
    }

    fn check_that(&self, deadline: Instant) -> Result<()> {
        match self.time_limit {
            Some(time) if Instant::now() >= deadline => Err(Error::limit(Limit::Deadline(time))),
            _ => Ok(()),
        }
    }

    /// The fuel that is left, when the instance has fuel.
    pub(crate) fn fuel(&self) -> Option<u64> {
        self.fuel_limit.map(|_| self.fuel.get() + self.batch.get())
    }

    /// Takes over the fuel that is left.
    pub(crate) fn set_fuel(&self, left: u64) {
        let batch = left.min(self.batch.get());
        self.batch.set(batch);
        self.fuel.set(left - batch);
    }

    /// Counts work.
    ///
    /// # Errors
    /// [`Limit::Fuel`], [`Limit::Deadline`].
    #[inline]
    pub(crate) fn work(&self, units: u64) -> Result<()> {
        match self.batch.get().checked_sub(units) {
            Some(rest) => {
                self.batch.set(rest);
                Ok(())
            }
            None => self.next_batch(units),
        }
    }

    #[cold]
    fn next_batch(&self, units: u64) -> Result<()> {
        self.check_deadline()?;
        let Some(limit) = self.fuel_limit else {
            self.batch.set(BATCH);
            return Ok(());
        };
        let missing = units - self.batch.get();
        self.batch.set(0);
        let Some(left) = self.fuel.get().checked_sub(missing) else {
            self.fuel.set(0);
            return Err(Error::limit(Limit::Fuel(limit)));
        };
        let batch = left.min(BATCH);
        self.batch.set(batch);
        self.fuel.set(left - batch);
        Ok(())
    }

    /// Takes back work that was counted and not done.
    pub(crate) fn refund(&self, units: u64) {
        self.batch.set(self.batch.get().saturating_add(units));
    }

    /// Counts bytes of host memory that are about to be used.
    ///
    /// # Errors
    /// [`Limit::HostMemory`].
    #[inline]
    pub(crate) fn hold(&self, bytes: u64) -> Result<()> {
        let held = self.held.get().saturating_add(bytes);
        if held > self.memory_limit {
            return Err(self.out_of_memory());
        }
        self.held.set(held);
        Ok(())
    }

    /// Host memory in use, for [`Meter::release`].
    #[inline]
    pub(crate) fn held(&self) -> u64 {
        self.held.get()
    }

    /// Host memory that came into use since `held` was asked for is free again.
    #[inline]
    pub(crate) fn release(&self, held: u64) {
        self.held.set(held);
    }

    /// Bytes that [`Meter::reserve`] counted for a buffer.
    pub(crate) fn size_of<B: Buffer>(buffer: &B) -> u64 {
        buffer.capacity() as u64 * B::ELEMENT
    }

    /// Bytes that were counted are free again.
    #[inline]
    pub(crate) fn give_back(&self, bytes: u64) {
        self.held.set(self.held.get().saturating_sub(bytes));
    }

    /// The error for host memory that the limit does not allow, or that the system does not have.
    #[cold]
    pub(crate) fn out_of_memory(&self) -> Error {
        Error::limit(Limit::HostMemory(self.memory_limit))
    }

    /// Makes room for more elements, counting what the buffer grows by. It grows at least by half, so that many small
    /// additions cost no more than their sum.
    ///
    /// # Errors
    /// [`Limit::HostMemory`].
    #[inline]
    pub(crate) fn reserve(&self, buffer: &mut impl Buffer, additional: usize) -> Result<()> {
        if buffer.capacity() - buffer.len() >= additional { Ok(()) } else { self.grow(buffer, additional) }
    }

    #[cold]
    fn grow<B: Buffer>(&self, buffer: &mut B, additional: usize) -> Result<()> {
        const SMALLEST: usize = 8;
        let (len, capacity) = (buffer.len(), buffer.capacity());
        let least = len.checked_add(additional).ok_or_else(|| self.out_of_memory())?;
        let target = least.max(capacity.saturating_add(capacity / 2)).max(SMALLEST);
        self.hold((target - capacity) as u64 * B::ELEMENT)?;
        if buffer.try_reserve_exact(target - len) { Ok(()) } else { Err(self.out_of_memory()) }
    }

    /// Appends an element to a vector.
    ///
    /// # Errors
    /// [`Limit::HostMemory`].
    #[inline]
    pub(crate) fn push<T>(&self, items: &mut Vec<T>, item: T) -> Result<()> {
        self.reserve(items, 1)?;
        items.push(item);
        Ok(())
    }

    /// Appends text, and counts the work of it.
    ///
    /// # Errors
    /// [`Limit::HostMemory`], [`Limit::Fuel`], [`Limit::Deadline`].
    #[inline]
    pub(crate) fn push_str(&self, text: &mut String, more: &str) -> Result<()> {
        self.work(text_units(more.len()))?;
        self.reserve(text, more.len())?;
        text.push_str(more);
        Ok(())
    }

    /// A copy of bytes. Counts the work of it.
    ///
    /// # Errors
    /// [`Limit::HostMemory`], [`Limit::Fuel`], [`Limit::Deadline`].
    pub(crate) fn copy(&self, bytes: &[u8]) -> Result<Vec<u8>> {
        self.work(text_units(bytes.len()))?;
        let mut copy = Vec::new();
        self.reserve(&mut copy, bytes.len())?;
        copy.extend_from_slice(bytes);
        Ok(copy)
    }
}

/// A buffer that grows.
pub(crate) trait Buffer {
    /// Bytes of an element.
    const ELEMENT: u64;
    /// Elements in it.
    fn len(&self) -> usize;
    /// Elements it has room for.
    fn capacity(&self) -> usize;
    /// Makes room for more elements; whether there is memory for them.
    fn try_reserve_exact(&mut self, additional: usize) -> bool;
}

macro_rules! buffer {
    ([$($item:ident)?] $buffer:ty, $element:expr) => {
        impl<$($item)?> Buffer for $buffer {
            const ELEMENT: u64 = $element;

            #[inline]
            fn len(&self) -> usize {
                self.len()
            }

            #[inline]
            fn capacity(&self) -> usize {
                self.capacity()
            }

            fn try_reserve_exact(&mut self, additional: usize) -> bool {
                self.try_reserve_exact(additional).is_ok()
            }
        }
    };
}

buffer!([T] Vec<T>, size_of::<T>() as u64);
buffer!([] String, 1);

#[cfg(test)]
mod tests {
    use super::*;

    fn limit<T: std::fmt::Debug>(outcome: Result<T>) -> Limit {
        match outcome {
            Err(Error::Limit(reached)) => reached.limit,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn fuel_is_exact_across_batches() {
        for fuel in [0, 1, BATCH - 1, BATCH, BATCH + 1, 3 * BATCH + 7] {
            let meter = Meter::new(&Limits { fuel: Some(fuel), ..Limits::default() });
            meter.set_fuel(fuel);
            for spent in 0..fuel {
                assert_eq!(meter.fuel(), Some(fuel - spent));
                meter.work(1).unwrap();
            }
            assert_eq!(limit(meter.work(1)), Limit::Fuel(fuel));
            assert_eq!(meter.fuel(), Some(0));
        }
    }

    #[test]
    fn much_work_at_once_is_charged_whole() {
        let meter = Meter::new(&Limits { fuel: Some(10 * BATCH), ..Limits::default() });
        meter.set_fuel(10 * BATCH);
        meter.work(9 * BATCH).unwrap();
        assert_eq!(meter.fuel(), Some(BATCH));
        // What the guest spends meanwhile.
        meter.set_fuel(5);
        assert_eq!(limit(meter.work(6)), Limit::Fuel(10 * BATCH));
    }

    #[test]
    fn without_fuel_only_the_clock_stops_work() {
        let mut meter = Meter::new(&Limits { deadline: Some(Duration::ZERO), ..Limits::default() });
        meter.work(u64::MAX).unwrap();
        assert_eq!(meter.fuel(), None);
        meter.start_clock();
        let stopped = (0..=BATCH).find_map(|_| meter.work(1).err());
        assert_eq!(limit(stopped.map_or(Ok(()), Err)), Limit::Deadline(Duration::ZERO));
    }

    #[test]
    fn host_memory_counts_capacity_and_is_given_back() {
        let meter = Meter::new(&Limits { host_memory: 1000, ..Limits::default() });
        let before = meter.held();
        let mut items: Vec<u64> = Vec::new();
        let full = (0..1000).find_map(|n| meter.push(&mut items, n).err());
        assert_eq!(limit(full.map_or(Ok(()), Err)), Limit::HostMemory(1000));
        assert!(items.len() > 60, "{}", items.len());
        assert_eq!(meter.held(), items.capacity() as u64 * 8);
        meter.release(before);
        assert!(meter.push_str(&mut String::new(), &"x".repeat(1000)).is_ok());
        assert_eq!(limit(meter.copy(&[0])), Limit::HostMemory(1000));
    }

    #[test]
    fn memory_that_the_system_does_not_have_is_an_error() {
        let meter = Meter::new(&Limits { host_memory: u64::MAX, ..Limits::default() });
        assert_eq!(limit(meter.reserve(&mut Vec::<u64>::new(), usize::MAX / 16)), Limit::HostMemory(u64::MAX));
    }
}
