//! Documents made to take the built-ins of the host long, or much memory: a typed error or a result, and the instance
//! answers the next call.

use crate::guest::Guest;
use serde_json::Value;
use std::time::Duration;
use vera_abi::heap::record_header;
use vera_abi::interface::TypeDesc;
use vera_abi::prelude::json;
use vera_runtime::error::{Error, Limit};
use vera_runtime::{Instance, Limits, Result, Rooted};

/// `json`, `html`, `md: String -> String` parse a text and print what they have parsed. `query: String, String -> Int` is
/// the number of matches, and `query_below` the same below calls as deep as its third argument.
fn guest() -> Guest {
    let mut guest = Guest::new();
    let (int, string, tree) = (guest.ty(TypeDesc::Int), guest.ty(TypeDesc::String), guest.prelude("Json"));
    let trees = guest.ty(TypeDesc::Array(tree));
    let walkers = [
        ("json", "json_parse", "json_stringify"),
        ("html", "html_parse", "html_to_string"),
        ("md", "md_parse", "md_render"),
    ];
    for (name, parse, print) in walkers {
        guest.builtin(parse, "(param i32 i32) (result i32)");
        guest.builtin(print, "(param i32) (result i32 i32)");
        guest.function(
            name,
            vec![string],
            string,
            &format!(
                "(param i32 i32) (result i32 i32)
                (call ${print} (i32.load offset=4 (call ${parse} (local.get 0) (local.get 1))))"
            ),
        );
    }
    guest.builtin("html_query", "(param i32 i32 i32) (result i32 i32)");
    guest.function(
        "query",
        vec![string, string],
        int,
        "(param i32 i32 i32 i32) (result i64)
        (call $keep (local.get 2))
        (call $html_query (i32.load offset=4 (call $html_parse (local.get 0) (local.get 1)))
          (local.get 2) (local.get 3))
        (local.set 0) (drop) (call $drop1) (i64.extend_i32_u (local.get 0))",
    );
    guest.function(
        "query_below",
        vec![string, string, int],
        int,
        "(param i32 i32 i32 i32 i64) (result i64)
        (if (result i64) (i64.eqz (local.get 4))
          (then (call $query (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
          (else (i64.sub (i64.add (i64.const 1) (call $query_below (local.get 0) (local.get 1) (local.get 2)
            (local.get 3) (i64.sub (local.get 4) (i64.const 1)))) (i64.const 1))))",
    );
    // The JSON array of some values.
    guest.function(
        "array",
        vec![trees],
        tree,
        &format!(
            "(param i32 i32) (result i32) (local i32)
            (call $keep (local.get 0)) (local.set 2 (call $alloc (i32.const 12))) (call $drop1)
            (i32.store (local.get 2) (i32.const {}))
            (i32.store offset=4 (local.get 2) (local.get 0)) (i32.store offset=8 (local.get 2) (local.get 1))
            (local.get 2)",
            record_header(json::ARRAY, 1)
        ),
    );
    guest.function(
        "stringify",
        vec![tree],
        string,
        "(param i32) (result i32 i32) (call $json_stringify (local.get 0))",
    );
    guest
}

fn instance(limits: Limits) -> Instance {
    guest().compile().instantiate((), limits).unwrap()
}

fn run(instance: &mut Instance, function: &str, text: &str) -> Result<String> {
    let function = instance.function::<(String,), String>(function)?;
    instance.call(&function, (text,))
}

fn query(instance: &mut Instance, text: &str, selector: &str) -> Result<i64> {
    let query = instance.function::<(String, String), i64>("query")?;
    instance.call(&query, (text, selector))
}

fn limit_of<T: std::fmt::Debug>(outcome: Result<T>) -> Limit {
    match outcome {
        Err(Error::Limit(reached)) => reached.limit,
        other => panic!("{}", format!("{other:?}").chars().take(200).collect::<String>()),
    }
}

#[track_caller]
fn still_works(instance: &mut Instance) {
    assert_eq!(run(instance, "json", r#"{"a": [1, "x\n"]}"#).unwrap(), r#"{"a":[1,"x\n"]}"#);
    assert_eq!(run(instance, "html", "<p>a<b>c</b></p>").unwrap(), "<p>a<b>c</b></p>");
    assert_eq!(run(instance, "md", "> - a\n>   *b*").unwrap(), "> - a *b*");
    assert_eq!(query(instance, "<p><i></i><b></b></p>", "i + b").unwrap(), 1);
    instance.check_heap().unwrap();
}

/// Prints an array that holds the same array twice, and so on, `depth` times.
fn print_shared(instance: &mut Instance, depth: usize) -> Result<usize> {
    let array = instance.function::<(Vec<Value>,), Value>("array")?;
    let stringify = instance.function::<(Value,), String>("stringify")?;
    instance.scope(|scope| {
        let mut value: Rooted<'_, Value> = scope.lower(&Value::Null)?;
        for _ in 0..depth {
            let both = scope.array([value, value])?;
            value = scope.call(&array, (both,))?;
        }
        let text = scope.call(&stringify, (value,))?;
        Ok(scope.bytes(text)?.len())
    })
}

#[test]
fn shared_values_are_printed_within_the_limits() {
    assert_eq!(print_shared(&mut instance(Limits::default()), 4).unwrap(), "[null,null]".len() * 8 + 7 * 3);
    let time = Duration::from_millis(100);
    let cases = [
        (Limits { deadline: Some(time), ..Limits::default() }, Limit::Deadline(time)),
        (Limits { fuel: Some(10_000_000), ..Limits::default() }, Limit::Fuel(10_000_000)),
        (Limits { host_memory: 1 << 20, ..Limits::default() }, Limit::HostMemory(1 << 20)),
        (Limits { nodes: 100_000, ..Limits::default() }, Limit::Nodes(100_000)),
    ];
    for (limits, limit) in cases {
        let mut instance = instance(limits);
        assert_eq!(limit_of(print_shared(&mut instance, 60)), limit);
        still_works(&mut instance);
    }
}

#[test]
fn selectors_of_any_length_at_any_depth() {
    let mut instance = instance(Limits { native_stack: 1 << 20, ..Limits::default() });
    let page = "<b><i></i><i></i></b>".repeat(10);
    let thread = std::thread::Builder::new().stack_size(128 << 10).spawn(move || {
        let longest = Limit::Document { most: 1 << 16, of: "bytes of a selector" };
        assert_eq!(limit_of(query(&mut instance, &page, &"b > ".repeat(900_000))), longest);
        let deepest = Limit::Document { most: 64, of: "levels of a selector" };
        assert_eq!(limit_of(query(&mut instance, &page, &":not(".repeat(10_000))), deepest);
        assert_eq!(query(&mut instance, &page, &"i ".repeat(30_000)).unwrap(), 0);
        let nested = format!("{}b{}", ":not(".repeat(62), ")".repeat(62));
        assert_eq!(query(&mut instance, &page, &nested).unwrap(), 10);
        let below = instance.function::<(String, String, i64), i64>("query_below").unwrap();
        for depth in [100, 1000, 3000, 6000, 9000, 12_000, 20_000, 100_000] {
            match instance.call(&below, (page.as_str(), nested.as_str(), depth)) {
                Ok(found) => assert_eq!(found, 10),
                other => assert_eq!(limit_of(other), Limit::Stack(1 << 20)),
            }
        }
        still_works(&mut instance);
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn queries_cost_the_size_of_the_page() {
    // Each was quadratic: half a thousand million steps.
    let siblings = format!("<u>{}</u>", "<i></i>".repeat(20_000));
    let nested = format!("{}{}", "<i>".repeat(4000), "</i>".repeat(4000));
    let mut instance = instance(Limits { fuel: Some(200_000_000), ..Limits::default() });
    assert_eq!(query(&mut instance, &siblings, "b ~ i").unwrap(), 0);
    assert_eq!(query(&mut instance, &siblings, "i ~ i:nth-last-of-type(2n)").unwrap(), 9999);
    assert_eq!(query(&mut instance, &nested, "b i i i").unwrap(), 0);
    assert_eq!(query(&mut instance, &nested, "i:has(i) i").unwrap(), 3999);
    still_works(&mut instance);
}

#[test]
fn html_that_leaves_much_open() {
    let mut instance = instance(Limits::default());
    let open = Limit::Document { most: 12_288, of: "open elements" };
    for text in ["<div>", "<i></b>", "<table><tr><td>"] {
        assert_eq!(limit_of(run(&mut instance, "html", &text.repeat(20_000))), open, "{text}");
    }
    let attributes: String = (0..100_000).map(|n| format!(" a{n}")).collect();
    let most = Limit::Document { most: 4096, of: "attributes of one element" };
    assert_eq!(limit_of(run(&mut instance, "html", &format!("<p{attributes}>"))), most);
    still_works(&mut instance);
}

#[test]
fn html_has_a_deadline() {
    let time = Duration::from_millis(20);
    let mut instance = instance(Limits { deadline: Some(time), ..Limits::default() });
    let text = format!("{}{}", "<div>".repeat(4000), "<p>x</p>".repeat(100_000));
    assert_eq!(limit_of(run(&mut instance, "html", &text)), Limit::Deadline(time));
    still_works(&mut instance);
}

#[test]
fn documents_need_host_memory() {
    let most = 16 << 20;
    let mut instance = instance(Limits { host_memory: most, ..Limits::default() });
    let cases = [
        ("html", "<br>".repeat(1_000_000)),
        ("html", "<p a=b>".repeat(500_000)),
        ("md", "*a* ".repeat(500_000)),
        ("json", format!("{}1", "[".repeat(1_000_000))),
        ("json", format!("[{}1]", "\"\\u0041\\u0042\",".repeat(2_000_000))),
        ("json", format!("\"{}\"", "\\n".repeat(10_000_000))),
    ];
    for (function, text) in cases {
        assert_eq!(limit_of(run(&mut instance, function, &text)), Limit::HostMemory(most), "{}", &text[..20]);
    }
    still_works(&mut instance);
}

#[test]
fn lists_of_members_and_attributes_are_given_back() {
    // Each list is small, and gone before the next one; all together they are 12 MB, and 1.2 MB.
    let mut small = instance(Limits { host_memory: 4 << 20, ..Limits::default() });
    let members = format!("[{}0]", "{\"a\":1},".repeat(50_000));
    assert_eq!(run(&mut small, "json", &members).unwrap(), members);
    let mut instance = instance(Limits { host_memory: 1400 << 10, ..Limits::default() });
    let page = format!("<p>{}</p>", "<i a=b></i>".repeat(5_000));
    assert_eq!(query(&mut instance, &page, "i[a]").unwrap(), 5_000);
    assert_eq!(run(&mut instance, "html", &page).unwrap().matches("a=\"b\"").count(), 5_000);
    still_works(&mut instance);
}

#[test]
fn nested_markdown_costs_its_length() {
    let mut instance = instance(Limits { fuel: Some(50_000_000), ..Limits::default() });
    let quotes = format!("{}a", "> ".repeat(40_000));
    assert_eq!(run(&mut instance, "md", &quotes).unwrap(), quotes);
    let items = format!("{}a", "- ".repeat(20_000));
    assert_eq!(run(&mut instance, "md", &items).unwrap(), items);
    let image = format!("![{}a{}](b)", "*a ".repeat(20_000), "*".repeat(20_000));
    assert!(run(&mut instance, "md", &image).unwrap().starts_with("![a a a"));
    still_works(&mut instance);
}

#[test]
fn markdown_lines_that_repeat_no_marks() {
    let mut instance = instance(Limits::default());
    for marks in ["> ", "- ", "1. ", "> - "] {
        let text = format!("{}a\n{}", marks.repeat(30_000), "a\n".repeat(300_000));
        match limit_of(run(&mut instance, "md", &text)) {
            Limit::Document { of: "levels of all lines together", .. } => {}
            other => panic!("{other:?}"),
        }
    }
    still_works(&mut instance);
}

#[test]
fn every_walker_spends_fuel() {
    let fuel = 300_000;
    let mut instance = instance(Limits { fuel: Some(fuel), ..Limits::default() });
    let cases = [
        ("json", format!("[{}1]", "1,".repeat(20_000))),
        ("json", format!("\"{}\"", "\\n".repeat(2_000_000))),
        ("html", "<p>a".repeat(10_000)),
        ("md", "*a* ".repeat(10_000)),
        ("md", format!("```\n{}\n```", "a".repeat(1_000_000))),
    ];
    for (function, text) in cases {
        assert_eq!(limit_of(run(&mut instance, function, &text)), Limit::Fuel(fuel), "{function} {}", &text[..10]);
    }
    still_works(&mut instance);
}

#[test]
fn numbers_and_keys_in_quantity() {
    let mut instance = instance(Limits { fuel: Some(100_000_000), ..Limits::default() });
    let digits = "9".repeat(1_000_000);
    assert_eq!(run(&mut instance, "json", &format!("0.{digits}")).unwrap(), "1");
    assert_eq!(run(&mut instance, "json", &format!("[1e-{digits}]")).unwrap(), "[0]");
    let members: String = (0..100_000).map(|n| format!("\"k{}\":{n},", n % 100)).collect();
    let text = run(&mut instance, "json", &format!("{{{members}\"z\":0}}")).unwrap();
    assert!(text.starts_with("{\"k0\":99900,") && text.ends_with("\"k99\":99999,\"z\":0}"), "{text}");
    still_works(&mut instance);
}

/// Collecting a large heap costs more than this budget. What a call was not let to finish, the next one does not pay for.
#[test]
fn a_collection_that_was_stopped_does_not_stop_the_next_call() {
    let fuel = 60_000;
    let mut instance =
        instance(Limits { fuel: Some(fuel), memory: 64 << 20, shadow_stack: 64 << 10, ..Limits::default() });
    let text = "[1]".repeat(2000);
    let stopped = (0..5_000).filter(|_| run(&mut instance, "md", &text).is_err()).count();
    assert!(stopped > 0, "nothing was stopped");
    for _ in 0..20 {
        assert_eq!(run(&mut instance, "json", "[1]").as_deref(), Ok("[1]"));
    }
    assert_eq!(limit_of(run(&mut instance, "md", &text)), Limit::Fuel(fuel));
}

/// The parser moves children to elements for which there is no memory any more.
#[test]
fn html_that_moves_elements_ends_when_memory_does() {
    let text = "\n<a><table><table><a><table>&#0;<tr><p><i a=1><nobr><a><i b=2><nobr><a><i b=2><table><a><table>&#0;<tr><p><p><a><i b=2><p><i a=1>:empty<nobr><a><i b=2><nobr><a><i b=2><table><a><table>&#0;<tr><p><i a=1><nobr><a><i b=2><nobr><a><i b=2><table><a><table>&#0;<tr><p><i a=1><nobr><a><i b=2><p><i a=1><nobr><a><i b=2><table><a><i a=1><i a=1><i a=1><i a=1><i a=1><i a=1><i a=1><i a=1><table><a></script>\n\n<i a=1><annotation-xml><a><a></a><i a=1><a><a><table>&#0;</i></i>\n<nobr><a><i b=2><table><a><table>&#0;<tr><p>&#0;<tr><p><i a=1><nobr><a><i b=2><p><i a=1>:empty<nobr><a><i b=2><nobr><a><i b=2><table><a><table>&#0;<tr><p><i a=1><nobr><a><i b=2><nobr><a><i b=2><annotation-xml><a><a></a><i a=1><a><a><table>&#0;</i></i>\n<nobr><a><i b=2><table><a><table>&#0;<tr><p>&#0;<tr><p><i a=1><nobr><a><i b=2><p><i a=1>:empty<nobr><a><i b=2><nobr><a><i b=2><table><a><table>&#0;<tr><p><i a=1><nobr><a><i b=2><nobr><a><i b=2><table><a><table>&#0;<tr><p><i a=1><nobr><a><i b=2><p><i a=1><nobr><a><i b=2><table><a><i a=1><i a=1><i a=1><i a=1><i a=1><i a=1><i a=1><i a=1><table><a></script>\n\n<i a=1><annotation-xml><a><a></a><i a=1><a><a><table>&#0;</i></i>\n<nobr><a><i b=2><table><a><table>&#0;<tr><p><i a=1><nobr><a><i b=2><p><i a=1><nobr><a><i b=2><nobr><a><i b=2><p><i a=1><nobr><a><table>&#0;</i></i></i></i><i b=2><table><table><i a=1><i a=1><i a=1></i></i><i a=1><i b=2><i b=2></i>";
    let limits = Limits { host_memory: 64 << 10, ..Limits::default() };
    let mut instance = instance(limits);
    assert!(matches!(limit_of(run(&mut instance, "html", text)), Limit::HostMemory(_)));
    still_works(&mut instance);
}

/// A heap that grew in calls with little garbage of their own costs none of them its collection.
#[test]
fn a_call_does_not_pay_for_the_garbage_of_others() {
    let grown = Limits { memory: 64 << 20, shadow_stack: 64 << 10, ..Limits::default() };
    let mut instance = instance(Limits { fuel: Some(100_000), ..grown });
    let text = format!("\"{}\"", "a".repeat(30_000));
    for n in 0..3_000 {
        assert_eq!(run(&mut instance, "json", &text).as_deref(), Ok(text.as_str()), "call {n}");
    }
}
