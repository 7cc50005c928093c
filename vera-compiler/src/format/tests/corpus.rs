//! Every program of this repository is canonical, those excepted whose point is that they are not or cannot be read.

use std::fs;
use std::path::{Path, PathBuf};

use super::formatted;
use vera_testing::header::Header;

/// The programs of the repository, with their paths in it, sorted.
pub(super) fn programs() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut programs = Vec::new();
    collect(root, &mut programs);
    programs.retain(|(path, text)| !is_exempt(path, text));
    programs.sort();
    assert!(programs.len() > 50, "the programs of the repository are not where this test looks");
    programs
}

/// Whether it is a conformance program that is refused by the parser, or says that it is not canonical.
fn is_exempt(path: &Path, text: &str) -> bool {
    let header = path.components().any(|part| part.as_os_str() == "conformance").then(|| Header::parse(text));
    header.is_some_and(|header| match header {
        Ok(header) => header.fact("canonical").is_some() || header.fact("parse").is_some_and(|outcome| outcome != "ok"),
        // A module has no header.
        Err(_) => false,
    })
}

fn collect(folder: &Path, programs: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            // The broken module is there to be imported.
            let special = path.ends_with("conformance/ch08/broken");
            let skipped = special || name == "target" || name.to_string_lossy().starts_with('.');
            if !skipped {
                collect(&path, programs);
            }
        } else if path.extension().is_some_and(|extension| extension == "vera") {
            let text = fs::read_to_string(&path).expect("a program");
            programs.push((path, text));
        }
    }
}

#[test]
fn every_program_is_canonical() {
    let mut others = Vec::new();
    for (path, text) in programs() {
        if formatted(&text) != text {
            others.push(path.display().to_string());
        }
    }
    assert!(others.is_empty(), "not canonical, run `vera fmt --write` on:\n{}", others.join("\n"));
}
