//! `vera explain`, and colours.

use std::io::Write;
use std::process::{Command, Output, Stdio};
use vera_compiler::diagnostics::Code;

fn vera(arguments: &[&str], colours: Option<(&str, &str)>, stdin: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vera"));
    command.args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env("TERM", "xterm");
    command.envs(colours);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    // A command that does not read its input may be gone before it is written.
    let _ = child.stdin.take().expect("piped").write_all(stdin.as_bytes());
    child.wait_with_output().expect("the command ends")
}

/// Status, standard output and standard error.
fn explain(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = vera(&[&["explain"], arguments].concat(), None, "");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_page_is_printed_as_it_is_written() {
    let page = vera_docs::diagnostic("E130").expect("there is a page").to_owned();
    assert_eq!(explain(&["E130"]), (Some(0), page.clone(), String::new()));
    assert_eq!(explain(&["e130"]), (Some(0), page, String::new()));
}

#[test]
fn every_code_is_explained_and_listed() {
    let (status, list, _) = explain(&[]);
    assert_eq!(status, Some(0));
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), Code::ALL.len());
    for (code, line) in Code::ALL.iter().zip(lines) {
        assert!(line.starts_with(&format!("{}  {}", code.as_str(), code.title())), "{line}");
    }
    let (status, page, _) = explain(&["E007"]);
    assert_eq!(status, Some(0));
    assert!(page.starts_with("# E007: Internal parser error\n\nNot reported for any program. "), "{page}");
}

#[test]
fn an_unknown_code_is_wrong_usage() {
    let (status, out, message) = explain(&["E131x"]);
    assert_eq!((status, &*out), (Some(2), ""));
    assert_eq!(message, "Error: there is no diagnostic code 'E131x'; `vera explain` lists them all\n");
    let (status, _, message) = explain(&["E139"]);
    assert_eq!(status, Some(2));
    assert_eq!(message, "Error: there is no diagnostic code 'E139'; the nearest are E138, E140, E137\n");
    let (_, _, message) = explain(&["w9"]);
    assert!(message.ends_with("the nearest are W005, W004, W003\n"), "{message}");
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    const ESCAPE: u8 = 0x1b;
    let wrong = "public fn f(@Int -> @Int)\n{\n  @Int.0\n}\n";
    for (arguments, stdin) in [(["explain", "E130"], ""), (["check", "-"], wrong)] {
        let written = |colours| {
            let output = vera(&arguments, colours, stdin);
            [output.stdout, output.stderr].concat()
        };
        let plain = written(None);
        let coloured = written(Some(("CLICOLOR_FORCE", "1")));
        assert!(!plain.contains(&ESCAPE) && coloured.contains(&ESCAPE), "{arguments:?}");
        assert_eq!(written(Some(("NO_COLOR", "1"))), plain, "{arguments:?}");
    }
}
