//! The example `verified-ledger` does what its README says.

use crate::harness::Sandbox;
use std::path::Path;

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/verified-ledger").join(file);
    std::fs::read_to_string(path).expect("the example has it")
}

/// The example with another program.
fn with(program: &str) -> Sandbox {
    Sandbox::new(&[("Cargo.toml", ""), ("vera/ledger.vera", program), ("vera.lock", &read("vera.lock"))])
}

/// The message of the first, or second, build that the README shows, on one line.
fn told(index: usize) -> String {
    let readme = read("README.md");
    let messages = readme.split("```text\nerror: ").skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default());
    messages.map(|message| message.replace('\n', " ")).nth(index).expect("the README shows it")
}

#[test]
fn everything_is_proved_and_the_lock_is_current() {
    let sandbox = with(&read("vera/ledger.vera"));
    let counts = read("README.md");
    let counts = counts.split("in this folder: ").nth(1).and_then(|rest| rest.split(" obligations").next());
    let verified = format!("OK: vera/ledger.vera\nVerification: {} verified (Tier 1)\n", counts.expect("a count"));
    sandbox.vera(&["verify", "vera/ledger.vera"]).is(0, &verified);
    sandbox.vera(&["lock"]).is(0, "OK: vera.lock\n");
}

#[test]
fn a_forgotten_test_is_found_with_the_books_that_show_it() {
    let program = read("vera/ledger.vera");
    let (before, rest) = program.split_once("      Withdraw(@Nat) ->").expect("the arm");
    let (_, after) = rest.split_once("      Save(@Nat) ->").expect("the next arm");
    let wrong = "Withdraw(@Nat) -> Books(@Int.3 - @Nat.0, @Int.2, @Int.1, @Int.0 + @Nat.0),";
    assert!(read("README.md").contains(wrong));
    let sandbox = with(&format!("{before}      {wrong}\n      Save(@Nat) ->{after}"));
    let outcome = sandbox.vera(&["verify", "--explain", "vera/ledger.vera"]);
    // Which books are found is the solver's choice.
    let message = told(0).replacen("[E506] ", "", 1);
    let (message, _) = message.split_once("when `").expect("the books");
    assert!(outcome.stderr.contains(message), "{message}\n{}", outcome.stderr);
}

#[test]
fn a_weaker_contract_is_refused() {
    let program = read("vera/ledger.vera");
    let (before, after) = program.split_once("fn posted_all").expect("the function");
    let after = after.replacen("  ensures(paid(@Books.result) >= paid(@Books.0))\n", "", 1);
    let sandbox = with(&format!("{before}fn posted_all{after}"));
    let outcome = sandbox.vera(&["lock"]);
    assert_eq!((outcome.status, outcome.stdout), (Some(1), format!("weaker: {}\n", told(1))));
}
