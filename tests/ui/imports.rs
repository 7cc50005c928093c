//! Imports of a program in Rust that lead nowhere.

vera_runtime::vera! {
    module lost;

    import vera.helpers.thrice(thrice);

    public fn three_times(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      thrice(@Int.0)
    }
}

fn main() {}
