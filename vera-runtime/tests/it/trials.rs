//! Contracts tried on generated inputs: what is found, what is not blamed, and how small it is when it is shown.

use vera_compiler::driver::{Options, Source, compile};
use vera_compiler::source::MemoryLoader;
use vera_compiler::trial::Mentioned;
use vera_runtime::__private::{Case, run};
use vera_runtime::Compiled;

fn leaked<T>(list: Vec<T>) -> &'static [T] {
    Box::leak(list.into_boxed_slice())
}

fn text(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

/// What comes of trying a function, with what a wrapper would say of it.
fn tried_with(program: &str, function: &'static str, inputs: &'static [&'static str]) -> Result<(), String> {
    let source = Source { name: "tried.vera".into(), text: program.into() };
    let compilation = compile(source, &MemoryLoader::new(), &Options::default());
    let wasm = compilation.wasm.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics));
    let compiled: &'static Compiled = Box::leak(Box::new(Compiled::new(wasm)));
    let program = &compilation.program;
    let decl = program.functions.iter().find(|decl| decl.name == function).expect("the function");
    let params = decl.params.iter().map(|param| decl.locals[param.index()].span);
    let entry = params.chain(decl.requires.iter().map(|clause| clause.span)).map(|span| program.sources.start(span));
    let slots = program.parameter_slots(decl);
    let mentioned = Mentioned::of(program);
    let case = Case {
        function,
        slots: leaked(slots.iter().map(|slot| text(slot)).collect()),
        entry: leaked(entry.map(|start| (start.line, start.column)).collect()),
        numbers: leaked(mentioned.numbers),
        texts: leaked(mentioned.texts.iter().map(|each| text(each)).collect()),
        inputs,
    };
    run(compiled, &case).map_err(|broken| format!("{broken:?}"))
}

fn tried(program: &str, function: &'static str) -> Result<(), String> {
    tried_with(program, function, &[])
}

#[test]
fn a_wrong_contract_is_shown_with_its_smallest_input() {
    let program = "
public fn larger(@Int, @Int -> @Int)
  requires(@Int.0 >= 0 && @Int.1 >= 0)
  ensures(@Int.result >= @Int.0)
  effects(pure)
{ if @Int.1 > 5 then { @Int.1 } else { @Int.0 } }
";
    let broken = tried(program, "larger").expect_err("it is wrong");
    assert!(broken.contains("\n  @Int.1 = 6, @Int.0 = 7\nPostcondition violation in larger("), "{broken}");
}

