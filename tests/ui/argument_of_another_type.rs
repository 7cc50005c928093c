//! What cannot stand for a parameter, and how the message says so.

use std::collections::HashMap;

vera_runtime::vera! {
    module given;

    public data Colour {
      Red,
      Green
    }

    public fn sum(@Array<Int> -> @Int) requires(true) ensures(true) effects(pure) { array_length(@Array<Int>.0) }
    public fn text(@String -> @String) requires(true) ensures(true) effects(pure) { @String.0 }
    public fn named(@Map<Colour, Int> -> @Int) requires(true) ensures(true) effects(pure) { map_size(@Map<Colour, Int>.0) }
    public fn plain(@Int -> @Int) requires(true) ensures(true) effects(pure) { @Int.0 }
}

#[derive(PartialEq, Eq, Hash)]
struct Other;

fn main() {
    let mut given = given::Module::new().unwrap();
    let narrow: Vec<i32> = vec![1];
    let _ = given.sum(&narrow);
    let _ = given.text(5);
    let _ = given.text(b"bytes");
    let _ = given.named(HashMap::from([(given::Colour::Red, 1)]));
    let _ = given.named(HashMap::<String, i64>::new());
    let _ = given.named(Other);
    let _ = given.plain(1_u32);
}
