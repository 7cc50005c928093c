//! The effect `Inference`. It has no default: what it reaches is for the application to say.

use super::Imports;
use crate::error::Result;
use std::time::Instant;

/// The effect `Inference`. An `Err` is the program's to handle.
#[diagnostic::on_unimplemented(
    message = "the module performs `Inference`, and `{Self}` does not implement the capability `Inference`",
    label = "no implementation of `vera_runtime::host::inference::Inference`",
    note = "of your own host write `impl vera_runtime::host::inference::Inference for ...`; one value may implement the traits of all effects"
)]
pub trait Inference {
    /// Completes a prompt.
    ///
    /// # Errors
    /// Why there is no completion.
    fn complete(&mut self, prompt: &str) -> Result<String, String>;

    /// Says when the call that is under way must end, before each of its operations. An operation that waits should give
    /// up by then.
    fn set_deadline(&mut self, _deadline: Option<Instant>) {}
}

impl<H: Send + 'static> Imports<H> {
    /// Implements `Inference` by a part of the host.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module gives an operation other types.
    pub fn inference<C: Inference + 'static>(self, part: fn(&mut H) -> &mut C) -> Result<Self> {
        self.language_operation("Inference", "complete", move |host: &mut H, scope, (prompt,): (String,)| {
            part(host).set_deadline(scope.deadline());
            scope.finish::<Result<String, String>, _>(part(host).complete(&prompt))
        })
    }
}
