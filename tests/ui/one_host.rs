//! One value implements all effects of a module. Another type, and a value for each effect, are told which is missing.

vera_runtime::vera! {
    module store;

    effect Store {
      op put(String, Int -> Unit);
    }

    effect Log {
      op info(String -> Unit);
    }

    public fn record(@String -> @Unit)
      requires(true)
      ensures(true)
      effects(<Store, Log>)
    {
      Log.info(@String.0);
      Store.put(@String.0, 1)
    }
}

struct Table;

#[vera_runtime::vera_host]
impl store::Store for Table {
    fn put(&mut self, _key: &str, _value: i64) {}
}

struct Console;

#[vera_runtime::vera_host]
impl store::Log for Console {
    fn info(&mut self, _message: &str) {}
}

fn main() {
    let _ = store::Module::new(Table, Console);
    let _ = store::Module::new(Console);
}
