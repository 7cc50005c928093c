//! What a build script says to cargo, and what it writes.

use super::run;
use crate::{Config, Solver, SolverLimits, Verify};
use std::path::Path;
use tempfile::TempDir;

/// A package with these files, and a place for what is generated.
struct Package {
    folder: TempDir,
    out: TempDir,
}

impl Package {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("inside of the folder")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        Package { folder, out: tempfile::tempdir().expect("a temporary folder") }
    }

    /// The directives with the package's folder left out.
    fn run(&self, config: &Config, patterns: &[&str]) -> Vec<String> {
        let package = format!("{}/", self.folder.path().display());
        let directives = run(config, patterns, self.folder.path(), self.out.path());
        directives.iter().map(|directive| directive.replace(&package, "")).collect()
    }

    fn generated(&self) -> String {
        std::fs::read_to_string(self.out.path().join("vera_modules.rs")).expect("the wrappers are written")
    }

    fn written(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.out.path()).expect("the folder is there");
        let mut names: Vec<String> =
            files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| name != "vera-proofs");
        names.sort();
        names
    }
}

fn function(name: &str, body: &str) -> String {
    format!("public fn {name}(@Int -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  {body}\n}}\n")
}

fn changes(directives: &[String]) -> Vec<&str> {
    directives.iter().filter_map(|directive| directive.strip_prefix("cargo::rerun-if-changed=")).collect()
}

fn errors(directives: &[String]) -> String {
    let lines: Vec<&str> = directives.iter().filter_map(|directive| directive.strip_prefix("cargo::error=")).collect();
    lines.join("\n")
}

#[test]
fn files_and_what_they_import_are_watched_and_nothing_else() {
    let package = Package::new(&[
        ("src/a.vera", &format!("import lib.c;\n{}", function("a", "c(@Int.0)"))),
        ("src/b.vera", &function("b", "@Int.0")),
        ("src/lib/c.vera", &format!("module lib.c;\n{}", function("c", "@Int.0 + 1"))),
        ("src/lib/unused.vera", "no Vera at all"),
    ]);
    let directives = package.run(&Config::new(), &["src/*.vera"]);
    assert_eq!(errors(&directives), "");
    assert_eq!(changes(&directives), ["src", "src/a.vera", "src/lib/c.vera", "src/b.vera"]);
    assert!(directives.contains(&"cargo::rerun-if-env-changed=VERA_EXPAND".to_owned()));
    assert_eq!(package.written(), ["a.wasm", "b.wasm", "vera_modules.rs"]);
    let named = package.run(&Config::new(), &["src/a.vera"]);
    assert_eq!(changes(&named), ["src/a.vera", "src/lib/c.vera"]);
}

#[test]
fn what_cargo_writes_is_not_watched() {
    let file = function("a", "@Int.0");
    let package = Package::new(&[
        ("a.vera", &file),
        ("vera/b.vera", &file),
        ("target/CACHEDIR.TAG", ""),
        ("target/debug/c.txt", ""),
        (".git/d", ""),
    ]);
    assert_eq!(changes(&package.run(&Config::new(), &["*.vera"])), ["a.vera"]);
    assert_eq!(changes(&package.run(&Config::new(), &["**/*.vera"])), ["vera", "a.vera", "vera/b.vera"]);
    let out = package.folder.path().join("vera");
    let directives = run(&Config::new(), &["*/b.vera"], package.folder.path(), &out);
    assert_eq!(changes(&directives), [out.join("b.vera").to_string_lossy()]);
}

#[test]
fn a_file_that_would_win_over_a_farther_one_is_watched_for() {
    let package = Package::new(&[
        ("vera/app/a.vera", &format!("import lib.c;\n{}", function("a", "c(@Int.0)"))),
        ("vera/lib/c.vera", &format!("module lib.c;\n{}", function("c", "@Int.0"))),
    ]);
    let config = Config::new().import_root("vera");
    let directives = package.run(&config, &["vera/app/a.vera"]);
    assert_eq!(errors(&directives), "");
    assert_eq!(changes(&directives), ["vera/app/a.vera", "vera/lib/c.vera"]);
    let package = Package::new(&[
        ("vera/a.vera", &format!("import lib.b;\n{}", function("a", "b(@Int.0)"))),
        ("vera/lib/b.vera", &format!("module lib.b;\nimport c;\n{}", function("b", "c(@Int.0)"))),
        ("vera/c.vera", &format!("module c;\n{}", function("c", "@Int.0"))),
    ]);
    let directives = package.run(&Config::new(), &["vera/a.vera"]);
    assert_eq!(errors(&directives), "");
    assert_eq!(changes(&directives), ["vera/a.vera", "vera/lib/b.vera", "vera/c.vera", "vera/lib"]);
}

