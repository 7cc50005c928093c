//! A handler as a `tower` service, without a network: limits, failures, clients that go away.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use tower_service::Service as _;
use vera_runtime::serve::{Failure, Request, Response, Service};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap()
}

fn request(path: &str, body: &'static str) -> http::Request<Full<Bytes>> {
    http::Request::post(path).header("A", "1").header("a", "2").body(Full::new(Bytes::from(body))).unwrap()
}

/// Status and body of the answer.
async fn ask(service: &Service, request: http::Request<Full<Bytes>>) -> (u16, String) {
    let answer = service.clone().call(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn echo(request: &Request) -> vera_runtime::Result<Response> {
    let Request { method, path, headers, body } = request;
    Ok(Response { status: 200, body: format!("{method} {path} {headers:?} {body}"), ..Response::default() })
}

#[test]
fn requests_and_answers_are_those_of_the_crate_http() {
    runtime().block_on(async {
        let answer = ask(&Service::new(echo), request("/p?q=1", "body")).await;
        assert_eq!(answer, (200, r#"POST /p?q=1 {"a": "1, 2"} body"#.to_owned()));
        let service = Service::new(|_| {
            let headers = [("X-A", "b"), ("content-length", "7"), ("transfer-encoding", "chunked")];
            let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
            Ok(Response { status: 299, headers: headers.into_iter().collect(), body: "é".to_owned() })
        });
        let answer = service.clone().call(request("/", "")).await.unwrap();
        assert_eq!(answer.status(), 299);
        let names: Vec<&str> = answer.headers().keys().map(|name| name.as_str()).collect();
        assert_eq!(names, ["x-a"], "how it is sent is not the module's to say");
    });
}

#[test]
fn what_cannot_be_sent_and_what_fails_is_a_500_with_an_id() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&seen);
    let service = Service::new(|request| match request.path.as_str() {
        "/fails" => Err(vera_runtime::Error::Exit(3)),
        "/panics" => panic!("on purpose"),
        "/status" => Ok(Response { status: 100, ..Response::default() }),
        "/header" => {
            let headers = [("a b".to_owned(), "c".to_owned())].into_iter().collect();
            Ok(Response { status: 200, headers, ..Response::default() })
        }
        _ => echo(request),
    })
    .on_failure(move |failure: &Failure<'_>| {
        hook.lock().unwrap().push((failure.id.to_owned(), failure.message.to_owned(), failure.error.is_some()));
    });
    runtime().block_on(async {
        let mut ids = Vec::new();
        for path in ["/fails", "/status", "/header", "/panics"] {
            let (status, body) = ask(&service, request(path, "")).await;
            let body: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert_eq!((status, &body["error"]), (500, &"Internal Server Error".into()));
            ids.push(body["id"].as_str().unwrap().to_owned());
        }
        let seen = seen.lock().unwrap().clone();
        assert_eq!(seen.iter().map(|(id, ..)| id).collect::<Vec<_>>(), ids[..3].iter().collect::<Vec<_>>());
        assert!(seen[0].2 && !seen[1].2 && seen[1].1.contains("100 is not a status"), "{seen:?}");
        assert!(ids.iter().collect::<std::collections::BTreeSet<_>>().len() == 4);
        assert_eq!(ask(&service, request("/fine", "")).await.0, 200);
    });
}

#[test]
fn bodies_have_a_size_and_a_time() {
    runtime().block_on(async {
        let service = Service::new(echo).max_body(4).body_time(Duration::from_millis(50));
        assert_eq!(ask(&service, request("/", "1234")).await.0, 200);
        assert_eq!(ask(&service, request("/", "12345")).await.0, 413);
        /// A body that never comes.
        struct Silent;
        impl http_body::Body for Silent {
            type Data = Bytes;
            type Error = std::convert::Infallible;
            fn poll_frame(
                self: std::pin::Pin<&mut Self>,
                _: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
                std::task::Poll::Pending
            }
        }
        let answer = service.clone().call(http::Request::new(Silent)).await.unwrap();
        assert_eq!(answer.status(), 408);
    });
}

/// A gate that handlers wait at.
#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
    inside: AtomicUsize,
    most: AtomicUsize,
}

impl Gate {
    fn pass(&self) {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        let open = self.open.lock().unwrap();
        drop(self.opened.wait_while(open, |open| !*open).unwrap());
        self.inside.fetch_sub(1, Ordering::SeqCst);
    }

    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }
}

