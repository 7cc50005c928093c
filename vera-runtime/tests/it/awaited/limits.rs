//! Fuel and deadlines of calls that are awaited.

use super::executor::{block_on, poll_once};
use super::{Host, fetched, imports, instance};
use std::time::Duration;
use vera_runtime::error::{Error, Limit};
use vera_runtime::{AsyncInstance, Limits, Result};

/// Time that no call of these tests takes.
const LONG: Duration = Duration::from_secs(600);

fn limit<T: std::fmt::Debug>(outcome: Result<T>) -> Limit {
    match outcome {
        Err(Error::Limit(reached)) => reached.limit,
        other => panic!("{other:?}"),
    }
}

fn spin(instance: &mut AsyncInstance<Host>) -> vera_runtime::Call<'_, i64> {
    let spin = instance.function::<(), i64>("spin").unwrap();
    instance.call_async(&spin, ())
}

#[test]
fn a_deadline_passes_while_the_host_waits() {
    let deadline = Duration::from_millis(300);
    let mut instance = instance(Limits { deadline: Some(deadline), ..Limits::default() });
    for _ in 0..2 {
        // Nothing but the deadline wakes the thread.
        assert_eq!(limit(block_on(fetched(&mut instance, "never", 0))), Limit::Deadline(deadline));
        assert_eq!(instance.host().active, 1);
        instance.host_mut().active = 0;
        assert_eq!(block_on(fetched(&mut instance, "page", 1)).unwrap().len(), 1000);
        instance.check_heap().unwrap();
    }
}

#[test]
fn a_deadline_ends_what_computes() {
    let deadline = Duration::from_millis(50);
    let mut instance = instance(Limits { deadline: Some(deadline), ..Limits::default() });
    for _ in 0..2 {
        assert_eq!(limit(block_on(spin(&mut instance))), Limit::Deadline(deadline));
        let function = instance.function::<(), i64>("spin").unwrap();
        let outcome = instance.scope(|scope| scope.call(&function, ()).map(drop));
        assert_eq!(limit(outcome), Limit::Deadline(deadline));
    }
}

#[test]
fn what_computes_gives_way() {
    let limits = Limits { deadline: Some(LONG), ..Limits::default() };
    let mut instance = instance(limits);
    for _ in 0..3 {
        let mut call = spin(&mut instance);
        // It would not come back otherwise.
        assert!(poll_once(&mut call).is_pending());
        assert!(poll_once(&mut call).is_pending());
        drop(call);
        assert_eq!(block_on(fetched(&mut instance, "page", 1)).unwrap().len(), 1000);
    }
    let (template, _) = imports(limits, Host::default()).template().unwrap();
    let mut other = template.instance(Host::default()).unwrap();
    let mut spinning = spin(&mut other);
    let mut call = fetched(&mut instance, "page", 3);
    let together = std::future::poll_fn(|context| {
        let _ = std::pin::Pin::new(&mut spinning).poll(context);
        std::pin::Pin::new(&mut call).poll(context)
    });
    assert_eq!(block_on(together).unwrap().len(), 1000);
}

#[test]
fn fuel_is_that_of_the_call() {
    let text = "page";
    let spent = |fuel| {
        let mut instance = instance(Limits { fuel: Some(fuel), hash_key: Some([1, 2]), ..Limits::default() });
        let outcome = block_on(fetched(&mut instance, text, 3));
        instance.check_heap().unwrap();
        outcome
    };
    // As much as is needed, however often the call is away; one unit less is too little.
    let (mut little, mut enough) = (0, 1 << 24);
    assert!(spent(enough).is_ok());
    while enough - little > 1 {
        let middle = (little + enough) / 2;
        match spent(middle) {
            Ok(_) => enough = middle,
            outcome => {
                assert_eq!(limit(outcome), Limit::Fuel(middle));
                little = middle;
            }
        }
    }
    assert!(enough > 1000, "a thousand strings cost something: {enough}");
    let mut instance = instance(Limits { fuel: Some(enough), hash_key: Some([1, 2]), ..Limits::default() });
    for _ in 0..3 {
        assert_eq!(limit(block_on(spin(&mut instance))), Limit::Fuel(enough));
    }
}
