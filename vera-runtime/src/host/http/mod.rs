//! The effect `Http`. It has no default host: the application decides which machines a program reaches.
#![cfg_attr(feature = "http", doc = "[`Client`] sends requests to the machines that are allowed.")]

#[cfg(feature = "http")]
mod address;
#[cfg(feature = "http")]
mod client;
#[cfg(feature = "http")]
mod policy;

#[cfg(feature = "http")]
pub use client::Client;
#[cfg(feature = "inference")]
pub(crate) use client::{Answer, Request};

use super::{Imports, Started};
use crate::error::Result;
use std::time::Instant;

/// The effect `Http`. The program handles an `Err`.
#[diagnostic::on_unimplemented(
    message = "the module performs `Http`, and `{Self}` does not implement the capability `Http`",
    label = "no implementation of `vera_runtime::host::http::Http`",
    note = "a host with it is `Client` (feature `http`): with a builder `.http(Client::new().allow(\"api.example.com\"))`",
    note = "of your own host write `impl vera_runtime::host::http::Http for ...`; one value may implement the traits of all effects"
)]
pub trait Http {
    /// Fetches a URL.
    ///
    /// # Errors
    /// The reason why there is no body.
    fn get(&mut self, url: &str) -> Result<String, String>;

    /// Posts a body to a URL.
    ///
    /// # Errors
    /// The reason why there is no answer.
    fn post(&mut self, url: &str, body: &str) -> Result<String, String>;

    /// [`Http::get`] for `async`: the request runs while the program goes on. `None` where this host cannot do that.
    fn start_get(&mut self, _url: &str) -> Option<Started<Result<String, String>>> {
        None
    }

    /// The same for [`Http::post`].
    fn start_post(&mut self, _url: &str, _body: &str) -> Option<Started<Result<String, String>>> {
        None
    }

    /// Tells the host when the current call must end, before each operation. An operation that waits should give up by
    /// then.
    fn set_deadline(&mut self, _deadline: Option<Instant>) {}
}

impl<H: Send + 'static> Imports<H> {
    /// Implements `Http` with a part of the host.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module declares an operation with other types.
    pub fn http<C: Http + 'static>(self, part: fn(&mut H) -> &mut C) -> Result<Self> {
        self.language_operation("Http", "get", move |host: &mut H, scope, (url,): (String,)| {
            let part = part(host);
            part.set_deadline(scope.deadline());
            match scope.starting.then(|| part.start_get(&url)).flatten() {
                Some(started) => scope.finish::<Result<String, String>, _>(started),
                None => scope.finish::<Result<String, String>, _>(part.get(&url)),
            }
        })?
        .language_operation("Http", "post", move |host: &mut H, scope, (url, body): (String, String)| {
            let part = part(host);
            part.set_deadline(scope.deadline());
            match scope.starting.then(|| part.start_post(&url, &body)).flatten() {
                Some(started) => scope.finish::<Result<String, String>, _>(started),
                None => scope.finish::<Result<String, String>, _>(part.post(&url, &body)),
            }
        })
    }
}
