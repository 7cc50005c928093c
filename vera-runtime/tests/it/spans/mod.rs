//! Spans of calls, operations and collections.

mod subscriber;

#[cfg(feature = "async")]
use crate::awaited::executor::{block_on, poll_once, turn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use subscriber::Trace;
use tracing::level_filters::LevelFilter;
use vera_compiler::driver::{Options, Source, compile};
use vera_compiler::source::MemoryLoader;
use vera_runtime::host::http::Http;
use vera_runtime::host::{EffectId, Started};
#[cfg(feature = "async")]
use vera_runtime::host::{Recorder, delivered};
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Compiled, Error, Function, Instance, Limits, Result, TraceValues};

const NET: EffectId = EffectId(0);

const PROGRAM: &str = r#"
module traced;

effect Net {
  op fetch(String -> String);
  op ask(Int -> Int);
}

public fn twice(@Int -> @Int)
  requires(@Int.0 < 1000)
  ensures(true)
  effects(pure)
{
  @Int.0 * 2
}

public fn fetched(@String -> @String)
  requires(true)
  ensures(true)
  effects(<Net>)
{
  string_concat(Net.fetch(@String.0), "!")
}

public fn asked(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(<Net>)
{
  Net.ask(@Int.0)
}

public fn garbage(@Nat -> @Nat)
  requires(true)
  ensures(true)
  decreases(@Nat.0)
  effects(pure)
{
  if @Nat.0 == 0 then { 0 }
  else {
    let @String = string_repeat(to_string(@Nat.0), 100000);
    string_length(@String.0) % 2 + garbage(@Nat.0 - 1)
  }
}

public fn garbage_and_ask(@Nat -> @Int)
  requires(true)
  ensures(true)
  effects(<Net>)
{
  let @Nat = garbage(@Nat.0);
  Net.ask(1)
}
"#;

const WEB: &str = r#"
module web;

public fn both(@String, @String -> @String)
  requires(true)
  ensures(true)
  effects(<Http, Async>)
{
  let @Future<Result<String, String>> = async(Http.get(@String.1));
  let @Future<Result<String, String>> = async(Http.get(@String.0));
  let @Result<String, String> = await(@Future<Result<String, String>>.1);
  let @Result<String, String> = await(@Future<Result<String, String>>.0);
  string_concat(show(@Result<String, String>.1), show(@Result<String, String>.0))
}

public fn forgotten(@String -> @Nat)
  requires(true)
  ensures(true)
  effects(<Http, Async>)
{
  let @Future<Result<String, String>> = async(Http.get(@String.0));
  1
}
"#;

fn compiled(text: &str) -> Compiled {
    let source = Source { name: "traced.vera".into(), text: text.into() };
    let compilation = compile(source, &MemoryLoader::new(), &Options::default());
    Compiled::new(compilation.wasm.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics)))
}

#[derive(Default)]
struct Host {
    twice: Option<Function<(i64,), i64>>,
}

fn fetch(text: &str) -> Result<String, String> {
    match text {
        "refuse" => Err("refused s3cret".to_owned()),
        "panic" => panic!("on purpose"),
        text => Ok(format!("page of {text}")),
    }
}

fn instance(limits: Limits) -> Instance<Host> {
    let imports = compiled(PROGRAM).link(Host::default(), limits).unwrap();
    let imports = imports
        .operation::<(String,), String, _>(NET, "fetch", |_, scope, (text,)| scope.finish::<String, _>(fetch(&text)));
    let imports = imports.unwrap().operation::<(i64,), i64, _>(NET, "ask", |host: &mut Host, scope, (n,)| {
        let twice = host.twice.clone().unwrap();
        let answer = scope.call(&twice, (n,)).and_then(|answer| scope.lift(answer));
        scope.finish::<i64, _>(answer)
    });
    let mut instance = imports.unwrap().instantiate().unwrap();
    instance.host_mut().twice = Some(instance.function("twice").unwrap());
    instance
}

