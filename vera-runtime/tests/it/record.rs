//! Recording what a host answers, and answering from a recording.

use crate::buffer::Buffer;
use crate::guest::Guest;
use std::io::{self, Write};
use vera_abi::interface::TypeDesc;
use vera_runtime::error::Error;
use vera_runtime::host::http::Http;
use vera_runtime::host::io::{CapturedIo, Console, FixedClock};
use vera_runtime::host::{Recorder, Replay};
use vera_runtime::{Compiled, Instance, Limits};

#[derive(Default)]
struct Host {
    console: CapturedIo,
    clock: FixedClock,
    web: Web,
}

#[derive(Default)]
struct Web;

impl Http for Web {
    fn get(&mut self, url: &str) -> Result<String, String> {
        match url {
            "fails" => Err("no such host, token s3cret".to_owned()),
            "panics" => panic!("on fire"),
            url => Ok(format!("answer of {url} for s3cret")),
        }
    }

    fn post(&mut self, _: &str, body: &str) -> Result<String, String> {
        Ok(body.to_uppercase())
    }
}

fn compiled() -> Compiled {
    let mut guest = Guest::new();
    let (string, unit, int, nat) =
        (guest.ty(TypeDesc::String), guest.ty(TypeDesc::Unit), guest.ty(TypeDesc::Int), guest.ty(TypeDesc::Nat));
    let never = guest.ty(TypeDesc::Never);
    let answer = guest.result(string, string);
    guest.operation("IO", "print", vec![string], unit, "(param i32 i32)");
    guest.operation("IO", "read_line", vec![unit], string, "(result i32 i32)");
    guest.operation("IO", "time", vec![unit], nat, "(result i64)");
    guest.operation("IO", "exit", vec![int], never, "(param i64)");
    guest.operation("Http", "get", vec![string], answer, "(param i32 i32) (result i32)");
    guest.function("print", vec![string], unit, "(param i32 i32) (call $IO.print (local.get 0) (local.get 1))");
    guest.function("read", vec![], string, "(result i32 i32) (call $IO.read_line)");
    guest.function("time", vec![], nat, "(result i64) (call $IO.time)");
    guest.function("exit", vec![int], unit, "(param i64) (call $IO.exit (local.get 0)) (unreachable)");
    guest.function(
        "get",
        vec![string],
        answer,
        "(param i32 i32) (result i32) (call $Http.get (local.get 0) (local.get 1))",
    );
    guest.compile()
}

fn live(recorder: Recorder) -> Instance<Host> {
    let host = Host { console: CapturedIo::with_input("line\n"), clock: FixedClock { now: 77 }, web: Web };
    let imports = compiled().link(host, Limits::default()).unwrap().console(|host| &mut host.console).unwrap();
    let imports = imports.clock(|host| &mut host.clock).unwrap().http(|host| &mut host.web).unwrap();
    let mut instance = imports.instantiate().unwrap();
    instance.record(recorder);
    instance
}

fn replayed(replay: Replay, stress: bool) -> Instance<Replay> {
    let imports = compiled().link(replay, Limits::default()).unwrap();
    let mut instance = imports.replay(|host| host, |_, _| Ok(())).unwrap().instantiate().unwrap();
    if stress {
        instance.stress().unwrap();
    }
    instance
}

type Answer = Result<String, String>;

/// What a module does, with everything that came of it.
fn work<H: Send + 'static>(instance: &mut Instance<H>) -> Vec<String> {
    let print = instance.function::<(String,), ()>("print").unwrap();
    let read = instance.function::<(), String>("read").unwrap();
    let time = instance.function::<(), u64>("time").unwrap();
    let exit = instance.function::<(i64,), ()>("exit").unwrap();
    let get = instance.function::<(String,), Answer>("get").unwrap();
    let mut seen = vec![format!("{:?}", instance.call(&print, ("é\n\"x\"",)))];
    seen.push(format!("{:?}", instance.call(&read, ())));
    seen.push(format!("{:?}", instance.call(&time, ())));
    for url in ["first", "fails", "panics", "second"] {
        seen.push(match instance.call(&get, (url,)) {
            Err(Error::Host(failure)) => format!("host: {}", failure.message),
            other => format!("{other:?}"),
        });
    }
    seen.push(format!("{:?}", instance.call(&exit, (3,))));
    instance.check_heap().unwrap();
    seen
}

