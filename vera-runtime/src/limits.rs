//! What an instance may use.

use std::time::Duration;

/// Limits of an instance. Each has its own [`Limit`](crate::error::Limit) error.
///
/// There will be more of them: take the others from [`Limits::default`], as in the example.
///
/// Fuel, deadline and host memory are budgets of one call from Rust, nested calls of the host included; the others hold
/// for the instance's life.
///
/// ```
/// use vera_runtime::Limits;
/// let limits = Limits { fuel: Some(1_000_000), ..Limits::default() };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory of the module, in bytes, shadow stack included.
    pub memory: u64,
    /// Units of computation per call: about one per WebAssembly instruction, and as much for the built-ins of the host
    /// and for values that pass between host and module. `None` leaves computation unmetered, which is faster.
    pub fuel: Option<u64>,
    /// Wall-clock time per call, to some milliseconds. A host operation is not interrupted: it can ask
    /// [`Scope::deadline`](crate::Scope::deadline), and the call ends when it returns.
    pub deadline: Option<Duration>,
    /// Native stack for Vera calls, in bytes of address space. Calls of functions that recurse switch to a stack of
    /// this size when the thread's own is smaller.
    pub native_stack: usize,
    /// Stack of the collector's roots, in bytes of linear memory.
    pub shadow_stack: u32,
    /// Memory of the host that a call may use besides the module's own, in bytes: values and documents while they are
    /// read, parsed, printed or handed over. What a host operation allocates itself is not counted.
    pub host_memory: u64,
    /// Nodes of one value passed between host and module, such as a parsed JSON document.
    pub nodes: u64,
    /// Bytes of text of one value passed between host and module.
    pub bytes: u64,
    /// Nesting of one value passed between host and module.
    pub depth: u32,
    /// What the hashes of map keys depend on; `None` for a key of its own and at random for each instance. No result and
    /// no order does, only how much fuel, time and memory maps take: set it where runs must be the same in those too,
    /// and then keep it secret from whoever chooses map keys, or they can choose keys that collide.
    pub hash_key: Option<[u64; 2]>,
}

impl Default for Limits {
    /// 1 GiB of memory, no budget of fuel or time, 256 MiB of native and 32 MiB of shadow stack, 2 GiB of host memory
    /// (a value is larger in Rust than in the module), values of up to 128 million nodes (8 bytes each in a full memory),
    /// 1 GiB of text and 4 million levels.
    fn default() -> Self {
        Limits {
            memory: 1 << 30,
            fuel: None,
            deadline: None,
            native_stack: 256 << 20,
            shadow_stack: 32 << 20,
            host_memory: 2 << 30,
            nodes: 1 << 27,
            bytes: 1 << 30,
            depth: 1 << 22,
            hash_key: None,
        }
    }
}