/// Calls of every way and every outcome.
fn work(instance: &mut Instance<Host>) {
    let twice = instance.function::<(i64,), i64>("twice").unwrap();
    let fetched = instance.function::<(String,), String>("fetched").unwrap();
    let asked = instance.function::<(i64,), i64>("asked").unwrap();
    assert_eq!(instance.call(&twice, (21,)).unwrap(), 42);
    assert!(matches!(instance.call(&twice, (1000,)), Err(Error::Requires(_))));
    assert_eq!(instance.call_dynamic("twice", &[DynValue::Int(4)]).unwrap(), DynValue::Int(8));
    assert_eq!(instance.call_wide::<i64>("twice", |add| add.add::<i64>(5).map(drop)).unwrap(), 10);
    assert_eq!(instance.call(&fetched, ("s3cret",)).unwrap(), "page of s3cret!");
    assert!(matches!(instance.call(&fetched, ("refuse",)), Err(Error::Host(_))));
    assert!(matches!(instance.call(&fetched, ("panic",)), Err(Error::Host(_))));
    // The operation calls the module again.
    assert_eq!(instance.call(&asked, (3,)).unwrap(), 6);
    assert!(matches!(instance.call(&asked, (1001,)), Err(Error::Requires(_))));
    let in_scope = instance.scope(|scope| {
        let answer = scope.call(&twice, (8,))?;
        scope.lift(answer)
    });
    assert_eq!(in_scope.unwrap(), 16);
}

#[test]
fn calls_and_operations_have_spans_without_values() {
    let mut instance = instance(Limits::default());
    let ((), trace) = Trace::of(LevelFilter::DEBUG, || work(&mut instance));
    assert!(trace.is_over());
    let expected = "\
call module=traced function=twice outcome=ok
call module=traced function=twice outcome=contract_violation
call module=traced function=twice outcome=ok
call module=traced function=twice outcome=ok
call module=traced function=fetched outcome=ok
  operation effect=Net operation=fetch outcome=ok
call module=traced function=fetched outcome=host_error
  operation effect=Net operation=fetch outcome=host_error
call module=traced function=fetched outcome=host_error
  operation effect=Net operation=fetch outcome=panic
call module=traced function=asked outcome=ok
  operation effect=Net operation=ask outcome=ok
    call module=traced function=twice outcome=ok
call module=traced function=asked outcome=contract_violation
  operation effect=Net operation=ask outcome=contract_violation
    call module=traced function=twice outcome=contract_violation
call module=traced function=twice outcome=ok
";
    assert_eq!(trace.text(&[]), expected);
}

#[test]
fn values_are_shown_when_that_is_asked_for_and_secrets_never() {
    let mut instance = instance(Limits::default());
    instance.trace_values(TraceValues::new().redact("s3cret"));
    let ((), trace) = Trace::of(LevelFilter::DEBUG, || work(&mut instance));
    let text = trace.text(&["module", "effect", "outcome"]);
    let expected = "\
call function=twice arguments=21 result=42
call function=twice arguments=1000
call function=twice arguments=4 result=8
call function=twice arguments=5 result=10
call function=fetched arguments=\"[redacted]\" result=\"page of [redacted]!\"
  operation operation=fetch arguments=\"[redacted]\" result=\"page of [redacted]\"
call function=fetched arguments=\"refuse\"
  operation operation=fetch arguments=\"refuse\"
call function=fetched arguments=\"panic\"
  operation operation=fetch arguments=\"panic\"
call function=asked arguments=3 result=6
  operation operation=ask arguments=3 result=6
    call function=twice arguments=3 result=6
call function=asked arguments=1001
  operation operation=ask arguments=1001
    call function=twice arguments=1001
call function=twice arguments=8 result=16
";
    assert_eq!(text, expected);
}

#[test]
fn nothing_is_traced_for_who_does_not_listen() {
    let mut instance = instance(Limits::default());
    instance.trace_values(TraceValues::new());
    let ((), trace) = Trace::of(LevelFilter::INFO, || work(&mut instance));
    assert_eq!(trace.text(&[]), "");
}

#[test]
fn a_call_says_what_fuel_it_used() {
    let fuel = |n: u64, limit: u64| {
        let mut instance = instance(Limits { fuel: Some(limit), hash_key: Some([0, 0]), ..Limits::default() });
        let garbage = instance.function::<(u64,), u64>("garbage").unwrap();
        let (outcome, trace) = Trace::of(LevelFilter::DEBUG, || instance.call(&garbage, (n,)));
        (outcome.map(drop), trace.each("call", |span| span.number("fuel")))
    };
    let (few, many) = (fuel(1, 1 << 40), fuel(2, 1 << 40));
    assert!(few.0.is_ok() && many.0.is_ok());
    assert!(few.1[0] > 0 && few.1[0] < many.1[0], "{few:?} {many:?}");
    // Whatever the limit is, and also when it is reached.
    assert_eq!(fuel(2, many.1[0] + 1).1, many.1);
    let (outcome, used) = fuel(2, many.1[0] / 2);
    assert!(matches!(outcome, Err(Error::Limit(_))));
    assert!((many.1[0] / 4..=many.1[0] / 2).contains(&used[0]), "{used:?}");
}

