//! Effects carried out by Rust: results, failures, panics, re-entry, values built by hand.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use vera_runtime::error::Limit;
use vera_runtime::{Error, Function, Limits, Result, Rooted, Scope, vera_host};

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

public fn shouted(@String -> @String)
  requires(true)
  ensures(true)
  effects(pure)
{
  string_concat(string_upper(@String.0), "!")
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

vera_runtime::vera! {
    module counters;

    type Pos = { @Int | @Int.0 > 0 };

    effect Store<T> {
      op put(T -> Unit);
      op get(Unit -> T);
    }

    public fn swap(@Pos /* next */ -> @Int)
      requires(true)
      ensures(true)
      effects(<Store<Pos>>)
    {
      let @Int = Store.get(());
      Store.put(@Pos.0);
      @Int.0
    }
}

struct Counter(i64);

#[vera_host]
impl counters::Store<i64> for Counter {
    fn put(&mut self, value: i64) {
        self.0 = value;
    }

    fn get(&mut self, _: ()) -> i64 {
        self.0
    }
}

/// The trait is at the type that the alias stands for, and what the host returns is checked against the refinement.
#[test]
fn an_effect_at_a_refined_alias_takes_a_host() {
    let mut counters = counters::Module::new(Counter(1)).unwrap();
    assert_eq!(counters.swap(5).unwrap(), 1);
    assert_eq!(counters.swap(6).unwrap(), 5);
    counters.host_mut().0 = -1;
    assert!(matches!(counters.swap(7).unwrap_err(), Error::Refinement(_)));
}

/// A host whose `get` fails in the ways a host can.
#[derive(Default)]
struct Table {
    rows: Vec<(String, i64)>,
    /// The module itself, as far as a host can get hold of it.
    module: Option<Arc<Mutex<Option<store::Module<Table>>>>>,
    /// Functions of the module that `get` calls before it answers.
    plain: Option<Function<(String,), String>>,
    effectful: Option<Function<(String, String), i64>>,
    /// How long `put` takes, and how much time it had.
    delay: Duration,
    left: Option<Duration>,
}

#[vera_host]
impl store::Store for Table {
    fn put(&mut self, scope: &mut Scope<'_>, key: &str, value: i64) {
        self.left = scope.deadline().map(|end| end.saturating_duration_since(Instant::now()));
        std::thread::sleep(self.delay);
        self.rows.push((key.to_owned(), value));
    }

    fn get(&mut self, scope: &mut Scope<'_>, key: &str) -> std::result::Result<Option<i64>, String> {
        if let Some(effectful) = &self.effectful {
            scope.call(effectful, (key, key)).map_err(|error| error.to_string())?;
        }
        if let Some(plain) = &self.plain {
            let shouted = scope.call(plain, (key,)).map_err(|error| error.to_string())?;
            let text = scope.lift(shouted).map_err(|error| error.to_string())?;
            assert_eq!(text, key.to_uppercase() + "!");
            return Ok(Some(text.len() as i64));
        }
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
        module.instance_mut().stress().unwrap();
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
        assert_eq!(module.summed([1, 2, 3]).unwrap(), 18);
        assert_eq!(module.host().rows.len(), 2);
        module.instance_mut().check_heap().unwrap();
    }
}

#[test]
fn failures_and_panics_end_the_call_only() {
    for stress in [false, true] {
        let mut module = module(stress);
        module.record("a", 1).unwrap();
        for (key, panicked, text) in [("fails", false, "the table is closed"), ("panics", true, "the table is on fire")]
        {
            let error = module.both("a", key).unwrap_err();
            let Error::Host(failure) = &error else { panic!("{error:?}") };
            assert_eq!((failure.effect.as_str(), failure.operation.as_str()), ("Store", "get"));
            assert_eq!((failure.panicked, failure.message.as_str()), (panicked, text));
            assert_eq!(module.both("a", "a").unwrap(), 2, "the instance answers the next call");
            module.instance_mut().check_heap().unwrap();
        }
    }
}

/// A host cannot call the module's methods, which are borrowed by the call that is under way.
#[test]
fn re_entry_from_outside_is_an_error() {
    for stress in [false, true] {
        let shared = Arc::new(Mutex::new(None));
        let mut module = store::Module::new(Table { module: Some(Arc::clone(&shared)), ..Table::default() }).unwrap();
        if stress {
            module.instance_mut().stress().unwrap();
        }
        module.record("a", 1).unwrap();
        *shared.lock().unwrap() = Some(module);
        let mut guard = shared.lock().unwrap();
        let module = guard.as_mut().unwrap();
        let error = module.both("a", "re-enters").unwrap_err();
        assert!(error.to_string().contains("the module is busy"), "{error}");
        assert_eq!(module.both("a", "a").unwrap(), 2);
        module.instance_mut().check_heap().unwrap();
    }
}

/// It can call functions of the module through its scope; those that need the host again find it busy.
#[test]
fn re_entry_through_the_scope() {
    for stress in [false, true] {
        let mut module = module(stress);
        let plain = module.instance_mut().function::<(String,), String>("shouted").unwrap();
        let effectful = module.instance_mut().function::<(String, String), i64>("both").unwrap();
        module.host_mut().plain = Some(plain);
        module.record("calls back", 5).unwrap();
        assert_eq!(module.both("calls back", "calls back").unwrap(), 2 * "CALLS BACK!".len() as i64);
        module.host_mut().effectful = Some(effectful);
        let error = module.both("calls back", "calls back").unwrap_err();
        assert!(error.to_string().contains("while another operation of the same host is running"), "{error}");
        module.host_mut().effectful = None;
        assert_eq!(module.both("calls back", "calls back").unwrap(), 22, "the instance answers the next call");
        module.instance_mut().check_heap().unwrap();
    }
}

/// A host's own time counts, though it is not interrupted; it can see how much there is.
#[test]
fn time_in_the_host_counts() {
    let time = Duration::from_millis(60);
    let limits = Limits { deadline: Some(time), ..Limits::default() };
    let mut module = store::Module::with_limits(Table::default(), limits).unwrap();
    module.record("a", 1).unwrap();
    assert!(module.host().left.is_some_and(|left| left <= time), "{:?}", module.host().left);
    module.host_mut().delay = time;
    let error = module.record("a", 1).unwrap_err();
    assert!(matches!(&error, Error::Limit(reached) if reached.limit == Limit::Deadline(time)), "{error:?}");
    module.host_mut().delay = Duration::ZERO;
    assert_eq!(module.both("a", "a").unwrap(), 2, "the instance answers the next call");
    let mut unlimited = store::Module::new(Table::default()).unwrap();
    unlimited.record("a", 1).unwrap();
    assert_eq!(unlimited.host().left, None);
}
