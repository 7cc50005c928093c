//! Checks that fail and limits that are reached: a typed error, and an instance that goes on.

use std::time::{Duration, Instant};
use vera_runtime::error::Limit;
use vera_runtime::{Error, Limits};

vera_runtime::vera! {
    verify = off,

    module limits;

    public fn discounted(@Nat /* price */, @Nat /* percent */ -> @Nat)
      requires(@Nat.0 <= 100)
      ensures(@Nat.result <= @Nat.1)
      effects(pure)
    {
      @Nat.1 - @Nat.1 * @Nat.0 / 100
    }

    public fn wrong(@Int -> @Int)
      requires(true)
      ensures(@Int.result > @Int.0)
      effects(pure)
    {
      @Int.0 - 1
    }

    type Percent = { @Int | @Int.0 >= 0 && @Int.0 <= 100 };

    public fn percent(@Percent -> @Int) requires(true) ensures(true) effects(pure) { @Percent.0 }
    public fn to_percent(@Int -> @Percent) requires(true) ensures(true) effects(pure) { @Int.0 }
    public fn asserted(@Int -> @Int) requires(true) ensures(true) effects(pure) { assert(@Int.0 > 0); @Int.0 }
    public fn divided(@Int, @Int -> @Int) requires(true) ensures(true) effects(pure) { @Int.1 / @Int.0 }
    public fn remainder(@Int, @Int -> @Int) requires(true) ensures(true) effects(pure) { @Int.1 % @Int.0 }
    public fn sum(@Int, @Int -> @Int) requires(true) ensures(true) effects(pure) { @Int.1 + @Int.0 }
    public fn product(@Int, @Int -> @Int) requires(true) ensures(true) effects(pure) { @Int.1 * @Int.0 }
    public fn negated(@Int -> @Int) requires(true) ensures(true) effects(pure) { -@Int.0 }
    public fn difference(@Nat, @Nat -> @Nat) requires(true) ensures(true) effects(pure) { @Nat.1 - @Nat.0 }
    public fn narrowed(@Int -> @Nat) requires(true) ensures(true) effects(pure) { @Int.0 }
    public fn element(@Array<Int>, @Int -> @Int) requires(true) ensures(true) effects(pure) { @Array<Int>.0[@Int.0] }

    public fn down(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Diverge>)
    {
      if @Int.0 == 0 then { 0 } else { 1 + down(@Int.0 - 1) }
    }

    public fn climbing(@Int -> @Int)
      requires(true)
      ensures(true)
      decreases(@Int.0)
      effects(pure)
    {
      if @Int.0 > 10 then { 0 } else { climbing(@Int.0 + 1) }
    }

    public fn forever(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Diverge>)
    {
      forever(@Int.0 + 1 - 1)
    }

    public fn texts(@Array<String> -> @Int) requires(true) ensures(true) effects(pure) {
      array_length(@Array<String>.0)
    }

    private data Chain {
      End,
      Link(String, Chain)
    }

    private fn hoard(@Int, @Chain -> @Int)
      requires(true)
      ensures(true)
      effects(<Diverge>)
    {
      if @Int.0 == 0 then {
        match @Chain.0 { End -> 0, Link(@String, _) -> string_length(@String.0) }
      } else {
        hoard(@Int.0 - 1, Link(string_repeat("x", 1000), @Chain.0))
      }
    }

    public fn hoarded(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Diverge>)
    {
      hoard(@Int.0, End)
    }

    private fn rooted(@Int, @String -> @Nat)
      requires(true)
      ensures(true)
      effects(<Diverge>)
    {
      if @Int.0 == 0 then {
        0
      } else {
        rooted(@Int.0 - 1, int_to_string(@Int.0)) + string_length(@String.0)
      }
    }

    public fn roots(@Int -> @Nat)
      requires(true)
      ensures(true)
      effects(<Diverge>)
    {
      rooted(@Int.0, "")
    }
}

use limits::Module;

fn kind<T: std::fmt::Debug>(outcome: Result<T, Error>) -> &'static str {
    outcome.expect_err("a failure").kind()
}

fn answers(module: &mut Module) {
    assert_eq!(module.discounted(200, 15).unwrap(), 170, "the instance answers the next call");
    module.instance_mut().check_heap().unwrap();
}

#[test]
fn a_precondition_blames_the_caller() {
    let mut module = Module::new().unwrap();
    let error = module.discounted(200, 101).unwrap_err();
    let Error::Requires(violation) = &error else { panic!("{error:?}") };
    assert_eq!(violation.function, "discounted");
    assert!(violation.clause.contains("@Nat.0 <= 100"), "{violation:?}");
    let shown: Vec<_> = violation.values.iter().map(|argument| argument.value.as_str()).collect();
    assert_eq!(shown, ["200", "101"]);
    assert!(violation.location.line > 0);
    assert!(error.to_string().contains("requires(@Nat.0 <= 100) failed"), "{error}");
    answers(&mut module);
}

