//! The effect `Inference`. It has no default: what it reaches is for the application to say.

use super::Imports;
use crate::error::Result;

/// The effect `Inference`. An `Err` is the program's to handle.
#[diagnostic::on_unimplemented(
    message = "the module performs `Inference`, and `{Self}` does not implement the capability `Inference`",
    label = "no implementation of `vera_runtime::host::inference::Inference`",
    note = "of your own host write `impl vera_runtime::host::inference::Inference for ...`; one value implements the traits of all effects"
)]
pub trait Inference {
    /// Completes a prompt.
    ///
    /// # Errors
    /// Why there is no completion.
    fn complete(&mut self, prompt: &str) -> Result<String, String>;
}

impl<H: Send + 'static> Imports<H> {
    /// Implements `Inference`.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module gives an operation other types.
    pub fn inference(self) -> Result<Self>
    where
        H: Inference,
    {
        self.language_operation("Inference", "complete", |host: &mut H, scope, (prompt,): (String,)| {
            scope.finish::<Result<String, String>, _>(host.complete(&prompt))
        })
    }
}
