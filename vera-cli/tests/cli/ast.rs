//! `vera ast`.

use crate::harness::{GOOD, Sandbox};
use serde_json::{Value, json};

#[test]
fn the_tree_is_indented() {
    let expected = "\
Program  1:1
  declarations
  - TopLevelDecl visibility: \"public\"  1:1
      decl: FnDecl name: \"one\"  1:8
        params
        - NamedType name: \"Unit\"  1:16
        return_type: NamedType name: \"Int\"  1:25
        contracts
        - Requires  2:3
            expr: BoolLit value: true  2:12
        - Ensures  3:3
            expr: BoolLit value: true  3:11
        effect: PureEffect  4:11
        body: Block  6:3
          expr: IntLit value: 1  6:3
";
    let sandbox = Sandbox::new(&[("good.vera", GOOD)]);
    sandbox.vera(&["ast", "good.vera"]).is(0, expected);
    sandbox.vera(&["parse", "good.vera"]).is(0, expected);
    sandbox.vera_with(&["ast", "-"], GOOD).is(0, expected);
}

#[test]
fn json_nodes_have_name_and_place() {
    let tree = Sandbox::new(&[("good.vera", GOOD)]).vera(&["ast", "--json", "good.vera"]).json(0);
    let function = &tree["declarations"][0]["decl"];
    assert_eq!(
        (&tree["_type"], &function["_type"], &function["name"]),
        (&json!("Program"), &json!("FnDecl"), &json!("one"))
    );
    let body = &function["body"]["expr"];
    let span = json!({ "line": 6, "column": 3, "end_line": 6, "end_column": 4 });
    assert_eq!(body, &json!({ "_type": "IntLit", "span": span, "value": 1 }));
}

#[test]
fn errors_of_form_fail() {
    let sandbox = Sandbox::new(&[("cut.vera", "public fn f(")]);
    sandbox.vera(&["ast", "cut.vera"]).fails(1, "error[E");
    let report = sandbox.vera(&["ast", "--json", "cut.vera"]).json(1);
    assert_eq!(report["ok"], json!(false));
    sandbox.vera(&["ast", "none.vera"]).fails(1, "Error: file not found: none.vera");
    // Names and types are not looked at.
    let unknown = GOOD.replace("  1\n", "  nothing(@None.3)\n");
    assert_eq!(Sandbox::new(&[("p.vera", &unknown)]).vera(&["ast", "p.vera"]).status, Some(0));
}

#[test]
fn deep_trees_are_printed_whole() {
    let deep = GOOD.replace("  1\n", &format!("  {}1{}\n", "(1 + ".repeat(120), ")".repeat(120)));
    let sandbox = Sandbox::new(&[("deep.vera", &deep)]);
    let text = sandbox.vera(&["ast", "deep.vera"]);
    assert_eq!((text.status, text.stdout.matches("BinaryExpr").count()), (Some(0), 120), "{}", text.stderr);
    let tree = sandbox.vera(&["ast", "--json", "deep.vera"]);
    // The parser of JSON has a limit of its own, so the text is looked at.
    assert_eq!((tree.status, tree.stdout.matches("\"BinaryExpr\"").count()), (Some(0), 120));
    let too_deep = GOOD.replace("  1\n", &format!("  {}1{}\n", "(".repeat(100_000), ")".repeat(100_000)));
    let sandbox = Sandbox::new(&[("deep.vera", &too_deep)]);
    let report: Value = sandbox.vera(&["ast", "--json", "deep.vera"]).json(1);
    assert_eq!(report["ok"], json!(false));
}
