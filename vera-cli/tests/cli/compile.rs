//! `vera compile`.

use crate::harness::{BAD, GOOD, Sandbox};
use serde_json::json;

const MAGIC: &[u8] = b"\0asm";

#[test]
fn the_module_is_written_next_to_the_program_or_where_asked() {
    let sandbox = Sandbox::new(&[("sub/good.vera", GOOD)]);
    sandbox.vera(&["compile", "sub/good.vera"]).is(0, "Compiled: sub/good.wasm (1 function exported)\n");
    sandbox.vera(&["compile", "-o", "x.wasm", "sub/good.vera"]).is(0, "Compiled: x.wasm (1 function exported)\n");
    sandbox.vera_with(&["compile", "-"], GOOD).is(0, "Compiled: stdin.wasm (1 function exported)\n");
    for file in ["sub/good.wasm", "x.wasm", "stdin.wasm"] {
        let module = std::fs::read(sandbox.path(file)).expect("it was written");
        assert!(module.starts_with(MAGIC), "{file}");
    }
    let output = sandbox.command(&["compile", "-o", "-", "sub/good.vera"]).output().expect("the command runs");
    assert!(output.status.success() && output.stdout.starts_with(MAGIC));
    assert_eq!(output.stdout, std::fs::read(sandbox.path("sub/good.wasm")).expect("it was written"));
}

#[test]
fn the_text_of_a_module_is_printed_or_written() {
    let sandbox = Sandbox::new(&[("good.vera", GOOD)]);
    let printed = sandbox.vera(&["compile", "--wat", "good.vera"]);
    assert_eq!((printed.status, &*printed.stderr), (Some(0), ""));
    assert!(printed.stdout.starts_with("(module"), "{}", printed.stdout);
    assert!(!sandbox.path("good.wasm").exists());
    sandbox.vera(&["compile", "--wat", "-o", "x.wat", "good.vera"]).is(0, "Compiled: x.wat (1 function exported)\n");
    assert_eq!(std::fs::read_to_string(sandbox.path("x.wat")).expect("it was written"), printed.stdout);
}

#[test]
fn json_says_what_is_exported() {
    let sandbox = Sandbox::new(&[("good.vera", GOOD), ("bad.vera", BAD)]);
    let expected = json!({ "ok": true, "file": "good.vera", "diagnostics": [], "warnings": [], "exports": ["one"] });
    assert_eq!(sandbox.vera(&["compile", "--json", "good.vera"]).json(0), expected);
    assert!(sandbox.path("good.wasm").exists());
    let with_text = sandbox.vera(&["compile", "--json", "--wat", "good.vera"]).json(0);
    assert!(with_text["wat"].as_str().is_some_and(|text| text.starts_with("(module")), "{with_text}");
    let report = sandbox.vera(&["compile", "--json", "bad.vera"]).json(1);
    assert_eq!((&report["ok"], &report["diagnostics"][0]["error_code"]), (&json!(false), &json!("E130")));
    assert!(!sandbox.path("bad.wasm").exists());
}

#[test]
fn what_cannot_be_written_is_said() {
    let sandbox = Sandbox::new(&[("good.vera", GOOD), ("odd.wasm", GOOD)]);
    sandbox.vera(&["compile", "-o", "no/such/x.wasm", "good.vera"]).fails(1, "Error: cannot write no/such/x.wasm");
    let report = sandbox.vera(&["compile", "--json", "-o", "no/such/x.wasm", "good.vera"]).json(1);
    assert_eq!(report["ok"], json!(false));
    sandbox.vera(&["compile", "odd.wasm"]).fails(1, "Error: odd.wasm is the program itself");
    sandbox.vera(&["compile", "--json", "-o", "-", "good.vera"]).json(1);
    sandbox.vera(&["compile", "bad.vera"]).fails(1, "Error: file not found: bad.vera");
}
