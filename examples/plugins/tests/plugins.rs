//! Plugins are loaded, replaced and refused as the crate says, and none harms another.

use plugins::{Change, Grants, Refusal, Registry};
use std::fs;
use std::path::Path;
use std::process::Command;
use vera_runtime::Error;
use vera_runtime::error::Limit;

fn function(effects: &str, body: &str) -> String {
    format!(
        "public fn apply(@String -> @String)\n  requires(true)\n  ensures(true)\n  effects({effects})\n{{\n  {body}\n}}\n"
    )
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(format!("{name}.vera")), text).expect("a file");
}

fn applied(registry: &mut Registry, name: &str) -> Result<String, Error> {
    registry.plugin(name).expect("a plugin").apply("text")
}

fn loaded(name: &str) -> Change {
    Change::Loaded(name.to_owned())
}

#[test]
fn a_changed_file_replaces_its_plugin_when_the_interface_is_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "one", &function("pure", "string_upper(@String.0)"));
    let (mut registry, changes) = Registry::open(folder.path()).expect("plugins");
    assert_eq!(changes, [loaded("one")]);
    assert_eq!(applied(&mut registry, "one"), Ok("TEXT".to_owned()));
    assert_eq!(registry.refresh().expect("files"), []);

    write(folder.path(), "one", &function("pure", "string_reverse(@String.0)"));
    write(folder.path(), "two", &function("pure", "@String.0"));
    assert_eq!(registry.refresh().expect("files"), [Change::Replaced("one".to_owned()), loaded("two")]);
    assert_eq!(applied(&mut registry, "one"), Ok("txet".to_owned()));

    fs::remove_file(folder.path().join("two.vera")).expect("the file is there");
    assert_eq!(registry.refresh().expect("files"), [Change::Removed("two".to_owned())]);
    assert!(registry.plugin("two").is_none());
}

#[test]
fn what_does_not_compile_or_has_another_interface_leaves_the_plugin_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("grants.json"), r#"{ "one": { "may": ["console"] } }"#).expect("a file");
    write(folder.path(), "one", &function("pure", "string_upper(@String.0)"));
    let (mut registry, _) = Registry::open(folder.path()).expect("plugins");
    let refused = |registry: &mut Registry, text: &str| {
        write(folder.path(), "one", text);
        let mut changes = registry.refresh().expect("files");
        assert_eq!(applied(registry, "one"), Ok("TEXT".to_owned()));
        match (changes.pop(), changes.is_empty()) {
            (Some(Change::Refused(_, refusal)), true) => refusal,
            other => panic!("{other:?}"),
        }
    };
    let refusal = refused(&mut registry, &function("pure", "@Int.0"));
    assert!(matches!(&refusal, Refusal::Compile(text) if text.contains("E130")), "{refusal}");
    let refusal = refused(&mut registry, &function("<IO>", "IO.print(@String.0);\n  @String.0"));
    let Refusal::Interface { gone, new } = &refusal else { panic!("{refusal}") };
    assert_eq!(gone, &["fn apply(String -> String) effects(pure)"]);
    assert_eq!(new, &["fn apply(String -> String) effects(<IO>)", "performs IO.print"]);
    let refusal = refused(&mut registry, &function("<Random>", "\"\\(Random.random_int(1, 6))\""));
    assert!(matches!(&refusal, Refusal::Load(text) if text.contains("Random")), "{refusal}");
    let refusal = refused(&mut registry, &function("pure", "@String.0").replace("apply", "other"));
    assert!(matches!(&refusal, Refusal::Load(text) if text.contains("`apply`")), "{refusal}");
}

#[test]
fn a_plugin_that_loops_or_breaks_a_contract_ends_its_own_call_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let grants = r#"{ "endless": { "fuel": 10000 }, "hungry": { "memory": 2097152 } }"#;
    fs::write(folder.path().join("grants.json"), grants).expect("a file");
    let endless = "private fn spin(@Nat -> @Nat)\n  requires(true)\n  ensures(true)\n  effects(<Diverge>)\n{\n  spin(@Nat.0)\n}\n\n";
    write(folder.path(), "endless", &format!("{endless}{}", function("<Diverge>", "\"\\(spin(0))\"")));
    write(folder.path(), "hungry", &function("pure", "string_repeat(@String.0, 10000000)"));
    let short = function("pure", "@String.0").replace("requires(true)", "requires(string_length(@String.0) < 4)");
    write(folder.path(), "short", &short);
    write(folder.path(), "well", &function("pure", "@String.0"));
    let (mut registry, changes) = Registry::open(folder.path()).expect("plugins");
    assert_eq!(changes, ["endless", "hungry", "short", "well"].map(loaded));
    for _ in 0..2 {
        let limit = |outcome| match outcome {
            Err(Error::Limit(reached)) => reached.limit,
            other => panic!("{other:?}"),
        };
        assert!(matches!(limit(applied(&mut registry, "endless")), Limit::Fuel(10_000)));
        assert!(matches!(limit(applied(&mut registry, "hungry")), Limit::Memory(2_097_152)));
        assert!(matches!(applied(&mut registry, "short"), Err(Error::Requires(_))));
        assert_eq!(applied(&mut registry, "well"), Ok("text".to_owned()));
    }
    assert_eq!(registry.plugin("short").expect("a plugin").apply("abc"), Ok("abc".to_owned()));
}

#[test]
fn wrong_grants_are_said() {
    let wrong = |text| Grants::parse(text).expect_err("it is wrong");
    assert!(wrong("{").contains("line 1"));
    assert_eq!(wrong(r#"{"a": {"may": ["fly"]}}"#), "`a`: there is no capability \"fly\"");
    assert_eq!(wrong(r#"{"a": {"feul": 1}}"#), "`a`: `feul` is none of `may`, `fuel`, `memory`, `milliseconds`");
    assert_eq!(wrong(r#"{"a": {"fuel": -1}}"#), "`a`: `fuel` is no number");
}

#[test]
fn the_example_runs() {
    let output = Command::new(env!("CARGO_BIN_EXE_plugins")).output().expect("the example starts");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected = "[count] loaded\n[dice] loaded\n[shout] loaded\ncount says: counted 3 words\n\
                    count: hello from Rust (3 words)\n";
    assert!(printed.starts_with(expected), "{printed}");
    assert!(printed.ends_with("shout: HELLO FROM RUST!\n"), "{printed}");
}
