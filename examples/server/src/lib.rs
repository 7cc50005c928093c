//! A ledger: its rules are a Vera program, its accounts are in SQLite, and axum handles its requests.
//!
//! Each request is answered in its own instance, with a connection of a pool. A handler that fails changes nothing: its
//! transaction is rolled back with its connection.

use axum::Router;
use axum::routing::get;
use std::time::Duration;
use vera_runtime::host::database::Pool;
use vera_runtime::serve::{Request, Response, Service};
use vera_runtime::{Error, Limits};

vera_runtime::vera!(file = "vera/ledger.vera");

/// The limits of one request.
pub fn limits() -> Limits {
    Limits { memory: 64 << 20, deadline: Some(Duration::from_secs(5)), ..Limits::default() }
}

/// Answers one request.
///
/// # Errors
/// Those of the module: a violated contract, a limit.
pub fn answer(database: &Pool, request: &Request) -> Result<Response, Error> {
    ledger::Module::builder().database(database.lend()).limits(limits()).build()?.handle(request)
}

/// The web application over a database, which is set up first.
///
/// # Errors
/// When the database cannot be used.
pub fn application(database: Pool) -> Result<Router, Box<dyn std::error::Error + Send + Sync>> {
    ledger::Module::builder().database(database.lend()).build()?.prepare()??;
    let service =
        Service::new(move |request: &Request| answer(&database, request)).max_body(4 << 10).on_failure(|failure| {
            eprintln!("{}: {} {:?}: {:?}", failure.id, failure.method, failure.path, failure.message)
        });
    Ok(Router::new().route("/health", get(|| async { "well" })).fallback_service(service))
}
