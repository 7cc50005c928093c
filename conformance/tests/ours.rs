//! Our own programs: what each must do, and that the manifest tells the truth about them.

use conformance::{Case, Level, Stage};
use std::collections::BTreeSet;
use std::path::Path;

/// Programs examined at a time.
const THREADS: usize = 2;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases() -> Vec<Case> {
    conformance::load(folder()).expect("a manifest")
}

fn all_hold(failures: Vec<String>) {
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_program_does_what_the_manifest_says() {
    let cases = cases();
    let reports = conformance::examine_all(&cases, THREADS);
    let mut failures = Vec::new();
    for (case, report) in cases.iter().zip(&reports) {
        let id = &case.entry.id;
        failures
            .extend(report.failures(Stage::Run).map(|(stage, reason)| format!("{id}: {}: {reason}", stage.as_str())));
        let mut expected: Vec<_> = case.entry.expected_error.iter().chain(&case.entry.further_errors).collect();
        expected.sort_unstable();
        if expected != report.errors.iter().collect::<Vec<_>>() {
            failures.push(format!("{id}: refused with {:?}, expected {expected:?}", report.errors));
        }
        let unexpected = report.warnings.iter().filter(|&&code| case.entry.expected_warning.as_deref() != Some(code));
        failures.extend(unexpected.map(|code| format!("{id}: warned of with {code}")));
    }
    all_hold(failures);
}

#[test]
fn manifest_and_folder_list_the_same_files() {
    let mut listed = BTreeSet::new();
    for case in cases() {
        listed.insert(case.entry.file);
        listed.extend(case.entry.expected_output);
    }
    let present: BTreeSet<_> = std::fs::read_dir(folder())
        .expect("the folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".vera") || name.ends_with(".out"))
        .collect();
    assert_eq!(listed, present);
}

#[test]
fn every_program_begins_with_its_title() {
    let wrong = |case: Case| {
        let text = std::fs::read_to_string(&case.path).expect("a program");
        let title = format!("-- {}", case.entry.title);
        (text.lines().next() != Some(title.as_str())).then_some(case.entry.id)
    };
    all_hold(cases().into_iter().filter_map(wrong).collect());
}

#[test]
fn every_program_is_named_after_its_chapter() {
    let wrong = |case: Case| {
        let named = case.entry.id.starts_with(&format!("ch{:02}_", case.entry.chapter));
        let filed = case.entry.file == format!("{}.vera", case.entry.id);
        (!named || !filed).then_some(case.entry.id)
    };
    all_hold(cases().into_iter().filter_map(wrong).collect());
}

#[test]
fn a_run_says_what_must_come_of_it() {
    let vague = |case: Case| {
        let entry = case.entry;
        let silent = entry.expected_output.is_none() && entry.expected_error.is_none();
        (entry.level == Level::Run && silent).then_some(entry.id)
    };
    all_hold(cases().into_iter().filter_map(vague).collect());
}
