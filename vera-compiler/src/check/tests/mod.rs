//! Programs with the diagnostics that are expected of them.
//!
//! Each file of `cases/` holds cases ([`vera_testing::cases`]): programs with their modules. A title that ends with
//! `(strict)` asks for the language's stricter rules. Below a line with something wrong stands a comment that marks where and with which codes:
//!
//! ```text
//! private fn f(@Foo -> @Int)
//! --            ^^^ E136
//! ```
//!
//! Carets show the columns of the span (to the end of the line for a longer one); `--~ E184` means somewhere in the
//! line, where the columns are those of the `--`. Every diagnostic has to be marked and every mark to be met.

mod harness;

use std::path::Path;

use harness::differences;
use vera_testing::cases::cases;

/// A test per file, so that one failure does not hide the others.
macro_rules! files {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            run(concat!(stringify!($name), ".txt"));
        })*

        #[test]
        fn every_file_is_run() {
            let known = [$(concat!(stringify!($name), ".txt")),*];
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check/tests/cases");
            let mut found: Vec<String> = std::fs::read_dir(folder)
                .expect("the folder is there")
                .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
                .collect();
            found.sort();
            assert_eq!(found, known);
        }
    };
}

files! {
    abilities
    aliases
    cascades
    duplicates
    effects
    functions
    imports
    matches
    recursion
    reserved
    types
}

fn run(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check/tests/cases").join(file);
    let text = std::fs::read_to_string(path).expect("readable");
    let cases = cases(&text);
    let differences: Vec<String> = cases.iter().flat_map(differences).collect();
    assert!(differences.is_empty(), "{file}:\n{}", differences.join("\n"));
}

/// What the prelude and the tables say is in order by itself.
#[test]
fn prelude_is_sound() {
    let case = &cases("=== nothing but the prelude\n")[0];
    assert_eq!(differences(case), Vec::<String>::new());
}

/// A chain of aliases in any order is no deep recursion, and a type it makes too deep is refused.
#[test]
fn long_alias_chains() {
    let links = |count: u32, target: &str| -> String {
        (0..count).rev().map(|at| format!("type A{} = {};\n", at + 1, target.replace('_', &format!("A{at}")))).collect()
    };
    for (target, accepted) in [("Option<_>", true), ("_", true)] {
        let text = format!("=== chain\n{}type A0 = Int;\n", links(100, target));
        assert_eq!(differences(&cases(&text)[0]).is_empty(), accepted, "{target}");
    }
    let text = format!("{}type A0 = Int;\n", links(5_000, "Option<_>"));
    let outcome = super::check(
        super::Source { name: "main", text: &text },
        &crate::source::MemoryLoader::new(),
        super::Options::default(),
    );
    let codes: Vec<&str> = outcome.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    assert!(!codes.is_empty() && codes.iter().all(|code| *code == "E132"), "{codes:?}");
}

/// Matches that are hard on the search for missing arms: wide, long, and exponential ones.
#[test]
fn large_matches() {
    let function = |ty: &str, arms: &[String]| {
        let arms = arms.join(",\n    ");
        format!(
            "private fn f(@{ty} -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  match @{ty}.0 {{\n    \
             {arms}\n  }}\n}}\n"
        )
    };
    let fields = |field: &str, count: usize| vec![field; count].join(", ");
    let wide = format!("private data Wide {{ Wide({}) }}\n", fields("Int", 3_000));
    let arms = [format!("Wide({}) -> 1", fields("_", 3_000))];
    let wide = wide + &function("Wide", &arms);

    let numbers: Vec<String> =
        (0..20_000).map(|number| format!("{number} -> 1")).chain(["_ -> 2".to_owned()]).collect();
    let numbers = function("Int", &numbers);

    let names: Vec<String> = (0..5_000).map(|index| format!("C{index}")).collect();
    let arms: Vec<String> = names.iter().map(|name| format!("{name} -> 1")).collect();
    let long = format!("private data Long {{ {} }}\n", names.join(", ")) + &function("Long", &arms);
    for text in [wide, numbers, long] {
        let text = format!("=== large\n{text}");
        assert_eq!(differences(&cases(&text)[0]), Vec::<String>::new());
    }

    // Each two rows decide two columns of their own, which makes a search in their order branch in every column.
    let columns = 40;
    let row = |index: usize, value: &str| {
        let cells = (0..columns).map(|column| if column / 2 == index { value } else { "_" });
        format!("Flags({}) -> 1", cells.collect::<Vec<_>>().join(", "))
    };
    let arms: Vec<String> = (0..columns / 2).flat_map(|index| [row(index, "true"), row(index, "false")]).collect();
    let text = format!("private data Flags {{ Flags({}) }}\n", fields("Bool", columns)) + &function("Flags", &arms);
    let outcome = super::check(
        super::Source { name: "main", text: &text },
        &crate::source::MemoryLoader::new(),
        super::Options::default(),
    );
    let codes: Vec<&str> = outcome.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    assert_eq!(codes, ["E311"]);
}
