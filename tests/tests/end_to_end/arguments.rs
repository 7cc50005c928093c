//! What may be given for a parameter: anything with the same contents, however it is owned.

#![expect(clippy::needless_borrows_for_generic_args, reason = "how arguments are given is what is tested")]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;
use vera_runtime::indexmap::{IndexMap, IndexSet};
use vera_runtime::{Argument, Result, Rooted, serde_json};

vera_runtime::vera! {
    module given;

    public data Name {
      Name(String, Option<String>)
    }

    public fn text(@String -> @String) requires(true) ensures(true) effects(pure) { @String.0 }
    public fn words(@Array<String> -> @Array<String>) requires(true) ensures(true) effects(pure) { @Array<String>.0 }
    public fn numbers(@Array<Nat> -> @Array<Nat>) requires(true) ensures(true) effects(pure) { @Array<Nat>.0 }
    public fn table(@Array<Array<Int>> -> @Array<Array<Int>>) requires(true) ensures(true) effects(pure) {
      @Array<Array<Int>>.0
    }
    public fn maybe(@Option<String> -> @Option<String>) requires(true) ensures(true) effects(pure) { @Option<String>.0 }
    public fn outcome(@Result<String, Int> -> @Result<String, Int>) requires(true) ensures(true) effects(pure) {
      @Result<String, Int>.0
    }
    public fn pairs(@Array<Tuple<String, Int>> -> @Array<Tuple<String, Int>>) requires(true) ensures(true) effects(pure) {
      @Array<Tuple<String, Int>>.0
    }
    public fn index(@Map<String, Array<Int>> -> @Map<String, Array<Int>>) requires(true) ensures(true) effects(pure) {
      @Map<String, Array<Int>>.0
    }
    public fn keyed(@Map<Tuple<String, Int>, Option<String>>, @Tuple<String, Int> -> @Option<Option<String>>)
      requires(true) ensures(true) effects(pure)
    {
      map_get(@Map<Tuple<String, Int>, Option<String>>.0, @Tuple<String, Int>.0)
    }
    public fn set(@Set<String> -> @Array<String>) requires(true) ensures(true) effects(pure) {
      set_to_array(@Set<String>.0)
    }
    public fn has(@Set<String>, @String -> @Bool) requires(true) ensures(true) effects(pure) {
      set_contains(@Set<String>.0, @String.0)
    }
    public fn names(@Array<Name> -> @Array<Name>) requires(true) ensures(true) effects(pure) { @Array<Name>.0 }
    public fn json(@Json -> @Json) requires(true) ensures(true) effects(pure) { @Json.0 }
}

use given::{Module, Name};

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

#[test]
fn texts() {
    fn check(module: &mut Module, text: impl Argument<String>) {
        assert_eq!(module.text(text).unwrap(), "héllo");
    }
    both(|module| {
        let owned = String::from("héllo");
        check(module, "héllo");
        check(module, &"héllo");
        check(module, &owned);
        check(module, owned.clone());
        check(module, Cow::Borrowed("héllo"));
        check(module, Cow::<str>::Owned(owned.clone()));
        check(module, owned.clone().into_boxed_str());
        check(module, Arc::<str>::from("héllo"));
        check(module, &Rc::<str>::from("héllo"));
        check(module, Arc::new(owned.clone()));
        check(module, &mut owned.clone());
    });
}

#[test]
fn arrays() {
    fn check(module: &mut Module, words: impl Argument<Vec<String>>) {
        assert_eq!(module.words(words).unwrap(), ["one", "two"]);
    }
    both(|module| {
        let strings = vec!["one".to_owned(), "two".to_owned()];
        check(module, ["one", "two"]);
        check(module, &["one", "two"]);
        check(module, &["one", "two"][..]);
        check(module, vec!["one", "two"]);
        check(module, &strings);
        check(module, &strings[..]);
        check(module, strings.clone());
        check(module, strings.iter().collect::<Vec<_>>());
        check(module, vec![Cow::Borrowed("one"), Cow::Owned("two".to_owned())]);
        check(module, [Arc::<str>::from("one"), Arc::from("two")]);
        check(module, Box::<[&str]>::from(["one", "two"]));
        check(module, Arc::<[String]>::from(strings.clone()));
        check(module, Cow::Borrowed(&strings[..]));
        // Literals need no type.
        assert_eq!(module.numbers([1, 2, 3]).unwrap(), [1, 2, 3]);
        assert_eq!(module.numbers(&vec![1, 2, 3]).unwrap(), [1, 2, 3]);
        assert_eq!(module.numbers([0_u64; 0]).unwrap(), [0_u64; 0]);
        assert_eq!(module.table([[1, -2], [3, 4]]).unwrap(), [[1, -2], [3, 4]]);
        assert_eq!(module.table([&[1][..], &[], &[2, 3]]).unwrap(), [vec![1], vec![], vec![2, 3]]);
    });
}

