//! Our own programs, all of them, each as deep as its level.

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_program_does_what_the_manifest_says() {
    let cases = conformance::load(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("a manifest");
    let failures: Vec<_> = cases
        .iter()
        .filter_map(|case| case.run().err().map(|message| format!("{}: {message}", case.entry.id)))
        .collect();
    assert!(failures.is_empty(), "{} of {} failed:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

#[test]
fn manifest_and_folder_list_the_same_programs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed: BTreeSet<_> =
        conformance::load(folder).expect("a manifest").into_iter().map(|case| case.entry.file).collect();
    let present: BTreeSet<_> = std::fs::read_dir(folder)
        .expect("the folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".vera"))
        .collect();
    assert_eq!(listed, present);
}
