//! Nothing: `tests/` are what this crate is for.
