//! Words where a value or a declaration is expected.

/// A word of another language: why Vera does not have it, and what to write.
#[derive(Debug)]
pub(crate) struct Word {
    names: &'static [&'static str],
    /// How Vera goes about it.
    pub(crate) why: &'static str,
    /// Vera code, or where it goes.
    pub(crate) fix: &'static str,
}

/// A word that stands where a value is expected.
pub(crate) fn value(name: &str) -> Option<&'static Word> {
    VALUES.iter().find(|word| word.names.contains(&name))
}

const VALUES: &[Word] = &[
    Word {
        names: &["for", "foreach"],
        why: "Vera has no loops: array functions and recursion repeat.",
        fix: "array_map(@Array<Int>.0, fn(@Int -> @Int) effects(pure) { @Int.0 * 2 })\n\
             array_fold(@Array<Int>.0, 0, fn(@Int, @Int -> @Int) effects(pure) { @Int.1 + @Int.0 })",
    },
    Word {
        names: &["while", "loop", "do", "repeat"],
        why: "Vera has no loops and no variables that change: a recursive function goes on with new arguments.",
        fix: "private fn count_down(@Nat -> @Nat)\n  requires(true)\n  ensures(true)\n  decreases(@Nat.0)\n  effects(pure)\n\
             {\n  if @Nat.0 == 0 then {\n    0\n  } else {\n    count_down(@Nat.0 - 1)\n  }\n}",
    },
    Word {
        names: &["break", "continue"],
        why: "Vera has no loops: a recursive function stops by not calling itself.",
        fix: "if @Nat.0 == 0 then {\n  0\n} else {\n  f(@Nat.0 - 1)\n}",
    },
    Word {
        names: &["null", "nil", "none", "undefined", "nothing"],
        why: "A value that may be missing is an `Option`: `Some(value)` or `None`.",
        fix: "None",
    },
    Word {
        names: &["var", "const", "mut", "val", "auto"],
        why: "A binding is written with `let` and a type.",
        fix: "let @Int = 1;",
    },
    Word {
        names: &["def", "func", "function", "lambda", "fun"],
        why: "Functions are written with `fn`.",
        fix: "fn(@Int -> @Int) effects(pure) { @Int.0 }",
    },
    Word {
        names: &["switch", "case", "when", "cond"],
        why: "Cases are told apart by `match`.",
        fix: "match @Int.0 {\n  0 -> \"zero\",\n  _ -> \"many\"\n}",
    },
    Word {
        names: &["try", "catch", "raise"],
        why: "What may fail returns a `Result`, and `match` tells the cases apart.",
        fix: "match parse_int(@String.0) {\n  Ok(@Int) -> @Int.0,\n  Err(@String) -> 0\n}",
    },
    Word {
        names: &["self", "this"],
        why: "Functions belong to no object: a value is a parameter, and its slot is named by its type.",
        fix: "@Int.0",
    },
];

/// A word that stands where a declaration is expected.
pub(crate) fn declaration(name: &str) -> Option<&'static Word> {
    DECLARATIONS.iter().find(|word| word.names.contains(&name))
}

const DECLARATIONS: &[Word] = &[
    Word {
        names: &["def", "func", "function", "fun", "proc", "sub"],
        why: "A function is declared with its visibility and `fn`.",
        fix: "public fn f(@Int -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  @Int.0\n}",
    },
    Word {
        names: &["enum", "union", "variant"],
        why: "A type with several forms is a `data` type; its fields have types and no names.",
        fix: "private data Shape {\n  Circle(Nat),\n  Square(Nat)\n}",
    },
    Word {
        names: &["struct", "record", "class", "object"],
        why: "Values with several parts are a `data` type with one constructor; its fields have types and no names.",
        fix: "private data Point {\n  Point(Int, Int)\n}",
    },
    Word {
        names: &["const", "let", "var", "val", "static", "define"],
        why: "There are no values at top level: a constant is a function without parameters, called with `()`.",
        fix: "private fn limit(-> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  10\n}\nand `limit()` where the value is used",
    },
    Word {
        names: &["use", "from", "include", "require", "using", "open"],
        why: "A module is imported as a whole, or with a list of names.",
        fix: "import a.b;\nimport a.b(f, g);",
    },
    Word {
        names: &["interface", "trait", "protocol", "impl", "instance"],
        why: "What a type can do is its abilities, Eq, Ord, Hash and Show, which it has by its form; behaviour is passed as a function.",
        fix: "public forall<T where Eq<T>> fn same(@T, @T -> @Bool)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  @T.1 == @T.0\n}",
    },
    Word {
        names: &["export", "pub"],
        why: "What other modules may use is `public`.",
        fix: "public fn f(@Int -> @Int)",
    },
    Word {
        names: &["alias", "newtype", "typedef"],
        why: "Another name for a type is declared with `type`.",
        fix: "type Age = Nat;",
    },
];

#[cfg(test)]
mod tests {
    use super::{DECLARATIONS, VALUES};
    use crate::foreign::functions::tests::exists;

    #[test]
    fn what_is_recommended_exists() {
        let texts: Vec<&str> = VALUES.iter().chain(DECLARATIONS).map(|word| word.fix).collect();
        texts.iter().for_each(|text| exists(text, &texts));
    }

    #[test]
    fn each_word_is_listed_once() {
        for table in [VALUES, DECLARATIONS] {
            let mut names: Vec<&str> = table.iter().flat_map(|word| word.names).copied().collect();
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        }
    }
}