#[test]
fn every_check_has_its_kind() {
    let mut module = Module::new().unwrap();
    assert!(matches!(module.wrong(3), Err(Error::Ensures(_))));
    assert!(matches!(module.percent(101), Err(Error::Refinement(_))));
    assert!(matches!(module.to_percent(-1), Err(Error::Refinement(_))));
    assert!(matches!(module.asserted(0), Err(Error::Assert(_))));
    assert!(matches!(module.climbing(0), Err(Error::Decreases(_))));
    assert_eq!(kind(module.divided(1, 0)), "divide_by_zero");
    assert_eq!(kind(module.divided(i64::MIN, -1)), "overflow");
    assert_eq!(kind(module.remainder(1, 0)), "divide_by_zero");
    assert_eq!(module.remainder(i64::MIN, -1).unwrap(), 0);
    assert_eq!(module.remainder(-7, 2).unwrap(), -1);
    assert_eq!(kind(module.sum(i64::MAX, 1)), "overflow");
    assert_eq!(kind(module.sum(i64::MIN, -1)), "overflow");
    assert_eq!(kind(module.product(i64::MAX, 2)), "overflow");
    assert_eq!(kind(module.product(i64::MIN, -1)), "overflow");
    assert_eq!(module.product(i64::MAX, -1).unwrap(), -i64::MAX);
    assert_eq!(kind(module.negated(i64::MIN)), "overflow");
    assert_eq!(kind(module.difference(1, 2)), "nat_underflow");
    assert_eq!(kind(module.narrowed(-1)), "nat_guard");
    assert_eq!(kind(module.element([1, 2, 3], 3)), "index_out_of_bounds");
    assert_eq!(kind(module.element([1, 2, 3], -1)), "index_out_of_bounds");
    assert_eq!(module.element([1, 2, 3], 2).unwrap(), 3);
    answers(&mut module);
}

#[test]
fn recursion_is_deep_and_bounded() {
    let mut module = Module::new().unwrap();
    assert_eq!(module.down(1_000_000).unwrap(), 1_000_000);
    let error = module.down(i64::MAX).unwrap_err();
    assert!(matches!(&error, Error::Limit(reached) if matches!(reached.limit, Limit::Stack(_))), "{error:?}");
    answers(&mut module);
    assert_eq!(module.down(1_000_000).unwrap(), 1_000_000);
}

/// A module with these limits; in stress mode, where everything takes longer, with `stressed` ones.
fn limited(limits: Limits, stressed: Limits, test: impl Fn(&mut Module, Limits)) {
    for (stress, limits) in [(false, limits), (true, stressed)] {
        let mut module = Module::with_limits(limits).unwrap();
        if stress {
            module.instance_mut().stress().unwrap();
        }
        test(&mut module, limits);
        answers(&mut module);
    }
}

fn reached(outcome: Result<impl std::fmt::Debug, Error>) -> Limit {
    match outcome {
        Err(Error::Limit(reached)) => reached.limit,
        other => panic!("{other:?}"),
    }
}

#[test]
fn memory_is_bounded() {
    let limits = |memory| Limits { memory, shadow_stack: 64 << 10, ..Limits::default() };
    limited(limits(64 << 20), limits(2 << 20), |module, limits| {
        assert_eq!(module.hoarded(100).unwrap(), 1000);
        assert_eq!(reached(module.hoarded(1_000_000)), Limit::Memory(limits.memory));
        answers(module);
        assert_eq!(module.hoarded(100).unwrap(), 1000);
    });
}

#[test]
fn the_stack_of_roots_is_bounded() {
    let limits = |shadow_stack| Limits { shadow_stack, ..Limits::default() };
    limited(limits(1 << 20), limits(8 << 10), |module, limits| {
        assert_eq!(reached(module.roots(10_000_000)), Limit::ShadowStack(limits.shadow_stack));
        answers(module);
        assert!(module.roots(100).unwrap() > 100);
    });
}

#[test]
fn fuel_is_bounded() {
    // Should the fuel not hold, the test ends all the same.
    let limits = Limits { fuel: Some(1_000_000), deadline: Some(Duration::from_secs(60)), ..Limits::default() };
    limited(limits, limits, |module, _| {
        for _ in 0..2 {
            assert_eq!(reached(module.forever(0)), Limit::Fuel(1_000_000));
            answers(module);
        }
        assert_eq!(reached(module.hoarded(1_000_000)), Limit::Fuel(1_000_000));
    });
}

#[test]
fn time_is_bounded() {
    let time = Duration::from_millis(50);
    let limits = Limits { deadline: Some(time), fuel: Some(1 << 34), ..Limits::default() };
    limited(limits, limits, |module, _| {
        let start = Instant::now();
        assert_eq!(reached(module.forever(0)), Limit::Deadline(time));
        assert!(start.elapsed() >= time && start.elapsed() < 100 * time, "{:?}", start.elapsed());
    });
    // The host's own work for a call takes its time too.
    let time = Duration::from_micros(200);
    let mut module = Module::with_limits(Limits { deadline: Some(time), ..Limits::default() }).unwrap();
    assert_eq!(reached(module.texts(vec!["text".to_owned(); 200_000])), Limit::Deadline(time));
}

/// What a program can tell about an error without reading its text.
#[test]
fn errors_are_data() {
    fn an_error<E: std::error::Error + Send + Sync + Clone + PartialEq + 'static>(_: &E) {}
    let mut module = Module::new().unwrap();
    let error = module.percent(101).unwrap_err();
    an_error(&error);
    assert_eq!(Err(error.clone()), module.percent(101));
    assert_eq!(module.percent(5), Ok(5));
    let violation = error.violation().unwrap();
    assert_eq!((violation.function.as_str(), violation.values.len()), ("percent", 1));
    let location = error.location().unwrap();
    assert!(location.file.ends_with("limits.rs") && location.line > 1 && location.column > 1, "{location}");
    assert_eq!(error.backtrace()[0].function, "percent");
}
