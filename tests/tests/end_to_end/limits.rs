//! Checks that fail and limits that are reached: a typed error, and an instance that goes on.

use std::time::Duration;
use vera_runtime::error::Limit;
use vera_runtime::{Error, Limits};

vera_runtime::vera! {
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
    module.instance().check_heap().unwrap();
}

#[test]
fn a_precondition_blames_the_caller() {
    let mut module = Module::new().unwrap();
    let error = module.discounted(200, 101).unwrap_err();
    let Error::Requires(violation) = &error else { panic!("{error:?}") };
    assert_eq!(violation.function, "discounted");
    assert!(violation.clause.contains("@Nat.0 <= 100"), "{violation:?}");
    let shown: Vec<_> = violation.arguments.iter().map(|argument| argument.value.as_str()).collect();
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
    assert_eq!(kind(module.element(&[1, 2, 3], 3)), "index_out_of_bounds");
    assert_eq!(kind(module.element(&[1, 2, 3], -1)), "index_out_of_bounds");
    assert_eq!(module.element(&[1, 2, 3], 2).unwrap(), 3);
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

#[test]
fn memory_fuel_and_time_are_bounded() {
    let mut module =
        Module::with_limits(Limits { memory: 64 << 20, shadow_stack: 1 << 20, ..Limits::default() }).unwrap();
    assert_eq!(module.hoarded(100).unwrap(), 1000);
    let error = module.hoarded(1_000_000).unwrap_err();
    assert!(matches!(&error, Error::Limit(reached) if matches!(reached.limit, Limit::Memory(_))), "{error:?}");
    answers(&mut module);
    assert_eq!(module.hoarded(100).unwrap(), 1000);

    let error = module.roots(10_000_000).unwrap_err();
    assert!(matches!(&error, Error::Limit(reached) if matches!(reached.limit, Limit::ShadowStack(_))), "{error:?}");
    answers(&mut module);

    let mut module = Module::with_limits(Limits { fuel: Some(1_000_000), ..Limits::default() }).unwrap();
    let error = module.forever(0).unwrap_err();
    assert!(matches!(&error, Error::Limit(reached) if matches!(reached.limit, Limit::Fuel(_))), "{error:?}");
    answers(&mut module);

    let mut module =
        Module::with_limits(Limits { deadline: Some(Duration::from_millis(50)), ..Limits::default() }).unwrap();
    let error = module.forever(0).unwrap_err();
    assert!(matches!(&error, Error::Limit(reached) if matches!(reached.limit, Limit::Deadline(_))), "{error:?}");
    answers(&mut module);
}
