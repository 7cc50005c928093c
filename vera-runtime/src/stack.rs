//! Native stack: room for Vera calls and for translation to machine code, and growth for Rust recursion over values.
//!
//! WebAssembly code stops with a typed error when it has used the stack that its engine grants. This must happen before
//! the thread's own stack ends, so every entry makes sure that there is enough stack. A module without recursive
//! functions has an engine that grants little, so any usual thread has enough. A module with recursive functions has an
//! engine that grants the whole limit, and calls of these functions move to a larger stack. Calls that may perform an
//! operation move too, because the host may call a recursive function back and the limit is that of the outermost call.
//! Other functions stay on the thread's stack if it has the room that [`crate::depth`] computes from their code.
//!
//! Async calls run on fibers: stacks of the engine, as large as the limit plus a reserve for host code. The thread's own
//! limit has no meaning there. So host code on a fiber runs within [`on_fiber`], which says how much stack is left, and no
//! fiber is suspended within it.
//!
//! A stack that cannot be allocated is an error, never a panic.

use crate::error::{Error, Limit};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Native stack of functions whose depth does not depend on their input.
pub(crate) const SHALLOW_CALLS: usize = 512 << 10;
/// The least that an engine can do with.
pub(crate) const SMALLEST_STACK: usize = 64 << 10;
/// Stack that host operations may rely on, however deep the Vera calls around them are.
const HOST_RESERVE: usize = 1 << 20;
/// Left over when recursion over a value moves to a new piece of stack.
const RED_ZONE: usize = 128 << 10;
/// The size of such a piece.
const PIECE: usize = 4 << 20;
/// What translating a module to machine code and instantiating it may use.
const TRANSLATION: usize = 4 << 20;

/// Runs one level of a recursion whose depth is the depth of a value.
#[inline]
pub(crate) fn recurse<R>(f: impl FnOnce() -> R) -> R {
    match needed_piece() {
        None => f(),
        Some(piece) => stacker::grow(piece, || off_fiber(f)),
    }
}

/// The size of a further piece of stack that recursion needs here, if any; [`with_piece`] makes it.
#[inline]
pub(crate) fn needed_piece() -> Option<usize> {
    if has(RED_ZONE) { None } else { Some(PIECE) }
}

/// Runs `f` on a further piece of stack; `None` when there is none to be had.
#[cold]
pub(crate) fn with_piece<R>(piece: usize, f: impl FnOnce() -> R) -> Option<R> {
    on_new(piece, f).ok()
}

/// Runs a Vera call that may need `calls` bytes ([`crate::depth`]). `native_stack` is what the engine lets it use.
///
/// # Errors
/// Those of `f`, and [`Limit::Stack`] when the system has no such stack.
#[inline]
pub(crate) fn call<R>(
    calls: usize,
    native_stack: usize,
    f: impl FnOnce() -> wasmtime::Result<R>,
) -> wasmtime::Result<R> {
    let calls = calls.min(native_stack).max(SHALLOW_CALLS);
    if has(calls.saturating_add(HOST_RESERVE)) {
        return f();
    }
    match on_new(native_stack.saturating_add(2 * HOST_RESERVE), f) {
        Ok(outcome) => outcome,
        Err(_) => Err(Error::limit(Limit::Stack(native_stack)).into()),
    }
}

/// Runs `f` where deep calls need no further stack, or where it is when there is no such stack: then they get the error.
pub(crate) fn enter<R>(native_stack: usize, f: impl FnOnce() -> R) -> R {
    let size = native_stack.saturating_add(3 * HOST_RESERVE);
    if has(size) {
        return f();
    }
    match on_new(size.saturating_add(HOST_RESERVE), f) {
        Ok(result) => result,
        Err(f) => f(),
    }
}

/// Runs work of the engine on a module: how much stack it needs does not depend on the thread.
pub(crate) fn translate<R>(f: impl FnOnce() -> R) -> R {
    if has(TRANSLATION) {
        return f();
    }
    match on_new(2 * TRANSLATION, f) {
        Ok(result) => result,
        Err(f) => f(),
    }
}

/// The largest stack for calls, at most `native_stack`, that the system can give.
pub(crate) fn largest(native_stack: usize) -> usize {
    let mut size = native_stack;
    while size > SMALLEST_STACK && !can_have(size) {
        size /= 2;
    }
    size
}

fn can_have(native_stack: usize) -> bool {
    /// The largest stack that could be had before.
    static KNOWN: AtomicUsize = AtomicUsize::new(0);
    if native_stack <= KNOWN.load(Ordering::Relaxed) {
        return true;
    }
    // What is reserved and not touched costs nothing but addresses.
    let mut probe: Vec<u8> = Vec::new();
    let has = probe.try_reserve_exact(native_stack.saturating_add(4 * HOST_RESERVE)).is_ok();
    if has {
        KNOWN.fetch_max(native_stack, Ordering::Relaxed);
    }
    has
}

