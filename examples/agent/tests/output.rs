//! The example prints what its recordings say.

use std::process::Command;

#[test]
fn recorded_judgements_are_shown() {
    let output = Command::new(env!("CARGO_BIN_EXE_agent")).output().expect("the example starts");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(
        printed,
        "gardening: YES, The page explains when to prune apple trees.\n\
         talkative: UNSURE, There are roses, in a poem.\n\
         gone: no verdict, HTTP Error 404: Not Found\n"
    );
}

#[test]
fn nothing_is_reached_without_a_key() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent"));
    let keys = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("VERA_"));
    for key in keys {
        command.env_remove(key);
    }
    let output = command.args(["http://127.0.0.1:1/", "gardening"]).output().expect("the example starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("VERA_ANTHROPIC_API_KEY"), "{errors}");
}
