//! Imports of programs inline in Rust: files of the package.

vera_runtime::vera! {
    module prices;

    import vera.helpers.twice(twice);
    import vera.scripted.shared.money;

    public fn four_times(@Int -> @Int)
      requires(true)
      ensures(@Int.result == 4 * @Int.0)
      effects(pure)
    {
      twice(vera.helpers.twice::twice(@Int.0))
    }

    public fn is_euro(@Currency -> @Bool)
      requires(true)
      ensures(true)
      effects(pure)
    {
      match @Currency.0 {
        Euro -> true,
        Other(_) -> false
      }
    }
}

vera_runtime::vera!(file = "vera/scripted/shared/money.vera");

vera_runtime::vera! {
    extern vera.scripted.shared.money = crate::imported::money,
    module exchange;

    import vera.scripted.shared.money(Currency);

    public data Rate {
      Rate(Currency, Float64)
    }

    public fn other(@Currency, @Map<String, Currency> -> @Option<Currency>)
      requires(true)
      ensures(true)
      effects(pure)
    {
      match @Currency.0 {
        Euro -> map_get(@Map<String, Currency>.0, "other"),
        Other(_) -> Some(Euro)
      }
    }
}

vera_runtime::vera!(
    extern vera.scripted.shared.money = crate::imported::money,
    "module text_of_prices;
    import vera.scripted.shared.money(Currency);
    public fn again(@Currency -> @Currency) requires(true) ensures(true) effects(pure) { @Currency.0 }"
);

/// Types of an imported file can be those of another module of the crate.
#[test]
fn types_of_an_import_are_where_the_program_says() {
    let mut exchange = exchange::Module::new().unwrap();
    let pound = money::Currency::Other("£".into());
    let found: money::Currency = exchange
        .other(money::Currency::Euro, [("other", &pound)].into_iter().collect::<std::collections::BTreeMap<_, _>>())
        .unwrap()
        .unwrap();
    assert_eq!(found, pound);
    let exchange::Rate(currency, _) = exchange::Rate(money::Currency::Euro, 1.0);
    let mut text = text_of_prices::Module::new().unwrap();
    assert_eq!(text.again(&currency).unwrap(), text_of_prices::Currency::Euro);
    assert_eq!(money::Module::new().unwrap().in_cents(2).unwrap(), 200);
}

#[test]
fn a_program_in_rust_imports_files_of_its_package() {
    let mut prices = prices::Module::new().unwrap();
    assert_eq!(prices.four_times(3).unwrap(), 12);
    assert!(prices.is_euro(&prices::Currency::Euro).unwrap());
    assert!(!prices.is_euro(prices::Currency::Other("£".into())).unwrap());
}
