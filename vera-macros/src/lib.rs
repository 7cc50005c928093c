//! The `vera!` and `#[vera_host]` macros.
