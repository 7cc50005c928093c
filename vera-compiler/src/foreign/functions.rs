//! Functions that most languages have under other names.

/// A function of other languages, and what Vera has for it.
#[derive(Debug)]
pub(crate) struct Function {
    names: &'static [&'static str],
    /// What to write for a call: for a first argument of the type with that name (`""`: whatever its type), with `$1` for
    /// the first argument and so on, and `#1` where it is an operand. `$T` is the type of the elements of the first argument, `$line` the first argument
    /// with a line feed behind it. A form fits calls with as many arguments as it names.
    forms: &'static [(&'static str, &'static str)],
    /// What to write where no form fits, as a sentence.
    words: &'static str,
}

/// A call of a function of other languages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    /// The type of the first argument as a program writes it; empty where it is not known.
    pub(crate) subject: &'a str,
    /// The arguments as written.
    pub(crate) args: &'a [&'a str],
}

/// The function that most languages have under this name.
pub(crate) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.names.contains(&name))
}

impl Function {
    /// What to write for a call, made from its arguments.
    pub(crate) fn written(&self, call: Call<'_>) -> Option<String> {
        let head = call.subject.split('<').next().unwrap_or_default();
        let fits = |form: &&(&str, &str)| (form.0.is_empty() || form.0 == head) && arity(form.1) == call.args.len();
        let (_, form) = self.forms.iter().find(fits)?;
        let element = call.subject.split_once('<').and_then(|(_, rest)| rest.strip_suffix('>'));
        let mut text = (*form).to_owned();
        if text.contains("$T") {
            // The forms with it count from 0 and 1.
            text = text.replace("$T", element.filter(|ty| matches!(*ty, "Int" | "Nat"))?);
        }
        if text.contains("$line") {
            return Some(text.replace("$line", &with_line_feed(call.args.first()?)));
        }
        let mut written = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find(['$', '#']) {
            let (before, mark) = rest.split_at(at);
            let digit = mark[1..].chars().next().and_then(|digit| digit.to_digit(10));
            let arg = call.args.get((digit? as usize).checked_sub(1)?)?;
            written.push_str(before);
            match mark.starts_with('#') && !is_operand(arg) {
                true => written.extend(["(", arg, ")"]),
                false => written.push_str(arg),
            }
            rest = &mark[2..];
        }
        written.push_str(rest);
        Some(written)
    }

    /// What to write, as a sentence.
    pub(crate) fn words(&self) -> &'static str {
        self.words
    }
}

/// Whether text can be an operand as it is.
fn is_operand(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_@.<>()[]".contains(&byte))
}

/// How many arguments a form names.
fn arity(form: &str) -> usize {
    let is_named = |at: &u8| form.contains(&format!("${at}")) || form.contains(&format!("#{at}"));
    (1..=3).filter(is_named).count() + usize::from(form.contains("$line"))
}

/// A string with a line feed at its end.
fn with_line_feed(text: &str) -> String {
    match text.strip_suffix('"') {
        Some(literal) if text.len() > 1 && text.starts_with('"') => format!("{literal}\\n\""),
        _ => format!("string_concat({text}, \"\\n\")"),
    }
}

