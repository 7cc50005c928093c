//! Effects of the language by futures, and operations that a plain host starts.

use super::awaited::{block_on, turn};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use vera_runtime::host::database::Rows;
use vera_runtime::host::http::Http;
use vera_runtime::host::{AsyncClock, AsyncDatabase, AsyncHttp, AsyncInference, Recorder, Replay, Started};
use vera_runtime::{Error, Limits};

vera_runtime::vera!(
    async,
    r#"
    module crawler;

    public fn title(@String -> @String)
      requires(true)
      ensures(true)
      effects(<Http, Inference, DB, IO>)
    {
      IO.sleep(5);
      match Http.get(@String.0) {
        Err(@String) -> @String.0,
        Ok(@String) -> match Inference.complete(@String.0) {
          Err(@String) -> @String.0,
          Ok(@String) -> match DB.execute("INSERT INTO t VALUES (?, ?)", [Some(@String.0), None]) {
            Err(@String) -> @String.0,
            Ok(@Int) -> match DB.query("SELECT a FROM t", []) {
              Err(@String) -> @String.0,
              Ok(@Array<Array<Option<String>>>) -> "\(@String.0) \(@Int.0) \(array_length(@Array<Array<Option<String>>>.0)) \(IO.time(()))"
            }
          }
        }
      }
    }
    "#
);

vera_runtime::vera!(
    async,
    r#"
    module both;

    public fn both(@String, @String -> @String)
      requires(true)
      ensures(true)
      effects(<Http, Async>)
    {
      let @Future<Result<String, String>> = async(Http.get(@String.1));
      let @Future<Result<String, String>> = async(Http.get(@String.0));
      let @Result<String, String> = await(@Future<Result<String, String>>.0);
      let @Result<String, String> = await(@Future<Result<String, String>>.1);
      string_concat(show(@Result<String, String>.0), show(@Result<String, String>.1))
    }

    public fn forgotten(@String -> @Nat)
      requires(true)
      ensures(true)
      effects(<Http, Async>)
    {
      let @Future<Result<String, String>> = async(Http.get(@String.0));
      string_length(@String.0)
    }
    "#
);

/// Answers after some turns.
#[derive(Clone, Debug, Default)]
struct Outside {
    turns: u32,
    slept: Duration,
    statements: Vec<String>,
}

impl Outside {
    async fn wait(&self) {
        for _ in 0..self.turns {
            turn().await;
        }
    }
}

impl AsyncHttp for Outside {
    async fn get(&mut self, url: &str) -> Result<String, String> {
        self.wait().await;
        match url {
            "never" => std::future::pending().await,
            "panic" => panic!("on purpose"),
            "gone" => Err("no such page".to_owned()),
            url => Ok(format!("<{url}>")),
        }
    }

    async fn post(&mut self, url: &str, body: &str) -> Result<String, String> {
        self.wait().await;
        Ok(format!("{body} to {url}"))
    }
}

impl AsyncInference for Outside {
    async fn complete(&mut self, prompt: &str) -> Result<String, String> {
        self.wait().await;
        Ok(format!("about {prompt}"))
    }
}

impl AsyncDatabase for Outside {
    async fn query(&mut self, sql: &str, _: &[Option<String>]) -> Result<Rows, String> {
        self.wait().await;
        self.statements.push(sql.to_owned());
        Ok(vec![vec![None]; self.statements.len()])
    }

    async fn execute(&mut self, sql: &str, parameters: &[Option<String>]) -> Result<i64, String> {
        self.wait().await;
        self.statements.push(format!("{sql} {parameters:?}"));
        Ok(7)
    }
}

impl AsyncClock for Outside {
    fn time(&mut self) -> u64 {
        1234
    }

    async fn sleep(&mut self, time: Duration) {
        self.wait().await;
        self.slept += time;
    }
}

fn builder(
    turns: u32,
) -> crawler::AsyncBuilder<
    vera_runtime::host::Awaited<Outside>,
    vera_runtime::host::Awaited<Outside>,
    vera_runtime::host::Awaited<Outside>,
    vera_runtime::host::Awaited<Outside>,
> {
    let outside = Outside { turns, ..Outside::default() };
    let builder = crawler::AsyncModule::builder().http_awaited(outside.clone()).inference_awaited(outside.clone());
    builder.database_awaited(outside.clone()).clock_awaited(outside)
}