#[test]
fn what_is_recorded_is_replayed() {
    let buffer = Buffer::default();
    let expected = work(&mut live(Recorder::new(buffer.clone())));
    let text = buffer.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], r#"{"effect":"IO","operation":"print","arguments":["é\n\"x\""],"result":null}"#);
    assert_eq!(lines[2], r#"{"effect":"IO","operation":"time","arguments":[null],"result":77}"#);
    assert_eq!(lines[5], r#"{"effect":"Http","operation":"get","arguments":["panics"],"error":"on fire"}"#);
    assert_eq!(lines[7], r#"{"effect":"IO","operation":"exit","arguments":[3],"exit":3}"#);
    for stress in [false, true] {
        let mut instance = replayed(Replay::parse(&text).unwrap(), stress);
        assert_eq!(work(&mut instance), expected);
        assert_eq!(instance.host().left(), 0);
    }
}

#[test]
fn another_call_than_the_recorded_one_is_an_error() {
    let buffer = Buffer::default();
    work(&mut live(Recorder::new(buffer.clone())));
    let text = buffer.text();
    let mut instance = replayed(Replay::parse(&text).unwrap(), false);
    let get = instance.function::<(String,), Answer>("get").unwrap();
    let error = instance.call(&get, ("first",)).unwrap_err().to_string();
    assert!(
        error.contains("call 1 of the recording is IO.print") && error.contains(r#"makes Http.get ["first"]"#),
        "{error}"
    );
    let mut instance = replayed(Replay::parse(&text).unwrap().matching(), true);
    let get = instance.function::<(String,), Answer>("get").unwrap();
    assert!(instance.call(&get, ("second",)).unwrap().unwrap().contains("second"));
    assert!(instance.call(&get, ("first",)).unwrap().unwrap().contains("first"));
    for url in ["first", "third"] {
        let error = instance.call(&get, (url,)).unwrap_err().to_string();
        assert!(error.contains("has no such call"), "{url}: {error}");
    }
    let mut instance = replayed(Replay::parse("").unwrap(), false);
    let get = instance.function::<(String,), Answer>("get").unwrap();
    let error = instance.call(&get, ("first",)).unwrap_err().to_string();
    assert!(error.contains("ends after 0 calls"), "{error}");
}

#[test]
fn secrets_are_in_no_recording() {
    let buffer = Buffer::default();
    let recorder = Recorder::new(buffer.clone()).redact("s3cret").redact("");
    let mut instance = live(recorder);
    let get = instance.function::<(String,), Answer>("get").unwrap();
    for url in ["with s3cret", "fails"] {
        let _ = instance.call(&get, (url,)).unwrap();
    }
    let text = buffer.text();
    assert!(!text.contains("s3cret") && text.contains("with [redacted]"), "{text}");
    let mut instance = replayed(Replay::parse(&text).unwrap().redact("s3cret"), false);
    let get = instance.function::<(String,), Answer>("get").unwrap();
    let answer = instance.call(&get, ("with s3cret",)).unwrap().unwrap();
    assert_eq!(answer, "answer of with [redacted] for [redacted]");
}

#[test]
fn what_is_no_recording_is_an_error() {
    for (text, message) in [
        ("nonsense", "line 1"),
        ("{}", "line 1"),
        (r#"{"effect":"IO","operation":"time","arguments":[null]}"#, "one of `result`"),
        (r#"{"effect":"IO","operation":"time","arguments":[null],"result":1,"exit":1}"#, "one of `result`"),
        ("\n\n{\"effect\":1}", "line 3"),
    ] {
        let error = Replay::parse(text).unwrap_err();
        assert!(error.contains(message), "{text}: {error}");
    }
    // A result of another type than the operation's.
    for result in ["-1", "\"1\"", "[]", "1.5", "{\"Ok\":[1]}"] {
        let text = format!(r#"{{"effect":"IO","operation":"time","arguments":[null],"result":{result}}}"#);
        let mut instance = replayed(Replay::parse(&text).unwrap(), false);
        let time = instance.function::<(), u64>("time").unwrap();
        let error = instance.call(&time, ()).unwrap_err().to_string();
        assert!(error.contains("is no Nat"), "{result}: {error}");
        let error = instance.call(&time, ()).unwrap_err().to_string();
        assert!(error.contains("ends after 1 calls"), "the instance answers the next: {error}");
    }
}

/// A recording that cannot be written is not silently left out.
#[test]
fn a_full_disk_ends_the_call() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut instance = live(Recorder::new(Full));
    let time = instance.function::<(), u64>("time").unwrap();
    let error = instance.call(&time, ()).unwrap_err();
    assert!(matches!(&error, Error::Host(_)) && error.to_string().contains("cannot be recorded"), "{error}");
    instance.record(Recorder::new(Buffer::default()));
    assert_eq!(instance.call(&time, ()).unwrap(), 77);
    let _ = instance.host_mut().console.print("unused");
}