const FUNCTIONS: &[Function] = &[
    Function {
        names: &["println", "print_line", "puts", "echo", "log_line"],
        forms: &[("", "IO.print($line)")],
        words: "Write `IO.print(\"text\\n\")`, and `<IO>` in the effect row.",
    },
    Function {
        names: &["printf"],
        forms: &[],
        words: "Write `IO.print(\"text\\n\")` with the values in the string, and `<IO>` in the effect row.",
    },
    Function {
        names: &["input", "readline", "gets"],
        forms: &[("", "IO.read_line(())")],
        words: "Write `IO.read_line(())`, and `<IO>` in the effect row.",
    },
    Function {
        names: &["raise", "error", "fail", "panic", "throw_error"],
        forms: &[],
        words: "Return `Err(...)` of a `Result`, which the caller tells apart from `Ok(...)` with `match`.",
    },
    Function {
        names: &["len", "length", "size", "count"],
        forms: &[
            ("Array", "array_length($1)"),
            ("String", "string_length($1)"),
            ("Map", "map_size($1)"),
            ("Set", "set_size($1)"),
        ],
        words: "Write `array_length(...)` of an array, `string_length(...)` of a string, `map_size(...)` of a map.",
    },
    Function {
        names: &["array_size", "array_count", "list_length", "array_len"],
        forms: &[("", "array_length($1)")],
        words: "Write `array_length(...)`.",
    },
    Function {
        names: &["string_size", "string_len", "str_len", "strlen"],
        forms: &[("", "string_length($1)")],
        words: "Write `string_length(...)`.",
    },
    Function {
        names: &["array_push", "array_add", "push", "append"],
        forms: &[("", "array_append($1, $2)")],
        words: "Write `array_append(array, element)`.",
    },
    Function {
        names: &["array_insert", "cons", "array_prepend", "prepend"],
        forms: &[],
        words: "Write `array_concat([element], array)`.",
    },
    Function {
        names: &["array_get", "array_at", "array_nth", "array_index", "nth", "get_at"],
        forms: &[("", "#1[$2]")],
        words: "Write `array[index]`.",
    },
    Function {
        names: &["array_first", "array_head", "head", "first"],
        forms: &[("", "#1[0]")],
        words: "Write `array[0]`, where the array is known not to be empty.",
    },
    Function {
        names: &["array_last", "last"],
        forms: &[("", "#1[array_length($1) - 1]")],
        words: "Write `array[array_length(array) - 1]`, where the array is known not to be empty.",
    },
    Function {
        names: &["array_flat_map", "array_concat_map", "array_bind"],
        forms: &[("", "array_flatten(array_map($1, $2))")],
        words: "Write `array_flatten(array_map(array, function))`.",
    },
    Function {
        names: &["array_tail", "array_rest", "tail"],
        forms: &[("", "array_slice($1, 1, array_length($1))")],
        words: "Write `array_slice(array, 1, array_length(array))`.",
    },
    Function {
        names: &["array_take", "take"],
        forms: &[("", "array_slice($1, 0, $2)")],
        words: "Write `array_slice(array, 0, count)`.",
    },
    Function {
        names: &["array_drop", "array_skip", "drop"],
        forms: &[("", "array_slice($1, $2, array_length($1))")],
        words: "Write `array_slice(array, count, array_length(array))`.",
    },
    Function {
        names: &["array_is_empty", "array_empty"],
        forms: &[("", "(array_length($1) == 0)")],
        words: "Write `array_length(array) == 0`; the empty array is `[]`.",
    },
    Function { names: &["array_new"], forms: &[("", "[]")], words: "The empty array is `[]`." },
    Function {
        names: &["array_sum", "sum"],
        forms: &[("Array", "array_fold($1, 0, fn(@$T, @$T -> @$T) effects(pure) { @$T.1 + @$T.0 })")],
        words: "Write `array_fold(array, 0, fn(@Int, @Int -> @Int) effects(pure) { @Int.1 + @Int.0 })`.",
    },
    Function {
        names: &["array_product", "product"],
        forms: &[("Array", "array_fold($1, 1, fn(@$T, @$T -> @$T) effects(pure) { @$T.1 * @$T.0 })")],
        words: "Write `array_fold(array, 1, fn(@Int, @Int -> @Int) effects(pure) { @Int.1 * @Int.0 })`.",
    },
    Function {
        names: &["array_max", "array_maximum"],
        forms: &[("Array", "array_fold($1, #1[0], fn(@$T, @$T -> @$T) effects(pure) { max(@$T.1, @$T.0) })")],
        words: "Fold with `max`: `array_fold(array, array[0], fn(@Int, @Int -> @Int) effects(pure) { max(@Int.1, @Int.0) })`.",
    },
    Function {
        names: &["array_min", "array_minimum"],
        forms: &[("Array", "array_fold($1, #1[0], fn(@$T, @$T -> @$T) effects(pure) { min(@$T.1, @$T.0) })")],
        words: "Fold with `min`: `array_fold(array, array[0], fn(@Int, @Int -> @Int) effects(pure) { min(@Int.1, @Int.0) })`.",
    },
    Function {
        names: &["array_sort", "sort", "sorted"],
        forms: &[("Array", "array_sort_by($1, fn(@$T, @$T -> @Ordering) effects(pure) { compare(@$T.1, @$T.0) })")],
        words: "Write `array_sort_by(array, fn(@Int, @Int -> @Ordering) effects(pure) { compare(@Int.1, @Int.0) })`.",
    },
    Function {
        names: &["array_contains", "array_includes", "array_member"],
        forms: &[],
        words: "Ask whether some element is equal to it: `array_any(array, fn(@Int -> @Bool) effects(pure) { ... })`.",
    },
    Function {
        names: &["array_reduce", "array_foldl", "array_fold_left", "reduce", "foldl", "fold_left"],
        forms: &[("Array", "array_fold($1, $2, $3)")],
        words: "Write `array_fold(array, start, fn(@Int, @Int -> @Int) effects(pure) { @Int.1 + @Int.0 })`; `.1` is the accumulator.",
    },
    Function {
        names: &["array_for_each", "array_each", "for_each", "foreach"],
        forms: &[],
        words: "Write a recursive function that does it for the element at an index and calls itself with the next index.",
    },
    Function {
        names: &["array_enumerate", "array_map_indexed", "enumerate"],
        forms: &[("", "array_mapi($1, $2)")],
        words: "Write `array_mapi(array, fn(@Int, @Nat -> @Int) effects(pure) { @Int.0 })`; `@Nat.0` is the index.",
    },
    Function {
        names: &["array_zip", "zip"],
        forms: &[],
        words: "Write `array_mapi(array, fn(@Int, @Nat -> @Int) effects(pure) { ... })` and index the other array with `@Nat.0`.",
    },
    Function { names: &["range"], forms: &[("", "array_range($1, $2)")], words: "Write `array_range(start, end)`." },
    Function {
        names: &["str", "toString", "string"],
        forms: &[("", "show($1)")],
        words: "Write `show(value)`, or put the value into a string: `\"n = \\(@Int.0)\"`.",
    },
    Function {
        names: &["format", "string_format", "sprintf"],
        forms: &[],
        words: "Put the values into a string: `\"n = \\(@Int.0)\"`.",
    },
    Function {
        names: &["trim", "string_trim"],
        forms: &[("", "string_strip($1)")],
        words: "Write `string_strip(text)`.",
    },
    Function {
        names: &[
            "to_upper",
            "to_uppercase",
            "upper",
            "uppercase",
            "to_upper_case",
            "string_to_upper",
            "string_to_uppercase",
        ],
        forms: &[("", "string_upper($1)")],
        words: "Write `string_upper(text)`.",
    },
    Function {
        names: &[
            "to_lower",
            "to_lowercase",
            "lower",
            "lowercase",
            "to_lower_case",
            "string_to_lower",
            "string_to_lowercase",
        ],
        forms: &[("", "string_lower($1)")],
        words: "Write `string_lower(text)`.",
    },
    Function {
        names: &["substring", "substr", "string_substring", "string_sub"],
        forms: &[("", "string_slice($1, $2, $3)")],
        words: "Write `string_slice(text, start, end)`.",
    },
    Function {
        names: &["char_at", "string_char_at", "string_get", "string_at"],
        forms: &[],
        words: "Write `string_slice(text, index, index + 1)`, or `string_char_code(text, index)` for its code.",
    },
    Function {
        names: &["string_equals", "string_eq", "str_eq"],
        forms: &[("", "(#1 == #2)")],
        words: "Write `text == other`.",
    },
    Function {
        names: &["string_compare", "string_cmp"],
        forms: &[("", "compare($1, $2)")],
        words: "Write `compare(text, other)`.",
    },
    Function {
        names: &["string_is_empty"],
        forms: &[("", "(string_length($1) == 0)")],
        words: "Write `string_length(text) == 0`.",
    },
    Function {
        names: &["is_empty"],
        forms: &[
            ("String", "(string_length($1) == 0)"),
            ("Array", "(array_length($1) == 0)"),
            ("Map", "(map_size($1) == 0)"),
            ("Set", "(set_size($1) == 0)"),
        ],
        words: "Write `string_length(text) == 0`, or `array_length(array) == 0`.",
    },
    Function {
        names: &["string_append", "strcat"],
        forms: &[("", "string_concat($1, $2)")],
        words: "Write `string_concat(text, other)`.",
    },
    Function {
        names: &["concat"],
        forms: &[("String", "string_concat($1, $2)"), ("Array", "array_concat($1, $2)")],
        words: "Write `string_concat(text, other)`, `array_concat(array, other)`, or put values into a string: `\"\\(@String.1)\\(@String.0)\"`.",
    },
    Function {
        names: &["split"],
        forms: &[("", "string_split($1, $2)")],
        words: "Write `string_split(text, separator)`.",
    },
    Function {
        names: &["join", "array_join"],
        forms: &[("Array", "string_join($1, $2)")],
        words: "Write `string_join(array, separator)`.",
    },
    Function {
        names: &["int", "to_int", "string_to_int", "str_to_int", "parseInt", "atoi"],
        forms: &[("String", "parse_int($1)"), ("Float64", "float_to_int($1)")],
        words: "Write `parse_int(text)`, which gives a `Result<Int, String>`.",
    },
    Function {
        names: &["to_float", "string_to_float", "parse_float", "parseFloat"],
        forms: &[("String", "parse_float64($1)"), ("Int", "int_to_float($1)"), ("Nat", "int_to_float($1)")],
        words: "Write `parse_float64(text)`, which gives a `Result<Float64, String>`; `int_to_float(number)` for an `Int`.",
    },
    Function {
        names: &["map_put", "map_set", "map_add"],
        forms: &[("", "map_insert($1, $2, $3)")],
        words: "Write `map_insert(map, key, value)`.",
    },
    Function {
        names: &["map_has", "map_contains_key", "map_has_key"],
        forms: &[("", "map_contains($1, $2)")],
        words: "Write `map_contains(map, key)`.",
    },
    Function { names: &["map_delete"], forms: &[("", "map_remove($1, $2)")], words: "Write `map_remove(map, key)`." },
    Function {
        names: &["map_entries", "map_to_array", "map_items", "map_to_list"],
        forms: &[],
        words: "Take the keys, and the value of each: `array_map(map_keys(map), fn(@String -> @Option<Int>) effects(pure) { map_get(@Map<String, Int>.0, @String.0) })`.",
    },
    Function { names: &["map_empty"], forms: &[("", "map_new()")], words: "Write `map_new()`." },
    Function {
        names: &["map_get_or", "map_get_or_default"],
        forms: &[("", "option_unwrap_or(map_get($1, $2), $3)")],
        words: "Write `option_unwrap_or(map_get(map, key), default)`.",
    },
    Function { names: &["set_insert"], forms: &[("", "set_add($1, $2)")], words: "Write `set_add(set, element)`." },
    Function {
        names: &["set_has", "set_member"],
        forms: &[("", "set_contains($1, $2)")],
        words: "Write `set_contains(set, element)`.",
    },
    Function {
        names: &["set_delete"],
        forms: &[("", "set_remove($1, $2)")],
        words: "Write `set_remove(set, element)`.",
    },
    Function { names: &["set_empty"], forms: &[("", "set_new()")], words: "Write `set_new()`." },
    Function {
        names: &["unwrap", "option_unwrap", "option_get", "from_just", "expect"],
        forms: &[],
        words: "Write `option_unwrap_or(option, default)`, or `match` with an arm for `None`.",
    },
    Function {
        names: &["unwrap_or", "option_or", "option_get_or"],
        forms: &[("Option", "option_unwrap_or($1, $2)"), ("Result", "result_unwrap_or($1, $2)")],
        words: "Write `option_unwrap_or(option, default)`.",
    },
    Function {
        names: &["result_unwrap"],
        forms: &[],
        words: "Write `result_unwrap_or(result, default)`, or `match` with an arm for `Err`.",
    },
    Function {
        names: &["is_some", "option_is_some"],
        forms: &[("", "match $1 { Some(_) -> true, None -> false }")],
        words: "Write `match option { Some(_) -> true, None -> false }`.",
    },
    Function {
        names: &["is_none", "option_is_none"],
        forms: &[("", "match $1 { Some(_) -> false, None -> true }")],
        words: "Write `match option { Some(_) -> false, None -> true }`.",
    },
    Function {
        names: &["is_ok", "result_is_ok"],
        forms: &[("", "match $1 { Ok(_) -> true, Err(_) -> false }")],
        words: "Write `match result { Ok(_) -> true, Err(_) -> false }`.",
    },
    Function {
        names: &["is_err", "result_is_err"],
        forms: &[("", "match $1 { Ok(_) -> false, Err(_) -> true }")],
        words: "Write `match result { Ok(_) -> false, Err(_) -> true }`.",
    },
    Function {
        names: &["option_flat_map", "option_bind", "and_then", "flat_map"],
        forms: &[("Option", "option_and_then($1, $2)")],
        words: "Write `option_and_then(option, function)`.",
    },
    Function {
        names: &["result_and_then", "result_flat_map", "result_bind"],
        forms: &[],
        words: "Write `match result { Ok(@Int) -> f(@Int.0), Err(@String) -> Err(@String.0) }`, with the types of the two.",
    },
    Function {
        names: &["json_to_string", "json_encode", "json_serialize", "json_dump"],
        forms: &[("", "json_stringify($1)")],
        words: "Write `json_stringify(value)`.",
    },
    Function {
        names: &["json_decode", "json_from_string"],
        forms: &[("", "json_parse($1)")],
        words: "Write `json_parse(text)`, which gives a `Result<Json, String>`.",
    },
    Function {
        names: &["decimal_to_int"],
        forms: &[("", "float_to_int(decimal_to_float($1))")],
        words: "Write `float_to_int(decimal_to_float(number))`, which drops the fraction.",
    },
    Function {
        names: &["random", "rand", "random_int"],
        forms: &[("", "Random.random_int($1, $2)")],
        words: "Write `Random.random_int(low, high)`, and `<Random>` in the effect row.",
    },
    Function {
        names: &["power", "int_pow"],
        forms: &[("Float64", "pow($1, $2)")],
        words: "Write `pow(base, exponent)`, which works on `Float64`; for `Int` multiply in a recursive function.",
    },
    Function { names: &["mod", "modulo", "rem"], forms: &[("", "(#1 % #2)")], words: "Write `a % b`." },
    Function {
        names: &["div"],
        forms: &[("", "(#1 / #2)")],
        words: "Write `a / b`, which on integers drops the fraction.",
    },
    Function { names: &["not"], forms: &[("", "!#1")], words: "Write `!condition`." },
];