#[test]
fn so_many_run_so_many_wait_and_the_rest_is_sent_away() {
    let gate = Arc::new(Gate::default());
    let inner = Arc::clone(&gate);
    let service = Service::new(move |request| {
        inner.pass();
        echo(request)
    })
    .concurrency(2)
    .waiting(3);
    runtime().block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let service = service.clone();
            tasks.spawn(async move { ask(&service, request("/", "")).await.0 });
        }
        // Five have a place, so that one is answered while none gets through.
        assert_eq!(tasks.join_next().await.unwrap().unwrap(), 503);
        gate.open();
        assert_eq!(tasks.join_all().await, [200; 5]);
        assert_eq!(ask(&service, request("/", "")).await.0, 200, "places are free again");
    });
    assert!(gate.most.load(Ordering::SeqCst) <= 2);
}

/// The status of the answer, when there is one at once. Otherwise the client goes away.
async fn ask_quickly(service: &Service) -> Option<u16> {
    let answer = tokio::time::timeout(Duration::from_millis(20), ask(service, request("/quick", "")));
    answer.await.ok().map(|(status, _)| status)
}

/// A client that goes away does not stop its handler, and takes no place for ever.
#[test]
fn dropped_futures_leave_nothing() {
    let gate = Arc::new(Gate::default());
    let inner = Arc::clone(&gate);
    let service = Service::new(move |request| {
        inner.pass();
        echo(request)
    })
    .concurrency(1)
    .waiting(0);
    runtime().block_on(async {
        while gate.inside.load(Ordering::SeqCst) == 0 {
            assert_eq!(ask_quickly(&service).await, None);
        }
        assert_eq!(ask_quickly(&service).await, Some(503), "the handler is still at work");
        gate.open();
        while ask(&service, request("/", "")).await.0 == 503 {
            tokio::task::yield_now().await;
        }
        assert_eq!(ask(&service, request("/", "")).await.0, 200);
    });
}

/// Says that it was dropped.
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn handlers_may_be_futures() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&seen);
    let service = Service::awaited(|request: Request| {
        assert_ne!(request.path, "/panics", "on purpose");
        async move {
            tokio::task::yield_now().await;
            match request.path.as_str() {
                "/fails" => Err(vera_runtime::Error::Exit(3)),
                "/panics-later" => panic!("on purpose"),
                "/status" => Ok(Response { status: 100, ..Response::default() }),
                _ => echo(&request),
            }
        }
    })
    .on_failure(move |failure: &Failure<'_>| {
        hook.lock().unwrap().push((failure.method.to_owned(), failure.path.to_owned(), failure.error.is_some()));
    });
    let single = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    for runtime in [runtime(), single] {
        seen.lock().unwrap().clear();
        runtime.block_on(async {
            for path in ["/fails", "/status", "/panics", "/panics-later"] {
                assert_eq!(ask(&service, request(path, "")).await.0, 500);
            }
            let answer = ask(&service, request("/p?q=1", "body")).await;
            assert_eq!(answer, (200, r#"POST /p?q=1 {"a": "1, 2"} body"#.to_owned()));
        });
        let failures = [("POST", "/fails", true), ("POST", "/status", false)];
        let failures = failures.map(|(method, path, error)| (method.to_owned(), path.to_owned(), error));
        assert_eq!(*seen.lock().unwrap(), failures);
    }
}

/// A client that goes away ends the future of its handler, which takes no place any more.
#[test]
fn dropped_futures_end_handlers_that_are_futures() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let inner = Arc::clone(&dropped);
    let service = Service::awaited(move |request| {
        let dropped = Dropped(Arc::clone(&inner));
        async move {
            if request.path == "/quick" {
                std::future::pending::<()>().await;
            }
            drop(dropped);
            echo(&request)
        }
    })
    .concurrency(1)
    .waiting(0);
    runtime().block_on(async {
        for count in 1..4 {
            assert_eq!(ask_quickly(&service).await, None);
            assert_eq!(dropped.load(Ordering::SeqCst), count);
        }
        assert_eq!(ask(&service, request("/", "")).await.0, 200);
    });
}

/// On one thread, a module that computes for long lets the others have their answers.
#[cfg(feature = "async")]
#[test]
fn a_module_that_computes_gives_way_to_other_requests() {
    const LONG: Duration = Duration::from_secs(60);
    let service = Service::awaited(move |request| async move {
        if request.path == "/spin" {
            let limits = vera_runtime::Limits { deadline: Some(LONG), ..vera_runtime::Limits::default() };
            let mut instance = crate::awaited::instance(limits);
            let spin = instance.function::<(), i64>("spin")?;
            instance.call_async(&spin, ()).await?;
        }
        echo(&request)
    })
    .concurrency(2);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let spinning = service.clone();
        let spinning = tokio::spawn(async move { ask(&spinning, request("/spin", "")).await.0 });
        for _ in 0..3 {
            assert_eq!(ask(&service, request("/", "")).await.0, 200);
            tokio::task::yield_now().await;
        }
        assert!(!spinning.is_finished(), "it had its turn, and still computes");
        spinning.abort();
        assert!(spinning.await.unwrap_err().is_cancelled());
    });
}
