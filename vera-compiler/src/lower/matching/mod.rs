//! Pattern matching: patterns become rows of tests, rows become a graph of decisions, decisions become switches.
//!
//! A match compiles to code in proportion to its patterns. Within the allowance for copies ([`rows`]) no value is tested
//! twice on one path; a field is read only where a test or a binding needs it. What several paths reach, be it an arm or
//! a decision, is a join point.

mod decision;
mod emit;
mod parts;
mod rows;
