//! What cannot be an operation is refused on its own tokens, all of it at once.

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

struct Table;

#[vera_runtime::vera_host]
impl store::Store for Table {
    async fn put(&mut self, key: &str, value: i64) {}

    fn get<T>(&mut self, key: T) -> Option<i64> {
        None
    }
}

#[vera_runtime::vera_host]
impl Table {
    fn other(&mut self) {}
}

fn main() {}
