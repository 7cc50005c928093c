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

vera_runtime::vera!(module parentheses; public fn one(-> @Int) requires(true) ensures(true) effects(pure) { 1 });

vera_runtime::vera![
    "module text.in_brackets;\npublic fn one(-> @Int) requires(true) ensures(true) effects(pure) { 1 }"
];

vera_runtime::vera! { "module text.in_braces; public fn one(-> @Int) requires(true) ensures(true) effects(pure) { 1 }" }

vera_runtime::vera!(file = "vera/from_file.vera");

mod elsewhere {
    vera_runtime::vera! {
        public fn also_unnamed(@Int -> @Int) requires(true) ensures(true) effects(pure) { @Int.0 + 2 }
    }
    vera_runtime::vera! { file = "vera/from_file.vera", }
}

// Rust takes some comments for documentation of its own.
vera_runtime::vera! {
    /** Comments of every kind, é and all. */
    module commented;

    {- A block,
       {- nested -} -}
    public fn plus(@Int /** left */, @Int /* right */ -> @Int) -- to the end of the line
      requires(true)
      ensures(true)
      effects(pure)
    {
      /*! inside */ @Int.1 + @Int.0
    }
}

/// A module whose text comes from another macro has no text of its own to read.
macro_rules! doubling {
    ($name:ident, $factor:literal) => {
        vera_runtime::vera! {
            module $name;
            public fn times(@Int -> @Int) requires($factor > 0) ensures(true) effects(pure) { @Int.0 * $factor }
        }
    };
}

doubling!(doubled, 2);
doubling!(tripled, 3);

/// A program that another macro hands on is still that of the file.
macro_rules! pass {
    ($($token:tt)*) => { vera_runtime::vera! { $($token)* } };
}

pass! {
    module passed;

    -- 'a comment, and a function behind it.
    public fn one(-> @Int) requires(true) ensures(true) effects(pure) { 1 } -- see /*
    public fn two(-> @Int) requires(true) ensures(true) effects(pure) { 2 } -- Rust's comment ends here. */
    public fn three(-> @Int) requires(true) ensures(true) effects(pure) -- to the end of the line
    { 3 } -- the last line
}

/// A comment of a macro's own ends with its line.
macro_rules! adding {
    ($name:ident, $number:expr) => {
        vera_runtime::vera! {
            module $name;
            -- Adds a number.
            public fn plus(@Int -> @Int) requires(true) ensures(true) effects(pure)
            {
              @Int.0 + $number -- that number
            }
        }
    };
}

adding!(added, -5);

vera_runtime::vera! {
    module lifetimes;
    -- 'a
    public fn one(-> @Int) requires(true) ensures(true) effects(pure) { 1 }
    -- 'static 'r#fn café 'x' b"" c"" r#""#
    public fn two(-> @Int) requires(true) ensures(true) effects(pure) { 2 }
}

#[test]
fn every_form_compiles() {
    assert_eq!(vera::Module::new().unwrap().unnamed(1).unwrap(), 2);
    assert_eq!(elsewhere::vera::Module::new().unwrap().also_unnamed(1).unwrap(), 3);
    assert_eq!(inner::Module::new().unwrap().shown(5).unwrap(), "n = 5");
    assert_eq!(brackets::Module::new().unwrap().one().unwrap(), 1);
    assert_eq!(parentheses::Module::new().unwrap().one().unwrap(), 1);
    assert_eq!(in_brackets::Module::new().unwrap().one().unwrap(), 1);
    assert_eq!(in_braces::Module::new().unwrap().one().unwrap(), 1);
    assert_eq!(from_file::Module::new().unwrap().doubled(21).unwrap(), 42);
    assert_eq!(elsewhere::from_file::Module::new().unwrap().doubled(21).unwrap(), 42);
    assert_eq!(commented::Module::new().unwrap().plus(1, 2).unwrap(), 3);
    assert_eq!(doubled::Module::new().unwrap().times(5).unwrap(), 10);
    assert_eq!(tripled::Module::new().unwrap().times(5).unwrap(), 15);
    let mut passed = passed::Module::new().unwrap();
    assert_eq!((passed.one().unwrap(), passed.two().unwrap(), passed.three().unwrap()), (1, 2, 3));
    assert_eq!(added::Module::new().unwrap().plus(7).unwrap(), 2);
    let mut lifetimes = lifetimes::Module::new().unwrap();
    assert_eq!((lifetimes.one().unwrap(), lifetimes.two().unwrap()), (1, 2));
}

#[test]
fn a_macro_inside_a_function_works() {
    vera_runtime::vera! {
        module local;
        public fn two(-> @Int) requires(true) ensures(true) effects(pure) { 2 }
    }
    assert_eq!(local::Module::new().unwrap().two().unwrap(), 2);
    {
        vera_runtime::vera! {
            module local;
            public fn two(-> @Int) requires(true) ensures(true) effects(pure) { 22 }
        }
        assert_eq!(local::Module::new().unwrap().two().unwrap(), 22);
    }
}

/// Places in errors are those of this file.
#[test]
fn run_time_errors_name_the_line_of_the_rust_file() {
    let line = line!() + 3;
    vera_runtime::vera! {
        module placed;
        public fn half(@Int -> @Int) requires(@Int.0 % 2 == 0) ensures(true) effects(pure) { @Int.0 / 2 }
    }
    let error = placed::Module::new().unwrap().half(3).unwrap_err();
    let location = error.location().unwrap();
    assert_eq!((&*location.file, location.line, location.column), (file!(), line, 38), "{error}");
    let line = line!() + 4;
    pass! {
        module passed_on;
        -- Places are those of the tokens, not those of the macro that hands them on.
        public fn half(@Int -> @Int) requires(@Int.0 % 2 == 0) ensures(true) effects(pure) { @Int.0 / 2 }
    }
    let error = passed_on::Module::new().unwrap().half(3).unwrap_err();
    let location = error.location().unwrap();
    assert_eq!((&*location.file, location.line, location.column), (file!(), line, 38), "{error}");
}
