//! `vera check`.

use crate::harness::{BAD, GOOD, HOLE, Sandbox};
use serde_json::{Value, json};

fn three() -> Sandbox {
    Sandbox::new(&[("good.vera", GOOD), ("bad.vera", BAD), ("hole.vera", HOLE)])
}

#[test]
fn a_good_program_is_ok() {
    let sandbox = three();
    sandbox.vera(&["check", "good.vera"]).is(0, "OK: good.vera\n");
    sandbox.vera(&["typecheck", "good.vera"]).is(0, "OK: good.vera\n");
    sandbox.vera(&["check", "--quiet", "good.vera"]).is(0, "");
    let report = json!({ "ok": true, "file": "good.vera", "diagnostics": [], "warnings": [] });
    assert_eq!(sandbox.vera(&["check", "--json", "good.vera"]).json(0), report);
}

#[test]
fn a_mistake_is_shown_and_fails() {
    let sandbox = three();
    let outcome = sandbox.vera(&["check", "bad.vera"]);
    outcome.fails(1, "error[E130]");
    outcome.fails(1, "bad.vera:6:3");
    sandbox.vera(&["check", "--quiet", "bad.vera"]).fails(1, "error[E130]");
}

#[test]
fn a_mistake_in_json_has_every_field() {
    let report = three().vera(&["check", "--json", "bad.vera"]).json(1);
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&report), ["ok", "file", "diagnostics", "warnings"]);
    assert_eq!((&report["ok"], &report["file"]), (&json!(false), &json!("bad.vera")));
    let diagnostic = &report["diagnostics"][0];
    for field in ["severity", "description", "location", "source_line", "rationale", "fix", "spec_ref", "error_code"] {
        assert!(!diagnostic[field].is_null(), "{field} is missing in {diagnostic}");
    }
    assert_eq!((&diagnostic["severity"], &diagnostic["error_code"]), (&json!("error"), &json!("E130")));
    assert_eq!(diagnostic["source_line"], "  @Int.0");
    let location = &diagnostic["location"];
    assert_eq!((&location["file"], &location["line"], &location["column"]), (&json!("bad.vera"), &json!(6), &json!(3)));
}

#[test]
fn a_warning_does_not_fail() {
    let sandbox = three();
    for arguments in [&["check", "hole.vera"][..], &["check", "--quiet", "hole.vera"]] {
        let outcome = sandbox.vera(arguments);
        assert_eq!(outcome.status, Some(0));
        assert!(outcome.stderr.contains("warning[W001]"), "{}", outcome.stderr);
    }
    let report = sandbox.vera(&["check", "--json", "hole.vera"]).json(0);
    assert_eq!((&report["ok"], &report["warnings"][0]["error_code"]), (&json!(true), &json!("W001")));
}

#[test]
fn stricter_rules_are_errors_when_asked() {
    let endless = "public fn f(@Int -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  f(@Int.0)\n}\n";
    let sandbox = Sandbox::new(&[("endless.vera", endless)]);
    let code =
        |arguments: &[&str], status, list: &str| sandbox.vera(arguments).json(status)[list][0]["error_code"].clone();
    assert_eq!(code(&["check", "--json", "endless.vera"], 0, "warnings"), "E137");
    assert_eq!(code(&["check", "--json", "--strict", "endless.vera"], 1, "diagnostics"), "E137");
}

