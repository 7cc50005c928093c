//! Values of every type, to the module and back.

use indexmap::{IndexMap, IndexSet};
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use vera_runtime::Error;

vera_runtime::vera! {
    module values;

    public data Shape {
      Circle(Float64),
      Polygon(Array<Point>),
      Empty
    }

    public data Point {
      Point(Float64, Float64)
    }

    public data List<T> {
      Nil,
      Cons(T, List<T>)
    }

    public data Kitchen {
      Kitchen(Int, Nat, Bool, Byte, Float64, String, Array<String>, Option<Int>, Tuple<Int, String>, Map<String, Int>)
    }

    public data Forest {
      Bare,
      Forest(Array<Forest>)
    }

    public data Nested {
      End,
      Nested(Map<String, Option<Nested>>)
    }

    public data Place {
      Place(Int, Option<String>)
    }

    public data Key {
      Plain,
      Named(String),
      At(Place),
      Many(Array<Key>),
      Pair(Tuple<Int, Bool>, Ordering)
    }

    public data Index<K> {
      Index(Map<K, Array<K>>)
    }

    public fn int(@Int -> @Int) requires(true) ensures(true) effects(pure) { @Int.0 }
    public fn nat(@Nat -> @Nat) requires(true) ensures(true) effects(pure) { @Nat.0 }
    public fn float(@Float64 -> @Float64) requires(true) ensures(true) effects(pure) { @Float64.0 }
    public fn boolean(@Bool -> @Bool) requires(true) ensures(true) effects(pure) { @Bool.0 }
    public fn byte(@Byte -> @Byte) requires(true) ensures(true) effects(pure) { @Byte.0 }
    public fn unit(@Unit -> @Unit) requires(true) ensures(true) effects(pure) { () }
    public fn text(@String -> @String) requires(true) ensures(true) effects(pure) { @String.0 }
    public fn ints(@Array<Int> -> @Array<Int>) requires(true) ensures(true) effects(pure) { @Array<Int>.0 }
    public fn bytes(@Array<Byte> -> @Array<Byte>) requires(true) ensures(true) effects(pure) { @Array<Byte>.0 }
    public fn flags(@Array<Bool> -> @Array<Bool>) requires(true) ensures(true) effects(pure) { @Array<Bool>.0 }
    public fn nested(@Array<Array<String>> -> @Array<Array<String>>) requires(true) ensures(true) effects(pure) {
      @Array<Array<String>>.0
    }
    public fn option(@Option<String> -> @Option<String>) requires(true) ensures(true) effects(pure) {
      @Option<String>.0
    }
    public fn outcome(@Result<Int, String> -> @Result<Int, String>) requires(true) ensures(true) effects(pure) {
      @Result<Int, String>.0
    }
    public fn order(@Ordering -> @Ordering) requires(true) ensures(true) effects(pure) { @Ordering.0 }
    public fn pair(@Tuple<Int, String> -> @Tuple<Int, String>) requires(true) ensures(true) effects(pure) {
      @Tuple<Int, String>.0
    }
    public fn map(@Map<String, Int> -> @Map<String, Int>) requires(true) ensures(true) effects(pure) {
      @Map<String, Int>.0
    }
    public fn grown(@Map<Int, String>, @Int -> @Map<Int, String>) requires(true) ensures(true) effects(pure) {
      map_insert(@Map<Int, String>.0, @Int.0, "new")
    }
    public fn found(@Map<Int, String>, @Int -> @Option<String>) requires(true) ensures(true) effects(pure) {
      map_get(@Map<Int, String>.0, @Int.0)
    }
    public fn set(@Set<Int> -> @Set<Int>) requires(true) ensures(true) effects(pure) { @Set<Int>.0 }
    public fn forest(@Forest -> @Forest) requires(true) ensures(true) effects(pure) { @Forest.0 }
    public fn nested_map(@Nested -> @Nested) requires(true) ensures(true) effects(pure) { @Nested.0 }
    public fn keyed(@Map<Key, Int> -> @Map<Key, Int>) requires(true) ensures(true) effects(pure) {
      @Map<Key, Int>.0
    }
    public fn value_of(@Map<Key, Int>, @Key -> @Option<Int>) requires(true) ensures(true) effects(pure) {
      map_get(@Map<Key, Int>.0, @Key.0)
    }
    public fn index(@Set<Key> -> @Index<Key>) requires(true) ensures(true) effects(pure) {
      Index(array_fold(set_to_array(@Set<Key>.0), map_new(), fn(@Map<Key, Array<Key>>, @Key -> @Map<Key, Array<Key>>) effects(pure) {
        map_insert(@Map<Key, Array<Key>>.0, @Key.0, [@Key.0])
      }))
    }
    public fn shape(@Shape -> @Shape) requires(true) ensures(true) effects(pure) { @Shape.0 }
    public fn shapes(@Array<Shape> -> @Array<Shape>) requires(true) ensures(true) effects(pure) { @Array<Shape>.0 }
    public fn list(@List<Int> -> @List<Int>) requires(true) ensures(true) effects(pure) { @List<Int>.0 }
    public fn count(@Nat -> @List<Nat>) requires(true) ensures(true) effects(pure) {
      array_fold(array_range(0, @Nat.0), Nil, fn(@List<Nat>, @Int -> @List<Nat>) effects(pure) {
        Cons(@Int.0, @List<Nat>.0)
      })
    }
    public fn kitchen(@Kitchen -> @Kitchen) requires(true) ensures(true) effects(pure) { @Kitchen.0 }
    public fn json(@Json -> @Json) requires(true) ensures(true) effects(pure) { @Json.0 }
    public fn many(@String, @String, @String, @String, @String, @String, @String, @String, @String, @Int -> @String)
      requires(true) ensures(true) effects(pure)
    {
      string_concat(@String.8, @String.0)
    }
    public fn match_(@Int -> @Int) requires(true) ensures(true) effects(pure) { @Int.0 }
    public fn isEven(@Int -> @Bool) requires(true) ensures(true) effects(pure) { @Int.0 % 2 == 0 }
}

