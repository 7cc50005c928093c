//! Started operations below the macros: recordings, servers, modules that are not the compiler's.

use crate::buffer::Buffer;
use crate::guest::Guest;
use vera_abi::interface::TypeDesc;
use vera_compiler::driver::{Options, Source, compile};
use vera_compiler::source::MemoryLoader;
use vera_runtime::error::Error;
use vera_runtime::host::http::Http;
use vera_runtime::host::io::CapturedIo;
use vera_runtime::host::{EffectId, Lowered, Recorder, Replay, Started};
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Compiled, Instance, Limits, Scope};

const PROGRAM: &str = r#"
private fn start(@Array<String>, @Nat, @Array<Future<Result<String, String>>> -> @Array<Future<Result<String, String>>>)
  requires(@Nat.0 <= array_length(@Array<String>.0))
  ensures(true)
  decreases(array_length(@Array<String>.0) - @Nat.0)
  effects(<Http, Async>)
{
  if @Nat.0 == array_length(@Array<String>.0) then { @Array<Future<Result<String, String>>>.0 }
  else {
    start(@Array<String>.0, @Nat.0 + 1,
      array_append(@Array<Future<Result<String, String>>>.0, async(Http.get(@Array<String>.0[@Nat.0]))))
  }
}

private fn finish(@Array<Future<Result<String, String>>>, @Nat, @String -> @String)
  requires(@Nat.0 <= array_length(@Array<Future<Result<String, String>>>.0))
  ensures(true)
  decreases(array_length(@Array<Future<Result<String, String>>>.0) - @Nat.0)
  effects(<Async>)
{
  if @Nat.0 == array_length(@Array<Future<Result<String, String>>>.0) then { @String.0 }
  else {
    let @String = match await(@Array<Future<Result<String, String>>>.0[@Nat.0]) {
      Ok(@String) -> string_concat(@String.1, string_concat(@String.0, ";")),
      Err(@String) -> string_concat(@String.1, string_concat(string_concat("!", @String.0), ";"))
    };
    finish(@Array<Future<Result<String, String>>>.0, @Nat.0 + 1, @String.0)
  }
}

public fn fetch(@Array<String> -> @String)
  requires(true)
  ensures(true)
  effects(<Http, Async>)
{
  let @Array<Future<Result<String, String>>> = [];
  finish(start(@Array<String>.0, 0, @Array<Future<Result<String, String>>>.0), 0, "")
}

-- Starts two, prints, awaits the second and then the first.
public fn crossed(@String, @String -> @String)
  requires(true)
  ensures(true)
  effects(<Http, Async, IO>)
{
  let @Future<Result<String, String>> = async(Http.get(@String.1));
  let @Future<Result<String, String>> = async(Http.post(@String.0, "body"));
  IO.print("between");
  let @Result<String, String> = await(@Future<Result<String, String>>.0);
  let @Result<String, String> = await(@Future<Result<String, String>>.1);
  string_concat(show(@Result<String, String>.0), string_concat(" ", show(@Result<String, String>.1)))
}

public fn forgotten(@String -> @Nat)
  requires(true)
  ensures(true)
  effects(<Http, Async, IO>)
{
  let @Future<Result<String, String>> = async(Http.get(@String.0));
  IO.print("after");
  1
}
"#;

fn compiled() -> Compiled {
    let source = Source { name: "started.vera".into(), text: PROGRAM.into() };
    let compilation = compile(source, &MemoryLoader::new(), &Options::default());
    Compiled::new(compilation.wasm.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics)))
}

#[derive(Default)]
struct Host {
    console: CapturedIo,
    web: Web,
}

/// Answers without a network, on threads.
#[derive(Default)]
struct Web;

fn answer(url: &str) -> Result<String, String> {
    match url {
        "fails" => Err("no such host, token s3cret".to_owned()),
        "panics" => panic!("on fire"),
        url => Ok(format!("answer of {url}")),
    }
}

impl Http for Web {
    fn get(&mut self, url: &str) -> Result<String, String> {
        answer(url)
    }

    fn post(&mut self, url: &str, body: &str) -> Result<String, String> {
        answer(url).map(|answer| format!("{answer} to {body}"))
    }

    fn start_get(&mut self, url: &str) -> Option<Started<Result<String, String>>> {
        let url = url.to_owned();
        Some(Started::thread(move || answer(&url)))
    }

    fn start_post(&mut self, url: &str, body: &str) -> Option<Started<Result<String, String>>> {
        let (url, body) = (url.to_owned(), body.to_owned());
        Some(Started::thread(move || Web.post(&url, &body)))
    }
}

fn live(limits: Limits) -> Instance<Host> {
    let imports = compiled().link(Host::default(), limits).unwrap();
    let imports = imports.console(|host| &mut host.console).unwrap().http(|host| &mut host.web).unwrap();
    imports.instantiate().unwrap()
}

fn replayed(text: &str) -> Instance<Replay> {
    let imports = compiled().link(Replay::parse(text).unwrap(), Limits::default()).unwrap();
    imports.replay(|host| host, |_, _| Ok(())).unwrap().instantiate().unwrap()
}