#[test]
fn collections_are_reported_once() {
    let mut instance = instance(Limits::default());
    let garbage = instance.function::<(u64,), u64>("garbage").unwrap();
    let asking = instance.function::<(u64,), i64>("garbage_and_ask").unwrap();
    let (_, trace) = Trace::of(LevelFilter::DEBUG, || {
        // Nothing was collected.
        instance.call(&garbage, (1,)).unwrap();
        instance.call(&garbage, (200,)).unwrap();
        // Collections before an operation are reported before it.
        instance.call(&asking, (200,)).unwrap();
        instance.scope(|scope| scope.collect()).unwrap();
        instance.call(&garbage, (1,)).unwrap();
    });
    let text = trace.text(&["module", "effect", "outcome", "allocated", "freed", "survived", "collections", "message"]);
    let expected = "\
call function=garbage
call function=garbage
  collection 
call function=garbage_and_ask
  collection 
  operation operation=ask
    call function=twice
collection 
call function=garbage
";
    assert_eq!(text, expected, "{}", trace.text(&[]));
    let found = trace.each("collection", |one| ["allocated", "freed", "survived"].map(|name| one.number(name)));
    let total: u64 = found.iter().map(|[allocated, ..]| allocated).sum();
    // 402 strings of 100,000 to 300,000 bytes, and hardly anything survives.
    assert!((40_000_000..200_000_000).contains(&total), "{found:?}");
    assert!(found.iter().all(|[allocated, freed, survived]| freed + survived <= allocated + (1 << 20)), "{found:?}");
    assert!(found.last().is_some_and(|[_, freed, survived]| *survived < 1 << 20 && *freed > 0), "{found:?}");
    let events = trace.each("collection", |one| one.field("collections").map(|_| one.number("collections")));
    let [Some(first), Some(second), None] = events[..] else { panic!("{events:?}") };
    assert!(first > 1 && second > 1, "{events:?}");
    assert_eq!(trace.each("collection", |one| one.field("outcome") == Some("ok")), [false, false, true]);
}

#[test]
fn stress_collects_at_each_allocation() {
    let mut instance = instance(Limits::default());
    instance.stress().unwrap();
    let fetched = instance.function::<(String,), String>("fetched").unwrap();
    let (_, trace) = Trace::of(LevelFilter::DEBUG, || {
        instance.call(&fetched, ("a",)).unwrap();
        instance.call(&fetched, ("a",)).unwrap();
    });
    assert!(trace.each("collection", |one| one.number("collections")).iter().sum::<u64>() > 3, "{}", trace.text(&[]));
}

/// Answers without a network, on threads.
#[derive(Default)]
struct Web;

impl Http for Web {
    fn get(&mut self, url: &str) -> Result<String, String> {
        fetch(url)
    }

    fn post(&mut self, url: &str, _body: &str) -> Result<String, String> {
        fetch(url)
    }

    fn start_get(&mut self, url: &str) -> Option<Started<Result<String, String>>> {
        let url = url.to_owned();
        Some(Started::thread(move || fetch(&url)))
    }
}

#[test]
fn a_started_operation_has_a_span_until_it_is_awaited() {
    for (started, threads) in [(64, 2), (0, 1)] {
        let limits = Limits { started, ..Limits::default() };
        let imports = compiled(WEB).link(Web, limits).unwrap().http(|host| host).unwrap();
        let mut instance = imports.instantiate().unwrap();
        instance.trace_values(TraceValues::new());
        let both = instance.function::<(String, String), String>("both").unwrap();
        let forgotten = instance.function::<(String,), u64>("forgotten").unwrap();
        let (_, trace) = Trace::of(LevelFilter::DEBUG, || {
            assert_eq!(instance.call(&both, ("a", "refuse")).unwrap(), "Ok(page of a)Err(refused s3cret)");
            instance.call(&both, ("panic", "b")).unwrap_err();
            if started > 0 {
                instance.call(&forgotten, ("c",)).unwrap();
            }
        });
        let expected = "\
call function=both outcome=ok
  operation outcome=ok
  operation outcome=ok
call function=both outcome=host_error
  operation outcome=panic
";
        let left = "  operation outcome=left\ncall function=forgotten outcome=ok\n  operation outcome=left\n";
        let expected = if started > 0 { [expected, left].concat() } else { expected.to_owned() };
        let hidden = ["module", "effect", "operation", "arguments", "result", "started"];
        assert_eq!(trace.text(&hidden), expected, "{}", trace.text(&[]));
        let of_started = trace.each("operation", |span| span.field("started") == Some("true"));
        assert!(of_started.iter().all(|&is| is == (started > 0)), "{of_started:?}");
        let first = trace.each("operation", |span| (span.field("arguments").map(str::to_owned), span.threads.clone()));
        assert_eq!(first[0].0.as_deref(), Some("\"a\""));
        let mut seen = first[0].1.clone();
        seen.sort_by_key(|thread| format!("{thread:?}"));
        seen.dedup();
        assert_eq!(seen.len(), threads, "the work of an operation is in its span");
        let results = trace.each("operation", |span| span.field("result").map(str::to_owned));
        assert_eq!(results[0].as_deref(), Some("Ok(\"page of a\")"));
    }
}

