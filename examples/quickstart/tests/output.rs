//! The example runs and says what it is there to say.

use std::process::Command;

#[test]
fn it_runs() {
    let output = Command::new(env!("CARGO_BIN_EXE_quickstart")).output().expect("the example starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for line in [
        "200 reduced by 15 % is 170",
        "three offers: [Regular(80), Reduced(50, 40), SoldOut]",
        "together they cost 120",
        "Precondition violation in discounted(@Nat, @Nat -> @Nat)",
        "  requires(@Nat.0 <= 100) failed",
        "  with @Nat.1 = 200, @Nat.0 = 101",
        "200 reduced by 100 % is 0",
    ] {
        assert!(text.lines().any(|found| found == line), "`{line}` is missing:\n{text}");
    }
    assert!(text.contains("examples/quickstart/src/main.rs:"), "the clause's place is missing:\n{text}");
}
