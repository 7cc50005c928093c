//! Values held while something else allocates: in every position an expression can stand in, with literals of every
//! size in front of the heap.

use vera_compiler::driver::{self, Options, Source};
use vera_compiler::source::MemoryLoader;
use vera_runtime::{Compiled, Limits, vera};

vera!(
    r#"
module roots;

private data Pair {
  Pair(String, Array<Int>)
}

private fn make(@Int -> @String)
  requires(true)
  ensures(true)
  effects(pure)
{
  "n\(@Int.0)"
}

private fn churn(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  array_fold(array_map(array_range(0, 50), fn(@Int -> @String) effects(pure) {
    make(@Int.0 + @Int.1)
  }), @Int.0, fn(@Int, @String -> @Int) effects(pure) {
    @Int.0
  })
}

private fn json(@Int -> @Json)
  requires(true)
  ensures(true)
  effects(pure)
{
  JArray([JNumber(int_to_float(@Int.0)), JString(make(@Int.0))])
}

public fn host_result_then_allocation(@Int -> @String)
  requires(true)
  ensures(true)
  effects(pure)
{
  string_concat(json_stringify(json(@Int.0)), make(churn(@Int.0)))
}

private fn second(@Result<Json, String>, @Int -> @String)
  requires(true)
  ensures(true)
  effects(pure)
{
  match @Result<Json, String>.0 {
    Ok(@Json) -> "\(json_stringify(@Json.0)) \(@Int.0)",
    Err(@String) -> @String.0
  }
}

public fn held_as_argument(@Int -> @String)
  requires(true)
  ensures(true)
  effects(pure)
{
  second(json_parse("[1, \"two\"]"), churn(@Int.0))
}

public fn held_as_field(@Int -> @String)
  requires(true)
  ensures(true)
  effects(pure)
{
  match Pair(make(@Int.0), [churn(@Int.0), churn(@Int.0 + 1)]) {
    Pair(@String, @Array<Int>) -> "\(@String.0) \(@Array<Int>.0[0]) \(@Array<Int>.0[1])"
  }
}

public fn held_as_element(@Int -> @String)
  requires(true)
  ensures(true)
  effects(pure)
{
  string_join([make(@Int.0), make(churn(@Int.0)), json_stringify(json(@Int.0)), make(churn(@Int.0 + 1))], " ")
}

public fn held_as_scrutinee(@Int -> @String)
  requires(true)
  ensures(true)
  effects(pure)
{
  match Some(make(@Int.0)) {
    Some(@String) -> string_concat(make(churn(@Int.0)), @String.0),
    None -> "none"
  }
}

public fn held_as_capture(@Int -> @String)
  requires(true)
  ensures(true)
  effects(pure)
{
  let @String = make(@Int.0);
  string_join(array_map(array_range(0, 3), fn(@Int -> @String) effects(pure) {
    string_concat(make(churn(@Int.0)), @String.0)
  }), " ")
}

public fn held_in_interpolation(@Int -> @String)
  requires(true)
  ensures(true)
  effects(pure)
{
  "\(make(@Int.0)) \(churn(@Int.0)) \(make(churn(@Int.0)))"
}

private data Chain {
  End,
  Link(String, Chain)
}

private fn chain(@Int -> @Chain)
  requires(true)
  ensures(true)
  effects(pure)
{
  array_fold(array_range(0, @Int.0), End, fn(@Chain, @Int -> @Chain) effects(pure) {
    Link(make(@Int.0), @Chain.0)
  })
}

private fn chain_length(@Chain, @Int -> @Int)
  requires(true)
  ensures(true)
  decreases(@Chain.0)
  effects(pure)
{
  match @Chain.0 {
    End -> @Int.0,
    Link(_, @Chain) -> chain_length(@Chain.0, @Int.0 + 1)
  }
}

-- Makes and drops chains, round after round, while the numbers are live; their sum at the end.
public fn beside_numbers(@Array<Int> /* numbers */, @Int /* rounds */, @Int /* length */ -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  let @Int = array_fold(array_range(0, @Int.1), 0, fn(@Int, @Int -> @Int) effects(pure) {
    @Int.1 + chain_length(chain(@Int.2), 0)
  });
  let @Int = array_fold(@Array<Int>.0, 0, fn(@Int, @Int -> @Int) effects(pure) {
    @Int.1 + @Int.0
  });
  if @Int.1 == @Int.3 * @Int.2 then {
    @Int.0
  } else {
    0 - 1
  }
}
"#
);

