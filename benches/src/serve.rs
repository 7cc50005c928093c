//! Web requests: a handler in Vera behind the service of the runtime, against one in Rust behind the same server.
//!
//! Both are asked over loopback by the same clients, on connections that stay open. What is measured is the processor time of
//! the whole process, clients included, because clients and servers share the processors: where these are the limit,
//! requests per second are its inverse.

use crate::guest;
use crate::measure::{Clock, Contender, Measured, alternate};
use crate::table::{Row, Target};
use crate::{Benchmark, text};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tokio::runtime::Runtime;
use vera_runtime::{Compiled, Limits, serve};

const BUDGET: Duration = Duration::from_secs(2);
const CONNECTIONS: usize = 4;
/// Requests of each connection in one run.
const REQUESTS: usize = 100;
/// What a server may take for the head of a request.
const PATIENCE: Duration = Duration::from_secs(10);

/// Turns each line of the body around, and says how many there are in a header.
const HANDLER: &str = r#"
public fn handle(@Request -> @Response)
  requires(true)
  ensures(true)
  effects(<HttpServer>)
{
  match @Request.0 {
    Request("POST", "/lines", @Map<String, String>, @String) -> {
      let @Array<String> = string_split(@String.0, "\n");
      let @Array<String> = array_map(@Array<String>.0, fn(@String -> @String) effects(pure) { string_reverse(@String.0) });
      Response(200, map_insert(map_new(), "x-lines", to_string(array_length(@Array<String>.0))), string_join(@Array<String>.0, "\n"))
    },
    Request(_, _, _, _) -> Response(404, map_new(), "")
  }
}
"#;

pub(crate) fn benchmarks() -> Vec<Benchmark> {
    vec![Benchmark::new("serve", "requests that a Vera handler answers, against a handler in Rust", requests)]
}

/// A client on a connection of its own.
struct Client(BufReader<TcpStream>);

impl Client {
    /// Sends a body and reads the whole answer; the length of its body.
    fn ask(&mut self, request: &[u8], expected: &str) -> Result<i64, String> {
        self.0.get_mut().write_all(request).map_err(text)?;
        let (mut length, mut line) = (0, String::new());
        loop {
            line.clear();
            if self.0.read_line(&mut line).map_err(text)? == 0 {
                return Err("the server has closed the connection".into());
            }
            if line == "\r\n" {
                break;
            }
            if let Some(rest) = line.strip_prefix("content-length:") {
                length = rest.trim().parse().map_err(text)?;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).map_err(text)?;
        if body == expected.as_bytes() {
            Ok(length as i64)
        } else {
            Err(format!("the answer is {:?}", String::from_utf8_lossy(&body)))
        }
    }
}

/// Serves connections until the runtime ends.
fn start<S>(runtime: &Runtime, service: S) -> Result<Vec<Client>, String>
where
    S: hyper::service::Service<Request<Incoming>, Response = Response<Full<Bytes>>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    let listener = runtime.block_on(tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))));
    let listener = listener.map_err(text)?;
    let address = listener.local_addr().map_err(text)?;
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut http = hyper::server::conn::http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
            let connection = http.serve_connection(TokioIo::new(stream), service.clone());
            tokio::spawn(async move { drop(connection.await) });
        }
    });
    let client = |_| {
        let stream = TcpStream::connect(address).map_err(text)?;
        stream.set_nodelay(true).map_err(text)?;
        Ok(Client(BufReader::new(stream)))
    };
    (0..CONNECTIONS).map(client).collect()
}

/// All clients at once.
fn run(clients: &mut [Client], request: &[u8], expected: &str) -> Result<i64, String> {
    std::thread::scope(|threads| {
        let asking: Vec<_> = clients
            .iter_mut()
            .map(|client| {
                threads.spawn(|| (0..REQUESTS).try_fold(0, |sum, _| Ok(sum + client.ask(request, expected)?)))
            })
            .collect();
        let answered = asking.into_iter().map(|thread| thread.join().map_err(|_| "a client panicked".to_owned())?);
        answered.sum::<Result<i64, String>>()
    })
}

fn turned(body: &str) -> (usize, String) {
    let lines: Vec<String> = body.split('\n').map(|line| line.chars().rev().collect()).collect();
    (lines.len(), lines.join("\n"))
}

async fn native(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let answer = |status: u16, lines: usize, body: String| {
        let answer = Response::builder().status(status).header("x-lines", lines).body(Full::new(Bytes::from(body)));
        answer.unwrap_or_default()
    };
    if request.method() != "POST" || request.uri().path() != "/lines" {
        return Ok(answer(404, 0, String::new()));
    }
    let Ok(body) = request.into_body().collect().await else { return Ok(answer(400, 0, String::new())) };
    let (lines, body) = turned(&String::from_utf8_lossy(&body.to_bytes()));
    Ok(answer(200, lines, body))
}

fn requests() -> Result<(), String> {
    // As the command has them.
    let instances = Some(std::thread::available_parallelism().map_or(4, usize::from) as u32);
    let limits = Limits { deadline: Some(Duration::from_secs(30)), instances, ..Limits::default() };
    let compiled = Compiled::new(guest::compile("handler", HANDLER)?);
    let (template, ()) = compiled.link((), limits).and_then(|imports| imports.template()).map_err(text)?;
    let blocking = serve::Service::new(move |request| {
        let mut instance = template.instance(())?;
        let handle = instance.function::<(serve::Request,), serve::Response>("handle")?;
        instance.call(&handle, (request,))
    });
    let (template, ()) = compiled.link((), limits).and_then(|imports| imports.awaited().template()).map_err(text)?;
    let awaited = serve::Service::awaited(move |request| {
        let instance = template.instance(());
        async move {
            let mut instance = instance?;
            let handle = instance.function::<(serve::Request,), serve::Response>("handle")?;
            instance.call_async(&handle, (request,)).await
        }
    });
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(text);
    let runtimes = [runtime()?, runtime()?, runtime()?];
    let mut of_blocking = start(&runtimes[0], TowerToHyperService::new(blocking))?;
    let mut of_awaited = start(&runtimes[1], TowerToHyperService::new(awaited))?;
    let mut of_rust = start(&runtimes[2], hyper::service::service_fn(native))?;
    let body = "a line of text\nand another one, which is longer\n".repeat(8);
    let (_, expected) = turned(&body);
    let length = body.len();
    let request = format!("POST /lines HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}");
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
        ("awaited", Box::new(|| run(&mut of_awaited, request.as_bytes(), &expected))),
        ("blocking", Box::new(|| run(&mut of_blocking, request.as_bytes(), &expected))),
        ("rust", Box::new(|| run(&mut of_rust, request.as_bytes(), &expected))),
    ];
    let measured = alternate(Clock::AllThreads, BUDGET, &mut contenders)?;
    let rate = |one: &Measured| format!("{:.0} req/s", (CONNECTIONS * REQUESTS) as f64 / one.median().as_secs_f64());
    for (vera, handler) in [(0, "a future"), (1, "blocking")] {
        Row {
            name: "serve".into(),
            input: format!("{length} bytes, {handler}"),
            vera: rate(&measured[vera]),
            baseline: rate(&measured[2]),
            ratio: Some(measured[2].ratio(&measured[vera])),
            target: Some(Target::AtLeast(0.5)),
            ..Row::default()
        }
        .print();
    }
    drop(contenders);
    runtimes.into_iter().for_each(Runtime::shutdown_background);
    Ok(())
}
