//! Generated code is quiet under the strictest lints, by whichever way it comes: this file says nothing that a linter
//! would report, so that what is reported is generated.
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, unused, rust_2018_idioms)]
#![deny(nonstandard_style, unused_qualifications, unused_lifetimes, single_use_lifetimes, let_underscore_drop)]
#![deny(unnameable_types, unsafe_code, trivial_casts, trivial_numeric_casts, unused_import_braces)]
#![deny(clippy::all, clippy::pedantic)]

vera_runtime::vera! {
    module shapes;

    -- A tree.
    public data Tree<T> {
      Leaf,
      Node(Tree<T>, T, Array<Tree<T>>)
    }

    public data Point {
      Point(Float64, Float64)
    }

    public data Colour {
      Red,
      Mixed(Array<Colour>, Byte)
    }

    effect Log {
      op info(String, Option<Colour> -> Unit);
    }

    public fn to_depth(@Tree<Int>, @Array<Point>, @Map<Colour, Point> /* new_colours */ -> @Int)
      requires(true)
      ensures(true)
      effects(<Log, IO>)
    {
      Log.info("depth", None);
      IO.print("depth");
      array_length(@Array<Point>.0)
    }

    public fn is_wide(@Bool, @Bool, @Bool, @Bool, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int, @Int -> @Bool)
      requires(true)
      ensures(true)
      effects(pure)
    {
      @Bool.0
    }
}

/// What the build script made, below a documented module.
pub mod scripted {
    vera_runtime::include_modules!();
}

/// Implements what the module needs.
#[derive(Debug)]
struct Quiet;

#[vera_runtime::vera_host]
impl shapes::Log for Quiet {
    fn info(&mut self, _: &str, _: &Option<shapes::Colour>) {}
}

impl vera_runtime::host::io::Console for Quiet {
    fn print(&mut self, _: &str) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn strict_crates_can_use_it() {
    let mut module = shapes::Module::new(Quiet).unwrap();
    let tree = shapes::Tree::Node(shapes::Tree::Leaf.into(), 1, vec![shapes::Tree::Leaf].into());
    let colours = [(shapes::Colour::Mixed(vec![shapes::Colour::Red].into(), 1), shapes::Point(1.0, 2.0))];
    let colours = indexmap::IndexMap::from(colours);
    let depth = module.to_depth(&tree, &[shapes::Point(1.0, 2.0)], colours);
    assert_eq!(depth.unwrap(), 1);
}
