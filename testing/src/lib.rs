//! The formats in which the project's tests are written, each with its one reader, and numbers for made-up cases.
//!
//! Everything here reads text and returns values; what they mean is decided by the test that uses them. Mistakes in a
//! test file are errors that name the line, never something that is skipped.

pub mod calls;
pub mod cases;
pub mod header;
pub mod page;
pub mod random;
