//! The table of built-in functions: name, type scheme, implementation, documentation. The only home of these facts.
//!
//! What Vera can express is written in Vera (`prelude/*.vera`) over intrinsics that only the prelude may name.

mod intrinsic;

pub use intrinsic::Intrinsic;

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
    /// Its type parameters, with abilities: `["K where Eq<K>, Hash<K>", "V"]` is written `&["K", "V"]` here.
    pub forall: &'static [&'static str],
    /// Its type, such as `fn(Array<T> -> Int) effects(pure)`.
    pub signature: &'static str,
    /// How it is carried out; `None` when it is a function of the prelude.
    pub implementation: Option<Implementation>,
    /// Whether only the prelude may name it.
    pub internal: bool,
    /// What it does, for users.
    pub docs: &'static str,
}

/// The built-in of that name.
pub fn lookup(name: &str) -> Option<&'static Builtin> {
    TABLE.iter().find(|builtin| builtin.name == name)
}

/// Every built-in.
pub static TABLE: &[Builtin] = &[];
