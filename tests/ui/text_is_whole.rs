//! No function gets lost behind a comment: each has its mistake, and each is reported. Where a comment ends is not guessed.

vera_runtime::vera! {
    module direct;
    public fn first(-> @Int) requires(true) ensures(true) effects(pure) { 1 }
    -- 'a
    public fn second(-> @Int) requires(true) ensures(true) effects(pure) { "direct" }
}

macro_rules! pass {
    ($($token:tt)*) => { vera_runtime::vera! { $($token)* } };
}

pass! {
    module passed;
    -- A comment that a macro hands on.
    public fn first(-> @Int) requires(true) ensures(true) effects(pure)
    {
      1 -- and one inside
    }
    -- see /*
    public fn second(-> @Int) requires(true) ensures(true) effects(pure) { "passed" }
    -- */
}

macro_rules! documented {
    ($name:ident) => {
        vera_runtime::vera! {
            module documented;
            -- Gives one: $name.
            public fn $name(-> @Int) requires(true) ensures(true) effects(pure) { 1 }
        }
    };
}

documented!(one);

fn main() {}
