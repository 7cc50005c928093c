//! `vera builtins`, `vera effects`, `vera errors`, `vera version`, `vera completions`.

use crate::harness::Sandbox;
use serde_json::{Value, json};

fn item(listing: &Value, key: &str, name: &str) -> Value {
    let items = listing["items"].as_array().expect("items");
    items.iter().find(|item| item[key] == name).unwrap_or_else(|| panic!("no {name}")).clone()
}

#[test]
fn builtins_are_listed_with_type_and_meaning() {
    let sandbox = Sandbox::new(&[]);
    let text = sandbox.vera(&["builtins"]);
    let first = text.stdout.lines().next().expect("a line");
    let columns: Vec<_> = first.split_whitespace().take(4).collect();
    assert_eq!((text.status, columns), (Some(0), vec!["abs", "core", "function", "fn(Int"]));
    assert!(first.contains("  -- "), "{first}");
    let listing = sandbox.vera(&["builtins", "--json"]).json(0);
    assert_eq!((&listing["schema"], listing["items"].as_array().map(Vec::len)), (&json!("vera-builtins/1"), Some(168)));
    assert_eq!(text.stdout.lines().count(), 168);
    let insert = item(&listing, "name", "map_insert");
    for (field, value) in [
        ("module", json!("core")),
        ("kind", json!("function")),
        ("since", json!("0.0.94")),
        ("type_params", json!(["K", "V"])),
        ("signature", json!("fn(Map<K, V>, K, V -> Map<K, V>) effects(pure)")),
    ] {
        assert_eq!(insert[field], value, "{field}");
    }
    assert!(!insert["docs"].as_str().expect("a text").is_empty());
    let names: Vec<_> =
        listing["items"].as_array().expect("items").iter().map(|item| item["name"].to_string()).collect();
    assert!(names.is_sorted());
}

#[test]
fn entries_can_be_named() {
    let sandbox = Sandbox::new(&[]);
    let listed = |arguments: &[&str]| {
        let outcome = sandbox.vera(arguments);
        let names: Vec<_> =
            outcome.stdout.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
        (outcome.status, names, outcome.stderr)
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(listed(&["builtins", "min", "abs"]), (Some(0), names(&["abs", "min"]), String::new()));
    assert_eq!(listed(&["errors", "e130"]), (Some(0), names(&["E130"]), String::new()));
    let message = "Error: there is no `nix` in this table\n".to_owned();
    assert_eq!(listed(&["effects", "IO", "nix"]), (Some(1), names(&["IO"]), message));
}

#[test]
fn effects_and_abilities_are_listed() {
    let sandbox = Sandbox::new(&[]);
    let listing = sandbox.vera(&["effects", "--json"]).json(0);
    let kinds: Vec<_> = listing["items"].as_array().expect("items").iter().map(|item| item["kind"].clone()).collect();
    assert_eq!((&listing["schema"], kinds.len()), (&json!("vera-effects/1"), 14));
    let state = item(&listing, "name", "State");
    assert_eq!(
        (&state["type_params"], &state["ops"], &state["since"]),
        (&json!(["T"]), &json!(["get", "put"]), &json!("0.0.5"))
    );
    assert_eq!(state["operations"][1]["signature"], "fn(T -> Unit)");
    assert_eq!(item(&listing, "name", "Ord")["ops"], json!(["compare"]));
    let text = sandbox.vera(&["effects"]).stdout;
    assert!(text.contains("DB          effect   execute, query"), "{text}");
}

#[test]
fn codes_are_listed() {
    let sandbox = Sandbox::new(&[]);
    let listing = sandbox.vera(&["errors", "--json"]).json(0);
    assert_eq!((&listing["schema"], listing["items"].as_array().map(Vec::len)), (&json!("vera-errors/1"), Some(183)));
    let expected = json!({
        "code": "E130", "phase": "typecheck", "title": "Unresolved slot reference", "since": "0.0.43",
        "severity": "error",
    });
    assert_eq!(item(&listing, "code", "E130"), expected);
    assert_eq!(item(&listing, "code", "W001")["phase"], "warning");
    let text = sandbox.vera(&["errors"]).stdout;
    assert!(text.starts_with("E001  parse      Missing contract block\n"), "{text}");
}

#[test]
fn the_version_is_the_packages() {
    let sandbox = Sandbox::new(&[]);
    let version = concat!("vera ", env!("CARGO_PKG_VERSION"), "\n");
    for arguments in [&["version"][..], &["--version"], &["-V"]] {
        sandbox.vera(arguments).is(0, version);
    }
}

#[test]
fn shells_get_scripts() {
    let sandbox = Sandbox::new(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = sandbox.vera(&["completions", shell]);
        assert_eq!((script.status, &*script.stderr), (Some(0), ""));
        assert!(script.stdout.contains("explain-slots"), "{shell}: {}", script.stdout);
    }
    sandbox.vera(&["completions", "dos"]).fails(2, "invalid value 'dos'");
}
