//! Calls that are given up half-way.

use super::executor::{block_on, poll_once};
use super::{Host, compiled, fetched, imports, instance, instances};
use std::task::Poll;
use vera_runtime::error::Error;
use vera_runtime::host::{EffectId, delivered};
use vera_runtime::{AsyncInstance, Limits};

/// Polls a call until its host waits, and drops it.
fn given_up(instance: &mut AsyncInstance<Host>, text: &str, turns: i64, polls: usize) {
    let mut call = fetched(instance, text, turns);
    for _ in 0..polls {
        assert!(poll_once(&mut call).is_pending());
    }
}

#[test]
fn the_instance_answers_the_next_call() {
    for mut instance in instances() {
        for polls in 0..4 {
            given_up(&mut instance, "page", 5, polls);
            instance.check_heap().unwrap();
            // The host is back, as the operation left it.
            assert_eq!(instance.host().active, usize::from(polls > 0));
            instance.host_mut().active = 0;
            assert_eq!(block_on(fetched(&mut instance, "next", 1)).unwrap(), vec!["next"; 1000]);
            assert_eq!(instance.host().active, 0);
        }
        assert_eq!(instance.into_host().seen, ["next", "page", "next", "page", "next", "page", "next"]);
    }
}

#[test]
fn what_a_call_keeps_is_let_go() {
    // Each call that is given up has a root, of which the shadow stack has room for some thousands.
    let limits = Limits { shadow_stack: 16 << 10, memory: 8 << 20, ..Limits::default() };
    for metered in [false, true] {
        let limits = if metered { Limits { fuel: Some(1 << 30), ..limits } } else { limits };
        let mut instance = instance(limits);
        let text = "never".repeat(20);
        for _ in 0..20_000 {
            given_up(&mut instance, &text, 1, 1);
        }
        instance.host_mut().seen.clear();
        assert_eq!(block_on(fetched(&mut instance, "page", 1)).unwrap().len(), 1000);
        instance.check_heap().unwrap();
    }
}

/// Counts in the host when it is dropped.
struct Drops<'h>(&'h mut Host);

impl Drop for Drops<'_> {
    fn drop(&mut self) {
        self.0.active += 1;
    }
}

#[test]
fn what_the_host_waits_for_is_dropped_with_the_host_at_hand() {
    let imports = compiled().link(Host::default(), Limits::default()).unwrap();
    let imports = imports.operation::<(String,), i64, _>(EffectId(0), "log", |_, scope, _| scope.finish(1)).unwrap();
    let imports = imports.awaited().operation::<(String, i64), Vec<String>, _>(EffectId(0), "fetch", |host, _| {
        Box::pin(async move {
            let _drops = Drops(host);
            std::future::pending::<()>().await;
            delivered(Ok::<_, String>(Vec::new()))
        })
    });
    let mut instance = imports.unwrap().instantiate().unwrap();
    for dropped in 1..4 {
        given_up(&mut instance, "page", 0, 2);
        assert_eq!(instance.host().active, dropped);
    }
}

#[test]
fn a_call_that_is_leaked_leaves_no_instance_to_use() {
    let (template, _) = imports(Limits::default(), Host::default()).template().unwrap();
    let mut instance = template.instance(Host::default()).unwrap();
    // Not begun, nothing is lost.
    std::mem::forget(fetched(&mut instance, "page", 1));
    assert_eq!(block_on(fetched(&mut instance, "page", 1)).unwrap().len(), 1000);
    let mut call = fetched(&mut instance, "never", 1);
    assert!(matches!(poll_once(&mut call), Poll::Pending));
    std::mem::forget(call);
    let error = block_on(fetched(&mut instance, "page", 1)).unwrap_err();
    assert!(matches!(&error, Error::Unusable(why) if why.contains("leaked")), "{error:?}");
    assert!(matches!(instance.check_heap(), Err(Error::Unusable(_))));
    let mut another = template.instance(Host::default()).unwrap();
    assert_eq!(block_on(fetched(&mut another, "page", 1)).unwrap().len(), 1000);
}
