//! `json_parse` and `json_stringify`.

use crate::guest::Guest;
use serde_json::{Value, json};
use vera_abi::interface::TypeDesc;
use vera_runtime::error::{Error, Limit};
use vera_runtime::{Instance, Limits, serde_json};

fn guest() -> Guest {
    let mut guest = Guest::new();
    let (string, json) = (guest.ty(TypeDesc::String), guest.prelude("Json"));
    let parsed = guest.result(json, string);
    let printed = guest.result(string, string);
    guest.builtin("json_parse", "(param i32 i32) (result i32)");
    guest.builtin("json_stringify", "(param i32) (result i32 i32)");
    guest.function(
        "parse",
        vec![string],
        parsed,
        "(param i32 i32) (result i32) (local i32)
        (local.set 2 (call $json_parse (local.get 0) (local.get 1))) (call $churn (local.get 2)) (local.get 2)",
    );
    guest.function("print", vec![json], string, "(param i32) (result i32 i32) (call $json_stringify (local.get 0))");
    // Ok(json) becomes Ok(its text), in place of the tree, which is garbage before the record is made.
    guest.function(
        "reprint",
        vec![string],
        printed,
        "(param i32 i32) (result i32) (local $r i32) (local $p i32) (local $n i32)
        (local.set $r (call $json_parse (local.get 0) (local.get 1)))
        (if (i32.load16_u (local.get $r)) (then (return (local.get $r))))
        (call $churn (local.get $r))
        (call $json_stringify (i32.load offset=4 (local.get $r)))
        (local.set $n) (local.set $p)
        (call $keep (local.get $p))
        (local.set $r (call $alloc (i32.const 16)))
        (call $drop1)
        (i32.store (local.get $r) (i32.const 0x10000))
        (i32.store offset=4 (local.get $r) (local.get $p))
        (i32.store offset=8 (local.get $r) (local.get $n))
        (local.get $r)",
    );
    guest
}

type Parsed = Result<Value, String>;

fn reprint(instance: &mut Instance, text: &str) -> Result<String, String> {
    let reprint = instance.function::<(String,), Result<String, String>>("reprint").unwrap();
    instance.call(&reprint, (text,)).unwrap()
}

#[test]
fn values() {
    let cases = [
        json!(null),
        json!(true),
        json!(-12),
        json!(0.1),
        json!("aé\n\"\\\u{1}"),
        json!([]),
        json!({}),
        json!([1, [2, [3, {"k": []}]], "x"]),
        json!({"b": 1, "a": {"c": null}}),
    ];
    for mut instance in guest().instances() {
        let parse = instance.function::<(String,), Parsed>("parse").unwrap();
        let print = instance.function::<(Value,), String>("print").unwrap();
        for value in &cases {
            let text = value.to_string();
            assert_eq!(instance.call(&parse, (text.as_str(),)).unwrap(), Ok(value.clone()));
            assert_eq!(instance.call(&print, (value,)).unwrap(), text);
            assert_eq!(reprint(&mut instance, &text), Ok(text));
        }
        let spaced = " { \"a\" : [ 1 , 2 ] ,\r\n\t\"\\u0062\\ud83d\\ude00\" : \"\\/\" } ";
        assert_eq!(reprint(&mut instance, spaced).unwrap(), "{\"a\":[1,2],\"b😀\":\"/\"}");
        instance.check_heap().unwrap();
    }
}

#[test]
fn syntax_errors_are_the_programs() {
    let cases = [
        ("", "unexpected end of text at line 1 column 1"),
        ("[1,]", "expected a value at line 1 column 4"),
        ("[1 2]", "expected `,` or `]` at line 1 column 4"),
        ("{\"a\" 1}", "expected `:` at line 1 column 6"),
        ("{a:1}", "expected a member name in double quotes at line 1 column 2"),
        ("{\"a\":1,}", "expected a member name in double quotes at line 1 column 8"),
        ("nul", "expected a value at line 1 column 1"),
        ("NaN", "expected a value at line 1 column 1"),
        ("[01]", "a number starts with 0 at line 1 column 3"),
        ("1e999", "number out of range at line 1 column 1"),
        ("[1,\n  1.x]", "expected a digit at line 2 column 5"),
        ("\"\\ud800\"", "lone surrogate in a string at line 1 column 2"),
        ("\"\\ud800\\u0041\"", "lone surrogate in a string at line 1 column 2"),
        ("\"\\x\"", "invalid escape at line 1 column 2"),
        ("\"\\u12\"", "invalid escape at line 1 column 2"),
        ("\"a", "unterminated string at line 1 column 1"),
        ("\"é\tb\"", "control character in a string at line 1 column 3"),
        ("1 2", "unexpected text after the value at line 1 column 3"),
        ("[", "unexpected end of text at line 1 column 2"),
        ("[1", "expected `,` or `]` at line 1 column 3"),
    ];
    for mut instance in guest().instances() {
        for (text, message) in cases {
            assert_eq!(reprint(&mut instance, text), Err(message.to_owned()), "{text}");
        }
    }
}

