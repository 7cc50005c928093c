//! A module that performs an effect cannot be made without an implementation of it.

vera_runtime::vera! {
    module store;

    effect Store {
      op put(String, Int -> Unit);
      op get(String -> Option<Int>);
    }

    public fn record(@String -> @Option<Int>)
      requires(true)
      ensures(true)
      effects(<Store>)
    {
      Store.put(@String.0, 1);
      Store.get(@String.0)
    }
}

struct Nothing;

fn main() {
    let _ = store::Module::new(Nothing);
}
