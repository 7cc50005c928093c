//! The example digests its own documents, and those it is given.

use std::path::Path;
use std::process::{Command, Output};

fn digest(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_page-digest")).args(arguments).output().expect("the example starts")
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn it_digests_the_documents_of_the_workspace() {
    let text = text(&digest(&[]));
    for part in
        ["\ncargo metadata:\n", "\nREADME.md:\n", "\npage.html:\n", "  JSON: ", "    packages\n", "  Markdown: "]
    {
        assert!(format!("\n{text}").contains(part), "`{part}` is missing:\n{text}");
    }
    assert!(text.contains("    vera-rs\n"), "the title of the README is missing:\n{text}");
    assert!(text.ends_with("3 headlines\n    Opening & closing\n    Kitchen\n    Terrace\n"), "{text}");
}

#[test]
fn it_digests_a_file() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("large.json");
    let members = (0..20_000).map(|n| format!("\"key {n}\": [{n}, \"text {n}\", null, {{\"deep\": [[{n}]]}}]"));
    std::fs::write(&file, format!("{{{}}}", members.collect::<Vec<_>>().join(", "))).expect("a file");
    let text = text(&digest(&[&file]));
    assert!(text.contains("  JSON: 160001 nodes, 6 levels, 188890 bytes of text, 20000 headlines\n"), "{text}");
}

#[test]
fn what_is_no_document_is_said() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let broken = folder.join("broken.json");
    std::fs::write(&broken, "[1, 2").expect("a file");
    for (path, part) in
        [(broken.as_path(), "line 1 column"), (Path::new("picture.png"), "neither .json, .html nor .md")]
    {
        let output = digest(&[path]);
        assert!(!output.status.success());
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(part), "{error}");
    }
}
