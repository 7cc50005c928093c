// A module with an effect that a host has to implement.

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
