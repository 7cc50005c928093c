//! Calls that are awaited, and hosts whose operations are futures.

mod drops;
pub(crate) mod executor;
mod limits;
mod stacks;

use crate::buffer::Buffer;
use crate::guest::Guest;
use executor::{all, block_on, turn};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use vera_abi::interface::TypeDesc;
use vera_runtime::error::Error;
use vera_runtime::host::{AsyncImports, EffectId, Recorder, Replay, delivered};
use vera_runtime::{AsyncInstance, Call, Compiled, Limits, Result};

const NET: EffectId = EffectId(0);

/// A module whose functions keep a string in the shadow stack while they perform operations.
///
/// * `fetched(text, turns)` performs `Net.fetch`, which is awaited.
/// * `logged(text)` performs `Net.log`, which is no future, then `Net.fetch`.
/// * `kept(text, turns)` performs the same and gives the text.
/// * `spin()` never ends. `deep(n)` calls itself.
fn compiled() -> Compiled {
    let mut guest = Guest::new();
    let (string, int) = (guest.ty(TypeDesc::String), guest.ty(TypeDesc::Int));
    let array = guest.ty(TypeDesc::Array(string));
    guest.operation("Net", "fetch", vec![string, int], array, "(param i32 i32 i64) (result i32 i32)");
    guest.operation("Net", "log", vec![string], int, "(param i32 i32) (result i64)");
    let fetch = "(local i32 i32) (call $keep (local.get 0))
         (call $Net.fetch (local.get 0) (local.get 1) (local.get 2)) (local.set 4) (local.set 3)
         (call $churn (local.get 3)) (call $drop1)";
    guest.function(
        "fetched",
        vec![string, int],
        array,
        &format!("(param i32 i32 i64) (result i32 i32) {fetch} (local.get 3) (local.get 4)"),
    );
    guest.function(
        "kept",
        vec![string, int],
        string,
        &format!("(param i32 i32 i64) (result i32 i32) {fetch} (local.get 0) (local.get 1)"),
    );
    guest.function(
        "logged",
        vec![string],
        array,
        "(param i32 i32) (result i32 i32) (call $keep (local.get 0))
         (call $Net.fetch (local.get 0) (local.get 1) (call $Net.log (local.get 0) (local.get 1))) (call $drop1)",
    );
    guest.function("spin", vec![], int, "(result i64) (loop $again (br $again)) (i64.const 0)");
    guest.recursive("deep");
    guest.compile()
}

/// A host that answers with a thousand copies of the text.
#[derive(Debug, Default)]
pub(crate) struct Host {
    seen: Vec<String>,
    /// How many operations are under way.
    active: usize,
    /// Of all hosts that wait for each other.
    meeting: Option<Arc<Meeting>>,
}

/// Where futures wait until all have come.
#[derive(Debug)]
struct Meeting {
    awaited: usize,
    waiting: Mutex<Vec<Waker>>,
}

impl Meeting {
    fn new(awaited: usize) -> Arc<Self> {
        Arc::new(Meeting { awaited, waiting: Mutex::default() })
    }

