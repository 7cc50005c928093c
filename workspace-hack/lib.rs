//! Without code: what counts is the manifest.
//!
//! Cargo builds a package once for each set of its features, and the set depends on the members that a command selects.
//! Every member depends on this crate, so all of them ask for the same sets, and wasmtime is built once for all commands.
//!
//! Crates that are published name version 0.1 of crates.io, an empty package that exists for this purpose; the
//! workspace's manifest puts this one in its place. Nothing of it reaches a user.
