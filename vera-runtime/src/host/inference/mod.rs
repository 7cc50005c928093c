//! The effect `Inference`. It has no default host: the application decides which model a program uses.
#![cfg_attr(feature = "inference", doc = "[`Model`] asks a model of one of the usual providers.")]

#[cfg(feature = "inference")]
mod model;
#[cfg(feature = "inference")]
mod provider;

#[cfg(feature = "inference")]
pub use model::Model;
#[cfg(feature = "inference")]
pub use provider::Provider;

use super::{Imports, Started};
use crate::error::Result;
use std::time::Instant;

/// The effect `Inference`. The program handles an `Err`.
#[diagnostic::on_unimplemented(
    message = "the module performs `Inference`, and `{Self}` does not implement the capability `Inference`",
    label = "no implementation of `vera_runtime::host::inference::Inference`",
    note = "a host with it is `Model` (feature `inference`): with a builder `.inference(Model::from_env()?)`",
    note = "of your own host write `impl vera_runtime::host::inference::Inference for ...`; one value may implement the traits of all effects"
)]
pub trait Inference {
    /// Completes a prompt.
    ///
    /// # Errors
    /// The reason why there is no completion.
    fn complete(&mut self, prompt: &str) -> Result<String, String>;

    /// [`Inference::complete`] for `async`: the request runs while the program goes on. `None` where this host cannot do
    /// that.
    fn start_complete(&mut self, _prompt: &str) -> Option<Started<Result<String, String>>> {
        None
    }

    /// Tells the host when the current call must end, before each operation. An operation that waits should give up by
    /// then.
    fn set_deadline(&mut self, _deadline: Option<Instant>) {}
}

impl<C: Inference + ?Sized> Inference for Box<C> {
    fn complete(&mut self, prompt: &str) -> Result<String, String> {
        (**self).complete(prompt)
    }

    fn start_complete(&mut self, prompt: &str) -> Option<Started<Result<String, String>>> {
        (**self).start_complete(prompt)
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        (**self).set_deadline(deadline);
    }
}

impl<H: Send + 'static> Imports<H> {
    /// Implements `Inference` with a part of the host.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module declares an operation with other types.
    pub fn inference<C: Inference + 'static>(self, part: fn(&mut H) -> &mut C) -> Result<Self> {
        self.language_operation("Inference", "complete", move |host: &mut H, scope, (prompt,): (String,)| {
            let part = part(host);
            part.set_deadline(scope.deadline());
            match scope.starting.then(|| part.start_complete(&prompt)).flatten() {
                Some(started) => scope.finish::<Result<String, String>, _>(started),
                None => scope.finish::<Result<String, String>, _>(part.complete(&prompt)),
            }
        })
    }
}