#[cfg(test)]
pub(super) mod tests {
    use super::{Call, FUNCTIONS, function};
    use crate::{builtins, effects};

    /// What is recommended exists: a `name(` in a text is a function, an operation or a construct.
    pub(in crate::foreign) fn exists(text: &str, all: &[&str]) {
        let declared = |name: &str| all.iter().any(|text| text.contains(&format!("fn {name}(")));
        let constructs = ["fn", "effects", "requires", "ensures", "decreases", "compare", "show", "f", "b"];
        let operations = || effects::TABLE.iter().flat_map(|effect| effect.operations);
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

    #[test]
    fn what_is_recommended_exists() {
        let forms = FUNCTIONS.iter().flat_map(|function| function.forms).map(|(_, form)| *form);
        let texts: Vec<&str> = FUNCTIONS.iter().map(|function| function.words).chain(forms).collect();
        texts.iter().for_each(|text| exists(text, &texts));
    }

    #[test]
    fn each_name_is_listed_once_and_is_none_of_vera() {
        let mut names: Vec<&str> = FUNCTIONS.iter().flat_map(|function| function.names).copied().collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        assert!(names.iter().all(|name| builtins::lookup(name).is_none()), "{names:?}");
    }

    #[test]
    fn forms_are_made_from_the_arguments() {
        let written = |name: &str, subject, args: &[&str]| function(name)?.written(Call { subject, args });
        assert_eq!(written("len", "String", &["@String.0"]).as_deref(), Some("string_length(@String.0)"));
        assert_eq!(written("len", "", &["x"]), None);
        assert_eq!(written("len", "String", &["x", "y"]), None);
        assert_eq!(written("println", "String", &["\"a\""]).as_deref(), Some("IO.print(\"a\\n\")"));
        assert_eq!(
            written("array_tail", "", &["\"$2\""]).as_deref(),
            Some("array_slice(\"$2\", 1, array_length(\"$2\"))")
        );
        let sum = written("sum", "Array<Nat>", &["xs"]);
        assert_eq!(sum.as_deref(), Some("array_fold(xs, 0, fn(@Nat, @Nat -> @Nat) effects(pure) { @Nat.1 + @Nat.0 })"));
        assert_eq!(written("sum", "Array<Float64>", &["xs"]), None);
    }
}