#[inline]
fn has(size: usize) -> bool {
    #[cfg(feature = "async")]
    if let Some(left) = fiber::left() {
        return left >= size;
    }
    stacker::remaining_stack().is_some_and(|left| left >= size)
}

/// Runs host code that the guest has called, on a fiber or not.
#[inline]
pub(crate) fn entered<R>(on_fibers: bool, f: impl FnOnce() -> R) -> R {
    #[cfg(feature = "async")]
    if on_fibers {
        return on_fiber(f);
    }
    let _ = on_fibers;
    f()
}

#[cfg(feature = "async")]
use fiber::off_fiber;
#[cfg(feature = "async")]
pub(crate) use fiber::on_fiber;

/// Runs `f` on a stack that the thread knows.
#[cfg(not(feature = "async"))]
fn off_fiber<R>(f: impl FnOnce() -> R) -> R {
    f()
}

/// What is known of the stack while host code runs on a fiber.
#[cfg(feature = "async")]
mod fiber {
    use std::cell::Cell;
    use std::hint::black_box;
    use vera_engine::FIBER_RESERVE;

    /// What entering guest and host takes of the reserve.
    const ENTRY: usize = 64 << 10;

    thread_local! {
        /// The lowest address that host code may use on the fiber it runs on; 0 where it runs on a stack of the thread.
        static LOWEST: Cell<usize> = const { Cell::new(0) };
    }

    /// Puts the address back, also when the code panics.
    struct Restore(usize);

    impl Drop for Restore {
        fn drop(&mut self) {
            LOWEST.set(self.0);
        }
    }

    /// Runs host code that the guest has called on a fiber. It must not suspend the fiber.
    pub(crate) fn on_fiber<R>(f: impl FnOnce() -> R) -> R {
        let _restore = Restore(LOWEST.replace(here().saturating_sub(FIBER_RESERVE - ENTRY)));
        f()
    }

    /// Runs what has left the fiber for another stack.
    pub(super) fn off_fiber<R>(f: impl FnOnce() -> R) -> R {
        let _restore = Restore(LOWEST.replace(0));
        f()
    }

    /// Bytes that are left, on a fiber.
    #[inline]
    pub(super) fn left() -> Option<usize> {
        match LOWEST.get() {
            0 => None,
            lowest => Some(here().saturating_sub(lowest)),
        }
    }

    /// An address in the present frame.
    #[inline]
    fn here() -> usize {
        let local = 0_u8;
        black_box(&raw const local) as usize
    }
}

/// Runs `f` on a stack of its own; gives it back when there is none to be had.
#[cold]
fn on_new<R, F: FnOnce() -> R>(size: usize, f: F) -> std::result::Result<R, F> {
    let mut f = Some(f);
    let run = || f.take().map(|f| off_fiber(f));
    match catch_unwind(AssertUnwindSafe(|| stacker::grow(size, run))) {
        Ok(Some(result)) => Ok(result),
        Ok(None) => unreachable!("the closure runs once"),
        // The panic is that of the reservation when the closure has not begun.
        Err(panic) => match f {
            Some(f) => Err(f),
            None => resume_unwind(panic),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_that_cannot_be_had_is_an_error_and_the_work_is_not_lost() {
        assert!(!can_have(usize::MAX) && can_have(1 << 20));
        assert!(on_new(usize::MAX, || 1).is_err());
        assert_eq!(on_new(1 << 20, || 2).ok(), Some(2));
        let error = call(usize::MAX, usize::MAX, || Ok(3)).unwrap_err();
        assert_eq!(error.downcast_ref::<Error>(), Some(&Error::limit(Limit::Stack(usize::MAX))));
        assert_eq!(enter(1 << 60, || 4), 4);
    }

    #[cfg(feature = "async")]
    #[test]
    fn host_code_on_a_fiber_has_its_reserve_and_no_more() {
        // Whatever the thread's own stack has left.
        on_fiber(|| {
            assert!(has(HOST_RESERVE) && !has(2 * HOST_RESERVE));
            assert!(!recurse(|| has(3 * HOST_RESERVE)));
            // A further piece is a stack that the thread knows, and the fiber is known again behind it.
            assert_eq!(with_piece(16 << 20, || has(15 << 20)), Some(true));
            assert!(catch_unwind(|| with_piece(1 << 20, || -> () { panic!("inner") })).is_err());
            assert!(!has(2 * HOST_RESERVE));
        });
        assert!(enter(32 << 20, || has(32 << 20)));
    }

    #[test]
    fn a_panic_of_the_work_goes_on() {
        let thread = std::thread::Builder::new().stack_size(256 << 10);
        let thread = thread.spawn(|| call(usize::MAX, 8 << 20, || -> wasmtime::Result<()> { panic!("inner") }).is_ok());
        let panic = thread.unwrap().join().unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"inner"));
    }
}
