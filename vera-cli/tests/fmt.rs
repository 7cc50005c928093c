//! `vera fmt`.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const CANONICAL: &str = "public fn one(@Unit -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  1\n}\n";

/// The same program, not canonical.
const UGLY: &str = "public fn one(@Unit->@Int) requires(true) ensures(true) effects(pure) { 1 }";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("b")).expect("a folder");
    for (file, text) in [("a.vera", UGLY), ("b/good.vera", CANONICAL), ("b/cut.vera", "public fn f("), ("b/n.txt", "")]
    {
        fs::write(folder.path().join(file), text).expect("a file");
    }
    folder
}

/// Status, standard output and standard error of `vera fmt`.
fn fmt(folder: &Path, arguments: &[&str], stdin: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vera"));
    command.arg("fmt").args(arguments).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    // A command that does not read its input may be gone before it is written.
    let _ = child.stdin.take().expect("piped").write_all(stdin.as_bytes());
    let output = child.wait_with_output().expect("the command ends");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_canonical_form_is_printed() {
    let folder = folder();
    let well = |text: &str| (Some(0), text.to_owned(), String::new());
    assert_eq!(fmt(folder.path(), &["a.vera"], ""), well(CANONICAL));
    assert_eq!(fmt(folder.path(), &["a.vera", "b/good.vera"], ""), well(&CANONICAL.repeat(2)));
    assert_eq!(fmt(folder.path(), &["-"], UGLY), well(CANONICAL));
    assert_eq!(fs::read_to_string(folder.path().join("a.vera")).unwrap(), UGLY);
}

#[test]
fn check_says_which_are_not_canonical() {
    let folder = folder();
    let (status, stdout, stderr) = fmt(folder.path(), &["--check", "."], "");
    assert_eq!((status, &*stdout), (Some(1), "OK: ./b/good.vera\n"));
    assert!(stderr.contains("Would reformat: ./a.vera\n") && stderr.contains("error[E"), "{stderr}");
    assert_eq!(fs::read_to_string(folder.path().join("a.vera")).unwrap(), UGLY);
    assert_eq!(fmt(folder.path(), &["--check", "-q", "b/good.vera"], ""), (Some(0), String::new(), String::new()));
}

#[test]
fn write_changes_what_has_to_change() {
    let folder = folder();
    let (status, stdout, stderr) = fmt(folder.path(), &["--write", "."], "");
    assert_eq!((status, &*stdout), (Some(1), "Formatted: ./a.vera\nOK: ./b/good.vera\n"));
    assert!(stderr.contains("error[E"), "{stderr}");
    assert_eq!(fs::read_to_string(folder.path().join("a.vera")).unwrap(), CANONICAL);
    assert_eq!(fs::read_to_string(folder.path().join("b/cut.vera")).unwrap(), "public fn f(");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
    assert_eq!(fmt(folder.path(), &["--write", "-"], UGLY).0, Some(1));
    assert_eq!(fmt(folder.path(), &["--write", "--check", "a.vera"], "").0, Some(2));
    assert_eq!(fmt(folder.path(), &["none.vera"], "").0, Some(1));
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder();
    let path = |file: &str| folder.path().join(file);
    fs::set_permissions(path("a.vera"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("a.vera", path("link.vera")).unwrap();
    assert_eq!(fmt(folder.path(), &["--write", "link.vera"], "").1, "Formatted: link.vera\n");
    assert!(fs::symlink_metadata(path("link.vera")).unwrap().is_symlink());
    let mode = fs::metadata(path("a.vera")).unwrap().permissions().mode() & 0o777;
    assert_eq!((fs::read_to_string(path("a.vera")).unwrap().as_str(), mode), (CANONICAL, 0o640));
    fs::write(path("fixed.vera"), UGLY).unwrap();
    fs::set_permissions(path("fixed.vera"), fs::Permissions::from_mode(0o440)).unwrap();
    let (status, _, stderr) = fmt(folder.path(), &["--write", "fixed.vera"], "");
    assert_eq!((status, &*stderr), (Some(1), "Error: cannot write fixed.vera: it is read-only\n"));
}
