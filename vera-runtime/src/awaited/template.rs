//! Templates of instances with async calls.

use super::AsyncInstance;
use crate::error::Result;
use crate::template::Template;
use std::fmt;

/// A [`Template`] of instances with async calls.
#[must_use = "a template does nothing: `instance` makes an instance"]
pub struct AsyncTemplate<H = ()> {
    template: Template<H>,
}

impl<H: Send + 'static> AsyncTemplate<H> {
    pub(super) fn new(template: Template<H>) -> Self {
        AsyncTemplate { template }
    }

    /// Makes an instance with its own host. This does not wait.
    ///
    /// # Errors
    /// As [`Template::instance`].
    pub fn instance(&self, host: H) -> Result<AsyncInstance<H>> {
        self.template.instance(host).map(AsyncInstance::new)
    }
}

impl<H> Clone for AsyncTemplate<H> {
    fn clone(&self) -> Self {
        AsyncTemplate { template: self.template.clone() }
    }
}

impl<H> fmt::Debug for AsyncTemplate<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.template.fmt(f)
    }
}
