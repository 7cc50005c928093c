//! Effects of the language that wait for something outside the process, implemented by futures.
//!
//! Each has a trait for async calls besides its plain trait. A part of a composed host implements one of the two: as it is,
//! it implements the plain trait and blocks the thread that polls a call; within [`Awaited`] it implements the trait here.
//! Hidden traits link it in either way, so that the builder of a wrapper accepts both.
//!
//! The deadline of a call drops a future that waits, so hosts need not know it.

use super::{AsyncImports, Awaited, OperationFuture, delivered};
use crate::error::Result;
use crate::host::database::{Database, Rows};
use crate::host::http::Http;
use crate::host::inference::Inference;
use crate::host::io::{Clock, SystemClock};
use crate::value::Value;
use crate::value::arguments::LiftParams;
use std::time::Duration;

/// What an operation gives the program, which handles an `Err`.
type Answer<T> = Result<T, String>;

/// The effect `Http` for async calls. [`Http`] is its plain form.
///
/// ```
/// use vera_runtime::host::AsyncHttp;
/// # async fn fetched(url: String, body: Option<String>) -> Result<String, std::io::Error> { Ok(url) }
/// struct Client;
///
/// impl AsyncHttp for Client {
///     async fn get(&mut self, url: &str) -> Result<String, String> {
///         fetched(url.to_owned(), None).await.map_err(|error| error.to_string())
///     }
///
///     async fn post(&mut self, url: &str, body: &str) -> Result<String, String> {
///         fetched(url.to_owned(), Some(body.to_owned())).await.map_err(|error| error.to_string())
///     }
/// }
/// ```
pub trait AsyncHttp {
    /// Fetches a URL. An error is the reason why there is no body.
    fn get(&mut self, url: &str) -> impl Future<Output = Answer<String>> + Send;

    /// Posts a body to a URL. An error is the reason why there is no answer.
    fn post(&mut self, url: &str, body: &str) -> impl Future<Output = Answer<String>> + Send;
}

/// The effect `Inference` for async calls. [`Inference`] is its plain form.
pub trait AsyncInference {
    /// Completes a prompt. An error is the reason why there is no completion.
    fn complete(&mut self, prompt: &str) -> impl Future<Output = Answer<String>> + Send;
}

/// The effect `DB` for async calls. [`Database`] is its plain form.
pub trait AsyncDatabase {
    /// Runs a query with parameters. An error is the reason why there are no rows.
    fn query(&mut self, sql: &str, parameters: &[Option<String>]) -> impl Future<Output = Answer<Rows>> + Send;

    /// Runs a statement with parameters. The result is the number of rows that it changed, or -1 for statements that do not
    /// change rows.
    fn execute(&mut self, sql: &str, parameters: &[Option<String>]) -> impl Future<Output = Answer<i64>> + Send;
}

/// The clock for async calls. [`Clock`] is its plain form.
pub trait AsyncClock {
    /// Milliseconds since 1970.
    fn time(&mut self) -> u64 {
        SystemClock.time()
    }

    /// Waits.
    fn sleep(&mut self, time: Duration) -> impl Future<Output = ()> + Send;
}

