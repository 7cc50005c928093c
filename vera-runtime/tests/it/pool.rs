//! Instances whose memory is reserved and used again.

use crate::guest::Guest;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vera_abi::heap::record_header;
use vera_abi::interface::TypeDesc;
use vera_abi::trap::TrapKind;
use vera_runtime::error::{Error, Limit};
use vera_runtime::{Compiled, Instance, Limits, Template};

/// * `fill(n)` allocates `n` cells of 64 KiB, holds them, writes to each, and returns the sum of what was there before.
/// * `fill_and_fail(n)` does the same and traps. `spin()` never ends.
fn compiled() -> Compiled {
    let mut guest = Guest::new();
    let int = guest.ty(TypeDesc::Int);
    let site = guest.site(TrapKind::Assert, "false", vec![]);
    let header = record_header(0, 0);
    let fill = format!(
        "(param i64) (result i64) (local i32 i64 i32)
        (local.set 3 (global.get $gc_sp))
        (block $end (loop $next
          (br_if $end (i64.eqz (local.get 0)))
          (local.set 1 (call $alloc (i32.const 65536)))
          (i32.store (local.get 1) (i32.const {header}))
          (call $keep (local.get 1))
          (local.set 2 (i64.add (local.get 2) (i64.load offset=32768 (local.get 1))))
          (i64.store offset=32768 (local.get 1) (i64.const 1))
          (local.set 0 (i64.sub (local.get 0) (i64.const 1)))
          (br $next)))
        (global.set $gc_sp (local.get 3))"
    );
    guest.function("fill", vec![int], int, &format!("{fill} (local.get 2)"));
    guest.function("fill_and_fail", vec![int], int, &format!("{fill} {}", Guest::fail(site)));
    guest.function("spin", vec![], int, "(result i64) (loop $again (br $again)) (i64.const 0)");
    guest.compile()
}

fn of(limits: Limits) -> Template {
    compiled().link((), limits).unwrap().template().unwrap().0
}

fn limits(instances: u32) -> Limits {
    Limits { instances: Some(instances), hash_key: Some([1, 2]), ..Limits::default() }
}

fn fill(instance: &mut Instance, cells: i64) -> vera_runtime::Result<i64> {
    let fill = instance.function::<(i64,), i64>("fill")?;
    instance.call(&fill, (cells,))
}

#[test]
fn a_full_pool_is_a_limit_and_a_dropped_instance_makes_room() {
    let template = of(limits(3));
    let mut instances: Vec<_> = (0..3).map(|_| template.instance(()).unwrap()).collect();
    for _ in 0..3 {
        let error = template.instance(()).unwrap_err();
        assert!(matches!(&error, Error::Limit(reached) if reached.limit == Limit::Instances(3)), "{error:?}");
        for instance in &mut instances {
            assert_eq!(fill(instance, 1).unwrap(), 0);
        }
        instances.pop();
        instances.push(template.instance(()).unwrap());
    }
    // Another module, and the same one by other limits, has memory of its own.
    let other = of(limits(1));
    assert_eq!(fill(&mut other.instance(()).unwrap(), 1).unwrap(), 0);
}

#[test]
fn memory_that_is_used_again_holds_nothing_of_what_was() {
    let template = of(limits(1));
    for cells in [1, 100, 1000, 2] {
        for _ in 0..3 {
            let mut instance = template.instance(()).unwrap();
            let before = instance.memory_size();
            assert_eq!(fill(&mut instance, cells).unwrap(), 0);
            instance.check_heap().unwrap();
            drop(instance);
            let mut instance = template.instance(()).unwrap();
            assert_eq!(instance.memory_size(), before);
            let fail = instance.function::<(i64,), i64>("fill_and_fail").unwrap();
            assert!(matches!(instance.call(&fail, (cells,)), Err(Error::Assert(_))));
            instance.check_heap().unwrap();
        }
        let mut stressed = template.instance(()).unwrap();
        stressed.stress().unwrap();
        // What stress mode puts into new memory.
        assert_eq!(fill(&mut stressed, 3).unwrap(), -3);
    }
}

#[test]
fn limits_hold_in_a_pool() {
    let small = Limits { memory: 64 << 20, fuel: Some(1 << 30), deadline: Some(Duration::from_secs(600)), ..limits(2) };
    let template = of(small);
    let mut spent = Vec::new();
    for _ in 0..3 {
        let mut instance = template.instance(()).unwrap();
        let error = fill(&mut instance, 100_000).unwrap_err();
        assert!(matches!(&error, Error::Limit(reached) if reached.limit == Limit::Memory(64 << 20)), "{error:?}");
        assert!(fill(&mut instance, 1).is_ok());
        spent.push(instance.memory_size());
        let spin = instance.function::<(), i64>("spin").unwrap();
        let error = instance.call(&spin, ()).unwrap_err();
        assert!(matches!(&error, Error::Limit(reached) if reached.limit == Limit::Fuel(1 << 30)), "{error:?}");
    }
    assert!(spent.iter().all(|size| *size <= 64 << 20), "{spent:?}");
    let short = of(Limits { deadline: Some(Duration::from_millis(20)), ..limits(1) });
    let mut instance = short.instance(()).unwrap();
    let spin = instance.function::<(), i64>("spin").unwrap();
    assert!(matches!(instance.call(&spin, ()), Err(Error::Limit(_))));
    let least = Limits { memory: 1 << 16, ..limits(1) };
    assert!(matches!(compiled().instantiate((), least), Err(Error::Limit(_))));
    let none = compiled().instantiate((), limits(0)).unwrap_err();
    assert!(matches!(&none, Error::Limit(reached) if reached.limit == Limit::Instances(0)), "{none:?}");
    assert!(matches!(compiled().instantiate((), limits(u32::MAX)), Err(Error::Load(_))));
}

#[test]
fn threads_share_a_pool() {
    let template = of(limits(4));
    let made = AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                for round in 0..300 {
                    let mut instance = template.instance(()).unwrap();
                    assert_eq!(fill(&mut instance, round % 5).unwrap(), 0);
                    made.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(made.into_inner(), 1200);
}

#[cfg(feature = "async")]
#[test]
fn async_calls_have_stacks_in_the_pool() {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    let (template, ()) = compiled().link((), limits(2)).unwrap().awaited().template().unwrap();
    for _ in 0..20 {
        let mut both = [template.instance(()).unwrap(), template.instance(()).unwrap()];
        for instance in &mut both {
            let fill = instance.function::<(i64,), i64>("fill").unwrap();
            {
                let call = pin!(instance.call_async(&fill, (3,)));
                assert_eq!(call.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Ok(0)));
            }
            instance.scope(|scope| scope.lower::<String>("text").and_then(|text| scope.lift(text))).unwrap();
            instance.check_heap().unwrap();
        }
        let error = template.instance(()).unwrap_err();
        assert!(matches!(&error, Error::Limit(reached) if reached.limit == Limit::Instances(2)), "{error:?}");
    }
}
