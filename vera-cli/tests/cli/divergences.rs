//! The examples of `docs/divergences.md` do what the page says.

use crate::harness::Sandbox;
use std::path::Path;

/// What the page says of an example.
enum Told<'t> {
    Prints(&'t str),
    StopsWith(&'t str),
}

/// The examples: a title, the program, and what is said of it.
fn examples(page: &str) -> Vec<(&str, &str, Told<'_>)> {
    let sections = page.split("\n### ").skip(1).map(|section| section.split("\n## ").next().unwrap_or(section));
    let example = |section| {
        let (title, rest) = str::split_once(section, "\n").expect("a title");
        let (program, rest) =
            rest.split_once("```vera\n").and_then(|(_, rest)| rest.split_once("```\n")).expect("a program");
        let stops = rest.split_once("Stops with `").and_then(|(_, rest)| rest.split_once('`'));
        let prints = rest.split_once("```text\n").and_then(|(_, rest)| rest.split_once("```"));
        let told = match (stops, prints) {
            (Some((kind, _)), None) => Told::StopsWith(kind),
            (None, Some((output, _))) => Told::Prints(output),
            _ => panic!("{title}: it prints something or stops"),
        };
        (title, program, told)
    };
    sections.map(example).collect()
}

#[test]
fn examples_do_what_the_page_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/divergences.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let examples = examples(&page);
    assert!(examples.len() > 10, "{}", examples.len());
    for (title, program, told) in examples {
        let sandbox = Sandbox::new(&[("p.vera", program)]);
        assert_eq!(sandbox.vera(&["fmt", "--check", "p.vera"]).status, Some(0), "{title} is not canonical");
        match told {
            Told::Prints(output) => {
                let run = sandbox.vera(&["run", "p.vera"]);
                assert_eq!((run.status, run.stdout.as_str()), (Some(0), output), "{title}: {}", run.stderr);
            }
            Told::StopsWith(kind) => {
                let report = sandbox.vera(&["run", "--json", "p.vera"]).json(1);
                assert_eq!(report["diagnostics"][0]["trap_kind"], kind, "{title}");
            }
        }
    }
}
