//! Words of other languages, and what is written in Vera instead.
//!
//! Authors, language models above all, fall back to what they know. A name that is nothing in Vera but means something
//! in most other languages is answered with what Vera has for it. Only spellings with one meaning everywhere are here;
//! what is merely misspelt is found by likeness, elsewhere.

/// A word of another language: why Vera does not have it, and what to write.
#[derive(Debug)]
pub(crate) struct Word {
    names: &'static [&'static str],
    /// How Vera goes about it.
    pub(crate) why: &'static str,
    /// Vera code, or where it goes.
    pub(crate) fix: &'static str,
}

/// The type that has another name in most languages.
pub(crate) fn ty(name: &str) -> Option<&'static str> {
    Some(match name {
        "Integer" | "Long" | "I64" | "Int64" | "I32" | "Int32" => "Int",
        "int" | "integer" | "long" | "short" | "i64" | "i32" | "i16" | "int64" | "int32" => "Int",
        "UInt" | "U64" | "UInt64" | "U32" | "Natural" => "Nat",
        "nat" | "uint" | "u64" | "u32" | "usize" | "unsigned" => "Nat",
        "Float" | "Double" | "F64" | "Number" | "float" | "double" | "f64" | "f32" | "number" => "Float64",
        "Boolean" | "bool" | "boolean" => "Bool",
        "Str" | "Text" | "string" | "str" | "text" => "String",
        "Char" | "U8" | "UInt8" | "char" | "byte" | "u8" => "Byte",
        "Void" | "void" | "unit" => "Unit",
        "List" | "Vec" | "Vector" | "Seq" | "array" | "list" | "vec" => "Array",
        "Maybe" | "Optional" | "Nullable" | "option" => "Option",
        "Either" | "result" => "Result",
        "Dict" | "HashMap" | "Dictionary" | "map" | "dict" => "Map",
        "HashSet" | "set" => "Set",
        _ => return None,
    })
}

/// The value that is called by this name in most languages, where a constructor is expected.
pub(crate) fn constructor(name: &str) -> Option<&'static str> {
    Some(match name {
        "True" | "TRUE" => "true",
        "False" | "FALSE" => "false",
        "Null" | "NULL" | "Nil" | "Nothing" | "Undefined" => "None",
        "Just" => "Some",
        "Left" | "Error" | "Failure" => "Err",
        "Right" | "Success" => "Ok",
        _ => return None,
    })
}

/// What to write for a function that most languages have under this name, as a sentence.
pub(crate) fn function(name: &str) -> Option<&'static str> {
    FUNCTIONS.iter().find(|(names, _)| names.contains(&name)).map(|(_, fix)| *fix)
}

