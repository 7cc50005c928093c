//! Native stack of calls that run on fibers.

use super::executor::{block_on, turn};
use super::{Host, NET, compiled, fetched, imports};
use vera_runtime::error::{Error, Limit};
use vera_runtime::host::delivered;
use vera_runtime::{AsyncTemplate, Compiled, Function, Limits, Result};

fn deep(template: &AsyncTemplate<Host>, depth: i64) -> Result<i64> {
    let mut instance = template.instance(Host::default()).unwrap();
    let deep = instance.function::<(i64,), i64>("deep").unwrap();
    let result = block_on(instance.call_async(&deep, (depth,)));
    assert_eq!(block_on(instance.call_async(&deep, (100,))).unwrap(), 100);
    assert_eq!(block_on(fetched(&mut instance, "page", 1)).unwrap().len(), 1000);
    result
}

#[test]
fn deep_recursion_ends_in_a_limit_on_any_thread() {
    let template = |limits| imports(limits, Host::default()).template().unwrap().0;
    let (large, small) = (template(Limits::default()), template(Limits { native_stack: 1 << 20, ..Limits::default() }));
    for stack in [64 << 10, 8 << 20] {
        let (large, small) = (large.clone(), small.clone());
        let thread = std::thread::Builder::new().stack_size(stack).spawn(move || {
            assert_eq!(deep(&large, 1_000_000).unwrap(), 1_000_000);
            let error = deep(&large, i64::MAX).unwrap_err();
            assert!(matches!(&error, Error::Limit(reached) if reached.limit == Limit::Stack(256 << 20)), "{error}");
            let error = deep(&small, 1_000_000).unwrap_err();
            assert!(matches!(&error, Error::Limit(reached) if reached.limit == Limit::Stack(1 << 20)), "{error}");
        });
        thread.unwrap().join().unwrap();
    }
}

/// A host that calls the module back from an operation that is no future.
#[derive(Default)]
struct Back {
    deep: Option<Function<(i64,), i64>>,
    fetched: Option<Function<(String, i64), Vec<String>>>,
    other: Option<(Compiled, Limits)>,
    depth: i64,
    failed: Option<Error>,
}

#[test]
fn the_host_calls_back_and_calls_other_instances() {
    let imports = compiled().link(Back::default(), Limits::default()).unwrap();
    let imports = imports.operation::<(String,), i64, _>(NET, "log", |host: &mut Back, scope, (text,)| {
        let called = match (text.as_str(), &host.deep, &host.fetched) {
            ("deep", Some(deep), _) => scope.call(deep, (host.depth,)).map(drop),
            // Which asks for this host.
            ("fetched", _, Some(fetched)) => scope.call(fetched, ("page", 1)).map(drop),
            _ => Ok(()),
        };
        host.failed = called.err();
        if let Some((compiled, limits)) = &host.other {
            let mut other = compiled.instantiate((), *limits).unwrap();
            let deep = other.function::<(i64,), i64>("deep").unwrap();
            assert_eq!(other.call(&deep, (1000,)).unwrap(), 1000);
            assert!(matches!(other.call(&deep, (i64::MAX,)), Err(Error::Limit(_))));
        }
        scope.finish(2)
    });
    let imports = imports.unwrap().awaited();
    let imports = imports.operation::<(String, i64), Vec<String>, _>(NET, "fetch", |_, (text, turns)| {
        Box::pin(async move {
            for _ in 0..turns {
                turn().await;
            }
            delivered(vec![text])
        })
    });
    let mut instance = imports.unwrap().instantiate().unwrap();
    let logged = instance.function::<(String,), Vec<String>>("logged").unwrap();
    instance.host_mut().deep = Some(instance.function("deep").unwrap());
    instance.host_mut().fetched = Some(instance.function("fetched").unwrap());
    for (text, depth, limited) in [("deep", 1000, false), ("deep", i64::MAX, true), ("deep", 1000, false)] {
        instance.host_mut().depth = depth;
        assert_eq!(block_on(instance.call_async(&logged, (text,))).unwrap(), [text]);
        let limit =
            matches!(&instance.host().failed, Some(Error::Limit(reached)) if matches!(reached.limit, Limit::Stack(_)));
        assert_eq!(limit, limited, "{:?}", instance.host().failed);
    }
    assert_eq!(block_on(instance.call_async(&logged, ("fetched",))).unwrap(), ["fetched"]);
    let failed = instance.host().failed.clone();
    assert!(
        matches!(&failed, Some(Error::Host(failure)) if failure.message.contains("another operation")),
        "{failed:?}"
    );
    for native_stack in [64 << 10, 1 << 20, 256 << 20] {
        instance.host_mut().other = Some((plain(), Limits { native_stack, ..Limits::default() }));
        assert_eq!(block_on(instance.call_async(&logged, ("other",))).unwrap(), ["other"]);
    }
    instance.check_heap().unwrap();
}

/// A module without effects.
fn plain() -> Compiled {
    let mut guest = crate::guest::Guest::new();
    guest.recursive("deep");
    guest.compile()
}
