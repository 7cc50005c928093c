//! The limits of an instance.

use std::time::Duration;

/// Limits of an instance. Each has its own [`Limit`](crate::error::Limit) error.
///
/// More limits will be added: take the others from [`Limits::default`], as in the example.
///
/// Fuel, deadline and host memory are budgets of one call from Rust, including all calls that the host makes back into
/// the module. The other limits apply to the instance for its whole life.
///
/// ```
/// use vera_runtime::Limits;
/// let limits = Limits { fuel: Some(1_000_000), ..Limits::default() };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory of the module, in bytes, shadow stack included.
    pub memory: u64,
    /// Units of computation per call: about one per WebAssembly instruction, and comparable units for the built-ins of
    /// the host and for values that pass between host and module. With `None` computation is unmetered, which is
    /// faster.
    pub fuel: Option<u64>,
    /// Wall-clock time per call, exact to some milliseconds. A host operation is not interrupted: it can read
    /// [`Scope::deadline`](crate::Scope::deadline), and the call ends when it returns. Only an operation that is a future
    /// is dropped where it waits.
    pub deadline: Option<Duration>,
    /// Native stack for Vera calls, in bytes of address space. Calls of recursive functions switch to a stack of this
    /// size when the thread's own stack is smaller.
    pub native_stack: usize,
    /// The shadow stack, which holds the collector's roots, in bytes of linear memory.
    pub shadow_stack: u32,
    /// Host memory that a call may use besides the module's own memory, in bytes: values and documents while they are
    /// read, parsed, printed or passed on. Memory that a host operation allocates itself is not counted.
    pub host_memory: u64,
    /// Nodes of one value passed between host and module, such as a parsed JSON document.
    pub nodes: u64,
    /// Bytes of text of one value passed between host and module.
    pub bytes: u64,
    /// Nesting of one value passed between host and module.
    pub depth: u32,
    /// Operations that a program has started with `async` and not awaited, at one time. Each has a thread of its own. At
    /// the limit, the next operation runs at once. With 0, none is started.
    pub started: u32,
    /// The key of the hash that places the keys of maps; with `None` each instance has a random one. No result and no
    /// order depends on it, only the fuel, time and memory that maps use. Set it for runs that must be the same in
    /// these too. Then keep it secret from anyone who chooses map keys, because they could choose keys that collide.
    pub hash_key: Option<[u64; 2]>,
    /// Instances of the module with these limits that exist at once. Their memory is reserved when the module is loaded,
    /// and used again for later instances, so an instance is made and dropped faster. With `None` there is no such
    /// limit, and each instance gets its memory from the system.
    ///
    /// Each takes some 4 GiB of addresses (not of memory): some ten thousand are possible. This needs the feature `pooling`;
    /// without it a module with this limit gives [`Error::Load`](crate::Error::Load).
    pub instances: Option<u32>,
}

impl Default for Limits {
    /// 1 GiB of memory, no budget of fuel or time, 256 MiB of native stack and 32 MiB of shadow stack. 2 GiB of host
    /// memory, because a value is larger in Rust than in the module. Values of up to 128 million nodes (8 bytes each in
    /// a full memory), 1 GiB of text and 4 million levels. 64 started operations.
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
            started: 64,
            hash_key: None,
            instances: None,
        }
    }
}
