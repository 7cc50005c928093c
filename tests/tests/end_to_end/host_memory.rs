//! What a call may use of the host's memory: values that share in the module are copied in Rust.

use vera_runtime::error::Limit;
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Error, Limits};

vera_runtime::vera! {
    module host_memory;

    public data Tree {
      Leaf,
      Node(Tree, Tree)
    }

    -- As many objects as the number, and two to its power when each is written out.
    public fn shared(@Nat -> @Tree) requires(true) ensures(true) decreases(@Nat.0) effects(pure) {
      if @Nat.0 == 0 then {
        Leaf
      } else {
        let @Tree = shared(@Nat.0 - 1);
        Node(@Tree.0, @Tree.0)
      }
    }

    public fn json(@Nat -> @Json) requires(true) ensures(true) decreases(@Nat.0) effects(pure) {
      if @Nat.0 == 0 then {
        JString("")
      } else {
        let @Json = json(@Nat.0 - 1);
        JArray([@Json.0, @Json.0])
      }
    }

    private fn empties(@Nat -> @Array<String>) requires(true) ensures(true) effects(pure) {
      array_map(array_range(0, @Nat.0), fn(@Int -> @String) effects(pure) { "" })
    }

    -- Many times the same array of empty strings: no text, and few objects.
    public fn texts(@Nat -> @Array<Array<String>>) requires(true) ensures(true) effects(pure) {
      let @Array<String> = empties(10000);
      array_map(array_range(0, @Nat.0), fn(@Int -> @Array<String>) effects(pure) { @Array<String>.0 })
    }

    public fn mapped(@Nat -> @Map<Int, Array<String>>) requires(true) ensures(true) effects(pure) {
      let @Array<String> = empties(10000);
      array_fold(array_range(0, @Nat.0), map_new(), fn(@Map<Int, Array<String>>, @Int -> @Map<Int, Array<String>>) effects(pure) {
        map_insert(@Map<Int, Array<String>>.0, @Int.0, @Array<String>.0)
      })
    }

    public fn numbers(@Nat -> @Array<Int>) requires(true) ensures(true) effects(pure) {
      array_range(0, @Nat.0)
    }

    public fn text(@Nat -> @String) requires(true) ensures(true) effects(pure) {
      string_repeat("x", @Nat.0)
    }

    public fn invalid(@Nat -> @String) requires(true) ensures(true) effects(pure) {
      string_repeat(string_from_char_code(200), @Nat.0)
    }
}

use host_memory::{Module, Tree};

const LIMIT: u64 = 1 << 20;

fn module() -> Module {
    Module::with_limits(Limits { host_memory: LIMIT, ..Limits::default() }).unwrap()
}

fn too_much<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    match outcome {
        Err(Error::Limit(reached)) => assert_eq!(reached.limit, Limit::HostMemory(LIMIT)),
        other => panic!("{other:?}"),
    }
}

fn nodes(tree: &Tree) -> u64 {
    match tree {
        Tree::Leaf => 1,
        Tree::Node(left, right) => 1 + nodes(left) + nodes(right),
    }
}

#[test]
fn every_kind_of_value_counts_while_it_is_read() {
    let mut module = module();
    for _ in 0..2 {
        too_much(module.shared(25));
        too_much(module.json(25));
        too_much(module.texts(250));
        too_much(module.mapped(250));
        too_much(module.numbers(1 << 18));
        too_much(module.text(1 << 21));
        too_much(module.invalid(1 << 19));
        too_much(module.instance_mut().call_dynamic("shared", &[DynValue::Nat(25)]));
        too_much(module.instance_mut().call_dynamic("texts", &[DynValue::Nat(250)]));
        too_much(module.instance_mut().call_dynamic("mapped", &[DynValue::Nat(250)]));
        // Each call has the whole of it: what was returned before is the caller's.
        for _ in 0..10 {
            assert_eq!(nodes(&module.shared(10).unwrap()), (1 << 11) - 1);
            assert_eq!(module.json(8).unwrap().to_string().matches("\"\"").count(), 256);
            assert_eq!(module.texts(2).unwrap().concat().len(), 20_000);
            assert_eq!(module.mapped(2).unwrap().len(), 2);
            assert_eq!(module.numbers(100_000).unwrap().len(), 100_000);
            assert_eq!(module.text(1_000_000).unwrap().len(), 1_000_000);
            assert_eq!(module.invalid(100_000).unwrap(), "\u{fffd}".repeat(100_000));
        }
        module.instance_mut().check_heap().unwrap();
    }
}
