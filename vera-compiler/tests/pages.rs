//! The pages on diagnostics, `docs/diagnostics/*.md`, are run: each wrong program gives exactly the code of its page, each
//! fixed one has nothing to report. Of a page on proofs everything in the fixed program is proved.
//!
//! A page is `# CODE: title`, an explanation, and one or more pairs of sections `## Wrong...` and `## Fixed...`. The
//! blocks of a section are a program and the modules it imports; the block of a module starts with the line
//! `-- file: a/b.vera`. Modules of the wrong program belong to the fixed one too unless it has its own. The last line is
//! `Rule: `, the rule, and the section of the specification that holds it. A line `Comes with CODE.` names what cannot but
//! be reported as well.
//!
//! `INSTA_UPDATE=always` writes the index, `docs/diagnostics/README.md`, and the rules.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the bans are for the compiler itself")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use vera_compiler::diagnostics::{Code, Diagnostic, Diagnostics, Phase, Section, Severity, render_text_all};
use vera_compiler::driver::{self, Options, Source};
use vera_compiler::source::MemoryLoader;
use vera_compiler::verify::report::Told;
use vera_solver::{Choice, Limits};

/// What says that a part of the language is not compiled yet: reported for right programs too.
const NOT_COMPILED: [Code; 1] = [Code::E602];

/// Reported for mistakes of the compiler only, which no page can show.
const INTERNAL: [Code; 1] = [Code::E699];

/// A program and its modules by path.
#[derive(Clone, Default)]
struct Example {
    program: String,
    modules: BTreeMap<String, String>,
}

struct Page {
    code: Code,
    text: &'static str,
    pairs: Vec<(Example, Example)>,
    comes_with: BTreeSet<Code>,
}

fn code(name: &str) -> Option<Code> {
    Code::ALL.iter().copied().find(|code| code.as_str() == name)
}

fn pages() -> Vec<Page> {
    let pages = vera_docs::DIAGNOSTICS.iter();
    pages.map(|(name, text)| page(code(name).expect("a page is on a code of the registry"), text)).collect()
}

fn page(code: Code, text: &'static str) -> Page {
    let name = code.as_str();
    let title = format!("# {name}: {}", code.title());
    assert_eq!(text.lines().next(), Some(title.as_str()), "title of {name}");
    let mut sections = text.split("\n## ").skip(1).peekable();
    assert!(sections.peek().is_some(), "{name} has no programs");
    let mut pairs = Vec::new();
    while let Some(wrong) = sections.next() {
        assert!(wrong.starts_with("Wrong"), "{name}: `## Wrong` is expected");
        let fixed = sections.next().filter(|section| section.starts_with("Fixed"));
        let fixed = fixed.unwrap_or_else(|| panic!("{name}: `## Fixed` is expected"));
        let wrong = example(wrong, Example::default());
        let modules = wrong.modules.clone();
        pairs.push((wrong, example(fixed, Example { program: String::new(), modules })));
    }
    let comes_with = text.lines().filter_map(|line| line.strip_prefix("Comes with ")?.strip_suffix('.'));
    let comes_with = comes_with.map(|other| self::code(other).expect("a known code")).collect();
    Page { code, text, pairs, comes_with }
}

fn example(section: &str, mut example: Example) -> Example {
    for block in section.split("```vera\n").skip(1) {
        let (text, _) = block.split_once("```").expect("a block is closed");
        match text.strip_prefix("-- file: ") {
            None => example.program = text.to_owned(),
            Some(module) => {
                let (path, text) = module.split_once(".vera\n").expect("a module is a .vera file");
                example.modules.insert(path.replace('/', "."), text.to_owned());
            }
        }
    }
    assert!(!example.program.is_empty(), "a program is missing:\n{section}");
    example
}

/// Everything that is said on an example when it is checked, compiled or verified, and as text. Of what is verified all is
/// told that is not proved.
fn told(example: &Example, phase: Phase) -> (Diagnostics, String) {
    let modules = example.modules.iter();
    let loader = modules.fold(MemoryLoader::new(), |loader, (path, text)| loader.with(path, text));
    let source = Source { name: "main.vera".to_owned(), text: example.program.clone() };
    let options = Options::default();
    let (diagnostics, program) = match phase {
        Phase::Verify => {
            // One page is on what the solver does not decide in time.
            let limits = Limits { query: Duration::from_millis(300), ..Limits::default() };
            let mut solver = vera_solver::solver(Choice::Embedded, limits);
            let found = driver::compile_and_verify(source, &loader, &options, solver.as_mut());
            let mut all = found.errors();
            all.extend(found.runtime(Told::All));
            all.extend(found.compilation.diagnostics);
            (all.sorted(), found.compilation.program)
        }
        phase => {
            let compile = if phase == Phase::Codegen { driver::compile } else { driver::check };
            let compilation = compile(source, &loader, &options);
            (compilation.diagnostics, compilation.program)
        }
    };
    let text = render_text_all(&diagnostics, &program.sources);
    (diagnostics, text)
}

fn unexplained(diagnostic: &Diagnostic) -> bool {
    diagnostic.rationale.is_empty() || diagnostic.fix.is_empty() || diagnostic.spec_ref.is_none()
}

