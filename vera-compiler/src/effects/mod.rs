//! The table of effects of the language: names, type parameters, operations, who implements them, documentation. These
//! facts are only here.
//!
//! Every compilation declares these effects first and in this order, so the constants below are their ids. Handlers are
//! not described here; any effect can be handled. [`vera_abi::capability`], which the runtime reads too, says what a
//! host grants for the operations that it implements.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use vera_abi::capability;
pub use vera_abi::capability::Capability;

use crate::types::EffectId;

/// Who carries out an operation that no handler of the program takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// The compiled module itself.
    Intrinsic,
    /// The host, through an import: a capability the embedder grants.
    Runtime,
    /// Nobody: the effect has no operations and only marks functions.
    Marker,
}

/// An effect of the language.
#[derive(Clone, Copy, Debug)]
pub struct Effect {
    /// Its name.
    pub name: &'static str,
    /// Its type parameters.
    pub type_params: &'static [&'static str],
    /// Its operations, in the order of their positions.
    pub operations: &'static [Operation],
    /// Who carries its operations out.
    pub provider: Provider,
    /// Whether an operation may be called by its bare name outside of a handler.
    pub bare: bool,
    /// The release of the language that brought it.
    pub since: &'static str,
    /// What it is for.
    pub docs: &'static str,
}

/// An operation of an effect of the language.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Its name.
    pub name: &'static str,
    /// Its type, such as `fn(String -> Unit)`, over the effect's type parameters.
    pub signature: &'static str,
    /// What it does.
    pub docs: &'static str,
}

impl Effect {
    /// What a host grants to carry the effect's operations out.
    pub fn capabilities(&self) -> impl Iterator<Item = &'static Capability> {
        capability::of_effect(self.name)
    }
}

const fn op(name: &'static str, signature: &'static str, docs: &'static str) -> Operation {
    Operation { name, signature, docs }
}

/// `IO`
pub const IO: EffectId = EffectId(0);
/// `State<T>`
pub const STATE: EffectId = EffectId(1);
/// `Exn<E>`
pub const EXN: EffectId = EffectId(2);
/// `Diverge`
pub const DIVERGE: EffectId = EffectId(3);
/// `Async`
pub const ASYNC: EffectId = EffectId(4);
/// `Http`
pub const HTTP: EffectId = EffectId(5);
/// `HttpServer`
pub const HTTP_SERVER: EffectId = EffectId(6);
/// `DB`
pub const DB: EffectId = EffectId(7);
/// `Inference`
pub const INFERENCE: EffectId = EffectId(8);
/// `Random`
pub const RANDOM: EffectId = EffectId(9);

/// The effect of that name.
pub fn lookup(name: &str) -> Option<EffectId> {
    TABLE.iter().position(|effect| effect.name == name).map(|index| EffectId(index as u32))
}

/// The effect of the language with that id; `None` for an effect a program declares.
pub fn builtin(id: EffectId) -> Option<&'static Effect> {
    TABLE.get(id.index())
}

/// The operations of that name: effect and position, effects in the order of their ids.
pub(crate) fn operations_named(name: &str) -> &'static [(EffectId, u32)] {
    static BY_NAME: LazyLock<FxHashMap<&'static str, Vec<(EffectId, u32)>>> = LazyLock::new(|| {
        let mut by_name: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (effect, id) in TABLE.iter().zip(0..) {
            for (operation, position) in effect.operations.iter().zip(0..) {
                by_name.entry(operation.name).or_default().push((EffectId(id), position));
            }
        }
        by_name
    });
    BY_NAME.get(name).map_or(&[], Vec::as_slice)
}

