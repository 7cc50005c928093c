//! Syntax errors of several functions at once; what is right can be called all the same.

vera_runtime::vera! {
    module broken;

    public fn first(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      @Int.0 +
    }

    public fn second(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      let @Int @Int.0;
      @Int.0
    }

    public fn third(@Int -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      @Int.0
    }
}

fn main() {
    let _ = broken::Module::new().and_then(|mut module| module.third(1));
}
