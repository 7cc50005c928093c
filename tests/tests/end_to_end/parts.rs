//! Refinements within what Rust gives: the error says which part breaks one.

use std::collections::{BTreeMap, BTreeSet};
use vera_runtime::{Error, Result, vera_host};

vera_runtime::vera! {
    module parts;

    type Pos = { @Int | @Int.0 > 0 };

    public data Entry {
      Named(String, Pos),
      Many(Array<Pos>)
    }

    effect Source {
      op rows(Unit -> Array<Tuple<String, Pos>>);
    }

    public fn flat(@Array<Pos> -> @Int) requires(true) ensures(true) effects(pure) { array_length(@Array<Pos>.0) }
    public fn grid(@Array<Array<Pos>> -> @Int) requires(true) ensures(true) effects(pure) {
      array_length(@Array<Array<Pos>>.0)
    }
    public fn pair(@Tuple<Int, Pos> -> @Int) requires(true) ensures(true) effects(pure) { 0 }
    public fn entries(@Array<Entry> -> @Int) requires(true) ensures(true) effects(pure) { array_length(@Array<Entry>.0) }
    public fn maybe(@Option<Entry> -> @Int) requires(true) ensures(true) effects(pure) { 0 }
    public fn table(@Map<String, Array<Pos>> -> @Int) requires(true) ensures(true) effects(pure) { 0 }
    public fn set(@Set<Pos> -> @Int) requires(true) ensures(true) effects(pure) { 0 }
    public fn hosted(-> @Int) requires(true) ensures(true) effects(<Source>) { array_length(Source.rows(())) }
}

use parts::{Entry, Module};

struct Rows(i64);

#[vera_host]
impl parts::Source for Rows {
    fn rows(&mut self, _: ()) -> Vec<(String, i64)> {
        vec![("a".into(), 1), ("b".into(), self.0)]
    }
}

/// The clause, and the values as they are shown.
#[track_caller]
fn broken(outcome: Result<i64>) -> (String, String) {
    let Err(Error::Refinement(violation)) = outcome else { panic!("{outcome:?}") };
    let values = violation.values.iter().map(|value| format!("{} = {}", value.name, value.value));
    (violation.clause.clone(), values.collect::<Vec<_>>().join(", "))
}

#[track_caller]
fn is(outcome: Result<i64>, place: &str, values: &str) {
    let (clause, shown) = broken(outcome);
    assert_eq!((clause.as_str(), shown.as_str()), (format!("{place}: @Int.0 > 0").as_str(), values));
}

#[test]
fn a_wrong_part_is_shown_with_its_place() {
    for stress in [false, true] {
        let mut module = Module::new(Rows(2)).unwrap();
        if stress {
            module.instance_mut().stress().unwrap();
        }
        is(module.flat([3, 2, -1, -2]), "parameter", "value = -1, index = 2");
        is(module.grid([vec![1], vec![1, 0]]), "parameter", "value = 0, index 1 = 1, index 2 = 1");
        is(module.pair((-5, -6)), "parameter: component 2 of a tuple", "value = -6");
        let named = |number| Entry::Named("n".into(), number);
        is(module.entries([named(1), named(0)]), "parameter: field 2 of Named", "@Pos = 0, index = 1");
        is(
            module.entries([named(1), Entry::Many(vec![1, 2, -3])]),
            "parameter",
            "value = -3, index 1 = 1, index 2 = 2",
        );
        is(module.maybe(Some(named(-4))), "parameter: field 2 of Named", "@Pos = -4");
        let last = |rows: i64| move |row: i64| (format!("k{row}"), vec![1, if row == rows - 1 { -20 } else { 20 }]);
        let table = |rows| (0..rows).map(last(rows)).collect::<BTreeMap<_, _>>();
        is(module.table(table(1)), "parameter", "value = -20, index = 1");
        is(module.table(table(40)), "parameter", "value = -20, index = 1");
        is(module.set(BTreeSet::from([4, -4])), "parameter", "value = -4");
        is(module.set((0..30).collect::<BTreeSet<_>>()), "parameter", "value = 0");
        assert_eq!(module.hosted().unwrap(), 2);
        module.host_mut().0 = -7;
        is(module.hosted(), "result of Source.rows: component 2 of a tuple", "value = -7, index = 1");
        assert_eq!(module.grid([[1, 2], [3, 4]]).unwrap(), 2, "the instance answers the next call");
        module.instance_mut().check_heap().unwrap();
    }
}
