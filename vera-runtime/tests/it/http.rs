//! The client for `Http`, with servers that behave and servers that do not.

use crate::guest::Guest;
use crate::server::{Server, respond};
use std::io::Write;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use vera_abi::interface::TypeDesc;
use vera_runtime::error::{Error, Limit};
use vera_runtime::host::http::{Client, Http};
use vera_runtime::{Compiled, Limits};

const QUICK: Duration = Duration::from_millis(150);

fn local() -> Client {
    Client::new().allow("127.0.0.1").timeout(Duration::from_secs(20))
}

#[test]
fn requests_and_answers() {
    let server = Server::start(|request, connection| match request.path.as_str() {
        "/teapot" => respond(connection, "418 I'm a teapot", &[], b"tea"),
        "/latin" => respond(connection, "200 OK", &[], b"caf\xe9"),
        "/moved" => respond(connection, "302 Found", &["Location: /hello"], b""),
        "/empty" => respond(connection, "204 No Content", &[], b""),
        _ => respond(connection, "200 OK", &[], format!("{} {}", request.method, request.body).as_bytes()),
    });
    let mut client = local();
    assert_eq!(client.get(&server.url("/hello?q=1")).unwrap(), "GET ");
    assert_eq!(client.post(&server.url("/hello"), "{\"a\": 1}").unwrap(), "POST {\"a\": 1}");
    assert_eq!(client.get(&server.url("/teapot")).unwrap_err(), "HTTP Error 418: I'm a teapot");
    assert_eq!(client.get(&server.url("/latin")).unwrap(), "caf\u{fffd}");
    assert_eq!(client.get(&server.url("/empty")).unwrap(), "");
    assert_eq!(client.get(&server.url("/moved")).unwrap(), "GET ");
    // As browsers do: what was posted is not posted to where a 302 leads.
    assert_eq!(client.post(&server.url("/moved"), "secret").unwrap(), "GET ");
    let seen = server.seen();
    assert_eq!((seen[0].path.as_str(), seen[1].header("content-type")), ("/hello?q=1", Some("application/json")));
    assert!(seen.last().unwrap().body.is_empty());
}

#[test]
fn only_http_is_spoken_and_only_with_hosts() {
    for url in [
        "",
        "nonsense",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "//127.0.0.1/",
        "http://a b/",
    ] {
        let error = local().get(url).unwrap_err();
        assert!(error.contains("is no URL"), "{url}: {error}");
    }
}

#[test]
fn hosts_that_are_not_allowed_are_not_reached() {
    let server = Server::start(|_, connection| respond(connection, "200 OK", &[], b"reached"));
    let refused = Arc::new(Mutex::new(Vec::new()));
    let refusing = |client: Client| {
        let hook = Arc::clone(&refused);
        client.on_refusal(move |refusal| hook.lock().unwrap().push((refusal.capability, refusal.what.clone())))
    };
    let url = server.url("/");
    let named = format!("http://localhost:{}/", server.port);
    for (client, url, message) in [
        (Client::new(), &url, "are not allowed"),
        (Client::new().allow("example.com"), &url, "are not allowed"),
        (Client::new().allow(&format!("127.0.0.1:{}", server.port ^ 1)), &url, "are not allowed"),
        // Every public host: these are not.
        (Client::new().allow("*"), &url, "not public"),
        (Client::new().allow("*"), &named, "not public"),
        (Client::new().allow("*"), &format!("http://0x7f000001:{}/", server.port), "not public"),
        (Client::new().allow("*"), &format!("http://[::ffff:127.0.0.1]:{}/", server.port), "not public"),
    ] {
        let error = refusing(client).get(url).unwrap_err();
        assert!(error.contains(message), "{url}: {error}");
    }
    assert!(server.seen().is_empty(), "{:?}", server.seen());
    let refused = refused.lock().unwrap();
    assert_eq!(refused[0], ("Http", format!("127.0.0.1:{}", server.port)));
    assert_eq!(refused[3], ("Http", "127.0.0.1".to_owned()));
    for client in [
        Client::new().allow("127.0.0.0/8"),
        Client::new().allow("*").allow("127.0.0.1"),
        Client::new().allow(&format!("127.0.0.1:{}", server.port)),
    ] {
        assert_eq!(client.clone().get(&url).unwrap(), "reached", "{client:?}");
    }
    assert_eq!(Client::new().allow("localhost").get(&named).unwrap(), "reached");
    let error = Client::new().allow("http://127.0.0.1/").get(&url).unwrap_err();
    assert!(error.contains("is not a host"), "{error}");
}

/// A host that is allowed leads to one that is not.
#[test]
fn redirects_are_checked_like_requests() {
    let inner = Server::start(|_, connection| respond(connection, "200 OK", &[], b"secret"));
    let target = format!("http://127.0.0.2:{}/", inner.port);
    let locations = [
        target.clone(),
        target.replace("127.0.0.2", "169.254.169.254"),
        "file:///etc/passwd".to_owned(),
        "ftp://127.0.0.1/".to_owned(),
    ];
    for location in locations {
        let header = format!("Location: {location}");
        let outer = Server::start(move |_, connection| respond(connection, "302 Found", &[&header], b""));
        for client in [local(), local().allow("*")] {
            let error = client.clone().get(&outer.url("/")).unwrap_err();
            assert!(!error.contains("secret"), "{location}: {error}");
        }
    }
    assert!(inner.seen().is_empty());
}

