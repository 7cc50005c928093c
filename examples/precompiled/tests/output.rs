//! What the example prints.

use std::process::Command;

#[test]
fn the_example_runs() {
    let output = Command::new(env!("CARGO_BIN_EXE_precompiled")).output().expect("the example");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.starts_with("1.2 kg over 750 km cost "), "{text}");
    assert!(text.contains("weight class: "), "{text}");
    assert!(text.contains("rounded: 410"), "{text}");
}
