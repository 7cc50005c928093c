//! The walkers between text and trees in guest memory, against the bare parsers and printers.

use crate::guest;
use crate::measure::{Clock, Contender, alternate};
use crate::table::{Row, Target};
use crate::{Benchmark, text};
use std::hint::black_box;
use std::time::Duration;
use vera_runtime::{Compiled, Limits, Rooted};

const BUDGET: Duration = Duration::from_millis(500);

pub(crate) fn benchmarks() -> Vec<Benchmark> {
    vec![
        Benchmark::new("json_parse", "json_parse, against serde_json to Value", json_parse),
        Benchmark::new("json_print", "json_stringify without the parse, against serde_json from Value", json_print),
        Benchmark::new("html_parse", "html_parse, against scraper", html_parse),
        Benchmark::new("md_parse", "md_parse, against pulldown-cmark's events", markdown_parse),
    ]
}

/// JSON texts by what is in them.
fn json_texts() -> [(&'static str, String); 4] {
    let list = |items: &mut dyn Iterator<Item = String>| items.collect::<Vec<_>>().join(",");
    [
        ("numbers", format!("[{}]", list(&mut (0..200_000).map(|n| n.to_string())))),
        ("strings", format!("[{}]", list(&mut (0..100_000).map(|n| format!("\"item number {n}\""))))),
        (
            "objects",
            format!(
                "[{}]",
                list(&mut (0..50_000).map(|n| format!("{{\"id\":{n},\"name\":\"item {n}\",\"ok\":true}}")))
            ),
        ),
        ("an object", format!("{{{}}}", list(&mut (0..200_000).map(|n| format!("\"key{n}\":{n}"))))),
    ]
}

fn json_parse() -> Result<(), String> {
    for (what, json) in json_texts() {
        let bare = |text: &str| serde_json::from_str::<serde_json::Value>(text).map(|_| 1).unwrap_or(0);
        parser("json_parse", "Json", what, &json, 1.5, bare)?;
    }
    Ok(())
}

fn html_parse() -> Result<(), String> {
    let html = format!("<div>{}</div>", "<p class=\"c\">text</p>".repeat(20_000));
    parser("html_parse", "HtmlNode", "siblings", &html, 2.0, |text| {
        black_box(scraper::Html::parse_document(text));
        1
    })
}

fn markdown_parse() -> Result<(), String> {
    let section = "## Heading\n\nA paragraph with *emphasis*, **bold** and [a link](http://x.y/z).\n\n- one\n- two\n\n";
    parser("md_parse", "MdBlock", "sections", &section.repeat(5_000), 2.0, |text| {
        black_box(pulldown_cmark::Parser::new(text).collect::<Vec<_>>());
        1
    })
}

fn parser(
    function: &'static str,
    node: &str,
    what: &str,
    input: &str,
    target: f64,
    bare: impl Fn(&str) -> i64,
) -> Result<(), String> {
    let program = format!(
        "public fn parses(@String -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  match {function}(@String.0) {{\n    Ok(@{node}) -> 1,\n    Err(@String) -> 0\n  }}\n}}\n"
    );
    let compiled = Compiled::new(guest::compile(function, &program)?);
    let mut instance = compiled.instantiate((), Limits::default()).map_err(text)?;
    let parses = instance.function::<(String,), i64>("parses").map_err(text)?;
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
        ("walker", Box::new(|| instance.call(&parses, (black_box(input),)).map_err(text))),
        ("parser", Box::new(|| Ok(bare(black_box(input))))),
    ];
    let measured = alternate(Clock::Processor, BUDGET, &mut contenders)?;
    let row = Row::of_times(function, format!("{what}, {} KB", input.len() / 1000), &measured[0], &measured[1]);
    row.target(Target::AtMost(target)).print();
    Ok(())
}

const LENGTH: &str = "public fn length(@Json -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  string_length(json_stringify(@Json.0))
}
";

fn json_print() -> Result<(), String> {
    let compiled = Compiled::new(guest::compile("json_print", LENGTH)?);
    for (what, json) in json_texts() {
        let value: serde_json::Value = serde_json::from_str(&json).map_err(text)?;
        let mut instance = compiled.instantiate((), Limits::default()).map_err(text)?;
        let length = instance.function::<(serde_json::Value,), i64>("length").map_err(text)?;
        let measured = instance.scope(|scope| {
            let tree: Rooted<'_, serde_json::Value> = scope.lower(&value)?;
            let mut print = || scope.call(&length, (tree,)).and_then(|length| scope.lift(length)).map_err(text);
            let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
                ("walker", Box::new(&mut print)),
                ("serde_json", Box::new(|| Ok(black_box(&value).to_string().len() as i64))),
            ];
            Ok(alternate(Clock::Processor, BUDGET, &mut contenders))
        });
        let measured = measured.map_err(text)??;
        let input = format!("{what}, {} KB", json.len() / 1000);
        let mut row = Row::of_times("json_print", input, &measured[0], &measured[1]);
        row.target = (what == "an object").then_some(Target::AtMost(1.5));
        row.print();
        if measured[0].checksum != measured[1].checksum {
            return Err(format!("lengths differ: {} and {}", measured[0].checksum, measured[1].checksum));
        }
    }
    Ok(())
}
