//! Our own programs: what each must do, and that what they say of themselves is whole.

use conformance::{Case, Level, Outcome, Stage};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Programs examined at a time.
const THREADS: usize = 2;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the programs").to_path_buf()
}

fn cases() -> Vec<Case> {
    conformance::load(&root()).expect("programs with headers")
}

fn all_hold(failures: Vec<String>) {
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_program_does_what_its_header_says() {
    let cases = cases();
    let reports = conformance::examine_all(&cases, THREADS, false);
    let mut failures = Vec::new();
    for (case, report) in cases.iter().zip(&reports) {
        let id = &case.id;
        failures
            .extend(report.failures(Stage::Run).map(|(stage, reason)| format!("{id}: {}: {reason}", stage.as_str())));
        let mut expected = case.expected_errors().to_vec();
        expected.sort_unstable();
        if expected != report.errors {
            failures.push(format!("{id}: refused with {:?}, expected {expected:?}", report.errors));
        }
        let unexpected = report.warnings.iter().filter(|&&code| !case.warnings.iter().any(|expected| expected == code));
        failures.extend(unexpected.map(|code| format!("{id}: warned of with {code}")));
    }
    all_hold(failures);
}

#[test]
fn every_chapter_has_programs() {
    let mut chapters: Vec<u32> = cases().iter().map(|case| case.chapter).collect();
    chapters.dedup();
    assert_eq!(chapters, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn a_run_says_what_must_come_of_it() {
    let vague = |case: Case| {
        let silent = case.output.is_none() && case.outcome == Outcome::Accepted;
        (case.level == Level::Run && silent).then_some(case.id)
    };
    all_hold(cases().into_iter().filter_map(vague).collect());
}

/// A module that nothing imports would be in no test.
#[test]
fn every_module_is_imported() {
    for chapter in folders(&root()) {
        let files = vera_files(&chapter);
        let imported = files.iter().flat_map(|file| imports(file, &chapter)).collect::<BTreeSet<_>>();
        let modules = files.iter().filter(|file| file.parent() != Some(&chapter));
        let unused = modules.filter(|module| !imported.contains(*module));
        all_hold(unused.map(|module| format!("{}: nothing imports it", module.display())).collect());
    }
}

/// The files that a program or module may mean: a module is looked for beside the file, then beside the program.
fn imports(file: &Path, chapter: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(file).expect("a program");
    let paths = text.lines().filter_map(|line| line.trim().strip_prefix("import "));
    let names =
        paths.map(|path| path.split(|c: char| !c.is_alphanumeric() && !"._".contains(c)).next().expect("a part"));
    let files = names.map(|name| format!("{}.vera", name.replace('.', "/")));
    files.flat_map(|name| [file.with_file_name(&name), chapter.join(name)]).collect()
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}

fn vera_files(folder: &Path) -> Vec<PathBuf> {
    let is_vera = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "vera");
    let below = folders(folder).into_iter().flat_map(|folder| vera_files(&folder));
    entries(folder).into_iter().filter(is_vera).chain(below).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
}
