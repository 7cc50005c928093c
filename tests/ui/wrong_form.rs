//! Arguments that no form has.

vera_runtime::vera!(path = "a.vera");

fn main() {}