#[test]
fn a_second_run_leaves_everything_as_it_is() {
    let package = Package::new(&[("a.vera", &function("a", "@Int.0"))]);
    package.run(&Config::new(), &["a.vera"]);
    let times = |package: &Package| {
        let modified =
            |name: &String| std::fs::metadata(package.out.path().join(name)).and_then(|file| file.modified());
        package.written().iter().map(|name| modified(name).expect("a time")).collect::<Vec<_>>()
    };
    let before = times(&package);
    std::thread::sleep(std::time::Duration::from_millis(20));
    package.run(&Config::new(), &["a.vera"]);
    assert_eq!(times(&package), before);
    std::fs::write(package.folder.path().join("a.vera"), function("a", "@Int.0 + 1")).expect("a file");
    package.run(&Config::new(), &["a.vera"]);
    assert_ne!(times(&package), before);
}

#[test]
fn every_mistake_of_every_file_is_an_error_and_the_types_are_there() {
    let package = Package::new(&[
        (
            "a.vera",
            &format!("public data Shape {{ Round(Int) }}\n{}\n{}", function("f", "@Int.1"), function("g", "true")),
        ),
        ("b.vera", &function("h", "nothing(@Int.0)")),
        ("c.vera", &function("k", "@Int.0")),
    ]);
    let directives = package.run(&Config::new(), &["*.vera"]);
    insta::assert_snapshot!(errors(&directives));
    let generated = package.generated();
    for part in ["pub mod a ", "pub fn f(", "pub fn g(", "pub mod b ", "pub fn h(", "pub mod c ", "pub fn k("] {
        assert!(generated.contains(part), "`{part}` is missing:\n{generated}");
    }
}

#[test]
fn warnings_are_told_and_do_not_fail_the_build() {
    let package = Package::new(&[("a.vera", &function("f", "f(@Int.0 - 1)"))]);
    let directives = package.run(&Config::new(), &["a.vera"]);
    assert_eq!(errors(&directives), "");
    assert!(directives.iter().any(|line| line.starts_with("cargo::warning=[E137]")), "{directives:#?}");
    let strict = package.run(&Config::new().strict(true), &["a.vera"]);
    assert!(errors(&strict).starts_with("[E137]"), "{strict:#?}");
}

#[test]
fn what_is_asked_for_in_vain_is_an_error() {
    let package = Package::new(&[("a.vera", &function("f", "@Int.0")), ("sub/a.vera", &function("f", "@Int.0"))]);
    let config = Config::new().derive("not a path").derive_for("Missing", "Eq");
    let directives = package.run(&config, &["a.vera", "sub/a.vera", "none/*.vera", "[.vera"]);
    insta::assert_snapshot!(errors(&directives));
}

#[test]
fn imports_are_found_below_the_import_root() {
    let package = Package::new(&[
        ("src/a.vera", &format!("import shared.b;\n{}", function("a", "b(@Int.0)"))),
        ("lib/shared/b.vera", &format!("module shared.b;\n{}", function("b", "@Int.0"))),
    ]);
    assert!(errors(&package.run(&Config::new(), &["src/a.vera"])).starts_with("[E012]"));
    let directives = package.run(&Config::new().import_root("lib"), &["src/a.vera"]);
    assert_eq!(errors(&directives), "");
    assert_eq!(changes(&directives), ["src/a.vera", "lib/shared/b.vera"]);
}

#[test]
fn a_folder_with_pattern_signs_in_its_name_is_no_pattern() {
    let outer = Package::new(&[("a[1]/x.vera", &function("f", "@Int.0"))]);
    let directives = run(&Config::new(), &["*.vera"], &outer.folder.path().join("a[1]"), Path::new(outer.out.path()));
    assert_eq!(errors(&directives), "");
}

