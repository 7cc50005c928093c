//! Checking: syntax trees → the typed tree.
//!
//! Phase one collects the declarations of all modules ([`env`]); phase two checks bodies, contracts and predicates
//! ([`body`]); then come the checks over whole functions and the whole program. It goes on after an error, with
//! `Invalid` nodes and [`crate::types::Ty::INVALID`], so that one run shows every mistake once.

mod body;
mod display;
mod env;
mod resolve_type;
mod scope;
mod suggest;
