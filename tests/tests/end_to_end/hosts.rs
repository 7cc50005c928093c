//! Effects carried out by Rust: results, failures, panics, re-entry, values built by hand.

use std::sync::{Arc, Mutex};
use vera_runtime::{Error, Result, Rooted, Scope, vera_host};

vera_runtime::vera!(
    r#"
module store;

-- A table somebody else keeps.
effect Store {
  op put(String, Int -> Unit);
  op get(String -> Option<Int>);
  op all(Unit -> Array<Tuple<String, Int>>);
  op words(Nat -> Array<String>);
  op total(Array<Int> -> Int);
}

public fn record(@String, @Int -> @Option<Int>)
  requires(true)
  ensures(true)
  effects(<Store>)
{
  Store.put(@String.0, @Int.0);
  Store.get(@String.0)
}

public fn both(@String, @String -> @Int)
  requires(true)
  ensures(true)
  effects(<Store>)
{
  option_unwrap_or(Store.get(@String.1), 0) + option_unwrap_or(Store.get(@String.0), 0)
}

public fn listing(@Nat -> @String)
  requires(true)
  ensures(true)
  effects(<Store>)
{
  let @String = string_join(Store.words(@Nat.0), " ");
  let @String = string_join(array_map(Store.all(()), fn(@Tuple<String, Int> -> @String) effects(pure) {
    match @Tuple<String, Int>.0 {
      Tuple(@String, @Int) -> "\(@String.0)=\(@Int.0)"
    }
  }), ",");
  "\(@String.1) \(@String.0)"
}

public fn summed(@Array<Int> -> @Int)
  requires(true)
  ensures(true)
  effects(<Store>)
{
  Store.total(@Array<Int>.0) + Store.total(array_map(@Array<Int>.0, fn(@Int -> @Int) effects(pure) {
    @Int.0 * 2
  }))
}
"#
);

/// A host whose `get` fails in the ways a host can.
#[derive(Default)]
struct Table {
    rows: Vec<(String, i64)>,
    /// The module itself, as far as a host can get hold of it.
    module: Option<Arc<Mutex<Option<store::Module<Table>>>>>,
}

#[vera_host]
impl store::Store for Table {
    fn put(&mut self, key: &str, value: i64) {
        self.rows.push((key.to_owned(), value));
    }

    fn get(&mut self, key: &str) -> std::result::Result<Option<i64>, String> {
        match key {
            "fails" => Err("the table is closed".to_owned()),
            "panics" => panic!("the table is on fire"),
            "re-enters" => {
                let shared = self.module.clone().ok_or("no module")?;
                let mut module = shared.try_lock().map_err(|_| "the module is busy".to_owned())?;
                let module = module.as_mut().ok_or("no module")?;
                module.both("a", "b").map(Some).map_err(|error| error.to_string())
            }
            key => Ok(self.rows.iter().rev().find(|(name, _)| name == key).map(|(_, value)| *value)),
        }
    }

    fn all(&mut self, _: ()) -> Vec<(String, i64)> {
        self.rows.clone()
    }

    fn words<'s>(&mut self, scope: &mut Scope<'s>, count: u64) -> Result<Rooted<'s, Vec<String>>> {
        let mut words = Vec::new();
        for n in 0..count {
            words.push(scope.lower::<String>(format!("word{n}").as_str())?);
            // Whatever is collected, what is rooted stays.
            scope.collect()?;
        }
        scope.array(words)
    }

    fn total(&mut self, numbers: &[i64]) -> i64 {
        numbers.iter().sum()
    }
}

fn module(stress: bool) -> store::Module<Table> {
    let mut module = store::Module::new(Table::default()).unwrap();
    if stress {
        module.instance().stress().unwrap();
    }
    module
}

#[test]
fn operations_take_and_give_values() {
    for stress in [false, true] {
        let mut module = module(stress);
        assert_eq!(module.record("a", 1).unwrap(), Some(1));
        assert_eq!(module.record("b", 2).unwrap(), Some(2));
        assert_eq!(module.both("a", "b").unwrap(), 3);
        assert_eq!(module.listing(3).unwrap(), "word0 word1 word2 a=1,b=2");
        assert_eq!(module.summed(&[1, 2, 3]).unwrap(), 18);
        assert_eq!(module.host().rows.len(), 2);
        module.instance().check_heap().unwrap();
    }
}

#[test]
fn failures_and_panics_end_the_call_only() {
    let mut module = module(false);
    module.record("a", 1).unwrap();
    for (key, panicked, text) in [("fails", false, "the table is closed"), ("panics", true, "the table is on fire")] {
        let error = module.both("a", key).unwrap_err();
        let Error::Host(failure) = &error else { panic!("{error:?}") };
        assert_eq!((failure.effect.as_str(), failure.operation.as_str()), ("Store", "get"));
        assert_eq!((failure.panicked, failure.message.as_str()), (panicked, text));
        assert_eq!(module.both("a", "a").unwrap(), 2, "the instance answers the next call");
        module.instance().check_heap().unwrap();
    }
}

#[test]
fn re_entry_is_an_error() {
    let shared = Arc::new(Mutex::new(None));
    let mut module = store::Module::new(Table { rows: Vec::new(), module: Some(Arc::clone(&shared)) }).unwrap();
    module.record("a", 1).unwrap();
    *shared.lock().unwrap() = Some(module);
    let mut guard = shared.lock().unwrap();
    let module = guard.as_mut().unwrap();
    let error = module.both("a", "re-enters").unwrap_err();
    assert!(error.to_string().contains("the module is busy"), "{error}");
    assert_eq!(module.both("a", "a").unwrap(), 2);
}
