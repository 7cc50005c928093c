//! `vera serve`: a real server, asked over loopback.

use crate::harness::{Sandbox, main_of};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Stdio};

const SHOP: &str = r#"
public fn handle(@Request -> @Response)
  requires(true)
  ensures(true)
  effects(<HttpServer, IO, DB>)
{
  match @Request.0 {
    Request("GET", "/trap", _, @String) -> Response(1 / string_length(@String.0), map_new(), ""),
    Request("GET", "/evil", _, _) -> Response(200, map_insert(map_new(), "x-a", "b\r\nx-evil: 1"), ""),
    Request("GET", "/status", _, _) -> Response(42, map_new(), ""),
    Request("GET", "/file", _, _) -> match IO.read_file("secret.txt") {
      Ok(@String) -> Response(200, map_new(), @String.0),
      Err(@String) -> Response(403, map_new(), @String.0)
    },
    Request("POST", "/add", _, @String) -> match DB.execute("INSERT INTO t VALUES (?)", [Some(@String.0)]) {
      Ok(@Int) -> Response(201, map_new(), to_string(@Int.0)),
      Err(@String) -> Response(500, map_new(), @String.0)
    },
    Request("POST", "/create", _, _) -> match DB.execute("CREATE TABLE t (a)", []) {
      Ok(_) -> Response(200, map_new(), "made"),
      Err(@String) -> Response(500, map_new(), @String.0)
    },
    Request("GET", "/all", _, _) -> match DB.query("SELECT count(*) FROM t", []) {
      Ok(@Array<Array<Option<String>>>) -> Response(200, map_new(), option_unwrap_or(@Array<Array<Option<String>>>.0[0][0], "")),
      Err(@String) -> Response(500, map_new(), @String.0)
    },
    Request(@String, @String, @Map<String, String>, @String) ->
      Response(200, map_insert(map_new(), "X-Method", @String.2), string_join([@String.1, @String.0, option_unwrap_or(map_get(@Map<String, String>.0, "x-twice"), "")], " "))
  }
}
"#;

/// A running server. It is killed at the end unless it ended before.
struct Server {
    child: Child,
    address: String,
    log: BufReader<ChildStderr>,
}