    async fn join(&self) {
        let mut come = false;
        std::future::poll_fn(|context| {
            let mut waiting = self.waiting.lock().unwrap();
            if !std::mem::replace(&mut come, true) {
                waiting.push(context.waker().clone());
                if waiting.len() == self.awaited {
                    waiting.iter().for_each(Waker::wake_by_ref);
                }
            }
            if waiting.len() >= self.awaited { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

impl Host {
    async fn fetch(&mut self, text: &str, turns: i64) -> Result<Vec<String>, String> {
        self.seen.push(text.to_owned());
        self.active += 1;
        if let Some(meeting) = &self.meeting {
            meeting.join().await;
        }
        match text {
            "never" => std::future::pending().await,
            "panic at once" => panic!("at once"),
            _ => {}
        }
        for _ in 0..turns {
            turn().await;
        }
        self.active -= 1;
        match text {
            "refuse" => Err("refused".to_owned()),
            "panic" => panic!("on purpose"),
            _ => Ok(vec![text.to_owned(); 1000]),
        }
    }
}

fn imports(limits: Limits, host: Host) -> AsyncImports<Host> {
    let imports = compiled().link(host, limits).unwrap();
    let imports = imports.operation::<(String,), i64, _>(NET, "log", |host, scope, (text,)| {
        host.seen.push(format!("log {text}"));
        let turns = host.seen.len() as i64;
        scope.finish(turns)
    });
    let imports = imports.unwrap().awaited();
    let fetch = imports.operation::<(String, i64), Vec<String>, _>(NET, "fetch", |host, (text, turns)| {
        Box::pin(async move { delivered(host.fetch(&text, turns).await) })
    });
    fetch.unwrap()
}

pub(crate) fn instance(limits: Limits) -> AsyncInstance<Host> {
    imports(limits, Host::default()).instantiate().unwrap()
}

/// A plain one and one in stress mode.
fn instances() -> [AsyncInstance<Host>; 2] {
    let mut stressed = instance(Limits::default());
    stressed.stress().unwrap();
    [instance(Limits::default()), stressed]
}

fn fetched<'i>(instance: &'i mut AsyncInstance<Host>, text: &str, turns: i64) -> Call<'i, Vec<String>> {
    let function = instance.function::<(String, i64), Vec<String>>("fetched").unwrap();
    instance.call_async(&function, (text, turns))
}

#[test]
fn operations_are_awaited_and_give_values() {
    for mut instance in instances() {
        for turns in [0, 1, 20] {
            assert_eq!(block_on(fetched(&mut instance, "page", turns)).unwrap(), vec!["page"; 1000]);
            let kept = instance.function::<(String, i64), String>("kept").unwrap();
            assert_eq!(block_on(instance.call_async(&kept, ("text", turns))).unwrap(), "text");
        }
        let logged = instance.function::<(String,), Vec<String>>("logged").unwrap();
        assert_eq!(block_on(instance.call_async(&logged, ("page",))).unwrap().len(), 1000);
        assert_eq!(instance.host().seen.last().unwrap(), "page");
        assert_eq!(instance.host().active, 0);
        instance.check_heap().unwrap();
    }
}

#[test]
fn what_fails_is_a_typed_error_and_the_next_call_is_answered() {
    for mut instance in instances() {
        for turns in [0, 3] {
            for (text, message, panicked) in
                [("refuse", "refused", false), ("panic", "on purpose", true), ("panic at once", "at once", true)]
            {
                let error = block_on(fetched(&mut instance, text, turns)).unwrap_err();
                let Error::Host(failure) = error else { panic!("{error:?}") };
                assert_eq!((failure.message.as_str(), failure.panicked), (message, panicked));
                assert_eq!((failure.effect.as_str(), failure.operation.as_str()), ("Net", "fetch"));
                assert_eq!(failure.backtrace[0].function, "fetched");
                assert_eq!(instance.host().seen.last().unwrap(), text);
            }
            assert_eq!(block_on(fetched(&mut instance, "page", turns)).unwrap().len(), 1000);
        }
        instance.check_heap().unwrap();
    }
}

#[test]
fn instances_on_one_thread_go_on_together() {
    // No operation ends before all have begun.
    let meeting = Meeting::new(10);
    let (template, _) = imports(Limits::default(), Host::default()).template().unwrap();
    let mut instances: Vec<_> = (0..10)
        .map(|_| template.instance(Host { meeting: Some(Arc::clone(&meeting)), ..Host::default() }).unwrap())
        .collect();
    let calls = instances.iter_mut().enumerate().map(|(index, one)| fetched(one, &format!("page {index}"), 2));
    let results = block_on(all(calls.collect()));
    for (index, result) in results.into_iter().enumerate() {
        assert_eq!(result.unwrap()[999], format!("page {index}"));
    }
}

#[test]
fn a_call_goes_to_another_thread_while_it_is_away() {
    fn sent<T: Send>(value: T) -> T {
        value
    }
    for mut instance in instances() {
        let mut call = sent(fetched(&mut instance, "page", 3));
        assert!(executor::poll_once(&mut call).is_pending());
        let result = std::thread::scope(|scope| scope.spawn(|| block_on(call)).join().unwrap());
        assert_eq!(result.unwrap().len(), 1000);
        // And back: the thread knows its own stack.
        let result = std::thread::scope(|scope| scope.spawn(|| block_on(fetched(&mut instance, "b", 1))).join());
        assert_eq!(result.unwrap().unwrap().len(), 1000);
        assert_eq!(block_on(fetched(&mut instance, "c", 1)).unwrap().len(), 1000);
    }
}

#[test]
fn a_scope_awaits_nothing() {
    let mut instance = instance(Limits::default());
    let fetch = instance.function::<(String, i64), Vec<String>>("fetched").unwrap();
    let deep = instance.function::<(i64,), i64>("deep").unwrap();
    let length = instance.scope(|scope| {
        let text = scope.lower::<String>("text")?;
        scope.collect()?;
        let error = scope.call(&fetch, (text, 1)).unwrap_err();
        assert!(
            matches!(&error, Error::Argument(argument) if argument.to_string().contains("`call_async`")),
            "{error}"
        );
        let depth = scope.call(&deep, (1000,))?;
        assert_eq!(scope.lift(depth)?, 1000);
        Ok(scope.str(text)?.len())
    });
    assert_eq!(length.unwrap(), 4);
    // It was not asked for.
    assert!(instance.host().seen.is_empty());
    assert_eq!(block_on(fetched(&mut instance, "page", 1)).unwrap().len(), 1000);
    instance.check_heap().unwrap();
}

#[test]
fn what_is_awaited_is_recorded_and_answered_again() {
    let recording = Buffer::default();
    let mut recorded = instance(Limits::default());
    recorded.record(Recorder::new(recording.clone()));
    let expected = block_on(fetched(&mut recorded, "page", 2)).unwrap();
    block_on(fetched(&mut recorded, "refuse", 0)).unwrap_err();
    let text = recording.text();
    assert_eq!(text.lines().count(), 2, "{text}");
    let replay = Replay::parse(&text).unwrap();
    let imports = compiled().link(replay, Limits::default()).unwrap();
    let imports = imports.replay(|host| host, |_, _| Ok(())).unwrap().awaited();
    let mut replayed = imports.instantiate().unwrap();
    let fetch = replayed.function::<(String, i64), Vec<String>>("fetched").unwrap();
    assert_eq!(block_on(replayed.call_async(&fetch, ("page", 2))).unwrap(), expected);
    let error = block_on(replayed.call_async(&fetch, ("refuse", 0))).unwrap_err();
    assert!(matches!(&error, Error::Host(failure) if failure.message.contains("refused")), "{error}");
}
