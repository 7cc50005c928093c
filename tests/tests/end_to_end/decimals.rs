//! Decimals between Rust and a module: every digit, as keys, in generated types, and as numbers of `rust_decimal`.

use indexmap::IndexMap;
use vera_runtime::value::Decimal;

vera_runtime::vera!(
    r#"
module decimals;

public data Entry {
  Entry(String, Decimal)
}

public fn same(@Decimal -> @Decimal)
  requires(true)
  ensures(true)
  effects(pure)
{
  @Decimal.0
}

public fn text(@Decimal -> @String)
  requires(true)
  ensures(true)
  effects(pure)
{
  show(@Decimal.0)
}

public fn read(@String -> @Option<Decimal>)
  requires(true)
  ensures(true)
  effects(pure)
{
  decimal_from_string(@String.0)
}

public fn difference(@Decimal, @Decimal -> @Decimal)
  requires(true)
  ensures(true)
  effects(pure)
{
  decimal_sub(@Decimal.1, @Decimal.0)
}

public fn total(@Array<Entry> -> @Decimal)
  requires(true)
  ensures(true)
  effects(pure)
{
  array_fold(@Array<Entry>.0, decimal_from_int(0), fn(@Decimal, @Entry -> @Decimal) effects(pure) {
    match @Entry.0 {
      Entry(_, @Decimal) -> decimal_add(@Decimal.1, @Decimal.0)
    }
  })
}

public fn found(@Map<Decimal, Int>, @Decimal -> @Option<Int>)
  requires(true)
  ensures(true)
  effects(pure)
{
  map_get(@Map<Decimal, Int>.0, @Decimal.0)
}

public fn counted(@Array<Decimal> -> @Map<Decimal, Int>)
  requires(true)
  ensures(true)
  effects(pure)
{
  array_fold(@Array<Decimal>.0, map_new(), fn(@Map<Decimal, Int>, @Decimal -> @Map<Decimal, Int>) effects(pure) {
    map_insert(@Map<Decimal, Int>.0, @Decimal.0, option_unwrap_or(map_get(@Map<Decimal, Int>.0, @Decimal.0), 0) + 1)
  })
}
"#
);

use decimals::{Entry, Module};

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[test]
fn every_digit_passes_both_ways() -> vera_runtime::Result<()> {
    let mut module = Module::new()?;
    let long = format!("-{}.{}", "7".repeat(400), "30".repeat(40));
    let texts = [
        "0",
        "-0",
        "-0.00",
        "1.50",
        "-12.5E+7",
        "9999999999999999999999999999",
        "-10000000000000.00000000000001",
        "1E+999999",
        "1E-999999",
        "12345678901234567890123456789",
        "Infinity",
        "-Infinity",
        "NaN",
        &long,
    ];
    for text in texts {
        let number = decimal(text);
        assert_eq!(module.text(&number)?, number.to_string());
        let back = module.same(&number)?;
        assert_eq!((&back, back.to_string()), (&number, number.to_string()));
        if number.is_finite() {
            assert_eq!(module.read(number.to_string())?.map(|read| read.to_string()), Some(number.to_string()));
        }
    }
    Ok(())
}

#[test]
fn keys_are_found_from_either_side() -> vera_runtime::Result<()> {
    let mut module = Module::new()?;
    // Few enough for arrays, and enough for a trie.
    for count in [3i64, 40] {
        let map: IndexMap<Decimal, i64> = (0..count).map(|n| (decimal(&format!("{n}.50e-3")), n)).collect();
        for n in 0..count {
            assert_eq!(module.found(&map, decimal(&format!("{n}.5000E-3")))?, Some(n));
        }
        assert_eq!(module.found(&map, Decimal::from(-1))?, None);
        let again: Vec<Decimal> = map.keys().cloned().chain(map.keys().map(Decimal::reduced)).collect();
        let counted = module.counted(&again)?;
        assert_eq!(counted.len(), map.len());
        assert!(map.keys().all(|key| counted.get(key) == Some(&2)));
    }
    Ok(())
}

#[test]
fn sums_of_generated_types() -> vera_runtime::Result<()> {
    let mut module = Module::new()?;
    let entry = |name: &str, amount: &str| Entry(name.into(), decimal(amount));
    let total = module.total([entry("rent", "-950.00"), entry("pay", "2100.35"), entry("tax", "-0.005")])?;
    assert_eq!(total.to_string(), "1150.345");
    Ok(())
}

#[test]
fn an_operation_without_a_result_is_a_trap_and_the_instance_lives() -> vera_runtime::Result<()> {
    let mut module = Module::new()?;
    let error = module.difference(Decimal::INFINITY, Decimal::INFINITY).expect_err("no result");
    assert!(
        matches!(&error, vera_runtime::Error::Trap(trap) if trap.kind == vera_runtime::error::TrapKind::Decimal),
        "{error}"
    );
    assert_eq!(module.difference(Decimal::from(1), decimal("0.9"))?.to_string(), "0.1");
    Ok(())
}

#[test]
fn numbers_of_rust_decimal() -> vera_runtime::Result<()> {
    use rust_decimal::Decimal as Fixed;
    let mut module = Module::new()?;
    for text in ["1.50", "-0.0000000000000000000000000001", "79228162514264337593543950335", "0.00"] {
        let fixed: Fixed = text.parse().expect("a number");
        let number = module.same(fixed)?;
        assert_eq!(number.to_string(), text.parse::<Decimal>().expect("a decimal").to_string());
        assert_eq!(Fixed::try_from(&number), Ok(fixed));
        assert_eq!(Fixed::try_from(&number).map(|back| back.scale()), Ok(fixed.scale()));
    }
    assert_eq!(Fixed::try_from(decimal("1e3")), Ok(Fixed::from(1000)));
    assert_eq!(Fixed::try_from(decimal("1.50000000000000000000000000000000")), Ok(Fixed::new(15, 1)));
    for text in ["1e40", "1e-40", "0.10000000000000000000000000000000001", "NaN", "Infinity"] {
        assert!(Fixed::try_from(decimal(text)).is_err(), "{text}");
    }
    Ok(())
}
