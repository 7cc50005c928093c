//! Programs of any tokens that Rust's lexer takes, for ways that keep their places: the text has to be that of the file.

use crate::file::{Expected, File};
use fastrand::Rng;

const TOKENS: &[&str] = &[
    "x",
    "fn",
    "r#fn",
    "é",
    "cafe\u{301}",
    "変数",
    "Int",
    "_",
    "0",
    "1.5",
    "1then",
    "0x1f",
    "1_000u8",
    "1e5",
    "2.5f32",
    "'a",
    "'static",
    "'r#loop",
    "'é",
    "'x'",
    "'\"'",
    "'\\''",
    "b'\\''",
    "'\\u{1F600}'",
    "\"\"",
    "\"--\"",
    "\"/* {- \"",
    "\"é\\n\"",
    "\"two\nlines\"",
    "\"two \\\n lines\"",
    "r\"\\\"",
    "r#\"a\"b\"#",
    "r##\"//\"#\"##",
    "b\"x\"",
    "br\"--\"",
    "c\"x\"",
    "@",
    ".",
    ",",
    ";",
    ":",
    "::",
    "->",
    "==>",
    "==",
    "|>",
    "||",
    "&&",
    "<",
    ">",
    "<=",
    ">>=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "!",
    "!=",
    "?",
    "=",
    "#",
    "~",
    "^",
    "|",
    "..=",
    "@Int.0",
    "f(@Nat.1, -1)",
    "#[doc = \"a\"]",
    "#[cfg(a)]",
];

const COMMENTS: &[&str] = &[
    "--\n",
    "-- a note\n",
    "-- 'a\n",
    "-- it is 'r#x and \"quoted\" --\n",
    "-- (see [1]) {here}\n",
    "-- é 変数 cafe\u{301}\n",
    "-- see /*\n public fn hidden() */\n",
    "-- see // there\n",
    "{- a -}",
    "{- a {- b -} -- -}",
    "{- /* -} hidden {- */ -}",
    "/// doc é\n",
    "//! doc\n",
    "/** doc */",
    "/*! doc\n *  more */",
    "/** a /* b */ */",
    "/// \"\n",
    "///\n",
];

const GAPS: &[&str] = &[
    " ",
    " ",
    " ",
    " ",
    "\n",
    "\n    ",
    "\t",
    "\n\n\n",
    " \u{2028}",
    "\u{b}",
    "\u{85}",
    " \r ",
    " /* c */ ",
    " // c\n",
    " /* a /* b */ c */ ",
    " //// x\n",
    " /**/ ",
    " /*** é */",
    " // é -- \" '\n",
    "\n/* -- */ ",
];

/// An end of a program that macros do not see the start of: it begins with a token.
fn soup(rng: &mut Rng, depth: usize) -> String {
    let mut text = String::new();
    for _ in 0..rng.usize(1..8) {
        match rng.usize(0..10) {
            0..3 => text.push_str(rng.choice(COMMENTS).expect("some")),
            3 if depth < 3 => {
                let (open, close) = *rng.choice(DELIMITERS).expect("some");
                let (before, inner, after) = (gap(rng), soup(rng, depth + 1), gap(rng));
                text.extend([&open.to_string(), before, &inner, after, &close.to_string()]);
            }
            _ => text.push_str(rng.choice(TOKENS).expect("some")),
        }
        text.push_str(gap(rng));
    }
    text
}

const DELIMITERS: &[(char, char)] = &[('{', '}'), ('(', ')'), ('[', ']')];

fn gap(rng: &mut Rng) -> &'static str {
    rng.choice(GAPS).expect("some")
}

const ITEMS: &[&str] = &[
    "type Age = Int;",
    "struct A { b : Int }",
    "const F : Int = 1 + - 1;",
    "fn f < T > (a : A<B<C>>) -> Int { a . b }",
    "/// doc\n const É : A = \"a\" ;",
    "use a::{b, c};",
    "enum /* e */ E { A, // a\n B }",
    "impl<'a> A<'a> for B {}",
];

/// Adds cases.
pub(crate) fn cases(rng: &mut Rng, file: &mut File) {
    let itself =
        ["recovered!", "recovered /* ! { */ !// [\n", "forwarded!"].map(|way| format!("::vera_recovery_tests::{way}"));
    for way in itself {
        for &delimiters in DELIMITERS {
            let program = format!("{}{}", gap(rng), soup(rng, 0));
            file.case(&way, delimiters, &program, &Expected::Text(&program));
        }
    }
    for way in ["pass!", "pass_twice!", "pass_forwarded!"] {
        for &delimiters in DELIMITERS {
            let program = format!("{}{}", gap(rng), soup(rng, 0));
            file.case(way, delimiters, &program, &Expected::Text(without_gaps(&program)));
        }
    }
    let items: String =
        (0..rng.usize(1..5)).map(|_| format!("{}{}", rng.choice(ITEMS).expect("some"), gap(rng))).collect();
    file.case("pass_items!", ('{', '}'), &format!("{}{items}", gap(rng)), &Expected::Text(&items));
}

/// The program from its first token on.
fn without_gaps(program: &str) -> &str {
    let mut rest = program;
    loop {
        let shorter = GAPS.iter().filter_map(|gap| rest.strip_prefix(gap)).min_by_key(|rest| rest.len());
        match shorter {
            Some(shorter) => rest = shorter,
            None => return rest,
        }
    }
}
