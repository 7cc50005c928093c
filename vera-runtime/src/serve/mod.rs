//! Serves web requests by a module.
//!
//! A handler is a Vera function `handle(@Request -> @Response)`. It is called from outside, each time in its own
//! instance, so no state of a request remains for the next one, even after a failure. [`Service`] makes it a `tower`
//! service over the types of the crate `http`, which hyper and axum can mount.
//!
//! A handler may block: then it runs on one of tokio's blocking threads. Or it is a future, which runs where it is asked for.
//! The number that run at a time is bounded, and so is the number that wait.

mod convert;
mod service;

pub use crate::value::{Request, Response};
pub use service::{Failure, Service};
