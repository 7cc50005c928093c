//! Handlers, states and exceptions as a host sees them: what reaches it, and what an error says.

use vera_runtime::error::{Limit, TrapKind};
use vera_runtime::{Error, Function, Limits, Scope, vera_host};

vera_runtime::vera! {
    verify = off,

    module answered;

    effect Ask {
      op ask(Int -> Int);
    }

    private fn asked(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Ask>)
    {
      Ask.ask(@Int.0) + 1
    }

    public fn divided(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      handle[Ask] {
        ask(@Int) -> { resume(100 / @Int.0) }
      } in {
        asked(@Int.0)
      }
    }

    public fn twice(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      handle[Ask] {
        ask(@Int) -> { resume(@Int.0) + resume(100 / @Int.0) }
      } in {
        asked(@Int.0)
      }
    }

    public fn said(@String -> @String)
      requires(true)
      ensures(true)
      effects(pure)
    {
      handle[IO](@String = "") {
        print(@String) -> { resume(()) } with @String = string_concat(@String.0, @String.1),
        read_line(@Unit) -> { resume(@String.0) },
        read_file(@String) -> { resume(Err("")) },
        write_file(@String, @String) -> { resume(Err("")) },
        read_bytes(@String) -> { resume(Err("")) },
        write_bytes(@String, @Array<Byte>) -> { resume(Err("")) },
        args(@Unit) -> { resume([]) },
        exit(@Int) -> { @String.0 },
        get_env(@String) -> { resume(None) },
        sleep(@Nat) -> { resume(()) },
        time(@Unit) -> { resume(0) },
        stderr(@String) -> { resume(()) },
        read_char(@Unit) -> { resume(Err("")) }
      } in {
        IO.print(@String.0);
        IO.print("!");
        IO.read_line(())
      }
    }

    public fn stacked(@Nat -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      handle[Ask] {
        ask(@Int) -> { resume(@Int.0) + resume(0) }
      } in {
        down(@Nat.0)
      }
    }

    private fn down(@Nat -> @Int)
      requires(true)
      ensures(true)
      decreases(@Nat.0)
      effects(<Ask>)
    {
      if @Nat.0 == 0 then {
        Ask.ask(1)
      } else {
        down(@Nat.0 - 1) + 1
      }
    }

    public fn deep(@Nat -> @Int)
      requires(true)
      ensures(true)
      effects(<Diverge>)
    {
      handle[Ask] {
        ask(@Int) -> { resume(@Int.0) + 1 }
      } in {
        many(@Nat.0)
      }
    }

    private fn many(@Nat -> @Int)
      requires(true)
      ensures(true)
      decreases(@Nat.0)
      effects(<Ask>)
    {
      if @Nat.0 == 0 then {
        0
      } else {
        let @Int = Ask.ask(1);
        many(@Nat.0 - 1)
      }
    }
}

vera_runtime::vera! {
    module lenient;

    effect Ask {
      op ask(Int -> Int);
    }

    public fn asked(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Ask>)
    {
      Ask.ask(@Int.0) + Ask.ask(1)
    }

    -- The host is asked for what the handler does not know.
    public fn remembered(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Ask>)
    {
      handle[Ask] {
        ask(@Int) -> { if @Int.0 == 1 then { resume(1000) } else { resume(Ask.ask(@Int.0)) } }
      } in {
        asked(@Int.0)
      }
    }

    public fn known(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      handle[Ask] {
        ask(@Int) -> { resume(7) }
      } in {
        asked(@Int.0)
      }
    }
}

vera_runtime::vera! {
    module between;

    effect Ask {
      op ask(Int -> Int);
    }

    effect Call {
      op back(Int -> Int);
    }

    public fn asked(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Ask>)
    {
      Ask.ask(@Int.0)
    }

    public fn around(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Call>)
    {
      handle[Ask] {
        ask(@Int) -> { resume(@Int.0) + resume(100) }
      } in {
        asked(Call.back(@Int.0))
      }
    }
}

