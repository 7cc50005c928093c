//! Native stack: enough of it for Vera calls, and growth for Rust recursion over values.

/// Stack that host operations may rely on, however deep the Vera calls around them are.
const HOST_RESERVE: usize = 1 << 20;
/// Stack for a call of functions whose depth does not depend on their input.
const SHALLOW: usize = HOST_RESERVE + (256 << 10);
/// Left over when recursion over a value moves to a new piece of stack.
const RED_ZONE: usize = 128 << 10;
/// The size of such a piece.
const PIECE: usize = 4 << 20;

/// Runs one level of a recursion whose depth is the depth of a value.
#[inline]
pub(crate) fn recurse<R>(f: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(RED_ZONE, PIECE, f)
}

/// Runs a Vera call. `native_stack` is what the engine lets it use; a call that is not `deep` uses a small, fixed
/// part of that.
#[inline]
pub(crate) fn call<R>(deep: bool, native_stack: usize, f: impl FnOnce() -> R) -> R {
    let needed = if deep { native_stack.saturating_add(HOST_RESERVE) } else { SHALLOW };
    stacker::maybe_grow(needed, native_stack.saturating_add(2 * HOST_RESERVE), f)
}

/// Runs `f` where deep calls need no further stack.
pub(crate) fn enter<R>(native_stack: usize, f: impl FnOnce() -> R) -> R {
    let size = native_stack.saturating_add(3 * HOST_RESERVE);
    stacker::maybe_grow(size, size + HOST_RESERVE, f)
}
