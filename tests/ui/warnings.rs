//! A warning is a Rust warning on the exact tokens; a crate that denies warnings is not compiled.
#![deny(warnings)]

vera_runtime::vera! {
    module risky;

    private data Secret {
      Secret(Int)
    }

    public fn countdown(@Nat -> @Nat)
      requires(true)
      ensures(true)
      effects(pure)
    {
      if @Nat.0 == 0 then { 0 } else { countdown(@Nat.0 - 1) }
    }

    public fn hidden(@Int -> @Secret)
      requires(true)
      ensures(true)
      effects(pure)
    {
      Secret(@Int.0)
    }
}

fn main() {
    let mut module = risky::Module::new().unwrap();
    let _ = module.countdown(3);
}