fn texts(items: &[&str]) -> DynValue {
    let items = items.iter().map(|item| DynValue::String(item.as_bytes().to_vec()));
    DynValue::Array(items.collect::<Vec<_>>().into())
}

/// What comes of all calls, good and bad.
fn work<H: Send + 'static>(instance: &mut Instance<H>) -> Vec<String> {
    let crossed = instance.function::<(String, String), String>("crossed").unwrap();
    let forgotten = instance.function::<(String,), u64>("forgotten").unwrap();
    let shown = |outcome: vera_runtime::Result<String>| match outcome {
        Ok(text) => text,
        Err(Error::Host(failure)) => format!("{}.{}: {}", failure.effect, failure.operation, failure.message),
        Err(other) => other.to_string(),
    };
    let mut seen = vec![shown(instance.call(&crossed, ("a", "b")))];
    seen.push(shown(instance.call(&crossed, ("fails", "b"))));
    seen.push(shown(instance.call(&crossed, ("panics", "b"))));
    seen.push(shown(instance.call(&crossed, ("a", "panics"))));
    seen.push(shown(instance.call(&forgotten, ("panics",)).map(|count| count.to_string())));
    seen.push(shown(instance.call_dynamic("fetch", &[texts(&["x", "fails", "z"])]).map(|text| text.to_string())));
    seen
}

