use super::{Json, Node};
use crate::source::SourceMap;
use crate::syntax::{ast, parse};
use serde_json::Value;

/// Every form of declaration, type, row, statement, expression and pattern.
const EVERYTHING: &str = include_str!("everything.vera");

fn parsed(text: &str) -> (ast::Program, SourceMap) {
    let mut sources = SourceMap::new();
    let file = sources.add("p.vera", text);
    let (program, diagnostics) = parse(&sources, file);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    (program, sources)
}

#[test]
fn text_shows_every_form() {
    let (program, sources) = parsed(EVERYTHING);
    let mut text = String::new();
    Node::of(&program).text(&mut text, &sources).expect("a string takes everything");
    insta::assert_snapshot!(text);
}

/// What tools rely on: the names of nodes and of their fields.
#[test]
fn names_of_nodes_and_fields_are_stable() {
    let (program, sources) = parsed(EVERYTHING);
    let tree = serde_json::to_value(Json { program: &program, sources: &sources }).expect("it serialises");
    let mut nodes = std::collections::BTreeSet::new();
    collect(&tree, &mut nodes);
    let lines: Vec<String> = nodes.into_iter().collect();
    insta::assert_snapshot!(lines.join("\n"));
}

fn collect(value: &Value, nodes: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(name)) = map.get("_type") {
                let fields: Vec<&str> = map.keys().map(String::as_str).filter(|key| *key != "_type").collect();
                nodes.insert(format!("{name}: {}", fields.join(" ")));
            }
            map.values().for_each(|value| collect(value, nodes));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, nodes)),
        _ => {}
    }
}

#[test]
fn a_piped_value_is_the_first_argument() {
    let (program, sources) =
        parsed("public fn f(@Int -> @Int) requires(true) ensures(true) effects(pure) { @Int.0 |> g(2) |> h() }");
    let tree = serde_json::to_value(Json { program: &program, sources: &sources }).expect("it serialises");
    let call = &tree["declarations"][0]["decl"]["body"]["expr"];
    assert_eq!((&call["name"], &call["piped"]), (&"h".into(), &true.into()));
    assert_eq!((&call["span"]["column"], &call["stage_span"]["column"]), (&72.into(), &90.into()));
    let inner = &call["args"][0];
    assert_eq!((&inner["name"], inner["args"].as_array().map(Vec::len)), (&"g".into(), Some(2)));
    assert_eq!((&inner["args"][0]["_type"], &inner["args"][1]["value"]), (&"SlotRef".into(), &2.into()));
}

#[test]
fn places_count_characters_and_ends_are_exclusive() {
    let (program, sources) = parsed("-- é\npublic data E { O }\n");
    let tree = serde_json::to_value(Json { program: &program, sources: &sources }).expect("it serialises");
    let place = |line, column, end_line, end_column| serde_json::json!({ "line": line, "column": column, "end_line": end_line, "end_column": end_column });
    assert_eq!(tree["comments"][0]["span"], place(1, 1, 1, 5));
    assert_eq!(tree["declarations"][0]["decl"]["constructors"][0]["span"], place(2, 17, 2, 18));
}