/// A file with a data type and a function that takes it.
fn typed(module: &str, imports: &str, data: &str, name: &str) -> String {
    format!(
        "module {module};\n{imports}\n{data}\npublic fn f(@{name} -> @{name})\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  @{name}.0\n}}\n"
    )
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn a_type_that_two_programs_import_is_generated_once() {
    let kind = "public data Kind { One, Two(Int) }\neffect Log { op info(Kind -> Unit); }";
    let package = Package::new(&[
        ("a.vera", &typed("a", "import lib.kinds(Kind);", "", "Kind")),
        ("b.vera", &typed("b", "import lib.kinds(Kind);", "public data Pair { Pair(Kind, Kind) }", "Pair")),
        // A program that another one imports has its types itself.
        ("c.vera", &typed("c", "import b(Pair);", "", "Pair")),
        // Keys are asked for by one of them only.
        ("d.vera", &typed("d", "import lib.kinds(Kind);", "", "Map<Kind, Int>")),
        ("lib/kinds.vera", &typed("lib.kinds", "", kind, "Kind")),
    ]);
    let directives = package.run(&Config::new(), &["*.vera"]);
    assert_eq!(errors(&directives), "");
    let generated = package.generated();
    assert_eq!(count(&generated, "pub enum Kind "), 1, "{generated}");
    assert_eq!(count(&generated, "pub struct Pair("), 1, "{generated}");
    assert_eq!(count(&generated, "data_key! "), 1, "{generated}");
    assert_eq!(count(&generated, "pub use super::vera_types::lib::kinds::Kind;"), 4, "{generated}");
    assert_eq!(count(&generated, "pub use super::b::Pair;"), 1, "{generated}");
    let types = generated.split("pub mod vera_types").nth(1).expect("the module is there");
    assert!(types.contains("pub mod lib") && types.contains("pub mod kinds") && types.contains("pub enum Kind "));
}

#[test]
fn files_of_one_name_are_two_modules() {
    let package = Package::new(&[
        ("x/a.vera", &typed("a", "import util(Kind);", "", "Kind")),
        ("x/util.vera", &typed("util", "", "public data Kind { One }", "Kind")),
        ("y/b.vera", &typed("b", "import util(Kind);", "", "Kind")),
        ("y/util.vera", &typed("util", "", "public data Kind { Two(Int) }", "Kind")),
    ]);
    let directives = package.run(&Config::new(), &["x/a.vera", "y/b.vera"]);
    assert_eq!(errors(&directives), "");
    let generated = package.generated();
    for part in ["pub use super::vera_types::util::Kind;", "pub use super::vera_types::util2::Kind;"] {
        assert_eq!(count(&generated, part), 1, "{part}: {generated}");
    }
}

/// A file that imports something else for another program has other types for it.
#[test]
fn a_file_that_means_two_things_is_refused() {
    let holder = typed("lib.holder", "import part(Part);", "public data Holder { Holder(Part) }", "Holder");
    let package = Package::new(&[
        ("x/a.vera", &typed("a", "import lib.holder(Holder);", "", "Holder")),
        ("x/part.vera", &typed("part", "", "public data Part { Left }", "Part")),
        ("y/b.vera", &typed("b", "import lib.holder(Holder);", "", "Holder")),
        ("y/part.vera", &typed("part", "", "public data Part { Right }", "Part")),
        ("x/lib/holder.vera", &holder),
    ]);
    let link = package.folder.path().join("y/lib");
    #[cfg(unix)]
    std::os::unix::fs::symlink(package.folder.path().join("x/lib"), &link).expect("a link");
    if !link.exists() {
        return;
    }
    let directives = package.run(&Config::new(), &["x/a.vera", "y/b.vera"]);
    let said = errors(&directives);
    assert!(said.contains("`Holder` of y/lib/holder.vera is not the same type for"), "{said}");
}

#[test]
fn types_may_be_at_a_path_of_the_users() {
    let package = Package::new(&[
        ("a.vera", &typed("a", "import lib.kinds(Kind);", "", "Kind")),
        ("lib/kinds.vera", &typed("lib.kinds", "", "public data Kind { One, Two(Int) }", "Kind")),
    ]);
    let config = Config::new().extern_path("lib.kinds", "crate::kinds");
    assert_eq!(errors(&package.run(&config, &["a.vera"])), "");
    let generated = package.generated();
    assert!(!generated.contains("enum Kind"), "{generated}");
    assert!(generated.contains("pub use crate::kinds::Kind;"), "{generated}");
    let check = "<crate::kinds::Kindas::vera_runtime::__private::Declared>::DECLARATION==";
    assert!(generated.split_whitespace().collect::<String>().contains(check), "{generated}");
    let config = Config::new().extern_path("lib.other", "crate::other").extern_path("lib.kinds", "no path");
    insta::assert_snapshot!(errors(&package.run(&config, &["a.vera"])));
}

/// The importer of a file and the program may find it by different paths.
#[test]
fn a_file_that_is_two_modules_has_its_types_once() {
    let both = "import lib.holder(Holder);\nimport lib.kinds(Kind);";
    let second = "public fn g(@Kind -> @Kind) requires(true) ensures(true) effects(pure) { @Kind.0 }\n";
    let package = Package::new(&[
        ("a.vera", &(typed("a", both, "", "Holder") + second)),
        (
            "lib/holder.vera",
            &typed("lib.holder", "import kinds(Kind);", "public data Holder { Holder(Kind) }", "Holder"),
        ),
        ("lib/kinds.vera", "public data Kind { One, Two(Int) }"),
    ]);
    let directives = package.run(&Config::new(), &["a.vera"]);
    assert_eq!(errors(&directives), "");
    let generated = package.generated();
    assert_eq!(count(&generated, "pub enum Kind "), 1, "{generated}");
    assert_eq!(count(&generated, "::kinds::Kind;"), 1, "{generated}");
}

/// A function whose promise an input breaks, and whose sum may overflow.
const WRONG: &str = "public fn rest(@Nat, @Nat -> @Nat)
  requires(true)
  ensures(true)
  effects(pure)
{
  @Nat.1 - @Nat.0
}
";

/// Nothing breaks it, and one check is left to run time.
const OPEN: &str = "public fn sum(@Int, @Int -> @Int)
  requires(true)
  ensures(@Int.result == @Int.1 + @Int.0)
  effects(pure)
{
  @Int.1 + @Int.0
}
";

fn warnings(directives: &[String]) -> String {
    let lines: Vec<&str> =
        directives.iter().filter_map(|directive| directive.strip_prefix("cargo::warning=")).collect();
    lines.join("\n")
}

#[test]
fn what_an_input_breaks_is_an_error_unless_the_build_is_told_otherwise() {
    let package = Package::new(&[("a.vera", WRONG), ("b.vera", OPEN)]);
    let run = |config: Config| package.run(&config.solver(Solver::Embedded), &["*.vera"]);
    let directives = run(Config::new());
    assert!(errors(&directives).starts_with("[E502] `@Nat.1 - @Nat.0` is negative"), "{directives:?}");
    assert!(errors(&directives).contains("a.vera:6:3"), "{directives:?}");
    assert_eq!(warnings(&directives), "");
    let directives = run(Config::new().verify(Verify::Report));
    assert_eq!(errors(&directives), "");
    assert!(warnings(&directives).starts_with("[E502] "), "{directives:?}");
    let directives = run(Config::new().verify(Verify::Off));
    assert_eq!(errors(&directives) + &warnings(&directives), "");
    let directives = run(Config::new().verify_function("rest", Verify::Report));
    assert!(errors(&directives).is_empty() && warnings(&directives).starts_with("[E502] "), "{directives:?}");
    let directives = run(Config::new().verify(Verify::Off).verify_function("rest", Verify::DenyRefuted));
    assert!(errors(&directives).starts_with("[E502] "), "{directives:?}");
    let directives = run(Config::new().verify(Verify::Off).verify_function("other", Verify::Report));
    assert_eq!(errors(&directives), "verification of `other` is set, but no Vera file has a function of that name");
}

#[test]
fn what_is_left_to_run_time_is_told_or_refused_when_asked() {
    let package = Package::new(&[("b.vera", OPEN)]);
    let run = |config: Config| package.run(&config.solver(Solver::Embedded), &["b.vera"]);
    let directives = run(Config::new());
    assert_eq!(errors(&directives) + &warnings(&directives), "");
    let directives = run(Config::new().warn_unproved(true));
    assert!(errors(&directives).is_empty(), "{directives:?}");
    assert!(warnings(&directives).starts_with("[E528] `@Int.1 + @Int.0` does not fit in 64 bits"), "{directives:?}");
    let directives = run(Config::new().verify(Verify::RequireProved));
    assert!(errors(&directives).starts_with("[E528] `@Int.1 + @Int.0` does not fit in 64 bits"), "{directives:?}");
    let directives = run(Config::new().verify(Verify::RequireProved).verify_function("sum", Verify::DenyRefuted));
    assert_eq!(errors(&directives), "");
}

#[test]
fn wrappers_say_what_is_proved() {
    let package = Package::new(&[("b.vera", OPEN)]);
    assert_eq!(errors(&package.run(&Config::new().solver(Solver::Embedded), &["b.vera"])), "");
    let generated = package.generated();
    for line in [
        "///   ensures(@Int.result == @Int.1 + @Int.0) -- proved\n",
        "/// Checks in its body: 1 proved, 1 at run time.\n",
        "status: ::vera_runtime::contracts::ClauseStatus::Proved,\n",
        "runtime_checks: 1,\n",
    ] {
        assert!(generated.contains(line), "{line}{generated}");
    }
    assert_eq!(errors(&package.run(&Config::new().verify(Verify::Off), &["b.vera"])), "");
    assert!(!package.generated().contains("-- proved"));
}

#[test]
fn a_lock_fails_the_build_when_a_contract_becomes_weaker() {
    let package = Package::new(&[("vera/b.vera", OPEN)]);
    let config = Config::new().solver(Solver::Embedded);
    let run = || package.run(&config, &["vera/*.vera"]);
    assert_eq!(warnings(&run()), "");
    let place = package.folder.path().join("vera.lock");
    let lock = "vera.lock 1\n\nfile vera/b.vera\n\nfn sum(@Int, @Int -> @Int)\n  requires true\n  \
                ensures (proved) @Int.result == @Int.1 + @Int.0\n  effects pure\n  checks 1 proved, 1 at run time\n";
    std::fs::write(&place, lock).expect("written");
    let directives = run();
    assert_eq!(errors(&directives) + &warnings(&directives), "");
    assert!(changes(&directives).contains(&"vera.lock"));
    let weaker = OPEN.replace("@Int.result == @Int.1 + @Int.0", "@Int.result <= @Int.1 + @Int.0");
    std::fs::write(package.folder.path().join("vera/b.vera"), weaker).expect("written");
    let directives = run();
    assert_eq!(errors(&directives), "`ensures(@Int.result == @Int.1 + @Int.0)` of `sum` is not promised any more.");
    let told = "`ensures(@Int.result <= @Int.1 + @Int.0)` of `sum` is new.\n\
                `cargo vera lock --accept` accepts these differences from vera.lock";
    assert_eq!(warnings(&directives), told);
    // A program that left its Rust file, beside one that is there.
    std::fs::write(package.folder.path().join("vera/b.vera"), OPEN).expect("written");
    std::fs::create_dir(package.folder.path().join("src")).expect("made");
    std::fs::write(package.folder.path().join("src/lib.rs"), "vera! { module stock; }").expect("written");
    std::fs::write(&place, format!("{lock}\nfile src/lib.rs#stock\n\nfile src/lib.rs#prices\n")).expect("written");
    assert_eq!(errors(&run()), "src/lib.rs#prices is in vera.lock, and is not compiled any more.");
    std::fs::write(&place, "vera.lock 2\n").expect("written");
    assert_eq!(errors(&run()), "vera.lock: line 1: `vera.lock 1` is expected");
}

#[test]
fn what_was_decided_once_is_not_solved_again() {
    let package = Package::new(&[("b.vera", OPEN)]);
    let config = Config::new().solver(Solver::Embedded).warn_unproved(true);
    let first = package.run(&config, &["b.vera"]);
    let answers = || std::fs::read_dir(package.out.path().join("vera-proofs")).expect("answers are kept").count();
    let kept = answers();
    assert!(kept > 0);
    // Without any time for the solver, all is known.
    let without = SolverLimits { total: Some(std::time::Duration::ZERO), ..SolverLimits::default() };
    assert_eq!(package.run(&config.clone().solver_limits(without), &["b.vera"]), first);
    assert_eq!(answers(), kept);
}

#[test]
fn without_precompilation_there_is_no_machine_code() {
    let package = Package::new(&[("a.vera", &function("one", "@Int.0"))]);
    assert_eq!(errors(&package.run(&Config::new().precompile(true).precompile(false), &["a.vera"])), "");
    assert_eq!(package.written(), ["a.wasm", "vera_modules.rs"]);
    assert!(package.generated().contains("Compiled::from_static("));
}

#[test]
#[cfg(not(feature = "precompile"))]
fn precompilation_names_the_feature_that_is_off() {
    let package = Package::new(&[("a.vera", &function("one", "@Int.0"))]);
    let said = errors(&package.run(&Config::new().precompile(true), &["a.vera"]));
    assert!(said.contains("the feature `precompile`"), "{said}");
}
