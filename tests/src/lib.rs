//! End-to-end and compile-fail tests live in `tests/`; there is nothing to link.
