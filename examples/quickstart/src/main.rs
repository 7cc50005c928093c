//! Vera inside a Rust program: the text between the braces is compiled to WebAssembly while this crate builds, and
//! called through typed functions.

use vera_runtime::Error;

vera_runtime::vera! {
    module pricing;

    -- What a customer gets.
    public data Offer {
      Regular(Nat),
      Reduced(Nat, Nat),
      SoldOut
    }

    -- The price after a discount in percent.
    public fn discounted(@Nat /* price */, @Nat /* percent */ -> @Nat)
      requires(@Nat.0 <= 100)
      ensures(@Nat.result <= @Nat.1)
      effects(pure)
    {
      @Nat.1 - @Nat.1 * @Nat.0 / 100
    }

    -- The offer for an article: reduced when many are left, none when none is.
    public fn offer(@Nat /* price */, @Nat /* stock */ -> @Offer)
      requires(true)
      ensures(true)
      effects(pure)
    {
      if @Nat.0 == 0 then {
        SoldOut
      } else {
        if @Nat.0 > 100 then {
          Reduced(@Nat.1, discounted(@Nat.1, 20))
        } else {
          Regular(@Nat.1)
        }
      }
    }

    -- What a basket of offers costs.
    public fn total(@Array<Offer> /* offers */ -> @Nat)
      requires(true)
      ensures(true)
      effects(pure)
    {
      array_fold(@Array<Offer>.0, 0, fn(@Nat, @Offer -> @Nat) effects(pure) {
        match @Offer.0 {
          Regular(@Nat) -> @Nat.1 + @Nat.0,
          Reduced(@Nat, @Nat) -> @Nat.2 + @Nat.0,
          SoldOut -> @Nat.0
        }
      })
    }
}

fn main() -> Result<(), Error> {
    let mut pricing = pricing::Module::new()?;

    println!("200 reduced by 15 % is {}", pricing.discounted(200, 15)?);

    let offers = [pricing.offer(80, 12)?, pricing.offer(50, 500)?, pricing.offer(10, 0)?];
    println!("three offers: {offers:?}");
    println!("together they cost {}", pricing.total(&offers)?);

    // A caller that breaks a contract gets an error with the clause, its place and the arguments.
    match pricing.discounted(200, 101) {
        Ok(price) => println!("the contract let {price} through"),
        Err(error) => println!("\n{error}"),
    }

    // The instance can still be called.
    println!("\n200 reduced by 100 % is {}", pricing.discounted(200, 100)?);
    Ok(())
}
