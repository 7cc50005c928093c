//! What `vera!` compiles is the program of the file, or there is an error: random programs, every way that tokens take.
//!
//! The programs are written by `generate/` before this is compiled. Many more, from another start:
//! `VERA_RECOVERY_CASES=2000 VERA_RECOVERY_SEED=2 cargo test -p vera-recovery-tests`.

/// An invocation.
#[derive(Clone, Copy)]
struct Case {
    got: Result<&'static str, &'static str>,
    expected: Expected,
    /// What was written.
    shown: &'static str,
}

#[derive(Clone, Copy)]
enum Expected {
    /// White space that ends this many lines and then has this many columns, and this text.
    Text(usize, usize, &'static str),
    Code(&'static str),
    Refused,
    CodeOrRefused(&'static str),
}

macro_rules! pass {
    ($($token:tt)*) => { ::vera_recovery_tests::recovered! { $($token)* } };
}

macro_rules! pass_twice {
    ($($token:tt)*) => { pass!($($token)*) };
}

macro_rules! pass_forwarded {
    ($($token:tt)*) => { ::vera_recovery_tests::forwarded![$($token)*] };
}

macro_rules! pass_items {
    ($($item:item)*) => { ::vera_recovery_tests::recovered! { $($item)* } };
}

macro_rules! pass_exprs {
    ($($expr:expr),*) => { ::vera_recovery_tests::recovered! { $($expr,)* } };
}

mod lines {
    use super::{Case, Expected};
    include!(concat!(env!("OUT_DIR"), "/lines.rs"));
}

mod windows {
    use super::{Case, Expected};
    include!(concat!(env!("OUT_DIR"), "/windows.rs"));
}

mod mark {
    use super::{Case, Expected};
    include!(concat!(env!("OUT_DIR"), "/mark.rs"));
}

/// The text without Vera's comments, and without space outside of strings. Comments and strings are read here once more,
/// as the specification has them: the compiler is not asked.
fn code_of(text: &str) -> String {
    let (mut code, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let (kept, length) = if rest.starts_with("--") {
            ("", rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("{-") {
            ("", block(rest))
        } else if rest.starts_with("/*") {
            ("", rest.find("*/").expect("closed") + 2)
        } else if first == '"' {
            let length = string(rest);
            (&rest[..length], length)
        } else {
            let length = first.len_utf8();
            (if first.is_whitespace() { "" } else { &rest[..length] }, length)
        };
        code.push_str(kept);
        rest = &rest[length..];
    }
    code
}

fn block(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        let (change, length) = match &text.as_bytes()[at..at + 2] {
            b"{-" => (1, 2),
            b"-}" => (-1, 2),
            _ => (0, 1),
        };
        (depth, at) = (depth + change, at + length);
        if depth == 0 {
            return at;
        }
    }
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    let end = text[1..].find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.expect("closed") + 2
}

impl Case {
    fn holds(&self) -> bool {
        match (&self.expected, self.got) {
            (Expected::Text(line, column, text), Ok(got)) => {
                let padding = got.strip_suffix(text);
                padding == Some(&("\n".repeat(*line) + &" ".repeat(*column)))
            }
            (Expected::Code(code) | Expected::CodeOrRefused(code), Ok(got)) => code_of(got) == *code,
            (Expected::Refused | Expected::CodeOrRefused(_), Err(message)) => message.contains("vera!(r#\"...\"#)"),
            (Expected::Text(..) | Expected::Code(_), Err(_)) | (Expected::Refused, Ok(_)) => false,
        }
    }
}

#[test]
fn the_text_is_the_program_or_there_is_an_error() {
    let cases: Vec<&Case> = [lines::CASES, windows::CASES, mark::CASES].into_iter().flatten().collect();
    let wrong: Vec<&&Case> = cases.iter().filter(|case| !case.holds()).collect();
    for Case { got, expected, shown } in wrong.iter().take(5) {
        let expected = match expected {
            Expected::Text(line, column, text) => format!("line {line}, column {column}: {text:?}"),
            Expected::Code(code) => format!("code {code:?}"),
            Expected::Refused => "an error".to_owned(),
            Expected::CodeOrRefused(code) => format!("code {code:?}, or an error"),
        };
        println!("written  {shown:?}\nexpected {expected}\ngot      {got:?}\n");
    }
    assert!(wrong.is_empty(), "{} of {} are wrong", wrong.len(), cases.len());
}
