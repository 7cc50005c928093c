//! The service.

use super::convert::{self, Answer};
use super::{Request, Response};
use crate::error::Error;
use bytes::Bytes;
use http::StatusCode;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::convert::Infallible;
use std::fmt;
use std::future::{Future, poll_fn};
use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::Semaphore;

/// A handler of web requests as a `tower` service: a function that may block ([`Service::new`]), or one that gives a future
/// ([`Service::awaited`]), which is faster. Clones share their limits, until the limits of one are changed.
///
/// ```
/// use vera_runtime::serve::{Request, Service};
/// # mod shop {
/// #     use vera_runtime::serve::{Request, Response};
/// #     pub fn answer(_: &Request) -> vera_runtime::Result<Response> { Ok(Default::default()) }
/// # }
/// // For each request an instance, made with a builder: `shop::Module::builder().database(pool.lend()).build()?.handle(request)`
/// let service = Service::new(|request: &Request| shop::answer(request)).max_body(64 << 10).concurrency(8);
/// # let _: Service = service;
/// ```
///
/// It must be called within a tokio runtime with time enabled. A failed handler gives the status 500 with an id, and no
/// details; [`Service::on_failure`] gets the details with the id. A body that is too large gives 413, one that does not
/// arrive in time 408. When too many requests wait, the next one gives 503.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    handler: Handler,
    on_failure: Option<Arc<Hook>>,
    max_body: usize,
    body_time: Duration,
    running: usize,
    waiting: usize,
    /// Permits for running requests, and for all accepted requests.
    permits: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// The start of ids, and the number of ids so far.
    first: u64,
    count: Arc<AtomicU64>,
}

/// What answers requests.
#[derive(Clone)]
enum Handler {
    /// A function that may block.
    Blocking(Arc<Answers>),
    /// A function that gives a future.
    Awaited(Arc<dyn Fn(Request) -> Answering + Send + Sync>),
}

type Answers = dyn Fn(&Request) -> Result<Response, Error> + Send + Sync;
type Answering = Pin<Box<dyn Future<Output = Result<Response, Error>> + Send>>;
type Hook = dyn Fn(&Failure<'_>) + Send + Sync;

/// A request that the module did not answer.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure<'f> {
    /// The id in the client's response.
    pub id: &'f str,
    /// The method of the request.
    pub method: &'f str,
    /// The path of the request, with its query.
    pub path: &'f str,
    /// What happened.
    pub message: &'f str,
    /// The error of the call; `None` when the handler's response could not be sent.
    pub error: Option<&'f Error>,
}

impl Service {
    /// A service that answers with a function, which is called for each request on a thread that may block. The
    /// function usually makes an instance and calls the handler of the module.
    ///
    /// Defaults: bodies of up to 1 MiB within 30 seconds, as many requests at a time as there are processors, and a
    /// hundred times as many waiting requests.
    pub fn new(handler: impl Fn(&Request) -> Result<Response, Error> + Send + Sync + 'static) -> Self {
        Self::with(Handler::Blocking(Arc::new(handler)))
    }

