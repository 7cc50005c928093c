//! Mistakes that authors of Vera make, above all language models that know other languages better, and all that is said
//! on them as they read it.
//!
//! A file of `mistakes/` holds cases: a line `=== what is wrong`, then a program, with modules it imports behind lines
//! `--- module a.b`. The snapshots are to be read as the
//! author would: does each text say what to write instead?

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use vera_compiler::diagnostics::render_text_all;
use vera_compiler::driver::{self, Options, Source};
use vera_compiler::source::MemoryLoader;

/// A test per file, so that one failure does not hide the others.
macro_rules! files {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "mistakes" }, {
                insta::assert_snapshot!(stringify!($name), told(include_str!(concat!("mistakes/", stringify!($name), ".txt"))));
            });
        })*

        #[test]
        fn every_file_is_run() {
            let known = BTreeSet::from([$(concat!(stringify!($name), ".txt").to_owned()),*]);
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
            let names = std::fs::read_dir(folder).expect("the folder is there");
            let names = names.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
            let found: BTreeSet<String> = names.filter(|name| name.ends_with(".txt")).collect();
            assert_eq!(found, known);
        }
    };
}

files! {
    arrays
    contracts
    control
    declarations
    effects
    imports
    names
    strings
}

/// Each program of a file with what is said on it.
fn told(cases: &str) -> String {
    let mut all = String::new();
    for case in format!("\n{cases}").split("\n=== ").skip(1) {
        let (title, program) = case.split_once('\n').expect("a title ends with its line");
        let mut files = program.split("\n--- module ");
        let text = format!("{}\n", files.next().unwrap_or_default().trim_end());
        let mut loader = MemoryLoader::new();
        for file in files {
            let (path, module) = file.split_once('\n').expect("a module's name ends with its line");
            loader = loader.with(path, format!("{}\n", module.trim_end()));
        }
        let source = Source { name: "main.vera".to_owned(), text };
        let compilation = driver::check(source, &loader, &Options::default());
        assert!(!compilation.diagnostics.is_empty(), "{title} is accepted");
        for diagnostic in &compilation.diagnostics {
            let explained = [&*diagnostic.rationale, &*diagnostic.fix, diagnostic.spec_ref];
            assert!(explained.iter().all(|text| !text.is_empty()), "{title}: {diagnostic:?}");
        }
        let text = render_text_all(&compilation.diagnostics, &compilation.program.sources);
        let _ = writeln!(all, "=== {title}\n{text}");
    }
    all
}