use values::{Forest, Index, Key, Kitchen, List, Module, Nested, Place, Point, Shape};

/// Runs in normal and in stress mode.
fn both(test: impl Fn(&mut Module)) {
    for stress in [false, true] {
        let mut module = Module::new().unwrap();
        if stress {
            module.instance_mut().stress().unwrap();
        }
        test(&mut module);
        module.instance_mut().check_heap().unwrap();
    }
}

/// A module can move to another thread; so can everything it is called with and gives.
#[test]
fn modules_are_send() {
    fn send<T: Send>() {}
    send::<Module>();
    send::<(Shape, Kitchen, Index<Key>, Error)>();
}

#[test]
fn scalars() {
    both(|module| {
        for value in [0, 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(module.int(value).unwrap(), value);
        }
        assert_eq!(module.nat(i64::MAX as u64).unwrap(), i64::MAX as u64);
        assert!(matches!(module.nat(1 << 63), Err(Error::Argument(_))));
        assert_eq!(module.float(-0.0).unwrap().to_bits(), (-0.0f64).to_bits());
        assert!(module.float(f64::NAN).unwrap().is_nan());
        assert!(module.boolean(true).unwrap());
        assert_eq!(module.byte(255).unwrap(), 255);
        module.unit().unwrap();
        assert!(module.is_even(4).unwrap());
        assert_eq!(module.match_(3).unwrap(), 3);
    });
}

#[test]
fn strings_and_arrays() {
    both(|module| {
        for text in ["", "a", "naïve ☃ 🦀", &"long ".repeat(2000)] {
            assert_eq!(module.text(text).unwrap(), text);
        }
        for count in [0, 1, 100, 5000] {
            let ints: Vec<i64> = (0..count).map(|n| n * n - 7).collect();
            assert_eq!(module.ints(&ints).unwrap(), ints);
        }
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(module.bytes(&bytes).unwrap(), bytes);
        assert_eq!(module.flags([true, false, true]).unwrap(), [true, false, true]);
        let nested: Vec<Vec<String>> = (0..20).map(|n| (0..n).map(|m| format!("{n}/{m}")).collect()).collect();
        assert_eq!(module.nested(&nested).unwrap(), nested);
        let parts: Vec<String> = (0..9).map(|n| format!("part {n}")).collect();
        let [a, b, c, d, e, f, g, h, i] = &parts[..] else { unreachable!("nine parts") };
        assert_eq!(module.many(a, b, c, d, e, f, g, h, i, 1).unwrap(), "part 0part 8");
    });
}

#[test]
fn sums_and_products() {
    both(|module| {
        for value in [None, Some(String::new()), Some("some".to_owned())] {
            assert_eq!(module.option(&value).unwrap(), value);
        }
        for value in [Ok(-3), Err("wrong".to_owned())] {
            assert_eq!(module.outcome(&value).unwrap(), value);
        }
        for value in [Ordering::Less, Ordering::Equal, Ordering::Greater] {
            assert_eq!(module.order(value).unwrap(), value);
        }
        let pair = (5, "five".to_owned());
        assert_eq!(module.pair(&pair).unwrap(), pair);
    });
}

