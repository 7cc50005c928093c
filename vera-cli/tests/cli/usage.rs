//! Wrong usage, help, and what holds for every command.

use crate::harness::{GOOD, Sandbox};
use std::io::Read;
use std::process::Stdio;

#[test]
fn wrong_usage_is_status_2() {
    let sandbox = Sandbox::new(&[("good.vera", GOOD)]);
    for (arguments, message) in [
        (&[][..], "Usage: vera <COMMAND>"),
        (&["frob"], "unrecognized subcommand 'frob'"),
        (&["chekc", "good.vera"], "check"),
        (&["check"], "required"),
        (&["check", "--frob", "good.vera"], "unexpected argument '--frob'"),
        (&["run"], "required"),
        (&["run", "good.vera", "argument"], "unexpected argument 'argument'"),
        (&["run", "good.vera", "--fn"], "a value is required"),
        (&["compile", "a.vera", "b.vera"], "unexpected argument 'b.vera'"),
    ] {
        sandbox.vera(arguments).fails(2, message);
    }
}

#[test]
fn help_is_a_result() {
    let sandbox = Sandbox::new(&[]);
    for arguments in [&["--help"][..], &["help"], &["-h"]] {
        let outcome = sandbox.vera(arguments);
        assert_eq!((outcome.status, &*outcome.stderr), (Some(0), ""));
        for word in ["check", "run", "compile", "ast", "Exit codes: 0"] {
            assert!(outcome.stdout.contains(word), "{word} is not in {}", outcome.stdout);
        }
    }
    let outcome = sandbox.vera(&["check", "--help"]);
    assert!(outcome.stdout.contains("Usage: vera check"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("Examples:"), "{}", outcome.stdout);
}

#[test]
fn it_is_a_command_of_cargo() {
    let sandbox = Sandbox::new(&[("good.vera", GOOD)]);
    sandbox.cargo_vera(&["vera", "check", "good.vera"]).is(0, "OK: good.vera\n");
    sandbox.cargo_vera(&["check", "good.vera"]).is(0, "OK: good.vera\n");
    sandbox.cargo_vera(&["vera", "check"]).fails(2, "Usage: cargo vera check");
    sandbox.cargo_vera(&["vera", "check", "none.vera"]).fails(1, "Error: file not found: none.vera");
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let sandbox = Sandbox::new(&[]);
    let body: String = (0..5000).map(|index| format!("  let @Int = {index};\n")).collect();
    sandbox.write("long.vera", GOOD.replace("  1\n", &format!("{body}  1\n")).as_bytes());
    for arguments in [&["ast", "long.vera"][..], &["ast", "--json", "long.vera"], &["compile", "--wat", "long.vera"]] {
        let mut child = sandbox.command(arguments).spawn().expect("the command starts");
        let mut first = [0];
        child.stdout.take().expect("piped").read_exact(&mut first).expect("a byte");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(0), ""), "{arguments:?}");
    }
}

/// A result that is lost is a failure.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let sandbox = Sandbox::new(&[("good.vera", GOOD)]);
    let full = || Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it"));
    let output = sandbox.command(&["check", "good.vera"]).stdout(full()).output().expect("the command runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(message.starts_with("Error: cannot write to standard output"), "{message}");
    // Nobody can be told, but the verdict stands.
    let output = sandbox.command(&["check", "none.vera"]).stderr(full()).output().expect("the command runs");
    assert_eq!(output.status.code(), Some(1));
}
