//! Proofs: which obligations of a program hold for every input.
//!
//! Obligations are listed from the typed tree and proved over `core` before evidence and optimisation, so proofs are
//! about the code that runs. Each check in `core` has a site, each site has a place in the source, and an obligation
//! finds its sites by kind and place. An obligation without a remaining site holds.
//!
//! Each function is a task of its own, with its own terms. Tasks depend on the program alone and their findings are put
//! together in the order of the functions, so the outcomes are the same on any number of threads.
//!
//! Nothing here reads a clock or starts a solver or a thread: the caller passes a [`Solver`].

mod encode;
mod execute;
mod findings;
pub(crate) mod hidden;
mod inputs;
mod interval;
mod models;
pub mod obligation;
pub mod obligations;
mod prove;
mod replay;
pub mod report;
mod show;
pub mod solver;
mod strongest;
mod subject;
mod term;

pub(crate) use inputs::Inputs;
pub use models::Model;
pub use obligation::{
    About, CheckKey, CheckPlace, Counterexample, Kind, Listing, Obligation, ObligationId, Outcome, Owner, Premises,
    Proof, Reason, Verified,
};
pub use obligations::{Assumption, Obligations, table};
pub use prove::{Verification, verify};
pub(crate) use show::{Form, shown, written, written_arguments};
pub use solver::{Answer, Query, Solver, Task, Value};
pub use subject::Subject;
pub(crate) use subject::{constructors, is_opaque, simplest};
