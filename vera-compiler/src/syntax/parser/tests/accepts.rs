//! Correct programs and the trees they become.

use super::{read_correct, read_expr, read_fn, sketch};
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::ast::{ExprKind, StmtKind};

#[test]
fn expressions() {
    let cases = [
        // Precedence and associativity.
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("1 + 2 * 3 % 4", "(1 + ((2 * 3) % 4))"),
        ("-1 * -f()[0]", "((-1) * (-f()[0]))"),
        ("- -1", "(-(-1))"),
        ("!true && !!false", "((!true) && (!(!false)))"),
        ("1 < 2 == 3 >= 4", "((1 < 2) == (3 >= 4))"),
        ("1 + 1 <= 2 * 2", "((1 + 1) <= (2 * 2))"),
        ("true || false && true", "(true || (false && true))"),
        ("true ==> false ==> true || true", "(true ==> (false ==> (true || true)))"),
        ("1 |> f() |> g(2)", "((1 |> f()) |> g(2))"),
        ("true ==> true |> f()", "((true ==> true) |> f())"),
        ("1 |> (f())", "(1 |> f())"),
        ("1 |> M.f() |> a.b::g() |> Some()", "(((1 |> M.f()) |> a.b::g()) |> Some())"),
        ("(1 + 2) * 3", "((1 + 2) * 3)"),
        ("1--2\n-3", "(1 - 3)"),
        ("if true&&!false==>true then{1}else{2} + 3", "(if ((true && (!false)) ==> true) {1} {2} + 3)"),
        ("match 1 { _ -> 2 } + 1", "(match 1 {_ -> 2} + 1)"),
        // Literals.
        ("-9223372036854775808", "(-9223372036854775808)"),
        ("00.50", "0.5"),
        ("99999999999999999999999999999999999999999", "18446744073709551615"),
        ("()", "()"),
        ("( )", "()"),
        ("[[], [1], [1, 2]][0][1]", "[[], [1], [1, 2]][0][1]"),
        (r#""a\n\u{1F600}\"é""#, r#""a\n😀\"é""#),
        ("\"two\nlines\"", r#""two\nlines""#),
        ("?", "?"),
        // Interpolation.
        (r#""\(1)""#, "str[1]"),
        (r#""a\(f((1), g()))b\t\(@Int.0)c""#, r#"str["a" f(1, g()) "b\t" @Int.0 "c"]"#),
        (r#""\\(1)""#, r#""\\(1)""#),
        (
            r#""\({ let @Int = 1; @Int.0 }) {- no comment -} -- none""#,
            r#"str[{let @Int = 1; @Int.0} " {- no comment -} -- none"]"#,
        ),
        ("\"\\(1 {- c -})\\(-- c\n2)\"", "str[1 2]"),
        // Slots.
        ("@Int.0", "@Int.0"),
        ("@ Int . 0", "@Int.0"),
        ("@Int.result", "@Int.result"),
        ("@Option<Map<Int, Array<Int>>>.12", "@Option<Map<Int, Array<Int>>>.12"),
        ("@Option<Int>.0==@Option<Int>.0", "(@Option<Int>.0 == @Option<Int>.0)"),
        ("@A.99999999999", "@A.4294967295"),
        // Calls.
        ("f(1, g(), Cons(1, Nil), None())", "f(1, g(), Cons(1, Nil), None())"),
        ("IO.print(\"x\")", "IO.print(\"x\")"),
        ("a::f() + a.b.c::f(1)", "(a::f() + a.b.c::f(1))"),
        ("resume(1)", "RESUME(1)"),
        // Keywords are names where only a name can stand.
        (
            "data() + then(1) + result(2) + op() + pure() + effects() + in() + let::f()",
            "(((((((data() + then(1)) + result(2)) + op()) + pure()) + effects()) + in()) + let::f())",
        ),
        ("E.match(E.let())", "E.match(E.let())"),
        ("a.match.data::fn(1) + data.old::x()", "(a.match.data::fn(1) + data.old::x())"),
        // Control.
        (
            "{ 1; let @Int = 2; let P<@Int, @Option<Int>>= f(); (); 3 }",
            "{1; let @Int = 2; let P<Int, Option<Int>> = f(); (); 3}",
        ),
        ("{ assert(true); assume(1 > 0); 1 }", "{assert(true); assume((1 > 0)); 1}"),
        (
            "match @X.0 { A -> 1, B(@Int, _, C(true)) -> 2, 3 -> 4, \"s\\n\" -> 5, @{ @Int | false } -> 6 }",
            "match @X.0 {A -> 1, B(@Int, _, C(true)) -> 2, 3 -> 4, \"s\\n\" -> 5, @{@Int | false} -> 6}",
        ),
        ("match Foo { _ -> { 1 } }", "match Foo {_ -> {1}}"),
        ("match {1} { _ -> 1 }", "match {1} {_ -> 1}"),
        (
            "fn(@Int, @{ @Int | @Int.0 > 0 } -> @Int) effects(<IO, State<Int>>) { 1 }",
            "fn(@Int, @{@Int | (@Int.0 > 0)} -> @Int) <IO, State<Int>> {1}",
        ),
        ("fn(-> @Unit) effects(pure) { () }", "fn( -> @Unit) pure {()}"),
        (
            "handle[State<Int>](@Int = 0) { get(@Unit) -> resume(@Int.0), put(@Int) -> { resume(()) } with @Int = @Int.1 } in { 1 }",
            "handle[State<Int>](@Int = 0) get(Unit) -> RESUME(@Int.0) put(Int) -> {RESUME(())} with @Int = @Int.1 in {1}",
        ),
        (
            "handle[Q.Exn<Int>] { throw() -> 1, match(@Int, @Int) -> 2 } in { 1 } == 2",
            "(handle[Q.Exn<Int>] throw() -> 1 match(Int, Int) -> 2 in {1} == 2)",
        ),
        // Contracts.
        (
            "forall(@Nat, 10, fn(@Nat -> @Bool) effects(pure) { true }) && exists(@Nat, 1, fn(@Nat -> @Bool) effects(pure) { true })",
            "(forall(@Nat, 10, fn(@Nat -> @Bool) pure {true}) && exists(@Nat, 1, fn(@Nat -> @Bool) pure {true}))",
        ),
        ("old(State<Int>) + new(A.B)", "(old(State<Int>) + new(A.B))"),
    ];
    for (text, tree) in cases {
        assert_eq!(sketch::expr(&read_expr(text)), tree, "{text}");
    }
}

#[test]
fn declarations() {
    let cases: [(&str, &[&str]); 9] = [
        ("", &[]),
        ("\u{feff}-- nothing\r\n", &[]),
        (
            "module a.match;\r\nimport b;\r\nimport c.d(f, T, data);\r\n",
            &["module a.match", "import b", "import c.d(f, T, data)"],
        ),
        (
            "private data L<A> invariant(true) { Nil, Cons(A, L<A>), F(fn(A -> A) effects(pure)) }",
            &["data L<A> invariant(true) {Nil, Cons(A, L<A>), F(fn(A -> A) pure)}"],
        ),
        (
            "type P = { @Int | @Int.0 > 0 || false }; type F<A>= fn(-> fn(A, A -> A) effects(<E>)) effects(pure);",
            &["type P = {@Int | ((@Int.0 > 0) || false)}", "type F<A> = fn( -> fn(A, A -> A) <E>) pure"],
        ),
        (
            "effect E<T> { op in(T, Int -> Unit); op data(-> T); } ability A<T> { op f(T -> Int); } ability B { op g(Int -> Int); }",
            &[
                "effect E<T> {op in(T, Int -> Unit); op data( -> T);}",
                "ability A<T> {op f(T -> Int);}",
                "ability B {op g(Int -> Int);}",
            ],
        ),
        (
            "public forall<T, U where Eq<T>, Ord<U>> fn f(@T /* left */, @Option<U>/*right*/ -> @Int /* sum */) \
             requires(true) decreases(1, 2) ensures(@Int.result > 0) requires(false) effects(<IO, Exn<Option<Int>>>) { 1 }",
            &["public forall<T, U where Eq<T>, Ord<U>> fn f(@T /*left*/, @Option<U> /*right*/ -> @Int /*sum*/) \
               requires(true) decreases(1, 2) ensures((@Int.result > 0)) requires(false) <IO, Exn<Option<Int>>> {1}"],
        ),
        (
            "fn f(-> @Int) ensures(true) effects(pure) { 1 } where { \
             fn g(-> @Int) requires(true) effects(pure) { 2 } where { forall<T> fn h(@T -> @Int) requires(true) effects(pure) { 3 } } \
             fn i(-> @Int) requires(true) effects(pure) { 4 } }",
            &["fn f( -> @Int) ensures(true) pure {1} where {fn g( -> @Int) requires(true) pure {2} \
               where {forall<T> fn h(@T -> @Int) requires(true) pure {3}} fn i( -> @Int) requires(true) pure {4}}"],
        ),
        (
            "public fn handle(@fn(Int -> Int) effects(pure) -> @Int) requires(true) effects(pure) { 1 }",
            &["public fn handle(@fn(Int -> Int) pure -> @Int) requires(true) pure {1}"],
        ),
    ];
    for (text, tree) in cases {
        assert_eq!(sketch::program(&read_correct(text)), tree, "{text}");
    }
}

#[test]
fn spans_cover_what_was_read() {
    let text = "public fn f(@Int -> @Int) requires(true) effects(pure) {\n  let @Int = (1 + 2);\n  f(\"\\(@Int.0)\") |> g()\n}\n";
    let f = read_fn(text);
    let mut source = SourceMap::new();
    let file: FileId = source.add("test.vera", text);
    let slice = |span: Span| source.text(Span { file, ..span });
    assert_eq!(slice(f.signature_span), "public fn f(@Int -> @Int)");
    assert_eq!(slice(f.span), text.trim_end());
    assert_eq!(slice(f.params[0].span), "@Int");
    assert_eq!(slice(f.params[0].ty.span), "Int");
    assert_eq!(slice(f.contracts[0].span), "requires(true)");
    assert_eq!(slice(f.effects.span), "pure");
    assert_eq!(slice(f.body.stmts[0].span), "let @Int = (1 + 2);");
    let StmtKind::Let { value, .. } = &f.body.stmts[0].kind else { panic!("not a let") };
    assert_eq!(slice(value.span), "(1 + 2)");
    assert_eq!(slice(f.body.result.span), "f(\"\\(@Int.0)\") |> g()");
    let ExprKind::Pipe { left, call } = &f.body.result.kind else { panic!("not a pipe") };
    assert_eq!((slice(left.span), slice(call.span)), ("f(\"\\(@Int.0)\")", "g()"));
}

#[test]
fn comments_are_kept_in_order() {
    use crate::syntax::ast::CommentKind::{Annotation, Block, Line};
    let text = "-- one\r\n{- two {- nested -} -}\ntype A = /* three */ Int; -- four";
    let program = read_correct(text);
    let comments: Vec<_> =
        program.comments.iter().map(|c| (c.kind, &text[c.span.start as usize..c.span.end as usize])).collect();
    let expected =
        [(Line, "-- one"), (Block, "{- two {- nested -} -}"), (Annotation, "/* three */"), (Line, "-- four")];
    assert_eq!(comments, expected);
}
