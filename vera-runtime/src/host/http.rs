//! The effect `Http`. It has no default: what it reaches is for the application to say.

use super::Imports;
use crate::error::Result;

/// The effect `Http`. An `Err` is the program's to handle.
#[diagnostic::on_unimplemented(
    message = "the module performs `Http`, and `{Self}` does not implement the capability `Http`",
    label = "no implementation of `vera_runtime::host::http::Http`",
    note = "of your own host write `impl vera_runtime::host::http::Http for ...`; one value implements the traits of all effects"
)]
pub trait Http {
    /// Fetches a URL.
    ///
    /// # Errors
    /// Why there is no body.
    fn get(&mut self, url: &str) -> Result<String, String>;

    /// Posts a body to a URL.
    ///
    /// # Errors
    /// Why there is no answer.
    fn post(&mut self, url: &str, body: &str) -> Result<String, String>;
}

impl<H: Send + 'static> Imports<H> {
    /// Implements `Http`.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module gives an operation other types.
    pub fn http(self) -> Result<Self>
    where
        H: Http,
    {
        self.language_operation("Http", "get", |host: &mut H, scope, (url,): (String,)| {
            scope.finish::<Result<String, String>, _>(host.get(&url))
        })?
        .language_operation("Http", "post", |host: &mut H, scope, (url, body): (String, String)| {
            scope.finish::<Result<String, String>, _>(host.post(&url, &body))
        })
    }
}
