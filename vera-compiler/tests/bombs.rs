//! Short programs that ask for very much: each is compiled to code in proportion to its text, or refused by a diagnostic.
//!
//! Without the bounds, most of them take hours or all of the memory. What is counted is bytes of the module; that the
//! tests end is the rest.

use vera_compiler::diagnostics::Severity;
use vera_compiler::driver::{Options, Source, compile};
use vera_compiler::source::MemoryLoader;

/// Bytes of a module for each byte of text, at most.
const BYTES_PER_BYTE: usize = 40;

/// Bytes of a module besides, at most: the run-time support is in each.
const BYTES: usize = 30_000;

fn function(head: &str, body: &str) -> String {
    format!("{head}\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  {body}\n}}\n")
}

fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

/// `body` within so many calls of `name`.
fn calls(name: &str, body: &str, count: usize) -> String {
    format!("{}{body}{}", format!("{name}(").repeat(count), ")".repeat(count))
}

/// The codes of the errors, or the size of the module.
fn outcome(text: &str) -> Result<usize, Vec<&'static str>> {
    let source = Source { name: "bomb.vera".into(), text: text.into() };
    let compilation = compile(source, &MemoryLoader::new(), &Options::default());
    compilation.wasm.map(|wasm| wasm.len()).ok_or_else(|| {
        let errors = compilation.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let mut codes: Vec<&str> = errors.map(|error| error.code.as_str()).collect();
        codes.dedup();
        codes
    })
}

fn is_compiled(name: &str, text: &str) {
    match outcome(text) {
        Ok(size) => {
            let most = BYTES + BYTES_PER_BYTE * text.len();
            assert!(size <= most, "{name}: {size} bytes of a program of {}", text.len());
        }
        Err(codes) => panic!("{name}: refused with {codes:?}"),
    }
}

fn is_refused(name: &str, text: &str, code: &str) {
    assert_eq!(outcome(text), Err(vec![code]), "{name}");
}

/// Each type holds the one before twice.
#[test]
fn types_that_double() {
    let aliases = |leaf: &str, letter: &str| {
        let one = |at: usize| format!("type {letter}{} = Tuple<{letter}{at}, {letter}{at}>;\n", at + 1);
        format!("type {letter}0 = {leaf};\n{}", numbered(60, one))
    };
    let text =
        aliases("Int", "A") + &function("public fn f(@A60 -> @Int)", "match @A60.0 { Tuple(Tuple(_, _), _) -> 1 }");
    is_compiled("parameter", &text);
    let refined = aliases("{ @Int | @Int.0 > 0 }", "A") + &function("public fn f(@A60 -> @Int)", "1");
    is_compiled("refined", &refined);
    let mixed = aliases("Int", "A") + &aliases("String", "B") + &function("public fn f(@A60 -> @B60)", "@A60.0");
    assert!(outcome(&mixed).is_err());

    let pair = function("private forall<T> fn d(@T -> @Tuple<T, T>)", "Tuple(@T.0, @T.0)");
    let list = |items: &[&str]| {
        let items: Vec<String> = items.iter().map(|item| calls("d", item, 60)).collect();
        pair.clone() + &function("public fn f(@Int -> @Int)", &format!("[{}];\n  1", items.join(", ")))
    };
    is_compiled("joined", &list(&["1", "@Int.0"]));
    is_compiled("learnt", &list(&["None", "Some(1)", "None"]));
    assert!(outcome(&list(&["1", "\"a\""])).is_err());

    let steps = numbered(60, |at| {
        function(&format!("private forall<T> fn f{at}(@T -> @Int)"), &format!("f{}(Tuple(@T.0, @T.0))", at + 1))
    });
    let last = function("private forall<T> fn f60(@T -> @Int)", "1") + &function("public fn f(@Int -> @Int)", "f0(1)");
    is_compiled("instances", &(steps + &last));
}

