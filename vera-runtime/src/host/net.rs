//! The effects `Http`, `DB` and `Inference`. They have no default: what they reach is for the application to say.

use super::Imports;
use crate::error::Result;

/// The effect `Http`. An `Err` is the program's to handle.
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

/// Rows of a query; a value is text or null.
pub type Rows = Vec<Vec<Option<String>>>;

/// The effect `DB`. An `Err` is the program's to handle.
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
}

/// The effect `Inference`. An `Err` is the program's to handle.
pub trait Inference {
    /// Completes a prompt.
    ///
    /// # Errors
    /// Why there is no completion.
    fn complete(&mut self, prompt: &str) -> Result<String, String>;
}

type Parameters = Vec<Option<String>>;

impl<H: Send + 'static> Imports<H> {
    /// Implements `Http`.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module gives an operation other types.
    pub fn http(self) -> Result<Self>
    where
        H: Http,
    {
        self.operation("Http", "get", |host: &mut H, scope, (url,): (String,)| {
            scope.finish::<Result<String, String>, _>(host.get(&url))
        })?
        .operation("Http", "post", |host: &mut H, scope, (url, body): (String, String)| {
            scope.finish::<Result<String, String>, _>(host.post(&url, &body))
        })
    }

    /// Implements `DB`.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module gives an operation other types.
    pub fn database(self) -> Result<Self>
    where
        H: Database,
    {
        self.operation("DB", "query", |host: &mut H, scope, (sql, parameters): (String, Parameters)| {
            scope.finish::<Result<Rows, String>, _>(host.query(&sql, &parameters))
        })?
        .operation("DB", "execute", |host: &mut H, scope, (sql, parameters): (String, Parameters)| {
            scope.finish::<Result<i64, String>, _>(host.execute(&sql, &parameters))
        })
    }

    /// Implements `Inference`.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module gives an operation other types.
    pub fn inference(self) -> Result<Self>
    where
        H: Inference,
    {
        self.operation("Inference", "complete", |host: &mut H, scope, (prompt,): (String,)| {
            scope.finish::<Result<String, String>, _>(host.complete(&prompt))
        })
    }
}
