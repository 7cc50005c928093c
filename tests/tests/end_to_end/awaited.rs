//! Calls that are awaited, and hosts whose operations are `async fn`, on an executor of others and on one of our own.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use vera_runtime::error::Limit;
use vera_runtime::host::http::Http;
use vera_runtime::host::io::CapturedIo;
use vera_runtime::{Boxed, Error, Limits, vera_host};

vera_runtime::vera!(
    async,
    r#"
    module pages;

    public data Chain { End, Link(Int, Chain) }

    public data Page { Page(String, Array<String>) }

    effect Web {
      op fetch(String, Nat -> Page);
      op pause(Nat -> Unit);
      op deep(Chain -> Chain);
      op measure(Chain -> Int);
    }

    effect Audit {
      op note(String -> Int);
    }

    public fn titles(@Array<String> -> @Array<String>)
      requires(array_length(@Array<String>.0) > 0)
      ensures(true)
      effects(<Web, Audit, IO, Diverge>)
    {
      titles_from(@Array<String>.0, 0, array_slice(@Array<String>.0, 0, 0))
    }

    private fn titles_from(@Array<String> /* urls */, @Nat /* next */, @Array<String> /* found */ -> @Array<String>)
      requires(true)
      ensures(true)
      effects(<Web, Audit, IO, Diverge>)
    {
      if @Nat.0 >= array_length(@Array<String>.1) then {
        @Array<String>.0
      } else {
        titles_from(@Array<String>.1, @Nat.0 + 1, array_append(@Array<String>.0, title(@Array<String>.1[@Nat.0])))
      }
    }

    private fn title(@String -> @String)
      requires(true)
      ensures(true)
      effects(<Web, Audit, IO>)
    {
      IO.print("fetching\n");
      let @Int = Audit.note(@String.0);
      match Web.fetch(@String.0, 3) {
        Page(@String, @Array<String>) -> "\(@Int.0) \(@String.0) \(array_length(@Array<String>.0))"
      }
    }

    public fn chained(@Chain -> @Int)
      requires(true)
      ensures(true)
      effects(<Web, Diverge>)
    {
      length(Web.deep(@Chain.0))
    }

    -- Needs little stack itself.
    public fn measured(@Chain -> @Int)
      requires(true)
      ensures(true)
      effects(<Web>)
    {
      match Web.deep(@Chain.0) {
        End -> 0,
        Link(@Int, @Chain) -> @Int.0 + Web.measure(@Chain.0)
      }
    }

    private fn length(@Chain -> @Int)
      requires(true)
      ensures(true)
      effects(<Diverge>)
    {
      match @Chain.0 {
        End -> 0,
        Link(@Int, @Chain) -> 1 + length(@Chain.0)
      }
    }

    -- A document that is parsed and printed below a call that has used much of its stack.
    public fn nested(@Nat, @String -> @String)
      requires(true)
      ensures(true)
      effects(<Web, Diverge>)
    {
      if @Nat.0 == 0 then {
        Web.pause(1);
        match json_parse(@String.0) {
          Ok(@Json) -> json_stringify(@Json.0),
          Err(@String) -> @String.0
        }
      } else {
        string_concat(nested(@Nat.0 - 1, @String.0), "")
      }
    }

    public fn paused(@Nat -> @Nat)
      requires(true)
      ensures(true)
      effects(<Web>)
    {
      Web.pause(@Nat.0);
      @Nat.0
    }

    public fn wide(
      @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int -> @Int
    )
      requires(true)
      ensures(true)
      effects(<Web>)
    {
      Web.pause(1);
      @Int.17 - @Int.0
    }
"#
);

vera_runtime::vera! {
    async,

    module sums;

    public fn total(@Array<Int> -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      array_fold(@Array<Int>.0, 0, fn(@Int, @Int -> @Int) effects(pure) { @Int.1 + @Int.0 })
    }
}

use pages::{AsyncModule, Chain, Page};

/// Waits for what it is told to.
#[derive(Clone, Debug, Default)]
struct Browser {
    fetched: Vec<String>,
    timer: bool,
}