#[test]
fn repeated_members_keep_the_first_place_and_the_last_value() {
    let mut instances = guest().instances();
    let small = r#"{"a":1,"b":2,"a":3}"#;
    let mut large = String::from("{");
    for n in 0..200 {
        large.push_str(&format!("\"k{}\":{n},", n % 120));
    }
    large.push_str("\"k0\":\"last\"}");
    let mut expected: serde_json::Map<String, Value> =
        (0..120).map(|n| (format!("k{n}"), json!(if n < 80 { n + 120 } else { n }))).collect();
    expected["k0"] = json!("last");
    for instance in &mut instances {
        assert_eq!(reprint(instance, small).unwrap(), r#"{"a":3,"b":2}"#);
        assert_eq!(reprint(instance, &large).unwrap(), Value::Object(expected.clone()).to_string());
        instance.check_heap().unwrap();
    }
}

#[test]
fn the_defect_that_started_this() {
    let numbers = format!("[{}]", (0..1000).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
    let strings = format!("[{}]", (0..500).map(|n| format!("\"string {n}\"")).collect::<Vec<_>>().join(","));
    let object = format!("{{{}}}", (0..500).map(|n| format!("\"key {n}\":[{n}]")).collect::<Vec<_>>().join(","));
    for mut instance in guest().instances() {
        for text in [&numbers, &strings, &object] {
            assert_eq!(reprint(&mut instance, text).as_ref(), Ok(text));
        }
    }
}

#[test]
fn large_documents() {
    let mut instance = guest().compile().instantiate((), Limits::default()).unwrap();
    let numbers = format!("[{}]", (0..1_000_000).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
    assert!(reprint(&mut instance, &numbers).as_ref() == Ok(&numbers));
    let objects = format!(
        "[{}]",
        (0..200_000).map(|n| format!("{{\"id\":{n},\"name\":\"n{n}\",\"ok\":true}}")).collect::<Vec<_>>().join(",")
    );
    assert!(reprint(&mut instance, &objects).as_ref() == Ok(&objects));
    let deep = format!("{}1{}", "[{\"a\":".repeat(50_000), "}]".repeat(50_000));
    assert!(reprint(&mut instance, &deep).as_ref() == Ok(&deep));
    instance.check_heap().unwrap();
}

#[test]
fn roots_grow_with_depth_not_with_size() {
    let limits = Limits { shadow_stack: 4096, ..Limits::default() };
    let mut instance = guest().compile().instantiate((), limits).unwrap();
    let wide = format!("[{}]", vec!["{\"a\":[1,2,3],\"b\":\"x\"}"; 20_000].join(","));
    assert_eq!(reprint(&mut instance, &wide).map(|text| text.len()), Ok(wide.len()));
    let reprint = instance.function::<(String,), Result<String, String>>("reprint").unwrap();
    let deep = "[".repeat(10_000);
    match instance.call(&reprint, (deep.as_str(),)) {
        Err(Error::Limit(limit)) => assert_eq!(limit.limit, Limit::ShadowStack(4096)),
        other => panic!("{other:?}"),
    }
    assert_eq!(instance.call(&reprint, ("[1]",)).unwrap(), Ok("[1]".to_owned()));
    instance.check_heap().unwrap();
}

#[test]
fn limits_on_documents() {
    let limits = Limits { nodes: 50, bytes: 500, depth: 10, ..Limits::default() };
    let mut instance = guest().compile().instantiate((), limits).unwrap();
    let reprint = instance.function::<(String,), Result<String, String>>("reprint").unwrap();
    let mut limit = |text: &str| match instance.call(&reprint, (text,)) {
        Err(Error::Limit(limit)) => limit.limit,
        other => panic!("{other:?}"),
    };
    assert_eq!(limit(&format!("[{}0]", "0,".repeat(60))), Limit::Nodes(50));
    assert_eq!(limit(&"[".repeat(11)), Limit::Depth(10));
    assert_eq!(limit(&" ".repeat(600)), Limit::Bytes(500));
    assert_eq!(instance.call(&reprint, ("[[[1]]]",)).unwrap(), Ok("[[[1]]]".to_owned()));
}

#[test]
fn what_json_has_no_number_for() {
    let mut instance = guest().compile().instantiate((), Limits::default()).unwrap();
    let parse = instance.function::<(String,), Parsed>("parse").unwrap();
    let too_deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
    assert!(matches!(instance.call(&parse, (too_deep.as_str(),)), Err(Error::Limit(_))));
    assert_eq!(
        instance.call(&parse, ("[1e300, -0.0, 9007199254740993]",)).unwrap(),
        Ok(json!([1e300, 0, 9007199254740992u64]))
    );
}