#[test]
fn several_programs_and_folders_are_checked_all() {
    let sandbox = three();
    sandbox.write("sub/deep/good.vera", GOOD.as_bytes());
    sandbox.write("sub/target/bad.vera", BAD.as_bytes());
    sandbox.vera(&["check", "sub"]).is(0, "OK: sub/deep/good.vera\n");
    let outcome = sandbox.vera(&["check", "bad.vera", "sub", "good.vera", "none.vera"]);
    assert_eq!((outcome.status, &*outcome.stdout), (Some(1), "OK: sub/deep/good.vera\nOK: good.vera\n"));
    assert!(outcome.stderr.contains("error[E130]"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("Error: file not found: none.vera"), "{}", outcome.stderr);
    assert!(outcome.stderr.ends_with("2 of 4 programs refused\n"), "{}", outcome.stderr);
}

#[test]
fn reports_of_several_programs_are_an_array() {
    let sandbox = three();
    sandbox.write("sub/good.vera", GOOD.as_bytes());
    let files = |arguments: &[&str], status| {
        let reports = sandbox.vera(arguments).json(status);
        let reports = reports.as_array().expect("an array").clone();
        reports.iter().map(|report| (report["file"].clone(), report["ok"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(files(&["check", "--json", "sub"], 0), [(json!("sub/good.vera"), json!(true))]);
    let outcome = files(&["check", "--json", "good.vera", "bad.vera", "none.vera"], 1);
    assert_eq!(
        outcome,
        [(json!("good.vera"), json!(true)), (json!("bad.vera"), json!(false)), (json!("none.vera"), json!(false))]
    );
}

#[test]
fn standard_input_is_a_program() {
    let sandbox = Sandbox::new(&[("lib.vera", GOOD)]);
    sandbox.vera_with(&["check", "-"], GOOD).is(0, "OK: -\n");
    sandbox
        .vera_with(&["check", "-"], &format!("import lib(one);\n{}", GOOD.replace("fn one", "fn two")))
        .is(0, "OK: -\n");
    sandbox.vera_with(&["check", "-"], BAD).fails(1, "-:6:3");
}

#[test]
fn what_cannot_be_read_is_said_in_the_form_asked_for() {
    let sandbox = Sandbox::new(&[]);
    sandbox.write("latin.vera", b"-- caf\xE9\n");
    std::fs::create_dir(sandbox.path("empty")).expect("a folder");
    for (name, description) in [
        ("none.vera", "file not found: none.vera"),
        ("latin.vera", "cannot read latin.vera: it is not UTF-8 (byte 6, on line 1)"),
        ("empty", "no .vera file in empty"),
    ] {
        sandbox.vera(&["check", name]).fails(1, &format!("Error: {description}\n"));
        let report = sandbox.vera(&["check", "--json", name]).json(1);
        let report = report.as_array().map_or(report.clone(), |reports| reports[0].clone());
        let diagnostic =
            json!({ "severity": "error", "description": description, "location": { "line": 0, "column": 0 } });
        assert_eq!(report, json!({ "ok": false, "file": name, "diagnostics": [diagnostic], "warnings": [] }));
    }
}

#[test]
fn imports_are_found_from_any_folder() {
    let importing = GOOD.replace("fn one", "fn two").replace("  1\n", "  one(())\n");
    let sandbox = Sandbox::new(&[
        ("app/lib/a.vera", &format!("module lib.a;\n{GOOD}")),
        ("app/lib/b.vera", &format!("module lib.b;\nimport lib.a(one);\n{importing}")),
        (
            "app/main.vera",
            &format!("import lib.b(two);\n{}", importing.replace("two", "three").replace("one(", "two(")),
        ),
    ]);
    sandbox.vera(&["check", "app"]).is(0, "OK: app/lib/a.vera\nOK: app/lib/b.vera\nOK: app/main.vera\n");
    sandbox.vera(&["check", "app/main.vera"]).is(0, "OK: app/main.vera\n");
    let mut inside = sandbox.command(&["check", "b.vera"]);
    let output = inside.current_dir(sandbox.path("app/lib")).output().expect("the command runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "OK: b.vera\n");
}

#[test]
fn what_several_programs_import_is_told_once() {
    let main = format!("import bad;\n\n{GOOD}");
    let sandbox = Sandbox::new(&[("all/main.vera", &main), ("all/other.vera", &main), ("all/bad.vera", BAD)]);
    let outcome = sandbox.vera(&["check", "all"]);
    assert_eq!(outcome.stderr.matches("error[E130]").count(), 1, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("3 of 3 programs refused"), "{}", outcome.stderr);
}
