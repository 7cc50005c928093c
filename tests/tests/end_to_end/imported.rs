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

#[test]
fn a_program_in_rust_imports_files_of_its_package() {
    let mut prices = prices::Module::new().unwrap();
    assert_eq!(prices.four_times(3).unwrap(), 12);
    assert!(prices.is_euro(&prices::Currency::Euro).unwrap());
    assert!(!prices.is_euro(&prices::Currency::Other("£".into())).unwrap());
}