#[test]
fn a_panic_of_the_caller_ends_the_span() {
    let mut instance = instance(Limits::default());
    let ((), trace) = Trace::of(LevelFilter::DEBUG, || {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            instance.call_wide::<i64>("twice", |_| panic!("of the caller")).map(drop).ok();
        }));
        assert!(panicked.is_err());
        assert_eq!(instance.call_wide::<i64>("twice", |add| add.add::<i64>(5).map(drop)).unwrap(), 10);
    });
    assert!(trace.is_over());
    assert_eq!(
        trace.each("call", |span| span.field("outcome").map(str::to_owned)),
        [Some("panic".to_owned()), Some("ok".to_owned())]
    );
}

#[cfg(feature = "async")]
#[test]
fn awaited_calls_have_the_same_spans() {
    let imports = compiled(PROGRAM).link(Host::default(), Limits::default()).unwrap();
    let imports = imports.operation::<(i64,), i64, _>(NET, "ask", |_, scope, (n,)| scope.finish(n * 3));
    let imports = imports.unwrap().awaited().operation::<(String,), String, _>(NET, "fetch", |_, (text,)| {
        Box::pin(async move {
            for _ in 0..3 {
                turn().await;
            }
            delivered(if text == "never" { std::future::pending().await } else { fetch(&text) })
        })
    });
    let mut instance = imports.unwrap().instantiate().unwrap();
    instance.record(Recorder::new(Vec::new()));
    instance.trace_values(TraceValues::new().redact("s3cret"));
    let fetched = instance.function::<(String,), String>("fetched").unwrap();
    let asked = instance.function::<(i64,), i64>("asked").unwrap();
    let ((), trace) = Trace::of(LevelFilter::DEBUG, || {
        assert_eq!(block_on(instance.call_async(&fetched, ("s3cret",))).unwrap(), "page of s3cret!");
        for text in ["refuse", "panic"] {
            assert!(matches!(block_on(instance.call_async(&fetched, (text,))), Err(Error::Host(_))));
        }
        assert_eq!(block_on(instance.call_async(&asked, (3,))).unwrap(), 9);
        let twice = [DynValue::Int(4)];
        assert_eq!(block_on(instance.call_dynamic_async("twice", &twice)).unwrap(), DynValue::Int(8));
        assert_eq!(block_on(instance.call_wide_async::<i64>("twice", |add| add.add::<i64>(5).map(drop))).unwrap(), 10);
        // Dropped while the host is asked, and before it was polled.
        let mut call = instance.call_async(&fetched, ("never",));
        assert!(poll_once(&mut call).is_pending());
        drop(call);
        drop(instance.call_async(&fetched, ("unpolled",)));
        assert_eq!(block_on(instance.call_async(&asked, (1,))).unwrap(), 3);
    });
    assert!(trace.is_over());
    let expected = "\
call function=fetched arguments=\"[redacted]\" result=\"page of [redacted]!\" outcome=ok
  operation operation=fetch arguments=\"[redacted]\" result=\"page of [redacted]\" outcome=ok
call function=fetched arguments=\"refuse\" outcome=host_error
  operation operation=fetch arguments=\"refuse\" outcome=host_error
call function=fetched arguments=\"panic\" outcome=host_error
  operation operation=fetch arguments=\"panic\" outcome=panic
call function=asked arguments=3 result=9 outcome=ok
  operation operation=ask arguments=3 result=9 outcome=ok
call function=twice arguments=4 result=8 outcome=ok
call function=twice arguments=5 result=10 outcome=ok
call function=fetched arguments=\"never\" outcome=dropped
  operation operation=fetch arguments=\"never\" outcome=dropped
call function=fetched arguments=\"unpolled\" outcome=dropped
call function=asked arguments=1 result=3 outcome=ok
  operation operation=ask arguments=1 result=3 outcome=ok
";
    assert_eq!(trace.text(&["module", "effect"]), expected);
    // It was in its span each time that its future was polled.
    assert!(trace.each("operation", |span| span.threads.len())[0] >= 4);
}