vera_runtime::vera! {
    module stateful;

    public data Light {
      Coloured(Int),
      Off,
      On
    }

    public data Never2 {
      Only(Int)
    }

    public fn counted(@Int -> @Int)
      requires(true)
      ensures(new(State<Int>) == old(State<Int>) + @Int.0)
      effects(<State<Int>>)
    {
      put(get(()) + @Int.0);
      get(())
    }

    public fn text(@Unit -> @String)
      requires(true)
      ensures(true)
      effects(<State<String>>)
    {
      get(())
    }

    public fn light(@Unit -> @Light)
      requires(true)
      ensures(true)
      effects(<State<Light>>)
    {
      get(())
    }

    public fn only(@Unit -> @Never2)
      requires(true)
      ensures(true)
      effects(<State<Never2>>)
    {
      get(())
    }
}

vera_runtime::vera! {
    module throwing;

    public data Problem {
      Missing(String),
      Broken
    }

    public fn checked(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Exn<Problem>>)
    {
      if @Int.0 < 0 then {
        throw(Missing("a number"))
      } else {
        @Int.0
      }
    }

    public fn summed(@Array<Int>, @Nat -> @Int)
      requires(true)
      ensures(true)
      decreases(array_length(@Array<Int>.0) - @Nat.0)
      effects(<Exn<Problem>>)
    {
      if @Nat.0 >= array_length(@Array<Int>.0) then {
        0
      } else {
        checked(@Array<Int>.0[@Nat.0]) + summed(@Array<Int>.0, @Nat.0 + 1)
      }
    }

    -- A clause that throws what it caught.
    public fn wrapped(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(<Exn<String>>)
    {
      handle[Exn<Problem>] {
        throw(@Problem) -> { throw(string_concat("wrapped: ", show(@Problem.0))) }
      } in {
        checked(@Int.0)
      }
    }
}

fn functions(error: &Error) -> Vec<&str> {
    error.backtrace().iter().map(|frame| frame.function.as_str()).collect()
}

#[test]
fn a_module_whose_effects_are_handled_needs_no_host() {
    let mut answered = answered::Module::new().unwrap();
    assert_eq!(answered.divided(20).unwrap(), 6);
    assert_eq!(answered.twice(20).unwrap(), 27);
    assert_eq!(answered.said("hello").unwrap(), "hello!");
}

#[test]
fn an_error_within_a_clause_names_its_operation() {
    let mut answered = answered::Module::new().unwrap();
    for call in [answered::Module::divided, answered::Module::twice] {
        let error = call(&mut answered, 0).unwrap_err();
        let Error::Trap(trap) = &error else { panic!("{error}") };
        let caller = trap.function.strip_prefix("clause Ask.ask in ").unwrap_or_else(|| panic!("{error}"));
        assert_eq!((trap.kind, trap.text.as_str()), (TrapKind::DivideByZero, "100 / @Int.0"));
        assert!(["divided", "twice"].contains(&caller));
        let functions = functions(&error);
        assert_eq!((functions.first(), functions.last()), (Some(&trap.function.as_str()), Some(&caller)));
        assert!(trap.location.as_ref().unwrap().file.ends_with("handlers.rs"));
    }
    assert_eq!(answered.divided(100).unwrap(), 2);
}

#[test]
fn resumptions_that_nest_too_deep_are_an_error() {
    let limits = Limits { native_stack: 256 << 10, ..Limits::default() };
    let mut answered = answered::Module::with_limits(limits).unwrap();
    assert_eq!(answered.deep(100).unwrap(), 100);
    let error = answered.deep(1_000_000).unwrap_err();
    assert!(matches!(&error, Error::Limit(reached) if matches!(reached.limit, Limit::Stack(_))), "{error}");
    assert_eq!(answered.deep(100).unwrap(), 100);
}

#[test]
fn what_follows_a_captured_operation_is_in_the_heap() {
    let limits = Limits { native_stack: 256 << 10, ..Limits::default() };
    let mut answered = answered::Module::with_limits(limits).unwrap();
    assert_eq!(answered.stacked(100_000).unwrap(), 200_001);
    let limits = Limits { memory: 64 << 20, ..Limits::default() };
    let mut answered = answered::Module::with_limits(limits).unwrap();
    let error = answered.stacked(100_000_000).unwrap_err();
    assert!(matches!(&error, Error::Limit(reached) if matches!(reached.limit, Limit::Memory(_))), "{error}");
    assert_eq!(answered.stacked(100).unwrap(), 201);
}

struct Counting(Vec<i64>);

#[vera_host]
impl lenient::Ask for Counting {
    fn ask(&mut self, n: i64) -> i64 {
        self.0.push(n);
        n * 10
    }
}

#[test]
fn the_host_answers_what_no_handler_does() {
    let mut lenient = lenient::Module::new(Counting(Vec::new())).unwrap();
    assert_eq!(lenient.asked(5).unwrap(), 60);
    assert_eq!(lenient.remembered(5).unwrap(), 1050);
    assert_eq!(lenient.known(5).unwrap(), 14);
    assert_eq!(lenient.host().0, [5, 1, 5]);
}

struct CallsBack(Option<Function<(i64,), i64>>);

#[vera_host]
impl between::Ask for CallsBack {
    fn ask(&mut self, n: i64) -> i64 {
        n * 10
    }
}

#[vera_host]
impl between::Call for CallsBack {
    fn back(&mut self, scope: &mut Scope<'_>, n: i64) -> Result<i64, Error> {
        let Some(asked) = &self.0 else { return Ok(n) };
        let answer = scope.call(asked, (n,))?;
        scope.lift(answer)
    }
}

#[test]
fn a_host_that_calls_back_is_under_no_handler() {
    let mut between = between::Module::new(CallsBack(None)).unwrap();
    assert_eq!(between.around(5).unwrap(), 105);
    let asked = between.instance_mut().function("asked").unwrap();
    between.host_mut().0 = Some(asked);
    // What the host calls asks the host, which has been taken for the call that is running.
    let outcome = between.around(5);
    assert!(matches!(&outcome, Err(Error::Host(_))), "{outcome:?}");
    between.host_mut().0 = None;
    assert_eq!(between.around(5).unwrap(), 105);
}

#[test]
fn a_state_begins_anew_at_each_call() {
    let mut stateful = stateful::Module::new().unwrap();
    assert_eq!(stateful.counted(5).unwrap(), 5);
    assert_eq!(stateful.counted(7).unwrap(), 7);
    assert_eq!(stateful.text().unwrap(), "");
    assert_eq!(stateful.light().unwrap(), stateful::Light::Off);
    let error = stateful.only().unwrap_err();
    let Error::Trap(trap) = &error else { panic!("{error}") };
    assert!(trap.text.contains("State<Never2>"), "{error}");
    assert_eq!(stateful.counted(1).unwrap(), 1);
}

#[test]
fn an_exception_that_nobody_handles_is_an_error_with_its_value() {
    let mut throwing = throwing::Module::new().unwrap();
    assert_eq!(throwing.summed([1, 2, 3], 0).unwrap(), 6);
    let error = throwing.summed([1, -2, 3], 0).unwrap_err();
    let Error::Exception(exception) = &error else { panic!("{error}") };
    assert_eq!((exception.ty.as_str(), exception.value.as_str()), ("Problem", "Missing(\"a number\")"));
    assert_eq!(exception.function, "checked");
    assert!(exception.location.file.ends_with("handlers.rs") && exception.location.line > 0);
    let functions = functions(&error);
    assert_eq!((functions.first(), functions.last()), (Some(&"checked"), Some(&"summed")));
    assert_eq!(throwing.summed([1, 2, 3], 0).unwrap(), 6);
}

#[test]
fn what_a_clause_throws_names_the_clause() {
    let mut throwing = throwing::Module::new().unwrap();
    let error = throwing.wrapped(-1).unwrap_err();
    let Error::Exception(exception) = &error else { panic!("{error}") };
    assert_eq!(exception.value, "\"wrapped: Missing(a number)\"");
    assert_eq!(exception.function, "clause Exn.throw in wrapped");
    assert_eq!(functions(&error).last(), Some(&"wrapped"));
}