/// Each function uses the next one twice, with other type arguments or lambdas.
#[test]
fn instances_that_double() {
    let steps = |count: usize, ty: &str, call: &dyn Fn(usize) -> String| {
        let one =
            |at: usize| function(&format!("private {} -> @Int)", ty.replace('#', &at.to_string())), &call(at + 1));
        numbered(count, one)
    };
    let generic = steps(20, "forall<T> fn f#(@T", &|next| format!("f{next}(Some(@T.0)) + f{next}([@T.0])"))
        + &function("private forall<T> fn f20(@T -> @Int)", "1")
        + &function("public fn f(@Int -> @Int)", "f0(1)");
    is_refused("type arguments", &generic, "E622");

    let lambda = |body: &str| format!("fn(@Int -> @Int) effects(pure) {{ {body} }}");
    let next = |next: usize| {
        let (one, other) = (lambda("@Int.0"), lambda("apply_fn(@F.0, @Int.0 + 1)"));
        format!("h{next}({one}, @Int.0) + h{next}({other}, @Int.0) + h{next}(@F.0, @Int.0)")
    };
    let lambdas = "type F = fn(Int -> Int) effects(pure);\n".to_owned()
        + &steps(20, "fn h#(@F, @Int", &next)
        + &function("private fn h20(@F, @Int -> @Int)", "apply_fn(@F.0, @Int.0)")
        + &function("public fn g(@Int -> @Int)", &format!("h0({}, 1)", lambda("@Int.0")));
    is_refused("lambdas", &lambdas, "E622");
}

/// A recursive generic function whose type arguments go through all of their orders.
#[test]
fn instances_in_every_order() {
    let names: Vec<String> = (0..8).map(|at| format!("T{at}")).collect();
    let slots: Vec<String> = names.iter().map(|name| format!("@{name}.0")).collect();
    let (mut swapped, mut turned) = (slots.clone(), slots);
    swapped.swap(0, 1);
    turned.rotate_left(1);
    let params: Vec<String> = names.iter().map(|name| format!("@{name}")).collect();
    let body = format!(
        "if @Nat.0 == 0 then {{ 0 }} else {{ f({}, @Nat.0 - 1) + f({}, @Nat.0 - 1) }}",
        swapped.join(", "),
        turned.join(", ")
    );
    let head = format!("private forall<{}> fn f({}, @Nat -> @Int)", names.join(", "), params.join(", "));
    let f = function(&head, &body).replace("effects(", "decreases(@Nat.0)\n  effects(");
    let data = numbered(8, |at| format!("private data D{at} {{\n  C{at}\n}}\n"));
    let args: Vec<String> = (0..8).map(|at| format!("C{at}")).collect();
    let g = function("public fn g(@Int -> @Int)", &format!("f({}, 5)", args.join(", ")));
    is_refused("orders", &(data + &f + &g), "E622");
}

/// More than WebAssembly or the heap takes in one function or value.
#[test]
fn wide_functions_and_values() {
    let ints = |count: usize| vec!["@Int"; count].join(", ");
    is_compiled("parameters", &function(&format!("public fn f({} -> @Int)", ints(1_000)), "@Int.0"));
    is_refused("parameters", &function(&format!("public fn f({} -> @Int)", ints(1_001)), "@Int.0"), "E602");
    let lets = "let @Int = @Int.0 + 1;\n  ".repeat(1_100);
    let uses = numbered(1_100, |at| format!("@Int.{at};\n    "));
    let lambda = format!("array_map([1], fn(@String -> @Int) effects(pure) {{\n    {uses}1\n  }})");
    let captures = function("public fn f(@Int -> @Array<Int>)", &(lets + &lambda.replace("[1]", "[\"a\"]")));
    is_refused("captures", &captures, "E602");

    let fields = vec!["A"; 16_384].join(",");
    let data = format!("private data A {{\n  A\n}}\nprivate data D {{\n  D({fields})\n}}\n");
    let value = function("public fn f(@Int -> @Int)", &format!("let @D = D({fields});\n  1"));
    is_refused("fields", &(data + &value), "E602");
}

/// Many values at once that the collector has to know.
#[test]
fn many_live_values() {
    let items = vec!["Some(@Int.0)"; 3_000].join(", ");
    let text = function("public fn f(@Int -> @Array<Option<Int>>)", &format!("[{items}]"));
    is_compiled("elements", &text);
}
