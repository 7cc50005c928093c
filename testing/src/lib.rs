//! The formats of the project's tests, with one reader each, and random numbers for generated cases.
//!
//! Everything here reads text and returns values; the test that uses them defines their meaning. Mistakes in a test
//! file are errors that name the line, and are never skipped.

pub mod calls;
pub mod cases;
pub mod header;
pub mod page;
pub mod random;