#[test]
fn what_holds_others() {
    both(|module| {
        assert_eq!(module.maybe(Some("x")).unwrap().as_deref(), Some("x"));
        assert_eq!(module.maybe(&Some("x".to_owned())).unwrap().as_deref(), Some("x"));
        assert_eq!(module.maybe(None::<&str>).unwrap(), None);
        assert_eq!(module.outcome(Ok::<_, i64>("x")).unwrap().as_deref(), Ok("x"));
        assert_eq!(module.outcome(Err::<&str, _>(7)).unwrap(), Err(7));
        let pairs = [("a".to_owned(), 1), ("b".to_owned(), 2)];
        assert_eq!(module.pairs([("a", 1), ("b", 2)]).unwrap(), pairs);
        assert_eq!(module.pairs(&pairs).unwrap(), pairs);
        let names = [Name("Ada".into(), None), Name("Alan".into(), Some("M.".into()))];
        assert_eq!(module.names(&names).unwrap(), names);
        assert_eq!(module.names(names.each_ref()).unwrap(), names);
        assert_eq!(module.names(names.clone()).unwrap(), names);
        assert_eq!(module.names(Vec::<&Name>::new()).unwrap(), []);
        let json = serde_json::json!({"a": [1, null]});
        assert_eq!(module.json(&json).unwrap(), json);
        assert_eq!(module.json(json.clone()).unwrap(), json);
    });
}

#[test]
fn maps_and_sets() {
    both(|module| {
        let index: IndexMap<String, Vec<i64>> = [("b".to_owned(), vec![1]), ("a".to_owned(), vec![2, 3])].into();
        assert_eq!(module.index(&index).unwrap().as_slice(), index.as_slice());
        assert_eq!(
            module.index(IndexMap::from([("b", [1].as_slice()), ("a", &[2, 3])])).unwrap().as_slice(),
            index.as_slice()
        );
        let sorted: IndexMap<String, Vec<i64>> = [("a".to_owned(), vec![2, 3]), ("b".to_owned(), vec![1])].into();
        assert_eq!(
            module.index(BTreeMap::from([("b", vec![1]), ("a", vec![2, 3])])).unwrap().as_slice(),
            sorted.as_slice()
        );
        assert_eq!(
            module.index(&HashMap::from([("b", vec![1]), ("a", vec![2, 3])])).unwrap().as_slice(),
            sorted.as_slice()
        );
        let texts = |items: &[&str]| items.iter().map(|&item| item.to_owned()).collect::<Vec<_>>();
        assert_eq!(module.set(IndexSet::from(["b", "a"])).unwrap(), texts(&["b", "a"]));
        assert_eq!(module.set(BTreeSet::from(["b", "a"])).unwrap(), texts(&["a", "b"]));
        assert_eq!(module.set(HashSet::from([Arc::<str>::from("b"), "a".into()])).unwrap(), texts(&["a", "b"]));
    });
}

/// A hash map has another order in every run; what the module gets has not. Beyond eight entries a map is a trie.
#[test]
fn hash_maps_are_given_in_the_order_of_their_keys() {
    both(|module| {
        let words: Vec<String> = (100..300).map(|number| format!("word {number}")).collect();
        let set: HashSet<&str> = words.iter().map(String::as_str).collect();
        assert_eq!(module.set(&set).unwrap(), words);
        for word in &words {
            assert!(module.has(&set, word).unwrap(), "{word} is found by its hash");
        }
        assert!(!module.has(&set, "word 300").unwrap());
        let map: HashMap<String, [i64; 1]> = words.iter().cloned().zip((0..).map(|number| [number])).collect();
        assert!(module.index(&map).unwrap().into_keys().eq(words.iter().cloned()));
    });
}

/// Keys have the hash of what they stand for, whatever they are made of.
#[test]
fn keys_are_found_by_what_they_hold() {
    both(|module| {
        let keys: Vec<(String, i64)> = (0..40).map(|number| (format!("k{}", number % 7), number)).collect();
        let map: BTreeMap<(&str, i64), Option<&str>> =
            keys.iter().map(|(text, n)| ((text.as_str(), *n), Some("v"))).collect();
        for (text, number) in &keys {
            let found = module.keyed(&map, (text.as_str(), *number)).unwrap();
            assert_eq!(found, Some(Some("v".to_owned())));
        }
        assert_eq!(module.keyed(&map, ("k0", 1)).unwrap(), None);
    });
}

/// Handles are arguments like values, inside of what holds them too.
#[test]
fn handles_within_values() {
    both(|module| {
        let instance = module.instance_mut();
        let pairs = instance.function::<(Vec<(String, i64)>,), Vec<(String, i64)>>("pairs").unwrap();
        let back = instance.scope(|scope| -> Result<_> {
            let shared: Rooted<'_, String> = scope.lower("shared")?;
            scope.collect()?;
            let given: Rooted<'_, Vec<(String, i64)>> = scope.lower([(shared, 1), (shared, 2)])?;
            let result = scope.call(&pairs, (given,))?;
            scope.lift(result)
        });
        assert_eq!(back.unwrap(), [("shared".to_owned(), 1), ("shared".to_owned(), 2)]);
    });
}
