//! Mistakes that authors of Vera make, above all language models that know other languages better: all that is said on
//! them as they read it, and what becomes of the program when the proposed fixes are applied.
//!
//! A file of `mistakes/` holds cases ([`vera_testing::cases`]): a program and the modules it imports. The edits that are
//! proposed are applied and the result is checked again, until no edit is proposed.
//! The program must be right then, and do what its comments say, in the notation of `run/`:
//!
//! ```text
//! -- > f(1, 2) = 3
//! ```
//!
//! A case whose fixes leave something to its author has a line `--- remains: why`. The snapshots are to be read as the
//! author would: does each text say what to write instead, and is the program that comes of it the one that was meant?

#[path = "run/host.rs"]
mod host;
#[path = "run/script.rs"]
mod script;
#[path = "run/value.rs"]
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use script::Script;
use vera_compiler::diagnostics::{Applied, Diagnostic, Diagnostics, Section, apply, render_text_all};
use vera_compiler::driver::{self, Compilation, Options, Source};
use vera_compiler::source::MemoryLoader;
use vera_testing::cases;

/// More rounds of fixes than this are none that help.
const ROUNDS: usize = 8;

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
        #[allow(clippy::disallowed_methods, reason = "the folder of the cases is read")]
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
    flow
    handlers
    heads
    imports
    lambdas
    literals
    names
    numbers
    operators
    slots
    strings
}

/// A program that is wrong.
struct Case<'a> {
    title: &'a str,
    /// Its files by name, the root among them.
    files: BTreeMap<String, String>,
    /// What the fixes leave to the author.
    remains: Option<&'a str>,
}

const ROOT: &str = "main.vera";

impl<'a> Case<'a> {
    fn read(case: &cases::Case<'a>) -> Self {
        let file = |text: &str| format!("{}\n", text.trim_end());
        let (mut files, mut remains) = (BTreeMap::from([(ROOT.to_owned(), file(case.text))]), None);
        for part in &case.parts {
            if let Some(why) = part.heading.strip_prefix("remains: ") {
                remains = Some(why);
            } else {
                let path = part.heading.strip_prefix("module ").expect("a module, or what remains");
                files.insert(format!("{}.vera", path.replace('.', "/")), file(part.text));
            }
        }
        Case { title: case.title, files, remains }
    }

    fn compile(&self, files: &BTreeMap<String, String>, whole: bool) -> Compilation {
        let modules = files.iter().filter(|(name, _)| *name != ROOT);
        let loader = modules.fold(MemoryLoader::new(), |loader, (name, text)| {
            loader.with(name.trim_end_matches(".vera").replace('/', "."), text.clone())
        });
        let source = Source { name: ROOT.to_owned(), text: files[ROOT].clone() };
        let run = if whole { driver::compile } else { driver::check };
        run(source, &loader, &Options::default())
    }

    /// What is said on the program, and what comes of its fixes.
    fn told(&self) -> Result<String, String> {
        let mut compilation = self.compile(&self.files, false);
        ensure(!compilation.diagnostics.is_empty(), || "it is accepted".to_owned())?;
        let mut told = shown(&compilation);
        for diagnostic in &compilation.diagnostics {
            let explained = [&*diagnostic.rationale, &*diagnostic.fix, diagnostic.spec_ref.map_or("", Section::rule)];
            ensure(explained.iter().all(|text| !text.is_empty()), || format!("{diagnostic:?}"))?;
        }
        let mut files = self.files.clone();
        let mut rounds = 0;
        while let Some((fixed, applied)) = fixed(&files, &compilation) {
            let again = self.compile(&fixed, false);
            let diagnostics = compilation.diagnostics.iter().zip(applied);
            for (diagnostic, _) in diagnostics.filter(|(_, applied)| *applied) {
                let count = |all: &Diagnostics| all.iter().filter(|other| is_same(other, diagnostic)).count();
                let helps = count(&again.diagnostics) < count(&compilation.diagnostics);
                ensure(helps, || format!("a fix does not help\n{}\n{}", shown(&compilation), fixed[ROOT]))?;
            }
            (files, compilation, rounds) = (fixed, again, rounds + 1);
            ensure(rounds <= ROUNDS, || format!("fixes without end\n{}", files[ROOT]))?;
        }
        self.judge(&files, &compilation, rounds > 0)?;
        if rounds > 0 {
            told.push_str("\nfixed:\n");
            files.iter().for_each(|(name, text)| told.push_str(&difference(&self.files[name], text)));
        }
        Ok(told)
    }

    /// Whether the program is right after its fixes, and does what it says.
    fn judge(&self, files: &BTreeMap<String, String>, compilation: &Compilation, changed: bool) -> Result<(), String> {
        let text = &files[ROOT];
        let right = compilation.diagnostics.is_empty();
        let says = text.lines().any(|line| line.starts_with("-- >"));
        if let Some(why) = self.remains {
            ensure(!right, || format!("nothing remains\n{text}"))?;
            return ensure(!says && !why.is_empty(), || "a program that is not right yet does nothing".to_owned());
        }
        ensure(right || !changed && !says, || format!("what remains\n{}\n{text}", shown(compilation)))?;
        if !says {
            return Ok(());
        }
        let compiled = self.compile(files, true);
        let wasm = compiled.wasm.as_deref().ok_or_else(|| shown(&compiled))?;
        let script = Script::read(text);
        ensure(script.refusals.is_empty(), || "a fixed program is not refused".to_owned())?;
        for call in script.calls {
            ensure(!call.long, || "every call is made once, without stress".to_owned())?;
            let found = host::call(wasm, &compiled.interface, &call.function, &call.args, false);
            let place = format!("line {}: {}", call.line, call.function);
            ensure(call.expected.matches(&found), || format!("{place} gave {found:?}\n{text}"))?;
        }
        Ok(())
    }
}

fn ensure(holds: bool, fault: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(fault()) }
}

fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    (one.code, &one.description) == (other.code, &other.description)
}

type Files = BTreeMap<String, String>;

/// The files with the proposed edits, and for each diagnostic whether its edits are in them; `None` when there are none.
fn fixed(files: &Files, compilation: &Compilation) -> Option<(Files, Vec<bool>)> {
    let sources = &compilation.program.sources;
    let Applied { texts, applied } = apply(&compilation.diagnostics, sources);
    let mut files = files.clone();
    for (&file, text) in &texts {
        let name = sources.file(file).name();
        assert!(files.contains_key(name), "an edit of `{name}`");
        files.insert(name.to_owned(), text.clone());
    }
    (!texts.is_empty()).then_some((files, applied))
}

fn shown(compilation: &Compilation) -> String {
    render_text_all(&compilation.diagnostics, &compilation.program.sources)
}

/// The lines that differ, without those that two texts begin and end with in common.
fn difference(before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(one, other)| one == other).count();
    let mut text = String::new();
    for (sign, lines) in [("-", &old[head..old.len() - tail]), ("+", &new[head..new.len() - tail])] {
        for line in lines {
            text.push_str(format!("{sign} {line}").trim_end());
            text.push('\n');
        }
    }
    text
}

/// Each program of a file with what is said on it.
fn told(file: &str) -> String {
    let (mut all, mut faults) = (String::new(), String::new());
    for case in cases::cases(file) {
        let case = Case::read(&case);
        let (text, told) = match case.told() {
            Ok(text) => (&mut all, text),
            Err(fault) => (&mut faults, fault),
        };
        let _ = writeln!(text, "=== {}\n{told}", case.title);
    }
    assert!(faults.is_empty(), "\n{faults}");
    all
}