fn check(module: &mut roots::Module, n: i64) {
    let text = format!("[{n},\"n{n}\"]");
    assert_eq!(module.host_result_then_allocation(n).unwrap(), format!("{text}n{n}"));
    assert_eq!(module.held_as_argument(n).unwrap(), format!("[1,\"two\"] {n}"));
    assert_eq!(module.held_as_field(n).unwrap(), format!("n{n} {n} {}", n + 1));
    assert_eq!(module.held_as_element(n).unwrap(), format!("n{n} n{n} {text} n{}", n + 1));
    assert_eq!(module.held_as_scrutinee(n).unwrap(), format!("n{n}n{n}"));
    assert_eq!(module.held_as_capture(n).unwrap(), format!("n0n{n} n1n{n} n2n{n}"));
    assert_eq!(module.held_in_interpolation(n).unwrap(), format!("n{n} {n} n{n}"));
    module.instance_mut().check_heap().expect("a sound heap");
}

#[test]
fn every_position_holds_its_value() {
    let mut module = roots::Module::new().unwrap();
    for n in 0..200 {
        check(&mut module, n);
    }
}

#[test]
fn every_position_holds_its_value_in_stress_mode() {
    let mut module = roots::Module::new().unwrap();
    module.instance_mut().stress().unwrap();
    check(&mut module, 7);
}

/// While an array is live whose numbers are the addresses of every cell there can be, what is dropped is reused all the
/// same: a collector that takes numbers for addresses would keep all of it.
#[test]
fn numbers_that_equal_addresses_keep_nothing_and_stay_what_they_are() {
    const MEMORY: i64 = 24 << 20;
    let limits = Limits { memory: MEMORY as u64, shadow_stack: 64 << 10, ..Limits::default() };
    let mut module = roots::Module::with_limits(limits).unwrap();
    let addresses: Vec<i64> = (0..MEMORY / 16).map(|n| n * 16).collect();
    let sum: i64 = addresses.iter().sum();
    // 200 chains of 10,000 links and texts are more than three times the memory there is.
    assert_eq!(module.beside_numbers(&addresses, 200, 10_000).unwrap(), sum);
    module.instance_mut().check_heap().unwrap();

    let mut module = roots::Module::with_limits(limits).unwrap();
    module.instance_mut().stress().unwrap();
    let addresses: Vec<i64> = (0..4 << 20 >> 4).map(|n| n * 16).collect();
    assert_eq!(module.beside_numbers(&addresses, 4, 100).unwrap(), addresses.iter().sum::<i64>());
    module.instance_mut().check_heap().unwrap();
}

/// A module with a literal of `size` bytes in its data section.
fn with_literal(size: usize) -> Vec<u8> {
    let text = format!(
        "public fn joined(@Int -> @String)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  \
         string_concat(string_join(array_map(array_range(0, @Int.0), fn(@Int -> @String) effects(pure) {{\n    \
         int_to_string(@Int.0)\n  }}), \",\"), \"{}\")\n}}\n",
        "x".repeat(size)
    );
    let source = Source { name: "literal.vera".into(), text };
    driver::compile(source, &MemoryLoader::new(), &Options::default()).wasm.expect("the program is well")
}

#[test]
fn the_size_of_the_data_section_does_not_matter() {
    let sizes = (0..40).chain((1..6).map(|n| n * 1000)).chain(32_700..32_780).step_by(3);
    for size in sizes {
        let compiled = Compiled::new(with_literal(size));
        for (stress, count) in [(false, 3000), (true, 60)] {
            let mut instance = compiled.instantiate((), Limits::default()).unwrap();
            if stress {
                instance.stress().unwrap();
            }
            let joined = instance.function::<(i64,), String>("joined").unwrap();
            let expected = (0..count).map(|n: i64| n.to_string()).collect::<Vec<_>>().join(",") + &"x".repeat(size);
            assert_eq!(instance.call(&joined, (count,)).unwrap(), expected, "with a literal of {size} bytes");
            instance.check_heap().unwrap();
        }
    }
}
