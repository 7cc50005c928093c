//! Programs of Vera's tokens with Vera's comments, for ways that lose places: the code has to be that of the file.

use crate::file::{Expected, File};
use fastrand::Rng;

const TOKENS: &[&str] = &[
    "f",
    "Int",
    "é",
    "let",
    "0",
    "1.5",
    "1then",
    "'a",
    "\"\"",
    "\"--\"",
    "\"{- /*\"",
    "\"é\\n\"",
    "\"two\nlines\"",
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
    ">=",
    "+",
    "-",
    "-",
    "*",
    "/",
    "%",
    "!",
    "!=",
    "?",
    "=",
    "_",
    "@Int.0",
    "f(@Nat.1, -1)",
    "{ x }",
    "{ -1 }",
    "[1, 2]",
];

const COMMENTS: &[&str] = &[
    "-- a note\n",
    "-- 'a\n",
    "-- \"quoted\"\n",
    "{- a -}",
    "{- a {- b -} -}",
    "/** doc */",
    "--\n",
    "-- see /*\n hidden() -- */\n",
    "{- /* -} hidden {- */ -}",
];

/// Gaps that are nothing to Vera too.
const GAPS: &[&str] = &[" ", " ", "\n", "\n  ", "\t", " /* c */ ", "\n/* -- */ "];

/// A program, the code in it, and what is certain of it.
struct Program {
    text: String,
    code: String,
    comments: bool,
}

fn program(rng: &mut Rng, comments: bool) -> Program {
    let mut program = Program { text: String::new(), code: String::new(), comments: false };
    for _ in 0..rng.usize(1..10) {
        if comments && rng.u8(0..4) == 0 {
            let comment = *rng.choice(COMMENTS).expect("some");
            program.text.push_str(comment);
            // What only Rust takes for a comment is code.
            program.code.push_str(match comment.find("hidden") {
                Some(_) if comment.starts_with("--") => "hidden()",
                Some(_) => "hidden",
                None => "",
            });
            program.comments = true;
        } else {
            let token = *rng.choice(TOKENS).expect("some");
            program.text.push_str(token);
            program.code.push_str(&squeezed(token));
        }
        program.text.push_str(rng.choice(GAPS).expect("some"));
    }
    program
}

/// The token without the spaces that it has outside of strings.
fn squeezed(token: &str) -> String {
    if token.starts_with('"') { token.to_owned() } else { token.replace(' ', "") }
}

/// Whether signs of a comment may stand together, where gaps are lost.
fn is_ambiguous(code: &str) -> bool {
    let outside: Vec<&str> = code.split('"').step_by(2).collect();
    outside.iter().any(|code| code.contains("--") || code.contains("{-"))
}

/// Adds cases.
pub(crate) fn cases(rng: &mut Rng, file: &mut File) {
    for way in ["reparsed", "moved", "apart"] {
        let comments = rng.bool();
        let Program { text, code, comments } = program(rng, comments);
        let expected = match comments || is_ambiguous(&code) {
            false => Expected::Code(&code),
            true => Expected::CodeOrRefused(&code),
        };
        file.case(&format!("::vera_recovery_tests::{way}!"), ('{', '}'), &text, &expected);
        let commented = format!("{text} -- 'a\n x");
        file.case(&format!("::vera_recovery_tests::{way}!"), ('{', '}'), &commented, &Expected::Refused);
    }
    for fragment in ["tt", "literal", "expr"] {
        let (first, second, third) = (program(rng, true), program(rng, true), program(rng, false));
        let body = format!("{} $a {} $a {}", first.text, second.text, third.text);
        let matcher = format!("$a:{fragment}");
        let code = format!("{}7{}7{}", first.code, second.code, third.code);
        file.case_of(&matcher, &body, "7", &Expected::Code(&code));
        for comment in ["-- $a\n", "-- a $a", "{- $a -}"] {
            file.case_of(&matcher, &format!("{} {comment} {}", first.text, third.text), "7", &Expected::Refused);
        }
    }
    let list = "f(-1), 1 - -2, { /* c */ a }\n";
    file.case("pass_exprs!", ('(', ')'), list, &Expected::Code("f(-1),1--2,{a},"));
    // To Vera the rest of this line is a comment.
    file.case("pass_exprs!", ('(', ')'), "f(), -- 1, a", &Expected::Refused);
}
