//! Pattern matching: patterns become rows of tests, rows become a graph of decisions, decisions become switches.
//!
//! The code of a match is proportional to its patterns. Within the limit for copies ([`rows`]) no value is tested twice
//! on one path; a field is read only where a test or a binding needs it. An arm or a decision that several paths reach
//! is a join point.

mod decision;
mod emit;
mod parts;
mod rows;
