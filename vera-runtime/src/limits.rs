//! What an instance may use.

use std::time::Duration;

/// Limits of an instance. Each has its own [`Limit`](crate::error::Limit) error.
///
/// Fuel and deadline are budgets of one call from Rust, nested calls of the host included; the others hold for the
/// instance's life.
///
/// ```
/// use vera_runtime::Limits;
/// let limits = Limits { fuel: Some(1_000_000), ..Limits::default() };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory of the module, in bytes, shadow stack included.
    pub memory: u64,
    /// Units of computation per call (about one per WebAssembly instruction); `None` leaves computation unmetered,
    /// which is faster.
    pub fuel: Option<u64>,
    /// Wall-clock time per call, to some milliseconds. A host operation is not interrupted: it can ask
    /// [`Scope::deadline`](crate::Scope::deadline), and the call ends when it returns.
    pub deadline: Option<Duration>,
    /// Native stack for Vera calls, in bytes of address space. Calls of functions that recurse switch to a stack of
    /// this size when the thread's own is smaller.
    pub native_stack: usize,
    /// Stack of the collector's roots, in bytes of linear memory.
    pub shadow_stack: u32,
    /// Nodes of one value passed between host and module, such as a parsed JSON document.
    pub nodes: u64,
    /// Bytes of text of one value passed between host and module.
    pub bytes: u64,
    /// Nesting of one value passed between host and module.
    pub depth: u32,
}

impl Default for Limits {
    /// 1 GiB of memory, no budget of time, 256 MiB of native and 32 MiB of shadow stack, values of up to 256 million
    /// nodes, 1 GiB of text and 4 million levels.
    fn default() -> Self {
        Limits {
            memory: 1 << 30,
            fuel: None,
            deadline: None,
            native_stack: 256 << 20,
            shadow_stack: 32 << 20,
            nodes: 1 << 28,
            bytes: 1 << 30,
            depth: 1 << 22,
        }
    }
}
