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
    let line = |name: &str| {
        let named = |line: &&str| line.split_whitespace().next() == Some(name);
        text.stdout.lines().find(named).map(|line| line.split_whitespace().skip(1).collect::<Vec<_>>().join(" "))
    };
    let abs = line("abs").expect("a line");
    assert!(abs.starts_with("core function fn(@Int -> @Nat) effects(pure) -- "), "{abs}");
    let fold = line("array_fold").expect("a line");
    let folded = "core function forall<T, U> fn(@Array<T>, @U, @fn(U, T -> U) effects(pure) -> @U) effects(pure) -- ";
    assert!(fold.starts_with(folded), "{fold}");
    assert!(line("pi").expect("a line").starts_with("core function fn(-> @Float64) effects(pure) -- "));
    assert!(
        line("await").expect("a line").starts_with("core function forall<T> fn(@Future<T> -> @T) effects(<Async>) ")
    );
    assert!(line("regex_find").expect("a line").starts_with("core function fn(@String, @String -> "));
    assert!(!text.stdout.contains("(later)"));
    assert_eq!(line("Option").as_deref(), Some("core type Option<T> = None | Some"));
    assert_eq!(line("Some").as_deref(), Some("core constructor Some(T) of Option<T>"));
    assert_eq!(line("Less").as_deref(), Some("core constructor Less of Ordering"));
    assert_eq!(line("Map").as_deref(), Some("core type Map<K, V>"));
    assert!(["Trie", "MapSmall", "array_nothing"].into_iter().all(|name| line(name).is_none()));
    let listing = sandbox.vera(&["builtins", "--json"]).json(0);
    let functions = listing["items"].as_array().expect("items").iter().filter(|item| item["kind"] == "function");
    assert_eq!((&listing["schema"], functions.count()), (&json!("vera-builtins/1"), 168));
    assert_eq!(Some(text.stdout.lines().count()), listing["items"].as_array().map(Vec::len));
    let insert = item(&listing, "name", "map_insert");
    for (field, value) in [
        ("module", json!("core")),
        ("kind", json!("function")),
        ("since", json!("0.0.94")),
        ("type_params", json!(["K", "V"])),
        ("signature", json!("fn(@Map<K, V>, @K, @V -> @Map<K, V>) effects(pure)")),
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
    assert_eq!((&state["capabilities"], &item(&listing, "name", "Ord")["ops"]), (&json!([]), &json!(["compare"])));
    let database = json!([{
        "name": "Database", "trait": "vera_runtime::host::database::Database", "method": "database",
        "operations": ["query", "execute"],
        "hosts": [
            { "name": "vera_runtime::host::database::Sqlite", "feature": "sqlite" },
            { "name": "vera_runtime::host::database::Pool", "feature": "sqlite" },
        ],
    }]);
    assert_eq!(item(&listing, "name", "DB")["capabilities"], database);
    let text = sandbox.vera(&["effects"]).stdout;
    let line = |name: &str| text.lines().find(|line| line.starts_with(name)).map(|line| line.split_whitespace());
    let first = |name: &str| line(name).map(|words| words.take(4).collect::<Vec<_>>().join(" "));
    assert_eq!(first("DB ").as_deref(), Some("DB effect execute, query"));
    assert_eq!(first("Exn ").as_deref(), Some("Exn effect throw --"));
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
