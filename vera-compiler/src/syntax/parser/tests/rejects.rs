//! Wrong programs and what is said about them: the codes here, the texts as snapshots.

use super::{function, read};
use crate::diagnostics::render_text_all;

/// Checks the codes of each program's diagnostics and gives back all diagnostics as text.
fn render(cases: &[(&str, &str)]) -> String {
    let mut all = String::new();
    for (codes, text) in cases {
        let (_, diagnostics, source) = read(text);
        let found: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
        let rendered = render_text_all(&diagnostics, &source);
        assert_eq!(found.join(" "), *codes, "{text}\n{rendered}");
        all.push_str(&rendered);
        all.push('\n');
    }
    all
}

/// The same for texts between the braces of a function.
fn render_bodies(cases: &[(&str, &str)]) -> String {
    let texts: Vec<_> = cases.iter().map(|(codes, body)| (*codes, function(&format!("\n{body}\n")))).collect();
    let cases: Vec<_> = texts.iter().map(|(codes, text)| (*codes, text.as_str())).collect();
    render(&cases)
}

/// Without the expression: the texts repeat it.
#[track_caller]
fn snapshot(name: &str, text: String) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, { insta::assert_snapshot!(name, text) });
}

#[test]
fn comments_and_characters() {
    snapshot(
        "comments",
        render(&[
            ("E020", "type A = Int; {- {- -}"),
            ("E021", "type A = Int; /* *"),
            ("E023", "/* a /* b */ */ type A = Int;"),
            ("E023", "/* a /* b */ type A = Int;"),
            ("E006", "type A # = Int;"),
            ("E006", "type Größe = Int;"),
        ]),
    );
    snapshot(
        "characters",
        render_bodies(&[
            ("E020", "{-1}"),
            ("E006 E006", "'a'; 'b c; 1"),
            ("E006", "1 & 2"),
            ("E006", "“text”"),
            ("E006", "\"no end;"),
            ("E006", "f(\"no end);\nf(\"end\")"),
        ]),
    );
}