#[test]
fn checks_of_the_body_and_of_callees_count_and_overflow_does_not() {
    let program = "
private fn half(@Int -> @Int)
  requires(@Int.0 > 0)
  ensures(true)
  effects(pure)
{ @Int.0 / 2 }

public fn divided(@Int, @Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{ @Int.1 / @Int.0 }

public fn halved(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{ half(@Int.0) }

public fn doubled(@Int -> @Int)
  requires(true)
  ensures(@Int.result - @Int.0 == @Int.0)
  effects(pure)
{ @Int.0 + @Int.0 }
";
    let broken = tried(program, "divided").expect_err("it divides by zero");
    assert!(broken.contains("\n  @Int.1 = 0, @Int.0 = 0\nInteger division by zero"), "{broken}");
    let broken = tried(program, "halved").expect_err("it breaks a precondition");
    assert!(broken.contains("\n  @Int.0 = 0\nPrecondition violation in half("), "{broken}");
    assert_eq!(tried(program, "doubled"), Ok(()));
}

/// The precondition of the same function counts as any other where the function calls itself, also by a tail call.
#[test]
fn what_a_function_passes_to_itself_is_not_what_it_was_passed() {
    let program = "
type Small = { @Int | @Int.0 < 50 };

public fn climbs(@Int -> @Int)
  requires(@Int.0 < 50)
  ensures(true)
  effects(<Diverge>)
{ if @Int.0 == 49 then { climbs(50) } else { 0 } }

public fn rises(@Small -> @Int)
  requires(true)
  ensures(true)
  effects(<Diverge>)
{ if @Small.0 > 5 then { rises(@Small.0 + 20) } else { 0 } }

public fn stays(@Small, @Int -> @Int)
  requires(@Int.0 <= @Small.0)
  ensures(@Int.result <= @Int.0)
  effects(pure)
{ @Int.0 }
";
    let broken = tried(program, "climbs").expect_err("it breaks its own precondition");
    assert!(broken.contains("\n  @Int.0 = 49\nPrecondition violation in climbs("), "{broken}");
    let broken = tried(program, "rises").expect_err("it breaks its own refinement");
    assert!(broken.contains("\n  @Small.0 = 6\nRefinement violation in rises("), "{broken}");
    assert_eq!(tried(program, "stays"), Ok(()));
}

#[test]
fn values_with_invariants_and_refinements_are_found() {
    let program = "
type Even = { @Int | @Int.0 % 2 == 0 };

public data Books invariant(match @Books.0 { Books(@Int, @Int, @Int) -> @Int.2 > 1000 && @Int.2 == @Int.1 + @Int.0 }) {
  Books(Int, Int, Int)
}

public fn opened(@Int -> @Books)
  requires(@Int.0 > 1000)
  ensures(true)
  effects(pure)
{ Books(@Int.0, @Int.0, 0) }

public fn worth(@Books, @Array<Books>, @Map<String, Even> -> @Int)
  requires(array_length(@Array<Books>.0) > 0)
  ensures(@Int.result > 1000)
  effects(pure)
{ match @Books.0 { Books(@Int, @Int, @Int) -> @Int.2 } }

public fn low(@Books -> @Int)
  requires(true)
  ensures(@Int.result > 1005)
  effects(pure)
{ match @Books.0 { Books(@Int, @Int, @Int) -> @Int.2 } }
";
    assert_eq!(tried(program, "worth"), Ok(()));
    let broken = tried(program, "low").expect_err("it is wrong");
    assert!(broken.contains("\n  @Books.0 = Books(100"), "{broken}");
    assert!(broken.contains("Postcondition violation in low("), "{broken}");
}

#[test]
fn recursive_values_shrink_to_the_constructors_that_matter() {
    let program = "
public data List { Nil, Cons(Int, List) }

public fn length(@List -> @Int)
  requires(true)
  ensures(@Int.result < 2)
  decreases(@List.0)
  effects(pure)
{ match @List.0 { Nil -> 0, Cons(@Int, @List) -> 1 + length(@List.0) } }
";
    let broken = tried(program, "length").expect_err("it is wrong");
    assert!(broken.contains("\n  @List.0 = Cons(0, Cons(0, Nil))\n"), "{broken}");
}

const NARROW: &str = "
public fn narrow(@Int, @String, @Tuple<Int, Option<Bool>> -> @Int)
  requires(@Int.0 * 3 == 370368)
  requires(string_length(@String.0) == 2)
  ensures(@Int.result == 1)
  effects(pure)
{ @Int.0 }
";

/// A test that tries nothing says so.
#[test]
fn what_no_input_is_found_for_fails() {
    let broken = tried(NARROW, "narrow").expect_err("there is no input");
    assert!(broken.starts_with("`narrow` is not tried: none of 10000 generated inputs"), "{broken}");
}

/// Inputs that the build gives are tried, and changed ones, too.
#[test]
fn inputs_of_the_build_are_tried() {
    let broken = tried_with(NARROW, "narrow", &["(123456, \"a\\u0022\", (5, Some(true)))"]).expect_err("it is wrong");
    assert!(broken.contains("@Int.0 = 123456, @String.0 = \"a"), "{broken}");
    assert!(broken.contains("@Tuple<Int, Option<Bool>>.0 = Tuple(0, None)"), "{broken}");
    let broken = tried_with(NARROW, "narrow", &["(123456)"]).expect_err("it does not fit");
    assert!(broken.contains("expected `,`"), "{broken}");
}
