//! Compiles Vera in build scripts and generates typed Rust wrappers.
