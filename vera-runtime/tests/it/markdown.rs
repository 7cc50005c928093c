//! `md_parse` and `md_render`.

use crate::guest::Guest;
use vera_abi::interface::TypeDesc;
use vera_runtime::value::markdown::{MdBlock, MdInline};
use vera_runtime::{Instance, Limits};

fn guest() -> Guest {
    let mut guest = Guest::new();
    let (string, block) = (guest.ty(TypeDesc::String), guest.prelude("MdBlock"));
    let parsed = guest.result(block, string);
    guest.builtin("md_parse", "(param i32 i32) (result i32)");
    guest.builtin("md_render", "(param i32) (result i32 i32)");
    guest.function(
        "parse",
        vec![string],
        parsed,
        "(param i32 i32) (result i32) (local i32)
        (local.set 2 (call $md_parse (local.get 0) (local.get 1))) (call $churn (local.get 2)) (local.get 2)",
    );
    guest.function(
        "reprint",
        vec![string],
        string,
        "(param i32 i32) (result i32 i32) (local i32)
        (local.set 2 (call $md_parse (local.get 0) (local.get 1))) (call $churn (local.get 2))
        (call $md_render (i32.load offset=4 (local.get 2)))",
    );
    guest
}

fn reprint(instance: &mut Instance, text: &str) -> String {
    let reprint = instance.function::<(String,), String>("reprint").unwrap();
    instance.call(&reprint, (text,)).unwrap()
}

#[test]
fn rendering() {
    let same = [
        "# T\n\npara *e* **s** `c` [l](u) ![i](s)",
        "- a\n- b\n  - c\n  - d\n- e",
        "- a\n\n  b\n\n- c",
        "1. x\n2. y",
        "> q\n>\n> - a\n> - b",
        "```rust\nfn x\n\ny\n```",
        "- a\n\n  ```\n  code\n  ```",
        "| a | b |\n| --- | --- |\n| *1* |  |",
        "a\n\n---\n\nb",
        "``a`b``",
        "`` `a` ``",
    ];
    let changed = [
        ("", ""),
        ("a\nb  \nc", "a b c"),
        ("* x\n* y", "- x\n- y"),
        ("Title\n=====", "# Title"),
        ("    indented", "```\nindented\n```"),
        ("<div>\nx\n</div>", "<div>\nx\n</div>"),
        ("a <b>c</b>", "a <b>c</b>"),
        ("![a *b* `c`](s)", "![a b c](s)"),
        ("- a\n\n- b", "- a\n- b"),
    ];
    for mut instance in guest().instances() {
        for text in same {
            assert_eq!(reprint(&mut instance, text), text);
        }
        for (text, printed) in changed {
            assert_eq!(reprint(&mut instance, text), printed, "{text}");
        }
        instance.check_heap().unwrap();
    }
}

#[test]
fn blocks_as_rust_values() {
    let text = |text: &str| MdInline::Text(text.into());
    for mut instance in guest().instances() {
        let parse = instance.function::<(String,), Result<MdBlock, String>>("parse").unwrap();
        let source = "## A *b*\n\n- x\n- y\n\n```rust,ignore\ncode\n```\n\n| h |\n|---|\n| c |\n";
        let document = instance.call(&parse, (source,)).unwrap();
        let expected = MdBlock::Document(
            vec![
                MdBlock::Heading(2, vec![text("A "), MdInline::Emph(vec![text("b")].into())]),
                MdBlock::List(
                    false,
                    vec![vec![MdBlock::Paragraph(vec![text("x")])], vec![MdBlock::Paragraph(vec![text("y")])]].into(),
                ),
                MdBlock::CodeBlock("rust".into(), "code".into()),
                MdBlock::Table(vec![vec![vec![text("h")]], vec![vec![text("c")]]]),
            ]
            .into(),
        );
        assert_eq!(document, Ok(expected));
    }
}

#[test]
fn large_documents() {
    let [mut instance, mut stressed] = guest().instances();
    let sections =
        |count: usize| (0..count).map(|n| format!("# Section {n}\n\nText of *{n}*.")).collect::<Vec<_>>().join("\n\n");
    assert_eq!(reprint(&mut stressed, &sections(200)), sections(200));
    let text = sections(20_000);
    assert!(reprint(&mut instance, &text) == text);
    let quotes = format!("{}x", "> ".repeat(1000));
    assert_eq!(reprint(&mut instance, &quotes), quotes);
    let small = Limits { shadow_stack: 4096, ..Limits::default() };
    let mut small = guest().compile().instantiate((), small).unwrap();
    assert!(reprint(&mut small, &text) == text);
}