/// The wrong programs give the code of their page, and its rule is the one that the page names; the fixed programs are
/// right.
#[test]
fn pages_are_true() {
    let mut faults = String::new();
    for page in pages() {
        let name = page.code.as_str();
        let mut rule = None;
        for (wrong, fixed) in &page.pairs {
            let (diagnostics, text) = told(wrong, page.code.phase());
            let codes: BTreeSet<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
            let mut expected = page.comes_with.clone();
            expected.insert(page.code);
            if codes != expected {
                let _ = writeln!(faults, "{name}: the wrong program gives\n{text}");
            } else if diagnostics.iter().any(unexplained) {
                let _ = writeln!(faults, "{name}: a diagnostic lacks its reason, its fix or its section\n{text}");
            }
            let own = diagnostics.iter().find(|diagnostic| diagnostic.code == page.code);
            rule = rule.or(own.and_then(|diagnostic| diagnostic.spec_ref));
            let phase = if page.code.phase() == Phase::Verify { Phase::Verify } else { Phase::Codegen };
            let (diagnostics, text) = told(fixed, phase);
            if diagnostics.iter().any(|diagnostic| !NOT_COMPILED.contains(&diagnostic.code)) {
                let _ = writeln!(faults, "{name}: the fixed program gives\n{text}");
            }
        }
        let Some((before, written)) = page.text.rsplit_once("\nRule: ") else { panic!("{name} names no rule") };
        let rule = rule.map(|section| format!("{} ({section})\n", section.rule())).unwrap_or_default();
        if updating() {
            let file = folder().join(format!("{name}.md"));
            std::fs::write(file, format!("{before}\nRule: {rule}")).expect("the page can be written");
        } else if written != rule {
            let _ = writeln!(faults, "{name}: the rule is {rule}");
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// Programs are written as the formatter writes them; wrong ones as far as they can be read.
#[test]
fn programs_are_canonical() {
    for page in pages() {
        let name = page.code.as_str();
        for (wrong, fixed) in &page.pairs {
            for (example, must_be_read) in [(wrong, false), (fixed, true)] {
                for text in example.modules.values().chain([&example.program]) {
                    match vera_compiler::format::format(name, text) {
                        Ok(canonical) => assert_eq!(*text, canonical, "{name}"),
                        Err(_) => assert!(!must_be_read, "{name}: {text}"),
                    }
                }
            }
        }
    }
}

/// Every code that the sources of the compiler report has a page, and no other has one.
#[test]
fn every_reported_code_has_a_page() {
    let mut reported = BTreeSet::new();
    for_each_source(&mut |text| {
        let mentions = text.split("Code::").skip(1);
        reported.extend(mentions.filter_map(|mention| code(mention.get(..4)?)));
    });
    let reported: BTreeSet<Code> = reported.into_iter().filter(|code| !INTERNAL.contains(code)).collect();
    let with_page: BTreeSet<Code> = pages().iter().map(|page| page.code).collect();
    let to_have_one: BTreeSet<Code> = Code::ALL.iter().copied().filter(|code| code.never().is_none()).collect();
    assert_eq!(reported, to_have_one, "the sources and the registry disagree on what is reported");
    assert_eq!(with_page, to_have_one, "a page is missing, or on a code that is never reported");
}

/// Every section of the table is cited somewhere.
#[test]
fn every_section_is_cited() {
    let mut cited = BTreeSet::new();
    for_each_source(&mut |text| {
        let mentions = text.split("Section::S").skip(1);
        let name = |rest: &str| rest.split(|c: char| !c.is_ascii_digit() && c != '_').next().map(str::to_owned);
        cited.extend(mentions.filter_map(name));
    });
    let unused = Section::ALL.iter().filter(|section| !cited.contains(&section.number().replace('.', "_")));
    let unused: Vec<String> = unused.map(Section::to_string).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn the_index_is_current() {
    let index = index();
    let file = folder().join("README.md");
    if updating() {
        std::fs::write(&file, &index).expect("the index can be written");
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(written == index, "docs/diagnostics/README.md is not current: INSTA_UPDATE=always cargo test writes it");
}

fn index() -> String {
    let mut index =
        "# Diagnostics\n\nEvery code that the compiler reports, with what it means, a wrong program and the \
                     corrected program. `vera explain CODE` prints the same page. This list is written by a test.\n\n\
                     | code | | title |\n|---|---|---|\n"
            .to_owned();
    for code in Code::ALL.iter().filter(|code| code.never().is_none()) {
        let severity = match code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let _ = writeln!(index, "| [{0}]({0}.md) | {severity} | {1} |", code.as_str(), code.title());
    }
    index += "\n## Codes without a page\n\nThe registry of the language has codes that this compiler has no use for.\n\n\
              | code | title | why it is not reported |\n|---|---|---|\n";
    for code in Code::ALL {
        if let Some(why) = code.never() {
            let _ = writeln!(index, "| {} | {} | {why} |", code.as_str(), code.title());
        }
    }
    index
}

fn updating() -> bool {
    std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics")
}

/// The sources of the compiler without its tests, its tables of codes and sections, and its comments.
fn for_each_source(each: &mut impl FnMut(&str)) {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("readable").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && name != "tests" {
                folders.push(path);
            } else if name.ends_with(".rs") && !["tests.rs", "codes.rs", "sections.rs"].contains(&&*name) {
                let text = std::fs::read_to_string(&path).expect("readable");
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                each(&lines.collect::<Vec<_>>().join("\n"));
            }
        }
    }
}