#[test]
fn effects_of_the_language_are_awaited() {
    for turns in [0, 3] {
        let mut module = builder(turns).build().unwrap();
        let recording = Arc::new(Mutex::new(Vec::new()));
        module.instance_mut().record(Recorder::new(Shared(Arc::clone(&recording))));
        assert_eq!(block_on(module.title_async("a")).unwrap(), "about <a> 7 2 1234");
        assert_eq!(block_on(module.title_async("gone")).unwrap(), "no such page");
        let error = block_on(module.title_async("panic")).unwrap_err();
        assert!(matches!(&error, Error::Host(failure) if failure.panicked && failure.effect == "Http"), "{error:?}");
        // Dropped while it waits: the next call is answered.
        let mut call = module.title_async("never");
        for _ in 0..=2 * turns {
            let poll = std::pin::Pin::new(&mut call).poll(&mut Context::from_waker(Waker::noop()));
            assert!(poll.is_pending());
        }
        drop(call);
        assert_eq!(block_on(module.title_async("b")).unwrap(), "about <b> 7 4 1234");
        let host = module.host();
        assert_eq!(host.clock.0.slept, Duration::from_millis(25));
        assert_eq!(host.database.0.statements[0], "INSERT INTO t VALUES (?, ?) [Some(\"about <a>\"), None]");
        let text = String::from_utf8(recording.lock().unwrap().clone()).unwrap();
        let replay = Replay::parse(&text).unwrap();
        let mut again = crawler::AsyncModule::builder().replay(replay).unwrap();
        assert_eq!(block_on(again.title_async("a")).unwrap(), "about <a> 7 2 1234");
    }
}

#[test]
fn the_thread_that_polls_is_free_while_the_client_waits() {
    // Each is asked before any is answered, on one thread.
    let asked = Arc::new(AtomicU64::new(0));
    struct Together(Arc<AtomicU64>);
    impl AsyncHttp for Together {
        async fn get(&mut self, url: &str) -> Result<String, String> {
            self.0.fetch_add(1, Ordering::Relaxed);
            while self.0.load(Ordering::Relaxed) < 3 {
                turn().await;
            }
            Ok(url.to_owned())
        }

        async fn post(&mut self, url: &str, _: &str) -> Result<String, String> {
            self.get(url).await
        }
    }
    let module = || both::AsyncModule::builder().http_awaited(Together(Arc::clone(&asked))).build().unwrap();
    let mut modules = [module(), module(), module()];
    let mut calls: Vec<_> = modules.iter_mut().map(|module| Some(module.forgotten_async("abc"))).collect();
    let mut answers = Vec::new();
    block_on(std::future::poll_fn(|context| {
        for call in &mut calls {
            let Some(running) = call else { continue };
            if let Poll::Ready(answer) = std::pin::Pin::new(running).poll(context) {
                answers.push(answer.unwrap());
                *call = None;
            }
        }
        if calls.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    }));
    assert_eq!(answers, [3, 3, 3]);
}

#[test]
fn a_deadline_ends_a_client_that_waits() {
    let limits = Limits { deadline: Some(Duration::from_millis(20)), ..Limits::default() };
    let mut module = builder(0).limits(limits).build().unwrap();
    let error = block_on(module.title_async("never")).unwrap_err();
    assert!(matches!(error, Error::Limit(_)), "{error:?}");
    assert_eq!(block_on(module.title_async("a")).unwrap(), "about <a> 7 2 1234");
}

/// A plain client whose requests run on threads.
#[derive(Debug, Default)]
struct Threads;

impl Http for Threads {
    fn get(&mut self, url: &str) -> Result<String, String> {
        Ok(format!("<{url}>"))
    }

    fn post(&mut self, url: &str, _: &str) -> Result<String, String> {
        self.get(url)
    }

    fn start_get(&mut self, url: &str) -> Option<Started<Result<String, String>>> {
        let url = url.to_owned();
        Some(Started::thread(move || match &*url {
            "panic" => panic!("on purpose"),
            url => Ok(format!("<{url}> of {:?}", std::thread::current().name())),
        }))
    }
}

#[test]
fn what_a_plain_host_starts_is_awaited_in_an_async_call() {
    for stressed in [false, true] {
        let mut module = both::AsyncModule::builder().http(Threads).build().unwrap();
        if stressed {
            module.instance_mut().stress().unwrap();
        }
        let expected = "Ok(<a> of Some(\"vera-started\"))Ok(<b> of Some(\"vera-started\"))";
        for _ in 0..3 {
            assert_eq!(block_on(module.both_async("a", "b")).unwrap(), expected);
            // It is left behind, and the next call does not get it.
            assert_eq!(block_on(module.forgotten_async("four")).unwrap(), 4);
            let error = block_on(module.both_async("a", "panic")).unwrap_err();
            assert!(matches!(&error, Error::Host(failure) if failure.panicked), "{error:?}");
        }
        module.instance_mut().check_heap().unwrap();
    }
}

#[test]
fn what_a_client_of_futures_starts_is_awaited_at_once() {
    let mut module = both::AsyncModule::builder().http_awaited(Outside::default()).build().unwrap();
    assert_eq!(block_on(module.both_async("a", "gone")).unwrap(), "Ok(<a>)Err(no such page)");
    assert_eq!(block_on(module.forgotten_async("four")).unwrap(), 4);
    let mut call = module.forgotten_async("never");
    assert!(std::pin::Pin::new(&mut call).poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(call);
    assert_eq!(block_on(module.both_async("a", "b")).unwrap(), "Ok(<a>)Ok(<b>)");
}

#[derive(Clone)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
