//! How maps place keys: by a hash that nobody outside can foresee, and that host and module agree on.

use indexmap::IndexMap;
use vera_runtime::error::Limit;
use vera_runtime::{Error, Limits};

vera_runtime::vera! {
    module maps;

    -- How many different texts there are.
    public fn distinct(@Array<String> -> @Int) requires(true) ensures(true) effects(pure) {
      let @Map<String, Bool> = array_fold(@Array<String>.0, map_new(), fn(@Map<String, Bool>, @String -> @Map<String, Bool>) effects(pure) {
        map_insert(@Map<String, Bool>.0, @String.0, true)
      });
      map_size(@Map<String, Bool>.0)
    }

    public fn found(@Map<Tuple<String, Array<Int>>, Int>, @Tuple<String, Array<Int>> -> @Option<Int>)
      requires(true)
      ensures(true)
      effects(pure)
    {
      map_get(@Map<Tuple<String, Array<Int>>, Int>.0, @Tuple<String, Array<Int>>.0)
    }

    public fn number(@Map<Int, Int>, @Int -> @Option<Int>) requires(true) ensures(true) effects(pure) {
      map_get(@Map<Int, Int>.0, @Int.0)
    }

}

use maps::Module;

fn with_key(hash_key: Option<[u64; 2]>) -> Module {
    Module::with_limits(Limits { hash_key, ..Limits::default() }).unwrap()
}

#[test]
fn host_and_module_place_keys_alike_whatever_the_hash_key() {
    for key in [None, None, Some([0, 0]), Some([u64::MAX, 1])] {
        let mut module = with_key(key);
        let compound = |n: i64| (format!("key {n}"), vec![n; n as usize % 4]);
        for size in [1, 9, 100] {
            let map: IndexMap<(String, Vec<i64>), i64> = (0..size).map(|n| (compound(n), n)).collect();
            let numbers: IndexMap<i64, i64> = (0..size).map(|n| (n << 32, n)).collect();
            for n in 0..size {
                assert_eq!(module.found(&map, compound(n)).unwrap(), Some(n), "{n} of {size}");
                assert_eq!(module.number(&numbers, n << 32).unwrap(), Some(n), "{n} of {size}");
            }
            assert_eq!(module.found(&map, compound(size)).unwrap(), None);
        }
    }
}

/// The fuel that a call needs: what maps look like inside, seen from outside.
fn needed(hash_key: Option<[u64; 2]>) -> u64 {
    let texts: Vec<String> = (0..300).map(|n| format!("text {n}")).collect();
    let (mut least, mut most) = (0, 1 << 20);
    let enough = |fuel: u64, key| {
        let mut module = Module::with_limits(Limits { hash_key: key, fuel: Some(fuel), ..Limits::default() }).unwrap();
        match module.distinct(&texts) {
            Ok(count) => {
                assert_eq!(count, 300);
                true
            }
            Err(Error::Limit(reached)) if matches!(reached.limit, Limit::Fuel(_)) => false,
            Err(other) => panic!("{other:?}"),
        }
    };
    assert!(enough(most, hash_key));
    while least + 1 < most {
        let middle = (least + most) / 2;
        if enough(middle, hash_key) { most = middle } else { least = middle }
    }
    most
}

#[test]
fn a_fixed_hash_key_makes_runs_equal_and_others_differ() {
    let one = needed(Some([1, 2]));
    assert_eq!(one, needed(Some([1, 2])));
    assert_ne!(one, needed(Some([3, 4])));
}

/// Each instance has a key of its own.
#[test]
fn instances_do_not_share_their_hash_key() {
    // The search would mix keys of several instances: one amount of fuel is enough for some of them only.
    let middle = needed(Some([1, 2]));
    let texts: Vec<String> = (0..300).map(|n| format!("text {n}")).collect();
    let mut enough = (0..40).map(|_| {
        Module::with_limits(Limits { fuel: Some(middle), ..Limits::default() }).unwrap().distinct(&texts).is_ok()
    });
    let first = enough.next();
    assert!(enough.any(|other| Some(other) != first), "40 instances need the same fuel");
}