#[test]
fn redirects_are_counted() {
    let server = Server::start(|request, connection| {
        let next: u32 = request.path[1..].parse::<u32>().unwrap() + 1;
        respond(connection, "302 Found", &[&format!("Location: /{next}")], b"");
    });
    let error = local().max_redirects(3).get(&server.url("/0")).unwrap_err();
    assert_eq!(error, "more than 3 redirects");
    assert_eq!(server.seen().len(), 4);
}

#[test]
fn answers_have_a_size() {
    let server = Server::start(|request, connection| match request.path.as_str() {
        "/just" => respond(connection, "200 OK", &[], &[b'a'; 1000]),
        "/long" => respond(connection, "200 OK", &[], &[b'a'; 1001]),
        "/headers" => respond(connection, "200 OK", &[&format!("X: {}", "a".repeat(100_000))], b""),
        // It never ends, and does not say how much it is.
        _ => {
            let _ = connection.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            while connection.write_all(&[b'a'; 4096]).is_ok() {}
        }
    });
    let mut client = local().max_body(1000);
    assert_eq!(client.get(&server.url("/just")).unwrap().len(), 1000);
    assert_eq!(client.get(&server.url("/long")).unwrap_err(), "the answer is larger than 1000 bytes");
    assert_eq!(client.get(&server.url("/endless")).unwrap_err(), "the answer is larger than 1000 bytes");
    assert!(client.get(&server.url("/headers")).is_err());
}

#[test]
fn broken_answers_are_errors() {
    let server = Server::start(|request, connection| {
        let answer: &[u8] = match request.path.as_str() {
            "/nothing" => b"",
            "/nonsense" => b"\x00\x01\x02 not http\r\n\r\n",
            "/cut-head" => b"HTTP/1.1 200 OK\r\nContent-Le",
            "/cut-body" => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
            "/cut-chunk" => b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
            "/bad-chunk" => b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
            "/bad-length" => b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello",
            "/lost" => b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
            path => panic!("{path}"),
        };
        let _ = connection.write_all(answer);
    });
    for path in ["nothing", "nonsense", "cut-head", "cut-body", "cut-chunk", "bad-chunk", "bad-length", "lost"] {
        let outcome = local().get(&server.url(&format!("/{path}")));
        assert!(outcome.is_err(), "{path}: {outcome:?}");
    }
    // Nobody listens there any more.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert!(local().get(&format!("http://127.0.0.1:{port}/")).is_err());
}

/// Silence, and bytes that come one by one for ever.
fn slow_server() -> Server {
    let (never, forever) = mpsc::channel::<()>();
    let forever = Mutex::new((never, forever));
    Server::start(move |request, connection| match request.path.as_str() {
        "/silent" => drop(forever.lock().unwrap().1.recv()),
        _ => {
            let _ = connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            while connection.write_all(b"a").is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    })
}

#[test]
fn slow_answers_end_with_the_timeout() {
    let server = slow_server();
    for path in ["/silent", "/drops"] {
        let error = local().timeout(QUICK).get(&server.url(path)).unwrap_err();
        assert_eq!(error, "no answer in time", "{path}");
    }
}

/// A module that fetches what it is told to.
fn fetching() -> Compiled {
    let mut guest = Guest::new();
    let string = guest.ty(TypeDesc::String);
    let answer = guest.result(string, string);
    guest.operation("Http", "get", vec![string], answer, "(param i32 i32) (result i32)");
    guest.function(
        "fetch",
        vec![string],
        answer,
        "(param i32 i32) (result i32) (call $Http.get (local.get 0) (local.get 1))",
    );
    guest.compile()
}

/// The client has an hour; the call has not. It ends by its deadline, and the instance answers the next one.
#[test]
fn a_request_ends_with_its_call() {
    let server = slow_server();
    let fine = Server::start(|_, connection| respond(connection, "200 OK", &[], b"fine"));
    let limits = Limits { deadline: Some(Duration::from_millis(400)), ..Limits::default() };
    let client = local().timeout(Duration::from_secs(3600));
    let imports = fetching().link(client, limits).unwrap().http(|client| client).unwrap();
    let mut instance = imports.instantiate().unwrap();
    let fetch = instance.function::<(String,), Result<String, String>>("fetch").unwrap();
    for path in ["/silent", "/drops"] {
        let error = instance.call(&fetch, (server.url(path),)).unwrap_err();
        assert!(matches!(&error, Error::Limit(reached) if matches!(reached.limit, Limit::Deadline(_))), "{error:?}");
        assert_eq!(instance.call(&fetch, (fine.url("/"),)).unwrap().as_deref(), Ok("fine"));
    }
    instance.check_heap().unwrap();
}
