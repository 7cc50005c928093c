//! Every program of this repository is canonical, those excepted whose point is that they are not or cannot be read.

use std::fs;
use std::path::{Path, PathBuf};

use super::formatted;

/// The programs of the repository, with their paths in it, sorted.
pub(super) fn programs() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut programs = Vec::new();
    collect(root, &mut programs);
    let exempt = exempt(&root.join("conformance"));
    programs.retain(|(path, _)| !exempt.contains(path));
    programs.sort();
    assert!(programs.len() > 50, "the programs of the repository are not where this test looks");
    programs
}

/// The conformance programs that are refused by the parser, or say that they are not canonical.
fn exempt(folder: &Path) -> Vec<PathBuf> {
    let manifest = fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
    let entries: Vec<serde_json::Value> = serde_json::from_str(&manifest).expect("a list");
    let is_exempt = |entry: &&serde_json::Value| {
        entry["canonical"] == false || (entry["level"] == "parse" && entry["expected_error"].is_string())
    };
    let file = |entry: &serde_json::Value| folder.join(entry["file"].as_str().expect("a file"));
    entries.iter().filter(is_exempt).map(file).collect()
}

fn collect(folder: &Path, programs: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            // The broken module is there to be imported.
            let special = path.ends_with("conformance/broken");
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