#[test]
fn maps_and_sets_keep_their_order() {
    both(|module| {
        for size in [0, 1, 8, 9, 40, 300] {
            let map: IndexMap<String, i64> = (0..size).rev().map(|n| (format!("key {n}"), n)).collect();
            let back = module.map(&map).unwrap();
            assert!(back.iter().eq(map.iter()), "a map of {size} entries came back in another order");
            let set: IndexSet<i64> = (0..size).map(|n| n * 7919 % 1009).collect();
            assert!(module.set(&set).unwrap().iter().eq(set.iter()));
            let numbered: IndexMap<i64, String> = (0..size).map(|n| (n * 31, n.to_string())).collect();
            let grown = module.grown(&numbered, -1).unwrap();
            assert_eq!(grown.len(), numbered.len() + 1);
            assert_eq!(grown.last(), Some((&-1, &"new".to_owned())));
            for n in 0..size {
                assert_eq!(module.found(&numbered, n * 31).unwrap(), Some(n.to_string()));
            }
            assert_eq!(module.found(&numbered, -5).unwrap(), None);
        }
    });
}

#[test]
fn data_types() {
    both(|module| {
        let polygon = Shape::Polygon((0..50).map(|n| Point(f64::from(n), 0.5)).collect());
        let shapes = vec![Shape::Empty, Shape::Circle(2.5), polygon];
        for shape in &shapes {
            assert_eq!(module.shape(shape).unwrap(), *shape);
        }
        assert_eq!(module.shapes(&shapes).unwrap(), shapes);
        let list = List::Cons(1, List::Cons(2, List::Nil.into()).into());
        assert_eq!(module.list(&list).unwrap(), list);
        let kitchen = Kitchen(
            -1,
            1,
            true,
            7,
            0.25,
            "sink".into(),
            vec!["a".into(), "b".into()],
            Some(3),
            (4, "four".into()),
            IndexMap::from_iter([("one".to_owned(), 1)]),
        );
        assert_eq!(module.kitchen(&kitchen).unwrap(), kitchen);
    });
}

/// A million levels, in both directions, and everything that generated types can do with them.
#[test]
fn deep_values_pass() {
    let mut module = Module::new().unwrap();
    let list = module.count(1_000_000).unwrap();
    let (mut length, mut rest) = (0, &list);
    while let List::Cons(_, tail) = rest {
        length += 1;
        rest = tail;
    }
    assert_eq!(length, 1_000_000);
    let copy = list.clone();
    assert!(copy == list);
    let hash = |list: &List<u64>| {
        let mut hasher = std::hash::DefaultHasher::new();
        list.hash(&mut hasher);
        hasher.finish()
    };
    assert_eq!(hash(&copy), hash(&list));
    drop(copy);
    let numbers = (0..1_000_000).rev().fold(List::Nil, |list, n| List::Cons(n, list.into()));
    let back = module.list(&numbers).unwrap();
    assert!(back == numbers);
    assert!(format!("{numbers:?}").ends_with(&")".repeat(1_000_000)));
}

/// On a thread with a stack on which a plain recursive drop of a few thousand levels would end the process.
#[test]
fn deep_values_need_no_stack_of_the_caller() {
    let thread = std::thread::Builder::new().stack_size(128 << 10).spawn(|| {
        let mut module = Module::new().unwrap();
        let list = module.count(100_000).unwrap();
        assert!(list.clone() == list);
        let forest = (0..100_000)
            .fold(Forest::Forest(Vec::new().into()), |forest, _| Forest::Forest(vec![Forest::Bare, forest].into()));
        assert!(module.forest(&forest).unwrap() == forest);
        let nested = (0..100_000)
            .fold(Nested::End, |nested, n| Nested::Nested(IndexMap::from_iter([(n.to_string(), Some(nested))]).into()));
        assert!(module.nested_map(&nested).unwrap() == nested);
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn data_types_are_keys() {
    both(|module| {
        let key = |n: i64| match n % 4 {
            0 => Key::Named(format!("key {n}")),
            1 => Key::At(Place(n, Some(n.to_string()))),
            2 => Key::Many(vec![Key::Plain, Key::Named(n.to_string())].into()),
            _ => Key::Pair((n, n % 8 == 3), Ordering::Less),
        };
        for size in [0, 1, 8, 9, 150] {
            let map: IndexMap<Key, i64> = (0..size).map(|n| (key(n), n)).collect();
            assert!(module.keyed(&map).unwrap().iter().eq(map.iter()), "{size} entries");
            for n in 0..size {
                assert_eq!(module.value_of(&map, key(n)).unwrap(), Some(n), "{:?} of {size}", key(n));
            }
            assert_eq!(module.value_of(&map, &Key::Plain).unwrap(), None);
            let set: IndexSet<Key> = map.into_keys().collect();
            let index = Index(set.iter().map(|key| (key.clone(), vec![key.clone()])).collect());
            assert!(module.index(&set).unwrap() == index, "{size} entries");
        }
    });
}

#[test]
fn json_values() {
    both(|module| {
        let value =
            serde_json::json!({ "list": [1.5, null, true, "text"], "empty": {}, "nested": { "a": { "b": [] } } });
        assert_eq!(module.json(&value).unwrap(), value);
    });
}