#[test]
fn literals() {
    snapshot(
        "literals",
        render_bodies(&[
            ("E005 E005 E005 E005", "f(01, 1_000, 0xff, 1e5)"),
            ("E005", "1."),
            ("E005", ".5"),
            ("E009 E009 E009 E009 E009", r#""a\qb\u41 \u{} \u{D800} \u{1234567}""#),
            ("E009", "\"a\\\nb\""),
            ("E009", r#""\(1""#),
            ("E009", r#""a \() b""#),
            ("E009", r#""\(f("x")) and \(f("y"))"; 1"#),
            ("E009", r#""\(f(\"x\"))"; 1"#),
            ("E009", r#""\(1; 2)"; 1"#),
            ("E009", r#""\(let @Int = 1; 2)"; 1"#),
            ("E005 E005", r#""\(1 + ) \(x) \(2)"; 1"#),
            ("E004", r#""\({ 1) \(2)"; 1"#),
        ]),
    );
}

#[test]
fn slots_and_names() {
    snapshot(
        "slots_and_names",
        render_bodies(&[
            ("E003", "@Int"),
            ("E003", "@Int + 1"),
            ("E003", "@Int.x"),
            ("E003", "@int.0"),
            ("E003", "@0"),
            ("E003", "Int.0"),
            ("E003", "@Int.-1"),
            ("E003", "@Int.0.1"),
            ("E003", "@fn(Int -> Int) effects(pure).0"),
            ("E005", "x + 1"),
            ("E005", "return 1;"),
            ("E005", "@Point.0.x"),
            ("E005", "(fn(@Int -> @Int) effects(pure) { 1 })(2)"),
            ("E008", "a.b(1) + 2"),
            ("E005", "a.b + 2"),
            ("E005", "a::B(1)"),
            ("E005", "IO::print(1)"),
            ("E005", "1 |> f"),
            ("E040", "1 |> Some"),
            ("E040", "1 |> f() + 1"),
            ("E005", "1 == 2 == 3"),
            ("E005", "1 < 2 < 3"),
            ("E005", "@Int.0 = 1;\n2"),
            ("E005", "(1, 2)"),
            ("E005", "f(1, 2,)"),
            ("E005", "[1, 2,]"),
            ("E005", "f(1 2, 3)"),
            ("E005", "f(1, 2;\n3"),
            ("E005 E005", "f(1, x, [y, 2]) + 1"),
            ("E005", "1 +"),
            ("E030 E031", "old(@Int.0) + new(1)"),
            ("E005", "forall(@Int, 1, true)"),
        ]),
    );
}

#[test]
fn blocks_and_control() {
    snapshot(
        "blocks_and_control",
        render_bodies(&[
            ("E005", ""),
            ("E005", "let @Int = 1;"),
            ("E005", "f(1)\nlet @Int = 2;\n3"),
            ("E005", "let @Int = 2\nf(1)"),
            ("E005", "let x = 2;\nf(1)"),
            ("E005", "let Tuple<> = 2;\nf(1)"),
            ("E005 E005 E005", "let x = 1;\nlet @Int = y;\nf(z);\n1"),
            ("E005", "if true then 1 else { 2 }"),
            ("E005", "if true then { 1 } else if false then { 2 } else { 3 }"),
            ("E005", "if true { 1 } else { 2 }"),
            ("E005", "if true then { 1 }"),
            ("E004", "if true then { 1 else { 2 }"),
            ("E005", "match 1 { }"),
            ("E005", "match 1 { 1 -> 2, _ -> 3, }"),
            ("E005", "match 1 { 1 => 2, _ -> 3 }"),
            ("E005", "match 1 { 1 -> 2 _ -> 3 }"),
            ("E005", "match 1 { -1 -> 2, _ -> 3 }"),
            ("E005 E005", "match 1 { x -> 2, 1.5 -> 2, _ -> 3 }"),
            ("E005", "match 1 { None() -> 2, _ -> 3 }"),
            ("E005", "match 1 { @Int.0 -> 2, _ -> 3 }"),
            ("E005", "match 1 { \"a\\(1)\" -> 2, _ -> 3 }"),
            ("E005", "handle[State<Int>](@Int = 0) { get(@Unit) -> { resume(1) with @Int = 1 } } in { 1 }"),
            ("E005", "handle[Exn<Int>] { throw(@Int) -> 1 } in 2"),
            ("E005", "handle[Exn<Int>] { } in { 2 }"),
        ]),
    );
}

#[test]
fn functions() {
    let ok = "\npublic fn g(-> @Int) requires(true) effects(pure) { 1 }";
    let with = |text: &str| format!("{text}{ok}");
    let texts = [
        ("E001", with("public fn f(@Int -> @Int)\n{\n  1\n}")),
        ("E001", with("public fn f(@Int -> @Int)\n  effects(pure)\n{\n  1\n}")),
        ("E002", with("public fn f(@Int -> @Int)\n  requires(true)\n{\n  1\n}")),
        ("E002", with("type F = fn(Int -> Int);")),
        ("E032", with("public fn f(@Int -> @Int)\n  requires(true)\n  effects(pure)\n  ensures(true)\n{\n  1\n}")),
        ("E005", with("public fn f(@Int -> @Int) requires(true), effects(pure) { 1 }")),
        ("E005", with("public fn f(@Int -> @Int) requires(true) invariant(true) effects(pure) { 1 }")),
        ("E005", with("public fn f(@Int -> @Int) requires() effects(pure) { 1 }")),
        ("E005", with("public fn f(@Int -> ) requires(true) effects(pure) { 1 }")),
        ("E005", with("public fn f(->) requires(true) effects(pure) { 1 }")),
        ("E005 E005", with("public fn f(@Int -> @Int) requires(x > 0) ensures(1 +) effects(pure) { 1 }")),
        ("E005", with("public fn f(@Int -> @Int) requires(true effects(pure) { 1 }")),
        ("E005", with("public fn f(@Int -> @Int) requires(true) effects() { 1 }")),
        ("E005", with("public fn f(@Int -> @Int) requires(true) effects(IO, State<Int>) { 1 }")),
        ("E005", with("public fn f(@Int -> @Int) requires(true) effects(<>) { 1 }")),
        ("E005", with("public fn f(@Int -> @Int) requires(true) effects(pure);")),
        ("E005", with("public fn f(@Int) -> @Int requires(true) effects(pure) { 1 }")),
        ("E005", with("public fn f() -> @Int requires(true) effects(pure) { 1 }")),
        ("E005", with("public fn f(@Int, -> @Int) requires(true) effects(pure) { 1 }")),
        ("E005 E005", with("public fn f(x: Int, y: @Int -> @Int) requires(true) effects(pure) { 1 }")),
        ("E005 E005", with("public fn f(Int -> Int) requires(true) effects(pure) { 1 }")),
        ("E005", with("public fn F(@Int -> @Int) requires(true) effects(pure) { 1 }")),
        ("E153", with("public fn match(@Int -> @Int) requires(true) effects(pure) { 1 }")),
        ("E005", with("public forall<T: Eq> fn f(@T -> @Int) requires(true) effects(pure) { 1 }")),
        ("E005", with("forall<T> public fn f(@T -> @Int) requires(true) effects(pure) { 1 }")),
        ("E005", with("public fn f(-> @Int) requires(true) effects(pure) { 1 } where { }")),
        (
            "E005",
            with(
                "public fn f(-> @Int) requires(true) effects(pure) { 1 } where { public fn h(-> @Int) requires(true) effects(pure) { 1 } }",
            ),
        ),
        ("E004", with("public fn f(-> @Int) requires(true) effects(pure) {\n  1")),
        (
            "E004",
            with("public fn f(-> @Int) requires(true) effects(pure) {\n  if true then {\n    1\n  } else {\n    2\n}"),
        ),
        (
            "E004",
            with(
                "public fn f(-> @Int) requires(true) effects(pure) { 1 }\nwhere {\n  fn h(-> @Int) requires(true) effects(pure) { 1 }\n",
            ),
        ),
        ("E004", "public fn f(-> @Int) requires(true) effects(pure) { 1".to_owned()),
        ("E005", with("public fn f(-> @Int) requires(true) effects(pure) { 1 } }")),
        (
            "E005 E005",
            with(
                "public fn f(-> @Int) requires(true) effects(pure) { x }\npublic fn h(-> @Int) requires(true) effects(pure) { y }",
            ),
        ),
    ];
    let cases: Vec<_> = texts.iter().map(|(codes, text)| (*codes, text.as_str())).collect();
    snapshot("functions", render(&cases));
}

#[test]
fn other_declarations() {
    snapshot(
        "other_declarations",
        render(&[
            ("E005", "type A = Int\ntype B = Int;"),
            ("E005", "public type A = Int;"),
            ("E005", "type A = (Int, Int);"),
            ("E005", "type A = { Int | @Int.0 > 0 };"),
            ("E005", "type A = fn(@Int -> Int) effects(pure);"),
            ("E005", "type A = fn(Int) -> Int;"),
            ("E005", "type A = Map<Int, >;"),
            ("E005", "type a = Int;"),
            ("E005", "effect E { }"),
            ("E005", "effect E { op f(Int -> Int) }"),
            ("E005 E005", "effect E { op f(@Int -> Int); op G(Int -> Int); op h(Int -> Int); }"),
            ("E004", "effect E { op f(Int -> Int);\ntype A = Int;"),
            ("E005", "private data A { }"),
            ("E005", "private data A { B, }"),
            ("E005", "private data A { B() }"),
            ("E005", "private data A { B(x: Int) }"),
            ("E005", "private data A { b, C }"),
            ("E004", "private data A { B, C\ntype D = Int;"),
            ("E005", "import a();"),
            ("E005", "import A;"),
            ("E005", "import a.b"),
            ("E005", "type A = Int; import a;"),
            ("E005", "module a; module b;"),
            ("E005 E005", "struct A { x: Int }\ntype B = Int;"),
            ("E005", "public"),
            ("E005 E005", "let @Int = 1;\ntype A = ;\ntype B = Int;"),
        ]),
    );
}
