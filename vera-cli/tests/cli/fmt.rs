//! `vera fmt`.

use crate::harness::{GOOD, Sandbox};
use std::fs;

/// A program that is not canonical, whatever its names mean.
const UGLY: &str = "public fn one(@Unit->@Int) requires(true) ensures(true) effects(pure) { 1 }";

fn mixed() -> Sandbox {
    Sandbox::new(&[("a.vera", UGLY), ("b/good.vera", GOOD), ("b/cut.vera", "public fn f("), ("b/note.txt", "")])
}

#[test]
fn the_canonical_form_is_printed() {
    let sandbox = mixed();
    sandbox.vera(&["fmt", "a.vera"]).is(0, GOOD);
    sandbox.vera(&["fmt", "a.vera", "b/good.vera"]).is(0, &GOOD.repeat(2));
    sandbox.vera_with(&["fmt", "-"], UGLY).is(0, GOOD);
    assert_eq!(fs::read_to_string(sandbox.path("a.vera")).unwrap(), UGLY);
}

#[test]
fn check_says_which_are_not_canonical() {
    let sandbox = mixed();
    sandbox.vera(&["fmt", "--check", "a.vera"]).fails(1, "Would reformat: a.vera\n");
    sandbox.vera_with(&["fmt", "--check", "-"], UGLY).fails(1, "Would reformat: -\n");
    sandbox.vera(&["fmt", "--check", "b/good.vera"]).is(0, "OK: b/good.vera\n");
    sandbox.vera(&["fmt", "--check", "--quiet", "b/good.vera"]).is(0, "");
    let all = sandbox.vera(&["fmt", "--check", "."]);
    assert_eq!((all.status, &*all.stdout), (Some(1), "OK: ./b/good.vera\n"));
    let expected = ["Would reformat: ./a.vera", "./b/cut.vera:1", "1 of 3 programs cannot", "1 of 3 programs are not"];
    for message in expected {
        assert!(all.stderr.contains(message), "{}", all.stderr);
    }
    assert_eq!(fs::read_to_string(sandbox.path("a.vera")).unwrap(), UGLY);
}

#[test]
fn write_changes_what_has_to_change() {
    let sandbox = mixed();
    let old = fs::metadata(sandbox.path("b/good.vera")).unwrap().modified().unwrap();
    let all = sandbox.vera(&["fmt", "--write", "."]);
    assert_eq!((all.status, &*all.stdout), (Some(1), "Formatted: ./a.vera\nOK: ./b/good.vera\n"));
    assert!(all.stderr.contains("error[E"), "{}", all.stderr);
    assert_eq!(fs::read_to_string(sandbox.path("a.vera")).unwrap(), GOOD);
    assert_eq!(fs::read_to_string(sandbox.path("b/cut.vera")).unwrap(), "public fn f(");
    assert_eq!(fs::metadata(sandbox.path("b/good.vera")).unwrap().modified().unwrap(), old);
    sandbox.vera(&["fmt", "--write", "a.vera"]).is(0, "OK: a.vera\n");
    let names: Vec<_> = fs::read_dir(sandbox.path(".")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing else is left: {names:?}");
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let sandbox = mixed();
    let mode = |file: &str| fs::metadata(sandbox.path(file)).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(sandbox.path("a.vera"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("a.vera", sandbox.path("link.vera")).unwrap();
    sandbox.vera(&["fmt", "--write", "link.vera"]).is(0, "Formatted: link.vera\n");
    assert!(fs::symlink_metadata(sandbox.path("link.vera")).unwrap().is_symlink());
    assert_eq!((fs::read_to_string(sandbox.path("a.vera")).unwrap().as_str(), mode("a.vera")), (GOOD, 0o640));
    sandbox.write("fixed.vera", UGLY.as_bytes());
    fs::set_permissions(sandbox.path("fixed.vera"), fs::Permissions::from_mode(0o440)).unwrap();
    sandbox.vera(&["fmt", "--write", "fixed.vera"]).fails(1, "cannot write fixed.vera: it is read-only");
    assert_eq!(fs::read_to_string(sandbox.path("fixed.vera")).unwrap(), UGLY);
}

#[test]
fn what_cannot_be_formatted_fails() {
    let sandbox = mixed();
    sandbox.vera(&["fmt", "b/cut.vera"]).fails(1, "error[E");
    sandbox.vera(&["fmt", "none.vera"]).fails(1, "Error: file not found: none.vera");
    sandbox.vera_with(&["fmt", "--write", "-"], UGLY).fails(1, "standard input cannot be rewritten");
    sandbox.vera(&["fmt", "--write", "--check", "a.vera"]).fails(2, "cannot be used with");
    sandbox.vera(&["fmt"]).fails(2, "FILE");
    // Names and types are not looked at.
    let unknown = GOOD.replace("  1\n", "  nothing(@None.3)\n");
    sandbox.vera_with(&["fmt", "-"], &unknown).is(0, &unknown);
}
