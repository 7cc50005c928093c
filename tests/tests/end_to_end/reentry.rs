//! Hosts that call the module back, however deep: a typed error, and an instance that goes on.

use std::time::Duration;
use vera_runtime::error::Limit;
use vera_runtime::{Error, Function, Limits, Scope, vera_host};

vera_runtime::vera! {
    module reentry;

    effect Call {
      op back(Int -> Int);
    }

    -- Not recursive itself: what its host does is another matter.
    public fn perform(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Call>)
    {
      Call.back(@Int.0)
    }

    public fn perform_twice(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Call>)
    {
      Call.back(Call.back(@Int.0))
    }

    public fn performs_below(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Call, Diverge>)
    {
      if @Int.0 == 0 then { Call.back(1000000000) } else { 1 + performs_below(@Int.0 - 1) }
    }

    public fn down(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Diverge>)
    {
      if @Int.0 == 0 then { 0 } else { 1 + down(@Int.0 - 1) }
    }

    -- Holds a string for each level.
    public fn texts(@Int, @String -> @Int)
      requires(true)
      ensures(true)
      effects(<Diverge>)
    {
      if @Int.0 == 0 then { 0 } else { texts(@Int.0 - 1, int_to_string(@Int.0)) + string_length(@String.0) }
    }
}

use reentry::Module;

/// What the operation does with its number.
#[derive(Clone, Copy, Debug)]
enum Way {
    Answer,
    Down,
    DownNested,
    LittleNested,
    TextsNested,
    Sleep(Duration),
}

struct Host {
    way: Way,
    down: Option<Function<(i64,), i64>>,
    texts: Option<Function<(i64, String), i64>>,
    /// The error of the call back.
    failed: Option<Error>,
}

#[vera_host]
impl reentry::Call for Host {
    fn back(&mut self, scope: &mut Scope<'_>, n: i64) -> Result<i64, Error> {
        let (Some(down), Some(texts)) = (&self.down, &self.texts) else { return Ok(n) };
        let outcome = match self.way {
            Way::Answer => Ok(n),
            Way::Down => scope.call(down, (n,)).and_then(|depth| scope.lift(depth)),
            Way::DownNested => scope.nested(|scope, _| {
                let depth = scope.call(down, (n,))?;
                scope.lift(depth)
            }),
            Way::LittleNested => scope.nested(|scope, _| {
                let depth = scope.call(down, (10,))?;
                scope.lift(depth)
            }),
            Way::TextsNested => {
                let kept = scope.lower::<String>("kept")?;
                let outcome = scope.nested(|scope, _| {
                    let texts = scope.call(texts, (n, "x"))?;
                    scope.lift(texts)
                });
                assert_eq!(scope.str(kept)?, "kept");
                outcome
            }
            Way::Sleep(time) => {
                std::thread::sleep(time);
                Ok(n)
            }
        };
        self.failed = outcome.as_ref().err().cloned();
        outcome
    }
}

fn module(limits: Limits) -> Module<Host> {
    let host = Host { way: Way::Answer, down: None, texts: None, failed: None };
    let mut module = Module::with_limits(host, limits).unwrap();
    let down = module.instance_mut().function("down").unwrap();
    let texts = module.instance_mut().function("texts").unwrap();
    let host = module.host_mut();
    (host.down, host.texts) = (Some(down), Some(texts));
    module
}

/// Runs on a thread whose own stack is small.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(256 << 10).spawn(test).unwrap().join().unwrap();
}

fn reached(outcome: Result<i64, Error>) -> Limit {
    match outcome {
        Err(Error::Limit(reached)) => reached.limit,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_host_may_call_deeply_recursive_functions_back() {
    on_a_small_stack(|| {
        let stack = 16 << 20;
        let mut module = module(Limits { native_stack: stack, ..Limits::default() });
        for way in [Way::Down, Way::DownNested] {
            module.host_mut().way = way;
            assert_eq!(module.perform(50_000), Ok(50_000), "{way:?}");
            assert_eq!(reached(module.perform(i64::MAX)), Limit::Stack(stack), "{way:?}");
            assert!(matches!(&module.host_mut().failed, Some(Error::Limit(_))));
            assert_eq!(module.perform_twice(50_000), Ok(50_000), "{way:?}");
            // The limit is one for guest and host together, wherever the host is called.
            assert_eq!(reached(module.performs_below(100_000)), Limit::Stack(stack), "{way:?}");
        }
        // What is left of the one stack is used: a call on another one would be beyond the end of this one.
        module.host_mut().way = Way::LittleNested;
        assert_eq!(module.performs_below(100_000), Ok(100_010));
        module.host_mut().way = Way::Answer;
        assert_eq!(module.performs_below(100_000), Ok(1_000_100_000));
        module.instance_mut().check_heap().unwrap();
    });
}

#[test]
fn recursion_in_a_scope_within_an_operation_keeps_what_is_around_it() {
    for stress in [false, true] {
        let mut module = module(Limits::default());
        if stress {
            module.instance_mut().stress().unwrap();
        }
        module.host_mut().way = Way::TextsNested;
        assert_eq!(module.perform_twice(100), Ok(texts(texts(100))));
        module.instance_mut().check_heap().unwrap();
    }
}

/// What `texts` gives for `(n, "x")`.
fn texts(n: i64) -> i64 {
    if n == 0 { 0 } else { 1 + (2..=n).map(|n| n.to_string().len() as i64).sum::<i64>() }
}

/// Nothing of the program runs after the operation that would look at the clock.
#[test]
fn a_deadline_holds_for_an_operation_that_is_the_last_act() {
    let time = Duration::from_millis(20);
    let mut module = module(Limits { deadline: Some(time), ..Limits::default() });
    module.host_mut().way = Way::Sleep(2 * time);
    assert_eq!(reached(module.perform(1)), Limit::Deadline(time));
    module.host_mut().way = Way::Answer;
    assert_eq!(module.perform(1), Ok(1));
}
