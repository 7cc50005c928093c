//! The example runs and says what it is there to say.

use std::process::Command;

#[test]
fn it_runs() {
    let output = Command::new(env!("CARGO_BIN_EXE_build-script")).output().expect("the example starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for line in [
        "depot north > Mill Lane 7",
        "1.2 kg over 750 km cost 414 cents",
        "weight class: Some(2000)",
        "Refinement violation in postage(@Grams, @Nat -> @Nat)",
        "  parameter: @Nat.0 > 0 && @Nat.0 <= 30000 failed",
        "  with @Grams.0 = 0, @Nat.0 = 10",
        "  at src/tariff.vera:6:19",
    ] {
        assert!(text.lines().any(|found| found == line), "`{line}` is missing:\n{text}");
    }
}
