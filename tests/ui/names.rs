//! Names that become the same Rust name.

vera_runtime::vera! {
    module names;

    public data Choice {
      Left_hand,
      LeftHand
    }

    public fn a_b(@Choice -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      1
    }

    public fn aB(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      @Int.0
    }
}

fn main() {}
