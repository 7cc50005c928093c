//! Programs with the diagnostics that are expected of them.
//!
//! Each file of `cases/` holds programs under headings `==== what it shows`, a program's modules under
//! `---- module a.b`. Below a line with something wrong stands a comment that marks where and with which codes:
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

use harness::{cases, differences};

/// A test per file, so that one failure does not hide the others.
macro_rules! files {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            run(concat!(stringify!($name), ".vera"));
        })*

        #[test]
        fn every_file_is_run() {
            let known = [$(concat!(stringify!($name), ".vera")),*];
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
    assert!(!cases.is_empty(), "no cases in {file}");
    let differences: Vec<String> = cases.iter().flat_map(differences).collect();
    assert!(differences.is_empty(), "{file}:\n{}", differences.join("\n"));
}

/// What the prelude and the tables say is in order by itself.
#[test]
fn prelude_is_sound() {
    let case = &cases("==== nothing but the prelude\n")[0];
    assert_eq!(differences(case), Vec::<String>::new());
}
