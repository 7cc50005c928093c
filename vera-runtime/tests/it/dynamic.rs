//! Values whose types are known only at run time.

use crate::guest::Guest;
use vera_abi::interface::{TypeDesc, TypeId};
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Error, Instance, Limits};

/// Text of a value and how it is shown, and text that is none.
type Cases<'a> = (TypeDesc, &'a [(&'a str, &'a str)], &'a [&'a str]);

/// One module for all types: making modules is what takes time.
fn check_all(all: &[Cases<'_>]) {
    let mut guest = Guest::new();
    let ids: Vec<TypeId> = all.iter().map(|(ty, ..)| guest.ty(ty.clone())).collect();
    for (index, id) in ids.iter().enumerate() {
        guest.identity(&format!("f{index}"), *id);
    }
    let mut instances = guest.instances();
    for (index, (_, cases, wrong)) in all.iter().enumerate() {
        check_one(&mut instances, &format!("f{index}"), ids[index], cases, wrong);
    }
}

fn check(ty: impl FnOnce(&mut Guest) -> TypeId, cases: &[(&str, &str)], wrong: &[&str]) {
    let mut guest = Guest::new();
    let id = ty(&mut guest);
    guest.identity("f", id);
    check_one(&mut guest.instances(), "f", id, cases, wrong);
}

fn check_one(instances: &mut [Instance; 2], f: &str, id: TypeId, cases: &[(&str, &str)], wrong: &[&str]) {
    for instance in instances {
        let interface = instance.interface();
        for (text, shown) in cases {
            let value = DynValue::parse(&interface, id, text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let back = instance.call_dynamic(f, std::slice::from_ref(&value)).unwrap();
            assert_eq!(back, value);
            assert_eq!(back.to_string(), *shown);
        }
        for text in wrong {
            assert!(DynValue::parse(&interface, id, text).is_err(), "{text}");
        }
        instance.check_heap().unwrap();
    }
}

#[test]
fn texts_of_programs_are_read() {
    let tuple = |guest: &mut Guest| {
        let (int, string) = (guest.ty(TypeDesc::Int), guest.ty(TypeDesc::String));
        guest.ty(TypeDesc::Tuple(vec![int, string]))
    };
    let cases = [
        (r#"Tuple(1, "a")"#, "(1, a)"),
        (r#"Tuple (1, "\u{e9}\u{1d11e}\0\"\\")"#, "(1, é𝄞\0\"\\)"),
        (r#"(1, "\u00e9\ud834\udd1e")"#, "(1, é𝄞)"),
    ];
    let wrong = [r#"Tuples(1, "a")"#, r#"(1, "\u{d800}")"#, r#"(1, "\u{})"#, r#"(1, "a\")"#, r#"(1, "\x")"#, "(1, \"a"];
    check(tuple, &cases, &wrong);
}

#[test]
fn scalars() {
    check_all(&[
        (TypeDesc::Int, &[("-5", "-5"), (" 7 ", "7")], &["", "x", "1.5", "1 2", "9223372036854775808"]),
        (TypeDesc::Nat, &[("5", "5")], &["-5", "9223372036854775808"]),
        (TypeDesc::Bool, &[("true", "true")], &["1"]),
        (TypeDesc::Byte, &[("65", "A")], &["256"]),
        (TypeDesc::Float64, &[("1.25", "1.25"), ("1e3", "1000.0")], &["x"]),
        (TypeDesc::String, &[("a \"b", "a \"b"), ("", "")], &[]),
        (TypeDesc::Unit, &[("()", "unit"), ("unit", "unit")], &["x"]),
    ]);
}

#[test]
fn compounds() {
    check(
        |g| {
            let (int, string) = (g.ty(TypeDesc::Int), g.ty(TypeDesc::String));
            let option = g.option(string);
            let tuple = g.ty(TypeDesc::Tuple(vec![int, option]));
            g.ty(TypeDesc::Array(tuple))
        },
        &[("[]", "[]"), ("[(1, Some(\"a, b\")), ( -2,None )]", "[(1, Some(a, b)), (-2, None)]")],
        &["[", "[(1)]", "[(1, Some)]", "[(1, Some(a))]", "[(1, None),]", "(1, None)"],
    );
    let many: String = (0..20).map(|n| format!("\"k{n}\": {n}")).collect::<Vec<_>>().join(", ");
    let shown: String = (0..20).map(|n| format!("k{n}: {n}")).collect::<Vec<_>>().join(", ");
    check(
        |g| {
            let (int, string) = (g.ty(TypeDesc::Int), g.ty(TypeDesc::String));
            g.ty(TypeDesc::Map(string, int))
        },
        &[("{}", "{}"), (&format!("{{{many}}}"), &format!("{{{shown}}}")), ("{\"a\": 1, \"a\": 2}", "{a: 2}")],
        &["{\"a\"}", "{1: 2}"],
    );
    check(
        |g| {
            let float = g.ty(TypeDesc::Float64);
            g.ty(TypeDesc::Set(float))
        },
        &[("{1, 2.5, 1}", "{1.0, 2.5}")],
        &["[1]"],
    );
    check(
        |g| g.prelude("Json"),
        &[("JArray([JNull, JObject({\"a\": JNumber(1)})])", "JArray([JNull, JObject({a: JNumber(1.0)})])")],
        &["null"],
    );
}

/// The stack of roots has 8,191 slots here: a root that stayed for each call would end the instance.
#[test]
fn arguments_that_do_not_fit_leave_nothing_behind() {
    let mut guest = Guest::new();
    let (int, string) = (guest.ty(TypeDesc::Int), guest.ty(TypeDesc::String));
    guest.function(
        "f",
        vec![string, string, int],
        int,
        "(param i32 i32 i32 i32 i64) (result i64) (call $churn (local.get 2)) (local.get 4)",
    );
    let limits = Limits { shadow_stack: 32 << 10, ..Limits::default() };
    let mut instance = guest.compile().instantiate((), limits).unwrap();
    let text = DynValue::String(b"a text".to_vec());
    for _ in 0..10_000 {
        let error = instance.call_dynamic("f", &[text.clone(), text.clone(), DynValue::Bool(true)]).unwrap_err();
        assert!(matches!(error, Error::Argument(_)), "{error:?}");
    }
    let answer = instance.call_dynamic("f", &[text.clone(), text, DynValue::Int(7)]);
    assert_eq!(answer, Ok(DynValue::Int(7)));
}
