//! The forms of `vera!`, and names.

vera_runtime::vera! {
    public fn unnamed(@Int -> @Int) requires(true) ensures(true) effects(pure) { @Int.0 + 1 }
}

vera_runtime::vera!(
    r#"
module outer.inner;

-- An apostrophe: don't; a bracket: (
public fn shown(@Int -> @String)
  requires(true)
  ensures(true)
  effects(pure)
{
  "n = \(@Int.0)"
}
"#
);

vera_runtime::vera![module brackets; public fn one(-> @Int) requires(true) ensures(true) effects(pure) { 1 }];

vera_runtime::vera!(file = "vera/from_file.vera");

#[test]
fn every_form_compiles() {
    assert_eq!(vera::Module::new().unwrap().unnamed(1).unwrap(), 2);
    assert_eq!(inner::Module::new().unwrap().shown(5).unwrap(), "n = 5");
    assert_eq!(brackets::Module::new().unwrap().one().unwrap(), 1);
    assert_eq!(from_file::Module::new().unwrap().doubled(21).unwrap(), 42);
}

#[test]
fn a_macro_inside_a_function_works() {
    vera_runtime::vera! {
        module local;
        public fn two(-> @Int) requires(true) ensures(true) effects(pure) { 2 }
    }
    assert_eq!(local::Module::new().unwrap().two().unwrap(), 2);
}