const FUNCTIONS: &[(&[&str], &str)] = &[
    (
        &["println", "print_line", "printf", "puts", "echo", "log_line"],
        "Write `IO.print(\"text\\n\")`, and `<IO>` in the effect row.",
    ),
    (&["input", "readline", "gets"], "Write `IO.read_line(())`, and `<IO>` in the effect row."),
    (
        &["raise", "error", "fail", "panic", "throw_error"],
        "Return `Err(...)` of a `Result`, or write `throw(...)` with `<Exn<String>>` in the effect row.",
    ),
    (
        &["len", "length", "size", "count"],
        "Write `array_length(...)` of an array, `string_length(...)` of a string, `map_size(...)` of a map.",
    ),
    (&["array_size", "array_count", "list_length", "array_len"], "Write `array_length(...)`."),
    (&["string_size", "string_len", "str_len", "strlen"], "Write `string_length(...)`."),
    (&["array_push", "array_add", "array_insert", "push", "append", "cons"], "Write `array_append(array, element)`."),
    (&["array_get", "array_at", "array_nth", "array_index", "nth", "get_at"], "Write `array[index]`."),
    (&["array_first", "array_head", "head", "first"], "Write `array[0]`, where the array is known not to be empty."),
    (&["array_last", "last"], "Write `array[array_length(array) - 1]`, where the array is known not to be empty."),
    (
        &["array_flat_map", "array_concat_map", "array_bind"],
        "Write `array_flatten(array_map(array, fn(@Int -> @Array<Int>) effects(pure) { [@Int.0] }))`.",
    ),
    (&["array_tail", "array_rest", "tail"], "Write `array_slice(array, 1, array_length(array))`."),
    (&["array_take"], "Write `array_slice(array, 0, count)`."),
    (&["array_drop", "array_skip"], "Write `array_slice(array, count, array_length(array))`."),
    (&["array_is_empty", "array_empty"], "Write `array_length(array) == 0`; the empty array is `[]`."),
    (&["array_new"], "The empty array is `[]`."),
    (&["array_sum", "sum"], "Write `array_fold(array, 0, fn(@Int, @Int -> @Int) effects(pure) { @Int.1 + @Int.0 })`."),
    (
        &["array_product", "product"],
        "Write `array_fold(array, 1, fn(@Int, @Int -> @Int) effects(pure) { @Int.1 * @Int.0 })`.",
    ),
    (
        &["array_max", "array_min", "array_maximum", "array_minimum"],
        "Fold with `max` or `min`: `array_fold(array, array[0], fn(@Int, @Int -> @Int) effects(pure) { max(@Int.1, @Int.0) })`.",
    ),
    (
        &["array_sort", "sort", "sorted"],
        "Write `array_sort_by(array, fn(@Int, @Int -> @Ordering) effects(pure) { compare(@Int.1, @Int.0) })`.",
    ),
    (
        &["array_contains", "array_includes", "array_member"],
        "Ask for it: `array_any(array, fn(@Int -> @Bool) effects(pure) { @Int.0 == 1 })`.",
    ),
    (
        &["array_reduce", "array_foldl", "array_fold_left", "reduce", "foldl", "fold_left"],
        "Write `array_fold(array, start, fn(@Int, @Int -> @Int) effects(pure) { @Int.1 + @Int.0 })`; `.1` is the accumulator.",
    ),
    (
        &["array_for_each", "array_each", "for_each", "foreach"],
        "Write a recursive function that does it for the element at an index and calls itself with the next index.",
    ),
    (
        &["array_enumerate", "array_map_indexed", "enumerate"],
        "Write `array_mapi(array, fn(@Int, @Nat -> @Int) effects(pure) { @Int.0 })`; `@Nat.0` is the index.",
    ),
    (
        &["array_zip", "zip"],
        "Write `array_mapi(array, fn(@Int, @Nat -> @Int) effects(pure) { ... })` and index the other array with `@Nat.0`.",
    ),
    (&["range"], "Write `array_range(start, end)`."),
    (
        &["str", "toString", "string", "format", "string_format", "sprintf"],
        "Write `show(value)`, or put the value into a string: `\"n = \\(@Int.0)\"`.",
    ),
    (&["trim", "string_trim"], "Write `string_strip(text)`."),
    (
        &["to_upper", "to_uppercase", "upper", "uppercase", "string_to_upper", "string_to_uppercase"],
        "Write `string_upper(text)`.",
    ),
    (
        &["to_lower", "to_lowercase", "lower", "lowercase", "string_to_lower", "string_to_lowercase"],
        "Write `string_lower(text)`.",
    ),
    (&["substring", "substr", "string_substring", "string_sub"], "Write `string_slice(text, start, end)`."),
    (
        &["char_at", "string_char_at", "string_get", "string_at"],
        "Write `string_slice(text, index, index + 1)`, or `string_char_code(text, index)` for its code.",
    ),
    (&["string_equals", "string_eq", "str_eq"], "Write `text == other`."),
    (&["string_compare", "string_cmp"], "Write `compare(text, other)`."),
    (&["string_is_empty", "is_empty"], "Write `string_length(text) == 0`, or `array_length(array) == 0`."),
    (
        &["string_append", "strcat", "concat"],
        "Write `string_concat(text, other)`, `array_concat(array, other)`, or put values into a string: `\"\\(@String.1)\\(@String.0)\"`.",
    ),
    (&["split"], "Write `string_split(text, separator)`."),
    (&["join", "array_join"], "Write `string_join(array, separator)`."),
    (
        &["int", "to_int", "string_to_int", "str_to_int", "parseInt", "atoi"],
        "Write `parse_int(text)`, which gives a `Result<Int, String>`.",
    ),
    (
        &["to_float", "string_to_float", "parse_float", "parseFloat"],
        "Write `parse_float64(text)`, which gives a `Result<Float64, String>`; `int_to_float(number)` for an `Int`.",
    ),
    (&["map_put", "map_set", "map_add"], "Write `map_insert(map, key, value)`."),
    (&["map_has", "map_contains_key", "map_has_key"], "Write `map_contains(map, key)`."),
    (&["map_delete"], "Write `map_remove(map, key)`."),
    (&["map_empty"], "Write `map_new()`."),
    (&["map_get_or", "map_get_or_default"], "Write `option_unwrap_or(map_get(map, key), default)`."),
    (&["set_insert"], "Write `set_add(set, element)`."),
    (&["set_has", "set_member"], "Write `set_contains(set, element)`."),
    (&["set_delete"], "Write `set_remove(set, element)`."),
    (&["set_empty"], "Write `set_new()`."),
    (
        &["unwrap", "option_unwrap", "option_get", "from_just", "expect"],
        "Write `option_unwrap_or(option, default)`, or `match` with an arm for `None`.",
    ),
    (&["unwrap_or", "option_or", "option_get_or"], "Write `option_unwrap_or(option, default)`."),
    (&["result_unwrap"], "Write `result_unwrap_or(result, default)`, or `match` with an arm for `Err`."),
    (
        &["is_some", "option_is_some", "is_none", "option_is_none"],
        "Write `match option { Some(_) -> true, None -> false }`.",
    ),
    (&["is_ok", "result_is_ok", "is_err", "result_is_err"], "Write `match result { Ok(_) -> true, Err(_) -> false }`."),
    (&["option_flat_map", "option_bind", "and_then", "flat_map"], "Write `option_and_then(option, function)`."),
    (&["random", "rand", "random_int"], "Write `Random.random_int(low, high)`, and `<Random>` in the effect row."),
    (
        &["power", "int_pow"],
        "Write `pow(base, exponent)`, which works on `Float64`; for `Int` multiply in a recursive function.",
    ),
    (&["mod", "modulo", "rem"], "Write `a % b`."),
    (&["div"], "Write `a / b`, which on integers drops the fraction."),
    (&["not"], "Write `!condition`."),
];

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
    Word { names: &["not"], why: "Negation is written `!`.", fix: "!@Bool.0" },
    Word { names: &["and"], why: "The operator is `&&`.", fix: "@Bool.0 && @Bool.1" },
    Word { names: &["or"], why: "The operator is `||`.", fix: "@Bool.0 || @Bool.1" },
    Word {
        names: &["switch", "case", "when", "cond"],
        why: "Cases are told apart by `match`.",
        fix: "match @Int.0 {\n  0 -> \"zero\",\n  _ -> \"many\"\n}",
    },
    Word {
        names: &["try", "catch", "raise"],
        why: "What may fail returns a `Result`, or performs `Exn`, which a handler takes.",
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
    use super::{DECLARATIONS, FUNCTIONS, VALUES};
    use crate::{builtins, effects};

    /// What is recommended exists: a `name(` in a text is a function, an operation or a construct.
    #[test]
    fn recommended_functions_exist() {
        let words = VALUES.iter().chain(DECLARATIONS).map(|word| word.fix);
        let texts: Vec<&str> = FUNCTIONS.iter().map(|(_, fix)| *fix).chain(words).collect();
        let declared = |name: &str| texts.iter().any(|text| text.contains(&format!("fn {name}(")));
        let constructs = ["fn", "effects", "requires", "ensures", "decreases", "compare", "show", "f", "b"];
        let operations = || effects::TABLE.iter().flat_map(|effect| effect.operations);
        for text in &texts {
            for (at, _) in text.match_indices('(') {
                let before = |c: char| !c.is_ascii_alphanumeric() && c != '_';
                let name = text[..at].rsplit(before).next().unwrap_or_default();
                let known = !name.starts_with(|c: char| c.is_ascii_lowercase())
                    || constructs.contains(&name)
                    || builtins::lookup(name).is_some_and(|builtin| !builtin.internal)
                    || operations().any(|operation| operation.name == name)
                    || declared(name);
                assert!(known, "`{name}` of `{text}` does not exist");
            }
        }
    }

    #[test]
    fn names_are_foreign_and_told_once() {
        for table in [VALUES, DECLARATIONS] {
            let mut names: Vec<&str> = table.iter().flat_map(|word| word.names).copied().collect();
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        }
        let mut names: Vec<&str> = FUNCTIONS.iter().flat_map(|(names, _)| *names).copied().collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        assert!(names.iter().all(|name| builtins::lookup(name).is_none()), "{names:?}");
    }
}
