//! Serving web requests by a module.
//!
//! A handler is a Vera function `handle(@Request -> @Response)`. It is not an operation but called from outside, each time in an
//! instance of its own: nothing of a request is left for the next, also after a failure. [`Service`] makes a `tower` service of
//! it, over the types of the crate `http`, which hyper and axum mount.
//!
//! Handlers block, so they run on tokio's threads for that; how many at a time is bounded, and how many wait.

mod convert;
mod service;

pub use crate::value::{Request, Response};
pub use service::{Failure, Service};
