//! Every operation needs a method.

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
    fn put(&mut self, _key: &str, _value: i64) {}
}

fn main() {}
