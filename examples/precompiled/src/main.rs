//! Precompiled modules: the program contains no compiler and starts at once.

vera_runtime::include_modules!();

vera_runtime::vera! { precompile,
    module rounding;

    public fn to_tens(@Nat -> @Nat)
      requires(@Nat.0 < 1000000)
      ensures(@Nat.result % 10 == 0 && @Nat.result <= @Nat.0)
      effects(pure)
    {
      @Nat.0 / 10 * 10
    }
}

fn main() -> Result<(), vera_runtime::Error> {
    let mut tariff = tariff::Module::new()?;
    let cents = tariff.postage(1200, 750)?;
    println!("1.2 kg over 750 km cost {cents} cents");
    println!("weight class: {:?}", tariff.weight_class(1200, [500, 1000, 2000, 5000])?);
    println!("rounded: {}", rounding::Module::new()?.to_tens(cents)?);
    Ok(())
}