#[vera_host]
impl pages::AsyncWeb for Browser {
    async fn fetch(&mut self, url: &str, turns: u64) -> Result<Page, String> {
        self.fetched.push(url.to_owned());
        if self.timer {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        for _ in 0..turns {
            turn().await;
        }
        match url {
            "gone" => Err("no such page".to_owned()),
            url => Ok(Page(format!("<{url}>"), vec!["line".to_owned(); url.len()])),
        }
    }

    async fn pause(&mut self, turns: u64) {
        match turns {
            0 => std::future::pending().await,
            turns if self.timer => tokio::time::sleep(Duration::from_millis(turns)).await,
            _ => turn().await,
        }
    }

    async fn deep(&mut self, chain: &Chain) -> Chain {
        turn().await;
        Chain::Link(0, Boxed::new(chain.clone()))
    }

    async fn measure(&mut self, chain: &Chain) -> i64 {
        length(chain)
    }
}

fn length(mut chain: &Chain) -> i64 {
    let mut length = 0;
    while let Chain::Link(_, rest) = chain {
        (length, chain) = (length + 1, rest);
    }
    length
}

/// `Link(depth - 1, ... Link(0, End))`.
fn chain(depth: i64) -> Chain {
    (0..depth).fold(Chain::End, |chain, link| Chain::Link(link, Boxed::new(chain)))
}

#[derive(Clone, Debug, Default)]
struct Notes(Vec<String>);

#[vera_host]
impl pages::Audit for Notes {
    fn note(&mut self, text: &str) -> i64 {
        self.0.push(text.to_owned());
        self.0.len() as i64
    }
}

/// Is pending once.
pub(super) async fn turn() {
    let mut waited = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let (mut future, waker) = (pin!(future), Waker::from(Arc::new(Unpark(std::thread::current()))));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

type Hosts = pages::Hosts<vera_runtime::host::Awaited<Browser>, vera_runtime::host::Blocking<Notes>, CapturedIo>;

fn module(browser: Browser, limits: Limits) -> AsyncModule<Hosts> {
    let builder = AsyncModule::builder().web(browser).audit_blocking(Notes::default()).console(CapturedIo::default());
    builder.limits(limits).build().unwrap()
}

#[test]
fn an_async_host_beside_plain_ones() {
    let mut module = module(Browser::default(), Limits::default());
    for stressed in [false, true] {
        if stressed {
            module.instance_mut().stress().unwrap();
        }
        let titles = block_on(module.titles_async(["a", "bcd"])).unwrap();
        let notes = module.host().audit.0.0.len();
        assert_eq!(titles, [format!("{} <a> 1", notes - 1), format!("{notes} <bcd> 3")]);
        assert!(matches!(block_on(module.titles_async(&[] as &[&str])), Err(Error::Requires(_))));
        let error = block_on(module.titles_async(["gone"])).unwrap_err();
        assert!(matches!(&error, Error::Host(failure) if failure.message == "no such page"), "{error:?}");
        module.instance_mut().check_heap().unwrap();
    }
    assert_eq!(module.host().web.0.fetched, ["a", "bcd", "gone", "a", "bcd", "gone"]);
    assert_eq!(module.host().console.output, "fetching\n".repeat(6));
}

#[test]
fn one_value_may_be_the_whole_host() {
    struct Whole(Browser, CapturedIo);

    #[vera_host]
    impl pages::AsyncWeb for Whole {
        async fn fetch(&mut self, url: &str, turns: u64) -> Result<Page, String> {
            pages::AsyncWeb::fetch(&mut self.0, url, turns).await.map_err(|error| error.to_string())
        }

        fn pause(&mut self, _: u64) -> impl Future<Output = ()> + Send {
            std::future::ready(())
        }

        async fn deep(&mut self, chain: &Chain) -> Chain {
            chain.clone()
        }

        async fn measure(&mut self, chain: &Chain) -> i64 {
            length(chain)
        }
    }

    #[vera_host]
    impl pages::AsyncAudit for Whole {
        async fn note(&mut self, text: &str) -> i64 {
            turn().await;
            text.len() as i64
        }
    }

    impl vera_runtime::host::io::Console for Whole {
        fn print(&mut self, text: &str) -> std::io::Result<()> {
            self.1.print(text)
        }
    }

    let mut module = AsyncModule::new(Whole(Browser::default(), CapturedIo::default())).unwrap();
    assert_eq!(block_on(module.titles_async(["a", "bcd"])).unwrap(), ["1 <a> 1", "3 <bcd> 3"]);
    assert_eq!(block_on(module.paused_async(7)).unwrap(), 7);
}

#[test]
fn a_module_without_effects_gives_way() {
    let mut module = sums::AsyncModule::new().unwrap();
    assert_eq!(block_on(module.total_async(vec![1, 2, 3])).unwrap(), 6);
    let template = sums::AsyncModule::builder().limits(Limits { fuel: Some(1000), ..Limits::default() }).template();
    let mut module = template.unwrap().instance().unwrap();
    let error = block_on(module.total_async(vec![1; 10_000])).unwrap_err();
    assert!(matches!(&error, Error::Limit(reached) if reached.limit == Limit::Fuel(1000)), "{error:?}");
}

#[test]
fn functions_of_many_parameters_are_awaited() {
    let mut module = module(Browser::default(), Limits::default());
    let wide = module.wide_async(20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 5);
    assert_eq!(block_on(wide).unwrap(), 15);
}

#[test]
fn values_and_documents_of_any_depth_pass_on_a_fiber() {
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(|| {
        let mut module = module(Browser::default(), Limits::default());
        let depth = 100_000;
        assert_eq!(block_on(module.chained_async(chain(depth))).unwrap(), depth + 1);
        let document = "[".repeat(200_000) + &"]".repeat(200_000);
        for below in [0, 100_000] {
            assert_eq!(block_on(module.nested_async(below, &document)).unwrap(), document);
        }
        // Less stack than the call wants, where the reserve of the host is all that is left.
        let error = block_on(module.nested_async(u64::MAX >> 1, &document)).unwrap_err();
        assert!(matches!(&error, Error::Limit(reached) if matches!(reached.limit, Limit::Stack(_))), "{error:?}");
        assert_eq!(block_on(module.nested_async(10, "[1]")).unwrap(), "[1]");
        module.instance_mut().check_heap().unwrap();
    });
    thread.unwrap().join().unwrap();
}

/// What a thread knows of its own stack is wrong on a fiber. It says that there is much more than there is where the fiber lies
/// above the thread's stack: in addresses that were free again when it was made.
#[test]
fn a_fiber_above_the_stack_of_its_thread_has_no_more_than_its_own() {
    let mut above = module(Browser::default(), Limits::default());
    assert_eq!(block_on(above.paused_async(1)).unwrap(), 1);
    let (free, is_free) = std::sync::mpsc::channel();
    // Too large for a gap between libraries.
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(move || {
        is_free.recv().unwrap();
        let mut module = module(Browser::default(), Limits { native_stack: 256 << 10, ..Limits::default() });
        let chain = chain(200_000);
        for _ in 0..3 {
            assert_eq!(block_on(module.measured_async(&chain)).unwrap(), 200_000);
        }
    });
    drop(above);
    free.send(()).unwrap();
    thread.unwrap().join().unwrap();
}

#[test]
fn an_executor_of_others_runs_calls_beside_each_other() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let template = AsyncModule::builder().web(Browser { timer: true, ..Browser::default() });
    let template = template.audit(Silent).console(CapturedIo::default()).template().unwrap();
    let results = runtime.block_on(async {
        let tasks: Vec<_> = (0..40)
            .map(|index| {
                let template = template.clone();
                tokio::spawn(async move {
                    let mut module = template.instance()?;
                    let titles = module.titles_async(&[format!("page {index}"), "x".to_owned()]).await?;
                    module.paused_async(1).await?;
                    Ok::<_, Error>(titles)
                })
            })
            .collect();
        let mut results = Vec::new();
        for task in tasks {
            results.push(task.await.unwrap().unwrap());
        }
        results
    });
    assert_eq!(results.len(), 40);
    assert!(results.iter().enumerate().all(|(index, titles)| titles[0].contains(&format!("<page {index}>"))));
}

#[derive(Clone)]
struct Silent;

#[vera_host]
impl pages::AsyncAudit for Silent {
    async fn note(&mut self, _: &str) -> i64 {
        0
    }
}

#[test]
fn an_executor_of_others_gives_a_call_up() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let limits = Limits { deadline: Some(Duration::from_millis(100)), ..Limits::default() };
    let mut module = module(Browser { timer: true, ..Browser::default() }, limits);
    runtime.block_on(async {
        // What never ends ends by the deadline, or because its caller waits no longer.
        let error = module.paused_async(0).await.unwrap_err();
        assert!(matches!(&error, Error::Limit(reached) if matches!(reached.limit, Limit::Deadline(_))), "{error:?}");
        let waited = tokio::time::timeout(Duration::from_millis(1), module.paused_async(0)).await;
        assert!(waited.is_err());
        assert_eq!(module.paused_async(1).await.unwrap(), 1);
        module.instance_mut().check_heap().unwrap();
    });
}

/// A ready host of the language, which blocks.
#[derive(Default)]
struct Echo;

impl Http for Echo {
    fn get(&mut self, url: &str) -> Result<String, String> {
        Ok(format!("answer of {url}"))
    }

    fn post(&mut self, _: &str, body: &str) -> Result<String, String> {
        Ok(body.to_owned())
    }
}

vera_runtime::vera! {
    async,

    module web;

    public fn answer(@String -> @String)
      requires(true)
      ensures(true)
      effects(<Http>)
    {
      result_unwrap_or(Http.get(@String.0), "nothing")
    }
}

#[test]
fn capabilities_of_the_language_are_granted_as_ever() {
    let mut module = web::AsyncModule::builder().http(Echo).build().unwrap();
    assert_eq!(block_on(module.answer_async("there")).unwrap(), "answer of there");
    let mut module = web::AsyncModule::new(Echo).unwrap();
    assert_eq!(block_on(module.answer_async("here")).unwrap(), "answer of here");
    // The module that is not awaited is there, too.
    assert_eq!(web::Module::builder().http(Echo).build().unwrap().answer("there").unwrap(), "answer of there");
}
