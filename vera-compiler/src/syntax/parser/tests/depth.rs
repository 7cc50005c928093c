//! Nesting is limited, by error and not by the stack.

use super::{function, read};
use crate::diagnostics::Code;
use crate::syntax::MAX_DEPTH;

/// Texts that nest `n` levels, each in another way.
pub(crate) fn nested(n: usize) -> Vec<(&'static str, String)> {
    let around = |open: &str, middle: &str, close: &str| format!("{}{middle}{}", open.repeat(n), close.repeat(n));
    let refined = (0..n).fold("Int".to_owned(), |ty, _| format!("{{ @{ty} | true }}"));
    vec![
        ("parentheses", function(&around("(", "1", ")"))),
        ("blocks", function(&around("{ ", "1", " }"))),
        ("calls", function(&around("f(", "1", ")"))),
        ("constructors", function(&around("C(1, ", "N", ")"))),
        ("arrays", function(&around("[", "1", "]"))),
        ("negations", function(&around("- ", "1", ""))),
        ("sums", function(&around("1 + ", "1", ""))),
        ("implications", function(&around("true ==> ", "true", ""))),
        ("pipes", function(&around("", "1", " |> f()"))),
        ("indices", function(&around("", "a()", "[0]"))),
        ("index of index", function(&around("a()[", "0", "]"))),
        ("ifs", function(&around("if true then { 1 } else { ", "1", " }"))),
        ("matches", function(&around("match 1 { _ -> ", "1", " }"))),
        ("lets", function(&around("{ let @Int = ", "1", "; 1 }"))),
        ("functions", function(&around("fn(@Int -> @Int) effects(pure) { ", "1", " }"))),
        ("handlers", function(&around("handle[E] { f() -> 1 } in { ", "1", " }"))),
        ("clauses", function(&around("handle[E] { f() -> ", "1", " } in { 1 }"))),
        ("quantifiers", function(&around("forall(@Int, 1, fn(@Int -> @Bool) effects(pure) { ", "true", " })"))),
        ("asserts", function(&around("assert(", "true", ")"))),
        ("nots", function(&around("!", "true", ""))),
        ("right operands", function(&around("(1 - ", "1", ")"))),
        ("comparisons", function(&around("(true == ", "true", ")"))),
        ("conjunctions", function(&around("true && ", "true", ""))),
        ("disjunctions", function(&around("true || ", "true", ""))),
        ("products", function(&around("1 * ", "1", ""))),
        ("conditions", function(&around("if ", "true", " then { true } else { false }"))),
        ("branches", function(&around("if true then { ", "1", " } else { 1 }"))),
        ("scrutinees", function(&around("match ", "1", " { _ -> 1 }"))),
        ("statements", function(&around("{ 1; ", "1", " }"))),
        ("destructurings", function(&around("{ let Tuple<@Int, @Int> = ", "p()", "; 1 }"))),
        ("states", function(&around("handle[E](@Int = ", "1", ") { f() -> { 1 } } in { 1 }"))),
        ("updates", function(&around("handle[E](@Int = 1) { f() -> { 1 } with @Int = ", "1", " } in { 1 }"))),
        ("bounds", function(&around("forall(@Nat, ", "1", ", fn(@Nat -> @Bool) effects(pure) { true })"))),
        ("assumptions", function(&around("assume(", "true", ")"))),
        ("resumptions", function(&around("resume(", "1", ")"))),
        ("operations", function(&around("E.f(", "1", ")"))),
        ("qualified calls", function(&around("a.b::f(", "1", ")"))),
        ("interpolations", function(&format!("\"\\({})\"", around("f(", "1", ")")))),
        ("slot types", function(&format!("@{}.0", around("B<", "C", ">")))),
        ("pattern types", function(&format!("match 1 {{ @{} -> 1 }}", around("B<", "C", ">")))),
        ("let types", function(&format!("let @{} = 1; 1", around("B<", "C", ">")))),
        ("old states", function(&format!("old(E<{}>)", around("B<", "C", ">")))),
        (
            "handled effects",
            function(&format!("handle[E<{}>] {{ f() -> {{ 1 }} }} in {{ 1 }}", around("B<", "C", ">"))),
        ),
        ("effect arguments", function("1").replace("pure", &format!("<E<{}>>", around("B<", "C", ">")))),
        ("requirements", function("1").replace("requires(true)", &format!("requires({})", around("f(", "true", ")")))),
        ("measures", function("1").replace("ensures(true)", &format!("decreases({})", around("f(", "1", ")")))),
        ("invariants", format!("private data D invariant({}) {{ D }}", around("(", "true", ")"))),
        ("fields", format!("private data D {{ D({}) }}", around("B<", "C", ">"))),
        ("operation types", format!("effect E {{ op f({} -> C); }}", around("B<", "C", ">"))),
        ("results of function types", format!("type A = {};", around("fn(-> ", "C", ") effects(pure)"))),
        ("parameters of function types", format!("type A = {};", around("fn(", "C", " -> C) effects(pure)"))),
        ("predicates", format!("type A = {{ @Int | {} }};", around("f(", "true", ")"))),
        ("patterns", function(&format!("match 1 {{ {} -> 1 }}", around("C(", "_", ")")))),
        ("types", format!("type A = {};", around("B<", "C", ">"))),
        ("refinements", format!("type A = {refined};")),
        ("helpers", {
            let head = "fn f(-> @Int) requires(true) effects(pure) { 1 }";
            format!("{head}{}", around(&format!(" where {{ {head}"), "", " }"))
        }),
        ("unclosed parentheses", function(&"(".repeat(n))),
        ("unclosed calls", function(&"f(".repeat(n))),
        ("unclosed braces", function(&"{ ".repeat(n))),
        ("unclosed brackets", function(&"[".repeat(n))),
        ("unclosed matches", function(&"match 1 { _ -> ".repeat(n))),
        ("unclosed comments", "{-".repeat(n)),
        ("unclosed strings", function(&"\"\\(".repeat(n))),
    ]
}

