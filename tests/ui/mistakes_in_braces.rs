//! Mistakes are reported on the exact tokens, every one of them, and the wrapper's types are there all the same.

vera_runtime::vera! {
    module wrong;

    public data Shape {
      Circle(Float64),
      Square(Float64)
    }

    public fn slot(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      @Int.3 + 1
    }

    public fn arm(@Shape -> @Float64)
      requires(true)
      ensures(true)
      effects(pure)
    {
      match @Shape.0 {
        Circle(@Float64) -> @Float64.0
      }
    }
}

fn main() {
    let _ = wrong::Shape::Circle(1.0);
    let _ = wrong::Module::new();
}
