//! The table of built-in functions: name, type scheme, implementation, release, documentation. These facts are only
//! here.
//!
//! Functions that Vera can express are written in Vera (`prelude/*.vera`), over intrinsics that only the prelude may
//! name. A row without an implementation is a public function of the prelude with the same signature; a test compares
//! the two.

mod intrinsic;
mod table;

pub use intrinsic::Intrinsic;
pub use table::TABLE;

use std::collections::HashMap;
use std::sync::LazyLock;

/// How a built-in that is not written in Vera is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Implementation {
    /// By instructions or the support library.
    Intrinsic(Intrinsic),
    /// By an imported function of the host, of the same name.
    Host {
        /// Whether it may allocate guest memory.
        allocates: bool,
    },
}

/// A built-in function.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// Names of its type parameters.
    pub forall: &'static [&'static str],
    /// The abilities its type parameters must have: ability and parameter, such as `("Eq", "K")`.
    pub abilities: &'static [(&'static str, &'static str)],
    /// Its type, such as `fn(Array<T> -> Int) effects(pure)`.
    pub signature: &'static str,
    /// How it is carried out; `None` when it is a function of the prelude.
    pub implementation: Option<Implementation>,
    /// Whether only the prelude may name it.
    pub internal: bool,
    /// The release of the language that brought it; none of what only the prelude may name.
    pub since: Option<&'static str>,
    /// What it does, for users.
    pub docs: &'static str,
}

/// The built-in of that name.
pub fn lookup(name: &str) -> Option<&'static Builtin> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static Builtin>> =
        LazyLock::new(|| TABLE.iter().map(|builtin| (builtin.name, builtin)).collect());
    BY_NAME.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn what_programs_may_name_has_a_release() {
        for builtin in TABLE {
            assert_eq!(builtin.since.is_none(), builtin.internal, "{}", builtin.name);
        }
    }
}