impl Server {
    fn start(sandbox: &Sandbox, options: &[&str]) -> Self {
        let arguments = [&["serve", "--port", "0"][..], options, &["p.vera"]].concat();
        let mut child = sandbox.command(&arguments).stdin(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("Serving on http://").expect("an address").to_owned();
        let log = BufReader::new(child.stderr.take().expect("piped"));
        Self { child, address, log }
    }

    /// Sends bytes as they are; what comes back until the connection ends.
    fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        // The server may have answered and closed before it has read everything.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).expect("UTF-8")
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Twice: 1\r\nX-Twice: 2\r\n");
        self.raw(format!("{head}Content-Length: {length}\r\n\r\n{body}").as_bytes())
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.log.read_line(&mut line).expect("a line of the log");
        line
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn shop() -> Sandbox {
    Sandbox::new(&[("p.vera", SHOP), ("secret.txt", "secret")])
}

#[test]
fn requests_are_answered() {
    let sandbox = shop();
    let server = Server::start(&sandbox, &[]);
    let answer = server.ask("PUT", "/a/b?q=1", "body");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("\r\nx-method: PUT\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n/a/b?q=1 body 1, 2"), "{answer}");
    // One connection, several requests.
    let two = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answers = server.raw(two.as_bytes());
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
}

/// What went wrong is in the log, by the id that the client got, and not in the answer.
#[test]
fn a_trap_is_a_500_with_an_id() {
    let sandbox = shop();
    let mut server = Server::start(&sandbox, &[]);
    for (path, why) in [("/trap", "division by zero"), ("/evil", "cannot be sent"), ("/status", "42 is not a status")] {
        let answer = server.ask("GET", path, "");
        assert!(answer.starts_with("HTTP/1.1 500 ") && !answer.contains("x-evil"), "{answer}");
        let body = answer.split("\r\n\r\n").nth(1).expect("a body");
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        let id = body["id"].as_str().expect("an id");
        assert_eq!(body["error"], "Internal Server Error");
        assert_eq!(body.as_object().map(|body| body.len()), Some(2));
        let line = server.line();
        assert!(line.contains(id) && line.to_lowercase().contains(why) && line.contains(path), "{line}");
    }
    assert!(server.ask("GET", "/fine", "").starts_with("HTTP/1.1 200"), "the next is answered");
}

#[test]
fn nothing_is_granted_without_an_option() {
    let sandbox = shop();
    let mut server = Server::start(&sandbox, &[]);
    assert!(server.ask("GET", "/file", "").starts_with("HTTP/1.1 403"));
    assert!(server.line().contains("--dir ."));
    assert!(server.ask("POST", "/create", "").contains("no database is granted"));
    assert!(server.line().contains("--db FILE"));
    let server = Server::start(&sandbox, &["--dir", "."]);
    assert!(server.ask("GET", "/file", "").ends_with("secret"));
}

/// Many at a time, each in an instance of its own, over one database; and after a kill nothing is lost.
#[test]
fn requests_at_a_time_share_a_database() {
    let sandbox = shop();
    for database in ["sqlite::memory:", "ledger.db"] {
        let server = Server::start(&sandbox, &["--db", database, "--concurrency", "4"]);
        assert!(server.ask("POST", "/create", "").ends_with("made"));
        std::thread::scope(|scope| {
            for worker in 0..8 {
                let server = &server;
                scope.spawn(move || {
                    for n in 0..5 {
                        let answer = server.ask("POST", "/add", &format!("{worker} {n}"));
                        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
                    }
                });
            }
        });
        assert!(server.ask("GET", "/all", "").ends_with("\r\n\r\n40"));
    }
    // The server was killed.
    let server = Server::start(&sandbox, &["--db", "ledger.db"]);
    assert!(server.ask("GET", "/all", "").ends_with("\r\n\r\n40"));
}

#[test]
fn requests_have_limits() {
    let sandbox = shop();
    let server = Server::start(&sandbox, &["--max-body", "10"]);
    assert!(server.ask("POST", "/x", "0123456789").starts_with("HTTP/1.1 200"));
    assert!(server.ask("POST", "/x", "0123456789a").starts_with("HTTP/1.1 413"));
    let chunked = "POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n0\r\n\r\n";
    assert!(server.raw(chunked.as_bytes()).starts_with("HTTP/1.1 413"));
    for nonsense in
        ["nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", ""]
    {
        let mut stream = TcpStream::connect(&server.address).expect("it listens");
        stream.write_all(nonsense.as_bytes()).expect("it reads");
        drop(stream);
    }
    assert!(server.ask("GET", "/fine", "").starts_with("HTTP/1.1 200"));
    let forever = r#"
public fn handle(@Request -> @Response)
  requires(true)
  ensures(true)
  effects(<HttpServer, Diverge>)
{
  match @Request.0 {
    Request(_, "/fine", _, _) -> Response(200, map_new(), ""),
    Request(_, _, _, _) -> Response(forever(200), map_new(), "")
  }
}

private fn forever(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(<Diverge>)
{
  forever(@Int.0)
}
"#;
    let sandbox = Sandbox::new(&[("p.vera", forever)]);
    let mut server = Server::start(&sandbox, &["--deadline", "100ms"]);
    assert!(server.ask("GET", "/forever", "").starts_with("HTTP/1.1 500"));
    assert!(server.line().contains("Deadline exceeded"));
    assert!(server.ask("GET", "/fine", "").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_program_without_a_handler_is_refused() {
    for program in [main_of("Int", "pure", "1"), main_of("Int", "pure", "1").replace("main", "handle")] {
        let sandbox = Sandbox::new(&[("p.vera", &program)]);
        sandbox.vera(&["serve", "--port", "0", "p.vera"]).fails(1, "public fn handle(@Request -> @Response)");
    }
    let sandbox = shop();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port().to_string();
    sandbox.vera(&["serve", "--port", &port, "p.vera"]).fails(1, &format!("127.0.0.1:{port}"));
}

/// Asked to stop, it ends well.
#[cfg(unix)]
#[test]
fn it_stops_when_asked_to() {
    let sandbox = shop();
    let mut server = Server::start(&sandbox, &[]);
    assert!(server.ask("GET", "/", "").starts_with("HTTP/1.1 200"));
    let killed = std::process::Command::new("kill").arg(server.child.id().to_string()).status().expect("kill");
    assert!(killed.success());
    assert!(server.child.wait().expect("it ends").success());
}
