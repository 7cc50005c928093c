//! Runs compiled Vera modules in wasmtime, with rooted handles and typed errors.