/// Runs on the stack that Rust gives threads by default.
fn on_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn nesting_up_to_the_limit_is_read() {
    on_small_stack(|| {
        for (what, text) in nested(MAX_DEPTH / 2 - 4).into_iter().filter(|(what, _)| !what.starts_with("unclosed")) {
            let (program, diagnostics, _) = read(&text);
            assert!(diagnostics.is_empty(), "{what}: {diagnostics:?}");
            drop(program);
        }
    });
}

#[test]
fn nesting_beyond_the_limit_is_an_error() {
    on_small_stack(|| {
        for n in [MAX_DEPTH + 8, 20_000] {
            for (what, text) in nested(n) {
                let (program, diagnostics, _) = read(&text);
                assert!(diagnostics.has_errors(), "{what}");
                let closed = !what.starts_with("unclosed");
                let first = diagnostics.iter().next().unwrap();
                assert!(
                    !closed || first.code == Code::E005 && first.description.contains("levels"),
                    "{what}: {first:?}"
                );
                // One place is too deep, and one error says so.
                assert!(!closed || diagnostics.iter().count() == 1, "{what}: {diagnostics:?}");
                drop(program);
            }
        }
    });
}

/// Comments are no part of the tree, and nest as deeply as anybody likes.
#[test]
fn comments_nest_without_limit() {
    on_small_stack(|| {
        let (_, diagnostics, _) = read(&format!("{}{}", "{- ".repeat(100_000), " -}".repeat(100_000)));
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
    });
}

#[test]
fn chains_in_nested_expressions_count_together() {
    // Each level of parentheses puts the operators behind it on top of what is inside.
    let mut text = "1".to_owned();
    for _ in 0..20 {
        text = format!("({text}{})", " + 1".repeat(20));
    }
    let (_, diagnostics, _) = read(&function(&text));
    assert!(diagnostics.has_errors());
    // Side by side they do not add up.
    let text = vec!["f(1, 2 + 3)"; 100].join(" + ");
    let (_, diagnostics, _) = read(&function(&format!("{{ {text}; {text}; [{text}, {text}] }}")));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
}
