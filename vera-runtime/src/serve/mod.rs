//! Serves web requests by a module.
//!
//! A handler is a Vera function `handle(@Request -> @Response)`. It is called from outside, each time in its own
//! instance, so no state of a request remains for the next one, even after a failure. [`Service`] makes it a `tower`
//! service over the types of the crate `http`, which hyper and axum can mount.
//!
//! Handlers may block, so they run where that keeps nobody else waiting (`work.rs`). The number that run at a time is bounded, and so is the
//! number that wait.

mod convert;
mod service;
mod work;

pub use crate::value::{Request, Response};
pub use service::{Failure, Service};
