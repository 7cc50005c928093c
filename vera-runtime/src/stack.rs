//! Native stack: enough of it for Vera calls, and growth for Rust recursion over values.
//!
//! WebAssembly code stops with a typed error when it has used the stack its engine grants it. For that to come before
//! the thread's own stack ends, every entry makes sure that there is as much. A module without recursive functions has
//! an engine that grants little, so that any usual thread has enough; a module with them has one that grants the
//! whole limit, and calls of its recursive functions move to a larger stack. Its other functions stay: the compiler
//! found that they need no more than [`SHALLOW_CALLS`].

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

/// Runs one level of a recursion whose depth is the depth of a value.
#[inline]
pub(crate) fn recurse<R>(f: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(RED_ZONE, PIECE, f)
}

/// The size of a further piece of stack that recursion needs here, if any; [`with_piece`] makes it.
#[inline]
pub(crate) fn needed_piece() -> Option<usize> {
    match stacker::remaining_stack() {
        Some(left) if left >= RED_ZONE => None,
        _ => Some(PIECE),
    }
}

/// Runs `f` on a further piece of stack.
#[cold]
pub(crate) fn with_piece<R>(piece: usize, f: impl FnOnce() -> R) -> R {
    stacker::grow(piece, f)
}

/// Runs a Vera call. `native_stack` is what the engine lets it use.
#[inline]
pub(crate) fn call<R>(deep: bool, native_stack: usize, f: impl FnOnce() -> R) -> R {
    let calls = if deep { native_stack } else { SHALLOW_CALLS };
    stacker::maybe_grow(calls.saturating_add(HOST_RESERVE), native_stack.saturating_add(2 * HOST_RESERVE), f)
}

/// Runs `f` where deep calls need no further stack.
pub(crate) fn enter<R>(native_stack: usize, f: impl FnOnce() -> R) -> R {
    let size = native_stack.saturating_add(3 * HOST_RESERVE);
    stacker::maybe_grow(size, size + HOST_RESERVE, f)
}
