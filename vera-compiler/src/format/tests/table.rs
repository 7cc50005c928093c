//! Texts and their canonical forms, from `cases/` ([`vera_testing::cases`]): the text, then its canonical form as the
//! part `canonical`.

use super::formatted;
use crate::format::format;
use vera_testing::cases::{Part, cases};

fn check(file: &str) {
    for case in cases(file) {
        let [Part { heading: "canonical", text }] = case.parts[..] else { panic!("{}: no canonical form", case.title) };
        assert_eq!(formatted(case.text), format!("{}\n", text.trim_end()), "{}", case.title);
    }
}

#[test]
fn declarations() {
    check(include_str!("cases/declarations.txt"));
}

#[test]
fn statements() {
    check(include_str!("cases/statements.txt"));
}

#[test]
fn expressions() {
    check(include_str!("cases/expressions.txt"));
}

#[test]
fn blank_lines() {
    check(include_str!("cases/blank_lines.txt"));
}

#[test]
fn comments() {
    check(include_str!("cases/comments.txt"));
}

#[test]
fn line_ends_tabs_and_blanks_at_line_ends() {
    let text =
        "\u{feff}-- a \t\r\n\r\n{- b\t\r\n\tc  \r\n-}\r\ntype A\t=\tInt;\t-- d\re\r\n\x0c\u{a0}\x1c\ntype B = C;";
    assert_eq!(formatted(text), "-- a\n\n{- b\n\tc\n-}\ntype A = Int;  -- d e\n\ntype B = C;\n");
    let string = "private fn f(-> @String)\n  requires(true)\n  effects(pure)\n{\n  \"\"\n}\n";
    // A line end inside a string is a part of it.
    let with = |text: &str| string.replace("\"\"", text);
    assert_eq!(formatted(&with("\"a\r\n\tb\"")), with(r#""a\r\n\tb""#));
}

#[test]
fn a_file_ends_with_one_line_end() {
    assert_eq!(formatted(""), "\n");
    assert_eq!(formatted(" \n\n\t"), "\n");
    assert_eq!(formatted("type A = B;"), "type A = B;\n");
    assert_eq!(formatted("type A = B;\n\n\n"), "type A = B;\n");
    assert_eq!(formatted("-- a"), "-- a\n");
}

#[test]
fn a_float_too_large_keeps_its_digits() {
    let float =
        |digits: &str| format!("private fn f(-> @Float64)\n  requires(true)\n  effects(pure)\n{{\n  {digits}\n}}\n");
    let nines = "9".repeat(400);
    assert_eq!(formatted(&float(&format!("( ({nines}.500))"))), float(&format!("{nines}.5")));
    assert_eq!(formatted(&float(&format!("000{nines}.000"))), float(&format!("{nines}.0")));
}

#[test]
fn mistakes_that_are_not_of_form_do_not_matter() {
    let text = "public fn old(@Strin -> @Int)\n  requires(1)\n  effects(<Nothing>)\n{\n  @Nat.7\n}\n";
    assert_eq!(formatted(text), text);
}

#[test]
fn a_text_with_mistakes_is_not_formatted() {
    let unformatted = format("bad.vera", "type A = ;\nfn f( requires(true)").unwrap_err();
    assert!(unformatted.diagnostics.has_errors());
    let first = unformatted.diagnostics.iter().next().unwrap();
    assert_eq!(unformatted.sources.file(first.span.file).name(), "bad.vera");
    assert_eq!(unformatted.sources.start(first.span).line, 1);
}
