//! The effect `DB`. It has no default host: the application decides which database a program reaches.
#![cfg_attr(feature = "sqlite", doc = "[`Sqlite`] is a database in memory or in a file.")]

#[cfg(feature = "sqlite")]
mod pool;
mod rows;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "sqlite")]
pub use pool::{Lent, Pool};
pub use rows::RowWriter;
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;

use super::Imports;
use crate::error::Result;
use std::borrow::Cow;
use std::time::Instant;

/// Rows of a query; a value is text or null.
pub type Rows = Vec<Vec<Option<String>>>;

/// The effect `DB`. The program handles an `Err`.
#[diagnostic::on_unimplemented(
    message = "the module performs `DB`, and `{Self}` does not implement the capability `Database`",
    label = "no implementation of `vera_runtime::host::database::Database`",
    note = "a host with it is `Sqlite` (feature `sqlite`): with a builder `.database(Sqlite::open(\"ledger.db\")?)`",
    note = "of your own host write `impl vera_runtime::host::database::Database for ...`; one value may implement the traits of all effects"
)]
pub trait Database {
    /// Runs a query with parameters.
    ///
    /// # Errors
    /// The reason why there are no rows.
    fn query(&mut self, sql: &str, parameters: &[Option<String>]) -> Result<Rows, String>;

    /// Runs a query and writes its rows one by one into the module. The runtime calls this method. A host of large
    /// results implements it, so that rows are not held twice.
    ///
    /// # Errors
    /// The errors of [`RowWriter::row`]. The inner error is the reason why there are no rows.
    fn query_into(
        &mut self,
        sql: &str,
        parameters: &[Option<String>],
        rows: &mut RowWriter<'_, '_>,
    ) -> Result<Result<(), String>> {
        match self.query(sql, parameters) {
            Ok(table) => {
                for row in &table {
                    rows.row(row.iter().map(|cell| cell.as_deref().map(Cow::Borrowed)))?;
                }
                Ok(Ok(()))
            }
            Err(error) => Ok(Err(error)),
        }
    }

    /// Runs a statement with parameters. Returns the number of rows that it changed, or -1 for statements that do not
    /// change rows.
    ///
    /// # Errors
    /// The reason why it was not run.
    fn execute(&mut self, sql: &str, parameters: &[Option<String>]) -> Result<i64, String>;

    /// Tells the host when the current call must end, before each operation. An operation that waits should give up by
    /// then.
    fn set_deadline(&mut self, _deadline: Option<Instant>) {}
}

impl<C: Database + ?Sized> Database for Box<C> {
    fn query(&mut self, sql: &str, parameters: &[Option<String>]) -> Result<Rows, String> {
        (**self).query(sql, parameters)
    }

    fn query_into(
        &mut self,
        sql: &str,
        parameters: &[Option<String>],
        rows: &mut RowWriter<'_, '_>,
    ) -> Result<Result<(), String>> {
        (**self).query_into(sql, parameters, rows)
    }

    fn execute(&mut self, sql: &str, parameters: &[Option<String>]) -> Result<i64, String> {
        (**self).execute(sql, parameters)
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        (**self).set_deadline(deadline);
    }
}

type Parameters = Vec<Option<String>>;

impl<H: Send + 'static> Imports<H> {
    /// Implements `DB` with a part of the host.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module declares an operation with other types.
    pub fn database<C: Database + 'static>(self, part: fn(&mut H) -> &mut C) -> Result<Self> {
        self.language_operation("DB", "query", move |host: &mut H, scope, (sql, parameters): (String, Parameters)| {
            part(host).set_deadline(scope.deadline());
            RowWriter::run(scope.heap(), |rows| part(host).query_into(&sql, &parameters, rows))
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
