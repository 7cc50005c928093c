//! `vera serve` under load, killed again and again: no commit is lost, and its memory does not grow.
//!
//! Without a setting this takes a few seconds and looks at commits only. `VERA_SOAK=SECONDS` makes it as long as that; then
//! the memory of the process is judged, too:
//!
//! ```text
//! VERA_SOAK=1800 cargo test -p vera-cli --test cli soak -- --nocapture
//! ```

use crate::harness::Sandbox;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use vera_runtime::host::database::{Database, Pool};

const LEDGER: &str = r#"
public fn handle(@Request -> @Response)
  requires(true)
  ensures(true)
  effects(<HttpServer, DB>)
{
  match @Request.0 {
    Request("POST", "/create", _, _) -> done(DB.execute("CREATE TABLE entries (id INTEGER)", [])),
    Request("POST", "/add", _, @String) -> added(@String.0),
    Request("POST", "/trap", _, @String) -> Response(1 / (string_length(@String.0) - string_length(@String.0)), map_new(), ""),
    Request(_, _, _, _) -> Response(404, map_new(), "")
  }
}

-- Two statements in a transaction, and some garbage.
private fn added(@String -> @Response)
  requires(true)
  ensures(true)
  effects(<DB>)
{
  let @Result<Int, String> = DB.execute("BEGIN IMMEDIATE", []);
  let @Result<Int, String> = DB.execute("INSERT INTO entries VALUES (?)", [Some(@String.0)]);
  let @Int = string_length(string_repeat(string_repeat(@String.0, 100), 100));
  match DB.query("SELECT count(*) FROM entries WHERE id = ?", [Some(@String.0)]) {
    Ok(@Array<Array<Option<String>>>) -> if @Int.0 > 0 then { done(DB.execute("COMMIT", [])) } else { Response(500, map_new(), "") },
    Err(@String) -> Response(503, map_new(), @String.0)
  }
}

private fn done(@Result<Int, String> -> @Response)
  requires(true)
  ensures(true)
  effects(pure)
{
  match @Result<Int, String>.0 {
    Ok(_) -> Response(201, map_new(), "done"),
    Err(@String) -> Response(503, map_new(), @String.0)
  }
}
"#;

const WORKERS: u64 = 4;
/// Requests on a connection before the next one is opened.
const ON_A_CONNECTION: u64 = 50;
/// Rounds at least as long judge memory.
const LONG: Duration = Duration::from_secs(60);
/// How long a slow machine may take for a few requests.
const PATIENCE: Duration = Duration::from_secs(60);
/// Memory that may come and go, in bytes: of the allocator, of threads that block, of the cache of a connection.
const SLACK: u64 = 16 << 20;

/// The process under test.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(sandbox: &Sandbox) -> Self {
        let arguments = ["serve", "--port", "0", "--db", "ledger.db", "--concurrency", "4", "p.vera"];
        // Nobody reads its log.
        let mut child = sandbox.command(&arguments).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("Serving on http://").expect("an address").to_owned();
        Server { child, address }
    }

    /// Memory in use, in bytes, where the system says it.
    fn resident(&self) -> Option<u64> {
        let pages = std::fs::read_to_string(format!("/proc/{}/statm", self.child.id())).ok()?;
        pages.split_whitespace().nth(1)?.parse().ok().map(|pages: u64| pages * 4096)
    }

    /// As the system does it that is out of memory: without a chance to tidy up.
    fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ended");
    }
}

/// A connection that is used again.
struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    fn new(address: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Client { stream: BufReader::new(stream) })
    }

    /// The status of the answer, once all of it is there.
    fn ask(&mut self, path: &str, body: &str) -> std::io::Result<u16> {
        let gone = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let length = body.len();
        let request = format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}");
        self.stream.get_mut().write_all(request.as_bytes())?;
        let (mut status, mut length) = (None, 0);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(gone());
            }
            if line == "\r\n" {
                break;
            }
            let line = line.to_ascii_lowercase();
            if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest.get(..3).and_then(|status| status.parse().ok());
            }
            if let Some(rest) = line.strip_prefix("content-length:") {
                length = rest.trim().parse().unwrap_or_default();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        status.ok_or_else(gone)
    }
}

/// What the workers of a round have seen.
#[derive(Default)]
struct Seen {
    /// The entries whose commit was answered.
    committed: Vec<u64>,
    requests: u64,
    traps: u64,
    refused: u64,
}

