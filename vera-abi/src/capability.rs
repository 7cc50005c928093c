//! The table of capabilities, which hosts grant for the effects of the language.
//!
//! A capability is a group of operations that are granted together, by a value of a type that implements its trait. The
//! generator of wrappers, the runtime and the command read this table. The compiler's table of effects describes the
//! operations; a test of it checks that every operation of the host is in one capability. Effects that programs declare
//! are not in this table: each is a separate capability.

/// A group of operations of an effect of the language that a host grants together.
#[derive(Debug, PartialEq, Eq)]
pub struct Capability {
    /// Its name, which is also that of its trait.
    pub name: &'static str,
    /// The effect.
    pub effect: &'static str,
    /// The operations of the effect that belong to it.
    pub operations: &'static [&'static str],
    /// The module of `vera_runtime::host` with the trait and the hosts that the runtime provides.
    pub module: &'static str,
    /// The builder method that grants it.
    pub method: &'static str,
    /// Whether its operations wait for something outside the process. Then it has a trait for async calls, too: `Async`
    /// and its name, in `vera_runtime::host`.
    pub awaited: bool,
    /// The hosts that the runtime provides, in that module.
    pub ready: &'static [Ready],
}

/// A type of the runtime that implements a capability.
#[derive(Debug, PartialEq, Eq)]
pub struct Ready {
    /// Its name.
    pub name: &'static str,
    /// The feature of `vera-runtime` that it needs.
    pub feature: Option<&'static str>,
}

const fn ready(name: &'static str) -> Ready {
    Ready { name, feature: None }
}

const fn with_feature(name: &'static str, feature: &'static str) -> Ready {
    Ready { name, feature: Some(feature) }
}

/// Every capability.
pub static CAPABILITIES: [Capability; 8] = [
    Capability {
        name: "Console",
        effect: "IO",
        operations: &["print", "stderr", "read_line", "read_char", "exit"],
        module: "io",
        method: "console",
        awaited: false,
        ready: &[ready("StdConsole"), ready("StdIo"), ready("CapturedIo")],
    },
    Capability {
        name: "Clock",
        effect: "IO",
        operations: &["sleep", "time"],
        module: "io",
        method: "clock",
        awaited: true,
        ready: &[ready("SystemClock"), ready("FixedClock"), ready("SteppingClock")],
    },
    Capability {
        name: "Files",
        effect: "IO",
        operations: &["read_file", "write_file", "read_bytes", "write_bytes"],
        module: "io",
        method: "files",
        awaited: false,
        ready: &[
            with_feature("Directory", "files"),
            with_feature("Directories", "files"),
            ready("MemoryFiles"),
            ready("AllFiles"),
        ],
    },
    Capability {
        name: "Environment",
        effect: "IO",
        operations: &["args", "get_env"],
        module: "io",
        method: "environment",
        awaited: false,
        ready: &[ready("Variables")],
    },
    Capability {
        name: "Random",
        effect: "Random",
        operations: &["random_int", "random_float", "random_bool"],
        module: "random",
        method: "random",
        awaited: false,
        ready: &[ready("SplitMix"), with_feature("SystemRandom", "system-random")],
    },
    Capability {
        name: "Http",
        effect: "Http",
        operations: &["get", "post"],
        module: "http",
        method: "http",
        awaited: true,
        ready: &[with_feature("Client", "http")],
    },
    Capability {
        name: "Database",
        effect: "DB",
        operations: &["query", "execute"],
        module: "database",
        method: "database",
        awaited: true,
        ready: &[with_feature("Sqlite", "sqlite"), with_feature("Pool", "sqlite")],
    },
    Capability {
        name: "Inference",
        effect: "Inference",
        operations: &["complete"],
        module: "inference",
        method: "inference",
        awaited: true,
        ready: &[with_feature("Model", "inference")],
    },
];

/// The capability of an operation of an effect of the language.
pub fn of_operation(effect: &str, operation: &str) -> Option<&'static Capability> {
    CAPABILITIES.iter().find(|one| one.effect == effect && one.operations.contains(&operation))
}

/// The capabilities of an effect of the language.
pub fn of_effect(effect: &str) -> impl Iterator<Item = &'static Capability> {
    CAPABILITIES.iter().filter(move |one| one.effect == effect)
}