    /// A service that answers with a function that gives a future, which is polled by the task that asks for the answer. The
    /// function usually makes an instance with async calls and awaits the call of the handler. So a request needs no other
    /// thread, and when its client goes away, its call ends.
    ///
    /// Set [`Limits::deadline`](crate::Limits::deadline): then a module that computes for long lets other tasks run in
    /// between. What blocks in a host of the module blocks the thread of the task.
    ///
    /// The defaults are those of [`Service::new`].
    pub fn awaited<F>(handler: impl Fn(Request) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Response, Error>> + Send + 'static,
    {
        Self::with(Handler::Awaited(Arc::new(move |request| Box::pin(handler(request)))))
    }

    fn with(handler: Handler) -> Self {
        let running = std::thread::available_parallelism().map_or(4, usize::from);
        Self::assemble(Inner {
            handler,
            on_failure: None,
            max_body: 1 << 20,
            body_time: Duration::from_secs(30),
            running,
            waiting: running * 100,
            permits: Arc::new(Semaphore::new(0)),
            places: Arc::new(Semaphore::new(0)),
            first: RandomState::new().hash_one(0),
            count: Arc::default(),
        })
    }

    /// The service with semaphores as its settings say.
    fn assemble(inner: Inner) -> Self {
        let most = Semaphore::MAX_PERMITS;
        let permits = Arc::new(Semaphore::new(inner.running.min(most)));
        let places = Arc::new(Semaphore::new(inner.running.saturating_add(inner.waiting).min(most)));
        Service(Arc::new(Inner { permits, places, ..inner }))
    }

    fn set(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = Inner::clone(&self.0);
        change(&mut inner);
        Self::assemble(inner)
    }

    /// The maximum size of a request's body, in bytes.
    pub fn max_body(self, bytes: usize) -> Self {
        self.set(|inner| inner.max_body = bytes)
    }

    /// The time in which the body of a request must arrive.
    pub fn body_time(self, time: Duration) -> Self {
        self.set(|inner| inner.body_time = time)
    }

    /// The number of handlers that run at a time; at least one.
    pub fn concurrency(self, handlers: usize) -> Self {
        self.set(|inner| inner.running = handlers.max(1))
    }

    /// The number of requests that may wait for a handler.
    pub fn waiting(self, requests: usize) -> Self {
        self.set(|inner| inner.waiting = requests)
    }

    /// Calls `hook` for each request that the module did not answer, for example to write a log.
    pub fn on_failure(self, hook: impl Fn(&Failure<'_>) + Send + Sync + 'static) -> Self {
        self.set(|inner| inner.on_failure = Some(Arc::new(hook)))
    }

    async fn answer<B>(self, request: http::Request<B>) -> Answer
    where
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let inner = &self.0;
        let Ok(place) = Arc::clone(&inner.places).try_acquire_owned() else {
            return convert::own(StatusCode::SERVICE_UNAVAILABLE, None);
        };
        let (parts, body) = request.into_parts();
        let body = match tokio::time::timeout(inner.body_time, collect(body, inner.max_body)).await {
            Ok(Ok(body)) => body,
            Ok(Err(status)) => return convert::own(status, None),
            Err(_) => return convert::own(StatusCode::REQUEST_TIMEOUT, None),
        };
        let Ok(permit) = Arc::clone(&inner.permits).acquire_owned().await else {
            return convert::own(StatusCode::SERVICE_UNAVAILABLE, None);
        };
        match &inner.handler {
            Handler::Blocking(handler) => {
                let (service, handler) = (self.clone(), Arc::clone(handler));
                // Runs to its end also when the client is gone, with its permits: it cannot be stopped from outside.
                let work = tokio::task::spawn_blocking(move || {
                    let _permits = (place, permit);
                    let response = handler(&convert::request(&parts, &body));
                    service.answer_of(&parts, response)
                });
                work.await.unwrap_or_else(|_| self.panicked())
            }
            Handler::Awaited(handler) => {
                let _permits = (place, permit);
                let answering = || {
                    let response = handler(convert::request(&parts, &body));
                    async { self.answer_of(&parts, response.await) }
                };
                unwinding(answering).await.unwrap_or_else(|_| self.panicked())
            }
        }
    }

    /// The answer that a handler has given.
    fn answer_of(&self, parts: &http::request::Parts, response: Result<Response, Error>) -> Answer {
        let (message, error) = match response {
            Ok(response) => match convert::answer(response) {
                Ok(answer) => return answer,
                Err(message) => (message, None),
            },
            Err(error) => (error.to_string(), Some(error)),
        };
        let id = self.id();
        if let Some(hook) = &self.0.on_failure {
            let (method, path) = (parts.method.as_str(), convert::path(parts));
            hook(&Failure { id: &id, method, path, message: &message, error: error.as_ref() });
        }
        convert::own(StatusCode::INTERNAL_SERVER_ERROR, Some(&id))
    }

    /// The answer where a handler panics.
    fn panicked(&self) -> Answer {
        convert::own(StatusCode::INTERNAL_SERVER_ERROR, Some(&self.id()))
    }

    /// A unique id of a failure.
    fn id(&self) -> String {
        format!("{:08x}-{}", self.0.first >> 32, self.0.count.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// What a future gives, or its panic.
async fn unwinding<F: Future>(start: impl FnOnce() -> F) -> std::thread::Result<F::Output> {
    let mut future = std::pin::pin!(catch_unwind(AssertUnwindSafe(start))?);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

/// The body of a request, or the status that says why it could not be read.
async fn collect<B>(body: B, most: usize) -> Result<Bytes, StatusCode>
where
    B: Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match Limited::new(body, most).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

impl<B> tower_service::Service<http::Request<B>> for Service
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Answer;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(service.answer(request).await) })
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { max_body, body_time, running, waiting, .. } = &*self.0;
        f.debug_struct("Service")
            .field("max_body", max_body)
            .field("body_time", body_time)
            .field("concurrency", running)
            .field("waiting", waiting)
            .finish_non_exhaustive()
    }
}
