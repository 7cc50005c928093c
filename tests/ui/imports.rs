//! Imports of a program in Rust that lead nowhere.

vera_runtime::vera! {
    module lost;

    import vera.helpers.thrice(thrice);
    import vera.helpers.twice(twise);

    public fn six_times(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      thrice(twise(@Int.0))
    }
}

fn main() {}
