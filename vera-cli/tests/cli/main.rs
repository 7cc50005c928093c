//! The command as its users meet it: the built binary, its output and its exit status.

mod ast;
mod check;
mod compile;
mod divergences;
mod fmt;
mod grants;
mod harness;
mod ledger;
mod lock;
mod run;
mod serve;
mod slots;
mod soak;
mod tables;
mod trial;
mod usage;
mod verify;
