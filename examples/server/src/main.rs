//! `server [DATABASE [PORT]]`: the ledger on `http://127.0.0.1:8080`, in memory without a database.

use std::error::Error;
use vera_runtime::host::database::Pool;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let database = arguments.next().unwrap_or_else(|| "sqlite::memory:".to_owned());
    let port: u16 = arguments.next().as_deref().unwrap_or("8080").parse()?;
    let application = server::application(Pool::open_url(&database)?)?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("Serving on http://{}", listener.local_addr()?);
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, application).with_graceful_shutdown(stop).await?;
    Ok(())
}
