//! In the string form a message has line and column.

vera_runtime::vera!(r#"
module text;

public fn f(@Int -> @String)
  requires(true)
  ensures(true)
  effects(pure)
{
  "\(@Int.1)"
}
"#);

fn main() {}