/// Sends requests until the server is gone. Each entry has an id that no other has.
fn work(address: &str, ids: &AtomicU64, over: &AtomicBool) -> Seen {
    let mut seen = Seen::default();
    'connections: while !over.load(Ordering::Relaxed) {
        let Ok(mut client) = Client::new(address) else { break };
        for n in 0..ON_A_CONNECTION {
            let id = ids.fetch_add(1, Ordering::Relaxed);
            let (path, expected) = if n == 1 { ("/trap", 500) } else { ("/add", 201) };
            let Ok(status) = client.ask(path, &id.to_string()) else { break 'connections };
            seen.requests += 1;
            match status {
                201 => seen.committed.push(id),
                500 => seen.traps += 1,
                // The database was locked for too long.
                503 => seen.refused += 1,
                other => panic!("{other} where {expected} was expected"),
            }
            assert!(status == expected || status == 503 && expected == 201, "{status} for {path}");
        }
        // A client that goes away in the middle of a request.
        if let Ok(mut stream) = TcpStream::connect(address) {
            let _ = stream.write_all(b"POST /add HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n1");
        }
    }
    seen
}

/// The ids in the database, in order.
fn entries(sandbox: &Sandbox) -> Vec<u64> {
    let path = sandbox.path("ledger.db");
    let mut database = Pool::open_url(path.to_str().expect("UTF-8")).expect("it opens").lend();
    let rows = database.query("SELECT id FROM entries ORDER BY id", &[]).expect("a query");
    let id = |row: Vec<Option<String>>| row.into_iter().next().flatten().and_then(|id| id.parse().ok());
    rows.into_iter().map(|row| id(row).expect("an id")).collect()
}

/// Memory of the second quarter of a round and of its last: it does not grow.
fn judge_memory(samples: &[u64]) {
    let quarter = samples.len() / 4;
    let most = |samples: &[u64]| samples.iter().copied().max().unwrap_or_default();
    let (early, late) = (most(&samples[quarter..2 * quarter]), most(&samples[3 * quarter..]));
    assert!(late <= early + early / 10 + SLACK, "memory grew from {early} to {late} bytes: {samples:?}");
}

#[test]
fn no_commit_is_lost_and_memory_is_flat() {
    let asked = std::env::var("VERA_SOAK").ok().map(|seconds| seconds.parse().expect("a number of seconds"));
    let total = asked.map_or(Duration::from_secs(3), Duration::from_secs);
    let sandbox = Sandbox::new(&[("p.vera", LEDGER)]);
    let (start, ids) = (Instant::now(), AtomicU64::new(0));
    let mut committed = BTreeSet::new();
    let (mut kills, mut requests, mut traps, mut refused) = (0, 0, 0, 0);
    // A long round, and short ones, in which the server is killed soon after its start.
    for round in 0.. {
        let length = if round % 5 == 0 { total / 6 } else { total / 60 };
        let server = Server::start(&sandbox);
        if round == 0 {
            let status = Client::new(&server.address).and_then(|mut client| client.ask("/create", ""));
            assert_eq!(status.expect("an answer"), 201);
        }
        let over = AtomicBool::new(false);
        let (mut samples, mut first) = (Vec::new(), true);
        let seen: Vec<Seen> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..WORKERS)
                .map(|_| {
                    let address = server.address.clone();
                    let (ids, over) = (&ids, &over);
                    scope.spawn(move || work(&address, ids, over))
                })
                .collect();
            let begun = Instant::now();
            while begun.elapsed() < length || std::mem::take(&mut first) {
                std::thread::sleep(Duration::from_millis(50).min(length));
                samples.extend(server.resident());
            }
            server.kill();
            over.store(true, Ordering::Relaxed);
            workers.into_iter().map(|worker| worker.join().expect("a worker")).collect()
        });
        kills += 1;
        let before = committed.len();
        for seen in seen {
            committed.extend(seen.committed);
            (requests, traps, refused) = (requests + seen.requests, traps + seen.traps, refused + seen.refused);
        }
        let kept = entries(&sandbox);
        assert!(kept.windows(2).all(|pair| pair[0] < pair[1]), "no entry is there twice");
        let lost: Vec<&u64> = committed.iter().filter(|id| kept.binary_search(id).is_err()).collect();
        assert!(lost.is_empty(), "lost after kill {kills}: {lost:?}");
        // Whose answer the kill has taken.
        let unanswered = (kept.len() - committed.len()) as u64;
        assert!(unanswered <= kills * WORKERS, "{unanswered} entries were made without an answer");
        if asked.is_some() {
            let range = (samples.iter().min().copied(), samples.iter().max().copied());
            let made = committed.len() - before;
            println!("round {round}: {length:?}, {made} commits, memory {range:?}, {:?} in all", start.elapsed());
            if length >= LONG && !samples.is_empty() {
                judge_memory(&samples);
            }
        }
        let enough = kills >= 3 && committed.len() > 10 && traps > 0;
        if start.elapsed() >= total && enough {
            break;
        }
        assert!(start.elapsed() < total + PATIENCE, "{} commits, {traps} traps", committed.len());
    }
    println!("{requests} requests, {} commits, {traps} traps, {refused} refused, {kills} kills", committed.len());
}
