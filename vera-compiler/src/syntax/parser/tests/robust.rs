//! Whatever the text: no panic, no endless loop, spans inside the file, an `Invalid` node only with an error.

use proptest::prelude::*;

use super::{read, sketch};

fn check(text: &str) {
    let (program, diagnostics, source) = read(text);
    let (file, _) = source.iter().next().unwrap();
    for diagnostic in &diagnostics {
        let edits = diagnostic.edits.iter().map(|edit| edit.span);
        let spans = diagnostic.labels.iter().map(|label| label.span).chain([diagnostic.span]).chain(edits);
        for span in spans {
            assert!(span.file == file && span.start <= span.end && span.end as usize <= text.len(), "{diagnostic:?}");
            // Panics when the span cuts a character.
            source.text(span);
        }
        assert!(diagnostic.spec_ref.is_some(), "{diagnostic:?}");
        let mut edits: Vec<_> = diagnostic.edits.iter().map(|edit| edit.span).collect();
        edits.sort();
        assert!(edits.windows(2).all(|pair| pair[0].end <= pair[1].start && pair[0] != pair[1]), "{diagnostic:?}");
    }
    // What comes of the fixes is looked at as far as it goes.
    crate::diagnostics::apply(&diagnostics, &source).texts.values().for_each(|text| {
        read(text);
    });
    let invalid = sketch::program(&program).iter().any(|decl| decl.contains("INVALID"));
    assert!(!invalid || diagnostics.has_errors(), "{text}");
}

/// Forms of other languages count as levels too: however often one stands in another, the stack is not used up.
#[test]
fn nested_forms_of_other_languages_are_bounded() {
    let head = "public fn f(@Int -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n";
    let forms = [
        "true ? 1 : ",
        "1 if true else ",
        "if true { 1 } elif ",
        "if true { return 1; }\n",
        "x => ",
        "|x| ",
        "not ",
        "new ",
        "1 ** ",
        "\"a\" ++ ",
        "return ",
        "1.a(",
        "case ",
        "{ x = ",
    ];
    for form in forms {
        check(&format!("{head}{}1\n}}\n", form.repeat(5_000)));
    }
}

const PIECES: &[&str] = &[
    "fn",
    "let",
    "if",
    "then",
    "else",
    "match",
    "data",
    "type",
    "module",
    "import",
    "public",
    "private",
    "requires",
    "ensures",
    "invariant",
    "decreases",
    "assert",
    "assume",
    "ability",
    "effect",
    "effects",
    "handle",
    "resume",
    "with",
    "in",
    "forall",
    "exists",
    "where",
    "true",
    "false",
    "pure",
    "op",
    "old",
    "new",
    "result",
    "f",
    "x",
    "Int",
    "Some",
    "State",
    "0",
    "12",
    "1.5",
    "01",
    "\"s\"",
    "\"a\\(",
    ")\"",
    "\"\\(1)\"",
    "\"",
    "\\",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "<=",
    ">=",
    "==",
    "==>",
    "!=",
    "=",
    "->",
    "-",
    "+",
    "*",
    "/",
    "%",
    "&&",
    "||",
    "|",
    "|>",
    "!",
    ".",
    ",",
    ";",
    ":",
    "::",
    "@",
    "?",
    "_",
    "--",
    "{-",
    "-}",
    "/*",
    "*/",
    "\n",
    " ",
    "'",
    "é",
    "#",
    "@Int.0",
    "@Int",
    "fn f(@Int -> @Int) requires(true) effects(pure) {",
    "if true then { 1 } else { 2 }",
    "match 1 { _ -> 2,",
    "handle[State<Int>](@Int = 0) { get(@Unit) -> 1 } in {",
    "fn(@Int -> @Int) effects(pure) {",
];

const CORRECT: &str = r#"
module a.b;
import c(d, E);
-- Doc.
public forall<T where Eq<T>> fn f(@T, @Int /* n */ -> @Int)
  requires(@Int.0 > 0 && forall(@Nat, 3, fn(@Nat -> @Bool) effects(pure) { true }))
  ensures(@Int.result >= old(State<Int>))
  decreases(@Int.0, 1)
  effects(<IO, State<Int>>)
{
  let @String = "a\(g(@Int.0 + 1))b";
  let Tuple<@Int, @Int> = Tuple(1, 2);
  IO.print(@String.0);
  handle[State<Int>](@Int = 0) {
    get(@Unit) -> { resume(@Int.0) },
    put(@Int) -> { resume(()) } with @Int = @Int.1
  } in {
    match [1, 2][0] |> c::d() {
      Some(Cons(@Int, _)) -> if true ==> false then { -1 } else { 2 },
      "x" -> 1.5,
      _ -> ?
    }
  }
}
where {
  fn g(@Int -> @String) requires(true) effects(pure) { int_to_string(@Int.0) }
}
private data D<T> invariant(true) { A, B(T, fn(T -> T) effects(pure)) }
type P = { @Int | @Int.0 > 0 };
effect Q { op q(Int -> Int); }
"#;

#[test]
fn every_prefix_and_every_missing_token_is_survived() {
    assert!(read(CORRECT).1.is_empty());
    let bounds: Vec<usize> = (0..=CORRECT.len()).collect();
    for &end in &bounds {
        check(&CORRECT[..end]);
        check(&CORRECT[end..]);
    }
    let tokens = crate::syntax::lexer::lex(CORRECT, read(CORRECT).0.span.file).tokens;
    for token in tokens {
        let (start, end) = (token.start as usize, token.end as usize);
        check(&format!("{}{}", &CORRECT[..start], &CORRECT[end..]));
        check(&format!("{}{}{}", &CORRECT[..end], &CORRECT[start..end], &CORRECT[end..]));
    }
}

/// A token that is none, where an `else` is missing.
#[test]
fn a_malformed_number_in_front_of_else_is_reported() {
    let at = CORRECT.find(" else { 2 }").unwrap();
    check(&format!("{} 01 {}", &CORRECT[..at], &CORRECT[at..]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC*") {
        check(&text);
    }

    #[test]
    fn any_tokens(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..80), spaced: bool) {
        check(&pieces.join(if spaced { " " } else { "" }));
    }

    #[test]
    fn any_damage(at in 0..CORRECT.len(), length in 0usize..40, piece in prop::sample::select(PIECES)) {
        let end = (at + length).min(CORRECT.len());
        check(&format!("{} {piece} {}", &CORRECT[..at], &CORRECT[end..]));
    }
}
