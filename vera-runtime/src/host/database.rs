//! The effect `DB`. It has no default: what it reaches is for the application to say.

use super::Imports;
use crate::error::Result;
use std::time::Instant;

/// Rows of a query; a value is text or null.
pub type Rows = Vec<Vec<Option<String>>>;

/// The effect `DB`. An `Err` is the program's to handle.
#[diagnostic::on_unimplemented(
    message = "the module performs `DB`, and `{Self}` does not implement the capability `Database`",
    label = "no implementation of `vera_runtime::host::database::Database`",
    note = "of your own host write `impl vera_runtime::host::database::Database for ...`; one value may implement the traits of all effects"
)]
pub trait Database {
    /// Runs a query with parameters.
    ///
    /// # Errors
    /// Why there are no rows.
    fn query(&mut self, sql: &str, parameters: &[Option<String>]) -> Result<Rows, String>;

    /// Runs a statement with parameters; returns the number of rows it changed.
    ///
    /// # Errors
    /// Why it was not run.
    fn execute(&mut self, sql: &str, parameters: &[Option<String>]) -> Result<i64, String>;

    /// Says when the call that is under way must end, before each of its operations. An operation that waits should give
    /// up by then.
    fn set_deadline(&mut self, _deadline: Option<Instant>) {}
}

type Parameters = Vec<Option<String>>;

impl<H: Send + 'static> Imports<H> {
    /// Implements `DB` by a part of the host.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module gives an operation other types.
    pub fn database<C: Database + 'static>(self, part: fn(&mut H) -> &mut C) -> Result<Self> {
        self.language_operation("DB", "query", move |host: &mut H, scope, (sql, parameters): (String, Parameters)| {
            part(host).set_deadline(scope.deadline());
            scope.finish::<Result<Rows, String>, _>(part(host).query(&sql, &parameters))
        })?
        .language_operation(
            "DB",
            "execute",
            move |host: &mut H, scope, (sql, parameters): (String, Parameters)| {
                part(host).set_deadline(scope.deadline());
                scope.finish::<Result<i64, String>, _>(part(host).execute(&sql, &parameters))
            },
        )
    }
}
