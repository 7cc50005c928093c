//! Generated code is quiet under the strictest lints.
#![deny(warnings, missing_docs, unreachable_pub, rust_2018_idioms)]

vera_runtime::vera! {
    module shapes;

    public data Tree<T> {
      Leaf,
      Node(Tree<T>, T, Tree<T>)
    }

    public data Point {
      Point(Float64, Float64)
    }

    effect Log {
      op info(String -> Unit);
    }

    public fn depth(@Tree<Int>, @Array<Point> -> @Int)
      requires(true)
      ensures(true)
      effects(<Log>)
    {
      Log.info("depth");
      array_length(@Array<Point>.0)
    }
}

fn main() {
    let tree = shapes::Tree::Node(shapes::Tree::Leaf.into(), 1i64, shapes::Tree::Leaf.into());
    let _ = (tree, shapes::Point(1.0, 2.0));
}
