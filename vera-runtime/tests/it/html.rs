//! `html_parse`, `html_to_string`, `html_query`.

use crate::guest::Guest;
use vera_abi::interface::TypeDesc;
use vera_runtime::value::html::HtmlNode;
use vera_runtime::{Instance, Limits};

fn guest() -> Guest {
    let mut guest = Guest::new();
    let (string, node) = (guest.ty(TypeDesc::String), guest.prelude("HtmlNode"));
    let (parsed, nodes) = (guest.result(node, string), guest.ty(TypeDesc::Array(node)));
    guest.builtin("html_parse", "(param i32 i32) (result i32)");
    guest.builtin("html_to_string", "(param i32) (result i32 i32)");
    guest.builtin("html_query", "(param i32 i32 i32) (result i32 i32)");
    guest.function(
        "parse",
        vec![string],
        parsed,
        "(param i32 i32) (result i32) (local i32)
        (local.set 2 (call $html_parse (local.get 0) (local.get 1))) (call $churn (local.get 2)) (local.get 2)",
    );
    guest.function(
        "reprint",
        vec![string],
        string,
        "(param i32 i32) (result i32 i32) (local i32)
        (local.set 2 (call $html_parse (local.get 0) (local.get 1))) (call $churn (local.get 2))
        (call $html_to_string (i32.load offset=4 (local.get 2)))",
    );
    guest.function(
        "query",
        vec![string, string],
        nodes,
        "(param i32 i32 i32 i32) (result i32 i32) (local i32)
        (call $keep (local.get 2))
        (local.set 4 (call $html_parse (local.get 0) (local.get 1))) (call $churn (local.get 4))
        (call $html_query (i32.load offset=4 (local.get 4)) (local.get 2) (local.get 3))
        (local.set 1) (local.set 0) (call $churn (local.get 0)) (call $drop1) (local.get 0) (local.get 1)",
    );
    guest.function("print", vec![node], string, "(param i32) (result i32 i32) (call $html_to_string (local.get 0))");
    guest
}

fn reprint(instance: &mut Instance, text: &str) -> String {
    let reprint = instance.function::<(String,), String>("reprint").unwrap();
    instance.call(&reprint, (text,)).unwrap()
}

#[test]
fn trees() {
    let cases = [
        ("<p>a</p>\n", "<p>a</p>"),
        ("", "<html></html>"),
        ("just text", "<html>just text</html>"),
        ("<p>a<p>b", "<html><p>a</p><p>b</p></html>"),
        ("<LI CHECKED>a<li id=x>b", "<html><li checked=\"\">a</li><li id=\"x\">b</li></html>"),
        ("<tr><td>a</td></tr>", "<tr><td>a</td></tr>"),
        (
            "<!-- c --><br><img src='x&amp;y' alt=\"&quot;\">",
            "<html><!-- c --><br><img src=\"x&amp;y\" alt=\"&quot;\"></html>",
        ),
        ("<!doctype html><title>t</title><p>x", "<html><head><title>t</title></head><body><p>x</p></body></html>"),
        (" <!-- c --> <BODY class=a>x", "<html><head></head><body class=\"a\">x</body></html>"),
        ("<div>a &amp; b &lt; &copy;&nbsp;</div>", "<div>a &amp; b &lt; ©&nbsp;</div>"),
        ("<script>a < b && c</script>", "<script>a < b && c</script>"),
        ("<p b=1 a=2 c=3>", "<p b=\"1\" a=\"2\" c=\"3\"></p>"),
    ];
    for mut instance in guest().instances() {
        for (text, printed) in cases {
            assert_eq!(reprint(&mut instance, text), printed);
            // The element around several nodes is not in the text; printed, it starts a document.
            if !printed.starts_with("<html>") {
                assert_eq!(reprint(&mut instance, printed), printed);
            }
        }
        instance.check_heap().unwrap();
    }
}

#[test]
fn nodes_as_rust_values() {
    for mut instance in guest().instances() {
        let parse = instance.function::<(String,), Result<HtmlNode, String>>("parse").unwrap();
        let print = instance.function::<(HtmlNode,), String>("print").unwrap();
        let many: String = (0..20).map(|n| format!(" a{n}=\"{n}\"")).collect();
        let text = format!("<p{many}>x<b>y</b><!--z--></p>");
        let node = instance.call(&parse, (text.as_str(),)).unwrap().unwrap();
        let HtmlNode::Element(name, attributes, children) = &node else { panic!("{node:?}") };
        assert_eq!((name.as_str(), attributes.len(), children.len()), ("p", 20, 3));
        assert_eq!(attributes.get_index(19).map(|(key, value)| (key.as_str(), value.as_str())), Some(("a19", "19")));
        assert_eq!(children[2], HtmlNode::Comment("z".into()));
        assert_eq!(instance.call(&print, (&node,)).unwrap(), text);
    }
}

#[test]
fn selectors() {
    let page = "<div class='a b'><p id=one>1</p><p>2<i data-x=y>3</i></p></div>";
    let cases: [(&str, &[&str]); 9] = [
        ("p", &["<p id=\"one\">1</p>", "<p>2<i data-x=\"y\">3</i></p>"]),
        (".b p:first-child", &["<p id=\"one\">1</p>"]),
        ("div > i", &[]),
        ("#one + p i, #one", &["<p id=\"one\">1</p>", "<i data-x=\"y\">3</i>"]),
        ("[data-x=y]", &["<i data-x=\"y\">3</i>"]),
        ("P", &["<p id=\"one\">1</p>", "<p>2<i data-x=\"y\">3</i></p>"]),
        ("div.a.b", &["<div class=\"a b\"><p id=\"one\">1</p><p>2<i data-x=\"y\">3</i></p></div>"]),
        ("::bad[", &[]),
        ("", &[]),
    ];
    for mut instance in guest().instances() {
        let query = instance.function::<(String, String), Vec<HtmlNode>>("query").unwrap();
        let print = instance.function::<(HtmlNode,), String>("print").unwrap();
        for (selector, expected) in cases {
            let found = instance.call(&query, (page, selector)).unwrap();
            let found: Vec<String> = found.iter().map(|node| instance.call(&print, (node,)).unwrap()).collect();
            assert_eq!(found, expected, "{selector}");
        }
    }
}

#[test]
fn many_siblings_and_deep_nesting() {
    let [mut instance, mut stressed] = guest().instances();
    let siblings =
        |count: usize| format!("<ul>{}</ul>", (0..count).map(|n| format!("<li>{n}</li>")).collect::<String>());
    let text = siblings(500);
    assert_eq!(reprint(&mut stressed, &text), text);
    let text = siblings(200_000);
    assert!(reprint(&mut instance, &text) == text);
    let deep = format!("{}x{}", "<div>".repeat(3_000), "</div>".repeat(3_000));
    assert!(reprint(&mut instance, &deep) == deep);
    let query = instance.function::<(String, String), Vec<HtmlNode>>("query").unwrap();
    assert_eq!(instance.call(&query, (siblings(10_000), "ul > li")).unwrap().len(), 10_000);
    let small = Limits { shadow_stack: 4096, ..Limits::default() };
    let mut small = guest().compile().instantiate((), small).unwrap();
    assert_eq!(reprint(&mut small, &siblings(20_000)).len(), siblings(20_000).len());
}
