//! The example runs and says what it is there to say.

use std::process::Command;

#[test]
fn it_runs() {
    let output = Command::new(env!("CARGO_BIN_EXE_verified-ledger")).output().expect("the example starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for line in [
        "Books(10000, 15000, 50000, 25000)",
        "worth 25000 cents: 50000 came in, 25000 went out",
        "  posted_all: proved, 4 checks in its body",
        "    ensures(paid(@Books.result) >= paid(@Books.0))",
    ] {
        assert!(text.lines().any(|found| found == line), "`{line}` is missing:\n{text}");
    }
}