impl<H: Send + 'static> AsyncImports<H> {
    /// Implements `Http` with futures of a part of the host.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module declares an operation with other types.
    pub fn http<C: AsyncHttp + Send + 'static>(
        self,
        part: impl Fn(&mut H) -> &mut C + Copy + Send + Sync + 'static,
    ) -> Result<Self> {
        self.language::<(String,), Answer<String>, _>("Http", "get", move |host, (url,)| {
            Box::pin(async move { delivered(part(host).get(&url).await) })
        })?
        .language::<(String, String), Answer<String>, _>("Http", "post", move |host, (url, body)| {
            Box::pin(async move { delivered(part(host).post(&url, &body).await) })
        })
    }

    /// Implements `Inference` with futures of a part of the host.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module declares an operation with other types.
    pub fn inference<C: AsyncInference + Send + 'static>(
        self,
        part: impl Fn(&mut H) -> &mut C + Copy + Send + Sync + 'static,
    ) -> Result<Self> {
        self.language::<(String,), Answer<String>, _>("Inference", "complete", move |host, (prompt,)| {
            Box::pin(async move { delivered(part(host).complete(&prompt).await) })
        })
    }

    /// Implements `DB` with futures of a part of the host.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module declares an operation with other types.
    pub fn database<C: AsyncDatabase + Send + 'static>(
        self,
        part: impl Fn(&mut H) -> &mut C + Copy + Send + Sync + 'static,
    ) -> Result<Self> {
        type Statement = (String, Vec<Option<String>>);
        self.language::<Statement, Answer<Rows>, _>("DB", "query", move |host, (sql, parameters)| {
            Box::pin(async move { delivered(part(host).query(&sql, &parameters).await) })
        })?
        .language::<Statement, Answer<i64>, _>("DB", "execute", move |host, (sql, parameters)| {
            Box::pin(async move { delivered(part(host).execute(&sql, &parameters).await) })
        })
    }

    /// Implements the clock operations of `IO` with a part of the host: `IO.sleep` is a future.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module declares them with other types.
    pub fn clock<C: AsyncClock + Send + 'static>(
        self,
        part: impl Fn(&mut H) -> &mut C + Copy + Send + Sync + 'static,
    ) -> Result<Self> {
        self.language::<(u64,), (), _>("IO", "sleep", move |host, (millis,)| {
            Box::pin(async move {
                part(host).sleep(Duration::from_millis(millis)).await;
                delivered(())
            })
        })?
        .language::<((),), u64, _>("IO", "time", move |host, ((),)| {
            let time = part(host).time() & (u64::MAX >> 1);
            Box::pin(async move { delivered(time) })
        })
    }

    /// Implements an operation of an effect of the language, if the module uses it.
    fn language<P, R, F>(self, effect: &str, operation: &str, f: F) -> Result<Self>
    where
        P: LiftParams + Send,
        R: Value,
        F: for<'h> Fn(&'h mut H, P) -> OperationFuture<'h, R> + Send + Sync + 'static,
    {
        match self.effect(effect) {
            Some(effect) => self.operation(effect, operation, f),
            None => Ok(self),
        }
    }
}

macro_rules! grants {
    ($($grant:ident: $plain:ident or $awaited:ident, $method:ident, $message:literal, $label:literal;)*) => {$(
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = $label)]
        pub trait $grant: Sized {
            fn link<H: Send + 'static>(
                imports: AsyncImports<H>,
                part: fn(&mut H) -> &mut Self,
            ) -> Result<AsyncImports<H>>;
        }

        impl<C: $plain + 'static> $grant for C {
            fn link<H: Send + 'static>(
                imports: AsyncImports<H>,
                part: fn(&mut H) -> &mut Self,
            ) -> Result<AsyncImports<H>> {
                imports.blocking(|imports| imports.$method(part))
            }
        }

        impl<C: $awaited + Send + 'static> $grant for Awaited<C> {
            fn link<H: Send + 'static>(
                imports: AsyncImports<H>,
                part: fn(&mut H) -> &mut Self,
            ) -> Result<AsyncImports<H>> {
                imports.$method(move |host| &mut part(host).0)
            }
        }
    )*};
}

grants! {
    GrantHttp: Http or AsyncHttp, http,
        "nothing carries out the effect `Http`",
        "grant it with `.http_awaited(host)`, where the host implements `AsyncHttp`, or with `.http(host)`, where it implements `Http`";
    GrantInference: Inference or AsyncInference, inference,
        "nothing carries out the effect `Inference`",
        "grant it with `.inference_awaited(host)`, where the host implements `AsyncInference`, or with `.inference(host)`, where it implements `Inference`";
    GrantDatabase: Database or AsyncDatabase, database,
        "nothing carries out the effect `DB`",
        "grant it with `.database_awaited(host)`, where the host implements `AsyncDatabase`, or with `.database(host)`, where it implements `Database`";
    GrantClock: Clock or AsyncClock, clock,
        "nothing carries out the clock of the effect `IO`",
        "grant it with `.clock_awaited(host)`, where the host implements `AsyncClock`, or with `.clock(host)`, where it implements `Clock`";
}