/// Every effect of the language, by id.
pub static TABLE: &[Effect] = &[
    Effect {
        name: "IO",
        type_params: &[],
        operations: &[
            op("print", "fn(String -> Unit)", "Writes text to standard output."),
            op("read_line", "fn(Unit -> String)", "Reads a line of standard input, without its line ending."),
            op("read_file", "fn(String -> Result<String, String>)", "Reads a whole file as UTF-8."),
            op("write_file", "fn(String, String -> Result<Unit, String>)", "Writes a text to a file."),
            op("read_bytes", "fn(String -> Result<Array<Byte>, String>)", "Reads a whole file."),
            op("write_bytes", "fn(String, Array<Byte> -> Result<Unit, String>)", "Writes bytes to a file."),
            op("args", "fn(Unit -> Array<String>)", "The arguments of the program."),
            op("exit", "fn(Int -> Never)", "Ends the program with a status code."),
            op("get_env", "fn(String -> Option<String>)", "The value of an environment variable."),
            op("sleep", "fn(Nat -> Unit)", "Waits for that many milliseconds."),
            op("time", "fn(Unit -> Nat)", "Milliseconds since the Unix epoch."),
            op("stderr", "fn(String -> Unit)", "Writes text to standard error."),
            op("read_char", "fn(Unit -> Result<String, String>)", "Reads one character of standard input."),
        ],
        provider: Provider::Runtime,
        bare: false,
        since: "0.0.5",
        docs: "The outside world: standard streams, files, arguments, environment, clock.",
    },
    Effect {
        name: "State",
        type_params: &["T"],
        operations: &[
            op("get", "fn(Unit -> T)", "The value of the state cell."),
            op("put", "fn(T -> Unit)", "Replaces the value of the state cell."),
        ],
        provider: Provider::Intrinsic,
        bare: true,
        since: "0.0.5",
        docs: "A mutable cell of type `T`.",
    },
    Effect {
        name: "Exn",
        type_params: &["E"],
        operations: &[op("throw", "fn(E -> Never)", "Abandons the computation up to the handler.")],
        provider: Provider::Intrinsic,
        bare: true,
        since: "0.0.62",
        docs: "Exceptions that carry an `E`.",
    },
    Effect {
        name: "Diverge",
        type_params: &[],
        operations: &[],
        provider: Provider::Marker,
        bare: false,
        since: "0.0.49",
        docs: "The function may not terminate.",
    },
    Effect {
        name: "Async",
        type_params: &[],
        operations: &[],
        provider: Provider::Marker,
        bare: false,
        since: "0.0.82",
        docs: "The function may start and await concurrent work with `async` and `await`.",
    },
    Effect {
        name: "Http",
        type_params: &[],
        operations: &[
            op("get", "fn(String -> Result<String, String>)", "Fetches a URL."),
            op("post", "fn(String, String -> Result<String, String>)", "Sends a body to a URL."),
        ],
        provider: Provider::Runtime,
        bare: false,
        since: "0.0.99",
        docs: "Requests to web servers.",
    },
    Effect {
        name: "HttpServer",
        type_params: &[],
        operations: &[],
        provider: Provider::Marker,
        bare: false,
        since: "0.0.193",
        docs: "The function answers web requests.",
    },
    Effect {
        name: "DB",
        type_params: &[],
        operations: &[
            op(
                "query",
                "fn(String, Array<Option<String>> -> Result<Array<Array<Option<String>>>, String>)",
                "Runs a query with positional parameters; rows of cells, `NULL` as `None`.",
            ),
            op(
                "execute",
                "fn(String, Array<Option<String>> -> Result<Int, String>)",
                "Runs a statement with positional parameters; the number of affected rows.",
            ),
        ],
        provider: Provider::Runtime,
        bare: false,
        since: "0.1.7",
        docs: "A relational database.",
    },
    Effect {
        name: "Inference",
        type_params: &[],
        operations: &[op("complete", "fn(String -> Result<String, String>)", "The completion of a prompt.")],
        provider: Provider::Runtime,
        bare: false,
        since: "0.0.101",
        docs: "A language model.",
    },
    Effect {
        name: "Random",
        type_params: &[],
        operations: &[
            op("random_int", "fn(Int, Int -> Int)", "A number between two bounds, both included."),
            op("random_float", "fn(Unit -> Float64)", "A number from 0 up to, not including, 1."),
            op("random_bool", "fn(Unit -> Bool)", "A coin flip."),
        ],
        provider: Provider::Runtime,
        bare: false,
        since: "0.0.115",
        docs: "Random values.",
    },
];

/// Whether an operation of an effect of the language may go on while the program does, when it is the argument of `async`.
/// All others keep the order of the program. Operations that programs declare may; the host decides of each whether it does.
pub fn can_be_started(effect: EffectId) -> bool {
    effect == HTTP || effect == INFERENCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_positions() {
        for (id, name) in [
            (IO, "IO"),
            (STATE, "State"),
            (EXN, "Exn"),
            (DIVERGE, "Diverge"),
            (ASYNC, "Async"),
            (HTTP, "Http"),
            (HTTP_SERVER, "HttpServer"),
            (DB, "DB"),
            (INFERENCE, "Inference"),
            (RANDOM, "Random"),
        ] {
            assert_eq!(lookup(name), Some(id));
            assert_eq!(builtin(id).map(|effect| effect.name), Some(name));
        }
        assert_eq!(TABLE.len(), 10);
    }

    /// Every operation that a host carries out is granted by one capability, and capabilities are of such operations.
    #[test]
    fn capabilities_are_of_the_operations_of_hosts() {
        for effect in TABLE {
            let mut granted: Vec<&str> = effect.capabilities().flat_map(|one| one.operations).copied().collect();
            let mut operations: Vec<&str> = match effect.provider {
                Provider::Runtime => effect.operations.iter().map(|operation| operation.name).collect(),
                Provider::Intrinsic | Provider::Marker => Vec::new(),
            };
            granted.sort_unstable();
            operations.sort_unstable();
            assert_eq!(granted, operations, "{}", effect.name);
        }
        assert!(capability::CAPABILITIES.iter().all(|one| lookup(one.effect).is_some()));
    }
}
