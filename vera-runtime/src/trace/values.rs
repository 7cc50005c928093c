//! What spans say of arguments and results.

use crate::host::Secrets;
use std::sync::Arc;

/// Lets spans show arguments and results, of calls and of operations, as the fields `arguments` and `result`.
///
/// Values are written as Vera writes them, shortened like those in errors. Without it a trace has no values.
///
/// ```no_run
/// use vera_runtime::TraceValues;
/// # fn example(instance: &mut vera_runtime::Instance<()>, key: &str) {
/// instance.trace_values(TraceValues::new().redact(key));
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct TraceValues {
    secrets: Arc<Secrets>,
}

impl TraceValues {
    /// Shows all values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes `[redacted]` wherever a text contains this secret.
    pub fn redact(mut self, secret: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.secrets).add(secret);
        self
    }

    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }
}
