//! Pattern matching: compiled to a decision tree, then to switches.
//!
//! No value is tested twice on one path and a field is read only where a test or a binding needs it. An arm that
//! several paths reach is a join point.

mod emit;
mod tree;
