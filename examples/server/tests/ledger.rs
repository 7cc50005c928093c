//! The ledger, asked over loopback and without a network; under load no amount is lost.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use vera_runtime::host::database::{Database, Pool};
use vera_runtime::host::{Recorder, Replay};
use vera_runtime::serve::Request;

/// The server on a port of its own, until the process ends.
fn start(database: Pool) -> SocketAddr {
    let application = server::application(database).unwrap();
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            send.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, application).await.unwrap();
        });
    });
    receive.recv().unwrap()
}

/// Status and body of the answer.
fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

#[test]
fn accounts_and_transfers() {
    let address = start(Pool::open_url("sqlite::memory:").unwrap());
    assert_eq!(ask(address, "GET", "/health", ""), (200, "well".to_owned()));
    for (method, path, body, expected) in [
        ("GET", "/accounts/ada", "", (404, "no such account")),
        ("POST", "/accounts/ada", "", (201, "ada")),
        ("POST", "/accounts/ada", "", (409, "ada")),
        ("POST", "/accounts/bob", "", (201, "bob")),
        ("POST", "/transfers", "ada bob 30", (200, "moved")),
        ("GET", "/accounts/ada", "", (200, "70")),
        ("GET", "/accounts/bob", "", (200, "130")),
        ("POST", "/transfers", "ada bob -5", (400, "an amount is more than zero")),
        ("POST", "/transfers", "ada bob much", (400, "an amount is a whole number")),
        ("POST", "/transfers", "ada", (400, "write: FROM TO AMOUNT")),
        ("GET", "/nothing", "", (404, "there is nothing here")),
    ] {
        let (status, text) = expected;
        assert_eq!(ask(address, method, path, body), (status, text.to_owned()), "{method} {path} {body}");
    }
    for refused in ["ada bob 71", "ada nobody 1", "nobody ada 1", "ada ada 1"] {
        assert_eq!(ask(address, "POST", "/transfers", refused).0, 409, "{refused}");
    }
    assert_eq!(ask(address, "GET", "/accounts/ada", "").1, "70", "what was not moved is taken back");
    assert_eq!(ask(address, "POST", "/transfers", &"x".repeat(5000)).0, 413);
}

/// Many at a time, over a file: transfers are whole, or they are not at all.
#[test]
fn no_amount_is_lost_under_load() {
    let folder = tempfile::tempdir().unwrap();
    let url = folder.path().join("ledger.db").to_str().unwrap().to_owned();
    let address = start(Pool::open_url(&url).unwrap());
    let names = ["a", "b", "c", "d"];
    names.iter().for_each(|name| assert_eq!(ask(address, "POST", &format!("/accounts/{name}"), "").0, 201));
    std::thread::scope(|scope| {
        for worker in 0..8 {
            scope.spawn(move || {
                for n in 0..15 {
                    let (from, to) = (names[(worker + n) % 4], names[(worker * 3 + n + 1) % 4]);
                    let (status, body) = ask(address, "POST", "/transfers", &format!("{from} {to} {}", 1 + n * 3));
                    assert!([200, 409].contains(&status), "{status} {body}");
                }
            });
        }
    });
    let mut database = Pool::open_url(&url).unwrap().lend();
    let total = database.query("SELECT sum(balance), min(balance) >= 0 FROM accounts", &[]).unwrap();
    assert_eq!(total, [[Some("400".to_owned()), Some("1".to_owned())]]);
}

/// A request that was recorded, answered again without a database.
#[test]
fn a_request_is_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls.jsonl");
    let pool = Pool::open_url("sqlite::memory:").unwrap();
    drop(server::application(pool.clone()).unwrap());
    let request = |method: &str, path: &str, body: &str| Request {
        method: method.to_owned(),
        path: path.to_owned(),
        body: body.to_owned(),
        ..Request::default()
    };
    for name in ["ada", "bob"] {
        assert_eq!(server::answer(&pool, &request("POST", &format!("/accounts/{name}"), "")).unwrap().status, 201);
    }
    let transfer = request("POST", "/transfers", "ada bob 5");
    let mut live = server::ledger::Module::builder().database(pool.lend()).build().unwrap();
    live.instance_mut().record(Recorder::create(&file).unwrap());
    let first = live.handle(&transfer).unwrap();
    assert_eq!((first.status, first.body.as_str()), (200, "moved"));
    drop(live);
    let mut again = server::ledger::Module::builder().replay(Replay::from_file(&file).unwrap()).unwrap();
    assert_eq!(again.handle(&transfer).unwrap(), first);
    assert_eq!(again.host().left(), 0);
}