#[test]
fn recordings_are_in_the_order_of_the_starts() {
    let buffer = Buffer::default();
    let mut instance = live(Limits::default());
    instance.record(Recorder::new(buffer.clone()).redact("s3cret"));
    let expected = work(&mut instance);
    assert_eq!(expected[0], "Ok(answer of a) Ok(answer of b to body)");
    assert_eq!(&expected[2..5], ["Http.get: on fire", "Http.post: on fire", "1"]);
    let text = buffer.text();
    let lines: Vec<&str> = text.lines().collect();
    let get = |url: &str, end: &str| format!(r#"{{"effect":"Http","operation":"get","arguments":["{url}"],{end}}}"#);
    assert_eq!(lines[0], get("a", r#""result":{"Ok":["answer of a"]}"#));
    assert!(lines[1].contains(r#""operation":"post""#) && lines[2].contains("between"), "{text}");
    // The second panics, so that the first is never awaited.
    assert_eq!(lines[9], get("a", r#""left":true"#));
    assert_eq!(lines[12], get("panics", r#""left":true"#));
    assert_eq!(lines.len(), 4 * 3 + 2 + 3);

    let mut again = replayed(&text);
    let seen = work(&mut again);
    let expected: Vec<String> = expected.iter().map(|text| text.replace("s3cret", "[redacted]")).collect();
    assert_eq!(seen, expected);
    assert_eq!(again.host().left(), 0);

    // Another order of starts is another program.
    let mut other = replayed(&lines[1..].join("\n"));
    let crossed = other.function::<(String, String), String>("crossed").unwrap();
    let error = other.call(&crossed, ("a", "b")).unwrap_err().to_string();
    assert!(error.contains("call 1 of the recording is Http.post"), "{error}");
}

#[test]
fn a_recording_of_a_program_that_awaited_less_says_so() {
    let line = r#"{"effect":"Http","operation":"get","arguments":["x"],"left":true}"#;
    let mut instance = replayed(line);
    let error = instance.call_dynamic("fetch", &[texts(&["x"])]).unwrap_err().to_string();
    assert!(error.contains("Http.get was not awaited when it was recorded"), "{error}");
}

/// With and without threads a program does the same.
#[test]
fn what_is_started_and_what_is_not_are_the_same() {
    let outcomes = [0, 1, 64].map(|started| work(&mut live(Limits { started, ..Limits::default() })));
    // What is run at once fails at once.
    assert_eq!(outcomes[0][..4], outcomes[2][..4]);
    assert_eq!((outcomes[0][4].as_str(), outcomes[2][4].as_str()), ("Http.get: on fire", "1"));
    assert_eq!((&outcomes[0][5], &outcomes[1][5]), (&outcomes[2][5], &outcomes[2][5]));
}

#[cfg(feature = "http")]
#[test]
fn requests_overlap() {
    use crate::server::{Server, respond};
    use std::sync::{Arc, Barrier};
    use std::time::Duration;
    use vera_runtime::host::http::Client;

    const REQUESTS: usize = 10;
    // No request is answered before all are there.
    let barrier = Arc::new(Barrier::new(REQUESTS));
    let gate = Arc::clone(&barrier);
    let server = Server::start(move |request, connection| {
        gate.wait();
        respond(connection, "200 OK", &[], request.path.as_bytes());
    });
    let urls: Vec<String> = (0..REQUESTS).map(|number| server.url(&format!("/{number}"))).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let client = Client::new().allow("127.0.0.1").timeout(Duration::from_secs(60));
    let imports = compiled().link((CapturedIo::default(), client), Limits::default()).unwrap();
    let imports = imports.console(|host| &mut host.0).unwrap().http(|host| &mut host.1).unwrap();
    let mut instance = imports.instantiate().unwrap();
    let answer = instance.call_dynamic("fetch", &[texts(&urls)]).unwrap();
    let expected: Vec<String> = (0..REQUESTS).map(|number| format!("/{number};")).collect();
    assert_eq!(answer, DynValue::String(expected.concat().into_bytes()));
}

#[cfg(feature = "inference")]
#[test]
fn prompts_overlap() {
    use crate::server::{Server, respond};
    use std::sync::{Arc, Barrier};
    use vera_runtime::host::inference::{Inference, Model, Provider};

    let barrier = Arc::new(Barrier::new(2));
    let gate = Arc::clone(&barrier);
    let server = Server::start(move |_, connection| {
        gate.wait();
        respond(connection, "200 OK", &[], br#"{"choices": [{"message": {"content": "yes"}}]}"#);
    });
    let mut guest = Guest::new();
    let string = guest.ty(TypeDesc::String);
    let answer = guest.result(string, string);
    guest.operation("Inference", "complete", vec![string], answer, "(param i32 i32) (result i32)");
    guest.import("effect:0", "complete/start", "start", "(param i32 i32 i64) (result i32)");
    guest.import("effect:0", "complete/await", "await", "(param i64) (result i32)");
    // The number of a started operation is behind its header and its pointer.
    guest.function(
        "twice",
        vec![string],
        answer,
        "(param i32 i32) (result i32) (local i64 i64)
         (local.set 2 (i64.load offset=8 (call $start (local.get 0) (local.get 1) (i64.const 7))))
         (local.set 3 (i64.load offset=8 (call $start (local.get 0) (local.get 1) (i64.const 7))))
         (drop (call $await (local.get 3))) (call $await (local.get 2))",
    );
    let model = Model::new(Provider::Mistral, "key").base_url(server.url(""));
    let imports = guest.compile().link(Box::new(model) as Box<dyn Inference + Send>, Limits::default()).unwrap();
    let mut instance = imports.inference(|host| host).unwrap().instantiate().unwrap();
    let twice = instance.function::<(String,), Result<String, String>>("twice").unwrap();
    assert_eq!(instance.call(&twice, ("?",)).unwrap(), Ok("yes".to_owned()));
}

/// A module that is not the compiler's may ask for what it has not started, or twice, or across calls.
#[test]
fn only_what_is_started_can_be_awaited() {
    let mut guest = Guest::new();
    let (int, unit) = (guest.ty(TypeDesc::Int), guest.ty(TypeDesc::Unit));
    for (name, id) in [("one", "o"), ("two", "t")] {
        guest.operation("Slow", name, vec![int], int, "(param i64) (result i64)");
        guest.import("effect:0", &format!("{name}/start"), &format!("start_{id}"), "(param i64 i64) (result i32)");
        guest.import("effect:0", &format!("{name}/await"), &format!("await_{id}"), "(param i64) (result i64)");
    }
    let start = "(i64.load offset=8 (call $start_o (local.get 0) (i64.const 3)))";
    let bodies = [
        ("good", format!("(call $await_o {start})")),
        ("number", start.to_owned()),
        ("unknown", "(call $await_o (local.get 0))".to_owned()),
        ("other", format!("(call $await_t {start})")),
        ("twice", format!("(local.set 0 {start}) (drop (call $await_o (local.get 0))) (call $await_o (local.get 0))")),
        ("tag", "(i64.extend_i32_u (call $start_o (i64.const 1) (local.get 0)))".to_owned()),
    ];
    for (name, body) in &bodies {
        guest.function(name, vec![int], int, &format!("(param i64) (result i64) {body}"));
    }
    guest.function("none", vec![], unit, "");
    let imports = guest.compile().link((), Limits::default()).unwrap();
    let slow = |_: &mut (), scope: &mut Scope<'_>, (number,): (i64,)| -> Lowered<i64> {
        scope.finish(Started::thread(move || number + 1))
    };
    let imports = imports.operation(EffectId(0), "one", slow).unwrap();
    let mut instance = imports.operation(EffectId(0), "two", slow).unwrap().instantiate().unwrap();
    let mut call = |name: &str, number: i64| {
        let function = instance.function::<(i64,), i64>(name).unwrap();
        instance.call(&function, (number,))
    };
    assert_eq!(call("good", 1).unwrap(), 2);
    let number = call("number", 1).unwrap();
    for (name, number) in [
        ("unknown", number),
        ("unknown", 1 << 40),
        ("unknown", -1),
        ("other", 1),
        ("twice", 1),
        ("tag", -1),
        ("tag", 1 << 16),
    ] {
        let error = call(name, number).unwrap_err();
        assert!(matches!(error, Error::Internal(_)), "{name} {number}: {error}");
        assert_eq!(call("good", number).unwrap(), number.wrapping_add(1), "the instance answers the next call");
    }
}
